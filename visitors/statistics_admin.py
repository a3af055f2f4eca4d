"""The pages of statistics for officials: what a period brought, one page's readers, right now.

All of them only read. Whatever one page shows is read at one moment, that of its stamp.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import wraps

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from portal import subjects
from visitors import (
    admin_tables,
    counting,
    courses,
    fault_notes,
    figures,
    headlines,
    live,
    page_reading,
    periods,
    statistics,
    tables,
)
from visitors.models import Page, Source
from visitors.periods import Kind, Period
from visitors.statistics_pages import StatisticsPagesMixin, tabs

__all__ = ["StatisticsMixin"]

TITLE = "Thống kê truy cập"
# Rows of a card, and of the page of a table; its files have all of them.
ROWS_OF_CARD, ROWS_OF_PAGE = 10, 200
# The cards of the dashboard, in the order in which they are asked for.
CARDS = (
    *("trang", "phan", "tin-bai", "trang-dau", "nguon", "thiet-bi", "trinh-duyet"),
    *("gio-thu", "tai-ve", "tim-khong-thay", "khong-dem"),
)
_LINKS = (
    (Kind.TODAY, "Hôm nay"),
    (Kind.DAYS_7, "7 ngày"),
    (Kind.DAYS_30, "30 ngày"),
    (Kind.DAYS_90, "90 ngày"),
    (Kind.MONTH, "Tháng này"),
    (Kind.QUARTER, "Quý này"),
    (Kind.YEAR, "Năm nay"),
)
_SOURCE_NOTES = {
    Source.SAMPLE: "Kỳ này có ngày mang số liệu mẫu, không phải số đo thật.",
    Source.LOG: "Kỳ này có ngày lấy từ nhật ký máy chủ web được nhập vào, không đo tại cổng này.",
}


@dataclass(frozen=True)
class Choice:
    """A list of months, quarters or years; the option `chosen` is the page's own."""

    kind: str
    label: str
    options: list[periods.Choice]
    chosen: str


@dataclass(frozen=True)
class Picker:
    """What the choice of the period offers; `current` is the kind of the link that is shown."""

    links: tuple
    current: str
    choices: list[Choice]
    today: date


@dataclass(frozen=True)
class Moment:
    """What a page is read at: the figures of its stamp, the day, and the period asked for.

    `reading` keeps what several tables of the page need.
    """

    figures: figures.Figures | None
    today: date
    period: Period
    reading: tables.Reading


class StatisticsMixin(StatisticsPagesMixin):
    """For the ModelAdmin of days: the dashboard instead of a list, and what it leads to."""

    def get_urls(self):
        pages = [
            ("ngay/", self.days_view, "days"),
            ("truc-tiep/", self.live_view, "live"),
            ("truc-tiep.json", self.live_data, "live_data"),
            ("thong-ke/trang/<int:pk>/", self.page_view, "page"),
            ("thong-ke/<slug:key>/", self.table_view, "table_page"),
            ("thong-ke/<slug:key>.<slug:file_format>", self.table_file, "table"),
        ]
        return [
            path(address, self._reading(view), name=f"visitors_{name}")
            for address, view, name in pages
        ] + super().get_urls()

    def _reading(self, view):
        """Return `view` for those who may read statistics; it is never asked for more."""

        @wraps(view)
        def guarded(request, **arguments):
            self.check_reader(request)
            return view(request, **arguments)

        return self.admin_site.admin_view(require_safe(guarded))

    @method_decorator(require_safe)
    def changelist_view(self, request, extra_context=None):
        """Show the dashboard: the list of days has its own address."""
        self.check_reader(request)
        with _one_moment(request) as moment:
            context = _dashboard(moment)
        return self.statistics_page(
            request, "dashboard", title=TITLE, is_dashboard=True, **context
        )

    def days_view(self, request):
        """Show the days one by one, as they are stored."""
        frame = {"title": "Từng ngày", "tabs": tabs("visitors_days")}
        return super().changelist_view(request, frame)

    def live_view(self, request):
        """Show the last half hour, which a script keeps up to date."""
        return self.statistics_page(
            request,
            "live",
            tab="visitors_live",
            title="Trực tiếp",
            live=live.read(now=timezone.now()),
        )

    def live_data(self, request):
        """Send what the script of `live_view` shows anew."""
        return JsonResponse(live.read(now=timezone.now()).as_json())

    def page_view(self, request, pk):
        """Show how one page, or the object that is shown there, was read."""
        page = get_object_or_404(Page, pk=pk)
        with _one_moment(request) as moment:
            context = _one_page(page, moment)
        return self.statistics_page(
            request,
            "page",
            title=str(context["page"]),
            subject_url=subjects.admin_address(page.kind, page.object_id, request.user),
            **context,
        )

    def table_view(self, request, key):
        """Show the first rows of one table with all of its columns."""
        if key not in tables.TABLES:
            raise Http404
        with _one_moment(request) as moment:
            context = _common(moment) | {
                "table": _shown(key, moment, limit=ROWS_OF_PAGE, is_brief=False),
                "rows_of_page": ROWS_OF_PAGE,
                "notices": [
                    statistics.detail_notice(moment.period),
                    *_not_compared(moment, moment.period.before(), key),
                ],
            }
        return self.statistics_page(
            request, "table", title=context["table"].title, **context
        )

    def table_file(self, request, key, file_format):
        """Send a whole table as a file."""
        if key not in tables.TABLES or file_format not in tables.RESPONSES:
            raise Http404
        with _one_moment(request) as moment:
            return tables.file_response(
                key,
                moment.period,
                comparison=moment.period.before(),
                today=moment.today,
                as_of=moment.figures and moment.figures.as_of,
                file_format=file_format,
            )


@contextmanager
def _one_moment(request):
    """Give the `Moment` of `request`: everything read inside belongs to its figures."""
    with figures.at_one_moment() as current:
        now = current.as_of if current else timezone.now()
        today = counting.local_day(now.timestamp())
        period = periods.chosen(request.GET, today=today)
        yield Moment(current, today, period, tables.Reading())


def _common(moment):
    """Return what every page with a period shows."""
    return {
        "figures": moment.figures,
        "period": moment.period,
        "picker": _picker(moment),
    }


def _picker(moment):
    period, today = moment.period, moment.today
    since = statistics.first_known_day() or today
    choices = [
        Choice(kind, label, periods.choices(kind, since=since, today=today), period.code)
        for kind, label in (
            (Kind.MONTH, "Tháng"),
            (Kind.QUARTER, "Quý"),
            (Kind.YEAR, "Năm"),
        )
    ]
    is_linked = period.kind != Kind.CUSTOM and period.last == today
    return Picker(_LINKS, period.kind if is_linked else "", choices, today)


def _dashboard(moment):
    period = moment.period
    before, last_year = period.before(), period.last_year()
    totals, *compared = map(moment.reading.totals, [period, *_distinct(before, last_year)])
    course = courses.course(
        statistics.series(period), statistics.series(before), today=moment.today
    )
    files = admin_tables.files_of(
        "theo-ngay" if course.is_by_day else "theo-thang", period.query
    )
    return (
        _common(moment)
        | {
            "totals": totals,
            "headline": headlines.headlines(totals, compared),
            "notes": [*_notes(totals, compared), *_not_compared(moment, before)],
            "before": before,
            "course": course,
            "course_files": files,
            "cards": [
                _shown(key, moment, limit=ROWS_OF_CARD, is_brief=True) for key in CARDS
            ],
        }
        | fault_notes.context(period)
    )


def _distinct(before, last_year):
    """Return the two periods to compare with, once if they are the same days."""
    is_same = (before.first, before.last) == (last_year.first, last_year.last)
    return [before] if is_same else [before, last_year]


def _notes(totals, compared):
    """Return sentences on what to know before reading the figures of a period."""
    notes = [_SOURCE_NOTES[each] for each in totals.sources if each in _SOURCE_NOTES]
    if old_visits := statistics.old_visits(totals.period):
        notes.append(
            f"Ngoài số đo tại cổng, kỳ này có {headlines.number(old_visits)} lượt truy "
            f"cập {statistics.OLD_COUNTER}, không cộng vào các con số bên dưới."
        )
    if notice := statistics.detail_notice(totals.period):
        notes.append(notice)
    gaps = headlines.gaps(compared)
    if gaps:
        notes.append(f"Kỳ so sánh không đủ ngày. {' '.join(gaps)}")
    return notes


def _not_compared(moment, before, key="trang"):
    """Return a sentence if the table `key` is not held against the period `before`."""
    if not tables.TABLES[key].can_compare or not moment.reading.lacks_details(before):
        return []
    label = before.label[0].lower() + before.label[1:]
    return [
        f"Các bảng không được so sánh với {label}: chi tiết từng ngày của kỳ đó không còn đủ."
    ]


def _shown(key, moment, *, limit, is_brief):
    period = moment.period
    table = tables.table(
        key,
        period,
        comparison=period.before(),
        today=moment.today,
        limit=limit,
        reading=moment.reading,
    )
    return admin_tables.shown(key, table, period, is_brief=is_brief)


def _one_page(page, moment):
    """Return how `page` was read; of an object with several addresses, all of them."""
    period = moment.period
    pages = statistics.pages_of(page.kind, page.object_id) if page.object_id else [page]
    return _common(moment) | {
        "page": pages[-1],
        "pages": pages,
        "reading": page_reading.read(
            [each.pk for each in pages],
            period,
            _distinct(period.before(), period.last_year()),
            today=moment.today,
        ),
        "before": period.before(),
        "notice": statistics.detail_notice(period),
    }
