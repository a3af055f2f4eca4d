import csv
import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import workflow
from articles.models import WithdrawalKind
from portal import content_version, pages, public_pages, roles
from tests import factory
from tests.visitors.conftest import local
from visitors import charts, figures, opening, summary
from visitors.models import (
    Day,
    Grain,
    OldMonth,
    Page,
    PageCount,
    Source,
    VisitSettings,
)

pytestmark = pytest.mark.django_db

NOW = local("2025-03-05 10:00:00")
SUMMARY = "/thong-ke-truy-cap/"
METHOD = "/thong-ke-truy-cap/cach-tinh/"


@pytest.fixture
def page(client):
    """Return a function that gives the text of a page at NOW, the summary by default."""

    def get(address=SUMMARY):
        with time_machine.travel(NOW, tick=False):
            response = client.get(address)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return get


def read(path, kind, object_id, views, *, start=date(2025, 3, 1), title="Tên lúc đọc"):
    """Count `views` of a page in the month that begins on `start`."""
    seen = Page.objects.create(path=path, kind=kind, object_id=object_id, title=title)
    PageCount.objects.create(grain=Grain.MONTH, start=start, page=seen, views=views)


def main_of(text):
    return text[text.index("<main") : text.index("</main>")]


# --- The figures --------------------------------------------------------------------


def test_the_page_shows_the_figures_with_their_stamp_and_the_carried_balance(page):
    Day.objects.create(day=date(2025, 3, 5), views=9000, visits=1234, visitors=1000)
    opening.carry_over(
        actor=None,
        figure=293_386,
        dated=date(2024, 12, 31),
        note="Theo bộ đếm trên trang cũ.",
    )
    text = page()
    assert "<dt>Hôm nay</dt><dd>1.234</dd>" in text
    assert "<dt>Tất cả</dt><dd>294.620</dd>" in text
    assert "10:00:00 05/03/2025" in text
    assert "gồm 293.386 lượt mang sang, tính đến ngày 31/12/2024" in text
    assert "Theo bộ đếm trên trang cũ." in text


def test_all_figures_of_a_page_are_those_of_one_moment(client, monkeypatch):
    seconds = itertools.count()

    def later_each_time():
        passed = next(seconds)
        as_of = NOW + timedelta(seconds=passed)
        return figures.Figures(passed, 0, 9, 9, 9, as_of, 0, [], shows_online=False)

    monkeypatch.setattr(figures, "sidebar", later_each_time)
    text = client.get(SUMMARY).content.decode()
    assert re.findall(r"10:00:\d\d 05/03/2025", text) == ["10:00:00 05/03/2025"] * 2
    assert re.findall(r"<dt>Hôm nay</dt><dd>(\d)</dd>", text) == ["0", "0"]


def test_the_block_shows_who_is_present_only_where_the_administrator_says_so(page):
    assert "Đang truy cập" not in page()
    VisitSettings.objects.create(pk=1, show_online=True)
    figures.forget()
    assert "<dt>Đang truy cập (người)</dt><dd>0</dd>" in page("/lien-he/")


def test_the_block_leads_to_how_visits_are_counted(page):
    assert f'<a href="{METHOD}">Cách tính</a>' in page("/lien-he/")


# --- Days ---------------------------------------------------------------------------


def test_days_without_a_visit_are_zero_and_days_without_measuring_say_so(page):
    Day.objects.create(day=date(2025, 1, 1), views=1)  # too long ago
    Day.objects.create(day=date(2025, 3, 2), views=7, visits=3, visitors=2)
    Day.objects.create(day=date(2025, 3, 4))
    Day.objects.create(day=date(2025, 3, 5), views=1)
    text = page()
    assert '<th scope="row">04/03/2025</th> <td class="num">0</td>' in text
    assert '<th scope="row">03/03/2025</th> <td colspan="3">Không có số liệu</td>' in text
    # from the first measured day to yesterday: today is not over
    table = text[
        text.index('id="bang-ngay"') : text.index("</table>", text.index("bang-ngay"))
    ]
    assert table.count('<th scope="row">') == 3


def test_a_new_site_says_that_its_first_day_is_not_over(page):
    text = page()
    assert "Chưa có ngày nào trọn vẹn" in text
    assert "bieu-do-ngay" not in text


@time_machine.travel(NOW, tick=False)
def test_the_days_can_be_taken_along(client):
    Day.objects.create(
        day=date(2025, 3, 3), views=7, visits=3, visitors=2, source=Source.SAMPLE
    )
    body = client.get(f"{SUMMARY}theo-ngay.csv").getvalue().decode("utf-8-sig")
    head, *lines = csv.reader(body.splitlines())
    assert head == [
        "Ngày",
        "Lượt xem",
        "Lượt truy cập",
        "Người truy cập (ước tính)",
        "Nguồn",
    ]
    assert lines == [
        ["2025-03-03", "7", "3", "2", "số liệu mẫu"],
        ["2025-03-04", "", "", "", ""],
    ]
    rows = json.loads(client.get(f"{SUMMARY}theo-ngay.json").getvalue())["rows"]
    assert (rows[0]["visits"], rows[1]["visits"]) == (3, None)


def test_a_file_of_another_kind_is_not_found(client):
    assert client.get(f"{SUMMARY}theo-ngay.exe").status_code == 404
    assert client.get(f"{SUMMARY}theo-thang.xlsx").status_code == 404


def test_made_up_and_imported_days_say_so(page):
    Day.objects.create(day=date(2025, 3, 3), views=3, source=Source.LOG)
    assert "Số liệu mẫu." not in page()
    Day.objects.create(day=date(2025, 3, 4), views=3, source=Source.SAMPLE)
    figures.forget()
    text = page()
    assert '03/03/2025 <span class="visits-note">nhập từ nhật ký máy chủ web</span>' in text
    assert '04/03/2025 <span class="visits-note">số liệu mẫu</span>' in text
    assert "<strong>Số liệu mẫu.</strong>" in text


# --- Months -------------------------------------------------------------------------


def months_at(moment):
    with time_machine.travel(moment, tick=False):
        return summary.months(figures.sidebar())


def test_months_run_from_the_first_with_figures_to_the_present_one():
    OldMonth.objects.create(month=date(2024, 10, 1), visits=5000, imported_at=NOW)
    for day in (date(2025, 1, 1), date(2025, 1, 31), date(2025, 3, 5)):
        Day.objects.create(day=day, views=9, visits=4, visitors=2)
    told = [(row.name, row.visits, row.views, row.note) for row in months_at(NOW)]
    assert told == [
        ("Tháng 10/2024", 5000, None, "theo bộ đếm của trang cũ"),
        ("Tháng 11/2024", None, None, "Không có số liệu"),
        ("Tháng 12/2024", None, None, "Không có số liệu"),
        ("Tháng 1/2025", 8, 18, "2/31 ngày có số liệu"),
        ("Tháng 2/2025", None, None, "Không có số liệu"),
        ("Tháng 3/2025", 4, 9, "đến nay; 1/5 ngày có số liệu"),
    ]


def test_months_are_twelve_and_the_present_one():
    for month in range(1, 13):
        OldMonth.objects.create(month=date(2024, month, 1), visits=1, imported_at=NOW)
    rows = months_at(NOW)
    assert (rows[0].first, rows[-1].first) == (date(2024, 3, 1), date(2025, 3, 1))
    assert len(rows) == 13


def test_the_present_month_agrees_with_the_block_to_the_digit(page):
    for day in (1, 4, 5):
        Day.objects.create(day=date(2025, 3, day), views=700, visits=617, visitors=9)
    text = page()
    assert "<dt>Tháng này</dt><dd>1.851</dd>" in text
    assert '</span></th> <td class="num">1.851</td><td class="num">2.100</td>' in text
    assert "Số liệu từng tháng, tính đến 10:00:00 05/03/2025" in text


@time_machine.travel(NOW, tick=False)
def test_the_months_can_be_taken_along(client):
    OldMonth.objects.create(month=date(2025, 1, 1), visits=5000, imported_at=NOW)
    Day.objects.create(day=date(2025, 3, 5), views=9, visits=4, visitors=2)
    with time_machine.travel(NOW, tick=False):
        response = client.get(f"{SUMMARY}theo-thang.json")
    assert response["Cache-Control"] == "no-cache"
    rows = json.loads(response.getvalue())["rows"]
    assert [(row["month"], row["visits"], row["views"]) for row in rows] == [
        ("2025-01-01", 5000, None),
        ("2025-02-01", None, None),
        ("2025-03-01", 4, 9),
    ]
    assert rows[0]["note"] == "theo bộ đếm của trang cũ"
    # the month that is not over is only right together with its stamp
    assert {row["as_of"] for row in rows} == {"2025-03-05T10:00:00+07:00"}
    assert client.get(f"{SUMMARY}theo-thang.csv").getvalue().count(b"\r\n") == 4


# --- What is read most --------------------------------------------------------------


def test_the_most_read_pages_come_with_their_present_titles(page):
    article = factory.make_article(title="Tên bây giờ")
    read("/tin-tuc/cu/ten-cu-1/", "article", str(article.pk), 3)
    read(article.get_absolute_url(), "article", str(article.pk), 4)
    read("/lien-he/", "contact", "", 5)
    read("/", "home", "", 9, start=date(2025, 2, 1))
    text = main_of(page())
    address = article.get_absolute_url()
    assert f'<a href="{address}">Tên bây giờ</a></th><td class="num">7</td>' in text
    assert text.index("Tên bây giờ") < text.index('<a href="/lien-he/">Liên hệ</a>')
    assert "Tên lúc đọc" not in text
    assert "Lượt xem từ 01/03/2025 đến 10:00 05/03/2025" in text
    assert '<td class="num">9</td>' not in text, "that was last month"


def test_what_readers_may_not_see_any_more_is_not_among_the_most_read(
    page, content_committed
):
    article = factory.make_article(title="Bài sẽ bị gỡ")
    read(article.get_absolute_url(), "article", str(article.pk), 4, title="Bài sẽ bị gỡ")
    assert "Bài sẽ bị gỡ" in main_of(page())
    workflow.withdraw(
        article=article,
        actor=factory.make_user(roles=[roles.APPROVER]),
        kind=WithdrawalKind.MISTAKE,
        reason="Đăng nhầm.",
    )
    content_committed()
    assert "Bài sẽ bị gỡ" not in page()


def test_pages_that_no_longer_exist_leave_room_for_those_that_do(page):
    for number in range(15):
        read(f"/mat/{number}/", "article", str(900_000 + number), 99, title="Đã mất")
    read("/lien-he/", "contact", "", 1)
    text = main_of(page())
    assert "Đã mất" not in text
    assert '<a href="/lien-he/">Liên hệ</a></th><td class="num">1</td>' in text


def test_procedures_fields_and_results_may_be_among_the_most_read(page):
    procedure, period = factory.make_procedure(), factory.make_listed_period()
    read("/thu-tuc/x/", "procedure", procedure.code, 4)
    read("/thu-tuc/linh-vuc/x/", "procedures", procedure.field.slug, 3)
    read("/ket-qua-tthc/x/", "result", period.code, 2)
    read("/ket-qua-tthc/x/ho-so/", "dossiers", period.code, 1)
    read("/ket-qua-tthc/y/", "result", "1999-T01", 1)
    text = main_of(page())
    links = [
        procedure.get_absolute_url(),
        f"/thu-tuc/linh-vuc/{procedure.field.slug}/",
        period.get_absolute_url(),
        f"{period.get_absolute_url()}ho-so/",
    ]
    places = [text.index(f'<th scope="row"><a href="{link}">') for link in links]
    assert places == sorted(places)
    assert "1999" not in text


def test_every_link_to_a_most_read_page_leads_to_a_page(client):
    article, period = factory.make_article(), factory.make_listed_period()
    procedure = factory.make_procedure()
    for kind, object_id in (
        ("article", str(article.pk)),
        ("procedure", procedure.code),
        ("procedures", procedure.field.slug),
        ("result", period.code),
        ("dossiers", period.code),
    ):
        (shown,) = public_pages.shown(kind, [object_id]).values()
        assert client.get(shown.url).status_code == 200, kind


def test_a_kind_that_nobody_answers_for_has_no_pages():
    assert public_pages.shown("khong-co", ["1"]) == {}


def test_an_article_leaves_the_most_read_at_its_own_moment(content_committed):
    assert public_pages.next_moment() is None
    ends = local("2025-03-05 10:00:30")
    with time_machine.travel(NOW, tick=False):
        factory.make_article(published_at=local("2025-03-01 08:00:00"), expires_at=ends)
        content_committed()
        assert public_pages.next_moment() == ends


def test_a_month_without_views_says_so(page):
    assert "Tháng này chưa có lượt xem nào được ghi nhận." in page()


# --- How it is counted --------------------------------------------------------------


def test_the_method_is_told_as_the_document_tells_it(page):
    text = page(METHOD)
    assert '<h2 id="ba-con-so">Ba con số</h2>' in text
    assert "<strong>Lượt truy cập.</strong> Một lần ghé thăm:" in text
    assert 'href="#chot-mot-ngay"' in text
    assert "<code>/api/truy-cap/</code>" in text


def test_the_summary_tells_the_definitions_of_the_document(page):
    text = main_of(page())
    assert '<h2 id="cach-tinh">Cách tính</h2>' in text
    assert "Tải lại một trang 200 lần vẫn là một lượt truy cập." in text
    assert f'<a href="{METHOD}">' in text


# --- Rules of public pages ----------------------------------------------------------


def test_the_page_is_itself_counted_and_sets_no_cookie(client):
    response = client.get("/thong-ke-truy-cap/")
    assert pages.read(response[pages.HEADER]).kind == "visits"
    assert not response.cookies


def test_the_page_needs_no_inline_style_or_script(page):
    text = page()
    assert " style=" not in text
    assert "<script>" not in text


def test_the_page_survives_a_database_that_gives_no_figures(page, monkeypatch):
    monkeypatch.setattr("visitors.figures._current", lambda now: None)
    text = page()
    assert "Hiện chưa đọc được số liệu truy cập." in text
    assert "tính đến" not in text


@pytest.mark.parametrize("address", [SUMMARY, METHOD])
def test_an_unchanged_page_costs_few_queries(client, address):
    factory.make_identity()
    article = factory.make_article()
    read(article.get_absolute_url(), "article", str(article.pk), 4)
    client.get(address)
    content_version.forget_version()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    # The content version, the figures, old months, sources, days, the opening balance.
    assert len(captured) <= 6


# --- Drawing ------------------------------------------------------------------------


def drawn(*numbers):
    return charts.columns([charts.Value(number, mark="", words="") for number in numbers])


def test_columns_stand_on_the_ground_and_are_as_high_as_their_numbers():
    chart = drawn(0, 5, 10, None)
    assert [column.height for column in chart.columns[:3]] == [0, 100, 200]
    assert all(each.y + each.height == chart.height for each in chart.columns)
    assert (chart.highest, chart.scale) == (10, [10, 5, 0])


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 2), (1, 2), (3, 4), (10, 10), (11, 20), (81, 100), (100, 100), (4001, 6000)],
)
def test_a_scale_ends_with_a_round_number_of_which_half_is_whole(highest, top):
    assert drawn(highest).top == top
    assert top % 2 == 0


def test_columns_never_touch_and_stay_inside():
    chart = drawn(*range(31))
    pairs = zip(chart.columns, chart.columns[1:], strict=False)
    assert all(left.x + left.width < right.x for left, right in pairs)
    assert chart.columns[-1].x + chart.columns[-1].width <= chart.width


def test_the_drawing_is_well_formed(page):
    Day.objects.create(day=date(2025, 3, 4), views=3, visits=2, visitors=1)
    text = page()
    start = text.index("<svg viewBox", text.index("<main"))
    drawing = ElementTree.fromstring(text[start : text.index("</svg>", start) + 6])
    assert [rect.findtext("title") for rect in drawing.findall("rect")] == [
        "Tháng 3/2025: 2 lượt truy cập (đến nay; 1/5 ngày có số liệu)"
    ]
