"""Roles hold exactly the permissions of the table, and see exactly their own work."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from portal import roles
from portal.roles import ROLES
from tests.factory import make_user

pytestmark = pytest.mark.django_db


def _permissions(group):
    return {
        f"{app}.{codename}"
        for app, codename in group.permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


@pytest.mark.parametrize("name", ROLES)
def test_every_permission_of_the_table_exists_and_is_given(name):
    assert _permissions(Group.objects.get(name=name)) == ROLES[name].permissions


def test_migrating_takes_back_what_is_not_in_the_table():
    editors = Group.objects.get(name=roles.EDITOR)
    editors.permissions.add(Permission.objects.get(codename="add_user"))
    editors.permissions.remove(Permission.objects.get(codename="publish_article"))
    Group.objects.get(name=roles.APPROVER).delete()

    call_command("migrate", verbosity=0)

    assert _permissions(editors) == ROLES[roles.EDITOR].permissions
    assert _permissions(Group.objects.get(name=roles.APPROVER))


def test_a_second_sync_changes_nothing(django_assert_num_queries):
    roles.sync()
    # One for all permissions, then per role the group and what it holds: nothing is written.
    with django_assert_num_queries(1 + 2 * len(ROLES)):
        roles.sync()


def test_a_permission_that_is_not_migrated_yet_is_left_out():
    Permission.objects.filter(codename="publish_article").delete()
    roles.sync()
    assert _permissions(Group.objects.get(name=roles.EDITOR)) == ROLES[
        roles.EDITOR
    ].permissions - {"articles.publish_article"}


PROCEDURES = {
    *("Period", "ImportRun", "DataRequest", "Procedure"),
    *("Field", "ProcedureSettings"),
}
OFFICE = "Cơ quan, cán bộ, giờ làm việc"
# What the start page lists for each role, by the sections of the admin.
SEEN = {
    roles.EDITOR: {
        "Tin bài": {"Article", "Page", "Category", "Picture", "Attachment"},
        "Công khai theo luật": {"Duty", "LegalBasis"},
        OFFICE: {"Reception", "SpecialDay"},
        "Thống kê truy cập": {"PageVote", "PageSuggestion"},
    },
    roles.APPROVER: {
        "Tin bài": {"Article", "Page", "Category", "Picture", "Attachment"},
        "Thủ tục hành chính": PROCEDURES,
        "Công khai theo luật": {"Duty", "LegalBasis"},
        OFFICE: {"Body", "Officer", "Reception", "HoursPlan", "SpecialDay"},
        "Thống kê truy cập": {"Day", "Fault", "PageVote", "PageSuggestion"},
        "Thông tin của cổng": {"Alert", "HomeBlock", "QuickTask"},
    },
    roles.PROCEDURES_CLERK: {
        "Tin bài": {"Attachment"},
        "Thủ tục hành chính": PROCEDURES,
        "Công khai theo luật": {"LegalBasis"},
    },
    roles.STATISTICS_READER: {
        "Thống kê truy cập": {"Day", "Fault", "PageVote", "PageSuggestion"}
    },
    roles.ADMINISTRATOR: {
        "Tin bài": {"Category", "Picture"},
        "Công khai theo luật": {"Duty", "LegalBasis"},
        OFFICE: {"Body", "Officer", "Reception", "HoursPlan", "SpecialDay"},
        "Thống kê truy cập": {
            *("Day", "Fault", "OldMonth", "OpeningBalance", "VisitSettings")
        },
        "Thông tin của cổng": {
            "Alert",
            "HomeBlock",
            "Identity",
            "MenuItem",
            "QuickTask",
            "UsefulPhone",
            "WebLink",
            "Redirect",
        },
        "Tài khoản và nhật ký": {
            "User",
            "Group",
            "AuditEntry",
            "AccessAttempt",
            "AccessLog",
        },
    },
}


@pytest.mark.parametrize("name", ROLES)
def test_the_start_page_lists_only_the_work_of_the_role(name, client):
    client.force_login(make_user(roles=[name]))
    listed = client.get(reverse("admin:index")).context["app_list"]
    assert {
        section["name"]: {model["object_name"] for model in section["models"]}
        for section in listed
    } == SEEN[name]


def test_without_a_role_there_is_nothing_to_do(client):
    client.force_login(make_user())
    page = client.get(reverse("admin:index"))
    assert page.context["app_list"] == []
    assert "chưa có vai trò nào" in page.content.decode()
