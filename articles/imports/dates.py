"""The date line of an old page, in the forms that Vietnamese portals print it in."""

import re
from datetime import datetime

from django.utils import timezone

from articles.imports import labels
from articles.models import BEYOND, EARLIEST, Precision

__all__ = ["is_labelled", "read_iso", "read_line"]

# Matched against folded text: small letters without accents.
_LABEL = (
    r"(?:(?:tin|bai|duoc)?\s*(?:dang|cap nhat|xuat ban|gui|tao)(?:\s+(?:luc|ngay|vao|boi))*"
    r"|ngay\s+(?:dang|cap nhat|xuat ban|tao|gui)|thoi gian(?:\s+dang)?)\b"
)
_TIME = r"(?P<hour>\d{1,2})\s*[:hg]\s*(?P<minute>\d{2})(?:\s*:\s*(?P<second>\d{2}))?(?:\s*phut)?"
_HALF = r"(?:\s*(?P<half>am|pm|sa|ch)\b)?"
_DAY = (
    r"(?:ngay\s+)?(?P<day>\d{1,2})\s*[/.-]\s*(?P<month>\d{1,2})\s*[/.-]\s*(?P<year>\d{4})"
)
_DAY_IN_WORDS = (
    r"(?:ngay\s+)?(?P<day>\d{1,2})\s+thang\s+(?P<month>\d{1,2})\s+nam\s+(?P<year>\d{4})"
)
_BEFORE = (
    rf"(?P<label>{_LABEL})?[\s:,.-]*"
    r"(?:(?:thu\s+(?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat)\b[\s,.-]*)?(?:luc\s+)?"
)
_ZONE = r"\s*(?:\(?\s*(?:gmt|utc)\s*\+\s*0?7(?::?00)?\s*\)?)?"
# Many portals print zoom, print and counter on the same line.
_AFTER = rf"[\s|.,;()-]*(?:{labels.NOISE})?"
_FORMS = [
    re.compile(_BEFORE + form + _ZONE + _AFTER)
    for day in (_DAY, _DAY_IN_WORDS)
    for form in (
        rf"{_TIME}{_HALF}[\s|,-]*{day}",
        rf"{day}[\s|,-]*(?:luc\s+)?{_TIME}{_HALF}",
        day,
    )
]


def read_line(text: str):
    """Return (moment, precision) when the whole line `text` is a date line, else None.

    Midnight to the second is how the old portal printed "time unknown", so it counts as a
    date only. A day that the calendar does not have is no date.
    """
    if match := _match(text):
        return _moment(match.groupdict())
    return None


def is_labelled(text: str) -> bool:
    """Tell whether `text` is a date line that says it is one ("Đăng lúc: …").

    A bare date may be today's, as many pages print it in their header.
    """
    match = _match(text)
    return match is not None and match["label"] is not None


def read_iso(text: str):
    """Return (moment, precision) of a machine's date ("2024-01-26T08:30:00+07:00"), or None."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return _with_precision(moment)
    except (ValueError, OverflowError):
        return None


def _match(text):
    if len(text) > labels.LONGEST:
        return None
    folded = labels.folded(text)
    return next(filter(None, (form.fullmatch(folded) for form in _FORMS)), None)


def _moment(parts):
    numbers = [int(parts[name]) for name in ("year", "month", "day")]
    hour = int(parts.get("hour") or 0)
    if parts.get("half") in ("pm", "ch") and hour < 12:
        hour += 12
    elif parts.get("half") in ("am", "sa") and hour == 12:
        hour = 0
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    try:
        return _with_precision(datetime(*numbers, hour, minute, second))
    except (ValueError, OverflowError):
        return None


def _with_precision(moment):
    """Return the aware moment and how much of it is known; without a zone it is local time.

    Raises `ValueError` for a year in which no portal can have published anything.
    """
    zone = timezone.get_default_timezone()
    moment = moment.replace(tzinfo=moment.tzinfo or zone, microsecond=0)
    if not EARLIEST <= moment < BEYOND:
        raise ValueError
    moment = moment.astimezone(zone)
    is_midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment, Precision.DATE if is_midnight else Precision.DATE_TIME
