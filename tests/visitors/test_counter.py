"""The WSGI wrapper, from a request to the day's totals."""

import errno
import io
import logging
import os
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from portal import pages
from tests.visitors.conftest import BROWSER
from visitors.counter import Counter
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    PageCount,
    ReferrerCount,
    SearchCount,
)

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
PAGE_MARKER = pages.mark(
    HttpResponse(), kind="article", object_id="12", title="Lịch tiếp dân"
)[pages.HEADER]


def application(
    *,
    status="200 OK",
    headers=((pages.HEADER, PAGE_MARKER),),
    body=(b"page",),
    fails_with=None,
):
    """Return a WSGI application that always gives this answer."""

    def answer(environ, start_response):
        start_response(status, [("Content-Type", "text/html"), *headers])
        if fails_with:
            raise fails_with
        return body

    return answer


def request(app, *, path="/tin-tuc/", method="GET", agent=BROWSER, **environ):
    """Send a request; return (status, headers, body as the application gave it)."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_USER_AGENT": agent,
        "HTTP_ACCEPT_LANGUAGE": "vi-VN,vi;q=0.9",
    } | environ
    environ.setdefault("REMOTE_ADDR", "203.0.113.7")
    setup_testing_defaults(environ)
    sent = []

    def start_response(status, headers, exc_info=None):
        sent[:] = [status, headers, exc_info]

    body = app(environ, start_response)
    return sent, body


@pytest.fixture
def totals(ready_spool):
    """Return a function that gives (views, visits, visitors) of today after a flush."""

    def read():
        ready_spool.flush(now=timezone.now())
        return Day.objects.values_list("views", "visits", "visitors").get()

    return read


@pytest.fixture
def counted(ready_spool):
    """Return a function that wraps an application by a counter."""
    return lambda app: Counter(app, spool=ready_spool)


def test_a_page_is_counted_under_its_address_and_title(counted, totals):
    request(counted(application()), path="/tin-tuc/l\xc3\xb4/")
    assert totals() == (1, 1, 1)
    page = PageCount.objects.filter(grain=1).get().page
    assert (page.path, page.kind, page.object_id) == ("/tin-tuc/lô/", "article", "12")
    assert page.title == "Lịch tiếp dân"


def test_a_view_says_with_what_and_from_where_the_reader_came(counted, totals):
    app = counted(application())
    request(
        app,
        agent=IPHONE,
        HTTP_HOST="xa.example.vn",
        HTTP_REFERER="https://www.google.com/search?q=toi+la+ai",
    )
    request(app, HTTP_HOST="xa.example.vn", HTTP_REFERER="https://xa.example.vn/tin-tuc/")
    totals()
    assert set(ReferrerCount.objects.filter(grain=1).values_list("host", "visits")) == {
        ("google.com", 1),
        ("", 1),
    }
    assert set(
        ClientCount.objects.filter(grain=1).values_list("device", "browser", "views")
    ) == {("phone", "Safari", 1), ("computer", "Chrome", 1)}


def test_a_search_that_found_nothing_is_a_view_and_is_kept(counted, totals):
    searched = pages.mark(HttpResponse(), kind="search", title="Tìm", missed="hộ chiếu")
    app = counted(application(headers=((pages.HEADER, searched[pages.HEADER]),)))
    request(app)
    request(app, agent="curl/8.5.0")
    assert totals() == (1, 1, 1)
    found = SearchCount.objects.filter(grain=1).values_list("phrase", "searches")
    assert list(found) == [("hộ chiếu", 1)]


def test_very_long_headers_are_looked_at_in_part_only(counted, totals):
    long = "x" * 60_000
    request(
        counted(application()), agent=BROWSER + long, HTTP_REFERER="https://a.vn/" + long
    )
    assert totals() == (1, 1, 1)


# --- Downloads ------------------------------------------------------------------------------

FILE_MARKER = pages.mark(
    HttpResponse(), kind=pages.FILE, object_id="7", title="Mẫu đơn (PDF)"
)[pages.HEADER]


@pytest.fixture
def downloads(counted, totals):
    """Return a function that asks for a file and gives how often it was downloaded."""

    def ask(*, status="200 OK", **asked):
        app = counted(application(status=status, headers=((pages.HEADER, FILE_MARKER),)))
        request(app, path="/tep/7/mau-don.pdf", **asked)
        assert totals() == (0, 0, 0), "a download is no view"
        assert not ExclusionCount.objects.exists()
        rows = DownloadCount.objects.filter(grain=1, page__path="/tep/7/mau-don.pdf")
        return sum(rows.values_list("downloads", flat=True))

    return ask


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"HTTP_SEC_FETCH_DEST": "empty"},
        {"HTTP_SEC_GPC": "1"},
        {"HTTP_RANGE": "bytes=0-"},
        {"HTTP_RANGE": "bytes=0-1023"},
    ],
)
def test_a_file_that_is_sent_is_a_download(downloads, asked):
    assert downloads(**asked) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_RANGE": "bytes=500-"},
        {"HTTP_RANGE": "bytes=-500"},
        {"HTTP_RANGE": "bytes=01-"},
        {"HTTP_RANGE": "lines=0-"},
        {"status": "206 Partial Content", "HTTP_RANGE": "bytes=500-"},
        {"status": "304 Not Modified"},
        {"status": "404 Not Found"},
        {"method": "HEAD"},
        {"method": "POST"},
        {"agent": "curl/8.5.0"},
        {"agent": ""},
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}=x"},
    ],
)
def test_what_is_no_download_of_a_reader_leaves_no_trace(downloads, asked):
    assert downloads(**asked) == 0


# --- What leaves ------------------------------------------------------------------------------


def test_the_marker_does_not_leave_the_house(counted):
    (_, headers, _), _ = request(counted(application()))
    assert headers == [("Content-Type", "text/html")]


def test_two_hundred_reloads_are_one_visit(counted, totals):
    app = counted(application())
    for _ in range(200):
        request(app)
    assert totals() == (200, 1, 1)


def test_another_address_or_agent_is_another_visitor(counted, totals):
    app = counted(application())
    request(app)
    request(app, REMOTE_ADDR="203.0.113.8")
    request(app, agent=BROWSER + " Edg/139.0.0.0")
    assert totals() == (3, 3, 3)


def test_a_forged_forwarded_for_makes_no_new_visitor(counted, totals, settings):
    settings.TRUSTED_PROXIES = []
    app = counted(application())
    for number in range(20):
        request(app, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert totals() == (20, 1, 1)


def test_a_reader_whose_address_nobody_knows_is_a_view_without_a_visit(counted, totals):
    request(counted(application()), REMOTE_ADDR="")
    assert totals() == (1, 0, 0)


def test_who_asks_not_to_be_tracked_is_one_view_without_a_visit(counted, totals):
    request(counted(application()), HTTP_SEC_GPC="1")
    assert totals() == (1, 0, 0)
    assert Day.objects.get().keyless_views == 1


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ({}, {"method": "HEAD"}),
        ({}, {"method": "POST"}),
        ({"status": "404 Not Found"}, {}),
        ({"status": "301 Moved Permanently"}, {}),
        ({"status": "500 Internal Server Error"}, {}),
        ({"headers": ()}, {}),  # an asset, a feed, the admin: not marked
    ],
)
def test_what_is_no_page_leaves_no_trace(counted, totals, answer, asked):
    request(counted(application(**answer)), **asked)
    assert totals() == (0, 0, 0)
    assert not ExclusionCount.objects.filter(grain=1).exists()


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"HTTP_SEC_PURPOSE": "prefetch;prerender"}, "prefetch"),
        ({"HTTP_SEC_FETCH_DEST": "empty"}, "not-a-page"),
        ({"HTTP_COOKIE": f"a=b; {settings.SESSION_COOKIE_NAME}=x"}, "staff"),
        ({"agent": "curl/8.5.0"}, "robot-library"),
        ({"agent": ""}, "robot-empty"),
    ],
)
def test_what_is_no_reader_is_kept_as_excluded_with_its_reason(
    counted, totals, asked, reason
):
    request(counted(application()), **asked)
    assert totals() == (0, 0, 0)
    assert ExclusionCount.objects.filter(grain=1).values_list(
        "reason", "requests"
    ).get() == (reason, 1)


def test_a_page_found_unchanged_is_a_view(counted, totals):
    request(counted(application(status="304 Not Modified")))
    assert totals() == (1, 1, 1)


def test_an_error_page_in_place_of_the_first_answer_is_not_counted(counted, totals):
    def changes_its_mind(environ, start_response):
        start_response("200 OK", [(pages.HEADER, PAGE_MARKER)])
        start_response("500 Internal Server Error", [], (ValueError, ValueError(), None))
        return [b""]

    (status, _, exc_info), _ = request(counted(changes_its_mind))
    assert status.startswith("500")
    assert exc_info[0] is ValueError
    assert totals() == (0, 0, 0)


def test_an_application_that_fails_is_not_counted(counted, totals):
    with pytest.raises(ZeroDivisionError):
        request(counted(application(fails_with=ZeroDivisionError())))
    assert totals() == (0, 0, 0)


def test_an_application_that_answers_with_its_first_piece_is_counted(counted, totals):
    def lazy(environ, start_response):
        start_response("200 OK", [(pages.HEADER, PAGE_MARKER)])
        yield b"page"

    _, body = request(counted(lazy))
    assert list(body) == [b"page"]
    assert totals() == (1, 1, 1)


def test_the_body_passes_through_untouched(counted):
    body = FileWrapper(io.BytesIO(b"page"))
    assert request(counted(application(body=body)))[1] is body


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_full_disk_does_not_break_a_page_and_is_shown_afterwards(
    counted, totals, ready_spool, monkeypatch, caplog, fault
):
    app = counted(application())
    request(app)
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "visitors"):

        def full(*args):
            raise OSError(fault, os.strerror(fault))

        patch.setattr("visitors.spool.os.write", full)
        for _ in range(3):
            assert request(app)[1] == (b"page",)
        assert ready_spool.faults.kinds == {"write"}
    assert len(caplog.records) == 1
    request(app)
    assert ready_spool.faults.kinds == set()
    assert totals() == (2, 1, 1)
    assert ExclusionCount.objects.filter(grain=1).values_list(
        "reason", "requests"
    ).get() == ("unwritten", 3)


def test_a_half_written_line_spoils_no_other(counted, totals, monkeypatch):
    app = counted(application())
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr("visitors.spool.os.write", lambda file, line: write(file, line[:20]))
        request(app)
    request(app)
    assert totals() == (1, 1, 1)
    assert ExclusionCount.objects.filter(grain=1).values_list(
        "reason", "requests"
    ).get() == ("unwritten", 1)


def test_a_folder_that_cannot_be_made_does_not_break_a_page(counted, ready_spool):
    ready_spool.folder.parent.joinpath("file").write_text("")
    ready_spool.folder = ready_spool.folder.parent / "file" / "visits"
    assert request(counted(application()))[1] == (b"page",)
    assert ready_spool.faults.kinds == {"write"}


def test_a_malformed_request_does_not_break_a_page(counted, totals):
    app = counted(application())
    assert request(app, path="/\x00\xff")[1] == (b"page",)
    broken = counted(application(headers=((pages.HEADER, "nonsense"),)))
    assert request(broken)[1] == (b"page",)
    assert totals() == (1, 1, 1)


def test_the_line_of_a_view_names_no_reader(counted, ready_spool):
    request(counted(application()))
    (path,) = ready_spool.folder.iterdir()
    line = path.read_bytes()
    assert b"203.0.113.7" not in line
    assert b"Mozilla" not in line
    assert path.stat().st_mode & 0o077 == 0
