"""The tables of visit statistics: one definition for the page and for its files.

A page shows the first rows of a table, what is left, and the total; a file has all rows and
the same total. Rows are mappings. Besides the columns each has `page`, the number of the
page that it is about or None, and `is_rest` and `is_total`, for the rows at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Model, Q, Sum
from django.utils.formats import number_format
from django.utils.timezone import localtime

from portal import exports
from portal.exports import Column
from visitors import agents, counting, referrers, rollups, spans, statistics
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    HourCount,
    Page,
    ReferrerCount,
    SearchCount,
    Source,
)

ARTICLE = "article"  # the kind by which articles mark their pages
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
TOTAL, REST = "Tổng cộng", "Còn lại"
# Further rows are added up as the rest: a workbook is written while others wait.
MOST_ROWS = 50_000
# A phrase that was searched once may be a name, so only phrases searched again are shown.
LEAST_SEARCHES = 2
RESPONSES = {"xlsx": exports.xlsx_response, "csv": exports.csv_response}

_UNKNOWN = "Không rõ"
_NO_FIGURES = "Không có số liệu"
# What parts of the site are called that have no page of their own at their address.
_PARTS = {
    "archive": "Lưu trữ tin bài",
    "article": "Tin bài",
    "category": "Tin bài",
    "dossiers": "Kết quả giải quyết thủ tục hành chính",
    "lookup": "Tra cứu hồ sơ",
    "page": "Trang giới thiệu",
    "procedure": "Thủ tục hành chính",
    "procedures": "Thủ tục hành chính",
    "result": "Kết quả giải quyết thủ tục hành chính",
}


class Reading:
    """What the tables of one page have in common, read once; use it for one moment only."""

    def __init__(self):
        self.wholes = {}  # totals that are known from the rows, by (key, period)
        self._totals = {}
        self._pages = {}
        self._lacks_details = {}

    def totals(self, period):
        """Return the `statistics.Totals` of `period`."""
        if period not in self._totals:
            self._totals[period] = statistics.totals(period)
        return self._totals[period]

    def pages(self, period):
        """Return the `PageSum` of each page that was seen in `period`."""
        if period not in self._pages:
            self._pages[period] = _page_sums(period)
        return self._pages[period]

    def lacks_details(self, period):
        """Return whether details of some days of `period` are no longer kept."""
        if period not in self._lacks_details:
            self._lacks_details[period] = statistics.lacks_details(period)
        return self._lacks_details[period]


class PageSum(NamedTuple):
    """The counts of one page over a period; `article` is the article that it shows, or None."""

    page: int
    section: str
    article: str | None
    views: int
    entries: int


_RUN = """
SELECT page_id, views, entries FROM visitors_pagecount
WHERE grain = %s AND start BETWEEN %s AND %s"""


def _page_sums(period):
    # As `PageCount.objects.over` reads, but run by run, which takes half the time, and the
    # many rows become few before they are joined.
    runs = _runs(period)
    limits = [limit for run in runs for limit in (run.grain, run.first, run.last)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""/* visitors.tables.page_sums */
            SELECT page_id, section, CASE kind WHEN %s THEN nullif(object_id, '') END,
                seen, began
            FROM (
                SELECT page_id, sum(views)::bigint AS seen, sum(entries)::bigint AS began
                FROM ({" UNION ALL ".join([_RUN] * len(runs))}) AS counts GROUP BY page_id
            ) AS sums JOIN visitors_page ON id = page_id""",  # noqa: S608
            [ARTICLE, *limits],
        )
        return [PageSum(*row) for row in cursor]


def _runs(period):
    """Return the spans to read for `period`.

    Where no day after it has been counted yet, the whole year holds no more than its part:
    five years up to today are six rows of a page instead of sixty.
    """
    last = period.last
    if not Day.objects.filter(day__gt=last).exists():
        last = last.replace(month=12, day=31)
    return spans.cover(period.first, last)


def table(key, period, *, comparison=None, today, limit=None, as_of=None, reading=None):
    """Return the table `key` (of `TABLES`) of `period` as an `exports.Table`.

    With `limit` it has so many rows, the rest and the total, else all rows and the total.
    `comparison` is the period to compare with, where `TableSpec.can_compare` and all details
    of both are still kept: a change against a part of a period would be wrong. `as_of` is the
    moment of the figures, which a file names. Several tables of one moment share a `reading`.
    Raises `KeyError` for an unknown key.
    """
    spec = TABLES[key]
    reading = reading or Reading()
    if not (spec.can_compare and comparison) or any(
        map(reading.lacks_details, (period, comparison))
    ):
        comparison = None
    rows = spec.rows(reading, period, comparison=comparison, today=today, limit=limit)
    blank = {"page": None, "is_rest": False, "is_total": False}
    blank |= {column.key: None for column in spec.columns}
    return exports.Table(
        f"{spec.title}, {period.label}",
        columns=spec.columns_of(comparison),
        rows=[blank | row for row in rows],
        notes=_notes(spec, reading, period, comparison, as_of) if limit is None else (),
    )


def total(key, period, *, reading=None):
    """Return the numbers of the row "Tổng cộng" of the table `key`, by column."""
    return TABLES[key].total(reading or Reading(), period)


def file_response(key, period, *, comparison=None, today, as_of, file_format):
    """Return the whole table `key` as a download; `file_format` is a key of `RESPONSES`.

    All rows have been read when this returns.
    """
    whole = table(key, period, comparison=comparison, today=today, as_of=as_of)
    return RESPONSES[file_format](whole, f"truy-cap-{key}-{period.code}.{file_format}")


def _notes(spec, reading, period, comparison, as_of):
    """Return what a file says about itself: period, moment, source, how it is counted."""
    notes = [spec.title, f"Kỳ: {period.label}"]
    if comparison:
        notes.append(f"So với: {comparison.label}")
    if as_of:
        notes.append(f"Tính đến {localtime(as_of):%H:%M:%S ngày %d/%m/%Y}")
    sources = [source.label for source in reading.totals(period).sources]
    notes += [f"Nguồn số liệu: {', '.join(sources) or _NO_FIGURES.lower()}", spec.note]
    if notice := statistics.detail_notice(period):
        notes.append(notice)
    if comparison and (notice := statistics.detail_notice(comparison)):
        notes.append(f"Kỳ so sánh: {notice}")
    return tuple(notes)


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A table that can be asked for; `note` says in a sentence how it is counted."""

    key: str
    title: str
    note: str
    columns: tuple[Column, ...]
    can_compare: bool = False

    def columns_of(self, comparison):
        """Return the columns of the table, compared with the period `comparison` or None."""
        return list(self.columns)

    def rows(self, reading, period, *, comparison, today, limit):
        """Return the rows with the rest and the total; see `table`."""
        raise NotImplementedError

    def total(self, reading, period):
        """Return the numbers of the last row, by column."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Ranking(TableSpec):
    """Things by how often they were counted.

    The first of `numbers` is what rows are sorted by, and what shares and changes are told
    of. `describe` returns the cells of some things by their names. What is not among the
    rows is added up as `rest`.
    """

    numbers: tuple[str, ...]
    describe: Callable
    rest: str = REST

    @property
    def main(self):
        """The number that rows are sorted by."""
        return self.numbers[0]

    def columns_of(self, comparison):
        columns = super().columns_of(comparison)
        if comparison:
            label = next(each.label for each in columns if each.key == self.main)
            columns += [
                Column("before", f"{label}, {comparison.label}", "integer"),
                Column("change", "Thay đổi (%)", "decimal"),
            ]
        return columns

    def rows(self, reading, period, *, comparison, today, limit):
        found = self.top(reading, period, limit or MOST_ROWS)
        whole = self.total(reading, period)
        before, whole_before = {}, 0
        if comparison:
            before = self.top(reading, comparison)
            whole_before = self.total(reading, comparison)[self.main]
            further = [] if limit else list(before)[: MOST_ROWS - len(found)]
            for name in further:
                found.setdefault(name, dict.fromkeys(self.numbers, 0))
        cells = self.describe(list(found))
        rows = [
            cells[name] | numbers | {"before": before.get(name, {}).get(self.main, 0)}
            for name, numbers in found.items()
        ]
        rest = {key: whole[key] - sum(row[key] for row in rows) for key in whole}
        rest["before"] = whole_before - sum(row["before"] for row in rows)
        if any(rest.values()):
            rows.append({"name": self.rest, "is_rest": True} | rest)
        rows.append({"name": TOTAL, "is_total": True, "before": whole_before} | whole)
        denominator = self.denominator(reading, period, whole)
        is_told = comparison and all(
            reading.totals(each).is_nearly_whole for each in (period, comparison)
        )
        for row in rows:
            row["share"] = _share(row[self.main], denominator)
            row["change"] = (
                statistics.change(row[self.main], row["before"]) if is_told else None
            )
        return rows

    def top(self, reading, period, count=None):
        """Return the numbers of the first `count` things, or of all, by name."""
        raise NotImplementedError

    def denominator(self, reading, period, whole):
        """Return the number of which shares are told; `whole` has the totals."""
        return whole[self.main]


@dataclass(frozen=True, kw_only=True)
class CountRanking(Ranking):
    """The things that the rows of `counts` name in the column `by`.

    Things without `having` stay unnamed.
    """

    counts: type[Model]
    by: str
    having: Q = field(default_factory=Q)

    def top(self, reading, period, count=None):
        ranked = self._rows(period).values(self.by).annotate(**self._sums())
        ranked = ranked.filter(self.having).order_by(f"-{self.main}", self.by)
        found = {row.pop(self.by): _whole_numbers(row) for row in ranked[:count]}
        if not self.having and count and len(found) < count:  # that is all there are
            reading.wholes[self.key, period] = {
                key: sum(numbers[key] for numbers in found.values()) for key in self.numbers
            }
        return found

    def total(self, reading, period):
        whole = reading.wholes.get((self.key, period))
        return whole or _whole_numbers(self._rows(period).aggregate(**self._sums()))

    def _rows(self, period):
        return self.counts.objects.over(period.first, period.last)

    def _sums(self):
        return {key: Sum(key, default=0) for key in self.numbers}


@dataclass(frozen=True, kw_only=True)
class PageRanking(Ranking):
    """Pages, or what pages belong to: `by` names it in a `PageSum`, None leaves the page out."""

    by: str

    def top(self, reading, period, count=None):
        sums = {}
        for row in reading.pages(period):
            name = getattr(row, self.by)
            if name is not None and getattr(row, self.main):
                numbers = sums.setdefault(name, dict.fromkeys(self.numbers, 0))
                for key in self.numbers:
                    numbers[key] += getattr(row, key)
        ranked = sorted((-numbers[self.main], name) for name, numbers in sums.items())
        return {name: sums[name] for _, name in ranked[:count]}

    def total(self, reading, period):
        rows = [row for row in reading.pages(period) if getattr(row, self.by) is not None]
        return {key: sum(getattr(row, key) for row in rows) for key in self.numbers}


class ExclusionRanking(CountRanking):
    """What was not counted; shares are told of all requests, counted or not."""

    def denominator(self, reading, period, whole):
        return (reading.totals(period).views or 0) + whole[self.main]


class _Course(TableSpec):
    """Days or months in their order; a limit keeps the last of them."""

    numbers = ()

    def rows(self, reading, period, *, comparison, today, limit):
        rows = self.all_rows(period, today)
        whole = self.total(reading, period)
        if limit and len(rows) > limit:
            rows = rows[-limit:]
            rest = {key: whole[key] - sum(row[key] or 0 for row in rows) for key in whole}
            rows.insert(0, {"name": "Trước đó", "is_rest": True} | rest)
        average = reading.totals(period).visitors_per_day
        note = _NO_FIGURES
        if average is not None:
            figure = number_format(average, force_grouping=True)
            note = f"Người truy cập: trung bình {figure} mỗi ngày có số liệu"
        return [*rows, {"name": TOTAL, "note": note, "is_total": True} | whole]

    def total(self, reading, period):
        found = reading.totals(period)
        return {key: getattr(found, key) or 0 for key in self.numbers}

    def all_rows(self, period, today):
        """Return a row for each day or month."""
        raise NotImplementedError


class DayTable(_Course):
    """The days of a period, one by one."""

    numbers = ("views", "visits", "keyless_views", "late_views")

    def all_rows(self, period, today):
        known = {row.day: row for row in Day.objects.between(period.first, period.last)}
        days = (period.first + timedelta(days=count) for count in range(period.days))
        return [self._row(day, known.get(day), today) for day in days]

    def _row(self, day, row, today):
        remarks = []
        if row is None:
            remarks.append(_NO_FIGURES)
        elif row.source != Source.MEASURED:
            remarks.append(_capital(Source(row.source).label))
        if day == today:
            remarks.append("Ngày chưa kết thúc")
        figures = (*self.numbers, "visitors")
        return {
            "name": WEEKDAYS[day.weekday()],
            "day": day,
            "note": ". ".join(remarks),
        } | {key: row and getattr(row, key) for key in figures}


class MonthTable(_Course):
    """The months of a period; those of an earlier website's counter in a column of their own."""

    numbers = ("views", "visits", "old_visits", "known_days")

    def total(self, reading, period):
        found = reading.totals(period)
        return {
            "views": found.views or 0,
            "visits": found.visits or 0,
            "old_visits": statistics.old_visits(period),
            "known_days": found.known_days,
        }

    def all_rows(self, period, today):
        return [self._row(point, today) for point in statistics.by_month(period)]

    def _row(self, point, today):
        days = (point.last - point.first).days + 1
        remarks = []
        if point.is_old:
            remarks.append(_capital(statistics.OLD_COUNTER))
        elif not point.known_days:
            remarks.append(_NO_FIGURES)
        elif point.known_days < days:
            remarks.append(f"{days - point.known_days} ngày không có số liệu")
        if point.last == today:
            remarks.append(f"Tính đến ngày {today:%d/%m}")
        return {
            "name": point.label,
            "views": point.views,
            "visits": None if point.is_old else point.visits,
            "old_visits": point.visits if point.is_old else None,
            "visitors": point.visitors,
            "known_days": point.known_days,
            "note": ". ".join(remarks),
        }


class HourTable(TableSpec):
    """The hours of the day by the days of the week."""

    def rows(self, reading, period, *, comparison, today, limit):
        counts = self._read(period)
        rows = [{"name": f"{hour} giờ"} | self._cells(counts, [hour]) for hour in range(24)]
        return [*rows, {"name": TOTAL, "is_total": True} | self._cells(counts, range(24))]

    def total(self, reading, period):
        return self._cells(self._read(period), range(24))

    def _read(self, period):
        rows = HourCount.objects.over(period.first, period.last)
        sums = rows.values_list("weekday", "hour").annotate(Sum("views"), Sum("visits"))
        return {(day, hour): (int(views), int(visits)) for day, hour, views, visits in sums}

    def _cells(self, counts, hours):
        days = {}
        views = visits = 0
        for weekday in range(1, 8):
            found = [counts.get((weekday, hour), (0, 0)) for hour in hours]
            days[f"day_{weekday}"] = sum(seen for seen, _ in found)
            views += days[f"day_{weekday}"]
            visits += sum(began for _, began in found)
        return days | {"views": views, "visits": visits}


def _whole_numbers(sums):
    return {key: int(number) for key, number in sums.items()}


def _capital(text):
    return text[:1].upper() + text[1:]


def _share(number, whole):
    return statistics.tenths(Decimal(100) * number / whole) if whole else None


def _pages(numbers):
    """Return name, address and number of pages by their number."""
    pages = Page.objects.in_bulk(numbers)
    return {
        number: {"name": str(page), "address": page.path, "page": number}
        for number, page in pages.items()
    }


def _files(numbers):
    """Return name and address of files by their number; of a file no views are told."""
    return {
        number: {"name": each["name"], "address": each["address"]}
        for number, each in _pages(numbers).items()
    }


def _articles(object_ids):
    """Return name, address and number of the page of articles that was read last."""
    pages = Page.objects.filter(kind=ARTICLE, object_id__in=object_ids)
    return {
        page.object_id: {"name": str(page), "address": page.path, "page": page.pk}
        for page in statistics.newest_last(pages)
    }


def _sections(addresses):
    """Return the names of parts of the site by their addresses."""
    pages = Page.objects.filter(path__in=addresses).exclude(title="")
    named = dict(pages.values_list("path", "title"))
    kinds = dict(
        Page.objects.filter(section__in=set(addresses) - set(named))
        .order_by("-pk")
        .values_list("section", "kind")
    )
    return {
        address: {
            "name": named.get(address) or _PARTS.get(kinds.get(address), address),
            "address": address,
        }
        for address in addresses
    }


def _hosts(hosts):
    words = {"": "Vào thẳng, hoặc không rõ từ đâu", rollups.OTHER: "Các trang khác"}
    return {
        host: {"name": words.get(host) or referrers.name(host), "address": host}
        for host in hosts
    }


def _devices(codes):
    return {code: {"name": agents.DEVICES.get(code, _UNKNOWN)} for code in codes}


def _browsers(names):
    return {name: {"name": name or _UNKNOWN} for name in names}


def _phrases(phrases):
    return {phrase: {"name": phrase} for phrase in phrases}


def _reasons(codes):
    return {
        code: {"name": counting.EXCLUSIONS.get(code, code), "group": _group(code)}
        for code in codes
    }


def _group(code):
    if code in counting.ROBOT_EXCLUSIONS:
        return "Máy"
    return "Cán bộ" if code == "staff" else "Khác"


_VIEWS = Column("views", "Lượt xem", "integer")
_VISITS = Column("visits", "Lượt truy cập", "integer")
_ENTRIES = Column("entries", "Lượt truy cập bắt đầu ở đây", "integer")
_SHARE = Column("share", "Tỷ lệ (%)", "decimal")
_ADDRESS = Column("address", "Địa chỉ")
_NOTE = Column("note", "Ghi chú")
_PAGE_NUMBERS = ("views", "entries")

_SPECS = (
    DayTable(
        key="theo-ngay",
        title="Truy cập theo ngày",
        note=(
            "Lượt truy cập là các lượt xem liên tiếp của một người, không cách nhau từ 30 phút; "
            "người truy cập là số ước tính trong từng ngày và không cộng qua nhiều ngày."
        ),
        columns=(
            Column("name", "Thứ"),
            Column("day", "Ngày", "date"),
            _VIEWS,
            _VISITS,
            Column("visitors", "Người truy cập trong ngày (ước tính)", "integer"),
            Column("keyless_views", "Lượt xem không gắn với người xem", "integer"),
            Column("late_views", "Lượt xem muộn", "integer"),
            _NOTE,
        ),
    ),
    MonthTable(
        key="theo-thang",
        title="Truy cập theo tháng",
        note=(
            "Người truy cập là trung bình mỗi ngày có số liệu; lượt truy cập theo bộ đếm của "
            "trang cũ được ghi riêng vì cách đếm khác."
        ),
        columns=(
            Column("name", "Tháng"),
            _VIEWS,
            _VISITS,
            Column("visitors", "Người truy cập, trung bình mỗi ngày (ước tính)", "decimal"),
            Column("old_visits", "Lượt truy cập theo bộ đếm của trang cũ", "integer"),
            Column("known_days", "Số ngày có số liệu", "integer"),
            _NOTE,
        ),
    ),
    PageRanking(
        key="trang",
        title="Trang được xem",
        note="Mỗi lần một người mở một trang là một lượt xem của trang đó.",
        columns=(Column("name", "Trang"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        by="page",
        numbers=_PAGE_NUMBERS,
        describe=_pages,
        can_compare=True,
    ),
    PageRanking(
        key="phan",
        title="Phần của trang thông tin",
        note="Lượt xem của mọi trang trong một phần; mỗi chuyên mục tin là một phần.",
        columns=(Column("name", "Phần"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        by="section",
        numbers=_PAGE_NUMBERS,
        describe=_sections,
        can_compare=True,
    ),
    PageRanking(
        key="tin-bai",
        title="Tin bài được xem",
        note="Một tin bài đã đổi địa chỉ hay tiêu đề vẫn là một dòng, mang tiêu đề mới nhất.",
        columns=(Column("name", "Tin bài"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        by="article",
        numbers=_PAGE_NUMBERS,
        describe=_articles,
        can_compare=True,
    ),
    PageRanking(
        key="trang-dau",
        title="Trang bắt đầu",
        note="Mỗi lượt truy cập được tính cho trang mà người xem mở đầu tiên.",
        columns=(Column("name", "Trang"), _ADDRESS, _ENTRIES, _SHARE),
        by="page",
        numbers=("entries",),
        describe=_pages,
    ),
    CountRanking(
        key="nguon",
        title="Nguồn giới thiệu",
        note=(
            "Mỗi lượt truy cập được tính cho trang web đã dẫn người xem đến; chỉ giữ tên miền, "
            "không giữ địa chỉ đầy đủ."
        ),
        columns=(Column("name", "Nguồn"), Column("address", "Tên miền"), _VISITS, _SHARE),
        counts=ReferrerCount,
        by="host",
        numbers=("visits",),
        describe=_hosts,
    ),
    CountRanking(
        key="thiet-bi",
        title="Loại thiết bị",
        note="Lượt truy cập tính theo thiết bị của lượt xem đầu tiên.",
        columns=(Column("name", "Thiết bị"), _VISITS, _VIEWS, _SHARE),
        counts=ClientCount,
        by="device",
        numbers=("visits", "views"),
        describe=_devices,
    ),
    CountRanking(
        key="trinh-duyet",
        title="Trình duyệt",
        note="Lượt truy cập tính theo họ trình duyệt hoặc ứng dụng của lượt xem đầu tiên.",
        columns=(Column("name", "Trình duyệt"), _VISITS, _VIEWS, _SHARE),
        counts=ClientCount,
        by="browser",
        numbers=("visits", "views"),
        describe=_browsers,
    ),
    HourTable(
        key="gio-thu",
        title="Giờ và thứ trong tuần",
        note=("Lượt xem theo giờ Việt Nam; lượt truy cập được tính cho giờ mà nó bắt đầu."),
        columns=(
            Column("name", "Giờ"),
            *(
                Column(f"day_{number}", name, "integer")
                for number, name in enumerate(WEEKDAYS, start=1)
            ),
            Column("views", "Lượt xem cả tuần", "integer"),
            _VISITS,
        ),
    ),
    CountRanking(
        key="tai-ve",
        title="Tệp được tải về",
        note="Mỗi lần một người tải một tệp là một lượt tải, không tính vào lượt xem.",
        columns=(
            Column("name", "Tệp"),
            _ADDRESS,
            Column("downloads", "Lượt tải", "integer"),
            _SHARE,
        ),
        counts=DownloadCount,
        by="page_id",
        numbers=("downloads",),
        describe=_files,
    ),
    CountRanking(
        key="tim-khong-thay",
        title="Tìm kiếm không có kết quả",
        note=(
            "Chỉ nêu cụm từ được tìm ít nhất hai lần trong kỳ; các cụm từ còn lại gộp thành "
            "“(ít gặp)”, vì cụm từ chỉ tìm một lần có thể là tên người."
        ),
        columns=(
            Column("name", "Cụm từ"),
            Column("searches", "Lượt tìm", "integer"),
            _SHARE,
        ),
        counts=SearchCount,
        by="phrase",
        having=Q(searches__gte=LEAST_SEARCHES) & ~Q(phrase=rollups.OTHER),
        rest="(ít gặp)",
        numbers=("searches",),
        describe=_phrases,
    ),
    ExclusionRanking(
        key="khong-dem",
        title="Yêu cầu không đếm",
        note=(
            "Các lần mở trang bị loại khỏi số liệu, theo lý do; tỷ lệ tính trên mọi lần mở "
            "trang, kể cả lượt xem đã đếm."
        ),
        columns=(
            Column("group", "Loại"),
            Column("name", "Lý do"),
            Column("requests", "Số yêu cầu", "integer"),
            _SHARE,
        ),
        counts=ExclusionCount,
        by="reason",
        numbers=("requests",),
        describe=_reasons,
    ),
)
TABLES = {spec.key: spec for spec in _SPECS}
