"""Entering, checking and publishing result sheets under /quan-tri/."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from portal.audit_admin import AuditedAdminMixin
from procedures import carry_over, publishing
from procedures.figures import COLUMNS, DERIVED, GROUPS
from procedures.forms import FieldForm, PeriodForm, ResultSheetForm, new_period
from procedures.models import Field, Period, ResultSheet


@admin.register(Field)
class FieldAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """The list of lĩnh vực, which the rows of every sheet choose from."""

    form = FieldForm
    list_display = ["name", "order", "totals_only"]
    list_filter = ["totals_only"]
    search_fields = ["name"]


class ResultSheetInline(admin.TabularInline):
    """The sheet as a grid in the official order; derived columns show what was saved."""

    model = ResultSheet
    form = ResultSheetForm
    template = "procedures/admin/sheet_inline.html"
    fields = ["field", *(column.key for column in COLUMNS)]
    readonly_fields = DERIVED
    columns = COLUMNS
    groups = [(group, sum(column.group == group for column in COLUMNS)) for group in GROUPS]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("field")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        # Four icons beside each of ten selects would only widen the grid.
        field = formset.form.base_fields.get("field")
        if field:
            for action in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{action}_related", False)
        return formset

    def get_extra(self, request, obj=None, **kwargs):
        """One empty row, and on a new period a row for each lĩnh vực of the one before."""
        return 1 + (
            len(carry_over.prefilled_rows(new_period(request.GET))) if not obj else 0
        )

    def has_add_permission(self, request, obj):
        return _may_edit(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return _may_edit(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return _may_edit(obj) and super().has_delete_permission(request, obj)


@admin.register(Period)
class PeriodAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """A period with its sheet. Once public it is read only until it is taken back."""

    form = PeriodForm
    inlines = [ResultSheetInline]
    change_form_template = "procedures/admin/period_change_form.html"
    fieldsets = [
        (None, {"fields": ["kind", "code", "rule", ("starts_on", "ends_on"), "note"]}),
    ]
    list_display = ["label", "rule", "status", "received", "resolved", "published_at"]
    list_filter = ["status", "kind", "rule"]
    search_fields = ["code"]
    date_hierarchy = "ends_on"
    actions = ["publish_selected"]

    class Media:
        css = {"all": ["css/admin-results.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).with_totals()

    @admin.display(description="kỳ", ordering="ends_on")
    def label(self, period):
        return period.label

    @admin.display(description="nhận giải quyết")
    def received(self, period):
        return period.totals.received

    @admin.display(description="đã giải quyết")
    def resolved(self, period):
        return period.totals.resolved

    def has_change_permission(self, request, obj=None):
        return _may_edit(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return _may_edit(obj) and super().has_delete_permission(request, obj)

    def has_publish_permission(self, request):
        return request.user.has_perm(publishing.PERMISSION)

    def view_on_site(self, period):
        return period.get_absolute_url() if period.is_published else None

    # --- Entering ---

    def get_changeform_initial_data(self, request):
        period = new_period(request.GET)
        return {
            "code": period.code,
            "rule": period.rule,
        } | super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method != "POST" and obj.pk is None:
            # Only shown, never sent along with a POST: a row that comes back as it was offered
            # must count as entered.
            kwargs["initial"] = carry_over.prefilled_rows(new_period(request.GET))
        return kwargs

    def save_model(self, request, obj, form, change):
        if change and Period.objects.select_for_update().get(pk=obj.pk).is_published:
            raise PermissionDenied  # it became public while the form was open
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for difference in carry_over.differences(form.instance):
            messages.warning(request, f"{difference} Đã lưu; hãy kiểm tra lại.")

    # --- Publishing ---

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/cong-khai/",
                view(self.publish_view),
                name="procedures_period_publish",
            ),
            path(
                "<int:pk>/go/",
                view(self.unpublish_view),
                name="procedures_period_unpublish",
            ),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may_publish = obj is not None and self.has_publish_permission(request)
        context["may_publish"] = may_publish
        if may_publish and not obj.is_published:
            context["obstacles"] = publishing.obstacles(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def publish_view(self, request, pk):
        period = get_object_or_404(Period, pk=pk)
        self._publish(request, period)
        return _to_change_page(period)

    @method_decorator(require_POST)
    def unpublish_view(self, request, pk):
        period = get_object_or_404(Period, pk=pk)
        try:
            publishing.unpublish_period(
                period=period, actor=request.user, reason=request.POST.get("reason", "")
            )
        except publishing.Refused as refused:
            _show_refusal(request, period, refused)
        else:
            messages.success(
                request, f"Đã gỡ “{period}” khỏi trang công khai. Bạn có thể sửa số liệu."
            )
        return _to_change_page(period)

    @admin.action(description="Công khai các kỳ đã chọn", permissions=["publish"])
    def publish_selected(self, request, queryset):
        for period in queryset.order_by("ends_on"):
            self._publish(request, period)

    def _publish(self, request, period):
        try:
            publishing.publish_period(period=period, actor=request.user)
        except publishing.Refused as refused:
            _show_refusal(request, period, refused)
        else:
            messages.success(request, f"Đã công khai “{period}”. Người dân xem được ngay.")


def _may_edit(period):
    return period is None or not period.is_published


def _show_refusal(request, period, refused):
    for reason in refused.reasons:
        messages.error(request, f"{period}: {reason}")


def _to_change_page(period):
    return HttpResponseRedirect(reverse("admin:procedures_period_change", args=[period.pk]))
