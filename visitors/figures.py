"""The figures of the block "Truy cập", the same on every worker and in every place.

All workers show one stored snapshot. Whoever needs a newer one first in a second replaces
it, so a stamp belongs to one set of figures for ever: equal stamps mean equal figures. Pages
that show more than the snapshot holds read the rest at the moment of a snapshot
(`at_one_moment`).
"""

import json
import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import DatabaseError, InternalError, connection, transaction
from django.utils import timezone

from visitors import counting
from visitors.models import Source

logger = logging.getLogger(__name__)

_REMEMBERED = 1.0  # seconds in a process
_LOCK = 0x56495353  # "VISS": the advisory lock of the one who replaces the snapshot
_LOCK_WAIT, _LOCK_PAUSE = 3, 0.02  # seconds: how long it is waited for, how often asked for
_LONGEST_WAIT = timedelta(seconds=2)  # for a second without a stamp
# A stamp further in the future comes from a clock that was wrong, and may be replaced.
_CLOCK_TOLERANCE = timedelta(minutes=1)
LABELS = ("Hôm nay", "Hôm qua", "Tuần này", "Tháng này", "Tất cả")


@dataclass(frozen=True)
class Month:
    """What is known of one month so far: `days` is the number of days with figures."""

    first: date
    visits: int
    views: int
    days: int


@dataclass(frozen=True)
class Figures:
    """Lượt truy cập of the current day, week … at the moment `as_of` (a whole second).

    `online` is the number of visitors who opened a page in the last five minutes; the public
    is told of it where `shows_online`.
    """

    today: int
    yesterday: int
    this_week: int
    this_month: int
    total: int
    as_of: datetime
    online: int
    stored_months: list = field(hash=False)  # hashable: the block is a fragment
    shows_online: bool

    @property
    def rows(self):
        """The five figures with their labels, in the order in which they are shown."""
        numbers = (self.today, self.yesterday, self.this_week, self.this_month, self.total)
        return list(zip(LABELS, numbers, strict=True))

    @property
    def current_months(self):
        """The months with figures, oldest first, of the twelve before this one and of it."""
        return [
            Month(date.fromisoformat(first), visits, views, days)
            for first, visits, views, days in self.stored_months
        ]


_COLUMNS = "today, yesterday, this_week, this_month, total, as_of, online, months"
# What is told besides: whether the administrator wants "Đang truy cập" to be public.
_TOLD = f"{_COLUMNS}, coalesce((SELECT show_online FROM visitors_visitsettings), FALSE)"  # noqa: S608

# History that was imported is part of the opening balance up to the day of the balance.
_TOTAL = f"""
    coalesce((
        SELECT sum(visits) FROM visitors_day
        WHERE day <= %(today)s AND (source <> {int(Source.LOG)} OR day > balance.dated)
    ), 0)
    + coalesce((SELECT sum(visits) FROM visitors_oldmonth WHERE month > balance.dated), 0)
    + balance.figure
"""  # noqa: S608

_FRESH = f"""
    SELECT 1 AS id,
        coalesce(sum(visits) FILTER (WHERE day = %(today)s), 0) AS today,
        coalesce(sum(visits) FILTER (WHERE day = %(yesterday)s), 0) AS yesterday,
        coalesce(sum(visits) FILTER (WHERE day >= %(week)s), 0) AS this_week,
        coalesce(sum(visits) FILTER (WHERE day >= %(month)s), 0) AS this_month,
        (
            SELECT {_TOTAL}
            FROM (
                SELECT coalesce(max(figure), 0) AS figure,
                    coalesce(max(dated), '-infinity') AS dated
                FROM visitors_openingbalance
            ) AS balance
        ) AS total,
        %(as_of)s AS as_of,
        (SELECT count(*) FROM visitors_visitorday WHERE last_at > %(online_since)s) AS online,
        (
            SELECT coalesce(json_agg(
                json_build_array(first, visits, views, days) ORDER BY first
            ), '[]')
            FROM (
                SELECT date_trunc('month', day)::date AS first, sum(visits) AS visits,
                    sum(views) AS views, count(*) AS days
                FROM visitors_day
                WHERE day BETWEEN %(months_since)s AND %(today)s
                GROUP BY 1
            ) AS each
        ) AS months
    FROM visitors_day
    WHERE day BETWEEN least(%(week)s, %(month)s, %(yesterday)s) AND %(today)s
"""  # noqa: S608

_STORE = f"""
    ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ROW (
        excluded.today, excluded.yesterday, excluded.this_week, excluded.this_month,
        excluded.total, excluded.as_of, excluded.online, excluded.months
    )
"""

# One statement: adds up, stores what it added unless the stored snapshot is of this second
# or newer, and answers what is stored. Nobody waits for a snapshot that another is
# replacing; the previous one is as true as its stamp says.
_REPLACE = f"""/* visitors.figures.replace */
WITH fresh AS (
    INSERT INTO visitors_snapshot AS t (id, {_COLUMNS})
    {_FRESH}
    HAVING NOT EXISTS (
        SELECT FROM visitors_snapshot WHERE as_of BETWEEN %(as_of)s AND %(tolerated)s
    ) AND pg_try_advisory_xact_lock({_LOCK})
    {_STORE}
    WHERE t.as_of NOT BETWEEN excluded.as_of AND %(tolerated)s
    RETURNING {_COLUMNS}
)
SELECT {_TOLD} FROM fresh
UNION ALL
SELECT {_TOLD} FROM visitors_snapshot WHERE NOT EXISTS (SELECT FROM fresh)
"""  # noqa: S608

_STORED = f"/* visitors.figures.stored */ SELECT {_TOLD} FROM visitors_snapshot"  # noqa: S608

# Sent together with a statement. No page waits while somebody has locked the tables.
_NO_LONG_WAIT = "SET LOCAL lock_timeout = '100ms';"

_lock = threading.Lock()
_remembered = None  # (until when by time.monotonic(), Figures)


def sidebar(*, now=None):
    """Return the `Figures` to show now; the latest while the database cannot say, or None.

    One query at most, and none within a second of the last in this process.
    """
    global _remembered
    with _lock:
        until, latest = _remembered or (0, None)
        if until <= (moment := time.monotonic()):
            latest = _current(now or timezone.now()) or latest
            _remembered = (moment + _REMEMBERED, latest)
        return latest


def forget():
    """Ask the database next time, however short ago the last time was."""
    global _remembered
    _remembered = None


@contextmanager
def at_one_moment(*, clock=timezone.now, sleep=time.sleep):
    """Give `Figures`; whatever is read inside is read at the very moment of their stamp.

    A stamp that was given in this second stays as it is; then the next second is awaited.
    Inside a transaction of the caller the moment is the one at which that began.
    """
    if connection.in_atomic_block:
        yield _fetch(_REPLACE, _moments(clock()))
        return
    with _replacing_alone():
        is_writable, taken = _stored_stamp()
        now = clock()
        wait = taken and taken + timedelta(seconds=1) - now
        if wait and timedelta(0) < wait <= _LONGEST_WAIT:
            sleep(wait.total_seconds())
            now = clock()
        with transaction.atomic():
            with connection.cursor() as cursor:
                # What a page reads is added up before parallel workers would have started.
                cursor.execute(
                    "/* visitors.figures.at_one_moment */ "
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                    "SET LOCAL max_parallel_workers_per_gather = 0"
                )
            yield _fetch(_REPLACE if is_writable else _STORED, _moments(now))


@contextmanager
def _replacing_alone():
    """Keep all others from replacing the snapshot; after a while without an answer, do not."""
    until = time.monotonic() + _LOCK_WAIT
    while not (has_lock := _ask("pg_try_advisory_lock")) and time.monotonic() < until:
        time.sleep(_LOCK_PAUSE)
    try:
        yield
    finally:
        if has_lock:
            _ask("pg_advisory_unlock")


def _ask(function):
    with connection.cursor() as cursor:
        cursor.execute(f"/* visitors.figures.replacing_alone */ SELECT {function}({_LOCK})")
        return cursor.fetchone()[0]


def _stored_stamp():
    """Return whether the database can be written to, and the stamp of the stored snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(
            """/* visitors.figures.stored_stamp */
            SELECT current_setting('transaction_read_only') = 'off',
                (SELECT as_of FROM visitors_snapshot)"""
        )
        return cursor.fetchone()


def _current(now):
    try:
        return _fetch(_NO_LONG_WAIT + _REPLACE, _moments(now))
    except InternalError:  # a database that only answers: a standby, or under maintenance
        return _fetch(_STORED, {})
    except DatabaseError as error:
        logger.warning("visits: no figures: %s", type(error).__name__)
        return None


def _moments(now):
    today = counting.local_day(now.timestamp())
    month = counting.month_start(today)
    as_of = now.replace(microsecond=0)
    return {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "week": counting.week_start(today),
        "month": month,
        "months_since": month.replace(year=month.year - 1),
        "as_of": as_of,
        "online_since": int(as_of.timestamp()) - counting.ONLINE_FOR,
        "tolerated": as_of + _CLOCK_TOLERANCE,
    }


def _fetch(statement, parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    if row is None:
        return None
    *numbers, months, shows_online = row
    months = json.loads(months) if isinstance(months, str) else months
    return Figures(*numbers, months, shows_online)
