"""Adds every total up again and tells what differs, in words.

Everything is read at one moment (`figures.at_one_moment`), so that the answer is right beside
running workers. A month is compared with its days as long as details by day are kept, a year
with its months likewise; what is older is held against the totals of days, which stay for ever.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from portal.refusals import Refused
from visitors import care, counting, figures, opening, rollups, spans, tables
from visitors.headlines import number
from visitors.models import Day, Page, Salt, Source, VisitorDay

__all__ = ["Difference", "check", "repair"]

# What adds up to the views and to the visits of a day: table, column.
_OF_VIEWS = ((rollups.PAGE, "views"), (rollups.HOUR, "views"), (rollups.CLIENT, "views"))
_OF_VISITS = (
    (rollups.PAGE, "entries"),
    (rollups.HOUR, "visits"),
    (rollups.CLIENT, "visits"),
    (rollups.REFERRER, "visits"),
)
_TABLES = {
    rollups.PAGE: "trang",
    rollups.HOUR: "giờ trong ngày",
    rollups.CLIENT: "thiết bị và trình duyệt",
    rollups.REFERRER: "trang giới thiệu",
    rollups.EXCLUSION: "yêu cầu không đếm",
    rollups.DOWNLOAD: "lượt tải",
    rollups.SEARCH: "tìm không thấy",
}
_COUNTERS = {
    "views": "lượt xem",
    "visits": "lượt truy cập",
    "entries": "lượt truy cập bắt đầu",
    "requests": "yêu cầu",
    "downloads": "lượt tải",
    "searches": "lượt tìm",
}
_UNITS = {spans.Grain.DAY: "day", spans.Grain.MONTH: "month", spans.Grain.YEAR: "year"}


@dataclass(frozen=True)
class Difference:
    """One total that is not what its parts add up to.

    `rollup`, `row` (grain, start, names) and `lacking` (a number for each counter) say how the
    row of a month or a year is put right; without them nobody but a person can.
    """

    sentence: str
    rollup: rollups.Rollup | None = None
    row: tuple = ()
    lacking: tuple[int, ...] = ()


def check(*, now) -> list[Difference]:
    """Return all differences that there are at `now`; empty when every total is right."""
    today = counting.local_day(now.timestamp())
    with figures.at_one_moment() as shown, connection.cursor() as cursor:
        spans_kept = _Kept.on(cursor, today)
        return [
            *_days_against_rules(today),
            *_open_days(cursor),
            *_leftovers(),
            *_details_against_days(cursor, spans_kept),
            *_rows_against_rows(cursor, spans_kept),
            *_negative(cursor),
            *_snapshot(shown),
            *_history(),
        ]


@transaction.atomic
def repair(*, differences) -> int:
    """Put the rows of months and years right that differ from those of days; return how many.

    What is lacking is added, so views that were counted since `check` are kept.
    """
    repaired = 0
    with connection.cursor() as cursor:
        for difference in differences:
            if difference.rollup is not None:
                _add_lacking(cursor, difference)
                repaired += 1
    return repaired


def _add_lacking(cursor, difference):
    rollup = difference.rollup
    names = [name for name, _ in rollup.columns]
    # Names come from ROLLUPS, never from a request.
    cursor.execute(
        f"""/* visitors.checking.repair */
        INSERT INTO {rollup.table} AS t ({", ".join([*names, *rollup.counters])})
        VALUES ({", ".join(["%s"] * (len(names) + len(rollup.counters)))})
        ON CONFLICT ({", ".join(names)}) DO UPDATE
        SET {", ".join(f"{c} = t.{c} + excluded.{c}" for c in rollup.counters)}""",  # noqa: S608
        [*difference.row, *difference.lacking],
    )


# --- Days -------------------------------------------------------------------------------


def _days_against_rules(today):
    """Yield the days that no counting can have left as they are."""
    wrong = Day.objects.exclude(
        visitors__gte=0,
        visitors__lte=F("visits"),
        keyless_views__gte=0,
        late_views__gte=0,
        visits__lte=F("views") - F("keyless_views") - F("late_views"),
    )
    for row in wrong:
        yield Difference(
            f"Ngày {row}: số người ({number(row.visitors)}), lượt truy cập "
            f"({number(row.visits)}) và lượt xem ({number(row.views)}, trong đó "
            f"{number(row.keyless_views)} không gắn với người xem, {number(row.late_views)} "
            "xem muộn) trái với quy tắc người ≤ lượt truy cập ≤ lượt xem."
        )
    for row in Day.objects.filter(day__gt=today):
        yield Difference(
            f"Ngày {row} chưa đến mà đã có số liệu. Hãy kiểm tra đồng hồ của máy chủ."
        )


def _open_days(cursor):
    """Yield the days that are open and whose visits are not those of their visitors."""
    cursor.execute(
        """/* visitors.checking.open_days */
        SELECT day, visits, visitors, coalesce(runs, 0), coalesce(keys, 0)
        FROM visitors_day LEFT JOIN (
            SELECT day, sum(jsonb_array_length(runs)) AS runs, count(*) AS keys
            FROM visitors_visitorday GROUP BY day
        ) AS known USING (day)
        WHERE closed_at IS NULL AND source = %s
            AND (visits, visitors) <> (coalesce(runs, 0), coalesce(keys, 0))
        ORDER BY day""",
        [Source.MEASURED],
    )
    for day, visits, visitors, runs, keys in cursor.fetchall():
        yield Difference(
            f"Ngày {day:%d/%m/%Y} chưa chốt: ghi {number(visits)} lượt truy cập của "
            f"{number(visitors)} người, còn cộng từng người được {number(runs)} lượt của "
            f"{number(keys)} người. Nếu vừa khôi phục từ bản sao lưu thì đúng là như vậy: bản sao "
            "lưu không chứa mã của người xem."
        )


def _leftovers():
    """Yield what closing a day should have deleted."""
    closed = Day.objects.filter(closed_at__isnull=False).values("day")
    for model, name in ((VisitorDay, "mã của người xem"), (Salt, "khóa")):
        left = model.objects.filter(day__in=closed).order_by("day")
        for day in left.values_list("day", flat=True).distinct():
            yield Difference(f"Ngày {day:%d/%m/%Y} đã chốt mà vẫn còn {name}.")


# --- Details ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kept:
    """Of which spans details can be compared with finer ones.

    `months` have all their details by day, `years` all by month; of the days of
    `months_with_days` each has to have details of its own.
    """

    months: list[date]
    months_with_days: list[date]
    years: list[date]

    @classmethod
    def on(cls, cursor, today):
        months = _spans_with_rows(cursor, spans.Grain.DAY, spans.Grain.MONTH, today)
        cursor.execute(
            """/* visitors.checking.months_lacking_days */
            SELECT DISTINCT date_trunc('month', day)::date FROM visitors_day
            WHERE views > 0 AND NOT EXISTS (
                SELECT FROM visitors_pagecount WHERE grain = %s AND start = day
            )""",
            [int(spans.Grain.DAY)],
        )
        lacking = {month for (month,) in cursor.fetchall()}
        return cls(
            months=[month for month in months if month not in lacking],
            months_with_days=months,
            years=_spans_with_rows(cursor, spans.Grain.MONTH, spans.Grain.YEAR, today),
        )


def _spans_with_rows(cursor, grain, coarser, today):
    """Return the spans of `coarser` within retention that have any details by `grain`."""
    tables = " UNION ".join(
        f"SELECT DISTINCT start FROM {rollup.table}"  # noqa: S608
        " WHERE grain = %(grain)s AND start >= %(first)s"
        for rollup in rollups.DETAILS
    )
    cursor.execute(
        f"/* visitors.checking.spans_with_rows */ {tables}",
        {"grain": int(grain), "first": care.kept_from(grain, today=today)},
    )
    return sorted({spans.start(start, coarser) for (start,) in cursor.fetchall()})


def _details_against_days(cursor, kept):
    """Yield the spans whose details do not add up to the totals of their days."""
    for grain in spans.Grain:
        for counter, parts in (("views", _OF_VIEWS), ("visits", _OF_VISITS)):
            for rollup, column in parts:
                yield from _details_against_total(
                    cursor, kept, grain, counter, rollup, column
                )


def _details_against_total(cursor, kept, grain, counter, rollup, column):
    # Details of a month or a year are complete only when those of all its days are.
    cursor.execute(
        f"""/* visitors.checking.details_against_total */
        SELECT first, total, coalesce(parts, 0) FROM (
            SELECT date_trunc(%(unit)s, day)::date AS first, sum({counter}) AS total
            FROM visitors_day
            GROUP BY 1 HAVING bool_and(is_detailed)
        ) AS days
        LEFT JOIN (
            SELECT start AS first, sum({column}) AS parts FROM {rollup.table}
            WHERE grain = %(grain)s GROUP BY start
        ) AS details USING (first)
        WHERE total <> coalesce(parts, 0) AND CASE %(unit)s
            WHEN 'day' THEN date_trunc('month', first)::date = ANY(%(months)s::date[])
            WHEN 'month' THEN date_trunc('year', first)::date = ANY(%(years)s::date[])
            ELSE TRUE END
        ORDER BY first""",  # noqa: S608
        {
            "unit": _UNITS[grain],
            "grain": int(grain),
            "months": kept.months_with_days,
            "years": kept.years,
        },
    )
    for first, total, parts in cursor.fetchall():
        yield Difference(
            f"{_span(grain, first)}: cộng số {_COUNTERS[column]} theo {_TABLES[rollup]} được "
            f"{number(parts)}, còn số tổng ghi {number(total)} {_COUNTERS[counter]}."
        )


def _rows_against_rows(cursor, kept):
    """Yield the rows of months and years that are not what finer rows add up to."""
    for rollup in rollups.DETAILS:
        for grain, firsts in (
            (spans.Grain.MONTH, kept.months),
            (spans.Grain.YEAR, kept.years),
        ):
            cursor.execute(
                _sums_against_rows(rollup),
                {
                    "unit": _UNITS[grain],
                    "grain": int(grain),
                    "day": int(spans.Grain.DAY),
                    "month": int(spans.Grain.MONTH),
                    "kept": kept.months,
                    "firsts": firsts,
                },
            )
            found = cursor.fetchall()
            yield from _in_words(rollup, grain, found)


def _sums_against_rows(rollup):
    """Return the statement for (start, names, sums, numbers stored) of rows that differ.

    Sums are made of days where all of them are kept, of months otherwise: a month that is
    wrong is told once, and not with its year again.
    """
    names = [name for name, _ in rollup.keys[1:]]
    key = ", ".join(["start", *names])
    counters = ", ".join(rollup.counters)
    sums = ", ".join(f"sum({each}) AS {each}" for each in rollup.counters)

    def numbers(table):
        return ", ".join(f"coalesce({table}.{each}, 0)" for each in rollup.counters)

    return f"""/* visitors.checking.sums_against_rows */
        SELECT {key}, {numbers("sums")}, {numbers("rows")} FROM (
            SELECT date_trunc(%(unit)s, month)::date AS start, {", ".join(names)}, {sums}
            FROM (
                SELECT date_trunc('month', start)::date AS month, {", ".join(names)}, {counters}
                FROM {rollup.table}
                WHERE grain = %(day)s
                    AND date_trunc('month', start)::date = ANY(%(kept)s::date[])
                UNION ALL
                SELECT start, {", ".join(names)}, {counters} FROM {rollup.table}
                WHERE grain = %(month)s AND start <> ALL(%(kept)s::date[])
            ) AS parts
            GROUP BY 1, {", ".join(names)}
        ) AS sums
        FULL JOIN (
            SELECT {key}, {counters} FROM {rollup.table} WHERE grain = %(grain)s
        ) AS rows USING ({key})
        WHERE start = ANY(%(firsts)s::date[]) AND ({numbers("sums")}) <> ({numbers("rows")})
        ORDER BY {key}"""  # noqa: S608


def _in_words(rollup, grain, found):
    width = len(rollup.keys)
    count = len(rollup.counters)
    is_by_page = rollup in (rollups.PAGE, rollups.DOWNLOAD)
    paths = Page.objects.in_bulk([row[1] for row in found]) if is_by_page else {}
    for row in found:
        (first, *names), sums, stored = row[:width], row[width:-count], row[-count:]
        shown = [paths[names[0]].path] if is_by_page else names
        differing = [
            f"cộng lại được {number(right)} {_COUNTERS[counter]}, đang ghi {number(wrong)}"
            for counter, right, wrong in zip(rollup.counters, sums, stored, strict=True)
            if right != wrong
        ]
        yield Difference(
            f"{_span(grain, first)}, số theo {_TABLES[rollup]} “{_row_name(rollup, shown)}”: "
            f"{'; '.join(differing)}.",
            rollup=rollup,
            row=(int(grain), first, *names),
            lacking=tuple(right - wrong for right, wrong in zip(sums, stored, strict=True)),
        )


def _row_name(rollup, names):
    if rollup == rollups.HOUR:
        weekday, hour = names
        return f"{tables.WEEKDAYS[weekday - 1]}, {hour} giờ"
    if rollup == rollups.EXCLUSION:
        return counting.EXCLUSIONS.get(names[0], names[0])
    return ", ".join(str(name) or "không rõ" for name in names)


def _negative(cursor):
    """Yield the tables of details that hold numbers below 0."""
    for rollup in rollups.DETAILS:
        below = " OR ".join(f"{counter} < 0" for counter in rollup.counters)
        cursor.execute(
            f"""/* visitors.checking.negative */
            SELECT count(*), min(start) FROM {rollup.table} WHERE {below}"""  # noqa: S608
        )
        count, first = cursor.fetchone()
        if count:
            yield Difference(
                f"Số theo {_TABLES[rollup]} có {number(count)} dòng âm, dòng đầu tiên thuộc kỳ "
                f"bắt đầu ngày {first:%d/%m/%Y}."
            )


# --- Figures and history ----------------------------------------------------------------


def _snapshot(shown):
    """Yield which of the figures that every page shows are not those of the days."""
    if shown is None:
        return
    today = counting.local_day(shown.as_of.timestamp())
    visits = dict(Day.objects.filter(day__lte=today).values_list("day", "visits"))

    def since(first):
        return sum(count for day, count in visits.items() if day >= first)

    expected = (
        visits.get(today, 0),
        visits.get(today - timedelta(days=1), 0),
        since(counting.week_start(today)),
        since(counting.month_start(today)),
        _all_visits(today),
    )
    for (label, told), right in zip(shown.rows, expected, strict=True):
        if told != right:
            yield Difference(
                f"Mục Truy cập, dòng “{label}”: ghi {number(told)}, cộng lại được "
                f"{number(right)} lượt truy cập."
            )


def _all_visits(today):
    """Return "Tất cả": what was measured here, the balance, and history dated after it."""
    balance = opening.OpeningBalance.objects.first()
    days = Day.objects.filter(day__lte=today)
    if balance is None:
        own, carried, old = days, 0, opening.old_months().visits
    else:
        own = days.filter(~Q(source=Source.LOG) | Q(day__gt=balance.dated))
        carried = balance.figure
        old = opening.old_months().visits - opening.old_months(until=balance.dated).visits
    return sum(own.values_list("visits", flat=True)) + carried + old


def _history():
    """Yield what contradicts the opening balance."""
    try:
        opening.refuse_contradiction()
    except Refused as refused:
        for reason in refused.reasons:
            yield Difference(reason)


def _span(grain, first) -> str:
    return {
        spans.Grain.DAY: f"Ngày {first:%d/%m/%Y}",
        spans.Grain.MONTH: f"Tháng {first:%m/%Y}",
        spans.Grain.YEAR: f"Năm {first:%Y}",
    }[grain]
