"""The public page about the site's own visits, and its table as a file."""

from datetime import timedelta
from itertools import dropwhile

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import exports
from portal.pages import mark
from visitors import charts, counting
from visitors.models import Day, OpeningBalance

DAY_COUNT = 30


@require_safe
def summary(request):
    days = _last_full_days()
    visits = [(day, row and row.visits) for day, row in days]
    response = render(
        request,
        "visitors/summary.html",
        {
            "crumbs": [("Trang chủ", "/"), ("Thống kê truy cập", "")],
            "balance": OpeningBalance.objects.first(),
            "day_count": DAY_COUNT,
            "days": list(reversed(days)),
            "chart": charts.bars_by_day(visits) if visits else None,
        },
    )
    return mark(response, kind="visits", title="Thống kê truy cập")


@require_safe
def days_csv(request):
    return exports.csv_response(_days_table(), "thong-ke-truy-cap.csv")


@require_safe
def days_json(request):
    return exports.json_response(_days_table(), "thong-ke-truy-cap.json")


def _last_full_days():
    """Return (day, its `Day` or None) from the first measured of the last days to yesterday."""
    today = counting.local_day(timezone.now().timestamp())
    measured = {row.day: row for row in Day.objects.last_full_days(DAY_COUNT, today=today)}
    days = (today - timedelta(days=back) for back in range(DAY_COUNT, 0, -1))
    return [
        (day, measured.get(day)) for day in dropwhile(lambda d: d not in measured, days)
    ]


def _days_table():
    columns = [exports.Column("day", "Ngày", "date")]
    counts = [Day._meta.get_field(name) for name in ("views", "visits", "visitors")]
    columns += [
        exports.Column(field.name, str(field.verbose_name).capitalize(), "integer")
        for field in counts
    ]
    rows = [
        {"day": day} | {field.name: row and getattr(row, field.name) for field in counts}
        for day, row in _last_full_days()
    ]
    return exports.Table("Thống kê truy cập theo ngày", columns=columns, rows=rows)
