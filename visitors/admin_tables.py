"""How the officials' pages show a table of visitors/tables.py: cells in words, links, shades."""

from dataclasses import dataclass

from django.urls import reverse

from portal.exports import Table
from visitors import admin_charts, tables
from visitors.headlines import difference, number
from visitors.periods import Period

# The name and the address of a row stand together in its first cell.
_NOT_CELLS = {"name", "address"}
# A card has to fit on a phone; the page of its table has all columns.
_NOT_IN_CARDS = {"before", "group"}
_NOT_BESIDE_CHANGE = {"share", "entries"}


@dataclass(frozen=True)
class Cell:
    """One cell. A change has a `sign` for the eye, and says in `text` the same in words.

    `step` is the shade of a number among its like, None where there are no shades.
    """

    text: str
    is_number: bool
    step: int | None = None
    sign: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Row:
    """A row by its name; `address` is what it was read at, `url` where the admin tells more."""

    name: str
    address: str
    url: str
    kind: str  # "rest", "total" or ""
    cells: list[Cell]


@dataclass(frozen=True)
class ShownTable:
    """A table as a card or a page shows it."""

    key: str
    title: str
    note: str
    name_heading: str
    headings: list[Cell]
    rows: list[Row]
    query: str

    @property
    def is_empty(self):
        """Whether nothing was counted: then there is only a total of 0."""
        return all(
            row.kind == "total" or all(cell.text == "0" for cell in row.cells)
            for row in self.rows
        )

    @property
    def has_more(self):
        """Whether rows are left that are not shown one by one."""
        return any(row.kind == "rest" for row in self.rows)

    @property
    def has_shades(self):
        """Whether numbers are shaded by how large they are among their like."""
        return any(cell.step is not None for row in self.rows for cell in row.cells)

    @property
    def url(self):
        """Where the admin shows more rows and all columns."""
        return f"{reverse('admin:visitors_table_page', args=[self.key])}?{self.query}"

    @property
    def files(self):
        """See `files_of`."""
        return files_of(self.key, self.query)


def files_of(key: str, query: str) -> list[tuple[str, str]]:
    """Return the words and addresses of the files of table `key`, for the period of `query`."""
    return [
        (name.upper(), f"{reverse('admin:visitors_table', args=[key, name])}?{query}")
        for name in ("csv", "xlsx")
    ]


def shown(key: str, table: Table, period: Period, *, is_brief: bool) -> ShownTable:
    """Return the `table` of `key` for a page; `is_brief` leaves out what a card has no room for."""
    left_out = set(_NOT_CELLS)
    if is_brief:
        left_out |= _NOT_IN_CARDS
        if any(column.key == "change" for column in table.columns):
            left_out |= _NOT_BESIDE_CHANGE
    columns = [column for column in table.columns if column.key not in left_out]
    spec = tables.TABLES[key]
    highest = _highest_hour(table)
    return ShownTable(
        key=key,
        title=spec.title,
        note=spec.note,
        name_heading=next(each.label for each in table.columns if each.key == "name"),
        headings=[Cell(column.label, column.kind != "text") for column in columns],
        rows=[_row(row, columns, period, highest, is_brief=is_brief) for row in table.rows],
        query=period.query,
    )


def _highest_hour(table):
    """Return the most views that an hour of a weekday had; 0 in tables without hours."""
    return max(
        (
            row[key]
            for row in table.rows
            if not row["is_total"]
            for key in row
            if _is_hour(key)
        ),
        default=0,
    )


def _is_hour(key):
    return key.startswith("day_")


def _step(row, column, highest):
    if row["is_total"] or not _is_hour(column.key):
        return None
    return admin_charts.heat_step(row[column.key], highest)


def _row(row, columns, period, highest, *, is_brief):
    return Row(
        name=row["name"],
        # In a card the title of a page says enough.
        address="" if is_brief and row["page"] else row.get("address") or "",
        url=page_url(row["page"], period) if row["page"] else "",
        kind="total" if row["is_total"] else "rest" if row["is_rest"] else "",
        cells=[
            _cell(row[column.key], column, _step(row, column, highest))
            for column in columns
        ],
    )


def page_url(page: int, period: Period) -> str:
    """Return where the admin tells more of the page with that number."""
    return f"{reverse('admin:visitors_page', args=[page])}?{period.query}"


def _cell(value, column, step):
    if column.key == "change" and value is not None:
        direction, sign, words = difference(value)
        return Cell(words, is_number=True, sign=sign, direction=direction)
    return Cell(_text(value, column.kind), column.kind != "text", step)


def _text(value, kind):
    if value is None:
        return "–"
    if kind in ("integer", "decimal"):
        return number(value)
    return f"{value:%d/%m/%Y}" if kind == "date" else str(value)
