"""Periods under /quan-tri/."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Value
from django.utils import timezone
from django.utils.html import format_html_join

from procedures import (
    catalogue_admin,  # noqa: F401 — it registers itself
    requests_admin,  # noqa: F401 — it registers itself
    states,
)
from procedures.import_admin import ImportRunAdmin
from procedures.models import ImportRun, Period, PeriodStatus, ProcedureSettings
from procedures.publishing_admin import DuePeriodMixin
from procedures.review_admin import ReviewAdminMixin
from procedures.sheet_admin import SheetAdminMixin
from procedures.workflow import allowed_steps

admin.site.register(ImportRun, ImportRunAdmin)


@admin.register(Period)
class PeriodAdmin(DuePeriodMixin, ReviewAdminMixin, SheetAdminMixin, admin.ModelAdmin):
    """The periods of results; every change is a step of procedures/workflow.py."""

    list_display = ["label", "state", "due", "received", "resolved", "in_hand", "rule"]
    list_filter = ["stage", "status", "kind", "rule"]
    list_per_page = 50
    search_fields = ["code"]
    search_help_text = "Tìm theo mã kỳ, ví dụ: 2024-T01 hoặc 2024."
    date_hierarchy = "ends_on"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    class Media:
        css = {"all": ["admin-theme/newsroom.css"]}

    def get_queryset(self, request):
        within = ProcedureSettings.current().publish_within_days
        periods = super().get_queryset(request).with_totals("head")
        return periods.annotate(days_to_publish=Value(within)).select_related(
            "head__run",
            "head__updated_by",
            "approved__approved_by",
            "submitted_by",
            "removed_by",
        )

    def has_delete_permission(self, request, obj=None):
        if obj is None:
            return super().has_delete_permission(request)
        return "delete" in allowed_steps(obj, request.user)

    @admin.display(description="kỳ", ordering="ends_on")
    def label(self, period):
        return period.label

    @admin.display(description="tình trạng", ordering="status")
    def state(self, period):
        return format_html_join(
            " ",
            '<span class="badge badge--{}">{}</span>',
            ((badge.kind, badge.words) for badge in states.badges(period)),
        )

    @admin.display(description="nhận giải quyết")
    def received(self, period):
        return period.totals.received

    @admin.display(description="đã giải quyết")
    def resolved(self, period):
        return period.totals.resolved

    @admin.display(description="bản đang làm")
    def in_hand(self, period):
        """Name the edition in hand and the day it was saved on; by whom, its history tells."""
        edition = period.head
        if edition is None:
            return None
        return f"Bản {edition.number}, {timezone.localdate(edition.updated_at):%d/%m/%Y}"

    @admin.display(description="hạn công khai", ordering="ends_on")
    def due(self, period):
        """Say until when a period that is not public yet is to be."""
        if period.status != PeriodStatus.DRAFT:
            return None
        return f"{period.ends_on + timedelta(days=period.days_to_publish):%d/%m/%Y}"
