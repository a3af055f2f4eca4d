"""What changed between two versions of a text, block by block and word by word.

The result is data for a template (templates/articles/_comparison.html), never HTML.

The search for what stayed is that of Myers (An O(ND) Difference Algorithm, 1986), which is
quick where little changed. A whole comparison may take `_STEPS` steps: a block on which
they run out is shown whole, once as it was and once as it is now, and says so.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from articles import blocks
from articles.blocks import Fragment, Image

__all__ = [
    "BlockChange",
    "Comparison",
    "Kind",
    "Run",
    "Stretch",
    "compare",
    "compare_lines",
]

_STEPS = 1_000_000  # about a second
# Share of common words from which two blocks are versions of one another.
_ALIKE = 0.5
_LOOK_AHEAD = 5  # blocks
# Unchanged blocks that stand around a change; the rest of a longer stretch is folded.
_CONTEXT = 1
_SHORTEST_FOLD = 3  # blocks

_TOO_LONG = "Đoạn này quá dài hoặc sửa quá nhiều để so từng từ, nên hiện cả đoạn cũ và mới."

_LABELS = {
    "h2": "Mục lớn",
    "h3": "Mục nhỏ",
    "h4": "Tiểu mục",
    "p": "Đoạn văn",
    "ul": "Gạch đầu dòng",
    "ol": "Mục đánh số",
    "tr": "Hàng của bảng",
    "caption": "Tên bảng",
    "figcaption": "Chú thích ảnh",
    "figure": "Ảnh",
    "blockquote": "Đoạn trích",
    "hr": "Đường kẻ ngang",
}
_MARKS = {
    "strong": "in đậm",
    "em": "in nghiêng",
    "sub": "chỉ số dưới",
    "sup": "chỉ số trên",
}


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # of blocks only


@dataclass(frozen=True, slots=True)
class Run:
    """Words that were all added, all removed or all kept; `note` says how kept ones look now."""

    kind: Kind
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block: what it is called, what happened to it, its words, remarks on it as a whole."""

    label: str
    kind: Kind
    runs: tuple[Run, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks that follow one another; folded ones are unchanged and far from any change."""

    blocks: tuple[BlockChange, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    blocks: tuple[BlockChange, ...]

    @property
    def has_changes(self) -> bool:
        return any(block.kind != Kind.SAME for block in self.blocks)

    @property
    def stretches(self) -> list[Stretch]:
        """Return all blocks, in stretches to show and stretches to fold."""
        changed = [i for i, block in enumerate(self.blocks) if block.kind != Kind.SAME]
        near = {j for i in changed for j in range(i - _CONTEXT, i + _CONTEXT + 1)}
        stretches = []
        for is_near, group in groupby(range(len(self.blocks)), key=near.__contains__):
            members = tuple(self.blocks[i] for i in group)
            is_folded = not is_near and len(members) >= _SHORTEST_FOLD
            stretches.append(Stretch(members, is_folded))
        return stretches


def compare(old_html: str, new_html: str) -> Comparison:
    """Return how one cleaned rich text became the other.

    A block that moved is removed where it was and added where it is.
    """
    old = [_Unit.of(block) for block in blocks.read(old_html)]
    new = [_Unit.of(block) for block in blocks.read(new_html)]
    search = _Search()
    changes = []
    for is_same, before, after in search.steps([u.key for u in old], [u.key for u in new]):
        if is_same:
            changes += [_whole(unit, Kind.SAME) for unit in new[after]]
        else:
            changes += _replaced(old[before], new[after], search)
    return Comparison(tuple(changes))


def compare_lines(old: str, new: str) -> tuple[Run, ...]:
    """Return how a plain line, such as a title, became another."""
    old, new = _Unit.of_line(old), _Unit.of_line(new)
    runs = _runs(old, new, _Search()) if old.is_like(new) else None
    return _both(old, new) if runs is None else runs


# --- Blocks ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, a sign or a picture. Equal keys are the same word; `look` is how it is set."""

    key: tuple[str, str]
    text: str
    look: tuple = ()


class _Unit:
    """A block as it is compared."""

    def __init__(self, kind, look, words):
        self.kind = kind
        self.look = look
        self.words = words
        self.key = (kind, look, tuple((word.key, word.look) for word in words))

    @classmethod
    def of(cls, block):
        return cls(block.kind, block.look, _words(block))

    @classmethod
    def of_line(cls, line):
        return cls("", "", _words(blocks.Block("p", parts=[Fragment(line)])))

    @cached_property
    def counts(self):
        return Counter(word.key for word in self.words)

    @property
    def label(self):
        return _LABELS[self.kind]

    def is_like(self, other):
        fewer, more = sorted((self, other), key=lambda unit: len(unit.counts))
        common = sum(min(n, more.counts[key]) for key, n in fewer.counts.items())
        return common >= _ALIKE * max(len(self.words), len(other.words))


def _words(block):
    words, pieces = [], []

    def finish():
        if pieces:
            text = "".join(text for text, _ in pieces)
            words.append(_Word(("word", text), text, tuple(pieces)))
            pieces.clear()

    for part in block.parts:
        if isinstance(part, Fragment):
            look = (tuple(sorted(part.marks)), part.href)
            for i, text in enumerate(part.text.split(" ")):
                if i:
                    finish()
                for j, piece in enumerate(text.split()):
                    if j:
                        finish()
                    pieces.append((piece, look))
        else:
            finish()
            words.append(_picture(part) if isinstance(part, Image) else _sign(part))
    finish()
    return words


def _picture(image):
    text = f"[Ảnh: {image.alt}]" if image.alt else "[Ảnh không có mô tả]"
    look = (image.alt, image.is_decorative, image.look)
    return _Word(("picture", image.src), text, look)


def _sign(sign):
    return _Word(("sign", sign.value), sign.value)


def _replaced(old, new, search):
    """Yield how the blocks `old` became `new`: those alike are compared word by word."""
    first = 0
    for unit in old:
        window = range(first, min(first + _LOOK_AHEAD, len(new)))
        partner = next((j for j in window if unit.is_like(new[j])), None)
        if partner is None:
            yield _whole(unit, Kind.REMOVED)
            continue
        yield from (_whole(each, Kind.ADDED) for each in new[first:partner])
        yield _changed(unit, new[partner], search)
        first = partner + 1
    yield from (_whole(each, Kind.ADDED) for each in new[first:])


def _whole(unit, kind):
    return BlockChange(unit.label, kind, _line(unit, kind))


def _line(unit, kind):
    text = " ".join(word.text for word in unit.words)
    return (Run(kind, text),) if text else ()


def _both(old, new):
    return _line(old, Kind.REMOVED) + _line(new, Kind.ADDED)


def _changed(old, new, search):
    notes = []
    if old.kind != new.kind:
        notes.append(f"Trước đây là: {old.label.lower()}.")
    elif old.look != new.look:
        notes.append("Đổi cách trình bày (căn lề, cỡ ảnh hoặc ô của bảng).")
    runs = _runs(old, new, search)
    if runs is None:
        notes.append(_TOO_LONG)
        runs = _both(old, new)
    return BlockChange(new.label, Kind.CHANGED, runs, tuple(notes))


def _runs(old, new, search):
    """Return the runs of words from `old` to `new`, or None when that takes too long."""
    steps = search.steps([w.key for w in old.words], [w.key for w in new.words])
    if search.has_given_up:
        return None
    told = []
    for is_same, before, after in steps:
        if is_same:
            pairs = zip(old.words[before], new.words[after], strict=True)
            told += [(Kind.SAME, _note(was, now), now.text) for was, now in pairs]
        else:
            told += [(Kind.REMOVED, "", word.text) for word in old.words[before]]
            told += [(Kind.ADDED, "", word.text) for word in new.words[after]]
    return tuple(
        Run(kind, " ".join(text for _, _, text in group), note)
        for (kind, note), group in groupby(told, key=lambda each: each[:2])
    )


def _note(was, now):
    """Say how a word that stayed looks now, when it looks otherwise than before."""
    if was.look == now.look:
        return ""
    if was.key[0] == "picture":
        (alt, was_decorative, _), (_, is_decorative, _) = was.look, now.look
        if alt != now.look[0]:
            return f"mô tả ảnh trước đây: {alt or 'để trống'}"
        if was_decorative != is_decorative:
            return "nay chỉ để trang trí" if is_decorative else "thôi là ảnh trang trí"
        return "ảnh đổi cỡ hoặc vị trí"
    (marks_before, links_before), (marks_now, links_now) = map(_looks, (was, now))
    said = [f"nay {_MARKS[mark]}" for mark in sorted(marks_now - marks_before)]
    said += [f"thôi {_MARKS[mark]}" for mark in sorted(marks_before - marks_now)]
    said += [f"nay có liên kết tới {href}" for href in sorted(links_now - links_before)]
    said += [f"bỏ liên kết tới {href}" for href in sorted(links_before - links_now)]
    return "; ".join(said) or "đổi kiểu chữ ở một phần của từ"


def _looks(word):
    marks = {mark for _, (marks, _) in word.look for mark in marks}
    return marks, {href for _, (_, href) in word.look if href}


# --- What two sequences have in common ------------------------------------------------


class _Search:
    """Finds what stayed between two sequences, within `_STEPS` steps in all."""

    def __init__(self):
        self.left = _STEPS
        self.has_given_up = False

    def steps(self, old, new):
        """Return [(is_same, slice of `old`, slice of `new`)], together the whole of both.

        When the steps run out, all but the common beginning and end counts as replaced, and
        `has_given_up` tells so until the next call.
        """
        numbers = {}  # compared more quickly than long keys
        old = [numbers.setdefault(key, len(numbers)) for key in old]
        new = [numbers.setdefault(key, len(numbers)) for key in new]
        first = _common_beginning(old, new)
        last = _common_beginning(old[first:][::-1], new[first:][::-1])
        pairs = self._pairs(old[first : len(old) - last], new[first : len(new) - last])
        self.has_given_up = pairs is None
        kept = [
            *((i, i) for i in range(first)),
            *((first + i, first + j) for i, j in pairs or ()),
            *((len(old) - k, len(new) - k) for k in range(last, 0, -1)),
        ]
        return _joined(kept, len(old), len(new))

    def _pairs(self, old, new):
        """Return the places (i, j) of a longest common subsequence; None when it takes too long.

        Round d reaches as far as d insertions and deletions lead: `rounds[d][n]` is how far
        into `old` on the diagonal i - j = 2n - d.
        """
        rounds = []
        for d in range(len(old) + len(new) + 1):
            self.left -= d + 1
            if self.left < 0:
                return None
            reached = []
            for n in range(d + 1):
                i = _start(rounds, d, n)
                j = i - (2 * n - d)
                while i < len(old) and j < len(new) and old[i] == new[j]:
                    i, j = i + 1, j + 1
                    self.left -= 1
                reached.append(i)
                if i >= len(old) and j >= len(new):
                    return _trace(rounds, len(old), len(new))
            rounds.append(reached)
        raise AssertionError  # the last round deletes and inserts everything


def _is_insertion(before, d, n):
    """Tell whether round `d` comes to diagonal `n` from the one above, else by a deletion."""
    return n == 0 or (n != d and before[n - 1] < before[n])


def _start(rounds, d, n):
    if d == 0:
        return 0
    before = rounds[d - 1]
    return before[n] if _is_insertion(before, d, n) else before[n - 1] + 1


def _trace(rounds, i, j):
    """Return the pairs on the way back from the end (i, j) of both sequences."""
    pairs = []
    for d in range(len(rounds), -1, -1):
        start = _start(rounds, d, (i - j + d) // 2)
        while i > start:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        if d and _is_insertion(rounds[d - 1], d, (i - j + d) // 2):
            j -= 1
        else:
            i -= 1
    return pairs[::-1]


def _common_beginning(old, new):
    pairs = enumerate(zip(old, new, strict=False))
    shorter = min(len(old), len(new))
    return next((i for i, (was, now) in pairs if was != now), shorter)


def _joined(kept, old_end, new_end):
    """Join the kept places (i, j) that follow one another, and fill in what lies between."""
    steps = []
    i = j = 0
    runs = groupby(
        enumerate(kept), key=lambda each: (each[1][0] - each[0], each[1][1] - each[0])
    )
    for _, run in runs:
        places = [place for _, place in run]
        x, y = places[0]
        if (x, y) != (i, j):
            steps.append((False, slice(i, x), slice(j, y)))
        i, j = x + len(places), y + len(places)
        steps.append((True, slice(x, i), slice(y, j)))
    if (i, j) != (old_end, new_end):
        steps.append((False, slice(i, old_end), slice(j, new_end)))
    return steps
