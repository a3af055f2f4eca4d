"""What search engines may find, in files of bounded size: sitemaps.org, and Google's for news.

The files of articles are cut by their keys, not counted off: an article stays in its file,
and no file has more than `BLOCK`.
"""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.archive import filled_categories
from articles.models import Article, Page, next_moment
from disclosure.models import Duty
from organisation.chart import chart
from portal import identity
from portal.conditional import answer
from portal.content_version import Memory
from portal.text import xml_safe
from procedures.models import Period, Procedure

BLOCK = 5_000  # article keys a file; the protocol allows 50,000
NEWS_FOR = timedelta(hours=48)  # what Google takes for news
MOST_NEWS = 1_000

_fingerprints = Memory(size=200)


class Entry(NamedTuple):
    """An address on this host and when what stands there last changed, if that is known."""

    path: str
    changed_at: str = ""


@require_safe
def index(request):
    """List the files of the sitemap."""

    def entries():
        blocks = (
            Article.objects.published()
            .values(block=F("pk") / BLOCK)
            .annotate(changed=Max(Greatest("published_at", "approved_at")))
            .order_by("block")
        )
        return [
            *(Entry(reverse("sitemap_section", args=[name])) for name in SECTIONS),
            *(
                Entry(
                    reverse("sitemap_articles", args=[row["block"]]), _iso(row["changed"])
                )
                for row in blocks
            ),
        ]

    return _answer(request, "portal/sitemap_index.xml", lambda: {"entries": entries()})


@require_safe
def section(request, name):
    """List the addresses of one kind of page."""
    if name not in SECTIONS:
        raise Http404
    return _answer(
        request, "portal/sitemap.xml", lambda: {"entries": list(SECTIONS[name]())}
    )


@require_safe
def articles(request, block):
    """List the published articles whose keys lie in a block of `BLOCK`."""
    found = Article.objects.published().filter(
        pk__gte=block * BLOCK, pk__lt=(block + 1) * BLOCK
    )
    if not found.exists():
        raise Http404
    fields = ("slug", "published_at", "approved_at", "category__slug")

    def entries():
        for article in found.select_related("category").only(*fields).order_by("pk"):
            yield Entry(article.get_absolute_url(), _iso(article.changed_at))

    return _answer(request, "portal/sitemap.xml", lambda: {"entries": list(entries())})


@require_safe
def news(request):
    """List the articles of the last two days, as Google News reads them."""
    since = timezone.now() - NEWS_FOR
    found = Article.objects.published().filter(published_at__gt=since)

    def context():
        articles = list(found.for_links().newest()[:MOST_NEWS])
        for article in articles:
            article.title = xml_safe(article.title)
        return {"articles": articles, "publication": xml_safe(identity.current().full_name)}

    def until():
        """Return when the next article comes, expires or is no news any more."""
        oldest = found.order_by("published_at").values_list("published_at", flat=True)
        moments = [next_moment(), *(at + NEWS_FOR for at in oldest[:1])]
        return min(filter(None, moments), default=None)

    return _answer(request, "portal/sitemap_news.xml", context, until=until)


def _answer(request, template, context, *, until=next_moment):
    host = f"{request.scheme}://{request.get_host()}"
    return answer(
        request,
        lambda: render_to_string(template, {"host": host, **context()}),
        content_type="application/xml; charset=utf-8",
        memory=_fingerprints,
        until=until,
    )


def _iso(moment):
    return timezone.localtime(moment).isoformat(timespec="seconds")


# --- The sections ---------------------------------------------------------------------


def _standing():
    names = (
        "home",
        "articles:list",
        "articles:archive",
        "catalogue:list",
        "catalogue:alphabet",
        "procedures:list",
        "procedures:calendar",
        "disclosure:board",
        "open_data:home",
        "visitors:summary",
        "visitors:method",
        "contact",
        "organisation:receptions",
        "site_map",
        "accessibility",
        "privacy",
    )
    for name in names:
        yield Entry(reverse(name))


def _categories():
    for category in filled_categories():
        yield Entry(category.get_absolute_url())


def _pages():
    """Yield the pages that readers reach: a hidden page hides what lies below it."""
    for page in Page.objects.shown().defer("body", "body_text").tree():
        yield Entry(page.get_absolute_url(), _iso(page.approved_at))


def _periods():
    for period in Period.objects.published().select_related("approved").newest():
        yield Entry(period.get_absolute_url(), _iso(period.approved.approved_at))


def _procedures():
    """Yield the procedures in force and the lĩnh vực that have any."""
    in_force = Procedure.objects.in_force()
    slugs = in_force.order_by("field__slug").values_list("field__slug", flat=True)
    for slug in slugs.distinct():
        yield Entry(reverse("catalogue:field", args=[slug]))
    for procedure in in_force.order_by("code"):
        yield Entry(procedure.get_absolute_url(), _iso(procedure.updated_at))


def _organisation():
    """Yield the organisation chart and its bodies, once there are any."""
    if bodies := list(chart().tree):
        yield Entry(reverse("organisation:chart"))
    for body in bodies:
        yield Entry(body.get_absolute_url())


def _duties():
    """Yield the duties to publish that readers may know of."""
    for duty in Duty.objects.in_use():
        yield Entry(duty.get_absolute_url())


SECTIONS = {
    "trang-chung": _standing,
    "chuyen-muc": _categories,
    "gioi-thieu": _pages,
    "to-chuc": _organisation,
    "thu-tuc": _procedures,
    "ket-qua-tthc": _periods,
    "cong-khai": _duties,
}
