"""What result pages show as files: the same rows and figures in XLSX, CSV and JSON."""

from portal import exports
from procedures.figures import COLUMNS, Figures

RESPONSES = {
    "xlsx": exports.xlsx_response,
    "csv": exports.csv_response,
    "json": exports.json_response,
}
# A workbook is written before it is sent, while others wait: some three seconds for so many.
MOST_IN_XLSX = 50_000  # dossiers

_DOSSIER_COLUMNS = [
    exports.Column("code", "Mã hồ sơ"),
    exports.Column("procedure_code", "Mã thủ tục"),
    exports.Column("procedure", "Thủ tục"),
    exports.Column("field", "Lĩnh vực"),
    exports.Column("channel", "Cách nộp"),
    exports.Column("received_on", "Ngày nhận", "date"),
    exports.Column("finished_on", "Ngày có kết quả", "date"),
    exports.Column("status", "Trạng thái khi lập danh sách"),
    exports.Column("timeliness", "Tình trạng cuối kỳ"),
]


def sheet_response(period, *, file_format):
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


def formats_of(listing):
    """Return the kinds of file that the dossiers of `listing` are offered in."""
    is_too_long = listing.total > MOST_IN_XLSX
    return [each for each in RESPONSES if not (is_too_long and each == "xlsx")]


def dossiers_response(period, listing, *, file_format):
    """Return all dossiers of `listing`, which holds those of `period`, as a download."""
    title = ", ".join([f"Hồ sơ TTHC, {period.label}", *listing.words])
    table = exports.Table(title, columns=_DOSSIER_COLUMNS, rows=listing.stream())
    return RESPONSES[file_format](table, f"ho-so-tthc-{period.code}.{file_format}")
