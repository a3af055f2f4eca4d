"""An existing site keeps its results when editions arrive, and on the way back."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from procedures.models import Period, PeriodStatus, Procedure, Stage

MOMENT = datetime(2024, 1, 16, 1, 30, tzinfo=UTC)


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


def newest():
    """Return the last migrations of all apps: going back takes others' along."""
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


@pytest.mark.django_db(transaction=True)
def test_every_period_gets_its_first_edition_and_readers_see_what_they_saw():
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
        migrate(*newest())
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
        migrate(*newest())


@pytest.mark.django_db(transaction=True)
def test_legal_bases_keep_their_rows_links_and_permissions_when_they_move():
    old = migrate(("procedures", "0012_totals_checked_by_procedure"))
    try:
        field = old.get_model("procedures", "Field").objects.create(
            name="Hộ tịch", slug="ho-tich"
        )
        procedure = old.get_model("procedures", "Procedure").objects.create(
            code="1.001193", name="Đăng ký khai sinh", field=field
        )
        basis = old.get_model("procedures", "LegalBasis").objects.create(
            number="60/2014/QH13", title="Luật Hộ tịch"
        )
        procedure.legal_bases.add(basis)
        content_type, _ = ContentType.objects.get_or_create(
            app_label="procedures", model="legalbasis"
        )
        ContentType.objects.filter(app_label="portal", model="legalbasis").delete()
        permission, _ = Permission.objects.get_or_create(
            content_type=content_type, codename="add_legalbasis", defaults={"name": "Thêm"}
        )
    finally:
        migrate(*newest())
    moved = Procedure.objects.get(code="1.001193").legal_bases.get()
    assert (moved.pk, moved.number, moved.repealed_on) == (basis.pk, "60/2014/QH13", None)
    permission.refresh_from_db()
    assert permission.content_type.app_label == "portal"
