"""What holds for every upload, whatever it is: how large, how often, under which name.

A browser sends a whole form before anybody can look at it, and Django writes it to the disk.
So a request that announces too much is turned away before its body is read; only people who
are signed in may send more than a form's words.
"""

import re
from datetime import timedelta

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import reverse

from portal import ratelimit
from portal.refusals import refusal, wait_phrase
from portal.text import clean_line

__all__ = [
    "MAX_AT_ONCE",
    "BodySizeMiddleware",
    "UploadRefused",
    "charge",
    "kept_in_memory",
    "readable_name",
]

PUBLIC_BODY = 5 * 2**20  # bytes
STAFF_BODY = 200 * 2**20  # bytes; deploy/nginx.conf says the same
MEMORY_BODY = 25 * 2**20  # bytes, for the views that are `kept_in_memory`
MAX_AT_ONCE = 30  # files of one form: what a server does before browsers lose patience
PER_HOUR = 240  # files per person: a long photo report, not a flood


class UploadRefused(ValueError):
    """The file is not taken; the message says why and what to do, in Vietnamese."""


def kept_in_memory(view):
    """Mark `view`: what is sent to it never touches the disk, up to `MEMORY_BODY`.

    For files with personal data that nobody may find in a temporary folder.
    """
    view.is_kept_in_memory = True
    return view


class _InMemory(MemoryFileUploadHandler):
    """Django's own, without its limit of 2.5 MB; the middleware has looked at the size."""

    def handle_raw_input(self, *args, **kwargs):
        self.activated = True


class BodySizeMiddleware:
    """Turns away a request whose body is larger than its sender may send.

    413 says how much is allowed, 403 that only people who are signed in may. It stands before the check of the CSRF token, which reads the whole body.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        in_memory = getattr(view, "is_kept_in_memory", False)
        if in_memory:
            request.upload_handlers = [_InMemory(request)]
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return None  # Django reads nothing of such a body
        if length <= PUBLIC_BODY:
            return None
        # Public addresses never look at the session, not even here.
        is_admin = request.path.startswith(reverse("admin:index"))
        if is_admin and not request.user.is_staff:
            return refusal(
                status=403,
                title="Bạn cần đăng nhập lại",
                advice=(
                    "Phiên đăng nhập đã hết nên tệp chưa được nhận. Mời bạn đăng nhập ở trang "
                    "quản trị rồi gửi lại."
                ),
            )
        most = MEMORY_BODY if in_memory else STAFF_BODY if is_admin else PUBLIC_BODY
        if length <= most:
            return None
        return refusal(
            status=413,
            title="Bạn gửi quá nhiều trong một lần",
            advice=(
                f"Mỗi lần chỉ gửi được tối đa {most // 2**20} MB. Mời bạn quay lại, "
                "bỏ bớt tệp hoặc chọn tệp nhỏ hơn rồi gửi lại."
            ),
        )


def charge(user):
    """Count one uploaded file of `user`. Raises `UploadRefused` when there were too many."""
    verdict = ratelimit.allow(
        "upload", str(user.pk), limit=PER_HOUR, per=timedelta(hours=1)
    )
    if not verdict.allowed:
        raise UploadRefused(
            "Bạn vừa tải lên rất nhiều tệp. "
            f"Hãy thử lại sau {wait_phrase(verdict.retry_after)}."
        )


def readable_name(name):
    """Return what the uploader called a file, as one line without folders."""
    # Cleaned before its folders are cut off: some browsers send a whole Windows path.
    return re.split(r"[/\\]", clean_line(name))[-1][:200]
