"""The marker that a public view puts on its response.

It says what kind of page this is, of which object, under which title. The visit counter
counts and names marked pages only, and the page front stores marked pages only. The marker
travels as a response header, so that a stored page keeps it; the outermost WSGI wrapper
takes the header off before the response leaves.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

HEADER = "X-Portal-Page"


@dataclass(frozen=True)
class Page:
    """A public page as the counter names it: ("article", "12", "Lịch tiếp công dân")."""

    kind: str
    object_id: str
    title: str


def mark(response, *, kind, title, object_id=""):
    """Mark `response` as the public page of `kind`, and return it."""
    response[HEADER] = f"{kind};{object_id};{quote(title[:200])}"
    return response


def read(value):
    """Return the `Page` that a header value describes."""
    kind, object_id, title = value.split(";", 2)
    return Page(kind, object_id, unquote(title))
