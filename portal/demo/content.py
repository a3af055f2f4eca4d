"""Reads the demo texts: files with a few `name: value` lines, an empty line, then HTML."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

FOLDER = Path(__file__).parent

IDENTITY = {
    "unit_type": "xa",
    "name": "Đông Thanh",
    "district": "huyện Đông Sơn",
    "province": "tỉnh Thanh Hóa",
    "governing_body": "Ủy ban nhân dân xã Đông Thanh",
    "address": "Trụ sở UBND xã Đông Thanh, huyện Đông Sơn, tỉnh Thanh Hóa",
    "phone": "0237.000.0001",
    "duty_phone": "0237.000.0003",
    "email": "ubnd@dongthanh.example",
    "working_hours": "Thứ Hai đến thứ Sáu, 7 giờ 30–11 giờ 30 và 13 giờ 30–17 giờ",
    "directions": (
        "Từ đường liên xã, rẽ vào đường cạnh chợ xã, qua cầu thì thấy trụ sở ở bên phải, cổng "
        "sơn đỏ, đối diện là cánh đồng.\n\n"
        "Bộ phận một cửa ở tầng 1, có lối dốc cho xe lăn và chỗ để xe trong sân."
    ),
    "map_url": "https://www.openstreetmap.org/",
    "responsible_person": "Chủ tịch Ủy ban nhân dân xã",
    "history_note": (
        "Từ ngày 01/7/2025, theo Nghị quyết số 1686/NQ-UBTVQH15, xã Đông Thanh cùng sáu đơn vị "
        "lân cận trở thành phường Đông Tiến, trực thuộc tỉnh Thanh Hóa."
    ),
}

MAP_ALT = (
    "Bản đồ vẽ tay: từ đường liên xã rẽ vào đường cạnh chợ xã, qua cầu, trụ sở UBND xã ở bên phải, "
    "gần trường tiểu học"
)

# (slug, name, description); the slug is what the article files name as their category.
CATEGORIES = [
    ("tin-hoat-dong", "Tin hoạt động", "Hoạt động của Đảng ủy, HĐND, UBND và các thôn."),
    ("thong-bao", "Thông báo", "Lịch làm việc, lịch cắt nước, cắt điện và thông báo khác."),
    (
        "cai-cach-hanh-chinh",
        "Cải cách hành chính",
        "Làm thủ tục thế nào cho nhanh và đúng.",
    ),
    ("chuyen-doi-so", "Chuyển đổi số", "Dùng dịch vụ công và công nghệ trong đời sống."),
    ("kinh-te-moi-truong", "Kinh tế – Môi trường", "Mùa vụ, vay vốn và giữ sạch làng xóm."),
    (
        "van-hoa-xa-hoi",
        "Văn hóa – Xã hội",
        "Lễ hội, thể thao, đời sống văn hóa ở các thôn.",
    ),
    ("y-te-giao-duc", "Y tế – Giáo dục", "Tiêm chủng, phòng bệnh, trường lớp."),
    ("an-ninh-phap-luat", "An ninh – Pháp luật", "Phòng ngừa lừa đảo, phổ biến pháp luật."),
]

# (group, label, number, hours); the zeros show at a glance that nobody answers there.
PHONES = [
    (
        "Ủy ban nhân dân xã",
        "Tiếp nhận phản ánh của tổ chức, cá nhân về giải quyết thủ tục hành chính",
        "0237.000.0001",
        "Giờ hành chính",
    ),
    ("Ủy ban nhân dân xã", "Bộ phận một cửa", "0237.000.0002", "Giờ hành chính"),
    ("Ủy ban nhân dân xã", "Trực ban ngoài giờ", "0237.000.0003", "Cả ngày"),
    ("Y tế và an ninh", "Trạm Y tế xã", "0237.000.0004", "Cả ngày"),
    ("Y tế và an ninh", "Công an xã", "0237.000.0005", "Cả ngày"),
]

LINKS = [
    ("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn/"),
    ("Cổng thông tin điện tử tỉnh Thanh Hóa", "https://thanhhoa.gov.vn/"),
]

# (what people want, target, other address)
TASKS = [
    ("tra cứu hồ sơ", "lookup:search", ""),
    ("tìm thủ tục", "catalogue:list", ""),
    ("nộp qua mạng", "", "https://dichvucong.gov.vn/"),
    ("xem kết quả", "procedures:list", ""),
    ("gặp lãnh đạo xã", "organisation:receptions", ""),
    ("gọi điện cho xã", "contact", ""),
]

ALERT = {
    "title": "Tin mẫu: chiều thứ Sáu này Bộ phận một cửa nghỉ.",
    "text": "Hồ sơ nộp qua mạng vẫn được nhận.",
    "link_label": "Xem thủ tục",
    "link_url": "/thu-tuc/",
}
ALERT_DAYS = 30  # from the day on which the demo is loaded


@dataclass(frozen=True)
class Document:
    """One demo text: the values of its head by name, and its HTML."""

    name: str
    head: dict[str, str]
    body: str


def documents(folder):
    """Return the documents below `portal/demo/<folder>`, in the order of their file names."""
    return [_read(path) for path in sorted((FOLDER / folder).glob("*.html"))]


def moment(text):
    """Return (aware datetime, whether the time of day is known) of "2024-01-26[ 08:30:00]"."""
    has_time = " " in text
    naive = datetime.fromisoformat(text)
    return timezone.make_aware(naive), has_time


def _read(path):
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    values = dict(line.split(": ", 1) for line in head.splitlines())
    return Document(path.stem, values, body)
