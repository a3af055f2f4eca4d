"""Spans of days: how a range of days is put together from whole years, months and days.

Details (pages, hours, referrers …) are kept by day, by month and by year. A range is read
from as few rows as possible: five years need five spans and not 1,826 days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

_DAY = timedelta(days=1)


class Grain(IntEnum):
    """How many days one row of details covers."""

    DAY = 1
    MONTH = 2
    YEAR = 3


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive spans of one grain: the first days of the first and of the last of them."""

    grain: Grain
    first: date
    last: date


def start(day: date, grain: Grain) -> date:
    """Return the first day of the span of `grain` that `day` belongs to."""
    if grain == Grain.YEAR:
        return day.replace(month=1, day=1)
    if grain == Grain.MONTH:
        return day.replace(day=1)
    return day


def next_start(first: date, grain: Grain) -> date:
    """Return the first day after the span that begins on `first`."""
    if grain == Grain.YEAR:
        return first.replace(year=first.year + 1)
    if grain == Grain.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + _DAY


def cover(first: date, last: date) -> list[Run]:
    """Return the fewest spans that make up the days from `first` to `last`, both included.

    Oldest first; empty when `last` lies before `first`.
    """
    runs: list[Run] = []
    for grain, begin in _spans(first, last):
        if runs and runs[-1].grain == grain:
            runs[-1] = Run(grain, runs[-1].first, begin)
        else:
            runs.append(Run(grain, begin, begin))
    return runs


def _spans(first: date, last: date) -> Iterator[tuple[Grain, date]]:
    day = first
    while day <= last:
        grain = max(
            each
            for each in Grain
            if start(day, each) == day and next_start(day, each) - _DAY <= last
        )
        yield grain, day
        day = next_start(day, grain)
