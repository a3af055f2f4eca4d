"""From the bytes of a saved page to its text, whatever it was written in."""

import codecs
import re

from portal import legacy_fonts

__all__ = ["decode"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark begins this one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TAG = re.compile(r"<[^<>]*>")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(raw: bytes) -> tuple[str, str]:
    """Return (text, name of the legacy font encoding it was converted from or "").

    What a page declares is not asked, since old pages declare anything. A byte order mark
    decides; else UTF-8 when (nearly) all bytes are valid UTF-8, since nothing else looks like
    it; else text for TCVN3 or VNI fonts, which passes for Western European; windows-1258 is
    what remains. Bytes that mean nothing become "\\ufffd"; never raises.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace"), ""
    if encoding := _utf16_without_mark(raw):
        return raw.decode(encoding, "replace"), ""
    text = raw.decode("utf-8", "replace")
    if 20 * text.count("\ufffd") <= len(_NOT_ASCII.findall(text)):
        return text, ""
    western = raw.decode("windows-1252", "replace")
    if legacy := legacy_fonts.recognise(_TAG.sub(" ", western)):
        return legacy_fonts.to_unicode(western, legacy), legacy
    return raw.decode("windows-1258", "replace"), ""


def _utf16_without_mark(raw):
    """Tell UTF-16 by its NUL bytes: the tags of a page are ASCII, half of which are NUL."""
    start = raw[:200]
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return ""
