"""Error pages: what happened and what to do next, in plain Vietnamese, with the right status.

Only "not found" wears the site's frame, which needs the database. All others are drawn from
templates and static files alone, so that they work when nothing else does.
"""

import logging
import sys

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from portal import redirects
from portal.likely_pages import likely_pages

logger = logging.getLogger(__name__)

RETRY_AFTER = 60  # seconds

_LAST_RESORT = "Trang gặp sự cố. Mời bạn thử lại sau ít phút, hoặc gọi trực tiếp trụ sở Ủy ban nhân dân."


def bad_request(request, exception=None):
    """Answer 400. The host or the path may be what was wrong, so neither is read again."""
    return _bare("400.html", status=400)


def permission_denied(request, exception=None):
    """Answer 403."""
    return _bare("403.html", status=403)


def csrf_failure(request, reason=""):
    """Answer 403 to a form without a valid token, and say how to save what was written."""
    return _bare("403_csrf.html", status=403)


def not_found(request, exception=None):
    """Send on to where the page is now (301), or answer 404 with likely pages.

    The address asked for is never repeated.
    """
    try:
        if target := redirects.target_of(request):
            return HttpResponsePermanentRedirect(target)
        likely = likely_pages(request, at=timezone.now())
        return render(request, "404.html", {"likely": likely}, status=404)
    except DatabaseError:
        logger.warning("The database is away; the page for 404 has no frame.")
        return unavailable(request)


def server_error(request):
    """Answer 500 without database, context processors or request.

    A database that goes away outside a view (a session that cannot be stored) ends here, too.
    """
    if isinstance(sys.exception(), (OperationalError, InterfaceError)):
        return unavailable(request)
    return _bare("500.html", status=500)


def unavailable(request, exception=None):
    """Answer 503 while the database is away, and say when to try again."""
    response = _bare("503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _bare(template, *, status):
    try:
        return HttpResponse(render_to_string(template), status=status)
    except Exception:
        # Whatever broke (static files never collected, a template gone), an error page that
        # fails would leave the reader with a blank connection.
        logger.exception("The error page %s could not be drawn.", template)
        return HttpResponse(
            _LAST_RESORT, status=status, content_type="text/plain; charset=utf-8"
        )
