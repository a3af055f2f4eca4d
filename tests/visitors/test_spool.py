"""Exactly once: across processes, crashes and an absent Postgres."""

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from tests.visitors.conftest import local, seconds
from visitors import rollups
from visitors.counting import Hit
from visitors.keys import Salts
from visitors.lines import decode, encode
from visitors.models import Day, PageCount, Salt, Spool
from visitors.spool import Spool as SpoolWriter
from visitors.spool import adopt

NOW = local("2025-03-05 12:00:00")


def view(number=0, **fields):
    values = {"at": seconds("2025-03-05 08:00:00"), "key": b"k" * 16, "path": f"/{number}/"}
    return Hit(**values | fields)


def views(day=date(2025, 3, 5)):
    return Day.objects.values_list("views", flat=True).get(day=day)


def files(folder):
    return sorted(path.suffix for path in folder.iterdir())


# --- Lines ------------------------------------------------------------------------------


def test_a_line_gives_back_what_went_in():
    hit = Hit(
        at=1_741_136_400,
        key=bytes(range(16)),
        path="/tin-tuc/\t\n/",
        kind="article",
        object_id="12",
        title='Lịch "tiếp dân"',
    )
    line = encode(hit)
    assert line.count(b"\n") == 1
    assert decode(line) == hit


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[1,",
        b"{}",
        b"null",
        b"[]",
        b'["x","","","","","","",1]',
        b'[99999999999999999,"","","","","","",1]',
        b'[1,"zz","","","","","",1]',
        b'[1,"",2,"","","","",1]',
        b"\xff\xfe",
    ],
)
def test_a_torn_line_is_none(line):
    assert decode(line) is None


def test_a_line_holds_nothing_that_postgres_cannot_store():
    hit = decode(encode(view(path="/\0\ud800" + "x" * 9000, title="t" * 9000)))
    assert (len(hit.path), len(hit.title)) == (500, 200)
    assert "\0" not in hit.path
    hit.path.encode()


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


# --- Salts --------------------------------------------------------------------------------


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
        base = connection.settings_dict
        host = quote(base["HOST"], safe="")
        password = f":{quote(base['PASSWORD'], safe='')}" if base["PASSWORD"] else ""
        port = f":{base['PORT']}" if base["PORT"] else ""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_VAR": str(folder),
            "DATABASE_URL": f"postgres://{base['USER']}{password}@{host}{port}/{base['NAME']}",
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
