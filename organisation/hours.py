"""When the office is open: its plans by weekday, public holidays and days of its own.

What holds on a day, the first that applies: the row of a `SpecialDay`; a public holiday,
closed; a weekend day that is worked for a day off, with that day's hours; else the weekday of
the plan in force. Everything here is in the office's local time.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils import timezone

from organisation.clock import span_words
from organisation.models import HoursPlan, SpecialDay, Weekday
from portal.content_version import Memory, cached, next_midnight
from portal.read_only import retired_on
from portal.working_days import day_made_up_for, holiday_name

__all__ = [
    "OfficeDay",
    "Span",
    "Timetable",
    "between",
    "timetable",
    "usual_words",
    "week",
]

_BEFORE, _AFTER = timedelta(days=7), timedelta(days=52)  # of a Monday, in `timetable`
_timetables = Memory(size=8)

Span = tuple[time, time]  # opens at, closes at


@dataclass(frozen=True)
class OfficeDay:
    """When the office is open on one day; `reason` says why that is not as usual."""

    day: date
    spans: tuple[Span, ...]
    reason: str = ""

    @property
    def weekday(self):
        """Return "Thứ Hai" … "Chủ nhật"."""
        return Weekday(self.day.isoweekday()).label

    @property
    def words(self):
        """Return "7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ", or "Nghỉ"."""
        return _spans_words(self.spans)


@dataclass(frozen=True)
class Timetable:
    """What decides over some days: plans, the latest first, and special days, read at once.

    A plan is (first day, {ISO weekday: spans}). From the day `closed_on` the unit is no more,
    and no plan is in force.
    """

    plans: tuple[tuple[date, dict[int, tuple[Span, ...]]], ...]
    special: dict[date, SpecialDay]
    closed_on: date | None = None

    def on(self, day: date) -> OfficeDay | None:
        """Return the hours of `day`; None while no plan is in force."""
        plan = self.plan_on(day)
        if plan is None:
            return None
        if day in self.special:
            row = self.special[day]
            return OfficeDay(
                day, ((row.opens_at, row.closes_at),) if row.opens_at else (), row.reason
            )
        if holiday := holiday_name(day):
            return OfficeDay(day, (), holiday)
        if swapped := day_made_up_for(day):
            return OfficeDay(
                day,
                plan.get(swapped.isoweekday(), ()),
                f"làm bù cho ngày {swapped:%d/%m/%Y}",
            )
        return OfficeDay(day, plan.get(day.isoweekday(), ()))

    def is_closed_specially(self, day: date) -> bool:
        """Return whether a special day closes the office all day."""
        return day in self.special and self.special[day].opens_at is None

    def closed_because(self, day: date, starts_at: time, ends_at: time) -> str:
        """Return why the office is not open that long on `day` although it usually were, or "".

        Says nothing of what the plan itself leaves closed.
        """
        row = self.special.get(day)
        if row is None:
            return holiday_name(day)
        if row.opens_at and row.opens_at <= starts_at and ends_at <= row.closes_at:
            return ""
        return row.reason

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return when the office opens next after the local `moment`, within five weeks."""
        for passed in range(36):
            found = self.on(moment.date() + timedelta(days=passed))
            for opens_at, _ in found.spans if found else ():
                opening = datetime.combine(found.day, opens_at, moment.tzinfo)
                if opening > moment:
                    return opening
        return None

    def usual(self, day: date) -> list[tuple[str, str]]:
        """Return the plan of `day` as ("Thứ Hai – Thứ Sáu", "7 giờ 30 – …"), days alike as one."""
        plan = self.plan_on(day) or {}
        alike = groupby(Weekday, key=lambda weekday: plan.get(weekday.value, ()))
        return [
            (_days_words(list(weekdays)), _spans_words(spans))
            for spans, weekdays in alike
            if spans
        ]

    def plan_on(self, day: date) -> dict[int, tuple[Span, ...]] | None:
        """Return {ISO weekday: spans} of the plan in force on `day`, or None without one."""
        if self.closed_on and day >= self.closed_on:
            return None
        return next((plan for starts_on, plan in self.plans if starts_on <= day), None)


def timetable(day: date) -> Timetable:
    """Return what decides from a week before `day` to more than six weeks after it.

    Kept until content changes; else three queries.
    """
    monday = day - timedelta(days=day.weekday())
    return _timetables.get(monday, lambda: between(monday - _BEFORE, monday + _AFTER))


def between(first: date, last: date) -> Timetable:
    """Return what decides over the days of `first` to `last`; three queries, once known
    whether the unit is no more."""
    plans = HoursPlan.objects.in_force(first, last).prefetch_related("spans")
    return Timetable(
        plans=tuple((plan.starts_on, plan.by_weekday()) for plan in plans),
        special={
            row.day: row for row in SpecialDay.objects.filter(day__range=(first, last))
        },
        closed_on=retired_on(),
    )


def week(day: date) -> list[OfficeDay]:
    """Return the days of the week of `day`, from Monday; none while no plan is in force."""
    known = timetable(day)
    monday = day - timedelta(days=day.weekday())
    days = (known.on(monday + timedelta(days=passed)) for passed in range(7))
    return [each for each in days if each is not None]


@cached(until=next_midnight)
def usual_words() -> str:
    """Return the plan in force today in one line for the foot of pages; "" without a plan."""
    today = timezone.localdate()
    return "; ".join(f"{days}: {hours}" for days, hours in timetable(today).usual(today))


def _spans_words(spans):
    if not spans:
        return "Nghỉ"
    return ", ".join(span_words(*span) for span in spans)


def _days_words(weekdays):
    first, last = weekdays[0].label, weekdays[-1].label
    if len(weekdays) == 1:
        return first
    return f"{first} – {last}" if len(weekdays) > 2 else f"{first}, {last}"
