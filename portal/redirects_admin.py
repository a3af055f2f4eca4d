"""Old addresses and where they lead, in the admin."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve

from portal import redirects
from portal.audit_admin import AuditedAdminMixin
from portal.redirects import Redirect
from portal.refusals import Refused


class RedirectForm(forms.ModelForm):
    """Takes a pasted address, and refuses what would send a reader on twice."""

    def clean_old(self):
        try:
            return redirects.normal(self.cleaned_data["old"])
        except Refused as refused:
            raise ValidationError(refused.reasons) from None

    def clean(self):
        cleaned = super().clean()
        old = cleaned.get("old", self.instance.old)
        if "new" not in cleaned or not old:
            return cleaned
        try:
            here = redirects.destination(cleaned["new"])
        except Refused as refused:
            raise ValidationError({"new": refused.reasons}) from None
        if here == old:
            raise ValidationError({"new": "Địa chỉ cũ và địa chỉ mới là một."})
        if further := Redirect.objects.filter(old=here).first():
            raise ValidationError(
                {
                    "new": f"Địa chỉ này lại đang chuyển tiếp sang {further.new}. "
                    "Hãy ghi thẳng địa chỉ đó vào đây."
                }
            )
        return cleaned


@admin.register(Redirect)
class RedirectAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """The list; an old address is written once, only where it leads can be changed."""

    form = RedirectForm
    fields = ["old", "new"]
    list_display = ["old", "new", "created_at", "created_by"]
    list_select_related = ["created_by"]
    search_fields = ["old", "new"]
    date_hierarchy = "created_at"

    def get_readonly_fields(self, request, obj=None):
        return ["old"] if obj else []

    def save_model(self, request, obj, form, change):
        obj.pk = redirects.remember(old=obj.old, new=obj.new, actor=request.user).pk
        if _status(obj.old, request) < 400:
            messages.warning(
                request,
                f"Ở địa chỉ {obj.old} đang có một trang, nên người đọc vẫn thấy trang đó. "
                "Chuyển tiếp chỉ có tác dụng khi trang ấy không còn.",
            )
        if _status(obj.new, request) >= 400:
            messages.warning(
                request,
                f"Ở địa chỉ {obj.new} chưa có trang nào. Hãy kiểm tra lại địa chỉ mới.",
            )


def _status(address, request):
    """Return the status with which this site itself answers an address."""
    path, _, query = address.partition("?")
    try:
        match = resolve(path)
    except Resolver404:
        # Django adds the slash that addresses of pages end with.
        return 404 if path.endswith("/") else _status(f"{path}/", request)
    if match.app_name == "admin":
        return 200
    probe = HttpRequest()
    probe.method = "GET"
    probe.path = probe.path_info = path
    probe.META = request.META | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
    }
    try:
        return match.func(probe, *match.args, **match.kwargs).status_code
    except Http404:
        return 404
