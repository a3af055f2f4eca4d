"""What readers say a page lacks: an optional text after "Chưa hữu ích", for staff only.

An open text box attracts advertising and personal data of people who expect an answer. So it
comes after the vote only, says that nobody answers here, and keeps neither who wrote nor when
but the day. Numbers that could name or reach a person are blotted out before anything is
stored, and a text goes after twelve months.
"""

import re
from datetime import timedelta

from django.db import models, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import audit, errors, ratelimit
from portal.jobs import daily
from portal.page_votes import NotOurs, read_signed
from portal.pages import mark
from portal.public_post import public_post
from portal.refusals import refusal, too_many
from portal.text import clean_line

__all__ = ["PageSuggestion", "blotted", "drop", "forget_old", "keep", "received", "suggest"]

LENGTH = 500  # characters
_MOST_SENT = 4 * LENGTH  # characters that are looked at; the form sends no more than LENGTH
_KEPT_FOR = timedelta(days=365)
# All readers together; beyond it somebody is flooding, whatever addresses are used.
_PER_DAY = 200

# Bounded where they begin, so that each takes time linear in the text.
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{0,20}://|www\.)\S+", re.IGNORECASE)
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[^\s@]+")
# Nine digits or more, however they are grouped: telephones, identity cards, bank accounts.
_NUMBER = re.compile(r"\+?\d(?:[\s.\-()]{0,2}\d){8,}")


class PageSuggestion(models.Model):
    """What one reader looked for on a page and did not find."""

    kind = models.CharField("loại trang", max_length=40)
    object_id = models.CharField("mã trang", max_length=40, blank=True)
    title = models.CharField("trang", max_length=200)
    day = models.DateField("ngày", db_index=True)
    text = models.CharField("góp ý", max_length=LENGTH)

    class Meta:
        verbose_name = "góp ý về trang"
        verbose_name_plural = "góp ý về trang"
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""), name="page_suggestion_says_something"
            )
        ]

    def __str__(self):
        return f"{self.title} ({self.day:%d/%m/%Y})"


def keep(*, kind, object_id, title, text, day):
    """Store what a reader of a page wrote, blotted and cut to `LENGTH`; return the row."""
    return PageSuggestion.objects.create(
        kind=kind, object_id=object_id, title=title, day=day, text=blotted(text)
    )


@transaction.atomic
def drop(*, suggestion, actor):
    """Delete a text; the record keeps that it was deleted, not what it said."""
    audit.record("portal.pagesuggestion.delete", actor=actor, target=suggestion)
    suggestion.delete()


def blotted(text):
    """Return `text` as one line without links, mail addresses and numbers of persons."""
    text = _LINK.sub("[liên kết đã bỏ]", clean_line(text))
    text = _MAIL.sub("[địa chỉ thư đã ẩn]", text)
    return _NUMBER.sub("[số đã ẩn]", text)[:LENGTH]


@daily
def forget_old(*, now):
    """Delete the texts that are older than twelve months at `now`."""
    last = timezone.localdate(now) - _KEPT_FOR
    PageSuggestion.objects.filter(day__lt=last).delete()


@public_post(scope="page_suggestion", limit=5, per=timedelta(hours=1))
def suggest(request):
    """Store a text about a page of this site and thank for it."""
    try:
        kind, object_id, title = read_signed(request.POST.get("trang", ""))
    except NotOurs:
        return errors.bad_request(request)
    text = request.POST.get("gop_y", "")
    if advice := _objection(text):
        return refusal(status=400, title="Chưa nhận được góp ý", advice=advice)
    verdict = ratelimit.allow(
        "page_suggestion.all", "", limit=_PER_DAY, per=timedelta(days=1)
    )
    if not verdict.allowed:
        return too_many(retry_after=verdict.retry_after)
    keep(kind=kind, object_id=object_id, title=title, text=text, day=timezone.localdate())
    response = HttpResponseRedirect(reverse("page_suggestion_received"))
    response.status_code = 303  # the next request is a GET, whatever the browser
    return response


@require_safe
def received(request):
    """Thank for a text."""
    response = render(request, "portal/page_suggestion_received.html")
    return mark(response, kind="page_suggestion_received", title="Đã nhận góp ý")


def _objection(text):
    if len(text) > _MOST_SENT:
        return (
            f"Góp ý dài quá {LENGTH} ký tự. Mời bạn quay lại trang trước và viết gọn lại."
        )
    if not clean_line(text):
        return "Ô góp ý còn trống. Mời bạn quay lại trang trước và viết vài chữ."
    if len(_LINK.findall(text)) > 1:
        return (
            "Góp ý có nhiều liên kết nên bị xem là quảng cáo. Mời bạn quay lại trang trước, "
            "bỏ các liên kết rồi gửi lại."
        )
    return ""
