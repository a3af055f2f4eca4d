"""The five figures of the block "Truy cập", the same on every worker.

All workers show one stored snapshot. Whoever needs a newer one first in a second replaces
it, so a stamp belongs to one set of figures for ever: equal stamps mean equal figures.
"""

import logging
import threading
import time
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InternalError, connection
from django.utils import timezone

from visitors import counting

logger = logging.getLogger(__name__)

_REMEMBERED = 1.0  # seconds in a process
_LOCK = 0x56495353  # "VISS": the advisory lock of the one who replaces the snapshot
# A stamp further in the future comes from a clock that was wrong, and may be replaced.
_CLOCK_TOLERANCE = timedelta(minutes=1)


LABELS = ("Hôm nay", "Hôm qua", "Tuần này", "Tháng này", "Tất cả")


@dataclass(frozen=True)
class Figures:
    """Lượt truy cập of the current day, week … at the moment `as_of` (a whole second)."""

    today: int
    yesterday: int
    this_week: int
    this_month: int
    total: int
    as_of: datetime

    @property
    def rows(self):
        """The figures with their labels, in the order in which they are shown."""
        return list(zip(LABELS, astuple(self)[:5], strict=True))


_COLUMNS = "today, yesterday, this_week, this_month, total, as_of"

# One statement: adds up, stores what it added unless the stored snapshot is of this second
# or newer, and answers what is stored. Nobody waits for a snapshot that another is
# replacing; the previous one is as true as its stamp says.
_REPLACE = f"""/* visitors.figures.replace */
WITH fresh AS (
    INSERT INTO visitors_snapshot AS t (id, {_COLUMNS})
    SELECT 1,
        coalesce(sum(visits) FILTER (WHERE day = %(today)s), 0),
        coalesce(sum(visits) FILTER (WHERE day = %(yesterday)s), 0),
        coalesce(sum(visits) FILTER (WHERE day BETWEEN %(week)s AND %(today)s), 0),
        coalesce(sum(visits) FILTER (WHERE day BETWEEN %(month)s AND %(today)s), 0),
        coalesce(sum(visits) FILTER (WHERE day <= %(today)s), 0)
            + coalesce((SELECT figure FROM visitors_openingbalance), 0),
        %(as_of)s
    FROM visitors_day
    HAVING NOT EXISTS (
        SELECT FROM visitors_snapshot WHERE as_of BETWEEN %(as_of)s AND %(tolerated)s
    ) AND pg_try_advisory_xact_lock({_LOCK})
    ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ROW (
        excluded.today, excluded.yesterday, excluded.this_week,
        excluded.this_month, excluded.total, excluded.as_of
    )
    WHERE t.as_of NOT BETWEEN excluded.as_of AND %(tolerated)s
    RETURNING {_COLUMNS}
)
SELECT {_COLUMNS} FROM fresh
UNION ALL
SELECT {_COLUMNS} FROM visitors_snapshot WHERE NOT EXISTS (SELECT FROM fresh)
"""  # noqa: S608

_STORED = f"/* visitors.figures.stored */ SELECT {_COLUMNS} FROM visitors_snapshot"  # noqa: S608

_lock = threading.Lock()
_remembered = None  # (until when by time.monotonic(), Figures)


def sidebar(*, now=None):
    """Return the `Figures` to show now, or None while the database cannot say.

    One query at most, and none within a second of the last in this process.
    """
    global _remembered
    with _lock:
        moment = time.monotonic()
        if _remembered is None or _remembered[0] <= moment:
            _remembered = (moment + _REMEMBERED, _current(now or timezone.now()))
        return _remembered[1]


def forget():
    """Ask the database next time, however short ago the last time was."""
    global _remembered
    _remembered = None


def _current(now):
    today = counting.local_day(now.timestamp())
    as_of = now.replace(microsecond=0)
    moments = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "week": counting.week_start(today),
        "month": counting.month_start(today),
        "as_of": as_of,
        "tolerated": as_of + _CLOCK_TOLERANCE,
    }
    try:
        return _fetch(_REPLACE, moments)
    except InternalError:  # a database that only answers: a standby, or under maintenance
        return _fetch(_STORED, {})
    except DatabaseError as error:
        logger.warning("visits: no figures: %s", type(error).__name__)
        return None


def _fetch(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return Figures(*row) if row else None
