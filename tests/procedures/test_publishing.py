"""Who may publish a period, when, and what is recorded."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal import roles
from portal.models import AuditEntry
from procedures.models import Period, PeriodStatus
from procedures.publishing import Refused, obstacles, publish_period, unpublish_period
from tests import factory

pytestmark = pytest.mark.django_db

AT = datetime(2024, 1, 16, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def draft():
    return factory.make_sheet(period=factory.make_period(status=PeriodStatus.DRAFT)).period


@pytest.fixture
def approver():
    return factory.make_user(roles=[roles.APPROVER])


def test_an_approver_publishes_and_it_is_recorded(draft, approver):
    publish_period(period=draft, actor=approver, at=AT)
    stored = Period.objects.published().get()
    assert (stored.published_at, stored.published_by) == (AT, approver)
    entry = AuditEntry.objects.get(action="period.published")
    assert (entry.actor, entry.target_label) == (approver, draft.label)


@pytest.mark.parametrize("held", [[], [roles.EDITOR], [roles.STATISTICS_READER]])
def test_others_may_not_publish_or_take_back(draft, held):
    user = factory.make_user(roles=held)
    with pytest.raises(Refused, match="chưa được giao quyền"):
        publish_period(period=draft, actor=user)
    published = factory.make_sheet(period=factory.make_period(code="2024-T02")).period
    with pytest.raises(Refused, match="chưa được giao quyền"):
        unpublish_period(period=published, actor=user, reason="Nhập sai.")
    assert list(Period.objects.published()) == [published]
    assert not AuditEntry.objects.filter(action__startswith="period.").exists()


def test_a_period_without_rows_is_refused(approver):
    empty = factory.make_period(status=PeriodStatus.DRAFT)
    with pytest.raises(Refused, match="chưa có dòng kết quả nào"):
        publish_period(period=empty, actor=approver)
    assert not Period.objects.published().exists()


def test_a_period_that_has_not_ended_is_refused_until_its_last_day(draft):
    assert obstacles(draft, today=date(2024, 1, 14)) == []
    (reason,) = obstacles(draft, today=date(2024, 1, 13))
    assert "14/01/2024" in reason


def test_publishing_twice_is_refused(draft, approver):
    publish_period(period=draft, actor=approver, at=AT)
    with pytest.raises(Refused, match="đã được công khai rồi"):
        publish_period(period=draft, actor=approver)
    assert Period.objects.get().published_at == AT


def test_taking_back_needs_a_reason_and_is_recorded_with_it(draft, approver):
    publish_period(period=draft, actor=approver, at=AT)
    for reason in ("  ", "x" * 301):
        with pytest.raises(Refused):
            unpublish_period(period=draft, actor=approver, reason=reason)
    unpublish_period(period=draft, actor=approver, reason="Cột 8 nhập nhầm.")
    stored = Period.objects.get()
    assert (stored.status, stored.published_at, stored.published_by) == (
        PeriodStatus.DRAFT,
        None,
        None,
    )
    assert AuditEntry.objects.get(action="period.unpublished").note == "Cột 8 nhập nhầm."


@pytest.mark.parametrize("reason", ["\0", "\u200b"])
def test_characters_that_nobody_sees_are_no_reason(draft, approver, reason):
    published = publish_period(period=draft, actor=approver)
    with pytest.raises(Refused, match="lý do"):
        unpublish_period(period=published, actor=approver, reason=reason)


def test_what_is_not_public_cannot_be_taken_back(draft, approver):
    with pytest.raises(Refused, match="chưa công khai"):
        unpublish_period(period=draft, actor=approver, reason="Nhập nhầm.")
