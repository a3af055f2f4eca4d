"""Salts: shared on their day, forgotten after it, in no statement and in no file."""

import time
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.visitors.conftest import local
from visitors import keys
from visitors.keys import Salts
from visitors.models import Day, Salt

NOW = local("2025-03-05 12:00:00")


def test_all_processes_of_a_day_share_its_salt(db):
    first, second = Salts(), Salts()
    today = date(2025, 3, 5)
    for salts in (first, second):
        salts.keep_ready(today)
    key = first.key(today, "203.0.113.7", "agent")
    assert len(key) == 16
    assert second.key(today, "203.0.113.7", "agent") == key
    assert first.key(today + timedelta(days=1), "203.0.113.7", "agent") not in (key, b"")


def test_yesterdays_salt_is_forgotten_at_once(db):
    salts = Salts()
    salts.keep_ready(date(2025, 3, 5))
    salts.keep_ready(date(2025, 3, 6))
    assert salts.key(date(2025, 3, 5), "203.0.113.7", "agent") == b""


def test_a_closed_day_gets_no_second_salt(db):
    Day.objects.create(day=date(2025, 3, 5), closed_at=NOW)
    salts = Salts()
    salts.keep_ready(date(2025, 3, 5))
    assert not Salt.objects.filter(day=date(2025, 3, 5)).exists()
    assert salts.key(date(2025, 3, 5), "203.0.113.7", "agent") == b""


def test_a_process_without_a_salt_gives_no_key_and_does_not_wait_twice():
    salts = Salts()
    waits = []
    for _ in range(2):
        start = time.monotonic()
        assert salts.key(date(2025, 3, 5), "203.0.113.7", "agent") == b""
        waits.append(time.monotonic() - start)
    assert waits[0] < 1
    assert waits[1] < 0.1


def test_a_day_on_which_the_site_ran_is_measured_even_without_a_visit(db):
    Salts().keep_ready(date(2025, 3, 5))
    assert Day.objects.values_list("day", "views").get() == (date(2025, 3, 5), 0)


def test_yesterdays_salt_is_forgotten_even_while_the_database_is_away(db, monkeypatch):
    salts = Salts()
    salts.keep_ready(date(2025, 3, 5))
    tomorrow = salts.key(date(2025, 3, 6), "203.0.113.7", "agent")

    def away(days, today):
        raise DatabaseError

    monkeypatch.setattr(keys, "_shared_secrets", away)
    with pytest.raises(DatabaseError):
        salts.keep_ready(date(2025, 3, 6))
    assert salts.key(date(2025, 3, 5), "203.0.113.7", "agent") == b""
    assert salts.key(date(2025, 3, 6), "203.0.113.7", "agent") == tomorrow != b""


def test_no_statement_holds_a_salt(db):
    """Postgres logs statements that fail, and shows those that run."""
    with CaptureQueriesContext(connection) as captured:
        Salts().keep_ready(date(2025, 3, 5))
    secrets = [bytes(secret) for secret in Salt.objects.values_list("secret", flat=True)]
    assert len(secrets) == 2
    assert {len(secret) for secret in secrets} == {32}
    statements = "".join(query["sql"] for query in captured)
    assert "visitors_salt" in statements
    assert not any(secret.hex() in statements for secret in secrets)


def file_of_salts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode('visitors_salt')")
        return cursor.fetchone()[0]


def test_the_table_of_salts_gets_a_new_file_without_the_deleted_ones(transactional_db):
    Salts().keep_ready(date(2025, 3, 5))
    Salt.objects.filter(day=date(2025, 3, 5)).delete()
    before, kept = file_of_salts(), Salt.objects.get()
    keys.wipe_deleted()
    assert file_of_salts() != before
    assert Salt.objects.get().secret == kept.secret


def test_wiping_does_not_wait_for_whoever_reads_the_table(transactional_db):
    backup = connection.copy()
    try:
        with backup.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE visitors_salt IN ACCESS SHARE MODE")
        with pytest.raises(OperationalError):
            keys.wipe_deleted()
    finally:
        backup.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
