"""The audit in the admin: a mixin that records, and the list that shows what was recorded."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.html import format_html_join

from portal import audit
from portal.audit import AuditEntry, phrase

__all__ = ["AuditEntryAdmin", "AuditedAdminMixin", "ReadOnlyAdmin"]


class AuditedAdminMixin:
    """Records every addition, change and deletion that a stock ModelAdmin makes.

    The codes are `<app>.<model>.add`, `.change` and `.delete`; of a change the fields that
    differ are kept, of rows edited in place below the form their name and what happened to
    them. Passwords are never kept. Not for models whose changes go through functions that
    record by themselves.
    """

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        names = [name for name in form.changed_data if not _is_secret(name, form)]
        after = {name: _shown(form, name, form.cleaned_data.get(name)) for name in names}
        after.update(_rows_changed(formsets))
        if not after and change:
            return
        before = {name: _shown(form, name, form.initial.get(name)) for name in names}
        self._record(
            "change" if change else "add",
            request,
            form.instance,
            before=before if change else None,
            after=after,
        )

    def delete_model(self, request, obj):
        self._record("delete", request, obj, before=_facts(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            for obj in queryset:
                self._record("delete", request, obj, before=_facts(obj))
            super().delete_queryset(request, queryset)

    def _record(self, verb, request, target, **facts):
        audit.record(
            f"{target._meta.label_lower}.{verb}", actor=request.user, target=target, **facts
        )


def _is_secret(name, form):
    field = form.fields[name]
    return "password" in name or isinstance(field.widget, forms.PasswordInput)


def _shown(form, name, value):
    """Return a form's value as the record keeps it: related objects by what they are called."""
    field = form.fields[name]
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [str(each) for each in value or ()]
    if isinstance(field, forms.ModelChoiceField):
        try:
            value = field.to_python(value)
        except ValidationError:
            return str(value)
        return None if value is None else str(value)
    if isinstance(field, forms.FileField):
        return getattr(value, "name", None) or ""
    return value


def _rows_changed(formsets):
    rows = {}
    for formset in formsets:
        said = [f"thêm {row}" for row in formset.new_objects]
        said += [
            f"sửa {row} ({', '.join(names)})" for row, names in formset.changed_objects
        ]
        said += [f"xóa {row}" for row in formset.deleted_objects]
        if said:
            rows[formset.model._meta.label_lower] = said
    return rows


def _facts(obj):
    facts = {}
    for field in obj._meta.concrete_fields:
        value = field.value_from_object(obj)
        if "password" not in field.name:
            facts[field.name] = value.name if isinstance(value, FieldFile) else value
    return facts


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows that nobody enters or changes by hand."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class _ActionFilter(admin.SimpleListFilter):
    title = "việc"
    parameter_name = "action"

    def lookups(self, request, model_admin):
        actions = AuditEntry.objects.order_by().values_list("action", flat=True).distinct()
        return sorted(((each, phrase(each)) for each in actions), key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The database itself refuses changes, too."""

    list_display = ["at", "phrase", "actor", "target_label", "note"]
    list_filter = [_ActionFilter, "at"]
    list_select_related = ["actor"]
    search_fields = ["target_label", "note", "actor__username", "actor__last_name"]
    date_hierarchy = "at"
    fields = ["at", "phrase", "actor", "target_label", "changes", "note"]
    readonly_fields = fields

    @admin.display(description="việc", ordering="action")
    def phrase(self, entry):
        return phrase(entry.action)

    @admin.display(description="nội dung thay đổi")
    def changes(self, entry):
        before, after = entry.before or {}, entry.after or {}
        names = [*before, *(name for name in after if name not in before)]
        return format_html_join(
            "",
            "<p><strong>{}</strong>: {} → {}</p>",
            ((name, _said(before, name), _said(after, name)) for name in names),
        )


def _said(facts, name):
    value = facts.get(name)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "(trống)" if value in (None, "") else str(value)
