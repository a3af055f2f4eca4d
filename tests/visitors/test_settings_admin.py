from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.audit import AuditEntry
from portal.refusals import Refused
from portal.roles import ADMINISTRATOR, APPROVER, EDITOR, STATISTICS_READER
from tests.factory import make_user
from visitors import faults, preferences
from visitors.fault_notes import unwritten
from visitors.models import (
    ExclusionCount,
    Fault,
    Grain,
    SentReport,
    VisitSettings,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 here
TODAY = date(2026, 11, 23)
ADD = "admin:visitors_visitsettings_add"
CHANGE = "admin:visitors_visitsettings_change"
FORM = {
    "sends_report": "on",
    "report_day": "3",
    "recipients": "chu-tich@xa.example\nvan-phong@xa.example",
    "daily_detail_months": "25",
    "monthly_detail_years": "10",
}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def text(response):
    return response.content.decode()


def save(today=TODAY, **fields):
    settings = VisitSettings.current()
    for name, value in fields.items():
        setattr(settings, name, value)
    actor = make_user(roles=[ADMINISTRATOR])
    return preferences.save_settings(settings=settings, actor=actor, today=today)


# --- Settings -------------------------------------------------------------------------------


def test_the_administrator_is_told_what_happens_next(sign_in):
    client = sign_in(ADMINISTRATOR)
    response = client.post(reverse(ADD), FORM, follow=True)
    assert "Báo cáo tháng 11 sẽ được gửi ngày 03/12/2026 tới 2 địa chỉ." in text(response)
    assert "giữ chi tiết từng ngày từ 01/10/2024" in text(response)
    assert VisitSettings.current().reports_since == date(2026, 11, 1)
    entry = AuditEntry.objects.get(action="visit_settings.changed")
    assert entry.after["tháng đầu tiên được gửi"] == "2026-11-01"
    assert entry.before["gửi báo cáo hằng tháng qua thư điện tử"] is False


def test_switching_on_again_begins_anew_and_a_later_change_does_not():
    switch = {"sends_report": True, "recipients": "a@xa.example"}
    assert save(**switch).reports_since == date(2026, 11, 1)
    assert save(date(2027, 1, 5), report_day=4).reports_since == date(2026, 11, 1)
    assert save(date(2027, 1, 6), sends_report=False).reports_since is None
    assert save(date(2027, 2, 1), **switch).reports_since == date(2027, 2, 1)


def test_saving_without_a_change_is_no_entry():
    save(show_online=True)
    save(show_online=True)
    assert AuditEntry.objects.filter(action="visit_settings.changed").count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"recipients": ""}, "Chưa có ai nhận báo cáo."),
        ({"recipients": "van-phong"}, "“van-phong” không phải là địa chỉ thư điện tử."),
        ({"report_day": "2"}, "lớn hơn hoặc bằng với 3"),
        ({"report_day": "29"}, "nhỏ hơn hoặc bằng với 28"),
        ({"daily_detail_months": "1"}, "lớn hơn hoặc bằng với 2"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(sign_in, fields, sentence):
    response = sign_in(ADMINISTRATOR).post(reverse(ADD), FORM | fields)
    assert response.status_code == 200
    assert sentence in text(response)
    assert not VisitSettings.objects.exists()


def test_the_function_refuses_what_the_form_would():
    with pytest.raises(Refused) as refusal:
        save(sends_report=True, report_day=40, recipients="a@xa.example")
    assert refusal.value.reasons[0].startswith("Ngày gửi trong tháng sau: ")


def test_only_the_administrator_changes_settings(sign_in):
    VisitSettings.objects.create(pk=1)
    for role in (STATISTICS_READER, APPROVER, EDITOR):
        assert sign_in(role).post(reverse(CHANGE, args=[1]), FORM).status_code == 403
    with pytest.raises(Refused):
        preferences.save_settings(
            settings=VisitSettings.current(), actor=make_user(), today=TODAY
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"pk": 2},
        {"sends_report": True, "reports_since": "2026-11-01", "recipients": ""},
        {"sends_report": True, "reports_since": None, "recipients": "a@xa.example"},
        {"sends_report": True, "reports_since": "2026-11-02", "recipients": "a@b.vn"},
        {"sends_report": False, "reports_since": "2026-11-01"},
    ],
)
def test_the_database_refuses_settings_that_contradict_themselves(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitSettings.objects.create(**{"pk": 1} | fields)


def test_the_form_says_what_was_sent_last(sign_in):
    save(sends_report=True, recipients="a@xa.example")
    client = sign_in(ADMINISTRATOR)
    address = reverse(CHANGE, args=[1])
    assert "Chưa gửi báo cáo nào." in text(client.get(address))
    SentReport.objects.create(month=date(2026, 10, 1), sent_at=AT)
    assert "Báo cáo tháng 10/2026, lúc 10:00 23/11/2026." in text(client.get(address))


def test_the_list_of_the_one_row_leads_to_its_form(sign_in):
    client = sign_in(ADMINISTRATOR)
    page = reverse("admin:visitors_visitsettings_changelist")
    assert client.get(page)["Location"] == reverse(ADD)
    assert "<h1>Thiết lập thống kê</h1>" in client.get(reverse(ADD)).content.decode()
    save()
    assert client.get(page)["Location"] == reverse(CHANGE, args=[1])


# --- Faults ---------------------------------------------------------------------------------


def fault(**fields):
    values = {
        "process": "web1:7",
        "kind": faults.WRITE,
        "text": "OSError 28",
        "began_at": AT,
        "seen_at": AT,
    } | fields
    return Fault.objects.create(**values)


@pytest.mark.parametrize("role", [STATISTICS_READER, APPROVER, ADMINISTRATOR])
def test_the_start_page_tells_readers_of_statistics_that_visits_are_not_counted(
    sign_in, role
):
    fault()
    shown = text(sign_in(role).get(reverse("admin:index")))
    assert "Việc đếm truy cập đang gặp sự cố" in shown
    what, advice = faults.words_of(Fault.objects.get())
    assert what in shown
    assert advice in shown
    assert "Từ 10:00 23/11/2026, tiến trình web1:7: OSError 28" in shown


def test_the_start_page_is_quiet_without_a_fault_and_for_others(sign_in):
    title = "Việc đếm truy cập đang gặp sự cố"
    fault(ended_at=AT)
    assert title not in text(sign_in(ADMINISTRATOR).get(reverse("admin:index")))
    fault()
    assert title not in text(sign_in(EDITOR).get(reverse("admin:index")))


def test_past_faults_are_listed_and_nobody_changes_them(sign_in):
    over = fault(ended_at=AT, text="Đĩa đầy")
    client = sign_in(STATISTICS_READER)
    listed = reverse("admin:visitors_fault_changelist")
    assert "Đĩa đầy" in text(client.get(listed))
    assert "Đĩa đầy" not in text(client.get(listed, {"con": "co"}))
    assert "Đĩa đầy" in text(client.get(listed, {"con": "khong"}))
    assert client.get(listed, {"con": "khac"}).status_code == 200
    row = reverse("admin:visitors_fault_change", args=[over.pk])
    assert faults.words_of(over)[1] in text(client.get(row))
    assert client.post(row, {"text": "x"}).status_code == 403


def test_the_days_that_lack_views_are_named():
    lacking = {"grain": Grain.DAY, "reason": "unwritten", "requests": 12}
    ExclusionCount.objects.create(start=date(2026, 11, 5), **lacking)
    ExclusionCount.objects.create(start=date(2026, 10, 5), **lacking)
    ExclusionCount.objects.create(
        start=date(2026, 11, 6), grain=Grain.DAY, reason="robot", requests=3
    )
    found = unwritten(date(2026, 11, 1), date(2026, 11, 30))
    assert [(each.day, each.views) for each in found] == [(date(2026, 11, 5), 12)]


def test_the_dashboard_tells_faults_and_days_that_lack_views(sign_in):
    client = sign_in(STATISTICS_READER)
    page = reverse("admin:visitors_day_changelist")
    assert "sự cố" not in text(client.get(page))
    fault()
    ExclusionCount.objects.create(
        grain=Grain.DAY, start=date(2026, 11, 5), reason="unwritten", requests=1_200
    )
    shown = text(client.get(page, {"ky": "thang"}))
    assert faults.words_of(Fault.objects.get())[1] in shown
    assert "05/11/2026: ít nhất 1.200 lượt xem không ghi lại được." in shown
    assert reverse("admin:visitors_report", args=["2026-11"]) in shown
