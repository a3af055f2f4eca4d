"""Each block of the page that the project was asked to recreate, read as a person would."""

import re

import pytest

pytestmark = pytest.mark.browser

ARTICLE = "Chuyển đổi số ở xã: ý nghĩa và những điều kiện để làm được"
FIGURES = ["Hôm nay", "Hôm qua", "Tuần này", "Tháng này", "Tất cả"]


@pytest.fixture(params=[360, 1280], ids=["phone", "desktop"])
def article(open_page, request):
    """The demo article in the shape of the seed page, opened from the news list."""
    page = open_page("/tin-tuc/chuyen-doi-so/", width=request.param, height=800)
    page.get_by_role("link", name=ARTICLE).first.click()
    page.wait_for_load_state()
    return page


def _figures(page):
    """Return the counter's five figures by label, as numbers."""
    block = page.get_by_role("region", name="Truy cập")
    labels = block.locator("dt").all_inner_texts()
    values = block.locator("dd").all_inner_texts()
    return {
        label.rstrip(":"): int(re.sub(r"\D", "", value))
        for label, value in zip(labels, values, strict=True)
    }


def test_the_welcome_sentence_names_the_unit_and_stands_still(article):
    sentence = article.get_by_text(
        "Chào mừng bạn đến với Trang thông tin điện tử "
        "Xã Đông Thanh - Huyện Đông Sơn - Tỉnh Thanh Hóa"
    )
    before = sentence.bounding_box()
    article.wait_for_timeout(600)
    assert sentence.is_visible()
    assert sentence.bounding_box() == before


def test_the_title_stands_once_as_the_only_main_heading(article):
    assert article.get_by_role("heading", level=1).all_inner_texts() == [ARTICLE]
    assert article.get_by_role("main").get_by_text(ARTICLE, exact=True).count() <= 2


def test_the_date_line_says_only_what_is_known(article):
    line = article.locator("time").first
    assert line.inner_text() == "Đăng ngày: 26/01/2024"
    assert line.get_attribute("datetime") == "2024-01-26"


def test_the_date_line_tells_the_second_when_it_is_known(open_page):
    page = open_page("/tin-tuc/chuyen-doi-so/")
    page.get_by_role(
        "link", name="Hướng dẫn nộp hồ sơ qua mạng trong năm bước"
    ).first.click()
    line = page.locator("time").first
    assert line.inner_text() == "Đăng lúc: 09:15:00 11/03/2024 (GMT+7)"


def test_the_lead_and_the_body_with_its_headings_are_readable(article):
    main = article.get_by_role("main")
    assert main.get_by_text("Chuyển đổi số không phải là mua thêm máy tính.").is_visible()
    headings = main.get_by_role("heading", level=2).all_inner_texts()
    assert headings[:3] == [
        "1. Chuyển đổi số mang lại điều gì?",
        "2. Cần những điều kiện gì?",
        "3. Bắt đầu từ đâu?",
    ]


def test_text_zoom_grows_shrinks_is_announced_and_remembered(article):
    body = article.get_by_role("main").locator(".prose").first

    def size():
        return body.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")

    start = size()
    article.get_by_role("button", name="Phóng to chữ").click()
    assert size() > start
    assert article.locator("[data-display-announcement]").inner_text() == "Cỡ chữ 110%"
    larger = size()
    article.reload()
    assert size() == larger
    article.get_by_role("button", name="Cỡ chữ gốc").click()
    assert size() == start
    article.get_by_role("button", name="Thu nhỏ chữ").click()
    assert size() < start


def test_text_zoom_stays_between_80_and_200_percent(article):
    body = article.get_by_role("main").locator(".prose").first

    def size():
        return body.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")

    start = size()
    for _ in range(20):
        article.get_by_role("button", name="Phóng to chữ").dispatch_event("click")
    assert size() == pytest.approx(2 * start, rel=0.01)
    for _ in range(20):
        article.get_by_role("button", name="Thu nhỏ chữ").dispatch_event("click")
    assert size() == pytest.approx(0.8 * start, rel=0.01)


def test_print_button_asks_the_browser_to_print(article):
    article.evaluate("window.print = () => { window.printed = true }")
    article.get_by_role("button", name="In trang này").click()
    assert article.evaluate("window.printed") is True


def test_print_shows_the_article_without_the_frame(article):
    article.emulate_media(media="print")
    assert article.get_by_role("heading", level=1).is_visible()
    assert not article.get_by_role("navigation").first.is_visible()
    assert not article.get_by_role("region", name="Truy cập").is_visible()


def test_the_newest_results_of_procedures_are_one_tap_away(article):
    block = article.get_by_role("region", name="Công khai kết quả giải quyết TTHC")
    link = block.get_by_role("link").first
    label = link.inner_text()
    link.click()
    article.wait_for_load_state()
    heading = article.get_by_role("heading", level=1).inner_text()
    assert label.split(" (")[0].lower() in heading.lower()
    assert article.get_by_role("table").first.is_visible()


def test_the_counter_shows_five_figures_that_agree(article):
    figures = _figures(article)
    assert list(figures) == FIGURES
    assert figures["Hôm nay"] <= figures["Tuần này"]
    assert figures["Hôm nay"] <= figures["Tháng này"]
    assert max(figures["Tuần này"], figures["Tháng này"]) <= figures["Tất cả"]
    assert figures["Tất cả"] >= 293_386
    assert "lượt truy cập" in article.get_by_role("region", name="Truy cập").inner_text()


def test_useful_phones_dial_when_tapped(article):
    block = article.get_by_role("region", name="Điện thoại hữu ích")
    link = block.get_by_role("link").first
    assert re.fullmatch(r"tel:\+84\d{9,10}", link.get_attribute("href"))


def test_nothing_is_wider_than_the_screen(article):
    width = article.evaluate("document.documentElement.scrollWidth")
    assert width <= article.viewport_size["width"]


def test_demo_content_says_so_and_keeps_search_engines_away(article):
    assert article.get_by_text("TRANG MẪU – số liệu minh họa").is_visible()
    robots = article.locator("meta[name=robots]").get_attribute("content")
    assert "noindex" in robots
