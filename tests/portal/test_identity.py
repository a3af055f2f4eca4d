"""The unit that runs the site is one editable record, present or not."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from portal import identity
from portal.identity import UnitType
from portal.models import Identity
from tests.factory import make_identity, make_user

pytestmark = pytest.mark.django_db


def test_a_commune_in_a_district_is_named_in_full():
    unit = make_identity()
    assert unit.full_name == "Xã Đông Thanh"
    assert unit.place == "Xã Đông Thanh - Huyện Đông Sơn - Tỉnh Thanh Hóa"
    assert unit.welcome == (
        "Chào mừng bạn đến với Trang thông tin điện tử "
        "Xã Đông Thanh - Huyện Đông Sơn - Tỉnh Thanh Hóa"
    )


def test_a_ward_without_district_is_directly_under_its_province():
    unit = make_identity(unit_type=UnitType.WARD, name="Đông Tiến", district="")
    assert unit.place == "Phường Đông Tiến - Tỉnh Thanh Hóa"


def test_an_own_welcome_replaces_the_built_one():
    assert make_identity(welcome_override="Kính chào quý vị").welcome == "Kính chào quý vị"


def test_before_it_is_entered_the_site_has_a_neutral_unsaved_identity():
    unit = identity.current()
    assert unit.pk is None
    assert (unit.full_name, unit.place) == ("Trang thông tin điện tử", "")
    assert unit.welcome == "Chào mừng bạn đến với Trang thông tin điện tử"
    assert unit.phone_link == ""


def test_the_current_identity_costs_one_query_with_its_images(django_assert_num_queries):
    make_identity()
    with django_assert_num_queries(1):
        unit = Identity.objects.current()
        assert (unit.emblem, unit.banner) == (None, None)


def test_the_office_phone_is_dialled_in_international_form():
    assert make_identity(phone="(0237) 3.742.289").phone_link == "tel:+842373742289"


def test_the_database_holds_one_identity():
    make_identity()
    with pytest.raises(IntegrityError, match="identity_is_single"):
        Identity.objects.create(pk=2, name="Thứ hai")


@pytest.mark.parametrize(
    ("fields", "culprit", "said"),
    [
        ({"name": "xã Đông Thanh"}, "name", "Chỉ ghi tên riêng"),
        ({"phone": "gọi cô Hoa"}, "phone", "Số này không gọi được"),
        ({"successor_url": "ftp://x.example/"}, "successor_url", "https://"),
        ({"successor_url": "javascript:alert(1)"}, "successor_url", "https://"),
        ({"unit_type": "bang"}, "unit_type", "bang"),
    ],
)
def test_a_wrong_entry_is_explained_in_vietnamese(fields, culprit, said):
    unit = make_identity()
    for name, value in fields.items():
        setattr(unit, name, value)
    with pytest.raises(ValidationError) as refused:
        unit.full_clean()
    assert said in " ".join(refused.value.message_dict[culprit])


def _form(**fields):
    return {
        "unit_type": "xa",
        "name": "Đông Thanh",
        "province": "tỉnh Thanh Hóa",
        "governing_body": "Ủy ban nhân dân xã Đông Thanh",
        "address": "Thôn Phúc Triền 1",
    } | fields


def test_the_admin_goes_from_no_record_to_the_one_record(client):
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    listing = reverse("admin:portal_identity_changelist")
    add = reverse("admin:portal_identity_add")

    assert client.get(listing).headers["Location"] == add
    client.post(add, _form())
    change = reverse("admin:portal_identity_change", args=[1])
    assert client.get(listing).headers["Location"] == change
    assert Identity.objects.get().pk == 1
    assert client.get(add).status_code == 403, "no second one"
    assert client.post(reverse("admin:portal_identity_delete", args=[1])).status_code == 403


@pytest.mark.parametrize("key", ["x", "a\x00b", "99999999999999999999", "-1"])
def test_a_picture_that_cannot_be_one_is_explained(client, key):
    make_identity()
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    change = reverse("admin:portal_identity_change", args=[1])
    response = client.post(change, _form(emblem=key))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["emblem"]


def test_an_editor_does_not_reach_the_identity(client):
    make_identity()
    client.force_login(make_user(roles=["Biên tập viên"]))
    assert client.get(reverse("admin:portal_identity_changelist")).status_code == 403
    assert client.get(reverse("admin:portal_identity_change", args=[1])).status_code == 403
