"""An article's body as a plain sequence of headings, paragraphs, list items and tables.

For what is not a web page: the sheet on the notice board, the text for the loudspeaker.
Pictures and inline markup are left out.
"""

from dataclasses import dataclass
from html.parser import HTMLParser

__all__ = ["Block", "blocks"]

_HEADINGS = {"h2", "h3", "h4"}
_ENDS = _HEADINGS | {"p", "li", "ul", "ol", "blockquote", "figcaption", "caption", "hr"}
_WIDEST = 50  # columns; a span of a hostile table reaches no further


@dataclass(frozen=True)
class Block:
    """A "heading", "paragraph", "item" or "table".

    A table has `rows` of equally many cells; what spans several stands in each of them. Its
    first row is a header if `has_header`.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    has_header: bool = False


def blocks(html):
    """Return the blocks of `html`, cleaned by `portal.richtext.clean`, in reading order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks = []
        self._words = []
        self._kind = "paragraph"
        self._open_items = 0
        self._rows = (
            None  # of the table being read: lists of (text, columns, rows, is header)
        )
        self._cell = None

    def handle_starttag(self, tag, attrs):
        if tag == "br":
            self._words.append(" ")
        elif tag == "table":
            self.end_block()
            self._rows, self._cell = [], None
        elif self._rows is not None and tag == "tr":
            self._rows.append([])
        elif self._rows and tag in ("td", "th"):
            self._words = []
            values = dict(attrs)
            self._cell = (_span(values, "colspan"), _span(values, "rowspan"), tag == "th")
        elif self._cell is None and tag in _ENDS:
            self.end_block()
            self._open_items += tag == "li"
            self._kind = "heading" if tag in _HEADINGS else self._usual_kind()
        elif tag in _ENDS:
            self._words.append(" ")

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            columns, rows, is_header = self._cell
            self._rows[-1].append((self._take_words(), columns, rows, is_header))
            self._cell = None
        elif tag == "table" and self._rows is not None:
            rows, self._rows = self._rows, None
            self._end_table([row for row in rows if row])
        elif self._cell is None and tag in _ENDS:
            self._open_items -= tag == "li"
            self.end_block()

    def handle_data(self, data):
        self._words.append(data)

    def end_block(self):
        """Close the block being read, if it has words."""
        if text := self._take_words():
            self.blocks.append(Block(self._kind, text))
        self._kind = self._usual_kind()

    def _usual_kind(self):
        return "item" if self._open_items > 0 else "paragraph"

    def _take_words(self):
        text = " ".join("".join(self._words).split())
        self._words = []
        return text

    def _end_table(self, rows):
        grid = _grid(rows)
        if grid:
            has_header = all(is_header for _, _, _, is_header in rows[0])
            self.blocks.append(Block("table", rows=grid, has_header=has_header))


def _span(values, name):
    try:
        return min(max(int(values.get(name) or 1), 1), _WIDEST)
    except ValueError:
        return 1


def _grid(rows):
    """Return the rows of a table with spanning cells repeated, all equally long."""
    grid = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for text, columns, height, _ in row:
            while x in grid[y]:
                x += 1
            for line in grid[y : y + height]:
                line.update(dict.fromkeys(range(x, min(x + columns, _WIDEST)), text))
            x += columns
    width = max((max(line, default=-1) + 1 for line in grid), default=0)
    return tuple(tuple(line.get(x, "") for x in range(width)) for line in grid)
