"""A whole site that lives as long as the run: database, demo content, web server."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from portal import local
from portal.serve import granian_command

_ANSWERS_WITHIN = 60  # seconds


class Site:
    """The temporary site: `folder` to write to, `environment` for its processes."""

    def __init__(self, folder, environment, at_end):
        self.folder = folder
        self.environment = environment
        self._at_end = at_end
        self._servers = {}  # number of the process group by address

    def manage(self, *arguments):
        """Run a management command of the temporary site and return what it prints."""
        return self._run("manage.py", *arguments)

    def inside(self, name, module="bench.inside"):
        """Run a function of `module` in a process of the site; return what it returns."""
        return json.loads(self._run("-m", module, name))

    def _run(self, *arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=local.BASE_DIR,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def serve(self, application="portal.wsgi:application"):
        """Serve `application` as `bin/run` does; return its address, "http://127.0.0.1:…"."""
        port = free_port()
        command = [*granian_command("127.0.0.1", port)[:-1], application]
        return self.run_server(command, port, "/healthz")

    def run_server(self, command, port, path):
        """Run a server until the end of the benchmarks; return its address once it answers."""
        # Its own process group: workers must end with it.
        process = subprocess.Popen(
            command, env=self.environment, cwd=local.BASE_DIR, start_new_session=True
        )
        self._at_end.callback(_stop, process)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while True:
            with contextlib.suppress(OSError):
                fetch(address + path)
                self._servers[address] = process.pid
                return address
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} does not answer on {address}")
            time.sleep(0.1)

    def processor_seconds(self, address):
        """Return the processor time that the server at `address` has used, all its workers."""
        group = str(self._servers[address])
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                # After the name, which may hold anything: state, parent, group …
                fields = stat.read_text().rpartition(")")[2].split()
                if fields[2] == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def fetch(url):
    """Return the body of a page; raises `urllib.error.HTTPError` for an error page."""
    with urllib.request.urlopen(url, timeout=10) as response:  # noqa: S310
        return response.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def temporary_site():
    """Make a site with the demo content, and remove it with all its processes at the end."""
    with contextlib.ExitStack() as at_end:
        at_end.enter_context(local.environment())
        folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
        at_end.callback(shutil.rmtree, folder, ignore_errors=True)
        environment = os.environ | {
            "DATABASE_URL": at_end.enter_context(_temporary_database()),
            "PORTAL_VAR": str(folder),
            "DEBUG": "false",
        }
        site = Site(folder, environment, at_end)
        site.manage("migrate", "--no-input", "--verbosity=0")
        site.manage("load_demo")
        site.manage("collectstatic", "--no-input", "--verbosity=0")
        yield site


@contextlib.contextmanager
def _temporary_database():
    name = f"portal_bench_{uuid4().hex[:8]}"
    _execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _execute(statement):
    with contextlib.closing(local.connect()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"/* bench.site */ {statement}")


def _stop(process):
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(15)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
