"""What concerns one reader or one process; it lives for days.

`Salt` and `VisitorDay` are deleted when their day closes and enter no backup. Positions of
spools do: what is restored goes on where the figures of the backup ended.
"""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

# A fault that its process has not confirmed for so long is that of a process that is gone.
_GONE_AFTER = timedelta(minutes=5)


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

    `runs` is what `counting.merge` makes: a sorted list of [first view, last view, entry],
    times in whole seconds since 1970. `last_at` is the last of all views.
    """

    pk = models.CompositePrimaryKey("day", "key")
    day = models.DateField()
    key = models.BinaryField()
    runs = models.JSONField(default=list)
    last_at = models.BigIntegerField(default=0, db_default=0, db_index=True)

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


class FaultQuerySet(models.QuerySet):
    def open_at(self, now):
        """Return what keeps living processes from counting at `now`."""
        return self.filter(ended_at=None, seen_at__gt=now - _GONE_AFTER)

    def of_gone_processes(self, now):
        """Return what was never ended, because its process ended first."""
        return self.filter(ended_at=None, seen_at__lte=now - _GONE_AFTER)

    def end_when_last_seen(self):
        """Let each fault have ended when its process last confirmed it."""
        return self.update(ended_at=F("seen_at"))

    def since(self, moment):
        """Return what lasted at `moment` or after."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gte=moment))


class Fault(models.Model):
    """What kept a process from counting: for the staff, who cannot see its log.

    `ended_at` is empty while it lasts; the process confirms that every minute (`seen_at`).
    """

    process = models.CharField("tiến trình", max_length=120)
    kind = models.CharField("việc gặp lỗi", max_length=20)
    text = models.CharField("lỗi", max_length=200)
    began_at = models.DateTimeField("từ")
    seen_at = models.DateTimeField("thấy lần cuối", db_default=Now())
    ended_at = models.DateTimeField("đến", null=True, blank=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = "sự cố đếm truy cập"
        verbose_name_plural = "sự cố đếm truy cập"
        ordering = ["-began_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["process", "kind"],
                condition=Q(ended_at=None),
                name="fault_once_at_a_time",
            )
        ]

    def __str__(self):
        return f"{self.kind}: {self.text}"
