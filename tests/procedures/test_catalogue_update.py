import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine
import xlsxwriter
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from portal import roles
from portal.audit import AuditEntry
from portal.models import LegalBasis
from portal.refusals import Refused
from procedures import catalogue_update
from procedures.catalogue_facts import facts_of, parse
from procedures.models import (
    Field,
    Procedure,
    ProcedureChannel,
    ProcedureStatus,
    ProcedureStep,
    RequiredPaper,
)
from tests import factory

pytestmark = pytest.mark.django_db

HEADINGS = ["Mã TTHC", "Tên thủ tục hành chính", "Lĩnh vực", "Thời hạn: trực tiếp"]
BIRTH = ["1.001193", "Đăng ký khai sinh", "Hộ tịch", "1 ngày làm việc"]


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK])


def workbook(*rows, headings=HEADINGS, titles=()):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([*titles, headings, *rows]):
            sheet.write_row(number, 0, row)
    file.seek(0)
    return file


def said_by(file, name="danh-muc.xlsx"):
    return catalogue_update.read(file, name=name)


def as_json(*rows):
    return io.BytesIO(json.dumps({"rows": rows}).encode())


def reasons_of(file, name="danh-muc.json"):
    with pytest.raises(Refused) as refused:
        catalogue_update.compare(said_by(file, name))
    return " ".join(refused.value.reasons)


@pytest.fixture
def filled():
    """A procedure with everything that a file can say, and one with next to nothing."""
    field = factory.make_field(name="Hộ tịch")
    full = factory.make_procedure(
        code="1.001193",
        field=field,
        also_known_as="giấy khai sinh\nlàm khai sinh",
        is_common=True,
        decision="163/QĐ-BTP",
        caveat='= không phải công thức; "dấu nháy"',
    )
    ProcedureChannel.objects.create(
        procedure=full, channel=1, amount="1.5", unit="ngay", fee=0
    )
    ProcedureChannel.objects.create(procedure=full, channel=3, fee_note="Theo bưu điện")
    RequiredPaper.objects.create(
        procedure=full, order=1, name="Tờ khai", originals=1, note="- bản mới"
    )
    RequiredPaper.objects.create(procedure=full, order=2, name="Giấy chứng sinh", case="Có")
    ProcedureStep.objects.create(procedure=full, order=1, text="Nộp.\nRồi chờ.")
    full.legal_bases.add(LegalBasis.objects.create(number="60/2014/QH13", title="Luật"))
    factory.make_procedure(
        field=field, status=ProcedureStatus.REPLACED, replaced_by=full, reviewed_at=None
    )
    return full


# --- Reading ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_the_export_brought_back_changes_nothing(client, filled, clerk, kind):
    client.force_login(clerk)
    response = client.get(reverse("admin:procedures_procedure_export"), {"dang": kind})
    entries = AuditEntry.objects.count()
    said = said_by(io.BytesIO(response.getvalue()), f"danh-muc.{kind}")
    assert len(said.facts) == 2
    difference = catalogue_update.compare(said)
    assert (difference.is_nothing, difference.missing) == (True, [])
    catalogue_update.apply(said=said, actor=clerk)
    assert AuditEntry.objects.count() == entries


def test_the_headings_are_found_below_titles_and_other_columns_are_left_alone():
    file = workbook(
        [1, *BIRTH, "Nguyễn Văn A"],
        headings=["TT", *HEADINGS, "Người phụ trách"],
        titles=[["ỦY BAN NHÂN DÂN XÃ"], ["DANH MỤC THỦ TỤC"], []],
    )
    said = said_by(file)
    assert said.unread == ("TT", "Người phụ trách")
    assert said.facts == {
        "1.001193": {
            "code": "1.001193",
            "name": "Đăng ký khai sinh",
            "field": "Hộ tịch",
            "direct_time": "1 ngày làm việc",
        }
    }


def test_number_rows_group_headings_and_signatures_are_no_entries():
    file = workbook(
        ["1", "2", "3", "4"],
        ["", "I. LĨNH VỰC HỘ TỊCH"],
        BIRTH,
        [],
        ["", "Người lập biểu"],
    )
    assert list(said_by(file).facts) == ["1.001193"]


def test_a_semicolon_file_in_the_encoding_of_old_excel_is_read():
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEADINGS, BIRTH])
    said = said_by(io.BytesIO(text.getvalue().encode("utf-16")), "a.csv")
    assert said.facts["1.001193"]["name"] == "Đăng ký khai sinh"


@pytest.mark.parametrize(
    ("key", "text", "fact"),
    [
        ("direct_time", "45 ngày", "45 ngày"),
        ("direct_time", "02 Ngày làm việc", "2 ngày làm việc"),
        ("direct_time", "0,5 ngày", "0,5 ngày"),
        ("direct_time", "1 giờ", "1 giờ"),
        ("direct_time", "", None),
        ("direct_fee", "Miễn phí", 0),
        ("direct_fee", "0", 0),
        ("direct_fee", "10.000 đồng", 10_000),
        ("direct_fee", 8000, 8000),
        ("direct_fee", None, None),
        ("status", "bị bãi bỏ", "bai-bo"),
        ("status", "", "con-hieu-luc"),
        ("is_common", "X", True),
        ("is_common", False, False),
        ("effective_on", "1/7/2025", "2025-07-01"),
        ("channels", "Trực tuyến, bưu chính", "Trực tuyến\nBưu chính công ích"),
        ("also_known_as", ["sao y", "  chứng thực "], "sao y\nchứng thực"),
        ("papers", "Tờ khai || 1 ||", "Tờ khai |  | 1"),
    ],
)
def test_a_cell_means_what_it_says(key, text, fact):
    assert parse(key, text) == fact


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *(("direct_time", text) for text in ("1", "5 tuần", "0 ngày", "3-5 ngày", "ngày")),
        *(("direct_fee", text) for text in ("-5", "10.00", "mười nghìn", "9" * 30)),
        *(("code", text) for text in ("1.00119", "abc", "1.0011939")),
        ("effective_on", "31/02/2025"),
        ("channels", "Chuyển phát nhanh"),
        ("is_core", "có lẽ"),
        ("status", "tạm dừng"),
        ("papers", "Tờ khai | | một"),
    ],
)
def test_what_a_cell_leaves_unclear_is_asked_back(key, text):
    with pytest.raises(ValueError, match=r"\.$"):
        parse(key, text)


def test_every_mistake_is_named_by_its_row_and_column():
    file = workbook(
        BIRTH,
        ["1.00119", "Mã mất số", "Hộ tịch", ""],
        ["1.001193", "Hai lần", "Hộ tịch", ""],
        ["1.000656", "Đăng ký khai tử", "Hộ tịch", "1"],
    )
    said = reasons_of(file, "danh-muc.xlsx")
    assert "Dòng 3, cột “Mã thủ tục”" in said
    assert "Dòng 4: mã 1.001193 đã có ở trên" in said
    assert "Dòng 5, cột “Thời hạn: trực tiếp”: Thời hạn “1” chưa rõ" in said


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"code": "1.001193", "field": "Hộ tịch"}, "chưa có tên"),
        ({"code": "1.001193", "name": "Tên"}, "chưa có lĩnh vực"),
        ({"name": "Tên"}, "Mục 1: chưa có mã thủ tục"),
        (
            {"code": "1.001193", "name": "T", "field": "H", "legal_bases": "1/NĐ"},
            "Căn cứ pháp lý rồi tải tệp",
        ),
        (
            {"code": "1.001193", "name": "T", "field": "H", "status": "thay-the"},
            "chưa ghi được thay bằng",
        ),
        (
            {"code": "1.001193", "name": "T", "field": "H", "replaced_by": "1.000656"},
            "1.000656 chưa có trong danh mục",
        ),
        ({"code": "1.001193", "name": "T" * 2000, "field": "H"}, "tên thủ tục"),
        ({"code": "1.001193", "name": "T", "field": "H" * 200}, "lĩnh vực quá dài"),
        ({"code": "1.001193", "name": "T", "field": "H", "steps": "x" * 1600}, "1500 chữ"),
        (
            {
                "code": "1.001193",
                "name": "T",
                "field": "H",
                "effective_on": "2/1/2024",
                "ended_on": "1/1/2024",
            },
            "phải sau ngày có hiệu lực",
        ),
    ],
)
def test_what_could_not_be_stored_is_refused_before_anybody_confirms(row, sentence):
    assert sentence in reasons_of(as_json(row))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1, 2]",
        b'{"rows": 5}',
        b'{"rows": []}',
        b"[" * 100_000,
        b'{"rows": [{"code": "\\ud800", "name": {"a": 1}}]}',
        b'{"rows": [{"code": [[[["1.001193"]]]], "direct_fee": 1e400}]}',
        b"%PDF-1.7",
        b"PK\x03\x04 broken",
        "Mã thủ tục;Tên\n".encode(),
    ],
)
def test_broken_and_hostile_files_end_in_a_sentence(data):
    assert reasons_of(io.BytesIO(data)).endswith(".")


# --- Comparing and storing -----------------------------------------------------------------


def test_what_is_new_joins_its_field_whatever_its_spelling(clerk):
    field = factory.make_field(name="Hộ tịch")
    rows = [[*BIRTH[:2], "HO TICH", BIRTH[3]], ["1.013978", "Sổ đỏ", "Đất đai", ""]]
    said = said_by(workbook(*rows))
    difference = catalogue_update.apply(said=said, actor=clerk)
    assert [each.code for each in difference.new] == ["1.001193", "1.013978"]
    assert difference.new_fields == ["Đất đai"]
    birth = Procedure.objects.get(code="1.001193")
    assert (birth.field, birth.is_reviewed) == (field, False)
    assert birth.channels.get().amount == 1
    assert Field.objects.count() == 2
    assert catalogue_update.compare(said).is_nothing


def test_a_change_is_told_fact_by_fact_and_the_rest_stays(filled, clerk):
    said = said_by(
        as_json({"code": "1.001193", "name": "Khai sinh", "post_fee": 30_000}), "a.json"
    )
    difference = catalogue_update.compare(said)
    (change,) = difference.changed
    assert [(each.label, each.old, each.new) for each in change.facts] == [
        ("Tên thủ tục", filled.name, "Khai sinh"),
        ("Phí (đồng): bưu chính", "", "30000"),
    ]
    assert [each.code for each in difference.missing] == [filled.predecessors.get().code]
    catalogue_update.apply(said=said, actor=clerk, reviewed=["1.001193"])
    stored = facts_of(Procedure.objects.get(code="1.001193"))
    assert (stored["name"], stored["post_fee"]) == ("Khai sinh", 30_000)
    assert stored["papers"].startswith("Tờ khai |  | 1")
    assert stored["post_fee_note"] == "Theo bưu điện"


def test_a_way_that_a_file_leaves_out_of_its_list_is_not_offered(filled, clerk):
    said = said_by(as_json({"code": "1.001193", "channels": "Trực tiếp"}))
    catalogue_update.apply(said=said, actor=clerk, reviewed=["1.001193"])
    assert [each.channel for each in filled.channels.all()] == [1]
    assert catalogue_update.compare(said).is_nothing


def test_what_an_officer_confirmed_changes_only_when_chosen(filled, clerk):
    said = said_by(as_json({"code": "1.001193", "name": "Khai sinh"}))
    catalogue_update.apply(said=said, actor=clerk)
    filled.refresh_from_db()
    assert filled.is_reviewed
    assert filled.name != "Khai sinh"
    catalogue_update.apply(said=said, actor=clerk, reviewed=["1.001193"])
    filled.refresh_from_db()
    assert (filled.name, filled.is_reviewed) == ("Khai sinh", False)


def test_a_new_one_may_be_the_successor_of_one_that_is_there(clerk):
    old = factory.make_procedure(code="2.000986", reviewed_at=None)
    said = said_by(
        as_json(
            {"code": "2.000986", "status": "thay-the", "replaced_by": "3.000722"},
            {"code": "3.000722", "name": "Liên thông", "field": old.field.name},
        )
    )
    catalogue_update.apply(said=said, actor=clerk)
    old.refresh_from_db()
    assert old.replaced_by.code == "3.000722"


def test_nothing_is_stored_when_the_catalogue_changed_meanwhile(filled, clerk):
    said = said_by(as_json({"code": "1.001193", "name": "Khai sinh"}))
    seen = catalogue_update.compare(said).fingerprint
    Procedure.objects.filter(pk=filled.pk).update(name="Tên người khác sửa")
    with pytest.raises(Refused, match="đã được sửa sau khi bạn xem"):
        catalogue_update.apply(
            said=said, actor=clerk, fingerprint=seen, reviewed=["1.001193"]
        )
    assert Procedure.objects.get(pk=filled.pk).name == "Tên người khác sửa"


def test_a_refusal_in_the_middle_leaves_nothing(filled):
    editor = factory.make_user(roles=[roles.EDITOR])
    row = {"code": "1.013978", "name": "Sổ đỏ", "field": "Đất đai"}
    with pytest.raises(Refused):
        catalogue_update.apply(said=said_by(as_json(row)), actor=editor)
    assert Field.objects.count() == 1


def test_facts_travel_signed_to_the_one_who_saw_them(clerk):
    said = said_by(workbook(BIRTH))
    token = catalogue_update.to_token(said, "dau-vet", actor=clerk)
    assert catalogue_update.from_token(token, actor=clerk) == (said, "dau-vet")
    for wrong, actor in ((token[:-1], clerk), (token, factory.make_user())):
        with pytest.raises(Refused, match="tải tệp lên lại"):
            catalogue_update.from_token(wrong, actor=actor)
    late = timezone.now() + timedelta(hours=2)
    with time_machine.travel(late), pytest.raises(Refused, match="tải tệp lên lại"):
        catalogue_update.from_token(token, actor=clerk)


# --- The command -----------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "danh-muc.xlsx"
    path.write_bytes(workbook(BIRTH).read())
    return path


def test_the_command_rehearses_stores_and_then_finds_nothing_to_do(file, capsys):
    call_command("update_procedures", file, "--dry-run")
    assert "[mới] 1.001193 Đăng ký khai sinh" in capsys.readouterr().out
    assert not Procedure.objects.exists()
    call_command("update_procedures", file)
    assert Procedure.objects.count() == 1
    capsys.readouterr()
    call_command("update_procedures", file)
    assert capsys.readouterr().out == "Không có thay đổi.\n"


def test_the_command_leaves_confirmed_entries_unless_told(filled, file, capsys):
    call_command("update_procedures", file, "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["kept_as_reviewed"] == ["1.001193"]
    assert report["changed"]["1.001193"]["Thời hạn: trực tiếp"] == [
        "1,5 ngày",
        "1 ngày làm việc",
    ]
    call_command("update_procedures", file, "--reviewed")
    filled.refresh_from_db()
    assert (filled.name, filled.is_reviewed) == ("Đăng ký khai sinh", False)


def test_the_command_says_what_is_wrong(tmp_path):
    with pytest.raises(CommandError, match="Không mở được") as wrong:
        call_command("update_procedures", tmp_path / "khong-co.xlsx")
    assert wrong.value.returncode == 2
    bad = tmp_path / "hong.xlsx"
    bad.write_bytes(workbook(["1.1", "Tên", "Hộ tịch", ""]).read())
    with pytest.raises(CommandError, match="không phải mã thủ tục") as wrong:
        call_command("update_procedures", bad)
    assert wrong.value.returncode == 1
