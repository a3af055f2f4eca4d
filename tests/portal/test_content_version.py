import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from portal import content_version
from portal.content_version import Memory, TrackContent, cached, current
from portal.directory import UsefulPhone, WebLink


def fresh():
    content_version.forget_version()
    return current()


@pytest.fixture
def committing(transactional_db):
    """Real commits."""


def phone(label="Công an xã"):
    return UsefulPhone(label=label, number="02373742289")


def test_every_kind_of_committed_write_raises_the_version(committing):
    seen = [fresh()]
    UsefulPhone.objects.bulk_create([phone(), phone("Trạm y tế")])
    seen.append(fresh())
    UsefulPhone.objects.update(note="giờ hành chính")
    seen.append(fresh())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_usefulphone SET hours = '24/24'")
    seen.append(fresh())
    UsefulPhone.objects.all().delete()
    seen.append(fresh())
    assert seen == sorted(set(seen))


def test_a_transaction_raises_the_version_only_at_its_commit(committing):
    before = fresh()
    with transaction.atomic():
        phone("Một").save()
        assert fresh() == before
    assert fresh() > before


def test_a_transaction_raises_the_version_once(committing):
    before = fresh()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        UsefulPhone.objects.bulk_create([phone("Một"), phone("Hai")])
        first = fresh()
        WebLink.objects.create(label="Cổng tỉnh", url="https://example.vn/")
        assert before < first == fresh()


def test_a_rolled_back_change_leaves_the_version(committing):
    phone().save()
    before = fresh()
    with transaction.atomic():
        phone("Hai").save()
        transaction.set_rollback(True)
    assert fresh() == before


def test_a_change_after_a_rolled_back_savepoint_still_counts(committing):
    phone().save()
    before = fresh()
    with transaction.atomic():
        with transaction.atomic():
            phone("Ba").save()
            transaction.set_rollback(True)
        phone("Bốn").save()
    assert fresh() > before


def test_an_update_that_changes_nothing_leaves_the_version(committing):
    saved = phone()
    saved.save()
    before = fresh()
    saved.save()
    assert fresh() == before


def test_another_connection_sees_the_raised_version_with_the_content(committing):
    phone().save()
    before = fresh()
    seen = {}
    inside, checked = threading.Event(), threading.Event()

    def elsewhere():
        try:
            with transaction.atomic():
                phone("Năm").save()
                inside.set()
                checked.wait(5)
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    inside.wait(5)
    seen["during"] = fresh()
    checked.set()
    thread.join()
    seen["after"] = fresh()
    assert seen["during"] == before
    assert seen["after"] > before
    assert UsefulPhone.objects.filter(label="Năm").exists()


def test_writers_of_different_content_wait_for_each_other_at_commit_only(committing):
    link = WebLink.objects.create(label="Cổng tỉnh", url="https://example.vn/")
    done = threading.Event()

    def elsewhere():
        try:
            WebLink.objects.filter(pk=link.pk).update(label="Cổng dịch vụ công")
            done.set()
        finally:
            connection.close()

    with transaction.atomic():
        phone().save()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        assert done.wait(5)
    thread.join()


def test_the_version_is_remembered_for_half_a_second(committing, monkeypatch):
    before = fresh()
    phone().save()
    assert current() == before
    later = time.monotonic() + 0.5
    monkeypatch.setattr(content_version.time, "monotonic", lambda: later)
    assert current() > before


def test_cached_loads_once_until_content_changes(committing):
    loads = []

    @cached
    def labels():
        loads.append(1)
        return list(UsefulPhone.objects.values_list("label", flat=True))

    assert [labels(), labels()] == [[], []]
    assert len(loads) == 1
    phone("Sáu").save()
    content_version.forget_version()
    assert labels() == ["Sáu"]
    assert len(loads) == 2


def test_cached_does_not_keep_a_value_under_a_version_that_came_during_the_load(committing):
    changes = ["Bảy"]

    @cached
    def labels():
        found = list(UsefulPhone.objects.values_list("label", flat=True))
        if changes:  # somebody publishes while this thread is loading
            phone(changes.pop()).save()
            content_version.forget_version()
        return found

    assert labels() == []
    assert labels() == ["Bảy"]


def test_cached_keeps_nothing_that_an_open_transaction_wrote(committing):
    @cached
    def labels():
        return list(UsefulPhone.objects.values_list("label", flat=True))

    with transaction.atomic():
        phone("Tám").save()
        assert labels() == ["Tám"]
        transaction.set_rollback(True)
    assert labels() == []


def test_cached_loads_once_for_threads_that_ask_at_the_same_time(committing):
    loads, found = [], []

    @cached
    def slow():
        loads.append(1)
        time.sleep(0.05)
        return "giá trị"

    def ask():
        try:
            found.append(slow())
        finally:
            connection.close()

    fresh()
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["giá trị"] * 4
    assert len(loads) == 1


def test_cached_loads_again_at_the_moment_until_which_the_value_holds(db):
    end = datetime(2024, 1, 26, tzinfo=UTC)
    moments = [end, None]
    values = ["trước", "sau"]
    read = cached(until=lambda: moments.pop(0))(lambda: values.pop(0))
    with time_machine.travel(end - timedelta(seconds=1), tick=False) as clock:
        assert [read(), read()] == ["trước", "trước"]
        clock.move_to(end)
        assert [read(), read()] == ["sau", "sau"]


def test_a_memory_knows_its_values_by_key_and_drops_the_one_made_longest_ago(db):
    memory = Memory(size=2)
    made = []

    def get(key):
        return memory.get(key, lambda: made.append(key) or key.upper())

    assert [get(key) for key in "aab"] == ["A", "A", "B"]
    assert made == ["a", "b"]
    assert [get(key) for key in "cba"] == ["C", "B", "A"]
    assert made == ["a", "b", "c", "a"]


def test_a_value_that_is_made_anew_takes_no_place_from_another(content_committed):
    memory = Memory(size=2)
    made = []

    def get(key):
        return memory.get(key, lambda: made.append(key))

    for key in "ab":
        get(key)
    phone().save()
    content_committed()
    for key in "abab":
        get(key)
    assert made == ["a", "b", "a", "b"]


def test_a_value_that_could_not_be_made_is_asked_for_again(db):
    memory = Memory(size=1)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 / 0)
    assert memory.get("a", lambda: 1) == 1


def test_inside_a_test_transaction_the_fixture_stands_for_the_commit(content_committed):
    before = fresh()
    phone().save()
    assert fresh() == before
    content_committed()
    first = fresh()
    phone("Chín").save()
    content_committed()
    assert before < first < fresh()


def test_tracking_a_table_can_be_taken_back(db):
    operation = TrackContent("portal_user")
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgname = 'portal_user_is_content'"
    state = MigrationExecutor(connection).loader.project_state()
    counts = []
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        operation.database_forwards("portal", editor, state, state)
        cursor.execute(triggers)
        counts.append(cursor.fetchone()[0])
        operation.database_backwards("portal", editor, state, state)
        cursor.execute(triggers)
        counts.append(cursor.fetchone()[0])
    assert counts == [1, 0]
