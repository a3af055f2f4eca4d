/* Fits CKEditor 4 into the admin: its frames under our policy, its uploads with our token. */
(() => {
  "use strict"
  const CKEDITOR = window.CKEDITOR
  if (!CKEDITOR) return // a reader without the right to change sees no editor

  // CKEditor writes starting scripts into its frames; the policy wants the page's nonce on them.
  const nonce = document.currentScript.nonce
  const stamped = (html) => html.replace(/<script(?! nonce)(?=[\s>])/gi, `<script nonce="${nonce}"`)
  const page = CKEDITOR.dom.document.prototype
  const write = page.write
  page.write = function (html) {
    return write.call(this, stamped(html))
  }
  const element = CKEDITOR.dom.element
  const getFrameDocument = element.prototype.getFrameDocument
  element.prototype.getFrameDocument = function () {
    const frame = getFrameDocument.call(this)
    frame.$.write = (html) => Document.prototype.write.call(frame.$, stamped(html))
    return frame
  }

  // Its file dialogs begin as a script address, which the policy forbids and nobody needs.
  const createFromHtml = element.createFromHtml
  element.createFromHtml = function (html, ownerDocument) {
    const harmless = html.replace(/src="javascript:void\(0\)"/g, 'src="about:blank"')
    return createFromHtml.call(element, harmless, ownerDocument)
  }

  // What CKEditor's own Vietnamese leaves in English.
  const words = {
    application: "Trình soạn thảo",
    format: { tag_h2: "Mục lớn", tag_h3: "Mục nhỏ", tag_h4: "Tiểu mục" },
    notification: { closed: "Đã đóng thông báo." },
    clipboard: {
      pasteNotification: "Hãy nhấn %1 để dán.",
      pasteMsg: "Hãy dán nội dung vào ô dưới đây rồi nhấn Đồng ý.",
      fileFormatNotSupportedNotification: "Không nhận được tệp dạng ${formats}.",
      fileWithoutFormatNotSupportedNotification: "Không nhận được tệp dạng này.",
    },
    pastetext: {
      pasteNotification: "Hãy nhấn %1 để dán; định dạng của nơi khác sẽ được bỏ.",
    },
    link: {
      displayText: "Chữ hiển thị",
      noTel: "Hãy gõ số điện thoại.",
      phoneNumber: "Số điện thoại",
      toPhone: "Điện thoại",
    },
    image2: { altMissing: "Ảnh chưa có mô tả.", title: "Ảnh", captioned: "Có lời chú thích dưới ảnh" },
    table: {
      headers: "Hàng hoặc cột tiêu đề",
      caption: "Tên bảng (hiện phía trên bảng)",
      cell: { columnHeader: "Tiêu đề cột", rowHeader: "Tiêu đề hàng" },
    },
    toolbar: { toolbarGroups: { clipboard: "Bộ nhớ tạm và hoàn tác" } },
    uploadwidget: {
      abort: "Đã ngừng tải lên.",
      doneOne: "Đã tải ảnh lên.",
      doneMany: "Đã tải lên %1 ảnh.",
      uploadOne: "Đang tải ảnh lên ({percentage}%)…",
      uploadMany: "Đang tải ảnh lên, xong {current} trên {max} ({percentage}%)…",
    },
    widget: { label: "Khung %1" },
  }
  const translate = (language, translations) => {
    for (const [key, value] of Object.entries(translations)) {
      if (typeof value === "string") language[key] = value
      else if (language[key]) translate(language[key], value)
    }
  }

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value
  const { paste, attachmentIcon, media } = document.currentScript.dataset
  let uploadedName = ""
  let isAttaching = false // the link dialog was opened to send a document

  CKEDITOR.on("instanceCreated", ({ editor }) => {
    editor.on("pluginsLoaded", () => translate(editor.lang, words))
    editor.on("fileUploadRequest", ({ data }) => {
      data.fileLoader.xhr.setRequestHeader("X-CSRFToken", token())
    })
    // The server may take a file and still have something to say about it.
    editor.on("fileUploadResponse", ({ data }) => {
      let answer
      try {
        answer = JSON.parse(data.fileLoader.xhr.responseText)
      } catch {
        return
      }
      uploadedName = answer.fileName ?? ""
      if (answer.uploaded && answer.remark) editor.showNotification(answer.remark, "info")
    })
    // A picture that says nothing carries a class, so that an empty description is a decision.
    editor.on("widgetDefinition", ({ data: definition }) => {
      if (definition.name !== "image") return
      const { init, data } = definition
      definition.init = function () {
        this.setData("decorative", this.data.decorative ?? this.parts.image.hasClass("decorative"))
        init.call(this)
      }
      definition.data = function () {
        data.call(this)
        this.element.removeClass("decorative")
        if (this.data.decorative) this.parts.image.addClass("decorative")
        else this.parts.image.removeClass("decorative")
      }
    })
  })

  // --- Dialogs ---------------------------------------------------------------------------

  const ESCAPE = 27

  // A chosen file goes up at once: nobody has to know that a second button would send it. Its
  // field lies in a frame, from which CKEditor hears no key.
  function sendAtOnce(contents, label) {
    const field = contents.get("upload")
    field.label = label
    field.onChange = function () {
      if (this.getValue()) this.getDialog().getContentElement(contents.id, "uploadButton").click()
    }
    field.onKeydown = function ({ data }) {
      if (data.getKey() === ESCAPE) this.getDialog().getButton("cancel").click()
    }
  }

  const dialogs = {
    image2(definition) {
      const upload = definition.getContents("Upload")
      if (upload) sendAtOnce(upload, "Ảnh trên máy của bạn")
      const { onShow } = definition
      definition.onShow = function () {
        onShow.call(this)
        const { src } = this.widget.data
        if (!src || src === missingPicture) this.selectPage("Upload")
      }
      const info = definition.getContents("info")
      const isDecorative = (field) => field.getDialog().getValueOf("info", "decorative")
      const alt = info.get("alt")
      alt.label = "Mô tả ảnh (bắt buộc, cho người không nhìn thấy ảnh)"
      const notEmpty = CKEDITOR.dialog.validate.notEmpty(
        "Hãy viết một câu nói ảnh chụp gì, hoặc đánh dấu ảnh chỉ để trang trí.",
      )
      alt.validate = function () {
        return isDecorative(this) || notEmpty.call(this)
      }
      alt.commit = function (widget) {
        widget.setData("alt", isDecorative(this) ? "" : this.getValue())
      }
      info.add(
        {
          id: "decorative",
          type: "checkbox",
          label: "Ảnh chỉ để trang trí, không cần mô tả",
          setup(widget) {
            this.setValue(widget.data.decorative)
          },
          onChange() {
            const description = this.getDialog().getContentElement("info", "alt")
            description[this.getValue() ? "disable" : "enable"]()
          },
          commit(widget) {
            widget.setData("decorative", this.getValue())
          },
        },
        "alignment",
      )
    },
    table(definition) {
      definition.getContents("info").get("selHeaders").default = "row"
    },
    link(definition) {
      const type = definition.getContents("info").get("linkType")
      type.items = type.items.filter(([, value]) => value !== "anchor") // no text keeps anchors
      const { onFocus } = definition
      definition.onFocus = function () {
        if (!isAttaching) return onFocus.call(this)
        this.selectPage("upload")
        return this.getContentElement("upload", "upload")
      }
      definition.onHide = () => {
        isAttaching = false
      }
      const upload = definition.getContents("upload")
      if (!upload) return
      upload.label = upload.title = "Tải tệp lên"
      sendAtOnce(upload, "Tệp trên máy của bạn (PDF, Word, Excel…)")
      const send = upload.get("uploadButton")
      send.label = "Tải lên máy chủ"
      send.filebrowser.onSelect = function () {
        const words = this.getDialog().getContentElement("info", "linkDisplayText")
        if (words.isEnabled() && !words.getValue()) words.setValue(uploadedName)
      }
    },
  }
  CKEDITOR.on("dialogDefinition", ({ data }) => dialogs[data.name]?.(data.definition))

  CKEDITOR.plugins.add("attachment", {
    requires: "link,filebrowser",
    init(editor) {
      if (!editor.config.filebrowserLinkUploadUrl) return
      editor.addCommand("attachment", {
        async: true,
        allowedContent: "a[!href]",
        exec() {
          isAttaching = true
          editor.openDialog("link")
        },
      })
      editor.ui.addButton("Attachment", {
        label: "Gắn tệp đính kèm",
        command: "attachment",
        toolbar: "links,30",
        icon: attachmentIcon,
      })
    },
  })

  // --- Pasting ---------------------------------------------------------------------------

  // What is pasted goes through the server's cleaning before it is inserted, so that the editor
  // shows what will be stored. CKEditor has turned Word's lists and pictures into plain HTML
  // by then. Where the server does not answer, CKEditor's own filter does.
  const IS_RICH = /<(?:p|div|h[1-6]|ul|ol|dl|table|img|blockquote|center|section|article)\b/i

  CKEDITOR.plugins.add("served_clean", {
    requires: "clipboard",
    init(editor) {
      const take = (event) => {
        const { data } = event
        const isForeign =
          data.dataTransfer.getTransferType(editor) === CKEDITOR.DATA_TRANSFER_EXTERNAL
        if (data.isServed || !isForeign || !IS_RICH.test(data.dataValue ?? "")) return
        event.cancel()
        const pasted = new DOMParser().parseFromString(data.dataValue, "text/html")
        const pictures = numberPictures(pasted)
        cleaned(pasted.body.innerHTML).then(({ html, report }) => {
          data.isServed = true
          data.dontFilter ||= html !== null
          // The filter for Word would begin anew with what the clipboard holds.
          data.dataTransfer = new CKEDITOR.plugins.clipboard.dataTransfer()
          data.dataValue = withPictures(html ?? pasted.body.innerHTML, pictures)
          editor.fire("paste", data)
          reportMissing(editor, pictures.filter((source) => source === null).length)
          if (report.length) editor.showNotification(report.join("<br>"), "info", 15_000) // ms
        })
      }
      // After the filters for Word and Google Docs (3), before the general one (6).
      editor.on("paste", take, null, null, 4)
    },
  })

  // Stands where a picture did not come along: nothing has to be fetched, and the server counts
  // it as missing. In capitals, since CKEditor uploads whatever begins with "data:".
  const missingPicture = `DATA:image/svg+xml,${encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="160">' +
      '<rect x="2" y="2" width="476" height="156" rx="6" fill="#fcefe3" stroke="#97400a" stroke-width="3" stroke-dasharray="10 8"/>' +
      '<g text-anchor="middle" font-family="system-ui, Arial, sans-serif">' +
      '<text x="240" y="74" font-size="24" font-weight="700" fill="#97400a">Ảnh chưa được tải lên</text>' +
      '<text x="240" y="110" font-size="18" fill="#211b18">Bấm đúp để tải ảnh từ máy của bạn</text></g></svg>',
  )}`

  // Gives each foreign picture an address that passes the cleaning; returns those that came
  // along, null for a missing one.
  function numberPictures(pasted) {
    const pictures = []
    for (const picture of pasted.images) {
      const source = picture.getAttribute("src") ?? ""
      const own = source.startsWith(location.origin) ? source.slice(location.origin.length) : source
      if (own.startsWith(media)) {
        picture.setAttribute("src", own)
        continue
      }
      const cameAlong = /^data:image\//i.test(source)
      picture.setAttribute("src", `${media}dan/${pictures.length}`)
      pictures.push(cameAlong ? source : null)
    }
    return pictures
  }

  function withPictures(html, pictures) {
    const shown = new DOMParser().parseFromString(html, "text/html")
    for (const picture of shown.images) {
      const number = picture.getAttribute("src").match(/\/dan\/(\d+)$/)?.[1]
      if (number !== undefined) picture.setAttribute("src", pictures[number] ?? missingPicture)
    }
    return shown.body.innerHTML
  }

  async function cleaned(html) {
    const form = new FormData()
    form.set("html", html)
    try {
      const response = await fetch(paste, {
        method: "POST",
        body: form,
        headers: { "X-CSRFToken": token() },
        redirect: "manual",
        signal: AbortSignal.timeout(8_000), // ms
      })
      if (response.ok) return await response.json()
    } catch {
      // Away, or the session has ended: CKEditor's own filter has to do.
    }
    return { html: null, report: [] }
  }

  function reportMissing(editor, number) {
    if (!number) return
    editor.showNotification(
      `${number} ảnh chưa được tải lên. Hãy bấm đúp vào từng khung “Ảnh chưa được tải lên” để tải ảnh ấy từ máy của bạn.`,
      "warning",
      0, // stays until it is closed
    )
  }
})()
