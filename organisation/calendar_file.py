"""The reception timetable for calendar programs: iCalendar, RFC 5545."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone

from organisation.models import Reception
from portal.text import xml_safe

__all__ = ["CONTENT_TYPE", "calendar"]

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LINE = 75  # octets, RFC 5545 section 3.1
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


def calendar(receptions: Iterable[Reception], *, name: str, host: str, url: str) -> str:
    """Return the file that shows `receptions` under `name`; cancelled ones are marked so.

    `host` makes the keys of the events unique in the world, `url` is the page for people.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{host}//Lich tiep cong dan//VI",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ]
    for reception in receptions:
        lines += _event(reception, host, url)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(reception, host, url):
    summary = f"Tiếp công dân: {reception.host_words}"
    if reception.is_cancelled:
        summary = f"Hoãn tiếp công dân: {reception.host_words}"
    changed = _utc(reception.updated_at)
    said = "\n".join(filter(None, (reception.cancelled_reason, reception.note)))
    return [
        "BEGIN:VEVENT",
        f"UID:tiep-cong-dan-{reception.pk}@{host}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"DTSTART:{_utc(_local(reception.day, reception.starts_at))}",
        f"DTEND:{_utc(_local(reception.day, reception.ends_at))}",
        f"SUMMARY:{_text(summary)}",
        f"LOCATION:{_text(reception.place)}",
        *([f"DESCRIPTION:{_text(said)}"] if said else []),
        f"STATUS:{'CANCELLED' if reception.is_cancelled else 'CONFIRMED'}",
        f"URL:{url}",
        "END:VEVENT",
    ]


def _local(day, clock):
    return timezone.make_aware(datetime.combine(day, clock))


def _utc(moment):
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words):
    return xml_safe(words).translate(_ESCAPES)


def _folded(line):
    """Break a line after at most 75 octets, never inside a letter."""
    pieces, piece, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    return "\r\n".join([*pieces, piece])
