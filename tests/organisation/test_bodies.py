"""Changes of the bodies: what is refused, and what is recorded."""

import pytest
from django.contrib.auth.models import Permission

from organisation.bodies import delete_body, save_body
from organisation.models import Body, BodyKind
from portal.audit import AuditEntry
from portal.redirects import Redirect
from portal.refusals import Refused
from tests.factory import make_body, make_officer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(content_type__model="body"))
    return user


def new_body(**fields):
    return Body(**({"kind": BodyKind.OFFICE, "name": "Tư pháp –  Hộ tịch"} | fields))


def test_a_body_gets_a_slug_of_its_name_and_is_recorded(keeper):
    body = save_body(body=new_body(), actor=keeper)
    assert (body.name, body.slug) == ("Tư pháp – Hộ tịch", "tu-phap-ho-tich")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("organisation.body.add", keeper)
    assert str(entry) == "Thêm cơ quan, bộ phận: Tư pháp – Hộ tịch"


def test_a_body_is_not_moved_below_itself(keeper):
    top = make_body()
    below = make_body(parent=make_body(parent=top))
    top.parent = below
    with pytest.raises(Refused, match="không thể trực thuộc chính nó"):
        save_body(body=top, actor=keeper)


def test_a_name_on_the_address_belongs_to_one_body(keeper):
    make_body(slug="tu-phap-ho-tich")
    with pytest.raises(Refused, match="Tên trên địa chỉ"):
        save_body(body=new_body(), actor=keeper)


def test_the_address_of_a_renamed_body_leads_to_the_new_one(keeper, client):
    body = make_body(slug="tu-phap")
    body.slug = "tư pháp, hộ tịch"
    save_body(body=body, actor=keeper)
    assert Redirect.objects.get().new == "/co-cau-to-chuc/tu-phap-ho-tich/"
    answer = client.get("/co-cau-to-chuc/tu-phap/")
    assert (answer.status_code, answer["Location"]) == (
        301,
        "/co-cau-to-chuc/tu-phap-ho-tich/",
    )


def test_only_what_differs_is_recorded(keeper):
    body = make_body()
    body.order = 3
    save_body(body=body, actor=keeper)
    save_body(body=body, actor=keeper)
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == ({"thứ tự": 0}, {"thứ tự": 3})


def test_a_body_on_which_something_stands_is_not_deleted(keeper):
    parent = make_body()
    child = make_body(parent=parent)
    make_officer(body=child)
    with pytest.raises(Refused, match="còn bộ phận trực thuộc"):
        delete_body(body=parent, actor=keeper)
    with pytest.raises(Refused, match="còn cán bộ"):
        delete_body(body=child, actor=keeper)
    delete_body(body=make_body(), actor=keeper)
    assert set(Body.objects.all()) == {parent, child}
    assert AuditEntry.objects.get().action == "organisation.body.delete"


@pytest.mark.parametrize("change", [save_body, delete_body])
def test_bodies_are_kept_by_those_who_may(change):
    body = make_body()
    with pytest.raises(Refused, match="chưa được giao quyền"):
        change(body=body, actor=make_user())
    assert Body.objects.filter(pk=body.pk).exists()


def test_duties_are_lines_without_typed_bullets():
    body = new_body(duties="- Đăng ký khai sinh\n\n• Chứng thực \n  \nHòa giải")
    assert body.duty_list == ["Đăng ký khai sinh", "Chứng thực", "Hòa giải"]
