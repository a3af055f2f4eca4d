"""Hostile addresses and forms of the admin's lists."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.factory import make_article, make_menu_item, make_picture, make_sheet, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def superuser(client):
    client.force_login(make_user(is_superuser=True))
    make_article(cover=make_picture())
    make_sheet()
    make_menu_item()


def _list(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label_lower)
def test_no_lookup_of_any_column_breaks_a_list(client, model):
    hostile = [
        ("range", "a"),
        ("regex", "["),
        ("year", "0"),
        ("month", "9" * 20),
        ("exact", "abc"),
        ("in", "x"),
    ]
    fields = model._meta.concrete_fields
    for field, (lookup, value) in [(f, each) for f in fields for each in hostile]:
        response = client.get(_list(model), {f"{field.name}__{lookup}": value})
        assert response.status_code < 500, (field.name, lookup)


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("articles_article", {"is_featured__exact": "1"}),
        ("articles_article", {"tinh-trang": "nhap"}),
        ("portal_auditentry", {"at__year": "2024", "at__month": "1"}),
        ("portal_picture", {"uploaded_at__gte": "2024-01-01 00:00:00+07:00"}),
        ("portal_picture", {"uploaded_at__isnull": "True"}),
        ("portal_menuitem", {"parent__isnull": "True"}),
        ("portal_auditentry", {"action": "article.created"}),
        ("portal_user", {"groups__id__exact": "1"}),
    ],
)
def test_the_links_of_a_list_work(client, address, query):
    response = client.get(reverse(f"admin:{address}_changelist"), query)
    assert response.status_code == 200


@pytest.mark.parametrize("key", ["abc", "a\0", "", "9" * 30])
@pytest.mark.parametrize("address", ["portal_menuitem", "portal_picture"])
def test_actions_on_impossible_keys_do_nothing(client, address, key):
    response = client.post(
        reverse(f"admin:{address}_changelist"),
        {"action": "delete_selected", "_selected_action": key, "post": "yes"},
    )
    assert response.status_code < 500
