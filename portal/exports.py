"""A table as a file: XLSX, CSV or JSON, all from one definition.

The three hold the same rows and figures. A text never becomes a formula or a link, whoever
wrote it: CSV cells that a spreadsheet would run get an apostrophe in front, XLSX cells are
written by type. Rows are taken from the iterable one by one, so a table may be longer than
the memory.
"""

import csv
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, islice
from typing import Literal
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from portal.text import slugify

__all__ = [
    "XLSX",
    "Column",
    "Table",
    "csv_response",
    "json_response",
    "json_value",
    "xlsx_bytes",
    "xlsx_response",
]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a spreadsheet takes for the beginning of a formula, also after a tab or a line break.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_XLSX_TEXT = 32_767  # characters in one cell
_XLSX_ROWS = 1_048_575  # below the header
_XLSX_FORMATS = {
    "integer": "#,##0",
    "decimal": "#,##0.00",
    "date": "dd/mm/yyyy",
    "datetime": "dd/mm/yyyy hh:mm:ss",
}
_XLSX_WIDTHS = {"text": 40, "datetime": 20}  # characters
_NOTE_WIDTH = 100  # characters
_ROWS_PER_CHUNK = 200


@dataclass(frozen=True)
class Column:
    """One column: `key` finds its value in a row, `label` is its heading.

    `kind` says what the values are: str, int, Decimal or float, date, aware datetime (shown
    in local time). None is an empty cell in each of them.
    """

    key: str
    label: str
    kind: Literal["text", "integer", "decimal", "date", "datetime"] = "text"


@dataclass(frozen=True)
class Table:
    """A title, columns, and rows that are mappings; `rows` is read once for each file.

    `notes` say where the figures come from; a workbook has them on a sheet of their own, so
    that the rows stay a plain table.
    """

    title: str
    columns: list[Column]
    rows: Iterable[Mapping]
    notes: Sequence[str] = ()


class TableTooLong(Exception):
    """The table has more rows than a worksheet can hold; CSV and JSON have no such limit."""


def csv_response(table, filename):
    """Return the table as a streamed CSV in UTF-8 with the mark that Excel needs."""
    lines = chain(
        [[_neutral(column.label) for column in table.columns]],
        ([_csv_cell(column, row) for column in table.columns] for row in table.rows),
    )
    writer = csv.writer(_Echo())
    chunks = ("".join(map(writer.writerow, batch)).encode() for batch in _batches(lines))
    return _streamed(
        chain(["\ufeff".encode()], chunks), "text/csv; charset=utf-8", filename
    )


def json_response(table, filename):
    """Return the table as streamed JSON: title, columns and rows; dates in ISO form."""
    head = {
        "title": table.title,
        "columns": [
            {"key": column.key, "label": column.label, "kind": column.kind}
            for column in table.columns
        ],
    }
    opening = f'{_json(head)[:-1]}, "rows": ['

    def chunks():
        yield opening.encode()
        separator = "\n"
        for row in table.rows:
            line = _json({column.key: json_value(column, row) for column in table.columns})
            yield f"{separator}{line}".encode()
            separator = ",\n"
        yield b"\n]}\n"

    joined = (b"".join(batch) for batch in _batches(chunks()))
    return _streamed(joined, "application/json", filename)


def xlsx_response(table, filename):
    """Return the table as a workbook; raises `TableTooLong` beyond a worksheet's limit.

    The workbook is written row by row to a temporary file that vanishes with the response.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    try:
        _write_workbook(file, table)
        file.seek(0)
        response = FileResponse(
            file,
            content_type=XLSX,
        )
    except BaseException:
        file.close()
        raise
    return _as_download(response, filename)


def xlsx_bytes(table):
    """Return the content of the workbook that `xlsx_response` sends, for a mail."""
    file = BytesIO()
    _write_workbook(file, table)
    return file.getvalue()


class _Echo:
    """What csv.writer writes to: hands each line back."""

    def write(self, line):
        return line


def _batches(rows):
    rows = iter(rows)
    while batch := list(islice(rows, _ROWS_PER_CHUNK)):
        yield batch


def _streamed(chunks, content_type, filename):
    return _as_download(StreamingHttpResponse(chunks, content_type=content_type), filename)


def _as_download(response, filename):
    """Name the file: in ASCII for old clients, and as it is, percent-encoded."""
    stem, extension = os.path.splitext(filename)
    plain = f"{slugify(stem)}.{slugify(extension)}" if extension else slugify(stem)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    return response


def _neutral(text):
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _csv_cell(column, row):
    value = row[column.key]
    if value is None:
        return ""
    if column.kind == "text":
        return _neutral(str(value))
    if column.kind == "datetime":
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    return str(value)


def json_value(column, row):
    """Return the value of `column` in `row` as JSON has it: dates in ISO form, local time."""
    value = row[column.key]
    if value is None:
        return None
    match column.kind:
        case "text":
            return str(value)
        case "decimal":
            return float(value)
        case "date":
            return value.isoformat()
        case "datetime":
            return timezone.localtime(value).isoformat(timespec="seconds")
    return value


def _json(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _write_workbook(file, table):
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False})
    workbook.set_properties({"title": table.title})
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = {
        kind: workbook.add_format({"num_format": pattern})
        for kind, pattern in _XLSX_FORMATS.items()
    }
    sheet = workbook.add_worksheet("Dữ liệu")
    sheet.freeze_panes(1, 0)
    try:
        _write_rows(sheet, table, bold, formats)
        if table.notes:
            _write_notes(workbook.add_worksheet("Ghi chú"), table.notes)
    finally:
        workbook.close()  # also removes its temporary files


def _write_rows(sheet, table, bold, formats):
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, _XLSX_WIDTHS.get(column.kind, 14))
        sheet.write_string(0, index, column.label, bold)
    for number, row in enumerate(table.rows, start=1):
        if number > _XLSX_ROWS:
            raise TableTooLong(f"{table.title!r} has more than {_XLSX_ROWS} rows")
        for index, column in enumerate(table.columns):
            _write_cell(sheet, number, index, row[column.key], column.kind, formats)


def _write_notes(sheet, notes):
    sheet.set_column(0, 0, _NOTE_WIDTH)
    for number, note in enumerate(notes):
        sheet.write_string(number, 0, note[:_XLSX_TEXT])


def _write_cell(sheet, row, index, value, kind, formats):
    if value is None:
        return
    match kind:
        case "text":
            sheet.write_string(row, index, str(value)[:_XLSX_TEXT])
        case "date":
            sheet.write_datetime(row, index, value, formats[kind])
        case "datetime":
            local = timezone.localtime(value).replace(tzinfo=None)
            sheet.write_datetime(row, index, local, formats[kind])
        case _:
            sheet.write_number(row, index, value, formats[kind])
