"""Reads one line of a web server's access log: nginx and Apache, "combined".

    address - user [10/Oct/2024:13:55:36 +0700] "GET /path HTTP/1.1" 200 2326 "referer" "agent"

A log knows no page from a picture, so one rule decides by the address what was a page:

- what stands behind "?" is no part of it, and neither are "#" and what follows;
- a last part with an extension is a page when that is one of `PAGE_EXTENSIONS`, a download
  when it is one of `FILE_EXTENSIONS`, and anything else (pictures, styles, feeds) nothing;
- nothing below one of `LEFT_OUT` (the admin, programs, feeds), or with a part that begins
  with a dot, is a page or a download; a folder of files has no pages.
"""

import calendar
import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from portal.text import nfc
from visitors import counting

PAGE, FILE = "page", "file"
PAGE_EXTENSIONS = frozenset(
    "html htm xhtml shtml php aspx asp jsp jspx do cfm".split()  # noqa: SIM905
)
FILE_EXTENSIONS = frozenset(
    "pdf doc docx xls xlsx ppt pptx odt ods odp rtf csv zip rar 7z".split()  # noqa: SIM905
)
# First parts of addresses, of this software and of what communes had before.
LEFT_OUT = frozenset(
    (
        *("quan-tri", "admin", "administrator", "wp-admin", "wp-login.php", "login"),
        *("dang-nhap", "signin", "user", "account", "backend", "manager", "cpanel"),
        *("api", "wp-json", "xmlrpc.php", "wp-cron.php", "ajax", "webservice", "graphql"),
        *("_layouts", "cgi-bin", "healthz", "feed", "rss", "atom", "xem-truoc"),
    )
)
_FOLDERS_OF_FILES = frozenset(("wp-content", "wp-includes", "media", "static"))
_FEEDS = frozenset(("feed", "rss", "atom", "rss.aspx", "rss.php", "feed.php"))
_LONGEST_PATH = 300  # characters; what is longer counts without a name
_FIRST_YEAR = 1995  # Apache's first log

_QUOTED = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    rf"(?:[\w.-]+:\d+ )?"  # which of several sites: Apache's "vhost_combined"
    rf"(\S+) \S+ [^\[]{{0,200}}\[([^\]]{{26}})\] {_QUOTED} (\d{{3}}) \S+"
    rf"(?: {_QUOTED} {_QUOTED}(?=\s|$))?",
    re.ASCII,
)
_MINUTE = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d)", re.ASCII)
_ZONE = re.compile(r"([+-])(\d\d)(\d\d)", re.ASCII)
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")
_EXTENSION = re.compile(r"\.([a-z0-9]{1,10})$", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
# Python's own names are English unless a program asks for others; none here does.
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if number}


class Line(NamedTuple):
    """One answered request; `second` counts from local midnight of `day`.

    `agent` is None in a log that leaves it out ("common").
    """

    day: date
    second: int
    address: str
    method: str
    target: str
    status: int
    referer: str
    agent: str | None


def parse(text: str) -> Line | None:
    """Return what a line says, or None when it is no line of an access log."""
    match = _LINE.match(text)
    if match is None:
        return None
    address, stamp, request, status, referer, agent = match.groups()
    minute = _local_minute(stamp[:17], stamp[21:])
    second = stamp[18:20]
    if minute is None or not (second.isdecimal() and second <= "60") or stamp[17] != ":":
        return None
    method, _, target = request.partition(" ")
    return Line(
        minute[0],
        min(minute[1] + int(second), minute[1] + 59),
        address,
        method,
        target.partition(" ")[0],
        int(status),
        _plain(referer or ""),
        None if agent is None else _plain(agent),
    )


def _plain(text):
    r"""Return a quoted field as it was sent: "-" is nothing, \x22 a quotation mark."""
    if "\\" in text:
        text = _unescaped(text)
    return "" if text == "-" else text


def _unescaped(text):
    return re.sub(r"\\(.)", r"\1", unquote(_ESCAPED.sub(r"%\1", text), errors="replace"))


@lru_cache(maxsize=4096)
def _local_minute(text, zone):
    """Return (day, second) at which a minute such as "10/Oct/2024:13:55" begins here."""
    said, offset = _MINUTE.fullmatch(text), _ZONE.fullmatch(zone)
    if said is None or offset is None:
        return None
    day, month, year, hour, minute = said.groups()
    try:
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        moment = datetime(
            *(int(year), _MONTHS[month], int(day), int(hour), int(minute)),
            tzinfo=timezone(-east if offset[1] == "-" else east),
        )
    except (KeyError, ValueError):
        return None
    if moment.year < _FIRST_YEAR or moment.year == datetime.max.year:
        return None
    local = moment.astimezone(counting.ZONE)
    return local.date(), local.hour * 3600 + local.minute * 60


@lru_cache(maxsize=65536)
def page_of(target: str) -> tuple[str, str]:
    """Return what was asked for, `PAGE`, `FILE` or "", and its address by the rule above.

    The address is empty when it is too long or too strange to be kept.
    """
    path = target.partition("?")[0].partition("#")[0]
    if not path.startswith("/") or path.startswith("//"):
        return "", ""
    path = nfc(unquote(_ESCAPED.sub(r"%\1", path), errors="replace"))
    parts = path.lower().split("/")[1:]
    if (
        parts[0] in LEFT_OUT
        or any(part.startswith(".") for part in parts)
        or not _FEEDS.isdisjoint(parts[-2:])
    ):
        return "", ""
    kind = PAGE
    if extension := _EXTENSION.search(parts[-1]):
        if extension[1] in FILE_EXTENSIONS:
            kind = FILE
        elif extension[1] not in PAGE_EXTENSIONS:
            return "", ""
    if kind == PAGE and parts[0] in _FOLDERS_OF_FILES:
        return "", ""
    is_strange = len(path) > _LONGEST_PATH or _CONTROL.search(path)
    return kind, "" if is_strange else path
