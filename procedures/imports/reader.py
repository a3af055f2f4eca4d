"""The child process that reads one import file: `python -m procedures.imports.reader`.

It has no database, no secret and no Django. It is told on its standard input what to read and
answers on its standard output: lines of JSON about its progress, and at last either why the
file cannot be read or the `Staged` as bytes. Columns about persons end here.
"""

import gc
import json
import os
import re
import resource
import sys
import time
from datetime import date
from itertools import chain, islice

from portal.personal_data import mask
from procedures.imports import catalogue_rows, layout, sheets, values
from procedures.imports.staged import (
    CATALOGUE,
    DOSSIERS,
    KIND_OF_KEY,
    MAX_ROWS,
    RESULTS,
    FileFormat,
    Heading,
    Kind,
    Known,
    Level,
    Problem,
    Staged,
    folded,
)
from procedures.imports.unreadable import TOO_LARGE, TOO_MANY_ROWS, CannotRead

__all__ = ["MAX_MEMORY", "MAX_SECONDS", "main", "read"]

MAX_MEMORY = 640 * 2**20  # bytes of address space
MAX_SECONDS = 30  # of computing

_PART = 4_000  # rows that are gone through at a time
_SAMPLED = 400  # rows by which a column is recognised
_LISTED = 2_000  # problems of one column that are named
_LISTED_ROWS = 20  # skipped rows that are named
_MOST_BROKEN = 5_000  # rows of a list without a clean code
_FEWEST_GOOD = 0.95  # of a candidate's cells

_OPENING, _READING = "Đang mở tệp", "Đang đọc các dòng"
_NO_TABLE = {
    DOSSIERS: (
        "Không tìm thấy dòng tiêu đề của danh sách hồ sơ. Bảng cần có các cột như “Mã hồ sơ”, “Tên "
        "thủ tục hành chính”, “Ngày tiếp nhận”, “Ngày hẹn trả”, “Ngày trả kết quả”. Hãy kiểm tra tệp "
        "rồi tải lên lại."
    ),
    RESULTS: (
        "Không tìm thấy dòng tiêu đề của Biểu II.06a. Bảng cần có cột “Lĩnh vực” và các cột như “Trực "
        "tuyến”, “Trước hạn”, “Đúng hạn”, “Quá hạn”, “Trong hạn”. Hãy kiểm tra tệp rồi tải lên lại."
    ),
}
_OTHER_KIND = {
    DOSSIERS: (
        "Tệp này là Biểu II.06a, không phải danh sách hồ sơ. Hãy quay lại và chọn nhập Biểu II.06a."
    ),
    RESULTS: (
        "Tệp này là danh sách hồ sơ, không phải Biểu II.06a. Hãy quay lại và chọn nhập danh sách hồ sơ."
    ),
}
_NO_CODES = (
    f"Hơn {_MOST_BROKEN:,} dòng".replace(",", ".")
    + " không có mã hồ sơ đúng mẫu (như H56.17.22-240102-0001). Hãy xem lại cột “Mã hồ sơ” trong tệp, "
    "hoặc xuất lại danh sách từ hệ thống một cửa, rồi tải lên lại."
)


def main():
    """Read the file that standard input tells of; the limits hold before it is touched."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    gc.disable()  # a short life, in which looking for cycles takes a tenth of the time
    wanted = json.load(sys.stdin)
    try:
        packed = _answer(wanted)
    except CannotRead as reason:
        _say({"refused": str(reason)})
    except MemoryError:
        _say({"refused": TOO_LARGE})
    except Exception as error:
        # Where it broke, for the log; never what the message says, which may hold cells.
        place = error.__traceback__
        while place.tb_next:
            place = place.tb_next
        name = os.path.basename(place.tb_frame.f_code.co_filename)
        _say({"failed": f"{type(error).__name__} in {name}:{place.tb_lineno}"})
    else:
        _say({"staged": len(packed)})
        sys.stdout.buffer.write(packed)
        sys.stdout.buffer.flush()
        os._exit(0)  # without taking apart what was read, cell by cell


def _answer(wanted):
    """Return what the file holds, as bytes. Raises `CannotRead`."""
    path, file_format = wanted["path"], FileFormat(wanted["file_format"])
    if wanted["kind"] == CATALOGUE:
        return json.dumps(catalogue_rows.read_rows(path, file_format)).encode()
    staged = read(
        path,
        file_format=file_format,
        kind=wanted["kind"],
        known=Known(**{name: frozenset(each) for name, each in wanted["known"].items()}),
        period=tuple(map(date.fromisoformat, wanted["period"])),
        on_progress=_Progress(),
    )
    return staged.to_bytes()


def _say(message):
    sys.stdout.buffer.write(json.dumps(message).encode() + b"\n")
    sys.stdout.buffer.flush()


class _Progress:
    """Tells how far the reading is, about once a second and at each new step."""

    def __init__(self):
        self._step, self._at = "", 0.0

    def __call__(self, step, done, total):
        now = time.monotonic()
        if step != self._step or now - self._at >= 1:
            self._step, self._at = step, now
            _say({"progress": [step, done, total]})


def read(path, *, file_format, kind, known, period, on_progress) -> Staged:
    """Return what the file at `path` holds of `kind`. Raises `CannotRead`."""
    on_progress(_OPENING, 0, 0)
    openers = sheets.open_sheets(path, file_format)
    table, others = _choose(openers, kind)
    reading = _Reading(table, kind, known, period)
    reading.go_through(on_progress)
    return reading.staged(others)


# --- Which table ----------------------------------------------------------------------------


class _Table:
    """A sheet of which the first rows were looked at."""

    def __init__(self, sheet, kind):
        self.sheet = sheet
        rows = iter(sheet.rows)
        first = list(islice(rows, layout.SEARCHED_ROWS + _SAMPLED))
        self.encoding = sheet.encoding
        if encoding := sheets.legacy_encoding(first):
            self.encoding = encoding
            first = list(sheets.modernised(first, encoding))
            rows = sheets.modernised(rows, encoding)
        self.first = first
        self.rest = rows
        beginning = first[: layout.SEARCHED_ROWS + 4]
        self.layout = layout.find(beginning, kind=kind, merged=sheet.merged)
        self.other_kind = (
            layout.find(
                beginning,
                kind=RESULTS if kind == DOSSIERS else DOSSIERS,
                merged=sheet.merged,
            )
            if self.layout is None or len(self.layout.mapping) < 5
            else None
        )

    @property
    def score(self):
        """How well the headings are recognised, and how much there is below them."""
        return self.layout.score[:2], self.sheet.height


def _choose(openers, kind):
    """Return the table of `kind`, and the names of other sheets that have such a table."""
    tables, reason, is_other_kind = [], None, False
    for opener in openers:
        try:
            table = _Table(opener(), kind)
        except CannotRead as error:
            # Another sheet may be the one; without any, this is what to say.
            reason = reason or error
            continue
        other = table.other_kind
        if other and (
            table.layout is None or len(other.mapping) > len(table.layout.mapping)
        ):
            is_other_kind = True
        elif table.layout:
            tables.append(table)
    if not tables:
        if is_other_kind:
            raise CannotRead(_OTHER_KIND[kind])
        raise reason or CannotRead(_NO_TABLE[kind])
    best = max(tables, key=lambda table: table.score)
    return best, [table.sheet.name for table in tables if table is not best]


# --- Its rows -------------------------------------------------------------------------------

_TOTAL = re.compile(r"(?:tong cong|tong so|tong|cong|toan xa|tong so ho so)(?: \d+.*)?")
_SIGNATURE = re.compile(
    r"(?:nguoi (?:lap|bao cao|tong hop)|lap bieu|thu truong|chu tich|pho chu tich|tm |kt |tl |tuq "
    r"|noi nhan|xac nhan cua|lanh dao|truong phong|can bo tong hop|cong chuc|ky ten|ky ghi ro"
    r"|giam doc|pho giam doc)"
)
_PLACE_AND_DAY = re.compile(r"ngay \d{1,2} thang \d{1,2} nam \d{4}$|^.{0,40}ngay thang nam")
_ORDINAL = re.compile(r"(?:[IVXLC]+|[A-Z]|\d{1,6})[.)]?", re.ASCII)


class _Reading:
    """Goes through the rows of one table and keeps the allowed columns."""

    def __init__(self, table, kind, known, period):
        self._table, self._kind, self._known, self._period = table, kind, known, period
        self._sheet_name = mask(self._table.sheet.name)
        self._layout = table.layout
        self._start = self._layout.bottom + 1
        self._stated = layout.stated_period(table.first[: self._start])
        self._by_key = self._layout.mapping
        kinds = {index: KIND_OF_KEY[key] for key, index in self._by_key.items()}
        self._guessed = self._guess(kinds)
        self._kinds = kinds | self._guessed
        self._readers = {index: self._reader(index) for index in self._kinds}
        self._anchor = self._find_anchor()
        self._row_numbers = []
        self._skipped = []  # rows with one text only
        self._totals = None
        self._ended_by = ""
        self._after_end = 0
        self._broken = 0  # rows of a list that were kept without a clean code
        headings = {
            c.index: folded(c.text.rpartition(" – ")[2]) for c in self._layout.columns
        }
        self._repeated = {index: headings[index] for index in self._by_key.values()}

    def _guess(self, taken):
        sample = self._table.first[self._start : self._start + _SAMPLED]
        guessed = {}
        for column in self._layout.columns:
            if column.index in taken or column.is_private:
                continue
            cells = [row[column.index] for row in sample if column.index < len(row)]
            kind = values.guess(
                cells, kind=self._kind, known=self._known, period=self._period
            )
            if kind:
                guessed[column.index] = kind
        return guessed

    def _reader(self, index):
        kind = self._kinds[index]
        if index in self._guessed:
            parse = values.strict_parser(kind, self._known, self._period)
        else:
            parse = values.parser(kind, self._known)
        # Figures are few, and True is no 1.
        return values.Reader(parse, remembers=kind != Kind.FIGURE)

    def _find_anchor(self):
        """Return the column that every row must have, or None when there is none."""
        wanted = Kind.DOSSIER_CODE if self._kind == DOSSIERS else Kind.FIELD_NAME
        key = "code" if self._kind == DOSSIERS else "field_name"
        guessed = (index for index, kind in self._guessed.items() if kind == wanted)
        return self._by_key.get(key, next(guessed, None))

    def go_through(self, on_progress):
        total = max(self._table.sheet.height - self._start, 0)
        rows = chain(self._table.first[self._start :], self._table.rest)
        self._table.first = None
        width = max(self._kinds) + 1
        done = 0
        while part := list(islice(rows, _PART)):
            on_progress(_READING, done, max(total, done))
            kept = self._kept(part, self._start + done, width)
            if len(self._row_numbers) + len(kept) > MAX_ROWS:
                raise CannotRead(TOO_MANY_ROWS)
            first = self._start + done + 1
            self._row_numbers += [first + place for place in kept]
            if kept:
                self._read(
                    part if len(kept) == len(part) else [part[i] for i in kept], width
                )
            done += len(part)
        on_progress(_READING, done, done)

    def _read(self, rows, width):
        if min(map(len, rows)) < width:
            rows = [row if len(row) >= width else [*row, *[""] * width] for row in rows]
        columns = list(zip(*rows, strict=False))
        for index, reader in self._readers.items():
            reader.read(columns[index])

    def _kept(self, part, offset, width):
        """Return the places in `part` of the rows that count; look closely at odd ones only."""
        anchor, is_list = self._anchor, self._kind == DOSSIERS
        kept = []
        for place, row in enumerate(part):
            if is_list and anchor is not None and len(row) > anchor:
                cell = row[anchor]
                if cell.__class__ is str and values.DOSSIER_CODE.fullmatch(cell):
                    if self._ended_by == "chữ ký":
                        self._after_end += 1
                    else:
                        kept.append(place)
                        self._ended_by = ""
                    continue
            if self._is_kept(row, offset + place):
                kept.append(place)
                self._broken += is_list
                if self._broken > _MOST_BROKEN:
                    raise CannotRead(_NO_CODES)
        return kept

    def _is_kept(self, row, number):
        """Look closely at a row that is not plainly one of the table's."""
        texts = [layout.cell_text(cell) for cell in row[:300]]
        said = {index: text for index, text in enumerate(texts) if text}
        if not said or layout.is_number_row(texts) or self._repeats_headings(texts):
            return False
        words = [text for text in said.values() if not _ORDINAL.fullmatch(text)]
        if any(_TOTAL.fullmatch(folded(text)) for text in words[:2]):
            self._take_totals(row)
            self._ended_by = self._ended_by or "tổng cộng"
            return False
        is_row = self._is_row(said, words)
        if self._ended_by == "chữ ký":
            self._after_end += is_row
        elif is_row:
            self._ended_by = ""
            return True
        elif self._is_signature(words):
            self._ended_by = "chữ ký"
        elif words and not self._ended_by:
            self._skipped.append(number + 1)
        return False

    def _repeats_headings(self, texts):
        same = sum(
            index < len(texts) and texts[index] != "" and folded(texts[index]) == heading
            for index, heading in self._repeated.items()
        )
        return same >= layout.LEAST_KEYS

    def _is_row(self, said, words):
        """Tell whether a row counts, by what stands in the columns that are used."""
        is_plain = any(self._reads_plainly(index, text) for index, text in said.items())
        anchor = said.get(self._anchor, "")
        if self._kind == DOSSIERS:
            if self._ended_by:
                # Below the totals only what has a code, perhaps written untidily.
                code = values.parser(Kind.DOSSIER_CODE, self._known)(anchor)
                return isinstance(code, str)
            if len(words) < 2 and not is_plain:
                return any(c.isdigit() for c in anchor) and " " not in anchor
            is_used = any(index in said for index in self._kinds)
            return is_plain or is_used and not self._is_signature(words)
        if is_plain:
            return bool(anchor) or not self._ended_by
        if self._is_known_field(anchor):
            return True
        figures = (i for i, kind in self._kinds.items() if kind == Kind.FIGURE)
        return (
            bool(anchor)
            and any(i in said for i in figures)
            and not self._is_signature(words)
        )

    def _reads_plainly(self, index, text):
        """Tell whether a cell is what its column asks for, and no mere words."""
        kind = self._kinds.get(index)
        if kind in (None, Kind.FIELD_NAME, Kind.PROCEDURE_NAME):
            return False
        value = values.parser(kind, self._known)(text)
        return value is not None and not isinstance(value, values.Bad)

    def _is_known_field(self, text):
        name = values.parser(Kind.FIELD_NAME, self._known)(text)
        return isinstance(name, str) and folded(name) in self._known.field_names

    def _is_signature(self, words):
        return any(
            _SIGNATURE.match(folded(text)) or _PLACE_AND_DAY.search(folded(text))
            for text in words[:6]
        )

    def _take_totals(self, row):
        """Keep the totals row of a form where all of it can be read."""
        if self._kind != RESULTS:
            return
        parse = values.parser(Kind.FIGURE, self._known)
        totals = {
            key: parse(row[index])
            for key, index in self._by_key.items()
            if KIND_OF_KEY[key] == Kind.FIGURE and index < len(row)
        }
        if all(isinstance(figure, int) for figure in totals.values()):
            self._totals = totals

    # --- The result -----------------------------------------------------------------------

    def staged(self, others):
        """Return what was read, with the headings and all problems."""
        self._drop_doubtful()
        letters = {index: layout.letter(index) for index in self._kinds}
        mapping = {key: letters[index] for key, index in self._by_key.items()}
        headings = [self._heading(column) for column in self._layout.columns]
        return Staged(
            kind=self._kind,
            sheet=self._sheet_name,
            header_row=self._layout.bottom + 1,
            signature=self._layout.signature,
            headings=headings,
            mapping=mapping,
            columns={key: self._readers[i].values for key, i in self._by_key.items()},
            candidates={letters[i]: self._readers[i].values for i in self._guessed},
            row_numbers=self._row_numbers,
            all_problems=[*self._table_problems(others), *self._cell_problems()],
            ended_by=self._ended_by,
            totals=self._totals,
            stated_period=self._stated,
            encoding=self._table.encoding,
        )

    def _drop_doubtful(self):
        """Let go of guessed columns that turned out to hold other things as well."""
        for index in list(self._guessed):
            reader = self._readers[index]
            filled = sum(value is not None for value in reader.values)
            if not filled or filled / (filled + len(reader.bad)) < _FEWEST_GOOD:
                del self._guessed[index], self._readers[index], self._kinds[index]

    def _heading(self, column):
        kind = self._kinds.get(column.index)
        unused = "riêng tư" if column.is_private else "không nhận ra"
        return Heading(
            letter=layout.letter(column.index),
            text=column.text,
            key=column.key,
            dropped="" if kind else unused,
            kinds=(kind,) if kind else (),
        )

    def _problem(self, code, level, *, row=None, index=None, value="", **params):
        text = next((c.text for c in self._layout.columns if c.index == index), "")
        return Problem(
            code=code,
            level=level,
            sheet=self._sheet_name,
            row=row,
            column="" if index is None else layout.letter(index),
            heading=text,
            value=value,
            params=params,
        )

    def _table_problems(self, others):
        """Yield what is to be said of the table as a whole."""
        header = self._layout.bottom + 1
        if not self._row_numbers:
            yield self._problem("no-rows", Level.BLOCKER, row=header)
        for unused, used in self._layout.twice:
            yield self._problem(
                *("column-twice", Level.WARNING),
                row=header,
                index=unused.index,
                key=used.key,
                other=layout.letter(used.index),
            )
        if self._skipped:
            rows = self._skipped[:_LISTED_ROWS]
            yield self._problem("rows-without-dossier", Level.WARNING, rows=rows)
        if hidden := self._table.sheet.marks.hidden_rows:
            yield self._problem("hidden-rows", Level.WARNING, count=hidden)
        if others:
            yield self._problem(
                "other-sheets", Level.WARNING, names=list(map(mask, others))
            )
        if self._after_end:
            yield self._problem("after-end", Level.WARNING, count=self._after_end)
        stated = self._stated
        if stated and stated != self._period:
            first, last = (day.isoformat() for day in stated)
            yield self._problem(
                "period-differs", Level.WARNING, starts_on=first, ends_on=last
            )

    def _cell_problems(self):
        """Yield what is wrong in each column, by its place in the file."""
        for index, reader in self._readers.items():
            problems = [
                self._bad_cell(index, place, bad.code, bad.raw) for place, bad in reader.bad
            ]
            if index == self._anchor:
                problems += self._without_anchor(index, reader)
            problems += self._marked(index, reader)
            yield from problems[:_LISTED]
            if len(problems) > _LISTED:
                yield self._problem(
                    *("more-problems", Level.WARNING),
                    index=index,
                    count=len(problems) - _LISTED,
                )
            if self._kinds[index] == Kind.DATE and values.are_swapped(reader.different):
                yield self._problem("dates-swapped", Level.BLOCKER, index=index)

    def _bad_cell(self, index, place, code, raw):
        params = {}
        if code == "date-out-of-range":
            params = {"first": values.FIRST_YEAR, "last": values.LAST_YEAR}
        elif code == "name-too-long":
            params = {"most": values.LONGEST_NAME}
        elif code == "figure-too-large":
            params = {"most": values.MOST_DOSSIERS}
        return self._problem(
            *(code, Level.BLOCKER),
            row=self._row_numbers[place],
            index=index,
            value=values.shown(raw, self._kinds[index]),
            **params,
        )

    def _without_anchor(self, index, reader):
        """A row that says something must say which dossier or lĩnh vực it is about."""
        code = "code-missing" if self._kind == DOSSIERS else "field-missing"
        named = {place for place, _ in reader.bad}
        return [
            self._problem(code, Level.BLOCKER, row=self._row_numbers[place], index=index)
            for place, value in enumerate(reader.values)
            if value is None and place not in named
        ]

    def _marked(self, index, reader):
        """Cells that look empty to a program and are not: errors, formulas not computed."""
        marks = self._table.sheet.marks
        rows = set(self._row_numbers) if marks.errors or marks.not_computed else ()
        return [
            self._problem(code, Level.BLOCKER, row=row + 1, index=index)
            for code, cells in (
                ("cell-error", marks.errors),
                ("formula-not-computed", marks.not_computed),
            )
            for row, column in sorted(cells)
            if column == index and row + 1 in rows
        ]


if __name__ == "__main__":
    main()
