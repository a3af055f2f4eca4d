"""What reading an old site yields, whether it is a saved page or an entry of a feed."""

from dataclasses import dataclass, field
from datetime import datetime

from articles.models import Precision

__all__ = ["NoArticle", "OldArticle", "Unreadable"]


class NoArticle(Exception):
    """The page is none that shows one article (an index, a gallery); the message says why."""


class Unreadable(Exception):
    """The file cannot be read; the message says why and what to do."""


@dataclass
class OldArticle:
    """An article as the old site shows it; nothing of it has been stored or made safe.

    `body` is HTML whose pictures and links are still those of the old site. `remarks` are
    sentences for those who will check the draft.
    """

    title: str
    body: str
    lead: str = ""
    author_name: str = ""
    source: str = ""
    published_at: datetime | None = None
    precision: Precision = Precision.DATE_TIME
    address: str = ""
    remarks: list[str] = field(default_factory=list)
