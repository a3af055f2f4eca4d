"""The workbook of what is wrong with a file."""

import io
import zipfile

from python_calamine import CalamineWorkbook

from procedures.imports import error_workbook
from procedures.imports.staged import Level, Problem


def content(*problems, file_name="danh-sach.xlsx"):
    response = error_workbook.response(problems=problems, file_name=file_name)
    with response.file_to_stream as file:
        return response, file.read()


def test_each_problem_has_a_row_with_its_place_its_value_and_what_to_do():
    _, file = content(
        Problem("date-impossible", Level.BLOCKER, "DS", 12, "F", "Ngày nhận", "31/02/2024"),
        Problem("hidden-rows", Level.WARNING, "DS", params={"count": 3}),
    )
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0)
    heading, first, second = rows.to_python()
    assert heading == [
        "Mức",
        "Trang tính",
        "Dòng",
        "Cột",
        "Tên cột",
        "Giá trị",
        "Có gì chưa đúng",
        "Cần làm gì",
    ]
    assert first[:6] == ["Phải sửa", "DS", 12, "F", "Ngày nhận", "31/02/2024"]
    assert first[6] == "Không có ngày “31/02/2024” trong lịch."
    assert second[0] == "Cần biết"
    assert second[2] == ""


def test_a_value_never_becomes_a_formula_or_a_link():
    _, file = content(
        Problem("cell-error", Level.BLOCKER, "DS", 1, "A", "=cmd()", "=HYPERLINK(1)"),
        Problem("cell-error", Level.BLOCKER, "DS", 1, "A", "https://a.example", "+1"),
    )
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_the_download_is_named_after_the_file():
    response, _ = content(file_name="Danh sách tháng 1.xls")
    assert 'filename="loi-danh-sach-thang-1.xlsx"' in response["Content-Disposition"]
