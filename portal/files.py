"""Pictures and attachments: content checks, renditions, safe serving."""

from django.conf import settings
from django.db import models


class Picture(models.Model):
    """An image that was decoded and written anew: no EXIF, no trailing data."""

    file = models.FileField("tệp ảnh", upload_to="anh/%Y/%m", max_length=200)
    alt = models.CharField("mô tả ảnh", max_length=300, blank=True)
    credit = models.CharField("nguồn ảnh", max_length=200, blank=True)
    original_name = models.CharField("tên tệp gốc", max_length=200, blank=True)
    width = models.PositiveIntegerField("rộng (điểm ảnh)")
    height = models.PositiveIntegerField("cao (điểm ảnh)")
    size = models.PositiveIntegerField("dung lượng (byte)")
    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    uploaded_at = models.DateTimeField("tải lên lúc", auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="người tải lên",
        related_name="+",
    )

    class Meta:
        verbose_name = "ảnh"
        verbose_name_plural = "ảnh"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.alt or self.original_name or self.file.name


class Rendition(models.Model):
    """A narrower copy of a picture, made in the background, for `srcset`."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField("rộng (điểm ảnh)")
    height = models.PositiveIntegerField("cao (điểm ảnh)")
    file = models.FileField("tệp ảnh", upload_to="anh/%Y/%m", max_length=200)

    class Meta:
        verbose_name = "bản thu nhỏ"
        verbose_name_plural = "bản thu nhỏ"
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(
                fields=["picture", "width"], name="rendition_once_per_width"
            )
        ]

    def __str__(self):
        return f"{self.picture_id} × {self.width}"


def serve(request, name):
    """Serve an uploaded file with headers under which it can never act as a page."""
    raise NotImplementedError
