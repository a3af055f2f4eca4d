"""Where something stands on its way to the readers, in the words that staff read."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

__all__ = ["Badge", "moment"]


@dataclass(frozen=True)
class Badge:
    """A state in two or three words; `kind` is the look: "ok", "info", "late" or "plain"."""

    kind: str
    words: str


def moment(at):
    """Return a moment as staff read it: "08:30 26/01/2024"."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
