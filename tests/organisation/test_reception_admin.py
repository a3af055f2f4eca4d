import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from organisation.models import Reception
from portal import roles
from portal.audit import AuditEntry
from tests import factory
from tests.organisation.office import make_special_day

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 3, 12, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LIST = "admin:organisation_reception_changelist"
WEEKS = "admin:organisation_reception_weeks"
TYPED = {
    "weekdays": ["4"],
    "first": "13/03/2025",
    "last": "09/04/2025",
    "starts_at": "07:30",
    "ends_at": "11:30",
    "officer": "",
    "host": "Chủ tịch Ủy ban nhân dân xã",
    "place": "Phòng tiếp công dân",
    "note": "",
}


@pytest.fixture(autouse=True)
def _on_a_wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(client):
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    return client


def _text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_weeks_are_looked_at_before_they_are_kept(editor):
    make_special_day(date(2025, 3, 20), reason="Mất điện")
    page = _text(editor.post(reverse(WEEKS), TYPED | {"preview": "1"}))
    assert "Xem trước: 3 buổi mới" in page
    assert "Thứ Năm 13/03/2025, 7 giờ 30 – 11 giờ 30" in page
    assert "20/03/2025: Mất điện" in page
    assert not Reception.objects.exists()


def test_weeks_are_kept_after_a_yes_and_told(editor):
    page = _text(editor.post(reverse(WEEKS), TYPED | {"save": "1"}, follow=True))
    assert "Đã thêm 4 buổi tiếp công dân." in page
    assert Reception.objects.count() == 4
    assert AuditEntry.objects.get(action="receptions.laid_out").actor is not None


def test_a_refusal_stands_in_the_form_with_what_was_typed(editor):
    wrong = TYPED | {"last": "09/04/2026", "save": "1"}
    page = _text(editor.post(reverse(WEEKS), wrong))
    assert "Mỗi lần lập tối đa 13 tuần" in page
    assert 'value="Phòng tiếp công dân"' in page
    assert not Reception.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"weekdays": ["8"]}, {"first": "x" * 3000}])
def test_what_is_no_form_is_answered_in_words(editor, typed):
    assert "Chưa lưu được" in _text(editor.post(reverse(WEEKS), typed | {"save": "1"}))


def test_the_form_begins_as_the_last_reception_was(editor):
    factory.make_reception(day=date(2025, 3, 6), starts_at=time(8, 15), place="Tầng 2")
    page = _text(editor.get(reverse(WEEKS), {"tu": "2025-03-17"}))
    assert 'value="Tầng 2"' in page
    assert 'value="08:15' in page
    assert 'value="17/03/2025"' in page


@pytest.mark.parametrize("since", ["", "abc", "9999-12-31", "0001-01-01", "2025-02-30"])
def test_any_first_day_in_the_address_gives_the_form(editor, since):
    assert "Lập lịch theo tuần" in _text(editor.get(reverse(WEEKS), {"tu": since}))


def test_a_reception_is_cancelled_with_its_reason(editor):
    reception = factory.make_reception(day=date(2025, 3, 20))
    address = reverse("admin:organisation_reception_change", args=[reception.pk])
    typed = {
        "day": "20/03/2025",
        "starts_at": "08:00",
        "ends_at": "11:00",
        "officer": "",
        "host": reception.host,
        "place": reception.place,
        "note": "",
        "cancelled_reason": "Dự họp ở tỉnh, tiếp bù ngày 21/03.",
    }
    assert editor.post(address, typed).status_code == 302
    reception.refresh_from_db()
    assert reception.is_cancelled
    assert AuditEntry.objects.about(reception).get().action == "reception.cancelled"
    assert "Dự họp ở tỉnh" in _text(editor.get(reverse(LIST)))


def test_a_second_reception_at_the_same_place_and_hour_is_refused_in_words(editor):
    first = factory.make_reception(day=date(2025, 3, 20))
    typed = {
        "day": "20/03/2025",
        "starts_at": "08:00",
        "ends_at": "10:00",
        "officer": "",
        "host": "Bí thư Đảng ủy",
        "place": first.place,
        "note": "",
    }
    page = _text(editor.post(reverse("admin:organisation_reception_add"), typed))
    assert "Đã có buổi tiếp khác ở nơi này vào giờ này." in page


def test_a_past_reception_is_not_deleted(editor):
    reception = factory.make_reception(day=date(2025, 3, 6))
    address = reverse("admin:organisation_reception_delete", args=[reception.pk])
    page = _text(editor.post(address, {"post": "yes"}, follow=True))
    assert "đã qua nên không xóa được" in page
    assert Reception.objects.exists()


def test_the_list_begins_with_this_week(editor):
    factory.make_reception(day=date(2025, 3, 6), place="Tuần trước")
    factory.make_reception(day=date(2025, 3, 10), place="Đầu tuần này")
    factory.make_reception(day=date(2025, 3, 18), place="Tuần tới")

    def places(when):
        rows = editor.get(reverse(LIST), {"luc": when} if when else {})
        return [row.place for row in rows.context["cl"].result_list]

    assert places("") == ["Đầu tuần này", "Tuần tới"]
    assert places("tuan-nay") == ["Đầu tuần này"]
    assert places("da-qua") == ["Tuần trước"]
    assert len(places("tat-ca")) == 3
    assert len(places("gi-do")) == 2


# --- The warning ------------------------------------------------------------------------


def test_the_list_and_the_start_page_tell_the_weeks_without(editor):
    for weeks in range(3):
        factory.make_reception(day=NOW.date() + timedelta(weeks=weeks))
    lacking = ["Tuần (31/03–06/04)", "Tuần (07/04–13/04)"]
    listed = editor.get(reverse(LIST))
    assert listed.context["weeks_without"] == lacking
    assert "; ".join(lacking) in _text(listed)
    start = _text(editor.get(reverse("admin:index")))
    assert re.findall(r"(Tuần.*?) chưa có ai tiếp công dân", start) == lacking


def test_a_row_of_the_warning_leads_to_the_form_of_that_week(editor):
    factory.make_reception(day=NOW.date())
    assert f"{reverse(WEEKS)}?tu=2025-03-17" in _text(editor.get(reverse("admin:index")))


def test_nobody_else_is_warned_and_a_full_timetable_warns_of_nothing(client, editor):
    for weeks in range(5):
        factory.make_reception(day=NOW.date() + timedelta(weeks=weeks))
    assert "Tuần chưa có buổi" not in _text(editor.get(reverse("admin:index")))
    Reception.objects.all().delete()
    client.force_login(factory.make_user(roles=[roles.PROCEDURES_CLERK]))
    assert "Tuần chưa có buổi" not in _text(client.get(reverse("admin:index")))


def test_a_retired_site_warns_of_nothing(editor):
    factory.make_identity(
        is_retired=True,
        retired_on=date(2025, 3, 1),
        successor_name="phường Đông Tiến",
        successor_url="https://dongtien.example/",
    )
    for address in (reverse(LIST), reverse("admin:index")):
        assert "Tuần này (10/03" not in _text(editor.get(address))
