"""Django's application, made to take the content types that only attackers send.

`charset=hex`, or an unknown one in the long form, ends Django's reading of a request before
any middleware could answer; `charset=utf-7` turns a harmless query into another. No browser
names a charset of forms, so none is listened to: all text that comes in is UTF-8.
"""

import re

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

__all__ = ["Handler", "Request", "application"]

_BOUNDARY = re.compile(r';\s*(boundary=(?:"[^"]*"|[^";\s]+))', re.IGNORECASE)


class Request(WSGIRequest):
    def __init__(self, environ):
        if ";" in environ.get("CONTENT_TYPE", ""):
            environ["CONTENT_TYPE"] = _without_charset(environ["CONTENT_TYPE"])
        super().__init__(environ)


class Handler(WSGIHandler):
    request_class = Request


def application():
    """Return the WSGI application, with Django set up."""
    django.setup(set_prefix=False)
    return Handler()


def _without_charset(content_type):
    """Return the media type, with the boundary of the parts if it names one."""
    boundary = _BOUNDARY.search(content_type)
    media_type = content_type.partition(";")[0]
    return f"{media_type}; {boundary[1]}" if boundary else media_type
