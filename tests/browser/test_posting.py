"""A clerk pastes an article from Word, a leader approves it on a phone, a citizen reads it."""

import re
import time
from pathlib import Path

import pytest

from tests.browser.clipboard import editor_body, paste_html
from tests.browser.conftest import READER_AGENT

pytestmark = pytest.mark.browser

TITLE = "Vì sao và làm thế nào để chuyển đổi số trong công việc của xã"
LEAD = "Bớt giấy tờ, bớt đi lại và rõ trách nhiệm: ba điều người dân được hưởng trước tiên."
PASTED = (Path(__file__).parent / "texts" / "bai-viet-tu-word.html").read_text(
    encoding="utf-8"
)
ANOTHER_READER = READER_AGENT.replace("Chrome/140", "Chrome/139")


def _all_visits(page):
    """Return the figure "Tất cả" of the block on the page."""
    row = page.get_by_role("region", name="Truy cập").locator("dd").last
    return int(re.sub(r"\D", "", row.inner_text()))


def _wait_for_visits(page, expected):
    """Reload until the block shows `expected` (figures are at most two seconds old)."""
    end = time.monotonic() + 10
    while _all_visits(page) != expected and time.monotonic() < end:
        page.wait_for_timeout(500)
        page.reload()
    return _all_visits(page)


@pytest.fixture(scope="module")
def posted():
    """Where the tests of this module keep the address of the article they posted."""
    return {}


def test_a_text_pasted_from_word_is_approved_and_read(sign_in, open_page, posted):
    page = sign_in("bien-tap")
    page.get_by_role("link", name="Viết bài mới").click()
    page.get_by_label("Tiêu đề").fill(TITLE)
    page.get_by_label("Chuyên mục").select_option(label="Chuyển đổi số")
    page.get_by_role("textbox", name="Tóm tắt").fill(LEAD)
    editor_body(page).click()
    paste_html(page, PASTED)
    editor_body(page).get_by_text("Ba là, con người.").wait_for()
    page.get_by_text("Tác giả và nguồn tin").click()
    page.get_by_role("textbox", name="Tác giả").fill("Ban biên tập")
    page.get_by_role("button", name="Lưu và gửi duyệt").click()
    page.get_by_text("đang chờ duyệt").first.wait_for()

    # Two taps from the start page to the decision.
    phone = sign_in("lanh-dao", width=360)
    phone.get_by_role("link", name=TITLE).click()
    phone.get_by_role("button", name="Duyệt và đăng ngay").click()
    phone.get_by_text("Đang hiện trên trang: bản 1.").wait_for()

    reader = open_page("/tin-tuc/")
    reader.get_by_role("link", name=TITLE).first.click()
    reader.wait_for_load_state()
    posted["path"] = reader.evaluate("location.pathname")
    assert reader.title().startswith(TITLE)
    assert reader.get_by_role("heading", level=1).all_inner_texts() == [TITLE]
    text = reader.locator(".prose").first
    assert text.get_by_role("heading", level=2).all_inner_texts() == [
        "1. Chuyển đổi số giúp gì cho công việc của xã?",
        "2. Muốn làm được thì cần những gì?",
    ]
    assert text.get_by_text("Nhập một lần, dùng nhiều lần").is_visible()
    assert text.get_by_role("cell", name="Qua mạng").is_visible()
    html = text.inner_html()
    assert "Mso" not in html
    assert "style=" not in html
    assert "<script" not in html
    assert TITLE not in text.inner_text()
    moment = reader.locator("time").first.inner_text()
    assert re.fullmatch(r"Đăng lúc: \d\d:\d\d:\d\d \d\d/\d\d/\d{4} \(GMT\+7\)", moment)


def test_a_new_reader_is_one_visit_however_often_the_page_is_read(open_page, posted):
    watcher = open_page(posted["path"])
    watcher.wait_for_timeout(3000)
    watcher.reload()
    before = _all_visits(watcher)

    reader = open_page(posted["path"], user_agent=ANOTHER_READER)
    assert _wait_for_visits(watcher, before + 1) == before + 1

    reader.reload()
    reader.goto(reader.url.replace(posted["path"], "/"))
    watcher.wait_for_timeout(3000)
    watcher.reload()
    assert _all_visits(watcher) == before + 1


@pytest.mark.parametrize("width", [360, 1280])
def test_every_block_of_the_seed_stands_on_the_posted_page(open_page, posted, width):
    page = open_page(posted["path"], width=width)
    assert page.get_by_text("Chào mừng bạn đến với Trang thông tin điện tử").is_visible()
    assert page.get_by_text(LEAD).is_visible()
    assert page.get_by_role("button", name="Cỡ chữ gốc").is_visible()
    assert page.get_by_role("button", name="In trang này").is_visible()
    for block in ("Công khai kết quả giải quyết TTHC", "Truy cập", "Điện thoại hữu ích"):
        assert page.get_by_role("region", name=block).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_posted_page_prints_with_its_address_and_without_the_frame(open_page, posted):
    page = open_page(posted["path"])
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_text(LEAD).is_visible()
    assert page.get_by_text(posted["path"]).last.is_visible()
    assert not page.get_by_role("button", name="In trang này").is_visible()
    assert not page.get_by_role("region", name="Điện thoại hữu ích").is_visible()


def test_signed_in_staff_who_read_the_page_are_not_counted(sign_in, open_page, posted):
    watcher = open_page(posted["path"])
    watcher.wait_for_timeout(3000)
    watcher.reload()
    before = _all_visits(watcher)
    staff = sign_in("bien-tap", user_agent=READER_AGENT.replace("Chrome/140", "Chrome/138"))
    staff.goto(watcher.url)
    watcher.wait_for_timeout(3000)
    watcher.reload()
    assert _all_visits(watcher) == before
