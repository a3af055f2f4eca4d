"""Addresses of news and of the introduction pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from articles import article_views, views


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


register_converter(ArticleKeyConverter, "article_key")
register_converter(SlugPathConverter, "slug_path")

_ARTICLE = "tin-tuc/<str:category_slug>/<article_key:key>"

app_name = "articles"
urlpatterns = [
    path("tin-tuc/", views.news, name="list"),
    path("tin-tuc/<slug:slug>/", views.category, name="category"),
    path(f"{_ARTICLE}/", article_views.detail, name="detail"),
    path(f"{_ARTICLE}/niem-yet/", article_views.board_notice, name="board_notice"),
    path(f"{_ARTICLE}/loa/", article_views.loudspeaker, name="loudspeaker"),
    path("gioi-thieu/", views.page, name="page"),
    path("gioi-thieu/<slug_path:path>/", views.page, name="page"),
]
