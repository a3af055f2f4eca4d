from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from portal.audit import WORDING, AuditEntry, UnknownAction, phrase, record
from portal.directory import WebLink
from portal.roles import ADMINISTRATOR, EDITOR
from tests.factory import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = make_user(roles=[ADMINISTRATOR])
    client.force_login(user)
    return user


@pytest.fixture
def link():
    return WebLink.objects.create(label="Cổng tỉnh", url="https://tinh.example.vn/")


def entry_of(action):
    return AuditEntry.objects.get(action=action)


def test_an_entry_says_who_did_what_to_what(link):
    user = make_user()
    record("portal.weblink.change", actor=user, target=link, note="theo đề nghị")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.target_type) == (user, "portal.weblink")
    assert (entry.target_id, entry.target_label) == (str(link.pk), str(link)[:300])
    assert str(entry) == f"Sửa liên kết trang: {link}"


def test_dates_and_decimals_may_stand_in_an_entry(link):
    record(
        "portal.weblink.add",
        actor=None,
        target=link,
        after={"on": date(2025, 6, 30), "rate": Decimal("98.5")},
    )
    assert AuditEntry.objects.get().after == {"on": "2025-06-30", "rate": "98.5"}


@pytest.mark.parametrize(
    "action", ["", "nonsense", "article.exploded", "portal.nothing.add", "a.b.c.add"]
)
def test_an_action_without_wording_is_refused(action):
    with pytest.raises(UnknownAction):
        record(action, actor=None, target=None)


def test_every_wording_is_vietnamese_and_fits_its_column():
    assert all(len(action) <= 60 for action in WORDING)
    assert len(set(WORDING.values())) == len(WORDING)
    assert phrase("portal.weblink.delete") == "Xóa liên kết trang"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE portal_auditentry SET note = 'khác'", "DELETE FROM portal_auditentry"],
)
def test_the_database_refuses_to_rewrite_the_record(statement):
    record("session.started", actor=None, target=None)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_admin_records_an_addition(client, administrator):
    client.post(
        reverse("admin:portal_weblink_add"),
        {
            "label": "Bộ Nội vụ",
            "url": "https://noivu.example.vn/",
            "order": 1,
            "is_shown": "on",
        },
    )
    entry = entry_of("portal.weblink.add")
    assert entry.actor == administrator
    assert entry.before is None
    assert entry.after["label"] == "Bộ Nội vụ"


def test_the_admin_records_the_changed_fields_before_and_after(client, administrator, link):
    client.post(
        reverse("admin:portal_weblink_change", args=[link.pk]),
        {"label": "Cổng mới", "url": link.url, "order": link.order, "is_shown": "on"},
    )
    entry = entry_of("portal.weblink.change")
    assert entry.before == {"label": "Cổng tỉnh"}
    assert entry.after == {"label": "Cổng mới"}


def test_saving_without_a_change_records_nothing(client, administrator, link):
    client.post(
        reverse("admin:portal_weblink_change", args=[link.pk]),
        {"label": link.label, "url": link.url, "order": link.order, "is_shown": "on"},
    )
    assert not AuditEntry.objects.filter(action="portal.weblink.change").exists()


@pytest.mark.parametrize("way", ["one", "many"])
def test_the_admin_records_deletions_with_what_was_there(client, administrator, link, way):
    requests = {
        "one": (reverse("admin:portal_weblink_delete", args=[link.pk]), {"post": "yes"}),
        "many": (
            reverse("admin:portal_weblink_changelist"),
            {"action": "delete_selected", "_selected_action": link.pk, "post": "yes"},
        ),
    }
    address, data = requests[way]
    client.post(address, data)
    entry = entry_of("portal.weblink.delete")
    assert entry.before["label"] == "Cổng tỉnh"
    assert not WebLink.objects.exists()


def test_the_admin_names_related_rows_and_never_keeps_a_password(client, administrator):
    groups = administrator.groups.values_list("pk", flat=True)
    client.post(
        reverse("admin:portal_user_add"),
        {
            "username": "moi",
            "password1": "Rat-kho-doan-2025",
            "password2": "Rat-kho-doan-2025",
            "last_name": "Phạm Thị",
            "first_name": "Lan",
            "email": "",
            "groups": list(groups),
        },
    )
    entry = entry_of("portal.user.add")
    assert entry.after["groups"] == [ADMINISTRATOR]
    assert "Rat-kho-doan-2025" not in str(entry.after)


def test_administrators_read_the_record_in_words(client, administrator, link):
    record(
        "portal.weblink.change",
        actor=administrator,
        target=link,
        before={"label": "<b>Cũ</b>"},
        after={"label": "Mới"},
    )
    listing = client.get(
        reverse("admin:portal_auditentry_changelist"),
        {"q": "Cổng", "action": "portal.weblink.change"},
    )
    assert "Sửa liên kết trang" in listing.text
    detail = client.get(
        reverse("admin:portal_auditentry_change", args=[AuditEntry.objects.latest("pk").pk])
    )
    assert "&lt;b&gt;Cũ&lt;/b&gt; → Mới" in detail.text
    assert 'name="_save"' not in detail.text


def test_other_roles_do_not_see_the_record(client):
    client.force_login(make_user(roles=[EDITOR]))
    assert client.get(reverse("admin:portal_auditentry_changelist")).status_code == 403


def test_a_sign_in_is_recorded(client):
    user = make_user()
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    assert entry_of("session.started").actor == user
