"""Mail to those who must act: approvers of what was submitted, writers of what was decided.

A step of the workflow leaves a job in its own transaction; all else happens in the
background. A mail server that is away delays a mail and nothing else. A mail names the text,
what is asked and where; of people it holds no more than the names of staff.
"""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles import states
from articles.models import Article, Edition, Page, Stage
from articles.rights import may_approve
from portal.accounts import User, name_of
from portal.jobs import enqueue, job
from portal.text import clean_line

__all__ = ["ask_approvers", "tell_writers", "writers_of"]

_MODELS = {model._meta.model_name: model for model in (Article, Page)}
_ATTEMPTS = 30  # the waits between them grow to an hour: about a day
_TITLE = 80  # characters of a title in a subject line

# What was done, as the subject of the writer's mail says it.
_DECISIONS = {
    "returned": "Bài được trả lại để sửa",
    "approved": "Bài đã được duyệt",
    "withdrawn": "Bài đã bị gỡ",
}


def ask_approvers(content):
    """Ask everybody who may approve `content` and has no part in it to look at it."""
    enqueue(_ask_approvers, _kind(content), content.pk, content.head.number)


def tell_writers(content, decision, *, actor, writers, words=""):
    """Tell `writers` (keys of users) what `actor` decided, with the remark or reason in full."""
    keys = sorted(writers - {actor.pk if actor else None})
    enqueue(
        _tell_writers, _kind(content), content.pk, decision, keys, name_of(actor), words
    )


def writers_of(content):
    """Return the keys of those who wrote or submitted what is in hand, or what readers see."""
    editions = Edition.objects.since_approval(content)
    if not content.is_pending:
        editions = Edition.objects.filter(pk=content.approved_id)
    writers = set(editions.values_list("created_by", flat=True))
    return (writers | {content.submitted_by_id}) - {None}


@job
def _ask_approvers(kind, pk, number):
    content = _found(kind, pk)
    # Whatever was recalled or decided in the meantime needs nobody any more.
    if content is None or content.stage != Stage.SUBMITTED or content.head.number != number:
        return
    writers = writers_of(content)
    for user in _approvers(content):
        if user.pk not in writers:
            _post(user, "Chờ bạn duyệt", content, page="review", template="approver")


@job
def _tell_writers(kind, pk, decision, writers, who, words):
    content = _found(kind, pk)
    if content is None:
        return
    for user in User.objects.filter(pk__in=writers, is_active=True):
        _post(
            user,
            _DECISIONS[decision],
            content,
            page="change",
            template="writer",
            who=who,
            words=words,
        )


@job(attempts=_ATTEMPTS)
def _send(user_pk, subject, body):
    """Send one mail; asked for one person at a time, so that a retry repeats no other's."""
    user = User.objects.filter(pk=user_pk, is_active=True).exclude(email="").first()
    if user is not None:
        send_mail(subject, body, None, [user.email])


def _post(user, matter, content, *, page, template, **words):
    title = clean_line(content.head.title)
    context = words | {
        "matter": matter,
        "sender": name_of(content.submitted_by),
        "title": title,
        "content": content,
        "standing": states.sentence(content, timezone.now()),
        "url": settings.SITE_URL
        + reverse(f"admin:articles_{_kind(content)}_{page}", args=[content.pk]),
    }
    body = render_to_string(f"articles/mail_to_{template}.txt", context)
    enqueue(_send, user.pk, f"{matter}: {title[:_TITLE]}", body)


def _approvers(content):
    staff = User.objects.with_perm(
        f"articles.publish_{_kind(content)}",
        backend="django.contrib.auth.backends.ModelBackend",
    )
    named = staff.filter(is_staff=True).exclude(email="").order_by("pk")
    return [user for user in named if may_approve(user, content)]


def _found(kind, pk):
    rows = _MODELS[kind].objects.select_related("head", "approved")
    return rows.filter(pk=pk).first()


def _kind(content):
    return content._meta.model_name
