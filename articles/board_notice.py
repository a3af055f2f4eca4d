"""How much of an article goes on one A4 sheet for the notice board, and how large.

A board is read standing, from about a metre, so the sheet is one page in large type and a
longer article is cut: what matters stands at its top, the code at the foot leads to the rest.
The type is as large as lets everything stand; a text that would need smaller type than that
of official letters is cut instead.
"""

from dataclasses import dataclass
from math import ceil, floor

from django.utils.text import Truncator

from articles.text_blocks import Block

__all__ = ["Sheet", "sheet"]

# CSS class: (letters of running text on a line, lines on the sheet without head and foot),
# measured on printed sheets in static/css/notice.css.
_SIZES = {"large": (47, 19), "medium": (58, 22.5), "small": (68, 26.5)}
_GAP = 0.4  # lines between blocks
_TITLE = 1.75  # a title's letters against running text
_TITLE_LINE = 1.45  # its lines
_LEAD = 1.1
_INDENT = 3  # letters of an item's dash
_LEAST_LINES = 3  # of a paragraph that is cut
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
        shown, room = _fitting(blocks, width, lines - _head(title, lead, width))
        if len(shown) == len(blocks):
            return Sheet(size, shown, is_cut=False)
    shown += _beginning(blocks[len(shown)], width, room)
    while shown and shown[-1].kind == "heading":
        shown = shown[:-1]
    return Sheet(size, shown, is_cut=True)


def _head(title, lead, width):
    title_lines = ceil(len(title) * _TITLE / width) * _TITLE_LINE
    return title_lines + (ceil(len(lead) * _LEAD / width) * _LEAD + _GAP if lead else 0)


def _fitting(blocks, width, room):
    """Return the first blocks that fit into `room` lines, and how many lines they leave."""
    shown = []
    for block in blocks:
        needed = _lines(block, width)
        if needed > room or (block.rows and len(block.rows[0]) > _MOST_COLUMNS):
            break
        room -= needed
        shown.append(block)
    return shown, room


def _beginning(block, width, room):
    """Return the beginning of the first block that does not fit, where it is worth while."""
    if block.kind in ("table", "heading") or room < _LEAST_LINES:
        return []
    text = Truncator(block.text).chars(floor(room - _GAP) * (width - _INDENT))
    return [Block(block.kind, text)]


def _lines(block, width):
    if block.kind == "table":
        column = width / len(block.rows[0]) - 2  # letters; the rest is the cell's margin
        return _GAP + sum(
            max(ceil(len(cell) / column) for cell in row) + _GAP for row in block.rows
        )
    return ceil(len(block.text) / (width - _INDENT)) + _GAP
