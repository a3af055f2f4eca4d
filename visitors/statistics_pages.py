"""What all pages of statistics in the admin share: who may read them, their frame, their tabs."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import reverse

__all__ = ["StatisticsPagesMixin", "tabs"]

DASHBOARD = "visitors_day_changelist"
_TABS = {
    DASHBOARD: "Tổng quan",
    "visitors_live": "Trực tiếp",
    "visitors_days": "Từng ngày",
    "visitors_reports": "Báo cáo tháng",
}


class StatisticsPagesMixin:
    """For the ModelAdmin of days: whoever may see these may see all statistics."""

    def check_reader(self, request):
        """Raise `PermissionDenied` for those who may not read statistics."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    def statistics_page(self, request, name, *, tab=DASHBOARD, **context):
        """Return the page of the template `name` with `context`, below the tabs."""
        self.check_reader(request)
        return TemplateResponse(
            request,
            f"visitors/admin/{name}.html",
            self.admin_site.each_context(request)
            | {"opts": self.opts, "tabs": tabs(tab)}
            | context,
        )


def tabs(here):
    """Return the tabs; `here` is the name of the address under which the page stands."""
    return [
        {"url": reverse(f"admin:{name}"), "label": label, "is_here": name == here}
        for name, label in _TABS.items()
    ]
