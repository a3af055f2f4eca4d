"""Recognises personal data in a text: what no public sentence holds and no report repeats.

It reads forms, not meanings: a telephone number, an identity number, an e-mail address, a
birthday that is called one. Codes of dossiers and procedures look alike but name no person.
Uses no Django, so that the child process that reads uploaded files can use it too.
"""

import re
import unicodedata
from enum import StrEnum

from portal.text import clean_line, fold

__all__ = ["MASK", "Kind", "find", "mask"]

MASK = "•••"


class Kind(StrEnum):
    """A kind of personal data, in the words of the sentence that refuses it."""

    PHONE = "số điện thoại"
    ID_NUMBER = "số giấy tờ tùy thân"
    EMAIL = "địa chỉ thư điện tử"
    BIRTH = "ngày hoặc năm sinh"


# Between digits of one number people put blanks, dots and hyphens, but never leave a digit
# alone: a row of small figures is no telephone number.
_GAP = r"(?:(?<=\d\d)\)?[ .\-]{1,3}\(?(?=\d\d))?"
_DAY = r"(?:\d{1,2}[/.\-]){2}(?:\d{4}|\d{2})"

# "sinh" ends many words: khai sinh năm 2024, tuyển sinh năm 2024, phát sinh ngày 3/4/2024.
_COMPOUND = "|".join(
    (
        *("khai", "phát", "học", "thí", "vệ", "dân", "an", "tuyển", "chứng", "sơ", "tái"),
        *("hộ", "phục", "nảy", "ký", "sản", "giáo", "môn", "thú y", "cứu", "triệt", "song"),
        *("kháng", "hữu", "hy", "hi", "quang", "nuôi", "kế", "bẩm", "diễn", "trường", "tử"),
    )
)
_NOT_COMPOUND = "".join(rf"(?<!\b{word} )" for word in _COMPOUND.split("|"))

_CODE = (
    r"(?<![\w.\-])(?:"
    r"(?:\d{3}(?:\.\d{1,3}){1,2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){1,3})-\d{6}-\d{4,6}"
    r"|[1-9]\.\d{6}(?:\.\d{2,3})*(?:\.[A-Z]\d{2})?"
    r")(?![\w\-])"
)
_PATTERNS = {
    Kind.EMAIL: r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+",
    Kind.BIRTH: (
        rf"(?:ngày(?: tháng)?(?: năm)? sinh|năm sinh|{_NOT_COMPOUND}\bsinh (?=ngày|năm|\d|:)|\bs\.?n\.?)"
        rf"[ :\-]*(?:(?:ngày|năm)[ :]*)?(?:{_DAY}|\d{{1,2}} tháng \d{{1,2}}|(?:19|20)\d\d\b)"
        rf"(?: năm \d{{4}})?"
    ),
    Kind.ID_NUMBER: (
        r"(?:\b(?:cccd|cmnd|cmtnd|cmt)\b|căn cước|chứng minh (?:nhân dân|thư)|định danh|hộ chiếu)"
        r"\D{0,40}?(?:\d(?:[ .\-]?\d){7,14}|\b[a-z]\d{7})(?!\d)"
        r"|(?<!\d)0\d\d(?:[ .\-]\d{3}){3}(?!\d)"
        r"|(?<!\d)(?:\d{12}|\d{9})(?!\d)(?! ?(?:đ|đồng|vnđ|vnd|triệu|tỷ)\b)"
    ),
    # Numbers of the national plan: trunk 0 or +84, mobile, then the 11 digits of a landline.
    Kind.PHONE: (
        rf"(?<!\d)\(?(?:(?:\+|00)?84\)?[ .\-]*\(?0?\)?[ .\-]*|0)"
        rf"(?:2(?:{_GAP}\d){{9}}|(?:[35789]|6{_GAP}[579]){_GAP}\d(?:{_GAP}\d){{6,7}})(?!\d)"
    ),
}


def _scanner(**patterns):
    """One expression that tries all `patterns` at each place, the first given first."""
    groups = (f"(?P<{name}>{pattern})" for name, pattern in patterns.items())
    return re.compile("|".join(groups), re.IGNORECASE)


_BY_NAME = {kind.name: pattern for kind, pattern in _PATTERNS.items()}
_FINDER = _scanner(CODE=_CODE, **_BY_NAME)

# Days and months that a dossier can have; an older one in a list is somebody's birthday.
_RECENT_DAY = (
    r"(?<![\d/.\-])(?:(?:\d{1,2}[/.\-]){2}[1-4]\d|(?:\d{1,2}[/.\-]){1,2}20[1-9]\d"
    r"|20[1-9]\d(?:[/.\-]\d{1,2}){1,2})(?![/.\-]?\d)(?![\w@])"
)
_MASKER = _scanner(
    CODE=_CODE, **_BY_NAME, DAY=_RECENT_DAY, DIGITS=r"\d(?:[ .,/\-]{0,2}\d){5,}"
)

# Surnames in use, those of the Mường and Thái of the north among them.
_LISTED = """
nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh đoàn trịnh lương
lưu mai hà cao phùng tô tạ trương tống vương thái quách lò vi lữ lục ngân lang lường hứa nghiêm
doãn bạch chu châu diệp giáp kiều la lại lâm mạc mã ninh nông phí quản quang sầm tăng thạch thân
thiều tôn triệu trình trà từ ứng văn viên đàm đậu đồng khương khổng khuất bế bàn giàng sùng thao
vàng mùa hờ cầm lèo tòng cà
"""
_SURNAMES = frozenset(_LISTED.split())
_BARE_SURNAMES = frozenset(map(fold, _SURNAMES))
_TITLES = frozenset(("ông", "bà", "anh", "chị", "cháu", "cụ"))
_MIDDLES = frozenset(("văn", "thị", "van", "thi"))
# Ordinary words of these lists that begin like a name when all is written large.
_ORDINARY = frozenset(
    ("hồ sơ", "lý do", "lý lịch", "mai táng", "hà nội", "thái bình", "cao tuổi", "đồng ý")
)
_WORD = re.compile(r"[^\W\d_]+\.?")
_LONGEST_NAME = 6  # words


def find(text: str) -> list[Kind]:
    """Return the kinds of personal data that `text` holds, each once, in order."""
    found = {match.lastgroup for match in _FINDER.finditer(_plain(text))}
    return [kind for kind in Kind if kind.name in found]


def mask(text: str) -> str:
    """Return of `text` what a report may repeat: personal data become `MASK`.

    Besides what `find` finds these are long numbers, days before 2010 and what looks like a
    person's name. Codes and recent days stay, since they are what a report is about.
    """

    def masked(match):
        return match[0] if match.lastgroup in ("CODE", "DAY") else MASK

    text = _plain(text)
    # What stood against a number or a name begins a word of its own once that is masked.
    while (shorter := _without_names(_MASKER.sub(masked, text))) != text:
        text = shorter
    return text


def _plain(text):
    # Wide digits and invisible characters between digits hide a number from a pattern only.
    return clean_line(unicodedata.normalize("NFKC", text))


def _without_names(text):
    words = list(_WORD.finditer(text))
    surnames = _SURNAMES if fold(text) != text.lower() else _BARE_SURNAMES
    kept, position, index = [], 0, 0
    while index < len(words):
        length = _name_length(words[index : index + _LONGEST_NAME], text, surnames)
        if length:
            kept += [text[position : words[index].start()], MASK]
            position = words[index + length - 1].end()
        index += length or 1
    return "".join([*kept, text[position:]])


def _name_length(words, text, surnames):
    """Return how many of `words` are a person's name that begins with the first; 0 if none."""
    first = words[0][0].lower()
    length = 1
    while (
        length < len(words)
        and _joined(words, length, text)
        and words[length][0][0].isupper()
    ):
        length += 1
    second = words[1][0].lower() if len(words) > 1 and _joined(words, 1, text) else ""
    if f"{first} {second}" in _ORDINARY:
        return 0
    if first in _TITLES:
        return length if length > 1 else 0
    if first not in surnames:
        return 0
    if words[0][0][0].isupper() and length > 1:
        return length
    if second not in _MIDDLES:
        return 0
    # Written small: the middle word tells a name, and one more word belongs to it.
    return min(3, len(words)) if len(words) > 2 and _joined(words, 2, text) else 2


def _joined(words, index, text):
    """Whether only a blank stands before `words[index]`."""
    return text[words[index - 1].end() : words[index].start()] == " "
