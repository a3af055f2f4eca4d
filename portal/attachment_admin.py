"""Documents for download in the admin, and the upload that the editor's link dialog makes."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from portal.attachments import (
    Attachment,
    AttachmentRefused,
    answer,
    delete_attachment,
    store_attachment,
)
from portal.text import clean_line
from portal.upload_admin import LostFilter, UploadAdmin
from portal.upload_fields import DOCUMENTS

__all__ = ["AttachmentAdmin"]

_HELP = "PDF, DOC, DOCX, XLS, XLSX, PPTX, ODT hoặc ODS, mỗi tệp không quá 50 MB."


class AttachmentForm(forms.ModelForm):
    class Meta:
        model = Attachment
        fields = ["title", "number", "issuer", "issued_on"]
        widgets = {"issued_on": AdminDateWidget}

    def clean(self):
        cleaned = super().clean()
        for name in ("title", "number", "issuer"):
            if name in cleaned:
                cleaned[name] = clean_line(cleaned[name])
        # Invisible characters alone are no title.
        if self.fields["title"].required and cleaned.get("title") == "":
            self.add_error("title", self.fields["title"].error_messages["required"])
        return cleaned


class NewAttachmentForm(AttachmentForm):
    upload = forms.FileField(
        label="Tệp",
        help_text=f"{_HELP} Tệp có macro hoặc mật khẩu không được nhận.",
        widget=forms.FileInput(attrs={"accept": DOCUMENTS}),
    )
    title = forms.CharField(
        label="Tên tệp",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Tên mà người đọc thấy. Để trống thì lấy tên của tệp trên máy.",
    )
    actor = None

    def _post_clean(self):
        """Store the file last, so that a form with other mistakes leaves none behind."""
        if self.errors:
            return
        upload = self.cleaned_data["upload"]
        words = {name: self.cleaned_data[name] for name in AttachmentForm.Meta.fields}
        try:
            self.instance = store_attachment(
                content=upload, name=upload.name, actor=self.actor, **words
            )
        except AttachmentRefused as refusal:
            self.add_error("upload", str(refusal))


@admin.register(Attachment)
class AttachmentAdmin(UploadAdmin):
    """A new file is a new attachment: what readers were given is never swapped under them."""

    form = words_form = AttachmentForm
    words_help = (
        "Tên là dòng người đọc thấy dưới bài. Nếu là văn bản thì ghi cả số, cơ quan và ngày ban "
        "hành; không phải văn bản thì để trống."
    )
    # Readers may not have it yet; staff have a download of their own.
    view_on_site = False
    accept = DOCUMENTS
    upload_help = _HELP
    list_display = ["title", "summary", "number", "issuer", "issued_on", "uploaded_at"]
    list_filter = ["kind", LostFilter, "uploaded_at"]
    search_fields = [
        "title__unaccent",
        "number__unaccent",
        "issuer__unaccent",
        "original_name__unaccent",
    ]
    search_help_text = (
        "Tìm theo tên, số, cơ quan ban hành, tên tệp gốc. Gõ có dấu hay không dấu đều được."
    )

    def store(self, upload, *, actor, **words):
        return store_attachment(content=upload, name=upload.name, actor=actor, **words)

    def delete(self, target, *, actor):
        delete_attachment(attachment=target, actor=actor)

    def answer_for(self, target):
        return {"fileName": target.title, "url": target.get_absolute_url()}

    def get_urls(self):
        download = self.admin_site.admin_view(require_safe(self.download_view))
        return [
            path("<int:pk>/tai-ve/", download, name=self._name("download")),
            *super().get_urls(),
        ]

    def download_view(self, request, pk):
        """Give staff a document, whether or not readers have it."""
        attachment = get_object_or_404(Attachment, pk=pk)
        if not self.has_view_permission(request, attachment):
            raise PermissionDenied
        return answer(request, attachment)

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002 (Django's)
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(
            request, obj, change=change, form=NewAttachmentForm, **kwargs
        )
        form.actor = request.user
        return form

    def get_fields(self, request, obj=None):
        words = list(AttachmentForm.Meta.fields)
        return ["upload", *words] if obj is None else [*words, *self._facts]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self._facts

    _facts = ("download_link", "original_name", "uploaded_by", "uploaded_at", "where_used")

    # --- columns ---------------------------------------------------------------------

    @admin.display(description="loại, dung lượng", ordering="size")
    def summary(self, attachment):
        return attachment.summary

    @admin.display(description="tệp")
    def download_link(self, attachment):
        return format_html(
            '<p><a href="{}">Tải về xem</a> ({})</p>',
            reverse("admin:portal_attachment_download", args=[attachment.pk]),
            attachment.summary,
        )

    def shown_beside(self, target):
        return self.download_link(target)
