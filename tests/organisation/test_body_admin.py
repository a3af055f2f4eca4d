"""The forms and lists in which staff keep bodies and officers."""

import pytest
from django.urls import reverse

from organisation.models import Body, Officer
from portal import roles
from portal.audit import AuditEntry
from tests.factory import make_body, make_officer, make_user

pytestmark = pytest.mark.django_db

BODIES = reverse("admin:organisation_body_changelist")
OFFICERS = reverse("admin:organisation_officer_changelist")


@pytest.fixture
def staff(client):
    client.force_login(make_user(roles=[roles.APPROVER]))
    return client


def body_form(**fields):
    return {
        "name": "Tư pháp",
        "kind": "chuyen-mon",
        "order": "0",
        "is_shown": "on",
    } | fields


def officer_form(**fields):
    values = {"name": "Mai Lam", "position": "Công chức", "order": "0", "is_shown": "on"}
    return values | fields


def errors(response):
    return response.context["adminform"].form.non_field_errors()


def test_a_new_body_gets_its_name_on_the_address(staff):
    response = staff.post(f"{BODIES}add/", body_form(slug="Tư pháp  hộ tịch"))
    assert response.status_code == 302
    assert Body.objects.get().slug == "tu-phap-ho-tich"
    assert AuditEntry.objects.get(action="organisation.body.add")


def test_a_number_that_looks_private_is_asked_about_beside_what_was_typed(staff):
    body = make_body()
    form = officer_form(body=body.pk, phone="0912.345.678")
    refused = staff.post(f"{OFFICERS}add/", form)
    assert "giống số riêng" in str(errors(refused))
    assert "0912.345.678" in refused.content.decode()
    assert not Officer.objects.exists()
    staff.post(f"{OFFICERS}add/", form | {"is_contact_confirmed": "on"})
    assert Officer.objects.get().phone == "0912.345.678"
    assert AuditEntry.objects.get(action="organisation.officer.add").note


def test_a_body_is_not_offered_a_place_below_itself(staff):
    top = make_body()
    below = make_body(parent=top)
    page = staff.get(f"{BODIES}{top.pk}/change/")
    offered = [key for key, _ in page.context["adminform"].form.fields["parent"].choices]
    assert below.pk not in offered and top.pk not in offered


@pytest.mark.parametrize(
    ("address", "make"), [(BODIES, make_body), (OFFICERS, make_officer)]
)
def test_order_and_visibility_are_set_in_the_list(staff, address, make):
    row = make(phone="0912.345.678")
    response = staff.post(
        address,
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": row.pk,
            "form-0-order": "4",
            "_save": "Lưu",
        },
    )
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.order, row.is_shown, row.phone) == (4, False, "0912.345.678")
    assert AuditEntry.objects.first().after == {"thứ tự": 4, "hiển thị": False}


def test_the_list_of_bodies_is_a_tree(staff):
    top = make_body(name="Ủy ban", order=1)
    make_body(name="Văn phòng", parent=top)
    make_body(name="Đảng ủy", order=0)
    html = staff.get(BODIES).content.decode()
    names = ["Đảng ủy", "Ủy ban", "— Văn phòng"]
    assert sorted(names, key=html.index) == names


def test_the_list_of_officers_is_narrowed_to_a_body_and_searched(staff):
    here = make_officer(body=make_body(slug="tu-phap"), name="Mai Hằng Nga")
    make_officer(name="Kiều Sơn")
    for query in ("co-quan=tu-phap", "q=hang+nga", "q=H%E1%BA%B1ng"):
        page = staff.get(f"{OFFICERS}?{query}")
        assert list(page.context["cl"].result_list) == [here], query
    assert staff.get(f"{OFFICERS}?co-quan=%00").status_code < 500


def test_what_something_stands_on_is_not_deleted(staff):
    officer = make_officer()
    staff.post(f"{BODIES}{officer.body.pk}/delete/", {"post": "yes"})
    assert Body.objects.filter(pk=officer.body.pk).exists()
    staff.post(f"{OFFICERS}{officer.pk}/delete/", {"post": "yes"})
    staff.post(f"{BODIES}{officer.body.pk}/delete/", {"post": "yes"})
    assert not Body.objects.exists()
