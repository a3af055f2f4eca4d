"""What the tests of counting share: a local clock, and a spool without its thread."""

from datetime import datetime
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from tests.factory import make_user
from visitors import counting
from visitors.spool import Spool

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Safari/537.36"
)


def local(text):
    """Return the moment of a local time such as "2025-03-05 23:59:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=counting.ZONE)


def seconds(text):
    """Return the seconds since 1970 of a local time."""
    return int(local(text).timestamp())


def database_url():
    """Return the address of the test's database, for a process of its own."""
    base = connection.settings_dict
    password = f":{quote(base['PASSWORD'], safe='')}" if base["PASSWORD"] else ""
    port = f":{base['PORT']}" if base["PORT"] else ""
    host = quote(base["HOST"], safe="")
    return f"postgres://{base['USER']}{password}@{host}{port}/{base['NAME']}"


@pytest.fixture
def spool(tmp_path, monkeypatch):
    """A spool of its own folder; the test flushes it, no thread does."""
    spool = Spool(tmp_path / "visits")
    monkeypatch.setattr(spool, "start", lambda: None)
    yield spool
    spool.leave_to_parent()


@pytest.fixture
def ready_spool(spool, db):
    """A spool that has the salts of the present day."""
    spool.salts.keep_ready(counting.local_day(timezone.now().timestamp()))
    return spool


@pytest.fixture
def sign_in(client):
    """Return a function that signs the client in as somebody who holds a role."""

    def as_role(role):
        client.force_login(
            make_user(roles=[role]), "django.contrib.auth.backends.ModelBackend"
        )
        return client

    return as_role
