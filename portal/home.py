"""The home page: what each of its parts shows, in the order that the office has set."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Category, category_tree, next_moment
from organisation import today
from portal import context, home_blocks, quick_tasks, readership
from portal.content_version import cached, next_midnight
from portal.context import Site
from portal.home_blocks import Block
from portal.linked_data import site_graph
from portal.pages import mark
from procedures import catalogue_search
from procedures.models import Period

__all__ = ["Part", "home", "parts"]

LEADS = 4  # one large article and three beside it
SECTION_LENGTH = 4
NOTICES = 5
PROCEDURES = 6


@dataclass(frozen=True)
class Part:
    """A part of the page and what it shows, hashable as the key of a fragment."""

    block: Block
    content: Hashable


# --- What the parts show --------------------------------------------------------------


@dataclass(frozen=True)
class _Front:
    """The articles of the page; none stands in two places but notices."""

    leads: tuple[Article, ...]
    notices: tuple[Article, ...]
    sections: tuple[tuple[Category, tuple[Article, ...]], ...]


@cached(until=next_moment)
def _front():
    published = Article.objects.published().for_list()
    tree = category_tree()
    shown = [category for category in tree.roots if category.is_shown]
    boards = [node for node in shown if node.is_notice_board]
    newest = published.newest_in_each(
        {node: NOTICES if node in boards else SECTION_LENGTH + LEADS for node in shown},
        tree=tree,
    )
    news = {node: newest[node] for node in shown if node not in boards}
    leads = _leads(published, news)
    sections = (
        (node, tuple(each for each in found if each not in leads)[:SECTION_LENGTH])
        for node, found in news.items()
    )
    return _Front(
        leads=leads,
        notices=tuple(article for node in boards for article in newest[node]),
        sections=tuple((node, articles) for node, articles in sections if articles),
    )


def _leads(published, news):
    """Return the articles marked as leading, made up with the newest while they are few."""
    leads = list(published.featured().newest()[:LEADS])
    others = {each.pk: each for found in news.values() for each in found}
    latest = sorted(others.values(), key=lambda each: each.published_at, reverse=True)
    leads += [each for each in latest if each not in leads]
    return tuple(leads[:LEADS])


@cached
def _newest_period():
    return Period.objects.with_totals().newest_published(1).first()


# A task is left out while its page is empty, and a scheduled article fills a page by itself.
@cached(until=next_moment)
def _tasks():
    return quick_tasks.shown()


def _newest():
    """Return when the newest of the articles and results of the page appeared, or None."""
    front, period = _front(), _newest_period()
    shown = [*front.leads, *front.notices, *([period] if period else [])]
    shown += [article for _, articles in front.sections for article in articles]
    return max((each.published_at for each in shown), default=None)


def _today(site):
    if site.identity.is_retired:  # nobody is there any more
        return None
    office = today.current()
    return office if office or site.identity.working_hours else None


# Until midnight, since the figures of visits change without a change of content.
@cached(until=next_midnight)
def _procedures():
    common = catalogue_search.index().common
    views = readership.views_of("procedure", [entry.code for entry in common])
    most_read = sorted(common, key=lambda entry: -views[entry.code])[:PROCEDURES]
    return tuple((entry.short_name, entry.address) for entry in most_read)


# By the key of home_blocks.BLOCKS: asked for what the part shows, None for nothing.
LOADERS: dict[str, Callable[[Site], Hashable | None]] = {
    "today": _today,
    "tasks": lambda site: _tasks() or None,
    "leads": lambda site: _front().leads or None,
    "procedures": lambda site: _procedures() or None,
    "notices": lambda site: _front().notices or None,
    "results": lambda site: _newest_period(),
    "sections": lambda site: _front().sections or None,
    "phones": lambda site: bool(site.phones) or None,
    "counter": lambda site: site.counter,
    "links": lambda site: bool(site.links) or None,
}


# --- The page -------------------------------------------------------------------------


def parts(site, blocks):
    """Return those of `blocks` that have something to show on the pages of `site`."""
    found = (Part(block, LOADERS[block.key](site)) for block in blocks)
    return tuple(part for part in found if part.content is not None)


@require_safe
def home(request):
    """Show who is there, what can be done here, and what is new."""
    frame = context.site(request)
    site = frame["site"]
    canonical = request.build_absolute_uri(reverse("home"))
    values = frame | {
        "parts": parts(site, home_blocks.arranged()),
        "updated_on": _newest(),
        "canonical": canonical,
        "graph": site_graph(identity=site.identity, canonical=canonical),
    }
    return mark(render(request, "portal/home.html", values), kind="home", title="Trang chủ")
