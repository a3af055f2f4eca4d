"""Twenty-two invented months of results for a site that shows how it looks when filled.

The first nineteen were entered by hand, as in a commune that had no lists yet; the last three come
from dossier lists, through the same import that a clerk uses.
"""

import io
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from procedures import periods, workflow
from procedures.demo_dossiers import OneStop, Pace
from procedures.figures import Figures
from procedures.imports import storing
from procedures.models import (
    Field,
    ImportKind,
    OverdueReason,
    Period,
    Procedure,
    ProcedureSettings,
)

_FIRST_CODE = "2023-T07"
_MONTHS_BY_HAND = 19
_MONTHS_FROM_LISTS = 3
# The months lie years back, and their lists are to be seen.
_KEEP_LISTS = 60  # months
# The commune's own last day: two more periods end before it and wait to be entered.
_LAST_DAY = date(2025, 6, 30)
_OFFICE_PHONE = "0237.000.0002"  # as in the example's list of phones
_MOST_PROCEDURES = 4  # of a lĩnh vực
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
    days: int = 3  # working days given

    @property
    def pace(self):
        """How its dossiers go one by one."""
        return Pace(self.monthly, self.days, self.online, self.early, self.late)


_HABITS = (
    _Habit("Chứng thực", 92, online=0.18, resolved=1.0, early=0.9, days=0),
    _Habit("Hộ tịch", 34, online=0.45, resolved=0.93, early=0.6, late=0.02),
    _Habit(
        "Đất đai",
        12,
        online=0.25,
        resolved=0.55,
        early=0.35,
        late=0.12,
        overdue=0.15,
        days=15,
    ),
    _Habit(
        "Bảo trợ xã hội",
        9,
        online=0.3,
        resolved=0.6,
        early=0.4,
        late=0.05,
        overdue=0.05,
    ),
    _Habit("Người có công", 4, online=0.2, resolved=0.65, early=0.5, overdue=0.05),
    _Habit("Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)", 3, 0.6, 0.85, 0.7),
    _Habit("Hoạt động xây dựng", 2.5, online=0.4, resolved=0.6, early=0.3, late=0.1),
    _Habit("Giảm nghèo", 2, online=0.1, resolved=0.7, early=0.5),
    _Habit("Văn hóa", 0.8, online=0.3, resolved=0.9, early=0.5),
    _Habit("Nuôi con nuôi", 0.2, online=0.0, resolved=0.5, early=0.5),
)


@transaction.atomic
def load_demo_periods(*, clerk, approver):
    """Enter and publish 22 months, 2023-T07 to 2025-T04; return the new ones.

    The figures are the same every time, and each month carries over what the last left open.
    The catalogue must be there, since lists name its procedures. Where there is a period
    already, nothing is done.
    """
    if Period.objects.exists():
        return []
    ProcedureSettings.objects.update_or_create(
        pk=1,
        defaults={
            "dossier_months": _KEEP_LISTS,
            "last_day": _LAST_DAY,
            "office_phone": _OFFICE_PHONE,
        },
    )
    staff = {"clerk": clerk, "approver": approver}
    fields = [Field.objects.get(name=habit.name) for habit in _HABITS]
    made = []
    for code, rows in demo_months():
        period = _new_period(code, clerk)
        workflow.save_sheet(
            period=period,
            actor=clerk,
            rows=[
                workflow.SheetRow(field, figures)
                for field, figures in zip(fields, rows, strict=True)
            ],
            details=_details(period, rows),
        )
        made.append(_publish(period, **staff))
    office = _one_stop(fields, rows, made[-1].ends_on)
    for _ in range(_MONTHS_FROM_LISTS):
        code = periods.following(code)
        period = _new_period(code, clerk)
        _import_list(period, office, clerk)
        made.append(_publish(period, **staff))
    return made


def _new_period(code, clerk):
    starts_on, ends_on = periods.proposed_days(code, periods.Rule.REPORTING)
    return workflow.create_period(
        period=Period(
            code=str(code),
            kind=code.kind,
            rule=periods.Rule.REPORTING,
            starts_on=starts_on,
            ends_on=ends_on,
        ),
        actor=clerk,
    )


def _details(period, rows):
    """Say why dossiers are late, as a commune would."""
    late = sum(figures.resolved_late + figures.pending_overdue for figures in rows)
    survey = late // 2
    return workflow.Details(
        report_number=f"{period.ends_on.month:02}/BC-UBND",
        signer_position="Chủ tịch UBND xã",
        signed_on=period.ends_on + timedelta(days=1),
        apology_letters=late,
        as_of=period.ends_on,
        overdue={
            OverdueReason.VERIFICATION: survey,
            OverdueReason.COORDINATION: late - survey,
        },
    )


def _one_stop(fields, rows, ends_on):
    """Return the office as the evening of `ends_on` leaves it."""
    habits = {habit.name: habit for habit in _HABITS}
    common = Procedure.objects.in_force().order_by("-is_common", "-is_core", "code")
    office = OneStop(
        {name: habit.pace for name, habit in habits.items()},
        {
            field.name: list(common.filter(field=field).select_related("field"))[
                :_MOST_PROCEDURES
            ]
            for field in fields
        },
    )
    for field, figures in zip(fields, rows, strict=True):
        office.leave_open(
            field.name,
            in_time=figures.pending_in_time,
            overdue=figures.pending_overdue,
            ends_on=ends_on,
        )
    return office


def _import_list(period, office, clerk):
    run = storing.begin(
        period=period,
        kind=ImportKind.DOSSIERS,
        file=io.BytesIO(office.export(period.starts_on, period.ends_on)),
        name=f"danh-sach-ho-so-mau-{period.code}.csv",
        actor=clerk,
    )
    edition = storing.confirm(run=run, actor=clerk)
    rows = workflow.rows_of(edition)
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=rows,
        details=_details(period, [row.figures for row in rows]),
    )


def _publish(period, *, clerk, approver):
    at = timezone.make_aware(
        datetime.combine(period.ends_on + _PUBLISHED_AFTER, _PUBLISHED_AT)
    )
    workflow.submit(period=period, actor=clerk, at=at)
    head = period.head
    return workflow.approve(
        period=period,
        actor=approver,
        number=head.number,
        revision=head.revision,
        at=at,
    )


def demo_months():
    """Yield the code of each month entered by hand with one `Figures` a lĩnh vực."""
    chance = random.Random(_SEED)  # noqa: S311  (figures for show, and the same ones each time)
    code = periods.parse(_FIRST_CODE)
    open_before = [round(habit.monthly * (1 - habit.resolved)) for habit in _HABITS]
    for _ in range(_MONTHS_BY_HAND):
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
