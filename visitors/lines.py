"""The lines of a spool: one JSON list a hit, as `encode` lists its fields.

Fields are only ever added at the end. So a line of an earlier version, which lacks the last
ones, is understood, and so is one of a later version, which has more.
"""

import json

from visitors.counting import Hit
from visitors.keys import KEY_SIZE
from visitors.referrers import LONGEST as _LONGEST_HOST

# Longest texts in characters, as the tables have them.
_LENGTHS = {
    "path": 500,
    "kind": 40,
    "object_id": 40,
    "title": 200,
    "reason": 40,
    "referrer": _LONGEST_HOST,
    "device": 20,
    "browser": 40,
    "missed": 60,
}
# What lines of the first version do not have.
_ABSENT = ("", "", "", "", 0)
_LATEST = 2**35  # seconds since 1970, a thousand years ahead: dates can hold it
_MOST_REQUESTS = 10**9

_encode = json.JSONEncoder(separators=(",", ":")).encode


def encode(hit: Hit) -> bytes:
    """Return the line of `hit`, with its line end."""
    fields = [
        hit.at,
        hit.key.hex(),
        hit.path,
        hit.kind,
        hit.object_id,
        hit.title,
        hit.reason,
        hit.requests,
        hit.referrer,
        hit.device,
        hit.browser,
        hit.missed,
        int(hit.is_download),
    ]
    return _encode(fields).encode() + b"\n"


def decode(line: bytes) -> Hit | None:
    """Return the `Hit` of a line, or None when the line is torn or makes no sense.

    Whatever the line holds, Postgres can store what comes back: one bad line must not
    keep all later ones waiting.
    """
    try:
        return _hit(*json.loads(line))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _hit(at, key, path, kind, object_id, title, reason, requests, *later):
    referrer, device, browser, missed, is_download, *_ = later + _ABSENT[len(later) :]
    texts = {
        "path": path,
        "kind": kind,
        "object_id": object_id,
        "title": title,
        "reason": reason,
        "referrer": referrer,
        "device": device,
        "browser": browser,
        "missed": missed,
    }
    key = bytes.fromhex(key)
    if len(key) not in (0, KEY_SIZE):
        raise ValueError("a key of another size")
    return Hit(
        at=_within(at, 0, _LATEST),
        key=key,
        requests=_within(requests, 1, _MOST_REQUESTS),
        is_download=bool(is_download),
        **{name: _storable(text, _LENGTHS[name]) for name, text in texts.items()},
    )


def _within(value, least, most):
    number = int(value)
    if not least <= number <= most:
        raise ValueError("out of range")
    return number


def _storable(text, length):
    return text.encode(errors="replace").decode().replace("\0", "")[:length]
