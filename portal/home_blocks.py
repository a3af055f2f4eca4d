"""The parts of the home page: which there are, and in which order the office shows them."""

from django.db import models

__all__ = ["HomeBlock"]


class HomeBlock(models.Model):
    """One part of the home page; a part without a row stands last, where the table has it."""

    key = models.CharField("phần", max_length=30, primary_key=True)
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField(
        "hiển thị",
        default=True,
        help_text="Phần không có nội dung tự ẩn, không cần bỏ chọn ở đây.",
    )

    class Meta:
        verbose_name = "phần của trang chủ"
        verbose_name_plural = "phần của trang chủ"
        ordering = ["order", "key"]

    def __str__(self):
        return self.key
