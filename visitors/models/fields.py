"""The column in which things are counted."""

from django.db import models


def counter(label="", **options):
    """Return a column for a number that rollups add to; never empty."""
    return models.BigIntegerField(label or None, default=0, db_default=0, **options)
