"""What the administrator decides about visit statistics, and the figure carried over."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from portal.refusable_admin import RefusableAdmin, RefusableForm
from portal.standing import moment
from visitors import care, opening, preferences, report_schedule
from visitors.models import Grain, OpeningBalance, SentReport, VisitSettings


class _SingleRowAdmin(RefusableAdmin):
    """For the one row of a table: whoever may change it may also enter it.

    The list of one row would only be a page more, so it leads to the form.
    """

    form = RefusableForm

    def changelist_view(self, request, extra_context=None):
        row = self.model.objects.first()
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        page, arguments = ("change", [row.pk]) if row else ("add", [])
        return redirect(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", *arguments
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {
            "title": capfirst(self.opts.verbose_name),
            "show_save_and_add_another": False,
        } | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)

    def has_add_permission(self, request):
        return self.has_change_permission(request) and not self.model.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(VisitSettings)
class VisitSettingsAdmin(_SingleRowAdmin):
    """The settings, and what follows from them."""

    readonly_fields = ["next_report", "latest_report"]
    fieldsets = [
        (
            "Báo cáo tháng qua thư điện tử",
            {
                "fields": [
                    *("sends_report", "report_day", "recipients"),
                    *("next_report", "latest_report"),
                ],
                "description": (
                    "Cổng tự gửi báo cáo của tháng trước, cùng số liệu với trang in, kèm bảng "
                    "từng ngày (Excel). Tháng đầu tiên được gửi là tháng bật lựa chọn này. Máy "
                    "chủ tắt vào ngày gửi thì gửi bù khi chạy lại."
                ),
            },
        ),
        ("Mục Truy cập trên mọi trang", {"fields": ["show_online"]}),
        (
            "Thời gian giữ chi tiết",
            {
                "fields": ["daily_detail_months", "monthly_detail_years"],
                "description": (
                    "Giảm các số này thì phần chi tiết cũ hơn bị gộp lại và không lấy lại "
                    "được. Lượt xem, lượt truy cập, số người của từng ngày được giữ mãi."
                ),
            },
        ),
    ]

    @admin.display(description="lần gửi tới")
    def next_report(self, settings):
        return report_schedule.announcement(settings, today=timezone.localdate())

    @admin.display(description="lần gửi gần nhất")
    def latest_report(self, settings):
        sent = SentReport.objects.order_by("-sent_at").first()
        if sent is None:
            return "Chưa gửi báo cáo nào."
        return f"Báo cáo tháng {sent.month:%m/%Y}, lúc {moment(sent.sent_at)}."

    def save_model(self, request, obj, form, change):
        today = timezone.localdate()
        preferences.save_settings(settings=obj, actor=request.user, today=today)
        self.message_user(request, report_schedule.announcement(obj, today=today))
        days, months = (
            care.kept_from(each, today=today) for each in (Grain.DAY, Grain.MONTH)
        )
        self.message_user(
            request,
            f"Lần dọn dẹp hằng ngày tới giữ chi tiết từng ngày từ {days:%d/%m/%Y} và chi tiết "
            f"từng tháng từ {months:%m/%Y}; cũ hơn thì được gộp lại.",
        )


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(_SingleRowAdmin):
    """The one opening balance, beside what was imported of the time before it."""

    fields = ["figure", "dated", "note", "imported"]
    readonly_fields = ["imported"]

    @admin.display(description="số liệu cũ đã nhập")
    def imported(self, balance):
        kinds = [
            (opening.old_months(), "tháng của bộ đếm cũ", "%m/%Y"),
            (opening.log_days(), "ngày từ nhật ký máy chủ web", "%d/%m/%Y"),
        ]
        found = format_html_join(
            "",
            "<p>{} {} (từ {} đến {}): {} lượt truy cập.</p>",
            (
                (
                    found.count,
                    name,
                    found.first.strftime(pattern),
                    found.last.strftime(pattern),
                    number_format(found.visits, force_grouping=True),
                )
                for found, name, pattern in kinds
                if found.count
            ),
        )
        return format_html(
            '{}<p><a href="{}">Xem, nhập số liệu tháng của trang cũ</a></p>',
            found or "Chưa nhập gì.",
            reverse("admin:visitors_oldmonth_changelist"),
        )

    def save_model(self, request, obj, form, change):
        balance = opening.carry_over(actor=request.user, **form.cleaned_data)
        obj.pk = balance.pk
