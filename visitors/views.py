"""The public page about the site's own visits."""

from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.pages import mark
from visitors import charts, counting
from visitors.models import Day, OpeningBalance

DAY_COUNT = 30


@require_safe
def summary(request):
    days = _last_full_days()
    response = render(
        request,
        "visitors/summary.html",
        {
            "crumbs": [("Trang chủ", "/"), ("Thống kê truy cập", "")],
            "balance": OpeningBalance.objects.first(),
            "day_count": DAY_COUNT,
            "days": list(reversed(days)),
            "chart": charts.bars_by_day([(day, row and row.visits) for day, row in days]),
        },
    )
    return mark(response, kind="visits", title="Thống kê truy cập")


def _last_full_days():
    """Return (day, its `Day` or None when it was not measured) up to yesterday."""
    today = counting.local_day(timezone.now().timestamp())
    measured = {row.day: row for row in Day.objects.last_full_days(DAY_COUNT, today=today)}
    days = [today - timedelta(days=back) for back in range(DAY_COUNT, 0, -1)]
    return [(day, measured.get(day)) for day in days]
