"""Where a period stands, in the words that staff read."""

from portal.accounts import name_of
from portal.standing import Badge, moment
from procedures.models import PeriodStatus, Stage

__all__ = ["badges", "sentence"]

_FOR_READERS = {
    PeriodStatus.DRAFT: Badge("plain", "Chưa công khai"),
    PeriodStatus.PUBLISHED: Badge("ok", "Đã công khai"),
    PeriodStatus.REMOVED: Badge("late", "Đã gỡ"),
}
_IN_HAND = {
    Stage.DRAFT: Badge("plain", "Đang nhập"),
    Stage.SUBMITTED: Badge("info", "Chờ duyệt"),
    Stage.RETURNED: Badge("late", "Trả lại để sửa"),
}
_CORRECTION_IN_HAND = {
    Stage.DRAFT: Badge("plain", "Đang đính chính"),
    Stage.SUBMITTED: Badge("info", "Bản đính chính chờ duyệt"),
    Stage.RETURNED: Badge("late", "Bản đính chính bị trả lại"),
}


def badges(period):
    """Return what readers get of `period`, and how far the edition in hand is, if any waits."""
    if period.status == PeriodStatus.DRAFT:
        return [_IN_HAND[period.stage]]
    shown = [_FOR_READERS[period.status]]
    if period.stage != Stage.APPROVED:
        shown.append(_CORRECTION_IN_HAND[period.stage])
    return shown


def sentence(period):
    """Return what readers see of `period` now and what waits, in one to three sentences."""
    return " ".join(filter(None, [_for_readers(period), _in_hand(period)]))


def _for_readers(period):
    if period.status == PeriodStatus.DRAFT:
        return "Người dân chưa thấy kỳ này."
    if period.status == PeriodStatus.REMOVED:
        return (
            f"{name_of(period.removed_by)} đã gỡ lúc {moment(period.removed_at)}: người dân "
            f"chỉ thấy lý do. Lý do: {period.removal_reason}"
        )
    edition = period.approved
    return (
        f"Người dân đang xem bản {edition.number}, {name_of(edition.approved_by)} duyệt lúc "
        f"{moment(edition.approved_at)}."
    )


def _in_hand(period):
    if period.stage == Stage.APPROVED or period.head is None:
        return ""
    number = period.head.number
    if period.stage == Stage.RETURNED:
        return f"Bản {number} được trả lại để sửa."
    if period.stage == Stage.DRAFT:
        return f"Bản {number} đang nhập, chưa gửi duyệt."
    return (
        f"Bản {number} đang chờ duyệt, {name_of(period.submitted_by)} gửi lúc "
        f"{moment(period.submitted_at)}."
    )
