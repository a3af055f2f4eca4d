from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visitors import builders
from visitors import statistics, tables
from visitors.models import ClientCount, Day, Grain, OldMonth, PageCount, Source
from visitors.periods import chosen

pytestmark = pytest.mark.django_db

TODAY = date(2025, 6, 30)
ARTICLE = builders.PAGES[2]
_, _, NUMBER, _ = ARTICLE


def period(first, last, *, today=TODAY):
    return chosen({"ky": "tu-chon", "tu": str(first), "den": str(last)}, today=today)


def old_month(first, visits):
    OldMonth.objects.create(month=first, visits=visits, imported_at=timezone.now())


def figures(points):
    return [(each.label, each.views, each.visits, each.visitors) for each in points]


# --- totals ---------------------------------------------------------------------


def test_totals_add_up_the_days_that_have_figures():
    reader = builders.key()
    builders.count(
        builders.view("2025-03-01 08:00:00", key=reader),
        builders.view("2025-03-01 09:00:00", key=reader),
        builders.view("2025-03-01 09:00:00"),
        builders.view("2025-03-01 10:00:00", key=b""),
    )
    builders.count(builders.view("2025-03-03 08:00:00"))
    found = statistics.totals(period("2025-03-01", "2025-03-05"))
    assert (found.views, found.visits, found.keyless_views) == (5, 4, 1)
    assert (found.days, found.known_days) == (5, 2)
    assert found.sources == (Source.MEASURED,)


def test_visitors_of_several_days_are_an_average_over_the_days_with_figures():
    builders.count(*[builders.view("2025-03-01 08:00:00") for _ in range(5)])
    builders.count(builders.view("2025-03-03 08:00:00"))
    Day.objects.create(day=date(2025, 3, 4))  # measured, and nobody came
    found = statistics.totals(period("2025-03-01", "2025-03-31"))
    assert found.visitors_per_day == Decimal("2.0")
    one_day = statistics.totals(period("2025-03-01", "2025-03-01"))
    assert one_day.visitors_per_day == 5


def test_days_without_figures_are_not_0():
    found = statistics.totals(period("2025-03-01", "2025-03-05"))
    assert (found.views, found.visits, found.visitors_per_day) == (None, None, None)
    assert (found.known_days, found.sources) == (0, ())
    Day.objects.create(day=date(2025, 3, 2))
    found = statistics.totals(period("2025-03-01", "2025-03-05"))
    assert (found.views, found.visits, found.visitors_per_day) == (0, 0, 0)


def test_months_of_the_old_counter_stand_apart_and_only_where_nothing_was_measured():
    old_month(date(2025, 1, 1), 700)
    old_month(date(2025, 2, 1), 800)
    old_month(date(2025, 3, 1), 900)
    builders.count(builders.view("2025-03-20 08:00:00"))
    asked = period("2025-01-01", "2025-03-31")
    assert (statistics.totals(asked).visits, statistics.old_visits(asked)) == (1, 1500)
    # half of a month cannot be told
    assert statistics.old_visits(period("2025-01-02", "2025-02-28")) == 800


# --- the course -----------------------------------------------------------------


def test_the_course_of_days_tells_0_from_no_figures():
    builders.count(builders.view("2025-03-01 08:00:00"))
    Day.objects.create(day=date(2025, 3, 2))
    assert figures(statistics.series(period("2025-03-01", "2025-03-03"))) == [
        ("01/03", 1, 1, 1),
        ("02/03", 0, 0, 0),
        ("03/03", None, None, None),
    ]


def test_a_long_course_goes_by_month_with_visitors_as_an_average():
    builders.count(*[builders.view("2025-02-27 08:00:00") for _ in range(3)])
    builders.count(builders.view("2025-02-28 08:00:00"))
    builders.count(builders.view("2025-05-20 08:00:00"))
    old_month(date(2025, 3, 1), 900)
    points = statistics.series(period("2025-02-15", "2025-05-20"))
    assert figures(points) == [
        ("02/2025", 4, 4, 2),
        ("03/2025", None, 900, None),
        ("04/2025", None, None, None),
        ("05/2025", 1, 1, 1),
    ]
    assert [(each.first.day, each.last.day, each.known_days) for each in points] == [
        (15, 28, 2),
        (1, 31, 0),
        (1, 30, 0),
        (1, 20, 1),
    ]
    assert [each.is_old for each in points] == [False, True, False, False]


def test_92_days_are_told_day_by_day():
    assert len(statistics.series(period("2025-03-01", "2025-05-31"))) == 92
    assert len(statistics.series(period("2025-02-28", "2025-05-31"))) == 4


def test_days_months_and_details_of_any_period_add_up_to_its_totals():
    first, last = date(2024, 11, 20), date(2025, 2, 10)
    missing = {date(2024, 12, 5), date(2025, 1, 31)}
    builders.count_days(first, last, views=6, skip=missing)
    days = st.dates(first - timedelta(days=400), last + timedelta(days=30))

    @settings(max_examples=40, deadline=None)
    @given(days, days)
    def check(one, other):
        asked = period(min(one, other), max(one, other))
        found = statistics.totals(asked)
        expected = (found.views or 0, found.visits or 0, found.known_days)
        for points in (statistics.by_day(asked), statistics.by_month(asked)):
            assert expected == (
                sum(each.views or 0 for each in points),
                sum(each.visits or 0 for each in points),
                sum(each.known_days for each in points),
            )
        details = tables.total("trang", asked), tables.total("gio-thu", asked)
        assert [each["views"] for each in details] == [expected[0]] * 2
        assert [details[0]["entries"], details[1]["visits"]] == [expected[1]] * 2

    check()


# --- comparisons ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [
        (150, 100, "50.0"),
        (0, 3, "-100.0"),
        (1, 3, "-66.7"),
        (Decimal("12.5"), Decimal("10.0"), "25.0"),
    ],
)
def test_a_change_is_told_in_percent_of_what_was_before(now, before, percent):
    assert statistics.change(now, before) == Decimal(percent)


@pytest.mark.parametrize(("now", "before"), [(5, 0), (0, 0), (5, None), (None, 5)])
def test_no_percentage_is_told_of_nothing(now, before):
    assert statistics.change(now, before) is None


# --- what is missing ------------------------------------------------------------


def test_complete_details_need_no_notice():
    builders.count_days(date(2025, 3, 1), date(2025, 3, 5), views=2)
    assert statistics.detail_notice(period("2025-03-01", "2025-03-05")) == ""


def test_the_notice_names_days_without_figures():
    builders.count_days(
        date(2025, 3, 1), date(2025, 3, 9), views=2, skip={date(2025, 3, 4)}
    )
    assert statistics.detail_notice(period("2025-03-01", "2025-03-11")) == (
        "Không có số liệu: 04/03/2025; 10/03/2025–11/03/2025 (3 ngày)."
    )


def test_the_notice_names_no_more_than_three_gaps():
    for day in (2, 4, 6, 8):
        Day.objects.create(day=date(2025, 3, day))
    assert statistics.detail_notice(period("2025-03-01", "2025-03-09")) == (
        "Không có số liệu: 01/03/2025; 03/03/2025; 05/03/2025; … (5 ngày)."
    )


def forget_details_before(day, *grains):
    """Delete what the retention of details deletes."""
    for counts in (PageCount, ClientCount):
        counts.objects.filter(grain__in=grains, start__lt=day).delete()


def test_the_notice_names_days_whose_details_are_no_longer_kept():
    builders.count_days(date(2025, 1, 30), date(2025, 3, 2), views=2)
    forget_details_before(date(2025, 3, 1), Grain.DAY)
    asked = period("2025-01-31", "2025-03-02")
    assert statistics.detail_notice(asked).startswith(
        "Chi tiết từng ngày không còn được lưu giữ: 31/01/2025 (1 ngày)."
    )
    kept = statistics.totals(period("2025-02-01", "2025-03-02"))
    assert tables.total("trang", asked)["views"] == kept.views
    # whole months are still there
    assert statistics.detail_notice(period("2025-02-01", "2025-03-02")) == ""


def test_the_notice_names_months_of_which_only_the_year_is_kept():
    builders.count_days(date(2024, 12, 31), date(2025, 1, 1), views=2)
    forget_details_before(date(2025, 1, 1), Grain.DAY, Grain.MONTH)
    assert "31/12/2024 (1 ngày)" in statistics.detail_notice(
        period("2024-12-01", "2024-12-31")
    )
    assert "lưu giữ" not in statistics.detail_notice(period("2024-01-01", "2024-12-31"))


def test_the_notice_names_days_of_which_only_pages_were_counted():
    builders.count_days(date(2025, 3, 1), date(2025, 3, 3), views=2)
    Day.objects.filter(day__lt=date(2025, 3, 3)).update(is_detailed=False)
    notice = statistics.detail_notice(period("2025-03-01", "2025-03-03"))
    assert notice.startswith("Mới chỉ đếm theo trang: 01/03/2025–02/03/2025 (2 ngày).")


def test_the_first_known_day_is_of_either_counter():
    assert statistics.first_known_day() is None
    builders.count(builders.view("2025-03-20 08:00:00"))
    assert statistics.first_known_day() == date(2025, 3, 20)
    old_month(date(2019, 5, 1), 10)
    assert statistics.first_known_day() == date(2019, 5, 1)


# --- one page -------------------------------------------------------------------


def ids():
    return [page.pk for page in statistics.pages_of("article", NUMBER)]


def test_the_trend_of_an_article_joins_its_addresses():
    moved = ("/tin-tuc/trong-trot/lua-xuan-12/", "article", NUMBER, "Lúa xuân mới")
    builders.count(
        builders.view("2025-03-01 08:00:00", page=ARTICLE),
        builders.view("2025-03-01 08:00:00"),
    )
    builders.count(
        builders.view("2025-03-02 08:00:00", page=moved),
        builders.view("2025-03-02 08:00:00", page=moved, key=b""),
    )
    assert [page.title for page in statistics.pages_of("article", NUMBER)] == [
        "Lúa xuân",
        "Lúa xuân mới",
    ]
    assert figures(statistics.trend(ids(), period("2025-03-01", "2025-03-03"))) == [
        ("01/03", 1, 1, None),
        ("02/03", 2, 1, None),
        ("03/03", None, None, None),
    ]


def test_an_article_that_moved_back_is_named_by_where_it_is_now():
    moved = ("/tin-tuc/trong-trot/lua-xuan-12/", "article", NUMBER, "Nhầm chuyên mục")
    for day, page in ((1, ARTICLE), (2, moved), (3, ARTICLE)):
        builders.count(builders.view(f"2025-03-0{day} 08:00:00", page=page))
    assert statistics.pages_of("article", NUMBER)[-1].title == "Lúa xuân"


def test_a_long_trend_goes_by_month_and_adds_up():
    builders.count_days(date(2025, 1, 20), date(2025, 5, 10), views=4)
    asked = period("2025-01-25", "2025-05-08")
    rows = PageCount.objects.by_day(asked.first, asked.last).filter(page__in=ids())
    points = statistics.trend(ids(), asked)
    assert [each.label for each in points] == [
        "01/2025",
        "02/2025",
        "03/2025",
        "04/2025",
        "05/2025",
    ]
    assert sum(each.views for each in points) == sum(row.views for row in rows)
    assert sum(each.visits for each in points) == sum(row.entries for row in rows)


def test_a_trend_has_no_figures_where_details_are_no_longer_kept():
    builders.count_days(date(2025, 1, 20), date(2025, 5, 10), views=4)
    forget_details_before(date(2025, 3, 1), Grain.DAY)
    points = statistics.trend(ids(), period("2025-01-25", "2025-05-08"))
    assert points[0].views is None
    assert None not in [each.views for each in points[1:]]
    points = statistics.trend(ids(), period("2025-02-27", "2025-03-02"))
    assert [each.views is None for each in points] == [True, True, False, False]


def test_a_trend_goes_by_month_where_only_months_are_kept():
    builders.count_days(date(2025, 1, 30), date(2025, 3, 2), views=4)
    whole = statistics.trend(ids(), period("2025-02-01", "2025-02-28"))
    forget_details_before(date(2025, 3, 1), Grain.DAY)
    (month,) = statistics.trend(ids(), period("2025-02-01", "2025-02-28"))
    assert month.label == "02/2025"
    assert month.views == sum(each.views for each in whole) > 0
    parts = statistics.trend(ids(), period("2025-01-30", "2025-03-01"))
    assert [(each.label, each.views is None) for each in parts] == [
        ("01/2025", True),
        ("02/2025", False),
        ("03/2025", False),
    ]


def test_details_are_lacking_where_no_span_of_the_period_keeps_them():
    builders.count_days(date(2025, 1, 30), date(2025, 3, 2), views=2)
    forget_details_before(date(2025, 3, 1), Grain.DAY)
    assert statistics.lacks_details(period("2025-02-02", "2025-02-28"))
    assert not statistics.lacks_details(period("2025-02-01", "2025-03-02"))


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(449, 400, "12.3"), (351, 400, "-12.3"), (0, 7, "-100.0"), (8, 3, "166.7")],
)
def test_half_a_tenth_is_rounded_as_people_do(now, before, percent):
    assert statistics.change(now, before) == Decimal(percent)


# --- cost -----------------------------------------------------------------------


def test_long_periods_are_read_with_few_queries(django_assert_max_num_queries):
    builders.count_days(date(2024, 12, 28), date(2025, 1, 5), views=4)
    asked = period("2020-06-15", "2025-06-15")
    with django_assert_max_num_queries(3):  # days, exclusions, old months
        statistics.totals(asked)
    with django_assert_max_num_queries(2):  # days, old months
        statistics.series(asked)
    with django_assert_max_num_queries(2):  # days, which details are kept
        statistics.detail_notice(asked)
    with django_assert_max_num_queries(4):  # the series, which details are kept, counts
        statistics.trend([1], asked)
