from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from organisation import receptions
from organisation.models import Reception
from portal.audit import AuditEntry
from portal.refusals import Refused
from tests import factory
from tests.organisation.office import MORNING, make_plan, make_special_day

pytestmark = pytest.mark.django_db

MONDAY = date(2025, 3, 10)
THURSDAYS = {
    "weekdays": [4],
    "first": MONDAY,
    "last": MONDAY + timedelta(days=27),
    "starts_at": time(7, 30),
    "ends_at": time(11, 30),
    "host": "Chủ tịch Ủy ban nhân dân xã",
    "place": "Phòng tiếp công dân",
}


@pytest.fixture
def staff():
    return factory.make_user()


def _days(rows):
    return [f"{row.day:%d/%m}" for row in rows]


# --- Gaps ------------------------------------------------------------------------


def test_weeks_in_which_nobody_receives_citizens_are_found():
    factory.make_reception(day=date(2025, 3, 13))
    factory.make_reception(day=date(2025, 3, 30))
    assert receptions.weeks_without(today=date(2025, 3, 12)) == [
        date(2025, 3, 17),
        date(2025, 3, 31),
        date(2025, 4, 7),
    ]


def test_a_cancelled_reception_fills_no_week():
    factory.make_reception(day=MONDAY, cancelled_reason="Chủ tịch đi họp")
    assert receptions.weeks_without(today=MONDAY, ahead=0) == [MONDAY]


def test_a_week_in_which_the_office_does_not_work_is_no_gap():
    tet = date(2025, 1, 27)  # Monday to Friday are days off
    assert receptions.weeks_without(today=tet, ahead=0) == []
    assert receptions.weeks_without(today=tet + timedelta(days=7), ahead=0) != []


def test_days_that_the_office_closes_itself_are_no_gap():
    for passed in range(5):
        make_special_day(MONDAY + timedelta(days=passed))
    assert receptions.weeks_without(today=MONDAY, ahead=0) == []


def test_what_is_left_of_a_week_counts():
    saturday = date(2025, 3, 15)
    assert receptions.weeks_without(today=saturday, ahead=0) == []


def test_gaps_are_found_with_six_queries(django_assert_max_num_queries):
    make_plan()
    # the version, whether the unit goes on, the receptions; the plans with their spans and the
    # special days
    with django_assert_max_num_queries(6):
        receptions.weeks_without(today=MONDAY)


def test_a_full_timetable_costs_one_query(django_assert_num_queries):
    factory.make_reception(day=MONDAY)
    with django_assert_num_queries(1):
        assert receptions.weeks_without(today=MONDAY, ahead=0) == []


# --- One reception -----------------------------------------------------------------


def test_each_change_is_recorded_as_what_it_is(staff):
    new = factory.make_reception()
    new.pk = None
    new.starts_at = time(9)
    reception = receptions.save(reception=new, actor=staff)
    reception.note = "Tầng 2"
    receptions.save(reception=reception, actor=staff)
    reception.cancelled_reason = "Họp đột xuất"
    receptions.save(reception=reception, actor=staff)
    reception.cancelled_reason = ""
    receptions.save(reception=reception, actor=staff)
    receptions.delete(reception=reception, today=reception.day, actor=staff)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert [each.removeprefix("reception.") for each in actions] == [
        "created",
        "changed",
        "cancelled",
        "resumed",
        "deleted",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": time(8)}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"host": ""}, "Hãy chọn người tiếp hoặc ghi chức vụ người tiếp."),
        ({"starts_at": time(8)}, "Đã có buổi tiếp khác ở nơi này vào giờ này."),
    ],
)
def test_what_is_wrong_with_a_reception_is_said(staff, fields, said):
    first = factory.make_reception()
    values = {
        "day": first.day,
        "starts_at": time(9),
        "ends_at": time(10),
        "host": "Bí thư Đảng ủy",
        "place": first.place,
    } | fields
    with pytest.raises(Refused, match=said):
        receptions.save(reception=Reception(**values), actor=staff)
    assert not AuditEntry.objects.exists()


def test_the_timetable_of_past_days_is_not_deleted(staff):
    reception = factory.make_reception(day=MONDAY)
    with pytest.raises(Refused, match="đã qua nên không xóa được"):
        receptions.delete(
            reception=reception, today=MONDAY + timedelta(days=1), actor=staff
        )
    assert Reception.objects.exists()


def test_the_database_itself_holds_the_rules():
    first = factory.make_reception()
    for wrong in (
        {"day": first.day},
        {"day": MONDAY + timedelta(days=1), "ends_at": time(7)},
        {"day": MONDAY + timedelta(days=2), "host": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            factory.make_reception(**wrong)


# --- Several weeks -------------------------------------------------------------------


def test_weeks_are_laid_out_on_the_days_asked_for(staff):
    proposal = receptions.lay_out(actor=staff, **THURSDAYS)
    assert _days(proposal.new) == ["13/03", "20/03", "27/03", "03/04"]
    assert _days(Reception.objects.all()) == _days(proposal.new)
    entry = AuditEntry.objects.get()
    assert entry.action == "receptions.laid_out"
    assert len(entry.after["buổi"]) == 4


def test_proposing_makes_nothing():
    assert len(receptions.propose(**THURSDAYS).new) == 4
    assert not Reception.objects.exists()


def test_laying_out_again_makes_nothing_more(staff):
    receptions.lay_out(actor=staff, **THURSDAYS)
    again = receptions.lay_out(actor=staff, **THURSDAYS)
    assert again.new == []
    assert len(again.existing) == 4
    assert Reception.objects.count() == 4
    assert AuditEntry.objects.count() == 1


def test_a_cancelled_reception_is_not_laid_out_anew(staff):
    factory.make_reception(
        day=date(2025, 3, 20),
        starts_at=THURSDAYS["starts_at"],
        place=THURSDAYS["place"],
        cancelled_reason="Chủ tịch đi họp",
    )
    proposal = receptions.lay_out(actor=staff, **THURSDAYS)
    assert proposal.existing == [date(2025, 3, 20)]
    assert Reception.objects.held().count() == 3


def test_days_off_are_skipped_and_named(staff):
    make_plan()
    make_special_day(date(2025, 4, 3), reason="Mất điện")
    make_special_day(date(2025, 4, 4), reason="Chiều họp", span=MORNING)
    proposal = receptions.lay_out(
        actor=staff,
        **THURSDAYS
        | {"weekdays": [1, 4, 5], "first": date(2025, 4, 1), "last": date(2025, 4, 7)},
    )
    assert _days(proposal.new) == ["04/04"]
    assert [(f"{each.day:%d/%m}", each.reason) for each in proposal.skipped] == [
        ("03/04", "Mất điện"),
        ("07/04", "Giỗ Tổ Hùng Vương"),
    ]


def test_a_reception_out_of_the_hours_of_a_short_day_is_skipped():
    make_special_day(date(2025, 3, 13), reason="Chiều họp", span=MORNING)
    afternoon = {"starts_at": time(14), "ends_at": time(16)}
    proposal = receptions.propose(**THURSDAYS | afternoon)
    assert [each.reason for each in proposal.skipped] == ["Chiều họp"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last": MONDAY - timedelta(days=1)}, "Ngày cuối phải từ ngày đầu"),
        ({"last": MONDAY + timedelta(days=91)}, "tối đa 13 tuần"),
        ({"ends_at": time(7, 30)}, "Giờ kết thúc phải sau"),
        ({"host": ""}, "Hãy chọn người tiếp"),
    ],
)
def test_what_cannot_be_laid_out_is_refused(wrong, said):
    with pytest.raises(Refused, match=said):
        receptions.propose(**THURSDAYS | wrong)


@given(
    weekdays=st.sets(st.integers(1, 7)),
    first=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    length=st.integers(0, 90),
)
def test_every_day_asked_for_is_laid_out_or_named(weekdays, first, length):
    last = first + timedelta(days=length)
    proposal = receptions.propose(
        **THURSDAYS | {"weekdays": weekdays, "first": first, "last": last}
    )
    days = [each.day for each in (*proposal.new, *proposal.skipped)]
    asked = (first + timedelta(days=passed) for passed in range(length + 1))
    assert sorted(days) == [day for day in asked if day.isoweekday() in weekdays]
    assert all(each.reason for each in proposal.skipped)
