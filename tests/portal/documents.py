"""Small documents of every kind, sound and hostile, written byte by byte."""

import io
import struct
import zipfile
import zlib


def pdf(inner=b"", *, end=b"startxref\n9\n%%EOF\n"):
    return b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + inner + b"\n" + end


def packed_objects(inner):
    """Return a PDF object stream that holds `inner` deflated."""
    data = zlib.compress(inner)
    return (
        b"7 0 obj\n<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\n"
        b"stream\r\n%s\nendstream\nendobj" % (len(data), data)
    )


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        for name, content in members:
            package.writestr(name, content)
    return out.getvalue()


def office(part="wordprocessingml.document", *more, main="main+xml"):
    """Return a DOCX, XLSX or PPTX that holds the members `more` as well."""
    types = (
        '<?xml version="1.0"?><Types><Override PartName="/x.xml" ContentType="application/'
        f'vnd.openxmlformats-officedocument.{part}.{main}"/></Types>'
    )
    return zipped(("[Content_Types].xml", types), ("x.xml", "<x/>"), *more)


def open_document(kind="text", *more):
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped(("mimetype", mimetype), ("content.xml", "<x/>"), *more)


def old_office(*names, directory_at=1, sectors=3):
    """Return a compound file whose directory, one sector, holds these names.

    The directory is sector `directory_at`; sector 0 is the FAT.
    """
    entries = b""
    for name in ("Root Entry", *names)[:4]:
        raw = name.encode("utf-16-le") + b"\0\0"
        entries += raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) + bytes(62)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, directory_at)
    struct.pack_into("<I", header, 68, 0xFFFF_FFFE)
    header[76:] = b"\xff\xff\xff\xff" * 109
    struct.pack_into("<I", header, 76, 0)
    fat = bytearray(b"\xff\xff\xff\xff" * 128)
    struct.pack_into("<I", fat, 4, 0xFFFF_FFFE)
    body = bytearray(512 * sectors)
    body[:512] = fat
    body[512 * directory_at : 512 * directory_at + 512] = entries.ljust(512, b"\0")
    return bytes(header + body)


SOUND = {
    "pdf": pdf(),
    "doc": old_office("WordDocument", "1Table"),
    "docx": office(),
    "xls": old_office("Workbook"),
    "xlsx": office("spreadsheetml.sheet"),
    "pptx": office("presentationml.presentation"),
    "odt": open_document(),
    "ods": open_document("spreadsheet"),
}
