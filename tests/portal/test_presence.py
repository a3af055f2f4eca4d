from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from portal import content_version, presence
from portal.models import AuditEntry, Presence
from tests import factory

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 4, 7, 2, tzinfo=UTC)  # 14:02 in Viet Nam
SECOND = timedelta(seconds=1)


@pytest.fixture
def article():
    return factory.make_article()


@pytest.fixture
def hoa():
    return factory.make_user()


def see(article, user, *, at=NOW):
    presence.touch(target=article, user=user, at=at)


def test_others_are_those_heard_of_shortly_before_in_the_order_of_coming(article, hoa):
    an, binh = factory.make_user(), factory.make_user()
    see(article, binh, at=NOW)
    see(article, an, at=NOW + SECOND)
    see(article, hoa, at=NOW + 2 * SECOND)
    present = presence.others(article, hoa, NOW + presence.GONE_AFTER)
    assert [each.user for each in present] == [binh, an]
    later = presence.others(article, hoa, NOW + presence.GONE_AFTER + SECOND)
    assert [each.user for each in later] == [an]


def test_presence_is_of_one_object(article, hoa):
    see(article, hoa)
    page = factory.make_page(pk=article.pk)
    for target in (factory.make_article(), page):
        assert presence.others(target, factory.make_user(), NOW) == []


def test_staying_keeps_the_moment_of_opening(article, hoa):
    for seconds in (0, 60, 120):
        see(article, hoa, at=NOW + seconds * SECOND)
    row = Presence.objects.get()
    assert (row.opened_at, row.seen_at) == (NOW, NOW + 120 * SECOND)


def test_coming_back_after_having_gone_is_a_new_opening(article, hoa):
    see(article, hoa)
    back = NOW + presence.GONE_AFTER + SECOND
    see(article, hoa, at=back)
    assert Presence.objects.get().opened_at == back


def test_a_report_that_comes_late_takes_nothing_back(article, hoa):
    see(article, hoa, at=NOW + 30 * SECOND)
    see(article, hoa, at=NOW)
    assert Presence.objects.get().seen_at == NOW + 30 * SECOND


def test_who_leaves_is_gone_at_once(article, hoa):
    see(article, hoa)
    presence.leave(target=article, user=hoa)
    assert presence.others(article, factory.make_user(), NOW) == []


def test_the_sentence_names_everybody_and_since_when(article, hoa):
    see(article, factory.make_user(last_name="Trần Văn", first_name="An"))
    see(article, factory.make_user(last_name="", first_name="", username="binh"))
    told = presence.sentence(presence.others(article, hoa, NOW))
    assert told.startswith("Đang được Trần Văn An mở (từ 14:02) và binh mở (từ 14:02).")
    assert presence.sentence([]) == ""


def test_reporting_is_one_statement_that_changes_no_content(
    article, hoa, content_committed, django_assert_num_queries
):
    content_committed()
    before = content_version.current()
    with django_assert_num_queries(1):
        see(article, hoa)
    content_committed()
    assert content_version.current() == before
    assert not AuditEntry.objects.exists()


def test_the_table_is_not_logged():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'portal_presence'"
        )
        assert cursor.fetchone() == ("u",)


def test_old_rows_are_forgotten(article, hoa):
    see(article, hoa)
    an = factory.make_user()
    see(article, an, at=NOW + timedelta(hours=1))
    presence.forget_old(now=NOW + timedelta(days=1, minutes=1))
    assert [row.user for row in Presence.objects.all()] == [an]
