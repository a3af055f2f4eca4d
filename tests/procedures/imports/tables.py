"""Writes small tables cell by cell in every format that is read, and reads them in place."""

import io
import struct
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


def xls(rows):
    """Return a workbook as Excel 97 wrote it: BIFF8 ([MS-XLS]) in a compound file ([MS-CFB])."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 3515, 1996, 0, 6))
    width = max(map(len, rows))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, line in enumerate(rows):
        for column, cell in enumerate(line):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                words = struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le")
                sheet += _record(0x0204, place + words)
            else:
                sheet += _record(0x0203, place + struct.pack("<d", cell))
    sheet += _record(0x000A)
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 3515, 1996, 0, 6))
    start += _record(0x0042, struct.pack("<H", 1200))
    name = "Sổ".encode("utf-16-le")
    offset = len(start) + 4 + 8 + len(name) + 4
    bound = struct.pack("<IBBBB", offset, 0, 0, len(name) // 2, 1) + name
    return _compound("Workbook", start + _record(0x0085, bound) + _record(0x000A) + sheet)


def _record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def _compound(name, stream):
    """Return a compound file with one stream: sector 0 is the FAT, 1 the directory."""
    stream = stream.ljust(4_096, b"\0")  # smaller ones would need a second table
    stream += bytes(-len(stream) % 512)
    end, free = 0xFFFF_FFFE, 0xFFFF_FFFF
    last = 1 + len(stream) // 512
    chain = [0xFFFF_FFFD, end, *range(3, last + 1), end]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    directory = _entry("Root Entry", 5, 1, end, 0) + _entry(name, 2, free, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4_096, end, 0, end, 0
    )
    header += struct.pack("<I", 0).ljust(436, b"\xff")
    return header + fat + directory.ljust(512, b"\0") + stream


def _entry(name, kind, child, sector, size):
    raw = name.encode("utf-16-le") + b"\0\0"
    free = 0xFFFF_FFFF
    return raw.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(raw), kind, 1, free, free, child, sector, size
    )


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
