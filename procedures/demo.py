"""Twelve invented months of results for a site that shows how it looks when filled."""

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from portal.text import slugify
from procedures import periods, workflow
from procedures.figures import Figures
from procedures.models import Field, Period

_FIRST_CODE = "2023-T07"
_MONTHS = 12
_SEED = 5663
_PUBLISHED_AFTER = timedelta(days=2)
_PUBLISHED_AT = time(8, 30)

# Copies are certified before the school year; offices are closed around Tết.
_SEASON = {2: 0.7, 7: 1.2, 8: 1.35, 9: 1.1}


@dataclass(frozen=True)
class _Habit:
    """How a lĩnh vực usually goes: dossiers a month, and shares from 0 to 1."""

    name: str
    monthly: float
    online: float
    resolved: float
    early: float
    late: float = 0.0
    overdue: float = 0.0
    totals_only: bool = False


_HABITS = (
    _Habit("Chứng thực", 92, online=0.18, resolved=1.0, early=0.9),
    _Habit(
        "Hộ tịch", 34, online=0.45, resolved=0.93, early=0.6, late=0.02, totals_only=True
    ),
    _Habit("Đất đai", 12, online=0.25, resolved=0.55, early=0.35, late=0.12, overdue=0.15),
    _Habit(
        "Bảo trợ xã hội",
        9,
        online=0.3,
        resolved=0.6,
        early=0.4,
        late=0.05,
        overdue=0.05,
        totals_only=True,
    ),
    _Habit("Người có công", 4, online=0.2, resolved=0.65, early=0.5, overdue=0.05),
    _Habit("Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)", 3, 0.6, 0.85, 0.7),
    _Habit("Hoạt động xây dựng", 2.5, online=0.4, resolved=0.6, early=0.3, late=0.1),
    _Habit("Giảm nghèo", 2, online=0.1, resolved=0.7, early=0.5),
    _Habit("Văn hóa", 0.8, online=0.3, resolved=0.9, early=0.5),
    _Habit("Nuôi con nuôi", 0.2, online=0.0, resolved=0.5, early=0.5, totals_only=True),
)


@transaction.atomic
def load_demo_periods(*, clerk, approver):
    """Enter and publish twelve months, 2023-T07 to 2024-T06; return the new ones.

    The figures are the same every time, and each month carries over what the last left open.
    Where there is a period already, nothing is done.
    """
    if Period.objects.exists():
        return []
    fields = [_field(habit, order) for order, habit in enumerate(_HABITS, 1)]
    made = []
    for code, rows in demo_months():
        starts_on, ends_on = periods.proposed_days(code, periods.Rule.REPORTING)
        period = workflow.create_period(
            period=Period(
                code=str(code),
                kind=code.kind,
                rule=periods.Rule.REPORTING,
                starts_on=starts_on,
                ends_on=ends_on,
            ),
            actor=clerk,
        )
        workflow.save_sheet(
            period=period,
            actor=clerk,
            rows=[
                workflow.SheetRow(field, figures)
                for field, figures in zip(fields, rows, strict=True)
            ],
            details=workflow.Details(),
        )
        at = timezone.make_aware(
            datetime.combine(ends_on + _PUBLISHED_AFTER, _PUBLISHED_AT)
        )
        workflow.submit(period=period, actor=clerk, at=at)
        head = period.head
        workflow.approve(
            period=period,
            actor=approver,
            number=head.number,
            revision=head.revision,
            at=at,
        )
        made.append(period)
    return made


def demo_months():
    """Yield each month's code with one `Figures` a lĩnh vực."""
    chance = random.Random(_SEED)  # noqa: S311  (figures for show, and the same ones each time)
    code = periods.parse(_FIRST_CODE)
    open_before = [round(habit.monthly * (1 - habit.resolved)) for habit in _HABITS]
    for _ in range(_MONTHS):
        rows = [
            _month(habit, code.last_month, carried_over, chance)
            for habit, carried_over in zip(_HABITS, open_before, strict=True)
        ]
        yield code, rows
        open_before = [figures.pending for figures in rows]
        code = periods.following(code)


def _month(habit, month, carried_over, chance):
    expected = habit.monthly * _SEASON.get(month, 1)
    new = _near(expected * chance.uniform(0.85, 1.15), chance)
    online = min(new, _near(new * habit.online, chance))
    known = carried_over + new
    resolved = min(known, _near(known * habit.resolved, chance))
    late = min(resolved, _near(resolved * habit.late, chance))
    early = min(resolved - late, _near(resolved * habit.early, chance))
    pending = known - resolved
    overdue = min(pending, _near(pending * habit.overdue, chance))
    return Figures(
        received_online=online,
        received_direct=new - online,
        carried_over=carried_over,
        resolved_early=early,
        resolved_on_time=resolved - late - early,
        resolved_late=late,
        pending_in_time=pending - overdue,
        pending_overdue=overdue,
    )


def _near(number, chance):
    """Return one of the two whole numbers around `number`, the nearer one more often."""
    return int(number + chance.random())


def _field(habit, order):
    field, _ = Field.objects.get_or_create(
        name=habit.name,
        defaults={
            "slug": slugify(habit.name),
            "order": order,
            "totals_only": habit.totals_only,
        },
    )
    return field
