"""Vietnamese text: normal form, folding, alphabetical order, slugs.

The database and the operating system know no Vietnamese order here (no ICU), so it is
written down: the alphabet decides first, then the five tone marks, then capitals.
"""

import re
import unicodedata

__all__ = ["clean_line", "fold", "nfc", "slugify", "sort_key", "xml_safe"]

SLUG_MAX = 80  # characters
SLUG_OF_NOTHING = "khong-ten"

# The alphabet of 29 letters, with F, J, W and Z where Latin has them, since names use them.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}
# Dictionary order of tones: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_BLANK, _NUMBER, _LETTER, _OTHER = range(4)
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CHUNK = re.compile(r"[^\W\d_]|\d+|\s+|.", re.DOTALL)


def nfc(text: str) -> str:
    """Return `text` with each accented letter as one character.

    macOS and some input methods send a letter and its accents apart; both look alike and
    compare unequal.
    """
    return unicodedata.normalize("NFC", text)


def _bare(text: str) -> str:
    """Return `text` without its accents; what is left may still be capital."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold(text: str) -> str:
    """Return `text` in lower case without accents, đ as d: what people type in a hurry."""
    return nfc(_bare(text.lower()).replace("đ", "d"))


def sort_key(text: str) -> tuple:
    """Return a key that puts `text` in Vietnamese alphabetical order.

    Letters first (a ă â … d đ e ê …), then tones, then small before capital letters. A
    shorter word stands before a longer one (`Ba Vì` before `Bác`), and numbers count as
    numbers (`Thôn 2` before `Thôn 10`).
    """
    letters, tones = [], []
    for chunk in _CHUNK.findall(nfc(text.strip())):
        if chunk.isspace():
            letters.append((_BLANK, 0, ""))
        elif chunk.isdecimal():
            # Compared by length, then digit by digit: int() refuses very long runs.
            digits = chunk.lstrip("0")
            letters.append((_NUMBER, len(digits), digits))
        else:
            lower, tone = _without_tone(chunk.lower())
            rank = _RANK.get(lower)
            if rank is None:
                rank = _RANK.get(_bare(lower))
            kind = (_OTHER, 0, lower) if rank is None else (_LETTER, rank, "")
            letters.append(kind)
            tones.append(tone)
    return tuple(letters), tuple(tones), text.swapcase()


def _without_tone(letter: str) -> tuple[str, int]:
    """Split a Vietnamese letter into itself without tone and the tone's place in order."""
    decomposed = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[c] for c in decomposed if c in _TONES), 0)
    return nfc("".join(c for c in decomposed if c not in _TONES)), tone


def slugify(text: str) -> str:
    """Return `text` as a part of an address: unaccented words joined by hyphens.

    At most `SLUG_MAX` characters, cut at a word where there is one; never empty.
    """
    words = re.findall(r"[a-z0-9]+", fold(text))
    slug = "-".join(words)
    if len(slug) > SLUG_MAX:
        cut = slug[: SLUG_MAX + 1].rfind("-")
        slug = slug[: cut if cut > 0 else SLUG_MAX]
    return slug or SLUG_OF_NOTHING


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, no invisible characters, single blanks."""
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in text
        if unicodedata.category(c) not in ("Cf", "Cs")
    )
    return " ".join(nfc(visible).split())


def xml_safe(text: str) -> str:
    """Return `text` without the characters that no XML document may hold, even escaped."""
    return _NOT_IN_XML.sub("", text)
