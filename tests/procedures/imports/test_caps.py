import io
import struct
import unicodedata
import zipfile
import zlib

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.utility import xl_cell_to_rowcol

from procedures.imports import caps
from procedures.imports.caps import Unreadable
from procedures.imports.staged import MAX_BYTES, MAX_MEMBERS, FileFormat
from procedures.imports.unreadable import BROKEN, TOO_LARGE, CannotRead
from tests.portal.documents import office, old_office, open_document, pdf, zipped
from tests.procedures.imports.tables import HEADINGS, code, dossier, read, text, xls, xlsx

ROWS = [HEADINGS, dossier(1), dossier(2)]
WORKBOOK = xlsx(ROWS)
TONES = "\u0300\u0301\u0303\u0309\u0323"
PAGE = "<html><body><table>{}</table></body></html>".format(
    "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
)


def check(content, name="danh-sach.xlsx"):
    return caps.check(io.BytesIO(content), name, len(content))


@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        (WORKBOOK, FileFormat.XLSX),
        (xls(ROWS), FileFormat.XLS),
        (text(ROWS).encode(), FileFormat.CSV),
        (text(ROWS).encode("utf-16"), FileFormat.CSV),
        (text(ROWS).encode("utf-16-le"), FileFormat.CSV),
        (PAGE.encode(), FileFormat.HTML),
        (PAGE.encode("utf-16"), FileFormat.HTML),
        (b"\xef\xbb\xbf\n <TABLE><tr><td>1</table>", FileFormat.HTML),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv", "a", "../a.exe"])
def test_the_content_decides_what_a_file_is(content, file_format, name):
    assert check(content, name) == file_format


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp rỗng"),
        (pdf(), "Đây là tệp PDF"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "Đây là ảnh"),
        (b"Rar!\x1a\x07", "giải nén"),
        (zipped(("a.xlsx", WORKBOOK)), "giải nén"),
        (office(), "Không nhận ra tệp này"),
        (
            office("wordprocessingml.document", ("word/document.xml", "<x/>")),
            "văn bản Word",
        ),
        (open_document("spreadsheet"), "OpenDocument"),
        (old_office("EncryptedPackage"), "mật khẩu"),
        (old_office("Workbook", "_VBA_PROJECT_CUR"), "macro"),
        (old_office("WordDocument"), "văn bản Word"),
        (zipped(("xl/workbook.xml", "<x/>"), ("xl/vbaProject.bin", "x")), "macro"),
        (zipped(("xl/workbook.bin", "x")), "xlsb"),
        (b"{\\rtf1", "RTF"),
        (b"MIME-Version: 1.0\r\n", "MHTML"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML Spreadsheet 2003",
        ),
        (b'<?xml version="1.0"?><rss/>', "Tệp này là XML"),
        (bytes(range(256)) * 8, "Không nhận ra tệp này"),
        (WORKBOOK[:700], "bị hỏng"),
        (b"PK\x03\x04", "bị hỏng"),
        (xls(ROWS)[:600], "bị hỏng"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_to_do(content, words):
    with pytest.raises(Unreadable, match=words) as refused:
        check(content)

    assert all(reason.endswith(".") for reason in refused.value.reasons)
    assert "Hãy" in str(refused.value)


def test_a_file_that_is_too_large_is_refused_unread():
    with pytest.raises(Unreadable, match="20 MB"):
        caps.check(None, "a.xlsx", MAX_BYTES + 1)


def test_a_workbook_with_a_password_inside_the_package_is_refused():
    content = bytearray(zipped(("xl/workbook.xml", "<x/>")))
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(Unreadable, match="mật khẩu"):
        check(bytes(content))


def test_too_many_members_are_refused_from_the_directory():
    members = [(f"xl/{number}.xml", "") for number in range(MAX_MEMBERS)]

    with pytest.raises(Unreadable, match="quá lớn"):
        check(zipped(("xl/workbook.xml", "<x/>"), *members))


def test_what_would_unpack_to_too_much_is_refused_from_the_directory():
    with pytest.raises(Unreadable, match="quá lớn"):
        check(zipped(("xl/workbook.xml", bytes(101 * 2**20))))


def test_two_members_of_one_name_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package, pytest.warns(UserWarning):
        package.writestr("xl/workbook.xml", "a")
        package.writestr("xl/workbook.xml", "b")

    with pytest.raises(Unreadable, match="bị hỏng"):
        check(out.getvalue())


@given(st.binary(max_size=3_000))
def test_any_bytes_are_taken_or_refused_in_words(content):
    for beginning in (b"", WORKBOOK[:50], xls(ROWS)[:100], b"<html"):
        try:
            assert check(beginning + content) in FileFormat
        except Unreadable as refused:
            assert str(refused)


# --- What holds once more while unpacking ----------------------------------------------------


def lying(member, *, real):
    """Return a workbook in which `member` says to be small and unpacks to `real` bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(bytes(real)) + packed.flush()
    name = member.encode()
    crc, small = zlib.crc32(b""), 10
    sizes = struct.pack("<III", crc, len(data), small)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes
    local += struct.pack("<HH", len(name), 0) + name + data
    central = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def test_sizes_that_lie_are_found_while_unpacking(tmp_path):
    content = lying("xl/workbook.xml", real=110 * 2**20)

    assert check(content) == FileFormat.XLSX
    with pytest.raises(CannotRead) as refused:
        read(content, tmp_path)
    assert str(refused.value) == TOO_LARGE


@pytest.mark.parametrize("cell", ["A1048576", "XFD1048576", "AAA90000"])
def test_a_cell_far_away_is_named_before_it_fills_the_memory(cell, tmp_path):
    rows = [*ROWS, *[[]] * 5]
    content = with_far_cell(rows, cell)

    with pytest.raises(CannotRead, match=f"ở ô {cell}, quá xa bảng"):
        read(content, tmp_path)


def test_a_stray_cell_that_costs_little_is_no_harm(tmp_path):
    assert read(with_far_cell(ROWS, "XFD1"), tmp_path).columns["code"] == [code(1), code(2)]


@pytest.mark.parametrize("content", [WORKBOOK, xls(ROWS)])
@pytest.mark.parametrize("share", [0.2, 0.4])
def test_a_file_cut_short_is_refused_in_words(content, share, tmp_path):
    with pytest.raises((CannotRead, Unreadable)) as refused:
        read(content[: int(len(content) * share)], tmp_path)
    assert "Hãy" in str(refused.value)


def test_a_damaged_workbook_is_refused_in_words(tmp_path):
    part = zipped(("xl/workbook.xml", "<x"), ("xl/_rels/workbook.xml.rels", "<"))

    with pytest.raises(CannotRead) as refused:
        read(part, tmp_path)
    assert str(refused.value) == BROKEN


@pytest.mark.parametrize("kind", [0, 1])
def test_an_old_workbook_with_a_password_is_refused(kind):
    content = xls(ROWS)
    at = content.index(struct.pack("<HHH", 0x42, 2, 1200))
    locked = content[:at] + struct.pack("<HHH", 0x2F, 2, kind) + content[at + 6 :]

    with pytest.raises(Unreadable, match="mật khẩu"):
        check(locked)


# --- Every format gives the same -------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_text_is_read_whatever_its_encoding_and_separator(encoding, separator, tmp_path):
    rows = [[cell.replace(",", " và") for cell in row] for row in ROWS]

    staged = read(text(rows, separator=separator).encode(encoding), tmp_path)

    assert staged.columns["code"] == [code(1), code(2)]
    assert staged.columns["procedure_name"] == ["Chứng thực bản sao"] * 2
    assert staged.problems == []


@pytest.mark.parametrize(
    "content",
    [xls(ROWS), PAGE.encode(), PAGE.encode("utf-16"), b"sep=;\r\n" + text(ROWS).encode()],
    ids=["xls", "html", "html in utf-16", "sep="],
)
def test_the_other_formats_are_read_alike(content, tmp_path):
    staged = read(content, tmp_path)

    expected = read(WORKBOOK, tmp_path)
    assert staged.columns == expected.columns
    assert staged.mapping == expected.mapping
    assert staged.row_numbers == expected.row_numbers
    assert staged.problems == []


def test_quoted_cells_of_text_may_hold_separators_and_line_ends(tmp_path):
    line = '1;"{}";"Chứng thực;\nbản sao";x;y;02/01/2024;04/01/2024;03/01/2024\n'
    content = ";".join(HEADINGS) + "\n" + line.format(code(1)) + line.format(code(2))

    staged = read(content.encode(), tmp_path)

    assert staged.columns["procedure_name"] == ["Chứng thực; bản sao"] * 2
    assert staged.row_numbers == [2, 3]


def test_merged_headings_of_a_page_are_spread(tmp_path):
    page = (
        "<table><tr><td>trang bìa</td></tr></table><table><tr><th rowspan=2>Mã hồ sơ</th>"
        "<th rowspan=2>Tên TTHC</th><th colspan=3>Thời gian</th></tr>"
        "<tr><th>Nhận hồ sơ<th>Hẹn trả<th>Trả kết quả</tr>"
        f"<tr><td>{code(1)}<td>Đăng ký<td>02/01/2024<td>03/01/2024<td></tr></table>"
    )

    staged = read(page.encode(), tmp_path)

    assert staged.sheet == "Bảng 2"
    assert staged.mapping == {
        "code": "A",
        "procedure_name": "B",
        "received_on": "C",
        "due_on": "D",
        "finished_on": "E",
    }
    assert staged.columns["finished_on"] == [None]


def test_a_page_without_a_table_is_named(tmp_path):
    with pytest.raises(CannotRead, match="không có bảng"):
        read(b"<html><body>Het phien lam viec</body></html>", tmp_path)


# What a text is in fonts of the 1990s is tested with `portal.legacy_fonts`.
TCVN3 = [
    [
        *("TT", "M· hå s¬", "Tªn thñ tôc hµnh chÝnh", "Tªn c¸ nh©n, tæ chøc"),
        *("Ngµy tiÕp nhËn", "Ngµy hÑn tr¶", "Ngµy tr¶ kÕt qu¶"),
    ],
    [
        *("1", code(1), "Chøng thùc b¶n sao", "Lß ThÞ KÝn"),
        *("02/01/2024", "04/01/2024", "03/01/2024"),
    ],
]
VNI = [
    [
        *("TT", "Maõ hoà sô", "Teân thuû tuïc haønh chính", "Teân caù nhaân, toå chöùc"),
        *("Ngaøy tieáp nhaän", "Ngaøy heïn traû", "Ngaøy traû keát quaû"),
    ],
    [
        *("1", code(1), "Chöùng thöïc baûn sao", "Loø Thò Kín"),
        *("02/01/2024", "04/01/2024", "03/01/2024"),
    ],
]


@pytest.mark.parametrize(("rows", "encoding"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
@pytest.mark.parametrize(
    "write",
    [
        xlsx,
        xls,
        lambda rows: text(rows).encode("latin-1"),
        lambda rows: text(rows).encode(),
    ],
    ids=["xlsx", "xls", "text", "text in utf-8"],
)
def test_words_typed_for_old_fonts_are_read(rows, encoding, write, tmp_path):
    staged = read(write(rows), tmp_path)

    assert staged.encoding == encoding
    assert staged.columns["procedure_name"] == ["Chứng thực bản sao"]
    assert staged.columns["due_on"][0].isoformat() == "2024-01-04"
    assert [h.letter for h in staged.headings if h.dropped == "riêng tư"] == ["D"]


def test_text_of_vietnamese_windows_is_read(tmp_path):
    # Windows 1258 has tones as signs of their own behind the letter.
    def decomposed(letter):
        if letter in "àáâăèéêìíòóôơùúưýđÀÁÂĂÈÉÊÌÍÒÓÔƠÙÚƯÝĐ":
            return letter
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
        return base + "".join(c for c in parts if c in TONES)

    content = "".join(map(decomposed, text(ROWS))).encode("cp1258", "ignore")

    staged = read(content, tmp_path)

    assert staged.columns["procedure_name"] == ["Chứng thực bản sao"] * 2
    assert staged.columns["code"] == [code(1), code(2)]


def with_far_cell(rows, cell):
    """Return a workbook with something in `cell`."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file)
    page = workbook.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    page.write_string(*xl_cell_to_rowcol(cell), "x")
    workbook.close()
    return file.getvalue()
