"""Statistics for officials under /quan-tri/."""

from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join

from portal.audit_admin import ReadOnlyAdmin
from visitors import (
    counting,
    fault_admin,  # noqa: F401 — it registers itself
    old_months_admin,  # noqa: F401 — it registers itself
    settings_admin,  # noqa: F401 — it registers itself
)
from visitors.models import Day, ExclusionCount, Grain
from visitors.periods import Kind
from visitors.report_admin import MonthlyReportMixin
from visitors.statistics_admin import StatisticsMixin


def _list_of_numbers(pairs):
    """Return an HTML list of (label, number) pairs, "–" when there is none."""
    items = [(label, number_format(number, force_grouping=True)) for label, number in pairs]
    if not items:
        return "–"
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", items))


def _grouped(name):
    """Return the column `name` of the list as people here write numbers: "1.234"."""

    @admin.display(description=Day._meta.get_field(name).verbose_name, ordering=name)
    def column(day):
        return number_format(getattr(day, name), force_grouping=True)

    return column


@admin.register(Day)
class DayAdmin(StatisticsMixin, MonthlyReportMixin, ReadOnlyAdmin):
    """The daily totals, which nobody can change, and what is read of them."""

    change_list_template = "visitors/admin/days.html"

    list_display = [
        "day",
        *map(_grouped, ["views", "visits", "visitors"]),
        "excluded",
        *map(_grouped, ["keyless_views", "late_views"]),
        "source",
        "closed_at",
    ]
    date_hierarchy = "day"
    list_per_page = 50
    fields = [
        "day",
        "views",
        "visits",
        "visitors",
        "keyless_views",
        "late_views",
        "source",
        "closed_at",
        "excluded_by_reason",
        "details",
    ]
    readonly_fields = ["excluded_by_reason", "details"]

    def get_queryset(self, request):
        reasons = ExclusionCount.objects.filter(
            grain=Grain.DAY, start=OuterRef("day")
        ).values("start")
        requests = Subquery(reasons.annotate(total=Sum("requests")).values("total"))
        return super().get_queryset(request).annotate(excluded=Coalesce(requests, 0))

    @admin.display(description="yêu cầu không đếm", ordering="excluded")
    def excluded(self, day):
        return number_format(day.excluded, force_grouping=True)

    @admin.display(description="không đếm, theo lý do")
    def excluded_by_reason(self, day):
        rows = ExclusionCount.objects.by_day(day.day, day.day).order_by("-requests")
        return _list_of_numbers(
            (counting.EXCLUSIONS.get(row.reason, row.reason), row.requests) for row in rows
        )

    @admin.display(description="chi tiết")
    def details(self, day):
        return format_html(
            '<a href="{}?{}">Xem trang, giờ, nguồn, thiết bị của ngày này</a>',
            reverse("admin:visitors_day_changelist"),
            urlencode({"ky": Kind.CUSTOM, "tu": day.day, "den": day.day}),
        )
