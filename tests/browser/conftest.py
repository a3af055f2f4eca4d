"""A real site and a real browser for the tests in this folder.

The site is started the way `bin/run` starts it (`python -m portal.serve`): granian with two
workers, hashed static files, DEBUG off, the demo content, on a database of its own.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests import chromium

BASE_DIR = Path(settings.BASE_DIR)
# A plain desktop Chrome: the counter rightly takes HeadlessChrome for a robot.
READER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


@dataclass(frozen=True)
class Site:
    """The running site: its address and the passwords of the demo accounts by user name."""

    url: str
    passwords: dict[str, str]
    environment: dict[str, str]
    database: str

    def forget_limits(self):
        """Let this machine sign in as if for the first time today.

        All tests share one address; the site rightly stops it after forty sign-ins.
        """
        _administer("DELETE FROM portal_ratelimit", database=self.database)

    def manage(self, *arguments):
        """Run a management command against the site's database and return its output."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _administer(sql, *, database="postgres"):
    """Run `sql` outside any transaction, connected to the cluster's own database or another."""
    cluster = settings.DATABASES["default"]
    connection = psycopg2.connect(
        dbname=database,
        user=cluster["USER"],
        password=cluster["PASSWORD"],
        host=cluster["HOST"],
        port=cluster["PORT"] or None,
    )
    connection.autocommit = True
    try:
        connection.cursor().execute(sql)
    finally:
        connection.close()


def _database_url(name):
    database = settings.DATABASES["default"]
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    port = f":{database['PORT']}" if database["PORT"] else ""
    host = quote(database["HOST"], safe="")
    return f"postgres://{database['USER']}{password}@{host}{port}/{name}"


def _wait_until_healthy(url, process, log, *, seconds=180):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The site did not start:\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Start the site with its demo content once for all browser tests."""
    name = f"browser_{secrets.token_hex(4)}"
    var = tmp_path_factory.mktemp("var")
    log = var / "serve.log"
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"},
        "DATABASE_URL": _database_url(name),
        "PORTAL_MODE": "local",
        "PORTAL_VAR": str(var),
        "SECRET_KEY": secrets.token_hex(32),
    }
    _administer(f"CREATE DATABASE {name}")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.serve", "--port", str(port)],
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, process, log)
        lines = (var / "demo-accounts.txt").read_text().splitlines()
        accounts = [line.split("\t") for line in lines if line.count("\t") == 2]
        yield Site(
            url=url,
            passwords={username: password for username, password, _ in accounts},
            environment=environment,
            database=name,
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        running = chromium.launch(playwright)
        yield running
        running.close()


@pytest.fixture
def open_page(browser, site):
    """Return a function that opens a page as a new reader, and judge all pages at the end.

    A page may not ask another host for anything, break its content security policy, or
    raise a script error; each of these fails the test that opened it.
    """
    site.forget_limits()
    contexts, complaints = [], []

    def listen(page):
        own_host = urlsplit(site.url).netloc
        page.on(
            "request",
            lambda request: (
                urlsplit(request.url).netloc in ("", own_host)
                or complaints.append(f"asked another host: {request.url}")
            ),
        )
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on(
            "console",
            lambda message: (
                message.type == "error"
                and "Content Security Policy" in message.text
                and complaints.append(message.text)
            ),
        )

    def open_page(path="/", *, width=1280, height=900, scheme="light", **options):
        options.setdefault("user_agent", READER_AGENT)
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **options,
        )
        contexts.append(context)
        context.on("page", listen)
        page = context.new_page()
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in(open_page, site):
    """Return a function that opens the admin, signed in as the demo account `username`."""

    def sign_in(username, **options):
        page = open_page("/quan-tri/", **options)
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(site.passwords[username])
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_load_state()
        return page

    return sign_in
