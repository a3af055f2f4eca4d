import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.personal_data import MASK, Kind, find, mask


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "091-234-5678",
        "Gọi 0378.123.456 để biết thêm.",
        "+84912345678",
        "+84 912 345 678",
        "(+84) 912 345 678",
        "0084912345678",
        "84 912345678",
        "0237.3742.289",
        "(0237) 3742 289",
        "02373742289",
        "０９１２３４５６７８",
        "09\u200b12345678",
        "0912345678-0987654321",
        "ĐT:0912345678, thôn 3",
    ],
)
def test_telephone_numbers_are_found_as_people_write_them(text):
    assert find(text) == [Kind.PHONE]


@pytest.mark.parametrize(
    "text",
    [
        "038085001234",
        "Số 038 085 001 234",
        "173456789",
        "CMND: 173.456.789",
        "CCCD số 038085001234 cấp ngày 01/02/2021",
        "căn cước công dân 038 085 001234",
        "hộ chiếu B1234567",
    ],
)
def test_identity_numbers_are_found(text):
    assert find(text) == [Kind.ID_NUMBER]


@pytest.mark.parametrize("text", ["a@b.vn", "thư: nguyen.van-a+x@xa.thanhhoa.gov.vn."])
def test_mail_addresses_are_found(text):
    assert find(text) == [Kind.EMAIL]


@pytest.mark.parametrize(
    "text",
    [
        "sinh ngày 01/02/1980",
        "Sinh năm 1975",
        "Ngày sinh: 1.2.1980",
        "ngày tháng năm sinh 01-02-1980",
        "Năm sinh: 1980",
        "sinh 12/05/1990",
        "(SN 1980)",
        "sinh ngày 5 tháng 6 năm 1977",
        unicodedata.normalize("NFD", "sinh năm 1975"),
    ],
)
def test_birthdays_are_found(text):
    assert find(text) == [Kind.BIRTH]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Không phát sinh hồ sơ.",
        "Hồ sơ 000.17.22.H56-210531-0001 đã trả.",
        "H56.17.22-250701-0001",
        "h56.17.22-250701-000123",
        "Thủ tục 1.004227.000.00.00.H56 và 2.000986",
        "khai sinh năm 2024, tuyển sinh năm 2024, học sinh ngày 5/9/2024",
        "Hồ sơ phát sinh ngày 3/4/2024",
        "Lệ phí 300.000 đồng, tổng 123456789 đồng",
        "Từ ngày 15/12/2023 đến ngày 14/01/2024",
        "Báo cáo số 125/BC-UBND ngày 14/01/2024",
        "0 5 3 2 0 12 4 5 1 0",
        "12 345 678 hồ sơ",
        "Tổng đài 1900 1234, gọi 113",
        "Thông tư 01/2020/TT-VPCP",
    ],
)
def test_codes_figures_and_days_are_no_personal_data(text):
    assert find(text) == []


def test_each_kind_is_named_once_in_a_fixed_order():
    text = "a@b.vn, 0912345678, 0987654321, sinh năm 1980, CCCD 038085001234"
    assert find(text) == [Kind.PHONE, Kind.ID_NUMBER, Kind.EMAIL, Kind.BIRTH]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("31/13/2024", "31/13/2024"),
        ("2024-01-35", "2024-01-35"),
        ("12/01/24", "12/01/24"),
        ("Tháng 01.2024", "Tháng 01.2024"),
        ("2024-01", "2024-01"),
        ("12.2024.123456", MASK),
        ("H56.17.22-250701-0001", "H56.17.22-250701-0001"),
        ("000.17.22.H56-210531-0001", "000.17.22.H56-210531-0001"),
        ("1.004227", "1.004227"),
        ("Đang xử lý", "Đang xử lý"),
        ("HỒ SƠ CHỜ BỔ SUNG", "HỒ SƠ CHỜ BỔ SUNG"),
        ("Hộ tịch", "Hộ tịch"),
        ("1.234", "1.234"),
        ("12/05/1980", MASK),
        ("0912.345.678", MASK),
        ("12345678", MASK),
        ("a@b.vn", MASK),
        ("Nguyễn Văn An", MASK),
        ("NGUYỄN THỊ BÌNH", MASK),
        ("NGUYEN VAN AN", MASK),
        ("nguyễn văn an", MASK),
        ("Lò Văn Ún nhận", f"{MASK} nhận"),
        ("trả ông Hùng", f"trả {MASK}"),
        ("12/01/2024 Trần B.", f"12/01/2024 {MASK}"),
        ("Nguyễn Văn An, 0912345678", f"{MASK}, {MASK}"),
    ],
)
def test_a_masked_cell_shows_what_is_wrong_and_nobody(text, shown):
    assert mask(text) == shown


_PIECES = st.sampled_from(
    ["0912345678", "0912 345 678", "038085001234", "a@b.vn", "sinh năm 1980", "+84", "12"]
    + [
        "1.004227",
        "H56.17.22-250701-0001",
        "Nguyễn Văn An",
        "12/01/2024",
        " ",
        ".",
        "-",
        ", ",
    ]
)


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text())
@example("sinh năm 1980Nguyễn Văn An")
def test_nothing_is_found_in_what_was_masked(text):
    assert find(mask(text)) == []


def test_a_hostile_text_takes_no_longer_than_its_length():
    started = time.perf_counter()
    for text in (
        "0" * 100_000,
        "a." * 50_000,
        "0 9" * 30_000,
        "sinh " * 20_000,
        "a@" * 50_000,
    ):
        find(text)
        mask(text)
    assert time.perf_counter() - started < 5


def test_the_module_needs_no_django():
    code = "import sys, portal.personal_data; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
