"""The marker that a public view puts on its response.

It says what kind of page this is, of which object, under which title. The visit counter
counts and names marked pages and files only, and the page front stores marked pages only,
never a `FILE`. The marker travels as a response header, so that a stored page keeps it; the
outermost WSGI wrapper takes the header off before the response leaves.
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

HEADER = "X-Portal-Page"
FILE = "file"  # the kind of a download, which is no view of a page


@dataclass(frozen=True)
class Page:
    """A public page as the counter names it: ("article", "12", "Lịch tiếp công dân").

    `missed` is the phrase of a search that found nothing, else empty.
    """

    kind: str
    object_id: str
    title: str
    missed: str = ""


def mark(response, *, kind, title, object_id="", missed=""):
    """Mark `response` as the public page of `kind`, or as a `FILE`, and return it.

    `missed` is what `search_phrases.countable` returned for a search that found nothing.
    """
    parts = [kind, str(object_id), quote(title[:200])]
    if missed:
        parts.append(quote(missed))
    response[HEADER] = ";".join(parts)
    return response


@lru_cache(maxsize=2048)
def read(value):
    """Return the `Page` that a header value describes; raises `ValueError` if it is none."""
    kind, object_id, title, *missed = value.split(";")
    return Page(kind, object_id, unquote(title), unquote("".join(missed)))
