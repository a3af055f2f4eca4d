"""Results of administrative procedures: periods, their editions, the figures of each.

A period is what readers address; an edition is one version of its figures. `head` is the
edition that staff work on, `approved` the one that readers see. An approved edition and its
rows are never changed again (triggers); a correction is the next edition.
"""

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Sum
from django.db.models.functions import Cast, Coalesce, Left
from django.urls import reverse
from django.utils import timezone

from portal.models import Attachment
from procedures import durations, periods
from procedures.figures import STORED, DerivedFigures, Figures
from procedures.models.catalogue import Procedure
from procedures.models.fields import Field

# Three summed figures stay far below what an integer column holds.
_MOST_DOSSIERS = 999_999
_DAYS_REVERSED = "Ngày đầu kỳ phải trước hoặc trùng ngày cuối kỳ."


class PeriodStatus(models.TextChoices):
    """What readers get: nothing yet, the approved edition, or 410 with the reason."""

    DRAFT = "nhap", "Chưa công khai"
    PUBLISHED = "cong-khai", "Đã công khai"
    REMOVED = "go", "Đã gỡ"


class Stage(models.TextChoices):
    """How far the edition in hand has come."""

    DRAFT = "dang-nhap", "Đang nhập"
    SUBMITTED = "cho-duyet", "Chờ duyệt"
    RETURNED = "tra-lai", "Trả lại để sửa"
    APPROVED = "da-duyet", "Đã duyệt"


class Source(models.TextChoices):
    """Where the figures of an edition come from; the public page says so."""

    MANUAL = "nhap-tay", "Nhập tay theo Biểu II.06a"
    FORM = "bieu", "Nhập từ tệp Biểu II.06a"
    DOSSIERS = "ho-so", "Tính từ danh sách hồ sơ"


class OverdueReason(models.TextChoices):
    """Why dossiers were late: a fixed list, so that no free text names anybody."""

    COORDINATION = "phoi-hop", "Chờ ý kiến, phối hợp của cơ quan khác"
    VERIFICATION = "xac-minh", "Phải xác minh, đo đạc thực địa"
    MORE_PAPERS = "bo-sung", "Hồ sơ phải bổ sung, chỉnh sửa"
    WORKLOAD = "qua-tai", "Nhiều hồ sơ cùng lúc, thiếu người giải quyết"
    SYSTEM = "he-thong", "Phần mềm, đường truyền gặp sự cố"
    RULES = "quy-dinh", "Quy định, hướng dẫn thay đổi hoặc chưa rõ"
    DISASTER = "thien-tai", "Thiên tai, dịch bệnh"
    OTHER = "khac", "Nguyên nhân khác"


class PeriodQuerySet(models.QuerySet):
    def published(self):
        """Return the periods that readers may see."""
        return self.filter(status=PeriodStatus.PUBLISHED)

    def known_to_readers(self):
        """Return the periods that readers see, or once saw and are told of."""
        return self.exclude(status=PeriodStatus.DRAFT)

    def newest(self):
        """Put the latest end first, months before longer periods.

        It is the model's own order too, which Django drops from sums such as `with_totals()`.
        """
        return self.order_by(*Period._meta.ordering)

    def newest_published(self, number):
        """Return at most `number` published periods, the newest first."""
        return self.published().newest()[:number]

    def removed(self):
        """Return the periods that readers are told were taken away."""
        return self.filter(status=PeriodStatus.REMOVED)

    def awaiting_approval(self):
        """Return the periods whose edition in hand waits for an approver."""
        return self.filter(stage=Stage.SUBMITTED)

    def unfinished(self):
        """Return the periods whose edition in hand is still with the clerk."""
        return self.filter(stage__in=(Stage.DRAFT, Stage.RETURNED))

    def with_totals(self, edition="approved"):
        """Add what `Period.totals` needs, summed by the database.

        `edition` is "approved", what readers see, or "head", what staff have in hand.
        """
        return self.annotate(
            **{
                f"total_{key}": Coalesce(Sum(f"{edition}__sheets__{key}"), 0)
                for key in STORED
            }
        )

    def latest_month(self):
        """Return the month that ends last, public or not, or None."""
        return self.filter(kind=periods.Kind.MONTH).order_by("-ends_on").first()

    def of_series(self, *, kind, rule):
        """Return the periods that follow one another: one kind under one rule."""
        return self.filter(kind=kind, rule=rule)

    def before(self, period):
        """Return the earlier periods of the same series, the latest first.

        `period` may be unsaved; without days nothing comes before it.
        """
        return (
            self.of_series(kind=period.kind, rule=period.rule)
            .filter(ends_on__lt=period.starts_on or date.min)
            .order_by("-ends_on")
        )

    def after(self, period):
        """Return the later periods of the same series, the earliest first."""
        return (
            self.of_series(kind=period.kind, rule=period.rule)
            .filter(starts_on__gt=period.ends_on)
            .order_by("starts_on")
        )


class Period(models.Model):
    """A reporting period with its own first and last day, and whether it is public."""

    code = models.CharField(
        "mã kỳ",
        max_length=12,
        unique=True,
        help_text=(
            "Năm và phần của năm: 2024-T01 (tháng 1), 2024-Q1 (quý I), 2024-6T (6 tháng đầu năm), "
            "2024-9T, 2024-N (cả năm). Mã cũng là địa chỉ của trang kết quả."
        ),
    )
    kind = models.PositiveSmallIntegerField(
        "loại kỳ", choices=periods.Kind, default=periods.Kind.MONTH
    )
    rule = models.CharField(
        "cách tính kỳ",
        max_length=10,
        choices=periods.Rule,
        default=periods.Rule.REPORTING,
        help_text=(
            "Kỳ báo cáo theo Thông tư 01/2020/TT-VPCP tính từ ngày 15 tháng trước đến ngày 14; "
            "tháng dương lịch tính từ ngày 01 đến ngày cuối tháng."
        ),
    )
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    status = models.CharField(
        "tình trạng",
        max_length=10,
        choices=PeriodStatus,
        default=PeriodStatus.DRAFT,
        editable=False,
    )
    stage = models.CharField(
        "bản đang làm", max_length=10, choices=Stage, default=Stage.DRAFT, editable=False
    )
    head = models.ForeignKey(
        "PeriodEdition",
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="bản đang làm",
        related_name="+",
    )
    approved = models.ForeignKey(
        "PeriodEdition",
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="bản người dân xem",
        related_name="+",
    )
    published_at = models.DateTimeField("công khai lúc", null=True, editable=False)
    submitted_at = models.DateTimeField("gửi duyệt lúc", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người gửi duyệt",
        related_name="+",
    )
    remark = models.TextField("vì sao trả lại", max_length=1000, blank=True, editable=False)
    removed_at = models.DateTimeField("gỡ lúc", null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người gỡ",
        related_name="+",
    )
    removal_reason = models.CharField(
        "lý do gỡ", max_length=300, blank=True, editable=False
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "kỳ kết quả TTHC"
        verbose_name_plural = "kỳ kết quả TTHC"
        ordering = ["-ends_on", "kind"]
        permissions = [("publish_period", "Công khai và gỡ kỳ kết quả TTHC")]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=f"^{periods.CODE_REGEX}$"),
                name="period_code_is_valid",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=periods.Kind.MONTH, code__regex="^[0-9]{4}-T")
                    | Q(kind=periods.Kind.QUARTER, code__regex="^[0-9]{4}-Q")
                    | Q(kind=periods.Kind.HALF_YEAR, code__regex="^[0-9]{4}-6T")
                    | Q(kind=periods.Kind.NINE_MONTHS, code__regex="^[0-9]{4}-9T")
                    | Q(kind=periods.Kind.YEAR, code__regex="^[0-9]{4}-N")
                ),
                name="period_kind_matches_code",
                violation_error_message="Loại kỳ không khớp với mã kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(rule=periods.Rule.CALENDAR)
                | ~Q(code__endswith=periods.CALENDAR_SUFFIX),
                name="period_suffix_is_calendar",
                violation_error_message=(
                    "Đuôi -DL chỉ dùng cho kỳ tính theo tháng dương lịch."
                ),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="period_starts_before_it_ends",
                violation_error_message=_DAYS_REVERSED,
            ),
            models.CheckConstraint(
                condition=Q(ends_on__year=Cast(Left("code", 4), IntegerField())),
                name="period_ends_in_its_year",
                violation_error_message="Ngày cuối kỳ phải thuộc năm ghi trong mã kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(status=PeriodStatus.DRAFT, approved=None, published_at=None)
                | Q(
                    status__in=(PeriodStatus.PUBLISHED, PeriodStatus.REMOVED),
                    approved__isnull=False,
                    published_at__isnull=False,
                ),
                name="period_public_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(status=PeriodStatus.REMOVED, removed_at__isnull=False)
                & ~Q(removal_reason="")
                | ~Q(status=PeriodStatus.REMOVED)
                & Q(removed_at=None, removed_by=None, removal_reason=""),
                name="period_removal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.APPROVED, head=F("approved"), head__isnull=False)
                | Q(stage__in=(Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED))
                & (Q(approved=None) | Q(head__isnull=False) & ~Q(head=F("approved"))),
                name="period_stage_is_of_head",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.SUBMITTED) | Q(submitted_at__isnull=False),
                name="period_submitted_has_moment",
            ),
            ExclusionConstraint(
                name="period_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("rule", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=(
                    "Khoảng ngày trùng với một kỳ khác cùng loại và cùng cách tính."
                ),
            ),
        ]

    def __str__(self):
        # The page of a form with mistakes asks this of a period without its days.
        return self.label if self.starts_on and self.ends_on else self.code

    def get_absolute_url(self):
        return reverse("procedures:period", args=[self.code])

    def validate_constraints(self, exclude=None):
        """Refuse reversed days first: Postgres cannot even ask whether their range overlaps."""
        if self.starts_on and self.ends_on and self.starts_on > self.ends_on:
            raise ValidationError(_DAYS_REVERSED)
        super().validate_constraints(exclude=exclude)

    @property
    def label(self):
        """The name readers see: "Tháng 01/2024 (15/12/2023–14/01/2024)", "Quý I/2024"."""
        return periods.label(periods.parse(self.code), self.starts_on, self.ends_on)

    @property
    def name(self):
        """The short name without days: "Tháng 01/2024"."""
        return periods.parse(self.code).name

    @property
    def year(self):
        """The year that the code names; a constraint keeps the last day in it."""
        return self.ends_on.year

    @property
    def is_published(self):
        return self.status == PeriodStatus.PUBLISHED

    @property
    def totals(self):
        """The totals row, for a period that was read `with_totals()`."""
        return Figures(**{key: getattr(self, f"total_{key}") for key in STORED})


class PeriodEditionQuerySet(models.QuerySet):
    def approved(self):
        """Return the editions that readers saw at some time, the newest first."""
        return self.filter(approved_at__isnull=False).order_by("-number")


class PeriodEdition(models.Model):
    """One version of a period's figures, with what is said about them."""

    period = models.ForeignKey(
        Period, models.CASCADE, verbose_name="kỳ", related_name="editions"
    )
    number = models.PositiveSmallIntegerField("bản số")
    # Grows with each save, so that nobody overwrites or approves what he has not read.
    revision = models.PositiveIntegerField(default=0)
    source = models.CharField(
        "nguồn số liệu", max_length=10, choices=Source, default=Source.MANUAL
    )
    run = models.ForeignKey(
        "ImportRun",
        models.PROTECT,
        null=True,
        verbose_name="lần nhập tệp",
        related_name="editions",
    )
    note = models.TextField(
        "ghi chú công khai",
        max_length=1000,
        blank=True,
        help_text="Điều người đọc cần biết về số liệu của kỳ này. Không ghi tên người nộp hồ sơ.",
    )
    correction_note = models.CharField(
        "nội dung đính chính",
        max_length=600,
        blank=True,
        help_text="Đã sửa số liệu nào và vì sao. Người dân đọc được câu này.",
    )
    report_number = models.CharField(
        "số báo cáo", max_length=60, blank=True, help_text="Ví dụ: 12/BC-UBND."
    )
    signer = models.CharField("người ký", max_length=80, blank=True)
    signer_position = models.CharField(
        "chức vụ người ký", max_length=80, blank=True, help_text="Ví dụ: Chủ tịch UBND xã."
    )
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    signed_file = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="bản có chữ ký (PDF)",
        related_name="+",
    )
    apology_letters = models.PositiveIntegerField(
        "số văn bản xin lỗi và đề nghị gia hạn",
        null=True,
        blank=True,
        validators=[MaxValueValidator(_MOST_DOSSIERS)],
        help_text="Để trống nếu chưa thống kê.",
    )
    as_of = models.DateField("số liệu tính đến ngày", null=True, blank=True)
    created_at = models.DateTimeField("tạo lúc", default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    updated_at = models.DateTimeField("sửa lúc", default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    override_reason = models.CharField("lý do tự duyệt", max_length=300, blank=True)

    objects = PeriodEditionQuerySet.as_manager()

    class Meta:
        verbose_name = "bản số liệu"
        verbose_name_plural = "các bản số liệu"
        ordering = ["period", "number"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["period", "number"], name="period_edition_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="period_edition_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="period_edition_source_known"
            ),
            models.CheckConstraint(
                condition=Q(source=Source.MANUAL, run=None)
                | Q(source__in=(Source.FORM, Source.DOSSIERS)),
                name="period_edition_by_hand_has_no_run",
            ),
        ]

    def __str__(self):
        return f"{self.period}, bản {self.number}"

    def get_absolute_url(self):
        return reverse("procedures:edition", args=[self.period.code, self.number])


def _figure(number, words):
    """Return the model field of one stored column of the form."""
    return models.PositiveIntegerField(
        f"({number}) {words}",
        default=0,
        validators=[MaxValueValidator(_MOST_DOSSIERS)],
        help_text=f"Cột {number} của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
    )


class FiguresQuerySet(models.QuerySet):
    def published(self):
        """Return the rows that readers see now, each with its period, the newest first."""
        return (
            self.filter(
                edition=F("edition__period__approved"),
                edition__period__status=PeriodStatus.PUBLISHED,
            )
            .select_related("edition__period")
            .order_by("-edition__period__ends_on", "edition__period__kind")
        )


class StoredFigures(DerivedFigures, models.Model):
    """The eight stored figures of a row; the database holds column 3 = column 7 + column 11."""

    received_online = _figure(4, "nhận trực tuyến trong kỳ")
    received_direct = _figure(5, "nhận trực tiếp, bưu chính trong kỳ")
    carried_over = _figure(6, "từ kỳ trước chuyển sang")
    resolved_early = _figure(8, "đã giải quyết trước hạn")
    resolved_on_time = _figure(9, "đã giải quyết đúng hạn")
    resolved_late = _figure(10, "đã giải quyết quá hạn")
    pending_in_time = _figure(12, "đang giải quyết, trong hạn")
    pending_overdue = _figure(13, "đang giải quyết, quá hạn")

    objects = FiguresQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    received_online=F("resolved_early")
                    + F("resolved_on_time")
                    + F("resolved_late")
                    + F("pending_in_time")
                    + F("pending_overdue")
                    - F("received_direct")
                    - F("carried_over")
                ),
                name="%(class)s_is_balanced",
            ),
        ]

    @property
    def figures(self):
        """The eight figures as plain data."""
        return Figures(**{key: getattr(self, key) for key in STORED})


class ResultSheet(StoredFigures):
    """One row of the form: the figures of a lĩnh vực."""

    edition = models.ForeignKey(
        PeriodEdition, models.CASCADE, verbose_name="bản số liệu", related_name="sheets"
    )
    field = models.ForeignKey(
        Field, models.PROTECT, verbose_name="lĩnh vực", related_name="sheets"
    )
    carry_over_note = models.CharField(
        "vì sao cột 6 khác kỳ trước",
        max_length=300,
        blank=True,
        help_text="Người dân đọc được câu này. Không ghi tên ai.",
    )

    class Meta(StoredFigures.Meta):
        abstract = False
        verbose_name = "dòng kết quả"
        verbose_name_plural = "bảng kết quả theo lĩnh vực"
        ordering = ["field__order", "field__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "field"],
                name="sheet_once_per_field",
                violation_error_message="Mỗi lĩnh vực chỉ có một dòng trong một kỳ.",
            ),
            *StoredFigures.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.field}: {self.received} hồ sơ"

    def validate_constraints(self, exclude=None):
        """Explain a broken identity with its numbers, which a constraint alone cannot name."""
        if set(STORED).isdisjoint(exclude or ()) and not self.is_balanced:
            field = self.field if self.field_id else "(chưa chọn)"
            raise ValidationError(
                f"Lĩnh vực {field}: cột 3 (4+5+6 = {self.received}) phải bằng "
                f"cột 7 + cột 11 (= {self.resolved + self.pending}).",
                code="unbalanced",
            )
        super().validate_constraints(exclude=exclude)


class ProcedureFigures(StoredFigures):
    """What a dossier list said of one procedure; never of a lĩnh vực with totals only."""

    edition = models.ForeignKey(
        PeriodEdition, models.CASCADE, related_name="procedure_figures"
    )
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="figures")

    class Meta(StoredFigures.Meta):
        abstract = False
        verbose_name = "số liệu theo thủ tục"
        verbose_name_plural = "số liệu theo thủ tục"
        ordering = ["procedure__field__order", "procedure__name"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "procedure"], name="procedure_figures_once"
            ),
            *StoredFigures.Meta.constraints,
        ]

    def __str__(self):
        return f"{self.procedure}: {self.received} hồ sơ"


class ResolutionTime(models.Model):
    """How many dossiers of a row were resolved within so many working days."""

    sheet = models.ForeignKey(ResultSheet, models.CASCADE, related_name="times")
    bucket = models.PositiveSmallIntegerField(choices=durations.Bucket)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = "thời gian giải quyết"
        verbose_name_plural = "thời gian giải quyết"
        ordering = ["bucket"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "bucket"], name="resolution_time_once"
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0), name="resolution_time_counts_something"
            ),
        ]

    def __str__(self):
        return f"{self.get_bucket_display()}: {self.count}"


class OverdueCount(models.Model):
    """How many late dossiers of a period had one reason."""

    edition = models.ForeignKey(
        PeriodEdition, models.CASCADE, related_name="overdue_counts"
    )
    reason = models.CharField("nguyên nhân", max_length=10, choices=OverdueReason)
    count = models.PositiveIntegerField(
        "số hồ sơ", validators=[MaxValueValidator(_MOST_DOSSIERS)]
    )

    class Meta:
        verbose_name = "nguyên nhân quá hạn"
        verbose_name_plural = "nguyên nhân quá hạn"
        ordering = ["-count", "reason"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "reason"], name="overdue_reason_once"
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0), name="overdue_reason_counts_something"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=OverdueReason.values), name="overdue_reason_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_reason_display()}: {self.count}"
