"""The register of requests under /quan-tri/."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.utils import timezone

from portal.refusals import Refused
from procedures import requests
from procedures.models import DataRequest, RequestState
from procedures.requests_panel import due_phrase

__all__ = ["DataRequestAdmin"]

_FACTS = ["kind", "received_on", "way", "paper_number", "dossier_code", "subject", "wish"]
_ANSWER = ["state", "answer", "closed_on"]


class DataRequestForm(forms.ModelForm):
    """Names at each field what `requests.problems` has against it."""

    def _post_clean(self):
        super()._post_clean()
        found = requests.problems(self.instance, today=timezone.localdate())
        for name, sentence in found.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, sentence)


@admin.register(DataRequest)
class DataRequestAdmin(admin.ModelAdmin):
    """Requests with their clock; what was answered is only read."""

    form = DataRequestForm
    list_display = ["kind", "what", "received_on", "time_left", "state"]
    list_filter = ["state", "kind"]
    search_fields = ["dossier_code", "paper_number", "subject"]
    date_hierarchy = "received_on"
    list_per_page = 50
    actions = None

    def get_fieldsets(self, request, obj=None):
        fieldsets = [(None, {"fields": _FACTS})]
        if obj is not None:
            explained = (
                "Chọn “Đã làm theo yêu cầu” cho một yêu cầu gỡ bỏ có mã hồ sơ thì dòng của hồ "
                "sơ ấy bị xóa khỏi mọi danh sách công khai và không trở lại khi nhập tệp; số "
                "liệu tổng hợp không đổi. Trả lời rồi thì không sửa được nữa."
            )
            fieldsets.append(("Trả lời", {"fields": _ANSWER, "description": explained}))
        return fieldsets

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or obj.state == RequestState.OPEN
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request, obj, form, change):
        if not change:
            requests.register(entry=obj, actor=request.user)
        elif obj.state == RequestState.OPEN:
            requests.amend(entry=obj, actor=request.user)
        else:
            requests.close(entry=obj, actor=request.user)

    @admin.display(description="hồ sơ, trang", ordering="dossier_code")
    def what(self, obj):
        return obj.dossier_code or obj.subject

    @admin.display(description="hạn trả lời", ordering="due_on")
    def time_left(self, obj):
        return due_phrase(obj, today=timezone.localdate())
