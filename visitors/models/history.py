"""What was counted elsewhere: the opening balance, months of an old counter, logs."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format


class OpeningBalance(models.Model):
    """The visits that an earlier website had counted, carried over once."""

    figure = models.PositiveBigIntegerField(
        "số lượt truy cập mang sang",
        validators=[MaxValueValidator(10**12)],
        help_text="Được cộng vào dòng “Tất cả” của mục Truy cập.",
    )
    dated = models.DateField("tính đến ngày", help_text="Ngày của con số trên trang cũ.")
    note = models.TextField(
        "nguồn của con số",
        help_text="Ví dụ: theo bộ đếm trên trang cũ của xã. Câu này được công khai.",
    )

    class Meta:
        verbose_name = "số mang sang"
        verbose_name_plural = "số mang sang"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="opening_balance_is_single"),
            models.CheckConstraint(
                condition=Q(figure__gte=0), name="opening_balance_not_negative"
            ),
        ]

    def __str__(self):
        figure = number_format(self.figure, force_grouping=True)
        return f"{figure} ({self.dated:%d/%m/%Y})"


class OldMonth(models.Model):
    """The visits of one month as an earlier website counted them."""

    month = models.DateField("tháng", primary_key=True)
    visits = models.PositiveBigIntegerField(
        "lượt truy cập", validators=[MaxValueValidator(10**12)]
    )
    imported_at = models.DateTimeField("nhập lúc")
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="người nhập",
    )

    class Meta:
        verbose_name = "số liệu tháng của trang cũ"
        verbose_name_plural = "số liệu tháng của trang cũ"
        ordering = ["-month"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1), name="old_month_is_its_first_day"
            )
        ]

    def __str__(self):
        return f"{self.month:%m/%Y}"


class LogFile(models.Model):
    """A web server's log that was imported, known by the content it had."""

    sha256 = models.CharField("mã băm của nội dung", max_length=64, unique=True)
    name = models.CharField("tên tệp", max_length=200)
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến ngày")
    lines = models.PositiveBigIntegerField("số dòng")
    imported_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "nhật ký máy chủ web đã nhập"
        verbose_name_plural = "nhật ký máy chủ web đã nhập"
        ordering = ["-imported_at", "-pk"]
        default_permissions = ()

    def __str__(self):
        return self.name
