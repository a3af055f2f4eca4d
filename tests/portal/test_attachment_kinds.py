import io
import random
import struct
import time
import zipfile

import pytest

from portal import attachment_kinds
from portal.attachment_kinds import AttachmentRefused, Kind, kind_of
from tests.portal.documents import (
    SOUND,
    office,
    old_office,
    open_document,
    packed_objects,
    pdf,
    zipped,
)


def kind(content, **options):
    return kind_of(io.BytesIO(content), **options)


def refused(content, words, **options):
    with pytest.raises(AttachmentRefused, match=words):
        kind(content, **options)


@pytest.mark.parametrize(("name", "content"), SOUND.items())
def test_each_kind_is_recognised_by_its_content(name, content):
    assert kind(content) == Kind(name)


def test_only_what_office_makes_of_documents_is_taken():
    assert set(SOUND) | {Kind.ZIP} == set(Kind)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8\xff\xe0 JFIF", "Đây là ảnh"),
        (b"\x89PNG\r\n\x1a\n", "Đây là ảnh"),
        (b"<html><table></table></html>", "chỉ mang tên của Word hoặc Excel"),
        (b"  \r\n<?xml version='1.0'?><Workbook/>", "chỉ mang tên"),
        (b"{\\rtf1 Xin chao}", "chỉ mang tên"),
        (b"MIME-Version: 1.0\r\n", "chỉ mang tên"),
        (b"Rar!\x1a\x07\x01", "Không nhận tệp nén"),
        (b"7z\xbc\xaf\x27\x1c", "Không nhận tệp nén"),
        (b"MZ\x90\x00 This program", "Không nhận ra tệp này"),
        (b"\x7fELF", "Không nhận ra tệp này"),
        (b"\x00", "Không nhận ra tệp này"),
        (b"Xin chao", "Không nhận ra tệp này"),
        # A polyglot: what begins as something else is nothing of ours.
        (b"GIF89a" + pdf(), "Đây là ảnh"),
        (b"<script>" + pdf(), "chỉ mang tên"),
        (b"MZ" + SOUND["docx"], "Không nhận ra tệp này"),
        (zipped(("a.txt", "x")), "Không nhận tệp nén ZIP"),
        (zipped(("[Content_Types].xml", "<Types/>")), "Không nhận ra tệp này"),
        (open_document("graphics"), "Không nhận ra tệp này"),
        (old_office("PowerPoint Document"), "PPT"),
        (old_office("Something"), "Không nhận ra tệp này"),
    ],
)
def test_other_files_are_refused_with_what_to_do(content, words):
    refused(content, words)


@pytest.mark.parametrize(
    "content",
    [
        old_office("WordDocument", "Macros"),
        old_office("Workbook", "_VBA_PROJECT_CUR"),
        office("wordprocessingml.document", ("word/vbaProject.bin", b"x")),
        office("spreadsheetml.sheet", ("xl/VBAPROJECT.BIN", b"x")),
        office("spreadsheetml.sheet", ("xl/macrosheets/sheet1.xml", b"x")),
        office("wordprocessingml.document", main="macroEnabled.main+xml"),
        open_document("text", ("Basic/Standard/Module1.xml", "x")),
        open_document("spreadsheet", ("Scripts/python/a.py", "x")),
    ],
)
def test_macros_are_refused(content):
    refused(content, "macro")


def test_a_document_behind_a_password_is_refused():
    refused(old_office("EncryptedPackage", "EncryptionInfo"), "mật khẩu")


@pytest.mark.parametrize(
    "inner",
    [
        b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
        b"<< /S/J#61va#53cript /JS (x) >>",
        b"<< /S /#4c#61unch /F (cmd.exe) >>",
        b"<< /S/Launch/F(cmd.exe)>>",
        b"<< /#53\n/Launch >>",
        packed_objects(b"3 0 << /S /JavaScript /JS (x) >>"),
        b"x" * 3_000_000 + packed_objects(b"3 0 << /S /Launch >>"),
        b"x" * (2**20 - 55) + b"<< /S /JavaScript >>",
    ],
)
def test_a_pdf_that_runs_something_is_refused(inner):
    refused(pdf(inner), "In ra PDF")


@pytest.mark.parametrize(
    "inner",
    [
        b"(Huong dan /JavaScript) << /S /JavaScripting >>",
        b"<< /S /URI /URI (https://example.vn/Launch) >>",
        packed_objects(b"3 0 << /S /URI >>"),
        b"7 0 obj << /Type /ObjStm >> stream\r\nkhong phai zlib\nendstream",
        bytes(range(256)) * 2_000,
    ],
)
def test_an_ordinary_pdf_is_taken(inner):
    assert kind(pdf(inner)) == Kind.PDF


def test_a_pdf_without_its_end_was_not_sent_whole():
    refused(pdf(b"x" * 10_000)[:-40], "chưa tải xong")


def test_what_a_pdf_packs_is_unpacked_within_limits(monkeypatch):
    monkeypatch.setattr(attachment_kinds, "_MAX_INFLATED", 3_000_000)
    refused(pdf(packed_objects(bytes(50_000_000))), "quá lớn")
    assert kind(pdf(packed_objects(bytes(2_000_000)))) == Kind.PDF


def test_a_large_pdf_is_looked_through_quickly():
    content = pdf(random.Random(1).randbytes(20 * 2**20))  # noqa: S311
    began = time.process_time()
    assert kind(content) == Kind.PDF
    assert time.process_time() - began < 5  # seconds; 0.3 on a slow machine


# --- archives ------------------------------------------------------------------------------


def test_an_archive_is_taken_only_where_that_is_allowed():
    content = zipped(("phu luc/bieu 1.docx", SOUND["docx"]), ("doc.txt", "x"))
    refused(content, "ZIP")
    assert kind(content, zip_allowed=True) == Kind.ZIP


@pytest.mark.parametrize(
    "name",
    ["a.exe", "thư mục/A.JS", "bao cao.docx.lnk", "x.scr. ", "b.docm", "c.html", "d.zip"],
)
def test_an_archive_with_a_program_is_refused(name):
    refused(
        zipped(("a.txt", "x"), (name, "x")), "có thể chạy chương trình", zip_allowed=True
    )


def test_a_bomb_is_refused_by_what_it_declares(monkeypatch):
    monkeypatch.setattr(attachment_kinds, "_MAX_UNPACKED", 1_000_000)
    refused(office("wordprocessingml.document", ("x.bin", bytes(2_000_000))), "bung ra")
    refused(zipped(("x.bin", bytes(2_000_000))), "bung ra", zip_allowed=True)


def test_too_many_members_are_refused(monkeypatch):
    monkeypatch.setattr(attachment_kinds, "_MAX_MEMBERS", 10)
    refused(zipped(*((f"{i}.txt", "") for i in range(11))), "bung ra", zip_allowed=True)


def test_a_huge_table_of_contents_is_refused_before_it_is_read():
    content = bytearray(SOUND["docx"])
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<I", content, at + 12, 2**31)
    refused(bytes(content), "bung ra")
    long_form = b"PK\x06\x07" + bytes(16)
    refused(SOUND["docx"][:at] + long_form + SOUND["docx"][at:], "bung ra")


def test_a_part_that_unpacks_to_more_than_it_says_is_not_followed():
    content = zipped(("[Content_Types].xml", b" " * 20_000_000))
    refused(content, "Không nhận ra tệp này")


def test_a_name_that_stands_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = office("wordprocessingml.document", ("x.xml", "khac"))
    refused(content, "hỏng")


def test_packing_that_the_formats_do_not_know_is_refused():
    content = zipped(("[Content_Types].xml", "x"), compression=zipfile.ZIP_LZMA)
    refused(content, "hỏng")


def test_the_directory_of_a_large_old_document_lies_far_behind():
    # The 109 entries of the header reach sector 13,952; the directory begins there and ends.
    content = bytearray(old_office("WordDocument", directory_at=14_000, sectors=14_200))
    struct.pack_into("<I", content, 68, 14_100)  # where the list of the FAT goes on
    start = 512 * 14_101
    content[start : start + 512] = struct.pack("<I", 14_101) + b"\xff" * 508
    fat = 512 * 14_102
    content[fat : fat + 512] = struct.pack("<I", 0xFFFF_FFFE) * 128
    assert kind(bytes(content)) == Kind.DOC


def test_an_old_document_that_runs_in_a_circle_ends():
    content = bytearray(old_office("WordDocument"))
    struct.pack_into("<I", content, 512 + 4, 1)  # the directory goes on in itself
    refused(bytes(content), "hỏng")


@pytest.mark.parametrize("name", SOUND)
def test_cut_and_crossed_files_never_crash(name):
    whole = SOUND[name]
    dice = random.Random(name)  # noqa: S311
    for _ in range(300):
        content = bytearray(whole[: dice.randrange(len(whole) + 1)] or whole)
        for _ in range(dice.randrange(12)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        try:
            kind(bytes(content), zip_allowed=True)
        except AttachmentRefused:
            continue


def test_a_packed_stream_that_breaks_off_is_no_reason_to_crash():
    assert kind(pdf(packed_objects(b"x" * 9_999)[:90])) == Kind.PDF
