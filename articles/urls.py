"""Addresses of news and of the introduction pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import article_views, feeds, views


class ArticleKeyConverter:
    """The last part of an article's address: `hop-thon-kiem-12` is slug and number.

    The number alone finds the article, so old and mistyped slugs still lead there. It has
    at most 18 digits, which every bigint holds.
    """

    regex = "[^/]*-[0-9]{1,18}"

    def to_python(self, value):
        slug, _, number = value.rpartition("-")
        return slug, int(number)

    def to_url(self, value):
        slug, number = value
        return f"{slug}-{number}"


class SlugPathConverter(StringConverter):
    """Slugs joined by slashes, as a page's `path` has them."""

    regex = "[-a-zA-Z0-9_]+(?:/[-a-zA-Z0-9_]+)*"


class YearConverter:
    """Four digits, so that a year has one address."""

    regex = "[1-9][0-9]{3}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


class MonthConverter:
    """Two digits, 01 to 12."""

    regex = "0[1-9]|1[0-2]"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:02}"


register_converter(ArticleKeyConverter, "article_key")
register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(SlugPathConverter, "slug_path")

_ARTICLE = "tin-tuc/<str:category_slug>/<article_key:key>"

app_name = "articles"
urlpatterns = [
    path("tin-tuc/", views.news, name="list"),
    # Before the categories: no category has this name (models.RESERVED_SLUGS).
    path("tin-tuc/luu-tru/", views.archive, name="archive"),
    path("tin-tuc/luu-tru/<year:year>/", views.archive, name="archive"),
    path("tin-tuc/luu-tru/<year:year>/<month:month>/", views.archive, name="archive"),
    path("tin-tuc/<slug:slug>/", views.category, name="category"),
    path("tin-tuc/<slug:slug>/rss.xml", feeds.rss, name="category_rss"),
    path("tin-tuc/<slug:slug>/feed.json", feeds.json_feed, name="category_json_feed"),
    path(f"{_ARTICLE}/", article_views.detail, name="detail"),
    path(f"{_ARTICLE}/niem-yet/", article_views.board_notice, name="board_notice"),
    path(f"{_ARTICLE}/loa/", article_views.loudspeaker, name="loudspeaker"),
    path("rss.xml", feeds.rss, name="rss"),
    path("feed.json", feeds.json_feed, name="json_feed"),
    path("gioi-thieu/", views.page, name="page"),
    path("gioi-thieu/<slug_path:path>/", views.page, name="page"),
]
