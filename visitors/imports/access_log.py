"""Adds access logs of web servers up to days, by the rules of visitors/counting.py.

Several files are one set, in whatever order. They are read once, line by line; of a view that
counts twelve bytes are kept until all files are read, and of its reader a hash under a random
salt of the day. Addresses and agents of readers are never written anywhere, and neither is a
line: what is wrong with one is told by its number.
"""

import gzip
import hashlib
import io
import secrets
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from portal.refusals import Refused
from portal.text import clean_line
from visitors import agents, counting, referrers, rollups
from visitors.bots import bot_reason
from visitors.imports import log_lines

__all__ = ["STDIN", "Found", "LogDay", "LogSource", "read", "sources"]

STDIN = "-"
_LONGEST_LINE = 16 * 1024  # bytes; nginx itself takes no longer request
_BUFFER = 2**20  # bytes
_NAMED_BAD_LINES = 5

# Readers choose addresses and referrers, so their number has bounds: that of different names
# while reading, that of pages that keep their name of one import, that of websites of a day.
_MOST_PATHS = 200_000
_MOST_DETAILS = 100_000
MOST_PAGES = 5_000

# A view in 64 bits: whose, at which second of the day, of which page. Reader 0 is unknown.
_PAGE_BITS, _SECOND_BITS = 19, 17
_PAGE_MASK = (1 << _PAGE_BITS) - 1
_SECOND_MASK = (1 << _SECOND_BITS) - 1
_READER_SHIFT = _PAGE_BITS + _SECOND_BITS


@dataclass
class LogSource:
    """A file to read: its name, where it is, and the hash of its unpacked content."""

    name: str
    path: str
    sha256: str = ""
    lines: int = 0
    first_day: date | None = None
    last_day: date | None = None
    without_agent: int = 0
    with_agent: int = 0

    def take(self, line):
        """Note that a line of the file was understood."""
        self.first_day = min(self.first_day or line.day, line.day)
        self.last_day = max(self.last_day or line.day, line.day)
        self.without_agent += line.agent is None
        self.with_agent += line.agent is not None


@dataclass(frozen=True)
class LogDay:
    """The totals of one day, as `models.Day` keeps them."""

    views: int
    visits: int
    visitors: int
    keyless_views: int


@dataclass
class Found:
    """What a set of files holds.

    `days` has the totals of each day that has a line, `details` what else is counted of them,
    by address of the page. `not_counted` is why requests were no views: "method", "status",
    "address". `first` and `last` are (day, second of it).
    """

    files: list[LogSource]
    lines: int = 0
    bad_lines: int = 0
    bad_places: list[str] = field(default_factory=list)
    not_counted: Counter = field(default_factory=Counter)
    robots: Counter = field(default_factory=Counter)
    downloads: int = 0
    days: dict[date, LogDay] = field(default_factory=dict)
    details: rollups.Totals = field(default_factory=rollups.Totals)
    first: tuple[date, int] | None = None
    last: tuple[date, int] | None = None
    has_one_address: bool = False
    likely_own_host: str = ""
    unnamed_pages: int = 0


# --- Files ------------------------------------------------------------------------------


def sources(paths: Iterable[str]) -> list[LogSource]:
    """Return the different files among `paths`, in an order that depends on content only.

    Files are read once for this, standard input ("-") is not. Raises `Refused` for what is
    no readable file.
    """
    found = {}
    for path in paths:
        source = LogSource(name=_name(path), path=path)
        if path != STDIN:
            digest = hashlib.sha256()
            with _opened(source) as stream:
                for chunk in _guarded(source, iter(lambda s=stream: s.read(_BUFFER), b"")):
                    digest.update(chunk)
            source.sha256 = digest.hexdigest()
        found.setdefault(source.sha256, source)
    return [found[key] for key in sorted(found)]


def _name(path):
    if path == STDIN:
        return "đầu vào chuẩn"
    return clean_line(path.replace("\\", "/").rpartition("/")[2])[:200]


@contextmanager
def _opened(source):
    """Give the unpacked content of a file as a buffered stream of bytes."""
    try:
        raw = sys.stdin.buffer if source.path == STDIN else open(source.path, "rb")  # noqa: SIM115
        is_packed = raw.peek(2)[:2] == b"\x1f\x8b"
    except OSError:
        raise Refused(
            f"Không mở được tệp {source.name}. Hãy xem lại đường dẫn và quyền đọc tệp."
        ) from None
    with raw:
        yield io.BufferedReader(gzip.GzipFile(fileobj=raw), _BUFFER) if is_packed else raw


def _guarded(source, parts):
    """Yield `parts` of a file; a broken one becomes a sentence."""
    try:
        yield from parts
    except (OSError, EOFError, zlib.error):
        raise Refused(
            f"Tệp {source.name} bị hỏng hoặc chưa chép xong. Hãy chép lại tệp rồi thử lại."
        ) from None


def _lines(stream, digest):
    """Yield the lines of a stream; b"" stands for one that is too long."""
    while line := stream.readline(_LONGEST_LINE):
        digest.update(line)
        if line.endswith(b"\n") or len(line) < _LONGEST_LINE:
            yield line
            continue
        while rest := stream.readline(_LONGEST_LINE):
            digest.update(rest)
            if rest.endswith(b"\n"):
                break
        yield b""


# --- Lines ------------------------------------------------------------------------------


class _Numbered(dict):
    """Numbers for names that repeat, from 0; `other` is number 0."""

    def __init__(self, other):
        super().__init__({other: 0})

    def __missing__(self, name):
        self[name] = number = len(self)
        return number


class _Views:
    """The views of one day while the files are being read."""

    def __init__(self):
        self.salt = secrets.token_bytes(32)
        self.readers = {}
        self.views = array("Q")
        self.details = array("I")
        self.exclusions, self.downloads = Counter(), Counter()

    def add(self, line, page, detail):
        reader = 0
        # Without an address all readers of one browser would look like one person.
        if line.address != "-":
            key = hashlib.blake2b(
                f"{line.address}\n{line.agent}".encode(), key=self.salt, digest_size=16
            ).digest()
            reader = self.readers.setdefault(key, len(self.readers) + 1)
        self.views.append(reader << _READER_SHIFT | line.second << _PAGE_BITS | page)
        self.details.append(detail)


def read(files: list[LogSource], *, own_hosts: Iterable[str] = ()) -> Found:
    """Read `files` and return what they hold.

    A website of `own_hosts` leads nobody here. Raises `Refused` for a file that is broken, is
    being written to, is no access log, or does not name browsers.
    """
    reading = _Reading(files, own_hosts)
    for source in files:
        reading.go_through(source)
    return reading.result()


class _Reading:
    def __init__(self, files, own_hosts):
        self.found = Found(files)
        self._own_hosts = {referrers.host(f"http://{host}/", "") for host in own_hosts}
        self._pages = _Numbered(rollups.OTHER)
        self._details = _Numbered(("", "other", agents.OTHER))
        self._days = {}
        self._one_address = None

    def go_through(self, source):
        digest = hashlib.sha256()
        with _opened(source) as stream:
            for data in _guarded(source, _lines(stream, digest)):
                source.lines += 1
                line = log_lines.parse(data.decode(errors="replace"))
                if line is not None:
                    source.take(line)
                    self._take(line)
                elif data.strip() or not data:
                    self._note_bad(source)
        if source.sha256 not in ("", digest.hexdigest()):
            raise Refused(
                f"Tệp {source.name} đang được ghi thêm. Hãy chép tệp ra chỗ khác rồi nhập bản chép."
            )
        source.sha256 = digest.hexdigest()
        self.found.lines += source.lines
        if not source.with_agent:
            raise Refused(_unusable(source))

    def _note_bad(self, source):
        self.found.bad_lines += 1
        if len(self.found.bad_places) < _NAMED_BAD_LINES:
            self.found.bad_places.append(f"dòng {source.lines} của {source.name}")

    def _take(self, line):
        found = self.found
        at = line.day, line.second
        found.first = min(found.first or at, at)
        found.last = max(found.last or at, at)
        day = self._days.get(line.day)
        if day is None:
            day = self._days[line.day] = _Views()
        if reason := self._why_not(line):
            found.not_counted[reason] += 1
            return
        kind, path = log_lines.page_of(line.target)
        if not kind:
            found.not_counted["address"] += 1
            return
        robot = bot_reason(line.agent, {})
        if kind == log_lines.FILE:
            # As here, a robot that loads a file is no matter of visits.
            if not robot and counting.is_download(line.method, line.status, ""):
                day.downloads[self._page(path or rollups.OTHER)] += 1
            return
        if robot:
            day.exclusions[robot] += 1
            return
        page = self._page(path or rollups.OTHER)
        if self._one_address is None:
            self._one_address = line.address
        elif self._one_address != line.address:
            self._one_address = ""
        day.add(line, page, self._detail(line))

    @staticmethod
    def _why_not(line):
        if line.agent is None:
            return "agent"
        if line.method != "GET":
            return "method"
        return "" if counting.is_countable(line.method, line.status) else "status"

    def _page(self, path):
        if len(self._pages) >= _MOST_PATHS and path not in self._pages:
            path = rollups.OTHER
        return self._pages[path]

    def _detail(self, line):
        host = referrers.host(line.referer, "")
        if host in self._own_hosts:
            host = ""
        device, browser = agents.device(line.agent), agents.browser(line.agent)
        detail = (host, device, browser)
        if len(self._details) >= _MOST_DETAILS and detail not in self._details:
            detail = (rollups.OTHER, device, browser)
        return self._details[detail]

    # --- What it adds up to -----------------------------------------------------------

    def result(self):
        found = self.found
        self._name_pages()
        details, hosts = list(self._details), Counter()
        for day in sorted(self._days):
            views = self._days.pop(day)
            for number, count in Counter(views.details).items():
                hosts[details[number][0]] += count
            found.days[day] = self._add_up(day, views, details)
        total = sum(each.views for each in found.days.values())
        found.has_one_address = bool(self._one_address) and total > 100
        found.likely_own_host = _likely_own(hosts)
        return found

    def _name_pages(self):
        """Decide which pages keep their name: the most read of the set."""
        counts = Counter()
        for day in self._days.values():
            counts.update(view & _PAGE_MASK for view in day.views)
            counts.update(day.downloads)
        paths = list(self._pages)
        ranked = sorted(counts, key=lambda number: (-counts[number], paths[number]))
        kept = set(ranked[:MOST_PAGES])
        self._paths = [
            path if number in kept else rollups.OTHER for number, path in enumerate(paths)
        ]
        self.found.unnamed_pages = len(ranked) - len(kept)

    def _add_up(self, day, views, details):
        """Add the details of a day to those found, and return its totals."""
        add = self.found.details.add
        for number, count in Counter(view & _PAGE_MASK for view in views.views).items():
            add(rollups.PAGE, (day, self._paths[number]), views=count)
        hours = Counter((view >> _PAGE_BITS & _SECOND_MASK) // 3600 for view in views.views)
        for hour, count in hours.items():
            add(rollups.HOUR, (day, day.isoweekday(), hour), views=count)
        for number, count in Counter(views.details).items():
            add(rollups.CLIENT, (day, *details[number][1:]), views=count)
        for number, count in views.downloads.items():
            self.found.downloads += count
            add(rollups.DOWNLOAD, (day, self._paths[number]), downloads=count)
        for reason, count in views.exclusions.items():
            self.found.robots[reason] += count
            add(rollups.EXCLUSION, (day, reason), requests=count)
        return self._add_visits(day, views, details)

    def _add_visits(self, day, views, details):
        begun, readers, keyless = Counter(), 0, 0
        ordered = sorted(zip(views.views, views.details, strict=True))
        for reader, group in groupby(ordered, key=lambda pair: pair[0] >> _READER_SHIFT):
            if not reader:
                keyless = sum(1 for _ in group)
                continue
            readers += 1
            for start, _, entry in counting.merge([], self._of_reader(group, details)):
                begun[start // 3600, entry] += 1
        named = _most_named(begun)
        changes = Counter()
        for (hour, (path, host, *client)), count in begun.items():
            entry = (path, host if host in named else rollups.OTHER, *client)
            changes[day, (day.isoweekday(), hour), entry] += count
        rollups.add_visits(self.found.details, changes)
        return LogDay(len(views.views), begun.total(), readers, keyless)

    def _of_reader(self, group, details):
        for view, number in group:
            host, device, browser = details[number]
            entry = (self._paths[view & _PAGE_MASK], host, device, browser)
            yield view >> _PAGE_BITS & _SECOND_MASK, entry


def _most_named(begun):
    """Return the websites of a day that are counted by themselves."""
    hosts = Counter()
    for (_, (_, host, *_)), count in begun.items():
        hosts[host] += count
    named = hosts.keys() - {"", rollups.OTHER}
    ranked = sorted(named, key=lambda host: (-hosts[host], host))
    return {"", *ranked[: rollups.MOST_NAMES]}


def _likely_own(hosts):
    """Return the website that led to most views, if it did so from page to page."""
    referred = {host: count for host, count in hosts.items() if host}
    total = sum(referred.values())
    if total < 20:
        return ""
    host = max(referred, key=lambda each: (referred[each], each))
    return host if referred[host] > total / 2 else ""


def _unusable(source):
    if source.without_agent:
        return (
            f"Tệp {source.name} không ghi tên trình duyệt (dạng “common”), nên không phân biệt "
            "được người với máy và không biết ai là ai. Chỉ nhập được nhật ký dạng “combined”."
        )
    return (
        f"Tệp {source.name} không có dòng nào đúng dạng “combined” của nginx hoặc Apache, nên "
        "không nhập được."
    )


def days_without_lines(found):
    """Return the days between the first and the last that have no line: nobody knows why."""
    if not found.days:
        return []
    first, last = min(found.days), max(found.days)
    between = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in between if day not in found.days]
