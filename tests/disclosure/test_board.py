"""How duties stand: what readers can open, what is soon due, what is missing."""

from datetime import date, timedelta

import pytest
import time_machine

from articles.models import Status, WithdrawalKind
from disclosure import board
from disclosure.board import State
from disclosure.models import Cadence, Duty, Outcome
from portal.models import LegalBasis
from tests import factory

pytestmark = pytest.mark.django_db

DUE = date(2024, 4, 15)


def _standing(today, **fields):
    """Return how one time stands on `today`, and its duty."""
    occurrence = factory.make_occurrence(**fields)
    (standing,) = board.read(Duty.objects.filter(pk=occurrence.duty_id), today=today)
    return standing.items[0], standing


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (-15, State.LATER, "Chưa đến hạn"),
        (-14, State.SOON, "Sắp đến hạn"),
        (0, State.SOON, "Sắp đến hạn"),
        (1, State.OVERDUE, "Quá hạn 1 ngày"),
        (40, State.OVERDUE, "Quá hạn 40 ngày"),
    ],
)
def test_what_waits_stands_by_its_last_day(days, state, words):
    item, standing = _standing(DUE + timedelta(days=days))
    assert (item.state, item.badge.words, standing.state) == (state, words, state)


def test_how_early_it_is_soon_the_duty_says():
    duty = factory.make_duty(soon_days=30)
    item, _ = _standing(DUE - timedelta(days=30), duty=duty)
    assert item.state == State.SOON


@pytest.mark.parametrize(
    ("published_on", "punctual"),
    [(date(2024, 4, 15), "đúng hạn"), (date(2024, 4, 18), "chậm 3 ngày")],
)
def test_what_was_published_says_whether_in_time_and_where_to_read_it(
    published_on, punctual
):
    article = factory.make_article()
    item, standing = _standing(date(2024, 6, 1), article=article, published_on=published_on)
    assert item.state == State.PUBLISHED
    assert item.sentence == f"công khai ngày {published_on:%d/%m/%Y}, {punctual}"
    assert item.where.url == article.get_absolute_url()
    assert standing.last == item


def _withdrawn():
    return factory.make_article(
        status=Status.WITHDRAWN,
        withdrawal_kind=WithdrawalKind.MISTAKE,
        withdrawn_at=factory.FIRST_READ,
        withdrawal_reason="Nhầm số liệu.",
    )


def test_a_page_that_was_withdrawn_is_a_gap_again():
    item, standing = _standing(
        date(2024, 6, 1), article=_withdrawn(), published_on=date(2024, 4, 10)
    )
    assert (item.state, item.badge.words) == (State.OVERDUE, "Cần công khai lại")
    assert "trang không còn đọc được" in item.sentence
    assert (standing.missing, standing.last) == ([item], None)


@pytest.mark.parametrize(
    ("today", "state"),
    [(date(2024, 5, 10), State.OVERDUE), (date(2024, 5, 11), State.PUBLISHED)],
)
def test_a_page_may_go_after_the_time_for_which_it_had_to_stay(today, state):
    duty = factory.make_duty(keep_days=30)
    item, _ = _standing(
        today, duty=duty, article=_withdrawn(), published_on=date(2024, 4, 10)
    )
    assert (item.state, item.where) == (state, None)


def test_nothing_to_publish_is_an_answer():
    item, standing = _standing(
        date(2024, 6, 1),
        outcome=Outcome.NOTHING,
        note="Trong quý không có khoản thu nào.",
        recorded_at=factory.FIRST_READ,
    )
    assert item.state == standing.state == State.NOTHING
    assert item.sentence.endswith("Trong quý không có khoản thu nào.")


def test_a_duty_stands_as_its_most_urgent_time():
    duty, article = factory.make_duty(), factory.make_article()
    factory.make_occurrence(duty=duty)
    factory.make_occurrence(
        duty=duty,
        period="2024-Q2",
        due_on=date(2024, 7, 15),
        article=article,
        published_on=date(2024, 7, 15),
    )
    factory.make_occurrence(duty=duty, period="2024-Q3", due_on=date(2024, 10, 15))
    (standing,) = board.read(Duty.objects.all(), today=date(2024, 8, 1))
    assert standing.state == State.OVERDUE
    assert standing.badge.words == "Quá hạn 108 ngày"
    assert standing.last.occurrence.period == "2024-Q2"
    assert standing.next.occurrence.period == "2024-Q3"


def test_what_never_came_up_is_not_said_to_be_missing():
    factory.make_duty(cadence=Cadence.ON_EVENT)
    (standing,) = board.read(Duty.objects.all(), today=DUE)
    assert (standing.state, standing.badge.words) == (State.LATER, "Chưa phát sinh")


def test_times_of_more_than_five_years_ago_are_left_out():
    factory.make_occurrence()
    (standing,) = board.read(Duty.objects.all(), today=date(2029, 6, 1))
    assert standing.items == []


def test_a_repealed_document_is_named():
    duty = factory.make_duty()
    duty.bases.add(
        LegalBasis.objects.create(number="1", title="A", repealed_on=date(2024, 4, 15)),
        LegalBasis.objects.create(number="2", title="B"),
    )
    (standing,) = board.read(Duty.objects.all(), today=DUE)
    assert [basis.number for basis in standing.repealed_bases] == ["1"]


def test_readers_know_only_of_what_is_shown_and_confirmed():
    factory.make_duty(reviewed_at=None)
    factory.make_duty(is_shown=False)
    known = factory.make_duty()
    assert [each.duty for each in board.public_board()] == [known]


def test_the_board_changes_at_midnight():
    occurrence = factory.make_occurrence()
    with time_machine.travel("2024-04-15T16:59:59Z", tick=False) as clock:
        assert board.public_standings()[occurrence.pk].state == State.SOON
        clock.shift(1)  # midnight in Vietnam
        assert board.public_standings()[occurrence.pk].state == State.OVERDUE


def test_nothing_grows_later_once_the_unit_is_merged():
    factory.make_identity(
        is_retired=True,
        retired_on=date(2024, 4, 20),
        successor_name="Phường Đông Tiến",
        successor_url="https://dongtien.example/",
    )
    occurrence = factory.make_occurrence()
    assert board.public_standings()[occurrence.pk].days == 5


def test_a_board_of_many_costs_few_queries(django_assert_num_queries):
    article = factory.make_article()
    for _ in range(5):
        factory.make_occurrence(article=article, published_on=DUE)
    # Duties, their documents, their times, the articles.
    with django_assert_num_queries(4):
        board.read(Duty.objects.all(), today=DUE)
