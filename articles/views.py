"""Public pages of the news and of the introduction; those of one article: article_views.py."""

from itertools import groupby

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from articles.archive import Listing
from articles.models import Page, category_tree
from portal.pages import mark
from portal.paging import links_of, page_of
from portal.richtext import render_with_contents

_HOME = ("Trang chủ", "/")
_WORTH_CONTENTS = 3  # headings; fewer are seen at a glance


@require_safe
def news(request):
    """List all published articles, the newest first."""
    page = page_of(Listing(), request)
    context = {
        "title": "Tin tức",
        "page": page,
        "updated_on": _newest(page),
        "sections": [category for category in category_tree().roots if category.is_shown],
        "crumbs": [_HOME, ("Tin tức", "")],
        "feed": reverse("articles:rss"),
        "archive": _archive_address(None),
        "links": links_of(page, request, reverse("articles:list")),
    }
    return mark(
        render(request, "articles/article_list.html", context), kind="news", title="Tin tức"
    )


@require_safe
def category(request, slug):
    """List the published articles of a category and of those below it."""
    tree = category_tree()
    category = _category_named(slug, tree)
    page = page_of(Listing(tree.branch(category.pk)), request)
    context = {
        "title": category.name,
        "category": category,
        "page": page,
        "updated_on": _newest(page),
        "sections": [child for child in tree.children(category.pk) if child.is_shown],
        "crumbs": [*news_crumbs(tree.ancestors(category.pk)), (category.name, "")],
        "feed": reverse("articles:category_rss", args=[category.slug]),
        "json_feed": reverse("articles:category_json_feed", args=[category.slug]),
        "archive": _archive_address(category),
        "links": links_of(page, request, category.get_absolute_url()),
    }
    return mark(
        render(request, "articles/article_list.html", context),
        kind="category",
        object_id=category.pk,
        title=category.name,
    )


@require_safe
def archive(request, year=None, month=None):
    """Show which months have articles, and the articles of a year or of a month.

    The query key `muc` (a slug) narrows all of it down to a category and those below it.
    """
    tree = category_tree()
    slug = request.GET.get("muc")
    category = _category_named(slug, tree) if slug else None
    listing = Listing(tree.branch(category.pk) if category else None)
    within = listing.within(year, month) if year else listing
    if year and not within.months:
        raise Http404
    page = page_of(within, request) if year else None
    later, earlier = _neighbours(listing.months, year, month)
    title = f"{category or 'Tin tức'} {_in_words(year, month) or 'theo tháng'}"
    crumbs = [
        *news_crumbs(tree.line(category.pk) if category else ()),
        ("Theo tháng", _archive_address(category)),
        *([(f"Năm {year}", _archive_address(category, year))] if year else []),
        *([(f"Tháng {month:02}", "")] if month else []),
    ]
    context = {
        "title": title,
        "page": page,
        "updated_on": page and _newest(page),
        "years": [] if month else _years(category, within.months),
        "later": later and (_in_words(*later), _archive_address(category, *later)),
        "earlier": earlier and (_in_words(*earlier), _archive_address(category, *earlier)),
        "crumbs": [*crumbs[:-1], (crumbs[-1][0], "")],
        "keep": _of_category(category),
        "links": links_of(
            page, request, _archive_address(None, year, month), keep=_of_category(category)
        ),
    }
    return mark(
        render(request, "articles/archive.html", context), kind="archive", title=title
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
    body, contents = render_with_contents(page.body)
    previous, following = _siblings(page) if above else (None, None)
    return {
        "page": page,
        "body": body,
        "contents": contents if len(contents) >= _WORTH_CONTENTS else [],
        "previous": previous,
        "following": following,
        "children": page.children.shown().defer("body"),
        "crumbs": [_HOME, *_links(above), (page.title, "")],
        "canonical": request.build_absolute_uri(page.get_absolute_url()),
    }


def _siblings(page):
    """Return the shown pages before and after this one below the same page, each or None."""
    shown = Page.objects.shown().filter(parent=page.parent_id).defer("body", "body_text")
    siblings = list(shown)
    place = next((at for at, each in enumerate(siblings) if each.pk == page.pk), None)
    if place is None:  # the preview of a page that readers do not see yet
        return None, None
    return siblings[place - 1] if place else None, (siblings[place + 1 :] or [None])[0]


def news_crumbs(categories):
    """Return the way from the home page through `categories`, as (label, address)."""
    return [_HOME, ("Tin tức", reverse("articles:list")), *_links(categories)]


def _newest(page):
    """Return when the newest article that a list shows appeared, or None of an empty one."""
    return max((article.published_at for article in page), default=None)


def _links(nodes):
    return [(str(node), node.get_absolute_url()) for node in nodes]


def _category_named(slug, tree):
    """Return the category with this name in addresses, hidden ones too; raises `Http404`."""
    category = next((node for node in tree if node.slug == slug), None)
    if category is None:
        raise Http404
    return category


def _archive_address(category, *period):
    """Return the address of the archive, or of a year or a month (year and number) in it."""
    address = reverse("articles:archive", args=[part for part in period if part])
    query = _of_category(category)
    return f"{address}?{query}" if query else address


def _of_category(category):
    return urlencode({"muc": category.slug}) if category else ""


def _years(category, months):
    """Return (year, address, its months as (number, address, number of articles))."""
    return [
        (
            year,
            _archive_address(category, year),
            [
                (month.number, _archive_address(category, *month), months[month])
                for month in of_year
            ],
        )
        for year, of_year in groupby(months, key=lambda month: month.year)
    ]


def _in_words(year=None, month=None):
    if month:
        return f"tháng {month:02}/{year}"
    return f"năm {year}" if year else ""


def _neighbours(months, year, month):
    """Return the later and the earlier period that has articles, each as (year[, month])."""
    if not year:
        return None, None
    periods = (
        list(months)
        if month
        else [(each,) for each in dict.fromkeys(m.year for m in months)]
    )
    position = periods.index((year, month) if month else (year,))
    later = periods[position - 1] if position else None
    return later, (periods[position + 1 :] or [None])[0]
