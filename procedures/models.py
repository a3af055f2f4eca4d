"""Results of administrative procedures (TTHC): lĩnh vực, periods, result sheets."""

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

from procedures import periods
from procedures.figures import STORED, DerivedFigures, Figures

# Three summed figures stay far below what an integer column holds.
_MOST_DOSSIERS = 999_999
_DAYS_REVERSED = "Ngày đầu kỳ phải trước hoặc trùng ngày cuối kỳ."


class Field(models.Model):
    """A lĩnh vực: the area of administration that the form has one row for."""

    name = models.CharField(
        "tên lĩnh vực",
        max_length=160,
        unique=True,
        help_text="Viết như trong danh mục thủ tục hành chính đã công bố: Hộ tịch, Chứng thực…",
    )
    slug = models.SlugField(
        "tên trong địa chỉ",
        max_length=80,
        unique=True,
        blank=True,
        help_text="Chữ thường không dấu. Để trống thì hệ thống tự đặt theo tên.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước trong bảng kết quả."
    )
    totals_only = models.BooleanField(
        "chỉ số tổng",
        default=False,
        help_text=(
            "Đánh dấu cho hộ tịch, nuôi con nuôi, bảo trợ xã hội, khiếu nại, tố cáo: chỉ công "
            "khai số tổng của lĩnh vực, không công khai từng hồ sơ hay từng thủ tục."
        ),
    )

    class Meta:
        verbose_name = "lĩnh vực"
        verbose_name_plural = "lĩnh vực"
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="field_slug_is_set")
        ]

    def __str__(self):
        return self.name


class PeriodStatus(models.TextChoices):
    DRAFT = "nhap", "Chưa công khai"
    PUBLISHED = "cong-khai", "Đã công khai"


class PeriodQuerySet(models.QuerySet):
    def published(self):
        """Return the periods that readers may see."""
        return self.filter(status=PeriodStatus.PUBLISHED)

    def newest(self):
        """Put the latest end first, months before longer periods.

        It is the model's own order too, which Django drops from sums such as `with_totals()`.
        """
        return self.order_by(*Period._meta.ordering)

    def newest_published(self, number):
        """Return at most `number` published periods, the newest first."""
        return self.published().newest()[:number]

    def with_totals(self):
        """Add what `Period.totals` needs, summed over the rows by the database."""
        return self.annotate(
            **{f"total_{key}": Coalesce(Sum(f"sheets__{key}"), 0) for key in STORED}
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
    published_at = models.DateTimeField("công khai lúc", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người công khai",
        related_name="+",
    )
    note = models.TextField(
        "ghi chú công khai",
        max_length=1000,
        blank=True,
        help_text="Điều người đọc cần biết về số liệu của kỳ này. Không ghi tên người nộp hồ sơ.",
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
                condition=(
                    Q(status=PeriodStatus.DRAFT, published_at=None, published_by=None)
                    | Q(status=PeriodStatus.PUBLISHED, published_at__isnull=False)
                ),
                name="period_published_has_time",
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


def _figure(number, words):
    """Return the model field of one stored column of the form."""
    return models.PositiveIntegerField(
        f"({number}) {words}",
        default=0,
        validators=[MaxValueValidator(_MOST_DOSSIERS)],
        help_text=f"Cột {number} của Biểu II.06a/VPCP/KSTT, tính bằng hồ sơ.",
    )


class ResultSheet(DerivedFigures, models.Model):
    """One row of a period's form: the eight figures of a lĩnh vực."""

    period = models.ForeignKey(
        Period, models.CASCADE, verbose_name="kỳ", related_name="sheets"
    )
    field = models.ForeignKey(
        Field, models.PROTECT, verbose_name="lĩnh vực", related_name="sheets"
    )
    received_online = _figure(4, "nhận trực tuyến trong kỳ")
    received_direct = _figure(5, "nhận trực tiếp, bưu chính trong kỳ")
    carried_over = _figure(6, "từ kỳ trước chuyển sang")
    resolved_early = _figure(8, "đã giải quyết trước hạn")
    resolved_on_time = _figure(9, "đã giải quyết đúng hạn")
    resolved_late = _figure(10, "đã giải quyết quá hạn")
    pending_in_time = _figure(12, "đang giải quyết, trong hạn")
    pending_overdue = _figure(13, "đang giải quyết, quá hạn")

    class Meta:
        verbose_name = "dòng kết quả"
        verbose_name_plural = "bảng kết quả theo lĩnh vực"
        ordering = ["field__order", "field__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "field"],
                name="sheet_once_per_field",
                violation_error_message="Mỗi lĩnh vực chỉ có một dòng trong một kỳ.",
            ),
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
                name="sheet_is_balanced",
            ),
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
