"""The public pages about the site's own visits, and their tables as files."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import exports
from portal.pages import FILE, mark
from visitors import counting, explanation, figures
from visitors import summary as summary_of
from visitors.models import OpeningBalance

TITLE = "Thống kê truy cập"
METHOD_TITLE = "Cách tính lượt truy cập"

_RESPONSES = {"csv": exports.csv_response, "json": exports.json_response}


@require_safe
def summary(request):
    """Show the five figures, the last months and days, and what is read most."""
    # The block beside it must not be of the next second.
    current = request.figures = figures.sidebar()
    months = summary_of.months(current) if current else []
    days = summary_of.last_full_days(_today())
    context = {
        "title": TITLE,
        "crumbs": [("Trang chủ", "/"), (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("visitors:summary")),
        "figures": current,
        "balance": OpeningBalance.objects.first(),
        "months": list(reversed(months)),
        "month_kinds": {month.css for month in months},
        "months_chart": summary_of.months_chart(months),
        "day_count": summary_of.DAY_COUNT,
        "days": [(day, row, summary_of.note_of(row)) for day, row in reversed(days)],
        "is_sample": summary_of.has_samples(months, days),
        "has_missing_days": any(row is None for _, row in days),
        "days_chart": summary_of.days_chart(days),
        "most_read": summary_of.most_read(),
        "definitions": explanation.sections()[0],
    }
    response = render(request, "visitors/summary.html", context)
    return mark(response, kind="visits", title=TITLE)


@require_safe
def method(request):
    """Say in plain words how visits are counted: docs/counting.md."""
    context = {
        "title": METHOD_TITLE,
        "crumbs": [
            ("Trang chủ", "/"),
            (TITLE, reverse("visitors:summary")),
            (METHOD_TITLE, ""),
        ],
        "canonical": request.build_absolute_uri(reverse("visitors:method")),
        "sections": explanation.sections(),
    }
    response = render(request, "visitors/method.html", context)
    return mark(response, kind="visits", object_id="cach-tinh", title=METHOD_TITLE)


@require_safe
def days_file(request, file_format):
    """Send the days of the page as a file."""
    table = summary_of.days_table(summary_of.last_full_days(_today()))
    return _file(table, file_format, "theo-ngay")


@require_safe
def months_file(request, file_format):
    """Send the months of the page as a file."""
    current = figures.sidebar()
    months = summary_of.months(current) if current else []
    table = summary_of.months_table(months, current and current.as_of)
    return _file(table, file_format, "theo-thang")


def _file(table, file_format, name):
    if file_format not in _RESPONSES:
        raise Http404
    response = _RESPONSES[file_format](table, f"thong-ke-truy-cap-{name}.{file_format}")
    response["Cache-Control"] = "no-cache"  # tomorrow, or in a second, it says more
    title = f"{table.title} ({file_format.upper()})"
    return mark(response, kind=FILE, object_id=name, title=title)


def _today():
    return counting.local_day(timezone.now().timestamp())
