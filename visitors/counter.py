"""The WSGI wrapper that counts the pages marked by portal/pages.py.

It stands around everything that answers requests, stored pages included, and writes one
line to the spool of its process before the page leaves. Whatever goes wrong here, the page
leaves all the same.
"""

import logging
import time

from django.conf import settings

from portal import client, pages
from visitors import counting
from visitors.bots import bot_reason
from visitors.counting import Hit
from visitors.spool import of_this_process

logger = logging.getLogger(__name__)

_MARKER = pages.HEADER.lower()
# What the rules look at, by the name under which WSGI passes it on.
_HEADERS = {
    f"HTTP_{name.upper().replace('-', '_')}": name
    for name in (
        "sec-purpose",
        "purpose",
        "x-purpose",
        "x-moz",
        "sec-fetch-dest",
        "sec-gpc",
        "from",
        "signature-agent",
    )
}


class Counter:
    """Wrap a WSGI `application`; `spool` and `clock` (seconds since 1970) are for tests."""

    def __init__(self, application, *, spool=None, clock=time.time):
        self._application = application
        self._spool = spool or of_this_process()
        self._clock = clock

    def __call__(self, environ, start_response):
        self._spool.start()
        marked = None  # the status and marker of an answer that is not counted yet
        has_returned = False

        def answer(status, headers, *exc_info):
            nonlocal marked
            marked = None  # an error page may take the place of the first answer
            kept = []
            for header in headers:
                if header[0].lower() == _MARKER:
                    marked = (status, header[1])
                else:
                    kept.append(header)
            if marked and has_returned:
                self._count(environ, *marked)
            return start_response(status, kept, *exc_info)

        body = self._application(environ, answer)
        has_returned = True
        if marked:
            self._count(environ, *marked)
        return body

    def _count(self, environ, status, marker):
        try:
            if counting.is_countable(environ["REQUEST_METHOD"], int(status[:3])):
                self._spool.write(self._hit(environ, pages.read(marker)))
        except Exception:  # a fault in counting must never become a fault of the page
            logger.exception("visits: a page could not be counted")

    def _hit(self, environ, page):
        at = int(self._clock())
        headers = {name: environ[key] for key, name in _HEADERS.items() if key in environ}
        agent = environ.get("HTTP_USER_AGENT", "")
        reason = counting.exclusion(
            headers,
            is_staff=_is_signed_in(environ.get("HTTP_COOKIE", "")),
            robot=bot_reason(agent, headers),
        )
        if reason:
            return Hit(at=at, reason=reason)
        key = b""
        # Without an address all readers of one browser would look like one person.
        if (address := client.address(environ)) and not counting.wants_no_key(headers):
            key = self._spool.salts.key(counting.local_day(at), address, agent)
        return Hit(
            at=at,
            key=key,
            path=environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace"),
            kind=page.kind,
            object_id=page.object_id,
            title=page.title,
        )


def _is_signed_in(cookies):
    """Say whether a session came along: only staff ever get one on this site."""
    name = settings.SESSION_COOKIE_NAME
    return any(cookie.strip().startswith(f"{name}=") for cookie in cookies.split(";"))
