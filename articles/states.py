"""Where an article or page stands, in the words that staff read."""

from django.utils import timezone

from articles.models import Stage, Status, WithdrawalKind
from portal.accounts import name_of
from portal.standing import Badge, moment

__all__ = ["Badge", "badges", "moment", "sentence"]

_OUTCOMES = {
    WithdrawalKind.MISTAKE: "người đọc chỉ thấy lý do",
    WithdrawalKind.MERGED: "người đọc được chuyển sang bài khác",
    WithdrawalKind.OUTDATED: "người đọc vẫn đọc được dưới một ghi chú",
}


_IN_HAND = {
    Stage.DRAFT: Badge("plain", "Bản nháp"),
    Stage.SUBMITTED: Badge("info", "Chờ duyệt"),
    Stage.RETURNED: Badge("late", "Trả lại"),
}
_CHANGE_IN_HAND = {
    Stage.DRAFT: Badge("plain", "Có bản sửa"),
    Stage.SUBMITTED: Badge("info", "Bản sửa chờ duyệt"),
    Stage.RETURNED: Badge("late", "Bản sửa bị trả lại"),
}


def badges(content, at=None):
    """Return what readers get of `content`, and how far the change in hand is, if any."""
    if content.status == Status.DRAFT:
        return [_IN_HAND[content.stage]]
    shown = [_public_badge(content, timezone.now() if at is None else at)]
    return [*shown, _CHANGE_IN_HAND[content.stage]] if content.is_pending else shown


def sentence(content, at=None):
    """Return what readers get now and what waits, in one or two sentences."""
    at = timezone.now() if at is None else at
    parts = [_for_readers(content, at), _in_hand(content)]
    return " ".join(filter(None, parts))


def _public_badge(content, at):
    if content.status == Status.WITHDRAWN:
        return Badge("late", "Đã gỡ")
    if not getattr(content, "is_shown", True):
        return Badge("plain", "Đang ẩn")
    if _appears_later(content, at):
        return Badge("info", "Hẹn đăng")
    if _has_expired(content, at):
        return Badge("late", "Đã hết hạn")
    return Badge("ok", "Đang hiện")


def _for_readers(content, at):
    name = content._meta.verbose_name
    if content.status == Status.DRAFT:
        return f"Người đọc chưa thấy {name} này."
    number = content.approved.number
    if content.status == Status.WITHDRAWN:
        outcome = _OUTCOMES[content.withdrawal_kind]
        reason = content.withdrawal_reason
        return f"Đã gỡ lúc {moment(content.withdrawn_at)}: {outcome}. Lý do: {reason}"
    if not getattr(content, "is_shown", True):
        return f"Đã duyệt bản {number} nhưng {name} này đang ẩn."
    if _appears_later(content, at):
        return f"Đã duyệt bản {number}, tự hiện lúc {moment(content.published_at)}."
    if _has_expired(content, at):
        return f"Đã hết hạn lúc {moment(content.expires_at)} nên người đọc không còn thấy."
    if getattr(content, "expires_at", None):
        return f"Đang hiện trên trang: bản {number}, đến {moment(content.expires_at)}."
    return f"Đang hiện trên trang: bản {number}."


def _in_hand(content):
    if not content.is_pending or content.head is None:
        return ""
    number = content.head.number
    if content.stage == Stage.RETURNED:
        return f"Bản {number} được trả lại để sửa."
    if content.stage == Stage.DRAFT:
        return f"Bản {number} đang soạn, chưa gửi duyệt."
    who = name_of(content.submitted_by)
    return f"Bản {number} đang chờ duyệt, {who} gửi lúc {moment(content.submitted_at)}."


def _appears_later(content, at):
    return getattr(content, "published_at", None) is not None and content.published_at > at


def _has_expired(content, at):
    expires_at = getattr(content, "expires_at", None)
    return expires_at is not None and expires_at <= at
