"""The months of an earlier website's counter in the admin: listed, imported, taken out."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.views.decorators.http import require_http_methods

from portal.audit_admin import ReadOnlyAdmin
from portal.refusals import Refused
from portal.uploads import UploadRefused, charge
from visitors.imports import old_counter
from visitors.models import OldMonth

_PERMISSION = "visitors.change_openingbalance"


class FileForm(forms.Form):
    file = forms.FileField(
        label="Tệp CSV của bộ đếm cũ",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={
            "required": "Chưa chọn tệp nào. Hãy chọn tệp CSV.",
            "empty": "Tệp rỗng. Hãy chọn lại tệp.",
        },
        help_text="Tệp chỉ được đọc, không được giữ lại.",
    )


@admin.register(OldMonth)
class OldMonthAdmin(ReadOnlyAdmin):
    """For whoever may change the opening balance, which these months break down."""

    list_display = ["month_name", "grouped_visits", "imported_at", "imported_by"]
    list_display_links = ["month_name"]
    list_select_related = ["imported_by"]
    list_per_page = 60
    fields = ["month_name", "grouped_visits", "imported_at", "imported_by"]
    readonly_fields = fields
    change_list_template = "visitors/admin/old_months.html"
    # A month is taken out on its own page: Django's list of what is to be deleted would write
    # the keys, which are dates, in words that it cannot read back.
    actions = None

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(_PERMISSION)

    has_delete_permission = has_module_permission = has_view_permission

    @admin.display(description="tháng", ordering="month")
    def month_name(self, old_month):
        return str(old_month)

    @admin.display(description="lượt truy cập", ordering="visits")
    def grouped_visits(self, old_month):
        return number_format(old_month.visits, force_grouping=True)

    def delete_model(self, request, obj):
        old_counter.remove(month=obj, actor=request.user)

    def get_urls(self):
        view = require_http_methods(["GET", "HEAD", "POST"])(self.import_view)
        return [
            path(
                "nhap/", self.admin_site.admin_view(view), name="visitors_oldmonth_import"
            ),
            *super().get_urls(),
        ]

    def import_view(self, request):
        """Take a file, show what it would change, and store it after a yes."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {"form": FileForm()}
        if request.method == "POST" and "token" in request.POST:
            context |= self._confirmed(request)
        elif request.method == "POST":
            form = context["form"] = FileForm(request.POST, request.FILES)
            if form.is_valid():
                context |= self._compared(request, form)
        if context.get("is_done"):
            return redirect(reverse("admin:visitors_oldmonth_changelist"))
        return TemplateResponse(
            request,
            "visitors/admin/old_months_import.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Nhập số liệu tháng của trang cũ",
                **context,
            },
        )

    def _compared(self, request, form):
        file = form.cleaned_data["file"]
        try:
            charge(request.user)
            said = old_counter.read(file.read(), name=file.name, today=timezone.localdate())
            return _shown(request, said)
        except UploadRefused as refused:
            form.add_error("file", str(refused))
        except Refused as refused:
            form.add_error("file", list(refused.reasons))
        return {}

    def _confirmed(self, request):
        said = None
        try:
            said, seen = old_counter.from_token(request.POST["token"], actor=request.user)
            found = old_counter.apply(said=said, actor=request.user, seen=seen)
        except Refused as refused:
            for reason in refused.reasons:
                self.message_user(request, reason, messages.ERROR)
            try:
                return _shown(request, said) if said else {}
            except Refused:
                return {}  # the same reasons as above
        saved = "" if found.is_nothing else "Đã lưu: "
        self.message_user(request, f"{saved}{found.sentence}", messages.SUCCESS)
        return {"is_done": True}


def _shown(request, said):
    found = old_counter.compare(said)
    return {
        "said": said,
        "found": found,
        "token": old_counter.to_token(said, found, actor=request.user),
    }
