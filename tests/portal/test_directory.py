"""Phone numbers can be dialled however they are written; links lead to the web only."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from portal import directory
from portal.models import UsefulPhone, WebLink
from portal.phone import tel_uri
from tests.factory import make_phone, make_web_link


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("02373.742.289", "tel:+842373742289"),
        ("(0237) 3 742 289", "tel:+842373742289"),
        ("+84 237 3742 289", "tel:+842373742289"),
        ("+84 (0)237 3742 289", "tel:+842373742289"),
        ("024-3825-0000", "tel:+842438250000"),
        ("0912 345 678", "tel:+84912345678"),
        ("069.234.0256", "tel:+84692340256"),
        ("113", "tel:113"),
        ("1022", "tel:1022"),
        ("1900 1234", "tel:19001234"),
        ("1800.599.920", "tel:1800599920"),
    ],
)
def test_a_number_is_dialled_however_it_is_written(written, dialled):
    assert tel_uri(written) == dialled


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "+",
        "12345678",
        "0123456789",
        "09123456789",
        "+1 202 555 0100",
        "113, 114",
        "0237 3742 289 máy lẻ 2",
        "javascript:alert(1)",
        "٠٩١٢٣٤٥٦٧٨",
        "113\n114",
        "0912345678\x00",
    ],
)
def test_what_is_no_single_vietnamese_number_is_refused_with_an_example(written):
    phone = UsefulPhone(label="Công an xã", number=written)
    assert phone.tel == ""
    with pytest.raises(ValidationError) as refused:
        phone.clean_fields()
    assert "number" in refused.value.message_dict
    with pytest.raises(ValidationError, match="0237.3742.289"):
        directory.validate_phone(written)


@pytest.mark.django_db
def test_the_database_refuses_letters_in_a_number():
    with pytest.raises(IntegrityError, match="useful_phone_is_written_in_digits"):
        make_phone(number="javascript:1")


@pytest.mark.django_db
def test_groups_stand_in_the_order_of_their_first_phone():
    make_phone(group="Khẩn cấp", label="Công an", number="113", order=2)
    make_phone(group="Trụ sở", label="Một cửa", order=1)
    make_phone(group="Trụ sở", label="Văn phòng", order=3)
    make_phone(group="Trụ sở", label="Số cũ", order=0, is_shown=False)
    assert [
        (group, [phone.label for phone in phones])
        for group, phones in directory.phones_by_group()
    ] == [("Trụ sở", ["Một cửa", "Văn phòng"]), ("Khẩn cấp", ["Công an"])]


@pytest.mark.django_db
def test_all_phones_come_with_one_query(django_assert_num_queries):
    make_phone(group="Khẩn cấp", number="113")
    make_phone(group="Trụ sở")
    with django_assert_num_queries(1):
        directory.phones_by_group()


@pytest.mark.django_db
def test_hidden_links_stay_away_and_the_rest_is_in_order():
    make_web_link(label="Sau", order=2)
    make_web_link(label="Trước", order=1)
    make_web_link(label="Ẩn", order=0, is_shown=False)
    assert [link.label for link in directory.links()] == ["Trước", "Sau"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://x.example/",
        "//x.example/",
        "https://",
    ],
)
def test_a_web_link_leads_to_the_web(url):
    with pytest.raises(ValidationError) as refused:
        WebLink(label="Trang", url=url).clean_fields()
    assert "Hãy ghi đủ địa chỉ trang web" in " ".join(refused.value.message_dict["url"])


@pytest.mark.django_db
def test_the_database_refuses_a_link_that_is_no_web_address():
    with pytest.raises(IntegrityError, match="web_link_is_http"):
        make_web_link(url="javascript:alert(1)")
