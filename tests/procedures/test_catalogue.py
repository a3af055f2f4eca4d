import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from portal import roles
from portal.audit import AuditEntry
from portal.models import LegalBasis
from portal.refusals import Refused
from procedures import catalogue
from procedures.catalogue_facts import Parts
from procedures.models import (
    Channel,
    Dossier,
    Field,
    Procedure,
    ProcedureChannel,
    ProcedureFigures,
    ProcedureSettings,
    ProcedureStatus,
    ProcedureStep,
    RequiredPaper,
)
from tests import factory

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 3, 1, 5, tzinfo=UTC)


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK])


def direct(**facts):
    return ProcedureChannel(channel=Channel.DIRECT, **facts)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# --- Saving ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_waited_while_another_moved_the_procedure_is_told_of_it(clerk):
    procedure, elsewhere = factory.make_procedure(), factory.make_field()
    read_at, outcomes = procedure.updated_at, []

    def second():
        own = Procedure.objects.get(pk=procedure.pk)
        try:
            catalogue.save_procedure(procedure=own, actor=clerk, based_on=read_at)
        except catalogue.Stale:
            outcomes.append("told")
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        procedure.field = elsewhere
        catalogue.save_procedure(procedure=procedure, actor=clerk, based_on=read_at)
        thread.start()
        with connection.cursor() as cursor:
            waiting, deadline = 0, time.monotonic() + 30
            while not waiting and time.monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                (waiting,) = cursor.fetchone()
    thread.join()
    assert outcomes == ["told"]


def test_a_procedure_is_stored_with_its_parts_in_their_order(clerk):
    basis = LegalBasis.objects.create(number="60/2014/QH13", title="Luật Hộ tịch")
    procedure = catalogue.save_procedure(
        procedure=Procedure(
            code="1.001193",
            name="  Đăng ký   khai sinh ",
            also_known_as="giấy khai sinh\n\n làm khai sinh",
            field=factory.make_field(),
        ),
        actor=clerk,
        parts=Parts(
            channels=[direct(amount=Decimal(3), fee=0)],
            papers=[RequiredPaper(name="Tờ khai"), RequiredPaper(name="Giấy chứng sinh")],
            steps=[ProcedureStep(text="Nộp"), ProcedureStep(text="Nhận")],
            legal_bases=[basis],
        ),
    )
    stored = Procedure.objects.get()
    assert (stored.name, stored.is_reviewed) == ("Đăng ký khai sinh", False)
    assert stored.also_known_as == "giấy khai sinh\nlàm khai sinh"
    assert [each.name for each in stored.papers.all()] == ["Tờ khai", "Giấy chứng sinh"]
    assert [each.order for each in stored.steps.all()] == [1, 2]
    assert list(stored.legal_bases.all()) == [basis]
    entry = AuditEntry.objects.about(procedure).get()
    assert (entry.action, entry.actor) == ("procedure.created", clerk)
    assert entry.after["Thời hạn: trực tiếp"] == "3 ngày làm việc"
    assert entry.after["Phí (đồng): trực tiếp"] == 0


def test_what_is_the_same_is_not_written_again(clerk):
    procedure = factory.make_procedure()
    parts = Parts(steps=[ProcedureStep(text="Nộp")])
    catalogue.save_procedure(procedure=procedure, actor=clerk, parts=parts)
    kept = procedure.steps.get().pk
    same = Parts(steps=[ProcedureStep(text="Nộp")])
    catalogue.save_procedure(procedure=procedure, actor=clerk, parts=same)
    assert procedure.steps.get().pk == kept
    assert actions() == ["procedure.changed"]


def test_parts_that_are_not_given_stay(clerk):
    procedure = factory.make_procedure()
    ProcedureStep.objects.create(procedure=procedure, text="Nộp")
    procedure.name = "Tên khác"
    catalogue.save_procedure(procedure=procedure, actor=clerk)
    assert procedure.steps.count() == 1


def test_who_saved_first_is_not_overwritten(clerk):
    procedure = factory.make_procedure()
    seen = procedure.updated_at
    first = Procedure.objects.get()
    first.name = "Tên của người trước"
    catalogue.save_procedure(procedure=first, actor=clerk, based_on=seen)
    procedure.name = "Tên của người sau"
    with pytest.raises(catalogue.Stale, match="Hoa đã lưu thủ tục này lúc"):
        catalogue.save_procedure(procedure=procedure, actor=clerk, based_on=seen)
    assert Procedure.objects.get().name == "Tên của người trước"


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"code": "1.1"}, "Mã thủ tục phải có dạng"),
        ({"name": " "}, "Tên thủ tục"),
        (
            {"effective_on": date(2024, 2, 1), "ended_on": date(2024, 1, 1)},
            "Ngày hết hiệu lực phải sau",
        ),
        ({"status": ProcedureStatus.REPLACED}, "Bị bãi bỏ"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(clerk, facts, sentence):
    procedure = factory.make_procedure()
    for name, value in facts.items():
        setattr(procedure, name, value)
    with pytest.raises(Refused, match=sentence):
        catalogue.save_procedure(procedure=procedure, actor=clerk)


def test_procedures_do_not_replace_each_other_in_a_circle(clerk):
    first, second = factory.make_procedure(), factory.make_procedure()
    first.status, first.replaced_by = ProcedureStatus.REPLACED, second
    catalogue.save_procedure(procedure=first, actor=clerk)
    second.status, second.replaced_by = ProcedureStatus.REPLACED, first
    with pytest.raises(Refused, match="thay vòng"):
        catalogue.save_procedure(procedure=second, actor=clerk)


def test_the_end_of_a_procedure_has_an_entry_of_its_own(clerk):
    procedure = factory.make_procedure()
    procedure.status, procedure.ended_on = ProcedureStatus.ABOLISHED, date(2024, 3, 1)
    procedure.decision = "12/QĐ-UBND"
    catalogue.save_procedure(procedure=procedure, actor=clerk)
    entry = AuditEntry.objects.get()
    assert entry.action == "procedure.ended"
    assert entry.after["Hết hiệu lực từ"] == "2024-03-01"


def test_who_may_not_keep_the_catalogue_changes_nothing():
    approver = factory.make_user(roles=[roles.APPROVER])
    procedure = factory.make_procedure(name="Tên cũ")
    procedure.name = "Tên mới"
    for step in (
        lambda: catalogue.save_procedure(procedure=procedure, actor=approver),
        lambda: catalogue.review_procedure(procedure=procedure, actor=approver),
        lambda: catalogue.delete_procedure(procedure=procedure, actor=approver),
        lambda: catalogue.save_field(field=procedure.field, actor=approver),
    ):
        with pytest.raises(Refused, match="chưa được giao quyền"):
            step()
    assert Procedure.objects.get().name == "Tên cũ"


# --- Confirmation ----------------------------------------------------------------------


def test_a_confirmation_has_its_day_and_its_officer(clerk):
    procedure = factory.make_procedure(reviewed_at=None)
    ProcedureChannel.objects.create(procedure=procedure, channel=Channel.DIRECT, fee=0)
    catalogue.review_procedure(procedure=procedure, actor=clerk, at=NOON)
    assert (procedure.reviewed_at, procedure.reviewed_by) == (NOON, clerk)
    catalogue.unreview_procedure(procedure=procedure, actor=clerk)
    assert (procedure.reviewed_at, procedure.reviewed_by) == (None, None)
    assert actions() == ["procedure.reviewed", "procedure.unreviewed"]


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        (None, "Chưa ghi cách nộp nào"),
        ({}, "chưa có gì để xác nhận"),
        ({"fee_note": "Theo nghị quyết"}, "chưa có gì để xác nhận"),
    ],
)
def test_nothing_known_is_nothing_to_confirm(clerk, channel, sentence):
    procedure = factory.make_procedure(reviewed_at=None)
    if channel is not None:
        ProcedureChannel.objects.create(procedure=procedure, channel=1, **channel)
    with pytest.raises(Refused, match=sentence):
        catalogue.review_procedure(procedure=procedure, actor=clerk)


def test_an_officer_who_corrects_a_fact_confirms_it_anew(clerk):
    procedure = factory.make_procedure()
    parts = Parts(channels=[direct(fee=8_000)])
    catalogue.save_procedure(procedure=procedure, actor=clerk, parts=parts, at=NOON)
    procedure.refresh_from_db()
    assert (procedure.reviewed_at, procedure.reviewed_by) == (NOON, clerk)


def test_other_names_and_sources_leave_the_confirmation_as_it_is(clerk):
    procedure = factory.make_procedure()
    before = procedure.reviewed_at
    procedure.also_known_as, procedure.caveat = "giấy khai sinh", "Đối chiếu lại."
    catalogue.save_procedure(procedure=procedure, actor=clerk, at=NOON)
    procedure.refresh_from_db()
    assert (procedure.reviewed_at, procedure.reviewed_by) == (before, None)


def test_an_entry_of_which_nothing_is_known_any_more_is_not_confirmed(clerk):
    procedure = factory.make_procedure()
    ProcedureChannel.objects.create(procedure=procedure, channel=1, fee=0)
    catalogue.save_procedure(procedure=procedure, actor=clerk, parts=Parts(channels=[]))
    assert not procedure.is_reviewed
    assert not Procedure.objects.get().is_reviewed


# --- Deletion --------------------------------------------------------------------------


def test_only_a_procedure_on_which_nothing_stands_is_deleted(clerk):
    period = factory.make_period(status="nhap")
    used, successor, free = (factory.make_procedure() for _ in range(3))
    factory.make_dossier(run=factory.make_run(period=period), procedure=used)
    Procedure.objects.filter(pk=used.pk).update(
        status=ProcedureStatus.REPLACED, replaced_by=successor
    )
    with pytest.raises(Refused, match="đã có hồ sơ"):
        catalogue.delete_procedure(procedure=used, actor=clerk)
    with pytest.raises(Refused, match=f"đang thay cho {used.code}"):
        catalogue.delete_procedure(procedure=successor, actor=clerk)
    catalogue.delete_procedure(procedure=free, actor=clerk)
    assert Procedure.objects.count() == 2
    assert actions() == ["procedure.deleted"]


# --- Lĩnh vực --------------------------------------------------------------------------


@pytest.fixture
def with_rows():
    """Return a procedure with a dossier and a row of figures."""
    period = factory.make_period(status="nhap")
    procedure = factory.make_procedure()
    factory.make_dossier(run=factory.make_run(period=period), procedure=procedure)
    ProcedureFigures.objects.create(
        edition=period.head, procedure=procedure, received_direct=1, resolved_early=1
    )
    return procedure


def rows():
    return Dossier.objects.count(), ProcedureFigures.objects.count()


def test_rows_go_only_when_it_is_said_before_a_field_keeps_totals_only(clerk, with_rows):
    field = with_rows.field
    field.totals_only = True
    with pytest.raises(Refused, match="1 hồ sơ và 1 dòng số liệu"):
        catalogue.save_field(field=field, actor=clerk)
    assert rows() == (1, 1)
    catalogue.save_field(field=field, actor=clerk, drop_rows=True)
    assert rows() == (0, 0)
    assert Field.objects.get(pk=field.pk).totals_only
    assert "Đã xóa 1 hồ sơ và 1 dòng" in AuditEntry.objects.get().note


def test_a_procedure_that_joins_a_field_with_totals_only_loses_its_rows(clerk, with_rows):
    with_rows.field = factory.make_field(totals_only=True)
    catalogue.save_procedure(procedure=with_rows, actor=clerk)
    assert rows() == (0, 0)
    assert "Đã xóa 1 hồ sơ" in AuditEntry.objects.get().note


def test_a_field_is_entered_once_whatever_its_spelling(clerk):
    field = catalogue.save_field(field=Field(name="  Đất   đai "), actor=clerk)
    assert (field.name, field.slug) == ("Đất đai", "dat-dai")
    with pytest.raises(Refused, match="Đã có lĩnh vực “Đất đai”"):
        catalogue.save_field(field=Field(name="DAT DAI", slug="khac"), actor=clerk)


def test_a_field_with_procedures_is_not_deleted():
    procedure = factory.make_procedure()
    with pytest.raises(Refused, match="không xóa được"):
        catalogue.delete_field(field=procedure.field, actor=None)
    catalogue.delete_field(field=factory.make_field(), actor=None)
    assert Field.objects.count() == 1


# --- Settings and many at once -----------------------------------------------------------


def test_settings_are_changed_by_who_may_and_recorded():
    approver = factory.make_user(roles=[roles.APPROVER])
    settings = ProcedureSettings.current()
    settings.office_phone = "0237.000.0002"
    catalogue.save_settings(settings=settings, actor=approver)
    settings.procedure_link = "https://dvc.example/?ma={code}&x={y}"
    with pytest.raises(Refused, match="chỉ dùng được {code}"):
        catalogue.save_settings(settings=settings, actor=approver)
    assert ProcedureSettings.current().office_phone == "0237.000.0002"
    (entry,) = AuditEntry.objects.all()
    assert entry.after == {"điện thoại nơi tiếp nhận": "0237.000.0002"}


def test_of_many_new_ones_one_may_replace_another(clerk):
    field = factory.make_field()
    new = Procedure(code="3.000722", name="Liên thông", field=field)
    old = Procedure(
        code="2.000986",
        name="Cũ",
        field=field,
        status=ProcedureStatus.REPLACED,
        replaced_by=new,
    )
    catalogue.add_procedures(
        entries=[(old, Parts()), (new, Parts(channels=[direct(fee=0)]))], actor=clerk
    )
    assert Procedure.objects.get(code="2.000986").replaced_by.code == "3.000722"
    assert ProcedureChannel.objects.get().procedure.code == "3.000722"
    assert actions() == ["procedure.loaded"]


def test_many_are_added_or_none(clerk):
    field = factory.make_field()
    ended = Procedure(
        code="2.000986", name="Cũ", field=field, status=ProcedureStatus.EFFECTIVE
    )
    ended.replaced_by = factory.make_procedure()
    entries = [(Procedure(code="3.000722", name="Mới", field=field), Parts())]
    with pytest.raises(Refused), transaction.atomic():
        catalogue.add_procedures(entries=[*entries, (ended, Parts())], actor=clerk)
    assert not Procedure.objects.filter(code="3.000722").exists()
