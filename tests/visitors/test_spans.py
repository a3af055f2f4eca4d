from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitors.spans import Grain, Run, cover, next_start, start

_days = st.dates(date(2019, 1, 1), date(2031, 12, 31))


def days_of(runs):
    """Return the days that spans cover, one by one, as they stand in the rows."""
    days = []
    for run in runs:
        first = run.first
        while first <= run.last:
            end = next_start(first, run.grain)
            while first < end:
                days.append(first)
                first += timedelta(days=1)
    return days


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (
            date(2025, 3, 5),
            date(2025, 3, 5),
            [Run(Grain.DAY, date(2025, 3, 5), date(2025, 3, 5))],
        ),
        (
            date(2025, 3, 1),
            date(2025, 3, 31),
            [Run(Grain.MONTH, date(2025, 3, 1), date(2025, 3, 1))],
        ),
        (
            date(2024, 1, 1),
            date(2025, 12, 31),
            [Run(Grain.YEAR, date(2024, 1, 1), date(2025, 1, 1))],
        ),
        (
            date(2023, 11, 29),
            date(2025, 2, 2),
            [
                Run(Grain.DAY, date(2023, 11, 29), date(2023, 11, 30)),
                Run(Grain.MONTH, date(2023, 12, 1), date(2023, 12, 1)),
                Run(Grain.YEAR, date(2024, 1, 1), date(2024, 1, 1)),
                Run(Grain.MONTH, date(2025, 1, 1), date(2025, 1, 1)),
                Run(Grain.DAY, date(2025, 2, 1), date(2025, 2, 2)),
            ],
        ),
        (date(2025, 3, 5), date(2025, 3, 4), []),
    ],
)
def test_a_range_is_made_up_of_the_longest_spans_that_fit(first, last, expected):
    assert cover(first, last) == expected


@given(first=_days, length=st.integers(0, 2000))
def test_spans_cover_each_day_of_a_range_once(first, length):
    days = [first + timedelta(days=n) for n in range(length)]
    assert days_of(cover(first, first + timedelta(days=length - 1))) == days


@given(first=_days, length=st.integers(1, 4000))
def test_a_range_needs_few_runs_of_spans_however_long_it_is(first, length):
    assert len(cover(first, first + timedelta(days=length - 1))) <= 5


@given(day=_days, grain=st.sampled_from(Grain))
def test_a_day_lies_in_the_span_that_begins_at_its_start(day, grain):
    first = start(day, grain)
    assert first <= day < next_start(first, grain)
