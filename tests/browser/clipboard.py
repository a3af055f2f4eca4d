"""Pasting into the editor the way the clipboard hands it over."""


def editor_body(page):
    """Return the text that is being written, inside the editor's frame."""
    return page.frame_locator("iframe.cke_wysiwyg_frame").locator("body")


def paste_html(page, html):
    """Paste `html` where the cursor stands in the editor."""
    editor_body(page).evaluate(
        """(node, html) => {
            const data = new DataTransfer()
            data.setData("text/html", html)
            const paste = { clipboardData: data, bubbles: true, cancelable: true }
            node.dispatchEvent(new ClipboardEvent("paste", paste))
        }""",
        html,
    )
