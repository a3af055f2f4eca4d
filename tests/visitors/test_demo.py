"""The invented visits obey the rules of real ones, and say that they are invented."""

from datetime import date, timedelta

import pytest
from django.db.models import Sum

from visitors import demo
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    HourCount,
    Page,
    PageCount,
    ReferrerCount,
    Source,
)

pytestmark = pytest.mark.django_db

TODAY = date(2025, 3, 5)
HOME = demo.SamplePage("/", "home", "", "Trang chủ", 3)
ARTICLE = demo.SamplePage("/tin-tuc/a/b-1/", "article", "1", "Bài viết", 1)
FILE = demo.SamplePage("/ket-qua.xlsx", "file", "", "Bảng số liệu", 1)


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setattr(demo, "DAYS", 40)
    monkeypatch.setattr(demo, "_SERVER_WAS_OFF", 5)
    demo.load_demo_visits(pages=[HOME, ARTICLE], files=[FILE], today=TODAY)


def _sum(rows, column):
    return rows.aggregate(total=Sum(column))["total"]


def test_every_day_before_today_is_a_sample_except_one_without_figures(sample):
    days = set(Day.objects.values_list("day", flat=True))
    expected = {TODAY - timedelta(days=back) for back in range(1, 41) if back != 5}
    assert days == expected
    assert set(Day.objects.values_list("source", flat=True)) == {Source.SAMPLE}
    assert not Day.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize(
    ("model", "column", "figure"),
    [
        (PageCount, "views", "views"),
        (HourCount, "views", "views"),
        (ClientCount, "views", "views"),
        (PageCount, "entries", "visits"),
        (HourCount, "visits", "visits"),
        (ClientCount, "visits", "visits"),
        (ReferrerCount, "visits", "visits"),
    ],
)
def test_invented_details_add_up_to_their_days(sample, model, column, figure):
    for row in Day.objects.all():
        assert _sum(model.objects.over(row.day, row.day), column) == getattr(row, figure)
    whole = model.objects.over(TODAY - timedelta(days=40), TODAY)
    assert _sum(whole, column) == _sum(Day.objects.all(), figure)


def test_there_are_downloads_and_requests_that_were_not_counted(sample):
    assert _sum(DownloadCount.objects.all(), "downloads") > 0
    assert ExclusionCount.objects.filter(reason="robot").exists()
    assert Page.objects.get(path=FILE.path).title == FILE.title


def test_a_day_that_is_known_already_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(demo, "DAYS", 3)
    known = Day.objects.create(day=TODAY - timedelta(days=2), views=7)
    demo.load_demo_visits(pages=[HOME], today=TODAY)
    known.refresh_from_db()
    assert (known.views, known.source) == (7, Source.MEASURED)
    assert Day.objects.count() == 3
