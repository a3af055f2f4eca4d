"""Mail to those who must act on a period: approvers of what waits, the clerk of what was decided.

A step of the workflow leaves a job in its own transaction; all else happens in the background
(portal/staff_mail.py).
"""

from django.urls import reverse

from portal.accounts import User, name_of
from portal.jobs import enqueue, job
from portal.staff_mail import post, who_may
from procedures import states
from procedures.models import Period, Stage

__all__ = ["ask_approvers", "tell_clerks"]

# What was done, as the subject of the clerk's mail says it.
_DECISIONS = {
    "returned": "Kết quả TTHC được trả lại để sửa",
    "published": "Kết quả TTHC đã được duyệt và công khai",
}


def ask_approvers(period):
    """Ask everybody who may publish `period` and has no part in it to look at it."""
    enqueue(_ask_approvers, period.pk, period.head.number, period.head.revision)


def tell_clerks(period, decision, *, actor, words=""):
    """Tell who entered or submitted what is in hand what `actor` decided, with the remark."""
    clerks = _clerks(period) - {actor.pk if actor else None}
    enqueue(_tell_clerks, period.pk, decision, sorted(clerks), name_of(actor), words)


@job
def _ask_approvers(pk, number, revision):
    period = _found(pk)
    # Whatever was recalled or decided in the meantime needs nobody any more.
    if period is None or period.stage != Stage.SUBMITTED:
        return
    if (period.head.number, period.head.revision) != (number, revision):
        return
    clerks = _clerks(period)
    for user in who_may("procedures.publish_period"):
        if user.pk not in clerks:
            _post(user, "Chờ bạn duyệt", period, page="review", template="approver")


@job
def _tell_clerks(pk, decision, clerks, who, words):
    period = _found(pk)
    if period is None:
        return
    for user in User.objects.filter(pk__in=clerks, is_active=True):
        _post(
            user,
            _DECISIONS[decision],
            period,
            page="change",
            template="clerk",
            who=who,
            words=words,
        )


def _post(user, matter, period, *, page, template, **words):
    post(
        user,
        matter=matter,
        title=str(period),
        template=f"procedures/mail_to_{template}.txt",
        path=reverse(f"admin:procedures_period_{page}", args=[period.pk]),
        sender=name_of(period.submitted_by),
        period=period,
        standing=states.sentence(period),
        **words,
    )


def _clerks(period):
    return {period.head.updated_by_id, period.submitted_by_id} - {None}


def _found(pk):
    rows = Period.objects.select_related("head", "approved__approved_by", "submitted_by")
    return rows.filter(pk=pk).first()
