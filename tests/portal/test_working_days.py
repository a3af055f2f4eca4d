import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.working_days import (
    DATA,
    add_working_days,
    day_made_up_for,
    holiday_name,
    is_working_day,
    working_days_between,
)
from tests.portal import days_off


def _days(text, year):
    """Read "8/2 9/2": days and months of `year`."""
    return {date(year, *map(int, reversed(day.split("/")))) for day in text.split()}


# What the prime minister's office and the ministry announced for civil servants: weekdays off.
@pytest.mark.parametrize(
    ("year", "announced"),
    [
        (2019, "1/1 4/2 5/2 6/2 7/2 8/2 15/4 29/4 30/4 1/5 2/9"),
        (2020, "1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9"),
        (2021, "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9"),
        (2022, "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9"),
        (2023, "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9"),
        (2024, "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9"),
        (2025, "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9"),
    ],
)
def test_offices_are_closed_on_the_announced_days(year, announced):
    weekdays = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    closed = {day for day in weekdays if day.weekday() < 5 and not is_working_day(day)}
    assert closed == _days(announced, year)


@pytest.mark.parametrize(
    "new_year",
    # Lunar new year's days by the Vietnamese calendar; China's of 2030 is a day later.
    ["19/2/2015", "16/2/2018", "10/2/2024", "17/2/2026", "26/1/2028", "2/2/2030"]
    + ["23/1/2031", "11/2/2032", "31/1/2033", "19/2/2034", "8/2/2035"],
)
def test_offices_are_closed_from_new_years_eve_to_the_fourth_day(new_year):
    day, month, year = map(int, new_year.split("/"))
    eve = date(year, month, day) - timedelta(days=1)
    assert not any(is_working_day(eve + timedelta(days=n)) for n in range(5))


def test_a_saturday_that_is_made_up_for_is_worked():
    assert is_working_day(date(2024, 5, 4))
    assert is_working_day(date(2026, 8, 22))
    assert not is_working_day(date(2024, 5, 11))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 9, 2), "Quốc khánh"),
        (date(2026, 2, 18), "Tết Nguyên đán"),
        (date(2026, 4, 26), "Giỗ Tổ Hùng Vương"),  # a Sunday
        (date(2026, 4, 27), "nghỉ bù Giỗ Tổ Hùng Vương"),
        (date(2024, 4, 29), "nghỉ hoán đổi ngày làm việc"),
        (date(2025, 6, 1), ""),
        (date(2099, 1, 1), ""),
    ],
)
def test_a_public_holiday_is_named(day, name):
    assert holiday_name(day) == name


def test_a_day_that_is_worked_names_the_day_off_it_makes_up_for():
    assert day_made_up_for(date(2024, 5, 4)) == date(2024, 4, 29)
    assert day_made_up_for(date(2019, 1, 5)) == date(2018, 12, 31)
    assert day_made_up_for(date(2024, 5, 6)) is None


def test_the_data_are_those_of_the_pinned_library():
    """If this fails after an update of `holidays`, run `python -m tests.procedures.days_off`."""
    assert DATA.read_text() == days_off.made()


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2024, 1, 2), date(2024, 1, 2), 0),
        (date(2024, 1, 5), date(2024, 1, 8), 1),
        (date(2024, 1, 5), date(2024, 1, 7), 0),
        (date(2024, 2, 7), date(2024, 2, 15), 1),
        (date(2024, 2, 15), date(2024, 2, 7), -1),
        (date(2023, 12, 29), date(2024, 1, 2), 1),
        (date(2023, 1, 1), date(2025, 1, 1), 249 + 251),
    ],
)
def test_working_days_are_counted_after_the_first_day_up_to_the_last(start, end, days):
    assert working_days_between(start, end) == days


_DAYS = st.dates(date(2013, 1, 1), date(2052, 12, 31))


@given(_DAYS, st.integers(0, 800))
def test_the_count_is_that_of_the_single_days(start, length):
    end = start + timedelta(days=length)
    one_by_one = sum(is_working_day(start + timedelta(days=n + 1)) for n in range(length))
    assert working_days_between(start, end) == one_by_one


@given(_DAYS, st.integers(1, 60))
def test_adding_working_days_ends_on_the_day_that_counts_so_many(start, number):
    end = add_working_days(start, number)
    assert is_working_day(end)
    assert working_days_between(start, end) == number


def test_adding_no_days_stays_on_the_day():
    assert add_working_days(date(2024, 2, 10), 0) == date(2024, 2, 10)


def test_a_hundred_thousand_counts_take_less_than_a_second():
    start, end = date(2024, 12, 20), date(2025, 2, 20)
    started = time.perf_counter()
    for _ in range(100_000):
        working_days_between(start, end)
    assert time.perf_counter() - started < 1
