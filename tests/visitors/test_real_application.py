"""The whole site, from a WSGI request to the day's figures: what is counted, and what is not."""

import io
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone

from portal.handler import Handler
from tests import factory
from tests.visitors.conftest import BROWSER
from visitors.counter import Counter
from visitors.models import Day, DownloadCount, ExclusionCount, PageCount


@pytest.fixture(autouse=True)
def _one_connection():
    """Let the test's own connection, and its transaction, outlive a request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def site(ready_spool):
    """Return a function that asks the site as a browser does and gives the status."""
    application = Counter(Handler(), spool=ready_spool)

    def ask(path, *, method="GET", **environ):
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_USER_AGENT": BROWSER,
            "HTTP_ACCEPT_LANGUAGE": "vi",
            "HTTP_HOST": "testserver",
            "REMOTE_ADDR": "203.0.113.7",
            "wsgi.input": io.BytesIO(),
        } | environ
        setup_testing_defaults(environ)
        statuses = []
        body = application(environ, lambda status, *_: statuses.append(status))
        b"".join(body)
        body.close()
        return int(statuses[-1][:3])

    return ask


@pytest.fixture
def totals(ready_spool):
    """Return a function that gives (views, visits, visitors) of today after a flush."""

    def read():
        ready_spool.flush(now=timezone.now())
        return Day.objects.values_list("views", "visits", "visitors").get()

    return read


def test_reading_and_reloading_two_hundred_times_is_one_visit(site, totals):
    for _ in range(200):
        assert site("/") == 200
    assert totals() == (200, 1, 1)
    assert PageCount.objects.get(grain=1).entries == 1


def test_a_page_with_its_title_from_the_site_is_counted(site, totals):
    article = factory.make_article(title="Lịch tiếp dân tháng 3")
    assert site(article.get_absolute_url()) == 200
    assert totals() == (1, 1, 1)
    page = PageCount.objects.get(grain=1).page
    assert (page.path, page.title) == (article.get_absolute_url(), "Lịch tiếp dân tháng 3")
    assert (page.kind, page.object_id) == ("article", str(article.pk))


def test_what_only_looks_like_another_reader_is_the_same(site, totals):
    for number in range(20):
        site(
            f"/?a={number}",
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
            HTTP_X_REAL_IP=f"198.51.100.{number}",
            HTTP_FORWARDED=f"for=198.51.100.{number}",
            HTTP_CLIENT_IP=f"198.51.100.{number}",
            HTTP_COOKIE=f"reader={number}",
        )
    assert totals() == (20, 1, 1)


def test_a_listed_proxy_names_the_reader_and_its_client_cannot(site, totals, settings):
    settings.TRUSTED_PROXIES = ["203.0.113.7"]
    for forged in range(5):
        for reader in (1, 2, 3):
            site("/", HTTP_X_FORWARDED_FOR=f"10.0.0.{forged}, 198.51.100.{reader}")
    assert totals() == (15, 3, 3)


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/", {"method": "HEAD"}, 200),
        ("/", {"method": "POST"}, 403),
        ("/khong-co-trang-nay/", {}, 404),
        ("/tin-tuc", {}, 301),
        ("/rss.xml", {}, 200),
        ("/feed.json", {}, 200),
        ("/sitemap.xml", {}, 200),
        ("/robots.txt", {}, 200),
        ("/healthz", {}, 200),
        ("/api/tin-bai.json", {}, 200),
        ("/static/css/site.css", {}, 404),  # an asset that nobody collected
        ("/quan-tri/", {}, 302),
        ("/quan-tri/login/", {}, 200),
    ],
)
def test_what_is_no_page_leaves_no_trace(site, totals, path, asked, status):
    assert site(path, **asked) == status
    assert totals() == (0, 0, 0)
    assert not ExclusionCount.objects.exists()


def test_staff_who_are_signed_in_are_not_counted(site, totals, client):
    client.force_login(factory.make_user())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session}"}
    assert site("/", **cookie) == 200
    assert site("/api/tin-bai.csv", **cookie) == 200
    assert totals() == (0, 0, 0)
    rows = ExclusionCount.objects.filter(grain=1).values_list("reason", "requests")
    assert list(rows) == [("staff", 1)]
    assert not DownloadCount.objects.exists()


def test_a_file_of_the_site_is_a_download_and_no_view(site, totals):
    assert site("/api/tin-bai.csv") == 200
    assert totals() == (0, 0, 0)
    row = DownloadCount.objects.get(grain=1)
    assert (row.page.path, row.downloads) == ("/api/tin-bai.csv", 1)


def test_a_page_found_unchanged_is_a_view(site, totals, ready_spool):
    assert site("/", HTTP_IF_NONE_MATCH="*") in (200, 304)
    assert totals() == (1, 1, 1)
