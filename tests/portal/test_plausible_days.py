"""A day that nobody can have meant stops at the form; stored, it would break whole lists."""

import pytest
from django.urls import reverse

from disclosure.models import Cadence, Occurrence
from organisation.models import Reception, SpecialDay
from portal import roles
from portal.models import Alert
from tests import factory

pytestmark = pytest.mark.django_db

SENTENCE = "Năm này chắc là gõ nhầm"
HOURS = {"starts_at": "07:30", "ends_at": "11:30", "host": "Chủ tịch", "place": "Một cửa"}
DAYS = ["01/01/0001", "31/12/1899", "01/01/2200", "31/12/9999"]


@pytest.fixture
def approver(client):
    client.force_login(factory.make_user(roles=[roles.APPROVER]))
    return client


def _says(response):
    return SENTENCE in response.content.decode()


@pytest.mark.parametrize("day", DAYS)
def test_no_form_of_a_model_takes_it(approver, day):
    add = reverse("admin:organisation_reception_add")
    assert _says(approver.post(add, {"day": day, **HOURS}))
    add = reverse("admin:organisation_specialday_add")
    assert _says(approver.post(add, {"day": day, "reason": "Nghỉ"}))
    moment = {"ends_at_0": day, "ends_at_1": "10:00"}
    assert _says(approver.post(reverse("admin:portal_alert_add"), moment))
    assert not (Reception.objects.exists() or SpecialDay.objects.exists())
    assert not Alert.objects.exists()


@pytest.mark.parametrize("day", DAYS)
def test_no_other_form_takes_it(approver, day):
    weeks = {"weekdays": ["4"], "first": day, "last": day, **HOURS, "save": "1"}
    assert _says(approver.post(reverse("admin:organisation_reception_weeks"), weeks))
    duty = factory.make_duty(cadence=Cadence.ON_EVENT, due_days=5)
    event = reverse("admin:disclosure_duty_event", args=[duty.pk])
    assert _says(approver.post(event, {"title": "Quy hoạch", "arose_on": day}))
    assert not (Reception.objects.exists() or Occurrence.objects.exists())


def test_a_day_within_reach_is_taken(approver):
    add = reverse("admin:organisation_specialday_add")
    approver.post(add, {"day": "31/12/2199", "reason": "Nghỉ"})
    assert SpecialDay.objects.count() == 1
