"""Visits as open data: the five figures of the moment, and the totals of every full day."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from portal.exports import Column
from portal.open_data import Dataset, Filter, Record
from visitors import counting, figures
from visitors.models import Day, Source

_UNIT = "lượt truy cập"


def _figures():
    current = figures.sidebar()
    if current is None:
        return None
    return {
        "unit": _UNIT,
        "as_of": current.as_of,
        "today": current.today,
        "yesterday": current.yesterday,
        "this_week": current.this_week,
        "this_month": current.this_month,
        "total": current.total,
        "online": current.online if current.shows_online else None,
        "definitions": reverse("visitors:method"),
    }


FIGURES = Record(
    name="truy-cap",
    title="Lượt truy cập, số liệu tức thời",
    description=(
        "Năm con số của mục “Truy cập” trên mỗi trang. Cùng một thời điểm “tính đến” thì cùng "
        "một bộ số ở mọi nơi."
    ),
    columns=(
        Column("unit", "Đơn vị của các con số"),
        Column("as_of", "Tính đến lúc", "datetime"),
        Column("today", "Hôm nay", "integer"),
        Column("yesterday", "Hôm qua", "integer"),
        Column("this_week", "Tuần này, từ thứ Hai", "integer"),
        Column("this_month", "Tháng này, từ mùng 1", "integer"),
        Column("total", "Tất cả, gồm số mang sang từ trang cũ", "integer"),
        Column(
            "online",
            "Số người mở trang trong 5 phút qua; trống nếu cổng không công khai",
            "integer",
        ),
        Column("definitions", "Địa chỉ của trang nói cách tính trên cổng này"),
    ),
    read=_figures,
)


def _full_days():
    today = counting.local_day(timezone.now().timestamp())
    return Day.objects.filter(day__lt=today).order_by("-day")


def _day(row):
    return {
        "day": row.day,
        "views": row.views,
        "visits": row.visits,
        "visitors": row.visitors,
        "keyless_views": row.keyless_views,
        "late_views": row.late_views,
        "closed_at": row.closed_at,
        "source": Source(row.source).label,
    }


def _next_minute():
    """Counting needs no commit of content: an answer is kept until the next whole minute."""
    return timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=1)


DAYS = Dataset(
    name="truy-cap-theo-ngay",
    title="Truy cập theo ngày",
    description=(
        "Tổng số của mỗi ngày đã hết, ngày mới nhất trước. Ngày không có ở đây là ngày không có "
        "số liệu; ngày không ai vào có số 0."
    ),
    columns=(
        Column("day", "Ngày, theo giờ Việt Nam", "date"),
        Column("views", "Lượt xem", "integer"),
        Column("visits", "Lượt truy cập", "integer"),
        Column(
            "visitors",
            "Người truy cập trong ngày (ước tính); không cộng các ngày với nhau",
            "integer",
        ),
        Column("keyless_views", "Lượt xem không gắn với người xem", "integer"),
        Column("late_views", "Lượt xem đến sau khi chốt ngày", "integer"),
        Column("closed_at", "Chốt lúc; trống là còn có thể thay đổi", "datetime"),
        Column("source", "Nguồn của số liệu"),
    ),
    items=_full_days,
    row=_day,
    filters=(
        Filter("nam", "năm", "day__year", "year"),
        Filter("tu-ngay", "từ ngày, viết năm-tháng-ngày", "day__gte", "date"),
        Filter("den-ngay", "đến hết ngày, viết năm-tháng-ngày", "day__lte", "date"),
    ),
    until=_next_minute,
)
