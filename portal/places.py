"""Where on this site something can be read, kept in a form that can be asked again later.

A place is the kind and the object id of a page (portal/public_pages.py), or a target of the
menu (portal/targets.py) under the kind "target". Kept so, it follows a page whose address
changes, and is seen to be gone when readers may not see the page any more.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.http.request import validate_host

from portal import public_pages
from portal.public_pages import Shown
from portal.targets import known_targets
from portal.text import clean_line

__all__ = ["NoPlace", "Place", "find", "line_of", "offered", "shown"]

TARGET = "target"
_OFFERED = 40  # pages of each kind, the latest
_IN_LINE = re.compile(r"\[(/[^\]]*)\]\Z")


class Place(NamedTuple):
    """A page of this site."""

    kind: str
    key: str


class NoPlace(ValueError):
    """What was typed leads to no page that readers may see; the message says what to do."""


def find(text: str) -> Place:
    """Return the place that `text` names: an address of this site, or a line of `offered`.

    Raises `NoPlace` for anything else, and for a page that readers may not see now.
    """
    line = clean_line(text)
    if in_line := _IN_LINE.search(line):
        line = in_line[1]
    try:
        parts = urlsplit(line)
    except ValueError:  # an address that cannot be one
        parts = urlsplit("")
    if not parts.path.startswith("/"):
        raise NoPlace(
            "Hãy chọn một trang trong danh sách gợi ý, hoặc dán địa chỉ của trang (bắt đầu "
            "bằng / hoặc https://)."
        )
    hosts = [urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS]
    if parts.netloc and not validate_host(parts.netloc.partition(":")[0].lower(), hosts):
        raise NoPlace(
            "Địa chỉ này ở trang khác. Hãy dán địa chỉ của một trang trên chính cổng này."
        )
    path = unquote(parts.path)
    for target in known_targets().values():
        if target.url == path and target.has_content:
            return Place(TARGET, target.key)
    located = public_pages.located(path)
    if located is None or not public_pages.shown(located[0], [located[1]]):
        raise NoPlace(
            "Người đọc chưa xem được trang này trên cổng. Hãy đăng bài trước, hoặc kiểm tra "
            "lại địa chỉ."
        )
    return Place(*located)


def shown(places: Collection[Place]) -> Mapping[Place, Shown]:
    """Return {place: its title and address now} of those that readers may see.

    One query a kind; those of the targets are kept until content changes.
    """
    keys: dict[str, set[str]] = {}
    for place in places:
        keys.setdefault(place.kind, set()).add(place.key)
    found = {}
    for kind, mine in keys.items():
        pages = _targets(mine) if kind == TARGET else public_pages.shown(kind, mine)
        found |= {Place(kind, key): page for key, page in pages.items()}
    return found


def line_of(place: Place | None) -> str:
    """Return `place` as `offered` writes it, "" when readers may not see it (any more)."""
    page = shown([place]).get(place) if place else None
    return _line(page) if page else ""


def offered() -> list[str]:
    """Return the latest pages as lines "title [address]", for a form to suggest."""
    pages = public_pages.newest(_OFFERED)
    pages += [Shown(each.label, each.url) for each in known_targets().values()]
    return [_line(page) for page in pages]


def _line(page):
    return f"{page.title} [{page.url}]"


def _targets(keys):
    known = known_targets()
    return {
        key: Shown(known[key].label, known[key].url)
        for key in keys
        if key in known and known[key].has_content
    }
