"""The monthly report in the admin: a page for A4 paper, and the list of the months."""

from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from visitors import monthly_report
from visitors.statistics_pages import StatisticsPagesMixin

# What the address says when the paper is for information and nobody signs it.
_UNSIGNED = "khong"
_TAB = "visitors_reports"


class MonthlyReportMixin(StatisticsPagesMixin):
    """For the ModelAdmin of days, whose readers read the reports."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("bao-cao/", view(self.reports_view), name="visitors_reports"),
            path("bao-cao/<month>/", view(self.report_view), name="visitors_report"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def reports_view(self, request):
        """List the months that have figures."""
        months = monthly_report.months(today=timezone.localdate())
        return self.statistics_page(
            request, "reports", tab=_TAB, title="Báo cáo tháng", months=months
        )

    @method_decorator(require_safe)
    def report_view(self, request, month):
        """Show the report of a month that has begun; `month` is like "2026-10"."""
        self.check_reader(request)
        first = monthly_report.month_of(month)
        if first is None or first > timezone.localdate():
            raise Http404
        report = monthly_report.build(first)
        return self.statistics_page(
            request,
            "report",
            tab=_TAB,
            title=report.name,
            report=report,
            period=report.period,
            is_signed=request.GET.get("chu-ky") != _UNSIGNED,
        )
