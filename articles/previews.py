"""Links to texts that are not public yet: signed, for a few days, for whoever holds them."""

from datetime import UTC, datetime, timedelta

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.signing import (
    BadSignature,
    SignatureExpired,
    TimestampSigner,
    b62_decode,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from articles import article_views, views
from articles.enclosures import listed
from articles.models import Edition, Page, Status
from portal.refusals import refusal

__all__ = ["link", "open_until", "show"]

_signer = TimestampSigner(salt="articles.previews")


def link(edition):
    """Return the path at which this edition can be read for `settings.PREVIEW_DAYS` days."""
    return reverse("preview", args=[_signer.sign(str(edition.pk))])


def open_until(signed_at):
    """Return when a link that was signed at the moment `signed_at` closes."""
    return signed_at + timedelta(days=settings.PREVIEW_DAYS)


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def show(request, token):
    """Show an edition as readers will see it, under a banner that says that it is not public.

    The link dies with its time, with the article, and when the article is withdrawn: who took
    a text back did not mean to leave a way to it.
    """
    try:
        number = _signer.unsign(token, max_age=timedelta(days=settings.PREVIEW_DAYS))
    except SignatureExpired:
        return _gone("Liên kết xem trước này đã hết hạn")
    except BadSignature:
        return refusal(
            status=404,
            title="Không có liên kết xem trước này",
            advice="Liên kết có thể đã bị chép thiếu. Hãy xin lại liên kết đầy đủ.",
        )
    _, seconds, _ = token.split(":")
    signed_at = datetime.fromtimestamp(b62_decode(seconds), tz=UTC)
    editions = Edition.objects.select_related("article__category", "page", "cover")
    edition = editions.filter(pk=number).first()
    if edition is None or _was_withdrawn_since(edition.content, signed_at):
        return _gone("Bài xem trước này không còn")
    response = render(
        request, "articles/preview.html", _context(request, edition, open_until(signed_at))
    )
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _was_withdrawn_since(content, signed_at):
    withdrawn_at = getattr(content, "withdrawn_at", None)
    return withdrawn_at is not None and withdrawn_at >= signed_at


def _gone(title):
    return refusal(
        status=410,
        title=title,
        advice="Hãy xin liên kết mới từ người đã gửi cho bạn.",
    )


def _context(request, edition, closes_at):
    """Return what the public template needs, as if `edition` had just been approved."""
    content, now = edition.content, timezone.now()
    content.head = content.approved = edition
    content.load_head()
    frame = {"edition": edition, "closes_at": closes_at}
    if edition.page_id is not None:
        content.updated_at = now
        above = Page.objects.defer("body", "body_text").tree().ancestors(content.pk)
        frame["public_template"] = "articles/page_detail.html"
        return frame | views.page_context(content, request, above=above)
    if content.status == Status.DRAFT:
        content.status = Status.PUBLISHED
    content.published_at = content.published_at or now
    content.revised_at = now if content.updated_note else None
    frame["public_template"] = "articles/article_detail.html"
    frame |= {"attachments": listed(edition), "is_preview": True}
    return frame | article_views.context_of(content, request)
