"""Names the website that led a reader here: its host, and nothing more of its address.

The path and query of a referrer may tell what a person searched for, so they are never kept,
not even in a cache.
"""

import re
from functools import lru_cache

LONGEST = 100  # characters of a host

# Browsers name a website by its address, Android apps by the name of their package.
_ADDRESS = re.compile(
    r"\s*(https?|android-app)://(?:[^/?#@\\]*@)?([^/?#:@\\]+)", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
# Scheme, an account name, the host; further on nothing matters.
_LOOKED_AT = 400

# The many hosts and apps of one service are one row in tables: the host that is stored, what
# officials call it, and what all of its hosts look like. "www." is off by then.
_SERVICES = tuple(
    (stored, name, re.compile(pattern, re.VERBOSE))
    for stored, name, pattern in (
        (
            "youtube.com",
            "YouTube",
            r"(?:.+\.)?(?:youtube\.com|youtu\.be)|com\.google\.android\.youtube",
        ),
        (
            "google.com",
            "Google",
            r"""(?:.+\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})|(?:.+\.)?translate\.goog
            |com\.google\.android\..+""",
        ),
        (
            "facebook.com",
            "Facebook",
            r"(?:.+\.)?(?:facebook\.com|fb\.com|fb\.me|fb\.watch)|com\.facebook\.(?:katana|lite)",
        ),
        (
            "messenger.com",
            "Messenger",
            r"(?:.+\.)?(?:messenger\.com|m\.me)|com\.facebook\.(?:orca|mlite)",
        ),
        (
            "zalo.me",
            "Zalo",
            r"(?:.+\.)?(?:zalo\.(?:me|vn)|zaloapp\.com|zdn\.vn)|com\.zing\.zalo",
        ),
        (
            "tiktok.com",
            "TikTok",
            r"(?:.+\.)?tiktok\.com|com\.(?:zhiliaoapp|ss\.android)\..+",
        ),
        ("instagram.com", "Instagram", r"(?:.+\.)?instagram\.com|com\.instagram\.android"),
        ("t.me", "Telegram", r"(?:.+\.)?(?:t\.me|telegram\.(?:org|me))|org\.telegram\..+"),
        (
            "x.com",
            "X (Twitter)",
            r"(?:.+\.)?(?:x\.com|twitter\.com)|t\.co|com\.twitter\.android",
        ),
        ("coccoc.com", "Cốc Cốc", r"(?:.+\.)?coccoc\.com"),
        ("bing.com", "Bing", r"(?:.+\.)?bing\.com"),
        ("yahoo.com", "Yahoo", r"(?:.+\.)?yahoo\.(?:com|[a-z]{2}|com?\.[a-z]{2})"),
        ("duckduckgo.com", "DuckDuckGo", r"(?:.+\.)?duckduckgo\.com"),
        ("chatgpt.com", "ChatGPT", r"(?:.+\.)?(?:chatgpt\.com|openai\.com)"),
        ("baomoi.com", "Báo Mới", r"(?:.+\.)?baomoi\.com|com\.epi"),
        ("vneid.gov.vn", "VNeID", r"(?:.+\.)?vneid\.gov\.vn|com\.vnid"),
        (
            "dichvucong.gov.vn",
            "Cổng Dịch vụ công quốc gia",
            r"(?:.+\.)?dichvucong\.gov\.vn",
        ),
        ("chinhphu.vn", "Cổng thông tin điện tử Chính phủ", r"(?:.+\.)?chinhphu\.vn"),
    )
)
_NAMES = {stored: name for stored, name, _ in _SERVICES}
SERVICES = frozenset(_NAMES)  # hosts as they are stored


def name(host: str) -> str:
    """Return what officials call the website of a stored `host`, else the host itself."""
    return _NAMES.get(host, host)


def host(referer: str, own_host: str) -> str:
    """Return the host to store for a Referer header, at most `LONGEST` characters.

    "" when the header is empty, names this site (`own_host`, a Host header), or is nothing
    that a browser sends. Never raises, whatever it is given.
    """
    match = _ADDRESS.match(referer[:_LOOKED_AT])
    if not match:
        return ""
    found = _bare(match[2])
    if len(found) > LONGEST or not _HOST.fullmatch(found) or found == _bare(own_host):
        return ""
    return _stored(found)


@lru_cache(maxsize=4096)
def _stored(host):
    return next((stored for stored, _, hosts in _SERVICES if hosts.fullmatch(host)), host)


def _bare(host):
    """Return a host without port, the root's dot and "www."."""
    return host.lower().partition(":")[0].rstrip(".").removeprefix("www.")
