"""Adds hits to the long-lived totals, and closes days.

Totals that only grow are declared in `ROLLUPS` and added to by one statement. Visits may
also fall, when a late view joins two of them; they have statements of their own. All of
it runs inside the caller's transaction, so that what a spool has handed over and how far
it has been read change together (visitors/spool.py).
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from visitors import counting

_LOCK_CLASS = 0x56495354  # "VIST": the class of our advisory locks, one lock a day
# After midnight, how long a day stays open for what is still on its way.
_CLOSING_GRACE = timedelta(minutes=5)
# A spool that nobody has heard of for so long will not come back.
_SPOOL_FORGOTTEN_AFTER = timedelta(days=400)


@dataclass(frozen=True)
class Rollup:
    """A table of totals: the columns that name a row, and those that are added up."""

    table: str
    keys: tuple[tuple[str, str], ...]  # column and SQL type
    counters: tuple[str, ...]

    def add(self, cursor, totals):
        """Add `totals`, a dict of key tuple to tuple of numbers.

        Rows are taken in the order of their keys, so that two processes that add at once
        never wait for each other in a circle.
        """
        if not totals:
            return
        rows = [(*key, *numbers) for key, numbers in sorted(totals.items())]
        names = [name for name, _ in self.keys]
        types = [*(kind for _, kind in self.keys), *("bigint" for _ in self.counters)]
        # Names and types come from ROLLUPS below, never from a request.
        cursor.execute(
            f"""/* visitors.rollups.add */
            INSERT INTO {self.table} AS t ({", ".join([*names, *self.counters])})
            SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in types)})
            ON CONFLICT ({", ".join(names)}) DO UPDATE
            SET {", ".join(f"{c} = t.{c} + excluded.{c}" for c in self.counters)}""",  # noqa: S608
            _columns(rows),
        )


DAY_PAGE = Rollup("visitors_daypage", (("day", "date"), ("page_id", "bigint")), ("views",))
DAY_EXCLUSION = Rollup(
    "visitors_dayexclusion", (("day", "date"), ("reason", "text")), ("requests",)
)
DAY = Rollup("visitors_day", (("day", "date"),), ("views", "keyless_views", "late_views"))
# The row of the day comes last: every process adds to the same one, so it is held for the
# shortest time.
ROLLUPS = (DAY_PAGE, DAY_EXCLUSION, DAY)


def add_hits(hits, *, now):
    """Add `hits` (`counting.Hit`) to all totals. Call it inside a transaction.

    Views of a day that has closed are added as late views, without a visitor.
    """
    views = [(counting.local_day(hit.at), hit) for hit in hits if not hit.reason]
    with connection.cursor() as cursor:
        closed = _hold_open(cursor, {day for day, _ in views}, now)
        by_day = defaultdict(Counter)
        keyed = defaultdict(list)
        for day, hit in views:
            by_day[day]["views"] += 1
            if day in closed:
                by_day[day]["late_views"] += 1
            elif hit.key:
                keyed[day, hit.key].append(hit.at)
            else:
                by_day[day]["keyless_views"] += 1
        visits, visitors = _merge_visits(cursor, keyed)
        totals = {
            DAY_PAGE: _page_totals(cursor, views),
            DAY_EXCLUSION: _exclusion_totals(hits),
            DAY: {
                (day,): tuple(counts[name] for name in DAY.counters)
                for day, counts in by_day.items()
            },
        }
        for rollup in ROLLUPS:
            rollup.add(cursor, totals[rollup])
        for day in sorted(by_day):
            cursor.execute(
                """/* visitors.rollups.change_visits */
                UPDATE visitors_day SET visits = visits + %s, visitors = visitors + %s
                WHERE day = %s""",
                [visits[day], visitors[day], day],
            )


def _columns(rows):
    """Turn rows into the list of columns that `unnest` takes."""
    return [list(column) for column in zip(*rows, strict=True)]


def _hold_open(cursor, days, now):
    """Keep `days` from being closed until the transaction ends; return the closed ones."""
    for day in sorted(days):
        cursor.execute(
            "/* visitors.rollups.hold_open */ SELECT pg_advisory_xact_lock_shared(%s, %s)",
            [_LOCK_CLASS, day.toordinal()],
        )
    cursor.execute(
        """/* visitors.rollups.closed_days */
        SELECT day FROM visitors_day WHERE day = ANY(%s::date[]) AND closed_at IS NOT NULL""",
        [sorted(days)],
    )
    closed = {day for (day,) in cursor.fetchall()}
    return closed | {day for day in days if counting.must_be_closed(day, now)}


def _merge_visits(cursor, keyed):
    """Merge new views into the visits of their visitors.

    `keyed` has the times of views by (day, key). Return by how much the number of visits
    and of visitors of each day changes.
    """
    visits, visitors = Counter(), Counter()
    if not keyed:
        return visits, visitors
    names = _columns(sorted(keyed))
    cursor.execute(
        """/* visitors.rollups.new_visitors */
        INSERT INTO visitors_visitorday (day, key, runs)
        SELECT day, key, '[]' FROM unnest(%s::date[], %s::bytea[]) AS seen (day, key)
        ON CONFLICT DO NOTHING""",
        names,
    )
    cursor.execute(
        """/* visitors.rollups.lock_visitors */
        SELECT day, key, runs::text FROM visitors_visitorday
        WHERE (day, key) IN (SELECT * FROM unnest(%s::date[], %s::bytea[]))
        ORDER BY day, key FOR UPDATE""",
        names,
    )
    merged = []
    for day, key, runs_text in cursor.fetchall():
        runs = json.loads(runs_text)
        joined = counting.merge(runs, keyed[day, bytes(key)])
        visits[day] += len(joined) - len(runs)
        visitors[day] += not runs
        merged.append((day, key, json.dumps(joined)))
    cursor.execute(
        """/* visitors.rollups.store_visits */
        UPDATE visitors_visitorday AS t SET runs = merged.runs
        FROM unnest(%s::date[], %s::bytea[], %s::jsonb[]) AS merged (day, key, runs)
        WHERE t.day = merged.day AND t.key = merged.key""",
        _columns(merged),
    )
    return visits, visitors


def _page_totals(cursor, views):
    """Return the views by (day, number of the page), naming pages as they call themselves."""
    latest = {}
    for _, hit in sorted(views, key=lambda view: view[1].at):
        latest[hit.path] = (hit.path, hit.kind, hit.object_id, hit.title)
    if not latest:
        return {}
    cursor.execute(
        """/* visitors.rollups.name_pages */
        INSERT INTO visitors_page AS t (path, kind, object_id, title)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
        ON CONFLICT (path) DO UPDATE
        SET kind = excluded.kind, object_id = excluded.object_id, title = excluded.title
        WHERE (t.kind, t.object_id, t.title)
            <> (excluded.kind, excluded.object_id, excluded.title)""",
        _columns(sorted(latest.values())),
    )
    cursor.execute(
        "/* visitors.rollups.page_ids */ SELECT path, id FROM visitors_page WHERE path = ANY(%s)",
        [list(latest)],
    )
    ids = dict(cursor.fetchall())
    counts = Counter((day, ids[hit.path]) for day, hit in views)
    return {key: (number,) for key, number in counts.items()}


def _exclusion_totals(hits):
    counts = Counter()
    for hit in hits:
        if hit.reason:
            counts[counting.local_day(hit.at), hit.reason] += hit.requests
    return {key: (number,) for key, number in counts.items()}


def close_days(*, now):
    """Close the past days whose lines have all arrived; return the days closed now.

    Closing deletes the salt and the keys of a day. It waits until no spool can hold lines
    of the day, and at the latest until `counting.CLOSES_AT_LATEST` after its end.
    """
    today = counting.local_day((now - _CLOSING_GRACE).timestamp())
    with connection.cursor() as cursor:
        cursor.execute(
            """/* visitors.rollups.days_to_close */
            SELECT day FROM visitors_salt WHERE day < %s
            UNION SELECT day FROM visitors_day WHERE day < %s AND closed_at IS NULL
            ORDER BY day""",
            [today, today],
        )
        days = [day for (day,) in cursor.fetchall()]
    return [day for day in days if _close_day(day, now)]


@transaction.atomic
def _close_day(day, now):
    with connection.cursor() as cursor:
        cursor.execute(
            "/* visitors.rollups.lock_day */ SELECT pg_advisory_xact_lock(%s, %s)",
            [_LOCK_CLASS, day.toordinal()],
        )
        # A spool takes lines of the day it was opened on and, until its process has seen
        # midnight pass, of the first seconds of the next.
        cursor.execute(
            """/* visitors.rollups.spools_of_day */
            SELECT EXISTS (SELECT FROM visitors_spool WHERE opened_on BETWEEN %s AND %s)""",
            [day - timedelta(days=1), day],
        )
        (is_held,) = cursor.fetchone()
        if is_held and not counting.must_be_closed(day, now):
            return False
        cursor.execute(
            "/* visitors.rollups.drop_salt */ DELETE FROM visitors_salt WHERE day = %s",
            [day],
        )
        cursor.execute(
            "/* visitors.rollups.drop_keys */ DELETE FROM visitors_visitorday WHERE day = %s",
            [day],
        )
        cursor.execute(
            """/* visitors.rollups.mark_closed */
            UPDATE visitors_day SET closed_at = %s WHERE day = %s AND closed_at IS NULL""",
            [now, day],
        )
        cursor.execute(
            """/* visitors.rollups.forget_spools */
            DELETE FROM visitors_spool WHERE opened_on < %s""",
            [day - _SPOOL_FORGOTTEN_AFTER],
        )
    return True
