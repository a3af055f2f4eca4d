"""Statistics for officials, and the opening balance, under /quan-tri/."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import number_format
from django.utils.html import format_html_join

from portal.audit_admin import ReadOnlyAdmin
from visitors import counting, opening
from visitors.models import Day, ExclusionCount, Grain, OpeningBalance, PageCount

_MOST_READ = 20  # pages


def _list_of_numbers(pairs):
    """Return an HTML list of (label, number) pairs, "–" when there is none."""
    items = [(label, number_format(number, force_grouping=True)) for label, number in pairs]
    return format_html_join("", "<li>{}: {}</li>", items) or "–"


@admin.register(Day)
class DayAdmin(ReadOnlyAdmin):
    """The daily totals, which nobody can change."""

    list_display = [
        "day",
        "views",
        "visits",
        "visitors",
        "excluded",
        "keyless_views",
        "late_views",
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
        "closed_at",
        "excluded_by_reason",
        "most_read",
    ]
    readonly_fields = ["excluded_by_reason", "most_read"]

    def get_queryset(self, request):
        reasons = ExclusionCount.objects.filter(
            grain=Grain.DAY, start=OuterRef("day")
        ).values("start")
        requests = Subquery(reasons.annotate(total=Sum("requests")).values("total"))
        return super().get_queryset(request).annotate(excluded=Coalesce(requests, 0))

    @admin.display(description="yêu cầu không đếm", ordering="excluded")
    def excluded(self, day):
        return day.excluded

    @admin.display(description="không đếm, theo lý do")
    def excluded_by_reason(self, day):
        rows = ExclusionCount.objects.by_day(day.day, day.day).order_by("-requests")
        return _list_of_numbers(
            (counting.EXCLUSIONS.get(row.reason, row.reason), row.requests) for row in rows
        )

    @admin.display(description=f"{_MOST_READ} trang xem nhiều nhất")
    def most_read(self, day):
        rows = PageCount.objects.by_day(day.day, day.day).select_related("page")
        return _list_of_numbers(
            (row.page, row.views) for row in rows.order_by("-views", "page_id")[:_MOST_READ]
        )


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(admin.ModelAdmin):
    """The one opening balance: whoever may change it may also enter it."""

    list_display = ["figure", "dated", "note"]
    fields = ["figure", "dated", "note"]

    def has_add_permission(self, request):
        return self.has_change_permission(request) and not OpeningBalance.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        balance = opening.carry_over(actor=request.user, **form.cleaned_data)
        obj.pk = balance.pk
