"""The home page in the admin: the order of its parts, and the tasks of "Tôi muốn…"."""

from django.contrib import admin

from portal import context, home
from portal.editable_lists import EditableListMixin
from portal.home_blocks import BLOCKS, HomeBlock, make_rows
from portal.quick_tasks import QuickTask
from portal.target_choice import TargetForm, destination_column

__all__ = ["HomeBlockAdmin", "QuickTaskAdmin"]


@admin.register(HomeBlock)
class HomeBlockAdmin(EditableListMixin, admin.ModelAdmin):
    """One list, in the order of the page; what parts there are is decided in the code."""

    list_display = ["__str__", "explanation", "order", "is_shown"]
    list_display_links = None
    fields = ["order", "is_shown"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(key__in=BLOCKS)

    def get_list_display(self, request):
        site = context.site(request)["site"]
        shown = {part.block.key for part in home.parts(site, BLOCKS.values())}

        @admin.display(description="trên trang chủ")
        def standing(row):
            if not row.is_shown:
                return "không hiển thị"
            return "đang hiện" if row.key in shown else "đang trống nên tự ẩn"

        name, explanation, *rest = self.list_display
        return [name, explanation, standing, *rest]

    def changelist_view(self, request, extra_context=None):
        if self.has_change_permission(request):
            make_rows()
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="gồm những gì")
    def explanation(self, row):
        return BLOCKS[row.key].explanation


@admin.register(QuickTask)
class QuickTaskAdmin(EditableListMixin, admin.ModelAdmin):
    form = TargetForm
    fields = ["label", "target", "url", "order", "is_shown"]
    list_display = ["label", "order", "is_shown"]
    search_fields = ["label"]

    def get_list_display(self, request):
        label, *rest = self.list_display
        return [label, destination_column(), *rest]
