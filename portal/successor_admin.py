"""The page of the admin on which a site is closed for changes, and opened again."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portal import successor
from portal.directory import validate_web_address
from portal.identity import Identity
from portal.plausible_days import DayField
from portal.refusals import Refused

__all__ = ["RetirementForm", "SuccessorAdminMixin"]


class RetirementForm(forms.Form):
    """Asks for the day and the successor; readers see all three."""

    on = DayField(
        label="Ngừng cập nhật từ ngày",
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Ngày đơn vị thôi hoạt động, không sau hôm nay. Ví dụ: 01/07/2025.",
    )
    successor_name = forms.CharField(
        label="Tên đơn vị kế tục",
        max_length=160,
        help_text="Viết đủ: phường Đông Tiến, tỉnh Thanh Hóa.",
    )
    successor_url = forms.URLField(
        label="Trang của đơn vị kế tục",
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        validators=[validate_web_address],
        help_text="Ví dụ: https://dongtien.example.vn",
    )


class SuccessorAdminMixin:
    """Gives the admin of the unit the page of the switch."""

    def get_urls(self):
        page = require_http_methods(["GET", "HEAD", "POST"])(self.successor_view)
        return [
            path(
                "che-do-chi-doc/",
                self.admin_site.admin_view(page),
                name="portal_identity_successor",
            ),
            *super().get_urls(),
        ]

    def successor_view(self, request):
        """Say what will happen to readers and staff, and on POST let it happen."""
        unit = Identity.objects.first()
        if not self.has_change_permission(request, unit):
            raise PermissionDenied
        if unit is None:
            raise Http404
        today = timezone.localdate()
        known = {
            "on": today,
            "successor_name": unit.successor_name,
            "successor_url": unit.successor_url,
        }
        is_closing = request.method == "POST" and "retire" in request.POST
        form = RetirementForm(request.POST if is_closing else None, initial=known)
        try:
            if is_closing and form.is_valid():
                successor.retire(actor=request.user, today=today, **form.cleaned_data)
                self.message_user(request, "Cổng đã chuyển sang chế độ chỉ đọc.")
                return redirect("admin:index")
            if request.method == "POST" and not is_closing:
                successor.resume(actor=request.user)
                self.message_user(request, "Cổng đã mở lại và nhận thay đổi như trước.")
                return redirect("admin:index")
        except Refused as refusal:
            if is_closing:
                form.add_error(None, list(refusal.reasons))
            else:
                self.message_user(request, str(refusal), messages.ERROR)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Chế độ chỉ đọc của cổng",
            "unit": unit,
            "form": form,
        }
        return TemplateResponse(request, "admin/portal/successor.html", context)
