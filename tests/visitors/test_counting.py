import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.visitors.conftest import local, seconds
from visitors import counting

HALF_HOUR = 30 * 60


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        ("GET", 200, True),
        ("GET", 304, True),
        ("HEAD", 200, False),
        ("POST", 200, False),
        ("GET", 206, False),
        ("GET", 301, False),
        ("GET", 404, False),
        ("GET", 500, False),
    ],
)
def test_only_a_page_answered_to_get_can_be_a_view(method, status, expected):
    assert counting.is_countable(method, status) is expected


@pytest.mark.parametrize(
    ("headers", "is_staff", "robot", "expected"),
    [
        ({}, False, "", ""),
        ({"sec-fetch-dest": "document"}, False, "", ""),
        ({"sec-fetch-dest": "empty"}, False, "", "not-a-page"),
        ({"sec-fetch-dest": "iframe"}, False, "", "not-a-page"),
        ({"sec-purpose": "prefetch"}, False, "", "prefetch"),
        ({"sec-purpose": "prefetch;prerender"}, False, "", "prefetch"),
        ({"purpose": "prefetch"}, False, "", "prefetch"),
        ({"x-purpose": "preview"}, False, "", "prefetch"),
        ({"x-moz": "prefetch"}, False, "", "prefetch"),
        ({}, True, "", "staff"),
        ({}, False, "robot", "robot"),
        ({"purpose": "prefetch"}, True, "robot", "prefetch"),
    ],
)
def test_a_request_that_is_no_view_has_its_reason(headers, is_staff, robot, expected):
    assert counting.exclusion(headers, is_staff=is_staff, robot=robot) == expected


HOME = ("/", "", "phone", "Chrome")
NEWS = ("/tin-tuc/", "google.com", "phone", "Chrome")


def bounds(runs):
    return [[first, last] for first, last, _ in runs]


@pytest.mark.parametrize(
    ("views", "expected"),
    [
        ([], []),
        ([100], [[100, 100]]),
        ([100, 100], [[100, 100]]),
        ([0, HALF_HOUR - 1], [[0, HALF_HOUR - 1]]),
        ([0, HALF_HOUR], [[0, 0], [HALF_HOUR, HALF_HOUR]]),
        ([0, 1000, 2000, 3000], [[0, 3000]]),
        ([5000, 0], [[0, 0], [5000, 5000]]),
    ],
)
def test_a_pause_of_half_an_hour_ends_a_visit(views, expected):
    assert bounds(counting.merge([], [(at, HOME) for at in views])) == expected


def test_a_late_view_joins_two_visits():
    runs = [[0, 100, HOME], [3000, 3000, NEWS]]
    assert counting.merge(runs, [(1500, NEWS)]) == [[0, 3000, HOME]]


def test_a_visit_begins_with_its_first_view_whenever_that_becomes_known():
    assert counting.merge([[100, 200, HOME]], [(50, NEWS)]) == [[50, 200, NEWS]]


def test_a_visit_that_began_before_entries_were_counted_keeps_none():
    assert counting.merge([[100, 200, None]], [(100, HOME), (300, HOME)]) == [
        [100, 300, None]
    ]


@given(
    views=st.lists(
        st.tuples(st.integers(0, 86_399), st.sampled_from([HOME, NEWS])), max_size=40
    ),
    parts=st.lists(st.integers(0, 3), max_size=40),
    data=st.data(),
)
def test_the_order_and_the_grouping_in_which_views_arrive_do_not_matter(views, parts, data):
    shuffled = data.draw(st.permutations(views))
    batches = [[], [], [], []]
    for position, view in enumerate(shuffled):
        batches[parts[position % len(parts)] if parts else 0].append(view)
    runs = []
    for batch in batches:
        stored = json.loads(json.dumps(runs))
        runs = counting.merge(stored, batch)
    assert runs == counting.merge([], sorted(views))
    assert len(runs) <= len(views)


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", "/"),
        ("/tin-tuc/", "/tin-tuc/"),
        ("/tin-tuc/nong-nghiep/", "/tin-tuc/nong-nghiep/"),
        ("/tin-tuc/nong-nghiep/lua-xuan-12/", "/tin-tuc/nong-nghiep/"),
        ("/thu-tuc/1.000094/", "/thu-tuc/"),
        ("/gioi-thieu", "/gioi-thieu"),
        ("", ""),
    ],
)
def test_a_page_belongs_to_the_section_that_its_address_begins_with(path, section):
    assert counting.section_of(path) == section


def test_the_hours_of_a_week_begin_on_monday_in_viet_nam():
    assert counting.hour_of(seconds("2025-03-03 00:00:00")) == (1, 0)
    assert counting.hour_of(seconds("2025-03-09 23:59:59")) == (7, 23)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-03-05 00:00:00", date(2025, 3, 5)),
        ("2025-03-05 23:59:59", date(2025, 3, 5)),
        ("2025-03-06 00:00:00", date(2025, 3, 6)),
    ],
)
def test_a_day_begins_at_midnight_in_viet_nam(moment, day):
    assert counting.local_day(seconds(moment)) == day


@pytest.mark.parametrize(
    ("day", "monday", "first"),
    [
        (date(2025, 3, 2), date(2025, 2, 24), date(2025, 3, 1)),  # a Sunday
        (date(2025, 3, 3), date(2025, 3, 3), date(2025, 3, 1)),  # a Monday
        (date(2025, 1, 1), date(2024, 12, 30), date(2025, 1, 1)),
    ],
)
def test_weeks_begin_on_monday_and_months_on_the_first(day, monday, first):
    assert counting.week_start(day) == monday
    assert counting.month_start(day) == first


def test_a_day_takes_visits_for_two_days_after_its_end_at_most():
    day = date(2025, 3, 5)
    assert not counting.must_be_closed(day, local("2025-03-07 23:59:59"))
    assert counting.must_be_closed(day, local("2025-03-08 00:00:00"))
