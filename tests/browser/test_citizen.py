"""A citizen on a phone, with keys alone, finds what to bring and whom to call."""

import re

import pytest

pytestmark = pytest.mark.browser

MOST_STOPS = 60  # from the top of a page to what somebody came for


def _tab_to(page, what):
    """Press Tab until `what`, an expression in JavaScript over `each`, holds of the focused element."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(f"((each) => {what})(document.activeElement)"):
            return
    pytest.fail(f"{MOST_STOPS} times Tab did not lead to {what} on {page.url}")


def _is_on_screen(page):
    return page.evaluate(
        """() => {
          const box = document.activeElement.getBoundingClientRect();
          return box.width > 0 && box.top < innerHeight && box.bottom > 0;
        }"""
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_home_page_to_a_procedure_and_the_phone_of_the_office(open_page, width):
    page = open_page("/", width=width)
    _tab_to(page, "each.type === 'search'")
    assert _is_on_screen(page)
    page.keyboard.type("dang ky khai sinh", delay=30)
    first = page.get_by_role("option").first
    first.wait_for()
    assert "khai sinh" in first.inner_text().lower()
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/thu-tuc/" in page.url
    assert re.search("khai sinh", page.get_by_role("heading", level=1).inner_text(), re.I)
    _tab_to(page, "each.href?.startsWith('tel:')")
    assert _is_on_screen(page)


def test_the_same_through_the_page_of_results(open_page):
    page = open_page("/", width=360)
    _tab_to(page, "each.type === 'search'")
    page.keyboard.type("dang ky khai sinh")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/tim-kiem/" in page.url
    _tab_to(page, "each.href?.includes('/thu-tuc/') && each.closest('main ol, main ul')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert re.search("khai sinh", page.get_by_role("heading", level=1).inner_text(), re.I)


def test_the_same_without_scripts(open_page):
    page = open_page("/", width=360, java_script_enabled=False)
    page.get_by_role("searchbox").first.fill("dang ki khai sihn")
    with page.expect_navigation():
        page.get_by_role("search").get_by_role("button").first.click()
    with page.expect_navigation():
        page.get_by_role("main").get_by_role(
            "link", name=re.compile("khai sinh", re.I)
        ).first.click()
    assert page.locator("main a[href^='tel:'], aside a[href^='tel:']").first.is_visible()
