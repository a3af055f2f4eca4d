"""Every page serves readers without scripts, without cookies, and inside the Zalo app."""

import pytest

from tests.browser.test_accessibility import PAGES

pytestmark = pytest.mark.browser

# The browser inside Zalo on a cheap Android phone, below its own bar.
ZALO = (
    "Mozilla/5.0 (Linux; Android 11; SM-A035F Build/RP1A.200720.012; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.230 Mobile Safari/537.36 "
    "Zalo android/24010521 ZaloTheme/light ZaloLanguage/vi"
)
PHONE = {"width": 360, "height": 566}


def test_every_page_reads_without_scripts(open_page, site):
    page = open_page("/", width=360, java_script_enabled=False)
    for path in PAGES:
        page.goto(site.url + path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        # Whatever needs a script is not offered.
        assert page.locator(".js-only:visible").count() == 0, path
        assert page.get_by_role("main").inner_text().strip(), path


def test_no_page_sets_a_cookie(open_page, site):
    page = open_page("/")
    for path in PAGES:
        page.goto(site.url + path)
    assert page.context.cookies() == []


def test_every_page_works_where_storage_is_refused(open_page, site):
    page = open_page("/")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
    )
    for path in PAGES:
        page.goto(site.url + path)
        assert page.get_by_role("heading", level=1).count() == 1, path
    # A script error would fail this test as it ends.


def test_every_page_fits_the_browser_of_a_chat_app(open_page, site):
    page = open_page(
        "/", width=PHONE["width"], height=PHONE["height"], user_agent=ZALO, has_touch=True
    )
    for path in PAGES:
        page.goto(site.url + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], path
        assert page.get_by_role("heading", level=1).count() == 1, path
