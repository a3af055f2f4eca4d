"""Writes small tables cell by cell in every format that is read, and reads them in place."""

import io
import zipfile
from datetime import date

import xlsxwriter

from procedures.imports import caps, reader
from procedures.imports.staged import DOSSIERS, Known, folded

PERIOD = (date(2023, 12, 15), date(2024, 1, 14))
KNOWN = Known(
    procedure_codes=frozenset({"1.004616", "2.000815"}),
    procedure_names=frozenset(map(folded, ("Chứng thực bản sao", "Đăng ký khai sinh"))),
    field_names=frozenset(map(folded, ("Chứng thực", "Hộ tịch", "Đất đai"))),
)
HEADINGS = [
    *("TT", "Mã hồ sơ", "Tên TTHC", "Tên cá nhân, tổ chức", "Địa chỉ, số điện thoại"),
    *("Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả"),
]


def code(number):
    return f"H56.17.22-240102-{number:04}"


def dossier(number=1, **cells):
    """Return a row below `HEADINGS`, with `cells` by their column letters put in."""
    row = [
        *(
            str(number),
            code(number),
            "Chứng thực bản sao",
            "Lò Thị Kín",
            "Thôn 2, 0912345678",
        ),
        *("02/01/2024", "04/01/2024", "03/01/2024"),
    ]
    for letter, cell in cells.items():
        row[ord(letter) - 65] = cell
    return row


def xlsx(rows, *, merges=(), sheets=None, hidden=(), options=None):
    """Return a workbook; `sheets` are {name: rows}, else `rows` are its only one."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True} | (options or {}))
    day = workbook.add_format({"num_format": "dd/mm/yyyy"})
    for name, lines in (sheets or {"Sheet1": rows}).items():
        page = workbook.add_worksheet(name)
        for number, line in enumerate(lines):
            for index, cell in enumerate(line):
                if isinstance(cell, date):
                    page.write_datetime(number, index, cell, day)
                elif isinstance(cell, str) and cell and not cell.startswith("="):
                    page.write_string(number, index, cell)
                elif cell not in (None, ""):
                    page.write(number, index, cell)
        for merge in merges:
            page.merge_range(
                merge, lines[int(merge.split(":")[0][1:]) - 1][ord(merge[0]) - 65]
            )
        for number in hidden:
            page.set_row(number - 1, None, None, {"hidden": True})
    workbook.close()
    return file.getvalue()


def patched(workbook, part, old, new):
    """Return a workbook with `old` replaced in the part whose name ends so."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as package,
        zipfile.ZipFile(out, "w") as copy,
    ):
        for name in package.namelist():
            content = package.read(name)
            if name.endswith(part):
                assert old in content
                content = content.replace(old, new)
            copy.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def text(rows, *, separator=";"):
    """Return the rows as text with `separator`, without any quoting."""
    return "\r\n".join(separator.join(map(str, row)) for row in rows) + "\r\n"


def read(content, tmp_path, *, kind=DOSSIERS, known=KNOWN, period=PERIOD):
    """Return what is staged of `content`, without a child process."""
    path = tmp_path / "tep"
    path.write_bytes(content)
    file_format = caps.check(io.BytesIO(content), "tep", len(content))
    return reader.read(
        str(path),
        file_format=file_format,
        kind=kind,
        known=known,
        period=period,
        on_progress=lambda *step: None,
    )


def found(staged):
    """Return the problems as (code, row, column)."""
    return [(each.code, each.row, each.column) for each in staged.problems]
