"""What people come to do, in the order of the office."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal import quick_tasks, roles
from portal.menu import Node
from portal.models import AuditEntry, QuickTask
from tests import factory

pytestmark = pytest.mark.django_db


def test_tasks_are_shown_in_order_with_where_they_lead():
    factory.make_quick_task(label="gọi điện", order=2)
    factory.make_quick_task(label="nộp hồ sơ", url="https://nop.example/", order=1)
    factory.make_quick_task(label="đọc tin", url="/tin-tuc/", order=3)
    assert quick_tasks.shown() == (
        Node("Nộp hồ sơ", "https://nop.example/", is_external=True),
        Node("Gọi điện", reverse("contact")),
        Node("Đọc tin", "/tin-tuc/"),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"is_shown": False},
        {"target": "procedures:list"},  # nothing is published yet
        {"target": "mot-trang-da-mat"},
    ],
)
def test_a_task_without_a_page_or_not_to_be_shown_is_left_out(fields):
    factory.make_quick_task(**fields)
    assert quick_tasks.shown() == ()


def test_at_most_eight_tasks_are_shown_and_empty_ones_take_no_place():
    factory.make_quick_task(target="procedures:list")
    for number in range(9):
        factory.make_quick_task(label=f"việc {number}", order=number)
    shown = quick_tasks.shown()
    assert [task.label for task in shown] == [f"Việc {number}" for number in range(8)]


@pytest.mark.parametrize(
    "fields",
    [
        {"target": ""},
        {"target": "contact", "url": "/lien-he/"},
        {"target": "", "url": "javascript:alert(1)"},
    ],
)
def test_the_database_refuses_a_task_without_one_safe_destination(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuickTask.objects.create(label="gọi điện", **fields)


def test_a_task_is_made_in_the_admin_by_choosing_a_page(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    values = {"label": "tra cứu hồ sơ", "target": "lookup:search", "url": "", "order": 1}
    client.post(reverse("admin:portal_quicktask_add"), values | {"is_shown": "on"})
    assert [task.label for task in quick_tasks.shown()] == ["Tra cứu hồ sơ"]
    assert AuditEntry.objects.filter(action="portal.quicktask.add").count() == 1


def test_the_admin_explains_a_task_that_leads_nowhere(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    values = {"label": "tra cứu", "target": "", "url": "", "order": 1}
    page = client.post(reverse("admin:portal_quicktask_add"), values)
    assert "Chọn một trang trong cổng hoặc ghi một địa chỉ khác" in page.content.decode()


def test_the_list_says_when_the_page_of_a_task_is_empty_or_gone(client):
    factory.make_quick_task(target="procedures:list")
    factory.make_quick_task(target="mot-trang-da-mat")
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    html = client.get(reverse("admin:portal_quicktask_changelist")).content.decode()
    assert "(chưa có nội dung)" in html
    assert "(trang này không còn)" in html
