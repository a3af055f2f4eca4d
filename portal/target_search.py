"""What the search of the site finds of its standing pages: every page a menu may lead to."""

from portal import public_pages, targets
from portal.content_version import cached
from portal.title_search import Titled, source_of

__all__ = ["TARGETS"]


# A page fills by itself when something scheduled appears.
@cached(until=public_pages.next_moment)
def _pages():
    return [
        Titled(
            key=target.key,
            title=target.label,
            url=target.url,
            also=target.also,
            text=target.about,
        )
        for target in targets.all_targets().values()
        if target.has_content and target.is_searched
    ]


TARGETS = source_of(kind="muc", label="Mục của trang", order=20, read=_pages)
