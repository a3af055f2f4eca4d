"""Opens an import file and gives its tables row by row, whatever format it is in.

Runs in the child process: the bytes are hostile, and the limits of `caps` are enforced here
once more on what is really unpacked.
"""

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from defusedxml import ElementTree
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from portal import csv_text
from portal.legacy_fonts import recognise, to_unicode
from portal.personal_data import mask
from procedures.imports.staged import MAX_MEMBERS, MAX_ROWS, MAX_UNPACKED, FileFormat
from procedures.imports.unreadable import (
    BROKEN,
    ENCODING_UNKNOWN,
    LOCKED,
    TOO_LARGE,
    TOO_MANY_ROWS,
    CannotRead,
)

__all__ = ["Marks", "Sheet", "legacy_encoding", "modernised", "open_sheets"]

_MAX_SHEETS = 50
_MAX_CELLS = 6_000_000  # calamine keeps 32 bytes for each place up to the last cell
_MAX_TAGS = 2_500_000  # of a page: 100,000 rows of eleven cells
_MAX_TABLES = 200  # of a page
_MAX_WIDTH = 2_000  # columns of a text file or a page
_CHUNK = 2**20  # bytes
_LISTED_CELLS = 1_000  # broken cells that are named one by one
_SAMPLE = 40_000  # characters from which an old font is recognised


@dataclass
class Marks:
    """What a sheet says of its cells besides their values; places count from 0."""

    errors: set = field(default_factory=set)  # (row, column) that show #REF! and the like
    not_computed: set = field(default_factory=set)  # formulas without a result
    hidden_rows: int = 0
    too_large: str = ""  # the address of a cell too far away to be read
    rows: int = 0


@dataclass
class Sheet:
    """One table; `rows` begin at cell A1 and can be gone through once."""

    name: str
    rows: Iterable[list]
    height: int = 0
    merged: list = field(default_factory=list)  # ((row, column), (row, column)) from 0
    marks: Marks = field(default_factory=Marks)
    encoding: str = ""


def open_sheets(path: str, file_format: FileFormat) -> list[Callable[[], Sheet]]:
    """Return for each table of the file a function that reads it. Raises `CannotRead`."""
    if file_format in (FileFormat.XLSX, FileFormat.XLS):
        return _workbook(path, file_format)
    with open(path, "rb") as file:
        text, encoding = _decoded(file.read())
    if file_format == FileFormat.HTML:
        return [lambda sheet=sheet: sheet for sheet in _pages(text, encoding)]
    return [lambda: Sheet(name="", rows=_text_rows(text), encoding=encoding)]


# --- Workbooks --------------------------------------------------------------------------


def _workbook(path, file_format):
    marks = _checked_package(path) if file_format == FileFormat.XLSX else {}
    workbook = _guarded(CalamineWorkbook.from_path, path)
    shown = [
        sheet
        for sheet in workbook.sheets_metadata[:_MAX_SHEETS]
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    # What is hidden is read when there is nothing else.
    visible = [sheet for sheet in shown if sheet.visible == SheetVisibleEnum.Visible]
    return [
        lambda name=sheet.name: _worksheet(workbook, name, marks.get(name) or Marks())
        for sheet in visible or shown
    ]


def _worksheet(workbook, name, marks):
    if marks.rows > MAX_ROWS + 1_000:
        raise CannotRead(TOO_MANY_ROWS)
    if marks.too_large:
        raise CannotRead(
            f"Trang tính “{mask(name)}” có dữ liệu ở ô {marks.too_large}, quá xa bảng. Hãy xóa ô đó và "
            "các dòng, cột thừa ngoài bảng, lưu lại rồi tải lên lại."
        )
    sheet = _guarded(workbook.get_sheet_by_name, name)
    rows = _guarded(sheet.iter_rows)
    # calamine begins at the first row, but at the first column that has a cell.
    if left := sheet.start[1] if sheet.start else 0:
        rows = ([""] * left + row for row in rows)
    return Sheet(
        name=name,
        rows=rows,
        height=sheet.end[0] + 1 if sheet.end else 0,
        merged=_guarded(lambda: sheet.merged_cell_ranges) or [],
        marks=marks,
    )


def _guarded(read, *arguments):
    """Call calamine; what it cannot read becomes a sentence, a panic of Rust included."""
    try:
        return read(*arguments)
    except PasswordError:
        raise CannotRead(LOCKED) from None
    except (MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # pyo3's PanicException is no Exception
        raise CannotRead(BROKEN) from None


def _checked_package(path):
    """Unpack everything once, count what comes out, and return the `Marks` of each sheet.

    The sizes in a ZIP's directory may lie, and calamine believes the packed data.
    """
    try:
        with zipfile.ZipFile(path) as package, open(path, "rb") as file:
            members = package.infolist()
            if len(members) > MAX_MEMBERS:
                raise CannotRead(TOO_LARGE)
            left, sheets = MAX_UNPACKED, {}
            for member in members:
                is_sheet = re.match(r"xl/worksheets/[^/]+\.xml", member.filename)
                size, content = _unpacked(file, member, left, keep=is_sheet)
                left -= size
                if is_sheet:
                    sheets[member.filename] = _marks(content)
            return {
                name: sheets[part]
                for name, part in _sheet_parts(package).items()
                if part in sheets
            }
    except CannotRead:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError, LookupError, OSError),
        *(ValueError, RuntimeError, EOFError),
    ):
        raise CannotRead(BROKEN) from None


def _unpacked(file, member, most, *, keep):
    """Return how many bytes `member` really holds, and them if wanted."""
    if member.flag_bits & 1:
        raise CannotRead(LOCKED)
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise CannotRead(BROKEN)
    file.seek(
        int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1
    )
    if member.compress_type == zipfile.ZIP_STORED:
        unpack = None
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        unpack = zlib.decompressobj(-15)
    else:
        raise CannotRead(BROKEN)
    size, kept, packed_left = 0, [], member.compress_size
    waiting = b""
    while waiting or packed_left:
        if not waiting:
            waiting = file.read(min(_CHUNK, packed_left))
            packed_left -= len(waiting)
            if not waiting:
                raise CannotRead(BROKEN)
        if unpack is None:
            part, waiting = waiting, b""
        else:
            part = unpack.decompress(waiting, _CHUNK)
            waiting = unpack.unconsumed_tail
        size += len(part)
        if size > most:
            raise CannotRead(TOO_LARGE)
        if keep:
            kept.append(part)
        if unpack is not None and unpack.eof:
            break
    return size, b"".join(kept)


def _sheet_parts(package):
    """Return which part of the package holds the sheet of each name."""
    relations = {
        each.get("Id"): each.get("Target", "")
        for each in ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    }
    parts = {}
    for each in ElementTree.fromstring(package.read("xl/workbook.xml")).iter():
        if each.tag.endswith("}sheet"):
            target = next(
                (
                    relations.get(value, "")
                    for key, value in each.items()
                    if key.endswith("}id")
                ),
                "",
            )
            parts[each.get("name")] = (
                target[1:] if target.startswith("/") else f"xl/{target}"
            )
    return parts


_ROW = re.compile(rb'row r="(\d{1,7})"')
_FAR_COLUMN = re.compile(rb' r="[A-Z]{2,3}\d')
_FILLED_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^>/]*>')
_ERROR = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^>]* t="e"')
# Without a value, or with an empty one that is no text: a formula may well give "".
_NOT_COMPUTED = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*><f[^>]*(?:/>|>[^<]*</f>)'
    rb'|(?![^>]* t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>))</c>'
)
_HIDDEN = re.compile(rb'<(?:\w+:)?row [^>]*\bhidden="(?:1|true)"')


def _marks(xml):
    # Plain searches first: this is done on tens of megabytes for every import.
    marks = Marks(rows=xml.count(b'row r="'))
    last = _ROW.match(xml, max(xml.rfind(b'row r="'), 0))
    if _FAR_COLUMN.search(xml) or (last and int(last[1]) > MAX_ROWS):
        marks.too_large = _too_far(xml)
    if b't="e"' in xml:
        marks.errors = _cells(_ERROR, xml)
    if b"</f></c>" in xml or b"/></c>" in xml or b"<v></v></c>" in xml:
        marks.not_computed = _cells(_NOT_COMPUTED, xml)
    if b" hidden=" in xml:
        marks.hidden_rows = len(_HIDDEN.findall(xml))
    return marks


def _too_far(xml):
    """Return the address of the cell that makes the table too large to be held, or ""."""
    height = width = 0
    lowest = rightmost = ""
    for letters, digits in _FILLED_CELL.findall(xml):
        row, column = int(digits), _column(letters)
        if row > height:
            height, lowest = row, (letters + digits).decode()
        if column >= width:
            width, rightmost = column + 1, (letters + digits).decode()
    if height * width <= _MAX_CELLS:
        return ""
    return lowest if height > MAX_ROWS else rightmost


def _cells(pattern, xml):
    found = set()
    for match in pattern.finditer(xml):
        found.add((int(match[2]) - 1, _column(match[1])))
        if len(found) >= _LISTED_CELLS:
            break
    return found


def _column(letters):
    """Return the number of the column, from 0, that Excel calls `letters`."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


# --- Text -------------------------------------------------------------------------------


def _decoded(data):
    """Return the text and what it was encoded in."""
    try:
        return csv_text.decoded(data)
    except UnicodeDecodeError:
        raise CannotRead(ENCODING_UNKNOWN) from None


def _text_rows(text):
    try:
        for row in csv_text.rows(text):
            if len(row) > _MAX_WIDTH:
                raise CannotRead(TOO_LARGE)
            yield row
    except csv.Error:
        raise CannotRead(BROKEN) from None


# --- Pages that call themselves workbooks ------------------------------------------------


def _pages(text, encoding):
    from selectolax.lexbor import LexborHTMLParser  # only these files need it

    # The tree of a page takes thirty times its size, and tables in tables are searched again.
    if text.count("<") > _MAX_TAGS or text.lower().count("<table") > _MAX_TABLES:
        raise CannotRead(TOO_LARGE)
    tables = LexborHTMLParser(text).css("table")
    # A table around tables only arranges them.
    inner = [table for table in tables if len(table.css("table")) == 1]
    if not inner:
        raise CannotRead(
            "Tệp là trang HTML nhưng không có bảng nào. Hãy mở tệp bằng Excel, chọn Lưu dưới dạng "
            ".xlsx rồi tải lên lại."
        )
    for number, table in enumerate(inner[:_MAX_SHEETS], 1):
        rows, merged = _page_rows(table)
        yield Sheet(
            name=f"Bảng {number}",
            rows=rows,
            height=len(rows),
            merged=merged,
            encoding=encoding,
        )


def _page_rows(table):
    rows, merged, taken, cells = [], [], set(), 0
    for number, line in enumerate(table.css("tr")):
        row = []
        for cell in line.css("td, th"):
            while (number, len(row)) in taken:
                row.append("")
            column = len(row)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            row += [cell.text(deep=True, separator=" "), *[""] * (width - 1)]
            if width > 1 or height > 1:
                merged.append(((number, column), (number + height - 1, column + width - 1)))
            taken |= {
                (number + down, column + right)
                for down in range(1, height)
                for right in range(width)
            }
            cells += width * height
            if cells > _MAX_CELLS or len(row) > _MAX_WIDTH or len(taken) > 2**17:
                raise CannotRead(TOO_LARGE)
        rows.append(row)
    return rows, merged


def _span(cell, name):
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), 1_000) if value.isdecimal() and len(value) < 5 else 1


# --- Old fonts ----------------------------------------------------------------------------


def legacy_encoding(rows) -> str:
    """Return in which encoding of old fonts the words of `rows` were typed, or ""."""
    words = (cell for row in rows for cell in row if isinstance(cell, str))
    return recognise(" ".join(words)[:_SAMPLE])


def modernised(rows, encoding):
    """Yield `rows` with their words in Unicode."""
    for row in rows:
        yield [
            to_unicode(cell, encoding)
            if isinstance(cell, str) and not cell.isascii()
            else cell
            for cell in row
        ]
