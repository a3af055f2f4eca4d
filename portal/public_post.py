"""Forms that anybody may send, on pages that carry no token and set no cookie.

Public pages are stored and shared, so a CSRF token cannot stand in them. What a token proves,
the browser says itself: `Sec-Fetch-Site` is `same-origin`, or, in browsers without it, `Origin`
or at last `Referer` names this site. A request with none of the three is refused: every
browser sends `Origin` with a POST. There is nothing to forge a right with, since a decorated
view knows no session; the check keeps other sites from using their visitors as senders.

The form holds one field that people do not see (`HONEYPOT`, see
templates/includes/_honeypot.html). The number of calls is limited by the client's address.
"""

from functools import wraps
from urllib.parse import urlsplit

from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal import client, ratelimit
from portal.refusals import refusal, too_many

__all__ = ["HONEYPOT", "public_post"]

HONEYPOT = "dia_chi_trang_web"


def public_post(*, scope, limit, per):
    """Make a view take anonymous POSTs from this site's own forms: `limit` per `per`.

    `scope` names the limit, `per` is a timedelta. The limit is charged before the view runs
    and outside any transaction.
    """

    def decorate(view):
        @csrf_exempt
        @require_POST
        @never_cache
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not _is_from_this_site(request):
                return refusal(
                    status=403,
                    title="Không nhận được nội dung gửi",
                    advice=(
                        "Nội dung này không được gửi từ trang của cổng. "
                        "Mời bạn mở lại trang và gửi từ nút có trên trang."
                    ),
                )
            verdict = ratelimit.allow(
                scope, client.network_of_request(request), limit=limit, per=per
            )
            if not verdict.allowed:
                return too_many(retry_after=verdict.retry_after)
            if request.POST.get(HONEYPOT):
                return refusal(
                    status=400,
                    title="Không nhận được nội dung gửi",
                    advice=(
                        "Biểu mẫu có một ô ẩn phải để trống để nhận ra phần mềm gửi tự động, "
                        "nhưng ô đó đã có chữ. Mời bạn tải lại trang và gửi lại."
                    ),
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _is_from_this_site(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        origin = urlsplit(said)
    except ValueError:
        return False
    return (origin.scheme, origin.netloc) == (request.scheme, request.get_host())
