"""A whole day of the newsroom: three people, one article, from the paste to the withdrawal."""

from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from PIL import Image

from tests.browser.clipboard import editor_body, paste_html

pytestmark = pytest.mark.browser

TITLE = "Lịch phun khử khuẩn chuồng trại ở tám thôn"
LEAD = "Mỗi thôn phun một buổi sáng; bà con dọn chuồng từ tối hôm trước."
# As Word puts it on the clipboard: a doubled title, a table, a picture that stays behind.
PASTED = """
<p class=MsoTitle><span style='mso-fareast-language:VI'>Lịch phun khử khuẩn chuồng trại ở tám thôn</span></p>
<p class=MsoNormal style='text-align:justify;mso-line-height:12pt'>Tổ thú y đi từng thôn,
<b>bắt đầu từ 6 giờ 30</b>.<o:p></o:p></p>
<p class=MsoNormal><img src="file:///C:/anh/phun.jpg" width=300></p>
<table class=MsoTableGrid border=1><tr><td><b>Ngày</b></td><td><b>Thôn</b></td></tr>
<tr><td>03/03</td><td>Kiệm</td></tr><tr><td>04/03</td><td>Ngọc Tích</td></tr></table>
<p class=MsoNormal>&nbsp;</p>
"""
WAIT = 10  # seconds between the approval and the scheduled moment


def _picture():
    out = BytesIO()
    Image.new("RGB", (1200, 800), "#3c7a4d").save(out, "JPEG")
    return {
        "name": "phun-khu-khuan.jpg",
        "mimeType": "image/jpeg",
        "buffer": out.getvalue(),
    }


@pytest.fixture(scope="module")
def article():
    """What the steps of the day hand on: the admin's address of the article, and the public one."""
    return {}


def _open(sign_in, username, path, **options):
    page = sign_in(username, **options)
    page.goto(page.url.split("/quan-tri/")[0] + path)
    return page


def _press(page, name):
    # The form of the editor asks whether the session lives before it goes.
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_the_writer_pastes_uploads_and_submits(sign_in, article):
    page = sign_in("bien-tap")
    page.get_by_role("link", name="Viết bài mới").click()
    page.get_by_label("Tiêu đề").fill(TITLE)
    page.get_by_label("Chuyên mục").select_option(label="Thông báo")
    page.get_by_role("textbox", name="Tóm tắt").fill(LEAD)
    editor_body(page).click()
    paste_html(page, PASTED)
    editor_body(page).get_by_text("Tổ thú y đi từng thôn").wait_for()
    page.get_by_label("Tải ảnh mới lên").set_input_files(_picture())
    page.get_by_label("Mô tả ảnh").fill("Cán bộ thú y phun khử khuẩn")
    _press(page, "Lưu và gửi duyệt")
    said = page.locator(".messagelist").inner_text()
    assert "1 ảnh chưa được tải lên" in said
    assert "chờ duyệt" in said
    article["admin"] = page.evaluate("location.pathname").removesuffix("change/")


def test_the_approver_returns_it_on_a_phone_in_three_taps(sign_in, article):
    page = sign_in("lanh-dao", width=360, height=740)
    page.get_by_role("link", name=TITLE).first.click()  # one
    page.get_by_text("Tổ thú y đi từng thôn").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("Trả lại để sửa").click()  # two
    page.get_by_label("Ý kiến cho người viết").fill("Thêm số điện thoại của trạm thú y.")
    _press(page, "Trả lại kèm ý kiến")  # three
    assert "trả lại" in page.locator(".messagelist").inner_text().lower()


def test_the_writer_sees_the_remark_and_corrects(sign_in, article):
    page = sign_in("bien-tap")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_text("Thêm số điện thoại của trạm thú y.").wait_for()
    editor_body(page).evaluate(
        "body => body.insertAdjacentHTML('beforeend', '<p>Trạm thú y trực cả ngày.</p>')"
    )
    _press(page, "Lưu và gửi duyệt")
    assert "chờ duyệt" in page.locator(".messagelist").inner_text()


def test_the_approved_article_appears_at_its_second(sign_in, open_page, article):
    page = _open(sign_in, "lanh-dao", article["admin"] + "duyet/")
    page.get_by_text("Hẹn giờ đăng").click()
    moment = datetime.now(ZoneInfo(settings.TIME_ZONE)) + timedelta(seconds=WAIT)
    chosen = page.get_by_label("Giờ hẹn đăng")
    chosen.fill(moment.strftime("%Y-%m-%dT%H:%M:%S"))
    # The Enter key presses the first button of a form; that must not be "Duyệt và đăng ngay".
    with page.expect_navigation():
        chosen.press("Enter")
    assert "một trong các nút" in page.locator(".errornote").inner_text()
    _press(page, "Duyệt, hẹn đăng lúc này")
    said = page.locator(".messagelist").inner_text()
    assert f"tự hiện lúc {moment:%H:%M %d/%m/%Y}" in said

    reader = open_page("/tin-tuc/thong-bao/")
    assert reader.get_by_role("link", name=TITLE).count() == 0
    left = moment - datetime.now(ZoneInfo(settings.TIME_ZONE))
    reader.wait_for_timeout(max(0, left.total_seconds() + 1.1) * 1000)
    reader.reload()
    reader.get_by_role("link", name=TITLE).first.click()
    reader.wait_for_load_state()
    article["path"] = reader.evaluate("location.pathname")
    text = reader.locator(".prose").first
    assert text.get_by_text("Trạm thú y trực cả ngày.").is_visible()
    assert text.get_by_role("columnheader", name="Thôn").is_visible()
    assert text.locator("img").count() == 0
    assert TITLE not in text.inner_text()


def test_readers_see_the_old_text_until_the_new_one_is_approved(
    sign_in, open_page, article
):
    writer = _open(sign_in, "bien-tap", article["admin"] + "change/")
    writer.get_by_label("Tiêu đề").fill(TITLE.replace("tám", "chín"))
    _press(writer, "Lưu và gửi duyệt")
    reader = open_page(article["path"])
    assert reader.get_by_role("heading", level=1).inner_text() == TITLE

    approver = _open(sign_in, "lanh-dao", article["admin"] + "duyet/", width=360)
    assert approver.locator("ins", has_text="chín").first.is_visible()
    assert approver.locator("del", has_text="tám").first.is_visible()
    _press(approver, "Duyệt, thay bản đang hiện")
    reader.wait_for_timeout(1100)
    reader.reload()
    assert "chín thôn" in reader.get_by_role("heading", level=1).inner_text()


def test_an_older_edition_comes_back_through_approval(sign_in, open_page, article):
    writer = _open(sign_in, "bien-tap", article["admin"] + "history/")
    _press(writer, "Lấy lại bản 2")
    assert writer.get_by_label("Tiêu đề").input_value() == TITLE
    _press(writer, "Lưu và gửi duyệt")
    reader = open_page(article["path"])
    assert "chín thôn" in reader.get_by_role("heading", level=1).inner_text()

    approver = _open(sign_in, "lanh-dao", article["admin"] + "duyet/")
    _press(approver, "Duyệt, thay bản đang hiện")
    reader.wait_for_timeout(1100)
    reader.reload()
    assert reader.get_by_role("heading", level=1).inner_text() == TITLE


def test_a_mistake_is_withdrawn_and_its_address_says_why(sign_in, open_page, article):
    approver = _open(sign_in, "lanh-dao", article["admin"] + "go/")
    approver.get_by_label("đăng nhầm", exact=False).check()
    approver.get_by_label("Lý do", exact=False).last.fill("Lịch của xã khác.")
    _press(approver, "Gỡ bài")
    reader = open_page("/tin-tuc/thong-bao/")
    assert reader.get_by_role("link", name=TITLE).count() == 0
    answer = reader.goto(reader.url.split("/tin-tuc/")[0] + article["path"])
    assert answer.status == 410
    assert reader.get_by_text("Lịch của xã khác.").is_visible()
    assert TITLE not in reader.locator("main").inner_text()
