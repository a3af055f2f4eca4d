"""Throttling and recording of sign-ins.

django-axes refuses a name from an address after AXES_FAILURE_LIMIT wrong passwords, for
AXES_COOLOFF_TIME. That alone lets one address try many names, so each address also has a
number of attempts. Both refusals look the same for names that exist and names that do not.
Who signed in and when goes into the audit; the address stays in axes' own tables only, which
are cut regularly.
"""

from datetime import timedelta

import axes.signals  # noqa: F401  (connects its receivers, so that ours come after)
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal import audit, client, ratelimit
from portal.jobs import daily
from portal.refusals import refusal, wait_phrase

__all__ = ["AddressLimitBackend", "address", "forget_old", "locked_out", "watch"]

# One office shares one address: 20 people who each mistype once still get in.
_ATTEMPTS_PER_ADDRESS = 40
_ATTEMPTS_PER = timedelta(minutes=15)
_KEPT_FOR = timedelta(days=90)


class AddressLimitBackend:
    """Authenticates nobody; refuses an address that has tried too often, under any names."""

    def authenticate(self, request, **credentials):
        verdict = ratelimit.allow(
            "sign_in",
            client.network_of_request(request),
            limit=_ATTEMPTS_PER_ADDRESS,
            per=_ATTEMPTS_PER,
        )
        if not verdict.allowed:
            # axes' middleware then answers with `locked_out`, and axes counts no failure.
            AxesProxyHandler.update_request(request)
            request.axes_locked_out = True
            request.sign_in_retry_after = verdict.retry_after
            raise PermissionDenied


def address(request):
    """Return the client's address, or None (not "") where it cannot be known."""
    return client.address_of_request(request) or None


def locked_out(request, original_response, credentials):
    """Answer a throttled sign-in: a page for 429 that says when to try again."""
    retry_after = getattr(request, "sign_in_retry_after", None)
    if retry_after is None:
        retry_after = _seconds_left(request, (credentials or {}).get("username"))
    response = refusal(
        status=429,
        title="Tạm dừng nhận đăng nhập",
        advice=(
            "Đã có nhiều lần đăng nhập không thành công liên tiếp. "
            f"Mời bạn thử lại sau {wait_phrase(retry_after)}. "
            "Nếu quên mật khẩu, hãy nhờ người quản trị hệ thống đặt lại."
        ),
    )
    response["Retry-After"] = str(retry_after)
    return response


def watch():
    """Record sign-ins from now on; called once when the app is ready."""
    user_logged_in.connect(_record_start, dispatch_uid="portal.sign_in")
    user_login_failed.connect(_record_refusal, dispatch_uid="portal.sign_in")


@daily
def forget_old(*, now):
    """Delete ended sessions, and after 90 days axes' rows, which hold addresses of staff."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=now - _KEPT_FOR).delete()
    AccessLog.objects.filter(attempt_time__lt=now - _KEPT_FOR).delete()


def _seconds_left(request, username):
    cool_off = get_cool_off(request)
    last = (
        AccessAttempt.objects.filter(username=username, ip_address=address(request))
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    left = cool_off if last is None else last + cool_off - timezone.now()
    return max(1, round(left.total_seconds()))


def _record_start(sender, request, user, **kwargs):
    # A session that code made (a test's force_login) has no request behind it.
    if request is not None and request.META:
        audit.record("session.started", actor=user, target=user)


def _record_refusal(sender, credentials, request=None, **kwargs):
    # axes has counted by now. What is refused during a lock it does not count, and it is not
    # recorded: a robot could fill the disk with it.
    is_locked = getattr(request, "axes_locked_out", False)
    if is_locked and not getattr(request, "axes_failures_since_start", None):
        return
    _record_for_name("session.refused", credentials.get("username"))
    if is_locked:
        _record_for_name("session.throttled", credentials.get("username"))


def _record_for_name(action, username):
    """Record under the account of that name; another name may be a password typed there."""
    user = get_user_model().objects.filter(username=username).first()
    note = "" if user else "Không có tài khoản mang tên đã nhập."
    audit.record(action, actor=None, target=user, note=note)
