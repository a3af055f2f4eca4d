"""Mail to those who must act: approvers of what was submitted, writers of what was decided.

A step of the workflow leaves a job in its own transaction; all else happens in the background
(portal/staff_mail.py).
"""

from django.urls import reverse
from django.utils import timezone

from articles import states
from articles.models import Article, Edition, Page, Stage
from articles.rights import may_approve
from portal.accounts import User, name_of
from portal.jobs import enqueue, job
from portal.staff_mail import post, who_may

__all__ = ["ask_approvers", "tell_writers", "writers_of"]

_MODELS = {model._meta.model_name: model for model in (Article, Page)}

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


def _post(user, matter, content, *, page, template, **words):
    post(
        user,
        matter=matter,
        title=content.head.title,
        template=f"articles/mail_to_{template}.txt",
        path=reverse(f"admin:articles_{_kind(content)}_{page}", args=[content.pk]),
        sender=name_of(content.submitted_by),
        content=content,
        standing=states.sentence(content, timezone.now()),
        **words,
    )


def _approvers(content):
    staff = who_may(f"articles.publish_{_kind(content)}")
    return [user for user in staff if may_approve(user, content)]


def _found(kind, pk):
    rows = _MODELS[kind].objects.select_related("head", "approved")
    return rows.filter(pk=pk).first()


def _kind(content):
    return content._meta.model_name
