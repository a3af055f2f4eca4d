"""What the reading of an import file hands on: allowed columns only, and what was wrong.

Shared by the child process that reads files and by the site, so nothing here needs Django.
"""

import json
import re
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from portal.text import clean_line, fold

__all__ = [
    "CATALOGUE",
    "CODES",
    "DOSSIERS",
    "KIND_OF_KEY",
    "MAX_BYTES",
    "MAX_MEMBERS",
    "MAX_ROWS",
    "MAX_UNPACKED",
    "REQUIRED",
    "RESULTS",
    "FileFormat",
    "Heading",
    "Kind",
    "Known",
    "Level",
    "Problem",
    "Staged",
    "folded",
]

# What a file may be at most.
MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 100 * 2**20  # bytes of all parts of a workbook
MAX_MEMBERS = 1_000  # parts of a workbook
MAX_ROWS = 200_000

# The two kinds of file; the values of `ImportKind`.
DOSSIERS = "ho-so"
RESULTS = "bieu"
# A catalogue of procedures, which becomes rows of text and no `Staged`.
CATALOGUE = "danh-muc"


class FileFormat(StrEnum):
    """How a file is written, whatever its name says."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    HTML = "html"


class Kind(StrEnum):
    """What the cells of a column are; decides which keys the column can be mapped to."""

    DOSSIER_CODE = "ma-ho-so"
    PROCEDURE_CODE = "ma-thu-tuc"
    PROCEDURE_NAME = "ten-thu-tuc"
    FIELD_NAME = "linh-vuc"
    DATE = "ngay"
    CHANNEL = "kenh"
    STATUS = "trang-thai"
    FIGURE = "so-lieu"


KIND_OF_KEY = {
    "code": Kind.DOSSIER_CODE,
    "procedure_code": Kind.PROCEDURE_CODE,
    "procedure_name": Kind.PROCEDURE_NAME,
    "field_name": Kind.FIELD_NAME,
    "channel": Kind.CHANNEL,
    "received_on": Kind.DATE,
    "due_on": Kind.DATE,
    "finished_on": Kind.DATE,
    "status": Kind.STATUS,
    "received": Kind.FIGURE,
    "received_online": Kind.FIGURE,
    "received_direct": Kind.FIGURE,
    "carried_over": Kind.FIGURE,
    "resolved": Kind.FIGURE,
    "resolved_early": Kind.FIGURE,
    "resolved_on_time": Kind.FIGURE,
    "resolved_late": Kind.FIGURE,
    "pending": Kind.FIGURE,
    "pending_in_time": Kind.FIGURE,
    "pending_overdue": Kind.FIGURE,
}

# Of each group at least one column must be there.
REQUIRED = {
    DOSSIERS: (
        ("code",),
        ("procedure_code", "procedure_name"),
        ("received_on",),
        ("due_on",),
        ("finished_on",),
    ),
    RESULTS: (
        ("field_name",),
        ("received_online",),
        ("received_direct",),
        ("carried_over",),
        ("resolved_early",),
        ("resolved_on_time",),
        ("resolved_late",),
        ("pending_in_time",),
        ("pending_overdue",),
    ),
}


class Level(StrEnum):
    """Whether a problem forbids the import or only wants to be known."""

    BLOCKER = "chan"
    WARNING = "nhac"


# Every code that reading a file can give; the sentences are in `procedures.imports.report`.
CODES = (
    # Blockers, about one cell.
    "date-unclear",  # not a date written as d/m/yyyy
    "date-impossible",  # there is no such day; 05/13/2024 has its month first
    "date-two-digit-year",  # 5/1/24
    "date-out-of-range",  # a real date no dossier can have; params: first, last (years)
    "code-missing",  # the row says something and has no dossier code
    "code-malformed",  # no dossier code
    "procedure-code-malformed",  # no procedure code
    "channel-unknown",  # words that are no channel
    "status-unknown",  # words that are no status
    "name-too-long",  # a procedure or lĩnh vực of more than `most` characters; params: most
    "name-looks-personal",  # holds what looks like a phone number, an ID number or an e-mail
    "field-missing",  # figures in a row that names no lĩnh vực
    "figure-not-a-number",
    "figure-negative",
    "figure-decimal",
    "figure-too-large",  # params: most
    "cell-error",  # the cell shows #REF!, #N/A … of Excel
    "formula-not-computed",  # a formula whose result the program that wrote the file left out
    # Blockers, about the table; `row` is that of the headings.
    "column-missing",  # params: keys (one of them is needed)
    "no-rows",  # headings and nothing below
    "dates-swapped",  # about a column: texts have days 13–31 only, real dates 1–12 only, so that
    # Excel read day and month of the latter the American way round
    # Warnings, about the table.
    "column-twice",  # a second column with the meaning of another, not read; params: key, other
    "rows-without-dossier",  # rows with one text only, as headings of a group, were skipped; rows
    "hidden-rows",  # rows that Excel hides were read like the others; params: count
    "other-sheets",  # further sheets with such a table were not read; params: names
    "more-problems",  # a column has more problems than are listed; params: count
    "after-end",  # rows after the totals row or the signatures were not read; params: count
    "period-differs",  # title names other days than the period; params: starts_on, ends_on (ISO)
)


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Return `text` as names and headings are compared: unaccented words, single blanks."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(clean_line(text))))


@dataclass(frozen=True)
class Known:
    """What the catalogue has, by which columns are recognised; names as `folded` gives them."""

    procedure_codes: frozenset[str] = frozenset()
    procedure_names: frozenset[str] = frozenset()
    field_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    """Something wrong with a file, named so that a clerk finds it in Excel.

    `row` counts from 1 as Excel does, `column` is Excel's letter; both empty when the problem
    has no one place. `value` is short, and masked where it may be about a person.
    """

    code: str
    level: Level
    sheet: str = ""
    row: int | None = None
    column: str = ""
    heading: str = ""
    value: str = ""
    params: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Heading:
    """A column of the file: its letter, its heading, what it is taken for.

    `key` is None for a column that is not used; `dropped` then says why: "riêng tư" (its
    cells never left the child), "không nhận ra" (neither did they), or "" for a candidate,
    which may be mapped to a key of one of its `kinds`.
    """

    letter: str
    text: str
    key: str | None = None
    dropped: str = ""
    kinds: Sequence[Kind] = ()


@dataclass(frozen=True)
class Staged:
    """An import file as it was read.

    `columns` has for each mapped key one value a row: `date`, `int` (figures; channel and
    status by their numbers of the national portal) or `str`; None where the cell is blank or
    a problem names it. A blank figure is 0. `candidates` has the same by letter for columns
    that could be mapped. `row_numbers` are Excel's. `totals` is the totals row of the form.
    """

    kind: str
    sheet: str
    header_row: int  # the last row of the headings
    signature: str  # of the headings: the same layout has the same one
    headings: Sequence[Heading]
    mapping: Mapping[str, str]  # key → letter
    columns: Mapping[str, list]
    candidates: Mapping[str, list]
    row_numbers: Sequence[int]
    all_problems: Sequence[Problem]
    ended_by: str = ""  # "tổng cộng", "chữ ký" or "" for the end of the sheet
    totals: Mapping[str, int] | None = None
    stated_period: tuple[date, date] | None = None  # "Từ ngày … đến ngày …" of the title
    encoding: str = ""  # of a text file or of old fonts: "UTF-8", "TCVN3" …
    _packed = b""  # no field: what it was unpacked from

    @property
    def rows_read(self):
        return len(self.row_numbers)

    @property
    def problems(self) -> list[Problem]:
        """Those that matter with this mapping: problems in unused columns do not."""
        used = set(self.mapping.values())
        missing = [
            Problem(
                *("column-missing", Level.BLOCKER, self.sheet, self.header_row),
                params={"keys": list(keys)},
            )
            for keys in REQUIRED[self.kind]
            if not self.mapping.keys() & set(keys)
        ]
        return missing + [p for p in self.all_problems if not p.column or p.column in used]

    def choices(self, key) -> list[Heading]:
        """Return the columns that `key` may be mapped to."""
        return [h for h in self.headings if KIND_OF_KEY[key] in h.kinds]

    def remapped(self, mapping: Mapping[str, str]) -> "Staged":
        """Return the same file with its columns used as `mapping` says (key → letter).

        Raises ValueError for a column that cannot be what the key asks for, or twice used.
        """
        mapping = {key: letter for key, letter in mapping.items() if letter}
        values = {letter: self.columns[key] for key, letter in self.mapping.items()}
        values |= self.candidates
        for key, letter in mapping.items():
            if letter not in (heading.letter for heading in self.choices(key)):
                raise ValueError(f"{letter} cannot be {key}")
        if len(set(mapping.values())) < len(mapping):
            raise ValueError("A column is used twice.")
        keys = {letter: key for key, letter in mapping.items()}
        return replace(
            self,
            mapping=mapping,
            headings=[replace(h, key=keys.get(h.letter)) for h in self.headings],
            columns={key: values[letter] for key, letter in mapping.items()},
            candidates={
                letter: column for letter, column in values.items() if letter not in keys
            },
        )

    def to_bytes(self) -> bytes:
        """Return all of it, packed, for keeping until the import is confirmed."""
        if self._packed:
            return self._packed
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["headings"] = [asdict(heading) for heading in self.headings]
        plain["all_problems"] = [asdict(problem) for problem in self.all_problems]
        for name in ("columns", "candidates"):
            plain[name] = {key: _folded_up(each) for key, each in plain[name].items()}
        text = json.dumps(plain, default=date.isoformat, ensure_ascii=False)
        return zlib.compress(text.encode(), 1)

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Staged":
        """Return what `to_bytes` packed."""
        plain = json.loads(zlib.decompress(packed))
        headings = [
            Heading(**heading | {"kinds": tuple(Kind(kind) for kind in heading["kinds"])})
            for heading in plain["headings"]
        ]
        problems = [
            Problem(**problem | {"level": Level(problem["level"])})
            for problem in plain["all_problems"]
        ]
        dated = {heading.letter for heading in headings if Kind.DATE in heading.kinds}
        columns = {
            key: _unfolded(*column, are_days=KIND_OF_KEY[key] == Kind.DATE)
            for key, column in plain["columns"].items()
        }
        candidates = {
            letter: _unfolded(*column, are_days=letter in dated)
            for letter, column in plain["candidates"].items()
        }
        stated = plain["stated_period"]
        staged = cls(
            **plain
            | {
                "headings": headings,
                "all_problems": problems,
                "columns": columns,
                "candidates": candidates,
                "stated_period": stated and tuple(map(date.fromisoformat, stated)),
            }
        )
        # As it came from the child it is kept for the preview: not packed a second time.
        object.__setattr__(staged, "_packed", packed)
        return staged


def _folded_up(values):
    """Return the different values of a column, and for each row which of them it has.

    Most columns repeat a few values, and numbers cost less time than these again and again.
    """
    different = list(dict.fromkeys(values))
    if len(different) == len(values):
        return values, None
    number = {value: number for number, value in enumerate(different)}
    numbers = array(_size(different), map(number.__getitem__, values))
    return different, b64encode(numbers).decode()


def _unfolded(different, numbers, *, are_days):
    """Return the column that `_folded_up` was given."""
    if are_days:
        different = [value and date.fromisoformat(value) for value in different]
    if numbers is None:
        return different
    return list(map(different.__getitem__, array(_size(different), b64decode(numbers))))


def _size(different):
    """Return the type of array that can number so many values."""
    return "H" if len(different) <= 2**16 else "I"
