from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from portal import sign_in
from portal.audit import AuditEntry
from portal.roles import ADMINISTRATOR, EDITOR
from tests.factory import PASSWORD, make_user

pytestmark = pytest.mark.django_db

START = timezone.datetime(2025, 3, 10, 8, 0, tzinfo=timezone.get_default_timezone())
WRONG = "khong-phai-mat-khau"


@pytest.fixture
def user():
    return make_user(username="hoa")


def attempt(client, username="hoa", password=WRONG, **extra):
    return client.post(
        reverse("admin:login"),
        {"username": username, "password": password, "next": reverse("admin:index")},
        **extra,
    )


def test_the_right_password_opens_the_admin(client, user):
    response = attempt(client, password=PASSWORD)
    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))


@pytest.mark.parametrize("username", ["hoa", "khong-co-ai"])
def test_after_five_wrong_passwords_the_name_is_refused_from_that_address(
    client, user, time_machine, username
):
    time_machine.move_to(START, tick=False)
    answers = [attempt(client, username).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    response = attempt(client, username, PASSWORD)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "thử lại sau 15 phút" in response.text
    assert username not in response.text


def test_the_refusal_ends_when_the_page_said(client, user, time_machine):
    time_machine.move_to(START, tick=False)
    for _ in range(5):
        attempt(client)
    time_machine.move_to(START + timedelta(minutes=10), tick=False)
    response = attempt(client, password=PASSWORD)
    assert response["Retry-After"] == "300"
    time_machine.move_to(START + timedelta(minutes=15, seconds=1), tick=False)
    assert attempt(client, password=PASSWORD).status_code == 302


def test_a_colleague_at_the_same_address_still_gets_in(client, user):
    make_user(username="lan")
    for _ in range(6):
        attempt(client)
    assert attempt(client, "lan", PASSWORD).status_code == 302


def test_the_owner_at_another_address_still_gets_in(client, user):
    for _ in range(6):
        attempt(client)
    assert attempt(client, password=PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_one_address_cannot_try_many_names(client, user, time_machine):
    time_machine.move_to(START, tick=False)
    answers = [attempt(client, f"ten-{number}").status_code for number in range(40)]
    assert set(answers) == {200}
    response = attempt(client, password=PASSWORD)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900
    assert attempt(client, password=PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_names_that_exist_and_names_that_do_not_get_the_same_answer(client, user):
    known, unknown = attempt(client), attempt(client, "khong-co-ai")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert known.status_code == unknown.status_code


def test_a_peer_without_an_address_can_sign_in(client, user):
    assert attempt(client, REMOTE_ADDR="").status_code == 200
    assert attempt(client, password=PASSWORD, REMOTE_ADDR="").status_code == 302


def test_sign_ins_and_refusals_are_recorded_without_the_address(client, user):
    attempt(client, REMOTE_ADDR="203.0.113.9")
    attempt(client, "mat-khau-go-nham", REMOTE_ADDR="203.0.113.9")
    attempt(client, password=PASSWORD, REMOTE_ADDR="203.0.113.9")
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.action for entry in entries] == [
        "session.refused",
        "session.refused",
        "session.started",
    ]
    assert [entry.target_id for entry in entries] == [str(user.pk), "", str(user.pk)]
    stored = str(list(AuditEntry.objects.values()))
    assert "203.0.113.9" not in stored
    assert "mat-khau-go-nham" not in stored


def test_a_lock_is_recorded_once_and_what_it_refuses_is_not(client, user):
    for _ in range(9):
        attempt(client)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["session.refused"] * 5 + ["session.throttled"]


def test_only_administrators_see_the_attempts(client):
    address = reverse("admin:axes_accessattempt_changelist")
    client.force_login(make_user(roles=[EDITOR]))
    assert client.get(address).status_code == 403
    client.force_login(make_user(roles=[ADMINISTRATOR]))
    assert client.get(address).status_code == 200


def test_addresses_and_ended_sessions_are_forgotten(client, user, time_machine):
    time_machine.move_to(START, tick=False)
    attempt(client, "khong-co-ai")
    attempt(client, password=PASSWORD)
    later = START + timedelta(days=91)
    time_machine.move_to(later, tick=False)
    sign_in.forget_old(now=later)
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()
    assert not Session.objects.exists()
