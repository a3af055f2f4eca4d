"""The tables of visit counting.

Days are those of Asia/Ho_Chi_Minh. Only rollups live long; whatever concerns one reader
(`Salt`, `VisitorDay`) is deleted when its day closes and never enters a backup.
The counting itself writes through `visitors/spool.py` and `visitors/rollups.py` only.
"""

from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q


class Salt(models.Model):
    """The random secret of one day, from which visitor keys of that day are made."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"


class VisitorDay(models.Model):
    """The visits so far of one visitor key on one day that has not closed.

    `runs` is a sorted list of [first view, last view] in whole seconds since 1970.
    """

    pk = models.CompositePrimaryKey("day", "key")
    day = models.DateField()
    key = models.BinaryField()
    runs = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.day:%d/%m/%Y}: {len(self.runs)}"


class Spool(models.Model):
    """How far one process's spool file has been added to the rollups.

    The row goes when the file has been read to its end and its process lives no more.
    """

    name = models.CharField(max_length=80, primary_key=True)
    opened_on = models.DateField(db_index=True)
    position = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(position__gte=0), name="spool_position_not_negative"
            )
        ]

    def __str__(self):
        return self.name


class DayQuerySet(models.QuerySet):
    def between(self, first, last):
        """Return the measured days from `first` to `last`, both included, oldest first."""
        return self.filter(day__range=(first, last)).order_by("day")

    def last_full_days(self, count, *, today):
        """Return up to `count` measured days that ended before `today`, oldest first."""
        return self.between(today - timedelta(days=count), today - timedelta(days=1))


def _counter(label, **options):
    return models.BigIntegerField(label, default=0, db_default=0, **options)


class Day(models.Model):
    """The totals of one measured day; a day without a row was not measured."""

    day = models.DateField("ngày", primary_key=True)
    views = _counter("lượt xem")
    visits = _counter("lượt truy cập")
    visitors = _counter("người truy cập (ước tính)")
    keyless_views = _counter(
        "lượt xem không gắn với người xem",
        help_text="Trình duyệt yêu cầu không theo dõi (Sec-GPC), hoặc chưa có khóa của ngày.",
    )
    late_views = _counter("lượt xem muộn", help_text="Đến sau khi ngày đã chốt.")
    closed_at = models.DateTimeField("chốt lúc", null=True, blank=True)

    objects = DayQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu ngày"
        verbose_name_plural = "số liệu theo ngày"
        ordering = ["-day"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(visitors__gte=0, visitors__lte=F("visits")),
                name="day_visitors_within_visits",
            ),
            models.CheckConstraint(
                condition=Q(keyless_views__gte=0, late_views__gte=0)
                & Q(visits__lte=F("views") - F("keyless_views") - F("late_views")),
                name="day_visits_within_views",
            ),
        ]

    def __str__(self):
        return f"{self.day:%d/%m/%Y}"


class DayExclusion(models.Model):
    """How many requests for pages were not counted on one day, and why."""

    pk = models.CompositePrimaryKey("day", "reason")
    day = models.DateField("ngày")
    reason = models.CharField("lý do", max_length=40)
    requests = _counter("số yêu cầu")

    class Meta:
        verbose_name = "yêu cầu không đếm"
        verbose_name_plural = "yêu cầu không đếm"
        default_permissions = ()

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.reason}"


class Page(models.Model):
    """A public page as it was last seen; its views refer to it by number."""

    path = models.TextField("địa chỉ", unique=True)
    kind = models.CharField("loại trang", max_length=40)
    object_id = models.CharField("mã đối tượng", max_length=40, blank=True)
    title = models.CharField("tên trang", max_length=200)

    class Meta:
        verbose_name = "trang"
        verbose_name_plural = "trang"
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "object_id"], name="page_of_object")]

    def __str__(self):
        return self.title or self.path


class DayPage(models.Model):
    """The views of one page on one day."""

    pk = models.CompositePrimaryKey("day", "page")
    day = models.DateField("ngày")
    page = models.ForeignKey(
        Page, models.PROTECT, related_name="days", verbose_name="trang"
    )
    views = _counter("lượt xem")

    class Meta:
        verbose_name = "lượt xem trang theo ngày"
        verbose_name_plural = "lượt xem trang theo ngày"
        default_permissions = ()

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.page_id}"


class OpeningBalance(models.Model):
    """The visits that an earlier website had counted, carried over once."""

    figure = models.PositiveBigIntegerField(
        "số lượt truy cập mang sang",
        validators=[MaxValueValidator(10**12)],
        help_text="Được cộng vào dòng “Tất cả” của mục Truy cập.",
    )
    dated = models.DateField("tính đến ngày", help_text="Ngày của con số trên trang cũ.")
    note = models.TextField(
        "nguồn của con số",
        help_text="Ví dụ: theo bộ đếm trên trang cũ của xã. Câu này được công khai.",
    )

    class Meta:
        verbose_name = "số dư đầu kỳ"
        verbose_name_plural = "số dư đầu kỳ"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="opening_balance_is_single"),
            models.CheckConstraint(
                condition=Q(figure__gte=0), name="opening_balance_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.figure} ({self.dated:%d/%m/%Y})"


class Snapshot(models.Model):
    """The five figures that every worker shows, as of one second (visitors/figures.py)."""

    as_of = models.DateTimeField()
    today = _counter("hôm nay")
    yesterday = _counter("hôm qua")
    this_week = _counter("tuần này")
    this_month = _counter("tháng này")
    total = _counter("tất cả")

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="snapshot_is_single")]

    def __str__(self):
        return f"{self.as_of:%H:%M:%S %d/%m/%Y}"
