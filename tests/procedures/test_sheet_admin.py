"""The page on which a sheet is typed in: nothing typed is lost, every mistake is named."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal import roles
from portal.attachments import Attachment
from procedures import workflow
from procedures.figures import Figures
from procedures.models import (
    OverdueReason,
    Period,
    PeriodStatus,
    ResultSheet,
    Source,
    Stage,
)
from procedures.periods import Kind
from procedures.workflow import Details, SheetRow
from tests import factory
from tests.portal.documents import pdf

pytestmark = pytest.mark.django_db

ADD = reverse("admin:procedures_period_add")
NOW = datetime(2024, 3, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk(client):
    user = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    client.force_login(user)
    return user


def _form(page):
    """Return what the browser would send back: every input and chosen option of the page."""
    entry = page.context["entry"]
    forms = [entry.rows.management_form, *entry.rows.forms, entry.details]
    forms += [entry.period] if entry.period else []
    return {
        bound.html_name: "" if bound.value() is None else _as_sent(bound.value())
        for form in forms
        for bound in form
        if bound.name not in ("DELETE", "new_signed_file")
    }


def _as_sent(value):
    return getattr(value, "pk", None) or value


def _row(number, **figures):
    return {f"rows-{number}-{key}": value for key, value in figures.items()}


def _mistakes(page):
    return [sentence for _, sentence in page.context["entry"].mistakes]


def _said(page):
    return [str(message) for message in page.context["messages"]]


def _new(client, *, code="2024-T01", **values):
    return client.post(ADD, _form(client.get(ADD)) | {"code": code} | values, follow=True)


def _change(period):
    return reverse("admin:procedures_period_change", args=[period.pk])


def _save(client, period, **values):
    address = _change(period)
    return client.post(address, _form(client.get(address)) | values, follow=True)


def _draft(actor, *rows, code="2024-T01", **details):
    period = factory.make_period(code=code, status=PeriodStatus.DRAFT)
    workflow.save_sheet(period=period, actor=actor, rows=rows, details=Details(**details))
    return period


def _on_time(field, number=12, **options):
    return SheetRow(
        field, Figures(received_direct=number, resolved_on_time=number), **options
    )


# --- A new period -------------------------------------------------------------------------------


def test_a_clerk_enters_a_period_with_its_sheet(client, clerk):
    field = factory.make_field(name="Hộ tịch")
    row = {"received_online": "4", "received_direct": "1.200", "resolved_on_time": " 1204 "}
    page = _new(client, **_row(0, field=field.pk, **row))
    assert page.redirect_chain, _mistakes(page)
    period = Period.objects.get()
    assert (period.kind, period.status) == (Kind.MONTH, PeriodStatus.DRAFT)
    assert period.label == "Tháng 01/2024 (15/12/2023–14/01/2024)"
    sheet = period.head.sheets.get()
    assert (sheet.received_direct, sheet.resolved, sheet.pending) == (1200, 1204, 0)


def test_the_grid_has_the_columns_of_the_official_form(client, clerk):
    factory.make_field()
    html = client.get(ADD).content.decode()
    numbers = re.findall(r"<td>\((\d+)\)</td>", html)
    assert numbers == [str(number) for number in range(2, 14)]
    inputs = re.findall(r"<input[^>]*sheet__figure[^>]*>", html)
    assert len(inputs) == 16  # eight columns of one empty row, and of the row to copy
    assert all("aria-label=" in each for each in inputs)


def test_a_new_period_offers_the_next_code_and_the_rows_of_the_last(client, clerk):
    last = factory.make_period(code="2024-T01")
    fields = [factory.make_field(name=name) for name in ("Chứng thực", "Hộ tịch")]
    for field in fields:
        factory.make_sheet(period=last, field=field)
    page = client.get(ADD)
    offered = _form(page)
    assert (offered["code"], offered["rule"]) == ("2024-T02", "bao-cao")
    assert "15/01/2024" in page.content.decode()
    rows = [
        (offered[f"rows-{number}-field"], offered[f"rows-{number}-carried_over"])
        for number in range(2)
    ]
    assert rows == [(field.pk, 2) for field in fields]


def test_the_rows_of_another_code_are_filled_in_on_demand(client, clerk):
    field = factory.make_field()
    factory.make_sheet(period=factory.make_period(code="2023-Q4"), field=field)
    factory.make_period(code="2023-T12")
    asked = {"code": "2024-Q1", "rule": "bao-cao", "_refill": "1"}
    page = client.post(ADD, asked, follow=True)
    assert _form(page)["code"] == "2024-Q1"
    assert _form(page)["rows-0-field"] == field.pk


@pytest.mark.parametrize("query", ["?code=x", "?rule=x", "?code=2024-Q1&rule=duong-lich"])
def test_the_add_page_takes_any_query(client, clerk, query):
    assert client.get(ADD + query).status_code == 200


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"code": "2024-13"}, "không phải mã kỳ"),
        ({"code": "2024-T01-DL"}, "Đuôi -DL chỉ dùng"),
        ({"code": "2024-T02"}, "trùng với một kỳ khác cùng loại"),
        ({"code": "2024-T01", "starts_on": "15/02/2024"}, "Ngày đầu kỳ phải trước"),
        ({"code": "2024-T01", "ends_on": "14/01/2025"}, "phải thuộc năm ghi trong mã kỳ"),
        ({"code": "2024-T01", "ends_on": "hôm qua"}, "Đến ngày"),
        ({"code": "2024-T01", "rule": "am-lich"}, "Cách tính kỳ"),
        ({"code": "2024-T05"}, "Mã kỳ"),
    ],
)
def test_a_contradictory_period_is_explained_and_the_rows_stay(
    client, clerk, values, words
):
    factory.make_period(
        code="2024-T05",
        starts_on="2024-01-15",
        ends_on="2024-02-14",
        published_at=None,
        status=PeriodStatus.DRAFT,
    )
    field = factory.make_field()
    row = _row(0, field=field.pk, received_online="7", resolved_early="7")
    page = _new(client, **{"rule": "bao-cao"} | values | row)
    assert page.status_code == 200
    assert words in " ".join(_mistakes(page))
    assert _form(page)["rows-0-received_online"] == "7"
    assert Period.objects.count() == 1


# --- Mistakes ---------------------------------------------------------------------------------


def test_a_broken_identity_is_named_and_everything_typed_is_kept(client, clerk):
    field = factory.make_field(name="Hộ tịch")
    row = {"received_online": "12", "resolved_on_time": "9", "pending_in_time": "2"}
    page = _new(
        client, **_row(0, field=field.pk, **row), **{"details-note": "Chờ số liệu."}
    )
    (sentence,) = _mistakes(page)
    assert sentence == (
        "Dòng 1, lĩnh vực Hộ tịch: cột 3 (4+5+6 = 12) phải bằng cột 7 + cột 11 (= 11); đang "
        "thiếu 1 hồ sơ ở các cột 8, 9, 10, 12, 13."
    )
    assert page.context["entry"].rows.forms[0].is_broken
    kept = _form(page)
    assert {key: kept[f"rows-0-{key}"] for key in row} == row
    assert kept["details-note"] == "Chờ số liệu."
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"received_online": "-1"}, "cột 4"),
        ({"received_online": "1000000"}, "cột 4"),
        ({"resolved_late": "99999999999999999999"}, "cột 10"),
        ({"received_online": "mười"}, "cột 4"),
        ({"received_online": "1.5"}, "cột 4"),
        ({"received_online": "٣"}, "cột 4"),
        ({"received_online": "1\x00"}, "cột 4"),
        ({"received_online": "5", "field": ""}, "Hãy chọn lĩnh vực"),
        ({"field": "999999"}, "không còn trong danh sách"),
        ({"field": "x"}, "không còn trong danh sách"),
        ({"carry_over_note": "x" * 301}, "dài nhất 300 chữ"),
    ],
)
def test_impossible_cells_are_named_by_row_and_column(client, clerk, typed, place):
    field = factory.make_field()
    page = _new(client, **_row(0, **{"field": field.pk} | typed))
    assert page.status_code == 200
    (sentence,) = _mistakes(page)
    assert sentence.startswith("Dòng 1")
    assert place in sentence
    assert not ResultSheet.objects.exists()


def test_a_lĩnh_vực_entered_twice_is_refused(client, clerk):
    field = factory.make_field()
    rows = _row(0, field=field.pk) | _row(1, field=field.pk) | {"rows-TOTAL_FORMS": "2"}
    page = _new(client, **rows)
    assert "đã có ở dòng trên" in _mistakes(page)[0]
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [{"rows-TOTAL_FORMS": "x"}, {"rows-TOTAL_FORMS": "99999999"}, {"rows-TOTAL_FORMS": ""}],
)
@pytest.mark.parametrize("button", ["_save", "_add_row", "_nothing"])
def test_a_hostile_count_of_rows_is_no_error(client, clerk, sent, button):
    page = client.post(ADD, {"code": "2024-T01", "rule": "bao-cao", button: "1"} | sent)
    assert page.status_code == 200
    assert not Period.objects.exists()


def test_personal_data_in_what_readers_see_is_refused(client, clerk):
    field = factory.make_field()
    page = _new(
        client,
        **_row(0, field=field.pk),
        **{"details-note": "Liên hệ ông An 0912 345 678."},
    )
    assert "Ghi chú công khai có" in _mistakes(page)[0]
    assert not Period.objects.exists()  # nor a period without its sheet


# --- Rows ---------------------------------------------------------------------------------------


def test_rows_left_as_offered_are_saved(client, clerk):
    field = factory.make_field()
    factory.make_sheet(
        period=factory.make_period(code="2024-T01"),
        field=field,
        received_online=1,
        resolved_early=1,
    )
    page = _new(client, code="2024-T02")
    assert page.redirect_chain, _mistakes(page)
    assert Period.objects.get(code="2024-T02").head.sheets.get().field == field


def test_a_row_is_added_without_javascript_and_nothing_is_lost(client, clerk):
    field = factory.make_field()
    sent = _form(client.get(ADD)) | _row(0, field=field.pk, received_online="x")
    page = client.post(ADD, sent | {"_add_row": "1"})
    assert _mistakes(page) == []
    assert len(page.context["entry"].rows.forms) == 2
    assert _form(page)["rows-0-received_online"] == "x"


def test_a_dropped_row_goes_whatever_is_typed_in_it(client, clerk):
    kept, dropped = factory.make_field(), factory.make_field()
    period = _draft(clerk, _on_time(kept), _on_time(dropped))
    page = _save(client, period, **{"rows-1-DELETE": "on", "rows-1-received_online": "x"})
    assert page.redirect_chain, _mistakes(page)
    period.refresh_from_db()
    assert [row.field for row in workflow.rows_of(period.head)] == [kept]


def test_nothing_came_is_one_click(client, clerk):
    field = factory.make_field()
    factory.make_sheet(
        period=factory.make_period(code="2024-T01"),
        field=field,
        received_online=1,
        resolved_early=1,
    )
    assert "_nothing" in client.get(ADD).content.decode()
    page = _new(client, code="2024-T02", _nothing="1")
    assert page.redirect_chain, _mistakes(page)
    assert Period.objects.get(code="2024-T02").head.sheets.get().is_empty


def test_nothing_came_is_refused_while_figures_or_open_dossiers_say_otherwise(
    client, clerk
):
    field = factory.make_field()
    row = _row(0, field=field.pk, received_online="3")
    page = _new(client, _nothing="1", **row)
    assert "Bảng đang có số liệu" in _mistakes(page)[0]
    assert _form(page)["rows-0-received_online"] == "3"
    factory.make_sheet(period=factory.make_period(code="2024-T01"), field=field)
    page = _new(client, code="2024-T02", _nothing="1")
    assert "còn 2 hồ sơ đang giải quyết" in _mistakes(page)[0]
    assert "_nothing" not in client.get(ADD).content.decode()


# --- Carry-over -----------------------------------------------------------------------------


def test_a_carry_over_that_differs_is_saved_and_asks_why(client, clerk):
    field = factory.make_sheet(period=factory.make_period(code="2024-T01")).field
    row = _row(0, field=field.pk, carried_over="3", pending_in_time="3")
    page = _new(client, code="2024-T02", **row)
    html = page.content.decode()
    assert "là 3, nhưng cột 11 của kỳ trước là 2." in html
    assert page.context["entry"].rows.forms[0].asks_why
    period = Period.objects.get(code="2024-T02")
    page = _save(
        client, period, _submit="1", **_row(0, carry_over_note="Kỳ trước đếm thiếu.")
    )
    period.refresh_from_db()
    assert period.stage == Stage.SUBMITTED
    assert workflow.rows_of(period.head)[0].carry_over_note == "Kỳ trước đếm thiếu."


def test_a_carry_over_that_agrees_asks_nothing(client, clerk):
    factory.make_sheet(period=factory.make_period(code="2024-T01"))
    page = client.get(ADD)
    assert not page.context["entry"].rows.forms[0].asks_why
    assert '"sheet-expected"' in page.content.decode()


def test_a_lĩnh_vực_with_open_dossiers_that_has_no_row_is_named(client, clerk):
    factory.make_sheet(
        period=factory.make_period(code="2024-T01"),
        field=factory.make_field(name="Đất đai"),
    )
    period = _draft(clerk, _on_time(factory.make_field(name="Hộ tịch")), code="2024-T02")
    html = client.get(_change(period)).content.decode()
    assert "Kỳ trước còn 2 hồ sơ Đất đai" in html


# --- What stands around ---------------------------------------------------------------------


def test_the_details_are_stored_with_the_signed_file(client, clerk, settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path
    period = _draft(clerk, _on_time(factory.make_field(), 0))
    row = _row(0, received_online="5", resolved_late="5")
    said = {
        "details-report_number": "12/BC-UBND",
        "details-signer": "Lê Văn Bảy",
        "details-signed_on": "15/03/2024",
        "details-as_of": "14/03/2024",
        "details-apology_letters": "2",
        f"details-overdue_{OverdueReason.WORKLOAD}": "3",
        "details-new_signed_file": SimpleUploadedFile("bao-cao.pdf", pdf()),
    }
    page = _save(client, period, **row, **said)
    assert page.redirect_chain, _mistakes(page)
    period.refresh_from_db()
    details = workflow.details_of(period.head)
    assert (details.report_number, details.apology_letters) == ("12/BC-UBND", 2)
    assert details.overdue == {OverdueReason.WORKLOAD: 3}
    assert details.signed_file == Attachment.objects.get()
    shown = _form(client.get(_change(period)))
    assert shown["details-signed_file"] == details.signed_file.pk
    assert shown[f"details-overdue_{OverdueReason.WORKLOAD}"] == 3


def test_the_signed_file_must_be_a_pdf(client, clerk):
    period = _draft(clerk, _on_time(factory.make_field()))
    for name, content in (("bao-cao.pdf", b"MZ" + b"\0" * 99), ("bao-cao.pdf", b"")):
        upload = SimpleUploadedFile(name, content)
        page = _save(client, period, **{"details-new_signed_file": upload})
        assert "Tải bản có chữ ký lên" in _mistakes(page)[0]
    page = _save(client, period, **{"details-signed_file": "x"})
    assert "phải là một tệp PDF trong kho" in _mistakes(page)[0]
    assert not Attachment.objects.exists()


def test_a_correction_asks_for_its_note_anew(client, clerk):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    assert "details-correction_note" not in _form(client.get(_change(period)))
    factory.make_sheet(period=period)
    factory.publish_head(period)
    assert _form(client.get(_change(period)))["details-correction_note"] == ""


# --- Saving an existing period ------------------------------------------------------------------


def test_saving_an_approved_period_begins_a_correction_that_readers_do_not_see(
    client, clerk
):
    sheet = factory.make_sheet()
    period = Period.objects.get()
    typed = _row(0, received_online="5", resolved_early="7")
    page = _save(client, period, **typed, **{"details-correction_note": "Cột 4 thiếu 1."})
    assert page.redirect_chain, _mistakes(page)
    period.refresh_from_db()
    assert (period.head.number, period.approved.number) == (2, 1)
    assert period.approved.sheets.get() == sheet


def test_an_approved_period_that_was_not_changed_gets_no_correction(client, clerk):
    factory.make_sheet()
    period = Period.objects.get()
    page = _save(client, period, **{"details-correction_note": "Không sửa gì."})
    assert "chưa sửa gì" in _mistakes(page)[0]
    assert period.editions.count() == 1


def test_saving_and_submitting_is_one_click(client, clerk):
    period = _draft(clerk, _on_time(factory.make_field()))
    page = _save(client, period, _submit="1")
    assert "đang chờ duyệt" in _said(page)[0]


def test_what_cannot_be_submitted_is_saved_all_the_same(client, clerk):
    period = _draft(clerk, _on_time(factory.make_field()), code="2024-T12")
    page = _save(
        client, period, _submit="1", **_row(0, received_direct="20", resolved_on_time="20")
    )
    assert "Đã lưu, nhưng chưa gửi duyệt được." in _said(page)[-1]
    period.refresh_from_db()
    assert period.stage == Stage.DRAFT
    assert workflow.rows_of(period.head)[0].figures.received == 20


def test_a_stale_save_shows_both_and_loses_nothing(client, clerk):
    field = factory.make_field(name="Chứng thực")
    period = _draft(clerk, _on_time(field))
    mine = _form(client.get(_change(period))) | _row(
        0, received_direct="15", resolved_on_time="15"
    )
    other = factory.make_user(roles=[roles.PROCEDURES_CLERK], first_name="Tám")
    workflow.save_sheet(
        period=period, actor=other, rows=[_on_time(field, 14)], details=Details()
    )
    page = client.post(_change(period), mine)
    html = page.content.decode()
    assert page.status_code == 409
    assert "Tám đã lưu bảng này" in _mistakes(page)[0]
    assert "cột 5: 14 → 15" in html
    assert _form(page)["rows-0-received_direct"] == "15"
    period.refresh_from_db()
    assert workflow.rows_of(period.head)[0].figures.received == 14
    page = client.post(_change(period), _form(page), follow=True)  # having seen both
    assert page.redirect_chain, _mistakes(page)
    period.refresh_from_db()
    assert workflow.rows_of(period.head)[0].figures.received == 15


@pytest.mark.parametrize(
    "version", [{}, {"details-number": "x"}, {"details-revision": "9" * 40}]
)
def test_a_save_that_names_no_version_overwrites_nothing(client, clerk, version):
    period = _draft(clerk, _on_time(factory.make_field()))
    sent = _form(client.get(_change(period))) | _row(
        0, received_direct="15", resolved_on_time="15"
    )
    del sent["details-number"], sent["details-revision"]
    page = client.post(_change(period), sent | version)
    assert page.status_code in (200, 409)
    assert _mistakes(page)
    period.refresh_from_db()
    assert workflow.rows_of(period.head)[0].figures.received == 12


def test_changing_figures_of_a_file_by_hand_is_warned_of_and_said(client, clerk):
    field = factory.make_field()
    period = factory.make_period(status=PeriodStatus.DRAFT)
    run = factory.make_run(period=period, file_name="danh-sach.xlsx")
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[_on_time(field)],
        details=Details(),
        source=Source.DOSSIERS,
        run=run,
    )
    html = client.get(_change(period)).content.decode()
    assert "danh-sach.xlsx" in html
    assert "sẽ ghi là nhập tay" in html
    page = _save(client, period, **{"details-note": "Chỉ đổi ghi chú."})
    assert all("nhập tay" not in said for said in _said(page))
    page = _save(client, period, **_row(0, received_direct="13", resolved_on_time="13"))
    assert "từ nay kỳ này ghi là nhập tay" in _said(page)[0]
    period.refresh_from_db()
    assert period.head.source == Source.MANUAL


def test_who_may_not_enter_reads_the_figures_and_changes_nothing(client, clerk):
    period = _draft(clerk, _on_time(factory.make_field(name="Đất đai")))
    sent = _form(client.get(_change(period)))
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    html = client.get(_change(period)).content.decode()
    assert "Đất đai" in html
    assert "sheet__figure" not in html
    assert client.post(_change(period), sent).status_code == 403


def test_a_period_begun_by_an_import_offers_the_rows_of_the_last(client, clerk):
    field = factory.make_sheet(period=factory.make_period(code="2024-T01")).field
    period = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    offered = _form(client.get(_change(period)))
    assert (offered["rows-0-field"], offered["rows-0-carried_over"]) == (field.pk, 2)


def test_the_page_of_a_long_sheet_asks_the_database_no_more_for_each_row(
    client, clerk, django_assert_max_num_queries
):
    fields = [factory.make_field() for _ in range(15)]
    period = _draft(clerk, *(_on_time(field) for field in fields))
    client.get(_change(period))
    # Session, user, two for permissions, the settings and the period, its rows (four times: the
    # grid, what stands in the way, the carry-over), reasons, lĩnh vực, files, the period before.
    with django_assert_max_num_queries(30):
        client.get(_change(period))
