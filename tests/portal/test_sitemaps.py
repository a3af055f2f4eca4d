from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Status
from portal import content_version, sitemaps
from procedures.models import PeriodStatus, ProcedureStatus
from tests.factory import (
    FIRST_READ,
    make_article,
    make_category,
    make_identity,
    make_page,
    make_period,
    make_procedure,
)

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def read(client, address):
    """Return {path: date of change or None} of a sitemap, as a real parser reads it."""
    response = client.get(address)
    assert response.status_code == 200, address
    root = ElementTree.fromstring(response.content)
    return {
        entry.findtext(f"{MAP}loc").removeprefix(HOST): entry.findtext(f"{MAP}lastmod")
        for entry in root
    }


def everything(client):
    """Return the addresses in all files that the index names."""
    return {path for file in read(client, "/sitemap.xml") for path in read(client, file)}


def test_the_index_leads_to_every_kind_of_page(client):
    article, page, period = make_article(), make_page(), make_period()
    procedure, gone = make_procedure(), make_procedure(status=ProcedureStatus.ABOLISHED)
    assert gone.get_absolute_url() not in everything(client)
    assert everything(client) >= {
        "/",
        "/tin-tuc/",
        "/tin-tuc/luu-tru/",
        "/lien-he/",
        "/ket-qua-tthc/",
        article.get_absolute_url(),
        article.category.get_absolute_url(),
        page.get_absolute_url(),
        period.get_absolute_url(),
        "/thu-tuc/",
        procedure.get_absolute_url(),
        reverse("catalogue:field", args=[procedure.field.slug]),
    }


def test_every_address_in_the_sitemap_opens(client):
    make_article()
    make_page()
    make_period()
    for path in everything(client):
        assert client.get(path).status_code == 200, path


HIDDEN = [
    {"status": Status.DRAFT},
    {"status": Status.WITHDRAWN},
    {"published_at": datetime(2124, 1, 1, tzinfo=UTC)},
    {"expires_at": FIRST_READ + timedelta(days=1)},
]


@pytest.mark.parametrize("fields", HIDDEN, ids=lambda fields: next(iter(fields)))
def test_what_readers_do_not_see_is_in_no_sitemap(client, fields):
    article = make_article(**fields)
    make_period(status=PeriodStatus.DRAFT)
    make_page(is_shown=False)
    with time_machine.travel(FIRST_READ + timedelta(days=1, hours=1), tick=False):
        found = everything(client) | set(read(client, "/sitemap-tin-moi.xml"))
    assert found == set(read(client, "/sitemap-trang-chung.xml"))
    address = f"/sitemap-bai-viet-{article.pk // sitemaps.BLOCK}.xml"
    assert client.get(address).status_code == 404


def test_a_hidden_page_or_category_hides_what_lies_below(client):
    root = make_page(title="Giới thiệu", slug="gioi-thieu")
    hidden = make_page(is_shown=False, parent=root)
    make_page(parent=hidden)
    category = make_category(parent=make_category(is_shown=False))
    make_article(category=category)
    make_category()  # without any article
    assert set(read(client, "/sitemap-gioi-thieu.xml")) == {"/gioi-thieu/"}
    assert read(client, "/sitemap-chuyen-muc.xml") == {}


def test_articles_are_spread_over_files_by_their_keys(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "BLOCK", 2)
    articles = [make_article() for _ in range(5)]
    files = [path for path in read(client, "/sitemap.xml") if "bai-viet" in path]
    found = [list(read(client, path)) for path in files]
    assert max(map(len, found)) <= 2
    assert sum(found, []) == [article.get_absolute_url() for article in articles]


def test_a_change_is_dated_by_the_last_approval_or_the_moment_of_appearing(client):
    article = make_article()
    file = f"/sitemap-bai-viet-{article.pk // sitemaps.BLOCK}.xml"
    dates = {}
    for hours in (-1, 1):
        Article.objects.update(approved_at=FIRST_READ + timedelta(hours=hours))
        sitemaps._fingerprints.clear()
        dates[hours] = read(client, file)[article.get_absolute_url()]
        assert read(client, "/sitemap.xml")[file] == dates[hours]
    assert dates == {-1: "2024-01-26T08:30:00+07:00", 1: "2024-01-26T09:30:00+07:00"}


def test_news_are_the_articles_of_two_days(client):
    make_identity()
    article = make_article(title="Họp <thôn> & xã\x0b", published_at=FIRST_READ)
    with time_machine.travel(FIRST_READ + timedelta(hours=47), tick=False) as clock:
        response = client.get("/sitemap-tin-moi.xml")
        (entry,) = ElementTree.fromstring(response.content)
        clock.shift(timedelta(hours=1))
        assert read(client, "/sitemap-tin-moi.xml") == {}
    assert entry.findtext(f"{MAP}loc") == f"{HOST}{article.get_absolute_url()}"
    news = entry.find(f"{NEWS}news")
    assert news.findtext(f"{NEWS}title") == "Họp <thôn> & xã"
    assert news.findtext(f"{NEWS}publication_date") == "2024-01-26T08:30:00+07:00"
    publication = news.find(f"{NEWS}publication")
    assert publication.findtext(f"{NEWS}name") == "Xã Đông Thanh"
    assert publication.findtext(f"{NEWS}language") == "vi"


@pytest.mark.parametrize("name", ["khong-co", "bai-viet-9", "bai-viet-" + "9" * 30])
def test_a_file_of_nothing_is_not_found(client, name):
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_robots_are_led_to_the_sitemaps(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {HOST}/sitemap.xml" in lines
    assert f"Sitemap: {HOST}/sitemap-tin-moi.xml" in lines


def test_a_demo_site_has_its_sitemap_too(client):
    make_identity(is_demo=True)
    assert "/tin-tuc/" in everything(client)


def test_a_sitemap_needs_the_same_queries_for_one_article_as_for_many(client):
    def count(address):
        content_version.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len([query for query in queries if "articles_" in query["sql"]])

    article = make_article()
    files = ["/sitemap.xml", f"/sitemap-bai-viet-{article.pk // sitemaps.BLOCK}.xml"]
    few = [count(file) for file in files]
    for _ in range(9):
        make_article()
    # The next moments (2) and the articles; before them whether there are any.
    assert [count(file) for file in files] == few
    assert max(few) <= 4
