"""The home page: each part shows what it should, and hides when it has nothing."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organisation.models import Reception
from portal import content_version
from portal.home_blocks import HomeBlock
from procedures.models import Procedure
from tests import factory
from tests.organisation.office import make_plan

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2024, 1, 23, 2, 0, tzinfo=UTC)  # 9:00 in the office


def _html(client):
    return client.get("/").content.decode()


def _shown(client):
    return re.findall(r"home__part--([a-z]+)", _html(client))


def _section(html, heading_id):
    return html.partition(f'aria-labelledby="{heading_id}"')[2].partition("</section>")[0]


# --- Which parts ----------------------------------------------------------------------


def test_parts_that_have_nothing_are_not_shown(client):
    factory.make_identity()
    assert _shown(client) == ["counter"]


def test_a_site_without_anything_says_where_to_turn(client):
    HomeBlock.objects.create(key="counter", is_shown=False)
    page = client.get("/")
    html = page.content.decode()
    assert page.status_code == 200
    assert html.count("<h1") == 1
    assert "Trang đang được chuẩn bị" in html
    assert 'href="/lien-he/"' in html


def test_every_part_is_shown_once_it_has_something(client):
    board = factory.make_category(is_notice_board=True)
    factory.make_article(category=board)
    category = factory.make_category()
    for _ in range(5):
        factory.make_article(category=category)
    factory.make_quick_task()
    factory.make_procedure(is_common=True)
    factory.make_sheet(period=factory.make_listed_period())
    factory.make_phone()
    factory.make_web_link()
    factory.make_identity(working_hours="7 giờ 30–17 giờ")
    assert _shown(client) == [
        *("today", "tasks", "leads", "procedures", "notices", "results"),
        *("sections", "phones", "counter", "links"),
    ]


def test_the_order_of_the_office_is_that_of_the_page(client, content_committed):
    factory.make_phone()
    factory.make_web_link()
    for key, order in (("links", 1), ("phones", 2), ("counter", 3)):
        HomeBlock.objects.create(key=key, order=order)
    content_committed()
    assert _shown(client) == ["links", "phones", "counter"]


# --- News -----------------------------------------------------------------------------


def test_articles_marked_as_leading_come_first_made_up_with_the_newest(client):
    category = factory.make_category()
    at = datetime(2024, 1, 2, tzinfo=UTC)
    factory.make_article(title="Cũ mà nổi bật", category=category, is_featured=True)
    for number in range(1, 6):
        published_at = at + timedelta(days=30 + number)
        factory.make_article(
            title=f"Bài {number}", category=category, published_at=published_at
        )
    html = _html(client)
    leads = _section(html, "tin-noi-bat")
    assert re.findall(r"(Cũ mà nổi bật|Bài \d)</a>", leads) == [
        *("Cũ mà nổi bật", "Bài 5", "Bài 4", "Bài 3"),
    ]
    section = _section(html, f"muc-{category.pk}")
    assert re.findall(r"Bài \d", section) == ["Bài 2", "Bài 1"]


def test_notices_never_lead_and_have_a_part_of_their_own(client):
    board = factory.make_category(is_notice_board=True)
    factory.make_article(title="Lịch cắt nước", category=board)
    html = _html(client)
    assert "Lịch cắt nước" in _section(html, "thong-bao-moi")
    assert "tin-noi-bat" not in html


def test_one_picture_is_loaded_first_and_every_picture_has_its_size(client):
    category = factory.make_category()
    for _ in range(6):
        factory.make_article(category=category, cover=factory.make_picture())
    html = _html(client)
    pictures = re.findall(r"<img [^>]+>", html.partition("<main")[2])
    assert [each for each in pictures if 'fetchpriority="high"' in each] == [pictures[0]]
    assert all('loading="lazy"' in each for each in pictures[1:])
    assert all(re.search(r' width="\d+" height="\d+"', each) for each in pictures)


# --- Services -------------------------------------------------------------------------


def test_six_common_procedures_in_force_are_one_tap_away(client):
    for _ in range(7):
        factory.make_procedure(is_common=True)
    other = factory.make_procedure()
    part = _section(_html(client), "thu-tuc-hay-dung")
    names = list(Procedure.objects.values_list("name", flat=True))
    assert sum(f">{name}</a>" in part for name in names) == 6
    assert other.name not in part


def test_the_procedures_that_people_open_most_stand_first_by_what_they_call_them(
    client, content_committed
):
    rare = factory.make_procedure(is_common=True, name="Đăng ký kết hôn")
    read = factory.make_procedure(
        is_common=True,
        name="Cấp bản sao Trích lục hộ tịch, bản sao Giấy khai sinh và giấy tờ khác nữa",
        also_known_as="trích lục khai sinh\ntrích lục kết hôn",
    )
    factory.make_page_views(kind="procedure", object_id=read.code, views=3)
    content_committed()
    part = _section(_html(client), "thu-tuc-hay-dung")
    assert part.index(">Trích lục khai sinh</a>") < part.index(f">{rare.name}</a>")


def test_the_newest_results_come_with_the_rate_and_its_formula(client):
    period = factory.make_listed_period()
    factory.make_sheet(period=period)
    part = _section(_html(client), "ket-qua-moi")
    assert period.label in part
    assert "trước hạn và đúng hạn" in part
    assert f'href="{period.get_absolute_url()}#so-lieu-chinh">Cách tính từng số' in part


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (4, "Đang mở cửa đến 11 giờ 30"),
        (5, "Đang nghỉ trưa, mở lại lúc 13 giờ 30"),
        (11, "Đã hết giờ làm việc"),
    ],
)
def test_the_page_says_whether_the_office_is_open(client, hour, words):
    make_plan()
    with time_machine.travel(TUESDAY.replace(hour=hour), tick=False):
        assert words in _section(_html(client), "hom-nay")


def test_the_office_closes_on_the_page_without_any_commit(client):
    make_plan()
    closing = TUESDAY.replace(hour=4, minute=30)
    for moment, words in (
        (closing - timedelta(seconds=1), "Đang mở cửa"),
        (closing, "Đang nghỉ trưa"),
    ):
        with time_machine.travel(moment, tick=False):
            assert words in _section(_html(client), "hom-nay")


def test_who_receives_citizens_and_the_duty_phone_are_told(client):
    factory.make_identity(duty_phone="0237.000.0003")
    Reception.objects.create(
        day=date(2024, 1, 25),
        starts_at=time(7, 30),
        ends_at=time(11),
        host="Chủ tịch Ủy ban nhân dân xã",
        place="Phòng tiếp công dân",
    )
    with time_machine.travel(TUESDAY, tick=False):
        part = re.sub(r"<[^>]+>", "", _section(_html(client), "hom-nay"))
    assert (
        "Thứ Năm 25/01, 7 giờ 30 – 11 giờ: Chủ tịch Ủy ban nhân dân xã tiếp công dân, "
        "Phòng tiếp công dân" in part
    )
    assert "Trực ngoài giờ: 0237.000.0003" in part


def test_a_cancelled_reception_of_today_says_why(client):
    Reception.objects.create(
        day=date(2024, 1, 23),
        starts_at=time(7, 30),
        ends_at=time(11),
        host="Chủ tịch",
        place="Phòng tiếp công dân",
        cancelled_reason="Họp huyện, tiếp bù ngày 24/01",
    )
    with time_machine.travel(TUESDAY, tick=False):
        part = _section(_html(client), "hom-nay")
    assert "Hoãn buổi tiếp công dân" in part
    assert "Họp huyện, tiếp bù ngày 24/01" in part


def test_until_hours_are_entered_the_words_of_the_unit_stand(client):
    factory.make_identity(working_hours="Thứ Hai đến thứ Sáu")
    assert "Giờ làm việc: Thứ Hai đến thứ Sáu" in _section(_html(client), "hom-nay")


# --- Machines and cost ----------------------------------------------------------------


def test_search_engines_are_told_of_the_site_and_its_unit(client):
    factory.make_identity(email="ubnd@example.vn")
    html = _html(client)
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', html)
    site, unit = json.loads(found[1])["@graph"]
    assert (site["@type"], site["url"]) == ("WebSite", "http://testserver/")
    assert site["publisher"] == {"@id": unit["@id"]}
    assert unit["@type"] == "GovernmentOrganization"
    assert unit["name"] == "Xã Đông Thanh"
    assert unit["email"] == "ubnd@example.vn"


def _fill():
    make_plan()
    factory.make_identity()
    factory.make_alert()
    for _ in range(3):
        category = factory.make_category()
        for _ in range(5):
            factory.make_article(category=category, cover=factory.make_picture())
    factory.make_quick_task()
    factory.make_procedure(is_common=True)
    factory.make_sheet(period=factory.make_listed_period())
    factory.make_phone()


def _statements(client):
    with CaptureQueriesContext(connection) as captured:
        client.get("/")
    return len(captured)


def test_a_filled_page_costs_nothing_until_something_changes(client):
    _fill()
    client.get("/")
    content_version.forget_version()
    # The content version, and at most once a second the figures of the counter.
    assert _statements(client) <= 2


def test_the_first_page_after_a_change_asks_no_more_for_more_articles(client):
    _fill()
    client.get("/")
    content_version.clear()
    before = _statements(client)
    category = factory.make_category()
    for _ in range(20):
        factory.make_article(category=category, cover=factory.make_picture())
        factory.make_quick_task()
    content_version.clear()
    # Each source of the frame and of a part is asked once, whatever it holds; the figures of
    # the counter once a second, which may pass in between.
    assert _statements(client) <= before + 1
