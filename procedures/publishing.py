"""What the commune still owes its readers: ended periods of its series that are not public."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format

from procedures.calendar import ExpectedPeriod, State, expected_periods
from procedures.models import Period, ProcedureSettings

__all__ = ["Duty", "duties", "next_owed"]

_LONGEST_MONTH = 31  # days
_OWED = (State.LATE, State.DUE)


@dataclass(frozen=True)
class Duty:
    """A period of the commune's series, with its draft if somebody has begun one."""

    expected: ExpectedPeriod
    period: Period | None
    rule: str

    @property
    def code(self):
        """The code of the period, or the one that it would get."""
        return self.period.code if self.period else str(self.expected.code)

    @property
    def is_owed(self):
        """Whether it has ended and readers have never seen it."""
        return self.expected.state in _OWED

    @property
    def is_running(self):
        return self.expected.state == State.RUNNING

    @property
    def standing(self):
        """How far it has come, in a few words: "chưa lập", "chờ duyệt"."""
        if self.period is None:
            return "chưa lập"
        if self.expected.period is not None:
            return self.expected.state.value.lower()
        return self.period.get_stage_display().lower()

    @property
    def deadline(self):
        """Until when it is to be public: "hạn 24/01/2024", "chậm 3 ngày, hạn 24/01/2024"."""
        day = f"hạn {date_format(self.expected.due_on, 'd/m/Y')}"
        is_late = self.expected.state == State.LATE
        return f"chậm {self.expected.days_late} ngày, {day}" if is_late else day

    def new_period(self):
        """Return it as an unsaved `Period`, for a duty that nobody has begun."""
        return Period(
            code=str(self.expected.code),
            kind=self.expected.code.kind,
            rule=self.rule,
            starts_on=self.expected.starts_on,
            ends_on=self.expected.ends_on,
        )


def duties(today):
    """Return the `Duty`s of the series that the settings name, the newest first.

    They begin with the first period that anybody has entered. A commune that has none yet
    begins with the last one that has ended: what was before its site it does not owe.
    """
    settings = ProcedureSettings.current()
    series = Period.objects.of_series(
        kind=settings.expected_kind, rule=settings.expected_rule
    )
    stored = {period.starts_on: period for period in series.select_related("head")}
    since = min(stored, default=None)
    expected = expected_periods(
        settings,
        today=today,
        since=since or today - timedelta(days=2 * _LONGEST_MONTH * settings.expected_kind),
    )
    found = [
        Duty(each, stored.get(each.starts_on), settings.expected_rule) for each in expected
    ]
    if since is None:
        last = next((each.expected.starts_on for each in found if each.is_owed), today)
        found = [each for each in found if each.expected.starts_on >= last]
    return found


def next_owed(duties):
    """Return the `Duty` to begin with, or None: the oldest, whose column 11 the next carries over."""
    return next((each for each in reversed(duties) if each.is_owed), None)
