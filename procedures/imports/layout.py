"""Finds the headings of a table and what each column is.

A list from the one-stop system and a Biểu II.06a have titles above, headings in one to four
rows with merged cells, often a row of column numbers, and totals and signatures below.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from portal.text import clean_line
from procedures.imports.staged import RESULTS, folded

__all__ = [
    "Column",
    "Layout",
    "cell_text",
    "find",
    "is_number_row",
    "letter",
    "stated_period",
]

SEARCHED_ROWS = 60  # in which the headings must begin
_DEEPEST = 4  # rows of headings
_WIDEST = 300  # columns that are looked at
LEAST_KEYS = 3  # recognised columns without which there is no table

# Whatever says one of these is about a person, and is dropped unread. Compared with the
# folded heading, so "ký nhận" and "kỳ nhận" are one: rather a column too many is dropped.
_PRIVATE = re.compile(
    r"\b(?:nguoi|ho (?:va )?ten|ho dem|ten (?:ca nhan|to chuc|cong dan|cong ty|doanh nghiep|khach"
    r"|chu|don vi)|ca nhan|cong dan|to chuc ca nhan|chu ho(?: so)?|chu so huu|chu su dung|chu dau tu"
    r"|duong su|khach hang|bo me|cha me|vo chong|con nuoi|dia chi|thuong tru|tam tru|cho o|noi o"
    r"|noi cu tru|noi cap|que quan|nguyen quan|dien thoai|sdt|so dt|dtdd|di dong|lien he|lien lac"
    r"|cccd|cmnd|cmtnd|cmt|can cuoc|chung minh|ho chieu|dinh danh|so giay to|giay to tuy than"
    r"|ngay cap|ngay sinh|nam sinh|thang sinh|tuoi|gioi tinh|nam nu|dan toc|ton giao|quoc tich"
    r"|e ?mail|thu dien tu|zalo|ghi chu|y kien|ly do|noi dung|trich yeu|dien giai|mo ta|ky nhan"
    r"|chu ky|ky ten|ky ghi ro|ma so thue|mst|tai khoan|so thua|thua dat|to ban do|bien so)\b"
)

# Words of a heading that say the same, put into one form before the table is asked.
_SAME_WORDS = (
    (re.compile(r"\bthu tuc hanh chinh\b|\bthu tuc\b|\bdich vu cong\b|\bdvc\b"), "tthc"),
    (re.compile(r"\bkq\b|\bkqua\b"), "ket qua"),
    (re.compile(r"\bhs\b"), "ho so"),
    (
        re.compile(r"\b(?:ngay thang nam|thoi gian|thoi diem|ngay gio|gio ngay|tg)\b"),
        "ngay",
    ),
    (re.compile(r"\b(?:cach thuc|phuong thuc|kenh|nguon)\b"), "hinh thuc"),
    (re.compile(r"\btinh trang\b"), "trang thai"),
    (re.compile(r"\bgiai quyet\b"), "xu ly"),
    (re.compile(r"\btthc tthc\b"), "tthc"),
)
# The headings of a dossier list, in that form; of two columns with the same meaning the one
# further ahead is taken.
_DOSSIER_HEADINGS = {
    "code": (
        *("ma ho so", "ma so ho so", "so ho so", "ma ho so tthc", "so ma ho so"),
        *("ma bien nhan", "so bien nhan", "ma so bien nhan", "ma bien nhan ho so"),
        *("so bien nhan ho so", "ma tiep nhan", "so tiep nhan", "ma tiep nhan ho so"),
        *("so tiep nhan ho so", "ma tra cuu ho so"),
    ),
    "procedure_code": (
        *("ma tthc", "ma so tthc", "so tthc", "ma quoc gia tthc", "ma tthc quoc gia"),
        *("ma so ho so tthc", "ma loai tthc"),
    ),
    "procedure_name": (
        *("ten tthc", "tthc", "ten goi tthc", "loai tthc", "tthc xu ly", "ten loai tthc"),
        *("ma va ten tthc", "ten ma tthc"),
    ),
    "field_name": (
        *("linh vuc", "ten linh vuc", "linh vuc tthc", "linh vuc xu ly", "nganh linh vuc"),
        *("thuoc linh vuc", "nhom linh vuc", "ten linh vuc tthc"),
    ),
    "channel": (
        *("hinh thuc nop", "hinh thuc tiep nhan", "hinh thuc nop ho so", "hinh thuc nhan"),
        *("hinh thuc tiep nhan ho so", "hinh thuc nhan ho so", "hinh thuc ho so"),
        *("hinh thuc thuc hien", "hinh thuc", "loai tiep nhan", "noi nop", "nop qua"),
    ),
    "received_on": (
        *("ngay tiep nhan", "ngay tiep nhan ho so", "ngay nhan ho so", "ngay nhan"),
        *("tiep nhan ho so", "nhan ho so", "tiep nhan", "ho so nhan", "ngay vao so"),
    ),
    "due_on": (
        *("ngay hen tra ket qua", "ngay hen tra", "hen tra ket qua", "hen tra", "ngay hen"),
        *("han tra ket qua", "ngay han tra", "han tra", "han xu ly", "ngay het han"),
        *("ngay hen tra ho so", "ngay han xu ly", "ngay phai tra", "ngay tra du kien"),
        *("ngay tra ket qua du kien", "du kien tra ket qua", "ngay den han"),
    ),
    "finished_on": (
        *("ngay co ket qua", "ngay ket thuc xu ly", "ngay ket thuc", "ngay hoan thanh"),
        *("ngay xu ly xong", "ngay hoan thanh ho so", "ngay ket thuc ho so", "ngay xong"),
        *(
            "ngay tra ket qua",
            "tra ket qua",
            "ngay tra ket qua thuc te",
            "ngay tra thuc te",
        ),
        *("ngay tra", "ngay da tra ket qua", "ngay tra ho so", "ngay thuc tra"),
    ),
    "status": (
        *("trang thai", "trang thai ho so", "trang thai xu ly", "trang thai ho so xu ly"),
        *("ket qua trang thai", "trang thai hien tai"),
    ),
}
_MEANING = {
    words: (key, rank)
    for key, all_words in _DOSSIER_HEADINGS.items()
    for rank, words in enumerate(all_words)
}

# The headings of Biểu II.06a: a group above, and what is below it. A sign of a column that
# stands in one group only needs no group, since some forms leave it out.
_FORM_FIELD = re.compile(r"^(?:ten |nganh )?linh vuc\b")
_FORM_GROUPS = (
    ("resolved", re.compile(r"\bda (?:giai quyet|xu ly)\b")),
    ("pending", re.compile(r"\b(?:dang|chua) (?:giai quyet|xu ly)\b|\bton dong\b")),
    ("received", re.compile(r"\bnhan giai quyet\b|\btiep nhan\b|\bho so nhan\b")),
)
_FORM_COLUMNS = (
    ("received_online", "received", re.compile(r"\btruc tuyen\b|\bqua mang\b")),
    ("received_direct", "received", re.compile(r"\btruc tiep\b|\bbuu chinh\b")),
    ("carried_over", "received", re.compile(r"\bky truoc\b")),
    ("resolved_early", "resolved", re.compile(r"\b(?:truoc|som) han\b")),
    ("resolved_on_time", "resolved", re.compile(r"\bdung han\b")),
    ("pending_in_time", "pending", re.compile(r"\b(?:trong|chua den|con) han\b")),
)
_LATE = re.compile(r"\b(?:qua|tre) han\b")
_TOTAL = re.compile(r"\btong(?: so| cong)?\b")

_IN_PARENTHESES = re.compile(r"[(\[][^)\]]*[)\]]")
_NUMBERED = re.compile(r"\(?(\d{1,2})\)?(?:\s*=[\s\d()=+\-]+)?")


@dataclass(frozen=True)
class Column:
    """A column with a heading: what it is called, and what it is taken for by that."""

    index: int
    text: str
    key: str | None = None
    rank: int = 0
    is_private: bool = False


@dataclass(frozen=True)
class Layout:
    """Where a table's headings are, and its columns; rows count from 0."""

    top: int
    bottom: int
    columns: Sequence[Column]
    twice: Sequence[tuple[Column, Column]] = field(default_factory=tuple)  # (unused, used)

    @property
    def mapping(self):
        return {column.key: column.index for column in self.columns if column.key}

    @property
    def score(self):
        """How well this is recognised; greater is better."""
        private = sum(column.is_private for column in self.columns)
        return len(self.mapping), private, self.top - self.bottom, -self.top

    @property
    def signature(self):
        """The same for files with the same headings in the same places."""
        words = "\n".join(f"{c.index} {folded(c.text)}" for c in self.columns)
        return hashlib.sha256(words.encode()).hexdigest()[:32]


def find(rows, *, kind, merged=None) -> Layout | None:
    """Return the layout of the table that begins in `rows`, or None.

    `rows` are the first of a sheet, `merged` its merged ranges if it has any.
    """
    grid = [[cell_text(cell) for cell in row[:_WIDEST]] for row in rows]
    width = max(map(len, grid), default=0)
    for line in grid:
        line += [""] * (width - len(line))
    for (top, left), (bottom, right) in merged or ():
        if top < len(grid) and left < width:
            for line in grid[top : bottom + 1]:
                line[left : right + 1] = [grid[top][left]] * (min(right + 1, width) - left)
    best = None
    for top in range(min(len(grid), SEARCHED_ROWS)):
        for bottom in range(top, min(top + _DEEPEST, len(grid))):
            has_merges = any(a <= bottom and b >= top for (a, _), (b, _) in merged or ())
            layout = _layout(grid, top, bottom, kind, has_merges=has_merges)
            if best is None or layout.score > best.score:
                best = layout
    return best if best and len(best.mapping) >= LEAST_KEYS else None


def _layout(grid, top, bottom, kind, *, has_merges):
    lines = grid[top : bottom + 1]
    if not has_merges:  # the group stands above the first of its columns
        lines = [
            *(_spread(*pair) for pair in zip(lines, lines[1:], strict=False)),
            lines[-1],
        ]
    columns, best = [], {}
    for index, path in enumerate(zip(*lines, strict=True)):
        path = [text for i, text in enumerate(path) if text and text not in path[:i]]
        if not path:
            continue
        text = " – ".join(path)
        is_private = any(map(_is_private, path))
        key, rank = (None, 0) if is_private else _meaning(tuple(path), kind)
        column = Column(index, text[:200], key, rank, is_private)
        columns.append(column)
        if key and (key not in best or rank < best[key].rank):
            best[key] = column
    used = {column.index for column in best.values()}
    twice = tuple((c, best[c.key]) for c in columns if c.key and c.index not in used)
    columns = [
        c if c.index in used else Column(c.index, c.text, None, 0, c.is_private)
        for c in columns
    ]
    return Layout(top, bottom, columns, twice)


def _spread(line, below):
    """Return a heading row with its groups said for each column that they stand above."""
    spread, group = [], ""
    for text, under in zip(line, below, strict=True):
        group = text or (group if under else "")
        spread.append(group)
    return spread


@lru_cache(maxsize=10_000)
def _is_private(text):
    return bool(_PRIVATE.search(folded(text)))


@lru_cache(maxsize=10_000)
def _meaning(path, kind):
    """Return which key the headings of a column stand for, and how far down its list."""
    parts = [folded(_IN_PARENTHESES.sub(" ", part)) for part in path]
    parts = [part for part in parts if part and not part.isdecimal()]
    if not parts:
        return None, 0
    return (_form_meaning if kind == RESULTS else _list_meaning)(parts)


def _list_meaning(parts):
    for words in (parts[-1], " ".join(parts[-2:]), " ".join(parts)):
        for pattern, instead in _SAME_WORDS:
            words = pattern.sub(instead, words)
        if words in _MEANING:
            return _MEANING[words]
    return None, 0


def _form_meaning(parts):
    if any(_FORM_FIELD.match(part) for part in parts):
        return "field_name", 0
    whole, leaf = " ".join(parts), parts[-1]
    group = next((name for name, words in _FORM_GROUPS if words.search(whole)), None)
    found = {
        key
        for key, of_group, words in _FORM_COLUMNS
        if words.search(leaf) and group in (of_group, None)
    }
    if group in ("resolved", "pending") and _LATE.search(leaf):
        found.add("resolved_late" if group == "resolved" else "pending_overdue")
    if not found and group and (_TOTAL.search(leaf) or len(parts) == 1):
        found.add(group)
    # "Trước hạn và đúng hạn" in one column is neither.
    return (found.pop(), 0) if len(found) == 1 else (None, 0)


# --- Cells and rows -----------------------------------------------------------------------


def letter(index: int) -> str:
    """Return what Excel calls the column at `index`, from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_text(cell) -> str:
    """Return a cell as one line of text; whole numbers without a point."""
    if isinstance(cell, str):
        return clean_line(cell) if cell else ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def is_number_row(texts: Sequence[str]) -> bool:
    """Tell whether a row only numbers the columns: 1 2 3 …, (1) (2) …, A B 1 2 …"""
    texts = [text for text in texts if text]
    while texts and texts[0] in ("A", "B", "C"):
        texts = texts[1:]
    numbers = [_NUMBERED.fullmatch(text) for text in texts]
    if len(numbers) < 3 or not all(numbers):
        return False
    first = int(numbers[0][1])
    return [int(number[1]) for number in numbers] == list(
        range(first, first + len(numbers))
    )


_DAY = r"(\d{1,2})\s*(?:[/.\-]|tháng)\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})"
_PERIOD = re.compile(
    rf"từ\s*(?:ngày)?\s*:?\s*{_DAY}\s*(?:,|-|–)?\s*(?:đến|tới|-|–)\s*(?:hết)?\s*(?:ngày)?\s*:?\s*{_DAY}",
    re.IGNORECASE,
)


def stated_period(rows) -> tuple[date, date] | None:
    """Return the first and last day that the titles name: "Từ ngày … đến ngày …"."""
    for row in rows:
        for cell in row:
            if isinstance(cell, str) and (found := _PERIOD.search(clean_line(cell))):
                numbers = [int(number) for number in found.groups()]
                try:
                    first, last = date(*numbers[2::-1]), date(*numbers[:2:-1])
                except ValueError:
                    return None
                return (first, last) if first <= last else None
    return None
