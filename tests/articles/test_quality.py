"""Quality checks: what they find, and what they leave alone."""

import sys
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.quality import (
    MOST_PLACES,
    Level,
    PictureFacts,
    QualityInput,
    blockers,
    check,
    outbound_hosts,
)
from portal.demo import content
from portal.richtext import clean
from portal.text import nfc

TITLE = "Lịch họp thôn tháng Hai"
LEAD = "Các thôn họp tối thứ Bảy."
BODY = "<p>Bà con xem lịch ở nhà văn hóa thôn, đến đúng giờ và mang theo sổ.</p>"


def _codes(**given):
    return {finding.code for finding in _findings(**given)}


def _findings(**given):
    values = {"title": TITLE, "lead": LEAD, "body": BODY} | given
    return check(QualityInput(**values | {"body": clean(values["body"])}))


def _in_text(words):
    return _codes(body=f"{BODY}<p>{words}</p>")


@pytest.mark.parametrize("folder", ["articles", "pages"])
def test_the_demo_texts_are_clean(folder):
    documents = content.documents(folder)
    assert documents
    for document in documents:
        head = document.head
        findings = check(
            QualityInput(
                title=nfc(head["title"]), lead=head.get("lead"), body=clean(document.body)
            )
        )
        assert findings == []


def test_a_page_needs_no_lead():
    assert _codes(lead=None) == set()


# --- Personal data ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Ông Lê Văn A, 038095001234, thôn Kiệm",
        "Số: 038 095 001 234",
        "038.095.001.234",
        "038-095-001-234 đã nhận",
        "0380 9500 1234",
        "038095 001234",
        "STT 1 038 095 001 234 0912 345 678",
        "038<strong>095</strong>001234",
        "038&nbsp;095&nbsp;001&nbsp;234",
        "(CCCD:038095001234)",
        "CCCD số 999999999999",
        "CMND: 171234567",
        "chứng minh nhân dân số 171 234 567 cấp năm 2010",
        "CMTND 171-234-567",
        "CMT số 171.234.567 do Công an tỉnh cấp",
        "Chứng minh nhân dân: 171.234.567",
        "171234567 (số CMND)",
        "Số định danh cá nhân: 171234567",
        "038095001234, tài khoản định danh cá nhân đã kích hoạt",
    ],
)
def test_numbers_of_identity_papers_block(words):
    assert "identity_number" in _in_text(words)


@pytest.mark.parametrize(
    "words",
    [
        "Kinh phí 1.200.000.000 đồng, trong đó dân góp 350.000.000 đồng",
        "Điện thoại 0912345678, 0237.3742.289, 02373 742 289, 1900 1234",
        "Số tài khoản 038095001234 tại Ngân hàng Chính sách xã hội",
        "STK: 0380 9500 1234",
        "Mã hồ sơ 000.17.22.H56-210531-0001 và H56.17.22-250701-0001",
        "Thủ tục 2.000986.000.00.00.H56, mã 1.004222",
        "Nghị quyết số 1686/NQ-UBTVQH15, Công văn 123456789/UBND",
        "Thửa đất số 123, tờ bản đồ số 45, diện tích 1.234,5 m2",
        "Ngày 01/02/2024, 02-03-2024, 2024.01.26 lúc 08 giờ 30",
        "Tọa độ 105.123456789012 và 19,038095001234",
        "Số 171234567 không nói là giấy gì",
        "Làm căn cước hết 123.456.789 đồng cả huyện",
        "Làm căn cước 123.456.789 đồng cả huyện, in mẫu hết 171.234.567",
        "Cấp căn cước cho 171234567 đồng bào",
        "Mã vạch 893800950012345678, 8938095001234",
        "Các mẫu 998 095 001 234 và 238095001234",
        "1.038.095.001.234 đồng",
        "A038095001234",
    ],
)
def test_other_numbers_do_not_block(words):
    assert "identity_number" not in _in_text(words)


def test_a_column_of_identity_numbers_is_known_by_its_heading():
    table = (
        "<table><tr><th>Họ tên</th><th>Số CMND</th></tr>{}"
        "<tr><td>Lê Thị B</td><td>171234567</td></tr></table>"
    )
    assert "identity_number" in _codes(body=BODY + table.format(""))
    assert "identity_number" not in _codes(
        body=BODY + table.format("</table><p>Bảng khác</p><table>")
    )


@pytest.mark.parametrize(
    "given",
    [
        {"title": "Danh sách 038095001234"},
        {"lead": "Gửi 038095001234 trước thứ Bảy"},
        {"attachment_names": ("danh_sach_038095001234.pdf",)},
        {"attachment_names": ("ds-038095001234-ban-cuoi.pdf",)},
        {"cover": PictureFacts("a.jpg"), "cover_alt": "Ảnh thẻ 038095001234"},
        {"other_lines": ("Nguồn: 038095001234",)},
        {"body": BODY + '<p><img src="/media/a.jpg" alt="Thẻ 038095001234"></p>'},
    ],
)
def test_identity_numbers_are_looked_for_in_every_line_that_readers_get(given):
    assert "identity_number" in _codes(**given)


def test_a_finding_does_not_repeat_the_number_and_alone_blocks():
    findings = _findings(
        body=f"{BODY}<p>Bà Lê Thị B, sinh năm 1980, CCCD 038180001234, CMND 171234567.</p>"
    )
    [blocker] = blockers(findings)
    assert findings[0] is blocker
    assert blocker.level == Level.BLOCKER
    assert "038••••••234" in blocker.where[0]
    assert not any("038180001234" in place for place in blocker.where)
    assert not any("171234567" in place for place in blocker.where)
    assert {finding.code for finding in findings} == {"identity_number", "birth_date"}


@pytest.mark.parametrize(
    "words",
    ["0912345678", "0912 345 678", "+84 912.345.678", '<a href="tel:+84912345678">gọi</a>'],
)
def test_mobile_numbers_warn(words):
    assert _in_text(f"Liên hệ {words}") == {"mobile_number"}


@pytest.mark.parametrize(
    "words",
    ["0237.3742.289", "02373 742 289", "1900 1234", "113", "0112345678", "038 095 001 234"],
)
def test_office_lines_and_other_numbers_are_no_mobile_numbers(words):
    assert "mobile_number" not in _in_text(f"Liên hệ {words}")


@pytest.mark.parametrize(
    "words",
    [
        "sinh ngày 12 tháng 5 năm 1980",
        "Sinh năm: 1980",
        "Ngày sinh: 12/05/1980",
        "ngày, tháng, năm sinh 12/05/1980",
        "Lê Văn A (SN 1980)",
        "<table><tr><th>Họ tên</th><th>Năm sinh</th></tr><tr><td>A</td><td>1980</td></tr></table>",
    ],
)
def test_birth_dates_warn(words):
    assert _in_text(words) == {"birth_date"}


@pytest.mark.parametrize(
    "words",
    [
        "Học sinh năm 2024 và thí sinh ngày 5",
        "Tổng vệ sinh ngày 12, phát sinh năm 2023, khai sinh năm 2024",
        "Kỷ niệm ngày sinh Chủ tịch Hồ Chí Minh",
        "Hy sinh năm 1972",
    ],
)
def test_other_words_with_sinh_are_no_birth_dates(words):
    assert "birth_date" not in _in_text(words)


# --- Betting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "cá cược bóng đá",
        "TÀI XỈU trực tuyến",
        "tai xiu",
        "chơi Nổ Hũ",
        "game bai doi thuong",
        "lô đề",
        "kèo nhà cái",
        "Công an bắt nhóm cá độ",
        "casino",
        'xem <a href="https://taixiu88.vn/">kết quả</a>',
        'xem <a href="https://a.vn/choi-game-bai">kết quả</a>',
    ],
)
def test_words_of_betting_warn(words):
    assert "betting" in _in_text(words)


@pytest.mark.parametrize(
    "words",
    [
        "Cả cuộc đời lo để dành cho con",
        "Nó hư thì sửa; nhà cải tạo xong",
        "Ca đó được theo dõi ở trạm y tế",
        "Đề tài xỉuu, game bàitập",
        'xem <a href="https://a.vn/explode">kết quả</a>',
    ],
)
def test_words_that_only_sound_alike_do_not(words):
    assert "betting" not in _in_text(words)


# --- Title and lead -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("title_in_capitals", {"title": "THÔNG BÁO LỊCH HỌP THÔN"}),
        ("title_doubled", {"title": "Lịch họp thôn - Lịch họp thôn"}),
        ("title_doubled", {"lead": f"{TITLE}."}),
        ("title_doubled", {"body": f"<p>{TITLE}</p>{BODY}"}),
        ("lead_missing", {"lead": ""}),
        ("body_shorter_than_lead", {"lead": "Một câu dài hơn hẳn nội dung của bài. " * 3}),
        ("left_unfilled", {"title": "DỰ THẢO Kế hoạch tiêm phòng"}),
        ("left_unfilled", {"body": f"<p>Số:      /UBND</p>{BODY}"}),
        ("left_unfilled", {"body": f"<p>Số: …/KH-UBND</p>{BODY}"}),
        (
            "left_unfilled",
            {"body": f"<p>Đông Thanh, ngày ..... tháng 2 năm 2024</p>{BODY}"},
        ),
        ("legacy_font", {"title": "Céng hoµ x· héi chñ nghÜa ViÖt Nam"}),
        ("legacy_font", {"body": f"{BODY}<p>Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam</p>"}),
        ("legacy_font", {"lead": "", "body": "<ul><li>Céng hoµ</li><li>x· héi</li></ul>"}),
    ],
)
def test_weak_titles_leads_and_texts_are_named(code, given):
    assert code in _codes(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"title": "UBND HĐND"},
        {"title": "Thông báo về thông báo"},
        {"body": f"<p>Số: 12/KH-UBND</p>{BODY}"},
        {"body": f"<p>Lấy ý kiến về dự thảo nghị quyết, tần số/ngày, số/năm.</p>{BODY}"},
        {"body": f"<p>Ghi rõ ngày, tháng, năm cấp.</p>{BODY}"},
        {"body": ""},
    ],
)
def test_sound_titles_leads_and_texts_are_left_alone(given):
    assert _codes(**given) == set()


# --- Form -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "heading_empty",
            '<h2><img src="/media/a.jpg" alt="Cờ Tổ quốc trên cột"></h2><p>a</p>',
        ),
        ("heading_long", f"<h2>{'Tiêu đề rất dài ' * 12}</h2><p>a</p>"),
        (
            "heading_in_bold",
            "<p><strong>Thành phần hồ sơ</strong></p><p>Đơn và bản sao.</p>",
        ),
        ("paragraph_long", f"<p>{'Một câu trong đoạn dài. ' * 60}</p>"),
        ("table_without_header", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"),
        ("alt_missing", '<p><img src="/media/a.jpg" alt=""></p>'),
        ("alt_is_file_name", '<p><img src="/media/a.jpg" alt="IMG_2024.JPG"></p>'),
        ("alt_is_file_name", '<p><img src="/media/a.jpg" alt="Hop thon 1"></p>'),
        ("link_text_vague", '<p>Xem <a href="/van-ban/">TẠI ĐÂY</a>.</p>'),
        ("link_text_vague", '<p>Xem <a href="/van-ban/">tại <em>đây</em>!</a></p>'),
        ("link_text_vague", '<p><a href="/van-ban/">Click here</a></p>'),
        ("link_text_vague", '<p><a href="/van-ban/">Xem thêm »</a></p>'),
        ("link_text_is_address", '<p><a href="https://x.vn/a">https://x.vn/a</a></p>'),
        ("host_never_linked", '<p>Xem <a href="https://x.vn/a">báo X</a></p>'),
    ],
)
def test_weak_forms_are_named(code, body):
    pictures = {"/media/a.jpg": PictureFacts("hop-thon-1.jpg")}
    assert code in _codes(body=BODY + body, pictures=pictures)


def test_headings_that_skip_a_level_are_named():
    # As texts were stored before cleaning closed such gaps.
    body = "<h2>Một</h2><p>a</p><h4>Hai</h4><p>b</p>"
    [finding] = check(QualityInput(title=TITLE, body=body))
    assert (finding.code, finding.where) == ("heading_skips", ("Hai",))


@pytest.mark.parametrize(
    "body",
    [
        "<h2>Một</h2><p>a</p><h3>Hai</h3><p>b</p><h4>Ba</h4><p>c</p><h2>Bốn</h2><p>d</p>",
        '<p class="align-center"><strong>ỦY BAN NHÂN DÂN XÃ</strong></p><p>a</p>',
        "<p><strong>Lưu ý: mang theo giấy tờ tùy thân.</strong></p><p>a</p>",
        "<p><strong>Nơi nhận</strong> hồ sơ ở tầng một</p><p>a</p>",
        "<table><tr><th>Giờ</th></tr><tr><td>8</td></tr></table>",
        '<p><img src="/media/b.jpg" alt=""></p>',
        '<p><img src="/media/c.jpg" alt="" class="decorative"></p>',
        '<p><img src="/media/a.jpg" alt="Bà con họp ở nhà văn hóa"></p>',
        '<p>Xem <a href="/van-ban/">danh sách văn bản của xã</a></p>',
        '<p>Xem <a href="/van-ban/">trang của đơn vị</a> và <a href="mailto:a@x.vn">thư</a></p>',
    ],
)
def test_sound_forms_are_left_alone(body):
    pictures = {
        "/media/a.jpg": PictureFacts("hop-thon-1.jpg"),
        "/media/b.jpg": PictureFacts("vien.png", is_decorative=True),
    }
    assert _codes(body=BODY + body, pictures=pictures) == set()


@pytest.mark.parametrize(
    ("cover", "alt", "code"),
    [
        (PictureFacts("a.jpg"), "", "alt_missing"),
        (PictureFacts("hop-thon.jpg"), "hop thon", "alt_is_file_name"),
    ],
)
def test_the_cover_needs_words_of_its_own(cover, alt, code):
    assert _codes(cover=cover, cover_alt=alt) == {code}


def test_a_decorative_cover_needs_none():
    assert _codes(cover=PictureFacts("a.jpg", is_decorative=True)) == set()


# --- Links out ------------------------------------------------------------------------------

OUT = '<p><a href="https://Cu.vn/1">một</a> <a href="http://moi.vn:8080/">hai</a></p>'


def test_only_hosts_that_are_new_to_the_site_are_named():
    asked = []

    def linked_before(hosts):
        asked.append(set(hosts))
        return {"cu.vn"}

    [finding] = _findings(
        body=f'{BODY}{OUT}<p><a href="https://xa.vn/">ba</a> <a href="/tin-tuc/">bốn</a></p>',
        own_hosts=frozenset({"xa.vn"}),
        hosts_linked_before=linked_before,
    )
    assert (finding.code, finding.where) == ("host_never_linked", ("moi.vn",))
    assert asked == [{"cu.vn", "moi.vn"}]


def test_a_text_without_links_out_asks_nothing():
    def never(hosts):
        raise AssertionError

    assert _codes(hosts_linked_before=never) == set()


def test_hosts_are_those_of_links():
    assert outbound_hosts(clean(OUT)) == {"cu.vn", "moi.vn"}
    assert outbound_hosts('<p><a href="http://[/">a</a></p>') == {"http://[/"}


# --- Findings -------------------------------------------------------------------------------


def test_many_places_become_one_finding_that_counts_them():
    [finding] = _findings(body=BODY + '<p><img src="/media/a.jpg" alt=""></p>' * 9)
    assert finding.where == ("a.jpg",) * MOST_PLACES
    assert finding.more == 9 - MOST_PLACES


def test_a_place_is_shown_with_the_words_around_it():
    [finding] = _findings(
        body=f"{BODY}<p>{'trước ' * 30}gọi 0912345678 nhé {'sau ' * 30}</p>"
    )
    [place] = finding.where
    assert "gọi 0912345678 nhé" in place
    assert place.startswith("… trước")
    assert place.endswith("sau …")
    assert len(place) < 110


@given(html=st.text(), title=st.text(), lead=st.text())
@settings(max_examples=200)
def test_any_text_can_be_checked(html, title, lead):
    for finding in check(QualityInput(title=title, body=clean(html), lead=lead)):
        assert finding.message.endswith(".")


def test_the_checks_need_no_models():
    """They run where no database is: the registry of models stays untouched."""
    program = (
        "from django.conf import settings; settings.configure(MEDIA_URL='/media/')\n"
        "from django.apps import apps\n"
        "import articles.quality, portal.legacy_fonts, articles.comparison\n"
        "assert not apps.ready and not apps.all_models\n"
    )
    run([sys.executable, "-W", "error", "-c", program], check=True)
