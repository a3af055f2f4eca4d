"""Keeps the tables of counting tidy: closes days, forgets what is no longer to be kept.

All of it may run at any time, beside running workers and beside itself: it works in short
transactions and comes to the same result when it runs again. Details of old days go by whole
months, and only when the rows of the month hold them; details of old months go by whole years
likewise. The totals of days and the details of years stay for ever.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef

from portal.jobs import daily
from visitors import counting, faults, keys, rollups, spans, spool
from visitors.headlines import number
from visitors.models import DownloadCount, Minute, Page, PageCount, VisitSettings

__all__ = ["Done", "kept_from", "roll_up"]

logger = logging.getLogger(__name__)

_PHRASE_LOCK = 0x56495350  # "VISP": the advisory lock of the one who forgets phrases
_BATCH = 500  # rows of one transaction
_COARSER = {spans.Grain.DAY: spans.Grain.MONTH, spans.Grain.MONTH: spans.Grain.YEAR}


@dataclass
class Done:
    """What one run did. `refused` are the months and years whose details had to stay."""

    lines: int = 0
    closed: list[date] = field(default_factory=list)
    phrases: int = 0
    days: int = 0
    months: int = 0
    pages: int = 0
    refused: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """Yield what was done and what is left to do, in Vietnamese."""
        closed = ", ".join(f"{day:%d/%m/%Y}" for day in self.closed) or "không có ngày nào"
        yield f"Đã cộng {number(self.lines)} dòng lượt truy cập mà các tiến trình đã dừng để lại."
        yield f"Đã chốt: {closed}."
        yield (
            f"Đã xóa chi tiết cũ: {number(self.days)} dòng theo ngày, "
            f"{number(self.months)} dòng theo tháng."
        )
        yield (
            f"Đã gộp vào “{rollups.OTHER}” {number(self.phrases)} cụm từ chỉ được tìm một lần "
            f"trong tháng. Đã xóa {number(self.pages)} trang không còn số liệu nào."
        )
        for span in self.refused:
            yield (
                f"Chưa xóa chi tiết của {span}: số tổng của kỳ này không chứa đủ chi tiết. Hãy chạy "
                "manage.py check_visits --repair rồi chạy lại lệnh này."
            )
        yield from self.problems


@daily
def roll_up(*, now) -> Done:
    """Do all that is due at `now`; return what was done."""
    done = Done()
    try:
        done.lines = spool.adopt(settings.VISIT_SPOOL_DIR, now=now)
    except OSError as error:
        done.problems.append(
            f"Không đọc được một tệp lượt truy cập ({error.strerror}). Hãy kiểm tra quyền đọc, "
            "ghi của tài khoản đang chạy lệnh trong thư mục “visits”."
        )
    done.closed = rollups.close_days(now=now)
    if done.closed:
        _wipe_salts()
    today = counting.local_day(now.timestamp())
    done.phrases = _forget_rare_phrases(today)
    done.days, months = _forget_details(spans.Grain.DAY, today)
    done.months, years = _forget_details(spans.Grain.MONTH, today)
    done.refused = [*months, *years]
    done.pages = _forget_pages()
    Minute.objects.filter(minute__lt=now.timestamp() // 60 - rollups.MINUTES_KEPT).delete()
    faults.sweep(now=now)
    if done.phrases or done.days or done.months or done.pages or done.refused:
        logger.info("visits: %s", " ".join(done.sentences()))
    return done


def kept_from(grain, *, today) -> date:
    """Return the first day of which details by `grain`, day or month, are kept on `today`."""
    chosen = VisitSettings.current()
    if grain == spans.Grain.MONTH:
        return date(today.year - chosen.monthly_detail_years, 1, 1)
    months = today.year * 12 + today.month - 1 - chosen.daily_detail_months
    return date(months // 12, months % 12 + 1, 1)


def _wipe_salts():
    # Inside a transaction, as in tests, Postgres cannot write a table anew.
    if connection.in_atomic_block:
        return
    try:
        keys.wipe_deleted()
    except DatabaseError:
        logger.warning("visits: the table of salts is in use and is wiped later")


# --- Old details --------------------------------------------------------------------------


def _forget_details(grain, today):
    """Delete the details by `grain` that are no longer kept, by whole spans.

    Return the number of rows, and in words the spans whose details had to stay.
    """
    rows, refused = 0, []
    before, coarser = kept_from(grain, today=today), _COARSER[grain]
    first = _oldest(grain, before)
    while first is not None and first < before:
        deleted = _forget_span(grain, first, spans.next_start(first, coarser))
        if deleted is None:
            is_year = coarser == spans.Grain.YEAR
            refused.append(f"năm {first.year}" if is_year else f"tháng {first:%m/%Y}")
        rows += deleted or 0
        first = spans.next_start(first, coarser)
    return rows, refused


def _oldest(grain, before):
    """Return the beginning of the coarser span of the oldest details by `grain`, or None."""
    with connection.cursor() as cursor:
        oldest = " UNION ALL ".join(
            f"SELECT min(start) AS start FROM {rollup.table}"  # noqa: S608
            " WHERE grain = %(grain)s AND start < %(before)s"
            for rollup in rollups.DETAILS
        )
        cursor.execute(
            f"/* visitors.care.oldest */ SELECT min(start) FROM ({oldest}) AS tables",  # noqa: S608
            {"grain": int(grain), "before": before},
        )
        (oldest,) = cursor.fetchone()
    return oldest and spans.start(oldest, _COARSER[grain])


@transaction.atomic
def _forget_span(grain, first, end):
    """Delete the details by `grain` from `first` until before `end`; return the number of rows.

    None when a table of the coarser span lacks something of what would be deleted.
    """
    span = {
        "grain": int(grain),
        "coarser": int(_COARSER[grain]),
        "first": first,
        "end": end,
    }
    with connection.cursor() as cursor:
        for rollup in rollups.DETAILS:
            cursor.execute(_lacks(rollup), span)
            (is_lacking,) = cursor.fetchone()
            if is_lacking:
                return None
        deleted = 0
        for rollup in rollups.DETAILS:
            cursor.execute(
                f"""/* visitors.care.forget_span */
                DELETE FROM {rollup.table}
                WHERE grain = %(grain)s AND start >= %(first)s AND start < %(end)s""",  # noqa: S608
                span,
            )
            deleted += cursor.rowcount
    return deleted


def _lacks(rollup):
    """Return the statement that asks whether the coarser row holds less than its details."""
    names = [name for name, _ in rollup.keys[1:]]
    sums = ", ".join(f"sum({each}) AS {each}" for each in rollup.counters)
    return f"""/* visitors.care.lacks */
        SELECT EXISTS (
            SELECT FROM (
                SELECT {", ".join(names)}, {sums} FROM {rollup.table}
                WHERE grain = %(grain)s AND start >= %(first)s AND start < %(end)s
                GROUP BY {", ".join(names)}
            ) AS part
            LEFT JOIN {rollup.table} AS whole
                ON whole.grain = %(coarser)s AND whole.start = %(first)s
                AND {" AND ".join(f"whole.{name} = part.{name}" for name in names)}
            WHERE {" OR ".join(f"part.{each} > coalesce(whole.{each}, 0)" for each in rollup.counters)}
        )"""  # noqa: S608


# --- Phrases and pages --------------------------------------------------------------------


def _forget_rare_phrases(today):
    """Count what was searched for once in a month that has ended as `rollups.OTHER`.

    A phrase that one person typed could say who that is. Return how many phrases went.
    """
    forgotten = 0
    while phrases := _forget_some_phrases(counting.month_start(today)):
        forgotten += phrases
    return forgotten


@transaction.atomic
def _forget_some_phrases(before):
    with connection.cursor() as cursor:
        cursor.execute(
            "/* visitors.care.hold_phrases */ SELECT pg_advisory_xact_lock(%s)",
            [_PHRASE_LOCK],
        )
        cursor.execute(
            """/* visitors.care.rare_phrases */
            SELECT by_day.start, phrase, by_day.searches
            FROM visitors_searchcount AS by_month
            JOIN visitors_searchcount AS by_day USING (phrase)
            WHERE by_month.grain = %(month)s AND by_month.start < %(before)s
                AND by_month.searches = 1 AND phrase <> %(other)s
                AND by_day.grain = %(day)s AND by_day.start >= by_month.start
                AND by_day.start < by_month.start + interval '1 month'
                AND by_day.searches = 1
            LIMIT %(batch)s""",
            {
                "month": int(spans.Grain.MONTH),
                "day": int(spans.Grain.DAY),
                "before": before,
                "other": rollups.OTHER,
                "batch": _BATCH,
            },
        )
        found = cursor.fetchall()
        totals = rollups.Totals()
        for day, phrase, searches in found:
            totals.add(rollups.SEARCH, (day, phrase), searches=-searches)
            totals.add(rollups.SEARCH, (day, rollups.OTHER), searches=searches)
        totals.store(cursor)
        rollups.SEARCH.drop_empty(cursor, [day for day, *_ in found])
    return len(found)


def _forget_pages():
    """Delete the pages that no count refers to; return how many."""
    forgotten = 0
    while pages := _forget_some_pages():
        forgotten += pages
    return forgotten


@transaction.atomic
def _forget_some_pages():
    unused = Page.objects.filter(
        ~Exists(PageCount.objects.filter(page=OuterRef("pk"))),
        ~Exists(DownloadCount.objects.filter(page=OuterRef("pk"))),
    )
    # Held, none of them can get a count any more; those that got one meanwhile stay.
    held = [page.pk for page in unused.select_for_update(skip_locked=True)[:_BATCH]]
    return unused.filter(pk__in=held).delete()[0] if held else 0
