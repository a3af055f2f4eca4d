"""What the public page about visits shows: months, days, and what is read most."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import dropwhile

from django.db.models import Case, CharField, F, Q, Sum, Value, When
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.formats import number_format

from portal import exports, public_pages, targets
from portal.content_version import Memory
from visitors import charts, counting, spans
from visitors.models import Day, OldMonth, PageCount, Source

DAY_COUNT = 30
PAGE_COUNT = 10
# Withdrawn pages keep their counts: as many as this may stand among the most read ones.
_MOST_WITHDRAWN = 40
_PAGES_KEPT_FOR = timedelta(minutes=1)
_DAYS_BETWEEN_MARKS = 5  # below the columns of days
_OLD_SITE = "theo bộ đếm của trang cũ"
_NO_FIGURES = "Không có số liệu"
# A measured day needs no note.
_SOURCE_NOTES = {
    source: Source(source).label for source in Source if source != Source.MEASURED
}


# --- Months -------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """One month of the page; visits and views are None where nobody knows them."""

    first: date
    visits: int | None
    views: int | None
    days: int
    notes: tuple[str, ...]
    css: str = ""

    @property
    def name(self):
        return f"Tháng {self.first.month}/{self.first.year}"

    @property
    def note(self):
        return "; ".join(self.notes)


def months(figures):
    """Return the twelve `Month`s before the present one of `figures`, and it, oldest first.

    The list begins with the first month of which anything is known.
    """
    today = counting.local_day(figures.as_of.timestamp())
    current = counting.month_start(today)
    known = {each.first: each for each in figures.current_months}
    first = current.replace(year=current.year - 1)
    old = dict(OldMonth.objects.filter(month__gte=first).values_list("month", "visits"))
    sources = _sources_by_month(first, today)
    found = []
    while first <= current:
        found.append(_month(first, known.get(first), old.get(first), sources[first], today))
        first = spans.next_start(first, spans.Grain.MONTH)
    return list(dropwhile(lambda month: month.visits is None, found))


def _month(first, known, old, sources, today):
    is_current = first == counting.month_start(today)
    notes = ["đến nay"] if is_current else []
    if known is None:
        notes += [_NO_FIGURES] if old is None else [_OLD_SITE]
        css = "missing" if old is None else "old"
        return Month(first, old, None, 0, tuple(notes), css)
    length = today.day if is_current else monthrange(first.year, first.month)[1]
    if known.days < length:
        notes.append(f"{known.days}/{length} ngày có số liệu")
    notes += [_SOURCE_NOTES[source] for source in sorted(sources)]
    css = "unfinished" if is_current else ""
    return Month(first, known.visits, known.views, known.days, tuple(notes), css)


def _sources_by_month(first, last):
    """Return {first of the month: sources of days that were not measured here}."""
    sources = defaultdict(set)
    found = Day.objects.between(first, last).exclude(source=Source.MEASURED).order_by()
    for month, source in found.values_list(TruncMonth("day"), "source").distinct():
        sources[month].add(source)
    return sources


def months_chart(rows):
    """Return the columns of `rows` of `months`, or None of none."""
    return rows and charts.columns(
        [
            charts.Value(
                row.visits,
                mark=str(row.first.month),
                below=_year_mark(row.first, is_first=row is rows[0]),
                words=_in_words(row.name, row.visits, row.notes),
                css=row.css,
            )
            for row in rows
        ]
    )


def _year_mark(first, *, is_first):
    # Beside the year of a January there is no room for that of a December.
    return str(first.year) if first.month == 1 or (is_first and first.month < 12) else ""


def months_table(rows, as_of):
    """Return `rows` of `months`, as they were at `as_of`, as a table to take along."""
    return exports.Table(
        "Lượt truy cập theo tháng",
        columns=[
            exports.Column("month", "Tháng, viết bằng ngày đầu tháng", "date"),
            exports.Column("visits", "Lượt truy cập", "integer"),
            exports.Column("views", "Lượt xem", "integer"),
            exports.Column("days", "Số ngày có số liệu", "integer"),
            exports.Column("note", "Ghi chú"),
            exports.Column("as_of", "Tính đến lúc", "datetime"),
        ],
        rows=[
            {
                "month": row.first,
                "visits": row.visits,
                "views": row.views,
                "days": row.days,
                "note": row.note or None,
                "as_of": as_of,
            }
            for row in rows
        ],
    )


# --- Days ---------------------------------------------------------------------------


def last_full_days(today):
    """Return (day, its `Day` or None) from the first known of the last days to yesterday."""
    known = {row.day: row for row in Day.objects.last_full_days(DAY_COUNT, today=today)}
    days = (today - timedelta(days=back) for back in range(DAY_COUNT, 0, -1))
    return [(day, known.get(day)) for day in dropwhile(lambda d: d not in known, days)]


def note_of(row):
    """Return where the figures of a `Day` come from if not from here, else ""."""
    return _SOURCE_NOTES.get(row.source, "") if row else ""


def has_samples(months, days):
    """Tell whether any of `months` and `last_full_days` was made up to try things out."""
    sample = Source.SAMPLE.label
    return any(sample in month.notes for month in months) or any(
        note_of(row) == sample for _, row in days
    )


def days_chart(days):
    """Return the columns of `days` of `last_full_days`, or None of none."""
    return days and charts.columns(
        [
            charts.Value(
                row and row.visits,
                mark=f"{day:%-d/%-m}" if left % _DAYS_BETWEEN_MARKS == 0 else "",
                words=_in_words(f"{day:%d/%m/%Y}", row and row.visits),
                css="" if row else "missing",
            )
            for left, (day, row) in zip(range(len(days) - 1, -1, -1), days, strict=True)
        ]
    )


def days_table(days):
    """Return `days` of `last_full_days` as a table to take along."""
    counts = [Day._meta.get_field(name) for name in ("views", "visits", "visitors")]
    numbers = [
        exports.Column(field.name, str(field.verbose_name).capitalize(), "integer")
        for field in counts
    ]
    return exports.Table(
        "Thống kê truy cập theo ngày",
        columns=[
            exports.Column("day", "Ngày", "date"),
            *numbers,
            exports.Column("source", "Nguồn"),
        ],
        rows=[
            {"day": day, "source": row and row.get_source_display()}
            | {field.name: row and getattr(row, field.name) for field in counts}
            for day, row in days
        ],
    )


def _in_words(name, visits, notes=()):
    told = (
        _NO_FIGURES.lower()
        if visits is None
        else f"{number_format(visits, force_grouping=True)} lượt truy cập"
    )
    besides = "; ".join(note for note in notes if note != _NO_FIGURES)
    return f"{name}: {told} ({besides})" if besides else f"{name}: {told}"


# --- What is read most --------------------------------------------------------------


@dataclass(frozen=True)
class MostRead:
    """The pages that were read most from `first` to the moment `as_of`, with their views."""

    first: date
    as_of: datetime
    pages: list[tuple[public_pages.Shown, int]]


_kept = Memory(size=1)


def most_read():
    """Return the `MostRead` of the present month, at most a minute old.

    Only pages that readers may see now, by the titles they have now.
    """
    return _kept.get(None, _most_read, until=_kept_until)


def _kept_until():
    moments = (timezone.now() + _PAGES_KEPT_FOR, public_pages.next_moment())
    return min(filter(None, moments))


def _most_read():
    now = timezone.now()
    first = counting.month_start(counting.local_day(now.timestamp()))
    last = spans.next_start(first, spans.Grain.MONTH) - timedelta(days=1)
    # An object is one page, whatever addresses it had.
    is_object = Q(page__kind__in=public_pages.kinds()) & ~Q(page__object_id="")
    found = (
        PageCount.objects.over(first, last)
        .annotate(
            object_id=Case(When(is_object, then=F("page__object_id")), default=Value("")),
            path=Case(
                When(is_object, then=Value("")),
                default=F("page__path"),
                output_field=CharField(),
            ),
        )
        .values_list("page__kind", "object_id", "path")
        .annotate(total=Sum("views"))
        .filter(total__gt=0)
        .order_by("-total", "page__kind", "object_id", "path")
    )
    rows = list(found[: PAGE_COUNT + _MOST_WITHDRAWN])
    shown = _shown(rows)
    pages = [
        (page, total)
        for kind, object_id, path, total in rows
        if (page := shown.get((kind, object_id) if object_id else path))
    ]
    return MostRead(first, now, pages[:PAGE_COUNT])


def _shown(rows):
    """Return `Shown` by (kind, object id), and by address for pages that menus may lead to."""
    ids = defaultdict(list)
    for kind, object_id, _, _ in rows:
        if object_id:
            ids[kind].append(object_id)
    standing = {
        target.url: public_pages.Shown(target.label, target.url)
        for target in targets.all_targets().values()
        if target.has_content
    }
    return standing | {
        (kind, object_id): page
        for kind, object_ids in ids.items()
        for object_id, page in public_pages.shown(kind, object_ids).items()
    }
