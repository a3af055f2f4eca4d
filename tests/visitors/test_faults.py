"""What keeps from counting reaches the staff, and ends when it is over."""

from datetime import timedelta

import pytest

from tests.visitors.conftest import local
from visitors import faults
from visitors.faults import FaultLog
from visitors.models import Fault

pytestmark = pytest.mark.django_db

NOW = local("2025-03-05 12:00:00")
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self):
        self.moment = NOW

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(clock):
    return FaultLog(clock=clock)


def rows():
    return list(Fault.objects.values_list("kind", "text", "began_at", "ended_at"))


def test_a_fault_is_stored_once_while_it_lasts(log, clock):
    for _ in range(5):
        log.note("write", "OSError No space left on device")
        log.store()
        clock.moment += timedelta(seconds=1)
    assert rows() == [("write", "OSError No space left on device", NOW, None)]
    assert log.kinds == {"write"}


def test_a_fault_ends_when_what_failed_works_again(log, clock):
    log.note("flush", "OperationalError")
    log.store()
    clock.moment += 10 * MINUTE
    log.clear("flush")
    assert log.kinds == set()
    clock.moment += MINUTE
    log.store()
    assert rows() == [("flush", "OperationalError", NOW, NOW + 10 * MINUTE)]
    log.store()
    assert len(rows()) == 1


def test_a_fault_during_which_nothing_could_be_stored_is_told_afterwards(log, clock):
    log.note("flush", "OperationalError")
    clock.moment += 60 * MINUTE
    log.clear("flush")
    clock.moment += MINUTE
    log.store()
    assert rows() == [("flush", "OperationalError", NOW, NOW + 60 * MINUTE)]


def test_what_fails_every_other_second_is_one_fault(log, clock):
    for _ in range(100):
        log.note("write", "OSError")
        log.store()
        clock.moment += timedelta(seconds=1)
        log.clear("write")
        log.store()
        clock.moment += timedelta(seconds=1)
    assert [ended_at for *_, ended_at in rows()] == [None]


def test_the_text_is_that_of_the_latest_error(log):
    log.note("write", "OSError Read-only file system")
    log.store()
    log.note("write", "OSError " + "x" * 500)
    log.store()
    assert [text for _, text, _, _ in rows()] == ["OSError " + "x" * 192]


def test_what_works_and_never_failed_is_nothing_to_tell(log):
    log.clear("write")
    log.store()
    assert rows() == []


def test_a_fault_is_confirmed_every_minute_and_current_as_long_as_it_is(log, clock):
    log.note("write", "OSError")
    log.store()
    clock.moment += 4 * MINUTE
    log.store()
    assert list(faults.current(now=NOW + 8 * MINUTE)) == [Fault.objects.get()]
    assert list(faults.current(now=NOW + 9 * MINUTE)) == []


def test_the_fault_of_a_process_that_is_gone_ended_when_it_was_last_seen(log, clock):
    log.note("write", "OSError")
    log.store()
    faults.sweep(now=NOW + 4 * MINUTE)
    assert Fault.objects.get().ended_at is None
    faults.sweep(now=NOW + 6 * MINUTE)
    assert Fault.objects.get().ended_at == NOW


def test_faults_are_recent_for_a_week_and_kept_for_ninety_days(log):
    log.note("write", "OSError")
    log.store()
    faults.sweep(now=NOW + 6 * MINUTE)
    for days, is_recent, is_kept in [(6, True, True), (8, False, True), (91, False, False)]:
        now = NOW + timedelta(days=days)
        faults.sweep(now=now)
        assert faults.recent(now=now).exists() is is_recent
        assert Fault.objects.exists() is is_kept


def test_two_processes_have_faults_of_their_own(clock):
    for process in ("web1:10", "web2:10"):
        faults.record(
            process=process, kind="write", text="OSError", began_at=NOW, seen_at=NOW
        )
    assert faults.current(now=NOW).count() == 2


@pytest.mark.parametrize("kind", ["write", "flush", "adopt", "clock", "something else"])
def test_every_fault_has_words_for_people(kind):
    what, advice = faults.words_of(Fault(kind=kind))
    assert what.endswith(".")
    assert advice.startswith("Hãy ")
