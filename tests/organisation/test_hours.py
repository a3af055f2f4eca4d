from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from organisation import hours
from organisation.hours import Timetable
from organisation.models import HoursPlan
from tests.organisation.office import (
    AFTERNOON,
    MORNING,
    WEEK,
    make_plan,
    make_special_day,
)

pytestmark = pytest.mark.django_db

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2025, 3, 10)
SATURDAY = date(2025, 3, 15)


def _on(day):
    return hours.timetable(day).on(day)


def test_a_weekday_has_the_hours_of_the_plan():
    make_plan()
    assert _on(MONDAY).spans == (MORNING, AFTERNOON)
    assert _on(MONDAY).words == "7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ"
    assert _on(SATURDAY).spans == ()
    assert _on(SATURDAY).words == "Nghỉ"


def test_without_a_plan_nothing_is_known():
    make_special_day(MONDAY)
    assert _on(MONDAY) is None
    assert hours.week(MONDAY) == []
    assert hours.usual_words() == ""


def test_a_plan_holds_from_its_first_day_until_the_next_begins():
    make_plan(starts_on=date(2025, 3, 4))
    summer = (time(7), time(11))
    make_plan(starts_on=date(2025, 3, 11), week={2: [summer]})
    assert _on(date(2025, 3, 3)) is None
    assert _on(MONDAY).spans == (MORNING, AFTERNOON)
    assert _on(date(2025, 3, 11)).spans == (summer,)
    assert _on(date(2025, 3, 12)).spans == ()


def test_plans_of_long_ago_are_not_read():
    make_plan(starts_on=date(2010, 1, 1))
    begun = make_plan(starts_on=date(2020, 1, 1))
    later = make_plan(starts_on=date(2025, 3, 12))
    make_plan(starts_on=date(2030, 1, 1))
    found = HoursPlan.objects.in_force(MONDAY, SATURDAY)
    assert list(found) == [later, begun]


def test_a_public_holiday_is_closed_and_named():
    make_plan()
    holiday = _on(date(2025, 9, 2))
    assert (holiday.spans, holiday.reason) == ((), "Quốc khánh")


def test_a_holiday_on_a_saturday_closes_an_office_that_opens_on_saturdays():
    make_plan(week={6: [MORNING]})
    assert _on(SATURDAY).spans == (MORNING,)
    assert _on(date(2023, 9, 2)).reason == "Quốc khánh"
    assert _on(date(2023, 9, 2)).spans == ()


def test_a_saturday_that_makes_up_for_a_day_off_has_the_hours_of_that_day():
    make_plan(week=WEEK | {5: (MORNING,)})
    made_up = _on(date(2025, 4, 26))  # for Friday, 2 May
    assert made_up.spans == (MORNING,)
    assert made_up.reason == "làm bù cho ngày 02/05/2025"


def test_a_special_day_goes_before_weekday_and_holiday():
    make_plan()
    make_special_day(MONDAY, reason="Họp Hội đồng nhân dân")
    make_special_day(SATURDAY, reason="Làm thêm", span=MORNING)
    make_special_day(date(2025, 9, 2), reason="Trực lễ", span=MORNING)
    assert (_on(MONDAY).spans, _on(MONDAY).reason) == ((), "Họp Hội đồng nhân dân")
    assert (_on(SATURDAY).spans, _on(SATURDAY).reason) == ((MORNING,), "Làm thêm")
    assert _on(date(2025, 9, 2)).spans == (MORNING,)


def test_a_week_goes_from_monday_to_sunday():
    make_plan()
    days = hours.week(date(2025, 3, 13))
    assert [each.day.day for each in days] == [10, 11, 12, 13, 14, 15, 16]
    assert days[0].weekday == "Thứ Hai"
    assert days[-1].weekday == "Chủ nhật"


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (WEEK, "Thứ Hai – Thứ Sáu: 7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ"),
        (
            {1: [MORNING], 2: [MORNING], 6: [AFTERNOON]},
            "Thứ Hai, Thứ Ba: 7 giờ 30 – 11 giờ 30; Thứ Bảy: 13 giờ 30 – 17 giờ",
        ),
        (
            {1: [MORNING], 3: [MORNING]},
            "Thứ Hai: 7 giờ 30 – 11 giờ 30; Thứ Tư: 7 giờ 30 – 11 giờ 30",
        ),
        ({}, ""),
    ],
)
def test_usual_hours_are_said_in_one_line(week, words):
    make_plan(week=week)
    assert hours.usual_words() == words


def test_usual_words_change_at_midnight_with_the_plan():
    make_plan(starts_on=date(2025, 3, 1), week={1: [MORNING]})
    make_plan(starts_on=date(2025, 3, 11), week={1: [AFTERNOON]})
    with time_machine.travel(datetime(2025, 3, 10, 23, 59, 59, tzinfo=LOCAL)) as traveller:
        assert "7 giờ 30" in hours.usual_words()
        traveller.move_to(datetime(2025, 3, 11, tzinfo=LOCAL))
        assert "13 giờ 30" in hours.usual_words()


def test_a_timetable_is_read_once_until_content_changes(
    django_assert_num_queries, content_committed
):
    plan = make_plan()
    content_committed()
    hours.timetable(MONDAY)
    with django_assert_num_queries(0):
        hours.timetable(SATURDAY)
    plan.delete()
    content_committed()
    assert _on(MONDAY) is None


_SPANS = st.lists(
    st.times().map(lambda at: at.replace(tzinfo=None)), max_size=6, unique=True
)


@st.composite
def _timetables(draw):
    def spans():
        times = sorted(draw(_SPANS))
        return tuple(zip(times[::2], times[1::2], strict=False))

    starts = draw(st.lists(st.dates(date(2024, 12, 1), date(2025, 6, 1)), unique=True))
    plans = [(day, {w: spans() for w in range(1, 8)}) for day in sorted(starts)[::-1]]
    return Timetable(plans=tuple(plans), special={})


@given(_timetables(), st.datetimes(datetime(2025, 1, 1), datetime(2025, 5, 1)))
def test_the_next_opening_is_the_first_one_after_the_moment(known, moment):
    moment = moment.replace(tzinfo=LOCAL)
    found = known.next_opening(moment)
    openings = [
        datetime.combine(each.day, opens_at, LOCAL)
        for passed in range(36)
        if (each := known.on(moment.date() + timedelta(days=passed)))
        for opens_at, _ in each.spans
    ]
    assert found == min((each for each in openings if each > moment), default=None)
