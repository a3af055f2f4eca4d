"""The import wizard: choose a file, match its columns, look, confirm; the list of imports."""

import io
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from portal import roles, uploads
from procedures import import_admin
from procedures.imports import storing
from procedures.models import (
    Channel,
    Dossier,
    ImportDraft,
    ImportKind,
    ImportLayout,
    ImportRun,
    ImportState,
    NameMatch,
    Period,
    PeriodStatus,
    Stage,
)
from tests import factory
from tests.procedures.imports.workbooks import SECRETS, dossier_list, form

pytestmark = pytest.mark.django_db

ADD = reverse("admin:procedures_importrun_add")
LIST = reverse("admin:procedures_importrun_changelist")
COPIES = "Chứng thực bản sao từ bản chính"


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK])


@pytest.fixture
def period():
    return factory.make_period(status=PeriodStatus.DRAFT)


@pytest.fixture
def copies():
    """The one procedure of the catalogue, in the lĩnh vực Chứng thực."""
    field = factory.make_field(name="Chứng thực", order=1)
    return factory.make_procedure(code="2.000815", name=COPIES, field=field)


@pytest.fixture
def desk(client, clerk, period, copies):
    """The browser of the clerk, with a period and a procedure to import for."""
    client.force_login(clerk)
    return client


def _row(number=1, **cells):
    """Return a dossier of the period that was resolved before its due day."""
    return {
        "code": f"000.17.22.H56-231218-{number:04}",
        "procedure_name": COPIES,
        "field_name": "Chứng thực",
        "received_on": date(2023, 12, 18),
        "due_on": date(2023, 12, 25),
        "finished_on": date(2023, 12, 22),
        "channel": "Trực tiếp",
        "status": "Đã trả kết quả",
    } | cells


def _rows(number=3):
    return [_row(each) for each in range(1, number + 1)]


def _send(client, content, *, name="danh-sach.xlsx", kind=ImportKind.DOSSIERS, **more):
    said = {
        "period": more.pop("period", "2024-T01"),
        "kind": kind,
        "file": SimpleUploadedFile(name, content),
    }
    return client.post(ADD, said, **more)


def _sent(client, rows, **options):
    """Send a list with `rows` and return its run."""
    response = _send(client, dossier_list(rows, **options))
    assert response.status_code == 302, response.content.decode()
    return ImportRun.objects.newest()[0]


def _page(client, page, run):
    return client.get(import_admin._url(page, run))


def _html(client, page, run):
    return _page(client, page, run).content.decode()


def _matched(client, run, **said):
    """Send the form of the columns as the page offers it, changed by `said`."""
    form = _page(client, "columns", run).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | said
    return client.post(import_admin._url("columns", run), values)


def _step(client, run, step):
    return client.post(import_admin._url("step", run), {"step": step})


def _told(client, address=LIST):
    """Return what the next page tells, which shows each message once."""
    return [str(message) for message in client.get(address).context["messages"]]


# --- 1. The file ----------------------------------------------------------------------


def test_only_people_with_the_right_reach_the_wizard(client, period):
    run = factory.make_run(period=period)
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    assert client.get(ADD).status_code == 403
    assert _send(client, b"").status_code == 403
    assert _page(client, "progress", None).status_code == 403
    assert _step(client, run, "undo").status_code == 403
    assert _page(client, "change", run).status_code == 200


@time_machine.travel("2024-02-20 09:00 +0700")
def test_the_form_begins_with_the_period_that_is_due_made_or_not(desk, period):
    factory.publish_head(period)
    response = desk.get(ADD)
    form = response.context["form"]
    assert form["period"].value() == "2024-T02"
    titles = [title for title, _ in form.fields["period"].choices]
    assert titles == ["Kỳ chưa lập", "Kỳ đã lập"]
    assert "đã công khai, nhập tệp là đính chính" in response.content.decode()


def test_the_address_may_name_period_and_kind_and_nonsense_is_ignored(desk):
    form = desk.get(f"{ADD}?ky=2024-T01&loai=bieu").context["form"]
    assert (form["period"].value(), form["kind"].value()) == ("2024-T01", "bieu")
    form = desk.get(f"{ADD}?ky=x&loai=y").context["form"]
    assert form["kind"].value() == ImportKind.DOSSIERS


def test_a_sent_file_is_read_and_its_columns_are_shown_next(desk, clerk, period):
    response = _send(desk, dossier_list(_rows()))
    run = ImportRun.objects.get()
    assert response["Location"] == import_admin._url("columns", run)
    assert (run.state, run.created_by, run.period) == (ImportState.READY, clerk, period)
    assert run.rows_read == 3


def test_what_is_not_answered_is_asked_for_by_name(desk):
    html = desk.post(ADD, {}).content.decode()
    assert "Hãy chọn kỳ mà tệp này nói về." in html
    assert "Hãy chọn tệp này là danh sách hồ sơ hay Biểu II.06a." in html
    assert "Hãy chọn tệp cần nhập." in html


def test_a_script_is_answered_with_the_address_or_the_reasons(desk):
    accept = {"headers": {"Accept": "application/json"}}
    answer = _send(desk, dossier_list(_rows()), **accept)
    assert answer.json() == {"url": import_admin._url("columns", ImportRun.objects.get())}
    answer = _send(desk, b"PK\x03\x04 nonsense", **accept)
    assert answer.status_code == 422
    assert "Tệp bị hỏng" in answer.json()["errors"][0]
    assert desk.post(ADD, {}, **accept).json()["errors"][0].startswith("Hãy chọn")


@time_machine.travel("2024-02-20 09:00 +0700")
def test_a_period_that_is_not_there_yet_is_made_with_the_import(desk, period):
    _send(desk, dossier_list(_rows()), period="2024-T02")
    made = Period.objects.get(code="2024-T02")
    assert ImportRun.objects.get().period == made
    assert (made.starts_on, made.ends_on) == (date(2024, 1, 15), date(2024, 2, 14))


@time_machine.travel("2024-02-20 09:00 +0700")
def test_a_period_whose_days_are_taken_is_refused_in_words(desk, period):
    factory.make_period(
        code="2024-T03",
        starts_on=date(2024, 2, 1),
        ends_on=date(2024, 3, 14),
        status="nhap",
    )
    response = _send(desk, dossier_list(_rows()), period="2024-T02")
    assert "Khoảng ngày trùng với một kỳ khác" in response.content.decode()
    assert not ImportRun.objects.exists()


def test_a_file_that_cannot_be_read_leaves_the_form_as_it_was(desk):
    response = _send(desk, b"%PDF-1.7", name="bao-cao.pdf", kind=ImportKind.RESULTS)
    assert response.status_code == 200
    form = response.context["form"]
    assert (form["period"].value(), form["kind"].value()) == ("2024-T01", "bieu")
    run = ImportRun.objects.get()
    assert run.state == ImportState.FAILED
    assert form.errors["file"] == [run.failure]
    assert run.failure in _html(desk, "change", run)


@pytest.fixture
def someone_imports(period):
    """Somebody else's file is being read, in a session of its own."""
    colleague = factory.make_user(last_name="Trần Văn", first_name="Bình")
    factory.make_run(period=period, state=ImportState.READING, created_by=colleague)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [storing._LOCK])
    yield
    other.close()


def test_while_somebody_else_imports_the_form_says_who_and_since_when(
    desk, someone_imports
):
    assert "Trần Văn Bình đang nhập một tệp từ lúc" in desk.get(ADD).content.decode()
    response = _send(desk, dossier_list(_rows()))
    assert response.status_code == 409
    assert (
        "Trần Văn Bình đang nhập một tệp" in response.context["form"].non_field_errors()[0]
    )


def test_progress_is_that_of_ones_own_file(desk, clerk, period):
    progress = {"step": "Đang đọc các dòng", "done": 20, "total": 100}
    factory.make_run(period=period, state=ImportState.READING, progress=progress)
    address = reverse("admin:procedures_importrun_progress")
    assert desk.get(address).json()["total"] is None
    factory.make_run(
        period=period, state=ImportState.READING, progress=progress, created_by=clerk
    )
    assert desk.get(address).json() == {
        "sentence": "Đang đọc các dòng",
        "done": 20,
        "total": 100,
    }


# --- 2. The columns -------------------------------------------------------------------


def test_private_columns_are_shown_as_dropped_and_cannot_be_chosen(desk):
    run = _sent(desk, _rows())
    html = _html(desk, "columns", run)
    assert html.count("Riêng tư: đã bỏ, không lưu") == 4
    assert not [secret for secret in SECRETS.values() if secret in html]
    form = _page(desk, "columns", run).context["form"]
    private = [c for c in form.columns() if c["is_private"]]
    assert {c["input"] for c in private} == {None}
    letter = private[0]["heading"].letter
    _matched(desk, run, **{f"column_{letter}": "code"})
    assert letter not in storing.staged_of(run).mapping.values()


def test_a_column_may_be_left_out_and_the_page_says_what_is_missing_then(desk):
    run = _sent(desk, _rows())
    letter = run.mapping["finished_on"]
    response = _matched(desk, run, **{f"column_{letter}": ""})
    assert response["Location"] == import_admin._url("change", run)
    run.refresh_from_db()
    assert "finished_on" not in run.mapping
    assert "Không tìm thấy cột “Ngày trả kết quả”" in _html(desk, "columns", run)
    assert "Xác nhận, ghi" not in _html(desk, "change", run)


def test_every_required_column_can_be_left_out_without_an_error_page(desk):
    run = _sent(desk, _rows())
    left_out = {f"column_{letter}": "" for letter in run.mapping.values()}
    assert _matched(desk, run, **left_out).status_code == 302
    assert _page(desk, "change", run).status_code == 200


def test_two_columns_with_one_meaning_are_refused_by_name(desk):
    run = _sent(desk, _rows())
    due, finished = run.mapping["due_on"], run.mapping["finished_on"]
    response = _matched(desk, run, **{f"column_{due}": "finished_on"})
    sentence = f"Cột {due} và cột {finished} cùng được chọn làm “Ngày trả kết quả”"
    assert sentence in response.content.decode()


def test_a_choice_of_columns_is_remembered_for_the_same_layout(desk):
    run = _sent(desk, _rows())
    due, finished = run.mapping["due_on"], run.mapping["finished_on"]
    swapped = {f"column_{due}": "finished_on", f"column_{finished}": "due_on"}
    _matched(desk, run, **swapped)
    _step(desk, run, "confirm")
    assert ImportLayout.objects.get().mapping["due_on"] == finished
    again = _sent(desk, _rows(4))
    assert again.mapping["due_on"] == finished


def test_what_the_file_does_not_say_is_asked_and_used(desk):
    columns = ["number", "code", "procedure_name", "received_on", "due_on", "finished_on"]
    run = _sent(desk, _rows(), columns=columns)
    assert "default_channel" in _page(desk, "columns", run).context["form"].fields
    _matched(desk, run, default_channel=Channel.ONLINE, as_of="2024-01-15")
    _step(desk, run, "confirm")
    period = Period.objects.get()
    assert [sheet.received_online for sheet in period.head.sheets.all()] == [3]
    assert period.head.as_of == date(2024, 1, 15)


@pytest.mark.parametrize("day", ["2023-12-01", "2999-01-01", "hôm qua"])
def test_a_day_on_which_no_file_can_have_been_made_is_refused(desk, day):
    run = _sent(desk, _rows())
    response = _matched(desk, run, as_of=day)
    assert response.context["form"].errors["as_of"]


def test_a_name_that_the_catalogue_lacks_is_asked_once_and_remembered(desk, copies):
    unknown = "Chứng thực bản sao bản chính (1 bản)"
    run = _sent(desk, [_row(procedure_name=unknown), _row(2)])
    form = _page(desk, "columns", run).context["form"]
    ((unmatched, field),) = form.names()
    assert (unmatched.text, unmatched.rows) == (unknown, 1)
    title, alike = form.fields[field.name].choices[1]
    assert title == "Gần giống nhất"
    assert alike == [(copies.pk, f"2.000815 {COPIES}")]
    _matched(desk, run, **{field.name: copies.pk})
    _step(desk, run, "confirm")
    assert NameMatch.objects.get().procedure == copies
    again = _sent(desk, [_row(procedure_name=unknown)])
    assert _page(desk, "columns", again).context["form"].names() == []


def test_an_answer_can_be_changed_before_confirming(desk, copies):
    other = factory.make_procedure(name="Chứng thực chữ ký", field=copies.field)
    run = _sent(desk, [_row(procedure_name="Chứng thực lưu động")])
    ((_, field),) = _page(desk, "columns", run).context["form"].names()
    _matched(desk, run, **{field.name: copies.pk})
    ((_, field),) = _page(desk, "columns", run).context["form"].names()
    assert field.value() == copies.pk
    _matched(desk, run, **{field.name: other.pk})
    run.refresh_from_db()
    ((procedure, _),) = storing.preview(run).procedure_rows
    assert procedure == other


def test_a_lĩnh_vực_of_the_form_is_matched_likewise(desk, copies):
    figures = {"received": 2, "received_direct": 2, "resolved": 2, "resolved_early": 2}
    content = form([{"field_name": "Chứng thực, tư pháp"} | figures])
    _send(desk, content, kind=ImportKind.RESULTS)
    run = ImportRun.objects.get()
    ((_, field),) = _page(desk, "columns", run).context["form"].names()
    _matched(desk, run, **{field.name: copies.field_id})
    assert _step(desk, run, "confirm")["Location"].endswith(f"/{run.period_id}/change/")
    assert NameMatch.objects.get().field == copies.field


def test_many_unknown_names_are_asked_about_in_parts(desk, monkeypatch):
    monkeypatch.setattr("procedures.import_forms.MOST_NAMES", 2)
    run = _sent(desk, [_row(n, procedure_name=f"Việc số {n}") for n in range(1, 5)])
    form = _page(desk, "columns", run).context["form"]
    assert len(form.names()) == 2
    assert "trả lời xong sẽ hỏi tiếp" in _html(desk, "columns", run)


# --- 3. The preview -------------------------------------------------------------------


def test_each_bad_row_is_named_and_nothing_can_be_confirmed(desk):
    bad = [
        _row(1, received_on="31/02/2024"),
        _row(2, finished_on=date(2023, 12, 1)),
        _row(3, status="Đang đợi sếp"),
        _row(4),
    ]
    run = _sent(desk, bad)
    response = _page(desk, "change", run)
    html = response.content.decode()
    assert "Còn 3 chỗ phải sửa" in html
    assert "Xác nhận, ghi" not in html
    rows = [
        problem.row for g in response.context["problem_groups"] for problem, _ in g["rows"]
    ]
    assert sorted(rows) == [8, 9, 10]
    assert "31/02/2024" in html
    _step(desk, run, "confirm")
    assert _told(desk)[0].startswith("Tệp còn 3 chỗ phải sửa")
    assert not Dossier.objects.exists()


def test_the_workbook_of_problems_is_for_the_one_who_brought_the_file(desk):
    run = _sent(desk, [_row(1, status="Đang đợi sếp"), _row(2)])
    content = _page(desk, "problems", run).getvalue()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert [row[:3] for row in rows.to_python()[1:]] == [["Phải sửa", "DS ho so", 8.0]]
    desk.force_login(factory.make_user(roles=[roles.PROCEDURES_CLERK]))
    assert _page(desk, "problems", run).status_code == 403
    assert _page(desk, "columns", run).status_code == 403
    assert "Đang đợi" not in _html(desk, "change", run)


def test_many_problems_of_a_kind_are_capped_with_their_number(desk, monkeypatch):
    monkeypatch.setattr(import_admin, "MOST_IN_GROUP", 2)
    run = _sent(desk, [_row(n, status="Đang đợi") for n in range(1, 6)])
    response = _page(desk, "change", run)
    (group,) = response.context["problem_groups"]
    assert (group["count"], group["more"], len(group["rows"])) == (5, 3, 2)
    assert group["title"] == "“…” không phải một trạng thái hồ sơ."
    assert "Còn 3 chỗ nữa như thế" in response.content.decode()


def test_the_preview_shows_what_would_change(desk, period, copies):
    gone = factory.make_field(name="Đất đai", order=2)
    factory.make_sheet(
        period=period, field=copies.field, received_direct=1, resolved_early=1
    )
    factory.make_sheet(period=period, field=gone, received_direct=5, resolved_early=5)
    run = _sent(desk, _rows())
    response = _page(desk, "change", run)
    kept, dropped = response.context["figures"].rows
    figures = {cell.column.number: (cell.old, cell.new) for cell in kept.cells}
    assert (figures[3], figures[8]) == ((1, 3), (1, 3))
    assert (dropped.field, dropped.is_gone) == (gone, True)
    html = response.content.decode()
    assert "Số liệu đang nhập của kỳ sẽ được thay" in html
    assert "gạch đi" in html


def test_the_preview_counts_rows_by_status_and_says_which_do_not_count(desk):
    later = _row(
        3, received_on=date(2024, 1, 20), due_on=date(2024, 1, 25), finished_on=None
    )
    run = _sent(desk, [*_rows(2), later | {"status": "Đang xử lý"}])
    context = _page(desk, "change", run).context
    assert context["statuses"] == [("Đang xử lý", 1), ("Đã trả kết quả", 2)]
    assert context["not_counted"] == [("nhận sau ngày cuối kỳ", 1)]


def test_a_published_period_is_told_to_get_a_correction(desk, period):
    factory.publish_head(period)
    run = _sent(desk, _rows())
    assert "sẽ lập một bản đính chính" in _html(desk, "change", run)


def test_a_preview_is_over_after_its_hour(desk):
    run = _sent(desk, _rows())
    ImportDraft.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "chỉ được giữ một giờ" in _html(desk, "change", run)
    assert _page(desk, "columns", run).status_code == 302
    assert _page(desk, "problems", run).status_code == 302


# --- 4. The answer --------------------------------------------------------------------


def test_confirming_leads_to_the_sheet_of_the_period(desk, period):
    run = _sent(desk, _rows())
    response = _step(desk, run, "confirm")
    assert response["Location"] == reverse(
        "admin:procedures_period_change", args=[period.pk]
    )
    assert Dossier.objects.filter(run=run).count() == 3
    period.refresh_from_db()
    assert (period.stage, period.head.run) == (Stage.DRAFT, run)
    assert _told(desk)[0].startswith("Đã nhập 3 hồ sơ của tệp “danh-sach.xlsx”")


def test_pressing_confirm_twice_does_no_more_than_once(desk, period):
    run = _sent(desk, _rows())
    first = _step(desk, run, "confirm")
    period.refresh_from_db()
    revision = period.head.revision
    assert _step(desk, run, "confirm")["Location"] == first["Location"]
    assert set(_told(desk)) == {
        "Đã nhập 3 hồ sơ của tệp “danh-sach.xlsx” vào Tháng 01/2024. Hãy xem lại bảng rồi "
        "gửi duyệt."
    }
    period.head.refresh_from_db()
    assert period.head.revision == revision


def test_the_same_file_again_says_that_nothing_changes(desk):
    content = dossier_list(_rows())
    _send(desk, content)
    _step(desk, ImportRun.objects.get(), "confirm")
    _send(desk, content)
    run = ImportRun.objects.newest()[0]
    html = _html(desk, "change", run)
    assert "Không có thay đổi" in html
    assert "Xác nhận, ghi" not in html
    desk.get(LIST)
    _step(desk, run, "confirm")
    assert _told(desk) == ["Không có thay đổi: kỳ này đã có đúng số liệu của tệp này."]


def test_figures_saved_since_the_preview_send_back_to_the_columns(desk, period):
    run = _sent(desk, _rows())
    type(period.head).objects.update(revision=7)
    assert _step(desk, run, "confirm")["Location"] == import_admin._url("columns", run)
    _matched(desk, run)
    assert "/period/" in _step(desk, run, "confirm")["Location"]


def test_cancelling_throws_the_draft_away(desk):
    run = _sent(desk, _rows())
    _step(desk, run, "cancel")
    run.refresh_from_db()
    assert run.state == ImportState.CANCELLED
    assert not ImportDraft.objects.exists()
    assert _page(desk, "columns", run)["Location"] == import_admin._url("change", run)


def test_an_import_is_undone_from_its_page(desk, period):
    run = _sent(desk, _rows())
    _step(desk, run, "confirm")
    assert "Đúng, hoàn tác cả lần nhập" in _html(desk, "change", run)
    _step(desk, run, "undo")
    run.refresh_from_db()
    assert run.state == ImportState.UNDONE
    assert not Dossier.objects.exists()
    assert "Đúng, hoàn tác" not in _html(desk, "change", run)


def test_a_colleague_cannot_confirm_but_may_throw_away_what_was_left(desk):
    run = _sent(desk, _rows())
    desk.force_login(factory.make_user(roles=[roles.PROCEDURES_CLERK]))
    _step(desk, run, "confirm")
    assert _told(desk)[0].startswith("Chỉ người tải tệp lên")
    assert "Hủy lần nhập này" in _html(desk, "change", run)
    _step(desk, run, "cancel")
    run.refresh_from_db()
    assert run.state == ImportState.CANCELLED


# --- The list and hostile addresses ---------------------------------------------------


def test_the_list_says_who_when_what_and_with_which_fingerprint(desk, clerk, period):
    run = factory.make_run(period=period, created_by=clerk, sha256="ab" * 32)
    older = factory.make_run(period=period)
    type(period.head).objects.update(run=run, source="ho-so")
    html = desk.get(LIST).content.decode()
    assert "<code>abababab</code>" in html
    assert run.file_name in html
    assert "Lê Thị Hoa" in html
    assert f'{import_admin._url("change", run)}#hoan-tac">Hoàn tác' in html
    assert html.count("#hoan-tac") == 1
    assert "không còn gì để hoàn tác" in _html(desk, "change", older)


def test_nothing_is_offered_to_go_back_to_from_the_first_edition_that_readers_saw(
    desk, clerk, period
):
    run = factory.make_run(period=period, created_by=clerk)
    type(period.head).objects.update(run=run, source="ho-so")
    period.refresh_from_db()
    factory.publish_head(period)
    assert "#hoan-tac" not in desk.get(LIST).content.decode()


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "1_2F"])
def test_an_unknown_run_is_not_found(desk, key):
    assert desk.get(f"{LIST}{key}/change/").status_code == 404


def test_an_unknown_step_and_a_posted_page_are_refused(desk, period):
    run = factory.make_run(period=period)
    assert _step(desk, run, "delete").status_code == 404
    assert desk.post(import_admin._url("change", run)).status_code == 403
    assert desk.get(import_admin._url("step", run)).status_code == 405


def test_nonsense_in_the_forms_is_answered_with_the_form(desk):
    response = desk.post(ADD, {"period": "9999-T99", "kind": "\x00", "file": "text"})
    assert response.status_code == 200
    run = _sent(desk, _rows())
    response = _matched(desk, run, column_B="received", as_of="\x00")
    assert response.status_code == 200


def test_a_file_with_private_columns_never_touches_the_disk(desk, period, monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("a private file was written to a temporary folder")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", forbidden)
    rows = "\n".join(f"{number};Nguyễn Thị Bí Mật" for number in range(200_000))
    large = SimpleUploadedFile("lon.csv", rows.encode())
    assert large.size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    answer = desk.post(ADD, {"period": period.code, "kind": "ho-so", "file": large})
    assert answer.status_code == 200
    assert ImportRun.objects.get().state == ImportState.FAILED


def test_a_file_too_large_to_be_kept_in_memory_is_refused_before_it_is_read(desk, period):
    huge = SimpleUploadedFile("lon.csv", b"0" * (uploads.MEMORY_BODY + 1))
    answer = desk.post(ADD, {"period": period.code, "kind": "ho-so", "file": huge})
    assert answer.status_code == 413
    assert "tối đa 25 MB" in answer.content.decode()
    assert not ImportRun.objects.exists()


@time_machine.travel("2024-02-20 09:00 +0700")
def test_a_file_that_cannot_be_read_leaves_no_empty_period(desk, period):
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    answer = desk.post(ADD, {"period": "2024-T02", "kind": "ho-so", "file": pdf})
    assert "PDF" in answer.content.decode()
    assert [each.code for each in Period.objects.all()] == [period.code]
