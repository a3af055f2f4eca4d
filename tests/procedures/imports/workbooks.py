"""Makes workbooks as one-stop systems export them, with private columns that must vanish.

A list has title rows, a header of two rows with merged cells, a row of column numbers, the
dossiers, a totals row and a signature block. Nobody in it exists.
"""

import io
import random
from datetime import date, datetime, timedelta

import xlsxwriter

__all__ = ["SECRETS", "dossier_list", "form", "many_dossiers", "secrets_of"]

_TITLES = (
    "ỦY BAN NHÂN DÂN XÃ ĐÔNG THANH",
    "DANH SÁCH HỒ SƠ TIẾP NHẬN VÀ TRẢ KẾT QUẢ",
    "(Từ ngày {starts_on:%d/%m/%Y} đến ngày {ends_on:%d/%m/%Y})",
)
# Key of a row, heading, heading of the group above it.
_LIST = (
    ("number", "TT", ""),
    ("code", "Mã hồ sơ", ""),
    ("procedure_name", "Tên TTHC", ""),
    ("field_name", "Lĩnh vực", ""),
    ("applicant", "Tên cá nhân, tổ chức", ""),
    ("identity", "Số CCCD", ""),
    ("address", "Địa chỉ, số điện thoại", ""),
    ("received_on", "Nhận hồ sơ", "Ngày, tháng, năm"),
    ("due_on", "Hẹn trả kết quả", "Ngày, tháng, năm"),
    ("finished_on", "Trả kết quả", "Ngày, tháng, năm"),
    ("channel", "Hình thức nộp", ""),
    ("status", "Trạng thái", ""),
    ("remarks", "Ghi chú", ""),
)
_FORM = (
    ("number", "STT", ""),
    ("field_name", "Lĩnh vực giải quyết", ""),
    ("received", "Tổng số", "Số hồ sơ nhận giải quyết"),
    ("received_online", "Trực tuyến", "Số hồ sơ nhận giải quyết"),
    ("received_direct", "Trực tiếp, dịch vụ bưu chính", "Số hồ sơ nhận giải quyết"),
    ("carried_over", "Từ kỳ trước chuyển sang", "Số hồ sơ nhận giải quyết"),
    ("resolved", "Tổng số", "Số hồ sơ đã giải quyết"),
    ("resolved_early", "Trước hạn", "Số hồ sơ đã giải quyết"),
    ("resolved_on_time", "Đúng hạn", "Số hồ sơ đã giải quyết"),
    ("resolved_late", "Quá hạn", "Số hồ sơ đã giải quyết"),
    ("pending", "Tổng số", "Số hồ sơ đang giải quyết"),
    ("pending_in_time", "Trong hạn", "Số hồ sơ đang giải quyết"),
    ("pending_overdue", "Quá hạn", "Số hồ sơ đang giải quyết"),
)
PERIOD = (date(2023, 12, 15), date(2024, 1, 14))

# One of each kind for a leak test to look for.
SECRETS = {
    "applicant": "Nguyễn Thị Bí Mật",
    "identity": "038199000123",
    "address": "Thôn Phúc Triền 1, 0912345678",
    "remarks": "Con gái bà Lò Thị Kín",
}


def dossier_list(rows, *, columns=None, totals=True, days=PERIOD, sheet="DS ho so"):
    """Return the bytes of an XLSX with `rows`, dicts by the keys of `columns`.

    Private cells that a row does not give hold `SECRETS`. `columns` are keys in the order of
    the sheet, all by default.
    """
    chosen = [each for each in _LIST if columns is None or each[0] in columns]
    return _workbook(
        (SECRETS | {"number": n} | row for n, row in enumerate(rows, start=1)),
        chosen,
        foot=[["", "Tổng cộng"]] if totals else [],
        days=days,
        sheet=sheet,
    )


def form(rows, *, totals=None, days=PERIOD, sheet="Bieu II.06a"):
    """Return the bytes of a Biểu II.06a; `totals` is its totals row as a dict, if any."""
    foot = []
    if totals is not None:
        foot = [["", "Tổng cộng", *(totals.get(key) for key, _, _ in _FORM[2:])]]
    return _workbook(
        ({"number": n} | row for n, row in enumerate(rows, start=1)),
        _FORM,
        foot=foot,
        days=days,
        sheet=sheet,
    )


def _workbook(rows, columns, *, foot, days, sheet):
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file)
    # The same rows are the same bytes.
    workbook.set_properties({"created": datetime(2024, 1, 15)})
    page = workbook.add_worksheet(sheet)
    last = len(columns) - 1
    starts_on, ends_on = days
    for number, title in enumerate(_TITLES):
        words = title.format(starts_on=starts_on, ends_on=ends_on)
        page.merge_range(number, 0, number, last, words)
    top = len(_TITLES) + 1
    _write_header(page, columns, top)
    row = top + 3
    for row, cells in enumerate(rows, start=row):  # noqa: B020 — the last one is used below
        for index, (key, _, _) in enumerate(columns):
            _write(page, row, index, cells.get(key))
    for row, cells in enumerate(foot, start=row + 1):  # noqa: B020
        for index, value in enumerate(cells):
            _write(page, row, index, value)
    page.write_string(row + 2, 1, "NGƯỜI LẬP BIỂU")
    page.write_string(row + 2, last, "CHỦ TỊCH")
    page.write_string(row + 6, last, "Lê Văn Ký Tên")
    workbook.close()
    return file.getvalue()


def _write_header(page, columns, top):
    """Two rows, groups merged across and single headings down, then the column numbers."""
    index = 0
    while index < len(columns):
        group = columns[index][2]
        end = index
        while group and end + 1 < len(columns) and columns[end + 1][2] == group:
            end += 1
        if group:
            page.merge_range(top, index, top, end, group)
            for each in range(index, end + 1):
                page.write_string(top + 1, each, columns[each][1])
        else:
            page.merge_range(top, index, top + 1, index, columns[index][1])
        index = end + 1
    for index in range(len(columns)):
        page.write_number(top + 2, index, index + 1)


def _write(page, row, index, value):
    if isinstance(value, date):
        page.write_string(row, index, f"{value:%d/%m/%Y}")
    elif isinstance(value, int):
        page.write_number(row, index, value)
    elif value:
        page.write_string(row, index, value)


def many_dossiers(number, procedures, *, days=PERIOD, seed=1):
    """Yield `number` rows that hold together, a person in each, always the same for a seed.

    `procedures` are (name, lĩnh vực) pairs.
    """
    chance = random.Random(seed)  # noqa: S311
    starts_on, ends_on = days
    length = (ends_on - starts_on).days
    for count in range(1, number + 1):
        name, field_name = chance.choice(procedures)
        received_on = starts_on + timedelta(days=chance.randint(-20, length))
        due_on = received_on + timedelta(days=chance.randint(0, 20))
        finished_on = received_on + timedelta(days=chance.randint(0, 25))
        is_open = finished_on > ends_on or finished_on < starts_on
        yield {
            "code": f"000.17.22.H56-{received_on:%y%m%d}-{count:05}",
            "procedure_name": name,
            "field_name": field_name,
            "received_on": received_on,
            "due_on": due_on,
            "finished_on": None if is_open else finished_on,
            "channel": chance.choice(["Trực tiếp", "Trực tuyến", "Bưu chính công ích"]),
            "status": "Đang xử lý" if is_open else "Đã trả kết quả",
        } | secrets_of(count)


def secrets_of(number):
    """Return the private cells of the person with this number."""
    return {
        "applicant": f"Trần Thị Riêng {number}",
        "identity": f"0381{number:08}",
        "address": f"Thôn {number % 9 + 1}, 09{number:08}",
        "remarks": f"Sinh ngày 03/04/{1950 + number % 50}",
    }
