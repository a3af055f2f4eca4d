"""How one page, or one object under all the addresses it had, was read."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Sum

from visitors import courses, headlines, spans, statistics
from visitors.courses import Course
from visitors.headlines import Headline
from visitors.models import Grain, PageCount
from visitors.periods import Period

_NO_SUMS = {"views": None, "entries": None}


@dataclass(frozen=True)
class Reading:
    """The figures of a period, and all views since the first of them.

    `since` says in words when the first known view was, "" when there is none.
    """

    headline: list[Headline]
    course: Course
    since: str
    views_ever: int


def read(page_ids: list[int], period: Period, earlier: list[Period], *, today: date):
    """Return the `Reading` of pages in `period`, compared with the periods `earlier`."""
    grain = statistics.trend_grain(period)
    course = statistics.trend(page_ids, period, grain)
    before = [statistics.trend(page_ids, each, grain) for each in earlier]
    now = _sums(page_ids, period, course)
    # A change is told of whole periods only.
    is_whole = statistics.is_nearly_whole(period) and not statistics.lacks_details(period)
    compared = [
        (
            each.label,
            _NO_SUMS if statistics.lacks_details(each) else _sums(page_ids, each, points),
            now if is_whole and statistics.is_nearly_whole(each) else _NO_SUMS,
        )
        for each, points in zip(earlier, before, strict=True)
    ]
    since, views_ever = _since(page_ids)
    return Reading(
        headline=[
            Headline(
                label,
                "",
                now[name],
                [
                    headlines.change(whole[name], numbers[name], earlier_label)
                    for earlier_label, numbers, whole in compared
                ],
            )
            for name, label in (
                ("views", "Lượt xem"),
                ("entries", "Lượt truy cập bắt đầu ở đây"),
            )
        ],
        course=courses.course(course, before[0], today=today, of_page=True),
        since=since,
        views_ever=views_ever,
    )


def _sums(page_ids, period, points):
    """Return the views and entries of a period; None where it has no figures at all."""
    rows = PageCount.objects.over(period.first, period.last).filter(page_id__in=page_ids)
    sums = rows.aggregate(views=Sum("views"), entries=Sum("entries"))
    if sums["views"] is not None:
        return {name: int(number) for name, number in sums.items()}
    is_known = any(each.views is not None for each in points)
    return dict.fromkeys(sums, 0) if is_known else _NO_SUMS


def _since(page_ids):
    """Return when the first known view was, as exactly as is still known, and all views."""
    rows = PageCount.objects.filter(page_id__in=page_ids).order_by()
    known = {
        grain: (first, int(views))
        for grain, first, views in rows.values_list("grain").annotate(
            Min("start"), Sum("views")
        )
    }
    if not known:
        return "", 0
    year, views_ever = known[Grain.YEAR]
    month, _ = known.get(Grain.MONTH, (None, 0))
    day, _ = known.get(Grain.DAY, (None, 0))
    if (
        day
        and spans.start(day, Grain.YEAR) == year
        and spans.start(day, Grain.MONTH) == month
    ):
        return f"ngày {day:%d/%m/%Y}", views_ever
    if month and spans.start(month, Grain.YEAR) == year:
        return f"tháng {month:%m/%Y}", views_ever
    return f"năm {year.year}", views_ever
