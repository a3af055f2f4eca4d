"""Everything on a page can be reached and used from the keyboard, and without JavaScript."""

import pytest

pytestmark = pytest.mark.browser


def _focused(page):
    return page.evaluate("document.activeElement.innerText.trim()")


def test_the_first_stop_leads_past_the_frame(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    assert "nội dung" in _focused(page).lower()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"


def test_the_menu_opens_closes_and_keeps_the_focus(open_page):
    page = open_page("/", width=360)
    button = page.get_by_role("navigation").get_by_text("Menu", exact=True)
    entry = page.get_by_role("navigation").get_by_role("link", name="Thông báo")
    assert not entry.is_visible()
    page.keyboard.press("Tab")
    for _ in range(6):
        page.keyboard.press("Tab")
        if _focused(page) == "Menu":
            break
    page.keyboard.press("Enter")
    assert entry.is_visible()
    page.keyboard.press("Escape")
    assert not entry.is_visible()
    assert _focused(page) == "Menu"
    assert button.is_visible()


def test_the_menu_is_open_to_readers_without_javascript(open_page):
    page = open_page("/", width=360, java_script_enabled=False)
    menu = page.get_by_role("navigation").first
    assert menu.get_by_role("link", name="Thông báo").is_visible()


def test_an_article_reads_without_javascript(open_page):
    page = open_page("/tin-tuc/chuyen-doi-so/", java_script_enabled=False)
    page.locator(".news-item a").first.click()
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("region", name="Truy cập").is_visible()
    assert not page.get_by_role("button", name="Phóng to chữ").is_visible()


def test_text_zoom_works_from_the_keyboard(open_page):
    page = open_page("/tin-tuc/chuyen-doi-so/")
    page.locator(".news-item a").first.click()
    button = page.get_by_role("button", name="Phóng to chữ")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Cỡ chữ gốc, đang là 125%").is_visible()
    assert page.evaluate("document.activeElement.ariaLabel") == "Phóng to chữ"
