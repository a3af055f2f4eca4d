"""How often readers opened what an app shows: the app asks here, the visit counter answers.

Objects are named as their pages are marked (portal/pages.py), by kind and object id. The
counter registers its source, so that neither app knows the other.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

__all__ = ["RECENT_DAYS", "Source", "address_of", "recent_views_of", "register", "views_of"]

RECENT_DAYS = 30  # today is the last of them


@dataclass(frozen=True)
class Source:
    """What the counter knows of (kind, object ids): views since it counts, by object id, and
    of one object the views of the last `RECENT_DAYS` and where `user` may read more."""

    views_of: Callable[[str, Collection[str]], Mapping[str, int]]
    recent_views_of: Callable[[str, str], int]
    address_of: Callable[..., str]


_source: Source | None = None


def register(source: Source) -> None:
    """Let `source` answer; called from `AppConfig.ready()`."""
    global _source
    _source = source


def views_of(kind, object_ids):
    """Return {object id: lượt xem} with each of `object_ids`, 0 of what nobody opened.

    All addresses that an object ever had count, and all time. One query.
    """
    found = _source.views_of(kind, [str(each) for each in object_ids]) if _source else {}
    return {each: found.get(str(each), 0) for each in object_ids}


def recent_views_of(kind, object_id):
    """Return the lượt xem of one object in the last `RECENT_DAYS`."""
    return _source.recent_views_of(kind, str(object_id)) if _source else 0


def address_of(kind, object_id, user):
    """Return where the admin shows `user` more of an object's views, "" where it does not."""
    return _source.address_of(kind, str(object_id), user) if _source else ""
