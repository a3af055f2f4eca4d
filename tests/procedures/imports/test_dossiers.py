"""What a list of dossiers means."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.counting import Facts, Place
from procedures.durations import Bucket
from procedures.figures import Figures
from procedures.imports.dossiers import interpret
from procedures.imports.matching import Choices
from procedures.imports.report import advice, wrong
from procedures.imports.staged import Level, Problem, folded
from procedures.models import Channel, DossierStatus, NameMatch, Outcome, Period
from tests import factory
from tests.procedures.imports.staging import staged

pytestmark = pytest.mark.django_db

TODAY = date(2024, 1, 20)
PERIOD = Period(code="2024-T01", starts_on=date(2023, 12, 15), ends_on=date(2024, 1, 14))


@pytest.fixture
def copies():
    """Certified copies, a procedure whose dossiers are shown."""
    field = factory.make_field(name="Chứng thực", order=1)
    return factory.make_procedure(
        code="2.000815", name="Chứng thực bản sao từ bản chính", field=field
    )


@pytest.fixture
def births():
    """Birth registration, of which only totals are shown."""
    field = factory.make_field(name="Hộ tịch", order=2, totals_only=True)
    return factory.make_procedure(code="1.001193", name="Đăng ký khai sinh", field=field)


def dossier(number=1, **cells):
    """Return a row: received 18/12/2023, resolved on 20/12/2023, a day early."""
    return {
        "code": f"000.17.22.H56-231218-{number:04}",
        "procedure_code": "2.000815",
        "procedure_name": None,
        "field_name": None,
        "channel": Channel.DIRECT,
        "received_on": date(2023, 12, 18),
        "due_on": date(2023, 12, 21),
        "finished_on": date(2023, 12, 20),
        "status": DossierStatus.RETURNED,
    } | cells


def meaning(*rows, choices=None, period=PERIOD, **options):
    return interpret(
        staged(rows, **options), period=period, choices=choices or Choices(), today=TODAY
    )


def codes(found):
    """Return the codes of the problems and the rows they are about."""
    return [(each.code, each.row) for each in found.problems]


# --- Figures and records --------------------------------------------------------------


def test_a_list_gives_a_row_of_the_sheet_for_each_field(copies, births):
    found = meaning(
        dossier(1),
        dossier(2, channel=Channel.ONLINE, finished_on=None, status=4),
        dossier(3, procedure_code="1.001193"),
    )
    assert found.problems == []
    assert [(row.field.name, row.figures) for row in found.rows] == [
        (
            "Chứng thực",
            Figures(
                received_direct=1, received_online=1, resolved_early=1, pending_overdue=1
            ),
        ),
        ("Hộ tịch", Figures(received_direct=1, resolved_early=1)),
    ]
    assert (found.rows_read, found.rows_counted, found.is_ready) == (3, 3, True)
    assert found.by_status == {DossierStatus.RETURNED: 2, DossierStatus.IN_PROGRESS: 1}


def test_a_field_with_totals_only_gives_no_record_and_no_figures_of_a_procedure(
    copies, births
):
    found = meaning(dossier(1), dossier(2, procedure_code="1.001193"))
    assert [record.code for record in found.records] == ["000.17.22.H56-231218-0001"]
    assert found.procedure_rows == [(copies, Figures(received_direct=1, resolved_early=1))]


def test_a_record_holds_the_public_facts_and_where_it_counts(copies):
    (record,) = meaning(dossier(received_on=date(2023, 12, 1))).records
    code = "000.17.22.H56-231218-0001"
    assert record[:3] == (code, copies.pk, copies.field_id)
    assert record.told.facts == Facts(
        received_on=date(2023, 12, 1),
        due_on=date(2023, 12, 21),
        finished_on=date(2023, 12, 20),
        status=DossierStatus.RETURNED,
        channel=Channel.DIRECT,
    )
    assert record.told.end.place == Place("carried_over", Outcome.RESOLVED_EARLY)


def test_the_time_of_resolving_is_counted_in_working_days(copies):
    found = meaning(
        dossier(1, finished_on=date(2023, 12, 18)),
        dossier(2),  # Monday to Wednesday
        dossier(3, due_on=None, finished_on=None, status=4),
        dossier(4, finished_on=date(2023, 12, 25)),  # over a weekend: five working days
    )
    assert found.times == {
        copies.field_id: {Bucket.SAME_DAY: 1, Bucket.TWO: 1, Bucket.FIVE: 1}
    }


DAYS = st.dates(date(2023, 11, 1), date(2024, 1, 20))
ROWS = st.builds(
    dossier,
    st.integers(1, 30),
    channel=st.none() | st.sampled_from(Channel),
    procedure_code=st.sampled_from(["2.000815", "1.001193", "9.999999", None]),
    received_on=st.none() | DAYS,
    due_on=st.none() | DAYS,
    finished_on=st.none() | DAYS,
    status=st.none() | st.sampled_from(DossierStatus),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=60,
)
@given(st.lists(ROWS, max_size=12))
def test_figures_of_any_list_hold_together_at_each_level(copies, births, rows):
    keys = list(dossier())
    found = interpret(
        staged(rows, keys=keys), period=PERIOD, choices=Choices(), today=TODAY
    )
    assert all(row.figures.is_balanced for row in found.rows)
    assert all(figures.is_balanced for _, figures in found.procedure_rows)
    shown = [row.figures for row in found.rows if not row.field.totals_only]
    assert Figures.total(shown) == Figures.total(f for _, f in found.procedure_rows)
    assert Figures.total(shown).received == len(found.records)
    resolved = {row.field.pk: row.figures.resolved for row in found.rows}
    assert all(sum(found.times[key].values()) == n for key, n in resolved.items() if n)


# --- What rows mean -------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        {"procedure_code": "2.000815"},
        {"procedure_code": "2.000815.000.00.00.H56"},
        {"procedure_code": None, "procedure_name": "CHỨNG THỰC  bản sao tu ban chinh"},
        {"procedure_code": None, "procedure_name": "2.000815 - Sao y bản chính"},
        {"procedure_code": None, "procedure_name": "Sao y"},
        {"procedure_code": "2.000815", "procedure_name": "Một tên mà danh mục không có"},
    ],
)
def test_a_procedure_is_found_by_its_code_its_name_or_what_people_call_it(copies, cells):
    copies.also_known_as = "Sao y\nCông chứng giấy tờ"
    copies.save()
    found = meaning(dossier(**cells))
    assert found.problems == []
    assert found.records[0].procedure_id == copies.pk


def test_an_unknown_procedure_is_asked_for_once_with_the_rows_that_have_it(copies):
    unknown = {"procedure_code": None, "procedure_name": "Thủ tục lạ"}
    found = meaning(dossier(1), dossier(2, **unknown), dossier(3, **unknown))
    assert codes(found) == [("procedure-unknown", 11)]
    assert "“Thủ tục lạ” (2 dòng)" in wrong(found.problems[0])
    (asked,) = found.unmatched
    assert (asked.folded, asked.text, asked.rows) == ("thu tuc la", "Thủ tục lạ", 2)

    chosen = Choices(procedures={asked.folded: copies.pk})
    again = meaning(dossier(1), dossier(2, **unknown), choices=chosen)
    assert again.is_ready
    assert again.rows_counted == 2


def test_long_names_that_begin_alike_are_asked_for_and_answered_each(copies):
    beginning = "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan có thẩm quyền "
    names = [beginning + "của Việt Nam cấp", beginning + "của nước ngoài cấp"]
    rows = [
        dossier(number, procedure_code=None, procedure_name=name)
        for number, name in enumerate(names)
    ]
    asked = meaning(*rows).unmatched
    assert [each.text for each in asked] == names
    answers = Choices(procedures={each.folded: copies.pk for each in asked})
    assert meaning(*rows, choices=answers).rows_counted == 2


def test_a_national_code_of_two_procedures_is_answered_where_no_name_is_given(copies):
    factory.make_procedure(code="2.000815.01", name="Chứng thực lưu động")
    row = dossier(procedure_code="2.000815.H56")
    (asked,) = meaning(row).unmatched
    answers = Choices(procedures={asked.folded: copies.pk})
    assert meaning(row, choices=answers).records[0].procedure_id == copies.pk


def test_a_name_matched_once_is_known_from_then_on(copies):
    NameMatch.objects.create(folded=folded("Thủ tục lạ"), procedure=copies)
    found = meaning(dossier(procedure_code=None, procedure_name="Thủ tục lạ"))
    assert found.records[0].procedure_id == copies.pk


def test_a_name_that_two_procedures_have_is_asked_for(copies):
    other = factory.make_procedure(name=copies.name)
    found = meaning(dossier(procedure_code=None, procedure_name=copies.name))
    assert codes(found) == [("procedure-ambiguous", 10)]
    assert set(found.unmatched[0].suggestions) == {copies, other}


def test_code_and_name_of_different_procedures_are_refused(copies, births):
    found = meaning(dossier(procedure_name="Đăng ký khai sinh"))
    assert codes(found) == [("code-and-name-differ", 10)]


def test_a_private_dossier_counts_though_its_procedure_is_unknown(births):
    found = meaning(
        dossier(procedure_code=None, procedure_name="Khai sinh lại", field_name="ho tich")
    )
    assert found.problems == []
    assert [row.field.name for row in found.rows] == ["Hộ tịch"]
    assert found.records == []


def test_the_catalogue_decides_the_field_and_says_so(copies):
    factory.make_field(name="Đất đai")
    found = meaning(dossier(field_name="Đất đai"))
    assert [(each.code, each.level) for each in found.problems] == [
        ("field-differs", Level.WARNING)
    ]
    assert [row.field for row in found.rows] == [copies.field]


def test_a_dossier_that_the_list_takes_for_a_private_one_is_never_shown_unasked(
    copies, births
):
    found = meaning(dossier(field_name="Hộ tịch"))
    assert [(each.code, each.level) for each in found.problems] == [
        ("field-differs-private", Level.BLOCKER)
    ]


def test_a_list_without_channels_is_asked_for_one(copies):
    found = meaning(dossier(1, channel=None), dossier(2, channel=None))
    assert found.asks_channel
    assert codes(found) == [("channel-missing", 10)]

    answered = meaning(
        dossier(1, channel=None), choices=Choices(default_channel=Channel.ONLINE)
    )
    assert answered.totals == Figures(received_online=1, resolved_early=1)


def test_a_list_without_statuses_tells_them_by_the_finish_day(copies):
    found = meaning(dossier(1, status=None), dossier(2, status=None, finished_on=None))
    assert found.is_ready
    assert found.by_status == {DossierStatus.PROCESSED: 1, DossierStatus.IN_PROGRESS: 1}


# --- What is wrong --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code", "column", "value"),
    [
        ({"received_on": None}, "received-missing", "F", ""),
        ({"procedure_code": None}, "procedure-missing", "B", ""),
        ({"finished_on": None}, "finish-day-missing", "H", ""),
        ({"status": 4}, "finished-but-open", "I", "Đang xử lý"),
        (
            {"finished_on": date(2023, 12, 1)},
            "finished-before-received",
            "H",
            "01/12/2023",
        ),
        ({"due_on": date(2023, 12, 1)}, "due-before-received", "G", "01/12/2023"),
        ({"due_on": None}, "due-day-missing", "G", ""),
        ({"finished_on": date(2024, 1, 21)}, "finished-in-future", "H", "21/01/2024"),
    ],
)
def test_a_contradiction_is_named_by_row_column_and_value(
    copies, cells, code, column, value
):
    found = meaning(dossier(1), dossier(2, **cells))
    (problem,) = found.problems
    assert (problem.code, problem.level) == (code, Level.BLOCKER)
    assert (problem.sheet, problem.row, problem.column) == ("Trang 1", 11, column)
    assert problem.value == value
    assert wrong(problem)
    assert advice(problem)


def test_the_same_dossier_twice_counts_once(copies):
    found = meaning(dossier(1), dossier(1, code="000.17.22.h56-231218-0001"))
    assert [(each.code, each.level) for each in found.problems] == [
        ("duplicate-same", Level.WARNING)
    ]
    assert found.problems[0].params["first"] == 10
    assert found.rows_counted == len(found.records) == 1


def test_two_dossiers_of_one_code_are_refused(copies):
    found = meaning(dossier(1), dossier(1, channel=Channel.ONLINE))
    assert codes(found) == [("duplicate-differs", 11)]
    assert not found.is_ready


def test_dossiers_of_other_periods_are_left_out_and_named(copies):
    later = date(2024, 1, 15)
    found = meaning(
        dossier(1, received_on=later, due_on=later, finished_on=None, status=2),
        dossier(
            2,
            received_on=PERIOD.starts_on - timedelta(days=9),
            finished_on=PERIOD.starts_on - timedelta(days=1),
        ),
        dossier(3, finished_on=None, status=3),
        dossier(4),
    )
    assert codes(found) == [("received-later", 10), ("finished-earlier", 11)]
    assert found.not_counted == {
        "received-later": 1,
        "finished-earlier": 1,
        "not-accepted": 1,
    }
    assert found.is_ready
    assert found.rows_counted == 1


def test_a_list_without_a_dossier_of_the_period_is_taken_for_the_wrong_one(copies):
    later = date(2024, 1, 15)
    found = meaning(dossier(received_on=later, due_on=later, finished_on=None, status=2))
    assert codes(found) == [("received-later", 10), ("none-of-period", None)]
    assert not found.is_ready
    assert "nhầm kỳ" in advice(found.blockers[0])


@pytest.mark.parametrize("unused", ["code", "received_on"])
def test_a_needed_column_that_the_clerk_leaves_out_is_named_once(copies, unused):
    used = [key for key in dossier() if key != unused]
    found = meaning(dossier(1), dossier(2), keys=used)
    assert codes(found) == [("column-missing", 9)]


def test_a_blank_code_in_a_column_that_the_clerk_chose_is_named(copies):
    assert codes(meaning(dossier(1), dossier(code=None))) == [("code-missing", 11)]


def test_a_row_that_reading_found_wrong_is_not_complained_about_twice(copies):
    problem = Problem(
        "date-impossible", Level.BLOCKER, "Trang 1", 10, "F", "Ngày nhận", "31/02/2024"
    )
    found = meaning(dossier(received_on=None), dossier(2), problems=[problem])
    assert found.problems == [problem]
    assert not found.is_ready


def test_bad_cells_that_reading_counts_without_naming_them_are_not_called_blank(copies):
    named = Problem("date-unclear", Level.BLOCKER, "Trang 1", 10, "F", value="hôm qua")
    more = Problem(
        "more-problems", Level.WARNING, "Trang 1", column="F", params={"count": 1}
    )
    bad = {"received_on": None}
    found = meaning(
        dossier(1, **bad), dossier(2, **bad), dossier(3), problems=[named, more]
    )
    assert found.problems == [named, more]
    assert found.rows_counted == 1
