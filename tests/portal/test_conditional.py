from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory
from django.utils.http import http_date

from portal.conditional import answer
from portal.content_version import Memory

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 26, 5, 0, tzinfo=UTC)


@pytest.fixture
def ask():
    """Ask for a text that is `ask.text` and count how often it is made."""
    memory = Memory(size=10)

    def ask(path="/rss.xml", *, until=None, **headers):
        def make():
            ask.made += 1
            return ask.text

        request = RequestFactory().get(path, headers=headers)
        return answer(request, make, content_type="text/xml", memory=memory, until=until)

    ask.text, ask.made = "Tin mới", 0
    return ask


def test_who_has_the_text_gets_a_304_without_its_being_made(ask):
    first = ask()
    again = ask(if_none_match=first["ETag"])
    assert (first.status_code, first.content.decode()) == (200, "Tin mới")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert ask.made == 1


def test_browsers_and_proxies_have_to_ask_every_time(ask):
    assert ask()["Cache-Control"] == "no-cache"


def test_another_text_has_another_tag(ask, content_committed):
    tag = ask()["ETag"]
    ask.text = "Tin khác"
    assert ask(if_none_match=tag).status_code == 304  # nothing was committed
    from articles.models import Category

    Category.objects.create(name="Mới", slug="moi")
    content_committed()
    answer = ask(if_none_match=tag)
    assert (answer.status_code, answer.content.decode()) == (200, "Tin khác")


def test_what_changes_by_itself_is_made_again_at_its_moment(ask):
    with time_machine.travel(NOON, tick=False) as clock:
        tag = ask(until=lambda: NOON + timedelta(minutes=1))["ETag"]
        ask.text = "Tin khác"
        clock.shift(timedelta(minutes=1))
        assert ask(if_none_match=tag, until=lambda: None).status_code == 200


def test_a_date_serves_those_who_keep_no_tag(ask):
    with time_machine.travel(NOON, tick=False) as clock:
        # Within the first seconds another state might get the same date.
        assert "Last-Modified" not in ask()
        clock.shift(timedelta(seconds=10))
        date = ask()["Last-Modified"]
        assert date == http_date(NOON.timestamp())
        assert ask(if_modified_since=date).status_code == 304


def test_texts_at_other_addresses_are_other_texts(ask):
    first = ask("/rss.xml")
    ask.text = "Tin khác"
    other = ask("/tin-tuc/thong-bao/rss.xml")
    assert other["ETag"] != first["ETag"]
    assert ask("/rss.xml?a=b", if_none_match=first["ETag"]).status_code == 304
