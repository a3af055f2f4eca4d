"""Useful phones and web links, shown beside every page."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q

from portal.phone import WRITTEN, tel_uri, validate_phone

WEB_ADDRESS = r"^https?://"
# For admin forms: addresses typed without a scheme, for which Django 5 would still assume http.
ASSUME_HTTPS = {models.URLField: {"assume_scheme": "https"}}
validate_web_address = URLValidator(
    schemes=["http", "https"],
    message="Hãy ghi đủ địa chỉ trang web, bắt đầu bằng https:// hoặc http://.",
)


class ShownQuerySet(models.QuerySet):
    def shown(self):
        """Return what readers see."""
        return self.filter(is_shown=True)


class UsefulPhone(models.Model):
    """One number of the block "Điện thoại hữu ích"."""

    group = models.CharField(
        "nhóm",
        max_length=80,
        blank=True,
        help_text="Các số cùng nhóm đứng chung dưới một tiêu đề, ví dụ: Khẩn cấp.",
    )
    label = models.CharField("nơi nhận cuộc gọi", max_length=160)
    number = models.CharField(
        "số điện thoại",
        max_length=30,
        validators=[validate_phone],
        help_text="Chỉ ghi số của cơ quan, không ghi số riêng của cán bộ nếu họ chưa đồng ý.",
    )
    note = models.CharField("ghi chú", max_length=160, blank=True)
    hours = models.CharField("giờ nghe máy", max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = ShownQuerySet.as_manager()

    class Meta:
        verbose_name = "điện thoại hữu ích"
        verbose_name_plural = "điện thoại hữu ích"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=WRITTEN),
                name="useful_phone_is_written_in_digits",
                violation_error_message="Số điện thoại chỉ gồm chữ số và dấu ngăn cách.",
            )
        ]

    def __str__(self):
        return f"{self.label}: {self.number}"

    @property
    def tel(self):
        """Return the `tel:` address, or "" for a number that cannot be dialled."""
        return tel_uri(self.number)


class WebLink(models.Model):
    """A link to another site."""

    label = models.CharField("tên trang", max_length=120)
    url = models.URLField("địa chỉ", validators=[validate_web_address])
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = ShownQuerySet.as_manager()

    class Meta:
        verbose_name = "liên kết trang"
        verbose_name_plural = "liên kết trang"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(url__iregex=WEB_ADDRESS),
                name="web_link_is_http",
                violation_error_message="Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            )
        ]

    def __str__(self):
        return self.label


def phones_by_group() -> list[tuple[str, list[UsefulPhone]]]:
    """Return the shown phones as (group, phones), groups in the order of their first phone."""
    groups: dict[str, list[UsefulPhone]] = {}
    for phone in UsefulPhone.objects.shown():
        groups.setdefault(phone.group, []).append(phone)
    return list(groups.items())


def links() -> list[WebLink]:
    """Return the shown web links in order."""
    return list(WebLink.objects.shown())
