"""Legal documents under /quan-tri/."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from portal.audit_admin import AuditedAdminMixin
from portal.directory import ASSUME_HTTPS
from portal.key_select import KeySelect
from portal.models import LegalBasis

__all__ = ["LegalBasisAdmin"]


class LegalBasisForm(forms.ModelForm):
    class Meta:
        widgets = {"replaced_by": KeySelect(LegalBasis._meta.get_field("replaced_by"))}


@admin.register(LegalBasis)
class LegalBasisAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """Legal documents; one that something stands on is not deleted."""

    form = LegalBasisForm
    formfield_overrides = ASSUME_HTTPS
    list_display = ["number", "title", "issuer", "issued_on", "standing"]
    search_fields = ["number", "title"]
    list_per_page = 50
    actions = None
    fields = [
        *("number", "title", "issuer", "issued_on", "url"),
        *("repealed_on", "replaced_by"),
    ]

    def get_fields(self, request, obj=None):
        return self.fields if obj is None else [*self.fields, "used_by"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["used_by"]

    def has_delete_permission(self, request, obj=None):
        is_used = obj is not None and (_users_of(obj) or obj.predecessors.exists())
        return not is_used and super().has_delete_permission(request, obj)

    @admin.display(description="hiệu lực", ordering="repealed_on")
    def standing(self, basis):
        if basis.repealed_on is None:
            return "Còn hiệu lực"
        words = "Hết" if basis.is_repealed(timezone.localdate()) else "Sẽ hết"
        return f"{words} hiệu lực từ {basis.repealed_on:%d/%m/%Y}"

    @admin.display(description="Nơi dùng văn bản này")
    def used_by(self, basis):
        links = format_html_join(
            "", '<li><a href="{}">{}</a></li>', ((_address(x), x) for x in _users_of(basis))
        )
        return format_html("<ul>{}</ul>", links) if links else "Chưa có nơi nào."


def _users_of(basis):
    """Return what stands on `basis`, whichever app keeps it."""
    relations = [each for each in basis._meta.related_objects if each.many_to_many]
    return [x for each in relations for x in getattr(basis, each.get_accessor_name()).all()]


def _address(row):
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
