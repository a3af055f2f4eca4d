"""What happens to every request before a view sees it, and to every answer after."""

import hashlib
import logging
from urllib.parse import unquote_to_bytes

from django.db import InterfaceError, OperationalError
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers

from portal import errors
from portal.pages import HEADER
from portal.refusals import refusal

__all__ = [
    "CompressionMiddleware",
    "DatabaseAwayMiddleware",
    "HostileRequestMiddleware",
    "ResponseHeadersMiddleware",
]

logger = logging.getLogger(__name__)

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_LONGEST_PATH = 2_000  # bytes
_LONGEST_QUERY = 8_000  # bytes

_HEADERS = {
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
}


class CompressionMiddleware(GZipMiddleware):
    """Compresses whole pages for readers who reach the site without a web server in front.

    A page of 58 KB travels as 8. What is streamed (downloads, pictures, static files) stays as
    it is: it is compressed already, or must keep its length. Stands outside the middleware that
    computes ETags, since the compressed bytes of one page differ by chance (Django's guard
    against BREACH).
    """

    _TYPES = ("text/", "application/json", "application/xml", "image/svg+xml")

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(
            self._TYPES
        ):
            return response
        return super().process_response(request, response)


class HostileRequestMiddleware:
    """Turns away what no browser sends and what Postgres or Django could stumble over.

    NUL or bytes that are not UTF-8 in the path or the query, NUL in a cookie (its quoted form
    can hold one), and absurd lengths get a 400; methods that nothing here answers a 405.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in _METHODS:
            response = refusal(
                status=405,
                title="Cách gửi này không dùng được ở đây",
                advice="Mời bạn mở trang bằng trình duyệt theo cách thông thường.",
            )
            response["Allow"] = ", ".join(_METHODS)
            return response
        if _is_hostile(request):
            return errors.bad_request(request)
        return self.get_response(request)


class DatabaseAwayMiddleware:
    """Answers with the page for 503 when a view meets a database that is away."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        logger.error(
            "The database is away: %s", type(exception.__cause__ or exception).__name__
        )
        return errors.unavailable(request)


class ResponseHeadersMiddleware:
    """Gives answers their headers, and HTML the means to be asked for again cheaply.

    HTML is kept by browsers only together with its ETag (`no-cache`), unless its view says
    otherwise, as the admin's do. A 304 keeps the page marker: it counts as a view.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        response.headers.setdefault("Cache-Control", "no-cache")
        if not _may_be_kept(request, response):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        # Weak: the same page compressed has other bytes.
        digest = hashlib.blake2b(response.content, digest_size=16).hexdigest()
        response.headers.setdefault("ETag", f'W/"{digest}"')
        answer = get_conditional_response(request, etag=response["ETag"], response=response)
        if answer is not response and HEADER in response:
            answer[HEADER] = response[HEADER]
        return answer


def _is_hostile(request):
    query = request.META.get("QUERY_STRING", "")
    path = request.META.get("PATH_INFO", "").encode("latin-1", "replace")
    return (
        len(path) > _LONGEST_PATH
        or len(query) > _LONGEST_QUERY
        or not _is_text(path)
        or not _is_text(unquote_to_bytes(query.encode("latin-1", "replace")))
        or any("\0" in value for value in request.COOKIES.values())
    )


def _is_text(data):
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _may_be_kept(request, response):
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.streaming
        and "no-store" not in response["Cache-Control"]
    )
