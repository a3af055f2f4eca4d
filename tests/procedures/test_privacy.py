"""A new column of a dossier or procedure is private until it is listed."""

from datetime import date
from decimal import Decimal

import pytest

from procedures import privacy
from procedures.models import Dossier, PeriodStatus, Procedure, ProcedureChannel
from tests.factory import make_dossier, make_period, make_procedure, make_run

pytestmark = pytest.mark.django_db

SECRET = "BÍ MẬT CỦA CÁN BỘ"
# Columns of a procedure that readers never get; each with the reason.
STAFF_ONLY = {
    "id",  # the code addresses it
    "is_core",  # of the source, not of the procedure
    "source",  # of the catalogue's data, for whoever reviews them
    "source_via",
    "confidence",
    "caveat",
    "reviewed_by",  # the office answers for it, not a person
    "updated_at",
}


def _columns(model):
    return {field.name for field in model._meta.get_fields() if field.concrete}


def test_a_dossier_has_exactly_the_allowed_columns():
    assert _columns(Dossier) == privacy.DOSSIER_COLUMNS


def test_the_promised_day_of_a_dossier_is_not_public():
    run = make_run(period=make_period())
    row = privacy.dossier(make_dossier(run=run, due_on=date(2024, 2, 29)))
    assert set(row) == set(privacy.PUBLIC_DOSSIER)
    assert date(2024, 2, 29) not in row.values()


def test_every_column_of_a_procedure_is_listed_or_kept_from_readers():
    listed = set(privacy.REVIEWED_PROCEDURE) | set(privacy.PROCEDURE_PARTS)
    assert _columns(Procedure) - STAFF_ONLY == listed - {
        "channels",
        "field_slug",
        "forms",
        "papers",
        "steps",
    }


def _procedure(**fields):
    procedure = make_procedure(
        source=SECRET,
        source_via=SECRET,
        confidence=SECRET,
        caveat=SECRET,
        handled_by="Ủy ban nhân dân xã",
        **fields,
    )
    ProcedureChannel.objects.create(
        procedure=procedure, channel=1, amount=Decimal(3), fee=8000
    )
    procedure.papers.create(name="Tờ khai")
    procedure.steps.create(text="Nộp tờ khai.")
    return procedure


def test_a_reviewed_procedure_shows_what_was_confirmed_and_no_source():
    procedure = _procedure()
    shown = privacy.procedure(procedure) | privacy.procedure_parts(procedure)
    assert shown["handled_by"] == "Ủy ban nhân dân xã"
    assert shown["channels"][0]["fee"] == 8000
    assert shown["papers"][0]["name"] == "Tờ khai"
    assert SECRET not in str(shown)


def test_an_unreviewed_procedure_shows_that_it_exists_and_no_more():
    procedure = _procedure(reviewed_at=None)
    assert set(privacy.procedure(procedure)) == set(privacy.UNREVIEWED_PROCEDURE)
    assert not any(privacy.procedure_parts(procedure).values())


def test_a_column_that_is_not_listed_does_not_come_out():
    procedure = _procedure()
    procedure.new_column = SECRET
    assert SECRET not in str(privacy.procedure(procedure))


def test_dossiers_are_public_with_the_approved_figures_of_a_published_period():
    shown = make_period(code="2024-T01")
    run = make_run(period=shown)
    other = make_run(period=shown)
    _stand_behind(shown, run)
    removed = make_period(code="2024-T02", status=PeriodStatus.REMOVED)
    draft = make_period(code="2024-T03", status=PeriodStatus.DRAFT)
    hidden_runs = [other, make_run(period=removed), make_run(period=draft)]
    _stand_behind(removed, hidden_runs[1])
    _stand_behind(draft, hidden_runs[2])
    dossier = make_dossier(run=run)
    for hidden in hidden_runs:
        make_dossier(run=hidden)
    assert list(privacy.public_dossiers()) == [dossier]


def _stand_behind(period, run):
    """Make `run` the source of what is in hand of `period`, approved or not."""
    editions = type(period.head).objects.filter(pk=period.head_id)
    approved_at = period.head.approved_at
    editions.update(approved_at=None)
    editions.update(run=run, source="ho-so", approved_at=approved_at)
