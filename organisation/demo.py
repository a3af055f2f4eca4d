"""The sample office of `load_demo`: bodies below one another, with invented officers."""

from dataclasses import dataclass

from organisation.bodies import save_body
from organisation.models import Body, BodyKind, Officer
from organisation.officers import save_officer

__all__ = ["load_demo_office"]

_HALL = "Trụ sở UBND xã Đông Thanh"
_DOMAIN = "dongthanh.example"
# Of the offices that were elected together; the party's congresses have years of their own.
_PARTY, _ELECTED, _VILLAGE = "2020–2025", "2021–2026", "2024–2026"


@dataclass(frozen=True)
class _Post:
    position: str
    name: str
    term: str = ""
    responsibilities: str = ""
    phone: str = ""
    mailbox: str = ""


@dataclass(frozen=True)
class _Office:
    kind: BodyKind
    name: str
    duties: tuple[str, ...] = ()
    posts: tuple[_Post, ...] = ()
    phone: str = ""
    mailbox: str = ""
    address: str = _HALL
    below: tuple["_Office", ...] = ()


def _village(number, name, head):
    return _Office(
        BodyKind.VILLAGE,
        f"Thôn {name}",
        duties=(
            "Họp thôn, bàn việc chung và lấy ý kiến của các hộ",
            "Xác nhận việc cư trú, hòa giải mâu thuẫn nhỏ ở cơ sở",
        ),
        posts=(_Post("Trưởng thôn", head, _VILLAGE, phone=f"0237.000.00{number}"),),
        address=f"Nhà văn hóa thôn {name}",
    )


_STAFF_OFFICES = (
    _Office(
        BodyKind.OFFICE,
        "Bộ phận Tiếp nhận và trả kết quả (một cửa)",
        (
            "Nhận hồ sơ, hẹn ngày và trả kết quả tất cả thủ tục hành chính cấp xã",
            "Hướng dẫn nộp hồ sơ trên Cổng Dịch vụ công",
            "Giúp người già, người khuyết tật viết tờ khai",
        ),
        (
            _Post(
                "Phụ trách Bộ phận một cửa",
                "Viên Thùy Lam",
                responsibilities="tiếp nhận, trả kết quả, theo dõi hồ sơ đến hạn",
            ),
        ),
        "0237.000.0002",
        "motcua",
        "Phòng một cửa, tầng 1, trụ sở UBND xã",
    ),
    _Office(
        BodyKind.OFFICE,
        "Văn phòng – Thống kê",
        (
            "Tiếp nhận đơn thư, văn bản gửi Ủy ban nhân dân xã",
            "Xếp lịch tiếp công dân, lịch họp",
            "Tổng hợp số liệu thống kê của xã",
        ),
        (_Post("Công chức Văn phòng – Thống kê", "Doãn Khải Minh Triết"),),
        "0237.000.0006",
        "vanphong",
    ),
    _Office(
        BodyKind.OFFICE,
        "Tư pháp – Hộ tịch",
        (
            "Đăng ký khai sinh, kết hôn, khai tử, nhận cha, mẹ, con",
            "Chứng thực bản sao, chữ ký, hợp đồng",
            "Cấp giấy xác nhận tình trạng hôn nhân",
        ),
        (_Post("Công chức Tư pháp – Hộ tịch", "Lục Hà Ngân Giang"),),
        "0237.000.0007",
        "tuphap",
    ),
    _Office(
        BodyKind.OFFICE,
        "Địa chính – Xây dựng – Nông nghiệp và Môi trường",
        (
            "Xác nhận nguồn gốc đất, hòa giải tranh chấp đất đai",
            "Hướng dẫn hồ sơ cấp giấy chứng nhận quyền sử dụng đất",
            "Theo dõi mùa vụ, phòng bệnh cho vật nuôi, thu gom rác",
        ),
        (_Post("Công chức Địa chính", "Kiều Phong Vân Sơn"),),
        "0237.000.0008",
        "diachinh",
    ),
    _Office(
        BodyKind.OFFICE,
        "Tài chính – Kế toán",
        ("Thu, chi ngân sách xã", "Chi trả trợ cấp, hỗ trợ qua ngân sách xã"),
        (_Post("Công chức Tài chính – Kế toán", "Ninh Thục Khuê Anh"),),
        "0237.000.0009",
    ),
    _Office(
        BodyKind.OFFICE,
        "Văn hóa – Xã hội",
        (
            "Làm hồ sơ người có công, bảo trợ xã hội, hộ nghèo, hộ cận nghèo",
            "Quản lý nhà văn hóa, lễ hội, di tích, đài truyền thanh",
        ),
        (_Post("Công chức Văn hóa – Xã hội", "Giáp Mộc Uyên Chi"),),
        "0237.000.0010",
        "vanhoa",
    ),
)

_UNITS = (
    _Office(
        BodyKind.SERVICE,
        "Công an xã",
        (
            "Đăng ký thường trú, tạm trú, khai báo tạm vắng",
            "Hướng dẫn làm căn cước, định danh điện tử",
            "Tiếp nhận tin báo, tố giác tội phạm, cả ngày và đêm",
        ),
        (_Post("Trưởng Công an xã", "Thạch Vũ Kim Bằng"),),
        "0237.000.0005",
        address="Trụ sở Công an xã, cạnh trụ sở UBND xã",
    ),
    _Office(
        BodyKind.SERVICE,
        "Ban Chỉ huy Quân sự xã",
        ("Đăng ký nghĩa vụ quân sự, dân quân", "Trực phòng chống thiên tai"),
        (_Post("Chỉ huy trưởng", "Khổng Lê Trường Vũ"),),
        "0237.000.0011",
    ),
    _Office(
        BodyKind.SERVICE,
        "Trạm Y tế xã",
        (
            "Khám, chữa bệnh thông thường, có người trực cả ngày đêm",
            "Tiêm chủng cho trẻ em vào ngày 10 hằng tháng",
            "Quản lý thai, chăm sóc người cao tuổi",
        ),
        (_Post("Trạm trưởng", "Âu Dương Thu Cúc"),),
        "0237.000.0004",
        "tramyte",
        "Trạm Y tế xã, thôn Ngọc Tích",
    ),
    _Office(
        BodyKind.SERVICE,
        "Trường Tiểu học Đông Thanh",
        ("Tuyển sinh lớp 1 vào tháng 7 hằng năm", "Dạy học hai buổi mỗi ngày"),
        (_Post("Hiệu trưởng", "Tô Lan Nhã Phương"),),
        "0237.000.0012",
        address="Thôn Kim Bôi",
    ),
)

_VILLAGES = tuple(
    _village(number, name, head)
    for number, (name, head) in enumerate(
        (
            ("Phúc Triền 1", "Nông Đình Bách Tùng"),
            ("Phúc Triền 2", "Vi Thị Ngọc Sương"),
            ("Quỳnh Bôi 1", "Hứa Trọng Đại Lâm"),
            ("Quỳnh Bôi 2", "Quách Văn Thái Hòa"),
            ("Kim Bôi", "Lại Thị Kim Thoa"),
            ("Cần", "Bạch Hữu Trường Giang"),
            ("Ngọc Tích", "Ông Thế Minh Khang"),
            ("Kiệm", "Trà Thị Thanh Bình"),
        ),
        start=21,
    )
)


def _union(name, position, head, duties):
    return _Office(BodyKind.FRONT, name, duties, (_Post(position, head, _ELECTED),))


_OFFICES = (
    _Office(
        BodyKind.PARTY,
        "Đảng ủy xã",
        (
            "Lãnh đạo toàn diện các mặt công tác của xã",
            "Tiếp đảng viên, tiếp dân theo lịch",
        ),
        (
            _Post(
                "Bí thư Đảng ủy",
                "Tống Khải Nguyên Phong",
                _PARTY,
                "công việc chung của Đảng bộ",
                "0237.000.0013",
                "danguy",
            ),
            _Post(
                "Phó Bí thư Thường trực",
                "Mai Thục Thu Lam",
                _PARTY,
                "tổ chức, tuyên giáo, dân vận",
            ),
        ),
        "0237.000.0013",
        "danguy",
    ),
    _Office(
        BodyKind.COUNCIL,
        "Hội đồng nhân dân xã",
        (
            "Quyết định các việc quan trọng của xã tại các kỳ họp",
            "Giám sát việc thực hiện nghị quyết",
            "Nhận kiến nghị của cử tri",
        ),
        (
            _Post("Chủ tịch Hội đồng nhân dân", "Tống Khải Nguyên Phong", _ELECTED),
            _Post(
                "Phó Chủ tịch Hội đồng nhân dân",
                "Lưu Đình Bảo Khôi",
                _ELECTED,
                "tiếp xúc cử tri, giám sát",
                "0237.000.0014",
                "hdnd",
            ),
        ),
        "0237.000.0014",
        "hdnd",
    ),
    _Office(
        BodyKind.COMMITTEE,
        "Ủy ban nhân dân xã",
        (
            "Giải quyết thủ tục hành chính cho người dân và doanh nghiệp",
            "Tiếp công dân, giải quyết khiếu nại, tố cáo, kiến nghị, phản ánh",
            "Tổ chức thực hiện ngân sách, quy hoạch, đầu tư công của xã",
        ),
        (
            _Post(
                "Chủ tịch Ủy ban nhân dân",
                "Đàm Quốc Thiên Vĩ",
                _ELECTED,
                "công việc chung, tài chính, quy hoạch, tiếp công dân",
                "0237.000.0001",
                "chutich",
            ),
            _Post(
                "Phó Chủ tịch Ủy ban nhân dân",
                "Cao Việt Tùng Lâm",
                _ELECTED,
                "kinh tế, đất đai, xây dựng, nông nghiệp, môi trường",
                "0237.000.0015",
                "pct.kinhte",
            ),
            _Post(
                "Phó Chủ tịch Ủy ban nhân dân",
                "Phùng Hạ Tường Vy",
                _ELECTED,
                "văn hóa, y tế, giáo dục, chính sách xã hội, bộ phận một cửa",
                "0237.000.0016",
                "pct.vanxa",
            ),
        ),
        "0237.000.0001",
        "ubnd",
        below=(*_STAFF_OFFICES, *_UNITS, *_VILLAGES),
    ),
    _Office(
        BodyKind.FRONT,
        "Ủy ban Mặt trận Tổ quốc xã",
        (
            "Tập hợp ý kiến, kiến nghị của nhân dân",
            "Giám sát và phản biện xã hội, vận động giúp đỡ người nghèo",
        ),
        (
            _Post(
                "Chủ tịch Ủy ban Mặt trận Tổ quốc",
                "Nghiêm Thị Bích Hằng Nga",
                _ELECTED,
                phone="0237.000.0017",
            ),
        ),
        "0237.000.0017",
        "mattran",
        below=(
            _union(
                "Hội Nông dân",
                "Chủ tịch Hội Nông dân",
                "Chử Đức An Điền",
                ("Cho vay vốn, tập huấn kỹ thuật trồng trọt, chăn nuôi",),
            ),
            _union(
                "Hội Liên hiệp Phụ nữ",
                "Chủ tịch Hội Liên hiệp Phụ nữ",
                "Tăng Thị Mai Quỳnh",
                ("Giúp phụ nữ vay vốn, học nghề, chăm sóc trẻ em",),
            ),
            _union(
                "Đoàn Thanh niên Cộng sản Hồ Chí Minh",
                "Bí thư Đoàn Thanh niên",
                "Sầm Nhật Duy Khánh",
                ("Hướng dẫn dịch vụ công trực tuyến, hoạt động hè cho thiếu nhi",),
            ),
            _union(
                "Hội Cựu chiến binh",
                "Chủ tịch Hội Cựu chiến binh",
                "Đậu Kiên Trung Dũng",
                ("Chăm lo cho hội viên, giáo dục truyền thống",),
            ),
        ),
    ),
)


def load_demo_office(*, actor):
    """Make the sample bodies and officers; `actor` is the member of staff who acts."""
    _load(_OFFICES, parent=None, actor=actor)


def _load(offices, *, parent, actor):
    for order, office in enumerate(offices):
        body = save_body(
            body=Body(
                parent=parent,
                kind=office.kind,
                name=office.name,
                duties="\n".join(office.duties),
                address=office.address,
                phone=office.phone,
                email=_mailbox(office.mailbox),
                order=order,
            ),
            actor=actor,
        )
        for place, post in enumerate(office.posts):
            save_officer(
                officer=Officer(
                    body=body,
                    name=post.name,
                    position=post.position,
                    term=post.term,
                    responsibilities=post.responsibilities,
                    phone=post.phone,
                    email=_mailbox(post.mailbox),
                    order=place,
                ),
                actor=actor,
            )
        _load(office.below, parent=body, actor=actor)


def _mailbox(name):
    return f"{name}@{_DOMAIN}" if name else ""
