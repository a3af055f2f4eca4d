"""Who the site speaks for: data, never code, since communes are renamed and merged."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from portal.directory import WEB_ADDRESS, validate_web_address
from portal.phone import tel_uri, validate_phone

SITE = "Trang thông tin điện tử"


class UnitType(models.TextChoices):
    COMMUNE = "xa", "xã"
    WARD = "phuong", "phường"
    TOWNSHIP = "thi-tran", "thị trấn"
    SPECIAL_ZONE = "dac-khu", "đặc khu"


class IdentityQuerySet(models.QuerySet):
    def current(self):
        """Return the unit with its images, or an unsaved blank one before it is entered."""
        return (
            self.select_related("emblem", "banner", "map_picture").first() or self.model()
        )


class Identity(models.Model):
    """The unit that runs this site (a single row, id 1)."""

    unit_type = models.CharField(
        "loại đơn vị", max_length=10, choices=UnitType, default=UnitType.COMMUNE
    )
    name = models.CharField(
        "tên đơn vị", max_length=80, help_text="Chỉ tên riêng: Đông Thanh."
    )
    district = models.CharField(
        "thuộc huyện, thành phố",
        max_length=80,
        blank=True,
        help_text="Viết đủ: huyện Đông Sơn. Để trống nếu trực thuộc tỉnh.",
    )
    province = models.CharField(
        "thuộc tỉnh", max_length=80, help_text="Viết đủ: tỉnh Thanh Hóa."
    )
    official_code = models.CharField("mã đơn vị hành chính", max_length=20, blank=True)
    governing_body = models.CharField("cơ quan chủ quản", max_length=160)
    address = models.CharField("địa chỉ trụ sở", max_length=240)
    phone = models.CharField(
        "điện thoại", max_length=30, blank=True, validators=[validate_phone]
    )
    email = models.EmailField("thư điện tử", blank=True)
    working_hours = models.CharField("giờ làm việc", max_length=200, blank=True)
    responsible_person = models.CharField(
        "người chịu trách nhiệm nội dung", max_length=160, blank=True
    )
    welcome_override = models.CharField(
        "câu chào riêng",
        max_length=240,
        blank=True,
        help_text="Để trống thì hệ thống tự ghép từ tên đơn vị.",
    )
    emblem = models.ForeignKey(
        "portal.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="biểu trưng",
        related_name="+",
    )
    banner = models.ForeignKey(
        "portal.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="ảnh đầu trang",
        related_name="+",
    )
    history_note = models.TextField(
        "đơn vị trước và sau khi sắp xếp",
        blank=True,
        help_text="Ví dụ: từ 01/7/2025 xã trở thành một phần của phường Đông Tiến.",
    )
    map_picture = models.ForeignKey(
        "portal.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="ảnh bản đồ đường đến trụ sở",
        related_name="+",
        help_text="Ảnh đơn vị tự vẽ hoặc chụp, có ghi tên đường và điểm dễ nhận ra.",
    )
    map_url = models.URLField(
        "địa chỉ bản đồ trên mạng",
        blank=True,
        validators=[validate_web_address],
        help_text="Người đọc bấm vào sẽ mở trang bản đồ; cổng không tự tải gì từ trang đó.",
    )
    directions = models.TextField(
        "chỉ đường bằng lời",
        max_length=1000,
        blank=True,
        help_text="Cho người không xem được bản đồ: đi từ đâu, qua đâu, cổng nào.",
    )
    duty_phone = models.CharField(
        "điện thoại trực ngoài giờ",
        max_length=30,
        blank=True,
        validators=[validate_phone],
        help_text="Số của cơ quan, có người nghe cả khi trụ sở đóng cửa.",
    )
    successor_name = models.CharField(
        "tên đơn vị kế tục",
        max_length=160,
        blank=True,
        help_text="Viết đủ: phường Đông Tiến, tỉnh Thanh Hóa.",
    )
    successor_url = models.URLField(
        "trang của đơn vị kế tục", blank=True, validators=[validate_web_address]
    )
    # Switched in portal/successor.py, never by the form of the unit.
    is_retired = models.BooleanField("đã ngừng cập nhật", default=False, editable=False)
    retired_on = models.DateField("ngừng cập nhật từ ngày", null=True, editable=False)
    is_demo = models.BooleanField("là trang mẫu", default=False, editable=False)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = "thông tin đơn vị"
        verbose_name_plural = "thông tin đơn vị"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="identity_is_single",
                violation_error_message="Cổng chỉ có một bản thông tin đơn vị.",
            ),
            models.CheckConstraint(
                condition=models.Q(unit_type__in=UnitType.values),
                name="identity_unit_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(successor_url="")
                | models.Q(successor_url__iregex=WEB_ADDRESS),
                name="identity_successor_is_http",
                violation_error_message="Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            ),
            models.CheckConstraint(
                condition=models.Q(map_url="") | models.Q(map_url__iregex=WEB_ADDRESS),
                name="identity_map_is_http",
                violation_error_message="Địa chỉ phải bắt đầu bằng https:// hoặc http://.",
            ),
            models.CheckConstraint(
                condition=models.Q(is_retired=False, retired_on=None)
                | models.Q(is_retired=True, retired_on__isnull=False)
                & ~models.Q(successor_name="")
                & ~models.Q(successor_url=""),
                name="identity_retired_names_successor",
                violation_error_message=(
                    "Trang ngừng cập nhật phải có tên và địa chỉ trang của đơn vị kế tục."
                ),
            ),
        ]

    def __str__(self):
        return self.full_name

    def clean(self):
        """Refuse a proper name that repeats the type, which every heading would double."""
        type_label = UnitType(self.unit_type).label if self.unit_type in UnitType else ""
        if type_label and self.name.casefold().startswith(f"{type_label} "):
            raise ValidationError(
                {
                    "name": f"Chỉ ghi tên riêng; chữ “{type_label}” đã có ở ô loại đơn vị "
                    "và sẽ được tự ghép vào."
                },
                code="type_in_name",
            )

    @property
    def full_name(self):
        """Return type and name: "Xã Đông Thanh"; before it is entered, what every site is."""
        return (
            capfirst(f"{self.get_unit_type_display()} {self.name}") if self.name else SITE
        )

    @property
    def place(self):
        """Return the unit and what it belongs to: "Xã … - Huyện … - Tỉnh …"; "" if unknown."""
        parts = (self.full_name, self.district, self.province) if self.name else ()
        return " - ".join(capfirst(part) for part in parts if part)

    @property
    def welcome(self):
        """Return the sentence of the page's head; an override replaces the built one."""
        built = f"Chào mừng bạn đến với {SITE} {self.place}".rstrip()
        return self.welcome_override or built

    @property
    def phone_link(self):
        """Return the `tel:` address of the office, or "" without one."""
        return tel_uri(self.phone)

    @property
    def duty_phone_link(self):
        """Return the `tel:` address of the phone that is answered out of hours, or ""."""
        return tel_uri(self.duty_phone)


def current() -> Identity:
    """Return the unit that runs this site; see `IdentityQuerySet.current`."""
    return Identity.objects.current()
