"""What the database refuses, and what the querysets return."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from procedures.figures import Figures
from procedures.models import (
    DataRequest,
    Dossier,
    Field,
    OverdueCount,
    OverdueReason,
    Period,
    PeriodEdition,
    PeriodStatus,
    ProcedureChannel,
    ProcedureFigures,
    RequestKind,
    RequestState,
    ResultSheet,
    Stage,
)
from procedures.periods import Kind, Rule
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "figures",
    [
        {"received_online": 1},
        {"resolved_late": 1},
        {"pending_overdue": 1},
        {
            "received_direct": 3,
            "carried_over": 1,
            "resolved_early": 2,
            "pending_in_time": 1,
        },
    ],
)
def test_an_unbalanced_row_is_refused_by_the_database(figures):
    with (
        pytest.raises(IntegrityError, match="resultsheet_is_balanced"),
        transaction.atomic(),
    ):
        factory.make_sheet(**figures)


@pytest.mark.parametrize("key", ["received_online", "resolved_late", "pending_overdue"])
def test_a_negative_figure_is_refused_by_the_database(key):
    figures = {"carried_over": 2, "pending_in_time": 2} | {key: -1}
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.make_sheet(**figures)


def test_figures_too_large_to_add_are_refused_by_the_database():
    huge = 2**31 - 1
    with pytest.raises(DatabaseError), transaction.atomic():
        factory.make_sheet(received_online=huge, resolved_early=huge, resolved_late=1)


def test_a_row_without_dossiers_is_a_valid_answer():
    sheet = factory.make_sheet(received_online=0)
    assert sheet.is_empty
    sheet.full_clean()


def test_a_lĩnh_vực_has_one_row_a_period():
    sheet = factory.make_sheet()
    with pytest.raises(IntegrityError, match="sheet_once_per_field"), transaction.atomic():
        factory.make_sheet(edition=sheet.edition, field=sheet.field)


def test_a_broken_identity_names_the_row_and_the_numbers():
    sheet = ResultSheet(
        edition=factory.make_period().head,
        field=factory.make_field(name="Hộ tịch"),
        received_online=8,
        received_direct=3,
        carried_over=1,
        resolved_on_time=9,
        pending_in_time=2,
    )
    with pytest.raises(ValidationError) as refused:
        sheet.full_clean()
    assert refused.value.messages == [
        "Lĩnh vực Hộ tịch: cột 3 (4+5+6 = 12) phải bằng cột 7 + cột 11 (= 11)."
    ]


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"code": "2024-T01", "kind": Kind.QUARTER}, "period_kind_matches_code"),
        ({"starts_on": date(2024, 1, 15)}, "period_starts_before_it_ends"),
        ({"ends_on": date(2025, 1, 14)}, "period_ends_in_its_year"),
        ({"code": "2024-T01-DL"}, "period_suffix_is_calendar"),
    ],
)
def test_a_contradictory_period_is_refused_by_the_database(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factory.make_period(**fields)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"published_at": None}, "period_public_is_approved"),
        ({"approved": None}, "period_public_is_approved"),
        ({"status": PeriodStatus.REMOVED}, "period_removal_has_reason"),
        ({"removal_reason": "Nhập nhầm."}, "period_removal_has_reason"),
        ({"stage": Stage.DRAFT}, "period_stage_is_of_head"),
        ({"head": None}, "period_stage_is_of_head"),
        ({"stage": "lạ"}, "period_stage_is_of_head"),
    ],
)
def test_status_stage_and_editions_never_contradict_one_another(changes, constraint):
    period = factory.make_period()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Period.objects.filter(pk=period.pk).update(**changes)


def test_what_was_submitted_has_its_moment():
    period = factory.make_period(status=PeriodStatus.DRAFT)
    with (
        pytest.raises(IntegrityError, match="period_submitted_has_moment"),
        transaction.atomic(),
    ):
        Period.objects.filter(pk=period.pk).update(stage=Stage.SUBMITTED)


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: ResultSheet.objects.filter(pk=sheet.pk).update(carry_over_note="x"),
        lambda sheet: sheet.delete(),
        lambda sheet: ResultSheet.objects.create(
            edition=sheet.edition, field=factory.make_field()
        ),
        lambda sheet: PeriodEdition.objects.update(note="Khác."),
        lambda sheet: OverdueCount.objects.create(
            edition=sheet.edition, reason=OverdueReason.OTHER, count=1
        ),
        lambda sheet: ProcedureFigures.objects.create(
            edition=sheet.edition, procedure=factory.make_procedure()
        ),
    ],
)
def test_the_database_keeps_approved_figures_as_they_are(change):
    sheet = factory.make_sheet()
    with (
        pytest.raises(IntegrityError, match="Approved figures are kept"),
        transaction.atomic(),
    ):
        change(sheet)


def test_a_lĩnh_vực_with_totals_only_has_no_row_of_a_dossier_or_procedure():
    period = factory.make_period(status=PeriodStatus.DRAFT)
    run = factory.make_run(period=period)
    hidden = factory.make_procedure(field=factory.make_field(totals_only=True))
    open_field = factory.make_procedure().field
    for refused in (
        lambda: factory.make_dossier(run=run, procedure=hidden),
        lambda: factory.make_dossier(run=run, procedure=hidden, field=open_field),
        lambda: ProcedureFigures.objects.create(edition=period.head, procedure=hidden),
    ):
        with (
            pytest.raises(IntegrityError, match="only totals are kept"),
            transaction.atomic(),
        ):
            refused()


def test_a_lĩnh_vực_with_rows_cannot_become_one_with_totals_only():
    run = factory.make_run(period=factory.make_period())
    dossier = factory.make_dossier(run=run)
    field = Field.objects.filter(pk=dossier.field_id)
    with pytest.raises(IntegrityError, match="Delete the rows"), transaction.atomic():
        field.update(totals_only=True)
    dossier.delete()
    assert field.update(totals_only=True) == 1


def test_a_dossier_has_columns_for_public_facts_only():
    assert {each.name for each in Dossier._meta.concrete_fields} == {
        *("id", "run", "code", "procedure", "field", "channel", "received_on", "due_on"),
        *("finished_on", "status", "outcome", "is_carried_over"),
    }


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"code": "12345"}, "procedure_code_is_valid"),
        ({"status": "lạ"}, "procedure_status_known"),
        ({"reviewed_at": None, "reviewed_by": True}, "procedure_reviewer_has_moment"),
        (
            {"effective_on": date(2024, 2, 1), "ended_on": date(2024, 1, 1)},
            "procedure_ends_after_it_begins",
        ),
        ({"replaced_by": True}, "procedure_successor_of_ended"),
    ],
)
def test_a_contradictory_procedure_is_refused_by_the_database(fields, constraint):
    makers = {"reviewed_by": factory.make_user, "replaced_by": factory.make_procedure}
    fields = {
        key: makers[key]() if value is True else value for key, value in fields.items()
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factory.make_procedure(**fields)


def test_an_unknown_time_is_empty_and_never_zero():
    channel = ProcedureChannel(procedure=factory.make_procedure(), channel=1)
    channel.save()
    channel.refresh_from_db()
    assert (channel.amount, channel.fee) == (None, None)
    with pytest.raises(IntegrityError, match="time_is_positive"), transaction.atomic():
        ProcedureChannel.objects.update(amount=0)


def test_a_request_is_answered_within_15_days_and_closed_with_an_answer():
    request = DataRequest.objects.create(
        kind=RequestKind.REMOVAL,
        received_on=date(2024, 1, 2),
        due_on=date(2024, 1, 17),
        wish="Gỡ hồ sơ khỏi danh sách.",
    )
    for changes, constraint in (
        ({"due_on": date(2024, 1, 18)}, "request_due_after_15_days"),
        ({"state": RequestState.DONE}, "request_closed_has_answer"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            DataRequest.objects.filter(pk=request.pk).update(**changes)


def test_a_code_that_is_no_address_is_refused_by_the_database():
    period = factory.make_period()
    with pytest.raises(IntegrityError, match="period_code_is_valid"), transaction.atomic():
        Period.objects.filter(pk=period.pk).update(code="2024-T1")


@pytest.mark.parametrize(
    "days",
    [
        (date(2023, 12, 15), date(2024, 1, 14)),
        (date(2024, 1, 14), date(2024, 2, 13)),
        (date(2023, 12, 20), date(2024, 1, 5)),
    ],
)
def test_periods_of_one_kind_and_rule_do_not_overlap(days):
    factory.make_period(code="2024-T01")
    with pytest.raises(IntegrityError, match="period_no_overlap"), transaction.atomic():
        factory.make_period(code="2024-T02", starts_on=days[0], ends_on=days[1])


def test_other_kinds_and_the_other_rule_may_overlap():
    factory.make_period(code="2024-T01")
    factory.make_period(code="2024-Q1")
    factory.make_period(code="2024-T01-DL", rule=Rule.CALENDAR)
    factory.make_period(code="2024-T02")
    assert Period.objects.count() == 4


def test_newest_published_leaves_drafts_out_and_puts_the_latest_end_first():
    for code in ("2024-T01", "2024-T02", "2024-T03", "2024-Q1"):
        factory.make_period(code=code)
    factory.make_period(code="2024-T04", status=PeriodStatus.DRAFT)
    assert [period.code for period in Period.objects.newest_published(3)] == [
        "2024-T03",
        "2024-Q1",
        "2024-T02",
    ]


def test_totals_are_the_sum_of_the_rows():
    period = factory.make_period()
    sheets = [factory.make_sheet(period=period) for _ in range(3)]
    factory.make_period(code="2024-T02")
    draft = factory.make_period(code="2024-T03", status=PeriodStatus.DRAFT)
    factory.make_sheet(period=draft)
    with_rows, without, unseen = Period.objects.with_totals().order_by("code")
    assert with_rows.totals == Figures.total(sheets)
    assert with_rows.totals.received == 36
    assert without.totals == unseen.totals == Figures()
    assert Period.objects.with_totals("head").get(pk=draft.pk).totals.received == 12


def test_before_and_after_stay_in_the_series():
    for code in ("2024-T01", "2024-T02", "2024-T03", "2023-Q4", "2024-Q2"):
        factory.make_period(code=code)
    february = Period.objects.get(code="2024-T02")
    assert Period.objects.before(february).first().code == "2024-T01"
    assert Period.objects.after(february).first().code == "2024-T03"
    assert Period.objects.after(Period.objects.get(code="2024-T03")).first() is None


def test_a_lĩnh_vực_with_results_cannot_be_deleted():
    sheet = factory.make_sheet()
    with pytest.raises(IntegrityError):
        sheet.field.delete()
