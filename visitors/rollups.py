"""Adds hits to the long-lived totals, and closes days.

Totals are declared in `ROLLUPS` and added to by one statement each. What concerns visits may
also fall, when a late view joins two of them: then less than nothing is added. All of it runs
inside the caller's transaction, so that what a spool has handed over and how far it has been
read change together (visitors/spool.py).
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from visitors import counting, referrers, spans

OTHER = "(khác)"  # what is counted under this name has none of its own
MOST_NAMES = 300  # different hosts, and phrases, that one day may have

_LOCK_CLASS = 0x56495354  # "VIST": the class of our advisory locks, one lock a day
# After midnight, how long a day stays open for what is still on its way.
_CLOSING_GRACE = timedelta(minutes=5)
# A spool that nobody has heard of for so long will not come back.
_SPOOL_FORGOTTEN_AFTER = timedelta(days=400)
MINUTES_KEPT = 120


@dataclass(frozen=True)
class Rollup:
    """A table of totals: the columns that name a row, and those that are added up.

    The first key is the day; in a table of details (`is_detail`) the span that begins on it.
    """

    table: str
    keys: tuple[tuple[str, str], ...]  # column and SQL type
    counters: tuple[str, ...]
    is_detail: bool = True

    def add(self, cursor, totals):
        """Add `totals`, a dict of key tuple, the day first, to tuple of numbers.

        A table of details gets the same for the month and the year of the day. Rows are taken
        in the order of their keys, so that two processes that add at once never wait for each
        other in a circle.
        """
        if self.is_detail:
            totals = self._in_all_grains(totals)
        rows = [(*key, *numbers) for key, numbers in sorted(totals.items()) if any(numbers)]
        if not rows:
            return
        names = [name for name, _ in self.columns]
        types = [*(kind for _, kind in self.columns), *("bigint" for _ in self.counters)]
        # Names and types come from ROLLUPS below, never from a request.
        cursor.execute(
            f"""/* visitors.rollups.add */
            INSERT INTO {self.table} AS t ({", ".join([*names, *self.counters])})
            SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in types)})
            ON CONFLICT ({", ".join(names)}) DO UPDATE
            SET {", ".join(f"{c} = t.{c} + excluded.{c}" for c in self.counters)}""",  # noqa: S608
            _columns(rows),
        )

    @property
    def columns(self):
        """The columns that name a row, with their SQL types."""
        return (("grain", "smallint"), *self.keys) if self.is_detail else self.keys

    def of_days(self, cursor, days):
        """Return what a table of details holds of `days`, as `add` takes it."""
        names = [name for name, _ in self.keys]
        cursor.execute(
            f"""/* visitors.rollups.of_days */
            SELECT {", ".join([*names, *self.counters])} FROM {self.table}
            WHERE grain = %s AND start = ANY(%s::date[])""",  # noqa: S608
            [int(spans.Grain.DAY), days],
        )
        return {row[: len(names)]: row[len(names) :] for row in cursor.fetchall()}

    def drop_empty(self, cursor, days):
        """Delete the rows of `days`, their months and years that count nothing (any more)."""
        starts = {spans.start(day, grain) for day in days for grain in spans.Grain}
        cursor.execute(
            f"""/* visitors.rollups.drop_empty */
            DELETE FROM {self.table} WHERE start = ANY(%s::date[])
            AND {" AND ".join(f"{counter} = 0" for counter in self.counters)}""",  # noqa: S608
            [sorted(starts)],
        )

    def _in_all_grains(self, totals):
        sums = defaultdict(lambda: [0] * len(self.counters))
        for (day, *names), numbers in totals.items():
            for grain in spans.Grain:
                row = sums[int(grain), spans.start(day, grain), *names]
                for position, number in enumerate(numbers):
                    row[position] += number
        return sums


_START = ("start", "date")
PAGE = Rollup("visitors_pagecount", (_START, ("page_id", "bigint")), ("views", "entries"))
HOUR = Rollup(
    "visitors_hourcount",
    (_START, ("weekday", "smallint"), ("hour", "smallint")),
    ("views", "visits"),
)
REFERRER = Rollup("visitors_referrercount", (_START, ("host", "text")), ("visits",))
CLIENT = Rollup(
    "visitors_clientcount",
    (_START, ("device", "text"), ("browser", "text")),
    ("views", "visits"),
)
EXCLUSION = Rollup("visitors_exclusioncount", (_START, ("reason", "text")), ("requests",))
DOWNLOAD = Rollup("visitors_downloadcount", (_START, ("page_id", "bigint")), ("downloads",))
SEARCH = Rollup("visitors_searchcount", (_START, ("phrase", "text")), ("searches",))
MINUTE = Rollup("visitors_minute", (("minute", "bigint"),), ("views",), is_detail=False)
DAY = Rollup(
    "visitors_day",
    (("day", "date"),),
    ("views", "keyless_views", "late_views"),
    is_detail=False,
)
# The row of the day comes last: every process adds to the same one, so it is held for the
# shortest time.
DETAILS = (PAGE, HOUR, REFERRER, CLIENT, EXCLUSION, DOWNLOAD, SEARCH)
ROLLUPS = (*DETAILS, MINUTE, DAY)


class Totals(dict):
    """What is to be added: by rollup, by key tuple with the day first, a list of numbers."""

    def add(self, rollup, key, **numbers):
        """Add each of `numbers` to its counter in the row that `key` names."""
        rows = self.setdefault(rollup, {})
        row = rows.setdefault(key, [0] * len(rollup.counters))
        for name, number in numbers.items():
            row[rollup.counters.index(name)] += number

    def store(self, cursor):
        """Add everything to the tables, in the order of `ROLLUPS`."""
        for rollup in ROLLUPS:
            rollup.add(cursor, self.get(rollup, {}))

    def replace(self, cursor, days):
        """Like `store`, but in the place of the details that are stored of `days`."""
        for rollup in DETAILS:
            rows = self.setdefault(rollup, {})
            for key, numbers in rollup.of_days(cursor, days).items():
                added = rows.get(key, [0] * len(numbers))
                rows[key] = [new - old for new, old in zip(added, numbers, strict=True)]
        self.store(cursor)
        for rollup in DETAILS:
            rollup.drop_empty(cursor, days)

    def number_pages(self, cursor):
        """Put the numbers of stored pages and files in the place of their addresses."""
        by_path = [rollup for rollup in (PAGE, DOWNLOAD) if rollup in self]
        paths = sorted({path for rollup in by_path for _, path in self[rollup]})
        cursor.execute(
            """/* visitors.rollups.page_ids */
            SELECT path, id FROM visitors_page WHERE path = ANY(%s)""",
            [paths],
        )
        ids = dict(cursor.fetchall())
        for rollup in by_path:
            self[rollup] = {
                (day, ids[path]): numbers for (day, path), numbers in self[rollup].items()
            }


def add_hits(hits, *, now):
    """Add `hits` (`counting.Hit`) to all totals. Call it inside a transaction.

    Views of a day that has closed are added as late views, without a visitor.
    """
    hits = [(counting.local_day(hit.at), hit) for hit in hits]
    views = [(day, hit) for day, hit in hits if not hit.reason and not hit.is_download]
    with connection.cursor() as cursor:
        closed = _hold_open(cursor, {day for day, _ in views}, now)
        hosts = _Names(cursor, REFERRER, {(day, hit.referrer) for day, hit in views})
        phrases = _Names(cursor, SEARCH, {(day, hit.missed) for day, hit in views})
        totals, keyed = Totals(), defaultdict(list)
        for day, hit in views:
            is_late = day in closed
            if hit.key and not is_late:
                referrer = hosts.allowed(day, hit.referrer)
                entry = (hit.path, referrer, hit.device, hit.browser)
                keyed[day, hit.key].append((hit.at, entry))
            add_view(totals, day, hit, is_late=is_late)
            if hit.missed:
                phrase = phrases.allowed(day, hit.missed)
                totals.add(SEARCH, (day, phrase), searches=1)
            if hit.at // 60 > now.timestamp() // 60 - MINUTES_KEPT:
                totals.add(MINUTE, (hit.at // 60,), views=1)
        begun = _merge_visits(cursor, keyed)
        add_visits(totals, begun.visits)
        _add_uncounted(totals, hits)
        name_pages(cursor, (hit for _, hit in hits))
        totals.number_pages(cursor)
        totals.store(cursor)
        for day in sorted({day for day, _ in views}):
            cursor.execute(
                """/* visitors.rollups.change_visits */
                UPDATE visitors_day SET visits = visits + %s, visitors = visitors + %s
                WHERE day = %s""",
                [begun.number[day], begun.visitors[day], day],
            )


def add_view(totals, day, hit, *, is_late):
    """Add one view to `totals`."""
    totals.add(
        DAY,
        (day,),
        views=1,
        late_views=int(is_late),
        keyless_views=int(not hit.key and not is_late),
    )
    totals.add(PAGE, (day, hit.path), views=1)
    totals.add(HOUR, (day, *counting.hour_of(hit.at)), views=1)
    totals.add(CLIENT, (day, hit.device, hit.browser), views=1)


def add_visits(totals, changes):
    """Add by how much the number of visits changes that began when and with what.

    `changes` is by (day, (weekday, hour), entry).
    """
    for (day, hour, (path, referrer, device, browser)), change in changes.items():
        totals.add(PAGE, (day, path), entries=change)
        totals.add(HOUR, (day, *hour), visits=change)
        totals.add(REFERRER, (day, referrer), visits=change)
        totals.add(CLIENT, (day, device, browser), visits=change)


def _add_uncounted(totals, hits):
    for day, hit in hits:
        if hit.reason:
            totals.add(EXCLUSION, (day, hit.reason), requests=hit.requests)
        elif hit.is_download:
            totals.add(DOWNLOAD, (day, hit.path), downloads=1)


def _columns(rows):
    """Turn rows into the list of columns that `unnest` takes."""
    return [list(column) for column in zip(*rows, strict=True)]


class _Names:
    """Which names a day may count by themselves: those it has, until it has 300.

    Whoever sends requests chooses these names, and must not make the tables grow for ever,
    nor hide Google or Zalo behind 300 invented ones: well-known services always count.
    """

    def __init__(self, cursor, rollup, wanted):
        self._known = defaultdict(set)
        days = sorted({day for day, name in wanted if name})
        if days:
            column = rollup.keys[1][0]
            cursor.execute(
                f"""/* visitors.rollups.names */
                SELECT start, {column} FROM {rollup.table}
                WHERE grain = %s AND start = ANY(%s::date[])""",  # noqa: S608
                [int(spans.Grain.DAY), days],
            )
            for day, name in cursor.fetchall():
                self._known[day].add(name)

    def allowed(self, day: date, name: str) -> str:
        """Return `name`, or `OTHER` when the day has as many names as it may."""
        known = self._known[day]
        if name and name not in known and name not in referrers.SERVICES:
            if len(known) >= MOST_NAMES:
                return OTHER
            known.add(name)
        return name


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


class _Begun:
    """By how much the numbers of visits and visitors change.

    `visits` is by (day, (weekday, hour), entry); a visit that began before entries were
    counted is in none of them.
    """

    def __init__(self):
        self.number, self.visitors, self.visits = Counter(), Counter(), Counter()

    def change(self, day, runs, by):
        """Let `runs` come (`by` = 1) or go (`by` = -1)."""
        for start, _, entry in runs:
            self.number[day] += by
            if entry is not None:
                self.visits[day, counting.hour_of(start), tuple(entry)] += by


def _merge_visits(cursor, keyed):
    """Merge new views into the visits of their visitors; return what changes, `_Begun`.

    `keyed` has (time, entry) of the views by (day, key).
    """
    begun = _Begun()
    if not keyed:
        return begun
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
        # While migration 0003 ran, a process of the version before could still store runs
        # that have no entry.
        runs = [[*run, None][:3] for run in json.loads(runs_text)]
        joined = counting.merge(runs, keyed[day, bytes(key)])
        begun.change(day, runs, -1)
        begun.change(day, joined, 1)
        begun.visitors[day] += not runs
        merged.append((day, key, json.dumps(joined), joined[-1][1]))
    cursor.execute(
        """/* visitors.rollups.store_visits */
        UPDATE visitors_visitorday AS t SET runs = merged.runs, last_at = merged.last_at
        FROM unnest(%s::date[], %s::bytea[], %s::jsonb[], %s::bigint[])
            AS merged (day, key, runs, last_at)
        WHERE t.day = merged.day AND t.key = merged.key""",
        _columns(merged),
    )
    return begun


def name_pages(cursor, hits):
    """Store the pages and files of `hits` as they called themselves last.

    The entry of a visit that has become another's is known from before.
    """
    latest = {}
    for hit in sorted(hits, key=lambda each: each.at):
        if not hit.reason:
            section = counting.section_of(hit.path)
            latest[hit.path] = (hit.path, hit.kind, hit.object_id, hit.title, section)
    if latest:
        cursor.execute(
            """/* visitors.rollups.name_pages */
            INSERT INTO visitors_page AS t (path, kind, object_id, title, section)
            SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
            ON CONFLICT (path) DO UPDATE
            SET kind = excluded.kind, object_id = excluded.object_id,
                title = excluded.title, section = excluded.section
            WHERE (t.kind, t.object_id, t.title, t.section)
                <> (excluded.kind, excluded.object_id, excluded.title, excluded.section)""",
            _columns(sorted(latest.values())),
        )


def close_days(*, now):
    """Close the past days whose lines have all arrived; return the days closed now.

    Closing deletes the salt and the keys of a day. It waits until no spool can hold lines
    of the day, and at the latest until `counting.CLOSES_AT_LATEST` after its end. A day has
    ended when the clock of Postgres says so as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "/* visitors.rollups.surely_past */ SELECT least(%s, clock_timestamp())", [now]
        )
        (now,) = cursor.fetchone()
        today = counting.local_day((now - _CLOSING_GRACE).timestamp())
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
        # Whose lines of an earlier day have not all been added, because it cannot reach
        # Postgres, may have a file of this day that nobody knows yet.
        cursor.execute(
            """/* visitors.rollups.spools_of_day */
            SELECT EXISTS (SELECT FROM visitors_spool WHERE opened_on BETWEEN %s AND %s)""",
            [day - counting.CLOSES_AT_LATEST, day],
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
