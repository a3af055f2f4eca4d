"""Public pages of the news and of the introduction; those of one article: article_views.py."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Page, category_tree
from portal.pages import mark
from portal.paging import page_of

_HOME = ("Trang chủ", "/")


@require_safe
def news(request):
    """List all published articles, the newest first."""
    articles = Article.objects.published().for_list().newest()
    context = {
        "title": "Tin tức",
        "page": page_of(articles, request),
        "sections": [category for category in category_tree().roots if category.is_shown],
        "crumbs": [_HOME, ("Tin tức", "")],
        "canonical": request.build_absolute_uri(reverse("articles:list")),
    }
    return mark(
        render(request, "articles/article_list.html", context), kind="news", title="Tin tức"
    )


@require_safe
def category(request, slug):
    """List the published articles of a category and of those below it."""
    tree = category_tree()
    category = next((node for node in tree if node.slug == slug), None)
    if category is None:
        raise Http404
    articles = Article.objects.published().in_category(category, tree=tree)
    context = {
        "title": category.name,
        "category": category,
        "page": page_of(articles.for_list().newest(), request),
        "sections": [child for child in tree.children(category.pk) if child.is_shown],
        "crumbs": [*news_crumbs(tree.ancestors(category.pk)), (category.name, "")],
        "canonical": request.build_absolute_uri(category.get_absolute_url()),
    }
    return mark(
        render(request, "articles/article_list.html", context),
        kind="category",
        object_id=category.pk,
        title=category.name,
    )


@require_safe
def page(request, path=""):
    """Show a page of the introduction with links to the pages below it."""
    line = Page.objects.along(path)
    if not line:
        raise Http404
    *above, page = line
    return mark(
        render(
            request, "articles/page_detail.html", page_context(page, request, above=above)
        ),
        kind="page",
        object_id=page.pk,
        title=page.title,
    )


def page_context(page, request, *, above):
    """Return what a page below the pages `above` shows; also for previews."""
    return {
        "page": page,
        "children": page.children.shown().defer("body"),
        "crumbs": [_HOME, *_links(above), (page.title, "")],
        "canonical": request.build_absolute_uri(page.get_absolute_url()),
    }


def news_crumbs(categories):
    """Return the way from the home page through `categories`, as (label, address)."""
    return [_HOME, ("Tin tức", reverse("articles:list")), *_links(categories)]


def _links(nodes):
    return [(str(node), node.get_absolute_url()) for node in nodes]
