"""Lĩnh vực and periods under /quan-tri/."""

from django.contrib import admin

from portal.audit_admin import AuditedAdminMixin
from procedures.forms import FieldForm, PeriodForm
from procedures.models import Field, Period


@admin.register(Field)
class FieldAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """The list of lĩnh vực, which the rows of every sheet choose from."""

    form = FieldForm
    list_display = ["name", "order", "totals_only"]
    list_filter = ["totals_only"]
    search_fields = ["name"]


@admin.register(Period)
class PeriodAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """The periods of results."""

    form = PeriodForm
    list_display = ["__str__", "rule", "status", "stage", "published_at"]
    list_filter = ["status", "stage", "kind", "rule"]
