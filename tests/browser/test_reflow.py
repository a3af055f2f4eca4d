"""Pages fit the narrowest screen and the largest text, stand still, and give thumbs room."""

import pytest

from tests.browser.test_accessibility import PAGES

pytestmark = pytest.mark.browser

# 1280 px at 400 % is a screen of 320 px (WCAG 2.2, 1.4.10).
NARROWEST = 320
SMALLEST_TARGET = 24  # px (WCAG 2.2, 2.5.8)

# What lies outside the screen, but for what scrolls in a frame of its own.
SIDEWAYS = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return wide > 0 ? `${wide} px` : "";
}"""

# Controls that are smaller than a target and no word in a sentence. A small control is fine
# where a circle of that size around its centre meets no other (the rule's "spacing").
SMALL_TARGETS = """(least) => {
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".visually-hidden"))
    .filter((each) => each.type !== "hidden" && each.tabIndex >= 0)
    .map((each) => ({ each, box: each.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const centre = ({ box }) => [box.x + box.width / 2, box.y + box.height / 2];
  const isWord = ({ each }) => {
    const around = each.closest("p, li, dd, td, th, figcaption, caption, blockquote, address");
    return Boolean(around) && around.innerText.trim() !== each.innerText.trim()
      && getComputedStyle(each).display === "inline";
  };
  const distance = (point, box) => Math.hypot(
    Math.max(box.left - point[0], 0, point[0] - box.right),
    Math.max(box.top - point[1], 0, point[1] - box.bottom));
  return controls
    .filter((control) => control.box.width < least || control.box.height < least)
    .filter((control) => !isWord(control))
    .filter((control) => controls.some((other) => other !== control
      && !control.each.contains(other.each) && !other.each.contains(control.each)
      && distance(centre(control), other.box) < least / 2))
    .map(({ each, box }) => `${each.innerText.trim().slice(0, 40)} ${Math.round(box.width)}×${Math.round(box.height)}`);
}"""


def _found(page, site, script, *arguments):
    found = {}
    for path in PAGES:
        page.goto(site.url + path)
        found[path] = page.evaluate(script, *arguments)
    return {path: what for path, what in found.items() if what}


@pytest.mark.parametrize("width", [NARROWEST, 360, 768])
def test_no_page_scrolls_sideways(open_page, site, width):
    assert _found(open_page("/", width=width), site, SIDEWAYS) == {}


def test_no_page_scrolls_sideways_with_the_text_at_twice_its_size(open_page, site):
    page = open_page("/", width=360)
    page.evaluate("localStorage.setItem('text-size', '200')")
    assert _found(page, site, SIDEWAYS) == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_controls_are_large_enough_for_a_thumb(open_page, site, width):
    page = open_page("/", width=width)
    assert _found(page, site, SMALL_TARGETS, SMALLEST_TARGET) == {}


def test_nothing_moves_for_readers_who_want_none_of_it(open_page, site):
    page = open_page("/", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")]
      .filter((each) => {
        const style = getComputedStyle(each);
        return style.animationName !== "none"
          || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
      })
      .map((each) => each.className || each.tagName)"""
    assert _found(page, site, moving) == {}


def test_nothing_moves_by_itself_for_anybody(open_page, site):
    page = open_page("/")
    running = "() => document.getAnimations().map((each) => each.animationName ?? '')"
    assert _found(page, site, running) == {}
