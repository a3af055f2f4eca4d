"""Reads from the content of a file what kind of document it is.

The name of a file decides nothing. Each kind is recognised by what its format demands, and no
more of a file is unpacked than that takes, within limits that hold before anything is read.
What can run when a reader opens the document (macros, scripts, programs) is refused: a
document of the commune must not be the way in for anybody. That lowers the risk, it is no
virus scanner: what hides from a first look, the reader's own software has to stop.
"""

import re
import struct
import zipfile
import zlib
from contextlib import suppress

from django.db import models

from portal.uploads import UploadRefused

__all__ = ["AttachmentRefused", "Kind", "check_directory", "compound_names", "kind_of"]

_CHUNK = 2**20  # bytes
_PART = 16_384  # bytes
_TAIL = 4_096  # bytes at the end of a PDF in which its end must be announced
_MAX_MEMBERS = 5_000
_MAX_DIRECTORY = 4 * 2**20  # bytes of a ZIP's table of contents
_MAX_UNPACKED = 500 * 2**20  # bytes
_MAX_PART = 2**20  # bytes of the few parts that are looked into
_MAX_INFLATED = 64 * 2**20  # bytes of a PDF's packed objects, in all
_LEAST_COST = (
    4_096  # bytes that each of them counts at least, so that there are not too many
)
_MAX_SECTORS = 4_096  # of the directory of an old Office file, at least four entries each


class AttachmentRefused(UploadRefused):
    """The file cannot become an attachment; the message says why and what to do."""


class Kind(models.TextChoices):
    """A kind of document; its value is the ending of the file's name."""

    PDF = "pdf", "PDF"
    DOC = "doc", "Word (DOC)"
    DOCX = "docx", "Word (DOCX)"
    XLS = "xls", "Excel (XLS)"
    XLSX = "xlsx", "Excel (XLSX)"
    PPTX = "pptx", "PowerPoint (PPTX)"
    ODT = "odt", "OpenDocument (ODT)"
    ODS = "ods", "OpenDocument (ODS)"
    ZIP = "zip", "ZIP"

    @property
    def content_type(self):
        return _CONTENT_TYPES[self]


_OPC = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOC: "application/msword",
    Kind.DOCX: f"{_OPC}wordprocessingml.document",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.XLSX: f"{_OPC}spreadsheetml.sheet",
    Kind.PPTX: f"{_OPC}presentationml.presentation",
    Kind.ODT: f"{_ODF}text",
    Kind.ODS: f"{_ODF}spreadsheet",
    Kind.ZIP: "application/zip",
}
_OF_OPC = {
    f"{_CONTENT_TYPES[kind]}.main+xml".encode(): kind
    for kind in (Kind.DOCX, Kind.XLSX, Kind.PPTX)
}
_OF_ODF = {_CONTENT_TYPES[kind].encode(): kind for kind in (Kind.ODT, Kind.ODS)}

_BROKEN = "Tệp bị hỏng hoặc chưa tải xong. Hãy mở tệp trên máy, lưu lại rồi tải lên lại."
_MACROS = (
    "Tệp có macro (chương trình nhỏ chạy khi mở tệp), có thể mang mã độc tới máy của người "
    "dân. Hãy mở tệp, chọn Lưu dưới dạng .docx hoặc .xlsx (không có macro) rồi tải lên lại."
)
_LOCKED = (
    "Tệp được đặt mật khẩu nên người dân không mở được. Hãy bỏ mật khẩu, lưu lại rồi tải "
    "lên lại."
)
_SCRIPTED = (
    "Tệp PDF này chứa lệnh tự chạy khi mở, có thể gây hại cho máy của người dân. Hãy mở tệp, "
    "chọn In, rồi “In ra PDF” (Print to PDF) và tải bản mới lên."
)
_TOO_MUCH = (
    "Tệp nén này bung ra quá lớn hoặc có quá nhiều mục nên không an toàn cho máy của người "
    "dân. Hãy chia thành vài tệp nhỏ hơn rồi tải lên lại."
)
_UNKNOWN = (
    "Không nhận ra tệp này. Chỉ nhận tệp PDF, DOC, DOCX, XLS, XLSX, PPTX, ODT và ODS. Hãy mở "
    "tệp trên máy, lưu thành một trong các dạng đó rồi tải lên lại."
)
# What people often take for a document, by its first bytes in small letters.
_OTHERS = (
    (
        (b"\xff\xd8\xff", b"\x89png\r\n", b"gif8", b"bm"),
        "Đây là ảnh. Hãy tải lên ở kho ảnh; nếu là văn bản chụp hoặc quét thì ghép các trang "
        "thành một tệp PDF rồi tải lên lại.",
    ),
    (
        (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"mime-version", b"{\\rtf"),
        "Tệp này chỉ mang tên của Word hoặc Excel, bên trong là dạng khác. Hãy mở bằng Word "
        "hoặc Excel, chọn Lưu dưới dạng .docx hoặc .xlsx rồi tải lên lại.",
    ),
    (
        (b"rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zxz"),
        "Không nhận tệp nén. Hãy giải nén rồi tải từng văn bản lên.",
    ),
)
_PROGRAMS = re.compile(
    r"\.(?:exe|dll|com|scr|pif|cpl|msi\w?|bat|cmd|ps1|vbs?|vbe|jse?|wsf|wsh|hta|lnk|jar|apk|reg"
    r"|chm|iso|img|vhdx?|docm|dotm|xls[mb]|xltm|xlam|ppt[m]|potm|ppsm|html?|svg|zip|rar|7z)$",
    re.IGNORECASE,
)


def kind_of(file, *, zip_allowed=False) -> Kind:
    """Return what kind of document the open binary `file` holds.

    `zip_allowed` lets plain archives through. Raises `AttachmentRefused`, and nothing else,
    whatever the bytes. The position in `file` is left anywhere.
    """
    file.seek(0)
    start = file.read(16)
    try:
        if start.startswith(b"%PDF-"):
            return _pdf(file)
        if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return _ole(file)
        if start.startswith(b"PK\x03\x04"):
            return _package(file, zip_allowed=zip_allowed)
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError),
        *(OSError, EOFError, ValueError, OverflowError, RuntimeError),
    ) as error:
        if isinstance(error, AttachmentRefused):
            raise
        raise AttachmentRefused(_BROKEN) from None
    start = start.lower().lstrip()
    for beginnings, advice in _OTHERS:
        if start.startswith(beginnings):
            raise AttachmentRefused(advice)
    raise AttachmentRefused(_UNKNOWN)


def _size(file):
    return file.seek(0, 2)


# --- PDF ------------------------------------------------------------------------------


def _name(word):
    """Return a pattern for the PDF name /word, whose letters may be written as #hh."""
    letters = "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in word)
    return rb"/" + letters.encode() + rb"(?![A-Za-z0-9#])"


# The type of an action, which no script and no program goes without.
_RUNS = re.compile(
    rb"/(?:S|#53)[\s\0]*(?:" + _name("JavaScript") + b"|" + _name("Launch") + b")"
)
_LONGEST_ACTION = 80  # bytes: all letters as #hh, some blanks, and what follows
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?\bstream\r?\n", re.DOTALL)


def _pdf(file):
    """Refuse a PDF without an end, and one that brings scripts or starts programs."""
    file.seek(max(0, _size(file) - _TAIL))
    end = file.read()
    if b"startxref" not in end or b"%%EOF" not in end:
        raise AttachmentRefused(_BROKEN)
    file.seek(0)
    before, budget = b"", _MAX_INFLATED
    while part := file.read(_CHUNK):
        window = before + part
        if _RUNS.search(window):
            raise AttachmentRefused(_SCRIPTED)
        before = window[-_LONGEST_ACTION:]
    # Most writers pack the small objects, and so the names in them, into streams.
    for start in _packed_objects(file):
        file.seek(start)
        objects = _inflated(file, budget)
        budget -= len(objects) + _LEAST_COST
        if _RUNS.search(objects):
            raise AttachmentRefused(_SCRIPTED)
        if budget <= 0:
            raise AttachmentRefused(_TOO_MUCH)
    return Kind.PDF


def _packed_objects(file):
    """Yield where the data of each object stream begins."""
    overlap = 512
    file.seek(0)
    offset, before = 0, b""
    while part := file.read(_CHUNK):
        window = before + part
        for found in _PACKED.finditer(window):
            if found.end() > len(before):  # else it was found in the window before
                place = file.tell()
                yield offset - len(before) + found.end()
                file.seek(place)
        offset += len(part)
        before = window[-overlap:]


def _inflated(file, most):
    """Return what the zlib stream that begins here holds, at most `most` bytes and a chunk."""
    unpack, out = zlib.decompressobj(), bytearray()
    with suppress(zlib.error):  # another filter, or encrypted: nothing to be read
        part = file.read(_PART)
        while part and len(out) <= most and not unpack.eof:
            out += unpack.decompress(part, _CHUNK)
            part = unpack.unconsumed_tail or file.read(_PART)
    return bytes(out)


# --- Old Office -------------------------------------------------------------------------

_FREE = 0xFFFF_FFFA  # this and above are marks, not sectors


def _ole(file):
    names = compound_names(file)
    if "EncryptedPackage" in names:
        raise AttachmentRefused(_LOCKED)
    if names & {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"}:
        raise AttachmentRefused(_MACROS)
    if "WordDocument" in names:
        return Kind.DOC
    if names & {"Workbook", "Book"}:
        return Kind.XLS
    if "PowerPoint Document" in names:
        raise AttachmentRefused(
            "Tệp PowerPoint dạng cũ (PPT) không được nhận. Hãy mở tệp, lưu dưới dạng .pptx "
            "hoặc PDF rồi tải lên lại."
        )
    raise AttachmentRefused(_UNKNOWN)


def compound_names(file):
    """Return the names in the directory of a compound file ([MS-CFB] 2.2, 2.3, 2.6).

    Raises `AttachmentRefused`, or struct.error, when there is none.
    """
    file.seek(0)
    header = file.read(512)
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in (9, 12):
        raise AttachmentRefused(_BROKEN)
    (sector,) = struct.unpack_from("<I", header, 48)
    names = set()
    for _ in range(_MAX_SECTORS):
        if sector >= _FREE:
            return names
        entries = _ole_sector(file, sector, shift)
        for start in range(0, len(entries), 128):
            (length,) = struct.unpack_from("<H", entries, start + 64)
            raw = entries[start : start + max(0, min(length, 64) - 2)]
            names.add(raw.decode("utf-16-le", "replace"))
        sector = _ole_next(file, sector, header, shift)
    raise AttachmentRefused(_BROKEN)


def _ole_next(file, sector, header, shift):
    """Return the sector that follows `sector` in its chain, as the FAT has it."""
    width = (1 << shift) // 4  # numbers in a sector
    table, place = divmod(sector, width)
    # The header lists the first 109 sectors of the FAT, a chain of sectors lists the others.
    listed, entry = header[76:], table
    (more,) = struct.unpack_from("<I", header, 68)
    if table >= 109:
        steps, entry = divmod(table - 109, width - 1)
        for _ in range(steps + 1):
            listed = _ole_sector(file, more, shift)
            (more,) = struct.unpack_from("<I", listed, (width - 1) * 4)
    (number,) = struct.unpack_from("<I", listed, entry * 4)
    (following,) = struct.unpack_from("<I", _ole_sector(file, number, shift), place * 4)
    return following


def _ole_sector(file, number, shift):
    file.seek((number + 1) << shift)
    sector = file.read(1 << shift)
    if len(sector) < 1 << shift:
        raise AttachmentRefused(_BROKEN)
    return sector


# --- Packages: Office since 2007, OpenDocument, archives ----------------------------------


def _package(file, *, zip_allowed):
    check_directory(file)
    with zipfile.ZipFile(file) as package:
        members = package.infolist()
        names = [member.filename for member in members]
        if len(members) > _MAX_MEMBERS or (
            sum(member.file_size for member in members) > _MAX_UNPACKED
        ):
            raise AttachmentRefused(_TOO_MUCH)
        if len(set(names)) < len(names):
            raise AttachmentRefused(_BROKEN)
        if "[Content_Types].xml" in names:
            return _opc(_part(package, "[Content_Types].xml"), names)
        if names and names[0] == "mimetype":
            return _odf(_part(package, "mimetype"), names)
        if not zip_allowed:
            raise AttachmentRefused(
                "Không nhận tệp nén ZIP. Hãy giải nén rồi tải từng văn bản lên."
            )
        if any(member.flag_bits & 1 for member in members):
            raise AttachmentRefused(_LOCKED)
        if programs := [name for name in names if _PROGRAMS.search(name.rstrip(". "))]:
            raise AttachmentRefused(
                f"Trong tệp nén có “{programs[0][-80:]}”, loại tệp có thể chạy chương trình. Hãy "
                "bỏ tệp đó ra, nén lại rồi tải lên."
            )
        return Kind.ZIP


def check_directory(file):
    """Refuse a ZIP whose table of contents alone would fill the memory.

    `zipfile` reads it whole. Raises `AttachmentRefused`. The long form of ZIP64 is for archives that cannot be taken
    anyway.
    """
    size = _size(file)
    start = max(0, size - 65_557)  # the longest comment lies behind the end record
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise AttachmentRefused(_BROKEN)
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    has_long_form = tail[max(0, at - 20) : at].startswith(b"PK\x06\x07")
    if has_long_form or entries > _MAX_MEMBERS or length > _MAX_DIRECTORY:
        raise AttachmentRefused(_TOO_MUCH)


def _part(package, name):
    # The formats allow no other packing, and some of those take the memory they name.
    if package.getinfo(name).compress_type not in (
        zipfile.ZIP_STORED,
        zipfile.ZIP_DEFLATED,
    ):
        raise AttachmentRefused(_BROKEN)
    with package.open(name) as part:
        return part.read(_MAX_PART)


def _opc(content_types, names):
    lower = [name.lower() for name in names]
    if (
        b"macroenabled" in content_types.lower()
        or b"vbaproject" in content_types.lower()
        or any(name.endswith("vbaproject.bin") for name in lower)
        or any(name.startswith("xl/macrosheets/") for name in lower)
    ):
        raise AttachmentRefused(_MACROS)
    for content_type, kind in _OF_OPC.items():
        if content_type in content_types:
            return kind
    raise AttachmentRefused(_UNKNOWN)


def _odf(mimetype, names):
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise AttachmentRefused(_MACROS)
    try:
        return _OF_ODF[mimetype.strip()]
    except KeyError:
        raise AttachmentRefused(_UNKNOWN) from None
