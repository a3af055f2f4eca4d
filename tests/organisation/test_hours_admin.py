from datetime import date, time

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from organisation.models import HoursPlan, SpecialDay
from portal import roles
from portal.audit import AuditEntry
from tests import factory
from tests.organisation.office import AFTERNOON, MORNING, make_plan

pytestmark = pytest.mark.django_db

ADD = "admin:organisation_hoursplan_add"


@pytest.fixture
def approver(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    return client


def _typed(*rows, plan=None, name="Giờ mùa hè", starts_on="15/04/2025"):
    """Return the form of a plan with (weekday, from, to[, key]) as its rows."""
    known = sum(len(row) > 3 for row in rows)
    typed = {
        "name": name,
        "starts_on": starts_on,
        "spans-TOTAL_FORMS": len(rows),
        "spans-INITIAL_FORMS": known,
    }
    for number, (weekday, opens_at, closes_at, *key) in enumerate(rows):
        typed |= {
            f"spans-{number}-weekday": weekday,
            f"spans-{number}-opens_at": opens_at,
            f"spans-{number}-closes_at": closes_at,
            f"spans-{number}-plan": plan.pk if plan else "",
            f"spans-{number}-id": key[0] if key else "",
        }
    return typed


def _first_rows(page):
    return [form.initial for form in page.context["inline_admin_formsets"][0].formset]


def test_a_second_plan_from_the_same_day_is_refused_with_what_to_do(approver):
    make_plan(starts_on=date(2025, 4, 15))
    page = approver.post(reverse(ADD), _typed((1, "07:30", "11:30"))).content.decode()
    assert "trùng “Áp dụng từ ngày”. Hãy sửa mục đã có" in page
    assert HoursPlan.objects.count() == 1


def test_the_first_plan_begins_with_the_usual_hours(approver):
    rows = _first_rows(approver.get(reverse(ADD)))
    assert len(rows) == 10
    assert rows[0] == {"weekday": 1, "opens_at": "07:30", "closes_at": "11:30"}


def test_a_new_plan_begins_with_the_rows_of_the_latest(approver):
    make_plan(starts_on=date(2020, 1, 1))
    make_plan(starts_on=date(2025, 1, 1), week={6: [MORNING]})
    rows = _first_rows(approver.get(reverse(ADD)))
    assert rows == [{"weekday": 6, "opens_at": MORNING[0], "closes_at": MORNING[1]}]


def test_rows_left_as_proposed_are_kept_and_recorded(approver):
    typed = _typed((1, "07:30", "11:30"), (1, "13:30", "17:00"))
    assert approver.post(reverse(ADD), typed).status_code == 302
    plan = HoursPlan.objects.get()
    assert plan.by_weekday() == {1: (MORNING, AFTERNOON)}
    assert AuditEntry.objects.about(plan).get().action == "organisation.hoursplan.add"


def test_the_form_says_the_week_as_people_read_it(approver):
    plan = make_plan()
    address = reverse("admin:organisation_hoursplan_change", args=[plan.pk])
    page = approver.get(address).content.decode()
    assert "Thứ Hai – Thứ Sáu: 7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ" in page


def test_overlapping_hours_are_refused_in_words(approver):
    typed = _typed((2, "07:30", "11:30"), (2, "11:00", "12:00"), (3, "11:00", "12:00"))
    page = approver.post(reverse(ADD), typed).content.decode()
    assert (
        "Thứ Ba: buổi 7 giờ 30 – 11 giờ 30 và buổi 11 giờ – 12 giờ chồng giờ nhau." in page
    )
    assert not HoursPlan.objects.exists()


def test_hours_that_end_before_they_begin_are_refused_in_words(approver):
    page = approver.post(reverse(ADD), _typed((2, "11:30", "07:30"))).content.decode()
    assert "Giờ đóng cửa phải sau giờ mở cửa." in page


def test_two_spans_may_swap_their_hours(approver):
    plan = make_plan(week={1: [MORNING, AFTERNOON]})
    morning, afternoon = plan.spans.all()
    typed = _typed(
        (1, "13:30", "17:00", morning.pk),
        (1, "07:30", "11:30", afternoon.pk),
        plan=plan,
    )
    address = reverse("admin:organisation_hoursplan_change", args=[plan.pk])
    assert approver.post(address, typed).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    morning.refresh_from_db()
    assert morning.opens_at == time(13, 30)


def test_the_database_refuses_overlapping_hours():
    plan = make_plan(week={1: [MORNING]})
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.spans.create(weekday=1, opens_at=time(11), closes_at=time(12))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_half_a_special_day():
    for half in ({"opens_at": time(8)}, {"closes_at": time(8)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SpecialDay.objects.create(day=date(2025, 3, 20), reason="Họp", **half)


def test_a_special_day_is_entered_and_listed_in_words(approver):
    typed = {"day": "20/03/2025", "reason": "Mất điện", "opens_at": "", "closes_at": ""}
    address = reverse("admin:organisation_specialday_add")
    assert approver.post(address, typed).status_code == 302
    assert SpecialDay.objects.get().reason == "Mất điện"
    half = typed | {"day": "21/03/2025", "opens_at": "07:30"}
    page = approver.post(address, half).content.decode()
    assert "Ghi cả giờ mở và giờ đóng" in page
    rows = approver.get(reverse("admin:organisation_specialday_changelist"))
    assert "Thứ Năm" in rows.content.decode()
