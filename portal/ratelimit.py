"""Limits that all workers share, kept in Postgres.

The rule is the generic cell rate algorithm: `limit` calls at once, after that one more each
`per / limit`. It needs one row and one statement a call, and no burst of twice the limit is
possible at a window's edge. The table is unlogged: a crash of Postgres forgets the counts,
which costs nothing. The key is hashed with the site's secret, so the table holds no address.

When Postgres is away the error passes on: whatever is limited needs the database as well, and
the reader gets the page for 503.
"""

import math
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.jobs import daily

__all__ = ["RateLimit", "Verdict", "allow", "forget_expired"]

_SWEEP_ONE_IN = 100  # calls; each sweep removes the rows that no longer limit anybody

_CHARGE = """/* ratelimit.allow */
INSERT INTO portal_ratelimit AS held (key, free_at, is_allowed)
VALUES (%(key)s, %(now)s + %(each)s, true)
ON CONFLICT (key) DO UPDATE SET
    is_allowed = greatest(held.free_at, %(now)s) + %(each)s <= %(now)s + %(per)s,
    free_at = CASE
        WHEN greatest(held.free_at, %(now)s) + %(each)s <= %(now)s + %(per)s
        THEN greatest(held.free_at, %(now)s) + %(each)s
        ELSE held.free_at
    END
RETURNING is_allowed, free_at
"""


class RateLimit(models.Model):
    """How much of its allowance a hashed key has used: all of it is back at `free_at`."""

    key = models.CharField(max_length=64, primary_key=True)
    free_at = models.DateTimeField(db_index=True)
    is_allowed = models.BooleanField()

    class Meta:
        verbose_name = "giới hạn lượt gửi"
        verbose_name_plural = "giới hạn lượt gửi"

    def __str__(self):
        return self.key


@dataclass(frozen=True)
class Verdict:
    """Whether the call may go on, and after how many seconds a refused one may try again."""

    allowed: bool
    retry_after: int = 0


def allow(scope, key, *, limit, per, now=None):
    """Charge one call of `key` within `scope` and say whether it is within the limit.

    `limit` calls per `per` (a timedelta). A refused call is not charged. Call it outside a
    transaction, else a rollback gives the allowance back and others wait for the commit.
    """
    now = timezone.now() if now is None else now
    each = per / limit
    with connection.cursor() as cursor:
        cursor.execute(
            _CHARGE, {"key": _hashed(scope, key), "now": now, "each": each, "per": per}
        )
        is_allowed, free_at = cursor.fetchone()
    if secrets.randbelow(_SWEEP_ONE_IN) == 0:
        forget_expired(now=now)
    if is_allowed:
        return Verdict(allowed=True)
    wait = free_at + each - per - now
    return Verdict(
        allowed=False, retry_after=max(1, math.ceil(wait / timedelta(seconds=1)))
    )


@daily
def forget_expired(*, now):
    """Delete the rows whose allowance is whole again at `now`."""
    RateLimit.objects.filter(free_at__lte=now).delete()


def _hashed(scope, key):
    return salted_hmac(f"portal.ratelimit.{scope}", key, algorithm="sha256").hexdigest()
