"""Cleaned rich text as a flat list of blocks: what a reader meets one after the other.

For those who judge or compare a text; it never becomes HTML again.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from html import unescape

__all__ = ["Block", "Fragment", "Image", "Sign", "read"]

_MARKS = {"strong", "em", "sub", "sup"}
_LISTS = {"ul", "ol"}
_CELLS = {"td", "th"}
_BLOCKS = _LISTS | {
    *("p", "h2", "h3", "h4", "li", "blockquote", "figure", "figcaption", "div", "hr"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr"),
}
# What a block is called when several of these are open around it: the first.
_KINDS = ("tr", "caption", "figcaption", "h2", "h3", "h4", "li", "figure", "blockquote")

# How `portal.richtext.clean` writes.
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s="<>]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([^\s="<>]+)="([^"]*)"')


class Sign(Enum):
    """What separates words inside a block beside blanks."""

    BREAK = "↵"
    CELL = "|"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text under one set of marks ("strong" …), with the address that it leads to, or ""."""

    text: str
    marks: frozenset[str] = frozenset()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; a decorative one needs no words. `look` is its size and place."""

    src: str
    alt: str
    look: str = ""
    is_decorative: bool = False


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item, row of a table, caption or picture.

    `kind` is the tag that it stands in: "p", "h2" … "h4", "ul" or "ol" (an item of such a
    list), "tr" (a whole row, its cells divided by `Sign.CELL`), "caption", "figcaption",
    "figure", "blockquote", "hr". `look` is how it is set: alignment, joined cells. `table`
    counts the tables of the text from 1; 0 is outside of them.
    """

    kind: str
    look: str = ""
    table: int = 0
    parts: list[Fragment | Image | Sign] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words on one line; cells are divided by " | "."""
        return " ".join("".join(map(_spoken, self.parts)).split())

    @property
    def images(self) -> list[Image]:
        return [part for part in self.parts if isinstance(part, Image)]


def read(html: str) -> list[Block]:
    """Return the blocks of `html`, which `portal.richtext.clean` wrote; empty ones are left out.

    One pass, whatever the text; what `clean` would not write is passed over.
    """
    return list(_Reader().blocks(html))


class _Reader:
    def __init__(self):
        self.open = Counter()
        self.lists = []
        self.tables = 0
        self.href = ""
        self.marks = frozenset()
        self.block = None

    def blocks(self, html) -> Iterator[Block]:
        for closing, name, attributes, text in _TOKEN.findall(html):
            if text:
                if self.block is not None or not text.isspace():
                    self._part(Fragment(unescape(text), self.marks, self.href))
            elif name in _MARKS:
                self._count(name, closing)
                self.marks = frozenset(mark for mark in _MARKS if self.open[mark] > 0)
            elif name == "a":
                self.href = "" if closing else unescape(_values(attributes).get("href", ""))
            elif name == "br":
                self._part(Sign.BREAK)
            elif name == "img":
                self._part(_image(_values(attributes)))
            elif name in _CELLS:
                self._cell(name, closing, attributes)
            elif name in _BLOCKS:
                yield from self._boundary(name, closing, attributes)
        yield from self._finish()

    def _count(self, name, closing):
        self.open[name] = max(0, self.open[name] + (-1 if closing else 1))

    def _part(self, part):
        if self.block is None:
            self.block = self._new()
        self.block.parts.append(part)

    def _new(self, look=""):
        kind = next((name for name in _KINDS if self.open[name]), "p")
        if kind == "li":
            kind = self.lists[-1] if self.lists else "ul"
        in_table = self.open["table"] > 0
        return Block(kind, look, table=self.tables if in_table else 0)

    def _cell(self, name, closing, attributes):
        if closing:
            return
        if self.block is None:
            self.block = self._new()
        elif self.block.look:
            self._drop_last_breaks()
            self.block.parts.append(Sign.CELL)
        self.block.look += f"{name}{attributes};"

    def _boundary(self, name, closing, attributes):
        if self.open["tr"] and name != "tr":
            # A row stays one block; a paragraph inside begins on a line of its own.
            if closing and self.block is not None:
                self._drop_last_breaks()
                self.block.parts.append(Sign.BREAK)
            if name == "table":
                self._count(name, closing)
            return
        yield from self._finish()
        self._count(name, closing)
        if name in _LISTS:
            if not closing:
                self.lists.append(name)
            elif self.lists:
                self.lists.pop()
        self.tables += name == "table" and not closing
        if name == "hr":
            yield Block("hr")
        elif not closing and attributes:
            self.block = self._new(look=attributes)

    def _finish(self):
        if self.block is not None:
            self._drop_last_breaks()
            if any(_is_content(part) for part in self.block.parts):
                yield self.block
        self.block = None

    def _drop_last_breaks(self):
        parts = self.block.parts
        while parts and (
            parts[-1] is Sign.BREAK
            or isinstance(parts[-1], Fragment)
            and parts[-1].text.isspace()
        ):
            parts.pop()


def _values(attributes):
    return dict(_ATTRIBUTE.findall(attributes))


def _image(values):
    classes = values.pop("class", "").split()
    src, alt = unescape(values.pop("src", "")), unescape(values.pop("alt", ""))
    look = repr((sorted(values.items()), sorted({*classes} - {"decorative"})))
    return Image(src, alt, look, "decorative" in classes)


def _spoken(part):
    if isinstance(part, Fragment):
        return part.text
    return " | " if part is Sign.CELL else " "


def _is_content(part):
    return isinstance(part, Image) or isinstance(part, Fragment) and not part.text.isspace()
