"""The small lines that portals print around a text, told by their words.

Everything is matched against folded lines (small letters, no accents), so that capitals and
forgotten accents make no difference.
"""

import re

from portal.text import fold

__all__ = ["LONGEST", "NOISE", "author", "folded", "is_noise", "is_other_news", "source"]

LONGEST = 140  # characters; a longer line is prose

# Tools of the page, one after the other: zoom, print, share, a counter.
NOISE = (
    r"(?:(?:\d{2,3} ?%|print|in(?: an| trang(?: nay)?| bai(?: viet)?)?|(?:gui )?e?-?mail"
    r"|gui (?:cho )?ban be|chia se(?: bai viet)?|share|facebook|zalo|twitter|tweet|google|like"
    r"|quay lai|tro (?:ve|lai)|(?:ve|len) dau trang|xem voi co chu|co chu|a ?[-+]|phong to"
    r"|thu nho|nghe (?:bai viet|doc bai)|doc bai(?: viet)?|sao chep lien ket|tags?|tu khoa"
    r"|danh gia bai viet|luu|download|thich"
    r"|(?:so |da )?(?:luot )?(?:xem|doc|truy cap)(?: bai)?\s*:?\s*[\d.,]+"
    r"|[\d.,]+ luot (?:xem|doc))"
    r"(?:[\s|·•:/,.()»«\[\]-]+|$))+"
)
_NOISE = re.compile(NOISE)
_OTHER_NEWS = re.compile(
    r"(?:(?:cac |nhung |mot so )?(?:tin|bai)(?: tuc| viet| bai)*(?: va su kien)?"
    r" (?:khac|lien quan|cung chuyen muc|cung loai|moi hon|cu hon|da dua|da dang|moi nhat"
    r"|noi bat|tieu diem|doc nhieu)"
    r"|cac (?:bai|tin) (?:cu|moi)(?: hon)?|xem them|y kien ban doc|binh luan|gui binh luan"
    r"|cong khai ket qua giai quyet tthc|(?:thong ke )?truy cap|luot truy cap"
    r"|dien thoai huu ich|lien ket(?: web(?:site)?)?|tham do y kien|thu vien (?:anh|video))"
    r"[\s:.…»>()\d/-]*"
)
_AUTHOR = re.compile(
    r"(?:tac gia(?: bai viet)?|nguoi (?:viet|dang|gui|thuc hien)|thuc hien|bien tap"
    r"|(?:tin|bai)(?:[ ,]*(?:va|&|-)?[ ,]*(?:bai|anh))*)\s*:\s*\S"
)
_SOURCE = re.compile(r"(?:nguon(?: tin)?|theo nguon)\s*:\s*\S|\(\s*theo \S")


def folded(text: str) -> str:
    return " ".join(fold(text).split())


def is_noise(text: str) -> bool:
    """Tell whether a line holds nothing but tools of the page, or no word at all."""
    if len(text) > LONGEST:
        return False
    return not re.search(r"\w", text) or _NOISE.fullmatch(folded(text)) is not None


def is_other_news(text: str) -> bool:
    """Tell whether a line is the heading of what follows an article: other news, comments."""
    return len(text) <= LONGEST and _OTHER_NEWS.fullmatch(folded(text)) is not None


def author(text: str) -> str:
    """Return who a line names as the author ("Tin, ảnh: Nguyễn Thị Hạnh"), or ""."""
    return _named(_AUTHOR, text)


def source(text: str) -> str:
    """Return whom a line names as the source ("(Theo Báo Thanh Hóa)"), or ""."""
    return _named(_SOURCE, text)


def _named(label, text):
    if len(text) > LONGEST or not label.match(folded(text)):
        return ""
    before, colon, after = text.partition(":")
    if colon:
        return after.strip("() ")
    return before.strip("() ").partition(" ")[2].strip()
