"""The editor as a clerk uses it: in a real browser, under the admin's policy."""

import time

import pytest
from PIL import Image

from portal.richtext import clean

pytestmark = pytest.mark.browser


@pytest.fixture
def clerk(open_page, site):
    """Return the page of a clerk who is signed in and writes a new article."""
    page = open_page("/quan-tri/login/")
    page.fill("#id_username", "bien-tap")
    page.fill("#id_password", site.passwords["bien-tap"])
    page.click("[type=submit]")
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


def body(page):
    return page.frame_locator("#cke_id_body iframe.cke_wysiwyg_frame").locator("body")


def button(page, name):
    return page.locator(f"#cke_id_body .cke_button__{name}")


def data_of(page):
    return page.evaluate("() => CKEDITOR.instances.id_body.getData()")


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
    assert body(clerk).evaluate("body => body.classList.contains('prose')")


def test_a_paragraph_becomes_a_heading(clerk):
    body(clerk).click()
    clerk.keyboard.type("Thành phần hồ sơ")
    clerk.locator("#cke_id_body .cke_combo_button").click()
    clerk.frame_locator("iframe.cke_panel_frame").get_by_text("Mục lớn").click()
    assert clean(data_of(clerk)) == "<h2>Thành phần hồ sơ</h2>"


def test_every_dialog_of_the_toolbar_opens(clerk):
    missing = []
    clerk.on("response", lambda answer: answer.ok or missing.append(answer.url))
    for command in ("link", "table", "specialchar", "find", "image", "a11yHelp"):
        body(clerk).click()
        clerk.evaluate(f"() => CKEDITOR.instances.id_body.execCommand('{command}')")
        clerk.locator(".cke_dialog:visible").wait_for()
        clerk.evaluate("() => CKEDITOR.dialog.getCurrent().hide()")
    assert missing == []


def test_vietnamese_typing_is_stored_letter_by_letter(clerk):
    body(clerk).click()
    clerk.keyboard.type("Đường về thôn Phúc Triền đã rộng. ")
    button(clerk, "bold").click()
    clerk.keyboard.type("Kính mời bà con")
    written = clean(data_of(clerk))
    assert written == (
        "<p>Đường về thôn Phúc Triền đã rộng. <strong>Kính mời bà con</strong></p>"
    )


def test_picture_is_uploaded_by_the_dialog_with_its_description(clerk, photograph):
    body(clerk).click()
    button(clerk, "image").click()
    dialog = clerk.locator(".cke_dialog:visible")
    dialog.get_by_role("tab", name="Tải lên").click()
    dialog.frame_locator("iframe.cke_dialog_ui_input_file").locator(
        "input[type=file]"
    ).set_input_files(photograph)
    dialog.get_by_role("button", name="Tải lên máy chủ").first.click()
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


def test_dropped_picture_is_uploaded_with_the_token(clerk):
    body(clerk).click()
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


def test_what_was_written_is_stored_clean(clerk, site):
    clerk.fill("#id_title", "Thử trình soạn thảo")
    clerk.select_option("#id_category", index=1)
    clerk.evaluate(
        """() => CKEDITOR.instances.id_body.setData(
            '<h2>Thời gian</h2><p style="text-align:center" onclick="alert(1)">Sáng thứ Hai</p>' +
            '<script>alert(1)</script><p>&nbsp;</p>')"""
    )
    button(clerk, "justifyright").wait_for()
    clerk.locator("[name=_continue], [name=_save]").first.click()
    clerk.wait_for_load_state()
    if "/change/" not in clerk.url:
        clerk.get_by_role("link", name="Thử trình soạn thảo").first.click()
    until(clerk, "() => window.CKEDITOR?.instances.id_body?.status === 'ready'")
    stored = clerk.locator("#id_body").evaluate("area => area.defaultValue")
    assert "<h2>Thời gian</h2>" in stored
    assert "onclick" not in stored
    assert "script" not in stored
