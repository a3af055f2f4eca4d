import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.http import StreamingHttpResponse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal import exports
from portal.exports import (
    Column,
    Table,
    TableTooLong,
    csv_response,
    json_response,
    xlsx_response,
)

COLUMNS = [
    Column("name", "Lĩnh vực", "text"),
    Column("count", "Tiếp nhận", "integer"),
    Column("rate", "Tỷ lệ (%)", "decimal"),
    Column("on", "Ngày", "date"),
    Column("at", "Lúc", "datetime"),
]
ROW = {
    "name": "Đất đai",
    "count": 12,
    "rate": Decimal("98.50"),
    "on": date(2025, 3, 10),
    "at": datetime(2025, 3, 10, 1, 30, 15, tzinfo=UTC),
}
EMPTY = dict.fromkeys(ROW)


def table(rows, columns=COLUMNS):
    return Table("Kết quả tháng 3", columns=columns, rows=rows)


def body(response):
    return b"".join(response.streaming_content)


def csv_rows(rows, columns=COLUMNS):
    text = body(csv_response(table(rows, columns), "a.csv")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def json_rows(rows):
    return json.loads(body(json_response(table(rows), "a.json")))["rows"]


def part_of_workbook(name, rows, columns=COLUMNS):
    response = xlsx_response(table(rows, columns), "a.xlsx")
    with response.file_to_stream as file, zipfile.ZipFile(file) as workbook:
        return workbook.read(name).decode()


def sheet_xml(rows, columns=COLUMNS):
    return part_of_workbook("xl/worksheets/sheet1.xml", rows, columns)


def xlsx_rows(rows, columns=COLUMNS):
    """The cells as a spreadsheet sees them: text, or a number with its format."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    tree = ElementTree.fromstring(sheet_xml(rows, columns))
    return [
        [
            cell.findtext(f".//{space}t") or ""
            if cell.get("t") == "inlineStr"
            else float(cell.findtext(f"{space}v"))
            for cell in row
        ]
        for row in tree.iter(f"{space}row")
    ]


def moment(serial):
    return datetime(1899, 12, 30) + timedelta(seconds=round(serial * 86_400))


def test_csv_opens_in_excel_with_accents_and_plain_values():
    data = body(csv_response(table([ROW, EMPTY]), "a.csv"))
    assert data.decode() == (
        "\ufeffLĩnh vực,Tiếp nhận,Tỷ lệ (%),Ngày,Lúc\r\n"
        "Đất đai,12,98.50,2025-03-10,2025-03-10 08:30:15\r\n"
        ",,,,\r\n"
    )


def test_json_says_title_columns_and_rows():
    found = json.loads(body(json_response(table([ROW, EMPTY]), "a.json")))
    assert found["title"] == "Kết quả tháng 3"
    assert found["columns"][1] == {"key": "count", "label": "Tiếp nhận", "kind": "integer"}
    assert found["rows"] == [
        {
            "name": "Đất đai",
            "count": 12,
            "rate": 98.5,
            "on": "2025-03-10",
            "at": "2025-03-10T08:30:15+07:00",
        },
        EMPTY,
    ]


def test_xlsx_has_real_numbers_and_real_dates():
    header, row = xlsx_rows([ROW])
    assert header == [column.label for column in COLUMNS]
    assert row[:3] == ["Đất đai", 12, 98.5]
    assert moment(row[3]) == datetime(2025, 3, 10)
    assert moment(row[4]) == datetime(2025, 3, 10, 8, 30, 15)
    styles = part_of_workbook("xl/styles.xml", [ROW])
    assert re.findall(r'formatCode="(d[^"]+)"', styles) == [
        "dd/mm/yyyy",
        "dd/mm/yyyy hh:mm:ss",
    ]


@pytest.mark.parametrize("make", [csv_rows, xlsx_rows])
def test_a_table_without_rows_still_has_its_header(make):
    assert make([]) == [[column.label for column in COLUMNS]]
    assert json_rows([]) == []


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")', "＝1"],
)
def test_no_text_becomes_a_formula(text):
    columns = [Column("name", text, "text")]
    assert csv_rows([{"name": text}], columns) == [[f"'{text}"], [f"'{text}"]]
    assert "<f>" not in sheet_xml([{"name": text}], columns)


def test_a_negative_number_stays_a_number():
    columns = [Column("count", "Chênh lệch", "integer")]
    assert csv_rows([{"count": -5}], columns)[1] == ["-5"]


def test_addresses_do_not_become_links_in_the_workbook():
    columns = [Column("name", "Nguồn", "text")]
    rows = [{"name": "https://evil.example/"}, {"name": "012345"}]
    assert "hyperlink" not in sheet_xml(rows, columns)
    assert xlsx_rows(rows, columns)[2] == ["012345"]


_texts = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=20
)
_rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": _texts,
            "count": st.integers(-(10**12), 10**12),
            "rate": st.decimals(-1000, 1000, places=2),
            "on": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
            "at": st.datetimes(
                datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
            ).map(lambda at: at.replace(microsecond=0)),
        }
    ),
    max_size=5,
)


@given(rows=_rows)
def test_the_three_files_hold_the_same_figures(rows):
    in_csv = [
        [int(count), float(rate), date.fromisoformat(on), datetime.fromisoformat(at)]
        for _, count, rate, on, at in csv_rows(rows)[1:]
    ]
    in_json = [
        [
            row["count"],
            row["rate"],
            date.fromisoformat(row["on"]),
            datetime.fromisoformat(row["at"]).replace(tzinfo=None),
        ]
        for row in json_rows(rows)
    ]
    in_xlsx = [
        [count, rate, moment(on).date(), moment(at)]
        for _, count, rate, on, at in xlsx_rows(rows)[1:]
    ]
    assert in_csv == in_json == in_xlsx


def test_rows_are_taken_as_the_reader_reads():
    taken = []

    def rows():
        for number in range(10_000):
            taken.append(number)
            yield ROW | {"count": number}

    response = csv_response(table(rows()), "a.csv")
    assert isinstance(response, StreamingHttpResponse)
    chunks = iter(response.streaming_content)
    next(chunks)
    next(chunks)
    assert len(taken) < 1_000
    assert sum(chunk.count(b"\r\n") for chunk in chunks) + 200 == 10_001


def test_more_rows_than_a_worksheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(exports, "_XLSX_ROWS", 2)
    with pytest.raises(TableTooLong):
        xlsx_response(table([ROW] * 3), "a.xlsx")


def test_a_text_longer_than_a_cell_is_cut_in_the_workbook_only():
    columns = [Column("name", "Chữ", "text")]
    rows = [{"name": "ă" * 40_000}]
    assert len(xlsx_rows(rows, columns)[1][0]) == 32_767
    assert len(csv_rows(rows, columns)[1][0]) == 40_000


def test_notes_stand_on_a_sheet_of_their_own():
    noted = Table("Kết quả", columns=COLUMNS, rows=[ROW], notes=["Kỳ: tháng 3", "=1+1"])
    with xlsx_response(noted, "a.xlsx").file_to_stream as file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    assert book.sheet_names == ["Dữ liệu", "Ghi chú"]
    assert book.get_sheet_by_name("Ghi chú").to_python() == [["Kỳ: tháng 3"], ["=1+1"]]
    assert len(book.get_sheet_by_name("Dữ liệu").to_python()) == 2


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        (
            "Kết quả.csv",
            "attachment; filename=\"ket-qua.csv\"; filename*=UTF-8''K%E1%BA%BFt%20qu%E1%BA%A3.csv",
        ),
        (
            'a"\r\nSet-Cookie: x.csv',
            'attachment; filename="a-set-cookie-x.csv"; '
            "filename*=UTF-8''a%22%0D%0ASet-Cookie%3A%20x.csv",
        ),
    ],
)
def test_file_names_are_safe_and_readable(filename, header):
    assert csv_response(table([]), filename)["Content-Disposition"] == header
