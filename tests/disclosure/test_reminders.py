"""Who is reminded of what, when, and never twice."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from disclosure import reminders
from disclosure.reminders import due_number, remind
from portal import roles
from tests import factory

pytestmark = pytest.mark.django_db

DUE = date(2024, 4, 15)


@pytest.fixture
def editor():
    return factory.make_user(roles=[roles.EDITOR], email="bien-tap@xa.example")


@pytest.mark.parametrize(
    ("days", "number"),
    [(-8, 0), (-7, 1), (-1, 1), (0, 2), (6, 2), (7, 3), (13, 3), (14, 4)],
)
def test_a_reminder_a_week_before_on_the_day_and_each_week_after(days, number):
    assert due_number(DUE, today=DUE + timedelta(days=days)) == number


def test_each_reminder_is_sent_once_however_often_the_job_runs(editor):
    factory.make_occurrence()
    sent = []
    for days in range(-20, 22):
        for _ in range(2):
            if remind(today=DUE + timedelta(days=days)):
                sent.append(days)
    assert sent == [-7, 0, 7, 14, 21]
    assert len(mail.outbox) == 5


def test_who_was_away_gets_one_mail_for_the_newest(editor):
    factory.make_occurrence()
    remind(today=DUE + timedelta(days=30))
    (sent,) = mail.outbox
    assert sent.to == ["bien-tap@xa.example"]
    assert "Quý I/2024: quá hạn 30 ngày" in sent.body
    assert "/quan-tri/disclosure/duty/" in sent.body


def test_one_mail_a_person_whatever_is_due(editor):
    for _ in range(3):
        factory.make_occurrence()
    remind(today=DUE)
    (sent,) = mail.outbox
    assert sent.subject.endswith("3 việc sắp đến hạn hoặc quá hạn")
    assert sent.body.count("- Tình hình") == 3


def test_the_owner_is_reminded_and_without_a_reachable_one_every_editor(editor):
    owner = factory.make_user(email="ke-toan@xa.example")
    gone = factory.make_user(email="cu@xa.example", is_active=False)
    factory.make_user(roles=[roles.APPROVER], email="lanh-dao@xa.example")
    factory.make_occurrence(duty=factory.make_duty(owner_account=owner))
    factory.make_occurrence(duty=factory.make_duty(owner_account=gone))
    remind(today=DUE)
    assert sorted(each.to for each in mail.outbox) == [
        ["bien-tap@xa.example"],
        ["ke-toan@xa.example"],
    ]


def test_nobody_is_reminded_of_what_is_done_unreviewed_or_out_of_use(editor):
    factory.make_occurrence(article=factory.make_article(), published_on=DUE)
    factory.make_occurrence(duty=factory.make_duty(reviewed_at=None))
    factory.make_occurrence(duty=factory.make_duty(is_shown=False))
    assert remind(today=DUE) == []


def test_a_merged_unit_reminds_nobody(editor):
    factory.make_identity(
        is_retired=True,
        retired_on=DUE,
        successor_name="Phường Đông Tiến",
        successor_url="https://dongtien.example/",
    )
    factory.make_occurrence()
    assert remind(today=DUE) == []


def test_a_dry_run_says_who_and_sends_nothing(editor, capsys):
    occurrence = factory.make_occurrence()
    call_command("remind_duties", dry_run=True)
    assert "Sẽ nhắc Lê Thị Hoa: Tình hình" in capsys.readouterr().out
    occurrence.refresh_from_db()
    assert (occurrence.reminder, mail.outbox) == (0, [])
    call_command("remind_duties")
    assert "Đã nhắc Lê Thị Hoa" in capsys.readouterr().out


def test_each_day_periods_are_laid_out_and_reminded_of(editor):
    duty = factory.make_duty(since=date(2024, 3, 1))
    reminders.keep_up(now=factory.FIRST_READ.replace(month=4, day=10))
    assert duty.occurrences.count() == 2
    assert "Quý I/2024: sắp đến hạn" in mail.outbox[0].body
