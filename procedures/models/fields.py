"""Lĩnh vực: the areas of administration that procedures and results are grouped by."""

from django.db import models
from django.db.models import Q


class Field(models.Model):
    """A lĩnh vực: the area of administration that the form has one row for."""

    name = models.CharField(
        "tên lĩnh vực",
        max_length=160,
        unique=True,
        help_text="Viết như trong danh mục thủ tục hành chính đã công bố: Hộ tịch, Chứng thực…",
    )
    slug = models.SlugField(
        "tên trong địa chỉ",
        max_length=80,
        unique=True,
        blank=True,
        help_text="Chữ thường không dấu. Để trống thì hệ thống tự đặt theo tên.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước trong bảng kết quả."
    )
    totals_only = models.BooleanField(
        "chỉ số tổng",
        default=False,
        help_text=(
            "Đánh dấu cho hộ tịch, nuôi con nuôi, bảo trợ xã hội, khiếu nại, tố cáo: chỉ công "
            "khai số tổng của lĩnh vực, không công khai từng hồ sơ hay từng thủ tục."
        ),
    )

    class Meta:
        verbose_name = "lĩnh vực"
        verbose_name_plural = "lĩnh vực"
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="field_slug_is_set")
        ]

    def __str__(self):
        return self.name
