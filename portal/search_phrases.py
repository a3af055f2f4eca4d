"""What may be kept of the phrases that readers search for: words, never persons.

Officials see which searches found nothing, to learn what the site lacks. People also type
their telephone numbers, codes of dossiers and names; such a phrase is not kept at all.
"""

import re
import unicodedata

from portal import personal_data
from portal.text import clean_line

__all__ = ["LONGEST", "countable"]

LONGEST = 60  # characters of a phrase that is kept
_MOST_WORDS = 8
_LONGEST_READ = 200  # characters; whoever types more pastes a text
# A word, or words and numbers joined as in "01/2020/TT-BTP".
_WORD = re.compile(r"[^\W_]+(?:[./\-][^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_LONG_NUMBER = re.compile(r"\d(?:[.-]?\d){4}")  # also the plate of a car, "123.45"
_NAME_WORDS = range(2, 5)  # how many words a full name has


def countable(phrase: str) -> str:
    """Return what may be kept of `phrase`, "" when that is nothing.

    That is the first words in lower case, without punctuation, so that one question asked in
    two ways is one phrase. Nothing is kept of a phrase that holds what `personal_data` finds
    or masks (names among it), a long number or an "@", anywhere.
    """
    text = clean_line(unicodedata.normalize("NFKC", phrase[: _LONGEST_READ + 1]))
    if len(text) > _LONGEST_READ or not _LETTER.search(text) or _is_personal(text):
        return ""
    words = _WORD.findall(text.lower())[:_MOST_WORDS]
    while len(" ".join(words)) > LONGEST:
        words.pop()
    return " ".join(words)


def _is_personal(text):
    if "@" in text or _LONG_NUMBER.search(text):
        return True
    # A name is told by its capitals or by its middle word; either way of writing may hide it.
    spellings = {text, text.lower()}
    # Who searches for a person types the name in small letters and nothing else.
    if len(text.split()) in _NAME_WORDS:
        spellings.add(text.title())
    return any(
        personal_data.find(each) or personal_data.mask(each) != each for each in spellings
    )
