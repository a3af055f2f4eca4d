"""What a file means for a period: rows of the sheet, dossiers to keep, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from procedures.counting import Facts, NotOfPeriod, Place
from procedures.durations import Bucket
from procedures.figures import Figures
from procedures.imports.matching import Unmatched
from procedures.imports.staged import Level, Problem, Staged
from procedures.workflow import SheetRow

__all__ = ["End", "Interpreted", "Record", "Told", "problem_at"]


@dataclass(eq=False, slots=True)
class End:
    """Where dossiers count and how long they took: one object for all that end so."""

    place: Place
    bucket: Bucket | None  # None while pending


@dataclass(eq=False, slots=True)
class Told:
    """What the facts of a dossier mean for the period: an end, or why it has none.

    One object for all dossiers with the same facts; `rows` says how many that are.
    """

    facts: Facts
    is_usable: bool  # else too little is told to look for an end
    conflict: tuple[str, str] | None = None  # code and key of the `Contradiction`
    left_out: NotOfPeriod | None = None
    end: End | None = None
    rows: int = 0


class Record(NamedTuple):
    """A dossier to be stored."""

    code: str
    procedure_id: int
    field_id: int
    told: Told


@dataclass(frozen=True)
class Interpreted:
    """All that confirming would store, and all that stands in its way.

    `rows` are the sheet's, in the order of the form. `records` holds no dossier of a lĩnh vực
    of which only totals are shown; those count in `rows` all the same. `by_status` counts the
    rows of the file by their status, `not_counted` those that do not belong to the period by
    the reason (`NotOfPeriod`). `unmatched` are the names that the clerk is asked about;
    `asks_channel` says that rows do not tell how they came.
    """

    staged: Staged
    rows: Sequence[SheetRow] = ()
    procedure_rows: Sequence[tuple] = ()  # (Procedure, Figures)
    times: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    records: Sequence[Record] = ()
    problems: Sequence[Problem] = ()
    unmatched: Sequence[Unmatched] = ()
    asks_channel: bool = False
    by_status: Mapping[int, int] = field(default_factory=dict)
    not_counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows_read(self):
        return self.staged.rows_read

    @property
    def rows_counted(self):
        """How many dossiers the sheet has: the rows of a list, or column 3 of a form."""
        return self.totals.received

    @property
    def totals(self):
        """The totals row of the sheet."""
        return Figures.total(row.figures for row in self.rows)

    @property
    def blockers(self):
        return [each for each in self.problems if each.level == Level.BLOCKER]

    @property
    def warnings(self):
        return [each for each in self.problems if each.level == Level.WARNING]

    @property
    def is_ready(self):
        """Whether it can be confirmed."""
        return not self.blockers


def problem_at(staged, code, index, key, *, level=Level.BLOCKER, value="", **params):
    """Return a problem of the cell that has `key` in the row at `index`.

    A key that the file has no column for gives a problem of the whole row.
    """
    letter = staged.mapping.get(key, "")
    heading = next((each.text for each in staged.headings if each.letter == letter), "")
    return Problem(
        code=code,
        level=level,
        sheet=staged.sheet,
        row=staged.row_numbers[index],
        column=letter,
        heading=heading,
        value=str(value),
        params=params,
    )
