"""An article as a text that can be read out over the commune's loudspeakers, line by line.

What the eye takes in and the ear does not is put into words: abbreviations of the office, dates
and hours, tables. Only what is certain is changed; "1/2 số hộ" or the number of a document
stays as it is written.
"""

import re
from datetime import date

from articles.text_blocks import blocks

__all__ = ["WORDS_A_MINUTE", "script", "spoken"]

WORDS_A_MINUTE = 150  # Vietnamese syllables, read calmly with pauses

_ABBREVIATIONS = {
    "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "MTTQ": "Mặt trận Tổ quốc",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "TTHC": "thủ tục hành chính",
    "CCHC": "cải cách hành chính",
    "CCCD": "căn cước công dân",
    "CMND": "chứng minh nhân dân",
    "BHYT": "bảo hiểm y tế",
    "BHXH": "bảo hiểm xã hội",
    "NVQS": "nghĩa vụ quân sự",
    "PCCC": "phòng cháy chữa cháy",
    "PCTT": "phòng chống thiên tai",
    "TKCN": "tìm kiếm cứu nạn",
    "ANTT": "an ninh trật tự",
    "ATGT": "an toàn giao thông",
    "ATTP": "an toàn thực phẩm",
    "VSMT": "vệ sinh môi trường",
    "GPMB": "giải phóng mặt bằng",
    "QSDĐ": "quyền sử dụng đất",
    "NTM": "nông thôn mới",
    "HTX": "hợp tác xã",
    "THCS": "trung học cơ sở",
    "THPT": "trung học phổ thông",
    "ĐVTN": "đoàn viên thanh niên",
    "TNCS": "Thanh niên Cộng sản",
    "CBCC": "cán bộ, công chức",
    "KT-XH": "kinh tế - xã hội",
    "QP-AN": "quốc phòng - an ninh",
}
# Never inside the number of a document, such as 12/UBND-VP.
_ABBREVIATION = re.compile(rf"(?<![\w/.-])({'|'.join(_ABBREVIATIONS)})(?![\w/-])")
_CITY = re.compile(r"(?<![\w/.-])TP(?:\.\s*|\s+)(?=[^\W\d_])")

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:vn|com|org|net|info)\b(?:/\S*)?(?=[.,;:!?)\]\s]|$)",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?)]"  # belongs to the sentence
_DAY = re.compile(
    r"(?P<before>\bngày\s+)?(?<![\d/.-])(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?![\d/-])",
    re.IGNORECASE,
)
# Without a year it could be a fraction, so a word before it must say that it is a day.
_SHORT_DAY = re.compile(
    r"(?P<before>\b(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật),?\s+)"
    r"\(?(?P<day>\d{1,2})/(?P<month>\d{1,2})\)?(?![\d/])(?!\s*(?:số|phần))",
    re.IGNORECASE,
)
_SECOND_DAY = re.compile(
    r"(?P<before>\btháng \d{1,2} (?:đến|và|-|–)\s+(?:hết\s+)?)(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/])"
)
_MONTH = re.compile(r"\b(tháng|quý)\s+(\d{1,2}|I{1,3}|IV)/(\d{4})\b", re.IGNORECASE)
_HOUR = re.compile(
    r"(?<![\w:])(\d{1,2})(?:h|:)(\d{2})?(?![\w:])['’′]?|(?<!\w)(\d{1,2})g(\d{2})(?!\w)"
)
_HOURS = re.compile(r"(giờ(?: \d{1,2})?)\s*[-–]\s*(?=\d{1,2} giờ)")
_MONEY = re.compile(r"(?<=\d)\s?(?:đ|VNĐ|VND)(?!\w)")
_PERCENT = re.compile(r"(?<=\d)\s?%")
_PHONE = re.compile(r"(?<!\d)(0\d{2,4})[.\-](\d{3,4})[.\-](\d{3,4})(?!\d)")


def script(*, title, lead, html, unit, phone, published_on):
    """Return the whole text: a line for the reader, greeting, news, whom to call, thanks.

    `unit` is the name as it is written ("Xã Đông Thanh"), `phone` that of the office or "",
    `published_on` a local date. Lines are separated by blank lines.
    """
    people = unit[:1].lower() + unit[1:]
    day = f"ngày {published_on.day} tháng {published_on.month} năm {published_on.year}"
    lines = [
        f"Kính thưa toàn thể bà con {people}. Sau đây là tin của {people}, đăng {day}.",
        spoken(title),
        spoken(lead),
    ]
    for block in blocks(html):
        lines += _rows(block) if block.kind == "table" else [spoken(block.text)]
    if phone:
        lines.append(
            f"Bà con cần hỏi thêm, xin gọi số điện thoại {_PHONE.sub(_spaced, phone)}. "
            f"Xin nhắc lại: {_PHONE.sub(_spaced, phone)}."
        )
    lines.append("Cảm ơn bà con đã chú ý lắng nghe.")
    lines = [line for line in lines if line]
    minutes = max(1, round(len(" ".join(lines).split()) / WORDS_A_MINUTE))
    return (
        "\n\n".join([f"[Bản đọc loa, khoảng {minutes} phút. Dòng này không đọc.]", *lines])
        + "\n"
    )


def _address_in_words(match):
    after = match[0][len(match[0].rstrip(_AFTER_ADDRESS)) :]
    return f"địa chỉ ghi trên trang thông tin điện tử{after}"


def spoken(text):
    """Return `text` as it is said aloud, ending like a sentence; "" for nothing."""
    text = _ADDRESS.sub(_address_in_words, text)
    text = _DAY.sub(_day, text)
    text = _SECOND_DAY.sub(_day, _SHORT_DAY.sub(_day, text))
    text = _MONTH.sub(r"\1 \2 năm \3", text)
    text = _HOUR.sub(_hour, text)
    text = _HOURS.sub(r"\1 đến ", text)
    text = _MONEY.sub(" đồng", text)
    text = _PERCENT.sub(" phần trăm", text)
    text = _PHONE.sub(_spaced, text)
    text = _CITY.sub("thành phố ", text)
    text = _ABBREVIATION.sub(lambda match: _ABBREVIATIONS[match[1]], text)
    text = text.strip(" -–•*")
    return text if not text or text[-1] in ".!?:;…" else f"{text}."


def _rows(table):
    """Return a sentence for each row, every cell behind the name of its column."""
    if not table.has_header:
        return [spoken(", ".join(filter(None, row))) for row in table.rows]
    header, *rows = table.rows
    return [spoken(_row(header, row)) for row in rows]


def _row(header, row):
    if len(set(row)) == 1:
        return row[0]  # one cell across the whole table
    named = zip(header, row, strict=True)
    return ". ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell)


def _day(match):
    day, month = int(match["day"]), int(match["month"])
    year = match.groupdict().get("year")
    try:
        date(int(year or 2000), month, day)  # 2000 has a 29 February
    except ValueError:
        return match[0]
    before = match["before"] or ""
    said = f"{before}ngày " if not before.lower().startswith("ngày") else before
    ending = f" năm {year}" if year else ""
    return f"{said}{day} tháng {month}{ending}"


def _hour(match):
    hour, minute = match[1] or match[3], match[2] or match[4]
    if ":" in match[0] and not minute or int(hour) > 24 or int(minute or 0) > 59:
        return match[0]
    return f"{int(hour)} giờ" + (f" {int(minute)}" if int(minute or 0) else "")


def _spaced(match):
    return " ".join(match.groups())
