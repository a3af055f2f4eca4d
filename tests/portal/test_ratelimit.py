import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from portal import ratelimit
from portal.ratelimit import RateLimit, Verdict, allow

NOW = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def call(key="203.0.113.5", *, scope="thu", limit=3, at=NOW):
    return allow(scope, key, limit=limit, per=HOUR, now=at)


@pytest.mark.django_db
def test_the_limit_is_the_number_of_calls_at_once():
    assert [call().allowed for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_a_refused_caller_is_told_when_the_next_call_is_free():
    for _ in range(3):
        call()
    refused = call()
    assert refused == Verdict(allowed=False, retry_after=20 * 60)
    assert not call(at=NOW + timedelta(minutes=19, seconds=59)).allowed
    assert call(at=NOW + timedelta(seconds=refused.retry_after)).allowed


@pytest.mark.django_db
def test_refused_calls_do_not_lengthen_the_wait():
    for _ in range(50):
        call()
    assert call(at=NOW + timedelta(minutes=20)).allowed


@pytest.mark.django_db
def test_after_the_whole_time_all_calls_are_free_again():
    for _ in range(3):
        call()
    assert [call(at=NOW + HOUR).allowed for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_keys_and_scopes_are_counted_apart():
    assert call(limit=1).allowed
    assert call("198.51.100.1", limit=1).allowed
    assert call(scope="khac", limit=1).allowed
    assert not call(limit=1).allowed


@pytest.mark.django_db
def test_one_call_is_one_statement(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(ratelimit.secrets, "randbelow", lambda bound: 1)
    with django_assert_num_queries(1):
        call()


@pytest.mark.django_db
def test_the_table_holds_no_address_and_is_not_logged():
    call("203.0.113.5")
    key = RateLimit.objects.get().key
    assert "203" not in bytes.fromhex(key).decode("latin-1")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'portal_ratelimit'"
        )
        assert cursor.fetchone()[0] == "u"


@pytest.mark.django_db
def test_the_key_depends_on_the_secret_of_the_site(settings):
    call(limit=1)
    settings.SECRET_KEY = "another secret of another site"
    assert call(limit=1).allowed


@pytest.mark.django_db
def test_rows_that_limit_nobody_any_more_are_removed(monkeypatch):
    call("cũ")
    monkeypatch.setattr(ratelimit.secrets, "randbelow", lambda bound: 0)
    call("mới", at=NOW + HOUR)
    assert RateLimit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_share_one_limit():
    verdicts = []

    def worker():
        try:
            verdicts.extend(call(limit=5).allowed for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(verdicts), sum(verdicts)) == (20, 5)
