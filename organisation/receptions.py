"""The timetable of receiving citizens: its months, its gaps, and every change to it.

The law has the chairman of a commune receive citizens at least one day a week; a week of work
in which nobody does is told to staff before it comes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from organisation import hours
from organisation.models import Reception
from portal import audit
from portal.refusals import Refused, refuse_invalid
from portal.working_days import is_working_day

__all__ = [
    "MOST_WEEKS",
    "WEEKS_AHEAD",
    "Proposal",
    "Skipped",
    "delete",
    "lay_out",
    "monday_of",
    "propose",
    "save",
    "weeks_without",
]

MOST_WEEKS = 13  # laid out at once: a quarter
WEEKS_AHEAD = 4  # after the week at hand, in which gaps are told
_WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """Return the first day of the week of `day`."""
    return day - timedelta(days=day.weekday())


# --- Gaps -----------------------------------------------------------------------------


def weeks_without(*, today: date, ahead: int = WEEKS_AHEAD) -> list[date]:
    """Return the Mondays of this and the next `ahead` weeks in which nobody receives citizens.

    A cancelled reception is none. A week in which the office does not work any day that is
    still to come is left out. One query, and three more when a week is without.
    """
    first = monday_of(today)
    mondays = [first + _WEEK * number for number in range(ahead + 1)]
    last = mondays[-1] + timedelta(days=6)
    held = Reception.objects.held().filter(day__range=(first, last))
    filled = {monday_of(day) for day in held.values_list("day", flat=True)}
    empty = [monday for monday in mondays if monday not in filled]
    if not empty:
        return []
    known = hours.between(first, last)
    return [monday for monday in empty if _has_work(known, monday, today)]


def _has_work(known, monday, today):
    week = (monday + timedelta(days=passed) for passed in range(7))
    return any(
        day >= today and is_working_day(day) and not known.is_closed_specially(day)
        for day in week
    )


# --- Changes --------------------------------------------------------------------------


@transaction.atomic
def save(*, reception: Reception, actor) -> Reception:
    """Keep a new or changed reception; a reason to cancel it, or its removal, is named as such.

    Raises `Refused` with what is wrong with it.
    """
    refuse_invalid(reception)
    stored = (
        Reception.objects.select_for_update().filter(pk=reception.pk).first()
        if reception.pk
        else None
    )
    reception.save()
    audit.record_difference(
        _action(stored, reception), actor=actor, stored=stored, target=reception
    )
    return reception


def _action(stored, reception):
    if stored is None:
        return "reception.created"
    if stored.is_cancelled == reception.is_cancelled:
        return "reception.changed"
    return "reception.cancelled" if reception.is_cancelled else "reception.resumed"


@transaction.atomic
def delete(*, reception: Reception, today: date, actor) -> None:
    """Take a mistaken entry out; what readers saw of past days stays. Raises `Refused`."""
    if reception.day < today:
        raise Refused(
            f"Buổi ngày {reception.day:%d/%m/%Y} đã qua nên không xóa được: lịch cũ là căn cứ "
            "để người dân đối chiếu."
        )
    audit.record(
        "reception.deleted",
        actor=actor,
        target=reception,
        before=audit.columns(reception),
    )
    reception.delete()


# --- Several weeks at once ---------------------------------------------------------------


@dataclass(frozen=True)
class Skipped:
    """A day that gets no reception, and why."""

    day: date
    reason: str


@dataclass(frozen=True)
class Proposal:
    """What `lay_out` would make: `new` rows, days that have one, days that are skipped."""

    new: list[Reception]
    existing: list[date]
    skipped: list[Skipped]


def propose(
    *,
    weekdays: Collection[int],
    first: date,
    last: date,
    starts_at: time,
    ends_at: time,
    place: str,
    host: str = "",
    officer=None,
    note: str = "",
) -> Proposal:
    """Return what laying out the `weekdays` (ISO numbers) of `first` to `last` would make.

    Days on which the office is closed, or closed at that hour, are skipped and named. A day
    that has a reception of that hour and place keeps it. Raises `Refused`.
    """
    if last < first:
        raise Refused("Ngày cuối phải từ ngày đầu trở đi.")
    if last - first >= _WEEK * MOST_WEEKS:
        raise Refused(f"Mỗi lần lập tối đa {MOST_WEEKS} tuần. Hãy chọn ngày cuối gần hơn.")
    if ends_at <= starts_at:
        raise Refused("Giờ kết thúc phải sau giờ bắt đầu.")
    if officer is None and not host:
        raise Refused("Hãy chọn người tiếp hoặc ghi chức vụ người tiếp.")
    known = hours.between(first, last)
    taken = set(
        Reception.objects.filter(
            day__range=(first, last), starts_at=starts_at, place=place
        ).values_list("day", flat=True)
    )
    proposal = Proposal([], [], [])
    for passed in range((last - first).days + 1):
        day = first + timedelta(days=passed)
        if day.isoweekday() not in weekdays:
            continue
        if day in taken:
            proposal.existing.append(day)
        elif reason := known.closed_because(day, starts_at, ends_at):
            proposal.skipped.append(Skipped(day, reason))
        else:
            proposal.new.append(
                Reception(
                    day=day,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    officer=officer,
                    host=host,
                    place=place,
                    note=note,
                )
            )
    return proposal


@transaction.atomic
def lay_out(*, actor, **wanted) -> Proposal:
    """Make the receptions that `propose` proposes; asked again, it makes nothing more.

    Whoever lays out the same days at the same moment does not get in the way: a row that
    has come in between is left as it is.
    """
    proposal = propose(**wanted)
    if proposal.new:
        Reception.objects.bulk_create(proposal.new, ignore_conflicts=True)
        audit.record(
            "receptions.laid_out",
            actor=actor,
            target=None,
            after={
                "buổi": [str(each) for each in proposal.new],
                "người tiếp": proposal.new[0].host_words,
                "địa điểm": wanted["place"],
            },
        )
    return proposal
