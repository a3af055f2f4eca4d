"""The embedded Postgres: started once, shared, stopped by the last, recovered after a kill."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest

from portal import postgres
from portal.postgres import Cluster, PostgresError

ROOT = Path(__file__).parent.parent.parent
# Another process of the site: joins, says so, and leaves when its input ends.
NEIGHBOUR = """
import sys
from portal.postgres import Cluster, PostgresError
try:
    with Cluster(sys.argv[1]) as url:
        print(url, flush=True)
        sys.stdin.read()
except PostgresError as error:
    sys.exit(str(error))
"""
needs_root = pytest.mark.skipif(
    os.geteuid() != 0
    or not postgres._Account(uid=65534, gid=65534).reaches(
        "/", postgres.find_programs().folder / "postgres"
    ),
    reason="needs root, and programs that other users can reach",
)


@pytest.fixture(scope="module")
def created(tmp_path_factory):
    """A folder with a cluster that was created and left; tests may use and kill it."""
    folder = tmp_path_factory.mktemp("pg")
    with Cluster(folder) as url:
        run(url, "CREATE TABLE note (words text)")
    return folder


def run(url, statement):
    with (
        closing(psycopg2.connect(url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def neighbour(folder, **variables):
    return subprocess.Popen(
        [sys.executable, "-c", NEIGHBOUR, str(folder)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def postmaster(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def is_running(cluster):
    return (cluster.data / "postmaster.pid").exists()


def test_the_first_start_creates_role_and_database(created):
    cluster = Cluster(created)
    with cluster as url:
        assert run(url, "SELECT current_user, current_database()") == [("portal", "portal")]
        assert run(
            url, "SELECT usesuper, usecreatedb FROM pg_user WHERE usename = 'portal'"
        ) == [(False, True)]
        assert run(url, "SHOW listen_addresses") == [("",)]
        assert run(url, "SHOW server_encoding") == [("UTF8",)]
    assert not is_running(cluster)


def test_the_extensions_that_migrations_ask_for_need_no_superuser(created):
    with Cluster(created) as url:
        for name in ("unaccent", "pg_trgm", "btree_gist"):
            run(url, f"CREATE EXTENSION IF NOT EXISTS {name}")
        assert run(url, "SELECT unaccent('Đông Thanh')") == [("Dong Thanh",)]


def test_a_warm_start_keeps_what_was_written(created):
    with Cluster(created) as url:
        run(url, "INSERT INTO note VALUES ('kept')")
    with Cluster(created) as url:
        assert ("kept",) in run(url, "SELECT words FROM note")


def test_two_processes_share_one_server_and_the_last_one_stops_it(created):
    cluster = Cluster(created)
    with neighbour(created) as first, neighbour(created) as second:
        assert first.stdout.readline() == second.stdout.readline() != ""
        server = postmaster(cluster)
        first.stdin.close()
        assert first.wait(20) == 0
        assert postmaster(cluster) == server
        second.stdin.close()
        assert second.wait(20) == 0
    assert not is_running(cluster)


def test_two_processes_may_create_the_cluster_at_once(tmp_path):
    with neighbour(tmp_path) as first, neighbour(tmp_path) as second:
        urls = {first.communicate()[0], second.communicate()[0]}
    assert len(urls) == 1
    assert (first.returncode, second.returncode) == (0, 0)
    assert not is_running(Cluster(tmp_path))


def test_a_killed_server_recovers_what_was_committed(created):
    cluster = Cluster(created)
    with cluster as url:
        run(url, "INSERT INTO note VALUES ('committed')")
        os.kill(postmaster(cluster), signal.SIGKILL)
        with Cluster(created) as again:
            assert ("committed",) in run(again, "SELECT words FROM note")
    assert not is_running(cluster)


def test_a_lock_file_with_a_number_that_lives_again_does_not_stop_the_start(created):
    cluster = Cluster(created)
    stale = f"{os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.data}\n"
    (cluster.data / "postmaster.pid").write_text(stale)
    (cluster.data / ".s.PGSQL.5432.lock").write_text(stale)
    with cluster as url:
        assert run(url, "SELECT 1") == [(1,)]


def test_a_server_whose_only_user_was_killed_is_found_and_stopped_later(created):
    cluster = Cluster(created)
    with neighbour(created) as lost:
        lost.stdout.readline()
        lost.kill()
    server = postmaster(cluster)
    with cluster:
        assert postmaster(cluster) == server
    assert not is_running(cluster)


def test_a_creation_that_was_cut_short_starts_over(tmp_path):
    cluster = Cluster(tmp_path)
    half = tmp_path / f"{cluster.data.name}.making"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with cluster as url:
        assert run(url, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_a_path_too_long_for_a_socket_puts_it_under_the_temporary_folder(tmp_path):
    folder = tmp_path / ("Đường dẫn dài, có 'nháy' và $dấu " * 3)
    with Cluster(folder) as url:
        assert run(url, "SELECT 1") == [(1,)]
        socket_folder = Path(
            unquote(urlsplit(url).netloc).split("@")[1].removesuffix(":5432")
        )
        assert len(os.fsencode(socket_folder)) <= postgres.MAX_SOCKET_FOLDER
        assert socket_folder.stat().st_mode & 0o777 == 0o700
    assert not socket_folder.exists()


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(postgres.tempfile, "tempdir", None)
    cluster = Cluster(tmp_path / ("x" * 80))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(postgres.hashlib, "sha256", lambda path: FixedDigest())
    (tmp_path / "portal-pg-fixed").symlink_to(elsewhere)
    with pytest.raises(PostgresError, match="không an toàn"):
        cluster.join()


class FixedDigest:
    def hexdigest(self):
        return "fixed"


def test_data_of_another_major_is_refused_and_left_alone(tmp_path):
    old = tmp_path / "pg9"
    old.mkdir()
    (old / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="Dữ liệu cũ vẫn còn nguyên"):
        Cluster(tmp_path).join()
    assert not Cluster(tmp_path).data.exists()
    assert (old / "PG_VERSION").read_text() == "9\n"


def test_data_of_another_major_beside_our_own_is_warned_of(created, caplog):
    old = created / "pg9"
    old.mkdir()
    (old / "PG_VERSION").write_text("9\n")
    with Cluster(created) as url:
        assert run(url, "SELECT 1") == [(1,)]
    assert str(old) in caplog.text
    (old / "PG_VERSION").unlink()
    old.rmdir()


def test_without_any_postgres_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(postgres, "_program_folders", lambda: [Path("/nonexistent")])
    with pytest.raises(PostgresError, match="requirements-postgres.txt"):
        postgres.find_programs()


def test_variables_of_another_postgres_change_nothing(created, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nonexistent")
    with Cluster(created) as url:
        assert run(url, "SHOW port") == [("5432",)]


def test_leaving_twice_and_without_joining_is_harmless(created):
    cluster = Cluster(created)
    cluster.leave()
    with cluster:
        cluster.join()
    cluster.leave()
    assert not is_running(cluster)


# --- Who runs it -------------------------------------------------------------------------


@pytest.fixture
def open_folder():
    """A folder that every user may reach; pytest keeps its own closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def as_nobody(action):
    """Run `action` as an ordinary user in a child of ours; return what it returned.

    A fork, since a Python below root's own folder could not be started by that user.
    """
    nobody = pwd.getpwnam("nobody")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            said = action()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def join_and_ask(folder):
    with Cluster(folder) as url:
        return str(run(url, "SELECT current_user"))


@needs_root
def test_an_ordinary_user_runs_it_as_himself(open_folder):
    nobody = pwd.getpwnam("nobody")
    os.chown(open_folder, nobody.pw_uid, nobody.pw_gid)
    folder = open_folder / "pg"
    assert as_nobody(lambda: join_and_ask(folder)) == "[('portal',)]"
    assert Cluster(folder).data.stat().st_uid == nobody.pw_uid
    assert not is_running(Cluster(folder))


@needs_root
def test_root_without_user_namespaces_drops_to_an_unprivileged_user(open_folder):
    # No `unshare` on PATH: as on a machine that does not allow namespaces.
    folder = open_folder / "pg"
    with neighbour(folder, PATH="/nonexistent") as process:
        printed, errors = process.communicate()
    assert printed.startswith("postgres://"), errors
    data = Cluster(folder).data
    assert data.stat().st_uid not in (0, os.geteuid())
    assert open_folder.stat().st_uid == 0
    # Later with namespaces: the owner of the data still decides who runs it.
    with Cluster(folder) as url:
        assert run(url, "SELECT 1") == [(1,)]


@needs_root
def test_root_without_user_namespaces_takes_over_data_made_with_them(open_folder):
    folder = open_folder / "pg"
    with Cluster(folder) as url:
        run(url, "CREATE TABLE note AS SELECT 'kept' AS words")
    with neighbour(folder, PATH="/nonexistent") as process:
        printed, errors = process.communicate()
    assert printed.startswith("postgres://"), errors
    with Cluster(folder) as url:
        assert run(url, "SELECT words FROM note") == [("kept",)]


@needs_root
def test_root_without_user_namespaces_below_a_closed_folder_is_told_why(tmp_path):
    tmp_path.chmod(0o700)
    with neighbour(tmp_path / "pg", PATH="/nonexistent") as process:
        errors = process.communicate()[1]
    assert process.returncode == 1
    assert "không cho tạo user namespace" in errors
    assert "DATABASE_URL" in errors


@needs_root
def test_data_of_another_user_is_named_in_the_message(open_folder):
    folder = open_folder / "pg"
    folder.mkdir()
    assert "thuộc về người dùng khác (uid 0)" in as_nobody(lambda: join_and_ask(folder))


def test_an_interrupted_start_leaves_no_server_behind(tmp_path, monkeypatch):
    cluster = Cluster(tmp_path)

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster, "_wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        cluster.join()
    deadline = time.monotonic() + 5
    while is_running(cluster) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(cluster)
