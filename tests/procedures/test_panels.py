"""What the start page tells of the results, and the page “Công khai tháng này”."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import admin_start, roles
from procedures import publishing
from procedures.models import (
    Period,
    PeriodEdition,
    PeriodStatus,
    ProcedureSettings,
    Stage,
)
from tests import factory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

UNPUBLISHED = "Kỳ kết quả TTHC chưa công khai"
AWAITING = "Kết quả TTHC chờ bạn duyệt"
IMPORTS = "Tệp nhập gần đây"
DUE = reverse("admin:procedures_period_due")


@pytest.fixture
def today():
    """20/02/2024: the month that ended on 14/02 is due on 24/02."""
    with time_machine.travel("2024-02-20 09:00 +0700"):
        yield


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK])


@pytest.fixture
def approver():
    return factory.make_user(roles=[roles.APPROVER])


def _panels(user):
    request = RequestFactory().get("/")
    request.user = user
    return {panel.title: panel for panel in admin_start.panels_for(request)}


def _draft(code="2024-T02", stage=Stage.DRAFT, **fields):
    """Make a period that readers do not know, as far as `stage`."""
    period = factory.make_period(code=code, status=PeriodStatus.DRAFT)
    period.stage = stage
    for name, value in fields.items():
        setattr(period, name, value)
    if stage == Stage.SUBMITTED:
        period.submitted_at = datetime(2024, 2, 16, 2, 0, tzinfo=UTC)
    period.save()
    return period


def _due(client, user, query=""):
    client.force_login(user)
    return client.get(DUE + query)


def _steps(client, user, query=""):
    return _due(client, user, query).context["steps"]


# --- What is owed -----------------------------------------------------------------------


def test_a_new_commune_owes_only_the_last_period_that_ended():
    duties = publishing.duties(datetime(2024, 2, 20).date())
    assert [each.code for each in duties if each.is_owed] == ["2024-T02"]


def test_from_the_first_period_entered_every_one_is_owed():
    factory.make_period(code="2023-T11", status=PeriodStatus.DRAFT)
    factory.make_period(code="2024-T01")
    owed = [d for d in publishing.duties(datetime(2024, 2, 20).date()) if d.is_owed]
    assert [each.code for each in owed] == ["2024-T02", "2023-T12", "2023-T11"]
    assert [each.standing for each in owed] == ["chưa lập", "chưa lập", "đang nhập"]
    assert owed[0].deadline == "hạn 24/02/2024"
    assert owed[1].deadline == "chậm 58 ngày, hạn 24/12/2023"


def test_the_series_is_the_one_of_the_settings():
    ProcedureSettings.objects.create(pk=1, expected_kind=3, expected_rule="duong-lich")
    factory.make_period(code="2024-T02")
    owed = [d for d in publishing.duties(datetime(2024, 2, 20).date()) if d.is_owed]
    assert [each.code for each in owed] == ["2023-Q4"]
    made = owed[0].new_period()
    assert (made.kind, made.rule, f"{made.ends_on:%d/%m/%Y}") == (
        3,
        "duong-lich",
        "31/12/2023",
    )


# --- Panels -----------------------------------------------------------------------------


def test_the_clerk_sees_what_is_not_public_with_its_last_day(clerk):
    factory.make_period(code="2023-T12")
    _draft()
    correction = factory.make_period(code="2024-T01")
    correction.head = PeriodEdition.objects.create(period=correction, number=2)
    correction.stage = Stage.RETURNED
    correction.save()
    rows = [(row.text[:13], row.when) for row in _panels(clerk)[UNPUBLISHED].rows]
    assert rows == [
        ("Tháng 02/2024", "đang nhập, hạn 24/02/2024"),
        ("Tháng 01/2024", "bản đính chính, trả lại để sửa"),
    ]


def test_the_clerk_is_told_that_nothing_is_owed(clerk):
    factory.make_period(code="2024-T02")
    panel = _panels(clerk)[UNPUBLISHED]
    assert panel.rows == []
    assert panel.empty == "Mọi kỳ đã kết thúc đều đã công khai."


def test_the_approver_sees_what_waits_except_what_is_their_own(approver):
    waiting = _draft(stage=Stage.SUBMITTED, submitted_by=factory.make_user())
    (row,) = _panels(approver)[AWAITING].rows
    assert row.when == "Lê Thị Hoa gửi lúc 09:00 16/02/2024"
    Period.objects.update(submitted_by=approver)
    assert AWAITING not in _panels(approver)
    assert waiting.label.startswith("Tháng 02/2024")


def test_imports_are_listed_with_who_when_and_fingerprint(clerk):
    period = factory.make_period()
    for _ in range(5):
        factory.make_run(period=period)
    factory.make_run(
        period=period,
        file_name="ho-so-t1.xlsx",
        sha256="ab" * 32,
        created_by=clerk,
        created_at=datetime(2024, 2, 19, 1, 30, tzinfo=UTC),
    )
    panel = _panels(clerk)[IMPORTS]
    assert len(panel.rows) == 5
    assert panel.more_url == reverse("admin:procedures_importrun_changelist")
    shown = {row.text: row.when for row in panel.rows}
    assert "ho-so-t1.xlsx → Tháng 01/2024" not in shown  # older than the five
    type(period.runs.all()[0]).objects.exclude(file_name="ho-so-t1.xlsx").delete()
    (row,) = _panels(clerk)[IMPORTS].rows
    assert row.when == "Đã nhập, Lê Thị Hoa lúc 08:30 19/02/2024, SHA-256 abababab"


def test_others_see_none_of_it():
    editor = factory.make_user(roles=[roles.EDITOR])
    factory.make_run(period=_draft(stage=Stage.SUBMITTED))
    assert not {UNPUBLISHED, AWAITING, IMPORTS} & _panels(editor).keys()


def test_the_panels_of_the_clerk_need_few_queries_however_much_waits(clerk):
    factory.make_period(code="2022-T01")
    for month in range(1, 13):
        factory.make_run(
            period=factory.make_period(code=f"2023-T{month:02}", status="nhap")
        )
    clerk = type(clerk).objects.get(pk=clerk.pk)  # as a request has it
    clerk.get_all_permissions()
    with CaptureQueriesContext(connection) as queries:
        panels = _panels(clerk)
    assert len(panels[UNPUBLISHED].rows) == 10
    # Settings, two looks at the series, other drafts, imports; then the register of requests;
    # and whether the site still takes changes (2).
    assert len(queries) <= 8


# --- The page ---------------------------------------------------------------------------


def test_the_page_begins_with_entering_by_file_or_by_hand(client, clerk):
    step, *later = _steps(client, clerk)
    assert (step.title, step.state) == ("Nhập số liệu", "now")
    assert [address for address, _ in step.links] == [
        reverse("admin:procedures_importrun_add") + "?ky=2024-T02",
        reverse("admin:procedures_period_add") + "?code=2024-T02&rule=bao-cao",
    ]
    assert {each.state for each in later} == {"later"}


def test_the_page_names_what_is_missing_before_submitting(client, clerk):
    before = factory.make_period(code="2024-T01")
    factory.make_sheet(period=before, received_direct=3, pending_in_time=3)
    period = _draft()
    factory.make_sheet(period=period, received_direct=1, resolved_early=1)
    entering, checking, submitting, _ = _steps(client, clerk)
    assert entering.text == "Đã có 1 lĩnh vực, 1 hồ sơ (Nhập tay theo Biểu II.06a)."
    assert checking.state == "now"
    assert "cột 11 của kỳ trước là 3" in checking.lacking[0]
    assert submitting.state == "later"


def test_the_page_sends_a_sheet_that_is_fit_to_be_submitted(client, clerk):
    period = _draft()
    factory.make_sheet(period=period, received_direct=1, resolved_early=1)
    states = [step.state for step in _steps(client, clerk)]
    assert states == ["done", "done", "now", "later"]
    assert [address for address, _ in _steps(client, clerk)[2].links] == [
        reverse("admin:procedures_period_submit", args=[period.pk]),
        reverse("admin:procedures_period_change", args=[period.pk]),
    ]


def test_the_page_shows_why_a_sheet_was_returned(client, clerk):
    period = _draft(stage=Stage.RETURNED, remark="Xem lại cột 9.")
    factory.make_sheet(period=period, received_direct=1, resolved_early=1)
    assert _steps(client, clerk)[1].text == "Người duyệt đã trả lại: Xem lại cột 9."


def test_what_waits_for_approval_is_the_next_step_of_the_approver_only(
    client, clerk, approver
):
    period = _draft(stage=Stage.SUBMITTED, submitted_by=clerk)
    factory.make_sheet(period=period, received_direct=1, resolved_early=1)
    *_, submitting, publishing_step = _steps(client, clerk)
    assert submitting.text == "Lê Thị Hoa đã gửi lúc 09:00 16/02/2024."
    assert publishing_step.links == ()
    ((address, _),) = _steps(client, approver)[3].links
    assert address == reverse("admin:procedures_period_review", args=[period.pk])


def test_a_published_period_leads_to_its_public_page(client, clerk):
    period = factory.make_period(code="2024-T02")
    factory.make_sheet(period=period)
    response = _due(client, clerk, "?ky=2024-T02")
    *_, last = response.context["steps"]
    assert last.links == ((period.get_absolute_url(), "Xem trang công khai"),)
    assert {step.state for step in response.context["steps"]} == {"done"}


def test_a_removed_period_says_why(client, clerk):
    factory.make_sheet(period=factory.make_period(code="2024-T02", status="go"))
    last = _steps(client, clerk, "?ky=2024-T02")[3]
    assert "Lý do: Số liệu nhập nhầm kỳ." in last.text


def test_when_nothing_is_owed_the_page_shows_the_running_period(client, clerk):
    factory.make_period(code="2024-T02")
    html = _due(client, clerk).content.decode()
    assert "Mọi kỳ đã kết thúc đều đã công khai." in html
    assert "Tháng 03/2024" in html


def test_other_periods_that_are_owed_are_one_press_away(client, clerk):
    factory.make_period(code="2023-T11")
    response = _due(client, clerk)
    # The oldest leads, since the next one carries over what it leaves open.
    assert response.context["duty"].code == "2023-T12"
    assert "?ky=2024-T01" in response.content.decode()
    response = _due(client, clerk, "?ky=2024-T01")
    assert response.context["duty"].code == "2024-T01"
    assert _due(client, clerk, "?ky=9999-T99").context["duty"].code == "2023-T12"


def test_people_who_may_not_see_periods_are_turned_away(client):
    assert _due(client, factory.make_user(roles=[roles.EDITOR])).status_code == 403
