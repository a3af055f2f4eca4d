"""How much of an article goes on one A4 sheet for the notice board, and how large.

A board is read standing, from about a metre, so the sheet is one page in large type and a
longer article is cut: what matters stands at its top, the code at the foot leads to the rest.
The type is as large as lets everything stand; a text that would need smaller type than that
of official letters is cut instead.
"""

from dataclasses import dataclass
from math import ceil

from django.utils.text import Truncator

from articles.text_blocks import Block

__all__ = ["Sheet", "sheet"]

# CSS class: (letters of running text on a line, lines on the sheet without head and foot),
# measured on printed sheets in static/css/notice.css.
_SIZES = {"large": (50, 20), "medium": (62, 25), "small": (74, 30)}
_GAP = 0.5  # lines between blocks
_TITLE = 1.75  # a title's letters against running text
_LEAD = 1.1
_MOST_COLUMNS = 5  # a wider table cannot be read on a board


@dataclass(frozen=True)
class Sheet:
    """The `blocks` that stand on the sheet in type of `size`; `is_cut` if some are missing."""

    size: str
    blocks: list[Block]
    is_cut: bool


def sheet(*, title, lead, blocks):
    """Return what of a title, a lead and `blocks` (articles.text_blocks) fits on one sheet."""
    for size, (width, lines) in _SIZES.items():
        room = lines - _head(title, lead, width)
        shown = _fitting(blocks, width, room)
        if len(shown) == len(blocks):
            return Sheet(size, shown, is_cut=False)
    if not shown and blocks and blocks[0].kind != "table":
        text = Truncator(blocks[0].text).chars(max(int(room * width), width))
        shown = [Block(blocks[0].kind, text)]
    return Sheet(size, _without_bare_heading(shown), is_cut=True)


def _head(title, lead, width):
    title_lines = ceil(len(title) * _TITLE / width) * _TITLE
    return title_lines + (ceil(len(lead) * _LEAD / width) * _LEAD + _GAP if lead else 0)


def _fitting(blocks, width, room):
    shown = []
    for block in blocks:
        room -= _lines(block, width)
        if room < 0 or (block.rows and len(block.rows[0]) > _MOST_COLUMNS):
            break
        shown.append(block)
    return shown


def _lines(block, width):
    if block.kind == "table":
        column = width / len(block.rows[0]) - 2  # letters; the rest is the cell's margin
        return _GAP + sum(
            max(ceil(len(cell) / column) for cell in row) + _GAP for row in block.rows
        )
    indent = 4 if block.kind == "item" else 0
    return ceil(len(block.text) / (width - indent)) + _GAP


def _without_bare_heading(shown):
    return shown[:-1] if shown and shown[-1].kind == "heading" else shown
