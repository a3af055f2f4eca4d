"""Prepares the environment before Django reads its settings (a pytest plugin)."""

import os
import tempfile

os.environ["PORTAL_MODE"] = "test"
os.environ.setdefault("PORTAL_VAR", tempfile.mkdtemp(prefix="portal-test-"))
