"""Marks the way: which entry of the menu the reader stands in."""

from django import template

register = template.Library()


@register.filter
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
