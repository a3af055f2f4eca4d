import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, EditionAttachment, Status
from portal.attachments import Attachment
from tests.factory import (
    FIRST_READ,
    make_article,
    make_category,
    make_identity,
    make_picture,
)

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
NAMES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
}


def rss(client, address="/rss.xml"):
    """Return the channel of a feed, as a real parser reads it."""
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content).find("channel")


def feed(client, address="/feed.json"):
    response = client.get(address)
    assert response.status_code == 200
    return json.loads(response.content)


def test_an_item_carries_the_whole_article(client):
    make_identity()
    picture = make_picture()
    article = make_article(
        title="Họp thôn & xã",
        lead="Tối thứ <Bảy>.",
        body='<p><a href="/lien-he/">Mang</a> giấy tờ. <img src="/media/a.jpg" alt="Bản đồ"></p>',
        cover=picture,
        author_name="Lê Thị Hoa",
        category=make_category(name="Thông báo"),
    )
    address = f"{HOST}{article.get_absolute_url()}"
    item = rss(client).find("item")
    content = item.findtext("content:encoded", namespaces=NAMES)
    assert item.findtext("title") == "Họp thôn & xã"
    assert item.findtext("link") == address
    assert item.findtext("description") == "Tối thứ <Bảy>."
    assert item.findtext("category") == "Thông báo"
    assert item.findtext("dc:creator", namespaces=NAMES) == "Lê Thị Hoa"
    assert item.findtext("pubDate") == "Fri, 26 Jan 2024 08:30:00 +0700"
    assert item.findtext("atom:updated", namespaces=NAMES) == "2024-01-26T08:30:00+07:00"
    assert item.find("enclosure").attrib == {
        "url": f"{HOST}{picture.url}",
        "length": "90000",
        "type": "image/jpeg",
    }
    assert content.startswith("<p><strong>Tối thứ &lt;Bảy&gt;.</strong></p>")
    assert f'<a href="{HOST}/lien-he/" rel="noopener">Mang</a>' in content
    assert f'src="{HOST}/media/a.jpg"' in content
    (entry,) = feed(client)["items"]
    assert entry == {
        "id": item.findtext("guid"),
        "url": address,
        "title": "Họp thôn & xã",
        "summary": "Tối thứ <Bảy>.",
        "content_html": content,
        "date_published": "2024-01-26T08:30:00+07:00",
        "date_modified": "2024-01-26T08:30:00+07:00",
        "tags": ["Thông báo"],
        "authors": [{"name": "Lê Thị Hoa"}],
        "image": f"{HOST}{picture.url}",
    }


def test_the_feed_says_what_it_is_and_where_it_is(client):
    make_identity()
    channel = rss(client)
    assert channel.findtext("title") == "Tin tức – Xã Đông Thanh"
    assert channel.findtext("link") == f"{HOST}/tin-tuc/"
    assert channel.findtext("language") == "vi"
    assert channel.find("atom:link", NAMES).attrib == {
        "rel": "self",
        "href": f"{HOST}/rss.xml",
    }
    described = feed(client)
    assert described["version"] == "https://jsonfeed.org/version/1.1"
    assert described["feed_url"] == f"{HOST}/feed.json"
    assert described["items"] == []


def test_the_feed_of_a_category_has_its_articles_and_those_below(client):
    parent = make_category(name="Đời sống", slug="doi-song", description="Chuyện trong xã.")
    article = make_article(category=make_category(parent=parent))
    make_article()
    channel = rss(client, "/tin-tuc/doi-song/rss.xml")
    assert [item.findtext("title") for item in channel.iter("item")] == [article.title]
    assert channel.findtext("description") == "Chuyện trong xã."
    assert channel.findtext("link") == f"{HOST}/tin-tuc/doi-song/"
    entries = feed(client, "/tin-tuc/doi-song/feed.json")["items"]
    assert [entry["title"] for entry in entries] == [article.title]


def test_a_category_that_does_not_exist_has_no_feed(client):
    for name in ("rss.xml", "feed.json"):
        assert client.get(f"/tin-tuc/khong-co/{name}").status_code == 404


def test_at_most_thirty_articles_the_newest_first(client):
    articles = [make_article() for _ in range(32)]
    titles = [item.findtext("title") for item in rss(client).iter("item")]
    assert titles == [article.title for article in articles[:1:-1]]
    assert len(feed(client)["items"]) == 30


def test_an_article_keeps_its_id_when_its_address_changes(client, settings):
    settings.SITE_URL = "https://dongthanh.example.vn:8443"
    article = make_article(created_at=datetime(2024, 1, 20, tzinfo=UTC))
    ids = []
    for category in (article.category, make_category()):
        Article.objects.update(title="Tên mới", slug="ten-moi", category=category)
        guid = rss(client, f"{category.get_absolute_url()}rss.xml").find("item/guid")
        ids.append((guid.text, guid.get("isPermaLink")))
    name = f"tag:dongthanh.example.vn,2024-01-20:bai-viet-{article.pk}"
    assert ids == [(name, "false")] * 2


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"status": Status.WITHDRAWN},
        {"published_at": datetime(2124, 1, 1, tzinfo=UTC)},
        {"expires_at": FIRST_READ + timedelta(days=1)},
    ],
    ids=["draft", "withdrawn", "scheduled", "expired"],
)
def test_what_readers_do_not_see_is_in_no_feed(client, fields):
    article = make_article(**fields)
    for path in ("/", article.category.get_absolute_url()):
        for name in ("rss.xml", "feed.json"):
            address = f"{path}{name}"
            assert article.title not in client.get(address).content.decode(), address


def test_a_text_that_was_approved_later_is_dated_so(client):
    article = make_article()
    Article.objects.update(approved_at=article.published_at + timedelta(hours=2))
    channel = rss(client)
    updated = channel.findtext("item/atom:updated", namespaces=NAMES)
    assert updated == "2024-01-26T10:30:00+07:00"
    assert channel.findtext("lastBuildDate") == "Fri, 26 Jan 2024 10:30:00 +0700"
    assert feed(client)["items"][0]["date_modified"] == updated


def test_listed_documents_go_along(client):
    article = make_article()
    document = Attachment.objects.create(
        file="tep/2024/01/a.pdf", title="Kế hoạch số 12", kind="pdf", size=1234, sha256="a"
    )
    EditionAttachment.objects.create(edition=article.approved, attachment=document)
    address = f"{HOST}{document.get_absolute_url()}"
    (entry,) = feed(client)["items"]
    assert entry["attachments"] == [
        {
            "url": address,
            "title": "Kế hoạch số 12",
            "mime_type": "application/pdf",
            "size_in_bytes": 1234,
        }
    ]
    content = rss(client).findtext("item/content:encoded", namespaces=NAMES)
    assert f'<li><a href="{address}">Kế hoạch số 12</a></li>' in content


def test_hostile_texts_that_bypassed_the_workflow_break_no_feed(client):
    make_identity(name="Đông\x02Thanh")
    make_article(
        title="]]></title><script>alert(1)</script>\x0b\ufffe",
        lead="\x1b<img src=x onerror=alert(2)>",
        body="<p onclick='alert(3)'>Bài\x0c<script>alert(4)</script></p>",
        author_name="\x08",
        category=make_category(name="\x01Mục"),
    )
    item = rss(client).find("item")
    content = item.findtext("content:encoded", namespaces=NAMES)
    assert item.findtext("title") == "]]></title><script>alert(1)</script>"
    assert content == (
        "<p><strong>&lt;img src=x onerror=alert(2)&gt;</strong></p><p>Bài</p>"
    )
    assert feed(client)["items"][0]["content_html"] == content


def test_a_feed_is_asked_for_again_cheaply_and_is_no_page_view(client):
    for _ in range(5):
        make_article(cover=make_picture())
    for address in ("/rss.xml", "/feed.json"):
        response = client.get(address)
        assert "X-Portal-Page" not in response
        assert response["Cache-Control"] == "no-cache"
        with CaptureQueriesContext(connection) as queries:
            again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
        assert len(queries) == 0


def test_a_feed_needs_the_same_queries_for_one_article_as_for_many(client):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    make_article(cover=make_picture())
    client.get("/rss.xml")  # reads the categories, once per content version
    few = count("/feed.json")
    for _ in range(9):
        make_article(cover=make_picture())
    # The next moments (2), the articles with category and cover, their documents, the unit.
    category = Article.objects.first().category
    assert count(f"{category.get_absolute_url()}feed.json") == few <= 6


def test_list_pages_name_their_feeds(client):
    article = make_article()
    path = article.category.get_absolute_url()
    for address, names in {
        "/": ("/rss.xml", "/feed.json"),
        "/tin-tuc/": ("/rss.xml", "/feed.json"),
        path: ("/rss.xml", "/feed.json", f"{path}rss.xml", f"{path}feed.json"),
    }.items():
        page = client.get(address).content.decode()
        found = [name for name in names if f'href="{name}"' in page]
        assert found == list(names), address
    assert f'<a href="{path}rss.xml">Nhận bài mới qua RSS</a>' in page
