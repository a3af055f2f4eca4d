"""The first screen in a real browser."""

import pytest

pytestmark = pytest.mark.browser

ROOM = """
[...document.querySelectorAll("main .card img")]
  .map((image) => image.getBoundingClientRect())
  .filter((box) => !box.width || !box.height).length
"""


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_pictures_have_their_room_before_they_have_come(open_page, site, width):
    page = open_page("/lien-he/", width=width)
    page.route("**/media/**", lambda route: None)  # never answered
    page.goto(site.url + "/", wait_until="domcontentloaded")
    page.wait_for_selector("footer")
    assert page.locator("main .card img").count() > 4
    assert page.evaluate(ROOM) == 0


def test_a_phone_shows_whose_site_it_is_and_what_can_be_done(open_page):
    page = open_page("/", width=360, height=640)
    page.get_by_role("button", name="Cất tin này").click()
    below = page.evaluate(
        """["header a", ".today", ".task"].filter((one) =>
          document.querySelector(one).getBoundingClientRect().bottom > innerHeight)"""
    )
    assert below == []
