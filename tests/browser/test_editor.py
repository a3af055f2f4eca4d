"""The editor as a clerk uses it: in a real browser, under the admin's policy."""

import re
import time
from pathlib import Path

import pytest
from PIL import Image

from portal.richtext import clean
from tests.browser.clipboard import editor_body, paste_html
from tests.portal import documents

pytestmark = pytest.mark.browser

WORD = (Path(__file__).parent / "texts" / "ke-hoach-tu-word.html").read_text("utf-8")
GOOGLE_DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0a1b">
<h2 dir="ltr" style="line-height:1.38"><span style="font-size:16pt;font-weight:400">Kinh phí</span></h2>
<p dir="ltr" style="text-align:center"><span style="font-weight:700">Một triệu</span><span
style="font-style:italic;color:#222"> đồng</span></p><ul><li dir="ltr" aria-level="1">
<p dir="ltr" role="presentation"><span>Nước uống</span></p></li></ul></b>"""
EXCEL = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta name=Generator content="Microsoft Excel 15"><style>td{mso-number-format:General}</style></head>
<body><table border=0 width=128 style="border-collapse:collapse"><!--StartFragment--><col width=64>
<tr height=20><td class=xl65 height=20 style="mso-style-parent:x">Thôn</td><td class=xl65>Số hộ</td></tr>
<tr height=20><td>Kiệm</td><td align=right x:num>112</td></tr><!--EndFragment--></table></body></html>"""
OLD_PORTAL = """<div class="portlet-body"><div style="text-align:center"><font color="red" size="4">
<b>THÔNG BÁO</b></font></div><p style="font-family:Arial;margin:0" onclick="x()">Mời họp
<a href="javascript:void(0)">tại đây</a></p><img src="https://anh.example/logo.png"></div>"""


@pytest.fixture
def clerk(sign_in, site):
    """Return the page of a clerk who is signed in and writes a new article."""
    page = sign_in("bien-tap")
    page.goto(f"{site.url}/quan-tri/articles/article/add/")
    until(page, "() => window.CKEDITOR?.instances.id_body?.status === 'ready'")
    return page


def until(page, question, *, seconds=15):
    """Wait until JavaScript answers yes; Playwright's own way needs eval, which is forbidden."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := page.evaluate(question):
            return answer
        time.sleep(0.1)
    raise AssertionError(f"Never true: {question}")


def button(page, name):
    return page.locator(f"#cke_id_body .cke_button__{name}")


def data_of(page):
    return page.evaluate("() => CKEDITOR.instances.id_body.getData()")


def paste(page, html):
    """Paste `html` the way the clipboard hands it over, and return what the editor makes of it."""
    page.evaluate("() => CKEDITOR.instances.id_body.setData('')")
    editor_body(page).focus()
    paste_html(page, html)
    return until(page, "() => CKEDITOR.instances.id_body.getData()")


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "Cổng làng.jpg"
    Image.effect_noise((1200, 800), 60).convert("RGB").save(path, "JPEG")
    return path


def test_editor_speaks_vietnamese_and_has_only_our_buttons(clerk):
    names = clerk.locator("#cke_id_body .cke_button").evaluate_all(
        "buttons => buttons.map(b => b.title)"
    )
    assert any(name.startswith("Đậm") for name in names)
    assert not any(
        "Source" in name or "Flash" in name or "Smiley" in name for name in names
    )
    assert editor_body(clerk).evaluate("body => body.classList.contains('prose')")


def test_a_paragraph_becomes_a_heading(clerk):
    editor_body(clerk).click()
    clerk.keyboard.type("Thành phần hồ sơ")
    clerk.locator("#cke_id_body .cke_combo_button").click()
    clerk.frame_locator("iframe.cke_panel_frame").get_by_text("Mục lớn").click()
    assert clean(data_of(clerk)) == "<h2>Thành phần hồ sơ</h2>"


def test_every_dialog_of_the_toolbar_opens(clerk):
    missing = []
    clerk.on("response", lambda answer: answer.ok or missing.append(answer.url))
    for command in ("link", "table", "specialchar", "find", "image", "a11yHelp"):
        editor_body(clerk).click()
        clerk.evaluate(f"() => CKEDITOR.instances.id_body.execCommand('{command}')")
        clerk.locator(".cke_dialog:visible").wait_for()
        clerk.evaluate("() => CKEDITOR.dialog.getCurrent().hide()")
    assert missing == []


def test_vietnamese_typing_is_stored_letter_by_letter(clerk):
    editor_body(clerk).click()
    clerk.keyboard.type("Đường về thôn Phúc Triền đã rộng. ")
    button(clerk, "bold").click()
    clerk.keyboard.type("Kính mời bà con")
    written = clean(data_of(clerk))
    assert written == (
        "<p>Đường về thôn Phúc Triền đã rộng. <strong>Kính mời bà con</strong></p>"
    )


def test_picture_is_uploaded_by_the_dialog_with_its_description(clerk, photograph):
    editor_body(clerk).click()
    button(clerk, "image").click()
    dialog = clerk.locator(".cke_dialog:visible")
    dialog.get_by_role("tab", name="Tải lên").click()
    dialog.frame_locator("iframe.cke_dialog_ui_input_file").locator(
        "input[type=file]"
    ).set_input_files(photograph)
    address = dialog.locator("input.cke_dialog_ui_input_text").first
    until(
        clerk,
        "() => [...document.querySelectorAll('.cke_dialog input')].some(i => i.value.startsWith('/media/anh/'))",
    )
    assert address.input_value().startswith("/media/anh/")
    clerk.once("dialog", lambda alert: alert.accept())
    dialog.locator(".cke_dialog_ui_button_ok").click()
    assert dialog.is_visible(), "the description is required"
    dialog.get_by_label("Mô tả ảnh").fill("Cổng làng Phúc Triền")
    dialog.locator(".cke_dialog_ui_button_ok").click()
    html = until(
        clerk, "() => (d => d.includes('<img') && d)(CKEDITOR.instances.id_body.getData())"
    )
    assert 'alt="Cổng làng Phúc Triền"' in html
    assert 'src="/media/anh/' in html
    assert "cong-lang-" in html


@pytest.mark.parametrize("name", ["image", "attachment"])
def test_an_upload_dialog_is_left_by_the_keyboard(clerk, name):
    editor_body(clerk).click()
    button(clerk, name).click()
    dialog = clerk.locator(".cke_dialog:visible")
    in_file_field = "() => document.activeElement.matches('.cke_dialog_ui_input_file')"
    until(clerk, in_file_field)
    clerk.keyboard.press("Tab")
    until(clerk, "() => document.activeElement.matches('a.cke_dialog_ui_button')")
    clerk.keyboard.press("Shift+Tab")
    until(clerk, in_file_field)
    clerk.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    clerk.keyboard.type("Viết tiếp.")
    assert "Viết tiếp." in data_of(clerk)


def test_dropped_picture_is_uploaded_with_the_token(clerk):
    editor_body(clerk).click()
    clerk.evaluate(
        """async () => {
            const canvas = document.createElement("canvas")
            canvas.width = canvas.height = 64
            canvas.getContext("2d").fillRect(0, 0, 32, 32)
            const html = `<img src="${canvas.toDataURL("image/png")}">`
            CKEDITOR.instances.id_body.fire("paste", {
              method: "paste", type: "auto", dataValue: html,
              dataTransfer: new CKEDITOR.plugins.clipboard.dataTransfer(),
            })
        }"""
    )
    html = until(
        clerk,
        "() => (d => d.includes('/media/anh/') && d)(CKEDITOR.instances.id_body.getData())",
    )
    assert "data" not in html
    clerk.get_by_text("Đã tải ảnh lên.").wait_for()


def test_a_picture_for_decoration_says_so_and_one_described_again_does_not(clerk):
    button(clerk, "image").click()
    dialog = clerk.locator(".cke_dialog:visible")
    dialog.get_by_role("tab", name="Thông tin").click()
    dialog.get_by_label("URL").fill("/static/img/mark.svg")
    decorative = dialog.get_by_label("Ảnh chỉ để trang trí")
    decorative.check()
    assert dialog.get_by_label("Mô tả ảnh").is_disabled()
    dialog.locator(".cke_dialog_ui_button_ok").click()
    html = until(clerk, "() => CKEDITOR.instances.id_body.getData()")
    assert re.search(r'<img alt="" class="decorative"', html)

    # Stored and opened again, it is still known as one.
    clerk.evaluate("html => CKEDITOR.instances.id_body.setData(html)", html)
    editor_body(clerk).locator("img.decorative").dblclick()
    assert decorative.is_checked()
    decorative.uncheck()
    dialog.get_by_label("Mô tả ảnh").fill("Dấu của xã")
    dialog.locator(".cke_dialog_ui_button_ok").click()
    until(clerk, "() => CKEDITOR.instances.id_body.getData().includes('Dấu của xã')")
    assert "decorative" not in data_of(clerk)


def test_a_new_table_has_a_header_row(clerk):
    button(clerk, "table").click()
    dialog = clerk.locator(".cke_dialog:visible")
    dialog.locator(".cke_dialog_ui_button_ok").click()
    html = until(clerk, "() => CKEDITOR.instances.id_body.getData()")
    assert html.count('<th scope="col">') == 2


def test_a_document_is_attached_by_its_own_button(clerk, tmp_path):
    path = tmp_path / "Kế hoạch tiêm.pdf"
    path.write_bytes(documents.pdf())
    editor_body(clerk).click()
    button(clerk, "attachment").click()
    dialog = clerk.locator(".cke_dialog:visible")
    dialog.frame_locator("iframe.cke_dialog_ui_input_file").locator(
        "input[type=file]"
    ).set_input_files(path)
    until(
        clerk,
        "() => [...document.querySelectorAll('.cke_dialog input')].some(i => i.value.startsWith('/tai-ve/'))",
    )
    dialog.locator(".cke_dialog_ui_button_ok").click()
    html = clean(until(clerk, "() => CKEDITOR.instances.id_body.getData()"))
    assert re.fullmatch(
        r'<p><a href="/tai-ve/\d+/ke-hoach-tiem\.pdf" [^>]*>[^<]+</a></p>', html
    )
    assert ">/tai-ve/" not in html, "the link is named by the file, not by its address"


# --- Pasting ---------------------------------------------------------------------------


def test_a_paste_from_word_looks_as_it_will_be_stored(clerk):
    html = paste(clerk, WORD)
    assert not re.search(r"mso|style=|<o:|<span|class=\"Mso|file:", html, re.IGNORECASE)
    without_pictures = re.sub(r"<p>(?:<img[^>]*>)+</p>", "", html)
    stored = clean(without_pictures)
    assert "<h2" in stored
    assert "<strong>sáng thứ Ba</strong>" in stored
    assert re.search(r"<ol>\s*<li>Mang theo sổ tiêm</li>\s*<li>Cho trẻ ăn", stored)
    assert 'colspan="2"' in stored
    assert 'rowspan="2"' in stored
    assert clean(stored) == stored


def test_pictures_that_stayed_on_the_writers_machine_are_told_and_shown_as_missing(clerk):
    asked = []
    clerk.on("request", lambda request: asked.append(request.url))
    paste(clerk, WORD)
    clerk.get_by_text("3 ảnh chưa được tải lên.").wait_for()
    assert (
        editor_body(clerk).locator("img[alt='']:not(.cke_widget_drag_handler)").count() == 3
    )
    assert not [url for url in asked if "msohtml" in url or "/dan/" in url]
    editor_body(clerk).locator("img[alt='']").first.dblclick()
    dialog = clerk.locator(".cke_dialog:visible")
    assert (
        dialog.get_by_role("tab", name="Tải lên").get_attribute("aria-selected") == "true"
    )


def test_missing_pictures_are_told_again_by_the_server(clerk):
    clerk.fill("#id_title", "Bài có ảnh chưa tải")
    clerk.select_option("#id_category", index=1)
    paste(clerk, WORD)
    with clerk.expect_navigation():
        clerk.locator("[name=_save]").click()
    assert clerk.get_by_text("3 ảnh chưa được tải lên").first.is_visible()


def test_a_paste_from_google_docs_keeps_what_it_means(clerk):
    html = clean(paste(clerk, GOOGLE_DOCS))
    assert "<h2>Kinh phí</h2>" in html
    assert '<p class="align-center"><strong>Một triệu</strong><em> đồng</em></p>' in html
    assert re.search(r"<ul>\s*<li>\s*(?:<p>)?Nước uống", html)


def test_a_paste_from_excel_is_a_plain_table(clerk):
    html = clean(paste(clerk, EXCEL))
    assert re.search(r"Thôn.*Số hộ.*Kiệm.*112", html, re.DOTALL)
    assert html.count("<tr>") == 2
    assert "style" not in html


def test_a_paste_from_an_old_portal_asks_no_other_host(clerk):
    html = paste(clerk, OLD_PORTAL)
    clerk.get_by_text("1 ảnh chưa được tải lên.").wait_for()
    assert "anh.example" not in html
    assert "javascript:" not in html
    assert '<p class="align-center"><strong>THÔNG BÁO</strong></p>' in clean(html)


def test_a_paste_works_when_the_server_does_not_answer(clerk):
    clerk.route("**/don-dan/", lambda route: route.abort())
    html = paste(clerk, WORD)
    assert "Mang theo sổ tiêm" in html
    assert not re.search(r"mso|file:", html, re.IGNORECASE)


def test_words_pasted_into_a_sentence_stay_in_it(clerk):
    paste(clerk, "<span style='color:red'>giữa câu</span>")
    assert clean(data_of(clerk)) == "<p>giữa câu</p>"


def test_what_was_written_is_stored_clean(clerk, site):
    clerk.fill("#id_title", "Thử trình soạn thảo")
    clerk.select_option("#id_category", index=1)
    clerk.evaluate(
        """() => CKEDITOR.instances.id_body.setData(
            '<h2>Thời gian</h2><p style="text-align:center" onclick="alert(1)">Sáng thứ Hai</p>' +
            '<script>alert(1)</script><p>&nbsp;</p>')"""
    )
    button(clerk, "justifyright").wait_for()
    with clerk.expect_navigation():
        clerk.locator("[name=_save]").click()
    until(clerk, "() => window.CKEDITOR?.instances.id_body?.status === 'ready'")
    stored = clerk.locator("#id_body").evaluate("area => area.defaultValue")
    assert "<h2>Thời gian</h2>" in stored
    assert "onclick" not in stored
    assert "script" not in stored
