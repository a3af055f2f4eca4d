"""Content types that no browser sends, given to the application as a server does."""

from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from portal.handler import Handler, Request


@pytest.fixture
def _kept_connection():
    """Keep the test's connection, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def _status(environ):
    setup_testing_defaults(environ)
    environ["HTTP_HOST"] = "localhost"
    said = []
    body = Handler()(environ, lambda status, headers: said.append(status))
    body.close()
    return int(said[0][:3])


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset=hex",
        "text/plain; charset=utf-16",
        "text/plain; charset=undefined",
        "text/plain; charset=\xff",
        "text/plain; charset*=nonsense''x",
        "text/plain; charset",
        "; charset=hex",
        "multipart/form-data; boundary=b; charset=hex",
        "multipart/form-data; boundary*=nonsense''b",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.django_db
@pytest.mark.usefixtures("_kept_connection")
def test_any_content_type_gives_a_page_or_a_refusal(content_type, method):
    environ = {"CONTENT_TYPE": content_type, "QUERY_STRING": "trang=%41"}
    path = {"GET": "/healthz", "POST": "/phan-hoi/"}[method]
    environ |= {"PATH_INFO": path, "REQUEST_METHOD": method}
    environ |= {"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": "192.0.2.1"}
    assert _status(environ) < 500


@pytest.mark.usefixtures("_kept_connection")
def test_many_query_keys_hurt_nobody_whatever_the_content_type():
    environ = {"QUERY_STRING": "a&" * 1001, "CONTENT_TYPE": "text/plain; charset=utf-8"}
    assert _status(environ | {"PATH_INFO": "/healthz"}) == 200


def test_no_charset_makes_another_text_of_a_query():
    # "+AAA-" is NUL in UTF-7, past everything that looks for it.
    environ = RequestFactory().get("/?q=%2BAAA-").environ
    request = Request(environ | {"CONTENT_TYPE": "text/plain; charset=utf-7"})
    assert request.GET["q"] == "+AAA-"


def test_forms_are_read_as_utf_8():
    factory = RequestFactory()
    plain = factory.post(
        "/",
        b"ten=Th%C3%B4n+Ki%E1%BB%87m",
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
    )
    assert Request(plain.environ).POST["ten"] == "Thôn Kiệm"
    parts = factory.post("/", {"ten": "Thôn Kiệm"})
    assert Request(parts.environ).POST["ten"] == "Thôn Kiệm"
    parts = factory.post("/", {"ten": "Thôn Kiệm"})
    quoted = parts.environ["CONTENT_TYPE"].replace("boundary=", 'Boundary="') + '"'
    assert Request(parts.environ | {"CONTENT_TYPE": quoted}).POST["ten"] == "Thôn Kiệm"
