"""Mail about periods: approvers of what waits, clerks of what was decided."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from portal import roles
from procedures import workflow
from procedures.figures import Figures
from procedures.models import PeriodStatus
from procedures.workflow import Details, SheetRow
from tests import factory

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 2, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(autouse=True)
def _now(settings):
    settings.SITE_URL = "https://xa.example"
    with time_machine.travel(NOW, tick=False):
        yield


def _staff(*given, name):
    return factory.make_user(roles=given, email=f"{name}@xa.example", first_name=name)


@pytest.fixture
def clerk():
    return _staff(roles.PROCEDURES_CLERK, name="Sau")


@pytest.fixture
def leader():
    return _staff(roles.APPROVER, name="Bay")


def _submitted(clerk):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    row = SheetRow(factory.make_field(), Figures(received_direct=3, resolved_on_time=3))
    workflow.save_sheet(period=period, actor=clerk, rows=[row], details=Details())
    return workflow.submit(period=period, actor=clerk)


def _read(period):
    return {"number": period.head.number, "revision": period.head.revision}


def test_what_waits_asks_who_may_publish_and_nobody_else(clerk, leader):
    _staff(roles.EDITOR, name="Tam")
    period = _submitted(clerk)
    (message,) = mail.outbox
    assert message.to == ["Bay@xa.example"]
    assert message.subject.startswith("Chờ bạn duyệt: Tháng 01/2024")
    link = reverse("admin:procedures_period_review", args=[period.pk])
    assert f"https://xa.example{link}" in message.body


def test_who_entered_the_figures_is_not_asked_to_approve_them():
    both = _staff(roles.APPROVER, roles.PROCEDURES_CLERK, name="Chin")
    _submitted(both)
    assert mail.outbox == []


def test_the_clerk_gets_the_remark_in_full(clerk, leader):
    period = _submitted(clerk)
    mail.outbox.clear()
    workflow.return_to_clerk(
        period=period, actor=leader, remark="Xem lại cột 8 & 9.", **_read(period)
    )
    (message,) = mail.outbox
    assert message.to == ["Sau@xa.example"]
    assert "được trả lại để sửa" in message.subject
    assert "Xem lại cột 8 & 9." in message.body
    assert reverse("admin:procedures_period_change", args=[period.pk]) in message.body


def test_the_clerk_learns_that_readers_see_the_figures(clerk, leader):
    period = _submitted(clerk)
    mail.outbox.clear()
    workflow.approve(period=period, actor=leader, **_read(period))
    (message,) = mail.outbox
    assert message.to == ["Sau@xa.example"]
    assert "đã được duyệt và công khai" in message.subject
    assert "Người dân đang xem bản 1" in message.body
