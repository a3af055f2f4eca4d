"""The duties as a source of the site's search: few, so found in memory."""

from disclosure.board import changes_at, public_board
from portal.content_version import cached
from portal.title_search import Titled, source_of

__all__ = ["SOURCE"]


@cached(until=changes_at)
def _duties():
    return [
        Titled(
            key=each.duty.slug,
            title=each.duty.title,
            url=each.duty.get_absolute_url(),
            text=each.duty.content,
            label="Công khai theo luật",
        )
        for each in public_board()
    ]


SOURCE = source_of(kind="cong-khai", label="Công khai theo luật", order=65, read=_duties)
