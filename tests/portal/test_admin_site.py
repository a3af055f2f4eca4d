"""The admin: who comes in, under which policy, what it offers, and who may change accounts."""

from datetime import date

import pytest
from csp.constants import NONCE
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import CategoryDuty
from portal import admin_start, roles
from portal.admin_site import POLICY
from portal.admin_start import StartCard
from portal.models import AuditEntry, User
from tests.factory import (
    PASSWORD,
    make_category,
    make_identity,
    make_menu_item,
    make_user,
)

pytestmark = pytest.mark.django_db

INDEX = "/quan-tri/"
USERS = "admin:portal_user_"
NEW_PASSWORD = "cay-da-ben-dinh-lang"


@pytest.fixture
def administrator(client):
    user = make_user(roles=[roles.ADMINISTRATOR])
    client.force_login(user)
    return user


def _form(user, **changes):
    """Return what the account form of `user` posts when nothing but `changes` is touched."""
    return {
        "username": user.username,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "email": user.email,
        "is_active": "on",
        "groups": [group.pk for group in user.groups.all()],
    } | changes


# --- Coming in ------------------------------------------------------------------------


def test_the_sign_in_page_names_the_unit_in_our_theme(client):
    make_identity()
    page = client.get(reverse("admin:login")).content.decode()
    assert "Xã Đông Thanh" in page
    assert "<h1>Đăng nhập</h1>" in page
    assert "admin-theme/theme.css" in page


def test_a_wrong_password_is_explained_in_vietnamese(client):
    user = make_user()
    page = client.post(
        reverse("admin:login"), {"username": user.username, "password": "sai"}
    ).content.decode()
    assert "mật khẩu không đúng" in page


@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_active": False}])
def test_closed_accounts_and_strangers_stay_outside(client, fields):
    client.force_login(make_user(**fields))
    assert client.get(INDEX).status_code == 302


# --- Policy ---------------------------------------------------------------------------


def _directives(response):
    policy = response.headers["Content-Security-Policy"]
    return dict(directive.strip().split(" ", 1) for directive in policy.split(";"))


@pytest.mark.parametrize(
    "path", ["", "password_change/", "portal/user/", "portal/user/add/", "jsi18n/"]
)
def test_admin_pages_allow_nothing_inline(path, client):
    client.force_login(make_user(is_superuser=True))
    response = client.get(INDEX + path)
    assert response.status_code == 200
    directives = _directives(response)
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"


def test_the_sign_in_page_allows_nothing_inline(client):
    response = client.get(reverse("admin:login"))
    assert _directives(response)["script-src"] == "'self'"
    assert response._csp_replace is POLICY


def test_an_admin_page_may_have_a_nonce_and_a_policy_of_its_own_stays(rf):
    def plain(request):
        return HttpResponse()

    def own(request):
        response = HttpResponse()
        response._csp_replace = {"script-src": ["own"]}
        return response

    request = rf.get(INDEX)
    request.user = make_user()
    assert NONCE in admin.site.admin_view(plain)(request)._csp_replace["script-src"]
    assert admin.site.admin_view(own)(request)._csp_replace == {"script-src": ["own"]}


# --- Start page -------------------------------------------------------------------------


def test_the_start_page_offers_what_one_may_do_next_in_order(client, monkeypatch):
    cards = [
        StartCard("Sau", "", "/b/", permission="articles.add_article", order=2),
        StartCard("Trước", "Còn 3 bản nháp.", "/a/", order=1),
        StartCard("Không được", "", "/c/", permission="portal.add_user"),
    ]
    monkeypatch.setattr(admin_start, "_providers", [lambda request: cards])
    client.force_login(make_user(roles=[roles.EDITOR]))
    response = client.get(INDEX)
    assert [card.title for card in response.context["start_cards"]] == ["Trước", "Sau"]
    assert "Còn 3 bản nháp." in response.content.decode()


def test_a_new_site_says_what_it_still_lacks(client, administrator):
    def titles():
        return {card.title for card in client.get(INDEX).context["start_cards"]}

    assert {"Khai báo thông tin đơn vị", "Lập menu", "Ghi điện thoại hữu ích"} <= titles()
    make_identity()
    make_menu_item()
    assert titles().isdisjoint({"Khai báo thông tin đơn vị", "Lập menu"})


def test_nothing_is_counted_for_those_who_may_not_act_on_it(rf):
    request = rf.get(INDEX)
    request.user = make_user()
    with CaptureQueriesContext(connection) as queries:
        assert admin_start.cards_for(request) == []
    asked = " ".join(query["sql"] for query in queries)
    tables = ("menuitem", "usefulphone", "picture", "attachment", "article")
    assert [table for table in tables if f"_{table}" in asked] == []


def test_the_start_page_leads_to_the_site_and_its_patterns(client, administrator):
    page = client.get(INDEX).content.decode()
    assert 'href="/">Xem trang<' in page
    assert f'href="{reverse("style_guide")}"' in page


def test_registering_a_provider_twice_shows_its_cards_once(monkeypatch):
    monkeypatch.setattr(admin_start, "_providers", [])

    def provider(request):
        return []

    admin_start.register(provider)
    admin_start.register(provider)
    assert admin_start._providers == [provider]


# --- Accounts ---------------------------------------------------------------------------


def test_an_account_is_made_with_a_name_and_roles(client, administrator):
    editors = Group.objects.get(name=roles.EDITOR)
    client.post(
        reverse(USERS + "add"),
        {
            "username": "binh.nv",
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
            "last_name": "Nguyễn Văn",
            "first_name": "Bình",
            "groups": [editors.pk],
        },
    )
    user = User.objects.get(username="binh.nv")
    assert user.is_staff
    assert not user.is_superuser
    assert user.check_password(NEW_PASSWORD)
    assert user.get_full_name() == "Nguyễn Văn Bình"
    assert list(user.groups.all()) == [editors]
    entry = AuditEntry.objects.get(action="portal.user.add")
    assert entry.actor == administrator
    assert NEW_PASSWORD not in str(entry.after)


def test_each_role_is_explained_where_it_is_given(client, administrator):
    page = client.get(reverse(USERS + "add")).content.decode()
    assert all(role.explanation in page for role in roles.ROLES.values())


def test_an_administrator_cannot_make_superusers_or_give_single_permissions(
    client, administrator
):
    other = make_user()
    client.post(
        reverse(USERS + "change", args=[other.pk]),
        _form(other, first_name="Huệ", is_superuser="on", user_permissions=["1", "2"]),
    )
    other.refresh_from_db()
    assert other.first_name == "Huệ", "the form itself was taken"
    assert not other.is_superuser
    assert not other.user_permissions.exists()


def test_an_administrator_cannot_touch_a_superuser(client, administrator):
    boss = make_user(is_superuser=True)
    client.post(reverse(USERS + "change", args=[boss.pk]), _form(boss, first_name="Khác"))
    password_url = reverse("admin:auth_user_password_change", args=[boss.pk])
    refused = client.post(
        password_url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    assert refused.status_code == 403
    boss.refresh_from_db()
    assert boss.first_name != "Khác"
    assert boss.check_password(PASSWORD)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_changes_their_own_rights(client, is_superuser):
    user = make_user(roles=[roles.ADMINISTRATOR], is_superuser=is_superuser)
    client.force_login(user)
    editors = Group.objects.get(name=roles.EDITOR)
    without_active = _form(user, first_name="Mai", groups=[editors.pk])
    del without_active["is_active"]
    client.post(reverse(USERS + "change", args=[user.pk]), without_active)
    user.refresh_from_db()
    assert (user.first_name, user.is_active) == ("Mai", True)
    assert user.is_superuser == is_superuser
    assert [group.name for group in user.groups.all()] == [roles.ADMINISTRATOR]


def test_categories_are_assigned_with_the_account_and_recorded(client, administrator):
    parent = make_category(name="Tin tức")
    child, gone = make_category(name="Thôn xóm", parent=parent), make_category(name="Cũ")
    other = make_user()
    CategoryDuty.objects.create(user=other, category=gone)
    page = client.get(reverse(USERS + "change", args=[other.pk]))
    choices = page.context["adminform"].form.fields["categories"].choices
    assert [label for _, label in choices] == ["Cũ", "Tin tức", "— Thôn xóm"]
    client.post(
        reverse(USERS + "change", args=[other.pk]), _form(other, categories=[child.pk])
    )
    assert [duty.category for duty in other.category_duties.all()] == [child]
    entry = AuditEntry.objects.get(action="portal.user.change")
    assert entry.before["categories"] == ["Cũ"]
    assert entry.after["categories"] == ["Thôn xóm"]
    client.post(reverse(USERS + "change", args=[other.pk]), _form(other))
    assert not other.category_duties.exists()


def test_nobody_changes_their_own_categories(client, administrator):
    mine, other = make_category(), make_category()
    CategoryDuty.objects.create(user=administrator, category=mine)
    for chosen in ([], [other.pk]):
        sent = _form(administrator, first_name="Mai", categories=chosen)
        client.post(reverse(USERS + "change", args=[administrator.pk]), sent)
        assert administrator.category_duties.get().category == mine
    administrator.refresh_from_db()
    assert administrator.first_name == "Mai"


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {roles.ADMINISTRATOR}))
def test_other_roles_do_not_see_accounts(role, client):
    client.force_login(make_user(roles=[role]))
    assert client.get(reverse(USERS + "changelist")).status_code == 403
    assert client.get(reverse(USERS + "add")).status_code == 403


def test_accounts_are_closed_not_deleted(client):
    client.force_login(make_user(is_superuser=True))
    other = make_user()
    assert client.post(reverse(USERS + "delete", args=[other.pk])).status_code == 403
    closed = _form(other)
    del closed["is_active"]
    client.post(reverse(USERS + "change", args=[other.pk]), closed)
    other.refresh_from_db()
    assert not other.is_active


def test_setting_a_password_is_recorded(client, administrator):
    other = make_user()
    url = reverse("admin:auth_user_password_change", args=[other.pk])
    client.post(url, {"password1": NEW_PASSWORD, "password2": "khac-hoan-toan"})
    assert not AuditEntry.objects.filter(action="account.password_changed").exists()
    client.post(url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    other.refresh_from_db()
    assert other.check_password(NEW_PASSWORD)
    entry = AuditEntry.objects.get(action="account.password_changed")
    assert (entry.actor, entry.target_id) == (administrator, str(other.pk))


def test_an_account_form_cannot_take_the_password_away(client, administrator):
    other = make_user()
    url = reverse("admin:auth_user_password_change", args=[other.pk])
    response = client.post(url, {"usable_password": "false", "unset-password": "1"})
    assert response.status_code == 200
    other.refresh_from_db()
    assert other.has_usable_password()


def test_changing_ones_own_password_is_recorded(client, administrator):
    client.post(
        reverse("admin:password_change"),
        {
            "old_password": PASSWORD,
            "new_password1": NEW_PASSWORD,
            "new_password2": NEW_PASSWORD,
        },
    )
    administrator.refresh_from_db()
    assert administrator.check_password(NEW_PASSWORD)
    entry = AuditEntry.objects.get(action="account.password_changed")
    assert entry.actor == administrator


def test_an_unknown_account_is_not_found(client, administrator):
    url = reverse("admin:auth_user_password_change", args=["0"])
    assert client.get(url).status_code == 404
    assert (
        client.get(reverse("admin:auth_user_password_change", args=["x"])).status_code
        == 404
    )


def test_roles_are_shown_and_cannot_be_edited(client, administrator):
    group = Group.objects.get(name=roles.EDITOR)
    page = client.get(reverse("admin:auth_group_change", args=[group.pk]))
    assert roles.ROLES[roles.EDITOR].explanation in page.content.decode()
    assert (
        client.post(reverse("admin:auth_group_change", args=[group.pk])).status_code == 403
    )
    assert client.get(reverse("admin:auth_group_add")).status_code == 403


def test_the_list_of_accounts_costs_the_same_for_one_and_for_many(
    client, administrator, django_assert_max_num_queries
):
    for _ in range(5):
        make_user(roles=list(roles.ROLES))
    # Who asks (4), the role filter, two counts, the accounts with their roles (2), whether
    # the one-record models still offer "add" (3), the content version and the identity.
    with django_assert_max_num_queries(14):
        client.get(reverse(USERS + "changelist"))


# --- Dates --------------------------------------------------------------------------------


def test_dates_are_read_day_first():
    assert forms.DateField().clean("05/06/2024") == date(2024, 6, 5)


def test_dates_are_shown_day_first():
    widget = forms.DateInput()
    assert widget.format_value(date(2024, 6, 5)) == "05/06/2024"
