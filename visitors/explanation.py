"""How visits are counted, as readers see it: the words of docs/counting.md.

The page of the site shows that very file, so the two cannot drift apart. It is written in a
few forms of Markdown: "## " and "### " headings, paragraphs, "- " lists, tables, steps
indented by four blanks and by four more for each depth; in a line `code` and **strong**. Anything else is plain text.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from django.conf import settings

from portal.text import slugify

__all__ = ["Block", "Section", "parse", "sections"]

FILE = Path(settings.BASE_DIR) / "docs" / "counting.md"

_CHUNKS = re.compile(r"\n{2,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_RUN = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|([^`*]+|[`*])")
_RULE = re.compile(r"\|[-| :]+\|")
_STEP = "    "

# Pieces of a line: ("code" | "strong" | "text", words).
Line = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Block:
    """One part of a section; which field is filled depends on `kind`.

    "heading" and "paragraph" have a `line`, "list" has `lines`, "steps" has `steps`: (depth,
    words), without words between groups; "table" has `head` and `rows`.
    """

    kind: str
    line: Line = ()
    lines: tuple[Line, ...] = ()
    steps: tuple[tuple[int, str], ...] = ()
    head: tuple[Line, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True)
class Section:
    """What stands below one "## " heading; `slug` is its anchor on the page."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def slug(self):
        return slugify(self.title)


@cache
def sections():
    """Return the `Section`s of docs/counting.md."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text):
    """Return the `Section`s of `text`; what stands before the first "## " is left out."""
    _, *parts = re.split(r"^## ", _COMMENT.sub("", text), flags=re.MULTILINE)
    found = []
    for part in parts:
        title, _, body = part.partition("\n")
        found.append(Section(title.strip(), tuple(_blocks(body))))
    return tuple(found)


def _blocks(body):
    chunks = [chunk for chunk in _CHUNKS.split(body.strip("\n")) if chunk.strip()]
    for are_steps, group in groupby(chunks, key=lambda chunk: chunk.startswith(_STEP)):
        if are_steps:
            lines = "\n\n".join(group).splitlines()
            yield Block("steps", steps=tuple(map(_step, lines)))
        else:
            yield from map(_block, group)


def _block(chunk):
    if chunk.startswith("### "):
        return Block("heading", line=_line(chunk[4:]))
    if chunk.startswith("- "):
        items = re.split(r"^- ", chunk, flags=re.MULTILINE)[1:]
        return Block("list", lines=tuple(map(_line, items)))
    if chunk.startswith("|"):
        head, *rows = (
            tuple(_line(cell) for cell in row.strip().strip("|").split("|"))
            for row in chunk.splitlines()
            if not _RULE.fullmatch(row.strip())
        )
        return Block("table", head=head, rows=tuple(rows))
    return Block("paragraph", line=_line(chunk))


def _step(line):
    words = line.lstrip()
    return max((len(line) - len(words)) // len(_STEP) - 1, 0), words


def _line(text):
    pieces = _RUN.findall(" ".join(text.split()))
    return tuple(
        ("code", code) if code else ("strong", strong) if strong else ("text", plain)
        for code, strong, plain in pieces
    )
