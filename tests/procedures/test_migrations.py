"""An existing site keeps its results when editions arrive, and on the way back."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from procedures.models import Period, PeriodStatus, Stage

MOMENT = datetime(2024, 1, 16, 1, 30, tzinfo=UTC)


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.django_db(transaction=True)
def test_every_period_gets_its_first_edition_and_readers_see_what_they_saw():
    newest = max(MigrationExecutor(connection).loader.graph.leaf_nodes("procedures"))
    old = migrate(("procedures", "0002_track_content"))
    try:
        field = old.get_model("procedures", "Field").objects.create(
            name="Đất đai", slug="dat-dai"
        )
        for month, status in ((1, "cong-khai"), (2, "nhap")):
            period = old.get_model("procedures", "Period").objects.create(
                code=f"2024-T{month:02}",
                starts_on=date(2024, month, 1),
                ends_on=date(2024, month, 14),
                status=status,
                published_at=MOMENT if status == "cong-khai" else None,
                note=f"Ghi chú {month}.",
            )
            old.get_model("procedures", "ResultSheet").objects.create(
                period=period, field=field, carried_over=month, pending_in_time=month
            )
    finally:
        migrate(newest)
    live, draft = Period.objects.order_by("code")
    assert (live.status, live.stage, live.head) == (
        PeriodStatus.PUBLISHED,
        Stage.APPROVED,
        live.approved,
    )
    assert (live.approved.approved_at, live.approved.note) == (MOMENT, "Ghi chú 1.")
    assert [sheet.carried_over for sheet in live.approved.sheets.all()] == [1]
    assert (draft.status, draft.stage, draft.approved) == (
        PeriodStatus.DRAFT,
        Stage.DRAFT,
        None,
    )
    assert (draft.head.note, draft.head.sheets.get().carried_over) == ("Ghi chú 2.", 2)
    old = migrate(("procedures", "0002_track_content"))
    try:
        kept = old.get_model("procedures", "Period").objects.order_by("code")
        assert [
            (each.status, each.published_at, each.note, each.sheets.get().carried_over)
            for each in kept
        ] == [("cong-khai", MOMENT, "Ghi chú 1.", 1), ("nhap", None, "Ghi chú 2.", 2)]
    finally:
        migrate(newest)
