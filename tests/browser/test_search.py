"""The search box: from the keyboard alone, on a phone, without JavaScript, against spam."""

import re

import pytest

pytestmark = pytest.mark.browser


def _box(page):
    return page.get_by_role("search", name="Tìm trong trang").locator("input")


def _type(page, text):
    """Reach the box by Tab alone and type; return the list that opens."""
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "tim-header":
            break
    page.keyboard.type(text)
    page.get_by_role("option").first.wait_for()
    return page.get_by_role("listbox", name="Gợi ý")


def test_a_citizen_finds_a_procedure_with_the_keyboard_alone(open_page):
    page = open_page("/")
    options = _type(page, "dang ky khai sinh").get_by_role("option")
    assert _box(page).get_attribute("aria-expanded") == "true"
    assert re.search(r"Có \d trang gợi ý", page.get_by_role("status").last.inner_text())
    page.keyboard.press("ArrowDown")
    first = options.first
    assert first.get_attribute("aria-selected") == "true"
    assert _box(page).get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert page.evaluate("document.activeElement.id") == "tim-header"
    page.keyboard.press("Enter")
    page.wait_for_url("**/thu-tuc/**")
    assert page.get_by_role("heading", level=1).inner_text() == "Đăng ký khai sinh"


def test_the_arrows_go_round_and_escape_closes_the_list_only(open_page):
    page = open_page("/")
    listed = _type(page, "khai sinh")
    options = listed.get_by_role("option")
    page.keyboard.press("ArrowUp")
    assert options.last.get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowDown")
    assert _box(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert not listed.is_visible()
    assert _box(page).input_value() == "khai sinh"
    assert _box(page).get_attribute("aria-expanded") == "false"


def test_enter_without_a_choice_asks_the_whole_site(open_page):
    page = open_page("/")
    _type(page, "dang ky khai sinh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem/?q=**")
    result = page.locator(".search-result").first
    assert result.get_by_role("link").inner_text() == "Đăng ký khai sinh"


def test_one_tap_on_a_suggestion_goes_to_the_page(open_page):
    page = open_page("/lien-he/", width=360)
    _box(page).fill("khai sinh")
    option = page.get_by_role("option").first
    option.wait_for()
    box = option.bounding_box()
    assert box["height"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    option.click()
    page.wait_for_url("**/thu-tuc/**")


def test_leaving_the_box_closes_the_list(open_page):
    page = open_page("/")
    listed = _type(page, "khai sinh")
    page.keyboard.press("Tab")
    assert not listed.is_visible()


def test_the_plain_form_works_without_javascript(open_page):
    page = open_page("/", width=360, java_script_enabled=False)
    assert _box(page).get_attribute("role") is None
    _box(page).fill("dang ky khai sinh")
    _box(page).press("Enter")
    result = page.locator(".search-result").first
    assert result.get_by_role("link").inner_text() == "Đăng ký khai sinh"
    page.get_by_text("Lọc theo chuyên mục, năm").click()
    page.get_by_label("Năm", exact=True).select_option("2025")
    page.get_by_role("button", name="Lọc").click()
    assert "nam=2025" in page.url
    assert "q=dang+ky+khai+sinh" in page.url


def test_spam_in_a_question_is_no_part_of_what_search_engines_read(open_page):
    page = open_page("/tim-kiem/?q=nha+cai+casino+lo+de")
    assert "casino" not in page.title()
    assert "casino" not in " ".join(page.locator("h1, h2, h3").all_inner_texts())
    meta = page.locator("head").inner_html()
    assert "casino" not in meta
    assert "casino" not in page.locator("body").inner_text()
