"""Mail to those who must act: who gets it, what it says, and what a dead mail server does."""

import smtplib

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from articles import workflow
from articles.models import CategoryDuty, Stage, Status
from portal import jobs
from tests.factory import make_article, make_category, make_edition, make_page, make_user

pytestmark = pytest.mark.django_db

EDITOR, APPROVER = "Biên tập viên", "Lãnh đạo duyệt"


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "https://xa.example"


def writer(**fields):
    return make_user(roles=[EDITOR], email="viet@xa.example", **fields)


def approver(name="duyet", **fields):
    return make_user(roles=[APPROVER], **({"email": f"{name}@xa.example"} | fields))


def recipients():
    return sorted(address for message in mail.outbox for address in message.to)


def draft(actor, **fields):
    article = make_article(status=Status.DRAFT, created_by=actor, **fields)
    return article


def test_a_submitted_text_asks_whoever_may_approve_it():
    actor, leader = writer(first_name="Mai", last_name="Trần Thị"), approver()
    make_user(roles=["Phụ trách TTHC"], email="tthc@xa.example")
    approver("nghi", is_active=False)
    article = draft(actor, title="Lịch tiêm chủng")
    workflow.submit(content=article, actor=actor)
    (message,) = mail.outbox
    assert message.to == [leader.email]
    assert message.subject == "Chờ bạn duyệt: Lịch tiêm chủng"
    assert "Trần Thị Mai vừa gửi bản 1" in message.body
    link = "https://xa.example" + reverse(
        "admin:articles_article_review", args=[article.pk]
    )
    assert link in message.body


def test_approvers_of_other_categories_are_not_asked():
    mine, other = make_category(), make_category()
    for name, category in (("gan", mine), ("xa", other)):
        CategoryDuty.objects.create(user=approver(name), category=category)
    actor = writer()
    workflow.submit(content=draft(actor, category=mine), actor=actor)
    assert recipients() == ["gan@xa.example"]


def test_who_wrote_it_is_not_asked_to_approve_it():
    both = make_user(roles=[EDITOR, APPROVER], email="cahai@xa.example")
    approver()
    workflow.submit(content=draft(both), actor=both)
    assert recipients() == ["duyet@xa.example"]


def test_people_without_an_address_are_passed_over():
    approver(email="")
    actor = make_user(roles=[EDITOR], email="")
    article = draft(actor)
    workflow.submit(content=article, actor=actor)
    workflow.return_to_author(content=article, actor=None, number=1, remark="Thiếu giờ.")
    assert mail.outbox == []


def test_a_returned_text_tells_its_writer_the_remark():
    actor, leader = writer(), approver(first_name="An", last_name="Lê")
    article = draft(actor, title="Họp <thôn> & xóm")
    workflow.submit(content=article, actor=actor)
    mail.outbox.clear()
    workflow.return_to_author(
        content=article, actor=leader, number=1, remark="Thiếu giờ & nơi họp."
    )
    (message,) = mail.outbox
    assert message.to == [actor.email]
    assert message.subject == "Bài được trả lại để sửa: Họp <thôn> & xóm"
    assert "Người quyết định: Lê An." in message.body
    assert "Thiếu giờ & nơi họp." in message.body
    form = reverse("admin:articles_article_change", args=[article.pk])
    assert f"https://xa.example{form}" in message.body


def test_an_approved_text_tells_all_who_wrote_it():
    first, second = writer(), make_user(roles=[EDITOR], email="hai@xa.example")
    article = make_article(created_by=first)
    make_edition(article, title="Sửa lần một", created_by=first, stage=Stage.DRAFT)
    make_edition(article, title="Sửa lần hai", created_by=second)
    workflow.approve(content=article, actor=approver(), number=3)
    assert recipients() == ["hai@xa.example", "viet@xa.example"]
    assert "Đang hiện trên trang: bản 3." in mail.outbox[0].body


def test_a_withdrawn_article_tells_its_writer_the_reason():
    actor = writer()
    article = make_article(created_by=actor)
    workflow.withdraw(
        article=article, actor=approver(), kind="mistake", reason="Sai tên người dân."
    )
    (message,) = mail.outbox
    assert message.to == [actor.email]
    assert "Sai tên người dân." in message.body


def test_a_page_is_mailed_about_like_an_article():
    actor = writer()
    approver()
    page = make_page(status=Status.DRAFT, created_by=actor)
    workflow.submit(content=page, actor=actor)
    assert reverse("admin:articles_page_review", args=[page.pk]) in mail.outbox[0].body


def test_a_title_of_many_lines_cannot_write_headers():
    actor = writer()
    approver()
    article = draft(actor)
    make_edition(article, title="Họp\nBcc: la@example.com", created_by=actor, stage="draft")
    workflow.submit(content=article, actor=actor)
    assert "\n" not in mail.outbox[0].subject
    assert recipients() == ["duyet@xa.example"]


# --- With the real queue -------------------------------------------------------------------

QUEUE = {"default": {"BACKEND": "portal.jobs.DatabaseJobs"}}


@pytest.mark.django_db(transaction=True)
def test_a_dead_mail_server_blocks_nothing_and_loses_nothing(settings, monkeypatch):
    settings.TASKS = QUEUE
    actor, leader = writer(), approver()
    article = draft(actor)
    workflow.submit(content=article, actor=actor)
    assert article.stage == Stage.SUBMITTED

    def dead(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("away")

    with monkeypatch.context() as patch:
        patch.setattr("portal.staff_mail.send_mail", dead)
        jobs.work(until_idle=True)
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    assert waiting.count() == 1
    assert mail.outbox == []
    waiting.update(run_after=timezone.now())
    jobs.work(until_idle=True)
    assert recipients() == [leader.email]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_asked_about_what_was_recalled_in_the_meantime(settings):
    settings.TASKS = QUEUE
    actor = writer()
    approver()
    article = draft(actor)
    workflow.submit(content=article, actor=actor)
    workflow.recall(content=article, actor=actor)
    jobs.work(until_idle=True)
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_refused_step_mails_nobody(settings):
    settings.TASKS = QUEUE
    actor = writer()
    approver()
    article = draft(actor, body="")
    with pytest.raises(workflow.Refused):
        workflow.submit(content=article, actor=actor)
    assert not DBTaskResult.objects.exists()
