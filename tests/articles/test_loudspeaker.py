from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.loudspeaker import script, spoken


def read_out(**fields):
    values = {
        "title": "Lịch họp",
        "lead": "",
        "html": "<p>Họp ở nhà văn hóa</p>",
        "unit": "Xã Đông Thanh",
        "phone": "0237.000.0000",
        "published_on": date(2024, 1, 26),
    }
    return script(**values | fields).strip().split("\n\n")


def test_the_text_greets_tells_repeats_the_phone_and_thanks():
    assert read_out(lead="Mời bà con dự họp.") == [
        "[Bản đọc loa, khoảng 1 phút. Dòng này không đọc.]",
        "Kính thưa toàn thể bà con xã Đông Thanh. Sau đây là tin của xã Đông Thanh, "
        "đăng ngày 26 tháng 1 năm 2024.",
        "Lịch họp.",
        "Mời bà con dự họp.",
        "Họp ở nhà văn hóa.",
        "Bà con cần hỏi thêm, xin gọi số điện thoại 0237 000 0000. "
        "Xin nhắc lại: 0237 000 0000.",
        "Cảm ơn bà con đã chú ý lắng nghe.",
    ]


def test_a_unit_without_a_phone_names_none():
    assert not any("điện thoại" in line for line in read_out(phone=""))


def test_the_time_it_takes_is_told():
    assert "khoảng 4 phút" in read_out(html=f"<p>{'chữ ' * 560}</p>")[0]


def test_a_table_is_read_row_by_row_with_the_names_of_its_columns():
    html = (
        "<table><thead><tr><th>Thôn</th><th>Giờ</th></tr></thead><tbody>"
        '<tr><td rowspan="2">Kiệm</td><td>7h30</td></tr><tr><td>14h</td></tr>'
        '<tr><td colspan="2">Nghỉ Chủ nhật</td></tr></tbody></table>'
    )
    assert read_out(html=html)[3:-2] == [
        "Thôn: Kiệm. Giờ: 7 giờ 30.",
        "Thôn: Kiệm. Giờ: 14 giờ.",
        "Nghỉ Chủ nhật.",
    ]


def test_a_table_without_names_of_columns_is_read_as_it_stands():
    html = "<table><tr><td>Kiệm</td><td></td><td>12 hộ</td></tr></table>"
    assert "Kiệm, 12 hộ." in read_out(html=html)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("UBND, HĐND và UBMTTQ xã", "Ủy ban nhân dân, Hội đồng nhân dân và Ủy ban Mặt trận Tổ quốc xã."),
        ("thẻ BHYT", "thẻ bảo hiểm y tế."),
        ("UBND TP. Thanh Hóa, TP.Vinh", "Ủy ban nhân dân thành phố Thanh Hóa, thành phố Vinh."),
        ("ngày 05.02.2024", "ngày 5 tháng 2 năm 2024."),
        ("Sáng thứ Bảy, 27/1/2024", "Sáng thứ Bảy, ngày 27 tháng 1 năm 2024."),
        ("chiều 3/2", "chiều ngày 3 tháng 2."),
        ("từ ngày 1/2 đến hết 5/3", "từ ngày 1 tháng 2 đến hết ngày 5 tháng 3."),
        ("tháng 1/2024", "tháng 1 năm 2024."),
        ("từ 7h30-11h", "từ 7 giờ 30 đến 11 giờ."),
        ("lúc 14h00', 17:00, 8g15", "lúc 14 giờ, 17 giờ, 8 giờ 15."),
        ("nộp 500.000đ, giảm 5%", "nộp 500.000 đồng, giảm 5 phần trăm."),
        ("gọi 0237.3742.289", "gọi 0237 3742 289."),
        ("Xem https://dichvucong.gov.vn/a?b=c.", "Xem địa chỉ ghi trên trang thông tin điện tử."),
        ("nộp ở dichvucong.gov.vn, nhé", "nộp ở địa chỉ ghi trên trang thông tin điện tử, nhé."),
        ("Ai đi họp?", "Ai đi họp?"),
    ],
)  # fmt: skip
def test_what_the_ear_cannot_take_in_is_put_into_words(written, said):
    assert spoken(written) == said


@pytest.mark.parametrize(
    "text",
    [
        "Công văn số 12/UBND-VP.",
        "TT 01/2020/TT-VPCP.",
        "ngày 31/2/2024.",
        "giảm 1/2 số hộ.",
        "tối 1/2 số đèn.",
        "tỷ số 7:3.",
        "lúc 08:30:05.",
        "SUBNDX.",
        "10-12 người.",
    ],
)
def test_what_is_not_certain_stays_as_it_is_written(text):
    assert spoken(text) == text


def test_nothing_to_say_is_nothing():
    assert spoken(" – ") == ""


@given(st.text(max_size=300))
def test_any_text_can_be_said(text):
    assert "http://" not in spoken(text)
    read_out(title=text, lead=text, html=f"<p>{text}</p>", phone=text)
