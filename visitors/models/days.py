"""The totals of days, and what every worker shows of them.

Days are those of Asia/Ho_Chi_Minh. The counting itself writes through `visitors/spool.py`
and `visitors/rollups.py` only.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from visitors.models.fields import counter


class Source(models.IntegerChoices):
    """Where the figures of a day come from."""

    MEASURED = 1, "đo tại cổng này"
    LOG = 2, "nhập từ nhật ký máy chủ web"
    SAMPLE = 3, "số liệu mẫu"


class DayQuerySet(models.QuerySet):
    def between(self, first, last):
        """Return the known days from `first` to `last`, both included, oldest first."""
        return self.filter(day__range=(first, last)).order_by("day")

    def last_full_days(self, count, *, today):
        """Return up to `count` known days that ended before `today`, oldest first."""
        return self.between(today - timedelta(days=count), today - timedelta(days=1))


class Day(models.Model):
    """The totals of one known day; of a day without a row there are no figures."""

    day = models.DateField("ngày", primary_key=True)
    views = counter("lượt xem")
    visits = counter("lượt truy cập")
    visitors = counter("người truy cập (ước tính)")
    keyless_views = counter(
        "lượt xem không gắn với người xem",
        help_text="Trình duyệt yêu cầu không theo dõi (Sec-GPC), hoặc chưa có khóa của ngày.",
    )
    late_views = counter("lượt xem muộn", help_text="Đến sau khi ngày đã chốt.")
    closed_at = models.DateTimeField("chốt lúc", null=True, blank=True)
    source = models.PositiveSmallIntegerField(
        "nguồn", choices=Source, default=Source.MEASURED, db_default=Source.MEASURED
    )
    # False for the days before entries, hours, devices … were counted.
    is_detailed = models.BooleanField("có chi tiết", default=True, db_default=True)

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


class Minute(models.Model):
    """The views of one recent minute, counted in minutes since 1970."""

    minute = models.BigIntegerField(primary_key=True)
    views = counter()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.minute}: {self.views}"


class Snapshot(models.Model):
    """The figures that every worker shows, as of one second (visitors/figures.py).

    `months` has [first day, lượt truy cập, lượt xem, days with figures] of the last 13
    months, the current one last, as far as there are any. `online` is how many visitors
    opened a page in the last five minutes.
    """

    as_of = models.DateTimeField()
    today = counter("hôm nay")
    yesterday = counter("hôm qua")
    this_week = counter("tuần này")
    this_month = counter("tháng này")
    total = counter("tất cả")
    online = counter("đang truy cập")
    months = models.JSONField(default=list, db_default=[])

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="snapshot_is_single")]

    def __str__(self):
        return f"{self.as_of:%H:%M:%S %d/%m/%Y}"
