"""Splits long lists into pages that are addressed by `?trang=2`."""

import re

from django.core.paginator import Page, Paginator
from django.http import Http404

PARAMETER = "trang"
PER_PAGE = 15
_NUMBER = re.compile(r"[0-9]+")
_MOST_DIGITS = 9  # more would overflow the database's OFFSET before it finds nothing


def page_of(queryset, request, *, per_page=PER_PAGE) -> Page:
    """Return the page of `queryset` that the request asks for.

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
