from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from tests.visitors.conftest import local
from visitors import counting, figures
from visitors.models import (
    Day,
    OldMonth,
    OpeningBalance,
    Snapshot,
    Source,
    VisitorDay,
    VisitSettings,
)

pytestmark = pytest.mark.django_db


def measure(**visits):
    """Store days: measure(d2025_03_05=7) is 7 visits on 5 March 2025."""
    for name, number in visits.items():
        day = date(*map(int, name[1:].split("_")))
        Day.objects.create(day=day, views=number, visits=number, visitors=number)


def shown_at(text):
    figures.forget()
    return figures.sidebar(now=local(text))


def numbers(shown):
    return [number for _, number in shown.rows]


def test_the_five_figures():
    measure(d2025_02_27=1, d2025_03_01=2, d2025_03_03=4, d2025_03_04=8, d2025_03_05=16)
    shown = shown_at("2025-03-05 10:00:00.7")  # a Wednesday
    assert numbers(shown) == [16, 8, 28, 30, 31]
    assert shown.as_of == local("2025-03-05 10:00:00")
    assert [label for label, _ in shown.rows] == [
        "Hôm nay",
        "Hôm qua",
        "Tuần này",
        "Tháng này",
        "Tất cả",
    ]


def test_an_empty_site_shows_zeros():
    assert numbers(shown_at("2025-03-05 10:00:00")) == [0, 0, 0, 0, 0]


def test_the_opening_balance_is_part_of_all_and_of_nothing_else():
    measure(d2025_03_05=7)
    OpeningBalance.objects.create(pk=1, figure=293_386, dated=date(2024, 12, 31), note="x")
    assert numbers(shown_at("2025-03-05 10:00:00")) == [7, 0, 7, 7, 293_393]


@pytest.mark.parametrize(
    ("before", "after", "expected_before", "expected_after"),
    [
        # an ordinary midnight: today becomes yesterday
        ("2025-03-05 23:59:59", "2025-03-06 00:00:00", (5, 4, 12, 15), (0, 5, 12, 15)),
        # Sunday to Monday, in the middle of a month
        ("2025-03-09 23:59:59", "2025-03-10 00:00:00", (0, 0, 12, 15), (0, 0, 0, 15)),
        # the last day of a month, in the middle of a week
        ("2025-03-31 23:59:59", "2025-04-01 00:00:00", (6, 0, 6, 21), (0, 6, 6, 0)),
    ],
)
def test_figures_change_at_local_midnight(before, after, expected_before, expected_after):
    measure(d2025_03_01=3, d2025_03_03=3, d2025_03_04=4, d2025_03_05=5, d2025_03_31=6)
    assert numbers(shown_at(before))[:4] == list(expected_before)
    assert numbers(shown_at(after))[:4] == list(expected_after)


@pytest.mark.parametrize("offset", range(40))
def test_the_figures_never_contradict_each_other(offset):
    first = date(2024, 12, 20)
    for number in range(40):
        Day.objects.create(
            day=first + timedelta(days=number),
            views=number % 7,
            visits=number % 7,
            visitors=number % 7,
        )
    today = first + timedelta(days=offset)
    shown = shown_at(f"{today} 00:00:00")
    yesterday = today - timedelta(days=1)
    assert shown.today <= min(shown.this_week, shown.this_month)
    assert max(shown.this_week, shown.this_month) <= shown.total
    same_week = counting.week_start(yesterday) == counting.week_start(today)
    assert not same_week or shown.today + shown.yesterday <= shown.this_week
    same_month = counting.month_start(yesterday) == counting.month_start(today)
    assert not same_month or shown.today + shown.yesterday <= shown.this_month


def test_equal_stamps_mean_equal_figures():
    first = shown_at("2025-03-05 10:00:00.1")
    measure(d2025_03_05=1)
    same_second = shown_at("2025-03-05 10:00:00.9")
    next_second = shown_at("2025-03-05 10:00:01.0")
    assert same_second == first
    assert (next_second.today, next_second.as_of) == (1, local("2025-03-05 10:00:01"))


def test_a_worker_whose_clock_is_behind_shows_the_newer_figures_with_their_stamp():
    newer = shown_at("2025-03-05 10:00:05")
    measure(d2025_03_05=1)
    assert shown_at("2025-03-05 10:00:03") == newer


def test_a_stamp_from_a_clock_that_was_wrong_does_not_stay_for_ever():
    shown_at("2031-01-01 00:00:00")
    assert shown_at("2025-03-05 10:00:00").as_of == local("2025-03-05 10:00:00")


def test_one_query_a_second_is_enough(django_assert_num_queries):
    # one: adding up, storing and reading are one statement
    with django_assert_num_queries(1):
        figures.sidebar()
        figures.sidebar()


def test_a_database_that_only_answers_gives_the_stored_figures():
    stored = shown_at("2025-03-05 10:00:00")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_fetch", _in_savepoint(figures._fetch))
        assert shown_at("2025-03-05 10:00:09") == stored


def _in_savepoint(fetch):
    """Let the test's own transaction outlive a statement that fails."""

    def wrapped(*args):
        with transaction.atomic():
            return fetch(*args)

    return wrapped


def test_without_a_database_there_are_no_figures(monkeypatch):
    def fail(*args):
        raise OperationalError

    monkeypatch.setattr(figures, "_fetch", fail)
    assert shown_at("2025-03-05 10:00:00") is None


def test_there_is_one_snapshot():
    shown_at("2025-03-05 10:00:00")
    shown_at("2025-03-05 10:00:01")
    assert Snapshot.objects.count() == 1


# --- Imported history -------------------------------------------------------------------


@pytest.fixture
def history():
    measure(d2024_10_05=10, d2025_02_05=100, d2025_03_05=7)
    Day.objects.exclude(day=date(2025, 3, 5)).update(source=Source.LOG)
    OldMonth.objects.create(
        month=date(2024, 9, 1), visits=1000, imported_at=local("2025-03-01 00:00:00")
    )
    OldMonth.objects.create(
        month=date(2025, 1, 1), visits=10_000, imported_at=local("2025-03-01 00:00:00")
    )


def test_imported_history_counts_when_there_is_no_opening_balance(history):
    assert shown_at("2025-03-05 10:00:00").total == 11_117


def test_history_up_to_the_opening_balance_is_part_of_it(history):
    OpeningBalance.objects.create(pk=1, figure=50_000, dated=date(2024, 12, 31), note="x")
    assert shown_at("2025-03-05 10:00:00").total == 50_000 + 10_000 + 100 + 7


# --- What else is shown -----------------------------------------------------------------


def test_months_go_back_to_the_same_month_of_the_year_before():
    measure(d2024_02_29=1, d2024_03_01=2, d2024_12_31=4, d2025_03_04=8, d2025_03_05=16)
    shown = shown_at("2025-03-05 10:00:00")
    assert shown.current_months == [
        figures.Month(date(2024, 3, 1), visits=2, views=2, days=1),
        figures.Month(date(2024, 12, 1), visits=4, views=4, days=1),
        figures.Month(date(2025, 3, 1), visits=24, views=24, days=2),
    ]
    assert shown.current_months[-1].visits == shown.this_month


def test_who_opened_a_page_in_the_last_five_minutes_is_online():
    now = local("2025-03-05 10:00:00")
    for number, age in enumerate((0, 299, 300, 4000)):
        VisitorDay.objects.create(
            day=date(2025, 3, 5), key=bytes([number]), last_at=int(now.timestamp()) - age
        )
    assert shown_at("2025-03-05 10:00:00").online == 2


# --- Reading at one moment ----------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_read_at_one_moment_is_what_its_stamp_says():
    measure(d2025_03_05=7)
    with figures.at_one_moment(clock=_clock("2025-03-05 10:00:00.5")) as shown:
        _in_another_connection("UPDATE visitors_day SET views = 9, visits = 9")
        read = Day.objects.get().visits
    assert (shown.today, read) == (7, 7)
    assert shown_at("2025-03-05 10:00:00.9") == shown
    assert shown_at("2025-03-05 10:00:01").today == 9


@pytest.mark.django_db(transaction=True)
def test_a_stamp_that_was_given_already_is_left_to_the_figures_that_have_it():
    measure(d2025_03_05=7)
    given = shown_at("2025-03-05 10:00:00.1")
    Day.objects.update(views=9, visits=9)
    waits = []
    clock = _clock("2025-03-05 10:00:00.4", "2025-03-05 10:00:01")
    with figures.at_one_moment(clock=clock, sleep=waits.append) as shown:
        pass
    assert waits == [pytest.approx(0.6)]
    assert (given.today, shown.today) == (7, 9)
    assert shown.as_of == local("2025-03-05 10:00:01")


@pytest.mark.django_db(transaction=True)
def test_nobody_else_gives_a_stamp_while_a_page_waits_for_its_own():
    measure(d2025_03_05=7)
    first = shown_at("2025-03-05 10:00:00.1")
    seen = []

    def sleep(_):
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(_shown_elsewhere, "2025-03-05 10:00:01").result())

    clock = _clock("2025-03-05 10:00:00.4", "2025-03-05 10:00:01")
    with figures.at_one_moment(clock=clock, sleep=sleep):
        pass
    assert seen == [first]


@pytest.mark.django_db(transaction=True)
def test_others_may_replace_the_snapshot_again_afterwards():
    with figures.at_one_moment(clock=_clock("2025-03-05 10:00:00")):
        pass
    with ThreadPoolExecutor(1) as pool:
        shown = pool.submit(_shown_elsewhere, "2025-03-05 10:00:01").result()
    assert shown.as_of == local("2025-03-05 10:00:01")


def _clock(*texts):
    return iter(map(local, texts)).__next__


def _shown_elsewhere(text):
    try:
        return shown_at(text)
    finally:
        connection.close()


def _in_another_connection(statement):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def test_the_presence_of_readers_is_public_only_where_the_administrator_says_so():
    assert not shown_at("2025-03-05 10:00:00").shows_online
    VisitSettings.objects.create(pk=1, show_online=True)
    assert shown_at("2025-03-05 10:00:01").shows_online


def test_figures_can_be_the_key_of_a_fragment():
    measure(d2025_03_05=7)
    assert hash(shown_at("2025-03-05 10:00:00")) is not None
