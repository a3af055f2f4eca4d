"""Plans of the office for tests."""

from datetime import date, time

from organisation.models import HoursPlan, SpecialDay

MORNING = (time(7, 30), time(11, 30))
AFTERNOON = (time(13, 30), time(17))
WEEK = dict.fromkeys(range(1, 6), (MORNING, AFTERNOON))


def make_plan(*, starts_on=date(2020, 1, 1), week=WEEK, name="Giờ hành chính"):
    """Make a plan with the hours of `week`: {ISO weekday: (opens at, closes at), …}."""
    plan = HoursPlan.objects.create(name=name, starts_on=starts_on)
    for weekday, spans in week.items():
        for opens_at, closes_at in spans:
            plan.spans.create(weekday=weekday, opens_at=opens_at, closes_at=closes_at)
    return plan


def make_special_day(day, *, reason="Mất điện", span=(None, None)):
    """Make a day that is closed, or open in `span` only."""
    return SpecialDay.objects.create(
        day=day, reason=reason, opens_at=span[0], closes_at=span[1]
    )
