"""The newest articles for feed readers: RSS 2.0 and JSON Feed 1.1, of all or of a category."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.http import Http404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed, rfc3339_date
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from articles.enclosures import listed_in
from articles.models import Article, category_tree, next_moment
from portal import content_version, identity
from portal.attachment_kinds import Kind
from portal.conditional import answer
from portal.richtext import ATTRIBUTES, TAGS, clean
from portal.text import xml_safe

LENGTH = 30  # articles
_fingerprints = content_version.Memory(size=200)


@require_safe
def rss(request, slug=None):
    """Send the newest articles, or those of the category `slug`, as RSS 2.0."""
    return _answer(request, slug, _rss, Rss201rev2Feed.content_type)


@require_safe
def json_feed(request, slug=None):
    """Send the newest articles, or those of the category `slug`, as JSON Feed 1.1."""
    return _answer(request, slug, _json, "application/feed+json; charset=utf-8")


def _answer(request, slug, write, content_type):
    tree = category_tree()
    category = next((node for node in tree if node.slug == slug), None)
    if slug is not None and category is None:
        raise Http404

    def make():
        articles = Article.objects.published().select_related("category", "cover").newest()
        if category:
            articles = articles.in_category(category, tree=tree)
        articles = list(articles[:LENGTH])
        documents = listed_in({article.approved_id for article in articles})
        entries = [
            _entry(request, article, documents[article.approved_id]) for article in articles
        ]
        return write(_channel(request, category), entries)

    return answer(
        request,
        make,
        content_type=content_type,
        memory=_fingerprints,
        until=next_moment,
    )


def _channel(request, category):
    """Return what both formats say about the feed itself."""
    unit = identity.current()
    name = category.name if category else "Tin tức"
    page = category.get_absolute_url() if category else reverse("articles:list")
    return {
        "title": xml_safe(f"{name} – {unit.full_name}"),
        "unit": xml_safe(unit.full_name),
        "description": xml_safe(
            (category and category.description) or f"Tin mới đăng của {unit.full_name}."
        ),
        "page": request.build_absolute_uri(page),
        "feed": request.build_absolute_uri(request.path),
        "icon": request.build_absolute_uri(static("img/touch-icon.png")),
    }


def _entry(request, article, documents):
    """Return what both formats say about an article with its attached documents."""
    files = [
        {
            "url": request.build_absolute_uri(document.get_absolute_url()),
            "title": xml_safe(document.title),
            "mime_type": Kind(document.kind).content_type,
            "size_in_bytes": document.size,
        }
        for document in documents
    ]
    return {
        "id": _permanent_id(article),
        "url": request.build_absolute_uri(article.get_absolute_url()),
        "title": xml_safe(article.title),
        "summary": xml_safe(article.description),
        "content": xml_safe(_content(article, files, request.build_absolute_uri("/"))),
        "author": xml_safe(article.author_name),
        "category": xml_safe(article.category.name),
        "published": localtime(article.published_at),
        "modified": localtime(article.changed_at),
        "cover": article.cover,
        "cover_url": article.cover and request.build_absolute_uri(article.cover.url),
        "files": files,
    }


def _content(article, files, base):
    """Return the whole text as HTML for a reader that knows nothing else of the page."""
    lead = format_html("<p><strong>{}</strong></p>", article.lead) if article.lead else ""
    links = format_html_join(
        "", '<li><a href="{}">{}</a></li>', ((file["url"], file["title"]) for file in files)
    )
    below = format_html("<p>Tệp đính kèm:</p><ul>{}</ul>", links) if files else ""
    return lead + _complete_links(base).clean(clean(article.body)) + below


@lru_cache(maxsize=16)
def _complete_links(base):
    """Return what gives the links and pictures of clean rich text addresses with a host.

    Classes go, since no style sheet of ours reaches where the text will be read.
    """
    return nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        link_rel="noopener",
        url_relative=("rewrite_with_base", base),
    )


def _permanent_id(article):
    """Return a name that stays when the title, the category or the address change (RFC 4151)."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{article.created_at:%Y-%m-%d}:bai-viet-{article.pk}"


class _Rss(Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/"
        }

    def latest_post_date(self):
        """Return when the newest item changed; without any, when the site last did."""
        if self.items:
            return super().latest_post_date()
        return datetime.fromtimestamp(content_version.current() / 1e6, UTC)

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        handler.addQuickElement("content:encoded", item["content"])


def _rss(channel, entries):
    feed = _Rss(
        title=channel["title"],
        link=channel["page"],
        description=channel["description"],
        language="vi",
        feed_url=channel["feed"],
    )
    for entry in entries:
        cover = entry["cover"]
        feed.add_item(
            title=entry["title"],
            link=entry["url"],
            description=entry["summary"],
            author_name=entry["author"] or channel["unit"],
            pubdate=entry["published"],
            updateddate=entry["modified"],
            unique_id=entry["id"],
            unique_id_is_permalink=False,
            categories=[entry["category"]],
            enclosures=cover
            and [Enclosure(entry["cover_url"], str(cover.size), cover.content_type)],
            content=entry["content"],
        )
    return feed.writeString("utf-8")


def _json(channel, entries):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel["title"],
        "home_page_url": channel["page"],
        "feed_url": channel["feed"],
        "description": channel["description"],
        "icon": channel["icon"],
        "language": "vi",
        "authors": [{"name": channel["unit"]}],
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False)


def _json_item(entry):
    item = {
        "id": entry["id"],
        "url": entry["url"],
        "title": entry["title"],
        "summary": entry["summary"],
        "content_html": entry["content"],
        "date_published": entry["published"].isoformat(),
        "date_modified": entry["modified"].isoformat(),
        "tags": [entry["category"]],
    }
    if entry["author"]:
        item["authors"] = [{"name": entry["author"]}]
    if entry["cover"]:
        item["image"] = entry["cover_url"]
    if entry["files"]:
        item["attachments"] = entry["files"]
    return item
