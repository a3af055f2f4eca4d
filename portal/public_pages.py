"""What readers may see now of the objects that have pages: their titles and addresses.

Counts keep the title that a page had when it was last read. A list for the public must not
bring back what has been withdrawn or renamed since; so each app answers for the kinds of
pages (portal/pages.py) whose objects it keeps.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Shelf", "Shown", "kinds", "next_moment", "register", "shown"]


@dataclass(frozen=True)
class Shown:
    """The title and the address of a page as they are now."""

    title: str
    url: str


@dataclass(frozen=True)
class Shelf:
    """One kind of pages: `find(object ids)` gives {object id: `Shown`} of those that readers
    may see now, and `until()` the moment from which it answers differently without a commit."""

    kind: str
    find: Callable[[Collection[str]], Mapping[str, Shown]]
    until: Callable[[], datetime | None] = lambda: None


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


def next_moment() -> datetime | None:
    """Return the moment from which `shown` answers differently without a commit, if any."""
    moments = (shelf.until() for shelf in _shelves.values())
    return min(filter(None, moments), default=None)
