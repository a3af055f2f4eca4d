"""Pictures in the admin, and the upload that the editor makes."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html

from portal.files import Picture, PictureRefused, delete_picture, store_picture
from portal.upload_admin import LostFilter, UploadAdmin
from portal.upload_fields import PICTURES

__all__ = ["PictureAdmin"]

_HELP = (
    "JPEG, PNG, GIF hoặc WebP, không quá 12 MB. Thông tin về máy ảnh và nơi chụp sẽ được xóa "
    "khỏi ảnh."
)


class PictureWordsForm(forms.ModelForm):
    """The words about one picture among many; a description may follow later."""

    class Meta:
        model = Picture
        fields = ["alt", "is_decorative", "credit"]


class PictureForm(PictureWordsForm):
    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("alt") and not cleaned.get("is_decorative"):
            self.add_error("alt", "Hãy mô tả ảnh, hoặc đánh dấu là ảnh chỉ để trang trí.")
        return cleaned


class NewPictureForm(PictureForm):
    upload = forms.FileField(
        label="Tệp ảnh",
        help_text=_HELP,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
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


class UndescribedFilter(admin.SimpleListFilter):
    """Picks out the pictures that still need a description."""

    title = "mô tả"
    parameter_name = "mo-ta"

    def lookups(self, request, model_admin):
        return [("thieu", "Chưa có mô tả")]

    def queryset(self, request, queryset):
        return queryset.undescribed() if self.value() == "thieu" else queryset


@admin.register(Picture)
class PictureAdmin(UploadAdmin):
    form = PictureForm
    words_form = PictureWordsForm
    words_help = (
        "Mỗi ảnh một câu nói ảnh chụp gì, cho người không nhìn thấy ảnh. Ảnh nào để trống thì "
        "ghi sau được: lọc danh sách theo “Chưa có mô tả”."
    )
    accept = PICTURES
    upload_help = _HELP
    list_display = ["__str__", "thumbnail", "credit", "dimensions", "uploaded_at"]
    list_filter = [UndescribedFilter, LostFilter, "uploaded_at"]
    search_fields = ["alt__unaccent", "credit__unaccent", "original_name__unaccent"]
    search_help_text = "Tìm theo mô tả, nguồn, tên tệp. Gõ có dấu hay không dấu đều được."

    def store(self, upload, *, actor, **words):
        return store_picture(content=upload, name=upload.name, actor=actor, **words)

    def delete(self, target, *, actor):
        delete_picture(picture=target, actor=actor)

    def answer_for(self, target):
        return {"fileName": target.file.name.rsplit("/", 1)[-1], "url": target.url}

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
        return ["preview", *words, *self._facts]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["preview", *self._facts]

    _facts = ("dimensions", "original_name", "uploaded_by", "where_used")

    # --- columns ---------------------------------------------------------------------

    @admin.display(description="hình thu nhỏ")
    def thumbnail(self, picture):
        return _image(picture, picture.smallest_url, height=72)

    @admin.display(description="ảnh")
    def preview(self, picture):
        return _image(picture, picture.url, height=240)

    @admin.display(description="kích thước")
    def dimensions(self, picture):
        return f"{picture.width} × {picture.height}, {max(1, picture.size // 1024)} KB"

    def shown_beside(self, target):
        return _image(target, target.smallest_url, height=120)


def _image(picture, url, *, height):
    width = max(1, round(picture.width * height / picture.height))
    return format_html(
        '<img src="{}" alt="{}" width="{}" height="{}" loading="lazy">',
        url,
        picture.alt or picture.original_name,
        width,
        height,
    )
