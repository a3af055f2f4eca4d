"""Names the website that led a reader here: its host, and nothing more of its address.

The path and query of a referrer may tell what a person searched for, so they are never kept.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

LONGEST = 100  # characters of a host

# One stored host for all hosts of one service, so that tables have one row for it.
_FAMILIES = (
    ("google.com", re.compile(r"(?:.+\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")),
    ("facebook.com", re.compile(r"(?:.+\.)?(?:facebook\.com|fb\.com|fb\.me)")),
    ("zalo.me", re.compile(r"(?:.+\.)?(?:zalo\.me|zalo\.vn|zaloapp\.com)")),
)
_NAMES = {
    "google.com": "Google",
    "facebook.com": "Facebook",
    "zalo.me": "Zalo",
    "dichvucong.gov.vn": "Cổng Dịch vụ công quốc gia",
}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")


def name(host: str) -> str:
    """Return what officials call the website of a stored `host`, else the host."""
    return _NAMES.get(host, host)


@lru_cache(maxsize=4096)
def host(referer: str, own_host: str) -> str:
    """Return the stored host of a Referer header, "" for none, this site's or a strange one."""
    try:
        parts = urlsplit(referer.strip()[:2000])
        found = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https", "android-app"):
        return ""
    found = found.rstrip(".").removeprefix("www.")
    if len(found) > LONGEST or not _HOST.fullmatch(found):
        return ""
    if found == own_host.lower().partition(":")[0].removeprefix("www."):
        return ""
    for stored, pattern in _FAMILIES:
        if pattern.fullmatch(found):
            return stored
    return found
