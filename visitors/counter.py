"""The WSGI wrapper that counts the pages marked by portal/pages.py.

It stands around everything that answers requests, stored pages included, and writes one
line to the spool of its process before the page leaves. Whatever goes wrong here, the page
leaves all the same.
"""

import logging

from django.conf import settings

from portal import client, pages
from visitors import agents, bots, counting, referrers
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
        *bots.HEADERS,
    )
}
# Characters of a header that are looked at; caches would keep the rest for nothing.
_LONGEST = 1000


class Counter:
    """Wrap a WSGI `application`; `spool` and `clock` (seconds since 1970) are for tests."""

    def __init__(self, application, *, spool=None, clock=None):
        self._application = application
        self._spool = spool or of_this_process()
        self._clock = clock or self._spool.clock.time

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
            page = pages.read(marker)
            make = self._download if page.kind == pages.FILE else self._view
            if hit := make(environ, int(status[:3]), page):
                self._spool.write(hit)
        except Exception:  # a fault in counting must never become a fault of the page
            logger.exception("visits: a page could not be counted")

    def _view(self, environ, status, page):
        if not counting.is_countable(environ["REQUEST_METHOD"], status):
            return None
        at = int(self._clock())
        headers, agent = _headers(environ), _agent(environ)
        if reason := _exclusion(environ, headers, agent):
            return Hit(at=at, reason=reason)
        key = b""
        # Without an address all readers of one browser would look like one person.
        if (address := client.address(environ)) and not counting.wants_no_key(headers):
            key = self._spool.salts.key(counting.local_day(at), address, agent)
        return Hit(
            at=at,
            key=key,
            path=_path(environ),
            kind=page.kind,
            object_id=page.object_id,
            title=page.title,
            referrer=referrers.host(
                environ.get("HTTP_REFERER", "")[:_LONGEST], headers.get("host", "")
            ),
            device=agents.device(agent),
            browser=agents.browser(agent),
            missed=page.missed,
        )

    def _download(self, environ, status, page):
        wanted = environ.get("HTTP_RANGE", "")
        if not counting.is_download(environ["REQUEST_METHOD"], status, wanted):
            return None
        headers = _headers(environ)
        # A download opens no page, so what is said about opening one is not looked at.
        headers.pop("sec-fetch-dest", None)
        if _exclusion(environ, headers, _agent(environ)):
            return None
        return Hit(
            at=int(self._clock()),
            path=_path(environ),
            kind=page.kind,
            object_id=page.object_id,
            title=page.title,
            is_download=True,
        )


def _exclusion(environ, headers, agent):
    return counting.exclusion(
        headers,
        is_staff=_is_signed_in(environ.get("HTTP_COOKIE", "")),
        robot=bots.bot_reason(agent, headers),
    )


def _headers(environ):
    return {
        name: environ[key][:_LONGEST] for key, name in _HEADERS.items() if key in environ
    }


def _agent(environ):
    return environ.get("HTTP_USER_AGENT", "")[:_LONGEST]


def _path(environ):
    return environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")


def _is_signed_in(cookies):
    """Say whether a session came along: only staff ever get one on this site."""
    name = settings.SESSION_COOKIE_NAME
    return name in cookies and any(
        cookie.strip().startswith(f"{name}=") for cookie in cookies.split(";")
    )
