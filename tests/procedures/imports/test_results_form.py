"""What a Biểu II.06a means."""

import pytest

from procedures.figures import COLUMNS, Figures
from procedures.imports.matching import Choices
from procedures.imports.report import wrong
from procedures.imports.results_form import interpret
from procedures.imports.staged import folded
from procedures.models import NameMatch, Period
from tests import factory
from tests.procedures.imports.staging import staged_form

pytestmark = pytest.mark.django_db

FIGURES = Figures(
    received_online=4,
    received_direct=7,
    carried_over=1,
    resolved_early=6,
    resolved_on_time=3,
    resolved_late=1,
    pending_in_time=2,
)


@pytest.fixture
def copies():
    return factory.make_field(name="Chứng thực", order=1)


@pytest.fixture
def births():
    return factory.make_field(name="Hộ tịch", order=2, totals_only=True)


def row(name, figures=FIGURES, **cells):
    """Return a row of the form: eleven figures, the derived ones as they should be."""
    numbers = {column.key: figure for column, figure in figures.by_column()}
    return {"field_name": name} | numbers | cells


def meaning(*rows, choices=None, **options):
    return interpret(
        staged_form(rows, **options), period=Period(), choices=choices or Choices()
    )


def test_eight_figures_of_each_row_are_taken(copies, births):
    found = meaning(row("HỘ TỊCH"), row("Chung thuc", Figures()))
    assert found.problems == []
    assert [(each.field, each.figures) for each in found.rows] == [
        (copies, Figures()),
        (births, FIGURES),
    ]
    assert found.rows_counted == 12
    assert found.records == ()


def test_a_row_without_field_in_a_column_that_the_clerk_chose_is_named(copies):
    found = meaning(row("Chứng thực"), row(None))
    assert [(each.code, each.row) for each in found.blockers] == [("field-missing", 11)]


def test_a_blank_figure_is_0(copies):
    found = meaning(
        row(
            "Chứng thực",
            received_online=4,
            carried_over=None,
            received=11,
            resolved_early=5,
            resolved=9,
        )
    )
    assert found.rows[0].figures.carried_over == 0
    assert found.is_ready


def test_a_form_without_the_derived_columns_is_enough(copies):
    plain = row("Chứng thực")
    for key in ("received", "resolved", "pending"):
        del plain[key]
    assert meaning(plain).is_ready


@pytest.mark.parametrize(
    ("key", "said", "sentence"),
    [
        ("received", 13, "Cột 3 ghi 13 nhưng 4 + 5 + 6 = 12."),
        ("resolved", 9, "Cột 7 ghi 9 nhưng 8 + 9 + 10 = 10."),
        ("pending", 3, "Cột 11 ghi 3 nhưng 12 + 13 = 2."),
    ],
)
def test_a_broken_sum_is_named_with_its_row_column_and_numbers(copies, key, said, sentence):
    found = meaning(row("Chứng thực", **{key: said}))
    (problem,) = found.blockers
    assert (problem.code, problem.row) == ("sum-broken", 10)
    assert problem.column == found.staged.mapping[key]
    assert wrong(problem) == sentence


def test_received_must_be_resolved_and_pending(copies):
    found = meaning(row("Chứng thực", received_online=5, received=13))
    (problem,) = found.blockers
    assert wrong(problem) == ("Cột 3 (4 + 5 + 6) là 13 nhưng cột 7 + cột 11 = 10 + 2 = 12.")


def test_the_totals_row_must_be_the_sum(copies, births):
    said = {column.key: 2 * figure for column, figure in FIGURES.by_column()}
    rows = [row("Chứng thực"), row("Hộ tịch")]
    assert meaning(*rows, totals=said).is_ready

    found = meaning(*rows, totals=said | {"resolved_late": 3})
    (problem,) = found.blockers
    assert wrong(problem) == "Dòng tổng cộng ghi 3 ở cột 10 nhưng các dòng cộng lại là 2."


def test_each_column_of_the_totals_row_is_checked(copies):
    said = {column.key: figure + 1 for column, figure in FIGURES.by_column()}
    found = meaning(row("Chứng thực"), totals=said)
    numbers = [each.params["column"] for each in found.blockers]
    assert numbers == [column.number for column in COLUMNS]


def test_an_unknown_field_is_asked_for_and_then_known(copies):
    found = meaning(row("Chứng nhận giấy tờ"))
    assert [each.code for each in found.blockers] == ["field-unknown"]
    (asked,) = found.unmatched
    assert asked.folded == folded("Chứng nhận giấy tờ")

    chosen = meaning(
        row("Chứng nhận giấy tờ"), choices=Choices(fields={asked.folded: copies.pk})
    )
    assert [each.field for each in chosen.rows] == [copies]

    NameMatch.objects.create(folded=asked.folded, field=copies)
    assert meaning(row("Chứng nhận giấy tờ")).is_ready


def test_a_field_has_one_row(copies):
    found = meaning(row("Chứng thực"), row("CHUNG THUC"))
    (problem,) = found.blockers
    assert (problem.code, problem.row, problem.params) == ("field-twice", 11, {"first": 10})
