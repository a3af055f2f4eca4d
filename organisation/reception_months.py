"""A month of the reception timetable as the page shows it: a grid of weeks."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from organisation import hours
from organisation.models import Reception, Weekday
from organisation.receptions import monday_of

__all__ = ["GridDay", "Month", "known_months", "month_of"]

_WORKDAYS = 5


@dataclass(frozen=True)
class GridDay:
    """A day of the grid; `reason` says why the office is closed although it usually is not."""

    day: date
    is_in_month: bool
    is_today: bool
    receptions: tuple[Reception, ...]
    reason: str

    @property
    def weekday(self):
        """Return "Thứ Hai" … "Chủ nhật"."""
        return Weekday(self.day.isoweekday()).label


@dataclass(frozen=True)
class Month:
    """One month: its weeks of five days, of seven where somebody receives on a weekend.

    `place` is where all of its receptions are, or "" when they are in several places.
    """

    first: date
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[GridDay, ...], ...]
    receptions: tuple[Reception, ...]

    @property
    def place(self):
        places = {reception.place for reception in self.receptions}
        return places.pop() if len(places) == 1 else ""

    @property
    def updated_at(self):
        """Return when a reception of the month was changed last, or None."""
        return max((each.updated_at for each in self.receptions), default=None)


def known_months(today: date) -> list[date]:
    """Return the first days of the months that have receptions, and of that of `today`."""
    months = set(Reception.objects.months())
    return sorted(months | {today.replace(day=1)})


def month_of(first: date, *, today: date) -> Month:
    """Return the month that begins on `first`; at most four queries."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    receptions = tuple(
        Reception.objects.of_unit().with_host().filter(day__range=(first, last))
    )
    by_day = defaultdict(list)
    for reception in receptions:
        by_day[reception.day].append(reception)
    has_weekends = any(day.isoweekday() > _WORKDAYS for day in by_day)
    weekdays = list(Weekday)[: 7 if has_weekends else _WORKDAYS]
    known = hours.timetable(first)

    def grid_day(day):
        office = known.on(day)
        return GridDay(
            day=day,
            is_in_month=first <= day <= last,
            is_today=day == today,
            receptions=tuple(by_day[day]),
            reason=office.reason if office and not office.spans else "",
        )

    mondays = range(0, (last - monday_of(first)).days + 1, 7)
    weeks = (
        tuple(
            grid_day(monday_of(first) + timedelta(days=passed + number))
            for number in range(len(weekdays))
        )
        for passed in mondays
    )
    return Month(
        first=first,
        weekdays=tuple(weekday.label for weekday in weekdays),
        # With weekends left out, a first or last week may have no day of the month.
        weeks=tuple(week for week in weeks if any(each.is_in_month for each in week)),
        receptions=receptions,
    )
