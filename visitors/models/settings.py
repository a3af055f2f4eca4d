"""How visits are shown, kept and reported: one row."""

from django.core.exceptions import ValidationError
from django.core.validators import (
    EmailValidator,
    MaxValueValidator,
    MinValueValidator,
    validate_email,
)
from django.db import models
from django.db.models import Q

_ONLY = 1
_MOST_RECIPIENTS = 50


def validate_recipients(text):
    """Refuse lines that are not e-mail addresses, and more than 50 of them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_RECIPIENTS:
        raise ValidationError(
            f"Nhiều nhất {_MOST_RECIPIENTS} địa chỉ, mỗi dòng một địa chỉ."
        )
    for line in lines:
        try:
            validate_email(line)
        except ValidationError:
            raise ValidationError(
                f"“{line}” không phải là địa chỉ thư điện tử. Hãy viết mỗi dòng một địa chỉ, "
                "ví dụ vanphong@dongthanh.example.vn.",
                code=EmailValidator.code,
            ) from None


class VisitSettings(models.Model):
    """What the administrator decides about visit statistics."""

    show_online = models.BooleanField(
        "hiện “Đang truy cập”",
        default=False,
        help_text="Số người đã mở trang trong 5 phút qua, thêm vào mục Truy cập.",
    )
    daily_detail_months = models.PositiveSmallIntegerField(
        "giữ chi tiết từng ngày (tháng)",
        default=25,
        validators=[MinValueValidator(2), MaxValueValidator(120)],
        help_text=(
            "Trang, giờ, nguồn, thiết bị của từng ngày. Cũ hơn thì còn theo tháng. Tổng số của "
            "từng ngày được giữ mãi."
        ),
    )
    monthly_detail_years = models.PositiveSmallIntegerField(
        "giữ chi tiết từng tháng (năm)",
        default=10,
        validators=[MinValueValidator(2), MaxValueValidator(50)],
        help_text="Cũ hơn thì còn theo năm.",
    )
    sends_report = models.BooleanField(
        "gửi báo cáo hằng tháng qua thư điện tử", default=False
    )
    # The month in which sending was switched on; earlier ones are never sent by themselves.
    reports_since = models.DateField("tháng đầu tiên được gửi", null=True, editable=False)
    report_day = models.PositiveSmallIntegerField(
        "ngày gửi trong tháng sau",
        default=3,
        validators=[MinValueValidator(3), MaxValueValidator(28)],
        help_text="Từ ngày 3, khi mọi lượt truy cập của tháng trước đã về đủ.",
    )
    recipients = models.TextField(
        "người nhận báo cáo",
        blank=True,
        validators=[validate_recipients],
        help_text="Mỗi dòng một địa chỉ thư điện tử.",
    )

    class Meta:
        verbose_name = "thiết lập thống kê"
        verbose_name_plural = "thiết lập thống kê"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(pk=_ONLY), name="visit_settings_are_single"),
            models.CheckConstraint(
                condition=Q(sends_report=False) | ~Q(recipients=""),
                name="visit_settings_name_recipients",
                violation_error_message=(
                    "Chưa có ai nhận báo cáo. Hãy ghi ít nhất một địa chỉ thư điện tử ở ô "
                    "Người nhận báo cáo, hoặc bỏ dấu ở ô gửi báo cáo."
                ),
            ),
            models.CheckConstraint(
                condition=Q(sends_report=False, reports_since=None)
                | Q(sends_report=True, reports_since__isnull=False, reports_since__day=1),
                name="visit_settings_say_since_when",
            ),
        ]

    def __str__(self):
        return "Thiết lập thống kê truy cập"

    @classmethod
    def current(cls):
        """Return the settings, those of a fresh site when nobody has changed any."""
        return cls.objects.filter(pk=_ONLY).first() or cls(pk=_ONLY)

    @property
    def recipient_list(self):
        """The addresses that get the report."""
        return [line.strip() for line in self.recipients.splitlines() if line.strip()]


class SentReport(models.Model):
    """A monthly report that was sent, so that it is sent once."""

    month = models.DateField("tháng", primary_key=True)
    sent_at = models.DateTimeField("gửi lúc")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(month__day=1), name="sent_report_month_is_its_first_day"
            )
        ]

    def __str__(self):
        return f"{self.month:%m/%Y}"
