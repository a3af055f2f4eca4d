"""Prepares what the tests need before Django reads its settings (a pytest plugin)."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from portal.postgres import Cluster, PostgresError
from tests import chromium


def _prepare():
    os.environ["PORTAL_MODE"] = "test"
    if "PORTAL_VAR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="portal-test-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["PORTAL_VAR"] = folder
    # WhiteNoise warns, and a warning fails a test, when there is nothing to serve from.
    (Path(os.environ["PORTAL_VAR"]) / "static").mkdir(parents=True, exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        # The site's own cluster: Django's test database stands beside the site's.
        try:
            cluster = Cluster(Path(__file__).parent.parent / "var" / "postgres")
            os.environ["DATABASE_URL"] = cluster.join()
        except PostgresError as error:
            sys.exit(str(error))
        atexit.register(cluster.leave)


def pytest_collection_modifyitems(items):
    """Skip what is marked `browser` where no browser is, but never in CI."""
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if not browser_tests or chromium.find_chromium():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(chromium.MISSING)
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


_prepare()
