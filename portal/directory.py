"""Useful phones and web links, shown beside every page."""

from django.db import models


class UsefulPhone(models.Model):
    """One number of the block "Điện thoại hữu ích"."""

    group = models.CharField("nhóm", max_length=80, blank=True)
    label = models.CharField("nơi nhận cuộc gọi", max_length=160)
    number = models.CharField("số điện thoại", max_length=30)
    note = models.CharField("ghi chú", max_length=160, blank=True)
    hours = models.CharField("giờ nghe máy", max_length=80, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_shown = models.BooleanField("hiển thị", default=True)

    class Meta:
        verbose_name = "điện thoại hữu ích"
        verbose_name_plural = "điện thoại hữu ích"
        ordering = ["order", "pk"]

    def __str__(self):
        return f"{self.label}: {self.number}"


class WebLink(models.Model):
    """A link to another site."""

    label = models.CharField("tên trang", max_length=120)
    url = models.URLField("địa chỉ")
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_shown = models.BooleanField("hiển thị", default=True)

    class Meta:
        verbose_name = "liên kết trang"
        verbose_name_plural = "liên kết trang"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.label
