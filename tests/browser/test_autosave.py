"""No lost text: crash, ended session, refused form, second person at the same machine."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

ADD = "/quan-tri/articles/article/add/"
EDITOR = "() => window.CKEDITOR?.instances.id_body?.status === 'ready'"
DRAFTS = (
    "() => Object.keys(localStorage).filter(key => key.startsWith('dang-viet:')).length"
)
SENTENCE = "Bà con mang theo sổ tiêm chủng."


def until(page, question, *, seconds=15):
    """Wait until JavaScript answers yes; Playwright's own way needs eval, which is forbidden."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := page.evaluate(question):
            return answer
        time.sleep(0.1)
    raise AssertionError(f"Never true: {question}")


def open_editor(page, address):
    page.goto(address)
    until(page, EDITOR)


def write(page, title, sentence=SENTENCE):
    """Fill in an article and wait until the browser has kept it."""
    page.fill("#id_title", title)
    page.select_option("#id_category", index=1)
    page.evaluate(
        "sentence => CKEDITOR.instances.id_body.insertHtml(`<p>${sentence}</p>`)", sentence
    )
    page.get_by_text("Bản đang viết được giữ trên máy này").wait_for()


def text_of(page):
    return page.evaluate("() => CKEDITOR.instances.id_body.getData()")


def save(page):
    with page.expect_navigation():
        page.locator("[name=_save]").click()
    until(page, EDITOR)


def sign_in_here(page, site, username):
    page.fill("#id_username", username)
    page.fill("#id_password", site.passwords[username])
    with page.expect_navigation():
        page.click("[type=submit]")


@pytest.fixture
def clerk(sign_in, site):
    page = sign_in("bien-tap")
    open_editor(page, site.url + ADD)
    return page


def end_session(page):
    page.context.clear_cookies(name="sessionid")


def new_article(page, site, title):
    """Save an article and return the address of its form."""
    open_editor(page, site.url + ADD)
    write(page, title)
    save(page)
    return re.sub(r"[?#].*", "", page.url)


def test_what_was_written_is_offered_after_a_crash(clerk, site):
    write(clerk, "Lịch tiêm chủng tháng Tư")
    reopened = clerk.context.new_page()
    clerk.close()  # asks nobody, like a crash
    open_editor(reopened, site.url + ADD)
    offer = reopened.get_by_role("region", name="Bản đang viết dở")
    offer.get_by_text(SENTENCE).wait_for()
    assert offer.get_by_text("Tiêu đề, Chuyên mục, Nội dung").is_visible()
    found = Axe().run(reopened, {"include": [["[data-writing]"]]}).response["violations"]
    assert found == []
    offer.get_by_role("button", name="Lấy lại").click()
    offer.wait_for(state="detached")
    assert reopened.input_value("#id_title") == "Lịch tiêm chủng tháng Tư"
    assert SENTENCE in text_of(reopened)
    assert reopened.evaluate(DRAFTS) == 1
    save(reopened)
    assert reopened.evaluate(DRAFTS) == 0
    reopened.goto(site.url + ADD)
    until(reopened, EDITOR)
    assert not reopened.get_by_text("Có bản đang viết dở").is_visible()


def test_what_is_given_up_is_gone(clerk, site):
    write(clerk, "Bài bỏ đi")
    reopened = clerk.context.new_page()
    clerk.close()
    open_editor(reopened, site.url + ADD)
    reopened.once("dialog", lambda question: question.accept())
    reopened.get_by_role("button", name="Bỏ đi").click()
    until(reopened, "() => !document.querySelector('.writing__offer')")
    assert reopened.evaluate(DRAFTS) == 0


def test_a_window_that_is_still_open_is_not_offered_elsewhere(clerk, site):
    write(clerk, "Bài đang mở ở cửa sổ kia")
    second = clerk.context.new_page()
    open_editor(second, site.url + ADD)
    time.sleep(0.5)
    assert not second.get_by_text("Có bản đang viết dở").is_visible()
    assert clerk.evaluate(DRAFTS) == 1


def test_a_full_browser_gives_up_the_oldest_draft_but_none_in_vain(clerk):
    write(clerk, "Bài ngắn")
    clerk.evaluate(
        """() => {
          const old = { at: Date.now() - 1000, values: { title: ["x".repeat(10000)] } }
          localStorage.setItem("dang-viet:1:abcdefgh0001", JSON.stringify(old))
          const set = Storage.prototype.setItem
          Storage.prototype.setItem = function (key, text) {
            if (text.length + JSON.stringify(this).length > window.room) throw new DOMException("full")
            set.call(this, key, text)
          }
          window.room = 15000
          CKEDITOR.instances.id_body.setData(`<p>${"dài ".repeat(8000)}</p>`)
        }"""
    )
    clerk.get_by_text("Trình duyệt không giữ được bản đang viết dở").wait_for()
    assert clerk.evaluate("() => 'dang-viet:1:abcdefgh0001' in localStorage")
    clerk.evaluate("() => { window.room = 6000; CKEDITOR.instances.id_body.setData('<p>Câu mới</p>') }")  # fmt: skip
    until(clerk, "() => JSON.stringify(localStorage).includes('Câu mới')")
    assert not clerk.evaluate("() => 'dang-viet:1:abcdefgh0001' in localStorage")


def test_leaving_unsaved_changes_asks_first(clerk):
    asked = []
    clerk.on("dialog", lambda question: (asked.append(question.type), question.dismiss()))
    write(clerk, "Bài chưa lưu")
    clerk.mouse.click(5, 300)  # browsers ask only those who have touched the page
    clerk.evaluate("() => { location.href = '/quan-tri/' }")
    until(clerk, "() => true")
    clerk.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_an_ended_session_is_noticed_before_the_form_is_sent(clerk, site):
    write(clerk, "Viết suốt buổi chiều")
    address = clerk.url
    end_session(clerk)
    clerk.locator("[name=_save]").click()
    notice = clerk.get_by_role("alert").filter(has_text="Phiên làm việc đã hết")
    notice.wait_for()
    assert clerk.url == address
    found = Axe().run(clerk, {"include": [["[data-writing]"]]}).response["violations"]
    assert found == []
    with clerk.context.expect_page() as opened:
        notice.get_by_role("link", name="Mở cửa sổ đăng nhập").click()
    sign_in_here(opened.value, site, "bien-tap")
    opened.value.close()
    clerk.bring_to_front()
    # The sign-in changed the token; saving asks for the new one.
    save(clerk)
    assert "/change/" in clerk.url
    assert SENTENCE in text_of(clerk)
    assert clerk.evaluate(DRAFTS) == 0


def test_a_form_sent_into_an_ended_session_is_offered_after_the_sign_in(clerk, site):
    write(clerk, "Gửi vào phiên đã hết")
    end_session(clerk)
    # What a browser does whose script has not noticed.
    clerk.evaluate("() => HTMLFormElement.prototype.submit.call(article_form)")
    clerk.wait_for_url("**/login/**")
    assert clerk.get_by_text("Bài bạn vừa viết chưa mất.").is_visible()
    sign_in_here(clerk, site, "bien-tap")
    until(clerk, EDITOR)
    clerk.get_by_role("button", name="Lấy lại").click()
    until(clerk, "() => id_title.value === 'Gửi vào phiên đã hết'")
    assert SENTENCE in text_of(clerk)


def test_a_refused_token_does_not_lose_the_text(clerk):
    write(clerk, "Mã của biểu mẫu đã cũ")
    clerk.context.clear_cookies(name="csrftoken")
    clerk.evaluate("() => HTMLFormElement.prototype.submit.call(article_form)")
    clerk.get_by_role("heading", name="Biểu mẫu đã hết hiệu lực").wait_for()
    assert clerk.get_by_text("Bài bạn vừa viết chưa mất.").is_visible()


def test_somebody_else_at_the_same_machine_is_offered_nothing(clerk, site):
    clerk.on("dialog", lambda question: question.accept())
    address = new_article(clerk, site, "Hai người một máy")
    write(clerk, "Hai người một máy", "Câu của người trước.")
    with clerk.expect_navigation():
        clerk.get_by_role("button", name="Đăng xuất").click()
    clerk.goto(f"{site.url}/quan-tri/login/?next={address.removeprefix(site.url)}")
    sign_in_here(clerk, site, "lanh-dao")
    until(clerk, EDITOR)
    time.sleep(0.5)
    assert not clerk.get_by_text("Có bản đang viết dở").is_visible()
    assert "Câu của người trước." not in clerk.content()
    assert clerk.evaluate(DRAFTS) == 1


def test_a_form_with_a_mistake_stays_kept_until_it_is_saved(clerk):
    write(clerk, "Thiếu chuyên mục")
    clerk.select_option("#id_category", value="")
    save(clerk)
    assert clerk.locator(".errornote").is_visible()
    assert clerk.evaluate(DRAFTS) == 1
    assert not clerk.get_by_text("Có bản đang viết dở").is_visible()
    clerk.select_option("#id_category", index=1)
    save(clerk)
    assert clerk.evaluate(DRAFTS) == 0


def test_others_are_named_and_a_newer_edition_is_told_before_saving(clerk, sign_in, site):
    address = new_article(clerk, site, "Hai người cùng sửa")
    chief = sign_in("lanh-dao")
    open_editor(chief, address)
    assert chief.get_by_text("Đang được Tài khoản mẫu: Biên tập viên mở (từ ").is_visible()
    beat = "() => document.dispatchEvent(new Event('visibilitychange'))"
    clerk.evaluate(beat)
    clerk.get_by_text("Đang được Tài khoản mẫu: Lãnh đạo duyệt mở (từ ").wait_for()

    write(chief, "Hai người cùng sửa", "Họp lúc tám giờ.")
    save(chief)
    clerk.evaluate(beat)
    clerk.get_by_text("bản bạn đang sửa dựa trên bản 1").wait_for()

    write(clerk, "Hai người cùng sửa", "Mời đủ mọi nhà.")
    save(clerk)
    stale = clerk.get_by_role("region", name="đã lưu bản 2 lúc")
    assert stale.get_by_text("Họp lúc tám giờ.").first.is_visible()
    assert "Mời đủ mọi nhà." in text_of(clerk)
    assert Axe().run(clerk).response["violations"] == []
    for width in (360, 1280):
        clerk.set_viewport_size({"width": width, "height": 900})
        assert clerk.evaluate("document.documentElement.scrollWidth") <= width
    stale.get_by_label("Tôi đã xem bản 2").check()
    save(clerk)
    assert not stale.is_visible()
    assert "Mời đủ mọi nhà." in text_of(clerk)
    assert clerk.evaluate(DRAFTS) == 0


def test_the_other_edition_can_be_taken_over_without_losing_mine(clerk, sign_in, site):
    address = new_article(clerk, site, "Lấy bản kia")
    chief = sign_in("lanh-dao")
    open_editor(chief, address)
    write(chief, "Lấy bản kia", "Câu của lãnh đạo.")
    save(chief)
    write(clerk, "Lấy bản kia", "Câu của tôi.")
    save(clerk)
    clerk.get_by_role("button", name="Lấy bản 2 vào ô soạn thảo").click()
    clerk.get_by_role("region", name="Bản đang viết dở").get_by_text(
        "Câu của tôi."
    ).wait_for()
    assert "Câu của lãnh đạo." in text_of(clerk)
    assert "Câu của tôi." not in text_of(clerk)
    write(clerk, "Lấy bản kia", "Câu thêm sau.")
    save(clerk)
    assert "Câu của lãnh đạo." in text_of(clerk)
    assert clerk.get_by_role("button", name="Lấy lại").is_visible()
