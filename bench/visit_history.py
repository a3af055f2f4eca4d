"""Ten million invented views over five years, made by the database itself.

No view is drawn by itself: those of a day are shared out among pages, hours and clients, and
its visits among the websites that led to them, so that all of them add up to the day.
"""

from datetime import timedelta

from django.db import connection, transaction

from visitors import rollups, spans

VIEWS = 10_000_000
DAYS = 1826
PAGES = 3000  # of which every tenth is a file that is downloaded

_NAMED_PAGES = f"""
INSERT INTO visitors_page (path, kind, object_id, title, section)
SELECT section || n || '/', kind, n::text, 'Nội dung số ' || n, section
FROM generate_series(1, {PAGES}) AS n
CROSS JOIN LATERAL (
    SELECT CASE mod(n, 10) WHEN 0 THEN 'file' WHEN 1 THEN 'procedure' WHEN 2 THEN 'page'
        ELSE 'article' END AS kind,
        CASE mod(n, 10) WHEN 0 THEN '/tai-ve/' WHEN 1 THEN '/thu-tuc/' WHEN 2 THEN '/xa/'
        ELSE '/tin-tuc/muc-' || mod(n / 10, 12) || '/' END AS section
) AS placed
"""  # noqa: S608 — nothing in this file comes from outside it

# How much of a number each row gets: from the part `above` it `upto` its own, of 1.
_SHARES = """
SELECT {keys}, (running - weight)::float / whole AS above, running::float / whole AS upto
FROM (
    SELECT *, sum(weight) OVER (ORDER BY {keys}) AS running, sum(weight) OVER () AS whole
    FROM ({weights}) AS weighted
) AS summed
"""

# More on working days and from year to year; hardly anybody comes around Tết.
_DAY_WEIGHTS = f"""
SELECT day, CASE WHEN extract(isodow FROM day) < 6 THEN 10 ELSE 6 END
    * CASE extract(month FROM day) WHEN 2 THEN 5 WHEN 8 THEN 13 ELSE 10 END
    * (1000 + number) AS weight
FROM (
    SELECT number, %s::date + number AS day FROM generate_series(0, {DAYS - 1}) AS number
) AS calendar
"""  # noqa: S608
# Of five views two begin a visit, of twenty visits seventeen are the reader's first.
_DAYS = f"""
INSERT INTO visitors_day (day, views, visits, visitors, keyless_views, closed_at)
SELECT day, views, 2 * views / 5, 2 * views / 5 * 17 / 20, views / 50,
    day + interval '1 day 6 minutes'
FROM (
    SELECT day, floor({VIEWS} * upto)::bigint - floor({VIEWS} * above)::bigint AS views
    FROM ({_SHARES.format(keys="day", weights=_DAY_WEIGHTS)}) AS shares
) AS shared
"""  # noqa: S608

# By rank, as Zipf found it.
_PAGE_WEIGHTS = """
SELECT id AS page_id, 10000000 / row_number() OVER (ORDER BY id) AS weight
FROM visitors_page WHERE kind <> 'file'
"""
_HOUR_WEIGHTS = """
SELECT hour - 1 AS hour, weight FROM unnest(ARRAY[
    3, 2, 1, 1, 2, 5, 12, 30, 52, 55, 49, 35, 21, 24, 44, 48, 42, 31, 25, 34, 39, 31, 17, 8
]) WITH ORDINALITY AS hours (weight, hour)
"""
_CLIENT_WEIGHTS = """
SELECT device, browser, 100000 / (place * rank) AS weight
FROM unnest(ARRAY['phone', 'computer', 'tablet']) WITH ORDINALITY AS devices (device, place)
CROSS JOIN unnest(ARRAY['Chrome', 'Zalo', 'Cốc Cốc', 'Safari', 'Facebook', 'Edge',
    'Samsung Internet', 'Firefox']) WITH ORDINALITY AS browsers (browser, rank)
"""
_HOST_WEIGHTS = """
SELECT CASE n WHEN 1 THEN '' ELSE 'trang-' || n || '.example' END AS host,
    100000 / n AS weight
FROM generate_series(1, 60) AS n
"""
# `drawn` differs from day to day, so that what is read now and then is not read on the same
# days. A row's visits are cut from its views, so they are never more.
_SHARED_OUT = """
INSERT INTO {table} (grain, start, {columns}, {counters})
SELECT 1, day, {values}, {numbers}
FROM (
    SELECT day, shares.*, floor({total} * above + drawn)::bigint AS before,
        floor({total} * upto + drawn)::bigint AS after
    FROM (SELECT *, 0.999 * random() AS drawn FROM visitors_day) AS days
    CROSS JOIN ({shares}) AS shares
) AS shared
WHERE after > before
ORDER BY day, {values}
"""
_OF_VIEWS = "after - before, 2 * after / 5 - 2 * before / 5"
_OF_VISITS = "after - before"

_EXCLUSIONS = """
INSERT INTO visitors_exclusioncount (grain, start, reason, requests)
SELECT 1, day, reason, 1 + views / (3 * place)
FROM visitors_day CROSS JOIN unnest(ARRAY['robot', 'robot-search', 'robot-library',
    'robot-empty', 'robot-missing', 'staff', 'prefetch']) WITH ORDINALITY AS r (reason, place)
"""
_DOWNLOADS = """
INSERT INTO visitors_downloadcount (grain, start, page_id, downloads)
SELECT 1, day, id, 1 + mod(id, 3)
FROM visitors_day JOIN visitors_page
    ON kind = 'file' AND mod(id / 10 + (day - date '2000-01-01'), 9) = 0
"""
_SEARCHES = """
INSERT INTO visitors_searchcount (grain, start, phrase, searches)
SELECT 1, day, 'cụm từ ' || floor(2000 * random() ^ 3), count(*)
FROM visitors_day CROSS JOIN generate_series(1, 20)
GROUP BY 1, 2, 3
"""
_COARSER = """
INSERT INTO {table} (grain, start, {names}, {counters})
SELECT %s, date_trunc(%s, start)::date, {names}, {sums}
FROM {table} WHERE grain = %s GROUP BY 2, {names} ORDER BY 2, {names}
"""


def fill(*, last):
    """Put the history of the `DAYS` days up to `last` in the place of all visits."""
    first = last - timedelta(days=DAYS - 1)
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ", ".join(rollup.table for rollup in rollups.ROLLUPS)
        _run(
            cursor,
            f"TRUNCATE {tables}, visitors_page, visitors_visitorday, visitors_salt",
        )
        _run(cursor, "SELECT setseed(0.5)")
        _run(cursor, _NAMED_PAGES)
        _run(cursor, _DAYS, first)
        _share_out(cursor, rollups.PAGE, _PAGE_WEIGHTS)
        _share_out(cursor, rollups.HOUR, _HOUR_WEIGHTS, weekday="extract(isodow FROM day)")
        _share_out(cursor, rollups.CLIENT, _CLIENT_WEIGHTS)
        _share_out(cursor, rollups.REFERRER, _HOST_WEIGHTS)
        for statement in (_EXCLUSIONS, _DOWNLOADS, _SEARCHES):
            _run(cursor, statement)
        for rollup in rollups.ROLLUPS:
            if rollup.is_detail:
                _add_months_and_years(cursor, rollup)
    with connection.cursor() as cursor:
        _run(cursor, "VACUUM (ANALYZE)")  # as autovacuum does soon after so many rows
    return first


def _share_out(cursor, rollup, weights, **told):
    """Fill a table of details by day; what `told` names is SQL, the rest is in `weights`."""
    columns = [name for name, _ in rollup.keys[1:]]
    keys = ", ".join(name for name in columns if name not in told)
    is_of_views = "views" in rollup.counters
    _run(
        cursor,
        _SHARED_OUT.format(
            table=rollup.table,
            columns=", ".join(columns),
            values=", ".join(told.get(name, name) for name in columns),
            counters=", ".join(rollup.counters),
            numbers=_OF_VIEWS if is_of_views else _OF_VISITS,
            total="views" if is_of_views else "visits",
            shares=_SHARES.format(keys=keys, weights=weights),
        ),
    )


def _add_months_and_years(cursor, rollup):
    statement = _COARSER.format(
        table=rollup.table,
        names=", ".join(name for name, _ in rollup.keys[1:]),
        counters=", ".join(rollup.counters),
        sums=", ".join(f"sum({counter})" for counter in rollup.counters),
    )
    _run(cursor, statement, int(spans.Grain.MONTH), "month", int(spans.Grain.DAY))
    _run(cursor, statement, int(spans.Grain.YEAR), "year", int(spans.Grain.MONTH))


def _run(cursor, statement, *parameters):
    cursor.execute(f"/* bench.visit_history */ {statement}", parameters or None)
