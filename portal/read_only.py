"""A site whose unit became part of another: what stands there stays, and nothing is added.

Two doors lead to a change, and both ask here: requests (the middleware below, so that nobody
types in vain) and the record of changes (portal/audit.py), which commands and jobs pass as
well. Signing in, accounts and the switch itself (portal/successor.py) stay open, and so does
the deletion of what the law limits in time. Reading and the counting of visits go on.
"""

from django.core.management.base import CommandError

from portal.content_version import cached
from portal.identity import Identity, current
from portal.refusals import Refused, refusal

__all__ = ["ReadOnly", "ReadOnlyMiddleware", "refuse", "retired_on"]

_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN_VIEWS = frozenset(
    f"admin:{name}"
    for name in (
        "login",
        "logout",
        "password_change",
        "auth_user_password_change",
        "portal_user_add",
        "portal_user_change",
        "portal_user_changelist",
        "axes_accessattempt_changelist",
        "axes_accessattempt_delete",
        "portal_identity_successor",
    )
)
# What the codes of the record (portal/audit.py) that stay possible begin with.
_OPEN_ACTIONS = ("account.", "session.", "site.", "portal.user.", "dossiers.expired")


class ReadOnly(Refused, CommandError):
    """The site takes no changes any more; a management command says so and fails."""

    def __init__(self):
        super().__init__(
            "Cổng đã ngừng cập nhật nên không nhận thay đổi. Nếu thật cần sửa, Quản trị hệ "
            "thống mở lại ở trang “Thông tin đơn vị”, rồi làm lại việc này."
        )


@cached
def retired_on():
    """Return the day since which the site takes no changes, or None while it does."""
    return Identity.objects.values_list("retired_on", flat=True).first()


def refuse(action):
    """Raise `ReadOnly` if the change that `action` names may not be made now."""
    if not action.startswith(_OPEN_ACTIONS) and retired_on():
        raise ReadOnly


class ReadOnlyMiddleware:
    """Answers 403, with what to do instead, to whatever is sent to a retired site."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method in _SAFE or not retired_on():
            return None
        match = request.resolver_match
        if match.view_name in _OPEN_VIEWS:
            return None
        if match.app_name == "admin":
            return refusal(
                status=403, title="Cổng đang ở chế độ chỉ đọc", advice=str(ReadOnly())
            )
        unit = current()
        return refusal(
            status=403,
            title="Trang này đã ngừng cập nhật",
            advice=(
                f"Từ ngày {unit.retired_on:%d/%m/%Y}, trang này chỉ để đọc và không nhận "
                f"nội dung gửi. Mời bạn liên hệ {unit.successor_name}: {unit.successor_url}"
            ),
        )
