"""The way of a period's figures from the clerk to the readers."""

import contextlib
import threading
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import roles
from portal.models import AuditEntry
from portal.refusals import Refused
from procedures import workflow
from procedures.figures import STORED, Figures
from procedures.models import (
    Dossier,
    ImportRun,
    ImportState,
    OverdueReason,
    Period,
    PeriodEdition,
    PeriodStatus,
    ProcedureFigures,
    ResolutionTime,
    Source,
    Stage,
)
from procedures.workflow import Details, SheetRow, Stale
from tests import factory

pytestmark = pytest.mark.django_db

AT = datetime(2024, 1, 16, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
FIGURES = Figures(received_direct=5, resolved_on_time=3, resolved_late=1, pending_overdue=1)


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK])


@pytest.fixture
def approver():
    return factory.make_user(roles=[roles.APPROVER])


@pytest.fixture
def field():
    return factory.make_field(name="Đất đai")


@pytest.fixture
def period():
    return factory.make_period(status=PeriodStatus.DRAFT)


def save(period, actor, *rows, **details):
    return workflow.save_sheet(
        period=period,
        actor=actor,
        rows=[SheetRow(field, figures) for field, figures in rows],
        details=Details(**details),
        at=AT,
    )


def approve(period, actor, **options):
    head = period.head
    numbers = {"number": head.number, "revision": head.revision} | options
    return workflow.approve(period=period, actor=actor, at=AT, **numbers)


@pytest.fixture
def published(period, clerk, approver, field):
    save(period, clerk, (field, FIGURES))
    workflow.submit(period=period, actor=clerk, at=AT)
    return approve(period, approver)


def seen():
    """Return what readers see: {code: figures by lĩnh vực}."""
    return {
        period.code: {
            str(row.field): row.figures for row in workflow.rows_of(period.approved)
        }
        for period in Period.objects.published().select_related("approved")
    }


# --- From draft to published --------------------------------------------------------


def test_a_new_period_has_an_empty_first_edition(clerk):
    period = Period(
        code="2024-T01", starts_on=date(2023, 12, 15), ends_on=date(2024, 1, 14)
    )
    workflow.create_period(period=period, actor=clerk)
    stored = Period.objects.get()
    assert (stored.head.number, stored.stage, stored.approved) == (1, Stage.DRAFT, None)
    assert AuditEntry.objects.get(action="period.created").actor == clerk


def test_figures_are_seen_when_the_approver_says_yes_and_not_before(
    period, clerk, approver, field
):
    save(period, clerk, (field, FIGURES))
    workflow.submit(period=period, actor=clerk, at=AT)
    assert seen() == {}
    approve(period, approver)
    assert seen() == {"2024-T01": {"Đất đai": FIGURES}}
    period.refresh_from_db()
    assert (period.published_at, period.approved.approved_by) == (AT, approver)
    assert [
        entry.action
        for entry in AuditEntry.objects.filter(action__startswith="period.").order_by("pk")
    ] == ["period.saved", "period.submitted", "period.published"]


def test_saving_a_draft_replaces_it_in_place_and_saving_what_was_submitted_takes_it_back(
    period, clerk, field
):
    first = save(period, clerk, (field, FIGURES))
    workflow.submit(period=period, actor=clerk, at=AT)
    again = save(period, clerk, (field, Figures()))
    assert (again.pk, again.revision) == (first.pk, first.revision + 1)
    assert period.stage == Stage.DRAFT
    assert [row.figures for row in workflow.rows_of(again)] == [Figures()]


def test_what_somebody_else_saved_is_not_overwritten_and_not_approved_unread(
    period, clerk, approver, field
):
    edition = save(period, clerk, (field, FIGURES))
    before = (edition.number, edition.revision)
    save(period, clerk, (field, Figures()))
    with pytest.raises(Stale, match="đã lưu bảng này lúc 08:30 ngày 16/01/2024"):
        workflow.save_sheet(
            period=period, actor=clerk, rows=[], details=Details(), based_on=before
        )
    workflow.submit(period=period, actor=clerk, at=AT)
    with pytest.raises(Stale):
        approve(period, approver, revision=before[1])
    assert seen() == {}


@pytest.mark.parametrize("status", [PeriodStatus.DRAFT, PeriodStatus.PUBLISHED])
@pytest.mark.django_db(transaction=True)
def test_who_waited_for_the_save_of_another_is_told_of_it(clerk, field, status):
    period = factory.make_period(status=status)
    seen_by_both = (period.head.number, period.head.revision)

    def save_as_seen(figures):
        return workflow.save_sheet(
            period=Period.objects.get(pk=period.pk),
            actor=clerk,
            rows=[SheetRow(field, figures)],
            details=Details(),
            based_on=seen_by_both,
        )

    outcomes = []

    def second():
        try:
            outcomes.append(save_as_seen(Figures()))
        except Stale as stale:
            outcomes.append([row.figures for row in workflow.rows_of(stale.edition)])
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        save_as_seen(FIGURES)
        thread.start()
        _wait_until_somebody_waits_for_a_lock()
    thread.join()
    assert outcomes == [[FIGURES]]


def _wait_until_somebody_waits_for_a_lock():
    deadline = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_step_with_a_period_that_was_deleted_meanwhile_is_refused(period, clerk, field):
    workflow.delete_period(period=Period.objects.get(pk=period.pk), actor=None)
    with pytest.raises(Refused, match="vừa bị xóa"):
        save(period, clerk, (field, FIGURES))


def test_who_entered_the_figures_does_not_approve_them_without_a_reason(period, field):
    both = factory.make_user(roles=[roles.PROCEDURES_CLERK, roles.APPROVER])
    save(period, both, (field, FIGURES))
    workflow.submit(period=period, actor=both, at=AT)
    with pytest.raises(Refused, match="không tự duyệt"):
        approve(period, both)
    approve(period, both, override_reason="Cả cơ quan đi chống bão.")
    assert period.approved.override_reason == "Cả cơ quan đi chống bão."
    assert AuditEntry.objects.get(action="period.approved_alone").note.startswith(
        "Cả cơ quan"
    )


def test_returned_figures_come_with_a_remark_that_goes_when_they_are_submitted_again(
    period, clerk, approver, field
):
    save(period, clerk, (field, FIGURES))
    workflow.submit(period=period, actor=clerk, at=AT)
    numbers = {"number": period.head.number, "revision": period.head.revision}
    with pytest.raises(Refused, match="ghi cần sửa gì"):
        workflow.return_to_clerk(period=period, actor=approver, remark=" ", **numbers)
    workflow.return_to_clerk(period=period, actor=approver, remark="Sai cột 9.", **numbers)
    assert (period.stage, period.remark) == (Stage.RETURNED, "Sai cột 9.")
    workflow.submit(period=period, actor=clerk, at=AT)
    assert (period.stage, period.remark) == (Stage.SUBMITTED, "")
    workflow.recall(period=period, actor=clerk)
    assert period.stage == Stage.DRAFT


# --- What stands in the way ---------------------------------------------------------


def test_a_period_without_rows_or_before_its_end_is_refused(period, clerk, field):
    with pytest.raises(Refused, match="chưa có dòng kết quả nào"):
        workflow.submit(period=period, actor=clerk, at=AT)
    save(period, clerk, (field, Figures()))
    on_last_day = workflow.obstacles(period, today=date(2024, 1, 14))
    assert "14/01/2024" in on_last_day[0]
    assert workflow.obstacles(period, today=date(2024, 1, 15)) == []


def test_a_column_6_that_differs_needs_an_explanation(clerk, field):
    january = factory.make_period(code="2024-T01")
    factory.make_sheet(period=january, field=field)  # leaves 2 open
    february = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    row = SheetRow(field, Figures(carried_over=3, pending_in_time=3))
    for note, refused in (("", True), ("Một hồ sơ chuyển từ huyện về.", False)):
        workflow.save_sheet(
            period=february,
            actor=clerk,
            rows=[SheetRow(row.field, row.figures, note)],
            details=Details(),
        )
        found = workflow.obstacles(february, today=date(2024, 3, 1))
        assert bool(found) is refused


def test_reasons_count_no_more_dossiers_than_were_late(period, clerk, field):
    save(period, clerk, (field, FIGURES), overdue={OverdueReason.SYSTEM: 3})
    (reason,) = workflow.obstacles(period, today=date(2024, 1, 20))
    assert "ghi 3 hồ sơ" in reason and "chỉ có 2" in reason
    save(period, clerk, (field, FIGURES), overdue={OverdueReason.SYSTEM: 2})
    assert workflow.obstacles(period, today=date(2024, 1, 20)) == []


def test_a_broken_identity_and_a_doubled_lĩnh_vực_change_nothing(period, clerk, field):
    save(period, clerk, (field, FIGURES))
    broken = Figures(received_online=1)
    with pytest.raises(Refused, match=r"cột 3 \(4\+5\+6 = 1\)"):
        save(period, clerk, (field, broken))
    with pytest.raises(Refused, match="có hai dòng"):
        save(period, clerk, (field, FIGURES), (field, FIGURES))
    assert [row.figures for row in workflow.rows_of(period.head)] == [FIGURES]


@pytest.mark.parametrize("name", ["note", "correction_note"])
def test_public_words_with_personal_data_are_refused(period, clerk, field, name):
    with pytest.raises(Refused, match="người dân đọc được"):
        save(period, clerk, (field, FIGURES), **{name: "Gọi 0912 345 678 để biết."})


def test_a_reason_for_removal_with_personal_data_is_refused(published, approver):
    with pytest.raises(Refused, match="người dân đọc được"):
        workflow.remove(
            period=published, actor=approver, reason="Theo đơn, số 038185001234."
        )


# --- Corrections --------------------------------------------------------------------


def test_a_correction_is_unseen_until_approved_and_keeps_the_old_edition(
    published, clerk, approver, field
):
    corrected = Figures(received_direct=6, resolved_on_time=6)
    save(published, clerk, (field, corrected))
    assert seen() == {"2024-T01": {"Đất đai": FIGURES}}
    with pytest.raises(Refused, match="nội dung đính chính"):
        workflow.submit(period=published, actor=clerk, at=AT)
    save(published, clerk, (field, corrected), correction_note="Sót một hồ sơ ngày 12/01.")
    workflow.submit(period=published, actor=clerk, at=AT)
    approve(published, approver)
    assert seen() == {"2024-T01": {"Đất đai": corrected}}
    old, new = PeriodEdition.objects.order_by("number")
    assert [row.figures for row in workflow.rows_of(old)] == [FIGURES]
    assert (new.number, new.correction_note) == (2, "Sót một hồ sơ ngày 12/01.")


def test_a_correction_may_be_dropped(published, clerk, field):
    save(published, clerk, (field, Figures()))
    workflow.discard(period=published, actor=clerk)
    assert (published.stage, published.head) == (Stage.APPROVED, published.approved)
    assert published.editions.count() == 1
    with pytest.raises(Refused, match="không có bản đính chính"):
        workflow.discard(period=published, actor=clerk)


def test_a_removed_period_says_why_and_comes_back_as_it_was_or_corrected(
    published, clerk, approver, field
):
    with pytest.raises(Refused, match="ghi lý do gỡ"):
        workflow.remove(period=published, actor=approver, reason="")
    workflow.remove(period=published, actor=approver, reason="Nhập nhầm kỳ.", at=AT)
    assert seen() == {}
    assert (published.status, published.removal_reason) == (
        PeriodStatus.REMOVED,
        "Nhập nhầm kỳ.",
    )
    workflow.put_back(period=published, actor=approver, reason="Đã kiểm tra lại, số đúng.")
    assert seen() == {"2024-T01": {"Đất đai": FIGURES}}
    workflow.remove(period=published, actor=approver, reason="Nhập nhầm kỳ.")
    save(published, clerk, (field, Figures()), correction_note="Nhập lại đúng kỳ.")
    workflow.submit(period=published, actor=clerk, at=AT)
    approve(published, approver)
    assert seen() == {"2024-T01": {"Đất đai": Figures()}}
    assert published.removal_reason == ""


def test_a_period_that_was_public_is_never_deleted_and_a_draft_goes_with_all_its_rows(
    published, clerk, field
):
    with pytest.raises(Refused, match="đã từng công khai"):
        workflow.delete_period(period=published, actor=clerk)
    draft = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    save(draft, clerk, (field, Figures()))
    workflow.delete_period(period=draft, actor=clerk)
    assert [each.code for each in Period.objects.all()] == ["2024-T01"]


# --- Figures from a dossier list ----------------------------------------------------


@pytest.fixture
def counted(period, clerk):
    """A draft counted from a list of one dossier."""
    run = factory.make_run(period=period)
    dossier = factory.make_dossier(run=run)
    figures = Figures(received_direct=1, resolved_early=1)
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[SheetRow(dossier.field, figures)],
        details=Details(),
        source=Source.DOSSIERS,
        run=run,
        procedure_rows=[(dossier.procedure, figures)],
        times={dossier.field_id: {5: 1}},
        at=AT,
    )
    return dossier


def test_words_around_counted_figures_may_change_and_the_count_stays(
    counted, period, clerk
):
    save(period, clerk, *_rows(period), report_number="12/BC-UBND")
    head = period.head
    assert (head.source, head.run, head.report_number) == (
        Source.DOSSIERS,
        counted.run,
        "12/BC-UBND",
    )
    assert ProcedureFigures.objects.get().procedure == counted.procedure
    assert ResolutionTime.objects.get().count == 1


def test_counted_figures_changed_by_hand_are_those_of_no_list_any_more(
    counted, period, clerk, approver
):
    save(period, clerk, (counted.field, Figures(received_direct=2, resolved_early=2)))
    assert (period.head.source, period.head.run) == (Source.MANUAL, None)
    assert not ProcedureFigures.objects.exists()
    assert not ResolutionTime.objects.exists()
    assert not Dossier.objects.of(period.head).exists()
    workflow.submit(period=period, actor=clerk, at=AT)
    approve(period, approver)
    assert not Dossier.objects.exists()


def test_a_row_of_zeros_with_its_explanation_keeps_the_rows_of_the_list(
    counted, period, clerk
):
    nothing_came = factory.make_field(name="Văn hóa")
    save(period, clerk, *_rows(period), (nothing_came, Figures()))
    assert (period.head.run, period.head.source) == (counted.run, Source.DOSSIERS)
    assert list(Dossier.objects.of(period.head)) == [counted]


def test_a_corrected_note_keeps_the_rows_of_the_list(counted, period, clerk, approver):
    workflow.submit(period=period, actor=clerk, at=AT)
    approve(period, approver)
    save(period, clerk, *_rows(period), correction_note="Ghi thêm số báo cáo.")
    workflow.submit(period=period, actor=clerk, at=AT)
    approve(period, approver)
    assert (period.approved.number, period.approved.run) == (2, counted.run)
    assert list(Dossier.objects.of(period.approved)) == [counted]
    assert ProcedureFigures.objects.filter(edition=period.approved).count() == 1


def test_dropping_a_correction_from_a_list_drops_the_rows_and_says_so_of_the_import(
    published, clerk
):
    run = factory.make_run(period=published)
    factory.make_dossier(run=run)
    workflow.save_sheet(
        period=published,
        actor=clerk,
        rows=[],
        details=Details(),
        source=Source.DOSSIERS,
        run=run,
    )
    workflow.discard(period=published, actor=clerk)
    assert not Dossier.objects.exists()
    assert ImportRun.objects.get().state == ImportState.UNDONE


def _rows(period):
    return [(row.field, row.figures) for row in workflow.rows_of(period.head)]


# --- Rights -------------------------------------------------------------------------


@pytest.mark.parametrize("held", [roles.EDITOR, roles.STATISTICS_READER, roles.APPROVER])
def test_only_the_clerk_enters(period, field, held):
    with pytest.raises(Refused, match="chưa được giao quyền nhập"):
        save(period, factory.make_user(roles=[held]), (field, FIGURES))
    assert workflow.rows_of(period.head) == []


def test_the_clerk_neither_approves_nor_removes(published, clerk, field):
    with pytest.raises(Refused, match="chưa được giao quyền công khai"):
        workflow.remove(period=published, actor=clerk, reason="Nhập nhầm kỳ.")
    save(published, clerk, (field, Figures()), correction_note="Sửa.")
    workflow.submit(period=published, actor=clerk, at=AT)
    with pytest.raises(Refused, match="chưa được giao quyền công khai"):
        approve(published, clerk)
    assert seen() == {"2024-T01": {"Đất đai": FIGURES}}


def test_allowed_steps_are_those_that_would_not_be_refused_for_right_or_state(
    period, clerk, approver, field
):
    def steps():
        return [set(workflow.allowed_steps(period, user)) for user in (clerk, approver)]

    assert steps() == [{"save", "submit", "delete"}, set()]
    save(period, clerk, (field, FIGURES))
    workflow.submit(period=period, actor=clerk, at=AT)
    assert steps() == [{"save", "recall", "delete"}, {"return", "approve"}]
    approve(period, approver)
    assert steps() == [{"save"}, {"remove"}]
    save(period, clerk, (field, Figures()))
    assert steps() == [{"save", "submit", "discard"}, {"remove"}]
    workflow.remove(period=period, actor=approver, reason="Nhập nhầm kỳ.")
    assert steps() == [{"save", "submit", "discard"}, {"put_back"}]


# --- Any order of steps -------------------------------------------------------------

_STEPS = ("save", "submit", "recall", "return", "approve", "approve", "discard", "remove")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(_STEPS),
            st.sampled_from(["clerk", "approver", "both"]),
            st.integers(0, 3),
            st.booleans(),
        ),
        max_size=14,
    )
)
def test_readers_only_ever_see_figures_that_an_approver_has_read(steps):
    field = factory.make_field()
    period = factory.make_period(
        code=f"{2000 + Period.objects.count()}-T01", status=PeriodStatus.DRAFT
    )
    cast = {
        "clerk": factory.make_user(roles=[roles.PROCEDURES_CLERK]),
        "approver": factory.make_user(roles=[roles.APPROVER]),
        "both": factory.make_user(roles=[roles.PROCEDURES_CLERK, roles.APPROVER]),
    }
    approved, written_by = None, None
    for step, who, number, has_reason in steps:
        actor = cast[who]
        period.refresh_from_db()
        head = period.head
        in_hand = [row.figures for row in workflow.rows_of(head)]
        with contextlib.suppress(Refused):
            match step:
                case "save":
                    figures = Figures(received_direct=number, resolved_on_time=number)
                    save(period, actor, (field, figures), correction_note="Sửa.")
                    written_by = who
                case "submit" | "recall" | "discard":
                    getattr(workflow, step)(period=period, actor=actor)
                case "return":
                    workflow.return_to_clerk(
                        period=period,
                        actor=actor,
                        number=head.number,
                        revision=head.revision - number % 2,
                        remark="Sửa lại.",
                    )
                case "approve":
                    approve(
                        period,
                        actor,
                        revision=head.revision - number % 2,
                        override_reason="Vắng người." if has_reason else "",
                    )
                    assert number % 2 == 0
                    assert who != "clerk"
                    assert has_reason or who != written_by
                    approved = in_hand
                case "remove":
                    workflow.remove(period=period, actor=actor, reason="Nhầm.")
                    approved = None
        shown = seen().get(period.code)
        assert (None if shown is None else list(shown.values())) == approved


def test_the_derived_figures_are_never_stored():
    columns = {each.name for each in ProcedureFigures._meta.concrete_fields}
    assert columns == {"id", "edition", "procedure", *STORED}
