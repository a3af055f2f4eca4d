"""What waits in the results of procedures, for the admin's start page."""

from django.urls import reverse
from django.utils import timezone

from portal.accounts import name_of
from portal.admin_start import PanelRow, StartPanel
from portal.standing import moment
from procedures import publishing, workflow
from procedures.models import ImportRun, Period, PeriodStatus
from procedures.sheet_admin import admin_url

__all__ = ["start_panels"]

MOST_ROWS = 10
LATEST_IMPORTS = 5
_HASH_SHOWN = 8  # characters of a fingerprint


def start_panels(request):
    """Yield what waits for this member of staff; at most five queries, each of few rows."""
    user = request.user
    if user.has_perm(workflow.PUBLISH):
        yield _awaiting(user)
    if user.has_perm(workflow.ENTER):
        yield _unpublished(timezone.localdate())
    if user.has_perm("procedures.import_results"):
        yield _imports()


def _awaiting(user):
    """Return what this person has to decide about, except what they submitted themselves."""
    waiting = (
        Period.objects.awaiting_approval()
        .exclude(submitted_by=user)
        .select_related("submitted_by")
        .order_by("submitted_at")
    )
    return _panel(
        "Kết quả TTHC chờ bạn duyệt",
        [
            PanelRow(
                text=period.label,
                url=admin_url(period, "review"),
                when=f"{name_of(period.submitted_by)} gửi lúc {moment(period.submitted_at)}",
            )
            for period in waiting[: MOST_ROWS + 1]
        ],
        more_url=reverse("admin:procedures_period_changelist"),
        order=15,
    )


def _unpublished(today):
    """Return what is owed with its last day, and what else somebody has in hand."""
    owed = [each for each in publishing.duties(today) if each.is_owed]
    rows = [
        PanelRow(
            text=each.expected.label,
            url=reverse("admin:procedures_period_due", query={"ky": each.code}),
            when=f"{each.standing}, {each.deadline}",
        )
        for each in owed
    ]
    drafts = Period.objects.unfinished().exclude(
        pk__in=[each.period.pk for each in owed if each.period]
    )
    rows += [
        PanelRow(
            text=period.label,
            url=admin_url(period, "change"),
            when=_in_hand(period),
        )
        for period in drafts.newest()[: MOST_ROWS + 1]
    ]
    return _panel(
        "Kỳ kết quả TTHC chưa công khai",
        rows,
        more_url=reverse("admin:procedures_period_due"),
        empty="Mọi kỳ đã kết thúc đều đã công khai.",
        order=70,
    )


def _in_hand(period):
    is_correction = period.status != PeriodStatus.DRAFT
    stage = period.get_stage_display().lower()
    return f"bản đính chính, {stage}" if is_correction else stage


def _imports():
    """Return who brought which file lately, with the beginning of its fingerprint."""
    runs = ImportRun.objects.select_related("period", "created_by").newest()
    return _panel(
        "Tệp nhập gần đây",
        [
            PanelRow(
                text=f"{run.file_name} → {run.period.name}",
                url=reverse("admin:procedures_importrun_change", args=[run.pk]),
                when=f"{run.get_state_display()}, {name_of(run.created_by)} lúc "
                f"{moment(run.created_at)}, SHA-256 {run.sha256[:_HASH_SHOWN]}",
            )
            for run in runs[: LATEST_IMPORTS + 1]
        ],
        most=LATEST_IMPORTS,
        more_url=reverse("admin:procedures_importrun_changelist"),
        order=80,
    )


def _panel(title, rows, *, more_url, order, most=MOST_ROWS, empty=""):
    return StartPanel(
        title=title,
        rows=rows[:most],
        more_url=more_url if len(rows) > most else "",
        empty=empty,
        order=order,
    )
