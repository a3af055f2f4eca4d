"""The office: its bodies and officers, when it is open, and when leaders receive citizens."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.text import capfirst

from organisation.clock import span_words
from organisation.terms import last_year
from portal.directory import ShownQuerySet
from portal.phone import tel_uri, validate_phone
from portal.read_only import retired_on
from portal.text import clean_line
from portal.trees import TreeQuerySet

__all__ = ["Body", "Hours", "HoursPlan", "Officer", "Reception", "SpecialDay", "Weekday"]


# --- Bodies and officers --------------------------------------------------------------


class BodyKind(models.TextChoices):
    """To which part of the local political system a body belongs."""

    PARTY = "dang", "Đảng ủy"
    COUNCIL = "hdnd", "Hội đồng nhân dân"
    COMMITTEE = "ubnd", "Ủy ban nhân dân"
    OFFICE = "chuyen-mon", "bộ phận chuyên môn"
    FRONT = "mat-tran", "Mặt trận Tổ quốc và đoàn thể"
    SERVICE = "don-vi", "đơn vị: trạm y tế, trường học, công an"
    VILLAGE = "thon", "thôn, tổ dân phố"


class BodyQuerySet(TreeQuerySet, ShownQuerySet):
    def public(self):
        """Return the bodies that readers see: a hidden one hides what lies below it."""
        return self.filter(pk__in=[body.pk for body in self.model.objects.shown().tree()])


class Body(models.Model):
    """A body of the commune; bodies below one another make the organisation chart."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="trực thuộc",
        related_name="children",
        help_text="Để trống nếu đứng đầu sơ đồ.",
    )
    kind = models.CharField("khối", max_length=12, choices=BodyKind)
    name = models.CharField("tên cơ quan, bộ phận", max_length=160)
    slug = models.SlugField(
        "tên trên địa chỉ",
        max_length=80,
        unique=True,
        blank=True,
        help_text="Chữ không dấu, nối bằng gạch ngang. Để trống thì hệ thống tự đặt theo tên.",
    )
    duties = models.TextField(
        "chức năng, nhiệm vụ",
        max_length=4000,
        blank=True,
        help_text="Nói cho người dân biết đến đây làm được việc gì. Mỗi việc một dòng.",
    )
    address = models.CharField("nơi làm việc", max_length=240, blank=True)
    phone = models.CharField(
        "điện thoại", max_length=30, blank=True, validators=[validate_phone]
    )
    email = models.EmailField("thư điện tử", blank=True)
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "cơ quan, bộ phận"
        verbose_name_plural = "cơ quan, bộ phận"
        ordering = ["order", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BodyKind.values), name="body_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(slug=""), name="body_has_name_and_slug"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="body_not_below_itself",
                violation_error_message="Một cơ quan không thể trực thuộc chính nó.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("organisation:body", args=[self.slug])

    @property
    def kind_name(self):
        """Return the khối as a heading has it: "Bộ phận chuyên môn"."""
        return capfirst(self.get_kind_display())

    @property
    def duty_list(self):
        """Return what people can have done here, one line each, without typed bullets."""
        lines = (clean_line(line).lstrip("-–•*+ ") for line in self.duties.splitlines())
        return [line for line in lines if line]

    @property
    def phone_link(self):
        """Return the `tel:` address, or "" without a phone."""
        return tel_uri(self.phone)


class OfficerQuerySet(ShownQuerySet):
    def public(self):
        """Return the officers that readers see: those shown, of bodies that are public."""
        return self.shown().filter(body__in=Body.objects.public())


class Officer(models.Model):
    """Who holds an office: name, position, term, and only what is official to reach them."""

    body = models.ForeignKey(
        Body, models.PROTECT, verbose_name="cơ quan, bộ phận", related_name="officers"
    )
    name = models.CharField("họ và tên", max_length=120)
    position = models.CharField("chức vụ", max_length=160)
    term = models.CharField(
        "nhiệm kỳ", max_length=40, blank=True, help_text="Ví dụ: 2021–2026."
    )
    responsibilities = models.CharField("lĩnh vực phụ trách", max_length=400, blank=True)
    phone = models.CharField(
        "điện thoại cơ quan",
        max_length=30,
        blank=True,
        validators=[validate_phone],
        help_text="Số của cơ quan. Không ghi số riêng của cán bộ.",
    )
    email = models.EmailField(
        "thư công vụ",
        blank=True,
        help_text="Hộp thư do cơ quan cấp, không dùng hộp thư riêng.",
    )
    photo = models.ForeignKey(
        "portal.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="ảnh chân dung",
        related_name="+",
    )
    photo_alt = models.CharField(
        "mô tả ảnh",
        max_length=300,
        blank=True,
        help_text="Để trống thì dùng mô tả đã lưu cùng ảnh.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước; người đứng đầu để 0."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = "cán bộ"
        verbose_name_plural = "cán bộ"
        ordering = ["body", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(position=""),
                name="officer_has_name_and_position",
            )
        ]

    def __str__(self):
        return f"{self.position} {self.name}"

    def get_absolute_url(self):
        """Return where the page of the body shows this officer."""
        return f"{self.body.get_absolute_url()}#{self.anchor}"

    @property
    def is_named(self):
        """Tell whether readers may see the name: a hidden body hides all who belong below it."""
        body = self.body
        while body is not None and body.is_shown:
            body = body.parent
        return self.is_shown and body is None

    @property
    def anchor(self):
        return f"can-bo-{self.pk}"

    @property
    def phone_link(self):
        """Return the `tel:` address, or "" without a phone."""
        return tel_uri(self.phone)

    @property
    def photo_alt_text(self):
        """Return what the photo shows; a photo of an officer never goes without words."""
        return self.photo_alt or (self.photo.alt if self.photo else "") or f"Ảnh {self}"

    @property
    def initials(self):
        """Return the first letters of family and given name, for who has no photo."""
        words = self.name.split()
        return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper()

    def term_on(self, day):
        """Return the term in words; "" once its last year is past on `day`, as it says nothing
        true any more."""
        ends = last_year(self.term)
        return self.term if ends is None or day.year <= ends else ""


# --- Hours ----------------------------------------------------------------------------


class Weekday(models.IntegerChoices):
    """Days as `date.isoweekday()` numbers them."""

    MONDAY = 1, "Thứ Hai"
    TUESDAY = 2, "Thứ Ba"
    WEDNESDAY = 3, "Thứ Tư"
    THURSDAY = 4, "Thứ Năm"
    FRIDAY = 5, "Thứ Sáu"
    SATURDAY = 6, "Thứ Bảy"
    SUNDAY = 7, "Chủ nhật"


class HoursPlanQuerySet(models.QuerySet):
    def in_force(self, first, last):
        """Return the plans that decide over any day of `first` to `last`, the latest first."""
        before = self.filter(starts_on__lte=first).order_by("-starts_on")
        begun = before.values("starts_on")[:1]
        return self.filter(starts_on__lte=last).filter(
            Q(starts_on__gt=first) | Q(starts_on__in=begun)
        )


class HoursPlan(models.Model):
    """A timetable of the office, in force from a day until a later plan begins."""

    name = models.CharField(
        "tên lịch", max_length=80, help_text="Ví dụ: Giờ mùa hè, Giờ mùa đông."
    )
    starts_on = models.DateField("áp dụng từ ngày", unique=True)

    objects = HoursPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "giờ làm việc"
        verbose_name_plural = "giờ làm việc"
        ordering = ["-starts_on"]

    def __str__(self):
        return f"{self.name} (từ {self.starts_on:%d/%m/%Y})"

    def by_weekday(self):
        """Return {ISO weekday: ((opens at, closes at), …)} of the weekdays that have hours."""
        spans = {}
        for span in self.spans.all():
            spans[span.weekday] = (
                *spans.get(span.weekday, ()),
                (span.opens_at, span.closes_at),
            )
        return spans


def _seconds(field):
    """Return the time of day in seconds since midnight; Postgres has no range of times."""
    return Func(
        F(field),
        template="extract(epoch FROM %(expressions)s)::int",
        output_field=models.IntegerField(),
    )


class Hours(models.Model):
    """A span of a weekday in which the office of a plan is open."""

    plan = models.ForeignKey(
        HoursPlan, models.CASCADE, verbose_name="giờ làm việc", related_name="spans"
    )
    weekday = models.PositiveSmallIntegerField("ngày", choices=Weekday)
    opens_at = models.TimeField("mở cửa lúc")
    closes_at = models.TimeField("đóng cửa lúc")

    class Meta:
        verbose_name = "buổi làm việc"
        verbose_name_plural = "buổi làm việc"
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__in=Weekday.values), name="hours_weekday_known"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="hours_close_after_opening",
                violation_error_message="Giờ đóng cửa phải sau giờ mở cửa.",
            ),
            ExclusionConstraint(
                name="hours_do_not_overlap",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            _seconds("opens_at"),
                            _seconds("closes_at"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                # At the end of a change: two spans may swap their hours.
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Hai buổi làm việc trong một ngày bị chồng giờ.",
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class SpecialDay(models.Model):
    """A day with other hours than its weekday's; without hours the office is closed all day.

    Public holidays are known without a row (portal/working_days.py).
    """

    day = models.DateField("ngày", unique=True)
    reason = models.CharField(
        "lý do", max_length=160, help_text="Ví dụ: nghỉ bù ngày lễ; họp Hội đồng nhân dân."
    )
    opens_at = models.TimeField("mở cửa lúc", null=True, blank=True)
    closes_at = models.TimeField("đóng cửa lúc", null=True, blank=True)

    class Meta:
        verbose_name = "ngày nghỉ, ngày đổi giờ"
        verbose_name_plural = "ngày nghỉ, ngày đổi giờ"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None)
                # Spelt out: a comparison with nothing is not false, and would pass.
                | Q(
                    opens_at__isnull=False,
                    closes_at__isnull=False,
                    closes_at__gt=F("opens_at"),
                ),
                name="special_day_has_both_hours_or_none",
                violation_error_message=(
                    "Ghi cả giờ mở và giờ đóng (giờ đóng sau giờ mở), hoặc để trống cả hai "
                    "nếu nghỉ cả ngày."
                ),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="special_day_has_reason"),
        ]

    def __str__(self):
        return f"{self.day:%d/%m/%Y}: {self.reason}"


# --- Receiving citizens ---------------------------------------------------------------


class ReceptionQuerySet(models.QuerySet):
    def with_host(self):
        """Load the officer too, whom `host_words` names."""
        return self.select_related("officer__body__parent__parent")

    def of_unit(self):
        """Leave out what would lie after the last day of a unit that is no more."""
        closed_on = retired_on()
        return self.filter(day__lt=closed_on) if closed_on else self

    def held(self):
        """Leave out what is cancelled."""
        return self.filter(cancelled_reason="")

    def months(self):
        """Return the first days of the months that have receptions, each once."""
        return self.order_by().dates("day", "month")

    def coming(self, local):
        """Return what has not ended at the local moment `local`, cancelled ones too."""
        return self.filter(
            Q(day__gt=local.date()) | Q(day=local.date(), ends_at__gt=local.time())
        )

    def next_of(self, officers, local):
        """Return {key of officer: their next reception} after the local moment; one query."""
        found = self.held().coming(local).filter(officer__in=officers)
        nearest = found.order_by("officer_id", "day", "starts_at").distinct("officer_id")
        return {reception.officer_id: reception for reception in nearest}


class Reception(models.Model):
    """One time at which a leader receives citizens; cancelled ones stay, with the reason."""

    day = models.DateField("ngày", db_index=True)
    starts_at = models.TimeField("từ")
    ends_at = models.TimeField("đến")
    officer = models.ForeignKey(
        Officer,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="người tiếp",
        related_name="receptions",
        help_text="Chọn trong danh sách cán bộ, hoặc ghi chức vụ ở ô bên dưới.",
    )
    host = models.CharField(
        "người tiếp (chức vụ)",
        max_length=160,
        blank=True,
        help_text="Ví dụ: Chủ tịch Ủy ban nhân dân xã.",
    )
    place = models.CharField("địa điểm", max_length=200)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    cancelled_reason = models.CharField(
        "lý do hoãn",
        max_length=300,
        blank=True,
        help_text="Ghi lý do và ngày tiếp bù nếu buổi này hoãn; người dân đọc được.",
    )

    updated_at = models.DateTimeField("sửa lúc", auto_now=True)

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "buổi tiếp công dân"
        verbose_name_plural = "lịch tiếp công dân"
        ordering = ["day", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="reception_ends_after_it_starts",
                violation_error_message="Giờ kết thúc phải sau giờ bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(officer__isnull=False) | ~Q(host=""),
                name="reception_has_host",
                violation_error_message="Hãy chọn người tiếp hoặc ghi chức vụ người tiếp.",
            ),
            models.UniqueConstraint(
                fields=["day", "starts_at", "place"],
                name="reception_once_per_place_and_hour",
                violation_error_message="Đã có buổi tiếp khác ở nơi này vào giờ này.",
            ),
        ]

    def __str__(self):
        return f"Tiếp công dân {self.day:%d/%m/%Y} {self.starts_at:%H:%M}"

    @property
    def weekday(self):
        """Return "Thứ Hai" … "Chủ nhật"."""
        return Weekday(self.day.isoweekday()).label

    @property
    def hours_words(self):
        """Return from when to when: "7 giờ 30 – 11 giờ"."""
        return span_words(self.starts_at, self.ends_at)

    @property
    def is_cancelled(self):
        return bool(self.cancelled_reason)

    @property
    def host_words(self):
        """Return who receives, in words: position and name, or the position alone.

        An officer who is hidden has left or is not to be named; the office still receives.
        """
        if not self.officer_id:
            return self.host
        return str(self.officer) if self.officer.is_named else self.officer.position
