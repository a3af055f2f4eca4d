"""What readers may see now of the objects that have pages: their titles and addresses.

Counts keep the title that a page had when it was last read. A list for the public must not
bring back what has been withdrawn or renamed since; so each app answers for the kinds of
pages (portal/pages.py) whose objects it keeps.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import Resolver404, resolve

__all__ = [
    "Shelf",
    "Shown",
    "kinds",
    "located",
    "newest",
    "next_moment",
    "register",
    "shown",
]


@dataclass(frozen=True)
class Shown:
    """The title and the address of a page as they are now."""

    title: str
    url: str


@dataclass(frozen=True)
class Shelf:
    """One kind of pages.

    `find(object ids)` gives {object id: `Shown`} of those that readers may see now, and `until()` the moment from which it answers differently without a commit.

    `addresses` says which views show such a page: {view name: what gives the object id from
    the arguments in the address}. `newest(limit)` gives {object id: `Shown`} of the latest,
    for somebody who has to choose one.
    """

    kind: str
    find: Callable[[Collection[str]], Mapping[str, Shown]]
    until: Callable[[], datetime | None] = lambda: None
    addresses: Mapping[str, Callable[[Mapping], str]] = field(default_factory=dict)
    newest: Callable[[int], Mapping[str, Shown]] = lambda limit: {}


_shelves: dict[str, Shelf] = {}


def register(shelf: Shelf) -> None:
    """Let `shelf` answer for its kind; registering it again changes nothing."""
    _shelves[shelf.kind] = shelf


def kinds() -> list[str]:
    """Return the kinds of pages that somebody answers for."""
    return list(_shelves)


def shown(kind: str, object_ids: Collection[str]) -> Mapping[str, Shown]:
    """Return {object id: `Shown`} of those of `object_ids` that readers may see now.

    A kind that nobody answers for has none.
    """
    shelf = _shelves.get(kind)
    return shelf.find(object_ids) if shelf else {}


def located(path: str) -> tuple[str, str] | None:
    """Return (kind, object id) of the page at the address `path` of this site, if any has it.

    Whether readers may see that page now, `shown` tells.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return None
    for shelf in _shelves.values():
        if match.view_name in shelf.addresses:
            return shelf.kind, shelf.addresses[match.view_name](match.kwargs)
    return None


def newest(limit: int) -> list[Shown]:
    """Return at most `limit` pages of each kind, the latest first, that readers may see now."""
    return [page for shelf in _shelves.values() for page in shelf.newest(limit).values()]


def next_moment() -> datetime | None:
    """Return the moment from which `shown` answers differently without a commit, if any."""
    moments = (shelf.until() for shelf in _shelves.values())
    return min(filter(None, moments), default=None)
