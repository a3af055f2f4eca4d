"""A period's table as a file: the same rows and figures as on its page."""

from portal import exports
from procedures.figures import COLUMNS, Figures

RESPONSES = {
    "xlsx": exports.xlsx_response,
    "csv": exports.csv_response,
    "json": exports.json_response,
}


def response(period, *, file_format):
    """Return `period`'s table as a download; `file_format` is a key of `RESPONSES`."""
    filename = f"ket-qua-tthc-{period.code}.{file_format}"
    return RESPONSES[file_format](sheet_table(period), filename)


def sheet_table(period):
    """Return the rows of `period` with the totals row last, in the order of the form."""
    columns = [exports.Column("field", "Lĩnh vực", "text")]
    columns += [
        exports.Column(column.key, column.full_label, "integer") for column in COLUMNS
    ]
    rows = list(period.approved.sheets.select_related("field"))
    lines = [(row.field.name, row) for row in rows]
    lines.append(("Tổng cộng", Figures.total(rows)))
    return exports.Table(
        f"Kết quả giải quyết TTHC, {period.label}",
        columns=columns,
        rows=[
            {"field": name} | {column.key: figure for column, figure in figures.by_column()}
            for name, figures in lines
        ],
    )
