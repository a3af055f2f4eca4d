"""Who the site speaks for: data, never code, since communes are renamed and merged."""

from django.db import models


class UnitType(models.TextChoices):
    COMMUNE = "xa", "xã"
    WARD = "phuong", "phường"
    TOWNSHIP = "thi-tran", "thị trấn"
    SPECIAL_ZONE = "dac-khu", "đặc khu"


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
    phone = models.CharField("điện thoại", max_length=30, blank=True)
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
    successor_url = models.URLField("trang của đơn vị kế tục", blank=True)
    is_demo = models.BooleanField("là trang mẫu", default=False, editable=False)

    class Meta:
        verbose_name = "thông tin đơn vị"
        verbose_name_plural = "thông tin đơn vị"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="identity_is_single")
        ]

    def __str__(self):
        return f"{self.get_unit_type_display()} {self.name}"
