"""The strip above every page: when it shows what, and who puts it there."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from portal import alerts, roles
from portal.alerts import Alert, Grade
from portal.models import AuditEntry
from tests import factory

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 1, 26, 8, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def _strip(client, address="/lien-he/"):
    page = client.get(address).content.decode()
    return page.partition('class="alerts"')[2].partition("</section>")[0]


# --- When ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_on", "starts", "ends", "is_shown", "standing"),
    [
        (True, -HOUR, HOUR, True, "đang hiện"),
        (True, timedelta(0), HOUR, True, "đang hiện"),
        (True, SECOND, HOUR, False, "hẹn"),
        (True, -HOUR, timedelta(0), False, "đã hết"),
        (True, -HOUR, -SECOND, False, "đã hết"),
        (False, -HOUR, HOUR, False, "đã tắt"),
        (False, SECOND, HOUR, False, "đã tắt"),
        (False, -HOUR, -SECOND, False, "đã hết"),
    ],
)
def test_an_alert_is_in_force_while_it_is_on_and_within_its_time(
    is_on, starts, ends, is_shown, standing
):
    alert = factory.make_alert(is_on=is_on, starts_at=NOW + starts, ends_at=NOW + ends)
    assert Alert.objects.in_force(NOW).exists() is is_shown
    assert alert.standing(NOW) == standing


def test_the_next_moment_is_the_first_at_which_something_appears_or_ends():
    assert Alert.objects.next_moment(NOW) is None
    factory.make_alert(starts_at=NOW - HOUR, ends_at=NOW + 3 * HOUR)
    factory.make_alert(starts_at=NOW + 2 * HOUR, ends_at=NOW + 4 * HOUR)
    factory.make_alert(starts_at=NOW + HOUR, ends_at=NOW + 5 * HOUR, is_on=False)
    assert Alert.objects.next_moment(NOW) == NOW + 2 * HOUR
    assert Alert.objects.next_moment(NOW + 2 * HOUR) == NOW + 3 * HOUR
    assert Alert.objects.next_moment(NOW + 4 * HOUR) is None


def test_an_alert_comes_and_goes_at_its_second_without_any_commit(
    client, content_committed
):
    factory.make_alert(title="Cắt điện", starts_at=NOW, ends_at=NOW + HOUR)
    content_committed()
    for moment, times in ((NOW - SECOND, 0), (NOW, 1), (NOW + HOUR, 0)):
        with time_machine.travel(moment, tick=False):
            assert _strip(client).count("<strong>Thông báo: Cắt điện</strong>") == times


# --- What readers see -----------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/lien-he/", "/tin-tuc/", "/khong-co-trang-nay/"])
def test_the_strip_stands_on_every_page(client, address):
    factory.make_alert(title="Bão số 3", grade=Grade.EMERGENCY)
    assert "Khẩn cấp: Bão số 3" in _strip(client, address)


def test_without_an_alert_there_is_no_strip_and_no_script_for_it(client):
    factory.make_alert(is_on=False)
    page = client.get("/").content.decode()
    assert "data-alerts" not in page
    assert "js/alerts" not in page


def test_the_most_urgent_stands_first_and_of_one_grade_the_newest(client):
    for title, grade, hours in (
        ("Một", Grade.NOTICE, 1),
        ("Hai", Grade.WARNING, 3),
        ("Ba", Grade.WARNING, 2),
        ("Bốn", Grade.EMERGENCY, 4),
    ):
        factory.make_alert(
            title=title, grade=grade, starts_at=timezone.now() - hours * HOUR
        )
    strip = _strip(client)
    order = [
        strip.index(f"<strong>{words}</strong>")
        for words in ("Khẩn cấp: Bốn", "Cảnh báo: Ba", "Cảnh báo: Hai", "Thông báo: Một")
    ]
    assert order == sorted(order)


def test_what_is_dangerous_can_be_folded_but_not_put_away(client):
    factory.make_alert(grade=Grade.EMERGENCY, text="Gọi số trực của xã.")
    strip = _strip(client)
    assert "Thu gọn" in strip
    assert "Cất tin này" not in strip


def test_a_notice_can_be_put_away_and_says_which_it_is(client):
    factory.make_alert(title="Cắt nước")
    assert "Cất tin này: Cắt nước" in _strip(client)


def test_an_emergency_of_one_line_has_nothing_to_fold(client):
    factory.make_alert(grade=Grade.EMERGENCY)
    assert "<button" not in _strip(client)


def test_the_words_of_an_alert_are_no_markup(client):
    factory.make_alert(title="<script>alert(1)</script>", text="<b>đậm</b>")
    strip = _strip(client)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in strip
    assert "&lt;b&gt;đậm&lt;/b&gt;" in strip


@pytest.mark.parametrize(
    ("name", "value", "is_another"),
    [
        ("title", "Đổi giờ", True),
        ("text", "Mời đến chiều", True),
        ("grade", Grade.WARNING, True),
        ("link_label", "Xem lịch", True),
        ("ends_at", NOW + 9 * HOUR, False),
        ("starts_at", NOW - 9 * HOUR, False),
    ],
)
def test_an_alert_comes_back_when_it_is_reworded_not_when_its_hours_change(
    name, value, is_another
):
    alert = factory.make_alert(starts_at=NOW, ends_at=NOW + HOUR)
    before = alert.version
    setattr(alert, name, value)
    assert (alert.version != before) is is_another


# --- What the database refuses ------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"grade": "vui"},
        {"starts_at": NOW, "ends_at": NOW},
        {"link_label": "Xem"},
        {"link_url": "/tin-tuc/"},
        {"link_label": "Xem", "link_url": "javascript:alert(1)"},
        {"link_label": "Xem", "link_url": "//la.example/"},
    ],
)
def test_the_database_refuses_a_broken_alert(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.make_alert(**fields)


def test_the_form_explains_a_link_that_is_not_whole():
    alert = Alert(title="Bão", ends_at=NOW + HOUR, starts_at=NOW, link_label="Xem")
    with pytest.raises(ValidationError, match="phải có cả chữ và địa chỉ"):
        alert.full_clean()


# --- The admin ----------------------------------------------------------------------------


def test_switching_off_takes_an_alert_away_at_once_and_is_recorded_once():
    alert, actor = factory.make_alert(), factory.make_user()
    alerts.switch_off(alert=alert, actor=actor)
    alerts.switch_off(alert=alert, actor=actor)
    assert not Alert.objects.in_force().exists()
    entries = AuditEntry.objects.filter(action="alert.switched_off", actor=actor)
    assert [entry.target_label for entry in entries] == [alert.title]


@pytest.fixture
def approver(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    return client


def _form(*, ends_at, starts_at=NOW, **fields):
    moments = {}
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        local = timezone.localtime(moment)
        moments |= {f"{name}_0": f"{local:%d/%m/%Y}", f"{name}_1": f"{local:%H:%M:%S}"}
    values = {"grade": Grade.NOTICE, "title": "Nghỉ chiều", "is_on": "on"}
    return values | moments | fields


ADD = "admin:portal_alert_add"


@time_machine.travel(NOW, tick=False)
def test_the_form_suggests_a_day_and_shows_the_three_grades(approver):
    page = approver.get(reverse(ADD))
    form = page.context["adminform"].form
    assert form.initial["ends_at"] - form.initial["starts_at"] == timedelta(hours=24)
    html = page.content.decode()
    assert [html.count(f"alert--{grade}") for grade in Grade.values] == [1, 1, 1]


def test_each_box_of_a_moment_says_what_belongs_in_it(approver):
    page = approver.get(reverse(ADD)).content.decode()
    for words in ("từ lúc: ngày", "từ lúc: giờ", "đến lúc: ngày", "đến lúc: giờ"):
        assert f'aria-label="Hiện {words}"' in page


@time_machine.travel(NOW, tick=False)
def test_an_alert_is_made_by_one_form_and_recorded(approver, client):
    approver.post(reverse(ADD), _form(ends_at=NOW + 24 * HOUR))
    assert "Thông báo: Nghỉ chiều" in _strip(client)
    assert AuditEntry.objects.filter(action="portal.alert.add").count() == 1


@pytest.mark.parametrize(
    ("grade", "ends_in", "sentence"),
    [
        (Grade.NOTICE, -HOUR, "Giờ tắt đã qua"),
        (Grade.EMERGENCY, timedelta(days=8), "tối đa 7 ngày"),
        (Grade.WARNING, timedelta(days=15), "tối đa 14 ngày"),
        (Grade.NOTICE, timedelta(days=61), "tối đa 60 ngày"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_the_form_refuses_an_end_that_is_past_or_too_far(
    approver, grade, ends_in, sentence
):
    form = _form(starts_at=NOW - 2 * HOUR, ends_at=NOW + ends_in, grade=grade)
    page = approver.post(reverse(ADD), form)
    assert sentence in page.content.decode()
    assert not Alert.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_alert_that_has_ended_can_still_be_reworded(approver):
    alert = factory.make_alert(starts_at=NOW - 2 * HOUR, ends_at=NOW - HOUR)
    form = _form(starts_at=alert.starts_at, ends_at=alert.ends_at, title="Đã xong")
    approver.post(reverse("admin:portal_alert_change", args=[alert.pk]), form)
    alert.refresh_from_db()
    assert alert.title == "Đã xong"


@time_machine.travel(NOW, tick=False)
def test_too_many_alerts_at_once_are_pointed_out(approver):
    for _ in range(3):
        factory.make_alert()
    page = approver.post(reverse(ADD), _form(ends_at=NOW + HOUR), follow=True)
    assert "Đang có 4 tin cùng hiện" in page.content.decode()


def test_the_list_tells_the_standing_and_switches_off(approver):
    shown = factory.make_alert(title="Đang có bão")
    factory.make_alert(title="Bão đã tan", ends_at=timezone.now() - SECOND)
    address = reverse("admin:portal_alert_changelist")
    html = approver.get(address).content.decode()
    assert "đang hiện</td>" in html
    assert "đã hết</td>" in html
    filtered = approver.get(address, {"tinh-trang": "khac"}).content.decode()
    assert "Bão đã tan" in filtered
    assert "Đang có bão" not in filtered
    approver.post(address, {"action": "switch_off_chosen", "_selected_action": [shown.pk]})
    assert not Alert.objects.in_force().exists()


def test_the_start_page_reminds_of_what_stands_above_every_page(approver):
    title = "Tin khẩn đang hiện"
    assert title not in approver.get(reverse("admin:index")).content.decode()
    alert = factory.make_alert(title="Cắt nước")
    html = approver.get(reverse("admin:index")).content.decode()
    assert title in html
    assert reverse("admin:portal_alert_change", args=[alert.pk]) in html


def test_the_start_page_bothers_no_one_who_may_not_change_it(client):
    factory.make_alert()
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    assert "Tin khẩn đang hiện" not in client.get(reverse("admin:index")).content.decode()
