"""A parsed page as the lines that a reader sees, and the boxes they stand in.

Where an article begins and ends is a question about lines: which one is the date, where the
long ones are, which one says "Các tin khác". Boxes are ranges of lines, so that the text in
any of them is one subtraction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from articles.imports.reading import Unreadable

__all__ = ["Box", "Line", "Outline", "parse"]

_INLINE = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em"),
    *("font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small"),
    *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
}
# Never a part of a text.
_DROPPED = {
    *("script", "style", "noscript", "template", "iframe", "frameset", "object", "embed"),
    *("select", "button", "textarea", "input", "svg", "math", "audio", "video", "canvas"),
    *("nav", "aside", "footer", "-comment"),
}
_BOLD = {"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
# Words in classes and ids that name what stands around an article.
_AROUND = {
    *(
        "menu",
        "sidebar",
        "breadcrumb",
        "breadcrumbs",
        "pathway",
        "toolbar",
        "tools",
        "print",
    ),
    *("zoom", "share", "sharing", "social", "addthis", "addtoany", "fb", "zalo", "like"),
    *("related", "other", "others", "othernews", "tinkhac", "tinlienquan", "comment"),
    *(
        "comments",
        "rating",
        "vote",
        "poll",
        "counter",
        "hitcounter",
        "pagination",
        "paging",
    ),
    *("banner", "advert", "quangcao", "nav", "footer", "weblink", "weblinks"),
}
_NAME = re.compile(r"[a-z]+")
# At most so much of the text stands in a box with such a name: themes put "has-sidebar"
# around everything.
_MOST_AROUND = 0.25

_LEAST_READING = 40  # characters: shorter lines are labels as often as sentences
# Parsing as browsers do is quadratic in depth: 100,000 open boxes take a minute.
_MOST_OPEN = 5_000
_MOST_TAGS = 200_000  # both of an element; keeps memory below some 300 MB
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
_CLOSED_BY_ITSELF = {
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "html"),
    *("head", "body", "area", "base", "br", "col", "embed", "hr", "img", "input", "link"),
    *("meta", "param", "source", "track", "wbr", "path"),
}


@dataclass(eq=False, slots=True)
class Line:
    """What a reader sees between two breaks; `nodes` are its texts and pictures."""

    box: LexborNode
    nodes: list[LexborNode] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    text: str = ""
    linked: int = 0  # characters inside links
    bold: int = 0  # characters
    has_picture: bool = False
    is_around: bool = False  # stands in a box named for what is no article

    @property
    def is_heading(self):
        return self.box.tag in ("h1", "h2", "h3")

    @property
    def is_link(self):
        return bool(self.text) and self.linked >= 0.8 * len(self.text)

    @property
    def is_bold(self):
        return bool(self.text) and self.bold >= 0.9 * len(self.text)

    @property
    def reading(self):
        """How many characters of running text it has: none when short or mostly links."""
        if (
            self.is_around
            or len(self.text) < _LEAST_READING
            or 2 * self.linked > len(self.text)
        ):
            return 0
        return len(self.text) - self.linked


@dataclass(frozen=True, slots=True)
class Box:
    """An element and the range of lines in it."""

    node: LexborNode
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Place:
    box: LexborNode
    is_linked: bool = False
    is_bold: bool = False


class Outline:
    """The lines of an element and its boxes, outer ones before inner ones."""

    def __init__(self, root):
        self.lines: list[Line] = []
        self.boxes: list[Box] = []
        self._walk(root)
        self._mark_around()
        self._sums = [0, *accumulate(line.reading for line in self.lines)]

    def reading(self, start, end) -> int:
        """Return how many characters of running text the lines [start, end) have."""
        return self._sums[max(start, end)] - self._sums[start]

    def box_of(self, node) -> Box | None:
        return next((box for box in self.boxes if box.node == node), None)

    def densest(self, within: Box, *, start=0) -> Box:
        """Return the innermost box that has two thirds of the running text of `within`.

        Lines before `start` do not count.
        """
        start = max(start, within.start)
        enough = self.reading(start, within.end) * 2 / 3
        inner = [
            box
            for box in self.boxes
            if within.start <= box.start
            and box.end <= within.end
            and self.reading(max(box.start, start), box.end) >= enough
        ]
        return inner[-1] if enough and inner else within

    def around(self, index) -> Iterator[Box]:
        """Yield the boxes that line `index` stands in, inner ones first."""
        return (box for box in reversed(self.boxes) if box.start <= index < box.end)

    def _walk(self, root):
        """Read the tree without recursion, since pages nest as deep as they like."""
        dropped = []
        starts = {}
        line = Line(root)
        # A node with its place, or the end of a box.
        todo = [(root, _Place(root))]

        def end_line(box):
            nonlocal line
            line.text = " ".join("".join(line.parts).split())
            if line.text or line.has_picture:
                self.lines.append(line)
            line = Line(box)

        while todo:
            node, place = todo.pop()
            if place is None:
                end_line(node.parent or root)
                at = starts.pop(node)
                self.boxes[at] = Box(node, self.boxes[at].start, len(self.lines))
                continue
            tag = node.tag
            if tag == "-text":
                self._add_text(line, node, place)
            elif tag in ("br", "hr"):
                end_line(place.box)
            elif tag == "img":
                line.nodes.append(node)
                line.has_picture = True
            elif tag in _DROPPED or _is_hidden(node):
                dropped.append(node)
            else:
                if tag not in _INLINE or _names(node) & _AROUND:
                    end_line(node)
                    starts[node] = len(self.boxes)
                    self.boxes.append(Box(node, len(self.lines), len(self.lines)))
                    todo.append((node, None))
                    place = _Place(node, place.is_linked, place.is_bold)
                place = _Place(
                    place.box,
                    place.is_linked or tag == "a" and "href" in node.attributes,
                    place.is_bold or tag in _BOLD,
                )
                children = list(node.iter(include_text=True))
                todo.extend((child, place) for child in reversed(children))
        for node in dropped:
            node.decompose()

    @staticmethod
    def _add_text(line, node, place):
        text = node.text_content or ""
        line.nodes.append(node)
        line.parts.append(text)
        weight = len("".join(text.split()))
        # Blanks of a line are not known yet; words are what counts.
        line.linked += len(text.strip()) if place.is_linked and weight else 0
        line.bold += len(text.strip()) if place.is_bold and weight else 0

    def _mark_around(self):
        total = sum(line.reading for line in self.lines)
        sums = [0, *accumulate(line.reading for line in self.lines)]
        for box in self.boxes:
            if sums[box.end] - sums[box.start] <= _MOST_AROUND * total and (
                _names(box.node) & _AROUND
            ):
                for line in self.lines[box.start : box.end]:
                    line.is_around = True


def parse(html: str) -> LexborHTMLParser:
    """Return the tree that a browser would make of `html`; raises `Unreadable`."""
    if html.count("<") > _MOST_TAGS:
        raise Unreadable("Trang có quá nhiều thẻ, không thể là một bài viết.")
    if _left_open(html) > _MOST_OPEN:
        raise Unreadable(
            "Trang hỏng: quá nhiều thẻ mở mà không đóng. Hãy lưu lại trang này từ trình duyệt."
        )
    return LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)


def _left_open(html):
    """Return how many elements are never closed, those apart that close by themselves."""
    if html.count("<") <= _MOST_OPEN:
        return 0
    depth = deepest = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _CLOSED_BY_ITSELF:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _is_hidden(node):
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _names(node):
    """Return the words in the class and the id of an element: {"tin", "lien", "quan"}."""
    attributes = node.attributes
    values = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return set(_NAME.findall(values.lower()))
