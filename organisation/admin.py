"""The office in the admin."""

from organisation import (  # noqa: F401 — they register themselves
    body_admin,
    hours_admin,
    reception_admin,
)
