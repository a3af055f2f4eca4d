import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from organisation import calendar_file
from organisation.models import Reception
from organisation.reception_months import month_of
from portal.targets import all_targets
from tests import factory
from tests.organisation.office import make_plan, make_special_day

pytestmark = pytest.mark.django_db

ADDRESS = "/lich-tiep-cong-dan/"
NOW = datetime(2025, 3, 12, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(autouse=True)
def _on_a_wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


def _page(client, month=""):
    response = client.get(f"{ADDRESS}{month}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_who_receives_where_and_when(client):
    factory.make_reception(day=date(2025, 3, 20))
    page = _page(client)
    assert "Tháng 03/2025" in page
    assert "8 giờ – 11 giờ" in page
    assert "Chủ tịch Ủy ban nhân dân xã" in page
    assert "Nơi tiếp: Phòng tiếp công dân" in page


@pytest.mark.parametrize("hidden", ["officer", "body", "above"])
def test_an_officer_who_is_hidden_is_named_by_the_position_alone(client, hidden):
    above = factory.make_body(is_shown=hidden != "above")
    officer = factory.make_officer(
        name="Lục Ngân Giang",
        position="Chủ tịch",
        body=factory.make_body(parent=above, is_shown=hidden != "body"),
        is_shown=hidden != "officer",
    )
    factory.make_reception(day=date(2025, 3, 20), officer=officer, host="")
    for address in (ADDRESS, "/lich-tiep-cong-dan.ics", "/api/lich-tiep-cong-dan.json"):
        page = client.get(address).content.decode()
        assert "Chủ tịch" in page
        assert "Lục Ngân Giang" not in page


def test_the_next_reception_is_the_first_that_is_held_and_not_over(client):
    factory.make_reception(day=date(2025, 3, 12), starts_at=time(7), ends_at=time(9))
    factory.make_reception(day=date(2025, 3, 13), cancelled_reason="Đi công tác")
    factory.make_reception(day=date(2025, 4, 3))
    page = _page(client)
    found = re.search(r'class="next-reception".*?</section>', page, re.DOTALL)[0]
    assert "Thứ Năm, ngày 03/04/2025" in found


def test_a_reception_that_goes_on_is_still_the_next(client):
    factory.make_reception(day=date(2025, 3, 12), starts_at=time(8), ends_at=time(11))
    assert "Thứ Tư, ngày 12/03/2025" in _page(client)


def test_without_a_coming_reception_the_phone_is_offered(client):
    factory.make_identity(phone="0237.000.0009")
    factory.make_reception(day=date(2025, 3, 3))
    page = _page(client)
    assert "Chưa có buổi tiếp công dân nào sắp tới" in page
    assert 'href="tel:+842370000009"' in page


def test_a_cancelled_reception_is_marked_in_words_and_says_why(client):
    factory.make_reception(
        day=date(2025, 3, 20), cancelled_reason="Dự họp, tiếp bù ngày 21/03."
    )
    page = _page(client)
    assert ">Hoãn<" in page
    assert "<s>8 giờ – 11 giờ</s>" in page
    assert "Lý do: Dự họp, tiếp bù ngày 21/03." in page


def test_an_officer_is_named_with_the_position(client):
    officer = factory.make_officer(name="Đàm Quốc Vĩ", position="Chủ tịch Ủy ban nhân dân")
    factory.make_reception(day=date(2025, 3, 20), officer=officer, host="")
    assert "Chủ tịch Ủy ban nhân dân Đàm Quốc Vĩ" in _page(client)


def test_months_lead_to_their_neighbours_that_have_receptions(client):
    factory.make_reception(day=date(2024, 11, 7))
    factory.make_reception(day=date(2025, 6, 5))
    page = _page(client)
    assert f'rel="prev" href="{ADDRESS}2024-11/"' in page
    assert f'rel="next" href="{ADDRESS}2025-06/"' in page
    earlier = _page(client, "2024-11/")
    assert 'rel="prev"' not in earlier
    assert f'rel="next" href="{ADDRESS}2025-03/"' in earlier


def test_the_month_at_hand_is_there_without_receptions_and_has_one_address(client):
    page = _page(client, "2025-03/")
    assert "Tháng này chưa có buổi tiếp công dân nào" in page
    assert f'<link rel="canonical" href="http://testserver{ADDRESS}">' in page


@pytest.mark.parametrize(
    "month",
    [
        "2025-04",
        "2099-12",
        "1999-12",
        "0000-00",
        "2025-13",
        "2025-3",
        "2025-003",
        "99999-01",
        "2025-03-01",
        "２０２５-03",
        "-1",
        "nam",
    ],
)
def test_other_months_are_not_found(client, month):
    factory.make_reception(day=date(2025, 3, 20))
    assert client.get(f"{ADDRESS}{month}/").status_code == 404


def test_the_grid_has_weekends_only_where_somebody_receives():
    today = NOW.date()
    factory.make_reception(day=date(2025, 3, 20))
    assert len(month_of(date(2025, 3, 1), today=today).weekdays) == 5
    factory.make_reception(day=date(2025, 4, 5))
    april = month_of(date(2025, 4, 1), today=today)
    assert april.weekdays[-1] == "Chủ nhật"


@given(st.dates(date(2020, 1, 1), date(2049, 12, 31)))
def test_the_grid_shows_each_workday_of_a_month_once(day):
    first = day.replace(day=1)
    month = month_of(first, today=day)
    shown = [each.day for week in month.weeks for each in week if each.is_in_month]
    assert shown == sorted(set(shown))
    assert day in shown or day.isoweekday() > 5
    assert all(each.month == first.month for each in shown)
    assert all(len(week) == len(month.weekdays) for week in month.weeks)
    assert [each.is_today for week in month.weeks for each in week].count(True) <= 1


def test_days_off_are_named_in_the_grid(client):
    make_plan()
    make_special_day(date(2025, 3, 26), reason="Mất điện cả ngày")
    factory.make_reception(day=date(2025, 3, 20))
    assert "Nghỉ: Mất điện cả ngày" in _page(client)


def test_several_places_are_named_at_each_reception(client):
    factory.make_reception(day=date(2025, 3, 20), place="Nhà văn hóa thôn Cần")
    factory.make_reception(day=date(2025, 3, 21), place="Trụ sở")
    page = _page(client)
    assert "Nơi tiếp:" not in page
    assert page.count("Nhà văn hóa thôn Cần") >= 2  # the next one, and in the grid


def test_the_page_says_when_it_was_changed_last(client):
    factory.make_reception(day=date(2025, 3, 20))
    assert 'datetime="2025-03-12">12/03/2025</time></p>' in _page(client)


def test_the_page_needs_few_queries(client, django_assert_max_num_queries):
    make_plan()
    factory.make_reception(day=date(2025, 3, 20))
    client.get(ADDRESS)  # the frame and the timetable of the office
    # The months, the receptions of this one, the next; and the two of every page.
    with django_assert_max_num_queries(5):
        client.get(ADDRESS)


def test_the_menu_leads_there_once_there_is_something(content_committed):
    assert not all_targets()["organisation:receptions"].has_content
    factory.make_reception()
    assert all_targets()["organisation:receptions"].has_content


# --- For programs ---------------------------------------------------------------------


def _unfolded(client):
    response = client.get(reverse("organisation:receptions_calendar"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_calendar_programs_get_the_receptions_in_universal_time(client):
    reception = factory.make_reception(
        day=date(2025, 3, 20), starts_at=time(7, 30), note="Mang theo đơn; bản sao, nếu có"
    )
    lines = _unfolded(client)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert f"UID:tiep-cong-dan-{reception.pk}@testserver" in lines
    assert "DTSTART:20250320T003000Z" in lines
    assert "DTEND:20250320T040000Z" in lines
    assert "SUMMARY:Tiếp công dân: Chủ tịch Ủy ban nhân dân xã" in lines
    assert r"LOCATION:Phòng tiếp công dân\, trụ sở Ủy ban nhân dân xã" in lines
    assert r"DESCRIPTION:Mang theo đơn\; bản sao\, nếu có" in lines
    assert "STATUS:CONFIRMED" in lines


def test_calendar_programs_are_told_of_a_cancellation(client, content_committed):
    reception = factory.make_reception(day=date(2025, 3, 20))
    assert "STATUS:CONFIRMED" in _unfolded(client)
    reception.cancelled_reason = "Dự họp"
    reception.save()
    content_committed()
    lines = _unfolded(client)
    assert "STATUS:CANCELLED" in lines
    assert "SUMMARY:Hoãn tiếp công dân: Chủ tịch Ủy ban nhân dân xã" in lines
    assert "DESCRIPTION:Dự họp" in lines


def test_the_calendar_file_leaves_out_what_is_long_over(client):
    factory.make_reception(day=date(2025, 1, 9))
    factory.make_reception(day=date(2025, 2, 20))
    assert [line for line in _unfolded(client) if line.startswith("DTSTART")] == [
        "DTSTART:20250220T010000Z"
    ]


@given(st.text(max_size=300))
def test_no_text_breaks_out_of_its_line(text):
    reception = Reception(
        pk=1,
        day=date(2025, 3, 20),
        starts_at=time(8),
        ends_at=time(9),
        host=text,
        place=text,
        note=text,
        updated_at=datetime(2025, 3, 1, tzinfo=UTC),
    )
    file = calendar_file.calendar(
        [reception], name=text, host="xa.example", url="https://xa.example/"
    )
    lines = file.replace("\r\n ", "").split("\r\n")
    names = [line.partition(":")[0].partition(";")[0] for line in lines[:-1]]
    assert names.count("BEGIN") == names.count("END") == 2
    assert set(names) <= {
        "BEGIN",
        "VERSION",
        "PRODID",
        "X-WR-CALNAME",
        "REFRESH-INTERVAL",
        "UID",
        "DTSTAMP",
        "LAST-MODIFIED",
        "DTSTART",
        "DTEND",
        "SUMMARY",
        "LOCATION",
        "DESCRIPTION",
        "STATUS",
        "URL",
        "END",
    }


def test_the_timetable_is_open_data(client):
    factory.make_reception(day=date(2025, 3, 20))
    factory.make_reception(day=date(2025, 4, 3), cancelled_reason="Dự họp")
    address = reverse("open_data:items", args=["lich-tiep-cong-dan"])
    items = client.get(address, {"tu-ngay": "2025-04-01"}).json()["items"]
    assert [(each["day"], each["status"]) for each in items] == [("2025-04-03", "hoãn")]
    assert items[0]["cancelled_reason"] == "Dự họp"
