"""What each commune decides about its TTHC pages: data, never code."""

from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from portal.directory import WEB_ADDRESS, validate_web_address
from procedures import periods

_PORTAL = "https://dichvucong.gov.vn/"


def validate_link(text):
    """Accept a web address in which `{code}` may stand for a code; raise ValidationError."""
    validate_web_address(text.replace("{code}", "0"))
    if text.replace("{code}", "").count("{") or text.replace("{code}", "").count("}"):
        raise ValidationError(
            "Trong liên kết chỉ dùng được {code}, không dùng ngoặc nào khác."
        )


class ProcedureSettings(models.Model):
    """The choices of the commune (a single row, id 1)."""

    procedure_link = models.CharField(
        "liên kết tới thủ tục trên Cổng quốc gia",
        max_length=300,
        default=_PORTAL,
        validators=[validate_link],
        help_text="Viết {code} ở chỗ của mã thủ tục, ví dụ https://…?ma={code}.",
    )
    dossier_link = models.CharField(
        "liên kết tra cứu hồ sơ trên Cổng quốc gia",
        max_length=300,
        default=_PORTAL,
        validators=[validate_link],
        help_text="Viết {code} ở chỗ của mã hồ sơ.",
    )
    lookup_enabled = models.BooleanField(
        "cho tra cứu hồ sơ ngay trên trang này",
        default=False,
        help_text="Người dân nhập mã hồ sơ và ngày hẹn trả. Tắt thì trang chỉ dẫn sang Cổng quốc gia.",
    )
    dossier_months = models.PositiveSmallIntegerField(
        "giữ danh sách hồ sơ (tháng)",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text="Hết thời gian này từng hồ sơ được xóa, số liệu tổng hợp vẫn còn.",
    )
    publish_within_days = models.PositiveSmallIntegerField(
        "công khai trong vòng (ngày)",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="Số ngày sau khi kỳ kết thúc. Quá số ngày này, lịch công khai ghi là chậm.",
    )
    expected_kind = models.PositiveSmallIntegerField(
        "loại kỳ phải công khai", choices=periods.Kind, default=periods.Kind.MONTH
    )
    expected_rule = models.CharField(
        "cách tính kỳ phải công khai",
        max_length=10,
        choices=periods.Rule,
        default=periods.Rule.REPORTING,
    )
    last_day = models.DateField(
        "thôi công khai sau ngày",
        null=True,
        blank=True,
        help_text=(
            "Để trống khi còn công khai đều. Đơn vị đã sáp nhập thì ghi ngày cuối cùng: lịch "
            "công khai không đòi những kỳ kết thúc sau ngày này."
        ),
    )
    office_name = models.CharField(
        "nơi tiếp nhận hồ sơ",
        max_length=160,
        default="Bộ phận Tiếp nhận và trả kết quả (một cửa)",
    )
    office_phone = models.CharField(
        "điện thoại nơi tiếp nhận",
        max_length=30,
        blank=True,
        help_text="Để trống thì dùng số điện thoại của đơn vị.",
    )
    office_hours = models.CharField(
        "giờ tiếp nhận",
        max_length=200,
        blank=True,
        help_text="Để trống thì dùng giờ làm việc của đơn vị.",
    )

    class Meta:
        verbose_name = "cài đặt TTHC"
        verbose_name_plural = "cài đặt TTHC"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="procedure_settings_single"),
            models.CheckConstraint(
                condition=Q(procedure_link__regex=WEB_ADDRESS)
                & Q(dossier_link__regex=WEB_ADDRESS),
                name="procedure_settings_links_are_web",
            ),
        ]

    def __str__(self):
        return "Cài đặt TTHC"

    @classmethod
    def current(cls):
        """Return the commune's choices, or the defaults before it has made any."""
        return cls.objects.first() or cls(pk=1)

    def procedure_url(self, procedure):
        """Return where the national portal describes `procedure`."""
        return procedure.national_url or _filled(self.procedure_link, procedure.code)

    def dossier_url(self, code=""):
        """Return where the national portal shows the dossier `code`, or asks for one."""
        return _filled(self.dossier_link, code)


def _filled(link, code):
    return link.replace("{code}", quote(code, safe=""))
