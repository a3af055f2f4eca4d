"""What follows from the eight stored figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.figures import COLUMNS, STORED, Figures, percentage
from procedures.models import ResultSheet

counts = st.integers(0, 999_999)


@st.composite
def balanced(draw):
    """Draw figures whose column 3 = column 7 + column 11, as any real set of dossiers has."""
    resolved = draw(st.tuples(counts, counts, counts))
    pending = draw(st.tuples(counts, counts))
    known = sum(resolved) + sum(pending)
    online = draw(st.integers(0, known))
    direct = draw(st.integers(0, known - online))
    return Figures(online, direct, known - online - direct, *resolved, *pending)


@given(balanced())
def test_derived_columns_follow_the_form(figures):
    column = {each.number: figure for each, figure in figures.by_column()}
    assert column[3] == column[4] + column[5] + column[6]
    assert column[7] == column[8] + column[9] + column[10]
    assert column[11] == column[12] + column[13]
    assert column[3] == column[7] + column[11]


@given(st.lists(balanced()))
def test_totals_of_balanced_rows_are_balanced(rows):
    total = Figures.total(rows)
    assert total.is_balanced
    assert total.received == sum(row.received for row in rows)


@given(balanced())
def test_rates_lie_between_0_and_100_and_need_ten_dossiers(figures):
    bases = [
        (figures.on_time_rate, figures.resolved),
        (figures.in_time_rate, figures.received),
        (figures.online_rate, figures.received_online + figures.received_direct),
    ]
    for rate, base in bases:
        assert (rate is None) == (base < 10)
        assert rate is None or 0 <= rate <= 100


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, None),
        (9, 9, None),
        (10, 10, Decimal("100.0")),
        (0, 10, Decimal("0.0")),
        (2, 3000, Decimal("0.1")),
        (1, 16, Decimal("6.3")),
        (9999, 10000, Decimal("99.9")),
    ],
)
def test_a_percentage_needs_ten_and_is_100_only_when_all_are(part, whole, expected):
    assert percentage(part, whole) == expected


def test_both_rates_have_their_own_formula():
    figures = Figures(
        received_online=5,
        received_direct=15,
        carried_over=5,
        resolved_early=6,
        resolved_on_time=3,
        resolved_late=1,
        pending_in_time=10,
        pending_overdue=5,
    )
    assert figures.on_time_rate == Decimal("90.0")  # (6+3)/10
    assert figures.in_time_rate == Decimal("76.0")  # (6+3+10)/25
    assert figures.online_rate == Decimal("25.0")  # 5/20


def test_the_form_has_eleven_figure_columns_of_which_eight_are_stored():
    assert [column.number for column in COLUMNS] == list(range(3, 14))
    assert len(STORED) == 8
    stored = [
        field.name
        for field in ResultSheet._meta.fields
        if field.name in dict.fromkeys(STORED)
    ]
    assert stored == list(STORED)


@pytest.mark.parametrize("column", [each for each in COLUMNS if each.key in STORED])
def test_a_stored_figure_names_its_official_column(column):
    field = ResultSheet._meta.get_field(column.key)
    assert field.verbose_name.startswith(f"({column.number}) ")
