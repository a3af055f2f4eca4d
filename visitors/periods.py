"""The spans of days that statistics are asked for: their names, and what to compare with.

A period is written in an address as `ky` and, where the kind needs them, `thang`, `quy`,
`nam`, or `tu` and `den`. Nothing here knows a database or a clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlencode

FIRST_YEAR = 2000
_DAY = timedelta(days=1)
_QUARTERS = ("I", "II", "III", "IV")


class Kind(StrEnum):
    """The kinds of period, as `ky` spells them."""

    TODAY = "hom-nay"
    DAYS_7 = "7-ngay"
    DAYS_30 = "30-ngay"
    DAYS_90 = "90-ngay"
    MONTH = "thang"
    QUARTER = "quy"
    YEAR = "nam"
    CUSTOM = "tu-chon"


KINDS = {
    Kind.TODAY: "Hôm nay",
    Kind.DAYS_7: "7 ngày qua",
    Kind.DAYS_30: "30 ngày qua",
    Kind.DAYS_90: "90 ngày qua",
    Kind.MONTH: "Tháng",
    Kind.QUARTER: "Quý",
    Kind.YEAR: "Năm",
    Kind.CUSTOM: "Tự chọn ngày",
}
_DAYS = {Kind.DAYS_7: 7, Kind.DAYS_30: 30, Kind.DAYS_90: 90}
_MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}
# Only ASCII digits: `\d` would take Arabic-Indic ones too.
_SPELLINGS = {
    Kind.MONTH: (
        re.compile(r"(?P<year>[0-9]{4})-(?P<part>0[1-9]|1[0-2])"),
        "Tháng phải viết như 2026-10, gồm năm và hai chữ số của tháng.",
    ),
    Kind.QUARTER: (
        re.compile(r"(?P<year>[0-9]{4})-[qQ](?P<part>[1-4])"),
        "Quý phải viết như 2026-q3, gồm năm và số của quý.",
    ),
    Kind.YEAR: (
        re.compile(r"(?P<year>[0-9]{4})(?P<part>)"),
        "Năm phải gồm bốn chữ số, như 2026.",
    ),
}
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class _Refused(ValueError):
    """What was asked for is no period; the message says why, to the person who asked."""


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included.

    `query` asks for this period again. `problem` is "" or says why this is not the period
    that was asked for. `code` is a part of a file's name.
    """

    kind: Kind
    first: date
    last: date
    label: str
    query: str
    problem: str = ""

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1

    @property
    def is_unfinished(self) -> bool:
        """Whether a month, quarter or year ends before its last day."""
        return self.kind in _MONTHS and self.last < _end(self.kind, self.first)

    @property
    def code(self) -> str:
        """The period in a file's name: "2026-10", "2026-q3", "2026-10-25-den-2026-11-23"."""
        if self.kind in _MONTHS and not self.is_unfinished:
            return _code(self.kind, self.first)
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first}-den-{self.last}"

    def before(self) -> "Period":
        """Return the period of equal kind just before.

        A month, quarter or year that has not ended is compared with as many days of the
        one before; a year with the same dates, so that 29 February shifts nothing.
        """
        if self.kind == Kind.YEAR:
            return self.last_year()
        if self.kind in _MONTHS:
            first = _later(self.first, -_MONTHS[self.kind])
            return self._like(first, first + (self.last - self.first))
        first, last = self.first - self.days * _DAY, self.first - _DAY
        return self._earlier_days(first, last, f"{self.days} ngày trước đó")

    def last_year(self) -> "Period":
        """Return the same days a year earlier; 28 February stands for the 29th."""
        first, last = _a_year_before(self.first), _a_year_before(self.last)
        if self.kind in _MONTHS:
            return self._like(first, last)
        return self._earlier_days(first, last)

    def _earlier_days(self, first, last, name=""):
        earlier = _days(first, last, name)
        if self.kind == Kind.TODAY:  # which has not ended: say what it is held against
            return replace(earlier, label=f"Cả ngày {first:%d/%m/%Y}")
        return earlier

    def _like(self, first, last):
        """Return the month, quarter or year from `first`, only to `last` if this is unfinished."""
        end = _end(self.kind, first)
        if not self.is_unfinished or last >= end:
            return _calendar(self.kind, first, end)
        return replace(_calendar(self.kind, first, last), query=_days(first, last).query)


@dataclass(frozen=True)
class Choice:
    """A month, quarter or year to choose: its value in the address, and its name."""

    value: str
    label: str


def chosen(query: Mapping[str, str], *, today: date) -> Period:
    """Return the `Period` that `query` asks for, none of it after `today`.

    What cannot be understood gives the last 30 days, whose `problem` says what was wrong.
    """
    kind = query.get("ky") or Kind.DAYS_30
    try:
        return _asked_for(kind, query, today)
    except _Refused as refusal:
        problem = f"{refusal} Trang đang hiện 30 ngày qua."
        return replace(_recent(Kind.DAYS_30, today), problem=problem)


def choices(kind: Kind, *, since: date, today: date) -> list[Choice]:
    """Return the months, quarters or years from that of `since` to that of `today`.

    Newest first; `kind` says which of the three.
    """
    start = _start(kind, today)
    oldest = max(since, date(FIRST_YEAR, 1, 1))
    found = [start]
    while found[-1] > oldest:
        found.append(_later(found[-1], -_MONTHS[kind]))
    return [
        Choice(_code(kind, first), _name(kind, first))
        for first in found
        if _end(kind, first) >= oldest
    ]


def month(first: date, *, today: date) -> Period:
    """Return the month that begins on `first`, up to `today`."""
    return _calendar(Kind.MONTH, first, min(_end(Kind.MONTH, first), today))


def _asked_for(kind, query, today):
    if kind == Kind.TODAY:
        return Period(
            Kind.TODAY, today, today, f"Hôm nay ({today:%d/%m/%Y})", f"ky={Kind.TODAY}"
        )
    if kind in _DAYS:
        return _recent(kind, today)
    if kind in _MONTHS:
        return _calendar_asked_for(Kind(kind), query, today)
    if kind == Kind.CUSTOM:
        return _days_asked_for(query, today)
    raise _Refused("Địa chỉ này ghi một loại kỳ không có.")


def _recent(kind, today):
    first = today - (_DAYS[kind] - 1) * _DAY
    label = f"{KINDS[kind]} ({_range(first, today)})"
    return Period(Kind(kind), first, today, label, f"ky={kind}")


def _calendar_asked_for(kind, query, today):
    text = query.get(kind, "").strip() or _code(kind, _start(kind, today))
    spelling, wrong = _SPELLINGS[kind]
    match = spelling.fullmatch(text)
    if not match:
        raise _Refused(wrong)
    number = int(match["part"] or 1)
    year = _checked_year(int(match["year"]))
    first = date(year, (number - 1) * _MONTHS[kind] + 1, 1)
    if first > today:
        raise _Refused(f"{_name(kind, first)} chưa đến.")
    return _calendar(kind, first, min(_end(kind, first), today))


def _days_asked_for(query, today):
    if not query.get("tu", "").strip():
        raise _Refused("Hãy chọn ngày bắt đầu.")
    first = _day(query["tu"], "Ngày bắt đầu")
    last = _day(query["den"], "Ngày kết thúc") if query.get("den", "").strip() else today
    if first > today:
        raise _Refused("Ngày bắt đầu chưa đến.")
    if first > last:
        raise _Refused("Ngày bắt đầu phải trước hoặc trùng ngày kết thúc.")
    return _days(first, min(last, today))


def _day(text, name):
    """Return the day that a date field sends, or that a person wrote as ngày/tháng/năm."""
    text = text.strip()
    wrong = _Refused(f"{name} phải là một ngày có thật, viết như 23/11/2026.")
    if match := _ISO_DAY.fullmatch(text):
        year, number, day = map(int, match.groups())
    elif match := _WRITTEN_DAY.fullmatch(text):
        day, number, year = map(int, match.groups())
    else:
        raise wrong
    try:
        return date(_checked_year(year), number, day)
    except _Refused:
        raise
    except ValueError:
        raise wrong from None


def _checked_year(year):
    if year < FIRST_YEAR:
        raise _Refused(f"Chỉ xem được từ năm {FIRST_YEAR}.")
    return year


def _days(first, last, name=""):
    if first == last:
        label = f"Ngày {first:%d/%m/%Y}"
    else:
        label = _range(first, last)
        label = f"{name} ({label})" if name else label[0].upper() + label[1:]
    query = urlencode({"ky": Kind.CUSTOM, "tu": first, "den": last})
    return Period(Kind.CUSTOM, first, last, label, query)


def _calendar(kind, first, last):
    label = _name(kind, first)
    if last < _end(kind, first):
        label = f"{label} ({_range(first, last)})"
    query = urlencode({"ky": kind, kind: _code(kind, first)})
    return Period(kind, first, last, label, query)


def _name(kind, first):
    if kind == Kind.MONTH:
        return f"Tháng {first:%m/%Y}"
    if kind == Kind.QUARTER:
        return f"Quý {_QUARTERS[first.month // 3]}/{first.year}"
    return f"Năm {first.year}"


def _code(kind, first):
    if kind == Kind.MONTH:
        return f"{first:%Y-%m}"
    if kind == Kind.QUARTER:
        return f"{first.year}-q{first.month // 3 + 1}"
    return str(first.year)


def _range(first, last):
    short = f"{first:%d/%m}" if first.year == last.year else f"{first:%d/%m/%Y}"
    return f"từ {short} đến {last:%d/%m/%Y}"


def _start(kind, day):
    months = _MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _end(kind, first):
    return _later(first, _MONTHS[kind]) - _DAY


def _later(first, months):
    """Return the first day of a month so many months after (before, if negative)."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _a_year_before(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
