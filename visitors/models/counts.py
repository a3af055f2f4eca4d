"""Details of the days: what was read, when, from where, with what, and what was not counted.

Each table has one row for a day, one for its month and one for its year, which are written
together (visitors/rollups.py), so that a long range is read from few rows. Always read them
through `over()`, or the same views are added up three times.
"""

from django.db import models
from django.db.models import Q

from visitors import spans
from visitors.models.fields import counter


class Grain(models.IntegerChoices):
    """How many days a row covers; see `spans.Grain`."""

    DAY = spans.Grain.DAY, "ngày"
    MONTH = spans.Grain.MONTH, "tháng"
    YEAR = spans.Grain.YEAR, "năm"


class CountQuerySet(models.QuerySet):
    def over(self, first, last):
        """Return the fewest rows that make up the days from `first` to `last`, included."""
        covering = [
            Q(grain=run.grain, start__range=(run.first, run.last))
            for run in spans.cover(first, last)
        ]
        if not covering:
            return self.none()
        condition = covering.pop()
        for other in covering:
            condition |= other
        return self.filter(condition)

    def by_day(self, first, last):
        """Return the rows of single days from `first` to `last`, both included."""
        return self.filter(grain=Grain.DAY, start__range=(first, last))


class Count(models.Model):
    """One row for one thing in one span, which begins on `start`."""

    grain = models.PositiveSmallIntegerField("khoảng", choices=Grain)
    start = models.DateField("từ ngày")

    objects = CountQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(grain=Grain.DAY)
                | Q(grain=Grain.MONTH, start__day=1)
                | Q(grain=Grain.YEAR, start__month=1, start__day=1),
                name="%(class)s_starts_its_span",
            )
        ]

    def __str__(self):
        return f"{self.get_grain_display()} {self.start:%d/%m/%Y}"


class Page(models.Model):
    """A public page or file as it was last seen; counts refer to it by number.

    `section` is the address of the part of the site that it belongs to.
    """

    path = models.TextField("địa chỉ", unique=True)
    kind = models.CharField("loại trang", max_length=40)
    object_id = models.CharField("mã đối tượng", max_length=40, blank=True)
    title = models.CharField("tên trang", max_length=200)
    section = models.CharField("phần", max_length=200, default="", db_default="")

    class Meta:
        verbose_name = "trang"
        verbose_name_plural = "trang"
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "object_id"], name="page_of_object")]

    def __str__(self):
        return self.title or self.path


class PageCount(Count):
    """The views of one page, and the visits that began there."""

    pk = models.CompositePrimaryKey("grain", "start", "page")
    page = models.ForeignKey(
        Page,
        models.PROTECT,
        related_name="counts",
        verbose_name="trang",
        db_index=False,
    )
    views = counter("lượt xem")
    entries = counter("lượt truy cập bắt đầu ở đây")

    class Meta(Count.Meta):
        indexes = [
            models.Index(fields=["page", "grain", "start"], name="pagecount_of_page")
        ]


class HourCount(Count):
    """The views in one hour of the day, and the visits that began in it.

    `weekday` is 1 for Monday … 7 for Sunday, `hour` 0 … 23, local time.
    """

    pk = models.CompositePrimaryKey("grain", "start", "weekday", "hour")
    weekday = models.PositiveSmallIntegerField("thứ")
    hour = models.PositiveSmallIntegerField("giờ")
    views = counter("lượt xem")
    visits = counter("lượt truy cập")

    class Meta(Count.Meta):
        constraints = [
            *Count.Meta.constraints,
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), hour__range=(0, 23)),
                name="hourcount_is_an_hour_of_a_week",
            ),
        ]


class ReferrerCount(Count):
    """The visits that another website led here; `host` is empty when none is known."""

    pk = models.CompositePrimaryKey("grain", "start", "host")
    host = models.CharField("trang giới thiệu", max_length=100, blank=True)
    visits = counter("lượt truy cập")


class ClientCount(Count):
    """The views and visits with one class of device and one family of browsers."""

    pk = models.CompositePrimaryKey("grain", "start", "device", "browser")
    device = models.CharField("thiết bị", max_length=20, blank=True)
    browser = models.CharField("trình duyệt", max_length=40, blank=True)
    views = counter("lượt xem")
    visits = counter("lượt truy cập")


class ExclusionCount(Count):
    """The requests for pages that were not counted, by reason (`counting.EXCLUSIONS`)."""

    pk = models.CompositePrimaryKey("grain", "start", "reason")
    reason = models.CharField("lý do", max_length=40)
    requests = counter("số yêu cầu")


class DownloadCount(Count):
    """The downloads of one file."""

    pk = models.CompositePrimaryKey("grain", "start", "page")
    page = models.ForeignKey(
        Page,
        models.PROTECT,
        related_name="download_counts",
        verbose_name="tệp",
        db_index=False,
    )
    downloads = counter("lượt tải")

    class Meta(Count.Meta):
        indexes = [
            models.Index(fields=["page", "grain", "start"], name="downloadcount_of_page")
        ]


class SearchCount(Count):
    """The searches for one phrase that found nothing."""

    pk = models.CompositePrimaryKey("grain", "start", "phrase")
    phrase = models.CharField("cụm từ", max_length=60)
    searches = counter("lượt tìm")
