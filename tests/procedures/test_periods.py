"""Codes, proposed days and labels of periods."""

from datetime import date

import pytest

from procedures import periods
from procedures.periods import BadCodeError, Kind, Rule

REPORTING, CALENDAR = Rule.REPORTING, Rule.CALENDAR


@pytest.mark.parametrize(
    ("code", "rule", "starts_on", "ends_on", "label"),
    [
        (
            "2024-T01",
            REPORTING,
            date(2023, 12, 15),
            date(2024, 1, 14),
            "Tháng 01/2024 (15/12/2023–14/01/2024)",
        ),
        (
            "2024-T12",
            REPORTING,
            date(2024, 11, 15),
            date(2024, 12, 14),
            "Tháng 12/2024 (15/11/2024–14/12/2024)",
        ),
        (
            "2024-T02",
            CALENDAR,
            date(2024, 2, 1),
            date(2024, 2, 29),
            "Tháng 02/2024 (01/02/2024–29/02/2024)",
        ),
        ("2024-Q1", REPORTING, date(2023, 12, 15), date(2024, 3, 14), "Quý I/2024"),
        ("2024-Q2", REPORTING, date(2024, 3, 15), date(2024, 6, 14), "Quý II/2024"),
        ("2024-Q3", CALENDAR, date(2024, 7, 1), date(2024, 9, 30), "Quý III/2024"),
        ("2024-Q4", REPORTING, date(2024, 9, 15), date(2024, 12, 14), "Quý IV/2024"),
        (
            "2024-6T",
            REPORTING,
            date(2023, 12, 15),
            date(2024, 6, 14),
            "6 tháng đầu năm 2024",
        ),
        ("2024-9T", CALENDAR, date(2024, 1, 1), date(2024, 9, 30), "9 tháng đầu năm 2024"),
        ("2024-N", REPORTING, date(2023, 12, 15), date(2024, 12, 14), "Năm 2024"),
        (
            "2024-N-DL",
            CALENDAR,
            date(2024, 1, 1),
            date(2024, 12, 31),
            "Năm 2024, dương lịch",
        ),
    ],
)
def test_a_code_proposes_its_days_and_its_label(code, rule, starts_on, ends_on, label):
    parsed = periods.parse(code)
    assert periods.proposed_days(parsed, rule) == (starts_on, ends_on)
    assert periods.label(parsed, starts_on, ends_on) == label
    assert str(parsed) == code


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-T00", "2024-T13", "2024-T1", "2024-Q5", "2024-12T", "24-T01"]
    + ["2024-t01", " 2024-T01", "2024-T01\n", "٢٠٢٤-T01", "0001-N", "9999-N", "2024-N-dl"],
)
def test_anything_else_is_no_code(text):
    with pytest.raises(BadCodeError):
        periods.parse(text)


@pytest.mark.parametrize(
    ("code", "following"),
    [
        ("2024-T01", "2024-T02"),
        ("2024-T12", "2025-T01"),
        ("2024-Q3", "2024-Q4"),
        ("2024-Q4-DL", "2025-Q1-DL"),
        ("2024-6T", "2025-6T"),
        ("2024-9T", "2025-9T"),
        ("2024-N", "2025-N"),
    ],
)
def test_the_following_period_is_of_the_same_kind(code, following):
    assert str(periods.following(periods.parse(code))) == following


@pytest.mark.parametrize("rule", Rule)
def test_months_of_a_year_follow_one_another_and_fill_it(rule):
    code, end = periods.parse("2024-T01"), None
    year = periods.proposed_days(periods.parse("2024-N"), rule)
    for number in range(12):
        starts_on, ends_on = periods.proposed_days(code, rule)
        assert starts_on == (year[0] if number == 0 else date.fromordinal(end + 1))
        end, code = ends_on.toordinal(), periods.following(code)
    assert date.fromordinal(end) == year[1]


def test_kinds_sort_by_length():
    assert sorted(Kind) == [
        Kind.MONTH,
        Kind.QUARTER,
        Kind.HALF_YEAR,
        Kind.NINE_MONTHS,
        Kind.YEAR,
    ]
