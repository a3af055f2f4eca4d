"""Takes out of a text what belongs to the page around it, not to the article."""

import re
from dataclasses import dataclass

from selectolax.lexbor import create_tag

from articles.imports import dates, labels
from articles.imports.outline import Line, Outline
from portal.text import fold

__all__ = ["Trimmed", "html_of", "is_noise", "keep_only", "says_the_same", "trim"]

_LONGEST_CAPTION = 300  # characters
_PARAGRAPH_END = re.compile(r"<br>(?:\s*<br>)+")
_NOT_A_WORD = re.compile(r"\W+")
# A digit glued to a closing mark is what a copied text keeps of its footnotes: "(Cloud)8".
_STRAY_DIGIT = re.compile(r"(?<=[)\]”»])\d{1,2}(?=[\s.,;:]|$)")
_NOTE = re.compile(r"\[?\(?\d{1,2}[\])]|\d{1,2} (?:xem|theo)\b", re.I)


@dataclass(frozen=True)
class Trimmed:
    """The lines that make up an article, and what its last lines said of its origin."""

    lines: list[Line]
    author_name: str = ""
    source: str = ""


def is_noise(line: Line) -> bool:
    """Tell whether a line is a tool of the page, or stands in a box for such things."""
    return line.is_around or not line.has_picture and labels.is_noise(line.text)


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two lines have (nearly) the same words, as a title and its repetition."""
    ours, theirs = _words(one), _words(other)
    return bool(ours) and len(ours & theirs) >= 0.8 * len(ours | theirs)


def trim(outline: Outline, start: int, end: int, *, title: str) -> Trimmed:
    """Return which of the lines [start, end) are the article called `title`."""
    lines = [line for line in outline.lines[start:end] if not line.is_around]
    lines = lines[: _tail(lines)]
    while lines and not lines[0].has_picture and _is_before_text(lines[0], title):
        del lines[0]
    author = source = ""
    while lines and not lines[-1].has_picture:
        text = lines[-1].text
        if not author and labels.author(text):
            author = labels.author(text)
        elif not source and labels.source(text):
            source = labels.source(text)
        elif not is_noise(lines[-1]) and not dates.is_labelled(text):
            break
        del lines[-1]
    return Trimmed(lines, author, source)


def keep_only(outline: Outline, lines: list[Line], start: int, end: int) -> bool:
    """Remove from the tree whatever stands in [start, end) beside `lines`.

    Empty tables and stray footnote digits go too; tells whether there were such digits.
    """
    kept = set(map(id, lines))
    for line in outline.lines[start:end]:
        if id(line) not in kept:
            for node in line.nodes:
                node.decompose()
    if any(_NOTE.match(line.text) for line in lines):
        return False  # the notes themselves are there, so their numbers mean something
    return sum(map(_drop_stray_digits, lines)) > 0


def html_of(root) -> str:
    """Return what an element holds as HTML, with the habits of old editors undone.

    Tables that hold one picture and a line become a picture with its caption, and two breaks
    the end of a paragraph.
    """
    for table in root.css("table"):
        pictures = table.css("img")
        caption = " ".join(table.text().split())
        if len(pictures) != 1 or len(table.css("table")) > 1:
            continue
        if not 0 < len(caption) <= _LONGEST_CAPTION:
            continue
        figure, below = create_tag("figure"), create_tag("figcaption")
        figure.insert_child(pictures[0])
        below.insert_child(caption)
        figure.insert_child(below)
        table.replace_with(figure)
    # A closing tag without an opening one is nothing to a parser, so this is safe anywhere.
    return _PARAGRAPH_END.sub("</p><p>", root.inner_html or "")


def _tail(lines):
    """Return where the list of other news begins, or how many lines there are.

    A line that reads like its heading in the midst of the text ends nothing: cutting off the
    larger part of an article would lose it.
    """
    total = sum(line.reading for line in lines)
    before = 0
    for index, line in enumerate(lines):
        before += line.reading
        if before > 0.7 * total and labels.is_other_news(line.text):
            return index
    return len(lines)


def _is_before_text(line, title):
    return (
        is_noise(line)
        or says_the_same(line.text, title)
        or dates.read_line(line.text) is not None
    )


def _drop_stray_digits(line):
    was_found = False
    for node in line.nodes:
        text = (node.text_content or "") if node.tag == "-text" else ""
        if _STRAY_DIGIT.search(text):
            node.replace_with(_STRAY_DIGIT.sub("", text))
            was_found = True
    return was_found


def _words(text):
    return set(_NOT_A_WORD.sub(" ", fold(text)).split())
