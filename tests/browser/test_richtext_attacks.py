"""Attacks on rich text, cleaned and given to a real browser that forbids nothing."""

import pytest

from portal.richtext import ATTRIBUTES, TAGS, clean, render
from tests.portal.richtext_attacks import ATTACKS

pytestmark = pytest.mark.browser

ADDRESS = "http://portal.test/"
WATCH = "window.ran = []; window.alert = (what) => window.ran.push(String(what))"
# What the browser has made of each section, read from its own tree of elements.
FIND = """
({ tags, attributes }) => {
  const found = []
  for (const section of document.body.children) {
    if (section.localName !== "section") found.push(`broke out: ${section.outerHTML}`)
    const walker = document.createTreeWalker(section, NodeFilter.SHOW_COMMENT)
    if (walker.nextNode()) found.push(`comment: ${section.innerHTML}`)
    for (const element of section.querySelectorAll("*")) {
      const say = (what) => found.push(`${what}: ${element.outerHTML}`)
      if (!tags.includes(element.localName)) say("element")
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") say("namespace")
      if (element.shadowRoot) say("shadow root")
      for (const name of element.getAttributeNames())
        if (!attributes.includes(name)) say(name)
      if (element.href && !/^(https?|mailto|tel):/.test(element.href)) say("address")
      if (element.src && !element.src.startsWith(`${location.origin}/media/`)) say("source")
      const style = getComputedStyle(element)
      if (style.position !== "static" || style.zIndex !== "auto") say("overlay")
    }
  }
  return found
}
"""
# Writing the tree down and reading it again is what mutation attacks wait for.
READ_AGAIN = """
() => { for (const section of document.body.children) section.innerHTML = section.innerHTML }
"""


@pytest.fixture
def judge(browser):
    """Return a function that shows texts and says what ran, was asked for, and stands there."""
    context = browser.new_context()

    def judge(texts):
        html = "".join(f"<section>{text}</section>" for text in texts)
        asked = []

        def answer(route):
            if route.request.url == ADDRESS:
                body = f"<!doctype html><meta charset=utf-8><title>x</title><body>{html}"
                route.fulfill(body=body, content_type="text/html; charset=utf-8")
                return
            if not route.request.url.startswith(f"{ADDRESS}media/"):
                asked.append(route.request.url)
            route.abort()

        page = context.new_page()
        page.add_init_script(WATCH)
        page.route("**/*", answer)
        page.goto(ADDRESS)
        page.evaluate(READ_AGAIN)
        page.wait_for_timeout(
            300
        )  # milliseconds; handlers of failed loads run a little later
        allowed = {
            "tags": sorted(TAGS | {"picture", "source"}),
            "attributes": sorted(
                {name for names in ATTRIBUTES.values() for name in names}
                | {"class", "rel", "loading", "decoding", "tabindex", "role", "aria-label"}
            ),
        }
        return {
            "sections": page.locator("body > section").count(),
            "ran": page.evaluate("window.ran"),
            "asked": asked,
            "found": page.evaluate(FIND, allowed),
        }

    yield judge
    context.close()


@pytest.fixture(autouse=True)
def _no_pictures_known(monkeypatch):
    monkeypatch.setattr("portal.richtext._read_sources", None)


@pytest.mark.parametrize("way", [clean, render], ids=["clean", "render"])
def test_nothing_of_an_attack_acts_in_a_browser(judge, way):
    verdict = judge([way(attack) for attack in ATTACKS])
    assert verdict == {"sections": len(ATTACKS), "ran": [], "asked": [], "found": []}


def test_the_judge_sees_attacks_that_work(judge):
    verdict = judge(
        [
            "<img src=x onerror=alert(1)>",
            "<p style='position:fixed'>x</p>",
            "<a href=javascript:alert(2)>x</a>",
            "<img src=//evil.example/a.png>",
            "<!-- x -->",
            "</section><b>x</b>",
        ]
    )
    assert "1" in verdict["ran"]
    assert "http://evil.example/a.png" in verdict["asked"]
    kinds = {complaint.partition(":")[0] for complaint in verdict["found"]}
    assert kinds >= {
        "onerror",
        "style",
        "overlay",
        "address",
        "source",
        "comment",
        "broke out",
    }
