"""No sequence of steps by anybody shows readers a text that nobody approved."""

import contextlib
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from articles import workflow
from articles.models import Article, CategoryDuty, Page, Stage, Status, WithdrawalKind
from portal import roles
from portal.refusals import Refused
from tests.factory import (
    make_article,
    make_category,
    make_edition,
    make_page,
    make_user,
)

NOW = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)
CAST = {
    "editor": [roles.EDITOR],
    "second editor": [roles.EDITOR],
    "approver": [roles.APPROVER],
    "both": [roles.EDITOR, roles.APPROVER],
    "elsewhere": [roles.EDITOR, roles.APPROVER],  # with a duty in another category
    "statistics": [roles.STATISTICS_READER],
    "administrator": [roles.ADMINISTRATOR],
}
STEPS = [
    "save",
    "submit",
    "recall",
    "return",
    "approve",
    "approve",
    "withdraw",
    "reinstate",
    "unschedule",
    "restore",
    "discard",
    "move",
    "delete",
]


class Newsroom:
    """One article or page, everybody who might touch it, and what was approved by whom."""

    def __init__(self, content):
        self.model, self.pk = type(content), content.pk
        self.cast = {name: make_user(roles=held) for name, held in CAST.items()}
        self.elsewhere = make_category()
        CategoryDuty.objects.create(user=self.cast["elsewhere"], category=self.elsewhere)
        self.written = 0
        self.writers = {}  # text -> who wrote it
        self.approvals = {}  # text -> [(who, reason)]

    def take(self, step, who, age, reason, at):
        """Try a step as the program of some button would; a refusal changes nothing.

        `age` says how many editions ago the caller read the text.
        """
        content = self.model.objects.filter(pk=self.pk).first()
        if content is None:
            return
        number = content.head.number - age
        with contextlib.suppress(Refused):
            getattr(self, f"_{step}")(content, self.cast[who], number, reason, at)

    def _save(self, content, actor, number, reason, at):
        content.load_head()
        self.written += 1
        text = f"<p>Lời thứ {self.written}.</p>"
        content.body = text
        content.status, content.stage = Status.PUBLISHED, Stage.APPROVED  # a forged form
        save = workflow.save_page if self.model is Page else workflow.save_article
        self.writers[text] = actor
        save(**{content._meta.model_name: content}, actor=actor, at=at)

    def _submit(self, content, actor, number, reason, at):
        workflow.submit(content=content, actor=actor, override_reason=reason, at=at)

    def _recall(self, content, actor, number, reason, at):
        workflow.recall(content=content, actor=actor)

    def _return(self, content, actor, number, reason, at):
        workflow.return_to_author(
            content=content, actor=actor, number=number, remark=reason
        )

    def _approve(self, content, actor, number, reason, at):
        edition = content.editions.filter(number=number).first()
        given = self.approvals.setdefault(edition and edition.body, [])
        # Noted first: another thread may read the text before the step returns.
        given.append((actor, reason))
        try:
            workflow.approve(
                content=content, actor=actor, number=number, override_reason=reason, at=at
            )
        except Refused:
            given.remove((actor, reason))
            raise

    def _withdraw(self, content, actor, number, reason, at):
        kind = WithdrawalKind.values[number % 2 * 2]  # a mistake, or outdated
        workflow.withdraw(article=content, actor=actor, kind=kind, reason=reason, at=at)

    def _reinstate(self, content, actor, number, reason, at):
        workflow.reinstate(article=content, actor=actor, reason=reason, at=at)

    def _unschedule(self, content, actor, number, reason, at):
        workflow.unschedule(article=content, actor=actor, at=at)

    def _restore(self, content, actor, number, reason, at):
        old = content.editions.filter(number=number).first()
        workflow.restore(content=content, actor=actor, number=number, at=at)
        self.writers.setdefault(old.body, actor)

    def _discard(self, content, actor, number, reason, at):
        workflow.discard(content=content, actor=actor)

    def _move(self, content, actor, number, reason, at):
        workflow.move_article(article=content, actor=actor, category=self.elsewhere)

    def _delete(self, content, actor, number, reason, at):
        delete = workflow.delete_page if self.model is Page else workflow.delete_article
        delete(**{content._meta.model_name: content}, actor=actor)

    def read(self, at):
        """Return the texts that readers see at the moment."""
        seen = self.model.objects
        rows = seen.shown() if self.model is Page else seen.readable(at)
        return set(rows.filter(pk=self.pk).values_list("body", flat=True))


PAGES_LACK = {"withdraw", "reinstate", "unschedule", "move"}
# What leads somewhere comes up more often than what is refused most of the time.
steps = st.sampled_from([*STEPS, *["save", "submit", "approve"] * 4])
people = st.sampled_from([*CAST, *["editor", "approver", "both"] * 3])
sequences = st.lists(
    st.tuples(
        steps,
        people,
        st.sampled_from([0, 0, 0, 1, 2]),
        st.sampled_from(["", "Chỉ có một cán bộ trực."]),
        st.integers(0, 3).map(lambda days: NOW + timedelta(days=days)),
    ),
    min_size=4,
    max_size=25,
)
beginnings = st.sampled_from(["draft", "submitted", "live", "live and submitted"])


def newsroom_with(make, beginning):
    """Return the newsroom of something that waits, that readers see, or both."""
    is_live = beginning.startswith("live")
    content = make(
        status=Status.PUBLISHED if is_live else Status.DRAFT, body="<p>Lời đầu.</p>"
    )
    newsroom = Newsroom(content)
    if is_live:
        newsroom.approvals[content.body] = [(newsroom.cast["approver"], "")]
        newsroom.writers[content.body] = None  # somebody who has left
    if beginning.endswith("submitted"):
        make_edition(content, body="<p>Lời sau.</p>", created_by=newsroom.cast["both"])
        newsroom.writers["<p>Lời sau.</p>"] = newsroom.cast["both"]
    return newsroom


@pytest.mark.django_db
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sequence=sequences, beginning=beginnings, is_page=st.booleans())
def test_readers_see_only_what_somebody_entitled_approved(sequence, beginning, is_page):
    newsroom = newsroom_with(make_page if is_page else make_article, beginning)
    # "elsewhere" too: articles can be moved there, and pages belong to no category.
    may_approve = {newsroom.cast[name] for name in ("approver", "both", "elsewhere")}
    for step, who, age, reason, at in sequence:
        if is_page and step in PAGES_LACK:
            continue
        newsroom.take(step, who, age, reason, at)
        for text in newsroom.read(at):
            approvals = [
                (actor, why)
                for actor, why in newsroom.approvals.get(text, [])
                if actor in may_approve
            ]
            assert approvals
            writer = newsroom.writers.get(text)
            assert any(actor != writer or why for actor, why in approvals)
    # Pages have one root, and the next example makes another.
    newsroom.model.objects.filter(pk=newsroom.pk).delete()


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # what depends on timing cannot be shrunk
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=sequences, second=sequences, beginning=beginnings)
def test_steps_at_the_same_time_show_readers_nothing_unapproved(first, second, beginning):
    newsroom = newsroom_with(make_article, beginning)
    start, failures, seen, done = threading.Barrier(3), [], set(), threading.Event()

    def work(sequence):
        try:
            start.wait()
            for taken in sequence:
                newsroom.take(*taken)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    def read():
        start.wait()
        while not done.is_set():
            seen.update(newsroom.read(NOW + timedelta(days=3)))
        connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in (first, second)]
    reader = threading.Thread(target=read)
    for thread in (*threads, reader):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    close_old_connections()
    assert failures == []
    # Every text was on its way through `approve` before a reader could meet it.
    assert seen <= {text for text, given in newsroom.approvals.items() if given}
    for row in Article.objects.filter(pk=newsroom.pk).exclude(approved=None):
        assert row.body == row.approved.body


@pytest.mark.django_db(transaction=True)
def test_a_step_that_had_to_wait_goes_on_from_what_it_waited_for():
    article = make_article(status=Status.DRAFT)
    colleague = Article.objects.get(pk=article.pk)
    is_saved = threading.Event()

    def save_slowly():
        with transaction.atomic():
            colleague.title = "Tên của đồng nghiệp"
            workflow.save_article(article=colleague, actor=None)
            is_saved.set()
            time.sleep(0.3)  # the other step is waiting for this row by now
        connection.close()

    thread = threading.Thread(target=save_slowly)
    thread.start()
    is_saved.wait()
    workflow.submit(content=article, actor=None)
    thread.join()
    assert (article.head.title, article.stage) == ("Tên của đồng nghiệp", Stage.SUBMITTED)
