"""The catalogue: what a citizen can ask the commune for, and what it takes.

Unknown stays unknown: a time or fee that nobody has stated is NULL, never 0.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.models import Attachment, LegalBasis
from procedures.models.fields import Field

# National code, then what a province may append: 1.013978.H36, 1.004616.000.00.00.H56
CODE_REGEX = r"[1-9]\.[0-9]{6}(?:\.[0-9A-Z]{1,6}){0,4}"


class ProcedureStatus(models.TextChoices):
    EFFECTIVE = "con-hieu-luc", "Còn hiệu lực"
    AMENDED = "sua-doi", "Được sửa đổi, bổ sung"
    REPLACED = "thay-the", "Được thay thế"
    ABOLISHED = "bai-bo", "Bị bãi bỏ"


IN_FORCE = (ProcedureStatus.EFFECTIVE, ProcedureStatus.AMENDED)


class Channel(models.IntegerChoices):
    """How a dossier comes in, by the numbers of the national portal."""

    DIRECT = 1, "Trực tiếp"
    ONLINE = 2, "Trực tuyến"
    POST = 3, "Bưu chính công ích"


class TimeUnit(models.TextChoices):
    WORKING_DAYS = "ngay-lam-viec", "ngày làm việc"
    DAYS = "ngay", "ngày"
    HOURS = "gio", "giờ"


class ProcedureQuerySet(models.QuerySet):
    def in_force(self):
        """Return the procedures that a citizen can use."""
        return self.filter(status__in=IN_FORCE)

    def reviewed(self):
        """Return those whose time, fee, papers and steps an officer has confirmed."""
        return self.filter(reviewed_at__isnull=False)

    def unreviewed(self):
        """Return those of which only code, name, lĩnh vực and status are public."""
        return self.filter(reviewed_at=None)

    def common(self):
        """Return the procedures in force that the commune calls "hay dùng"."""
        return self.in_force().filter(is_common=True)


class Procedure(models.Model):
    """An administrative procedure, as the catalogue that was published names it."""

    code = models.CharField(
        "mã thủ tục",
        max_length=40,
        unique=True,
        help_text="Mã trên Cổng Dịch vụ công quốc gia, ví dụ 1.001193; có thể kèm đuôi địa phương.",
    )
    name = models.CharField("tên thủ tục", max_length=1200)
    field = models.ForeignKey(
        Field, models.PROTECT, verbose_name="lĩnh vực", related_name="procedures"
    )
    also_known_as = models.TextField(
        "người dân hay gọi",
        max_length=600,
        blank=True,
        help_text="Mỗi dòng một cách gọi, ví dụ: giấy khai sinh. Dùng để tìm kiếm.",
    )
    level = models.CharField("cấp thực hiện", max_length=120, blank=True)
    status = models.CharField(
        "tình trạng",
        max_length=12,
        choices=ProcedureStatus,
        default=ProcedureStatus.EFFECTIVE,
    )
    effective_on = models.DateField("có hiệu lực từ", null=True, blank=True)
    ended_on = models.DateField("hết hiệu lực từ", null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="được thay bằng",
        related_name="predecessors",
    )
    decision = models.CharField("quyết định công bố", max_length=120, blank=True)
    decision_on = models.DateField("ngày quyết định", null=True, blank=True)
    handled_by = models.CharField("cơ quan giải quyết", max_length=200, blank=True)
    result = models.CharField(
        "kết quả nhận được", max_length=400, blank=True, help_text="Ví dụ: Giấy khai sinh."
    )
    where_to_submit = models.CharField(
        "nơi nộp hồ sơ",
        max_length=300,
        blank=True,
        help_text="Để trống nếu nộp tại bộ phận một cửa của xã.",
    )
    contact_phone = models.CharField(
        "điện thoại hướng dẫn",
        max_length=30,
        blank=True,
        help_text="Để trống thì dùng số của bộ phận một cửa.",
    )
    national_url = models.URLField(
        "trang trên Cổng Dịch vụ công quốc gia",
        max_length=400,
        blank=True,
        help_text="Để trống thì dùng mẫu liên kết trong phần Cài đặt TTHC.",
    )
    legal_bases = models.ManyToManyField(
        LegalBasis, blank=True, verbose_name="căn cứ pháp lý", related_name="procedures"
    )
    is_common = models.BooleanField("hay dùng", default=False)
    is_core = models.BooleanField(
        "thủ tục chính của cấp xã", default=False, help_text="Theo nguồn của danh mục."
    )
    source = models.CharField("nguồn", max_length=400, blank=True)
    source_via = models.CharField("lấy qua", max_length=400, blank=True)
    confidence = models.CharField("độ tin cậy của nguồn", max_length=40, blank=True)
    caveat = models.TextField("điều cần lưu ý về nguồn", max_length=1000, blank=True)
    reviewed_at = models.DateTimeField("rà soát lúc", null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người rà soát",
        related_name="+",
    )
    updated_at = models.DateTimeField("sửa lần cuối", auto_now=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = "thủ tục hành chính"
        verbose_name_plural = "danh mục thủ tục"
        ordering = ["field__order", "field__name", "code"]
        permissions = [("review_procedure", "Xác nhận đã rà soát thủ tục hành chính")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=f"^{CODE_REGEX}$"),
                name="procedure_code_is_valid",
                violation_error_message="Mã thủ tục phải có dạng 1.001193 hoặc 1.001193.H56.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="procedure_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=ProcedureStatus.values),
                name="procedure_status_known",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None)
                | Q(status__in=(ProcedureStatus.REPLACED, ProcedureStatus.ABOLISHED))
                & ~Q(replaced_by=F("pk")),
                name="procedure_successor_of_ended",
                violation_error_message=(
                    "Chỉ thủ tục bị thay thế hoặc bãi bỏ mới có thủ tục thay bằng, và không "
                    "thể tự thay chính nó."
                ),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None)
                | Q(reviewed_at__isnull=False),
                name="procedure_reviewer_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None)
                | Q(effective_on=None)
                | Q(ended_on__gte=F("effective_on")),
                name="procedure_ends_after_it_begins",
                violation_error_message="Ngày hết hiệu lực phải sau ngày có hiệu lực.",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    def get_absolute_url(self):
        return reverse("catalogue:procedure", args=[self.code])

    @property
    def is_reviewed(self):
        return self.reviewed_at is not None

    @property
    def is_in_force(self):
        return self.status in IN_FORCE


class ProcedureChannel(models.Model):
    """What a procedure takes when it is asked for in one way: time and fee."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="channels")
    channel = models.PositiveSmallIntegerField("cách nộp", choices=Channel)
    amount = models.DecimalField(
        "thời hạn",
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="Để trống nếu chưa biết.",
    )
    unit = models.CharField(
        "đơn vị", max_length=14, choices=TimeUnit, default=TimeUnit.WORKING_DAYS
    )
    time_note = models.CharField(
        "ghi chú thời hạn",
        max_length=400,
        blank=True,
        help_text="Ví dụ: nhận sau 15 giờ thì trả vào ngày làm việc tiếp theo.",
    )
    fee = models.PositiveIntegerField(
        "phí, lệ phí (đồng)",
        null=True,
        blank=True,
        help_text="0 là miễn phí. Để trống nếu chưa biết.",
    )
    fee_note = models.CharField("ghi chú phí", max_length=400, blank=True)

    class Meta:
        verbose_name = "cách nộp"
        verbose_name_plural = "thời hạn và phí theo cách nộp"
        ordering = ["channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "channel"],
                name="procedure_channel_once",
                violation_error_message="Mỗi cách nộp chỉ ghi một dòng.",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="procedure_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0),
                name="procedure_time_is_positive",
                violation_error_message="Thời hạn phải lớn hơn 0; chưa biết thì để trống.",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=TimeUnit.values), name="procedure_time_unit_known"
            ),
        ]

    def __str__(self):
        return self.get_channel_display()


class RequiredPaper(models.Model):
    """One paper that the dossier must hold."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="papers")
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    case = models.CharField(
        "trường hợp",
        max_length=200,
        blank=True,
        help_text="Để trống nếu ai cũng phải nộp giấy này.",
    )
    name = models.CharField("giấy tờ", max_length=600)
    originals = models.PositiveSmallIntegerField("số bản chính", null=True, blank=True)
    copies = models.PositiveSmallIntegerField("số bản sao", null=True, blank=True)
    note = models.CharField("ghi chú", max_length=400, blank=True)

    class Meta:
        verbose_name = "giấy tờ phải nộp"
        verbose_name_plural = "giấy tờ phải nộp"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class ProcedureStep(models.Model):
    """One step, from the citizen's side."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    text = models.TextField("việc cần làm", max_length=1500)

    class Meta:
        verbose_name = "bước thực hiện"
        verbose_name_plural = "các bước thực hiện"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text[:80]


class ProcedureForm(models.Model):
    """A form to download and fill in."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="forms")
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    title = models.CharField("tên mẫu", max_length=300)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, verbose_name="tệp", related_name="+"
    )

    class Meta:
        verbose_name = "mẫu đơn, tờ khai"
        verbose_name_plural = "mẫu đơn, tờ khai"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title
