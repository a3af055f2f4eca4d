"""The strip above every page in a real browser: put away, coming back, never in the way."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# The demo's notice; what else a test needs it adds and takes away again.
NOTICE = "Bộ phận một cửa nghỉ"
STORM = (
    "from datetime import timedelta; from django.utils import timezone; "
    "from portal.models import Alert; now = timezone.now(); "
    "Alert.objects.create(grade='khan-cap', title='Bão mẫu đổ bộ đêm nay', "
    "text='Sơ tán trước 17 giờ.', starts_at=now, ends_at=now + timedelta(hours=1))"
)
NO_STORM = (
    "from portal.models import Alert; Alert.objects.filter(grade='khan-cap').delete()"
)
REWORD = (
    "from portal.models import Alert; "
    "Alert.objects.filter(grade='thong-bao').update(text='{}')"
)
# Notes whether the notice was ever drawn, from the first frame on.
WATCH = """
window.seen = 0;
(function look() {
  const notice = document.querySelector(".alert--thong-bao");
  if (notice && notice.getClientRects().length) window.seen += 1;
  requestAnimationFrame(look);
})();
"""


@pytest.fixture
def change(site):
    """Return a function that runs code on the site; put right what the test changed after it."""

    def run(code):
        site.manage("shell", "-v", "0", "-c", code)

    yield run
    run(NO_STORM)


def test_a_notice_put_away_stays_away_on_every_page_without_a_flash(open_page, site):
    page = open_page("/")
    notice = page.locator(".alert", has_text=NOTICE)
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Cất tin này").click()
    expect(notice).to_be_hidden()
    expect(page.get_by_role("region", name="Tin khẩn")).to_have_count(0)
    page.add_init_script(WATCH)
    page.goto(site.url + "/lien-he/")
    page.wait_for_timeout(300)
    expect(page.locator(".alert", has_text=NOTICE)).to_be_hidden()
    assert page.evaluate("window.seen") == 0


def test_the_keyboard_goes_on_from_the_header_when_the_last_notice_is_gone(open_page):
    page = open_page("/")
    button = page.get_by_role("button", name="Cất tin này")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('header') !== null")


def test_a_reworded_notice_comes_back(open_page, change):
    page = open_page("/")
    page.get_by_role("button", name="Cất tin này").click()
    page.reload()
    expect(page.locator(".alert", has_text=NOTICE)).to_be_hidden()
    change(REWORD.format("Hồ sơ nộp qua mạng vẫn được nhận cả ngày."))
    page.wait_for_timeout(700)  # until every worker has asked for the content version
    page.reload()
    expect(page.locator(".alert", has_text=NOTICE)).to_be_visible()


def test_what_is_dangerous_folds_and_opens_again_and_never_goes(open_page, change):
    change(STORM)
    page = open_page("/")
    page.wait_for_timeout(700)
    page.reload()
    storm = page.locator(".alert--khan-cap")
    more = storm.get_by_text("Sơ tán trước 17 giờ.")
    button = storm.get_by_role("button")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(more).to_be_hidden()
    page.reload()
    expect(more).to_be_hidden()
    expect(storm).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(more).to_be_visible()
    page.reload()
    expect(more).to_be_visible()


def test_at_most_twenty_versions_are_remembered(open_page):
    page = open_page("/")
    page.evaluate(
        "localStorage.setItem('alerts-put-away', "
        "JSON.stringify([...Array(25).keys()].map((n) => `${n}-abc`)))"
    )
    page.reload()
    page.get_by_role("button", name="Cất tin này").click()
    kept = page.evaluate("JSON.parse(localStorage.getItem('alerts-put-away'))")
    assert len(kept) == 20
    assert kept[0] == "6-abc"


@pytest.mark.parametrize(
    "stored", ["nhảm", '{"a": 1}', '["] { color: red }", null, 7]', '"1-a"', "null"]
)
def test_what_others_stored_breaks_nothing(open_page, stored):
    page = open_page("/")
    page.evaluate("(value) => localStorage.setItem('alerts-put-away', value)", stored)
    page.reload()
    page.get_by_role("button", name="Cất tin này").click()
    expect(page.locator(".alert", has_text=NOTICE)).to_be_hidden()


def test_without_scripts_the_notice_stands_and_offers_no_button(open_page):
    page = open_page("/", java_script_enabled=False)
    expect(page.locator(".alert", has_text=NOTICE)).to_be_visible()
    expect(page.get_by_role("button", name="Cất tin này")).to_have_count(0)


def test_on_paper_only_what_is_dangerous_stays(open_page, change):
    change(STORM)
    page = open_page("/")
    page.wait_for_timeout(700)
    page.reload()
    page.emulate_media(media="print")
    expect(page.locator(".alert", has_text=NOTICE)).to_be_hidden()
    expect(page.locator(".alert--khan-cap")).to_be_visible()
