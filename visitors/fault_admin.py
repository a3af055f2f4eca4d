"""The faults of counting that were, and that last: whoever reads the statistics reads them."""

from django.contrib import admin

from portal.audit_admin import ReadOnlyAdmin
from visitors import fault_notes, faults
from visitors.models import Fault


class _LastsFilter(admin.SimpleListFilter):
    title = "tình trạng"
    parameter_name = "con"

    def lookups(self, request, model_admin):
        return [("co", "Đang xảy ra"), ("khong", "Đã hết")]

    def queryset(self, request, queryset):
        wanted = {"co": True, "khong": False}.get(self.value())
        return queryset if wanted is None else queryset.filter(ended_at__isnull=wanted)


@admin.register(Fault)
class FaultAdmin(ReadOnlyAdmin):
    """Each fault with what it meant for the figures and what to do about it."""

    list_display = ["began_at", "ended", "meaning", "process", "text"]
    list_filter = [_LastsFilter]
    fields = ["began_at", "ended", "meaning", "advice", "process", "text"]
    readonly_fields = ["ended", "meaning", "advice"]
    list_per_page = 50

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(fault_notes.PERMISSION)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    @admin.display(description="đến", ordering="ended_at", empty_value="Đang xảy ra")
    def ended(self, fault):
        return fault.ended_at

    @admin.display(description="điều xảy ra")
    def meaning(self, fault):
        return faults.words_of(fault)[0]

    @admin.display(description="cần làm")
    def advice(self, fault):
        return faults.words_of(fault)[1]
