"""The workbook of what is wrong with a file, for the one who uploaded it.

It is made when it is asked for, from the problems that the draft holds, and kept nowhere.
Reading has left private columns out before, so it cannot hold one.
"""

from pathlib import PurePath

from portal.exports import Column, Table, xlsx_response
from procedures.imports.report import LEVELS, advice, wrong

__all__ = ["response"]

_COLUMNS = [
    Column("level", "Mức"),
    Column("sheet", "Trang tính"),
    Column("row", "Dòng", "integer"),
    Column("column", "Cột"),
    Column("heading", "Tên cột"),
    Column("value", "Giá trị"),
    Column("wrong", "Có gì chưa đúng"),
    Column("advice", "Cần làm gì"),
]


def response(*, problems, file_name):
    """Return a download with one row a problem; texts never become formulas."""
    rows = (
        {
            "level": LEVELS[each.level],
            "sheet": each.sheet,
            "row": each.row,
            "column": each.column,
            "heading": each.heading,
            "value": each.value,
            "wrong": wrong(each),
            "advice": advice(each),
        }
        for each in problems
    )
    stem = PurePath(file_name).stem or "tep"
    table = Table(title=f"Các chỗ cần xem trong {file_name}", columns=_COLUMNS, rows=rows)
    return xlsx_response(table, f"loi-{stem}.xlsx")
