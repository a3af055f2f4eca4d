"""The requests that wait for an answer, for the admin's start page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portal.admin_start import PanelRow, StartPanel
from procedures.models import DataRequest, RequestState

__all__ = ["due_phrase", "start_panels"]

_MOST_ROWS = 10


def start_panels(request):
    """Yield the requests that wait for an answer, the most urgent first; one query."""
    if not request.user.has_perm("procedures.view_datarequest"):
        return
    today = timezone.localdate()
    waiting = list(DataRequest.objects.open()[: _MOST_ROWS + 1])
    more = reverse(
        "admin:procedures_datarequest_changelist", query={"state__exact": RequestState.OPEN}
    )
    yield StartPanel(
        title="Yêu cầu đính chính, gỡ bỏ chờ trả lời",
        rows=[
            PanelRow(
                f"{entry.get_kind_display()}: {entry.dossier_code or entry.subject}",
                reverse("admin:procedures_datarequest_change", args=[entry.pk]),
                when=due_phrase(entry, today=today),
            )
            for entry in waiting[:_MOST_ROWS]
        ],
        more_url=more if len(waiting) > _MOST_ROWS else "",
        order=25,
    )


def due_phrase(entry, *, today):
    """Return the last day to answer and, while it runs, how far off it is."""
    day = date_format(entry.due_on, "DATE_FORMAT")
    if entry.state != RequestState.OPEN:
        return day
    days = (entry.due_on - today).days
    if days < 0:
        return f"{day}, quá hạn {-days} ngày"
    return f"{day}, còn {days} ngày" if days else f"{day}, hết hạn hôm nay"
