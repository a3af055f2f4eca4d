"""Which columns of the form dossiers count in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.counting import (
    CLOSED,
    Contradiction,
    Facts,
    NotOfPeriod,
    Place,
    figures,
    place,
    status_or_usual,
)
from procedures.figures import STORED, Figures
from procedures.models import Channel, DossierStatus, Outcome

START, END = date(2023, 12, 15), date(2024, 1, 14)
DAY = timedelta(days=1)


def facts(received, due=None, finished=None, status=None, channel=Channel.DIRECT):
    """Return the facts of a dossier whose days are counted from the period's first."""
    day = [None if n is None else START + n * DAY for n in (received, due, finished)]
    return Facts(*day, status_or_usual(status, day[2]), channel)


def placed(*arguments, **options):
    return place(facts(*arguments, **options), START, END)


days = st.integers(-60, 60)
any_facts = st.builds(
    facts,
    days,
    st.none() | days,
    st.none() | days,
    st.none() | st.sampled_from(DossierStatus),
    st.sampled_from(Channel),
)


def places_of(dossiers, starts_on=START, ends_on=END):
    """Return the places of those that count; contradictions never reach a sheet."""
    found = []
    for each in dossiers:
        try:
            where = place(each, starts_on, ends_on)
        except Contradiction:
            continue
        if isinstance(where, Place):
            found.append(where)
    return found


@given(st.lists(any_facts))
def test_figures_of_any_dossiers_keep_the_identities(dossiers):
    places = places_of(dossiers)
    result = figures(places)
    assert result.is_balanced
    assert result.received == len(places)


@given(
    st.lists(any_facts).flatmap(
        lambda each: st.tuples(st.just(each), st.permutations(each))
    )
)
def test_the_order_of_dossiers_never_matters(both):
    listed, shuffled = both
    assert figures(places_of(listed)) == figures(places_of(shuffled))


@given(st.lists(any_facts), st.lists(any_facts))
def test_figures_of_two_lists_add_up_to_those_of_both(some, others):
    together = figures(places_of(some + others))
    parts = [figures(places_of(some)), figures(places_of(others))]
    assert together == Figures.total(parts)


# With a due day: without one, finishing later is a question of the next period alone.
@given(any_facts.filter(lambda each: each.due_on))
def test_what_a_period_leaves_open_the_next_one_carries_over(dossier):
    left_open = figures(places_of([dossier])).pending
    following = figures(places_of([dossier], END + DAY, END + 31 * DAY))
    assert following.carried_over == left_open


@pytest.mark.parametrize(
    ("dossier", "received", "outcome"),
    [
        ((0, 5, 4), "received_direct", Outcome.RESOLVED_EARLY),
        ((0, 5, 5), "received_direct", Outcome.RESOLVED_ON_TIME),
        ((0, 5, 6), "received_direct", Outcome.RESOLVED_LATE),
        ((-1, 5, 4), "carried_over", Outcome.RESOLVED_EARLY),
        ((-9, -1, 0), "carried_over", Outcome.RESOLVED_LATE),
        # Received and finished on the period's first and last day.
        ((0, 0, 0), "received_direct", Outcome.RESOLVED_ON_TIME),
        ((30, 30, 30), "received_direct", Outcome.RESOLVED_ON_TIME),
        # Without a due day only the same day is known to be in time.
        ((3, None, 3), "received_direct", Outcome.RESOLVED_ON_TIME),
        ((3, None, None), "received_direct", Outcome.PENDING_IN_TIME),
        # Finished after the end: open at the end, late or not.
        ((3, 40, 35), "received_direct", Outcome.PENDING_IN_TIME),
        ((3, 29, 31), "received_direct", Outcome.PENDING_OVERDUE),
        ((3, 30, 31), "received_direct", Outcome.PENDING_IN_TIME),
        ((3, 29, None), "received_direct", Outcome.PENDING_OVERDUE),
        ((-40, -30, None), "carried_over", Outcome.PENDING_OVERDUE),
    ],
)
def test_a_dossier_counts_by_its_days(dossier, received, outcome):
    assert placed(*dossier) == Place(received, outcome)


@pytest.mark.parametrize(
    ("channel", "received"),
    [
        (Channel.DIRECT, "received_direct"),
        (Channel.POST, "received_direct"),
        (Channel.ONLINE, "received_online"),
    ],
)
def test_the_way_it_came_decides_between_columns_4_and_5(channel, received):
    assert placed(0, 5, 4, channel=channel).received == received
    assert placed(-1, 5, 4, channel=channel).received == "carried_over"


@pytest.mark.parametrize("status", sorted(DossierStatus))
def test_each_status_counts_as_resolved_as_pending_or_not_at_all(status):
    finished = 4 if status in CLOSED else None
    expected = {
        1: NotOfPeriod.NOT_ACCEPTED,
        2: Place("received_direct", Outcome.PENDING_IN_TIME),
        3: NotOfPeriod.NOT_ACCEPTED,
        4: Place("received_direct", Outcome.PENDING_IN_TIME),
        5: Place("received_direct", Outcome.PENDING_IN_TIME),
        6: Place("received_direct", Outcome.PENDING_IN_TIME),
        7: Place("received_direct", Outcome.RESOLVED_EARLY),
        8: Place("received_direct", Outcome.PENDING_IN_TIME),
        9: Place("received_direct", Outcome.RESOLVED_EARLY),
        10: Place("received_direct", Outcome.RESOLVED_EARLY),
    }
    assert placed(0, 60, finished, status) == expected[status]


def test_a_paused_dossier_past_its_day_is_overdue():
    outcomes = {placed(0, 5, None, status).outcome for status in (5, 6, 8)}
    assert outcomes == {Outcome.PENDING_OVERDUE}


def test_dossiers_of_other_periods_do_not_count():
    assert placed(31, 40) is NotOfPeriod.RECEIVED_LATER
    assert placed(-9, -2, -1) is NotOfPeriod.FINISHED_EARLIER
    assert placed(-9, -2, 0) == Place("carried_over", Outcome.RESOLVED_LATE)


@pytest.mark.parametrize(
    ("dossier", "code", "key"),
    [
        ((0, 5, None, 9), "finish-day-missing", "finished_on"),
        ((0, 5, None, 10), "finish-day-missing", "finished_on"),
        ((0, 5, None, 7), "finish-day-missing", "finished_on"),
        ((0, 5, 4, 4), "finished-but-open", "status"),
        ((0, 5, -1), "finished-before-received", "finished_on"),
        ((0, -1, 4), "due-before-received", "due_on"),
        ((0, None, 4), "due-day-missing", "due_on"),
    ],
)
def test_facts_that_contradict_each_other_are_named_not_guessed(dossier, code, key):
    with pytest.raises(Contradiction) as raised:
        placed(*dossier)
    assert (raised.value.code, raised.value.key) == (code, key)


def test_a_list_without_statuses_tells_them_by_the_finish_day():
    assert status_or_usual(None, END) == DossierStatus.PROCESSED
    assert status_or_usual(None, None) == DossierStatus.IN_PROGRESS
    assert status_or_usual(DossierStatus.WITHDRAWN, END) == DossierStatus.WITHDRAWN


def test_every_column_of_the_form_can_be_reached():
    reached = figures(
        [
            placed(0, 5, 4, channel=Channel.ONLINE),
            placed(0, 5, 5),
            placed(-1, 5, 6),
            placed(0, 40),
            placed(0, 5),
        ]
    )
    assert all(getattr(reached, key) for key in STORED)
