"""Exactly once: across processes, crashes and an absent Postgres."""

import errno
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.visitors.conftest import database_url, local, seconds
from visitors import counting, figures, rollups
from visitors.clock import SteadyClock
from visitors.counting import Hit
from visitors.lines import encode
from visitors.models import Day, ExclusionCount, PageCount, Salt, Spool
from visitors.spool import Spool as SpoolWriter
from visitors.spool import _SpoolFile, adopt

NOW = local("2025-03-05 12:00:00")


def view(number=0, **fields):
    values = {"at": seconds("2025-03-05 08:00:00"), "key": b"k" * 16, "path": f"/{number}/"}
    return Hit(**values | fields)


def views(day=date(2025, 3, 5)):
    return Day.objects.values_list("views", flat=True).get(day=day)


def files(folder):
    return sorted(path.suffix for path in folder.iterdir())


# --- Flushing -----------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_lines_are_added_once_however_often_one_flushes(spool):
    for number in range(5):
        spool.write(view(number))
    for _ in range(3):
        spool.flush(now=NOW)
    spool.write(view(5))
    spool.flush(now=NOW)
    assert views() == 6


def test_a_flush_that_fails_is_made_up_for_later(spool, monkeypatch):
    spool.write(view())
    with monkeypatch.context() as patch:

        def away(hits, *, now):
            raise DatabaseError

        patch.setattr(rollups, "add_hits", away)
        with pytest.raises(DatabaseError):
            spool.flush(now=NOW)
    assert not Day.objects.exists()
    spool.flush(now=NOW)
    assert views() == 1


def test_a_new_day_begins_a_new_file_and_the_old_one_goes(spool):
    spool.write(view())
    spool.flush(now=NOW)
    (first,) = spool.folder.iterdir()
    spool.write(view(1))
    spool.flush(now=NOW + timedelta(days=1))
    assert not first.exists()
    assert not Spool.objects.exists()
    spool.write(view(2, at=seconds("2025-03-06 08:00:00")))
    spool.flush(now=NOW + timedelta(days=1))
    assert views() == 2
    assert Spool.objects.get().opened_on == date(2025, 3, 6)


def test_a_spool_removed_by_hand_is_added_up_and_replaced(spool):
    spool.write(view())
    (path,) = spool.folder.iterdir()
    path.unlink()
    spool.flush(now=NOW)
    spool.write(view(1))
    spool.flush(now=NOW)
    assert views() == 2
    assert files(spool.folder) == [".spool"]


def test_the_spool_of_a_living_process_is_left_alone(spool):
    spool.write(view())
    assert adopt(spool.folder, now=NOW) == 0
    assert files(spool.folder) == [".spool"]


def test_each_file_has_the_lines_of_one_day(spool):
    spool.write(view(at=seconds("2025-03-05 23:59:59")))
    spool.write(view(at=seconds("2025-03-06 00:00:00")))
    spool.write(view(at=seconds("2025-03-05 23:59:58")))
    names = sorted(path.name[:10] for path in spool.folder.iterdir())
    assert names == ["2025-03-05", "2025-03-05", "2025-03-06"]
    spool.flush(now=local("2025-03-06 00:00:01"))
    assert (views(), views(date(2025, 3, 6))) == (2, 1)


def test_all_files_are_known_before_the_first_is_handed_over(spool, monkeypatch):
    """Or a day could be closed between two of them."""
    spool.write(view(at=seconds("2025-03-04 23:59:59")))
    spool.write(view(at=seconds("2025-03-05 08:00:00")))
    known = []
    hand_over = _SpoolFile.hand_over

    def look(file, *, now):
        known.append(sorted(Spool.objects.values_list("opened_on", flat=True)))
        return hand_over(file, now=now)

    monkeypatch.setattr(_SpoolFile, "hand_over", look)
    spool.flush(now=NOW)
    assert known == [[date(2025, 3, 4), date(2025, 3, 5)]]


def test_a_flush_comes_to_an_end_however_many_views_come_meanwhile(spool, monkeypatch):
    add_hits = rollups.add_hits

    def add_and_get_another(hits, *, now):
        add_hits(hits, now=now)
        spool.write(view(1))

    monkeypatch.setattr(rollups, "add_hits", add_and_get_another)
    spool.write(view())
    spool.flush(now=NOW)
    assert views() == 1
    spool.flush(now=NOW)
    assert views() == 2


# --- Clocks ------------------------------------------------------------------------------


def test_a_view_from_the_future_happened_now(spool):
    ahead = timezone.now() + timedelta(days=365)
    spool.write(view(at=int(ahead.timestamp())))
    spool.flush(now=ahead)
    (day,) = Day.objects.values_list("day", "views", "late_views")
    today = counting.local_day((timezone.now() + timedelta(minutes=5)).timestamp())
    assert day == (today, 1, 0)


@pytest.mark.parametrize("ahead", [timedelta(hours=9), timedelta(days=365)])
def test_a_process_whose_clock_is_ahead_closes_no_day(db, ahead):
    now = timezone.now()
    today = counting.local_day(now.timestamp())
    for day in (today, today + timedelta(days=1)):
        Day.objects.create(day=day)
        Salt.objects.create(day=day, secret=b"s" * 32)
    rollups.close_days(now=now + ahead)
    assert not Day.objects.exclude(closed_at=None).exists()
    assert Salt.objects.count() == 2


def test_a_clock_that_differs_from_that_of_postgres_is_told_to_the_staff(spool):
    spool._care(timezone.now())
    assert spool.faults.kinds == set()
    spool.clock = SteadyClock(wall=lambda: time.time() - 3600)
    spool._care(timezone.now())
    assert spool.faults.kinds == {"clock"}


# --- Adoption -----------------------------------------------------------------------------


@pytest.fixture
def orphan(tmp_path):
    """Return a function that leaves a spool file as a dead process leaves it."""

    def leave(*lines, name="2025-03-05.0123.spool"):
        path = tmp_path / name
        path.write_bytes(b"".join(lines))
        return path

    return leave


def test_the_spool_of_a_dead_process_is_adopted_and_removed(orphan, tmp_path):
    orphan(encode(view(0)), encode(view(1)))
    assert adopt(tmp_path, now=NOW) == 2
    assert adopt(tmp_path, now=NOW) == 0
    assert views() == 2
    assert files(tmp_path) == []
    assert not Spool.objects.exists()


def test_a_torn_last_line_is_left_out(orphan, tmp_path):
    orphan(encode(view(0)), encode(view(1))[:-5])
    adopt(tmp_path, now=NOW)
    assert views() == 1
    assert files(tmp_path) == []


def test_a_bad_line_keeps_no_other_waiting(orphan, tmp_path):
    orphan(encode(view(0)), b"\x00nonsense\n", encode(view(1)))
    adopt(tmp_path, now=NOW)
    assert views() == 2


def test_adoption_goes_on_where_the_dead_process_stopped(orphan, tmp_path):
    path = orphan(encode(view(0)), encode(view(1)))
    Spool.objects.create(
        name=path.stem, opened_on=date(2025, 3, 5), position=len(encode(view(0)))
    )
    assert adopt(tmp_path, now=NOW) == 1


def test_a_spool_longer_than_one_transaction_is_read_to_its_end(
    orphan, tmp_path, monkeypatch
):
    monkeypatch.setattr("visitors.spool._CHUNK", 300)
    orphan(*(encode(view(number)) for number in range(20)))
    assert adopt(tmp_path, now=NOW) == 20
    assert views() == 20


def test_more_orphans_than_a_process_may_open_are_adopted(orphan, tmp_path, monkeypatch):
    monkeypatch.setattr("visitors.spool._ADOPTED_AT_ONCE", 2)
    for number in range(5):
        orphan(encode(view(number)), name=f"2025-03-05.{number}.spool")
    assert adopt(tmp_path, now=NOW) == 5
    assert files(tmp_path) == []


def test_an_empty_orphan_is_removed(orphan, tmp_path):
    orphan()
    assert adopt(tmp_path, now=NOW) == 0
    assert files(tmp_path) == []


def test_bytes_without_any_line_end_keep_nothing_waiting(orphan, tmp_path, monkeypatch):
    monkeypatch.setattr("visitors.spool._CHUNK", 300)
    orphan(b"\0" * 700, b"\n", encode(view()))
    adopt(tmp_path, now=NOW)
    assert views() == 1
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["notes.txt", "x.spool", "2025-99-99.0123.spool", "2025-03-05.spool", ".spool"]
)
def test_a_file_of_somebody_else_is_left_alone(orphan, tmp_path, name):
    orphan(encode(view()), name=name)
    assert adopt(tmp_path, now=NOW) == 0
    assert (tmp_path / name).exists()


@pytest.fixture
def not_ours(monkeypatch):
    """Let one file belong to another user."""
    system_open = os.open

    def refuse(path, *arguments):
        if "foreign" in str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return system_open(path, *arguments)

    monkeypatch.setattr("visitors.spool.os.open", refuse)


def test_files_of_another_users_processes_hold_up_no_others(orphan, tmp_path, not_ours):
    orphan(encode(view(0)), name="2025-03-05.aforeign.spool")
    orphan(encode(view(1)), name="2025-03-05.bours.spool")
    assert adopt(tmp_path, now=NOW) == 1
    # Whose process lives has begun a new file since.
    with pytest.raises(PermissionError):
        adopt(tmp_path, now=NOW + timedelta(days=2))


def test_a_spool_that_cannot_be_adopted_is_told_to_the_staff(spool, orphan, not_ours):
    spool.folder.mkdir()
    (spool.folder / "2025-03-01.foreign.spool").write_bytes(encode(view()))
    spool.write(view())
    spool.flush(now=NOW)
    assert views() == 1
    assert spool.faults.kinds == {"adopt"}
    (spool.folder / "2025-03-01.foreign.spool").unlink()
    spool.flush(now=NOW)
    assert spool.faults.kinds == set()


def test_a_crash_before_the_last_commit_counts_once(orphan, tmp_path, monkeypatch):
    orphan(encode(view()))
    rename = Path.rename

    def rename_and_die(path, target):
        rename(path, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", rename_and_die)
        adopt(tmp_path, now=NOW)
    assert files(tmp_path) == [".done"]
    adopt(tmp_path, now=NOW)
    assert views() == 1
    assert files(tmp_path) == []


def test_a_crash_after_the_last_commit_counts_once(orphan, tmp_path, monkeypatch):
    orphan(encode(view()))

    def die(path, *, missing_ok):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", die)
        adopt(tmp_path, now=NOW)
    assert files(tmp_path) == [".done"]
    assert adopt(tmp_path, now=NOW) == 0
    assert views() == 1
    assert files(tmp_path) == []


def test_the_command_adds_what_stopped_processes_left(orphan, tmp_path, settings, capsys):
    settings.VISIT_SPOOL_DIR = tmp_path
    orphan(encode(view(at=int(timezone.now().timestamp()))))
    call_command("flush_visits")
    assert "Đã cộng 1 dòng" in capsys.readouterr().out


def test_the_command_names_a_file_that_it_cannot_read(orphan, tmp_path, settings, not_ours):
    settings.VISIT_SPOOL_DIR = tmp_path
    orphan(encode(view()), name="2025-03-05.foreign.spool")
    with pytest.raises(CommandError, match="không đọc"):
        call_command("flush_visits")


# --- Disks ----------------------------------------------------------------------------------


@contextmanager
def files_no_longer_than(size):
    """Have the system cut off what is written beyond `size` bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_in_the_middle_of_a_line_costs_that_line_only(spool):
    spool.write(view(0))
    (path,) = spool.folder.iterdir()
    size = path.stat().st_size
    with files_no_longer_than(size + size // 2):
        spool.write(view(1))
        assert spool.faults.kinds == {"write"}
    spool.write(view(2))
    assert spool.faults.kinds == set()
    spool.flush(now=NOW)
    assert views() == 2
    assert PageCount.objects.filter(grain=1, page__path__in=["/0/", "/2/"]).count() == 2
    assert ExclusionCount.objects.filter(grain=1).values_list(
        "reason", "requests"
    ).get() == (
        "unwritten",
        1,
    )


def test_what_could_not_be_written_is_owned_up_to_without_a_further_view(
    spool, monkeypatch
):
    monkeypatch.setattr("visitors.spool._RETRY_AFTER", 0)
    with monkeypatch.context() as patch:
        patch.setattr(_SpoolFile, "create", Mock(side_effect=OSError(errno.EROFS, "x")))
        spool.write(view())
    spool.flush(now=NOW)
    spool.flush(now=NOW)
    assert spool.faults.kinds == set()
    assert ExclusionCount.objects.filter(grain=1).values_list(
        "reason", "requests"
    ).get() == (
        "unwritten",
        1,
    )


def test_a_file_system_without_locks_leaves_no_litter(spool, monkeypatch):
    def no_locks(*arguments):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("visitors.spool.fcntl.flock", no_locks)
    spool.write(view())
    assert spool.faults.kinds == {"write"}
    assert files(spool.folder) == []


def test_a_folder_that_refuses_a_file_is_not_asked_with_every_page(spool, monkeypatch):
    create = Mock(side_effect=PermissionError(errno.EACCES, "x"))
    monkeypatch.setattr(_SpoolFile, "create", create)
    for number in range(100):
        spool.write(view(number))
    assert create.call_count == 1
    assert spool.faults.kinds == {"write"}


def test_a_machine_that_allows_no_more_threads_does_not_break_a_page(tmp_path, monkeypatch):
    spool = SpoolWriter(tmp_path)
    monkeypatch.setattr(threading.Thread, "start", Mock(side_effect=RuntimeError))
    spool.start()
    assert spool.faults.kinds == {"flush"}


def test_no_page_waits_while_the_tables_are_locked(transactional_db, spool):
    """Neither for counting nor for the figures; what was written is counted afterwards."""
    figures.sidebar()

    def flush():
        spool.flush(now=NOW)
        connection.close()

    flusher = threading.Thread(target=flush)
    models = apps.get_app_config("visitors").get_models()
    tables = ", ".join(model._meta.db_table for model in models)
    longest = 0
    locking = connection.copy()
    try:
        with locking.cursor() as cursor:
            cursor.execute(f"BEGIN; LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")
        for number in range(30):
            before = time.monotonic()
            spool.write(view(number))
            assert figures.sidebar() is not None
            longest = max(longest, time.monotonic() - before)
            if number == 0:
                flusher.start()
            time.sleep(0.1)
        assert flusher.is_alive()
    finally:
        locking.close()
        flusher.join()
    spool.flush(now=NOW)
    assert views() == 30
    assert longest < 1


# --- Several processes, killed --------------------------------------------------------------

PROCESS = """
import os, sys
import django
django.setup()
from visitors.counting import Hit
from visitors.spool import of_this_process
spool = of_this_process()
spool.start()
worker = sys.argv[1]
at = int(sys.argv[2])
number = 0
while True:
    spool.write(Hit(at=at, key=(number % 7).to_bytes(16, "big"), path=f"/{worker}/{number}/"))
    number += 1
    os.write(1, b".")  # acknowledged
"""


class Worker:
    """A process that writes views as fast as it may and acknowledges each by a dot."""

    def __init__(self, name, folder):
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_VAR": str(folder),
            "DATABASE_URL": database_url(),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, name, str(seconds("2025-03-05 08:00:00"))],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.acknowledged = 0

    def read(self):
        while dots := self.process.stdout.read(65536):
            self.acknowledged += len(dots)

    def run(self, *, views):
        """Wait until it has acknowledged at least `views` more."""
        goal = self.acknowledged + views
        deadline = time.monotonic() + 20
        while self.acknowledged < goal and time.monotonic() < deadline:
            self.read()
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.read()
        self.process.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_no_view_is_lost_or_doubled_when_processes_and_connections_are_killed(tmp_path):
    acknowledged = 0
    workers = [Worker(f"first-{n}", tmp_path) for n in range(2)]
    for turn in range(3):
        for worker in workers:
            worker.run(views=300)
        cut_connections()
        for worker in workers:
            worker.kill()
            acknowledged += worker.acknowledged
        workers = [Worker(f"turn-{turn}-{n}", tmp_path) for n in range(2)]
    for worker in workers:
        worker.kill()
        acknowledged += worker.acknowledged

    adopt(tmp_path / "visits", now=NOW)

    assert files(tmp_path / "visits") == []
    assert not Spool.objects.exists()
    day = Day.objects.get(day=date(2025, 3, 5))
    assert set(PageCount.objects.filter(grain=1).values_list("views", flat=True)) == {1}
    assert PageCount.objects.filter(grain=1).count() == day.views
    # Of each killed process, the one view that it was about to acknowledge may be there.
    assert acknowledged <= day.views <= acknowledged + 8
    assert (day.visits, day.visitors) == (7, 7)


def cut_connections():
    """End every other connection to the test database, as a restart of Postgres does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )


def test_a_forked_process_gets_a_spool_of_its_own(tmp_path, transactional_db):
    spool = SpoolWriter(tmp_path)
    spool.write(view(0))
    child = os.fork()
    if child == 0:
        spool.leave_to_parent()
        spool.write(view(1))
        os._exit(0)
    os.waitpid(child, 0)
    spool.write(view(2))
    assert files(tmp_path) == [".spool", ".spool"]
    spool.flush(now=NOW)
    assert views() == 3
    spool.leave_to_parent()
