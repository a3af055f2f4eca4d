"""`manage.py import_dossiers` and `manage.py import_results`."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from procedures.models import Dossier, ImportRun, ImportState, Period, PeriodStatus
from procedures.periods import Rule
from tests import factory
from tests.procedures.imports.workbooks import dossier_list, form

pytestmark = pytest.mark.django_db

FIGURES = {"received_direct": 1, "resolved_early": 1, "received": 1, "resolved": 1}


@pytest.fixture(autouse=True)
def _catalogue():
    factory.make_procedure(
        code="2.000815",
        name="Chứng thực bản sao từ bản chính",
        field=factory.make_field(name="Chứng thực"),
    )


@pytest.fixture
def listed(tmp_path):
    """A list of one dossier, as a file; more cells may be given."""

    def write(**cells):
        row = {
            "code": "000.17.22.H56-231218-0001",
            "procedure_name": "Chứng thực bản sao từ bản chính",
            "received_on": date(2023, 12, 18),
            "due_on": date(2023, 12, 21),
            "finished_on": date(2023, 12, 20),
            "channel": "Trực tiếp",
            "status": "Đã trả kết quả",
        } | cells
        file = tmp_path / "ds.xlsx"
        file.write_bytes(dossier_list([row]))
        return str(file)

    return write


@pytest.fixture
def filled_form(tmp_path):
    file = tmp_path / "bieu.xlsx"
    file.write_bytes(form([{"field_name": "Chứng thực"} | FIGURES], totals=FIGURES))
    return str(file)


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def refused(command, *arguments):
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command(command, *arguments, stdout=out)
    return raised.value, out.getvalue()


def test_a_list_makes_the_period_with_its_proposed_days_and_fills_it(listed):
    text = run("import_dossiers", listed(), "--period=2024-T01")
    period = Period.objects.get()
    assert (period.starts_on, period.ends_on) == (date(2023, 12, 15), date(2024, 1, 14))
    assert (period.status, period.rule) == (PeriodStatus.DRAFT, Rule.REPORTING)
    assert period.head.sheets.get().received_direct == 1
    assert Dossier.objects.count() == 1
    assert "Đã đọc 1 dòng" in text
    assert "Đã nhập vào bản 1 của kỳ Tháng 01/2024 (15/12/2023–14/01/2024)." in text


def test_a_form_fills_a_period(filled_form):
    text = run("import_results", filled_form, "--period=2024-T01")
    assert "Chứng thực: nhận 1, đã giải quyết 1" in text
    assert Period.objects.get().head.sheets.get().resolved_early == 1


def test_a_calendar_code_makes_a_calendar_period(filled_form):
    run("import_results", filled_form, "--period=2024-T01-DL")
    period = Period.objects.get()
    assert (period.rule, period.starts_on) == (Rule.CALENDAR, date(2024, 1, 1))


def test_the_same_file_again_says_that_nothing_changed_and_is_no_failure(listed):
    file = listed()
    run("import_dossiers", file, "--period=2024-T01")
    assert "Không có thay đổi" in run("import_dossiers", file, "--period=2024-T01")
    assert Dossier.objects.count() == 1


def test_the_report_comes_as_json_too(listed):
    shown = json.loads(run("import_dossiers", listed(), "--period=2024-T01", "--json"))
    assert (shown["rows_read"], shown["rows_counted"]) == (1, 1)
    assert shown["outcome"].startswith("Đã nhập")
    assert shown["fields"][0]["resolved_early"] == 1


def test_a_dry_run_writes_nothing_at_all(listed):
    text = run("import_dossiers", listed(), "--period=2024-T01", "--dry-run")
    assert "Chạy thử: chưa ghi gì." in text
    assert not Period.objects.exists()
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("extra", [[], ["--dry-run"], ["--json"]])
def test_a_wrong_row_is_reported_and_leaves_nothing(listed, extra):
    file = listed(finished_on=date(2023, 12, 1))
    error, text = refused("import_dossiers", file, "--period=2024-T01", *extra)
    assert error.returncode == 1
    assert "còn 1 chỗ phải sửa" in str(error)
    assert "Ngày trả kết quả 01/12/2023 trước ngày nhận hồ sơ." in text
    assert not Period.objects.exists()
    assert not Dossier.objects.exists()


def test_a_wrong_row_leaves_a_period_that_was_there(listed):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    refused("import_dossiers", listed(finished_on=None), "--period=2024-T01")
    period.refresh_from_db()
    assert period.head.revision == 0
    assert ImportRun.objects.get().state == ImportState.CANCELLED


def test_a_file_that_is_no_table_is_refused_with_the_reason(tmp_path):
    file = tmp_path / "anh.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    error, _ = refused("import_results", str(file), "--period=2024-T01")
    assert error.returncode == 1
    assert "không phải bảng Excel" in str(error)
    assert not Period.objects.exists()


def test_the_reason_comes_as_json_too(tmp_path):
    file = tmp_path / "ds.pdf"
    file.write_bytes(b"%PDF-1.7")
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command(
            "import_dossiers", str(file), "--period=2024-T01", "--json", stdout=out
        )
    assert json.loads(out.getvalue()) == {"outcome": str(refused.value)}


def test_the_way_dossiers_came_can_be_said_once_for_all(listed):
    file = listed(channel="")
    error, text = refused("import_dossiers", file, "--period=2024-T01")
    assert "nộp trực tiếp hay trực tuyến" in text
    run("import_dossiers", file, "--period=2024-T01", "--channel=truc-tuyen")
    assert Period.objects.get().head.sheets.get().received_online == 1


def test_an_import_bears_the_name_of_the_account(listed):
    clerk = factory.make_user(username="hoa", roles=["Phụ trách TTHC"])
    run("import_dossiers", listed(), "--period=2024-T01", "--user=hoa")
    assert ImportRun.objects.get().created_by == clerk


def test_an_account_without_the_right_is_refused(listed):
    factory.make_user(username="khach")
    error, _ = refused("import_dossiers", listed(), "--period=2024-T01", "--user=khach")
    assert error.returncode == 1
    assert not Period.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{file}", "--period=thang-1"], "không phải mã kỳ"),
        (["{file}.doc", "--period=2024-T01"], "Không mở được"),
        (["{file}", "--period=2024-T01", "--user=ai"], "Không có tài khoản"),
    ],
)
def test_wrong_use_ends_with_status_2(listed, arguments, words):
    file = listed()
    error, _ = refused("import_dossiers", *(each.format(file=file) for each in arguments))
    assert error.returncode == 2
    assert words in str(error)
    assert not Period.objects.exists()


def test_a_period_whose_days_are_taken_is_not_made(listed):
    factory.make_period(
        code="2024-T02", starts_on=date(2024, 1, 10), status=PeriodStatus.DRAFT
    )
    error, _ = refused("import_dossiers", listed(), "--period=2024-T01")
    assert error.returncode == 2
    assert "trùng với một kỳ khác" in str(error)
