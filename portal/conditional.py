"""Answers for machines, such as feeds and sitemaps, that are asked for again all day."""

import hashlib

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

__all__ = ["answer", "etag_of"]

# Seconds. Last-Modified counts whole ones: two states of one second would look the same.
_SETTLED_AFTER = 2


def answer(request, make, *, content_type, memory, until=None, variant=""):
    """Answer with the text that `make()` returns, or 304 to those who have it already.

    The text may depend on published content, on host and path of the request and on what
    `variant` (hashable) says of it, on nothing else. `memory` (a
    `portal.content_version.Memory`) keeps its fingerprint, not the text, so most of those who
    ask again are answered without making it; `until` is the memory's.
    """
    made = []

    def fingerprint():
        made.append(make())
        return etag_of(made[0]), timezone.now()

    key = (request.scheme, request.get_host(), request.path, variant)
    etag, since = memory.get(key, fingerprint, until=until)
    is_settled = (timezone.now() - since).total_seconds() > _SETTLED_AFTER
    modified = int(since.timestamp()) if is_settled else None
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = HttpResponse(made[0] if made else make(), content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    if modified:
        response.headers["Last-Modified"] = http_date(modified)
    return response


def etag_of(text):
    """Return the entity tag of `text`; weak, as the same text compressed has other bytes."""
    return f'W/"{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"'
