"""Periods of the calendar and the days on which what belongs to them is due.

Codes: `2025-T01` (January), `2025-Q1`, `2025-6T1` (the first half year), `2025-N` (the year),
`mot-lan` (what is done once).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

__all__ = ["AHEAD", "HISTORY", "Cadence", "Turn", "name_of", "turns"]

ONCE = "mot-lan"
AHEAD = timedelta(days=60)  # a period that has not begun is known so long before it is due
HISTORY = timedelta(days=5 * 366)  # nothing is expected of periods further back


class Cadence(models.TextChoices):
    """How often something is due. Periods are those of the calendar."""

    ON_EVENT = "phat-sinh", "Khi phát sinh"
    MONTHLY = "thang", "Hằng tháng"
    QUARTERLY = "quy", "Hằng quý"
    HALF_YEARLY = "sau-thang", "6 tháng một lần"
    YEARLY = "nam", "Hằng năm"
    ONCE = "mot-lan", "Một lần"


_MONTHS = {
    Cadence.MONTHLY: 1,
    Cadence.QUARTERLY: 3,
    Cadence.HALF_YEARLY: 6,
    Cadence.YEARLY: 12,
}
_MARKS = {
    Cadence.MONTHLY: "T{:02}",
    Cadence.QUARTERLY: "Q{}",
    Cadence.HALF_YEARLY: "6T{}",
    Cadence.YEARLY: "N",
}
_QUARTERS = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Turn:
    """A period for which a duty is due, and its last day."""

    period: str
    due_on: date


def turns(duty, *, today) -> Iterator[Turn]:
    """Yield the turns of `duty`, the oldest first.

    They begin with the period that contains or follows `duty.since` (five years back at most)
    and end with those that have begun by `today` or are due within `AHEAD`. A duty whose last
    day is the same every year counts by that day. What comes up has no turns.
    """
    if duty.cadence == Cadence.ONCE:
        yield Turn(ONCE, duty.due_on)
    if duty.cadence not in _MONTHS:
        return
    months = _MONTHS[duty.cadence]
    since = max(duty.since or today, today - HISTORY)
    for year in range(since.year, today.year + 2):
        for number in range(1, 12 // months + 1):
            starts_on = date(year, (number - 1) * months + 1, 1)
            ends_on = _last_of_month(year, number * months)
            if duty.due_month is None:
                due_on = ends_on + timedelta(days=duty.due_days)
            else:
                last = _last_of_month(year, duty.due_month)
                ends_on = due_on = last.replace(day=min(duty.due_day, last.day))
            if ends_on >= since and (starts_on <= today or due_on <= today + AHEAD):
                yield Turn(f"{year}-{_MARKS[duty.cadence].format(number)}", due_on)


def name_of(period: str) -> str:
    """Return what readers call the period of that code: "Tháng 01/2025", "Năm 2025"."""
    if period == ONCE:
        return "Một lần"
    year, _, part = period.partition("-")
    if part.startswith("T"):
        return f"Tháng {part[1:]}/{year}"
    if part.startswith("Q"):
        return f"Quý {_QUARTERS[int(part[1:]) - 1]}/{year}"
    if part.startswith("6T"):
        return f"6 tháng {'đầu' if part == '6T1' else 'cuối'} năm {year}"
    return f"Năm {year}"


def _last_of_month(year, month):
    return date(year, month, calendar.monthrange(year, month)[1])
