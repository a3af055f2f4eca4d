"""Making a period's results public, and taking them back.

Each function checks the right and the state under a lock, changes one thing with an audit
entry in one transaction, and raises `Refused` with sentences for the person who asked.
`actor` is the member of staff who acts; None means a command of the system itself.
"""

from django.db import transaction
from django.utils import timezone

from portal import audit
from portal.refusals import Refused
from portal.text import clean_line
from procedures.models import Period, PeriodStatus

PERMISSION = "procedures.publish_period"
_REASON_LENGTH = 300  # characters


def obstacles(period, *, today=None):
    """Return why `period` cannot be made public now, as sentences; nothing when it can."""
    today = timezone.localdate() if today is None else today
    reasons = []
    if period.is_published:
        reasons.append("Kỳ này đã được công khai rồi.")
    if not period.sheets.exists():
        reasons.append(
            "Kỳ này chưa có dòng kết quả nào. Hãy nhập ít nhất một lĩnh vực; nếu không phát sinh "
            "hồ sơ thì để các cột bằng 0."
        )
    if (
        period.ends_on is not None and period.ends_on > today
    ):  # None in a form with mistakes
        reasons.append(
            f"Kỳ này đến ngày {period.ends_on:%d/%m/%Y} mới kết thúc nên chưa công khai được."
        )
    return reasons


def publish_period(*, period, actor, at=None):
    """Let readers see `period` and its rows, and return it; `at` is now by default."""
    at = timezone.now() if at is None else at
    _require_right(actor)
    with transaction.atomic():
        stored = _locked(period)
        reasons = obstacles(stored, today=timezone.localdate(at))
        if reasons:
            raise Refused(*reasons)
        stored.status = PeriodStatus.PUBLISHED
        stored.published_at = at
        stored.published_by = actor
        stored.save(update_fields=["status", "published_at", "published_by"])
        audit.record(
            "period.published",
            actor=actor,
            target=stored,
            before={"status": PeriodStatus.DRAFT},
            after={"status": PeriodStatus.PUBLISHED},
        )
    return stored


def unpublish_period(*, period, actor, reason):
    """Take `period` off the public pages so that it can be corrected, and return it.

    `reason` is for the audit trail only; readers do not see it.
    """
    _require_right(actor)
    reason = clean_line(reason)
    if not reason:
        raise Refused("Hãy ghi lý do gỡ kỳ kết quả này.")
    if len(reason) > _REASON_LENGTH:
        raise Refused(f"Lý do gỡ dài nhất {_REASON_LENGTH} chữ.")
    with transaction.atomic():
        stored = _locked(period)
        if not stored.is_published:
            raise Refused("Kỳ này chưa công khai nên không có gì để gỡ.")
        stored.status = PeriodStatus.DRAFT
        stored.published_at = None
        stored.published_by = None
        stored.save(update_fields=["status", "published_at", "published_by"])
        audit.record(
            "period.unpublished",
            actor=actor,
            target=stored,
            before={"status": PeriodStatus.PUBLISHED},
            after={"status": PeriodStatus.DRAFT},
            note=reason,
        )
    return stored


def _locked(period):
    return Period.objects.select_for_update().get(pk=period.pk)


def _require_right(actor):
    if actor is not None and not actor.has_perm(PERMISSION):
        raise Refused("Bạn chưa được giao quyền công khai hoặc gỡ kết quả giải quyết TTHC.")
