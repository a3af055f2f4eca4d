"""The tables of visit statistics: one definition for the page and for its files.

A page shows the first rows of a table, what is left, and the total; a file has all rows and
the same total. Rows are mappings. Besides the columns each has `page`, the number of the
page that it is about or None, and `is_rest` and `is_total`, for the rows at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Model, Q, Sum
from django.utils.formats import number_format
from django.utils.timezone import localtime

from portal import exports
from portal.exports import Column
from visitors import agents, counting, referrers, rollups, statistics
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    HourCount,
    Page,
    PageCount,
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

_TENTH = Decimal("0.1")
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


def table(key, period, *, comparison=None, today, limit=None, as_of=None):
    """Return the table `key` (of `TABLES`) of `period` as an `exports.Table`.

    With `limit` it has so many rows, the rest and the total, else all rows and the total.
    `comparison` is the period to compare with, where `TableSpec.can_compare`. `as_of` is the
    moment of the figures, which a file names. Raises `KeyError` for an unknown key.
    """
    spec = TABLES[key]
    comparison = comparison if spec.can_compare else None
    rows = spec.rows(period, comparison=comparison, today=today, limit=limit)
    return exports.Table(
        f"{spec.title}, {period.label}",
        columns=spec.columns_of(comparison),
        rows=rows,
        notes=_notes(spec, period, comparison, as_of) if limit is None else (),
    )


def total(key, period):
    """Return the numbers of the row "Tổng cộng" of the table `key`, by column."""
    return TABLES[key].total(period)


def file_response(key, period, *, comparison=None, today, as_of, file_format):
    """Return the whole table `key` as a download; `file_format` is a key of `RESPONSES`.

    All rows have been read when this returns.
    """
    whole = table(key, period, comparison=comparison, today=today, as_of=as_of)
    return RESPONSES[file_format](whole, f"truy-cap-{key}-{period.code}.{file_format}")


def _notes(spec, period, comparison, as_of):
    """Return what a file says about itself: period, moment, source, how it is counted."""
    found = statistics.totals(period)
    sources = [str(source.label) for source in found.sources] or [_NO_FIGURES.lower()]
    notes = [spec.title, f"Kỳ: {period.label}"]
    if comparison:
        notes.append(f"So với: {comparison.label}")
    if as_of:
        notes.append(f"Tính đến {localtime(as_of):%H:%M:%S ngày %d/%m/%Y}")
    notes += [f"Nguồn số liệu: {', '.join(sources)}", spec.note]
    if notice := statistics.detail_notice(period):
        notes.append(notice)
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

    def rows(self, period, *, comparison, today, limit):
        """Return the rows with the rest and the total; see `table`."""
        raise NotImplementedError

    def total(self, period):
        """Return the numbers of the last row, by column."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Ranking(TableSpec):
    """Things by how often they were counted.

    `counts` has the rows, `by` names the thing, `describe` returns the cells of some things
    by their names. The first of `numbers` is what rows are sorted by and shares are told of.
    Things without `having` are part of the rest, whose name is `rest`.
    """

    counts: type[Model]
    by: str
    describe: Callable
    numbers: tuple[str, ...]
    where: Q = field(default_factory=Q)
    having: Q = field(default_factory=Q)
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

    def rows(self, period, *, comparison, today, limit):
        whole = self.total(period)
        sums = self._ranked(period)[: limit or MOST_ROWS]
        found = {row.pop(self.by): _whole_numbers(row) for row in sums}
        before = {}
        if comparison:
            before = self._before(comparison, found, has_all=limit is None)
            for name in list(before)[: MOST_ROWS - len(found)]:
                found.setdefault(name, dict.fromkeys(self.numbers, 0))
        cells = self.describe(list(found))
        rows = [
            _row(cells[name], numbers, before=before.get(name, 0))
            for name, numbers in found.items()
        ]
        whole_before = self.total(comparison)[self.main] if comparison else 0
        rest = {key: whole[key] - sum(row[key] for row in rows) for key in self.numbers}
        rest_before = whole_before - sum(row["before"] for row in rows)
        if any(rest.values()) or rest_before:
            rows.append(_row({"name": self.rest}, rest, before=rest_before, is_rest=True))
        rows.append(_row({"name": TOTAL}, whole, before=whole_before, is_total=True))
        denominator = self._all(period, whole)
        for row in rows:
            row["share"] = _share(row[self.main], denominator)
            row["change"] = statistics.change(row[self.main], row["before"])
        blank = {column.key: None for column in self.columns}
        return [blank | row for row in rows]

    def total(self, period):
        rows = self._rows(period)
        return _whole_numbers(
            rows.aggregate(**{key: Sum(key, default=0) for key in self.numbers})
        )

    def _rows(self, period):
        return self.counts.objects.over(period.first, period.last).filter(self.where)

    def _ranked(self, period):
        sums = {key: Sum(key) for key in self.numbers}
        grouped = self._rows(period).values(self.by).annotate(**sums)
        return grouped.filter(self.having).order_by(f"-{self.main}", self.by)

    def _before(self, comparison, names, *, has_all):
        """Return the main number of the compared period by name, the largest first."""
        ranked = self._ranked(comparison)
        if not has_all:
            ranked = ranked.filter(**{f"{self.by}__in": list(names)})
        return {
            name: int(number)
            for name, number in ranked.values_list(self.by, self.main)[:MOST_ROWS]
        }

    def _all(self, period, whole):
        """Return the number of which shares are told."""
        return whole[self.main]


class ExclusionRanking(Ranking):
    """What was not counted; shares are told of all requests, counted or not."""

    def _all(self, period, whole):
        return statistics.totals(period).requests


class _Course(TableSpec):
    """Days or months in their order; a limit keeps the last of them."""

    numbers = ("views", "visits", "keyless_views", "late_views")

    def rows(self, period, *, comparison, today, limit):
        rows = self._all_rows(period, today)
        whole = self.total(period)
        if limit and len(rows) > limit:
            rows = rows[-limit:]
            rest = {key: whole[key] - sum(row[key] or 0 for row in rows) for key in whole}
            rows.insert(0, _row({"name": "Trước đó"}, rest, is_rest=True))
        average = statistics.totals(period).visitors_per_day
        note = f"Người truy cập: trung bình {_decimal(average)} mỗi ngày" if average else ""
        rows.append(_row({"name": TOTAL, "note": note}, whole, is_total=True))
        blank = {column.key: None for column in self.columns}
        return [blank | row for row in rows]

    def _all_rows(self, period, today):
        raise NotImplementedError


class DayTable(_Course):
    """The days of a period, one by one."""

    def total(self, period):
        found = statistics.totals(period)
        return {key: getattr(found, key) or 0 for key in self.numbers}

    def _all_rows(self, period, today):
        known = {row.day: row for row in Day.objects.between(period.first, period.last)}
        return [
            self._row(point.first, known.get(point.first), today)
            for point in statistics.by_day(period)
        ]

    def _row(self, day, row, today):
        names = {"name": WEEKDAYS[day.weekday()], "day": day, "note": _NO_FIGURES}
        if not row:
            return _row(names, dict.fromkeys((*self.numbers, "visitors")))
        remarks = ["Ngày chưa kết thúc"] if day == today else []
        if row.source != Source.MEASURED:
            remarks.append(str(Source(row.source).label).capitalize())
        names["note"] = ". ".join(remarks)
        return _row(names, {key: getattr(row, key) for key in (*self.numbers, "visitors")})


class MonthTable(_Course):
    """The months of a period; those of an earlier website's counter in a column of their own."""

    def total(self, period):
        found = statistics.totals(period)
        return {
            "views": found.views or 0,
            "visits": found.visits or 0,
            "old_visits": found.old_visits,
            "known_days": found.known_days,
        }

    def _all_rows(self, period, today):
        return [self._row(point, today) for point in statistics.by_month(period)]

    def _row(self, point, today):
        remarks = []
        days = (point.last - point.first).days + 1
        if point.is_old:
            remarks.append(statistics.OLD_COUNTER.capitalize())
        elif point.known_days < days:
            remarks.append(f"{days - point.known_days} ngày không có số liệu")
        if point.last == today:
            remarks.append(f"Tính đến ngày {today:%d/%m}")
        names = {
            "name": point.label,
            "visitors": point.visitors,
            "note": ". ".join(remarks),
        }
        return _row(
            names,
            {
                "views": point.views,
                "visits": None if point.is_old else point.visits,
                "old_visits": point.visits if point.is_old else None,
                "known_days": point.known_days,
            },
        )


class HourTable(TableSpec):
    """The hours of the day by the days of the week."""

    def rows(self, period, *, comparison, today, limit):
        views, visits = self._read(period)
        rows = [
            _row({"name": f"{hour} giờ"}, self._cells(views, visits, hours=[hour]))
            for hour in range(24)
        ]
        return [*rows, _row({"name": TOTAL}, self.total(period), is_total=True)]

    def total(self, period):
        return self._cells(*self._read(period), hours=range(24))

    def _read(self, period):
        rows = HourCount.objects.over(period.first, period.last)
        sums = rows.values_list("weekday", "hour").annotate(Sum("views"), Sum("visits"))
        views, visits = {}, {}
        for weekday, hour, seen, began in sums:
            views[weekday, hour], visits[weekday, hour] = int(seen), int(began)
        return views, visits

    def _cells(self, views, visits, *, hours):
        def added(numbers, weekdays):
            return sum(numbers.get((day, hour), 0) for day in weekdays for hour in hours)

        days = {f"day_{day}": added(views, [day]) for day in range(1, 8)}
        week = range(1, 8)
        return days | {"views": added(views, week), "visits": added(visits, week)}


def _row(cells, numbers, **marks):
    return {"page": None, "is_rest": False, "is_total": False} | cells | numbers | marks


def _whole_numbers(sums):
    return {key: int(number) for key, number in sums.items()}


def _share(number, whole):
    return (Decimal(100) * number / whole).quantize(_TENTH) if whole else None


def _decimal(number):
    return number_format(number, decimal_pos=1, force_grouping=True)


def _pages(numbers):
    """Return name, address and number of pages by their number."""
    pages = Page.objects.in_bulk(numbers)
    return {
        number: {"name": str(page), "address": page.path, "page": number}
        for number, page in pages.items()
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
    named = dict(Page.objects.filter(path__in=addresses).values_list("path", "title"))
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
    Ranking(
        key="trang",
        title="Trang được xem",
        note="Mỗi lần một người mở một trang là một lượt xem của trang đó.",
        columns=(Column("name", "Trang"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        counts=PageCount,
        by="page_id",
        numbers=_PAGE_NUMBERS,
        describe=_pages,
        can_compare=True,
    ),
    Ranking(
        key="phan",
        title="Phần của trang thông tin",
        note="Lượt xem của mọi trang trong một phần; mỗi chuyên mục tin là một phần.",
        columns=(Column("name", "Phần"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        counts=PageCount,
        by="page__section",
        numbers=_PAGE_NUMBERS,
        describe=_sections,
        can_compare=True,
    ),
    Ranking(
        key="tin-bai",
        title="Tin bài được xem",
        note="Một tin bài đã đổi địa chỉ hay tiêu đề vẫn là một dòng, mang tiêu đề mới nhất.",
        columns=(Column("name", "Tin bài"), _ADDRESS, _VIEWS, _ENTRIES, _SHARE),
        counts=PageCount,
        by="page__object_id",
        where=Q(page__kind=ARTICLE),
        numbers=_PAGE_NUMBERS,
        describe=_articles,
        can_compare=True,
    ),
    Ranking(
        key="trang-dau",
        title="Trang bắt đầu",
        note="Mỗi lượt truy cập được tính cho trang mà người xem mở đầu tiên.",
        columns=(Column("name", "Trang"), _ADDRESS, _ENTRIES, _SHARE),
        counts=PageCount,
        by="page_id",
        having=Q(entries__gt=0),
        numbers=("entries",),
        describe=_pages,
    ),
    Ranking(
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
    Ranking(
        key="thiet-bi",
        title="Loại thiết bị",
        note="Lượt truy cập tính theo thiết bị của lượt xem đầu tiên.",
        columns=(Column("name", "Thiết bị"), _VISITS, _VIEWS, _SHARE),
        counts=ClientCount,
        by="device",
        numbers=("visits", "views"),
        describe=_devices,
    ),
    Ranking(
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
    Ranking(
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
        describe=_pages,
    ),
    Ranking(
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
