"""Reads the figures of a period: totals, their course, comparisons, what is missing.

A day without a row has no figures; that is not 0, and it is never counted as a day when an
average is made. Visitors are those of one day: over several days only their average per day
is told. Read everything of one page inside `figures.at_one_moment()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth

from visitors import spans
from visitors.models import (
    ClientCount,
    Day,
    Grain,
    OldMonth,
    Page,
    PageCount,
    Source,
)
from visitors.periods import Period

LONGEST_BY_DAY = 92  # days; a longer course is drawn by month
OLD_COUNTER = "theo bộ đếm của trang cũ"
_TENTH = Decimal("0.1")
_NEARLY_WHOLE = 0.95  # of the days of a period
_DAY = timedelta(days=1)
_MOST_RANGES = 3  # that one sentence names


@dataclass(frozen=True)
class Totals:
    """The figures of a period.

    `views`, `visits` and `visitors_per_day` (over the days with figures, one decimal) are
    None when no day has figures.
    """

    period: Period
    days: int
    known_days: int
    views: int | None
    visits: int | None
    visitors_per_day: Decimal | None
    keyless_views: int
    late_views: int
    sources: tuple[Source, ...]

    @property
    def is_nearly_whole(self) -> bool:
        """Whether so few days lack figures that a sum may stand beside another in percent."""
        return _is_nearly_whole(self.known_days, self.period)


@dataclass(frozen=True)
class Point:
    """A day or a month of a course. Numbers are None when there are no figures.

    `visitors` is the average per day with figures where the point has several days.
    `is_old` marks visits that an earlier website counted.
    """

    first: date
    last: date
    label: str
    views: int | None
    visits: int | None
    visitors: int | Decimal | None
    known_days: int
    is_old: bool = False


def totals(period: Period) -> Totals:
    """Return the `Totals` of `period`."""
    found = Day.objects.between(period.first, period.last).aggregate(
        known_days=Count("pk"),
        views=Sum("views"),
        visits=Sum("visits"),
        visitors=Sum("visitors"),
        keyless_views=Sum("keyless_views", default=0),
        late_views=Sum("late_views", default=0),
        sources=ArrayAgg("source", distinct=True, default=[]),
    )
    visitors, sources = found.pop("visitors"), found.pop("sources")
    return Totals(
        period=period,
        days=period.days,
        visitors_per_day=_average(visitors, found["known_days"]),
        sources=tuple(map(Source, sources)),
        **found,
    )


def old_visits(period: Period) -> int:
    """Return the visits of whole months that an earlier website counted and this one did not.

    They are in no figure of `Totals`.
    """
    return sum(_old_months(period.first, period.last).values())


def series(period: Period) -> list[Point]:
    """Return the course of `period`: by day up to `LONGEST_BY_DAY` days, else by month."""
    return by_day(period) if period.days <= LONGEST_BY_DAY else by_month(period)


def by_day(period: Period) -> list[Point]:
    """Return a point for each day of `period`, oldest first."""
    known = {row.day: row for row in Day.objects.between(period.first, period.last)}
    points = []
    for day in _days(period.first, period.last):
        row = known.get(day)
        figures = (row.views, row.visits, row.visitors, 1) if row else (None, None, None, 0)
        points.append(Point(day, day, f"{day:%d/%m}", *figures))
    return points


def by_month(period: Period) -> list[Point]:
    """Return a point for each month of `period`, or the part of it that belongs there."""
    rows = Day.objects.between(period.first, period.last).order_by()
    known = {
        row.pop("month"): row
        for row in rows.annotate(month=TruncMonth("day"))
        .values("month")
        .annotate(
            views=Sum("views"),
            visits=Sum("visits"),
            visitors=Sum("visitors"),
            known_days=Count("pk"),
        )
    }
    old = _old_months(period.first, period.last)
    return [
        _month(first, last, known.get(first.replace(day=1)), old.get(first))
        for first, last in _months(period.first, period.last)
    ]


def _month(first, last, row, old_visits):
    label = f"{first:%m/%Y}"
    if row:
        visitors = _average(row["visitors"], row["known_days"])
        return Point(
            first, last, label, row["views"], row["visits"], visitors, row["known_days"]
        )
    return Point(
        first, last, label, None, old_visits, None, 0, is_old=old_visits is not None
    )


def is_nearly_whole(period: Period) -> bool:
    """Tell of `period` what `Totals.is_nearly_whole` does, without its totals."""
    return _is_nearly_whole(Day.objects.between(period.first, period.last).count(), period)


def _is_nearly_whole(known_days, period):
    return known_days >= _NEARLY_WHOLE * period.days


def change(now, before) -> Decimal | None:
    """Return by how many percent `now` differs from `before`, with one decimal.

    None when one of them has no figures or `before` is 0: nothing grows from nothing by a
    percentage.
    """
    if now is None or not before:
        return None
    return tenths(Decimal(100) * (now - before) / before)


def tenths(number: Decimal) -> Decimal:
    """Return `number` with one decimal, a half rounded away from zero as people and Excel do."""
    return number.quantize(_TENTH, rounding=ROUND_HALF_UP)


def first_known_day() -> date | None:
    """Return the first day that has figures, or month of an earlier website's counter."""
    days = [
        Day.objects.aggregate(first=Min("day"))["first"],
        OldMonth.objects.aggregate(first=Min("month"))["first"],
    ]
    return min((day for day in days if day), default=None)


def pages_of(kind: str, object_id: str) -> list[Page]:
    """Return the addresses that one object had, the one read last at the end."""
    return list(newest_last(Page.objects.filter(kind=kind, object_id=object_id)))


def newest_last(pages):
    """Return the queryset `pages` with the page that was read last at the end."""
    days = PageCount.objects.filter(page=OuterRef("pk"), grain=Grain.DAY)
    last_day = Subquery(days.order_by("-start").values("start")[:1])
    return pages.annotate(last_day=last_day).order_by(
        F("last_day").asc(nulls_first=True), "pk"
    )


def trend_grain(period: Period) -> Grain:
    """Return what the points of a trend are: days, or months.

    As `series`, but also months where only they are kept of some days.
    """
    if period.days > LONGEST_BY_DAY:
        return Grain.MONTH
    if not any(_is_whole(*month) for month in _months(period.first, period.last)):
        return Grain.DAY
    kept = ClientCount.objects.by_day(period.first, period.last).values("start")
    lost = _detailed_days(period).exclude(day__in=kept)
    return Grain.MONTH if lost.exists() else Grain.DAY


def trend(
    page_ids: Iterable[int], period: Period, grain: Grain | None = None
) -> list[Point]:
    """Return the course of some pages together, in points of `grain` or of `trend_grain`.

    `visits` are those that began on one of the pages. Visitors of a page are not counted.
    There are no figures where details are no longer kept.
    """
    grain = grain or trend_grain(period)
    points = by_day(period) if grain == Grain.DAY else by_month(period)
    wanted = _spans_of(points, grain)
    kept = ClientCount.objects.filter(wanted).values_list("start", flat=True).distinct()
    known = {spans.start(start, grain) for start in kept}
    sums = {}
    rows = PageCount.objects.filter(wanted, page_id__in=page_ids)
    for start, views, entries in rows.values_list("start", "views", "entries"):
        seen, began = sums.get(spans.start(start, grain), (0, 0))
        sums[spans.start(start, grain)] = seen + views, began + entries
    return [
        _of_pages(each, sums.get(key), is_kept=key in known)
        for each in points
        for key in [spans.start(each.first, grain)]
    ]


def _spans_of(points, grain):
    """Return the condition for the spans of `grain` of points, and for the days of parts."""
    if grain == Grain.DAY:
        return Q(grain=grain, start__range=(points[0].first, points[-1].last))
    whole = [each.first for each in points if _is_whole(each.first, each.last)]
    wanted = Q(grain=grain, start__in=whole)
    for each in (points[0], points[-1]):
        if each.first not in whole:
            wanted |= Q(grain=Grain.DAY, start__range=(each.first, each.last))
    return wanted


def _of_pages(point, sums, *, is_kept):
    """Return the `point` of the whole site as one of pages that have `sums` there, or None."""
    if sums is None and point.known_days and (is_kept or point.views == 0):
        sums = 0, 0
    views, entries = sums or (None, None)
    return replace(point, views=views, visits=entries, visitors=None, is_old=False)


def detail_notice(period: Period) -> str:
    """Return "", or sentences on what tables of details lack: days, and why."""
    known = {
        day: (views, is_detailed)
        for day, views, is_detailed in Day.objects.between(
            period.first, period.last
        ).values_list("day", "views", "is_detailed")
    }
    unknown = [day for day in _days(period.first, period.last) if day not in known]
    plain = [
        day for day, (views, is_detailed) in known.items() if views and not is_detailed
    ]
    lost = _within(
        _spans_without_details(period),
        {day for day, (views, is_detailed) in known.items() if views and is_detailed},
    )
    sentences = []
    if unknown:
        sentences.append(f"Không có số liệu: {_ranges(unknown)}.")
    if lost:
        sentences.append(
            f"Chi tiết từng ngày không còn được lưu giữ: {_ranges(sorted(lost))}. Các bảng chi "
            "tiết không gồm những ngày này; tổng số vẫn gồm đủ."
        )
    if plain:
        sentences.append(
            f"Mới chỉ đếm theo trang: {_ranges(plain)}. Bảng giờ, nguồn, thiết bị, trình duyệt "
            "và trang bắt đầu không gồm những ngày này."
        )
    return " ".join(sentences)


def lacks_details(period: Period) -> bool:
    """Whether details of some days of `period` are no longer kept: tables then lack them."""
    gaps = _spans_without_details(period)
    if not gaps:
        return False
    return bool(_within(gaps, set(_detailed_days(period).values_list("day", flat=True))))


def _detailed_days(period):
    days = Day.objects.between(period.first, period.last)
    return days.filter(views__gt=0, is_detailed=True).order_by()


def _spans_without_details(period):
    """Return the first day, and the day after the last, of the spans that have no details.

    What is gone is seen by what is left: the setting may have changed since.
    """
    kept = set(
        ClientCount.objects.over(period.first, period.last)
        .values_list("grain", "start")
        .distinct()
    )
    gaps = []
    for run in spans.cover(period.first, period.last):
        begin = run.first
        while begin <= run.last:
            following = spans.next_start(begin, run.grain)
            if (run.grain, begin) not in kept:
                gaps.append((begin, following))
            begin = following
    return gaps


def _within(gaps, days):
    return {
        day
        for begin, following in gaps
        for day in days & set(_days(begin, following - _DAY))
    }


def _old_months(first, last):
    """Return the visits of whole months, by first day, that only an earlier website counted."""
    whole = {begin for begin, end in _months(first, last) if _is_whole(begin, end)}
    months = OldMonth.objects.filter(month__range=(first, last))
    found = {row.month: row.visits for row in months if row.month in whole}
    if not found:
        return {}
    measured = Day.objects.between(min(found), last).order_by()
    for month in measured.dates("day", "month"):
        found.pop(month, None)
    return found


def _average(total, days):
    return tenths(Decimal(total) / days) if days else None


def _days(first, last):
    return (first + count * _DAY for count in range((last - first).days + 1))


def _months(first, last):
    """Yield the first and last day of each month, or part of one, from `first` to `last`."""
    while first <= last:
        following = spans.next_start(first.replace(day=1), spans.Grain.MONTH)
        yield first, min(following - _DAY, last)
        first = following


def _is_whole(first, last):
    return first.day == 1 and spans.next_start(first, spans.Grain.MONTH) == last + _DAY


def _ranges(days):
    """Return sorted `days` in words: "05/11/2026; 07/11–09/11/2026 (4 ngày)"."""
    runs = []
    for day in days:
        if runs and day - runs[-1][1] == _DAY:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    words = [
        f"{first:%d/%m/%Y}" if first == last else f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"
        for first, last in runs[:_MOST_RANGES]
    ]
    if len(runs) > _MOST_RANGES:
        words.append("…")
    return f"{'; '.join(words)} ({len(days)} ngày)"
