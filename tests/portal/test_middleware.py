import gzip
import re
import time

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from portal import errors, page_votes, pages
from portal.middleware import (
    CompressionMiddleware,
    DatabaseAwayMiddleware,
    HostileRequestMiddleware,
    ResponseHeadersMiddleware,
)


def raw(path="/", query="", **environ):
    """A request with exactly these bytes, as a server hands them over."""
    request = RequestFactory().get("/", **environ)
    request.META.update(PATH_INFO=path, QUERY_STRING=query)
    return request


def passed(request):
    return HostileRequestMiddleware(lambda request: HttpResponse("trang"))(request)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/tin-tuc/\0/", ""),
        ("/tin-tuc/\xff\xfe/", ""),
        ("/" + "x" * 2_000, ""),
        ("/", "q=%00"),
        ("/", "q=\0"),
        ("/", "q=%ff%fe"),
        ("/", "q=%C4"),
        ("/", "%00=1"),
        ("/", "q=" + "x" * 8_000),
    ],
)
def test_what_no_browser_sends_gets_a_400(path, query):
    assert passed(raw(path, query)).status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/tin-tuc/Đông Thanh/".encode().decode("latin-1"), ""),
        ("/", "q=%C4%90%C3%B4ng+Thanh&q=%26"),
        ("/", "Đông".encode().decode("latin-1")),
        ("/", "%zz=%"),
        ("/", "x" * 8_000),
    ],
)
def test_unusual_but_readable_requests_pass(path, query):
    assert passed(raw(path, query)).status_code == 200


def test_a_cookie_with_a_hidden_nul_gets_a_400():
    request = raw(HTTP_COOKIE='sessionid="\\000aaaaaaaaaaaaaaa"')
    assert passed(request).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "XXX"])
def test_methods_that_nothing_answers_get_a_405_that_names_the_others(client, method):
    response = client.generic(method, "/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert "trình duyệt" in response.text


@pytest.mark.parametrize("host", ["evil.example", "a b", "localhost:99999x", "[::1", ""])
def test_an_ill_formed_or_foreign_host_gets_a_400(client, host):
    assert client.get("/lien-he", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("exception", [OperationalError, InterfaceError])
def test_a_view_without_a_database_becomes_a_503(client, monkeypatch, exception):
    def lose(*args, **kwargs):
        raise exception("connection refused")

    monkeypatch.setattr(page_votes, "render", lose)
    response = client.get("/phan-hoi/cam-on/")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "Traceback" not in response.text
    assert "connection refused" not in response.text


@pytest.mark.parametrize(
    "address", ["/", "/tin-tuc/", "/khong-co-trang-nay/", "/quan-tri/login/"]
)
def test_with_postgres_away_every_page_says_so_quickly_and_comes_back(
    client, transactional_db, monkeypatch, address
):
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        away.setitem(connection.settings_dict, "PORT", "1")  # nobody listens there
        began = time.monotonic()
        response = client.get(address, headers={"cookie": "sessionid=aaaaaaaaaaaaaaaa"})
        assert (response.status_code, "Retry-After" in response) == (503, True)
        assert time.monotonic() - began < 2
        assert client.get("/healthz").status_code == 200
    assert client.get(address).status_code in (200, 404)


def test_other_errors_are_left_to_the_page_for_500():
    assert DatabaseAwayMiddleware(None).process_exception(raw(), ValueError()) is None


def test_a_database_that_goes_away_outside_a_view_becomes_a_503():
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        response = errors.server_error(raw())
    assert response.status_code == 503


def test_a_database_that_is_away_is_noticed_within_two_seconds(settings):
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] <= 2


def answer(response, **environ):
    return ResponseHeadersMiddleware(lambda request: response)(raw(**environ))


def marked(body="<p>trang</p>"):
    return pages.mark(HttpResponse(body), kind="article", object_id="7", title="Tin")


def test_every_answer_asks_for_no_device_and_no_embedding():
    response = answer(HttpResponse(b"", content_type="image/png"))
    assert "geolocation=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Cache-Control" not in response


def test_html_is_kept_only_with_its_etag():
    response = answer(marked())
    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept-Encoding"
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', response["ETag"])
    assert response["ETag"] != answer(marked("<p>khác</p>"))["ETag"]


def test_an_unchanged_page_is_a_304_that_still_counts_as_a_view():
    etag = answer(marked())["ETag"]
    response = answer(marked(), HTTP_IF_NONE_MATCH=etag)
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert pages.read(response[pages.HEADER]).object_id == "7"


def test_what_a_view_says_about_keeping_stands():
    private = HttpResponse("<p>quản trị</p>")
    private["Cache-Control"] = "no-store, private"
    response = answer(private)
    assert response["Cache-Control"] == "no-store, private"
    assert "ETag" not in response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("lỗi", status=404),
        StreamingHttpResponse(["a"], content_type="text/html"),
    ],
)
def test_errors_and_streams_get_no_etag(response):
    assert "ETag" not in answer(response)


def test_the_admin_is_never_stored(client, db):
    assert "no-store" in client.get("/quan-tri/login/")["Cache-Control"]


def test_the_sessions_are_not_touched(client, monkeypatch, db):
    opened = []
    original = SessionMiddleware.process_response

    def watch(self, request, response):
        opened.append(request.session.accessed)
        return original(self, request, response)

    monkeypatch.setattr(SessionMiddleware, "process_response", watch)
    client.get("/phan-hoi/cam-on/")
    assert opened == [False]


# --- Compression --------------------------------------------------------------------------


def compressed(response):
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    return CompressionMiddleware(lambda request: response)(request)


@pytest.mark.parametrize(
    "content_type", ["text/html; charset=utf-8", "application/json", "image/svg+xml"]
)
def test_whole_pages_travel_compressed(content_type):
    page = "<p>Xã Đông Thanh</p>" * 500
    response = compressed(HttpResponse(page, content_type=content_type))
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(page) / 10
    assert gzip.decompress(response.content).decode() == page


def test_downloads_and_pictures_travel_as_they_are():
    streamed = StreamingHttpResponse([b"a" * 5_000], content_type="text/csv")
    picture = HttpResponse(b"a" * 5_000, content_type="image/jpeg")
    assert "Content-Encoding" not in compressed(streamed)
    assert "Content-Encoding" not in compressed(picture)


@pytest.mark.django_db
def test_a_compressed_page_is_asked_for_again_by_the_same_etag(client):
    headers = {"Accept-Encoding": "gzip"}
    first, second = (client.get("/lien-he/", headers=headers) for _ in range(2))
    assert first["Content-Encoding"] == "gzip"
    assert first["ETag"] == second["ETag"] == client.get("/lien-he/")["ETag"]
    again = client.get("/lien-he/", headers=headers | {"If-None-Match": first["ETag"]})
    assert again.status_code == 304
