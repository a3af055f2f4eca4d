"""Splits long lists into pages that are addressed by `?trang=2`."""

import re

from django.core.paginator import Page, Paginator
from django.http import Http404

PARAMETER = "trang"
PER_PAGE = 15
_NUMBER = re.compile(r"[0-9]+")
_MOST_DIGITS = 9  # more would overflow the database's OFFSET before it finds nothing


def page_of(queryset, request, *, per_page=PER_PAGE) -> Page:
    """Return the page of `queryset` (or of what else a `Paginator` takes) that is asked for.

    Nonsense (no number, a negative one, zero) means the first page, since a reader who
    mistyped wants the list. A number beyond the last page raises `Http404`: that address
    once existed or never will, and search engines have to forget it.
    """
    paginator = Paginator(queryset, per_page)
    asked = request.GET.get(PARAMETER, "")
    digits = asked.lstrip("0") if _NUMBER.fullmatch(asked) else ""
    if len(digits) > _MOST_DIGITS:
        raise Http404
    number = int(digits or 1)
    if number > paginator.num_pages:
        raise Http404
    return paginator.page(number)


def links_of(page, request, address, *, keep=""):
    """Return what a list says about its page in `<link>`: canonical, prev and next, absolute.

    `address` is the list's own, `keep` the view's own encoded query. Without a `page` (of a
    list that has none) there is only the canonical address; what does not exist is "".
    """

    def link(number):
        page_number = f"{PARAMETER}={number}" if number > 1 else ""
        query = "&".join(filter(None, [keep, page_number]))
        return request.build_absolute_uri(f"{address}?{query}" if query else address)

    return {
        "canonical": link(page.number if page else 1),
        "prev": link(page.number - 1) if page and page.has_previous() else "",
        "next": link(page.number + 1) if page and page.has_next() else "",
    }
