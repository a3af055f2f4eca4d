"""The sample hours and the sample timetable of `load_demo`, around the day it is loaded."""

from datetime import date, time, timedelta

from organisation import receptions
from organisation.models import HoursPlan, Officer, Reception, SpecialDay
from portal.working_days import add_working_days

__all__ = ["load_demo_hours"]

_PLACE = "Phòng tiếp công dân, tầng 1 trụ sở UBND xã"
_OFFICE = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
_THURSDAY, _TUESDAY = 4, 2


def load_demo_hours(*, actor, today: date) -> None:
    """Enter office hours, a short day to come, and receptions from last month on."""
    plan = HoursPlan.objects.create(name="Giờ hành chính", starts_on=date(2025, 1, 1))
    for weekday in range(1, 6):
        for opens_at, closes_at in _OFFICE:
            plan.spans.create(weekday=weekday, opens_at=opens_at, closes_at=closes_at)
    SpecialDay.objects.create(
        day=add_working_days(today, 8),
        reason="Chiều họp Hội đồng nhân dân xã",
        opens_at=_OFFICE[0][0],
        closes_at=_OFFICE[0][1],
    )
    first = receptions.monday_of(today) - timedelta(weeks=4)
    weeks = {
        "first": first,
        "last": first + timedelta(weeks=11, days=-1),
        "place": _PLACE,
        "actor": actor,
    }
    receptions.lay_out(
        weekdays=[_THURSDAY],
        starts_at=time(7, 30),
        ends_at=time(11, 30),
        **_host("Chủ tịch Ủy ban nhân dân"),
        **weeks,
    )
    receptions.lay_out(
        weekdays=[_TUESDAY],
        starts_at=time(14),
        ends_at=time(16, 30),
        **_host("Chủ tịch Hội đồng nhân dân"),
        **weeks | {"first": today, "last": today + timedelta(weeks=4)},
    )
    _cancel_one(actor=actor, today=today)


def _host(position):
    """Return who holds a position among the sample officers, or the position alone."""
    officer = Officer.objects.filter(position__iexact=position).first()
    return {"officer": officer} if officer else {"host": f"{position} xã"}


def _cancel_one(*, actor, today):
    """Cancel a reception to come; it is made up for on the next working day."""
    second = Reception.objects.filter(day__gt=today, day__iso_week_day=_THURSDAY).order_by(
        "day"
    )[1]
    instead = add_working_days(second.day, 1)
    receptions.save(
        reception=Reception(
            day=instead,
            starts_at=second.starts_at,
            ends_at=second.ends_at,
            officer=second.officer,
            host=second.host,
            place=second.place,
            note=f"Tiếp bù cho buổi ngày {second.day:%d/%m}.",
        ),
        actor=actor,
    )
    second.cancelled_reason = f"Chủ tịch dự họp ở tỉnh, tiếp bù ngày {instead:%d/%m/%Y}."
    receptions.save(reception=second, actor=actor)
