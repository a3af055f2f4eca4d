"""Where the rest of the site meets the reception timetable: menu, public lists, open data,
and the warning of weeks in which nobody receives citizens."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from organisation.models import Reception
from organisation.reception_views import TITLE
from organisation.receptions import monday_of, weeks_without
from portal.admin_start import PanelRow, StartPanel
from portal.exports import Column
from portal.open_data import Dataset, Filter
from portal.public_pages import Shelf, Shown
from portal.targets import Target

__all__ = ["RECEPTIONS", "SHELF", "start_panels", "targets", "week_words"]


def targets():
    """Offer the timetable to the menu."""
    return [
        Target(
            "organisation:receptions",
            TITLE,
            reverse("organisation:receptions"),
            has_content=Reception.objects.exists(),
            also=("lịch tiếp dân", "gặp chủ tịch xã", "gặp lãnh đạo", "phản ánh kiến nghị"),
            about="Ai tiếp công dân, ngày nào, giờ nào, ở đâu.",
        )
    ]


def _months(object_ids):
    """Answer for the page of the month at hand (no key) and those of other months."""
    months = {f"{first:%Y-%m}": first for first in Reception.objects.months()}
    found = {
        key: Shown(
            f"{TITLE} tháng {months[key]:%m/%Y}",
            reverse("organisation:receptions_month", args=[months[key]]),
        )
        for key in object_ids
        if key in months
    }
    if "" in object_ids:
        found[""] = Shown(TITLE, reverse("organisation:receptions"))
    return found


SHELF = Shelf("receptions", _months)


# --- What staff are told ------------------------------------------------------------------


def week_words(monday: date, *, today: date) -> str:
    """Return a week in words: "Tuần này (10/03–16/03)"."""
    days = f"{monday:%d/%m}–{monday + timedelta(days=6):%d/%m}"
    names = {
        monday_of(today): "Tuần này",
        monday_of(today) + timedelta(days=7): "Tuần sau",
    }
    return f"{names.get(monday, 'Tuần')} ({days})"


def start_panels(request):
    """Yield the coming weeks in which nobody receives citizens, to whoever keeps the timetable."""
    if not request.user.has_perm("organisation.add_reception"):
        return
    today = timezone.localdate()
    lay_out = reverse("admin:organisation_reception_weeks")
    yield StartPanel(
        title="Tuần chưa có buổi tiếp công dân",
        rows=[
            PanelRow(
                text=f"{week_words(monday, today=today)} chưa có ai tiếp công dân",
                url=f"{lay_out}?tu={max(monday, today):%Y-%m-%d}",
                when="Chủ tịch tiếp ít nhất 1 ngày mỗi tuần",
            )
            for monday in weeks_without(today=today)
        ],
        order=30,
    )


# --- Open data ----------------------------------------------------------------------------


def _row(reception):
    return {
        "day": reception.day,
        "starts_at": f"{reception.starts_at:%H:%M}",
        "ends_at": f"{reception.ends_at:%H:%M}",
        "host": reception.host_words,
        "place": reception.place,
        "note": reception.note or None,
        "status": "hoãn" if reception.is_cancelled else "có tiếp",
        "cancelled_reason": reception.cancelled_reason or None,
        "updated_at": reception.updated_at,
    }


RECEPTIONS = Dataset(
    name="lich-tiep-cong-dan",
    title=TITLE,
    description="Ai tiếp công dân, ngày nào, giờ nào, ở đâu; buổi hoãn có lý do.",
    columns=(
        Column("day", "Ngày", "date"),
        Column("starts_at", "Từ (giờ Việt Nam)"),
        Column("ends_at", "Đến (giờ Việt Nam)"),
        Column("host", "Người tiếp"),
        Column("place", "Địa điểm"),
        Column("note", "Ghi chú"),
        Column("status", "Tình trạng"),
        Column("cancelled_reason", "Lý do hoãn"),
        Column("updated_at", "Sửa lần cuối", "datetime"),
    ),
    items=lambda: (
        Reception.objects.of_unit().with_host().order_by("day", "starts_at", "pk")
    ),
    row=_row,
    filters=(
        Filter("tu-ngay", "từ ngày (2024-01-31)", "day__gte", "date"),
        Filter("den-ngay", "đến hết ngày (2024-01-31)", "day__lte", "date"),
    ),
)
