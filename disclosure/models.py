"""What the commune must publish by law, and each time that it has to."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from disclosure.calendar import Cadence, name_of
from portal.models import Attachment, LegalBasis
from portal.places import Place

__all__ = ["Cadence", "Duty", "Occurrence", "Outcome"]

_LONGEST_WAIT = 366  # days from the end of a period to its last day


_BY_PERIOD = (Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.HALF_YEARLY)


class DutyQuerySet(models.QuerySet):
    def in_use(self):
        """Return the duties that the commune keeps: shown and confirmed by an officer.

        Only these have periods, reminders and a place on the public page.
        """
        return self.filter(is_shown=True, reviewed_at__isnull=False)

    def not_in_use(self):
        """Return those that nobody has compared with the law yet, and those that are hidden."""
        return self.exclude(is_shown=True, reviewed_at__isnull=False)


class Duty(models.Model):
    """Something that is to be published, by which law, how often and by whom.

    Readers see it once an officer has confirmed it: what comes with the software is no law.
    """

    title = models.CharField("việc phải công khai", max_length=200)
    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    content = models.TextField(
        "cụ thể là gì",
        max_length=2000,
        blank=True,
        help_text="Nói ngắn gọn người dân sẽ đọc được những gì.",
    )
    provision = models.CharField(
        "điều khoản", max_length=160, blank=True, help_text="Ví dụ: khoản 1 Điều 11."
    )
    bases = models.ManyToManyField(
        LegalBasis, blank=True, verbose_name="căn cứ pháp lý", related_name="duties"
    )
    forms = models.CharField(
        "hình thức công khai",
        max_length=300,
        blank=True,
        help_text="Ví dụ: trang thông tin điện tử; niêm yết tại trụ sở; loa truyền thanh.",
    )
    # Where it usually stands on this site (portal/places.py).
    section_kind = models.CharField(max_length=20, blank=True, editable=False)
    section_key = models.CharField(max_length=100, blank=True, editable=False)
    owner = models.CharField(
        "người phụ trách",
        max_length=160,
        blank=True,
        help_text="Ghi chức danh, ví dụ: Công chức Tài chính – Kế toán.",
    )
    owner_account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="tài khoản nhận thư nhắc",
        related_name="+",
        help_text="Để trống thì mọi Biên tập viên đều nhận thư nhắc.",
    )
    cadence = models.CharField(
        "bao lâu một lần", max_length=10, choices=Cadence, default=Cadence.ON_EVENT
    )
    due_days = models.PositiveSmallIntegerField(
        "trong vòng (ngày)",
        null=True,
        blank=True,
        validators=[MaxValueValidator(_LONGEST_WAIT)],
        help_text="Số ngày kể từ khi kỳ kết thúc; với việc phát sinh thì kể từ ngày phát sinh.",
    )
    due_day = models.PositiveSmallIntegerField(
        "hạn vào ngày",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="Chỉ dùng cho việc hằng năm có hạn là một ngày cố định.",
    )
    due_month = models.PositiveSmallIntegerField(
        "hạn vào tháng",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    due_on = models.DateField(
        "hạn của việc một lần",
        null=True,
        blank=True,
        help_text="Chỉ dùng cho việc làm một lần.",
    )
    since = models.DateField(
        "tính từ ngày",
        null=True,
        blank=True,
        help_text="Kỳ kết thúc trước ngày này thì không tính. Để trống thì tính từ ngày rà soát.",
    )
    soon_days = models.PositiveSmallIntegerField(
        "coi là sắp đến hạn khi còn (ngày)",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    keep_days = models.PositiveIntegerField(
        "phải giữ trên cổng (ngày)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36_500)],
        help_text="Để trống nếu giữ lâu dài. Gỡ trước thời gian này thì lịch báo phải công "
        "khai lại.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField(
        "đang áp dụng",
        default=True,
        help_text="Bỏ đánh dấu thì người dân không thấy và cổng thôi nhắc.",
    )
    reviewed_at = models.DateTimeField("rà soát lúc", null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người rà soát",
        related_name="+",
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = "việc phải công khai"
        verbose_name_plural = "lịch công khai theo luật"
        ordering = ["order", "title", "pk"]
        permissions = [("review_duty", "Xác nhận đã rà soát việc phải công khai")]
        constraints = [
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="duty_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    cadence__in=[Cadence.ON_EVENT, *_BY_PERIOD],
                    due_days__isnull=False,
                    due_day=None,
                    due_month=None,
                    due_on=None,
                )
                | Q(
                    cadence=Cadence.YEARLY,
                    due_days__isnull=False,
                    due_day=None,
                    due_month=None,
                    due_on=None,
                )
                | Q(
                    cadence=Cadence.YEARLY,
                    due_days=None,
                    due_day__isnull=False,
                    due_day__range=(1, 31),
                    due_month__isnull=False,
                    due_month__range=(1, 12),
                    due_on=None,
                )
                | Q(
                    cadence=Cadence.ONCE,
                    due_days=None,
                    due_day=None,
                    due_month=None,
                    due_on__isnull=False,
                ),
                name="duty_has_one_rule_for_its_last_day",
                violation_error_message=(
                    "Hãy ghi đúng một cách tính hạn: việc một lần ghi hạn của việc một lần; việc "
                    "hằng năm ghi số ngày, hoặc ghi cả ngày và tháng; các việc khác ghi số ngày."
                ),
            ),
            models.CheckConstraint(
                condition=Q(due_days=None) | Q(due_days__lte=_LONGEST_WAIT),
                name="duty_waits_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(soon_days__range=(1, 90)), name="duty_soon_days_in_range"
            ),
            models.CheckConstraint(
                condition=Q(section_kind="", section_key="")
                | ~Q(section_kind="") & ~Q(section_key=""),
                name="duty_section_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None) | Q(since__isnull=False),
                name="duty_reviewed_has_first_day",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("disclosure:duty", args=[self.slug])

    @property
    def section(self):
        """Where it usually stands, as a `Place`, or None."""
        return Place(self.section_kind, self.section_key) if self.section_kind else None

    @property
    def is_public(self):
        """Whether readers see this duty."""
        return self.is_shown and self.reviewed_at is not None

    @property
    def rule(self):
        """When it is due, in words: "trong 10 ngày sau khi kỳ kết thúc"."""
        if self.cadence == Cadence.ONCE:
            return f"hạn {self.due_on:%d/%m/%Y}"
        if self.due_days is None:
            return f"chậm nhất ngày {self.due_day:02}/{self.due_month:02} mỗi năm"
        since = "phát sinh" if self.cadence == Cadence.ON_EVENT else "kỳ kết thúc"
        if self.due_days == 0:
            return f"ngay trong ngày {since}"
        return f"trong {self.due_days} ngày sau khi {since}"


class Outcome(models.TextChoices):
    WAITING = "cho", "Chưa ghi nhận"
    PUBLISHED = "cong-khai", "Đã công khai"
    NOTHING = "khong-phat-sinh", "Không phát sinh"


class OccurrenceQuerySet(models.QuerySet):
    def waiting(self):
        """Return those for which nothing has been recorded, the most urgent first."""
        return self.filter(outcome=Outcome.WAITING).order_by("due_on", "pk")

    def recorded(self):
        """Return those of which somebody has said how they ended."""
        return self.exclude(outcome=Outcome.WAITING)

    def in_use(self):
        """Return those of the duties that the commune keeps."""
        return self.filter(duty__in=Duty.objects.in_use())


class Occurrence(models.Model):
    """One time that a duty is due: a period of the calendar, or something that came up.

    `period` is a code of disclosure/calendar.py; what came up has a `title` instead. Where it
    was published is a page (portal/places.py) or a document.
    """

    duty = models.ForeignKey(
        Duty,
        models.CASCADE,
        verbose_name="việc phải công khai",
        related_name="occurrences",
    )
    period = models.CharField("kỳ", max_length=12, blank=True, editable=False)
    title = models.CharField("nội dung phát sinh", max_length=200, blank=True)
    due_on = models.DateField("hạn công khai")
    outcome = models.CharField(
        "kết quả", max_length=16, choices=Outcome, default=Outcome.WAITING, editable=False
    )
    published_on = models.DateField("công khai ngày", null=True, blank=True)
    page_kind = models.CharField(max_length=20, blank=True, editable=False)
    page_key = models.CharField(max_length=100, blank=True, editable=False)
    attachment = models.ForeignKey(
        Attachment,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="tài liệu",
        related_name="+",
    )
    note = models.CharField("ghi chú", max_length=300, blank=True)
    recorded_at = models.DateTimeField("ghi nhận lúc", null=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người ghi nhận",
        related_name="+",
    )
    # The number of the last reminder that was sent (disclosure/reminders.py).
    reminder = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = "lần công khai"
        verbose_name_plural = "các lần công khai"
        ordering = ["-due_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty", "period"],
                condition=~Q(period=""),
                name="occurrence_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(period="") & ~Q(title="") | ~Q(period="") & Q(title=""),
                name="occurrence_has_period_or_title",
                violation_error_message="Hãy ghi nội dung phát sinh.",
            ),
            models.CheckConstraint(
                condition=Q(page_kind="", page_key="") | ~Q(page_kind="") & ~Q(page_key=""),
                name="occurrence_page_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    outcome=Outcome.WAITING,
                    published_on=None,
                    page_kind="",
                    attachment=None,
                    recorded_at=None,
                )
                | Q(
                    outcome=Outcome.PUBLISHED,
                    published_on__isnull=False,
                    recorded_at__isnull=False,
                )
                & (
                    ~Q(page_kind="") & Q(attachment=None)
                    | Q(page_kind="") & ~Q(attachment=None)
                )
                | Q(
                    outcome=Outcome.NOTHING,
                    published_on=None,
                    page_kind="",
                    attachment=None,
                    recorded_at__isnull=False,
                )
                & ~Q(note=""),
                name="occurrence_outcome_is_whole",
                violation_error_message=(
                    "Đã công khai thì phải có ngày và đúng một nơi đọc; không phát sinh thì phải "
                    "có ghi chú."
                ),
            ),
        ]
        indexes = [models.Index(F("duty"), F("due_on").desc(), name="occurrence_by_duty")]

    def __str__(self):
        return f"{self.duty}: {self.name}"

    @property
    def page(self):
        """The page on which it was published, as a `Place`, or None."""
        return Place(self.page_kind, self.page_key) if self.page_kind else None

    @property
    def name(self):
        """What this time is called: "Quý I/2025", or what came up."""
        return self.title or name_of(self.period)
