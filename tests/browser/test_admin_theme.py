"""The admin's theme as staff see it: on a phone, in the dark, by name for screen readers."""

import pytest

pytestmark = pytest.mark.browser

PAGES = (
    "/quan-tri/",
    "/quan-tri/portal/user/",
    "/quan-tri/portal/user/add/",
    "/quan-tri/portal/menuitem/",
    "/quan-tri/portal/identity/1/change/",
    "/quan-tri/password_change/",
)


def test_no_admin_page_scrolls_sideways_on_a_phone(sign_in, site):
    page = sign_in("quan-tri", width=360)
    too_wide = {}
    for path in PAGES:
        page.goto(site.url + path)
        for box in page.locator("main input:visible, main select:visible").all():
            edges = box.bounding_box()
            in_table = box.evaluate("box => Boolean(box.closest('.results'))")
            if not in_table and edges["x"] + edges["width"] > 360:
                too_wide[path] = box.get_attribute("name")
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            too_wide[path] = "the page"
    assert too_wide == {}


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(24, 20, 18)")]
)
def test_the_theme_follows_the_readers_system(sign_in, scheme, ground):
    page = sign_in("quan-tri", scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_text_is_at_least_sixteen_pixels(sign_in, site):
    page = sign_in("quan-tri")
    page.goto(site.url + "/quan-tri/portal/user/add/")
    for selector in ("body", "#id_username", "label[for=id_username]", "[type=submit]"):
        size = page.locator(selector).first.evaluate(
            "box => getComputedStyle(box).fontSize"
        )
        assert float(size.removesuffix("px")) >= 16, selector


def test_an_empty_box_that_suggests_is_named_by_its_label(sign_in, site):
    page = sign_in("quan-tri")
    page.goto(site.url + "/quan-tri/portal/identity/1/change/")
    page.get_by_role("combobox", name="Biểu trưng").click()
    page.locator(".select2-results__option").first.wait_for()


@pytest.mark.parametrize("path", ["portal/homeblock/", "organisation/officer/"])
def test_what_is_set_in_a_list_is_in_reach_on_a_phone(sign_in, site, path):
    page = sign_in("lanh-dao", width=360)
    page.goto(f"{site.url}/quan-tri/{path}")
    for box in page.locator("#result_list tr:first-child input:visible").all():
        place = box.bounding_box()
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360
