"""The site without the visit counter, to measure what counting costs."""

import os

from portal import handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = handler.application()
