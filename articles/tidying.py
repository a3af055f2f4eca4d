"""Takes out of a pasted text what the page already shows elsewhere."""

import re

from portal.richtext import clean, plain_text
from portal.text import fold

# Headings and paragraphs cannot hold one another, so the first closing tag is their own.
_FIRST_BLOCK = re.compile(r"\s*<(p|h[1-6])\b[^>]*>.*?</\1>", re.DOTALL)
_MOST_REPEATS = 5  # seen: two; more lines alike are meant to be there
_NOT_A_WORD = re.compile(r"\W+")


def drop_doubled_title(html: str, title: str) -> str:
    """Return cleaned `html` without opening lines that repeat the title or one another.

    Texts pasted from Word or from an older site often begin with their title, once or
    twice; the page prints it above the text already.
    """
    title_words = _words(title)
    for _ in range(_MOST_REPEATS):
        first = _FIRST_BLOCK.match(html)
        if first is None:
            break
        rest = html[first.end() :]
        words = _words(plain_text(first[0]))
        second = _FIRST_BLOCK.match(rest)
        is_repeated = second is not None and words == _words(plain_text(second[0]))
        if not words or "<img" in first[0] or not (words == title_words or is_repeated):
            break
        html = clean(rest)  # headings that stood below the title move up
    return html


def _words(text):
    return _NOT_A_WORD.sub(" ", fold(text)).strip()
