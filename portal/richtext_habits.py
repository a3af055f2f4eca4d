"""Turns the habits of Word, Google Docs, CKEditor and web pages into our own few words.

The middle step of `portal.richtext.clean`. It decides how a text reads, never what is safe.
"""

import re
import unicodedata
from collections import Counter
from itertools import takewhile

from portal.richtext_rules import (
    ATTRIBUTES,
    CELLS,
    CLASSES,
    INLINE,
    LINK,
    LISTS,
    OWN_FILE,
    TAGS,
    VALUES,
    VOID,
    WIDTHS,
    kept_classes,
)
from portal.text import fold

__all__ = ["NotWellFormed", "Rewriter", "tidy_text"]

RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em"}
# Boxes of foreign pages become paragraphs, or vanish around blocks of their own.
BOXES = {
    *("div", "section", "article", "header", "footer", "main", "aside", "nav", "center"),
    *("address", "pre", "dl", "dt", "dd", "details", "summary", "fieldset", "form"),
}
# Mean nothing to us, or nothing but what their style says.
WRAPPERS = {
    *("span", "font", "o:p", "u", "ins", "s", "strike", "del", "small", "big", "tt"),
    *("code", "kbd", "samp", "var", "mark", "cite", "abbr", "label", "time"),
}
_KNOWN = TAGS | BOXES | WRAPPERS | set(RENAMED)
_TRANSPARENT = BOXES | INLINE
_HEADINGS = {"h2", "h3", "h4"}
_ONE_LINE = _HEADINGS | {"caption", "figcaption"}  # hold no paragraphs
_TABLE_PARTS = {"table", "tr"}
_PARENTS = {"li": LISTS, "figcaption": {"figure"}}
_PLACED = {"p", "figure", *_PARENTS}  # do not stand everywhere

_DEEPEST = 60  # elements; what lies deeper loses its tags, its text stays
_LOWEST_HEADING = 4
_MOST_HEADER_ROWS = 4
# Two columns of bold words at the top of a pasted official letter: its head, not a table's.
_MOTTO = "cong hoa xa hoi chu nghia viet nam"

_MARKUP = re.compile(r'(/?)([a-z][a-z0-9:]*)((?: +[a-z][\w:.-]*="[^"]*")*) ?(/?)', re.ASCII)
_ANY_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r' ([a-z][\w:.-]*)="([^"]*)"', re.ASCII)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0338\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# A no-break space stays between two words only. Editors write one wherever a blank meets a
# tag or another blank, so that their own frame shows it.
_LOOSE_NBSP = re.compile(
    r"(?:\A|(?<=>)|[ \t\n])&nbsp;(?:[ \t\n]|&nbsp;)*"
    r"|&nbsp;(?:(?:[ \t\n]|&nbsp;)+|(?=<)|\Z)"
)
_TEXT_ALIGN = re.compile(
    r"(?:^|[;\s])text-align\s*:\s*(center|right|justify)", re.IGNORECASE
)
_FLOAT = re.compile(r"(?:^|[;\s])float\s*:\s*(left|right)", re.IGNORECASE)
_WIDTH = re.compile(
    r"(?:^|[;\s])width\s*:\s*(\d{1,3})(?:\.\d+)?%", re.ASCII | re.IGNORECASE
)
_BOLD = re.compile(r"(?<!-)font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_NOT_BOLD = re.compile(r"(?<!-)font-weight\s*:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"(?<!-)font-style\s*:\s*italic", re.IGNORECASE)
_RAISED = re.compile(r"(?<!-)vertical-align\s*:\s*(sub|super)", re.IGNORECASE)
_COLOUR = re.compile(
    r"(?:^|[;\s])(?:color|background(?:-color)?)\s*:\s*([^;]+)", re.IGNORECASE
)
_CHANNELS = re.compile(r"#(\w\w)(\w\w)(\w\w)|#(\w)(\w)(\w)|rgba?\((\d+), *(\d+), *(\d+)")
_NO_COLOURS = re.compile(
    r"black|white|windowtext|auto|inherit|initial|transparent|none|currentcolor"
)
_LINE = re.compile(
    r"(?:^|[;\s])text-decoration(?:-line)?\s*:\s*(?:underline|line-through)", re.IGNORECASE
)
_ON_OWN_MACHINE = ("file:", "data:", "cid:", "blob:")

# What an element amounts to: it holds words or pictures; a block; a picture; a captioned
# picture; words that are not bold; a picture that went.
_CONTENT, _BLOCK, _PICTURE, _FIGURE, _PLAIN, _LOST = 1, 2, 4, 8, 16, 32


class NotWellFormed(ValueError):
    """The markup is not as a serialiser writes it: only a real parser can read it."""


def tidy_text(html: str) -> str:
    """Return well-formed `html` (or plain text with entities) in NFC, without what is unseen.

    Invisible characters go, no-break spaces stay between two words only. Tags are unharmed:
    the one accent that would join a ">" goes with the invisible characters.
    """
    if _INVISIBLE.search(html):
        html = _INVISIBLE.sub("", html.replace("=\u0338", "≠"))
    html = unicodedata.normalize("NFC", html)
    return _LOOSE_NBSP.sub(" ", html) if "&nbsp;" in html else html


class _Tag:
    """An opening tag as it was written; texts repeat a few tags many times."""

    __slots__ = (
        "_openings",
        "closing",
        "is_void",
        "losses",
        "name",
        "opening",
        "raw",
        "values",
    )

    def __init__(self, raw, values):
        self.raw = raw
        self.values = values
        if raw == "img":
            values.setdefault("alt", "")
        self.name = name = _meaning(raw, values)
        self.is_void = name in VOID
        self.losses = _losses(raw, name, values)
        self._openings = {}
        self.opening = self.opening_as(name) if name in TAGS else ""
        self.closing = f"</{name}>"

    def opening_as(self, name):
        """Return the tag that opens this element under the name `name`."""
        if name not in self._openings:
            self._openings[name] = f"<{name}{_attributes(name, self.values)}>"
        return self._openings[name]


def _meaning(raw, values):
    """Return the name that an element goes by here; "span" when it means nothing."""
    if raw in WRAPPERS:
        return _styled(values.get("style", "")) if raw == "span" else "span"
    name = RENAMED.get(raw, raw)
    if name == "a" and not LINK.fullmatch(values.get("href", "")):
        return "span"
    if name == "strong" and _NOT_BOLD.search(values.get("style", "")):
        # Google Docs wraps every paste in <b style="font-weight:normal">.
        return "span"
    return name


def _styled(style):
    if _BOLD.search(style):
        return "strong"
    if _ITALIC.search(style):
        return "em"
    if raised := _RAISED.search(style):
        return "sub" if raised[1].lower() == "sub" else "sup"
    return "span"


def _losses(raw, name, values):
    """Return the fields of `Report` in which this tag counts."""
    style, source = values.get("style", ""), values.get("src", "")
    losses = []
    if raw == "img" and not OWN_FILE.fullmatch(source):
        is_own = source.lower().startswith(_ON_OWN_MACHINE)
        losses.append("not_uploaded" if is_own else "foreign_pictures")
    if raw == "a" and name != "a" and not values.get("href", "#").startswith("#"):
        losses.append("links")
    colours = [values.get("color", ""), *_COLOUR.findall(style)] if raw != "a" else []
    if any(map(_is_colour, colours)):
        losses.append("colours")
    is_struck = raw in ("u", "ins", "s", "strike", "del") or _LINE.search(style)
    if is_struck and raw != "a":
        losses.append("underlines")
    return losses


def _is_colour(value):
    """Say whether a CSS colour is one that a reader would notice: no black, white or grey."""
    value = value.strip().lower()
    if channels := _CHANNELS.match(value):
        return len(set(filter(None, channels.groups()))) > 1
    return bool(value) and not _NO_COLOURS.match(value)


def _classes(tag, values):
    """Return the classes of `tag`, those that its old-fashioned attributes mean included."""
    style = values.get("style", "")
    classes = ["image"] if tag == "figure" else []
    if found := (_FLOAT if tag in ("figure", "img") else _TEXT_ALIGN).search(style):
        classes.append(f"align-{found[1].lower()}")
    elif align := values.get("align"):
        classes.append(f"align-{align.lower()}")
    if found := _WIDTH.search(style):
        nearest = min((*WIDTHS, 100), key=lambda width: abs(width - int(found[1])))
        classes.append(f"width-{nearest}")
    return kept_classes(tag, [*values.get("class", "").split(), *classes])


def _attributes(tag, values):
    """Return the attributes of `tag` as nh3 will write them; values are already escaped."""
    if tag == "a":
        return f' href="{values["href"]}" rel="noopener"'
    kept = [
        f' {name}="{values[name]}"'
        for name in ATTRIBUTES.get(tag, ())
        if name in values and VALUES[name].fullmatch(values[name])
    ]
    if tag in CLASSES and (classes := _classes(tag, values)):
        kept.append(f' class="{" ".join(classes)}"')
    return "".join(kept)


def _valid(tag, name, default):
    """Return the attribute `name` of `tag` if it is one that may stay, else `default`."""
    value = tag.values.get(name, "")
    return value if VALUES[name].fullmatch(value) else default


class _Element:
    """An open element: where it begins in the output and what it amounts to so far."""

    __slots__ = ("end", "flags", "name", "outer", "raw", "rows", "start", "tag")

    def __init__(self, tag, name, start, outer):
        self.tag = tag
        self.raw = tag.raw
        self.name = name
        self.start = start
        self.outer = outer
        self.flags = 0


class Rewriter:
    """One walk over well-formed markup, whose parts are written to a flat list.

    After `rewrite`, `is_settled` says that a second walk over the result would change
    nothing, and `losses` counts by field of `Report` what went.
    """

    def __init__(self):
        self.losses = Counter()
        self.is_settled = True
        self._out = []
        self._root = self._top = _Element(_Tag("", {}), "", 0, None)
        self._open = []  # elements; tags of those that leave only their contents
        self._inline = set()  # the names of the open inline elements
        self._is_line_begun = False
        self._breaks = []  # where the line breaks since the last words stand
        self._tables = []
        self._headings = []
        self._has_begun = False
        self._empty_paragraphs = 0  # since the last block that was kept

    def rewrite(self, html: str) -> str:
        """Return `html` in our words. Raises `NotWellFormed`."""
        if "<!" in html:
            raise NotWellFormed  # comments and the like; soon told, as all of Word has some
        first, *pieces = tidy_text(html).split("<")
        tags = {}
        if first:
            self._text(first)
        for piece in pieces:
            markup, bracket, text = piece.partition(">")
            tag = tags.get(markup)
            if tag is None:
                if not bracket:
                    raise NotWellFormed
                tag = tags[markup] = _read(markup)
            if tag.__class__ is str:
                self._end(tag)
            else:
                self._begin(tag)
            if text:
                self._text(text)
        if self._open:
            raise NotWellFormed
        self._end_line()
        self._level_headings()
        return self._finish()

    def _finish(self):
        html = "".join(self._out).strip()
        if not self._root.flags & _CONTENT:
            return ""
        html = html if self._root.flags & _BLOCK else f"<p>{html}</p>"
        # Texts that have come together may join: a letter and its accent, a blank and a
        # no-break space.
        if "&nbsp;" in html or not unicodedata.is_normalized("NFC", html):
            self.is_settled &= tidy_text(html) == html
        return html

    def _text(self, text):
        if not text.isspace():
            is_bold = "strong" in self._inline
            self._top.flags |= _CONTENT if is_bold else _CONTENT | _PLAIN
            self._is_line_begun = True
            if self._breaks:
                self._breaks = []
        self._out.append(text)

    def _end_line(self):
        """Take out the line breaks that came after the last words: a block ends or begins."""
        for i in self._breaks:
            self._out[i] = ""
        self._breaks = []
        self._is_line_begun = False

    def _begin(self, tag):
        name = tag.name
        # Links are coloured and underlined everywhere, so here too.
        if tag.losses and not (tag.raw in WRAPPERS and "a" in self._inline):
            self.losses.update(tag.losses)
        if name == "span" or name in self._inline:
            self._open.append(tag)  # it will leave only its contents
            return
        if tag.is_void:
            self._void(tag)
            return
        if len(self._open) >= _DEEPEST:
            self.losses["too_deep"] += 1
            self.is_settled = False
            self._open.append(tag)
            return
        element = _Element(tag, name, len(self._out), self._top)
        if name in INLINE:
            self._inline.add(name)
        else:
            if self._is_line_begun:
                self._end_line()
            if name in _PLACED and self._is_misplaced(name):
                self.is_settled = False
                element.name = "div"
            elif name in _TABLE_PARTS:
                self._begin_table_part(element)
        self._out.append(tag.opening)
        self._open.append(element)
        self._top = element

    def _void(self, tag):
        name = tag.name
        if name == "br":
            if not self._is_line_begun:
                return
            self._breaks.append(len(self._out))
        elif name == "hr":
            self._end_line()
            self._top.flags |= _CONTENT | _BLOCK | _PLAIN
        elif OWN_FILE.fullmatch(tag.values.get("src", "")):
            self._is_line_begun = True
            self._breaks = []
            self._top.flags |= _CONTENT | _PICTURE | _PLAIN
        else:
            self._top.flags |= _LOST
            return
        self._out.append(tag.opening)

    def _is_misplaced(self, name):
        if name in _PARENTS:
            return self._structure() not in _PARENTS[name]
        # A figure that turns out to have no picture would leave its paragraphs here.
        return name in ("p", "figure") and self._structure() in _ONE_LINE

    def _structure(self):
        """Return the name of the nearest open element that is no box and not inline."""
        element = self._top
        while element.name in _TRANSPARENT:
            element = element.outer
        return element.name

    def _end(self, raw):
        element = self._open.pop() if self._open else None
        if element is None or element.raw != raw:
            raise NotWellFormed
        if element.__class__ is _Tag:
            return
        outer = self._top = element.outer
        name = element.name
        if name in INLINE:
            self._inline.discard(name)
            if element.flags & _CONTENT:
                self._out.append(element.tag.closing)
            else:
                self._out[element.start] = ""
            outer.flags |= element.flags
            return
        if self._is_line_begun:
            self._end_line()
        if name == "table":
            self._tables.pop()
        elif name == "figure" and not element.flags & _PICTURE:
            self._open_figure(element)
        if element.name in BOXES:
            element.name = self._meaning_of_box(element)
        if not element.flags & _CONTENT and name not in CELLS:
            del self._out[element.start :]
            is_meant = not element.flags & _LOST and outer.name not in CELLS
            self._empty_paragraphs += name == "p" and is_meant
        elif element.name:
            self._keep(element)
        else:
            # Words on both sides of a box do not become one.
            self._out[element.start] = "" if element.flags & _BLOCK else "\n"
            self._out.append("\n")
            outer.flags |= element.flags

    def _open_figure(self, element):
        """Make a plain box of a figure without picture, a paragraph of its caption."""
        element.name = "div"
        self.is_settled = False
        for i in range(element.start, len(self._out)):
            if self._out[i].startswith("<figcaption"):
                self._out[i] = "<p" + self._out[i].removeprefix("<figcaption")
            elif self._out[i] == "</figcaption>":
                self._out[i] = "</p>"

    def _meaning_of_box(self, element):
        """Return what becomes of a box: a centring div, a paragraph, or nothing ("")."""
        if element.flags & _FIGURE and "align-center" in _classes(
            "div", element.tag.values
        ):
            return "div"
        if element.flags & _BLOCK:
            # A list that is taken out of its box may stand directly in another list.
            self.is_settled &= self._structure() not in LISTS
            return ""
        return "" if self._structure() in _ONE_LINE | LISTS else "p"

    def _keep(self, element):
        name, tag, out, outer = element.name, element.tag, self._out, element.outer
        element.end = len(out)
        if name == tag.name:
            out.append(tag.closing)
        else:
            out[element.start] = tag.opening_as(name)
            out.append(f"</{name}>")
        outer.flags |= element.flags | _CONTENT | _BLOCK
        if self._empty_paragraphs:
            # Those before the first words and after the last are nobody's intention.
            self.losses["empty_paragraphs"] += self._empty_paragraphs * self._has_begun
            self._empty_paragraphs = 0
        self._has_begun = True
        if name in CELLS:
            self._remember_cell(element)
        elif name in _HEADINGS:
            self._headings.append(element)
        elif name in LISTS:
            if outer.name in LISTS:
                self._make_item(element)
        elif name == "table":
            self._mark_header(element)
        elif name == "figure":
            outer.flags |= _FIGURE

    def _make_item(self, element):
        """Put a list that stands directly in a list into the item before it."""
        before = element.start - 1
        while before > self._top.start and not self._out[before].strip():
            self._out[before] = ""
            before -= 1
        if self._out[before] == "</li>":
            self._out[before] = ""
        else:
            self._out[element.start] = f"<li>{self._out[element.start]}"
        self._out.append("</li>")

    # --- Headings ---------------------------------------------------------------------

    def _level_headings(self):
        """Let the first heading be of level 2 and none skip a level below the one above it.

        A heading stands one level below the nearest heading before it that outranked it, so
        equal headings stay equal; a text that is in order already stays as it is.
        """
        above = []  # the raw levels of the headings that the present one may stand under
        for heading in self._headings:
            raw = heading.tag.raw
            level = int(raw[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
            name = f"h{min(1 + len(above), _LOWEST_HEADING)}"
            self.losses["headings"] += name != heading.name
            self._out[heading.start] = heading.tag.opening_as(name)
            self._out[heading.end] = f"</{name}>"

    # --- Header cells of tables -------------------------------------------------------

    def _begin_table_part(self, element):
        if element.name == "table":
            element.rows = []
            self._tables.append(element)
        elif self._tables:
            rows = self._tables[-1].rows
            if not rows or rows[-1]:  # a row without cells will go
                rows.append([])

    def _remember_cell(self, cell):
        rows = self._tables[-1].rows if self._tables else None
        # Of rows that cannot be a header it is enough to know that there are some.
        if rows and (len(rows) <= _MOST_HEADER_ROWS or not rows[-1]):
            rows[-1].append(cell)

    def _mark_header(self, table):
        """Make header cells of the row (or rows) that name the columns."""
        for row in self._header_rows([row for row in table.rows if row]):
            for cell in row:
                if cell.name == "th" or cell.flags & _CONTENT:
                    values = cell.tag.values | {"scope": _valid(cell.tag, "scope", "col")}
                    self._out[cell.start] = f"<th{_attributes('th', values)}>"
                    self._out[cell.end] = "</th>"

    def _header_rows(self, rows):
        """Return the rows in `thead`; else the first if it looks like a header, with those
        below it that its cells reach into and that look like one too.
        """
        first_rows = rows[:_MOST_HEADER_ROWS]
        if in_head := [row for row in first_rows if row[0].outer.outer.name == "thead"]:
            return in_head
        if len(rows) < 2 or sum(cell.flags & _CONTENT for cell in rows[0]) < 2:
            return []
        height = max(int(_valid(cell.tag, "rowspan", "1")) for cell in rows[0])
        return list(takewhile(self._is_header, first_rows[: min(height, len(rows) - 1)]))

    def _is_header(self, row):
        """Say whether every cell of `row` that says anything is a short, bold line."""
        cells = [cell for cell in row if cell.flags & _CONTENT]
        if {cell.name for cell in cells} == {"th"}:
            return not any(_valid(cell.tag, "scope", "")[:3] == "row" for cell in cells)
        if any(
            cell.name == "th" or cell.flags & _PLAIN or self._blocks_in(cell) > 1
            for cell in cells
        ):
            return False
        html = "".join("".join(self._out[cell.start : cell.end]) for cell in cells)
        return _MOTTO not in fold(" ".join(_ANY_TAG.sub(" ", html).split()))

    def _blocks_in(self, cell):
        endings = (part for part in self._out[cell.start : cell.end] if part[:2] == "</")
        return sum(ending[2:-1] not in INLINE for ending in endings)


def _read(markup):
    """Return what stands between "<" and ">": a `_Tag`, or the name that a tag closes."""
    match = _MARKUP.fullmatch(markup)
    if match is None:
        raise NotWellFormed
    closing, name, attributes, self_closing = match.groups()
    if name not in _KNOWN or (self_closing and name not in VOID):
        raise NotWellFormed
    if closing:
        return name
    values = _ATTRIBUTE.findall(attributes)
    if len(values) != len(dict(values)):
        raise NotWellFormed
    return _Tag(name, dict(values))
