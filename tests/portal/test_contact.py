import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from tests import factory
from tests.organisation.office import MORNING, make_plan, make_special_day

pytestmark = pytest.mark.django_db

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2025, 3, 12, 9, 0, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _page(client):
    response = client.get("/lien-he/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_whether_the_office_is_open_now(client, clock):
    make_plan()
    assert "Đang mở cửa đến 11 giờ 30." in _page(client)
    clock.move_to(NOW.replace(hour=12))
    assert "Đang nghỉ trưa, mở lại lúc 13 giờ 30." in _page(client)


def test_the_week_marks_today_and_says_why_a_day_differs(client):
    make_plan()
    make_special_day(date(2025, 3, 14), reason="chiều họp dân", span=MORNING)
    page = _page(client)
    row = re.search(r'<tr class="is-today" aria-current="date">.*?</tr>', page, re.DOTALL)
    assert "Thứ Tư" in row[0]
    assert "Hôm nay" in row[0]
    assert "7 giờ 30 – 11 giờ 30<br>Chiều họp dân" in page
    assert page.count("<td>Nghỉ</td>") == 2


def test_before_hours_are_entered_the_text_of_the_unit_stands_for_them(client):
    factory.make_identity(working_hours="Sáng thứ Hai hằng tuần")
    page = _page(client)
    assert page.count("Giờ làm việc: Sáng thứ Hai hằng tuần") == 1  # at the foot
    assert "<dd>Sáng thứ Hai hằng tuần</dd>" in page
    assert "office-now" not in page


def test_the_foot_of_pages_says_the_plan_in_force(client):
    factory.make_identity(working_hours="Sáng thứ Hai hằng tuần")
    make_plan(week={1: [MORNING], 2: [MORNING]})
    page = _page(client)
    assert "Giờ làm việc: Thứ Hai, Thứ Ba: 7 giờ 30 – 11 giờ 30" in page
    assert "Sáng thứ Hai hằng tuần" not in page


def test_the_foot_changes_at_midnight_with_the_plan(client, clock):
    make_plan(starts_on=date(2025, 1, 1), week={1: [MORNING]})
    make_plan(starts_on=date(2025, 3, 13), week={5: [MORNING]})
    assert "Giờ làm việc: Thứ Hai: 7 giờ 30" in _page(client)
    clock.move_to(datetime(2025, 3, 13, 0, 0, tzinfo=LOCAL))
    assert "Giờ làm việc: Thứ Sáu: 7 giờ 30" in _page(client)


def test_both_phones_can_be_called(client):
    factory.make_identity(phone="0237.000.0001", duty_phone="0237.000.0003")
    page = _page(client)
    assert 'href="tel:+842370000001"' in page
    assert 'href="tel:+842370000003"' in page


def test_the_way_is_told_in_words_and_by_a_picture_of_this_site(client):
    factory.make_identity(
        directions="Qua cầu thì rẽ phải.",
        map_picture=factory.make_picture(alt="Bản đồ đường đến trụ sở"),
        map_url="https://bando.example/tru-so",
    )
    page = _page(client)
    assert "<p>Qua cầu thì rẽ phải.</p>" in page
    assert 'alt="Bản đồ đường đến trụ sở"' in page
    link = re.search(r'<a href="https://bando.example/tru-so".*?</a>', page)[0]
    assert "(trang khác)" in link
    assert re.findall(r'src(?:set)?="(?:https?:)?//', page) == []


def test_without_a_map_there_is_no_empty_section(client):
    factory.make_identity()
    assert "Đường đến trụ sở" not in _page(client)


def test_it_leads_to_the_receptions_to_come(client, content_committed):
    body = re.compile(r"mời bà con xem <a href=\"/lich-tiep-cong-dan/\">")
    factory.make_identity()
    assert not body.search(_page(client))
    factory.make_reception(day=date(2025, 3, 20))
    content_committed()
    assert body.search(_page(client))


def test_search_engines_are_told_the_hours(client):
    factory.make_identity(phone="0237.000.0001", email="ubnd@xa.example")
    make_plan(week={1: [MORNING]})
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', _page(client))
    facts = json.loads(block[1])
    assert facts["@type"] == "GovernmentOrganization"
    assert facts["telephone"] == "+842370000001"
    assert facts["openingHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": "https://schema.org/Monday",
            "opens": "07:30",
            "closes": "11:30",
        }
    ]


def test_it_needs_few_queries(client, django_assert_max_num_queries):
    factory.make_identity()
    make_plan()
    client.get("/lien-he/")
    # The two of every page: what the page says of a day is kept.
    with django_assert_max_num_queries(2):
        client.get("/lien-he/")
