"""What a reader typed into the search box, as every source of the search understands it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from portal.text import clean_line, fold

__all__ = [
    "FINAL_I",
    "LONGEST",
    "Question",
    "highlighted",
    "parse",
    "same_word",
    "spelled",
    "stands_in",
    "words_of",
]

LONGEST = 200  # characters that are read of a question
_MOST_WORDS = 16
_WORD = re.compile(r"[^\W_]+")
# "kỹ" and "kĩ", "lý" and "lí" are one word in two spellings.
FINAL_I = re.compile(r"(?<=[hklmst])[iy]$")
# Word writes “…”, phones ", some keyboards «…»; a quote that nobody closes is just a sign.
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]*)[\"“”»]")


@dataclass(frozen=True)
class Question:
    """A question in words; false when there is nothing to search for.

    `text` is the cleaned line as it stands in the box. `words` are all words in their order,
    as `portal.text.fold` writes them; `accented` are the same words as typed, in lower case.
    `phrases` are the groups of folded words that stood in quotes: found only side by side.
    """

    text: str
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    accented: tuple[str, ...] = ()

    def __bool__(self):
        return bool(self.words)


def parse(text: str) -> Question:
    """Return the `Question` that `text` asks; at most 200 characters and 16 words are read."""
    line = clean_line(text[:LONGEST])
    accented = spelled(line)[:_MOST_WORDS]
    phrases = (words_of(quoted)[:_MOST_WORDS] for quoted in _QUOTED.findall(line))
    return Question(
        text=line,
        words=tuple(map(fold, accented)),
        phrases=tuple(filter(None, phrases)),
        accented=accented,
    )


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of any text as `Question.words` has them."""
    return tuple(map(fold, spelled(text)))


def spelled(text: str) -> tuple[str, ...]:
    """Return the words of any text as `Question.accented` has them."""
    return tuple(_WORD.findall(clean_line(text).lower()))


@lru_cache(maxsize=20_000)
def same_word(word: str) -> str:
    """Return a word in the one spelling in which words are compared: folded, i for a last y."""
    return FINAL_I.sub("i", fold(word))


def stands_in(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Tell whether the words of `shorter` stand one after the other in `longer`."""
    size = len(shorter)
    return any(longer[at : at + size] == shorter for at in range(len(longer) - size + 1))


def highlighted(text: str, words, *, fold=fold) -> list[tuple[str, bool]]:
    """Return `text` in pieces, as (piece, whether its words are among `words`).

    Joined they are `text`; neighbours that were asked for are one piece. `fold` says how
    `words` are written.
    """
    runs = []
    for match in _WORD.finditer(text):
        if fold(match[0]) not in words:
            continue
        if runs and not text[runs[-1][1] : match.start()].strip():
            runs[-1] = (runs[-1][0], match.end())
        else:
            runs.append((match.start(), match.end()))
    pieces, end = [], 0
    for start, stop in runs:
        pieces += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    return [piece for piece in (*pieces, (text[end:], False)) if piece[0]]
