"""bin/run: it serves, stops all it started, and says in plain words what is wrong."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portal import local, serve

ROOT = Path(__file__).parent.parent.parent
# What decides about the site under test; the tests' own values must not leak into it.
OURS = ("DATABASE_URL", "PORTAL_VAR", "PORTAL_MODE", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG")


def environment(**variables):
    kept = {k: v for k, v in os.environ.items() if k not in OURS}
    return {**kept, **{k: str(v) for k, v in variables.items()}}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def refused(*arguments, **variables):
    """Run the command where it must refuse; return what it said."""
    result = subprocess.run(
        [sys.executable, "-m", "portal.serve", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1, result.stdout
    assert "Traceback" not in result.stderr
    return result.stderr


def processes_with(word):
    """Return the numbers of the processes in whose environment or command `word` stands."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if word.encode() in text and folder.name != str(os.getpid()):
            found.append(int(folder.name))
    return found


def wait_until_gone(word, seconds=20):
    deadline = time.monotonic() + seconds
    while processes_with(word) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_with(word)


class Site:
    """A site started with the command, on a free port and in a folder of its own."""

    def __init__(self, var, *arguments):
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve", "--port", str(self.port), *arguments],
            cwd=ROOT,
            env=environment(PORTAL_VAR=var),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_until_serving(self):
        for line in self.process.stdout:
            self.said += line
            if "Nhấn Ctrl-C" in line:
                return
        pytest.fail(self.said)

    def get(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as response:
                return response.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def finish(self):
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    """The folder of a site whose static files need no collecting: that takes a minute."""
    folder = tmp_path_factory.mktemp("var")
    (folder / "static").mkdir()
    (folder / "static" / "staticfiles.json").write_text(
        '{"version": "1.1", "hash": "", "paths": {}}'
    )
    (folder / "static.fingerprint").write_text(serve._static_fingerprint())
    yield folder
    assert wait_until_gone(str(folder)) == []


@pytest.mark.slow
def test_it_serves_until_sigterm_and_leaves_nothing_behind(var):
    site = Site(var, "--no-demo")
    site.wait_until_serving()
    assert site.get("/healthz") == 200
    assert f"http://127.0.0.1:{site.port}/quan-tri/" in site.said
    assert "bin/manage createsuperuser" in site.said
    site.process.terminate()
    assert site.finish() == 0
    assert "Đã dừng" in site.said
    assert wait_until_gone(str(var)) == []


@pytest.mark.slow
def test_a_second_interrupt_does_not_cut_the_clean_up_short(var):
    site = Site(var, "--no-demo")
    site.wait_until_serving()
    site.process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    site.process.send_signal(signal.SIGINT)
    assert site.finish() == 0
    assert wait_until_gone(str(var)) == []


@pytest.mark.slow
def test_killing_it_ends_the_web_server_and_the_next_start_recovers(var):
    site = Site(var, "--no-demo")
    site.wait_until_serving()
    site.process.kill()
    site.finish()
    # Its children end by themselves; only the database waits for the next start.
    assert wait_until_gone(f"--port\0{site.port}\0") == []
    again = Site(var, "--no-demo")
    again.wait_until_serving()
    assert again.get("/healthz") == 200
    again.process.terminate()
    assert again.finish() == 0
    assert wait_until_gone(str(var)) == []


@pytest.mark.slow
def test_when_the_web_server_dies_all_ends_with_a_message(var):
    site = Site(var, "--no-demo")
    site.wait_until_serving()
    for number in processes_with(f"--port\0{site.port}\0--log-level"):
        os.kill(number, signal.SIGKILL)
    assert site.finish() == 1
    assert "Máy chủ web đã tự dừng" in site.said
    assert wait_until_gone(str(var)) == []


def test_an_interrupt_during_the_preparation_is_a_clean_stop(tmp_path):
    site = Site(tmp_path, "--no-demo")
    site.process.stdout.read(20)
    site.process.send_signal(signal.SIGINT)
    assert site.finish() == 0
    assert wait_until_gone(str(tmp_path)) == []


def test_the_key_and_the_log_of_the_start_are_only_their_owners(var):
    for name in ("secret_key", "start.log"):
        assert stat.S_IMODE((var / name).stat().st_mode) == 0o600
    assert len((var / "secret_key").read_text()) >= 50


# --- What is said when it cannot start ---------------------------------------------------


def test_a_taken_port_is_named_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("--port", str(port))
    assert f"Cổng {port} đang có chương trình khác dùng" in said
    assert f"bin/run --port {port + 1}" in said


def test_an_address_that_cannot_be_listened_on_is_named():
    said = refused("--port", str(free_port()), "--host", "no-such-host.invalid")
    assert "Không lắng nghe được ở địa chỉ no-such-host.invalid" in said


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_number_that_is_no_port_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        serve._options(["--port", port])
    assert "--port" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_reported_without_the_password(tmp_path):
    url = f"postgres://portal:top-secret@127.0.0.1:{free_port()}/portal"
    said = refused("--port", str(free_port()), DATABASE_URL=url, PORTAL_VAR=tmp_path)
    assert "Không kết nối được cơ sở dữ liệu" in said
    assert "top-secret" not in said


@pytest.mark.parametrize(
    "url",
    [
        "mysql://portal:top-secret@127.0.0.1/portal",
        "sqlite:///top-secret.db",
        "postgres://portal:top-secret%zz@127.0.0.1/portal",
        "postgres://portal:top-secret#1@127.0.0.1:5432/portal",
        "postgres://portal:top/secret@127.0.0.1:5432/portal",
        "top-secret",
    ],
)
def test_an_address_of_another_kind_is_refused_without_quoting_it(url, tmp_path):
    said = refused("--port", str(free_port()), DATABASE_URL=url, PORTAL_VAR=tmp_path)
    assert "DATABASE_URL" in said
    assert "secret" not in said


def test_data_of_another_postgres_is_refused(tmp_path):
    old = tmp_path / "postgres" / "pg9"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("9\n")
    said = refused("--port", str(free_port()), PORTAL_VAR=tmp_path)
    assert "Dữ liệu cũ vẫn còn nguyên" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    said = refused("--port", str(free_port()), PORTAL_VAR=in_the_way)
    assert f"Không ghi được vào thư mục {in_the_way}" in said


# --- bin/*, with a Python of which something is missing -----------------------------------


def command_with_python(tmp_path, answers):
    """Run a copy of bin/run whose only Python is a shell script; return its complaint."""
    clone, programs = tmp_path / "clone", tmp_path / "programs"
    subprocess.run(["cp", "-R", ROOT / "bin", clone / "bin"], check=not clone.mkdir())
    for path in ROOT.glob("requirements*.txt"):
        (clone / path.name).write_text(path.read_text())
    programs.mkdir()
    for tool in ("dirname", "cat", "cksum", "grep", "rm"):
        (programs / tool).symlink_to(f"/usr/bin/{tool}")
    (programs / "python3").write_text(f"#!/bin/sh\n{answers}\n")
    (programs / "python3").chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", "bin/run"],
        cwd=clone,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    return result.stderr


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ('[ "$1" = --version ] && echo Python 3.9.2 || exit 1', "đang có: Python 3.9.2"),
        ('case "$2" in *venv*) exit 1;; esac', "apt-get install python3-venv"),
        ('case "$2" in venv) exit 1;; esac', "không tạo được thư mục .venv"),
    ],
    ids=["too old", "no venv module", "venv cannot be made"],
)
def test_a_python_that_will_not_do_is_explained(tmp_path, answers, complaint):
    assert complaint in command_with_python(tmp_path, answers)


def test_a_failed_installation_is_not_trusted_next_time(tmp_path):
    pip_fails = (
        'if [ "$2" = venv ]; then mkdir -p .venv/bin; cp "$0" .venv/bin/python; fi\n'
        'if [ "$3" = install ]; then exit 1; fi'
    )
    for tool in ("mkdir", "cp"):
        pip_fails = pip_fails.replace(f"{tool} ", f"/bin/{tool} ")
    assert "không thành công" in command_with_python(tmp_path, pip_fails)
    assert not (tmp_path / "clone" / ".venv" / "installed").exists()


# --- Small rules ------------------------------------------------------------------------------


def test_listening_everywhere_allows_this_machines_own_names_only():
    everywhere = "0.0.0.0"  # noqa: S104 - nothing listens here
    names = serve._own_names(everywhere)
    assert {"localhost", "127.0.0.1", "[::1]", socket.gethostname()} <= set(names)
    assert "*" not in names
    assert everywhere not in names


def test_an_ipv6_address_is_written_in_brackets():
    assert "[fe80::1]" in serve._own_names("fe80::1")


def test_the_static_fingerprint_changes_with_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "BASE_DIR", tmp_path)
    for name in ("requirements.txt", "portal/settings.py", "portal/static_files.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_text("a {}")
    before = serve._static_fingerprint()
    assert serve._static_fingerprint() == before
    (tmp_path / "static" / "site.css").write_text("a { color: red }")
    assert serve._static_fingerprint() != before


def test_a_kept_key_is_used_again(tmp_path):
    first = local._kept_secret(tmp_path / "secret_key")
    assert local._kept_secret(tmp_path / "secret_key") == first
