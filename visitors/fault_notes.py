"""Where staff meet the faults of counting: on the start page, on pages of statistics."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from portal.admin_start import PanelRow, StartPanel
from portal.standing import moment
from visitors import faults
from visitors.models import ExclusionCount, Fault

PERMISSION = "visitors.view_day"
_UNWRITTEN = "unwritten"  # of counting.EXCLUSIONS
_MOST_ROWS = 5


@dataclass(frozen=True)
class Note:
    """A fault with what it means for the figures and what to do about it."""

    fault: Fault
    what: str
    advice: str


@dataclass(frozen=True)
class Unwritten:
    """A day on which views could not be written down, and how many at least."""

    day: date
    views: int


def current():
    """Return a `Note` on each fault that keeps a living process from counting now."""
    return [Note(fault, *faults.words_of(fault)) for fault in faults.current()]


def unwritten(first, last):
    """Return the days from `first` to `last` on which views could not be written down."""
    rows = ExclusionCount.objects.by_day(first, last).filter(reason=_UNWRITTEN)
    return [Unwritten(row.start, row.requests) for row in rows.order_by("start")]


def context(period):
    """Return what templates/visitors/admin/_faults.html shows on a page about `period`."""
    return {
        "faults": current(),
        "unwritten": unwritten(period.first, period.last),
    }


def start_panels(request):
    """Yield what keeps visits from being counted now, to those who read the statistics."""
    if not request.user.has_perm(PERMISSION):
        return
    notes = current()
    address = reverse("admin:visitors_fault_changelist")
    yield StartPanel(
        title="Việc đếm truy cập đang gặp sự cố",
        rows=[
            PanelRow(
                text=f"{note.what} {note.advice}", url=address, when=_since(note.fault)
            )
            for note in notes[:_MOST_ROWS]
        ],
        more_url=address if len(notes) > _MOST_ROWS else "",
        order=5,
    )


def _since(fault):
    return f"Từ {moment(fault.began_at)}, tiến trình {fault.process}: {fault.text}"
