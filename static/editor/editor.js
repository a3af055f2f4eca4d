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
    table: { cell: { columnHeader: "Tiêu đề cột", rowHeader: "Tiêu đề hàng" } },
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
      if (answer.uploaded && answer.remark) editor.showNotification(answer.remark, "info")
    })
  })

  CKEDITOR.on("dialogDefinition", ({ data }) => {
    if (data.name !== "image2") return
    const alt = data.definition.getContents("info").get("alt")
    alt.label = "Mô tả ảnh (bắt buộc, cho người không nhìn thấy ảnh)"
    alt.validate = CKEDITOR.dialog.validate.notEmpty("Hãy viết một câu nói ảnh chụp gì.")
  })
})()
