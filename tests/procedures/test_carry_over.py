"""Column 11 of one period against column 6 of the next."""

import pytest

from procedures import carry_over
from procedures.models import Period, PeriodStatus
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def january():
    period = factory.make_period(code="2024-T01")
    factory.make_sheet(period=period, field=factory.make_field(name="Đất đai", order=2))
    factory.make_sheet(period=period, field=factory.make_field(name="Hộ tịch", order=1))
    return period


def _february(january, **carried_over):
    february = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    for sheet in january.head.sheets.select_related("field"):
        if sheet.field.name in carried_over:
            number = carried_over[sheet.field.name]
            factory.make_sheet(
                period=february,
                field=sheet.field,
                carried_over=number,
                pending_in_time=number,
            )
    return february


def test_rows_are_offered_in_the_order_of_the_form_with_column_6(january):
    offered = carry_over.prefilled_rows(factory.make_period(code="2024-T02"))
    names = [sheet.field for sheet in january.head.sheets.select_related("field")]
    assert [field.name for field in names] == ["Hộ tịch", "Đất đai"]
    assert offered == [{"field": field.pk, "carried_over": 2} for field in names]


def test_after_a_gap_the_rows_are_offered_without_column_6(january):
    offered = carry_over.prefilled_rows(factory.make_period(code="2024-T03"))
    assert [row["carried_over"] for row in offered] == [0, 0]


def test_the_first_period_of_a_series_is_offered_nothing(january):
    assert carry_over.prefilled_rows(january) == []
    assert carry_over.prefilled_rows(Period()) == []


def test_equal_columns_are_no_difference(january):
    february = _february(january, **{"Hộ tịch": 2, "Đất đai": 2})
    assert carry_over.differences(february) == []


def test_a_changed_and_a_missing_row_are_named_with_their_numbers(january):
    february = _february(january, **{"Hộ tịch": 5})
    assert [str(each) for each in carry_over.differences(february)] == [
        "Lĩnh vực Hộ tịch: cột 6 (từ kỳ trước chuyển sang) là 5, nhưng cột 11 của kỳ trước là 2.",
        "Lĩnh vực Đất đai: cột 6 (từ kỳ trước chuyển sang) là 0, nhưng cột 11 của kỳ trước là 2.",
    ]


def test_a_period_after_a_gap_is_not_compared(january):
    march = factory.make_period(code="2024-T03")
    factory.make_sheet(period=march)
    assert carry_over.differences(march) == []
