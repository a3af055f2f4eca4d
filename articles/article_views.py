"""The public pages of one article: the text, the sheet for the board, the loudspeaker's text."""

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import loudspeaker as speech
from articles.board_notice import sheet
from articles.enclosures import listed
from articles.models import Article, Status, WithdrawalKind, category_tree, next_moment
from articles.text_blocks import blocks
from articles.views import news_crumbs
from portal import identity
from portal.content_version import Memory
from portal.pages import mark
from portal.qr_codes import qr_code

__all__ = ["board_notice", "context_of", "detail", "loudspeaker"]

RELATED = 5
_MERGERS = 5  # articles that one after the other went into the next; queries, at most
_newest_in_category = Memory(size=100)
_listed_in_edition = Memory(size=200)


@require_safe
def detail(request, category_slug, key):
    """Show an article; an outdated or mistyped address leads to the right one.

    An outdated article stays readable under a notice; see `_gone` for all others.
    """
    article, answer = _found(request, key, name="detail")
    if answer:
        return answer
    context = context_of(article, request) | {"attachments": _attachments(article)}
    return mark(
        render(request, "articles/article_detail.html", context),
        kind="article",
        object_id=article.pk,
        title=article.title,
    )


@require_safe
def board_notice(request, category_slug, key):
    """Show an article as one A4 sheet for the notice board, to be printed."""
    article, answer = _found(request, key, name="board_notice")
    if answer:
        return answer
    context = {
        "article": article,
        "canonical": request.build_absolute_uri(article.get_absolute_url()),
        "sheet": sheet(title=article.title, lead=article.lead, blocks=blocks(article.body)),
        "code": qr_code(_short_address(article, request)),
    }
    return render(request, "articles/article_board_notice.html", context)


@require_safe
def loudspeaker(request, category_slug, key):
    """Give an article as plain text to be read out over the loudspeakers."""
    article, answer = _found(request, key, name="loudspeaker")
    if answer:
        return answer
    unit = identity.current()
    text = speech.script(
        title=article.title,
        lead=article.lead,
        html=article.body,
        unit=unit.full_name,
        phone=unit.phone,
        published_on=timezone.localdate(article.published_at),
    )
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-cache"
    return response


def context_of(article, request):
    """Return what the page of an article shows, but for its `attachments`.

    Also for previews: whether readers may see the article is not asked.
    """
    tree = category_tree()
    crumbs = [*news_crumbs(tree.line(article.category_id)), (article.title, "")]
    canonical = request.build_absolute_uri(article.get_absolute_url())
    image = article.cover.share_url if article.cover else static("img/share.png")
    return {
        "article": article,
        "crumbs": crumbs,
        "addresses": [
            (label, request.build_absolute_uri(address) if address else canonical)
            for label, address in crumbs
        ],
        "canonical": canonical,
        "share_image": request.build_absolute_uri(image),
        "code": qr_code(_short_address(article, request)),
        "related": _related(article),
    }


def _found(request, key, *, name):
    """Return (article, None), or (None, answer) when something else has to be answered.

    `name` is that of the view: the board and the loudspeaker take no outdated article.
    """
    _, number = key
    try:
        # Not first(): ordering a single row would cost a tenth of the page.
        article = Article.objects.readable().select_related("cover").get(pk=number)
    except Article.DoesNotExist:
        return None, _gone(request, number)
    if category := category_tree().get(article.category_id):  # else made a moment ago
        article.category = category
    if article.status == Status.WITHDRAWN:
        name = "detail"
    address = reverse(
        f"articles:{name}", args=[article.category.slug, (article.slug, article.pk)]
    )
    if request.path != address:
        return None, HttpResponsePermanentRedirect(address)
    return article, None


def _gone(request, number):
    """Answer for an article that readers could once read: 301 to its successor, or 410.

    Neither its title nor its text is shown: they may be why it was withdrawn. What readers
    have never seen does not exist (404).
    """
    at = timezone.now()
    seen = Article.objects.exclude(status=Status.DRAFT).filter(published_at__lte=at)
    article = seen.filter(pk=number).first()
    if article is None:
        raise Http404
    if successor := _successor(article, at):
        return HttpResponsePermanentRedirect(successor.get_absolute_url())
    context = {
        "article": article,
        "is_withdrawn": article.status == Status.WITHDRAWN,
        "is_merged": article.withdrawal_kind == WithdrawalKind.MERGED,
        "crumbs": [
            *news_crumbs(category_tree().line(article.category_id)),
            ("Bài đã gỡ", ""),
        ],
    }
    return render(request, "articles/article_gone.html", context, status=410)


def _successor(article, at):
    """Return the readable article that `article` went into, over further mergers; or None."""
    passed = set()
    while article.merged_into_id and article.pk not in passed and len(passed) < _MERGERS:
        passed.add(article.pk)
        article = Article.objects.select_related("category").get(pk=article.merged_into_id)
    readable = Article.objects.readable(at).select_related("category")
    return readable.filter(pk=article.pk).first() if passed else None


def _short_address(article, request):
    """Return an address that leads to the article for ever, short enough for a coarse code."""
    path = reverse("articles:detail", args=["bai", ("", article.pk)])
    return request.build_absolute_uri(path)


def _attachments(article):
    return _listed_in_edition.get(article.approved_id, lambda: listed(article.approved))


def _related(article):
    """Return the newest other articles of the same category, as a tuple."""

    def read():
        newest = Article.objects.published().filter(category=article.category_id).newest()
        return list(newest.for_links()[: RELATED + 1])

    newest = _newest_in_category.get(article.category_id, read, until=next_moment)
    return tuple(other for other in newest if other != article)[:RELATED]
