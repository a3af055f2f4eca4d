"""What the environment decides, and that production refuses to start half-configured."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "a-key-for-this-test-only-" + "0123456789abcdef" * 4,
    "ALLOWED_HOSTS": "xa.example.vn",
    "DATABASE_URL": "postgres://portal:secret@db.example.vn/portal",
}
# Loads the settings file by itself, without setting Django up, and says what it holds
# and which variables it asked for.
LOAD = """
import json, os, runpy, sys
import environ

asked = set()
get_value = environ.Env.get_value
def recording(self, var, *arguments, **options):
    asked.add(var)
    return get_value(self, var, *arguments, **options)
environ.Env.get_value = recording
environ.Env.read_env = classmethod(lambda *arguments, **options: None)
settings = runpy.run_path("portal/settings.py")
simple = (str, int, bool, type(None), list, dict)
kept = {k: v for k, v in settings.items() if k.isupper() and isinstance(v, simple)}
print(json.dumps({"settings": kept, "asked": sorted(asked)}, default=str))
"""


def load(**variables):
    """Read portal/settings.py in a process that has only these variables set."""
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def loaded(**variables):
    return json.loads(load(**variables).stdout)


def example_variables():
    text = (ROOT / ".env.example").read_text()
    return re.findall(r"^#?([A-Z_]+)=", text, flags=re.MULTILINE)


def test_env_example_lists_exactly_the_variables_that_the_settings_read():
    asked = loaded(**PRODUCTION)["asked"]
    assert sorted(example_variables()) == asked


def test_every_line_of_env_example_has_its_meaning_above():
    lines = (ROOT / ".env.example").read_text().splitlines()
    at = [n for n, line in enumerate(lines) if re.match(r"#?[A-Z_]+=", line)]
    assert all(lines[n - 1].startswith("# ") or "python3" in lines[n - 1] for n in at)


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_names_the_variable_it_misses(name):
    variables = {k: v for k, v in PRODUCTION.items() if k != name}
    result = load(**variables)
    assert result.returncode != 0
    assert f"{name} is not set" in result.stderr


def test_an_unknown_mode_is_refused():
    result = load(**PRODUCTION, PORTAL_MODE="prod")
    assert result.returncode != 0
    assert "PORTAL_MODE='prod'" in result.stderr


def test_production_is_the_default_and_shows_no_debug_pages():
    settings = loaded(**PRODUCTION)["settings"]
    assert settings["PORTAL_MODE"] == "production"
    assert settings["DEBUG"] is False
    assert settings["DEMO_ALLOWED"] is False


def test_with_https_cookies_are_secure_and_browsers_keep_to_https():
    settings = loaded(**PRODUCTION)["settings"]
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_HTTPONLY"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600


def test_local_mode_needs_no_variables_and_no_https():
    settings = loaded(PORTAL_MODE="local")["settings"]
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["DEMO_ALLOWED"] is True


def test_the_public_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = loaded(**PRODUCTION)["settings"]["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    for directive in ("default-src", "script-src", "style-src"):
        assert policy[directive] == ["'self'"]


def test_time_and_language_are_vietnamese():
    settings = loaded(**PRODUCTION)["settings"]
    assert settings["TIME_ZONE"] == "Asia/Ho_Chi_Minh"
    assert settings["LANGUAGE_CODE"] == "vi"
    assert settings["USE_TZ"] is True


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        (
            "postgres://portal@%2Fsrv%2FDong%20Thanh%2Fpg18/portal",
            "/srv/Dong Thanh/pg18",
            "",
        ),
        ("postgres://portal:a%40b@DB.example.vn:5433/portal", "db.example.vn", 5433),
    ],
)
def test_a_socket_folder_keeps_its_capitals(url, host, port):
    database = loaded(**PRODUCTION | {"DATABASE_URL": url})["settings"]["DATABASES"][
        "default"
    ]
    assert (database["HOST"], database["PORT"]) == (host, port)


def test_a_proxy_is_believed_only_when_it_is_listed():
    alone = loaded(**PRODUCTION)["settings"]
    behind = loaded(**PRODUCTION, TRUSTED_PROXIES="127.0.0.1")["settings"]
    assert "SECURE_PROXY_SSL_HEADER" not in alone
    assert behind["TRUSTED_PROXIES"] == ["127.0.0.1"]
