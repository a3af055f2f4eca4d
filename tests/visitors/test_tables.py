"""Every table of statistics adds up to the totals, on the page and in its files."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.visitors import builders
from tests.visitors.conftest import local
from visitors import counting, rollups, statistics, tables
from visitors.counting import Hit
from visitors.models import Day, ExclusionCount, OldMonth, Page, SearchCount, Source
from visitors.periods import chosen

pytestmark = pytest.mark.django_db

TODAY = date(2025, 3, 20)
MARCH_1 = ("2025-03-01", "2025-03-01")
# Columns of tables, and the figure of the period that they add up to.
COUNTED = {
    "theo-ngay": {"views": "views", "visits": "visits"},
    "theo-thang": {"views": "views", "visits": "visits", "known_days": "known_days"},
    "trang": {"views": "views", "entries": "visits"},
    "phan": {"views": "views", "entries": "visits"},
    "trang-dau": {"entries": "visits"},
    "nguon": {"visits": "visits"},
    "thiet-bi": {"visits": "visits", "views": "views"},
    "trinh-duyet": {"visits": "visits", "views": "views"},
    "gio-thu": {"visits": "visits", "views": "views"},
}


def period(first, last):
    return chosen({"ky": "tu-chon", "tu": first, "den": last}, today=TODAY)


def read(key, first="2025-03-01", last="2025-03-20", **options):
    return tables.table(key, period(first, last), today=TODAY, **options)


def cells(table, *columns):
    return [tuple(row[column] for column in columns) for row in table.rows]


@pytest.fixture
def month(db):
    builders.count_days(date(2025, 2, 10), TODAY, skip={date(2025, 3, 1)})
    return period("2025-02-15", "2025-03-18")


# --- sums -----------------------------------------------------------------------


def test_every_table_of_visits_adds_up_to_the_totals_of_any_period(month):
    days = st.dates(date(2025, 1, 25), TODAY)

    @settings(max_examples=25, deadline=None)
    @given(days, days)
    def check(one, other):
        asked = period(str(min(one, other)), str(max(one, other)))
        found, reading = statistics.totals(asked), tables.Reading()
        for key, columns in COUNTED.items():
            total = tables.total(key, asked, reading=reading)
            expected = {name: getattr(found, of) or 0 for name, of in columns.items()}
            assert {name: total[name] for name in columns} == expected, key
        excluded = ExclusionCount.objects.by_day(asked.first, asked.last)
        assert tables.total("khong-dem", asked) == {
            "requests": excluded.aggregate(sum=Sum("requests", default=0))["sum"]
        }

    check()


def test_rows_and_the_rest_add_up_to_the_total(month):
    for key in tables.TABLES:
        for limit in (None, 2):
            *rows, last = tables.table(key, month, today=TODAY, limit=limit).rows
            total = tables.total(key, month)
            assert last["is_total"]
            assert {name: last[name] for name in total} == total, key
            added = {name: sum(row[name] or 0 for row in rows) for name in total}
            assert added == total, (key, limit)


def test_a_page_shows_the_first_rows_of_the_file(month):
    whole = tables.table("trang", month, today=TODAY).rows
    assert len(whole) == len(builders.PAGES) + 1
    shown = tables.table("trang", month, today=TODAY, limit=2).rows
    assert shown[:2] == whole[:2]
    assert [row["name"] for row in shown[2:]] == ["Còn lại", "Tổng cộng"]
    assert shown[-1] == whole[-1]
    assert shown[2]["is_rest"]


def test_a_table_without_counts_has_a_total_of_0():
    for key in tables.TABLES:
        *_, last = read(key).rows
        assert set(tables.total(key, period(*MARCH_1)).values()) == {0}, key
        assert last["is_total"]
        assert last.get("share") is None


def test_more_rows_than_a_file_holds_become_the_rest(month, monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    for key in ("trang", "nguon"):
        rows = tables.table(key, month, today=TODAY, comparison=month.before()).rows
        assert [row["is_rest"] for row in rows] == [False] * 3 + [True, False], key
        assert sum(row["share"] for row in rows[:-1]) == pytest.approx(100, abs=1)


# --- files ----------------------------------------------------------------------


def as_csv(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def sheets(response):
    with response.file_to_stream as body:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body.read()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def file(key, asked, file_format, **options):
    as_of = local("2025-03-20 08:15:30")
    return tables.file_response(
        key, asked, today=TODAY, as_of=as_of, file_format=file_format, **options
    )


@pytest.mark.parametrize("key", ["theo-ngay", "trang", "gio-thu", "khong-dem"])
def test_the_sums_of_both_files_are_those_of_the_page(key, month):
    table = tables.table(key, month, today=TODAY, limit=20)
    total = tables.total(key, month)
    labels = {column.key: column.label for column in table.columns}
    for heading, *rows in (
        as_csv(file(key, month, "csv")),
        sheets(file(key, month, "xlsx"))["Dữ liệu"],
    ):
        assert heading == list(labels.values())
        for name, number in total.items():
            column = [int(row[heading.index(labels[name])] or 0) for row in rows]
            assert (sum(column[:-1]), column[-1]) == (number, number)


def test_a_workbook_says_on_a_second_sheet_where_its_figures_come_from(month):
    response = file("trang", month, "xlsx", comparison=month.before())
    notes = [row[0] for row in sheets(response)["Ghi chú"]]
    assert notes[:5] == [
        "Trang được xem",
        "Kỳ: Từ 15/02 đến 18/03/2025",
        "So với: 32 ngày trước đó (từ 14/01 đến 14/02/2025)",
        "Tính đến 08:15:30 ngày 20/03/2025",
        "Nguồn số liệu: đo tại cổng này",
    ]
    assert "Không có số liệu: 01/03/2025 (1 ngày)." in notes
    assert notes[-1].startswith("Kỳ so sánh: Không có số liệu: 14/01/2025–09/02/2025")


def test_a_file_is_named_by_its_table_and_period(month):
    disposition = file("nguon", month, "csv")["Content-Disposition"]
    assert 'filename="truy-cap-nguon-2025-02-15-den-2025-03-18.csv"' in disposition


# --- comparison -----------------------------------------------------------------

HOME, CATEGORY, RICE, CROPS, PROCEDURE, CONTACT = builders.PAGES


def count_views(day, *pages):
    builders.count(*[builders.view(f"{day} 08:00:00", page=page) for page in pages])


def test_pages_are_compared_with_the_period_before():
    count_views("2025-03-01", HOME, HOME, CONTACT)
    count_views("2025-03-02", HOME, HOME, HOME, RICE)
    asked = period("2025-03-02", "2025-03-02")
    table = tables.table("trang", asked, comparison=asked.before(), today=TODAY)
    assert [column.label for column in table.columns[-2:]] == [
        "Lượt xem, Ngày 01/03/2025",
        "Thay đổi (%)",
    ]
    assert cells(table, "name", "views", "before", "change") == [
        ("Trang chủ", 3, 2, Decimal("50.0")),
        ("Lúa xuân", 1, 0, None),
        ("Liên hệ", 0, 1, Decimal("-100.0")),
        ("Tổng cộng", 4, 3, Decimal("33.3")),
    ]
    page = tables.table("trang", asked, comparison=asked.before(), today=TODAY, limit=1)
    assert cells(page, "name", "views", "before") == [
        ("Trang chủ", 3, 2),
        ("Còn lại", 1, 1),
        ("Tổng cộng", 4, 3),
    ]


def test_a_table_that_is_not_compared_has_no_columns_for_it():
    asked = period(*MARCH_1)
    table = tables.table("nguon", asked, comparison=asked.before(), today=TODAY)
    assert {"before", "change"}.isdisjoint(column.key for column in table.columns)


# --- what the rows are called ---------------------------------------------------


def test_an_article_is_one_row_under_its_newest_title():
    moved = ("/tin-tuc/trong-trot/lua-xuan-12/", "article", "12", "Lúa xuân được mùa")
    count_views("2025-03-01", RICE, RICE, CROPS, HOME)
    count_views("2025-03-02", moved)
    table = read("tin-bai")
    assert cells(table, "name", "address", "views", "share") == [
        ("Lúa xuân được mùa", moved[0], 3, Decimal("75.0")),
        ("Cây vụ đông", CROPS[0], 1, Decimal("25.0")),
        ("Tổng cộng", None, 4, Decimal("100.0")),
    ]
    assert table.rows[0]["page"] == Page.objects.get(path=moved[0]).pk


def test_parts_of_the_site_are_called_by_their_page_else_by_their_kind():
    unknown = ("/chuyen-de/", "topic", "", "")
    count_views("2025-03-01", RICE, RICE, RICE, CATEGORY, PROCEDURE, HOME, unknown)
    assert cells(read("phan"), "name", "address", "views") == [
        ("Nông nghiệp", "/tin-tuc/nong-nghiep/", 4),
        ("Trang chủ", "/", 1),
        ("/chuyen-de/", "/chuyen-de/", 1),
        ("Thủ tục hành chính", "/thu-tuc/", 1),
        ("Tổng cộng", None, 7),
    ]


def test_sources_devices_and_browsers_are_told_in_words():
    builders.count(
        builders.view("2025-03-01 08:00:00", referrer="zalo.me", device="tablet"),
        builders.view("2025-03-01 08:00:00", referrer="zalo.me", browser="Cốc Cốc"),
        builders.view("2025-03-01 08:00:00", device="", browser=""),
    )
    assert cells(read("nguon"), "name", "visits") == [
        ("Zalo", 2),
        ("Vào thẳng, hoặc không rõ từ đâu", 1),
        ("Tổng cộng", 3),
    ]
    assert {name for name, _ in cells(read("thiet-bi"), "name", "visits")} == {
        "Máy tính bảng",
        "Điện thoại",
        "Không rõ",
        "Tổng cộng",
    }
    assert {name for name, _ in cells(read("trinh-duyet"), "name", "visits")} == {
        "Chrome",
        "Cốc Cốc",
        "Không rõ",
        "Tổng cộng",
    }


def test_the_page_where_a_visit_began_gets_the_visit():
    reader = builders.key()
    builders.count(
        builders.view("2025-03-01 08:00:00", key=reader, page=RICE),
        builders.view("2025-03-01 08:05:00", key=reader, page=HOME),
    )
    assert cells(read("trang-dau"), "name", "entries") == [
        ("Lúa xuân", 1),
        ("Tổng cộng", 1),
    ]


def test_hours_stand_by_weekdays():
    count_views("2025-03-01", HOME, HOME)  # a Saturday
    rows = read("gio-thu").rows
    assert (rows[8]["name"], rows[8]["day_6"], rows[8]["views"]) == ("8 giờ", 2, 2)
    assert len(rows) == 25
    assert sum(row["views"] for row in rows[:-1]) == rows[-1]["day_6"] == 2


def test_downloads_are_told_by_file():
    at = int(local("2025-03-01 08:00:00").timestamp())
    hit = Hit(at=at, path="/tai-ve/1/don.pdf", kind="file", title="Đơn", is_download=True)
    builders.count(hit, hit)
    assert cells(read("tai-ve"), "name", "address", "downloads") == [
        ("Đơn", "/tai-ve/1/don.pdf", 2),
        ("Tổng cộng", None, 2),
    ]


def test_a_phrase_that_was_searched_once_is_never_shown():
    for phrase, searches in (("hộ nghèo", 3), ("le thi hoa", 1), (rollups.OTHER, 9)):
        SearchCount.objects.create(
            grain=1, start=date(2025, 3, 1), phrase=phrase, searches=searches
        )
    for limit in (None, 20):
        assert cells(read("tim-khong-thay", limit=limit), "name", "searches") == [
            ("hộ nghèo", 3),
            ("(ít gặp)", 10),
            ("Tổng cộng", 13),
        ]


def test_what_was_not_counted_is_told_by_kind_as_a_share_of_all_requests():
    at = int(local("2025-03-01 08:00:00").timestamp())
    builders.count(
        builders.view("2025-03-01 08:00:00"),
        Hit(at=at, reason="robot", requests=5),
        Hit(at=at, reason="staff", requests=3),
        Hit(at=at, reason="prefetch", requests=1),
    )
    assert cells(read("khong-dem"), "group", "name", "requests", "share") == [
        ("Máy", counting.EXCLUSIONS["robot"], 5, Decimal("50.0")),
        ("Cán bộ", counting.EXCLUSIONS["staff"], 3, Decimal("30.0")),
        ("Khác", counting.EXCLUSIONS["prefetch"], 1, Decimal("10.0")),
        (None, "Tổng cộng", 9, Decimal("90.0")),
    ]


# --- days and months ------------------------------------------------------------


def test_days_say_whose_figures_they_are_and_that_today_goes_on():
    count_views("2025-03-17", HOME)
    Day.objects.create(day=date(2025, 3, 18), source=Source.LOG, views=4, visits=2)
    count_views("2025-03-20", HOME, HOME)
    table = read("theo-ngay", "2025-03-17")
    assert cells(table, "name", "day", "views", "visitors", "note") == [
        ("Thứ Hai", date(2025, 3, 17), 1, 1, ""),
        ("Thứ Ba", date(2025, 3, 18), 4, 0, "Nhập từ nhật ký máy chủ web"),
        ("Thứ Tư", date(2025, 3, 19), None, None, "Không có số liệu"),
        ("Thứ Năm", date(2025, 3, 20), 2, 2, "Ngày chưa kết thúc"),
        ("Tổng cộng", None, 7, None, "Người truy cập: trung bình 1,0 mỗi ngày có số liệu"),
    ]
    short = read("theo-ngay", "2025-03-17", limit=2)
    assert cells(short, "name", "views")[:2] == [("Trước đó", 5), ("Thứ Tư", None)]


def test_months_of_the_old_counter_have_a_column_of_their_own():
    OldMonth.objects.create(month=date(2025, 1, 1), visits=700, imported_at=timezone.now())
    count_views("2025-03-20", HOME, HOME)
    table = read("theo-thang", "2025-01-01")
    assert cells(table, "name", "visits", "old_visits", "known_days", "note") == [
        ("01/2025", None, 700, 0, "Theo bộ đếm của trang cũ"),
        ("02/2025", None, None, 0, "Không có số liệu"),
        ("03/2025", 2, None, 1, "19 ngày không có số liệu. Tính đến ngày 20/03"),
        ("Tổng cộng", 2, 700, 1, "Người truy cập: trung bình 2,0 mỗi ngày có số liệu"),
    ]


# --- cost -----------------------------------------------------------------------


def test_all_tables_of_pages_share_one_reading_of_the_pages(
    month, django_assert_max_num_queries
):
    reading = tables.Reading()
    tables.table("trang", month, today=TODAY, limit=2, reading=reading)
    for key, queries in (
        ("trang", 1),  # the names of pages
        ("trang-dau", 1),
        ("tin-bai", 1),
        ("phan", 2),  # the names of parts that have a page, and of the others
    ):
        with django_assert_max_num_queries(queries):
            tables.table(key, month, today=TODAY, limit=2, reading=reading)
