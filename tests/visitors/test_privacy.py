"""Nothing names a reader: not a table, a file, a log, the output of a server or a backup.

A real server answers a reader with an address and an agent that nobody else has; then both
are looked for everywhere, in the forms in which they could be stored. Each search is held to
finding what is planted.
"""

import gzip
import http.client
import ipaddress
import os
import re
import socket
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from portal import backup, serve
from portal.postgres import find_programs
from tests.visitors.conftest import database_url, local
from visitors import keys, rollups
from visitors.counting import Hit
from visitors.models import Day, Page, PageCount, Salt, Spool, VisitorDay
from visitors.spool import Spool as SpoolWriter

ADDRESS = "198.51.100.77"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.7258.66 Safari/537.36 DongThanhReader/31.41"
)
AGENT_PART = "DongThanhReader"
SEARCHED = "benh-kin-cua-toi"  # what the reader asked another site for
PROXIED = {
    "X-Forwarded-For": ADDRESS,
    "User-Agent": AGENT,
    "Accept-Language": "vi",
    "Referer": f"https://tim.example.org/?q={SEARCHED}",
}


def forms(text):
    """Return the ways in which `text` may lie in a file or in the text of a row."""
    raw = text.encode()
    found = {raw, raw.hex().encode(), quote(text, safe="").encode()}
    if re.fullmatch(r"[\d.]+", text):
        packed = ipaddress.ip_address(text).packed
        found |= {packed.hex().encode(), text.replace(".", "-").encode()}
    return found


SECRETS = [form for text in (ADDRESS, AGENT_PART, SEARCHED) for form in forms(text)]


def tables_with(secrets):
    """Return the names of the tables of which a row, written as text, has one of `secrets`."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            # The name comes from the catalogue of the database itself.
            cursor.execute(f"/* tests.privacy */ SELECT each::text FROM {quoted} AS each")  # noqa: S608
            text = "\n".join(row for (row,) in cursor.fetchall()).encode()
            if any(secret in text for secret in secrets):
                found.add(table)
    return found


def files_with(secrets, folder):
    """Return the files below `folder` that hold one of `secrets`."""
    return {
        path.name
        for path in Path(folder).rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    }


def backup_text(folder):
    """Make a backup in `folder`, and return it as the SQL that it stands for."""
    backup.backup(folder)
    program = find_programs().folder / "pg_restore"
    dump = folder / "database.dump"
    return subprocess.run(
        [program, "--file=-", dump], check=True, capture_output=True
    ).stdout


@pytest.fixture
def var(tmp_path, settings):
    """The folder of everything that the site writes."""
    settings.VISIT_SPOOL_DIR = tmp_path / "var" / "visits"
    settings.MEDIA_ROOT = tmp_path / "var" / "media"
    settings.ATTACHMENT_ROOT = tmp_path / "var" / "attachments"
    (tmp_path / "var" / "static").mkdir(parents=True)
    return tmp_path / "var"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def server(transactional_db, var, tmp_path):
    """granian as `bin/run` starts it, behind a proxy that names the reader; and its output."""
    port, output = free_port(), tmp_path / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            serve.granian_command("127.0.0.1", port),
            cwd=settings.BASE_DIR,
            env=os.environ
            | {
                "DATABASE_URL": database_url(),
                "PORTAL_VAR": str(var),
                "TRUSTED_PROXIES": "127.0.0.1",
                "ALLOWED_HOSTS": "127.0.0.1",
            },
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield port, output
    finally:
        process.terminate()
        process.wait(30)


def ask(port, path, *, method="GET", body=None, **headers):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asking.request(method, path, body=body, headers=PROXIED | headers)
        answer = asking.getresponse()
        answer.read()
        return answer.status
    finally:
        asking.close()


def wait_for(condition, *, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    pytest.fail("waited too long")


def test_nothing_that_a_server_leaves_behind_names_a_reader(server, var, tmp_path):
    port, output = server
    wait_for(lambda: ask(port, "/healthz") == 200)
    for path in ("/", "/tin-tuc/", "/lien-he/", "/khong-co/", f"/tim-kiem/?q={'x' * 300}"):
        ask(port, path)
    ask(port, "/%00%ff/../..//")
    ask(port, "/", method="POST", body=b"x" * 10)
    ask(port, "/", Cookie="sessionid=broken", Range="bytes=x")
    wait_for(lambda: Day.objects.filter(views__gte=3, visitors=1).exists())

    assert tables_with(SECRETS) == set()
    assert files_with(SECRETS, var) == set()
    assert files_with(SECRETS, output.parent) == set()
    saved = backup_text(tmp_path / "saved")
    assert not [secret for secret in SECRETS if secret in saved]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [ADDRESS, AGENT, AGENT_PART.encode().hex()])
def test_the_search_of_tables_sees_what_is_stored(text):
    Page.objects.create(path="/", kind="home", title=text)
    assert tables_with(SECRETS) == {"visitors_page"}


@pytest.mark.django_db
def test_the_search_of_tables_sees_bytes():
    VisitorDay.objects.create(
        day=date(2025, 3, 5), key=ipaddress.ip_address(ADDRESS).packed
    )
    assert tables_with(SECRETS) == {"visitors_visitorday"}


def test_the_search_of_files_sees_what_is_written(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "access.log").write_text(f'{ADDRESS} - - "GET / HTTP/1.1" 200')
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b"nothing"))
    assert files_with(SECRETS, tmp_path) == {"access.log"}


def test_the_search_of_backups_sees_what_is_stored(transactional_db, var, tmp_path):
    Page.objects.create(path="/", kind="home", title=AGENT)
    assert AGENT.encode() in backup_text(tmp_path / "saved")


# --- What could identify a reader on its day, and what is left of it ---------------------------

DAY = date(2025, 3, 5)


@pytest.fixture
def busy_day(transactional_db, var):
    """A day on which a reader was counted: his key, and the spool of the process."""
    spool = SpoolWriter(var / "visits")
    spool.salts.keep_ready(DAY)
    key = spool.salts.key(DAY, ADDRESS, AGENT)
    at = int(local("2025-03-05 23:50:00").timestamp())
    spool.write(Hit(at=at, key=key, path="/", kind="home", title="Trang chủ"))
    spool.flush(now=local("2025-03-05 23:50:01"))
    yield spool, key
    spool.leave_to_parent()


def both(value):
    return [value, value.hex().encode()]


def test_a_backup_of_the_day_holds_neither_salts_nor_keys(busy_day, tmp_path):
    _, key = busy_day
    salts = [bytes(row.secret) for row in Salt.objects.all()]
    assert len(salts) == 2
    text = backup_text(tmp_path / "saved")
    for secret in (key, *salts):
        assert secret.hex().encode() not in text
    assert b"Trang ch\xe1\xbb\xa7" in text


def test_after_closing_nothing_is_left_from_which_a_key_could_be_made(
    busy_day, var, tmp_path
):
    spool, key = busy_day
    salt = bytes(Salt.objects.get(day=DAY).secret)
    assert tables_with(both(salt)) == {"visitors_salt"}
    assert tables_with(both(key)) == {"visitors_visitorday"}
    assert files_with(both(key), var)

    after_midnight = local("2025-03-06 00:06:00")
    spool.salts.keep_ready(DAY + timedelta(days=1))
    spool.flush(now=after_midnight)
    assert rollups.close_days(now=after_midnight) == [DAY]
    keys.wipe_deleted()

    assert tables_with([*both(salt), *both(key)]) == set()
    assert files_with([*both(salt), *both(key)], var) == set()
    saved = backup_text(tmp_path / "saved")
    assert not [secret for secret in (*both(salt), *both(key)) if secret in saved]
    assert salt not in spool.salts._secrets.values()
    assert spool.salts.key(DAY, ADDRESS, AGENT) == b""
    # Not even the site itself gets the salt of a closed day, or a new one for it, again.
    again = keys.Salts()
    again.keep_ready(DAY)
    assert again.key(DAY, ADDRESS, AGENT) == b""
    assert PageCount.objects.filter(grain=1, start=DAY).get().views == 1
    assert not Spool.objects.exists()


# --- The web servers around us ------------------------------------------------------------------


def test_no_server_keeps_an_access_log():
    deploy = settings.BASE_DIR / "deploy"
    # Each of them, also the one that only leads to https: a log of nginx's own is on by default.
    _, *servers = re.split(r"^server \{$", (deploy / "nginx.conf").read_text(), flags=re.M)
    assert servers
    for server in servers:
        logs = re.findall(r"^ *((?:access|error)_log\s.*)$", server, re.M)
        assert logs == ["access_log off;", "error_log /var/log/nginx/error.log alert;"]
    assert "--no-access-log" in (deploy / "portal.service").read_text()
    command = serve.granian_command("127.0.0.1", 8000)
    assert "--no-access-log" in command
    assert "--access-log" not in command


def test_tables_about_readers_are_left_out_of_backups():
    names = {model._meta.db_table for model in (Salt, VisitorDay)}
    assert names <= set(apps.get_app_config("visitors").backup_without_data)
