"""What the database refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from disclosure.models import Cadence, Outcome
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"cadence": "tuan"},
        {"due_days": None},
        {"due_days": 367},
        {"due_day": 1, "due_month": 1},
        {"cadence": Cadence.YEARLY, "due_days": None, "due_day": 31},
        {"cadence": Cadence.YEARLY, "due_days": None, "due_day": 32, "due_month": 1},
        {"cadence": Cadence.YEARLY, "due_days": None, "due_day": 1, "due_month": 13},
        {"cadence": Cadence.ONCE, "due_days": None},
        {"cadence": Cadence.ONCE, "due_on": date(2024, 1, 1)},
        {"cadence": Cadence.ON_EVENT, "due_days": None, "due_on": date(2024, 1, 1)},
        {"since": None},
        {"soon_days": 0},
        {"section_kind": "article"},
    ],
)
def test_a_duty_has_one_rule_for_its_last_day(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.make_duty(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"period": ""},
        {"title": "Có cả kỳ và tên"},
        {"page_kind": "article"},
        {"page_kind": "article", "page_key": "1"},
        {"published_on": date(2024, 4, 1)},
        {"outcome": Outcome.PUBLISHED, "recorded_at": factory.FIRST_READ},
        {"outcome": Outcome.NOTHING, "recorded_at": factory.FIRST_READ},
        {"outcome": Outcome.NOTHING, "note": "Không có."},
        {"outcome": "khac"},
    ],
)
def test_a_time_waits_or_says_whole_what_became_of_it(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.make_occurrence(**fields)


def test_a_period_is_there_once_and_what_comes_up_as_often_as_it_does():
    duty = factory.make_occurrence().duty
    with pytest.raises(IntegrityError), transaction.atomic():
        factory.make_occurrence(duty=duty)
    for _ in range(2):
        factory.make_occurrence(duty=duty, period="", title="Quy hoạch")
    assert duty.occurrences.count() == 3


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "trong 15 ngày sau khi kỳ kết thúc"),
        ({"cadence": Cadence.ON_EVENT}, "trong 15 ngày sau khi phát sinh"),
        ({"due_days": 0}, "ngay trong ngày kỳ kết thúc"),
        (
            {"cadence": Cadence.YEARLY, "due_days": None, "due_day": 5, "due_month": 1},
            "chậm nhất ngày 05/01 mỗi năm",
        ),
        (
            {"cadence": Cadence.ONCE, "due_days": None, "due_on": date(2024, 5, 1)},
            "hạn 01/05/2024",
        ),
    ],
)
def test_the_rule_is_said_in_words(fields, words):
    assert factory.make_duty(**fields).rule == words
