"""Fixtures that every test may use."""

import pytest
from django.db import connection
from hypothesis import settings

from portal import content_version
from visitors import figures

# A test never fails for being slow: machines are shared.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Each test begins with empty per-process memories."""
    content_version.clear()
    figures.forget()


@pytest.fixture
def content_committed(db):
    """Return a function that does to the content version what a commit would.

    The `db` fixture never commits, so the deferred triggers of `TrackContent` do not fire by
    themselves. Call it between a change of content and the request that must show it.
    """

    def commit():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT set_config('portal.raised', '', true)")
        content_version.forget_version()

    return commit
