"""Reads text files with a table in them, as Excel and other programs of the office save them.

What stands between the cells and what the letters are encoded in is found out from the text.
"""

import csv
import io
from collections import Counter

from portal.legacy_fonts import recognise, to_unicode

__all__ = ["decoded", "rows"]

_SAMPLE = 40_000  # characters from which encoding and delimiter are recognised
_LONGEST_CELL = 2**17  # characters


def decoded(data: bytes) -> tuple[str, str]:
    """Return the text and what it was encoded in. Raises `UnicodeDecodeError`.

    UTF-8 and UTF-16 with or without their mark, Windows-1258, and the encodings of old
    Vietnamese fonts.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding), encoding.removesuffix("-sig").upper()
    beginning = data[:4_000]
    if beginning[1::2].count(0) > len(beginning) / 5:
        return data.decode("utf-16-le"), "UTF-16"
    if beginning[::2].count(0) > len(beginning) / 5:
        return data.decode("utf-16-be"), "UTF-16"
    try:
        return data.decode(), "UTF-8"
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # The legacy encodings put their letters where Latin 1 has others.
    if encoding := recognise(text[:_SAMPLE]):
        return to_unicode(text, encoding), encoding
    return data.decode("cp1258"), "Windows-1258"


def rows(text: str):
    """Yield the rows of a table in `text` as lists of cells. Raises `csv.Error`."""
    text = text.replace("\0", "")
    delimiter = None
    if text[:4].lower() == "sep=" and len(text) > 4:  # Excel's own way of naming it
        delimiter, text = text[4], text.partition("\n")[2]
    csv.field_size_limit(_LONGEST_CELL)
    yield from csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text)
    )


def _delimiter(text):
    """Return what stands between the cells: the sign that most rows have most often alike."""
    best = (0, 0)
    chosen = ","
    for sign in (";", "\t", ",", "|"):
        found = csv.reader(io.StringIO(text[:_SAMPLE], newline=""), delimiter=sign)
        widths = Counter()
        try:
            widths.update(len(row) for row in found if len(row) > 1)
        except csv.Error:
            continue
        width, count = max(
            widths.items(), key=lambda item: item[0] * item[1], default=(0, 0)
        )
        if (width * count, width) > best:
            best, chosen = (width * count, width), sign
    return chosen
