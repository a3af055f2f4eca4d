"""The way of a file into a period and back."""

import io
import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.refusals import Refused
from procedures import workflow
from procedures.figures import Figures
from procedures.imports import storing
from procedures.imports.matching import Choices
from procedures.models import (
    Dossier,
    Field,
    ImportDraft,
    ImportKind,
    ImportLayout,
    ImportRun,
    ImportState,
    NameMatch,
    Period,
    PeriodStatus,
    Source,
    Stage,
)
from procedures.workflow import Details, SheetRow
from tests import factory
from tests.procedures.imports.workbooks import SECRETS, dossier_list, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def copies():
    field = factory.make_field(name="Chứng thực", order=1)
    return factory.make_procedure(
        code="2.000815", name="Chứng thực bản sao từ bản chính", field=field
    )


@pytest.fixture
def births():
    field = factory.make_field(name="Hộ tịch", order=2, totals_only=True)
    return factory.make_procedure(code="1.001193", name="Đăng ký khai sinh", field=field)


@pytest.fixture
def period(copies, births):
    return factory.make_period(status=PeriodStatus.DRAFT)


@pytest.fixture
def clerk():
    return factory.make_user(roles=["Phụ trách TTHC"])


@pytest.fixture
def approver():
    return factory.make_user(roles=["Lãnh đạo duyệt"])


def dossier(number=1, **cells):
    return {
        "code": f"000.17.22.H56-231218-{number:04}",
        "procedure_name": "Chứng thực bản sao từ bản chính",
        "received_on": date(2023, 12, 18),
        "due_on": date(2023, 12, 21),
        "finished_on": date(2023, 12, 20),
        "channel": "Trực tiếp",
        "status": "Đã trả kết quả",
    } | cells


ROWS = [
    dossier(1),
    dossier(2, channel="Trực tuyến", finished_on=None, status="Đang xử lý"),
    dossier(3, procedure_name="Đăng ký khai sinh"),
]


def begin(period, clerk, rows=ROWS, *, file=None, kind=ImportKind.DOSSIERS, name="ds.xlsx"):
    period.refresh_from_db()
    return storing.begin(
        period=period,
        kind=kind,
        file=io.BytesIO(file or dossier_list(rows)),
        name=name,
        actor=clerk,
    )


def imported(period, clerk, rows=ROWS, **options):
    run = begin(period, clerk, rows, **options)
    storing.confirm(run=run, actor=clerk)
    period.refresh_from_db()
    return run


def publish(period, approver):
    head = period.head
    if period.approved_id:
        workflow.save_sheet(
            period=period,
            actor=None,
            rows=workflow.rows_of(head),
            details=Details(correction_note="Đếm lại."),
        )
    workflow.submit(period=period, actor=None)
    workflow.approve(
        period=period,
        actor=approver,
        number=period.head.number,
        revision=period.head.revision,
    )


def figures_of(period):
    period.refresh_from_db()
    return {row.field.name: row.figures for row in workflow.rows_of(period.head)}


FIGURES = {
    "Chứng thực": Figures(
        received_online=1, received_direct=1, resolved_early=1, pending_overdue=1
    ),
    "Hộ tịch": Figures(received_direct=1, resolved_early=1),
}


def test_a_dossier_that_was_removed_on_request_does_not_come_back(period, clerk):
    code = ROWS[0]["code"]
    factory.make_data_request(
        kind="go-bo",
        dossier_code=code,
        state="da-lam",
        answer="Đã gỡ.",
        closed_on=date(2024, 2, 5),
    )
    imported(period, clerk)
    assert figures_of(period) == FIGURES
    assert list(Dossier.objects.values_list("code", flat=True)) == [ROWS[1]["code"]]


# --- From file to sheet ---------------------------------------------------------------


def test_a_file_waits_for_a_yes_and_changes_nothing_before(period, clerk):
    run = begin(period, clerk)
    assert (run.state, run.failure) == (ImportState.READY, "")
    assert (run.rows_read, run.created_by, run.file_name) == (3, clerk, "ds.xlsx")
    assert len(run.sha256) == 64
    found = storing.preview(run)
    assert found.blockers == []
    assert found.rows_counted == 3
    assert figures_of(period) == {}
    assert not Dossier.objects.exists()


def test_confirming_stores_the_sheet_and_the_dossiers_behind_it(period, clerk, copies):
    run = begin(period, clerk)
    edition = storing.confirm(run=run, actor=clerk)
    assert figures_of(period) == FIGURES
    assert (edition.source, edition.run, edition.updated_by) == (
        Source.DOSSIERS,
        run,
        clerk,
    )
    assert (run.state, run.rows_counted) == (ImportState.DONE, 3)
    assert period.stage == Stage.DRAFT
    # Nothing of the lĩnh vực with totals only.
    stored = Dossier.objects.of(edition).order_by("code")
    assert [(each.code, each.procedure, each.outcome) for each in stored] == [
        ("000.17.22.H56-231218-0001", copies, "resolved_early"),
        ("000.17.22.H56-231218-0002", copies, "pending_overdue"),
    ]
    assert [(e.procedure, e.figures) for e in edition.procedure_figures.all()] == [
        (copies, FIGURES["Chứng thực"])
    ]
    assert not ImportDraft.objects.exists()


def test_every_fact_of_a_dossier_is_stored_as_the_list_has_it(period, clerk, copies):
    run = imported(
        *(period, clerk),
        [
            dossier(1, received_on=date(2023, 12, 1), channel="Bưu chính công ích"),
            dossier(2, due_on=None, finished_on=None, status="Đang xử lý"),
        ],
    )
    facts = ("received_on", "due_on", "finished_on", "status", "channel")
    keys = ("run", "procedure", "field", "is_carried_over", "outcome", *facts)
    assert list(Dossier.objects.order_by("code").values_list(*keys)) == [
        (
            *(run.pk, copies.pk, copies.field_id, True, "resolved_early"),
            *(date(2023, 12, 1), date(2023, 12, 21), date(2023, 12, 20), 10, 3),
        ),
        (
            *(run.pk, copies.pk, copies.field_id, False, "pending_in_time"),
            *(date(2023, 12, 18), None, None, 4, 1),
        ),
    ]


def test_a_form_gives_figures_and_no_dossiers(period, clerk):
    numbers = {column.key: n for column, n in FIGURES["Chứng thực"].by_column()}
    file = form([{"field_name": "Chứng thực"} | numbers], totals=numbers)
    run = imported(period, clerk, file=file, kind=ImportKind.RESULTS)
    assert period.head.source == Source.FORM
    assert figures_of(period) == {"Chứng thực": FIGURES["Chứng thực"]}
    assert not Dossier.objects.exists()
    assert run.state == ImportState.DONE


def test_a_form_with_the_figures_that_were_typed_changes_nothing(period, clerk, copies):
    figures = FIGURES["Chứng thực"]
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[workflow.SheetRow(copies.field, figures)],
        details=Details(),
    )
    numbers = {column.key: n for column, n in figures.by_column()}
    file = form([{"field_name": "Chứng thực"} | numbers], totals=numbers)
    with pytest.raises(storing.Unchanged):
        imported(period, clerk, file=file, kind=ImportKind.RESULTS)
    period.refresh_from_db()
    assert period.head.source == Source.MANUAL


def test_no_private_cell_reaches_the_database(period, clerk):
    run = imported(period, clerk, name=f"ds {SECRETS['identity']}.xlsx")
    waiting = begin(period, clerk, [dossier(9)])
    kept = str(ImportRun.objects.values()) + str(Dossier.objects.values())
    kept += repr(storing.staged_of(waiting))
    found = [secret for secret in SECRETS.values() if secret in kept]
    assert found == []
    assert run.report["columns_dropped"]["riêng tư"] >= 3


def test_what_stands_around_the_figures_stays(period, clerk, copies):
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[SheetRow(copies.field, Figures(), "Nhập thiếu kỳ trước.")],
        details=Details(report_number="12/BC-UBND", as_of=date(2024, 1, 15)),
    )
    run = begin(period, clerk)
    storing.remap(
        run=run,
        mapping=run.mapping,
        choices=Choices(as_of=date(2024, 1, 20)),
        actor=clerk,
    )
    edition = storing.confirm(run=run, actor=clerk)
    assert (edition.report_number, edition.as_of) == ("12/BC-UBND", date(2024, 1, 20))
    assert edition.sheets.get(field=copies.field).carry_over_note == "Nhập thiếu kỳ trước."


def test_a_list_with_one_wrong_row_stores_nothing(period, clerk):
    run = begin(period, clerk, [*ROWS, dossier(4, finished_on=date(2023, 12, 1))])
    assert [each.code for each in storing.preview(run).blockers] == [
        "finished-before-received"
    ]
    with pytest.raises(Refused, match="còn 1 chỗ phải sửa"):
        storing.confirm(run=run, actor=clerk)
    assert figures_of(period) == {}
    assert not Dossier.objects.exists()
    assert run.state == ImportState.READY


def test_an_unreadable_file_ends_as_failed_and_says_why(period, clerk):
    run = begin(period, clerk, file=b"\x00\x01\x02 not a table" * 9)
    assert run.state == ImportState.FAILED
    assert run.failure
    assert not ImportDraft.objects.exists()


def test_a_rehearsal_writes_nothing(period):
    found = storing.rehearse(
        period=period,
        kind=ImportKind.DOSSIERS,
        file=io.BytesIO(dossier_list(ROWS)),
        name="ds.xlsx",
    )
    assert found.is_ready
    assert not ImportRun.objects.exists()
    assert figures_of(period) == {}


def test_progress_is_told_and_shown(period):
    steps = []
    storing.begin(
        period=period,
        kind=ImportKind.DOSSIERS,
        file=io.BytesIO(dossier_list(ROWS)),
        name="ds.xlsx",
        actor=None,
        on_progress=lambda step, done, total: steps.append(
            (step, ImportRun.objects.get().progress.get("step"))
        ),
    )
    assert steps
    assert steps[0][0]


# --- Asking ----------------------------------------------------------------------------


def test_what_the_clerk_answers_is_remembered_for_the_next_file(period, clerk, copies):
    unknown = {"procedure_name": "Sao y giấy tờ các loại"}
    run = begin(period, clerk, [dossier(1, **unknown)])
    (asked,) = storing.preview(run).unmatched
    storing.remap(
        run=run,
        mapping=run.mapping,
        choices=Choices(procedures={asked.folded: copies.pk}),
        actor=clerk,
    )
    assert storing.preview(run).is_ready
    assert not NameMatch.objects.exists()
    storing.confirm(run=run, actor=clerk)

    again = begin(period, clerk, [dossier(1, **unknown), dossier(2, **unknown)])
    assert storing.preview(again).is_ready


def test_a_mapping_that_was_confirmed_is_used_for_the_same_layout(period, clerk):
    run = begin(period, clerk)
    swapped = run.mapping | {
        "due_on": run.mapping["finished_on"],
        "finished_on": run.mapping["due_on"],
    }
    ImportLayout.objects.create(
        kind=run.kind, signature=run.layout, mapping=swapped, updated_by=clerk
    )
    again = begin(period, clerk, [dossier(7)])
    assert again.layout == run.layout
    assert again.mapping == swapped


def test_a_column_cannot_be_chosen_for_what_it_is_not(period, clerk):
    run = begin(period, clerk)
    wrong = run.mapping | {"received_on": run.mapping["code"]}
    with pytest.raises(Refused, match="Hãy chọn lại"):
        storing.remap(run=run, mapping=wrong, choices=Choices(), actor=clerk)
    assert storing.preview(run).is_ready


def test_only_the_one_who_uploaded_answers(period, clerk):
    run = begin(period, clerk)
    other = factory.make_user(roles=["Phụ trách TTHC"])
    with pytest.raises(Refused, match="Chỉ người tải tệp lên"):
        storing.confirm(run=run, actor=other)


def test_people_without_the_right_import_nothing(period, clerk, approver):
    with pytest.raises(Refused, match="chưa được giao quyền"):
        begin(period, approver)
    run = imported(period, clerk)
    for step in (storing.confirm, storing.cancel, storing.undo):
        with pytest.raises(Refused, match="chưa được giao quyền"):
            step(run=run, actor=approver)
    assert figures_of(period) == FIGURES


def test_a_preview_lives_for_an_hour(period, clerk):
    run = begin(period, clerk)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        with pytest.raises(Refused, match="chỉ được giữ một giờ"):
            storing.confirm(run=run, actor=clerk)
        assert storing.expire_drafts(now=timezone.now()) == 1
    run.refresh_from_db()
    assert run.state == ImportState.CANCELLED
    assert not ImportDraft.objects.exists()


def test_a_fresh_preview_does_not_expire(period, clerk):
    begin(period, clerk)
    assert storing.expire_drafts(now=timezone.now()) == 0
    assert ImportDraft.objects.count() == 1


def test_a_cancelled_import_leaves_nothing(period, clerk):
    run = begin(period, clerk)
    storing.cancel(run=run, actor=clerk)
    assert run.state == ImportState.CANCELLED
    assert not ImportDraft.objects.exists()
    with pytest.raises(Refused, match="đã kết thúc"):
        storing.confirm(run=run, actor=clerk)


# --- Twice, and at the same time --------------------------------------------------------


def test_the_same_file_again_changes_nothing_and_says_so(period, clerk):
    imported(period, clerk)
    revision = period.head.revision
    run = begin(period, clerk)
    assert storing.is_unchanged(run, storing.preview(run))
    with pytest.raises(storing.Unchanged, match="Không có thay đổi"):
        storing.confirm(run=run, actor=clerk)
    period.refresh_from_db()
    assert period.head.revision == revision
    assert run.state == ImportState.CANCELLED
    assert Dossier.objects.count() == 2


def test_the_same_file_counts_anew_when_the_catalogue_says_otherwise(period, clerk, copies):
    imported(period, clerk)
    copies.field = factory.make_field(name="Tư pháp")
    copies.save()
    imported(period, clerk)
    assert set(figures_of(period)) == {"Tư pháp", "Hộ tịch"}


def test_another_file_replaces_the_draft(period, clerk):
    imported(period, clerk)
    imported(period, clerk, [dossier(1)])
    assert figures_of(period) == {
        "Chứng thực": Figures(received_direct=1, resolved_early=1)
    }
    assert Dossier.objects.of(period.head).count() == 1


def test_a_second_yes_is_refused(period, clerk):
    run = imported(period, clerk)
    with pytest.raises(Refused, match="đã được nhập rồi"):
        storing.confirm(run=run, actor=clerk)
    assert Dossier.objects.count() == 2


def test_figures_saved_since_the_preview_are_not_overwritten(period, clerk, copies):
    run = begin(period, clerk)
    workflow.save_sheet(
        period=period,
        actor=None,
        rows=[SheetRow(copies.field, Figures())],
        details=Details(),
    )
    with pytest.raises(workflow.Stale, match="Hệ thống đã lưu bảng này"):
        storing.confirm(run=run, actor=clerk)
    assert figures_of(period) == {"Chứng thực": Figures()}
    # Looked at once more, it can be confirmed.
    storing.remap(run=run, mapping=run.mapping, choices=Choices(), actor=clerk)
    storing.confirm(run=run, actor=clerk)
    assert figures_of(period) == FIGURES


@pytest.mark.django_db(transaction=True)
def test_a_second_import_at_the_same_time_is_refused_with_who_is_at_work(period, clerk):
    reading, may_go_on = threading.Event(), threading.Event()

    def wait(*progress):
        reading.set()
        may_go_on.wait(30)

    def first():
        storing.begin(
            period=period,
            kind=ImportKind.DOSSIERS,
            file=io.BytesIO(dossier_list(ROWS)),
            name="ds.xlsx",
            actor=clerk,
            on_progress=wait,
        )
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert reading.wait(30)
    with pytest.raises(storing.Busy, match="Lê Thị Hoa đang nhập một tệp từ lúc"):
        begin(period, None)
    may_go_on.set()
    thread.join()
    assert [run.state for run in ImportRun.objects.all()] == [ImportState.READY]
    assert begin(period, None).state == ImportState.READY


@pytest.mark.parametrize("file", [dossier_list(ROWS), b"not a workbook"])
def test_a_file_whose_period_is_deleted_while_it_is_read_is_refused(
    period, file, monkeypatch
):
    read = storing._read

    def read_while_it_is_deleted(*arguments):
        workflow.delete_period(period=Period.objects.get(pk=period.pk), actor=None)
        return read(*arguments)

    monkeypatch.setattr(storing, "_read", read_while_it_is_deleted)
    with pytest.raises(storing.Gone, match="vừa bị xóa"):
        begin(period, None, file=file)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("step", [storing.confirm, storing.cancel, storing.undo])
def test_a_preview_whose_period_was_deleted_can_only_be_brought_again(period, clerk, step):
    run = begin(period, clerk)
    workflow.delete_period(period=Period.objects.get(pk=period.pk), actor=None)
    with pytest.raises(storing.Gone, match="vừa bị xóa"):
        step(run=run, actor=clerk)


@pytest.mark.django_db(transaction=True)
def test_of_two_yeses_at_once_one_stores(period, clerk):
    run = begin(period, clerk)
    start, outcomes = threading.Barrier(2), []

    def answer():
        start.wait()
        try:
            storing.confirm(run=ImportRun.objects.get(pk=run.pk), actor=clerk)
            outcomes.append("stored")
        except Refused:
            outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "stored"]
    assert Dossier.objects.count() == 2


_DIES = """
import os, sys, django
django.setup()
from procedures.imports import storing
from procedures.models import ImportRun
step = getattr(storing, sys.argv[2])
def stop(*arguments, **options):
    result = step(*arguments, **options)
    print("now", flush=True)
    sys.stdin.read()
    return result
setattr(storing, sys.argv[2], stop)
storing.confirm(run=ImportRun.objects.get(pk=sys.argv[1]), actor=None)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["preview", "_insert", "remember"])
def test_a_process_that_is_killed_while_it_stores_leaves_nothing(period, step):
    run = begin(period, None)
    address = urlsplit(os.environ["DATABASE_URL"])
    test_database = urlunsplit(
        address._replace(path=f"/{connection.settings_dict['NAME']}")
    )
    with subprocess.Popen(
        [sys.executable, "-c", _DIES, str(run.pk), step],
        env=os.environ
        | {
            "DATABASE_URL": test_database,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        },
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGKILL)
    assert figures_of(period) == {}
    assert not Dossier.objects.exists()
    run.refresh_from_db()
    assert run.state == ImportState.READY
    storing.confirm(run=run, actor=None)
    assert figures_of(period) == FIGURES


def test_a_reading_that_was_killed_is_given_up_by_the_next(period, clerk):
    dead = factory.make_run(period=period, state=ImportState.READING)
    begin(period, clerk)
    dead.refresh_from_db()
    assert dead.state == ImportState.FAILED
    assert "ngắt giữa chừng" in dead.failure


def test_a_reading_without_an_end_is_given_up_after_an_hour(period):
    dead = factory.make_run(period=period, state=ImportState.READING)
    now = timezone.now()
    assert storing.expire_drafts(now=now + timedelta(minutes=59)) == 0
    assert storing.expire_drafts(now=now + timedelta(minutes=61)) == 1
    dead.refresh_from_db()
    assert dead.state == ImportState.FAILED


def test_a_run_that_is_cancelled_while_it_is_read_stays_cancelled(period, clerk):
    def cancel(*progress):
        run = ImportRun.objects.get()
        if run.state == ImportState.READING:
            storing.cancel(run=run, actor=clerk)

    run = storing.begin(
        period=period,
        kind=ImportKind.DOSSIERS,
        file=io.BytesIO(dossier_list(ROWS)),
        name="ds.xlsx",
        actor=clerk,
        on_progress=cancel,
    )
    assert run.state == ImportState.CANCELLED
    assert not ImportDraft.objects.exists()


# --- Undoing ----------------------------------------------------------------------------


def test_undoing_the_first_import_empties_the_draft(period, clerk):
    run = imported(period, clerk)
    storing.undo(run=run, actor=clerk)
    assert run.state == ImportState.UNDONE
    assert figures_of(period) == {}
    assert (period.head.source, period.head.run) == (Source.MANUAL, None)
    assert not Dossier.objects.exists()


def test_undoing_puts_figures_entered_by_hand_back(period, clerk, copies):
    by_hand = [SheetRow(copies.field, FIGURES["Chứng thực"], "Nhập thiếu kỳ trước.")]
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=by_hand,
        details=Details(note="Đã đối chiếu.", as_of=date(2024, 1, 15)),
    )
    # The same figures by chance: what was entered must not pass for what was counted.
    run = imported(period, clerk, ROWS[:2])
    storing.undo(run=run, actor=clerk)
    period.refresh_from_db()
    assert workflow.rows_of(period.head) == by_hand
    assert (period.head.source, period.head.run) == (Source.MANUAL, None)
    assert (period.head.note, period.head.as_of) == ("Đã đối chiếu.", date(2024, 1, 15))
    assert not period.head.procedure_figures.exists()


def test_undoing_puts_the_import_before_back(period, clerk, copies):
    first = imported(period, clerk)
    times = list(period.head.sheets.values_list("field", "times__bucket", "times__count"))
    second = imported(period, clerk, [dossier(1)])
    storing.undo(run=second, actor=clerk)
    assert figures_of(period) == FIGURES
    assert period.head.run == first
    assert Dossier.objects.of(period.head).count() == 2
    assert period.head.procedure_figures.get().procedure == copies
    assert times == list(
        period.head.sheets.values_list("field", "times__bucket", "times__count")
    )
    storing.undo(run=first, actor=clerk)
    assert figures_of(period) == {}


def test_only_the_last_import_can_be_undone(period, clerk):
    first = imported(period, clerk)
    imported(period, clerk, [dossier(1)])
    with pytest.raises(Refused, match="Hãy hoàn tác lần nhập sau trước"):
        storing.undo(run=first, actor=clerk)
    with pytest.raises(Refused, match="không có gì để hoàn tác"):
        storing.undo(run=begin(period, clerk), actor=clerk)


def test_undoing_an_unapproved_correction_leaves_what_readers_see(period, clerk, approver):
    imported(period, clerk)
    publish(period, approver)
    run = imported(period, clerk, [dossier(1)])
    assert (period.head.number, period.approved.number) == (2, 1)
    assert period.head.correction_note == ""
    storing.undo(run=run, actor=clerk)
    assert figures_of(period) == FIGURES
    assert period.head == period.approved
    assert run.state == ImportState.UNDONE
    assert not run.dossiers.exists()


def test_undoing_an_approved_import_begins_a_correction(period, clerk, approver, copies):
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[SheetRow(copies.field, Figures(received_direct=1, resolved_early=1))],
        details=Details(),
    )
    publish(period, approver)
    run = imported(period, clerk)
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=workflow.rows_of(period.head),
        details=Details(correction_note="Đếm lại từ danh sách."),
    )
    workflow.submit(period=period, actor=clerk)
    workflow.approve(period=period, actor=approver, number=2, revision=period.head.revision)
    edition = storing.undo(run=run, actor=clerk)
    assert edition.number == 3
    assert edition.correction_note == "Trở về số liệu của bản 1."
    assert figures_of(period) == {
        "Chứng thực": Figures(received_direct=1, resolved_early=1)
    }
    assert {row.field.name for row in workflow.rows_of(period.approved)} == set(FIGURES)
    assert Dossier.objects.of(period.approved).count() == 2


def test_an_import_that_was_the_first_publication_says_what_to_do_instead(
    period, clerk, approver
):
    run = imported(period, clerk)
    publish(period, approver)
    with pytest.raises(Refused, match="không có bản trước để trở về"):
        storing.undo(run=run, actor=clerk)
    assert figures_of(period) == FIGURES


def test_the_dossiers_of_a_field_are_those_of_the_sheet(period, clerk):
    imported(period, clerk)
    for field in Field.objects.filter(totals_only=False):
        sheet = period.head.sheets.get(field=field)
        assert Dossier.objects.filter(field=field).count() == sheet.received
