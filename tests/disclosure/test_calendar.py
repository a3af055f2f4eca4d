"""Which periods a duty is due for, and on which day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.calendar import Cadence, name_of, turns
from disclosure.models import Duty

TODAY = date(2025, 2, 10)


def _turns(today=TODAY, **fields):
    return [(turn.period, turn.due_on) for turn in turns(Duty(**fields), today=today)]


def test_a_quarter_is_due_so_many_days_after_it_ends_and_known_once_it_has_begun():
    assert _turns(cadence=Cadence.QUARTERLY, due_days=15, since=date(2024, 8, 1)) == [
        ("2024-Q3", date(2024, 10, 15)),
        ("2024-Q4", date(2025, 1, 15)),
        ("2025-Q1", date(2025, 4, 15)),
    ]


@pytest.mark.parametrize(
    ("cadence", "periods"),
    [
        (Cadence.MONTHLY, ["2024-T12", "2025-T01", "2025-T02", "2025-T03"]),
        (Cadence.HALF_YEARLY, ["2024-6T2", "2025-6T1"]),
        (Cadence.YEARLY, ["2024-N", "2025-N"]),
    ],
)
def test_each_cadence_has_its_periods(cadence, periods):
    # March has not begun, but what is due on 31 March is known 60 days before.
    found = _turns(cadence=cadence, due_days=0, since=date(2024, 12, 31))
    assert [period for period, _ in found] == periods


def test_a_fixed_day_counts_by_itself_and_a_short_month_has_its_last_day():
    found = _turns(cadence=Cadence.YEARLY, due_day=31, due_month=2, since=date(2024, 2, 29))
    assert found == [("2024-N", date(2024, 2, 29)), ("2025-N", date(2025, 2, 28))]


def test_the_fixed_day_of_next_year_is_known_before_the_year_begins():
    fixed = {"cadence": Cadence.YEARLY, "due_day": 3, "due_month": 1}
    found = _turns(today=date(2024, 12, 20), since=date(2024, 12, 1), **fixed)
    assert found == [("2025-N", date(2025, 1, 3))]


def test_once_is_due_on_its_own_day_and_what_comes_up_has_no_turns():
    assert _turns(cadence=Cadence.ONCE, due_on=TODAY) == [("mot-lan", TODAY)]
    assert _turns(cadence=Cadence.ON_EVENT, due_days=5, since=date(2024, 1, 1)) == []


def test_no_more_than_five_years_are_expected():
    found = _turns(cadence=Cadence.MONTHLY, due_days=0, since=date(1990, 1, 1))
    assert found[0][0] == "2020-T02"
    assert len(found) == 62


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(
        [Cadence.MONTHLY, Cadence.QUARTERLY, Cadence.HALF_YEARLY, Cadence.YEARLY]
    ),
    st.integers(0, 366),
)
def test_periods_are_named_once_in_order_and_can_be_read(today, since, cadence, days):
    found = _turns(today=today, cadence=cadence, due_days=days, since=since)
    assert len({period for period, _ in found}) == len(found)
    assert [due for _, due in found] == sorted(due for _, due in found)
    assert all(name_of(period)[-4:] == period[:4] for period, _ in found)


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2025-T01", "Tháng 01/2025"),
        ("2025-Q4", "Quý IV/2025"),
        ("2025-6T1", "6 tháng đầu năm 2025"),
        ("2025-6T2", "6 tháng cuối năm 2025"),
        ("2025-N", "Năm 2025"),
        ("mot-lan", "Một lần"),
    ],
)
def test_a_period_is_called_as_readers_call_it(period, name):
    assert name_of(period) == name
