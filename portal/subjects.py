"""Where the admin keeps what a public page shows, by the kind and object id of its mark.

Each app registers its kinds in `AppConfig.ready`, so that whoever lists pages (the visit
counter) needs to know no app.
"""

from collections.abc import Callable

__all__ = ["admin_address", "register"]

# Takes (object id, user); returns the address, or "" for what the user may not see.
Finder = Callable[..., str]

_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Let `finder` say where objects of `kind` (portal/pages.py) are kept."""
    _finders[kind] = finder


def admin_address(kind: str, object_id: str, user) -> str:
    """Return where the admin shows `user` the object, "" where it does not."""
    finder = _finders.get(kind)
    return finder(object_id, user) if finder and object_id else ""
