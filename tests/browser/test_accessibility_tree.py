"""What a screen reader hears: landmarks, headings in order, names, headers of tables."""

import pytest

from tests.browser.test_accessibility import PAGES

pytestmark = pytest.mark.browser

OUTLINE = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) || each.className.includes("visually-hidden"))
  .map((each) => [Number(each.tagName[1]), each.innerText.trim()])"""

# Landmarks of one role need names that tell them apart.
NAMELESS = """() => {
  const named = (each) => each.getAttribute("aria-label")
    || document.getElementById(each.getAttribute("aria-labelledby"))?.innerText.trim() || "";
  const seen = [...document.querySelectorAll("nav, aside, section[aria-labelledby], section[aria-label], form[role=search], [role=region]")]
    .filter((each) => each.checkVisibility())
    .map((each) => `${each.tagName} ${named(each)}`);
  return seen.filter((each, place) => each.endsWith(" ") || seen.indexOf(each) !== place);
}"""

# For each figure: the words of the header cells that its `headers` name.
HEADERS_OF_FIGURES = """(table) => [...table.querySelectorAll("tbody td.num, tfoot td.num")].map((cell) =>
  (cell.getAttribute("headers") || "").split(/\\s+/).filter(Boolean)
    .map((id) => table.querySelector(`[id="${id}"]`)?.innerText.trim() ?? "(missing)"))"""


@pytest.fixture
def each_page(open_page, site):
    """Return a function that yields (path, page) of every kind of public page."""

    def visit():
        page = open_page("/")
        for path in PAGES:
            page.goto(site.url + path)
            yield path, page

    return visit


def test_every_page_has_its_landmarks_once(each_page):
    for path, page in each_page():
        for role in ("banner", "main", "contentinfo"):
            assert page.get_by_role(role).count() == 1, (path, role)
        assert page.get_by_role("search").count() >= 1, path
        assert page.get_by_role("navigation", name="Menu chính").count() == 1, path


def test_landmarks_of_one_kind_have_names_of_their_own(each_page):
    found = {path: page.evaluate(NAMELESS) for path, page in each_page()}
    assert {path: names for path, names in found.items() if names} == {}


def test_headings_begin_with_one_first_level_and_skip_none(each_page):
    for path, page in each_page():
        levels = [level for level, words in page.evaluate(OUTLINE) if words]
        assert levels.count(1) == 1, path
        main = levels[levels.index(1) :]
        jumps = [
            (above, below)
            for above, below in zip(main, main[1:], strict=False)
            if below > above + 1
        ]
        assert jumps == [], path


def test_the_figures_of_the_official_table_name_both_rows_of_their_headers(open_page, site):
    page = open_page("/ket-qua-tthc/2025-T04/")
    table = page.get_by_role("table").filter(has=page.locator("td[headers]")).first
    figures = table.evaluate(HEADERS_OF_FIGURES)
    assert len(figures) > 20
    # A figure hears the lĩnh vực or "Tổng cộng", the group, and its own column.
    assert {len(headers) for headers in figures} == {3}
    assert all(headers[1].startswith("Số hồ sơ") for headers in figures)
    assert not any("(missing)" in headers or "" in headers for headers in figures)


def test_what_changes_by_a_press_is_announced(open_page):
    page = open_page("/tin-tuc/chuyen-doi-so/")
    page.locator(".news-item a").first.click()
    page.get_by_role("button", name="Phóng to chữ").first.click()
    assert page.locator("[aria-live]").filter(has_text="110%").count() >= 1
