"""Decides before anything is parsed whether an import file may be read at all, and as what.

The name of a file decides nothing. What is looked at here costs next to nothing; the limits
on what comes out of a packed file hold once more where it is unpacked, in the child process.
"""

import re
import struct
import zipfile
from typing import BinaryIO

from portal.attachment_kinds import AttachmentRefused, check_directory, compound_names
from portal.refusals import Refused
from procedures.imports.staged import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED, FileFormat
from procedures.imports.unreadable import BROKEN, LOCKED, TOO_LARGE

__all__ = ["Unreadable", "check"]

_BEGINNING = 2_048  # bytes
_MACROS = (
    "Tệp có macro (chương trình nhỏ chạy khi mở tệp) nên cổng không đọc. Hãy mở tệp bằng Excel, "
    "chọn Lưu dưới dạng .xlsx (không có macro) rồi tải lên lại."
)
_SAVE_AS = "Hãy mở tệp bằng Excel, chọn Lưu dưới dạng .xlsx rồi tải lên lại."
_EXPORT = "Hãy xuất lại từ hệ thống một cửa dưới dạng Excel (.xlsx, .xls) hoặc CSV rồi tải lên lại."
_UNKNOWN = f"Không nhận ra tệp này. Chỉ đọc được tệp Excel (.xlsx, .xls) và CSV. {_EXPORT}"
# What people take for a table, by its first bytes.
_OTHERS = (
    ((b"%PDF-",), f"Đây là tệp PDF, không phải bảng Excel. {_EXPORT}"),
    (
        (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"RIFF", b"BM"),
        f"Đây là ảnh, không phải bảng Excel. {_EXPORT}",
    ),
    (
        (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zXZ"),
        "Đây là tệp nén. Hãy giải nén rồi tải tệp Excel hoặc CSV ở bên trong lên.",
    ),
    ((b"{\\rtf",), f"Đây là văn bản Word (RTF), không phải bảng Excel. {_EXPORT}"),
    (
        (b"MIME-Version:", b"mime-version:"),
        f"Đây là trang web lưu thành một tệp (MHTML), chỉ mang tên của Excel. {_SAVE_AS}",
    ),
)


# The record that says a workbook is encrypted stands behind its first one ([MS-XLS] 2.4.117).
_FILE_PASS = re.compile(rb"\x09\x08\x10\0.{16}(?:\x86\0\0\0)?\x2f\0", re.DOTALL)


class Unreadable(Refused):
    """The file cannot be read; the reasons say why and what to do."""


def check(file: BinaryIO, name: str, size: int) -> FileFormat:
    """Return how `file`, of `size` bytes, is written. Raises `Unreadable`, whatever the bytes.

    The position in `file` is left at its start.
    """
    if not size:
        raise Unreadable("Tệp rỗng. Hãy chọn lại tệp.")
    if size > MAX_BYTES:
        raise Unreadable(
            f"Tệp lớn hơn {MAX_BYTES // 2**20} MB. Hãy xóa ảnh, trang tính và cột không cần trong "
            "tệp, hoặc chia thành nhiều kỳ, rồi tải lên lại."
        )
    file.seek(0)
    beginning = file.read(_BEGINNING)
    try:
        return _format(file, beginning)
    except (
        *(
            zipfile.BadZipFile,
            struct.error,
            KeyError,
            AttachmentRefused,
        ),
        *(OSError, EOFError, ValueError, OverflowError, RuntimeError),
    ):
        raise Unreadable(BROKEN) from None
    finally:
        file.seek(0)


def _format(file, beginning):
    if beginning.startswith(b"PK\x03\x04"):
        return _package(file)
    if beginning.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(file)
    for signs, sentence in _OTHERS:
        if beginning.startswith(signs):
            raise Unreadable(sentence)
    # Marks of an encoding before, and the zeros of UTF-16 between, hide no tag.
    start = (
        beginning.removeprefix(b"\xef\xbb\xbf")
        .replace(b"\0", b"")
        .lstrip(b"\xff\xfe \t\r\n")
    )
    if start.startswith(b"<"):
        return _markup(start.lower())
    if _is_binary(beginning):
        raise Unreadable(_UNKNOWN)
    return FileFormat.CSV


def _package(file):
    check_directory(file)
    with zipfile.ZipFile(file) as package:
        members = package.infolist()
        names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS or (
        sum(member.file_size for member in members) > MAX_UNPACKED
    ):
        raise Unreadable(TOO_LARGE)
    if len(set(names)) < len(names):
        raise Unreadable(BROKEN)
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(LOCKED)
    lower = {name.lower() for name in names}
    if any(name.endswith(("vbaproject.bin", "macrosheets/")) for name in lower) or any(
        name.startswith("xl/macrosheets/") for name in lower
    ):
        raise Unreadable(_MACROS)
    if "xl/workbook.xml" in names:
        return FileFormat.XLSX
    if "xl/workbook.bin" in lower:
        raise Unreadable(f"Tệp Excel nhị phân (.xlsb) không đọc được. {_SAVE_AS}")
    if "mimetype" in lower and "content.xml" in lower:
        raise Unreadable(
            "Đây là tệp OpenDocument (.ods, .odt). Hãy mở tệp bằng Excel hoặc LibreOffice, chọn Lưu "
            "dưới dạng .xlsx rồi tải lên lại."
        )
    if "word/document.xml" in lower:
        raise Unreadable(f"Đây là văn bản Word, không phải bảng Excel. {_EXPORT}")
    if "[content_types].xml" in lower:
        raise Unreadable(_UNKNOWN)
    raise Unreadable(
        "Đây là tệp nén. Hãy giải nén rồi tải tệp Excel hoặc CSV ở bên trong lên."
    )


def _compound(file):
    names = compound_names(file)
    if "EncryptedPackage" in names:
        raise Unreadable(LOCKED)
    if names & {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"}:
        raise Unreadable(_MACROS)
    if names & {"Workbook", "Book"}:
        file.seek(0)
        if _FILE_PASS.search(file.read(MAX_BYTES)):
            raise Unreadable(LOCKED)
        return FileFormat.XLS
    if "WordDocument" in names:
        raise Unreadable(f"Đây là văn bản Word, không phải bảng Excel. {_EXPORT}")
    raise Unreadable(_UNKNOWN)


def _markup(start):
    """Name XML that calls itself a workbook; a page may hold tables."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start and b"<workbook" in start:
        raise Unreadable(
            f"Tệp này là “XML Spreadsheet 2003”, chỉ mang tên của Excel. {_SAVE_AS}"
        )
    if b"<html" in start or b"<table" in start or b"<!doctype html" in start:
        return FileFormat.HTML
    if start.startswith(b"<?xml"):
        raise Unreadable(f"Tệp này là XML, không phải bảng Excel. {_SAVE_AS}")
    return FileFormat.HTML


def _is_binary(beginning):
    """Tell whether this is no text in any encoding; UTF-16 has zeros in every other place."""
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if zeros := beginning.count(0):
        even = beginning[::2].count(0)
        few, many = sorted((even, zeros - even))
        return few > zeros / 20 or many < len(beginning) / 10
    controls = sum(byte < 32 and byte not in b"\t\n\x0b\x0c\r" for byte in beginning)
    return controls > len(beginning) / 50
