"""What the web server loads: the visit counter around the Django application."""

import os

from portal import handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

# Django must be set up before the counter's models can be imported.
_django = handler.application()

from visitors.counter import Counter  # noqa: E402

application = Counter(_django)
