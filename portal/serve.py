"""What `bin/run` hands over to: prepare the site, serve it, and stop all of it cleanly.

This process owns everything it starts for as long as it lives: the embedded Postgres,
granian, the worker for background jobs. It imports nothing of Django itself; migrating,
loading and collecting are management commands run as its children.
"""

import argparse
import contextlib
import ctypes
import errno
import hashlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from portal import local

WEB_WORKERS = 2
# Of each worker. Python runs one at a time, but they may wait for the database together;
# every thread keeps a connection, and Postgres allows 100 in all.
THREADS = 4
ANSWERS_WITHIN = 60  # seconds from the start of the web server to its first answer
WORKERS_STOP_WITHIN = 5  # seconds that granian gives its workers for the request at hand
STOPS_WITHIN = 15  # seconds from SIGTERM to SIGKILL
WORKER_PAUSE = 10  # seconds at least between two starts of the background worker

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)


class _Stopped(BaseException):
    """Somebody asked to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


def main(arguments=None):
    """Serve until asked to stop; return the exit status."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    logging.basicConfig(format="%(message)s")
    options = _options(arguments)
    for number in _SIGNALS:
        signal.signal(number, _stop)
    try:
        with contextlib.ExitStack() as at_end:
            try:
                _serve(options, at_end)
            finally:
                # From here on all is being stopped; a second Ctrl-C must not leave half.
                for number in _SIGNALS:
                    signal.signal(number, _stop_already_under_way)
    except _Stopped:
        _say("Đã dừng, không còn gì chạy nền.")
        return 0
    except local.LocalError as error:
        sys.stderr.write(f"\nLỗi: {error}\n")
        return 1


def granian_command(host, port):
    """Return the command line that serves the site on `host` and `port`."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS)),
        *("--host", host, "--port", str(port)),
        *("--log-level", "warning", "--no-access-log", "--respawn-failed-workers"),
        # A worker that is still being born does not hear that it should stop.
        *("--workers-kill-timeout", str(WORKERS_STOP_WITHIN)),
        "portal.wsgi:application",
    ]


def _options(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Chạy trang thông tin điện tử trên máy này."
    )
    parser.add_argument("--port", type=_port, default=8000, help="cổng (mặc định 8000)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="địa chỉ lắng nghe (mặc định 127.0.0.1, tức là chỉ máy này vào được)",
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="không nạp nội dung mẫu vào trang còn trống"
    )
    parser.add_argument(
        "--dev", action="store_true", help="để lập trình: tự nạp lại khi mã nguồn thay đổi"
    )
    return parser.parse_args(arguments)


def _port(text):
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError("cổng là một số từ 1 đến 65535")
    return number


def _say(text=""):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _step(text):
    """Show what is being done, and how long it took."""
    sys.stdout.write(f"• {text} … ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        _say("chưa xong.")
        raise
    _say(f"xong ({time.monotonic() - began:.1f} giây)".replace(".", ","))


def _stop(number, frame):
    raise _Stopped


def _stop_already_under_way(number, frame):
    """Let the clean-up go on. A handler, not SIG_IGN, which children would inherit."""


# --- The steps --------------------------------------------------------------------------


def _serve(options, at_end):
    """Prepare and serve; every thing started pushes its own end onto `at_end`."""
    _check_port_is_free(options.host, options.port)
    if os.geteuid() == 0:
        _say("Lưu ý: đang chạy bằng quyền root; nên dùng một người dùng thường.")
    with _step("Khởi động cơ sở dữ liệu"):
        at_end.enter_context(local.environment())
    os.environ.setdefault("ALLOWED_HOSTS", ",".join(_own_names(options.host)))
    os.environ.setdefault("SITE_URL", _address(options))
    os.environ["DEBUG"] = "true" if options.dev else "false"
    with _step("Cập nhật cấu trúc cơ sở dữ liệu (lần đầu hơi lâu)"):
        _manage("migrate", "--no-input", "--verbosity=0")
    if not options.no_demo and not _has_accounts():
        with _step("Nạp nội dung mẫu"):
            _manage("load_demo")
    if not options.dev:
        _collect_static()
    at_end.callback(_flush_visits)
    with _step("Khởi động máy chủ web"):
        if options.dev:
            address = f"{_in_url(options.host)}:{options.port}"
            web = _Child(_manage_command("runserver", address))
        else:
            web = _Child(granian_command(options.host, options.port))
        at_end.callback(web.stop)
        _wait_for_answer(options, web)
    worker = _Child(_manage_command("run_jobs"))
    # Whichever worker it is by then.
    at_end.callback(lambda: worker.stop())
    _say_where(options)
    while True:
        time.sleep(0.5)
        if web.has_ended():
            raise local.LocalError(
                f"Máy chủ web đã tự dừng (mã {web.status}). Mọi thứ khác cũng được dừng."
            )
        if worker.has_ended() and worker.age > WORKER_PAUSE:
            _say(f"Tiến trình việc nền đã dừng (mã {worker.status}); đang chạy lại.")
            worker.stop()
            worker = _Child(_manage_command("run_jobs"))


def _check_port_is_free(host, port):
    # granian shares its port (SO_REUSEPORT), so a second site would start without a word
    # and get every other request.
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError as error:
        raise local.LocalError(
            f"Không được phép dùng cổng {port}; cổng dưới 1024 cần quyền root. "
            "Hãy chọn cổng khác, ví dụ: bin/run --port 8000"
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise local.LocalError(
                f"Cổng {port} đang có chương trình khác dùng. Hãy dừng chương trình đó hoặc "
                f"chọn cổng khác, ví dụ: bin/run --port {port + 1}"
            ) from error
        raise local.LocalError(
            f"Không lắng nghe được ở địa chỉ {host}, cổng {port}: {error}"
        ) from error


def _own_names(host):
    """Return the names and addresses under which readers may ask for the local site."""
    names = {"localhost", "127.0.0.1", "[::1]", _in_url(host)}
    if host in _EVERY_ADDRESS:
        names -= {_in_url(host)}
        names.add(socket.gethostname())
        with contextlib.suppress(OSError):
            found = socket.getaddrinfo(socket.gethostname(), None)
            names |= {_in_url(entry[4][0]) for entry in found}
    return sorted(names)


def _address(options):
    """Return the address of the site as this machine's browser opens it."""
    return f"http://{_in_url(_reachable(options.host))}:{options.port}"


def _in_url(host):
    return f"[{host}]" if ":" in host else host


def _manage_command(*arguments):
    return [sys.executable, str(local.BASE_DIR / "manage.py"), *arguments]


def _manage(*arguments):
    """Run a management command to its end; what it prints goes to a log file.

    Raises LocalError with the end of that file.
    """
    log = local.var_folder() / "start.log"
    # Only its owner may read it: a command may print what others should not see.
    with open(log, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        child = _Child(_manage_command(*arguments), stdout=output, stderr=output)
        try:
            child.wait()
        finally:
            child.stop()
    if child.status:
        last = log.read_text(errors="replace").strip().splitlines()[-15:]
        raise local.LocalError(
            f"Lệnh manage.py {arguments[0]} không thành công (xem {log}):\n"
            + "\n".join(last)
        )


def _has_accounts():
    with contextlib.closing(local.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM portal_user) /* serve.has_accounts */")
        return cursor.fetchone()[0]


def _collect_static():
    """Collect the static files, unless nothing they come from changed since last time."""
    mark = local.var_folder() / "static.fingerprint"
    now = _static_fingerprint()
    if mark.exists() and mark.read_text() == now:
        return
    with _step("Chuẩn bị tệp giao diện (lần đầu hơi lâu)"):
        mark.unlink(missing_ok=True)
        _manage("collectstatic", "--no-input", "--clear", "--verbosity=0")
        mark.write_text(now)


def _static_fingerprint():
    """Return a digest of our static files and of what decides about everybody else's."""
    digest = hashlib.sha256(str(local.BASE_DIR).encode())
    deciding = ("requirements.txt", "portal/settings.py", "portal/static_files.py")
    sources = [local.BASE_DIR / name for name in deciding]
    sources += sorted(filter(Path.is_file, local.BASE_DIR.glob("static/**/*")))
    for path in sources:
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _flush_visits():
    """Count what is still in the visit spools, best effort: they are also read later."""
    with contextlib.suppress(local.LocalError):
        _manage("flush_visits")


# --- Children -------------------------------------------------------------------------


def _die_with_parent():
    """Have Linux end this child when its parent is killed and can stop nothing itself."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class _Child:
    """A process in a session of its own, so that Ctrl-C reaches only us, and we stop it."""

    def __init__(self, command, **options):
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=local.BASE_DIR,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **options,
        )

    @property
    def status(self):
        return self._process.returncode

    @property
    def age(self):
        """Seconds since it was started."""
        return time.monotonic() - self._began

    def has_ended(self):
        return self._process.poll() is not None

    def wait(self):
        self._process.wait()

    def stop(self):
        """End the process, and whatever it leaves behind of its own children."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOPS_WITHIN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


# --- The first answer ---------------------------------------------------------------------


def _reachable(host):
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def _wait_for_answer(options, web):
    deadline = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < deadline and not web.has_ended():
        connection = http.client.HTTPConnection(
            _reachable(options.host), options.port, timeout=5
        )
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise local.LocalError(
        "Máy chủ web không trả lời tại /healthz; xem các dòng lỗi của nó ở phía trên."
    )


def _say_where(options):
    address = _address(options)
    _say()
    _say(f"  Trang thông tin:  {address}/")
    _say(f"  Trang quản trị:   {address}/quan-tri/")
    accounts = local.var_folder() / "demo-accounts.txt"
    if accounts.exists():
        _say(f"\n  Tài khoản mẫu (giữ trong {accounts}):")
        for line in accounts.read_text().splitlines():
            _say(f"    {line}")
    elif not _has_accounts():
        _say(
            "\n  Chưa có tài khoản nào. Mở cửa sổ lệnh khác và tạo người quản trị đầu tiên:"
        )
        _say("    bin/manage createsuperuser")
    _say("\n  Nhấn Ctrl-C để dừng.")


if __name__ == "__main__":
    sys.exit(main())
