"""Pages that somebody may have meant who asked for an address that does not exist."""

import re
from datetime import timedelta

from portal import client, ratelimit, site_search
from portal.search_question import parse
from portal.site_search import Narrowing

__all__ = ["likely_pages"]

_SHOWN = 5
_FEWEST_WORDS = 2  # one word alone ("admin", "feed") names no page
# Programs ask for thousands of addresses that never existed; each search costs the database.
_LIMIT, _PER = 30, timedelta(minutes=10)
# The words of "/tin-tuc/khai-mac-he-12.html": neither numbers nor the ending.
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_WORD = re.compile(r"[^\W\d_]{2,}")


def likely_pages(request, *, at):
    """Return the `Result` of at most five pages that the address of `request` may mean.

    Empty when its last part has not two words, or when its network asks for too many.
    """
    last = request.path_info.rstrip("/").rpartition("/")[2]
    words = _WORD.findall(_ENDING.sub("", last))
    if len(words) < _FEWEST_WORDS:
        return []
    network = client.network_of_request(request)
    if not ratelimit.allow("likely_pages", network, limit=_LIMIT, per=_PER).allowed:
        return []
    question = parse(" ".join(words))
    found = site_search.search(question, Narrowing(), at=at)
    return [result for _, result in site_search.show(found.matches[:_SHOWN], question)]
