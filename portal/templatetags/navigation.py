"""Marks the way: which entry of the menu the reader stands in."""

from django import template

register = template.Library()


@register.filter
def marks(menu, path):
    """Return the `aria-current` values that the page at `path` gives to links of the menu.

    As pairs of address and value, for few of many pages stand in the menu themselves: most
    pages of a section share one drawing of the menu (see `fragment`).
    """
    addresses = {
        node.url: None for top in menu for node in (top, *top.children) if node.url
    }
    states = ((url, current_state(url, path)) for url in addresses)
    return tuple((url, state) for url, state in states if state)


@register.filter
def mark_of(marks, url):
    """Return what `marks` say of the link to `url`, "" for nothing."""
    return dict(marks).get(url, "")


def current_state(url, path):
    """Return the `aria-current` value of a link to `url` on the page at `path`.

    "page" on that very page, "true" on a page below it, "" anywhere else. The home page is
    above every other and therefore never counts as their section.
    """
    if url == path:
        return "page"
    if url.endswith("/") and url != "/" and path.startswith(url):
        return "true"
    return ""
