"""Takes over the months of an earlier website's counter from a CSV file.

A file is read as a whole or refused with every mistake in it. What it would change is shown
first; it travels signed through the browser of the one who confirms, and nothing is stored
of the file itself.
"""

import calendar
import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from portal import audit, csv_text
from portal.refusals import Refused
from portal.text import clean_line, fold
from visitors import counting, opening
from visitors.models import OldMonth

__all__ = [
    "Difference",
    "Said",
    "apply",
    "compare",
    "from_token",
    "read",
    "remove",
    "to_token",
]

CONFIRM_WITHIN = 60 * 60  # seconds
_MAX_BYTES = 2**20
_MAX_ROWS = 2_000
_HEADING_WITHIN = 20  # rows; above it stand titles
_REASONS_SHOWN = 20
_MOST_VISITS = 10**12
_FIRST_YEAR = 1995  # before any website of a commune
_SALT = "visitors.old_counter"

_MONTH_HEADINGS = {"thang", "month", "ky", "thoi gian", "thang nam", "thang/nam"}
_VISITS_HEADINGS = {
    *("luot truy cap", "so luot truy cap", "tong luot truy cap", "truy cap"),
    *("visits", "visit", "sessions"),
}
_TOTAL = re.compile(r"tong(?: cong| so)?|cong|total", re.ASCII)


@dataclass(frozen=True)
class Said:
    """What a file says: the visits of each month, by its first day."""

    name: str
    visits: Mapping[date, int]

    @property
    def total(self):
        return sum(self.visits.values())


@dataclass(frozen=True)
class Difference:
    """What a file would change: rows of (month, visits), or of (month, old, new)."""

    new: list[tuple[date, int]]
    changed: list[tuple[date, int, int]]
    unchanged: int

    @property
    def is_nothing(self):
        return not self.new and not self.changed

    @property
    def sentence(self):
        """What happens, in one sentence."""
        if self.is_nothing:
            return "Không có thay đổi: cổng đã có đúng số liệu của tệp này."
        counts = (
            (len(self.new), "tháng mới"),
            (len(self.changed), "tháng có số khác"),
            (self.unchanged, "tháng như cũ"),
        )
        return f"{', '.join(f'{count} {words}' for count, words in counts if count)}."

    @property
    def fingerprint(self):
        """What is the same for equal differences."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


# --- Reading ----------------------------------------------------------------------------


def read(data: bytes, *, name: str, today: date) -> Said:
    """Return what the CSV file `data` says.

    Raises `Refused` with all mistakes, each with its row, also for months that have not
    ended before `today`.
    """
    rows = _rows(data)
    top, month_at, visits_at = _headings(rows)
    visits, mistakes = {}, []
    for number, row in enumerate(rows[top + 1 :], top + 2):
        month_text, visits_text = (
            clean_line(row[at]) if at < len(row) else "" for at in (month_at, visits_at)
        )
        if not (month_text or visits_text) or _TOTAL.fullmatch(fold(month_text)):
            continue
        try:
            month = _month(month_text, today)
            if month in visits:
                raise ValueError(f"tháng {month:%m/%Y} đã có ở trên. Hãy giữ lại một dòng.")
            visits[month] = _number(visits_text)
        except ValueError as mistake:
            mistakes.append(f"Dòng {number}: {mistake}")
    if not visits and not mistakes:
        mistakes.append("Tệp không có tháng nào dưới dòng tiêu đề.")
    if len(mistakes) > _REASONS_SHOWN:
        rest = len(mistakes) - _REASONS_SHOWN
        mistakes = [*mistakes[:_REASONS_SHOWN], f"… và {rest} dòng khác phải sửa."]
    if mistakes:
        raise Refused(*mistakes)
    return Said(name=clean_line(name)[:120], visits=dict(sorted(visits.items())))


def _rows(data):
    if len(data) > _MAX_BYTES:
        raise Refused("Tệp lớn hơn 1 MB. Hãy chỉ giữ hai cột tháng và lượt truy cập.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Refused(
            "Đây là tệp Excel. Hãy mở tệp, chọn Lưu dưới dạng “CSV UTF-8 (phân tách bằng dấu "
            "phẩy)” rồi chọn tệp mới."
        )
    try:
        rows = []
        for row in csv_text.rows(csv_text.decoded(data)[0]):
            rows.append(row)
            if len(rows) > _MAX_ROWS:
                raise Refused(f"Tệp có hơn {_MAX_ROWS} dòng. Mỗi tháng chỉ cần một dòng.")
    except (UnicodeDecodeError, csv.Error):
        raise Refused(
            "Không đọc được chữ trong tệp. Hãy mở tệp bằng Excel, chọn Lưu dưới dạng “CSV UTF-8” "
            "rồi chọn tệp mới."
        ) from None
    return rows


def _headings(rows):
    """Return the position of the heading row and of the columns of months and of visits."""
    for position, row in enumerate(rows[:_HEADING_WITHIN]):
        folded = [fold(clean_line(cell)) for cell in row]
        found = [
            [at for at, cell in enumerate(folded) if cell in headings]
            for headings in (_MONTH_HEADINGS, _VISITS_HEADINGS)
        ]
        if all(found):
            return position, found[0][0], found[1][0]
    raise Refused(
        "Tệp chưa có dòng tiêu đề. Dòng đầu phải có cột “tháng” và cột “lượt truy cập”, ví dụ: "
        "tháng;lượt truy cập rồi đến 10/2024;12345."
    )


# Python's own names are English unless a program asks for others; none here does.
_MONTH_NAMES = {name.lower(): number for number, name in enumerate(calendar.month_abbr)}
_MONTHS = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?:thang|thg|th|t)?\.? ?(?P<month>\d{1,2}) ?[/.-] ?(?P<year>\d{4})",
        r"(?:thang|thg|th|t)\.? ?(?P<month>\d{1,2}),? nam (?P<year>\d{4})",
        r"(?P<year>\d{4}) ?[/.-] ?(?P<month>\d{1,2})",
        # As Excel writes a cell that it took for a date.
        r"(?P<name>[a-z]{3})[a-z]*[ .-](?P<year>\d{4}|\d{2})",
        r"(?:thang|thg|th)\.? ?(?P<month>\d{1,2})[ -](?P<year>\d{2})",
        r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?: 00:00(?::00)?)?",
    )
]
_SERIAL = re.compile(r"\d{5}", re.ASCII)
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's serial numbers from March 1900 on


def _month(text, today):
    """Return the first day of the month that a cell names."""
    month = _named_month(fold(text))
    if month is None:
        raise ValueError(
            f"“{text[:40]}” không phải là một tháng. Hãy ghi tháng và năm, ví dụ 10/2024."
        )
    if month >= counting.month_start(today):
        raise ValueError(
            f"tháng {month:%m/%Y} chưa kết thúc. Chỉ nhập những tháng đã qua của trang cũ."
        )
    return month


def _named_month(folded):
    if _SERIAL.fullmatch(folded):
        day = _EPOCH + timedelta(days=int(folded))
        return _checked(day.year, day.month, day.day)
    for pattern in _MONTHS:
        if match := pattern.fullmatch(folded):
            said = match.groupdict()
            month = _MONTH_NAMES.get(said["name"], 0) if "name" in said else said["month"]
            year = said["year"] if len(said["year"]) == 4 else f"20{said['year']}"
            return _checked(int(year), int(month), int(said.get("day") or 1))
    return None


def _checked(year, month, day):
    """Return the month that begins on a day; another day names none beyond doubt."""
    if day != 1 or not 1 <= month <= 12 or year < _FIRST_YEAR:
        return None
    return date(year, month, 1)


_NUMBER = re.compile(r"\d+|\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*", re.ASCII)


def _number(text):
    """Return a number that is written with or without signs between the thousands."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            f"“{text[:40]}” không phải là số lượt truy cập. Hãy ghi một số nguyên, ví dụ 12345 "
            "hoặc 12.345."
            if text
            else "chưa ghi số lượt truy cập. Tháng không có số thì xóa cả dòng."
        )
    number = int(re.sub(r"\D", "", text)[:20])
    if number > _MOST_VISITS:
        raise ValueError("số lượt truy cập quá lớn. Hãy xem lại dòng này.")
    return number


# --- Comparing and storing --------------------------------------------------------------


def compare(said: Said) -> Difference:
    """Return what storing `said` would change. Raises `Refused` for what `apply` refuses."""
    with transaction.atomic():
        difference = apply(said=said, actor=None)
        transaction.set_rollback(True)
    return difference


@transaction.atomic
def apply(*, said, actor, seen=None):
    """Store the months of `said` and return the `Difference`: all of them or none.

    With `seen`, the fingerprint of what somebody was shown, any other difference is refused.
    Raises `Refused` also when a month has days that were counted here or read from logs, lies
    on both sides of the opening balance's day, or makes more than the balance out of what came
    before it.
    """
    opening.hold_history()
    stored = {
        each.month: each.visits
        for each in OldMonth.objects.filter(month__in=list(said.visits))
    }
    difference = Difference(
        new=[(month, n) for month, n in said.visits.items() if month not in stored],
        changed=[
            (month, stored[month], n)
            for month, n in said.visits.items()
            if stored.get(month, n) != n
        ],
        unchanged=sum(stored.get(month) == n for month, n in said.visits.items()),
    )
    if difference.is_nothing:
        return difference  # also for a button that was pressed twice
    if seen is not None and difference.fingerprint != seen:
        raise Refused(
            "Số liệu cũ đã được sửa sau khi bạn xem bản so sánh, nên chưa lưu gì. Hãy xem lại "
            "bản so sánh mới dưới đây rồi xác nhận lần nữa."
        )
    now = timezone.now()
    OldMonth.objects.bulk_create(
        [
            OldMonth(month=month, visits=visits, imported_at=now, imported_by=actor)
            for month, visits in said.visits.items()
            if stored.get(month) != visits
        ],
        update_conflicts=True,
        unique_fields=["month"],
        update_fields=["visits", "imported_at", "imported_by"],
    )
    opening.refuse_contradiction()
    audit.record(
        "old_months.imported",
        actor=actor,
        target=None,
        before={f"{month:%m/%Y}": old for month, old, _ in difference.changed} or None,
        after={
            f"{month:%m/%Y}": visits
            for month, visits in said.visits.items()
            if stored.get(month) != visits
        },
        note=f"Từ tệp {said.name}.",
    )
    return difference


@transaction.atomic
def remove(*, month, actor):
    """Delete the figure of an `OldMonth`."""
    opening.hold_history()
    audit.record(
        "old_month.removed",
        actor=actor,
        target=month,
        before={"lượt truy cập": month.visits},
    )
    month.delete()


# --- Between the comparison and the yes -------------------------------------------------


def to_token(said, difference, *, actor):
    """Return what was shown, signed and packed, for the form in which `actor` confirms."""
    content = {
        "name": said.name,
        "months": {month.isoformat(): visits for month, visits in said.visits.items()},
        "seen": difference.fingerprint,
        "by": actor.pk,
    }
    return signing.dumps(content, salt=_SALT, compress=True)


def from_token(token, *, actor):
    """Return (`Said`, fingerprint) of `to_token`. Raises `Refused` when it is too old."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        content = None
    if content is None or content["by"] != actor.pk:
        raise Refused("Bản so sánh này không còn dùng được. Hãy chọn tệp lại.")
    months = {date.fromisoformat(each): n for each, n in content["months"].items()}
    return Said(content["name"], months), content["seen"]
