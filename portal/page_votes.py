""" "Thông tin này có hữu ích?": two buttons under a page, counted by day, without readers.

The form carries the page's name signed by this site, so only pages that exist can be voted
on and no app has to be asked. Nothing about the reader is stored.
"""

from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db import connection, models
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import client, errors, ratelimit
from portal.pages import mark
from portal.public_post import public_post

__all__ = ["NotOurs", "PageVote", "cast", "read_signed", "signed_page", "thanks", "vote"]

# One household or office often shares one address; more than this is not counted.
_COUNTED_PER_PAGE = 5
_COUNTED_PER = timedelta(days=1)

_signer = Signer(salt="portal.page_votes")

_CAST = """/* page_votes.cast */
INSERT INTO portal_pagevote AS held (kind, object_id, title, day, helpful, unhelpful)
VALUES (%(kind)s, %(object_id)s, %(title)s, %(day)s, %(helpful)s, %(unhelpful)s)
ON CONFLICT (kind, object_id, day) DO UPDATE SET
    title = excluded.title,
    helpful = held.helpful + excluded.helpful,
    unhelpful = held.unhelpful + excluded.unhelpful
"""


class NotOurs(ValueError):
    """The value that should name a page was not made by this site."""


class PageVote(models.Model):
    """How many readers of one local day found one page helpful, and how many did not."""

    kind = models.CharField("loại trang", max_length=40)
    object_id = models.CharField("mã trang", max_length=40, blank=True)
    title = models.CharField("trang", max_length=200)
    day = models.DateField("ngày")
    helpful = models.PositiveIntegerField("hữu ích", default=0)
    unhelpful = models.PositiveIntegerField("chưa hữu ích", default=0)

    class Meta:
        verbose_name = "đánh giá trang"
        verbose_name_plural = "đánh giá trang"
        ordering = ["-day", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "day"], name="page_vote_once_per_day"
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.day:%d/%m/%Y})"


def signed_page(*, kind, title, object_id=""):
    """Return the value that names a page in the form and that only this site can make."""
    return _signer.sign_object([kind, str(object_id), title[:200]])


def read_signed(value):
    """Return (kind, object_id, title) of what `signed_page` made; raises `NotOurs`."""
    try:
        kind, object_id, title = _signer.unsign_object(value)
    except (BadSignature, ValueError):
        raise NotOurs from None
    return kind, object_id, title


def cast(*, kind, object_id, title, helpful, day):
    """Count one answer (`helpful` is True or False) for a page on a local day."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CAST,
            {
                "kind": kind,
                "object_id": object_id,
                "title": title,
                "day": day,
                "helpful": int(helpful),
                "unhelpful": int(not helpful),
            },
        )


@public_post(scope="page_vote", limit=30, per=timedelta(hours=1))
def vote(request):
    """Count an answer and thank for it; a form that this site did not make gets a 400."""
    answer = {"co": True, "khong": False}.get(request.POST.get("tra_loi"))
    page = request.POST.get("trang", "")
    try:
        kind, object_id, title = read_signed(page)
    except NotOurs:
        return errors.bad_request(request)
    if answer is None:
        return errors.bad_request(request)
    network = client.network_of_request(request)
    verdict = ratelimit.allow(
        f"page_vote.{kind}.{object_id}", network, limit=_COUNTED_PER_PAGE, per=_COUNTED_PER
    )
    if verdict.allowed:
        cast(
            kind=kind,
            object_id=object_id,
            title=title,
            helpful=answer,
            day=timezone.localdate(),
        )
    # Who found the page of no help may say what it lacks (portal/page_suggestions.py).
    query = {} if answer else {"trang": page}
    response = HttpResponseRedirect(reverse("page_vote_thanks", query=query))
    response.status_code = 303  # the next request is a GET, whatever the browser
    return response


@require_safe
def thanks(request):
    """Thank for the answer, and ask what the page lacks if one is named in the address."""
    page = request.GET.get("trang", "")
    try:
        _, _, title = read_signed(page)
    except NotOurs:
        page = title = ""
    context = {"signed_page": page, "page_title": title}
    response = render(request, "portal/page_vote_thanks.html", context)
    return mark(response, kind="page_vote_thanks", title="Cảm ơn ý kiến của bạn")
