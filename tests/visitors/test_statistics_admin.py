"""The pages of statistics in the admin: who reads them, what they say, that they agree."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from python_calamine import CalamineWorkbook

from portal.roles import APPROVER, EDITOR, STATISTICS_READER
from tests import factory
from tests.visitors import builders
from tests.visitors.builders import count, view
from tests.visitors.conftest import local, seconds
from tests.visitors.pages import of_class, tree, words
from visitors import counting
from visitors.counting import Hit
from visitors.models import ClientCount, Day, Grain, OldMonth, Page, PageCount, Source

pytestmark = pytest.mark.django_db

NOW = local("2025-03-20 15:00:00")
DASHBOARD = reverse("admin:visitors_day_changelist")
CONTACT = ("/lien-he/", "contact", "", "Liên hệ")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client):
    client.force_login(factory.make_user(roles=[STATISTICS_READER]))
    return client


def _card(page, key):
    (card,) = page.iterfind(f".//section[@aria-labelledby='bang-{key}']")
    return card


def _row(page, key, name):
    """Return the cells of one row of a card."""
    rows = {
        words(row.find("th")): [words(cell) for cell in row.iterfind("td")]
        for row in _card(page, key).iterfind(".//tbody/tr")
    }
    return rows[name]


def _figures(page):
    return {
        words(figure.find("dt")): words(figure.find("dd"))
        for figure in of_class(page, "stat-headline__figure")
    }


def _notes(page):
    return [words(note) for note in of_class(page, "stat-note")]


def _columns(page):
    """Return what the columns of the chart say."""
    return [words(place.find("title")) for place in of_class(page, "plot__place")]


def _links(node):
    return [link.get("href") for link in node.iterfind(".//a")]


# --- The dashboard ----------------------------------------------------------------------


def test_the_dashboard_shows_the_three_figures_of_the_period_asked_for(reader):
    key = builders.key()
    count(
        view("2025-03-10 08:00:00", key=key),
        view("2025-03-10 08:05:00", key=key, page=CONTACT),
    )
    count(view("2025-03-11 08:00:00"))
    count(view("2025-02-10 08:00:00"))
    page = tree(reader.get(DASHBOARD, {"ky": "thang", "thang": "2025-03"}))
    assert _figures(page) == {
        "Lượt xem": "3",
        "Lượt truy cập": "2",
        "Người truy cập trong ngày (ước tính)": "1,0",
    }
    assert len(of_class(page, "stat-headline__unit")) == 1


def test_a_single_day_tells_its_visitors_and_no_average(reader):
    count(view("2025-03-20 08:00:00"), view("2025-03-20 08:00:00"))
    page = tree(reader.get(DASHBOARD, {"ky": "hom-nay"}))
    assert _figures(page)["Người truy cập trong ngày (ước tính)"] == "2"
    assert of_class(page, "stat-headline__unit") == []


def test_each_figure_stands_beside_the_period_before_and_the_year_before(reader):
    for day in (1, 2, 3, 4):
        count(view(f"2025-02-{day:02} 08:00:00"))
    for day in (1, 2):
        count(view(f"2025-01-{day:02} 08:00:00"))
    builders.know_days(date(2025, 1, 1), date(2025, 2, 28))
    page = tree(reader.get(DASHBOARD, {"ky": "thang", "thang": "2025-02"}))
    before, last_year, *_ = of_class(page, "stat-change")
    assert words(before) == "▲ 100,0 %Tăng 100,0 phần trăm so với tháng 01/2025: 2"
    assert before.find("span").get("aria-hidden") == "true"
    assert words(last_year) == "Chưa có số liệu để so sánh với tháng 02/2024."


def test_who_compares_with_a_gap_is_told_of_it(reader):
    count(view("2025-02-01 08:00:00"))
    asked = {"ky": "thang", "thang": "2025-02"}
    sentence = "Kỳ so sánh không đủ ngày. Tháng 01/2025: chỉ 1 trên 31 ngày có số liệu."
    assert sentence not in _notes(tree(reader.get(DASHBOARD, asked)))
    Day.objects.create(day=date(2025, 1, 5), views=1)
    assert sentence in _notes(tree(reader.get(DASHBOARD, asked)))


def test_no_percentage_is_told_of_sums_over_periods_with_large_gaps(reader):
    count(view("2025-02-10 08:00:00"))
    count(view("2025-03-10 08:00:00"), view("2025-03-10 08:00:00"))
    builders.know_days(date(2025, 3, 1), date(2025, 3, 19))
    dashboard = tree(reader.get(DASHBOARD, {"ky": "thang"}))
    assert words(of_class(dashboard, "stat-change")[0]).startswith("So với tháng 02/2025")
    assert _row(dashboard, "trang", "Trang chủ")[1] == "–"
    page = tree(reader.get(_card(dashboard, "trang").find(".//tbody//a").get("href")))
    assert words(of_class(page, "stat-change")[0]).startswith("So với tháng 02/2025")


def test_sums_of_every_card_are_those_of_the_headline(reader):
    builders.count_days(date(2025, 3, 1), date(2025, 3, 19))
    page = tree(reader.get(DASHBOARD, {"ky": "thang"}))
    views, visits = _figures(page)["Lượt xem"], _figures(page)["Lượt truy cập"]
    assert views == "228"
    assert _row(page, "trang", "Tổng cộng")[0] == views
    assert _row(page, "phan", "Tổng cộng")[0] == views
    assert _row(page, "trang-dau", "Tổng cộng")[0] == visits
    assert _row(page, "nguon", "Tổng cộng")[0] == visits
    assert _row(page, "thiet-bi", "Tổng cộng")[:2] == [visits, views]
    assert _row(page, "trinh-duyet", "Tổng cộng")[:2] == [visits, views]
    assert _row(page, "gio-thu", "Tổng cộng")[-2:] == [views, visits]


def test_the_stamp_of_the_page_is_that_of_its_five_figures(reader):
    count(view("2025-03-20 08:00:00"))
    page = tree(reader.get(DASHBOARD, {"ky": "hom-nay"}))
    (five,) = of_class(page, "stat-now")
    assert [words(number) for number in five.iterfind(".//dd")] == ["1", "0", "1", "1", "1"]
    (stamp,) = of_class(page, "stat-stamp")
    assert words(stamp.find("time")) == "15:00:00 20/03/2025"


def test_what_was_not_counted_is_told_by_reason(reader):
    at = seconds("2025-03-20 08:00:00")
    count(
        Hit(at=at, reason="staff", requests=7), Hit(at=at, reason="prefetch", requests=1234)
    )
    page = tree(reader.get(DASHBOARD))
    assert _row(page, "khong-dem", counting.EXCLUSIONS["staff"])[0] == "7"
    assert _row(page, "khong-dem", "Tổng cộng")[0] == "1.241"


def test_the_hours_are_shaded_by_how_many_views_they_have(reader):
    count(*[view("2025-03-20 08:00:00") for _ in range(10)])
    count(view("2025-03-19 09:00:00"))
    card = _card(tree(reader.get(DASHBOARD)), "gio-thu")
    shaded = {step: of_class(card, f"heat--{step}") for step in range(6)}
    assert [words(cell) for cell in shaded[5]] == ["10"]
    assert [words(cell) for cell in shaded[1]] == ["1"]
    assert (len(shaded[0]), shaded[3]) == (24 * 7 - 2, [])


def test_days_without_figures_are_holes_in_the_chart_and_named(reader):
    for day in (18, 20):
        Day.objects.create(day=date(2025, 3, day), views=0)
    asked = {"ky": "tu-chon", "tu": "2025-03-18", "den": "2025-03-20"}
    page = tree(reader.get(DASHBOARD, asked))
    assert _columns(page) == [
        "18/03/2025: 0 lượt xem, 0 lượt truy cập",
        "19/03/2025: không có số liệu",
        "20/03/2025: 0 lượt xem, 0 lượt truy cập",
    ]
    # One in the chart and one in its legend.
    assert len(of_class(page, "plot__hole")) == 2
    assert any("Không có số liệu: 19/03/2025" in note for note in _notes(page))


def test_the_table_of_the_chart_has_the_figures_of_the_period_before(reader):
    count(view("2025-03-19 08:00:00"), view("2025-03-19 08:00:00"))
    count(view("2025-03-20 08:00:00"))
    asked = {"ky": "tu-chon", "tu": "2025-03-20", "den": "2025-03-20"}
    page = tree(reader.get(DASHBOARD, asked))
    (course,) = page.iterfind(".//section[@aria-labelledby='dien-bien']")
    headings = [words(heading) for heading in course.iterfind(".//thead//th")]
    assert headings[-1] == "Lượt xem kỳ trước"
    assert [words(cell) for cell in course.iterfind(".//tbody//td")] == ["1", "1", "1", "2"]
    assert len(of_class(course, "plot__before", "polyline")) == 1


def test_a_long_period_is_drawn_by_month_with_what_an_old_counter_knew(reader):
    count(view("2024-12-19 08:00:00"))
    OldMonth.objects.create(month=date(2024, 10, 1), visits=1500, imported_at=NOW)
    page = tree(reader.get(DASHBOARD, {"ky": "nam", "nam": "2024"}))
    *_, october, november, december = _columns(page)
    assert october == "Tháng 10/2024: 1.500 lượt truy cập; theo bộ đếm của trang cũ"
    assert november == "Tháng 11/2024: không có số liệu"
    assert december == (
        "Tháng 12/2024: 1 lượt xem, 1 lượt truy cập; số liệu của 1 trên 31 ngày"
    )
    assert any("1.500 lượt truy cập theo bộ đếm" in note for note in _notes(page))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [(Source.SAMPLE, "số liệu mẫu"), (Source.LOG, "nhật ký máy chủ web")],
)
def test_figures_that_were_not_measured_here_say_so(reader, source, sentence):
    Day.objects.create(day=date(2025, 3, 19), views=5, source=source)
    notes = _notes(tree(reader.get(DASHBOARD)))
    assert sum(sentence in note for note in notes) == 1


def test_an_empty_site_has_a_dashboard(reader):
    page = tree(reader.get(DASHBOARD, {"ky": "nam"}))
    assert set(_figures(page).values()) == {"Không có số liệu"}
    assert "Kỳ này không có gì trong bảng này." in words(_card(page, "trang"))


# --- Choosing a period ------------------------------------------------------------------


def test_the_period_is_chosen_by_links_and_plain_forms(reader):
    Day.objects.create(day=date(2024, 11, 5), views=1)
    page = tree(reader.get(DASHBOARD, {"ky": "90-ngay"}))
    (picker,) = of_class(page, "stat-picker")
    here = [link.get("href") for link in picker.iterfind(".//a[@aria-current]")]
    assert here == ["?ky=90-ngay"]
    months = [
        option.get("value") for option in picker.iterfind(".//select[@name='thang']/option")
    ]
    assert months == ["2025-03", "2025-02", "2025-01", "2024-12", "2024-11"]
    forms = list(picker.iterfind(".//form"))
    assert {form.get("method") for form in forms} == {"get"}
    kinds = [form.find(".//input[@name='ky']").get("value") for form in forms]
    assert kinds == ["thang", "quy", "nam", "tu-chon"]


def test_a_month_that_was_chosen_stays_chosen(reader):
    Day.objects.create(day=date(2024, 11, 5), views=1)
    page = tree(reader.get(DASHBOARD, {"ky": "thang", "thang": "2024-12"}))
    (picker,) = of_class(page, "stat-picker")
    chosen = picker.findall(".//select[@name='thang']/option[@selected]")
    assert [option.get("value") for option in chosen] == ["2024-12"]
    assert picker.find("details").get("open") is not None
    assert picker.findall(".//a[@aria-current]") == []


HOSTILE = [
    {"ky": "thang", "thang": "x"},
    {"ky": "Thang", "thang": "２０２５-０１"},
    {"ky": "tu-chon", "tu": "2025-02-30", "den": "'"},
    {"ky": "tu-chon", "tu": "9999-12-31", "den": "0001-01-01"},
    {"ky": "nam", "nam": "9" * 400},
    {"ky": ["hom-nay", "<script>"]},
    {"p": "99999999999", "q": "x", "e": "1", "day__gte": "x", "o": "-7.99"},
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_question_never_breaks_a_page(reader, query):
    seen = Page.objects.create(path="/", kind="home", title="Trang chủ")
    for name, arguments in (
        ("day_changelist", []),
        ("page", [seen.pk]),
        ("table_page", ["trang"]),
        ("table", ["trang", "csv"]),
    ):
        response = reader.get(reverse(f"admin:visitors_{name}", args=arguments), query)
        assert response.status_code == 200
        assert b"<script>" not in response.getvalue()
    assert reader.get(reverse("admin:visitors_days"), query).status_code < 500


def test_a_period_that_is_none_is_refused_in_words(reader):
    page = tree(reader.get(DASHBOARD, {"ky": "thang", "thang": "2025-13"}))
    assert "Tháng phải viết như 2026-10" in words(page.find(".//*[@role='alert']"))


# --- Tables and files -------------------------------------------------------------------


def test_the_rows_that_a_card_leaves_out_are_added_up_and_one_step_away(reader):
    count(
        *[
            view("2025-03-20 08:00:00", page=(f"/{number}/", "page", "", f"Trang {number}"))
            for number in range(12)
        ]
    )
    page = tree(reader.get(DASHBOARD))
    assert _row(page, "trang", "Còn lại")[0] == "2"
    *_, more = _links(_card(page, "trang"))
    rows = tree(reader.get(more)).findall(".//tbody/tr")
    assert len(rows) == 13
    assert words(rows[-1].find("th")) == "Tổng cộng"


def test_a_table_has_all_columns_on_its_own_page(reader):
    count(view("2025-03-20 08:00:00"))
    page = tree(reader.get(reverse("admin:visitors_table_page", args=["trang"])))
    headings = [words(heading) for heading in page.iterfind(".//thead//th")]
    assert headings[:4] == ["Trang", "Lượt xem", "Lượt truy cập bắt đầu ở đây", "Tỷ lệ (%)"]
    assert headings[-1] == "Thay đổi (%)"
    assert words(page.find(".//tbody/tr/th")) == "Trang chủ /"


def test_the_files_of_a_card_hold_the_figures_of_the_page(reader):
    count(view("2025-03-19 08:00:00"))
    count(view("2025-03-20 08:00:00", page=("/x/", "page", "", "=1+1")))
    page = tree(reader.get(DASHBOARD, {"ky": "7-ngay"}))
    as_csv, as_xlsx, *_ = [
        href for href in _links(_card(page, "trang")) if "trang." in href
    ]
    response = reader.get(as_csv)
    name = "truy-cap-trang-2025-03-14-den-2025-03-20.csv"
    assert name in response["Content-Disposition"]
    *_, last = response.getvalue().decode("utf-8-sig").splitlines()
    assert last.startswith("Tổng cộng,,2,2,")
    book = CalamineWorkbook.from_filelike(io.BytesIO(reader.get(as_xlsx).getvalue()))
    *_, total = book.get_sheet_by_index(0).to_python()
    assert total[:4] == ["Tổng cộng", "", 2, 2]
    assert _row(page, "trang", "Tổng cộng")[0] == "2"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("table", ["khong-co", "csv"]),
        ("table", ["trang", "pdf"]),
        ("table_page", ["khong-co"]),
        ("page", [0]),
        ("page", [10**30]),
    ],
)
def test_what_does_not_exist_is_not_found(reader, name, arguments):
    address = reverse(f"admin:visitors_{name}", args=arguments)
    assert reader.get(address).status_code == 404


# --- One page -----------------------------------------------------------------------------


def _page_address(path):
    return reverse("admin:visitors_page", args=[Page.objects.get(path=path).pk])


def test_an_article_is_followed_through_all_addresses_it_had(reader):
    old, new = "/tin-tuc/cu/bai-12/", "/tin-tuc/moi/bai-12/"
    count(view("2025-03-10 08:00:00", page=(old, "article", "12", "Tên cũ")))
    count(
        view("2025-03-11 08:00:00", page=(new, "article", "12", "Tên mới")),
        view("2025-03-11 08:01:00", page=("/tin-tuc/13/", "article", "13", "Tin khác")),
    )
    for path in (old, new):
        page = tree(reader.get(_page_address(path), {"ky": "thang"}))
        assert words(page.find(".//h1")) == "Tên mới"
        assert _figures(page) == {"Lượt xem": "2", "Lượt truy cập bắt đầu ở đây": "2"}
        assert "Từ ngày 10/03/2025 đến nay có 2 lượt xem." in words(page)
        (addresses,) = of_class(page, "stat-addresses")
        assert [words(each) for each in addresses] == [old, new]


def test_the_figures_of_a_page_agree_with_its_row_in_the_table(reader):
    count(view("2025-02-10 08:00:00"))
    count(view("2025-03-10 08:00:00"), view("2025-03-10 08:00:00"))
    count(view("2025-03-11 08:00:00"), view("2025-03-11 08:05:00", page=CONTACT))
    builders.know_days(date(2025, 2, 1), date(2025, 3, 19))
    dashboard = tree(reader.get(DASHBOARD, {"ky": "thang"}))
    link = _card(dashboard, "trang").find(".//tbody//a")
    page = tree(reader.get(link.get("href")))
    assert words(page.find(".//h1")) == "Trang chủ"
    views, change = _row(dashboard, "trang", "Trang chủ")
    assert _figures(page)["Lượt xem"] == views == "3"
    told = words(of_class(page, "stat-change")[0])
    assert change == "▲ 200,0 %Tăng 200,0 phần trăm"
    assert told.startswith(f"{change} so với tháng 02/2025")
    assert _links(of_class(page, "stat-links")[0]) == ["/"]


def _forget_days_before(day):
    """Delete what the retention of details by day deletes."""
    for counts in (PageCount, ClientCount):
        counts.objects.filter(grain=Grain.DAY, start__lt=day).delete()


def test_a_month_whose_days_are_no_longer_kept_is_told_of_one_page_as_of_all(reader):
    builders.count_days(date(2025, 1, 1), date(2025, 3, 20), views=3)
    _forget_days_before(date(2025, 3, 1))
    asked = {"ky": "thang", "thang": "2025-02"}
    dashboard = tree(reader.get(DASHBOARD, asked))
    views, change = _row(dashboard, "trang", "Trang chủ")
    page = tree(reader.get(_page_address("/"), asked))
    assert _figures(page)["Lượt xem"] == views != "0"
    assert words(of_class(page, "stat-change")[0]).startswith(change)
    assert _columns(page) == [
        f"Tháng 02/2025: {views} lượt xem, {_figures(page)['Lượt truy cập bắt đầu ở đây']} "
        "lượt truy cập bắt đầu ở đây"
    ]


def test_nothing_is_compared_with_a_part_of_the_details_of_a_period(reader):
    builders.count_days(date(2025, 1, 1), date(2025, 3, 20), views=3)
    _forget_days_before(date(2025, 3, 1))
    dashboard = tree(reader.get(DASHBOARD, {"ky": "thang"}))
    assert "Thay đổi" not in words(_card(dashboard, "trang"))
    sentence = (
        "Các bảng không được so sánh với tháng 02/2025 (từ 01/02 đến 20/02/2025): chi tiết "
        "từng ngày của kỳ đó không còn đủ."
    )
    assert sentence in _notes(dashboard)
    table = reverse("admin:visitors_table_page", args=["phan"])
    assert sentence in _notes(tree(reader.get(table, {"ky": "thang"})))
    page = tree(reader.get(_page_address("/"), {"ky": "thang"}))
    assert words(of_class(page, "stat-change")[0]).startswith("Chưa có số liệu để so sánh")


def test_a_file_leads_to_no_page_of_views(reader):
    at = seconds("2025-03-10 08:00:00")
    count(Hit(at, path="/tep/1.pdf", kind="file", title="Mẫu đơn", is_download=True))
    card = _card(tree(reader.get(DASHBOARD, {"ky": "thang"})), "tai-ve")
    assert words(card.find(".//tbody/tr/th")).startswith("Mẫu đơn")
    assert card.findall(".//tbody//a") == []


@pytest.mark.parametrize("key", ["theo-ngay", "theo-thang"])
def test_the_total_of_days_without_figures_says_so(reader, key):
    address = reverse("admin:visitors_table_page", args=[key])
    page = tree(reader.get(address, {"ky": "thang", "thang": "2025-02"}))
    (total,) = of_class(page, "is-total")
    assert words(total).endswith("Không có số liệu")


def test_hours_without_figures_are_not_shown_as_0(reader):
    count(view("2025-03-10 08:00:00"))
    page = tree(reader.get(DASHBOARD, {"ky": "thang", "thang": "2025-02"}))
    assert "Kỳ này không có gì trong bảng này." in words(_card(page, "gio-thu"))
    assert _card(page, "gio-thu").find(".//table") is None


@pytest.mark.parametrize(("role", "is_led"), [(APPROVER, True), (STATISTICS_READER, False)])
def test_the_text_of_an_article_is_offered_to_those_who_may_see_it(client, role, is_led):
    article = factory.make_article()
    path = article.get_absolute_url()
    count(view("2025-03-10 08:00:00", page=(path, "article", str(article.pk), "Tin")))
    client.force_login(factory.make_user(roles=[role]))
    page = tree(client.get(_page_address(path)))
    address = reverse("admin:articles_article_change", args=[article.pk])
    assert (address in _links(page)) == is_led


@pytest.mark.parametrize("object_id", ["99999", "x", "9" * 40])
def test_an_article_that_is_no_more_is_not_offered(client, object_id):
    count(view("2025-03-10 08:00:00", page=("/x/", "article", object_id, "Tin")))
    client.force_login(factory.make_user(roles=[APPROVER]))
    page = tree(client.get(_page_address("/x/")))
    assert _links(of_class(page, "stat-links")[0]) == ["/x/"]


# --- Right now ----------------------------------------------------------------------------


def test_the_live_page_counts_the_last_half_hour_minute_by_minute(reader):
    count(
        view("2025-03-20 14:29:59"),
        view("2025-03-20 14:31:00"),
        view("2025-03-20 14:59:30"),
        view("2025-03-20 14:59:31"),
        now=NOW,
    )
    data = reader.get(reverse("admin:visitors_live_data")).json()
    assert data["at"] == "15:00:00"
    assert data["figures"] == {"online": "2", "recent": "3", "views": "4", "visits": "4"}
    assert data["minutes"][0] == ["14:31", "1"]
    assert data["minutes"][-2:] == [["14:59", "2"], ["15:00", "0"]]
    assert len(data["columns"]) == 30
    assert data["columns"][-2]["words"] == "14:59: 2 lượt xem"
    assert [page["views"] for page in data["pages"]] == ["4"]


def test_the_live_page_shows_without_a_script_what_the_script_would_fetch(reader):
    count(view("2025-03-20 14:59:00"), now=NOW)
    page = tree(reader.get(reverse("admin:visitors_live")))
    data = reader.get(page.find(".//*[@data-live]").get("data-live")).json()
    shown = {
        place.get("data-figure"): words(place)
        for place in page.iterfind(".//*[@data-figure]")
    }
    assert shown == data["figures"]
    assert len(page.findall(".//*[@data-bar]")) == len(data["columns"])
    assert [words(each) for each in page.iterfind(".//*[@data-tick]")] == data["ticks"]
    assert [words(link) for link in page.iterfind(".//tbody//a")] == ["Trang chủ"]
    assert page.find(".//noscript/a").get("href") == ""


# --- Who may, and what it costs -----------------------------------------------------------


@pytest.mark.parametrize("name", ["day_changelist", "live", "live_data", "days"])
def test_statistics_are_only_read_and_by_those_who_may(client, reader, name):
    address = reverse(f"admin:visitors_{name}")
    assert reader.post(address).status_code == 405
    client.force_login(factory.make_user(roles=[EDITOR]))
    assert client.get(address).status_code == 403


def test_the_dashboard_asks_as_much_for_five_years_as_for_five_days(
    reader, django_assert_max_num_queries
):
    first = date(2020, 3, 21)
    Day.objects.bulk_create(
        Day(day=first + timedelta(days=count), views=9, visits=3, visitors=2)
        for count in range(365 * 5)
    )
    count(view("2022-02-02 08:00:00"))
    count(view("2025-03-20 08:00:00"))
    # The person 4, the stamp 3, the choice of periods 2, totals of three periods 3,
    # months of an old counter 1, the course of two 4, what is missing 5, and eleven tables:
    # their rows, totals and names.
    with django_assert_max_num_queries(42) as long:
        reader.get(DASHBOARD, {"ky": "tu-chon", "tu": "2020-03-21", "den": "2025-03-20"})
    with django_assert_max_num_queries(42) as short:
        reader.get(DASHBOARD, {"ky": "tu-chon", "tu": "2025-03-16", "den": "2025-03-20"})
    assert abs(len(long) - len(short)) <= 4
