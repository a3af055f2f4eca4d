"""Lists of dossiers expire: the rows of a period go after so many months, its figures stay."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from portal import audit
from portal.jobs import daily
from procedures.models import Dossier, Period, ProcedureSettings

__all__ = ["Expired", "expire", "months_before"]


@dataclass(frozen=True)
class Expired:
    """A period whose list has expired, and how many rows it had."""

    period: Period
    rows: int


def months_before(day: date, months: int) -> date:
    """Return the same day `months` months earlier, or that month's last: 31/3 less 1 is 29/2."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def expire(*, today, months=None, dry_run=False, actor=None) -> list[Expired]:
    """Delete the rows of periods that ended `months` months before `today` or earlier.

    Without `months` the commune's own choice holds. Each period is a transaction of its own
    with one entry in the audit. A dry run only says what would go.
    """
    months = ProcedureSettings.current().dossier_months if months is None else months
    ended = Period.objects.filter(
        ends_on__lt=months_before(today, months), runs__dossiers__isnull=False
    )
    counted = ended.annotate(rows=Count("runs__dossiers")).order_by("ends_on")
    expired = [Expired(period, rows=period.rows) for period in counted]
    return expired if dry_run else [_delete(each.period, actor) for each in expired]


@daily
def expire_daily(*, now):
    """Delete what has expired by the commune's own choice."""
    expire(today=timezone.localdate(now))


def _delete(period, actor):
    with transaction.atomic():
        rows, _ = Dossier.objects.filter(run__period=period).delete()
        audit.record("dossiers.expired", actor=actor, target=period, after={"rows": rows})
    return Expired(period, rows=rows)
