"""Which periods are to be published, until when, and which of them are missing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from procedures import periods
from procedures.calendar import State, expected_periods
from procedures.models import PeriodStatus, ProcedureSettings
from tests import factory

pytestmark = pytest.mark.django_db

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def _settings(**fields):
    return ProcedureSettings(pk=1, **{"publish_within_days": 10} | fields)


def _published(code, day=None, **fields):
    if day:
        fields["published_at"] = datetime(*day, 8, 30, tzinfo=HANOI)
    return factory.make_period(code=code, **fields)


def _lines(expected):
    return [(str(each.code), each.state, each.days_late) for each in expected]


def test_every_month_since_the_first_published_one_is_named_the_newest_first():
    _published("2023-T11", (2023, 11, 24))
    _published("2024-T01", (2024, 1, 25))
    assert _lines(expected_periods(_settings(), today=date(2024, 2, 20))) == [
        ("2024-T03", State.RUNNING, 0),  # from 15/02 to 14/03
        ("2024-T02", State.DUE, 0),  # until 24/02
        ("2024-T01", State.PUBLISHED, 1),  # one day after 24/01
        ("2023-T12", State.LATE, 58),  # since 24/12
        ("2023-T11", State.PUBLISHED, 0),
    ]


@pytest.mark.parametrize(
    ("today", "state", "days_late"),
    [
        (date(2024, 2, 14), State.RUNNING, 0),
        (date(2024, 2, 15), State.DUE, 0),
        (date(2024, 2, 24), State.DUE, 0),
        (date(2024, 2, 25), State.LATE, 1),
    ],
)
def test_a_period_is_late_the_day_after_it_was_due(today, state, days_late):
    _published("2024-T01")
    expected = expected_periods(_settings(), today=today)
    (february,) = [each for each in expected if str(each.code) == "2024-T02"]
    assert (february.state, february.days_late) == (state, days_late)
    assert february.due_on == date(2024, 2, 24)


def test_a_draft_is_as_missing_as_one_that_nobody_began():
    _published("2024-T01")
    factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    expected = expected_periods(_settings(), today=date(2024, 3, 1))
    (february,) = [each for each in expected if str(each.code) == "2024-T02"]
    assert (february.state, february.period) == (State.LATE, None)


def test_a_removed_period_is_told_as_such():
    removed = factory.make_period(code="2024-T01", status=PeriodStatus.REMOVED)
    (_, january) = expected_periods(_settings(), today=date(2024, 1, 31))
    assert (january.state, january.period) == (State.REMOVED, removed)


def test_only_the_series_of_the_settings_counts():
    _published("2024-Q1", (2024, 3, 20))
    _published("2024-T01")
    _published("2023-T12-DL", rule=periods.Rule.CALENDAR)
    quarters = _settings(expected_kind=periods.Kind.QUARTER)
    assert _lines(expected_periods(quarters, today=date(2024, 6, 20))) == [
        ("2024-Q3", State.RUNNING, 0),
        ("2024-Q2", State.DUE, 0),
        ("2024-Q1", State.PUBLISHED, 0),
    ]
    calendar = _settings(expected_rule=periods.Rule.CALENDAR)
    assert _lines(expected_periods(calendar, today=date(2024, 1, 5))) == [
        ("2024-T01", State.RUNNING, 0),
        ("2023-T12-DL", State.PUBLISHED, 6),  # due 10/01, published 16/01
    ]


def test_a_stored_period_keeps_its_own_days():
    _published("2024-T01", starts_on=date(2023, 12, 20), ends_on=date(2024, 1, 20))
    expected = expected_periods(_settings(), today=date(2024, 1, 31))
    assert expected[-1].due_on == date(2024, 1, 30)
    assert expected[-1].label == "Tháng 01/2024 (20/12/2023–20/01/2024)"


def test_years_are_counted_too():
    _published("2022-N", (2022, 12, 20))
    years = _settings(expected_kind=periods.Kind.YEAR)
    expected = expected_periods(years, today=date(2024, 1, 1))
    assert [str(each.code) for each in expected] == ["2024-N", "2023-N", "2022-N"]


def test_without_a_published_period_there_is_nothing_to_expect_unless_told_since_when():
    assert expected_periods(_settings(), today=date(2024, 2, 1)) == []
    since = expected_periods(_settings(), today=date(2024, 2, 1), since=date(2023, 12, 20))
    assert [str(each.code) for each in since] == ["2024-T02", "2024-T01"]


def test_the_calendar_needs_few_queries(django_assert_max_num_queries):
    _published("2023-T01", (2023, 1, 20))
    # The periods; whether the unit is retired, with the content version it is kept under.
    with django_assert_max_num_queries(3):
        expected_periods(_settings(), today=date(2024, 12, 31))


def test_periods_that_end_after_the_last_day_of_the_commune_are_not_asked_for():
    factory.make_period(code="2025-T04")
    calendar = _settings(last_day=date(2025, 6, 30))
    expected = expected_periods(calendar, today=date(2026, 11, 24))
    assert [str(each.code) for each in expected] == ["2025-T06", "2025-T05", "2025-T04"]
