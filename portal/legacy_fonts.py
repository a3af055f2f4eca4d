"""Vietnamese typed for the fonts of the 1990s, and the way back to Unicode.

The fonts of TCVN3 (".VnTime" …) and VNI ("VNI-Times" …) draw Vietnamese letters in the
places of Western European ones. Pasted without the font, such a text reads "Céng hoµ x· héi"
or "Coäng hoøa xaõ hoäi": nobody finds it, and no screen reader can say it.

TCVN3 keeps ư where Unicode has the invisible soft hyphen, which `portal.richtext.clean`
removes: a text is converted whole only before it is cleaned.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

__all__ = ["TCVN3", "VNI", "recognise", "to_unicode", "to_unicode_html"]

TCVN3 = "TCVN3"
VNI = "VNI"

# Code by code as the standard TCVN 5712:1993 has them. Capitals with tones have no place of
# their own: they are the same codes in a font of capitals.
_TCVN3_LETTERS = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\xadõö÷øùúûüýþ¡¢§£¤¥¦",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂĐÊÔƠƯ",
        strict=True,
    )
)
_TCVN3_TABLE = str.maketrans(_TCVN3_LETTERS)

# VNI writes the letter and then, as a second character, its sign. A few have one character.
_VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_SIGNS = (
    # letters, signs, the accent that all these signs have, and the tone of each
    ("aeoôuöy", "ùøûõï", "", "\u0301\u0300\u0309\u0303\u0323"),
    ("aeo", "âáàåãä", "\u0302", ["", *"\u0301\u0300\u0309\u0303\u0323"]),
    ("a", "êéèúüë", "\u0306", ["", *"\u0301\u0300\u0309\u0303\u0323"]),
)
_VNI_TABLE = _VNI_LETTERS | {
    letter + sign: unicodedata.normalize(
        "NFC", _VNI_LETTERS.get(letter, letter) + accent + tone
    )
    for letters, signs, accent, tones in _VNI_SIGNS
    for letter in letters
    for sign, tone in zip(signs, tones, strict=True)
    if letter + sign != "yï"  # has a character of its own
}
_VNI_CODE = re.compile("|".join(sorted(_VNI_TABLE, key=len, reverse=True)), re.IGNORECASE)

# Letters, and the signs in whose places TCVN3 has letters.
_WORD = re.compile(rf"(?:[^\W\d_]|[{re.escape(''.join(_TCVN3_LETTERS))}])+")
_LONGEST_WORD = 12  # characters; "nghieâng" of VNI has 8
_ONLY_MODERN = re.compile("[ăđĩũơư\u1ea0-\u1ef9]", re.IGNORECASE)
_ANY_ASCII = re.compile(r"[a-z]", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# Enough that no formula ("m·n", "5 µm") and no line of French or German gets there.
_LEAST_WORDS = 3
_LEAST_CODES = 3

_ONSETS = (
    "(?:(?:k|gh|ngh|g(?=i))(?=[eêiy])|(?:c|g|ng)(?![eêiy])"
    "|b|ch|d|đ|gi|h|kh|l|m|nh|n|ph|p|qu|r|s|th|tr|t|v|x)?"
)
_RHYMES = (
    "a[cimnoptuy]?|a(?:ch|ng|nh)|ă(?:[cmnpt]|ng)|â(?:[cmnptuy]|ng)|e[cmnopt]?|eng"
    "|ê(?:[mnptu]|ch|ng|nh)?|i[amnptu]?|i(?:ch|nh)|iê(?:[cmnptu]|ng)"
    "|o[aceimnpt]?|ong|oa[cimnopty]|oa(?:ch|ng|nh)|oă(?:[cmnt]|ng)|oe[not]|ooc|oong"
    "|ô[cimnpt]?|ông|ơ[imnpt]?|u[aceimnpty]?|ung|uâ(?:[nty]|ng)|uê(?:ch|nh)?|uơ"
    "|uô(?:[cimnt]|ng)|uy(?:[anptu]|ch|nh|ên|êt)|ư[acitu]?|ưng|ươ(?:[cimnptu]|ng)"
    "|y|yê(?:[mntu]|ng)|ynh|yt|ych"
)
_SYLLABLE = re.compile(f"{_ONSETS}(?:{_RHYMES})")
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONES_BEFORE_STOP = "\u0301\u0323"  # sắc, nặng

_TAG = re.compile(r"<[^<>]*>")
# Tags after which another passage begins.
_BETWEEN_PASSAGES = re.compile(
    r"(</?(?:p|h[1-6]|li|t[dhr]|div|caption|figcaption|blockquote|br)\b[^<>]*>)",
    re.IGNORECASE,
)


def recognise(text: str) -> str:
    """Return "TCVN3" or "VNI" when `text`, a passage without markup, was typed in it, or "".

    What speaks for an encoding is a word that is no Vietnamese as it stands and is a
    well-formed syllable once converted. Three different ones with three different codes are
    the least, so a mere word or two is not recognised; and they must outnumber what speaks
    against: letters that only Unicode has, and accented words that stay meaningless.
    """
    if not _NOT_ASCII.search(text):
        return ""
    words = Counter(word for word in _WORD.findall(text) if len(word) <= _LONGEST_WORD)
    accented = {word: count for word, count in words.items() if _NOT_ASCII.search(word)}
    foreign = {word: n for word, n in accented.items() if not _is_syllable(word)}
    modern = sum(n for word, n in accented.items() if _ONLY_MODERN.search(word))
    spoken_for = {
        encoding: _evidence(foreign, encoding, modern, sum(words.values()))
        for encoding in (TCVN3, VNI)
    }
    best = max(spoken_for, key=spoken_for.get)
    return best if spoken_for[best] else ""


def to_unicode(text: str, encoding: str) -> str:
    """Return `text`, of which every word is in `encoding`, as Unicode (NFC).

    Tags of HTML stay as they are; raises KeyError for an encoding that is neither `TCVN3`
    nor `VNI`.
    """
    return _CONVERTERS[encoding](text)


def to_unicode_html(html: str) -> str:
    """Return `html` with those of its passages converted that are recognised."""
    pieces = _BETWEEN_PASSAGES.split(html)
    for i, piece in enumerate(pieces):
        if encoding := recognise(_TAG.sub("", piece)):
            pieces[i] = to_unicode(piece, encoding)
    return "".join(pieces)


def _from_tcvn3(text):
    return text.translate(_TCVN3_TABLE)


def _from_vni(text):
    return _VNI_CODE.sub(_vni_letter, text)


def _vni_letter(match):
    letter = _VNI_TABLE[match[0].lower()]
    return letter.upper() if match[0][0].isupper() else letter


_CONVERTERS = {TCVN3: _from_tcvn3, VNI: _from_vni}


def _evidence(foreign, encoding, modern, words):
    """Return how many words speak for `encoding`, or 0 when that is not enough."""
    convert = _CONVERTERS[encoding]
    telling = {
        word for word in foreign if _ANY_ASCII.search(word) and _is_syllable(convert(word))
    }
    codes = {c for word in telling for c in _NOT_ASCII.findall(word)}
    if len(telling) < _LEAST_WORDS or len(codes) < _LEAST_CODES:
        return 0
    speaking_for = sum(foreign[word] for word in telling)
    against = sum(foreign.values()) - speaking_for
    is_enough = speaking_for > 2 * (against + modern) and 4 * speaking_for >= words
    return speaking_for if is_enough else 0


@lru_cache(maxsize=10_000)  # there are some 7,000
def _is_syllable(word):
    """Tell whether `word` is spelt as a Vietnamese syllable can be."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in decomposed if c in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(bare):
        return False
    return not _STOPPED.search(bare) or bool(tones) and tones[0] in _TONES_BEFORE_STOP
