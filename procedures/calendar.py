"""Which periods the commune has to publish, until when, and which of them are missing.

A period is due `publish_within_days` after its last day (the commune's own setting). Every
period since the first published one is named, so that one left out is seen.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from django.utils import timezone

from portal.read_only import retired_on
from procedures import periods
from procedures.models import Period, PeriodStatus


class State(Enum):
    """How a period stands for readers."""

    PUBLISHED = "Đã công khai"
    REMOVED = "Đã gỡ"
    LATE = "Chậm công khai"
    DUE = "Sắp đến hạn"
    RUNNING = "Chưa kết thúc"


@dataclass(frozen=True)
class ExpectedPeriod:
    """A period that is to be published.

    `period` is the stored one that readers may know of, or None. `days_late` are the days
    after `due_on` on which it was published first, or has not been yet.
    """

    code: periods.Code
    starts_on: date
    ends_on: date
    due_on: date
    state: State
    days_late: int
    period: Period | None = None

    @property
    def label(self):
        """The name readers see, with its days for a month."""
        return periods.label(self.code, self.starts_on, self.ends_on)

    @property
    def published_on(self):
        """The day on which readers saw it first, or None."""
        return self.period and timezone.localdate(self.period.published_at)


def expected_periods(settings, *, today, since=None):
    """Return the `ExpectedPeriod`s of the series that `settings` names, the newest first.

    They begin with the period of the day `since`, by default with the first one that was
    published, and end with the one that `today` belongs to, or with the last that ended before
    the commune did (`last_day` of the settings, or the day since which the site takes no
    changes). Nothing published and no `since` give none. A draft counts as missing: readers
    know nothing of it. Needs one query, and one more after each change of content.
    """
    series = Period.objects.of_series(
        kind=settings.expected_kind, rule=settings.expected_rule
    )
    stored = {
        _part_of_year(periods.parse(period.code)): period for period in series.newest()
    }
    known = [each for each in stored.values() if each.status != PeriodStatus.DRAFT]
    if since is None:
        if not known:
            return []
        since = known[-1].ends_on
    within = timedelta(days=settings.publish_within_days)
    last_day = settings.last_day or retired_on()
    expected = []
    for code in _codes_from(since.year, settings.expected_kind):
        days = periods.proposed_days(code, settings.expected_rule)
        period = stored.get(_part_of_year(code))
        starts_on, ends_on = (period.starts_on, period.ends_on) if period else days
        if ends_on < since:
            continue
        if starts_on > today or (last_day and ends_on > last_day):
            break
        is_known = period is not None and period.status != PeriodStatus.DRAFT
        expected.append(
            _expected(
                period if is_known else None,
                code=periods.parse(period.code) if is_known else code,
                starts_on=starts_on,
                ends_on=ends_on,
                due_on=ends_on + within,
                today=today,
            )
        )
    return expected[::-1]


def _expected(period, *, due_on, ends_on, today, **rest):
    if period is None:
        if ends_on >= today:
            state = State.RUNNING
        else:
            state = State.LATE if today > due_on else State.DUE
        until = today
    else:
        is_removed = period.status == PeriodStatus.REMOVED
        state = State.REMOVED if is_removed else State.PUBLISHED
        until = timezone.localdate(period.published_at)
    return ExpectedPeriod(
        state=state,
        period=period,
        ends_on=ends_on,
        due_on=due_on,
        days_late=max(0, (until - due_on).days),
        **rest,
    )


def _codes_from(year, kind):
    """Yield the codes of one kind from the first of `year` on."""
    code = periods.Code(year, periods.Kind(kind), last_month=int(kind))
    while code.year <= periods.LAST_YEAR:
        yield code
        code = periods.following(code)


def _part_of_year(code):
    return code.year, code.last_month
