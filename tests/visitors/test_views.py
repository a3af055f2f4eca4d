import json
import xml.etree.ElementTree as ElementTree
from datetime import date, timedelta

import pytest
import time_machine

from portal import pages
from tests.visitors.conftest import local
from visitors import charts, opening
from visitors.models import Day

pytestmark = pytest.mark.django_db

NOW = local("2025-03-05 10:00:00")


@pytest.fixture
def page(client):
    """Return a function that gives the text of the summary page at NOW."""

    def get():
        with time_machine.travel(NOW, tick=False):
            response = client.get("/thong-ke-truy-cap/")
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return get


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


def test_days_without_a_visit_are_zero_and_days_without_measuring_say_so(page):
    Day.objects.create(day=date(2025, 1, 1), views=1)  # too long ago
    Day.objects.create(day=date(2025, 3, 2), views=7, visits=3, visitors=2)
    Day.objects.create(day=date(2025, 3, 4))
    Day.objects.create(day=date(2025, 3, 5), views=1)
    text = page()
    assert '<th scope="row">04/03/2025</th> <td class="num">0</td>' in text
    assert '<th scope="row">03/03/2025</th> <td colspan="3">Không có số liệu</td>' in text
    # from the first measured day to yesterday: today is not over
    assert text.count('<th scope="row">') == 3


def test_a_new_site_says_that_its_first_day_is_not_over(page):
    text = page()
    assert "Chưa có ngày nào trọn vẹn" in text
    assert "<svg" not in text[text.index("<main") : text.index("</main>")]


@time_machine.travel(NOW, tick=False)
def test_the_table_can_be_taken_along(client):
    Day.objects.create(day=date(2025, 3, 3), views=7, visits=3, visitors=2)
    csv = client.get("/thong-ke-truy-cap/theo-ngay.csv").getvalue().decode("utf-8-sig")
    assert csv.splitlines()[0] == "Ngày,Lượt xem,Lượt truy cập,Người truy cập (ước tính)"
    assert len(csv.splitlines()) == 3
    rows = json.loads(client.get("/thong-ke-truy-cap/theo-ngay.json").getvalue())["rows"]
    assert rows[0] == {"day": "2025-03-03", "views": 7, "visits": 3, "visitors": 2}
    assert rows[1] == {"day": "2025-03-04", "views": None, "visits": None, "visitors": None}


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


def test_bars_fill_the_picture_by_the_highest_day():
    first = date(2025, 3, 1)
    numbers = [0, 5, 10, None]
    chart = charts.bars_by_day(
        [(first + timedelta(days=i), number) for i, number in enumerate(numbers)]
    )
    assert [bar.height for bar in chart.bars] == [0, 84, 168, 0]
    assert all(bar.y + bar.height == chart.baseline for bar in chart.bars)
    assert (chart.first, chart.last, chart.highest) == (first, date(2025, 3, 4), 10)


def test_a_chart_without_any_visit_is_flat():
    chart = charts.bars_by_day([(date(2025, 3, 1), None)])
    assert [bar.height for bar in chart.bars] == [0]


def test_the_drawing_is_well_formed(page):
    Day.objects.create(day=date(2025, 3, 4), views=3, visits=2, visitors=1)
    text = page()
    start = text.index("<svg viewBox", text.index("<main"))
    drawing = ElementTree.fromstring(text[start : text.index("</svg>", start) + 6])
    assert len(drawing.findall("rect")) == 1
