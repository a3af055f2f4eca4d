"""What a browser does with the page of an article: data blocks, passing on, paper."""

import re

import pytest

pytestmark = pytest.mark.browser

PHONE_SHARES = "navigator.share = async (what) => { window.shared = what; };"


def _open_article(page, site):
    page.goto(site.url + "/tin-tuc/chuyen-doi-so/")
    page.locator(".news-item a").first.click()
    page.wait_for_load_state()
    return page


def _sheets_of(page):
    """Return of how many sheets of A4 the printed page is, and their size in points."""
    pdf = page.pdf(prefer_css_page_size=True, format="A4")
    sizes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in sizes]


def test_the_data_for_search_engines_breaks_no_policy(open_page, site):
    # `open_page` fails on any complaint about the policy.
    page = _open_article(open_page(), site)
    data = page.locator('script[type="application/ld+json"]')
    assert (
        page.evaluate("text => JSON.parse(text)['@graph'].length", data.inner_text()) == 2
    )


def test_the_address_is_copied_and_the_button_says_so(open_page, site):
    page = _open_article(open_page(permissions=["clipboard-read", "clipboard-write"]), site)
    page.get_by_role("button", name="Chép địa chỉ").click()
    page.get_by_role("button", name="Đã chép địa chỉ").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.locator("[data-share-announcement]").inner_text() == "Đã chép địa chỉ"


def test_a_phone_offers_its_own_list_of_apps_and_others_do_not(open_page, site):
    page = _open_article(open_page(width=360), site)
    send = page.get_by_role("button", name="Gửi qua Zalo")
    assert send.count() == 0
    page.context.add_init_script(PHONE_SHARES)
    page.reload()
    send.click()
    assert page.evaluate("window.shared.url") == page.url


def test_without_a_script_the_article_is_passed_on_by_links(open_page, site):
    page = _open_article(open_page(java_script_enabled=False), site)
    share = page.get_by_role("navigation", name="Chia sẻ và bản in")
    assert share.get_by_role("button").count() == 0
    assert share.get_by_role("link").count() == 4


def test_the_sheet_for_the_board_is_one_page_of_a4_with_all_of_its_text(open_page, site):
    page = open_page("/tin-tuc/")
    addresses = page.locator(".news-item h2 a, .news-item h3 a").evaluate_all(
        "links => links.map((link) => link.href)"
    )
    assert len(addresses) >= 10
    page.emulate_media(media="print")
    for address in addresses:
        page.goto(f"{address}niem-yet/")
        assert _sheets_of(page) == [(595, 842)], address
        is_cut_off = "text => text.scrollHeight > text.clientHeight"
        assert not page.locator(".sheet__text").evaluate(is_cut_off), address
