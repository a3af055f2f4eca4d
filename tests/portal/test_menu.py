"""The menu shows what leads somewhere, two levels deep."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from portal import menu, targets
from portal.menu import Node
from portal.models import MenuItem
from portal.targets import Target
from tests.factory import make_menu_item, make_user

pytestmark = pytest.mark.django_db

NEWS = Target("test:news", "Tin tức", "/tin-tuc/")
EMPTY = Target("test:empty", "Văn bản", "/van-ban/", has_content=False)


@pytest.fixture(autouse=True)
def _providers(monkeypatch):
    monkeypatch.setattr(targets, "_providers", [lambda: [NEWS, EMPTY]])


def test_entries_lead_to_pages_and_to_other_sites():
    make_menu_item(label="Tin", target="test:news", order=1)
    make_menu_item(label="Tỉnh", url="https://tinh.example/", order=2)
    make_menu_item(label="Lịch", url="/gioi-thieu/lich/", order=3)
    make_menu_item(label="Ẩn", target="test:news", order=0, is_shown=False)
    assert menu.tree() == [
        Node("Tin", "/tin-tuc/"),
        Node("Tỉnh", "https://tinh.example/", is_external=True),
        Node("Lịch", "/gioi-thieu/lich/"),
    ]


def test_an_entry_whose_page_is_empty_or_gone_is_left_out():
    make_menu_item(target="test:empty")
    make_menu_item(target="test:gone")
    assert menu.tree() == []


def test_a_heading_is_shown_only_above_entries():
    make_menu_item(label="Trống")
    above = make_menu_item(label="Giới thiệu")
    make_menu_item(label="Tin", parent=above, target="test:news")
    make_menu_item(label="Chưa có", parent=above, target="test:empty")
    make_menu_item(label="Tiêu đề con", parent=above)
    assert menu.tree() == [Node("Giới thiệu", "", children=(Node("Tin", "/tin-tuc/"),))]


def test_an_entry_whose_page_is_empty_stays_as_the_heading_of_its_entries():
    above = make_menu_item(label="Văn bản", target="test:empty")
    make_menu_item(label="Tin", parent=above, target="test:news")
    assert menu.tree() == [Node("Văn bản", "", children=(Node("Tin", "/tin-tuc/"),))]


def test_what_lies_below_a_hidden_entry_is_hidden():
    above = make_menu_item(is_shown=False)
    make_menu_item(parent=above, target="test:news")
    assert menu.tree() == []


def test_the_whole_tree_costs_one_query(django_assert_num_queries):
    for number in range(5):
        above = make_menu_item(label=f"Mục {number}")
        make_menu_item(parent=above, target="test:news")
    with django_assert_num_queries(1):
        menu.tree()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"target": "test:news", "url": "/x/"}, "menu_item_has_one_destination"),
        ({"url": "javascript:alert(1)"}, "menu_item_address_is_safe"),
        ({"url": "//evil.example/"}, "menu_item_address_is_safe"),
        ({"url": "/\\evil.example/"}, "menu_item_address_is_safe"),
        ({"url": "https:///x"}, "menu_item_address_is_safe"),
        ({"url": "https://x.example/ y"}, "menu_item_address_is_safe"),
        ({"url": "tin-tuc/"}, "menu_item_address_is_safe"),
    ],
)
def test_a_wrong_destination_is_refused_by_form_and_database(fields, constraint):
    with pytest.raises(ValidationError):
        MenuItem(label="Mục", **fields).full_clean()
    with pytest.raises(IntegrityError, match=constraint):
        make_menu_item(**fields)


def test_a_menu_has_two_levels():
    top = make_menu_item()
    child = make_menu_item(parent=top, target="test:news")
    with pytest.raises(ValidationError, match="hai cấp"):
        MenuItem(label="Cấp ba", parent=child).full_clean()
    top.parent = make_menu_item(label="Khác")
    with pytest.raises(ValidationError, match="mục chính"):
        top.full_clean()


def test_an_entry_is_not_below_itself():
    item = make_menu_item()
    with pytest.raises(IntegrityError, match="menu_item_not_below_itself"):
        MenuItem.objects.filter(pk=item.pk).update(parent=item)


def test_the_admin_offers_the_pages_that_exist(client):
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    page = client.get(reverse("admin:portal_menuitem_add")).content.decode()
    assert '<option value="test:news">Tin tức</option>' in page
    assert "Văn bản (chưa có nội dung)" in page


def test_the_admin_keeps_an_entry_whose_page_is_gone(client):
    item = make_menu_item(label="Cũ", target="test:gone")
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    change = reverse("admin:portal_menuitem_change", args=[item.pk])
    assert "(trang này không còn)" in client.get(change).content.decode()
    client.post(change, {"label": "Mới", "target": "test:gone", "order": 0})
    item.refresh_from_db()
    assert (item.label, item.target) == ("Mới", "test:gone")


def test_the_admin_list_says_where_entries_lead(client):
    make_menu_item(label="Một", target="test:news")
    make_menu_item(label="Hai", url="https://tinh.example/")
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    page = client.get(reverse("admin:portal_menuitem_changelist")).content.decode()
    assert "Tin tức" in page
    assert "https://tinh.example/" in page


def test_a_page_outside_the_list_is_refused_by_the_admin(client):
    client.force_login(make_user(roles=["Quản trị hệ thống"]))
    response = client.post(
        reverse("admin:portal_menuitem_add"), {"label": "Mới", "target": "bịa", "order": 0}
    )
    assert response.status_code == 200
    assert not MenuItem.objects.exists()
