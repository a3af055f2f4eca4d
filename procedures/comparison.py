"""What differs between two versions of a period's figures, cell by cell."""

from dataclasses import dataclass

from procedures.figures import COLUMNS, Column, Figures
from procedures.models import Field, OverdueReason, PeriodEdition
from procedures.workflow import details_of, rows_of

__all__ = ["Cell", "ComparedRow", "Comparison", "between", "compare", "headline"]

# What an approver looks at first, of the totals of the sheet.
_HEADLINE = (
    ("received", "Nhận giải quyết (cột 3)"),
    ("received_online", "Nhận trực tuyến (cột 4)"),
    ("resolved", "Đã giải quyết (cột 7)"),
    ("resolved_late", "Giải quyết quá hạn (cột 10)"),
    ("pending", "Đang giải quyết (cột 11)"),
    ("pending_overdue", "Đang quá hạn (cột 13)"),
)

_LINES = (
    *("note", "correction_note", "report_number", "signer", "signer_position"),
    *("signed_on", "signed_file", "apology_letters", "as_of"),
)


@dataclass(frozen=True)
class Cell:
    """One figure, now and before; None where there is no such row."""

    column: Column
    old: int | None
    new: int | None

    @property
    def is_changed(self):
        return self.old != self.new


@dataclass(frozen=True)
class ComparedRow:
    """A lĩnh vực in both versions; `field` is None for the totals."""

    field: Field | None
    cells: tuple[Cell, ...]
    old_note: str = ""
    note: str = ""

    @property
    def is_new(self):
        return all(cell.old is None for cell in self.cells)

    @property
    def is_gone(self):
        return all(cell.new is None for cell in self.cells)

    @property
    def is_changed(self):
        return self.old_note != self.note or any(cell.is_changed for cell in self.cells)


@dataclass(frozen=True)
class Line:
    """Something said around the figures, before and now."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Headline:
    """A total and the same total of the period before; None when there is none."""

    label: str
    figure: int
    before: int | None

    @property
    def change(self):
        """By how much the total rose; None without a period before."""
        return None if self.before is None else self.figure - self.before

    @property
    def fall(self):
        """By how much the total fell."""
        return -self.change


@dataclass(frozen=True)
class Comparison:
    """All rows of both versions in the order of the form, the totals, and lines that differ."""

    rows: tuple[ComparedRow, ...]
    totals: ComparedRow
    lines: tuple[Line, ...]

    @property
    def is_empty(self):
        return not self.lines and not any(row.is_changed for row in self.rows)


def between(old, new):
    """Return what differs from the edition `old` (None: nothing) to the edition `new`."""
    return compare(rows_of(old), details_of(old), rows_of(new), details_of(new))


def compare(old_rows, old_details, new_rows, new_details):
    """Return what differs between two versions given as `SheetRow`s and `Details`."""
    old = {row.field: row for row in old_rows}
    new = {row.field: row for row in new_rows}
    fields = sorted(old.keys() | new.keys(), key=lambda field: (field.order, field.name))
    return Comparison(
        rows=tuple(_row(field, old.get(field), new.get(field)) for field in fields),
        totals=ComparedRow(None, _cells(_total(old.values()), _total(new.values()))),
        lines=tuple(
            line for line in _lines(old_details, new_details) if line.old != line.new
        ),
    )


def headline(rows, rows_before):
    """Return the totals of `rows` beside those of the period before (`rows_before`, may be none)."""
    now, before = _total(rows) or Figures(), _total(rows_before)
    return [
        Headline(label, getattr(now, key), _figure(before, key)) for key, label in _HEADLINE
    ]


def _row(field, old, new):
    return ComparedRow(
        field,
        _cells(old and old.figures, new and new.figures),
        old.carry_over_note if old else "",
        new.carry_over_note if new else "",
    )


def _cells(old, new):
    return tuple(
        Cell(column, _figure(old, column.key), _figure(new, column.key))
        for column in COLUMNS
    )


def _figure(figures, key):
    return None if figures is None else getattr(figures, key)


def _total(rows):
    rows = list(rows)
    return Figures.total(row.figures for row in rows) if rows else None


def _lines(old, new):
    for name in _LINES:
        label = PeriodEdition._meta.get_field(name).verbose_name
        yield Line(label, _said(getattr(old, name)), _said(getattr(new, name)))
    for reason in OverdueReason:
        yield Line(
            f"quá hạn: {reason.label}",
            _said(old.overdue.get(reason.value)),
            _said(new.overdue.get(reason.value)),
        )


def _said(value):
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else str(value)
