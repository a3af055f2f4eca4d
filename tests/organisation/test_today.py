from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisation import today
from tests import factory
from tests.organisation.office import MORNING, WEEK, make_plan, make_special_day

pytestmark = pytest.mark.django_db

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
# The examples only read what the fixture made once for all of them.
reads_only = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _at(text):
    """Read "14/3 16:59" as a moment of 2025."""
    return datetime.strptime(f"2025 {text}", "%Y %d/%m %H:%M").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("moment", "is_open", "words", "until"),
    [
        ("10/3 00:00", False, "Chưa đến giờ làm việc, mở cửa lúc 7 giờ 30", "10/3 07:30"),
        ("10/3 07:29", False, "Chưa đến giờ làm việc, mở cửa lúc 7 giờ 30", "10/3 07:30"),
        ("10/3 07:30", True, "Đang mở cửa đến 11 giờ 30", "10/3 11:30"),
        ("10/3 11:29", True, "Đang mở cửa đến 11 giờ 30", "10/3 11:30"),
        ("10/3 11:30", False, "Đang nghỉ trưa, mở lại lúc 13 giờ 30", "10/3 13:30"),
        ("10/3 13:30", True, "Đang mở cửa đến 17 giờ", "10/3 17:00"),
        (
            "10/3 17:00",
            False,
            "Đã hết giờ làm việc, mở lại ngày mai 7 giờ 30",
            "11/3 00:00",
        ),
        ("14/3 17:00", False, "Đã hết giờ làm việc, mở lại Thứ Hai 7 giờ 30", "15/3 00:00"),
        ("15/3 09:00", False, "Hôm nay nghỉ, mở lại Thứ Hai 7 giờ 30", "16/3 00:00"),
        ("16/3 09:00", False, "Hôm nay nghỉ, mở lại ngày mai 7 giờ 30", "17/3 00:00"),
        (
            "7/4 09:00",
            False,
            "Hôm nay nghỉ: Giỗ Tổ Hùng Vương; mở lại ngày mai 7 giờ 30",
            "8/4 00:00",
        ),
        (
            "26/1 09:00",
            False,
            "Hôm nay nghỉ, mở lại Thứ Hai 03/02/2025 7 giờ 30",
            "27/1 00:00",
        ),
        ("26/4 09:00", True, "Đang mở cửa đến 11 giờ 30", "26/4 11:30"),
    ],
)
def test_the_office_says_whether_it_is_open_and_until_when(moment, is_open, words, until):
    make_plan()
    found = today.at(_at(moment))
    assert (found.is_open, found.words, found.until) == (is_open, words, _at(until))


def test_the_moment_may_come_in_any_zone():
    make_plan()
    found = today.at(datetime(2025, 3, 10, 1, 0, tzinfo=ZoneInfo("UTC")))
    assert found.words == "Đang mở cửa đến 11 giờ 30"


def test_a_break_that_is_not_at_noon_is_no_noon_break():
    make_plan(week={1: [(time(7), time(8)), (time(9), time(10))]})
    found = today.at(_at("10/3 08:30"))
    assert found.words == "Đang nghỉ giữa giờ, mở lại lúc 9 giờ"


def test_a_special_day_is_told_with_its_reason_and_its_hours():
    make_plan()
    make_special_day(date(2025, 3, 10), reason="mất điện")
    make_special_day(date(2025, 3, 11), reason="họp dân", span=MORNING)
    closed, short = today.at(_at("10/3 09:00")), today.at(_at("11/3 12:00"))
    assert closed.words == "Hôm nay nghỉ: mất điện; mở lại ngày mai 7 giờ 30"
    assert short.words == "Đã hết giờ làm việc, mở lại ngày mai 7 giờ 30"
    assert short.office.reason == "họp dân"
    assert short.hours_words == "7 giờ 30 – 11 giờ 30"


def test_an_office_that_never_opens_again_promises_nothing():
    make_plan(week={})
    assert today.at(_at("10/3 09:00")).words == "Hôm nay nghỉ"


def test_before_hours_are_entered_nothing_is_said_of_them():
    found = today.at(_at("10/3 09:00"))
    assert (found.is_open, found.words, found.spans, found.hours_words) == (
        None,
        "",
        (),
        "",
    )
    assert not found


def test_the_duty_phone_is_told_at_any_hour():
    factory.make_identity(duty_phone="0237.000.0113")
    found = today.at(_at("10/3 23:00"))
    assert found
    assert found.duty_phone == "0237.000.0113"
    assert found.duty_phone_link == "tel:+842370000113"


def test_receptions_of_today_are_told_cancelled_ones_too_and_the_next_that_is_held():
    factory.make_reception(day=date(2025, 3, 9))
    first = factory.make_reception(day=date(2025, 3, 10), starts_at=time(8))
    second = factory.make_reception(
        day=date(2025, 3, 10), starts_at=time(14), ends_at=time(16), cancelled_reason="Bận"
    )
    factory.make_reception(day=date(2025, 3, 11), cancelled_reason="Đi công tác")
    following = factory.make_reception(day=date(2025, 3, 12))
    found = today.at(_at("10/3 12:00"))
    assert found.receptions == (first, second)
    assert found.next_reception == following


def test_what_holds_now_costs_no_query_until_something_changes(
    django_assert_max_num_queries, content_committed
):
    make_plan()
    with time_machine.travel(_at("10/3 09:00"), tick=False) as traveller:
        content_committed()
        # version, plans, their spans, special days, receptions of today, the next, the unit,
        # whether it goes on
        with django_assert_max_num_queries(8):
            assert today.current().words == "Đang mở cửa đến 11 giờ 30"
        # At most the content version, which is read again after half a second.
        with django_assert_max_num_queries(1):
            today.current()
        traveller.move_to(_at("10/3 11:30"))
        assert today.current().words == "Đang nghỉ trưa, mở lại lúc 13 giờ 30"
        traveller.move_to(_at("11/3 00:00"))
        assert today.current().words == "Chưa đến giờ làm việc, mở cửa lúc 7 giờ 30"


@pytest.fixture
def known_week(content_committed):
    """Make a plan with a Saturday and two special days; examples only read."""
    make_plan(week=WEEK | {6: [MORNING]})
    make_special_day(date(2025, 2, 12))
    make_special_day(date(2025, 3, 8), span=(time(6), time(23, 59)))
    content_committed()


@reads_only
@given(
    st.datetimes(datetime(2025, 1, 20), datetime(2025, 5, 10)),
    st.floats(0, 0.999),
)
def test_nothing_changes_before_until(known_week, moment, share):
    moment = moment.replace(tzinfo=LOCAL)
    found = today.at(moment)
    assert moment < found.until <= moment + timedelta(days=1)
    later = today.at(moment + (found.until - moment) * share)
    assert (later.words, later.is_open) == (found.words, found.is_open)
    assert later.until == found.until


@reads_only
@given(st.datetimes(datetime(2025, 1, 20), datetime(2025, 5, 10)))
def test_the_office_is_open_exactly_within_its_spans(known_week, moment):
    found = today.at(moment.replace(tzinfo=LOCAL))
    inside = any(opens <= moment.time() < closes for opens, closes in found.spans)
    assert found.is_open is inside
    assert found.words.startswith("Đang mở cửa") is inside
