/* Fits CKEditor 4 into the admin: its frames under our policy, its uploads with our token. */
(() => {
  "use strict"
  const CKEDITOR = window.CKEDITOR
  if (!CKEDITOR) return // a reader without the right to change sees no editor

  // CKEditor writes a starting script into its frame; the policy wants the page's nonce on it.
  const nonce = document.currentScript.nonce
  const page = CKEDITOR.dom.document.prototype
  const write = page.write
  page.write = function (html) {
    return write.call(this, html.replace(/<script(?=[\s>])/gi, `<script nonce="${nonce}"`))
  }

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]").value

  CKEDITOR.on("instanceCreated", ({ editor }) => {
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
