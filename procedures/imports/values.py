"""Turns the cells of a column into dates, codes, names, numbers; or says what is wrong.

Nothing is guessed: what can be read in two ways is a problem.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal import personal_data
from portal.text import clean_line
from procedures.imports.staged import DOSSIERS, Kind, Known, folded

__all__ = [
    "DOSSIER_CODE",
    "PROCEDURE_CODE",
    "Bad",
    "Reader",
    "guess",
    "parser",
    "shown",
]

# Old and new form of the national portal; H56 is Thanh Hóa.
DOSSIER_CODE = re.compile(
    r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){1,3})-\d{6}-\d{4,6}",
    re.ASCII,
)
# The national code, with what a province adds: 1.004616.000.00.00.H56
PROCEDURE_CODE = re.compile(r"[1-9]\.\d{6}(?:\.[A-Z0-9]{2,3})*", re.ASCII)

FIRST_YEAR, LAST_YEAR = 2000, 2099  # of any date that a dossier can have
LONGEST_NAME = 1200  # characters, as in the catalogue; the longest real procedure has 919
MOST_DOSSIERS = 1_000_000  # in one cell of the form
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's serial numbers from March 1900 on
_FIRST_SERIAL = (date(FIRST_YEAR, 1, 1) - _EPOCH).days
_LAST_SERIAL = (date(LAST_YEAR, 12, 31) - _EPOCH).days

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NOTHING = frozenset(("", "-", "--", "...", "…", "."))


@dataclass(frozen=True)
class Bad:
    """A cell that could not be read: the code of the problem, and the cell."""

    code: str
    raw: object


def parser(kind: Kind, known: Known) -> Callable:
    """Return the function that reads one cell of `kind`: a value, None for blank, or `Bad`."""
    if kind == Kind.FIELD_NAME:
        return lambda raw: _name(raw, known.field_names, _bare_field)
    if kind == Kind.PROCEDURE_NAME:
        return lambda raw: _name(raw, known.procedure_names, clean_line)
    return _PARSERS[kind]


# --- Dates --------------------------------------------------------------------------------

_TIME = r"\d{1,2}\s*[:h]\s*\d{1,2}(?:\s*[:m]\s*\d{1,2}(?:[.,]\d+)?)?(?:\s*(?:SA|CH|AM|PM))?"
_DATE = re.compile(
    rf"'?(?:{_TIME}[\s,]+)?(?:ngày\s+)?(\d{{1,2}})(?:\s*([/.\-])\s*(\d{{1,2}})\s*\2\s*(\d{{2}}|\d{{4}})"
    rf"|\s+tháng\s+(\d{{1,2}})\s+năm\s+(\d{{4}}))(?:[\s,]+{_TIME})?",
    re.IGNORECASE | re.ASCII,
)
_ISO_DATE = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?:[T\s]+{_TIME}Z?)?", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)


def _date(raw):
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return _in_range(raw, raw)
    if isinstance(raw, bool):
        return Bad("date-unclear", raw)
    if isinstance(raw, (int, float)):
        return _of_serial(float(raw), raw)
    if not isinstance(raw, str):
        return Bad("date-unclear", raw)  # a time, or a length of time
    text = clean_line(raw).translate(_DASHES)
    if text in _NOTHING:
        return None
    if match := _DATE.fullmatch(text):
        day, _, month, year, word_month, word_year = match.groups()
        return _of_numbers(year or word_year, month or word_month, day, raw)
    if match := _ISO_DATE.fullmatch(text):
        return _of_numbers(*match.groups(), raw)
    if _SERIAL.fullmatch(text):
        return _of_serial(float(text.replace(",", ".")), raw)
    return Bad("date-unclear", raw)


def _of_numbers(year, month, day, raw):
    if len(year) == 2:
        return Bad("date-two-digit-year", raw)
    try:
        return _in_range(date(int(year), int(month), int(day)), raw)
    except ValueError:
        return Bad("date-impossible", raw)


def _of_serial(serial, raw):
    if _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
        return _EPOCH + timedelta(days=int(serial))
    return Bad("date-out-of-range" if serial > 0 else "date-unclear", raw)


def _in_range(day, raw):
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else Bad("date-out-of-range", raw)


def are_swapped(raws) -> bool:
    """Tell whether Excel turned some texts of a date column into dates with month first.

    On a computer set to American dates 05/01/2024 becomes 1 May, while 15/01/2024 stays a
    text: then all texts have days from 13 on and all real dates days up to 12.
    """
    real = [raw.day for raw in raws if isinstance(raw, date)]
    texts = [
        int(match[1])
        for raw in raws
        if isinstance(raw, str) and (match := _DATE.fullmatch(clean_line(raw)))
    ]
    return len(real) > 2 and len(texts) > 2 and max(real) <= 12 < min(texts)


# --- Codes --------------------------------------------------------------------------------


def _code_text(raw):
    return "".join(clean_line(raw).translate(_DASHES).split()).upper().strip("'")


def _dossier_code(raw):
    if isinstance(raw, str):
        if DOSSIER_CODE.fullmatch(raw):  # as nearly all are
            return raw
        code = _code_text(raw)
        if not code:
            return None
        if DOSSIER_CODE.fullmatch(code):
            return code
    return Bad("code-malformed", raw)


def _procedure_code(raw):
    # Excel takes 1.004620 for a number and drops its last zero; a code has six digits there.
    if isinstance(raw, float) and 1 <= raw < 10 and not raw.is_integer():
        raw = f"{raw:.6f}"
    if isinstance(raw, str):
        code = _code_text(raw)
        if not code:
            return None
        if PROCEDURE_CODE.fullmatch(code):
            return code
    return Bad("procedure-code-malformed", raw)


# --- Names and words ------------------------------------------------------------------------

_BEFORE_FIELD = re.compile(
    r"(?:\(?(?:\d{1,2}|[IVXLC]+)[.)/]\s*)?(?:lĩnh vực\s*:?\s*)?", re.IGNORECASE
)


def _bare_field(raw):
    """Return the name of a lĩnh vực without what stands before it: "II. Lĩnh vực Hộ tịch"."""
    text = clean_line(raw)
    return text[_BEFORE_FIELD.match(text).end() :] or text


def _name(raw, known, cleaned):
    if not isinstance(raw, str):
        raw = _plain(raw)
    name = cleaned(raw)
    if name in _NOTHING:
        return None
    if len(name) > LONGEST_NAME:
        return Bad("name-too-long", raw)
    if folded(name) not in known and personal_data.find(name):
        return Bad("name-looks-personal", raw)
    return name


# Words of the national portal first, then what systems of provinces write.
_CHANNELS = {
    1: (
        *("truc tiep", "nop truc tiep", "tiep nhan truc tiep", "tai quay", "mot cua"),
        *(
            "tai bo phan mot cua",
            "truc tiep tai bo phan mot cua",
            "nop tai bo phan mot cua",
        ),
        *("truc tiep tai mot cua", "ho so truc tiep", "ho so giay"),
    ),
    2: (
        *(
            "truc tuyen",
            "nop truc tuyen",
            "tiep nhan truc tuyen",
            "ho so truc tuyen",
            "online",
        ),
        *("qua mang", "dich vu cong", "dich vu cong truc tuyen", "dvc truc tuyen", "dvctt"),
        *(
            "cong dich vu cong",
            "cong dich vu cong quoc gia",
            "cong dvc",
            "cong dvcqg",
            "dvcqg",
        ),
        *("truc tuyen toan trinh", "truc tuyen mot phan", "toan trinh", "mot phan", "dvc"),
        *("dich vu cong quoc gia", "truc tuyen toan phan", "nop qua mang", "qua cong dvc"),
    ),
    3: (
        *(
            "buu chinh cong ich",
            "buu chinh",
            "qua buu chinh",
            "bcci",
            "qua bcci",
            "buu dien",
        ),
        *(
            "qua buu dien",
            "dich vu bcci",
            "dich vu buu chinh cong ich",
            "dich vu buu chinh",
        ),
        *("qua buu chinh cong ich", "qua dich vu buu chinh cong ich", "nop qua buu chinh"),
    ),
}
_STATUSES = {
    1: ("moi dang ky", "cho tiep nhan", "dang ky moi"),
    2: ("duoc tiep nhan", "da tiep nhan", "moi tiep nhan", "tiep nhan"),
    3: (
        "khong duoc tiep nhan",
        "khong tiep nhan",
        "tu choi tiep nhan",
        "da tu choi tiep nhan",
    ),
    4: (
        *("dang xu ly", "dang giai quyet", "dang thu ly", "cho xu ly", "cho phe duyet"),
        *("dang tham dinh", "chua giai quyet", "trinh ky", "dang trinh ky", "cho ky"),
    ),
    5: (
        *("yeu cau bo sung giay to", "yeu cau bo sung", "cho bo sung", "bo sung ho so"),
        *("yeu cau bo sung ho so", "cho bo sung ho so", "tam dung cho bo sung"),
        *("dang bo sung", "dang cho bo sung", "cho bo sung giay to"),
    ),
    6: (
        *("yeu cau thuc hien nghia vu tai chinh", "cho thuc hien nghia vu tai chinh"),
        *("thuc hien nghia vu tai chinh", "nghia vu tai chinh", "cho nghia vu tai chinh"),
        *("dang thuc hien nghia vu tai chinh",),
    ),
    7: (
        *("cong dan yeu cau rut ho so", "cong dan rut ho so", "rut ho so", "da rut ho so"),
        *("da rut", "yeu cau rut ho so", "xin rut ho so"),
    ),
    8: (
        "dung xu ly",
        "tam dung",
        "tam dung xu ly",
        "tam dung giai quyet",
        "dung giai quyet",
    ),
    9: (
        *("da xu ly xong", "da xu ly", "da giai quyet", "da giai quyet xong", "hoan thanh"),
        *("da hoan thanh", "da co ket qua", "co ket qua", "cho tra ket qua", "da xong"),
        *("da ket thuc", "ket thuc"),
    ),
    10: (
        "da tra ket qua",
        "da tra",
        "da tra kq",
        "da tra ket qua cho cong dan",
        "da nhan ket qua",
    ),
}
_AFTER_STATUS = re.compile(r" (?:truoc|som|dung|trong|qua|tre) han$")


def _by_words(table, code, after=None):
    numbers = {words: number for number, all_words in table.items() for words in all_words}
    numbers |= {str(number): number for number in table}

    def read(raw):
        words = folded(_plain(raw))
        if after:
            words = after.sub("", words)
        if not words:
            return None
        return numbers.get(words) or Bad(code, raw)

    return read


def _plain(raw):
    """Return a cell as text; whole numbers without a point."""
    return str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)


# --- Figures ------------------------------------------------------------------------------

_IN_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+", re.ASCII)
_WHOLE = re.compile(r"(\d+)(?:[.,]0{1,2})?", re.ASCII)
_DECIMAL = re.compile(r"\d*[.,]\d+", re.ASCII)
_NEGATIVE = re.compile(r"-\s*[\d.,]+|\([\d.,]+\)", re.ASCII)


def _figure(raw):
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if raw < 0:
            return Bad("figure-negative", raw)
        if raw > MOST_DOSSIERS:
            return Bad("figure-too-large", raw)
        return Bad("figure-decimal", raw) if raw != raw or raw % 1 else int(raw)
    if not isinstance(raw, str):
        return Bad("figure-not-a-number", raw)
    text = clean_line(raw).translate(_DASHES).strip("'")
    if text in _NOTHING:
        return 0
    if _IN_THOUSANDS.fullmatch(text):
        text = text.replace(".", "").replace(" ", "")
    if match := _WHOLE.fullmatch(text):
        # int() refuses very long runs of digits.
        digits = match[1].lstrip("0")[:20]
        return _counted(int(digits or 0), raw)
    if _DECIMAL.fullmatch(text):
        return Bad("figure-decimal", raw)
    return Bad(
        "figure-negative" if _NEGATIVE.fullmatch(text) else "figure-not-a-number", raw
    )


def _counted(number, raw):
    return number if number <= MOST_DOSSIERS else Bad("figure-too-large", raw)


_PARSERS = {
    Kind.DOSSIER_CODE: _dossier_code,
    Kind.PROCEDURE_CODE: _procedure_code,
    Kind.DATE: _date,
    Kind.CHANNEL: _by_words(_CHANNELS, "channel-unknown"),
    Kind.STATUS: _by_words(_STATUSES, "status-unknown", _AFTER_STATUS),
    Kind.FIGURE: _figure,
}


# --- What a column is, by its cells ---------------------------------------------------------

_LEAST_SHARE = 0.9  # of a sample that must be of one kind
_YEARS_BEFORE, _YEARS_AFTER = 3, 1  # the period, for a date that a dossier may have


def strict_parser(kind: Kind, known: Known, period) -> Callable:
    """Return a parser for a column whose heading says nothing: it lets less through.

    What leaves the child is plainly of the kind: dates near the period, words of the
    catalogue or such as hold no person's name.
    """
    parse = parser(kind, known)
    if kind == Kind.DATE:
        first = period[0].replace(year=period[0].year - _YEARS_BEFORE, day=1)
        last = period[1].replace(year=period[1].year + _YEARS_AFTER, day=28)

        def near(raw):
            day = parse(raw)
            if not isinstance(day, date) or first <= day <= last:
                return day
            return Bad("date-out-of-range", raw)

        return near
    if kind in (Kind.PROCEDURE_NAME, Kind.FIELD_NAME):
        names = known.procedure_names if kind == Kind.PROCEDURE_NAME else known.field_names

        def of_catalogue(raw):
            name = parse(raw)
            if not isinstance(name, str) or folded(name) in names:
                return name
            return (
                name
                if personal_data.mask(name) == name
                else Bad("name-looks-personal", raw)
            )

        return of_catalogue
    if kind == Kind.FIGURE:
        # Not a telephone number, nor one of a document.
        def small(raw):
            number = parse(raw)
            if isinstance(number, int) and number > 99_999:
                return Bad("figure-too-large", raw)
            return number

        return small
    return parse


_IN_LISTS = (
    *(Kind.DOSSIER_CODE, Kind.PROCEDURE_CODE, Kind.DATE),
    *(Kind.FIELD_NAME, Kind.PROCEDURE_NAME, Kind.CHANNEL, Kind.STATUS),
)
_IN_FORMS = (Kind.FIELD_NAME, Kind.FIGURE)


def guess(sample, *, kind, known: Known, period) -> Kind | None:
    """Return what the cells of `sample` plainly are in a file of `kind`, or None."""
    cells = [cell for cell in sample if not (isinstance(cell, str) and not cell.strip())]
    if not cells:
        return None
    for each in _IN_LISTS if kind == DOSSIERS else _IN_FORMS:
        if _share(cells, each, known, period) >= _LEAST_SHARE:
            return each
    return None


def _share(cells, kind, known, period):
    """Return how many of `cells` are plainly of `kind`, from 0 to 1."""
    if kind in (Kind.PROCEDURE_NAME, Kind.FIELD_NAME):
        names = known.procedure_names if kind == Kind.PROCEDURE_NAME else known.field_names
        bare = _bare_field if kind == Kind.FIELD_NAME else clean_line
        return sum(folded(bare(_plain(cell))) in names for cell in cells) / len(cells)
    if kind == Kind.FIGURE and _counts_rows(cells):
        return 0
    parse = strict_parser(kind, known, period)
    good = (
        cell
        for cell in cells
        if _is_telling(cell, kind) and not isinstance(parse(cell), Bad)
    )
    return sum(1 for _ in good) / len(cells)


def _is_telling(cell, kind):
    """Tell whether a cell can say by itself that its column is of `kind`.

    A number alone is a date, a channel or a status only where a heading says so.
    """
    if kind in (Kind.CHANNEL, Kind.STATUS):
        return isinstance(cell, str) and not cell.strip().isdecimal()
    if kind == Kind.DATE:
        return (
            isinstance(cell, date)
            or isinstance(cell, str)
            and not _SERIAL.fullmatch(cell.strip())
        )
    return True


def _counts_rows(cells):
    """Tell whether the cells are 1, 2, 3 …"""
    return [_plain(cell) for cell in cells] == [str(i) for i in range(1, len(cells) + 1)]


# --- A whole column -------------------------------------------------------------------------


class Reader:
    """Reads a column piece by piece; what is equal is parsed once.

    `values` grows with each piece, `bad` lists (place in `values`, `Bad`).
    """

    def __init__(self, parse, *, remembers=True):
        self.values = []
        self.bad = []
        self._parsed = _Parsed(parse) if remembers else None
        self._parse = parse

    def read(self, cells):
        """Read the next `cells`."""
        start = len(self.values)
        if self._parsed is None:
            self.values += map(self._parse, cells)
        else:
            parsed = self._parsed
            self.values += [parsed[cell] for cell in cells]
            if not parsed.has_bad:
                return
        for place in range(start, len(self.values)):
            value = self.values[place]
            if value.__class__ is Bad:
                self.bad.append((place, value))
                self.values[place] = None

    @property
    def different(self):
        """The different cells that were read."""
        return () if self._parsed is None else self._parsed.keys()


class _Parsed(dict):
    """What each different cell was parsed to."""

    def __init__(self, parse):
        super().__init__()
        self._parse = parse
        self.has_bad = False

    def __missing__(self, cell):
        value = self[cell] = self._parse(cell)
        self.has_bad = self.has_bad or isinstance(value, Bad)
        return value


# --- What a problem may repeat of a cell ------------------------------------------------------

_LONGEST_SHOWN = 60  # characters
_LIKE_A_NUMBER = re.compile(r"[\d\s/.,:\-+()]{1,24}", re.ASCII)
# As a code begins, which no number of a person does.
_LIKE_A_CODE = re.compile(
    r"(?:[A-Z]\d{2}\.|\d{3}(?:\.\d{1,3}){1,2}\.[A-Z]\d|[1-9]\.\d{5,7})[A-Z0-9.\-]{,40}",
    re.ASCII | re.IGNORECASE,
)


def shown(raw, kind: Kind) -> str:
    """Return `raw` as a problem may repeat it: short, and masked where it may be private.

    Words in the place of a date, a code or a figure may be a person's name.
    """
    text = f"{raw:%d/%m/%Y}" if isinstance(raw, date) else clean_line(_plain(raw))
    if kind in (Kind.DATE, Kind.FIGURE) and not _LIKE_A_NUMBER.fullmatch(text):
        return personal_data.MASK
    if kind in (Kind.DOSSIER_CODE, Kind.PROCEDURE_CODE):
        return text if _LIKE_A_CODE.fullmatch(text) else personal_data.MASK
    masked = personal_data.mask(text[:LONGEST_NAME])
    return masked if len(masked) <= _LONGEST_SHOWN else f"{masked[: _LONGEST_SHOWN - 1]}…"
