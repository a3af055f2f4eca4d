"""Pictures in the admin, and the upload that the editor makes."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.urls import path
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from portal import audit, ratelimit
from portal.files import (
    FileInUse,
    Picture,
    PictureRefused,
    delete_picture,
    store_picture,
    uses_of,
)

__all__ = ["PictureAdmin"]

UPLOADS = 120  # per person and hour: a long photo report, not a flood


class PictureForm(forms.ModelForm):
    class Meta:
        model = Picture
        fields = ["alt", "is_decorative", "credit"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("alt") and not cleaned.get("is_decorative"):
            self.add_error("alt", "Hãy mô tả ảnh, hoặc đánh dấu là ảnh chỉ để trang trí.")
        return cleaned


class NewPictureForm(PictureForm):
    upload = forms.FileField(
        label="Tệp ảnh",
        help_text="JPEG, PNG, GIF hoặc WebP, không quá 12 MB. Thông tin về máy ảnh và nơi chụp "
        "sẽ được xóa khỏi ảnh.",
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}
        ),
    )
    actor = None
    field_order = ["upload"]

    def _post_clean(self):
        """Store the picture last, so that a form with other mistakes leaves none behind."""
        super()._post_clean()
        if self.errors:
            return
        upload = self.cleaned_data["upload"]
        words = {name: self.cleaned_data[name] for name in PictureForm.Meta.fields}
        try:
            self.instance = store_picture(
                content=upload, name=upload.name, actor=self.actor, **words
            )
        except PictureRefused as refusal:
            self.add_error("upload", str(refusal))


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    form = PictureForm
    list_display = ["thumbnail", "__str__", "credit", "dimensions", "uploaded_at"]
    list_display_links = ["thumbnail", "__str__"]
    list_filter = ["uploaded_at"]
    search_fields = ["alt", "credit", "original_name"]
    list_per_page = 50
    show_full_result_count = False

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002 (Django's)
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, form=NewPictureForm, **kwargs)
        form.actor = request.user
        return form

    def get_fields(self, request, obj=None):
        words = list(PictureForm.Meta.fields)
        if obj is None:
            return ["upload", *words]
        return [
            "preview",
            *words,
            "dimensions",
            "original_name",
            "uploaded_by",
            "where_used",
        ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return ["preview", "dimensions", "original_name", "uploaded_by", "where_used"]

    def get_urls(self):
        upload = self.admin_site.admin_view(require_POST(self.upload_view))
        return [path("tai-len/", upload, name="portal_picture_upload"), *super().get_urls()]

    def upload_view(self, request):
        """Take a picture from the editor and answer in the form that CKEditor reads.

        A refusal is answered with 200, since CKEditor shows its message only then.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        verdict = ratelimit.allow(
            "upload", str(request.user.pk), limit=UPLOADS, per=timedelta(hours=1)
        )
        upload = request.FILES.get("upload")
        if not verdict.allowed:
            minutes = -(-verdict.retry_after // 60)
            return _refusal(
                f"Bạn vừa tải lên rất nhiều ảnh. Hãy thử lại sau {minutes} phút."
            )
        if upload is None:
            return _refusal("Không thấy tệp nào. Hãy chọn một tệp ảnh.")
        try:
            picture = store_picture(content=upload, name=upload.name, actor=request.user)
        except PictureRefused as refusal:
            return _refusal(str(refusal))
        name = picture.file.name.rsplit("/", 1)[-1]
        return JsonResponse(
            {"uploaded": 1, "fileName": name, "url": picture.url, "remark": picture.remark}
        )

    # --- columns ---------------------------------------------------------------------

    @admin.display(description="ảnh")
    def thumbnail(self, picture):
        return _image(picture, picture.smallest_url, height=72)

    @admin.display(description="ảnh")
    def preview(self, picture):
        return _image(picture, picture.url, height=240)

    @admin.display(description="kích thước")
    def dimensions(self, picture):
        return f"{picture.width} × {picture.height}, {max(1, picture.size // 1024)} KB"

    @admin.display(description="đang dùng ở")
    def where_used(self, picture):
        return "; ".join(uses_of(picture)) or "Chưa dùng ở đâu."

    # --- changes ------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        """Save new words about a picture; a new one was stored by its form."""
        if not change:
            if obj.remark:
                messages.warning(request, obj.remark)
            return
        names = form.changed_data
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            audit.record(
                "portal.picture.change",
                actor=request.user,
                target=obj,
                before={name: form.initial.get(name) for name in names},
                after={name: form.cleaned_data[name] for name in names},
            )

    def get_deleted_objects(self, objs, request):
        """Show where a picture is used; Django then offers no button to delete it."""
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(
            objs, request
        )
        used = [f"{picture}: {use}" for picture in objs for use in uses_of(picture)]
        return to_delete, counts, perms_needed, used or protected

    def delete_model(self, request, obj):
        delete_picture(picture=obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for picture in queryset:
            try:
                delete_picture(picture=picture, actor=request.user)
            except FileInUse as refusal:
                messages.error(request, f"{picture}: {refusal}.")


def _image(picture, url, *, height):
    width = max(1, round(picture.width * height / picture.height))
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        url,
        picture.alt or picture.original_name,
        width,
        height,
    )


def _refusal(message):
    return JsonResponse({"uploaded": 0, "error": {"message": message}})
