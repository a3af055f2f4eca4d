"""What is wrong with a text before readers see it: blockers and warnings.

Numbers of identity papers block, because published once they cannot be taken back; only
somebody who may approve lets them pass, with a reason. All else warns: office numbers,
police news and drafts put up for consultation are legitimate.

Pure functions: the database is asked by articles/inspection.py. Every pattern here takes
time linear in the text; runs of blanks are made single before any of them is tried.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from articles import blocks
from articles.blocks import Block, Fragment
from portal import legacy_fonts
from portal.text import fold, slugify

__all__ = [
    "Finding",
    "Level",
    "PictureFacts",
    "QualityInput",
    "blockers",
    "check",
    "outbound_hosts",
    "picture_sources",
]

MOST_PLACES = 5  # shown of one kind of finding
_EXCERPT = 40  # characters on either side of what was found
LONGEST_PARAGRAPH = 1_200  # characters; about 250 syllables, a whole phone screen and more
LONGEST_HEADING = 150  # characters
LONGEST_BOLD_HEADING = 120  # characters; a longer bold paragraph is emphasis, not a heading


class Level(StrEnum):
    BLOCKER = "blocker"
    WARNING = "warning"


@dataclass(frozen=True)
class PictureFacts:
    """What the library knows of a picture."""

    name: str  # of the file that was uploaded
    is_decorative: bool = False


@dataclass(frozen=True)
class QualityInput:
    """A text as it would be submitted. `body` was written by `portal.richtext.clean`.

    `lead` is None where there is none by nature: on pages. `cover` is None without a cover.
    `pictures` maps the address of a picture in the body to what is known of it.
    `other_lines` are further lines that readers see: author, source, remarks.
    `hosts_linked_before` is asked once, with the hosts that this text links to.
    """

    title: str
    body: str = ""
    lead: str | None = None
    cover: PictureFacts | None = None
    cover_alt: str = ""
    pictures: dict[str, PictureFacts] = field(default_factory=dict)
    attachment_names: tuple[str, ...] = ()
    other_lines: tuple[str, ...] = ()
    own_hosts: frozenset[str] = frozenset()
    hosts_linked_before: Callable[[set[str]], Iterable[str]] = frozenset().intersection


@dataclass(frozen=True)
class Finding:
    """One kind of weakness: a sentence that says what to do, and where it was seen.

    `where` are short pieces of the text, at most `MOST_PLACES`; `more` counts the places
    beyond. A blocker's numbers are masked, since findings travel into messages and records.
    """

    code: str
    level: Level
    message: str
    where: tuple[str, ...] = ()
    more: int = 0


_BLOCKERS = {
    "identity_number": (
        "Bài có số giống số căn cước hoặc chứng minh nhân dân. Hãy xóa số này, hoặc chỉ để "
        "lại ba số cuối."
    ),
}
_WARNINGS = {
    "legacy_font": (
        "Đoạn này gõ bằng bảng mã cũ (TCVN3 hoặc VNI) nên người đọc không đọc được. Hãy "
        "chuyển bản gốc sang bảng mã Unicode rồi dán lại, hoặc gõ lại."
    ),
    "title_in_capitals": (
        "Tiêu đề viết toàn chữ hoa, rất khó đọc. Hãy chỉ viết hoa chữ đầu và tên riêng."
    ),
    "title_doubled": (
        "Tiêu đề bị lặp lại. Hãy để tiêu đề một lần; trang tự in tiêu đề ở đầu bài."
    ),
    "lead_missing": (
        "Bài chưa có tóm tắt. Hãy viết hai, ba câu nói điều chính; tóm tắt hiện trong danh "
        "sách tin."
    ),
    "body_shorter_than_lead": (
        "Nội dung ngắn hơn tóm tắt. Hãy chuyển chi tiết từ tóm tắt xuống nội dung."
    ),
    "left_unfilled": (
        "Văn bản còn chỗ chưa điền hoặc chữ “DỰ THẢO”. Hãy dán bản chính thức; nếu bài lấy ý "
        "kiến về dự thảo thì để nguyên."
    ),
    "heading_skips": (
        "Tiêu đề trong bài nhảy cấp. Hãy dùng lần lượt: Mục lớn, rồi Mục nhỏ, rồi Tiểu mục."
    ),
    "heading_empty": "Có tiêu đề không có chữ nào. Hãy viết chữ hoặc xóa tiêu đề đó.",
    "heading_long": (
        "Có tiêu đề dài như cả đoạn văn. Hãy rút ngắn, hoặc chọn lại kiểu chữ thường."
    ),
    "heading_in_bold": (
        "Có dòng in đậm đứng thay tiêu đề. Hãy chọn Mục lớn hoặc Mục nhỏ ở ô Định dạng cho dòng đó để người dùng "
        "phần mềm đọc màn hình tìm được."
    ),
    "paragraph_long": (
        "Có đoạn văn quá dài, khó đọc trên điện thoại. Hãy chia thành các đoạn ngắn hơn."
    ),
    "table_without_header": (
        "Có bảng không có hàng tiêu đề. Hãy mở thuộc tính của bảng và chọn hàng đầu làm tiêu đề."
    ),
    "alt_missing": (
        "Ảnh chưa có mô tả. Hãy viết một câu cho người không nhìn thấy ảnh, hoặc đánh dấu là "
        "ảnh chỉ để trang trí."
    ),
    "alt_is_file_name": ("Mô tả ảnh chỉ là tên tệp. Hãy viết một câu nói ảnh chụp gì."),
    "link_text_vague": (
        "Chữ của liên kết không nói nó dẫn tới đâu. Hãy thay bằng tên trang hoặc tên văn bản."
    ),
    "link_text_is_address": (
        "Liên kết hiện nguyên địa chỉ mạng. Hãy thay bằng tên trang hoặc tên văn bản."
    ),
    "host_never_linked": (
        "Cổng chưa bao giờ dẫn tới trang này. Hãy mở thử và chắc chắn đó đúng là nơi bạn muốn "
        "gửi người đọc tới."
    ),
    "mobile_number": (
        "Bài có số điện thoại di động. Hãy xóa nếu là số riêng của người dân; số công vụ thì "
        "để nguyên."
    ),
    "birth_date": (
        "Bài có ngày sinh hoặc năm sinh. Hãy xóa nếu không thật cần; không đăng thông tin này "
        "của người dân."
    ),
    "betting": (
        "Bài có từ hay gặp trong quảng cáo cờ bạc. Hãy chắc chắn không ai chèn quảng cáo; tin "
        "an ninh, cảnh báo thì để nguyên."
    ),
}


def check(text: QualityInput) -> list[Finding]:
    """Return what is wrong with `text`, blockers first; an empty list is a clean bill."""
    reading = _Reading(text)
    places = {code: [] for code in (*_BLOCKERS, *_WARNINGS)}
    for rule in _RULES:
        for code, where in rule(reading):
            places[code].append(where)
    return [
        Finding(
            code=code,
            level=Level.BLOCKER if code in _BLOCKERS else Level.WARNING,
            message=_BLOCKERS.get(code) or _WARNINGS[code],
            where=tuple(filter(None, found[:MOST_PLACES])),
            more=max(0, len(found) - MOST_PLACES),
        )
        for code, found in places.items()
        if found
    ]


def blockers(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that hold a text back."""
    return [finding for finding in findings if finding.level == Level.BLOCKER]


def outbound_hosts(html: str) -> set[str]:
    """Return the hosts that the links of cleaned `html` lead to, in small letters."""
    return {host for block in blocks.read(html) for host, _ in _hosts(block)}


def picture_sources(html: str) -> set[str]:
    """Return the addresses of the pictures in cleaned `html`."""
    return {image.src for block in blocks.read(html) for image in block.images}


# --- The text as it is read --------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """A stretch of words that belongs together; `table` as of `Block`."""

    text: str
    table: int = 0


class _Reading:
    """A text taken apart once for all rules."""

    def __init__(self, text):
        self.given = text
        self.blocks = blocks.read(text.body)
        self.words_of = [block.text for block in self.blocks]
        alts = (image.alt for block in self.blocks for image in block.images)
        names = (re.sub(r"[_+]", " ", name) for name in text.attachment_names)
        around = (text.title, text.lead or "", text.cover_alt, *text.other_lines)
        calls = (
            part.href.removeprefix("tel:")
            for block in self.blocks
            for part in block.parts
            if isinstance(part, Fragment) and part.href.startswith("tel:")
        )
        self.lines = [
            *(_Line(" ".join(line.split())) for line in (*around, *names, *alts, *calls)),
            *(
                _Line(words, block.table)
                for block, words in zip(self.blocks, self.words_of, strict=True)
            ),
        ]


Found = Iterator[tuple[str, str]]  # (code, where)


def _excerpt(text, start=0, end=0):
    """Return the neighbourhood of text[start:end], cut at blanks where that is possible."""
    left, right = max(0, start - _EXCERPT), min(len(text), end + _EXCERPT)
    piece = text[left:right]
    if left and " " in piece[: start - left]:
        piece = piece.split(" ", 1)[1]
    if right < len(text) and " " in piece[-_EXCERPT:]:
        piece = piece.rsplit(" ", 1)[0]
    return f"{'… ' if left else ''}{piece}{' …' if right < len(text) else ''}"


# --- Title and lead ------------------------------------------------------------------------


def _title(reading: _Reading) -> Found:
    title = reading.given.title
    letters = [c for c in title if c.isalpha()]
    if len(title.split()) > 2 and len(letters) > 10 and title == title.upper():
        yield "title_in_capitals", title
    words = _words(title)
    half = len(words) // 2
    is_twice = half > 1 and words[:half] == words[half:]
    if is_twice or words and reading.words_of and words == _words(reading.words_of[0]):
        yield "title_doubled", title


def _words(text):
    return re.findall(r"\w+", fold(text))


def _lead(reading: _Reading) -> Found:
    lead = reading.given.lead
    if lead is None:
        return
    if not lead:
        yield "lead_missing", ""
    elif _words(lead) == _words(reading.given.title):
        yield "title_doubled", lead
    body = sum(map(len, reading.words_of))
    if 0 < body < len(lead):
        yield "body_shorter_than_lead", _excerpt(lead)


# "Số:      /" and "ngày … tháng", with blanks, dots or lines for what is to come.
_UNFILLED = re.compile(
    r"\b(?:Số|SỐ)(?: ?:[ .…_]*| [ .…_]*)/|\bngày ?[.…_][ .…_]*tháng\b|\bDỰ THẢO\b"
)


def _unfilled(reading: _Reading) -> Found:
    for line in reading.lines:
        for match in _UNFILLED.finditer(line.text):
            yield "left_unfilled", _excerpt(line.text, *match.span())


# --- Form of the body -------------------------------------------------------------------------

_HEADINGS = {"h2": 2, "h3": 3, "h4": 4}
_SET_APART = re.compile("align-(?:center|right)")  # letterheads and signatures


def _headings(reading: _Reading) -> Found:
    level = 1
    for block, words in zip(reading.blocks, reading.words_of, strict=True):
        if block.kind not in _HEADINGS:
            continue
        if _HEADINGS[block.kind] > level + 1:
            yield "heading_skips", _excerpt(words)
        level = _HEADINGS[block.kind]
        if not words:
            yield "heading_empty", ""
        elif len(words) > LONGEST_HEADING:
            yield "heading_long", _excerpt(words)


def _paragraphs(reading: _Reading) -> Found:
    for block, words in zip(reading.blocks, reading.words_of, strict=True):
        if block.kind != "p":
            continue
        if len(words) > LONGEST_PARAGRAPH:
            yield "paragraph_long", _excerpt(words)
        if (
            0 < len(words) <= LONGEST_BOLD_HEADING
            and not words.endswith((".", "!", ";", ","))
            and not _SET_APART.search(block.look)
            and _is_bold(block)
            and block is not reading.blocks[-1]
        ):
            yield "heading_in_bold", words


def _is_bold(block: Block):
    texts = [part for part in block.parts if isinstance(part, Fragment)]
    return all("strong" in part.marks for part in texts if not part.text.isspace())


def _tables(reading: _Reading) -> Found:
    rows = {}
    for block in reading.blocks:
        if block.kind == "tr":
            rows.setdefault(block.table, []).append(block)
    for table in rows.values():
        if not any(cell.startswith("th") for row in table for cell in row.look.split(";")):
            yield "table_without_header", _excerpt(table[0].text)


# --- Pictures and links ------------------------------------------------------------------------

# What cameras and chat programs call their files.
_FILE_NAME = re.compile(
    r"(?:img|image|dsc[nf]?|pic|photo|anh|hinh|screenshot|z)[-_ ]?\d[-_\w ]*"
    r"|[^ ]+\.(?:jpe?g|png|gif|webp|heic|avif)",
    re.IGNORECASE,
)


def _pictures(reading: _Reading) -> Found:
    given = reading.given
    shown = [
        (image.alt, image.is_decorative, _facts_of(image, given.pictures))
        for block in reading.blocks
        for image in block.images
    ]
    if given.cover is not None:
        shown.append((given.cover_alt, False, given.cover))
    for alt, is_decorative, picture in shown:
        if not alt:
            if not (is_decorative or picture.is_decorative):
                yield "alt_missing", picture.name
        elif _FILE_NAME.fullmatch(alt) or slugify(alt) == slugify(_stem(picture.name)):
            yield "alt_is_file_name", alt


def _facts_of(image, pictures):
    return pictures.get(image.src) or PictureFacts(image.src.rsplit("/", 1)[-1])


def _stem(name):
    return name.rpartition(".")[0] or name


# Folded, and without what stands around them.
_VAGUE = {
    *("tai day", "o day", "day", "vao day", "bam vao day", "nhan vao day", "bam tai day"),
    *(
        "xem tai day",
        "xem o day",
        "xem them",
        "xem",
        "xem chi tiet",
        "chi tiet",
        "doc them",
    ),
    *("doc tiep", "link", "lien ket", "duong link", "duong dan", "tai ve", "tai xuong"),
    *("click here", "click vao day", "click", "here", "more", "read more", "download"),
}
_BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def _links(reading: _Reading) -> Found:
    for block, words in zip(reading.blocks, reading.words_of, strict=True):
        for link in _texts_of_links(block):
            if _BARE_ADDRESS.fullmatch(link):
                yield "link_text_is_address", _excerpt(link)
            elif " ".join(_words(link)) in _VAGUE:
                yield "link_text_vague", _around(link, words)


def _around(link, words):
    start = words.find(link)
    return _excerpt(words, start, start + len(link)) if start >= 0 else link


def _texts_of_links(block):
    """Yield the words of each link, whatever marks are inside it."""
    text, href = "", ""
    for part in (*block.parts, Fragment("")):
        address = part.href if isinstance(part, Fragment) else ""
        if address != href:
            if href and text.strip():
                yield " ".join(text.split())
            text, href = "", address
        if href:
            text += part.text


def _hosts(block):
    """Yield (host, address) of the links of `block` that leave by name."""
    for part in block.parts:
        if isinstance(part, Fragment) and part.href.lower().startswith(("http:", "https:")):
            try:
                host = urlsplit(part.href).hostname
            except ValueError:  # a bracket out of place
                host = part.href
            if host:
                yield host, part.href


def _strange_hosts(reading: _Reading) -> Found:
    hosts = {host: address for block in reading.blocks for host, address in _hosts(block)}
    strange = hosts.keys() - reading.given.own_hosts
    if strange:
        strange -= set(reading.given.hosts_linked_before(strange))
    for host in sorted(strange):
        yield "host_never_linked", host


# --- Personal data --------------------------------------------------------------------------

# Digits, and groups of them joined by one sign each; no part of a longer code or a decimal.
_NUMBER = re.compile(r"(?<!\w)(?<!\d[.,\-/])\d+(?:[ .\-]\d+)*(?!\w)", re.ASCII)
_GROUP = re.compile(r"(\d+)([ .\-]?)", re.ASCII)
# 12 digits: số định danh, on căn cước; 9: the older chứng minh nhân dân.
_GROUPINGS = {(12,), (3, 3, 3, 3), (4, 4, 4), (3, 3, 6), (6, 6), (3, 9), (9,), (3, 3, 3)}
_MOST_GROUPS = 4
# Province of registration, century and sex (0–3: born in the 1900s and the 2000s), year of
# birth, six digits at random (Thông tư 59/2021/TT-BCA). Every province begins with 0, which
# no amount of money does.
_VALID_LONG_ID = re.compile(
    r"0(?:0[12468]|1[0124579]|2[024567]|3[013-8]|4[0245689]|5[12468]|6[024678]|7[024579]"
    r"|8[0234679]|9[1-6])[0-3]\d{8}",
    re.ASCII,
)
_NEAR_BEFORE, _NEAR_AFTER = 60, 25  # characters
_PAPER = re.compile(
    r"\b(?:cmnd|cmtnd|cmt|cccd|can cuoc|chung minh (?:nhan dan|thu)|(?:so|ma) dinh danh"
    r"|dinh danh ca nhan)\b"
)
# Right before a number: what it is the number of.
_PAPER_NAMED = re.compile(rf"{_PAPER.pattern}(?: so)?[ :.(]*\Z")
_ACCOUNT = re.compile(r"\b(?:tai khoan|stk)\b")
_UNIT = re.compile(r" ?(?:đồng|đ|vnđ|vnd|m2|m²|ha)(?!\w)", re.IGNORECASE)


def _identity_numbers(reading: _Reading) -> Found:
    tables = set()  # those that have had a row about such papers: a heading, mostly
    for line in reading.lines:
        if line.table and _PAPER.search(fold(line.text)):
            tables.add(line.table)
        for start, end, digits in _candidates(line.text):
            if _is_identity(line, start, end, digits, in_column=line.table in tables):
                masked = f"{digits[:3]}{'•' * (len(digits) - 6)}{digits[-3:]}"
                around = _excerpt(line.text, start, end)
                before, after = around.split(line.text[start:end], 1)
                yield "identity_number", f"{_blotted(before)}{masked}{_blotted(after)}"


def _candidates(text):
    """Yield (start, end, digits) of the numbers in `text` that are grouped as papers have them."""
    for number in _NUMBER.finditer(text):
        groups = list(_GROUP.finditer(text, *number.span()))
        i = 0
        while i < len(groups):
            length = _length_of_candidate(groups, i)
            if length:
                members = groups[i : i + length]
                digits = "".join(group[1] for group in members)
                yield members[0].start(), members[-1].end(1), digits
            i += length or 1


def _length_of_candidate(groups, i):
    """Return how many of `groups`, from `i` on, make one number; 0 when none does."""
    for length in range(min(_MOST_GROUPS, len(groups) - i), 0, -1):
        members = groups[i : i + length]
        signs = {group[2] for group in members[:-1]}
        if tuple(len(group[1]) for group in members) not in _GROUPINGS or len(signs) > 1:
            continue
        # Dots and hyphens go on through a longer number; blanks divide numbers in a row.
        neighbours = {groups[i - 1][2] if i else "", members[-1][2]}
        if not signs & neighbours - {" "}:
            return length
    return 0


def _is_identity(line, start, end, digits, *, in_column):
    before = fold(line.text[max(0, start - _NEAR_BEFORE) : start])
    after = fold(line.text[end : end + _NEAR_AFTER])
    is_about_papers = in_column or _PAPER.search(before) or _PAPER.search(after)
    if _VALID_LONG_ID.fullmatch(digits):
        return bool(is_about_papers) or not _ACCOUNT.search(before)
    is_amount = _UNIT.match(line.text, end) or (
        "." in line.text[start:end] and not _PAPER_NAMED.search(before)
    )
    return bool(is_about_papers) and not is_amount


def _blotted(text):
    return re.sub(r"\d", "•", text)


_MOBILE = re.compile(
    r"(?<![\w+])(?<!\d[.,\-/])(?:\+?84[ .\-]?|0)[35789](?:[ .\-]?\d){8}(?!\w)", re.ASCII
)
_BIRTH = re.compile(
    r"\bsinh (?:ngày|năm) ?:? ?\d|\bngày(?:,? tháng(?:,? năm)?)? sinh ?:? ?\d"
    r"|\bSN ?:? ?(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_BIRTH_COLUMN = re.compile(r"\b(?:ngày|năm)(?:,? tháng(?:,? năm)?)? sinh\b", re.IGNORECASE)
# "học sinh năm 2024", "vệ sinh ngày 5": another word ends in this syllable.
_OTHER_WORDS = {
    *("hoc", "ve", "phat", "khai", "tuyen", "thi", "hy", "hi", "tai", "dan", "an", "ky"),
    *("nhan", "moi", "giao", "phuc", "sat", "hau", "y", "nam", "nu"),
}


def _contact_and_birth(reading: _Reading) -> Found:
    for line in reading.lines:
        identities = [(start, end) for start, end, _ in _candidates(line.text)]
        for match in _MOBILE.finditer(line.text):
            if not any(start <= match.start() < end for start, end in identities):
                yield "mobile_number", _excerpt(line.text, *match.span())
        for match in _BIRTH.finditer(line.text):
            before = _words(line.text[max(0, match.start() - 12) : match.start()])
            is_of_other_word = (
                match[0][0] in "sS" and before[-1:] and before[-1] in _OTHER_WORDS
            )
            if not is_of_other_word:
                yield "birth_date", _excerpt(line.text, *match.span())
        if line.table and (match := _BIRTH_COLUMN.search(line.text)):
            yield "birth_date", _excerpt(line.text, *match.span())


# --- Words of betting ------------------------------------------------------------------------

# Whatever accents are typed, or none: these have no other reading.
_BETTING = re.compile(
    r"\b(?:tai xiu|game bai|keo nha cai|soi keo|xoc dia|bai doi thuong|ban ca doi thuong"
    r"|game doi thuong|casino|baccarat|roulette)\b"
)
# These do ("cả cuộc đời", "lo để dành", "nhà cải tạo"): only as they are spelt, or bare.
_BETTING_AS_SPELT = re.compile(
    r"\b(?:cá cược|ca cuoc|cá độ|nổ hũ|no hu|lô đề|lo de|nhà cái|nha cai|số đề|ghi đề)\b"
)
_BETTING_ADDRESS = re.compile(
    r"(?<![a-z])(?:tai-?xiu|no-?hu|game-?bai|ca-?cuoc|keo-?nha-?cai|nha-?cai|xoc-?dia|soi-?keo"
    r"|casino|baccarat)"
)


def _betting(reading: _Reading) -> Found:
    for line in reading.lines:
        small = line.text.lower()
        for words, pattern in ((fold(small), _BETTING), (small, _BETTING_AS_SPELT)):
            for match in pattern.finditer(words):
                yield "betting", _excerpt(line.text, *match.span())
    for block in reading.blocks:
        for _, address in _hosts(block):
            if _BETTING_ADDRESS.search(address.lower()):
                yield "betting", _excerpt(address)


def _legacy_fonts(reading: _Reading) -> Found:
    found = [line.text for line in reading.lines if legacy_fonts.recognise(line.text)]
    if not found:
        # Lines too short to tell by themselves, as in lists, may tell together.
        body = "\n".join(reading.words_of)
        if legacy_fonts.recognise(body):
            found = [body]
    for text in found:
        yield "legacy_font", _excerpt(text)


_RULES = (
    _identity_numbers,
    _legacy_fonts,
    _title,
    _lead,
    _unfilled,
    _headings,
    _paragraphs,
    _tables,
    _pictures,
    _links,
    _strange_hosts,
    _contact_and_birth,
    _betting,
)
