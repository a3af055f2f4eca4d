"""Reads a catalogue of procedures from a table: which column is what, and its rows as text.

Runs in the child process, as all reading of workbooks does. What a text means, and whether it
may stand there, the site decides (`procedures.catalogue_facts`).
"""

from itertools import chain, islice

from portal.text import clean_line, nfc
from procedures.imports import sheets
from procedures.imports.layout import cell_text, is_number_row
from procedures.imports.staged import folded
from procedures.imports.unreadable import CannotRead

__all__ = ["HEADINGS", "MAX_ENTRIES", "read_rows"]

MAX_ENTRIES = 2_000  # a commune has 300–450 procedures
_SEARCHED_ROWS = 60  # in which the headings must stand
_WIDEST = 100  # columns that are looked at
_LONGEST = 20_000  # characters of a cell

# Key of a fact, its heading in our own files, and how else catalogues write it.
_OF_CHANNELS = (("direct", "trực tiếp"), ("online", "trực tuyến"), ("post", "bưu chính"))
HEADINGS = {
    "code": ("Mã thủ tục", "mã TTHC", "mã số", "mã số TTHC", "mã", "mã quốc gia"),
    "name": ("Tên thủ tục", "tên TTHC", "tên thủ tục hành chính", "thủ tục hành chính"),
    "field": ("Lĩnh vực", "tên lĩnh vực", "ngành, lĩnh vực"),
    "also_known_as": ("Người dân hay gọi", "tên gọi khác", "từ khóa"),
    "level": ("Cấp thực hiện", "cấp giải quyết"),
    "status": ("Tình trạng", "tình trạng hiệu lực", "trạng thái"),
    "effective_on": ("Có hiệu lực từ", "ngày có hiệu lực", "ngày hiệu lực"),
    "ended_on": ("Hết hiệu lực từ", "ngày hết hiệu lực"),
    "replaced_by": ("Được thay bằng", "mã thủ tục thay thế"),
    "decision": ("Quyết định công bố", "số quyết định", "quyết định"),
    "decision_on": ("Ngày quyết định", "ngày ban hành quyết định"),
    "handled_by": ("Cơ quan giải quyết", "cơ quan thực hiện", "cơ quan có thẩm quyền"),
    "where_to_submit": ("Nơi nộp hồ sơ", "địa điểm thực hiện", "nơi tiếp nhận"),
    "contact_phone": ("Điện thoại hướng dẫn", "điện thoại"),
    "channels": ("Cách nộp", "cách thức thực hiện", "hình thức nộp"),
    **{
        f"{channel}_{key}": (f"{label}: {words}", f"{label} {words}")
        for channel, words in _OF_CHANNELS
        for key, label in (
            ("time", "Thời hạn"),
            ("time_note", "Ghi chú thời hạn"),
            ("fee", "Phí (đồng)"),
            ("fee_note", "Ghi chú phí"),
        )
    },
    "papers": ("Giấy tờ phải nộp", "thành phần hồ sơ"),
    "steps": ("Các bước thực hiện", "trình tự thực hiện"),
    "result": ("Kết quả nhận được", "kết quả", "kết quả thực hiện"),
    "legal_bases": ("Căn cứ pháp lý", "số văn bản căn cứ"),
    "national_url": ("Trang trên Cổng quốc gia", "liên kết", "đường dẫn"),
    "is_common": ("Hay dùng",),
    "is_core": ("Thủ tục chính của cấp xã",),
    "source": ("Nguồn",),
    "source_via": ("Lấy qua",),
    "confidence": ("Độ tin cậy của nguồn", "độ tin cậy"),
    "caveat": ("Điều cần lưu ý về nguồn", "lưu ý"),
}
_MEANING = {folded(each): key for key, names in HEADINGS.items() for each in names}
_NEEDED = {"code", "name"}

_NO_TABLE = (
    "Không tìm thấy dòng tiêu đề của danh mục. Bảng cần có ít nhất cột “Mã thủ tục” và cột “Tên "
    "thủ tục”. Cách chắc chắn nhất: tải danh mục hiện có về, sửa trong tệp đó rồi tải lên lại."
)
_TOO_MANY = f"Danh mục có hơn {MAX_ENTRIES} dòng. Hãy xóa các dòng thừa ở cuối bảng rồi tải lên lại."


def read_rows(path, file_format):
    """Return the catalogue in the file, as JSON can hold it. Raises `CannotRead`.

    `rows` are {"row": Excel's number, "cells": {key: text}}; `unread` are the headings of
    columns that mean nothing here and whose cells stay in this process.
    """
    reason = None
    for opener in sheets.open_sheets(path, file_format):
        try:
            sheet = opener()
        except CannotRead as error:
            reason = reason or error
            continue
        rows = iter(sheet.rows)
        first = list(islice(rows, _SEARCHED_ROWS))
        if encoding := sheets.legacy_encoding(first):
            first = list(sheets.modernised(first, encoding))
            rows = sheets.modernised(rows, encoding)
        for place, row in enumerate(first):
            keys, unread = _headings(row)
            if set(keys.values()) >= _NEEDED:
                below = chain(first[place + 1 :], rows)
                return {"rows": list(_entries(below, place + 2, keys)), "unread": unread}
    raise reason or CannotRead(_NO_TABLE)


def _headings(row):
    """Return {place: key} of the columns that mean something, and the other headings."""
    keys, unread = {}, []
    for place, cell in enumerate(row[:_WIDEST]):
        text = cell_text(cell)
        key = _MEANING.get(folded(text))
        if key is not None and key not in keys.values():
            keys[place] = key
        elif text:
            unread.append(text[:80])
    return keys, unread


def _entries(rows, number, keys):
    count = 0
    for offset, row in enumerate(rows):
        cells = {
            key: _text(row[place]) if place < len(row) else ""
            for place, key in keys.items()
        }
        # A row without a code is a heading of a group, a signature or blank, unless it says more.
        is_entry = cells["code"] or (cells["name"] and sum(map(bool, cells.values())) > 2)
        if not is_entry or is_number_row([cell_text(cell) for cell in row[:_WIDEST]]):
            continue
        count += 1
        if count > MAX_ENTRIES:
            raise CannotRead(_TOO_MANY)
        yield {"row": number + offset, "cells": cells}


def _text(cell):
    """Return the text of a cell with its lines; what kept it from being a formula goes."""
    if not isinstance(cell, str):
        return cell_text(cell)
    if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r\n＝＋－＠"):
        cell = cell[1:]
    lines = (clean_line(line) for line in nfc(cell[:_LONGEST]).splitlines())
    return "\n".join(line for line in lines if line)
