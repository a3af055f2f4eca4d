"""The office in the admin."""

from organisation import body_admin  # noqa: F401 — registers itself
