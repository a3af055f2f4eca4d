"""Articles drafted from other work: one app hands over the words, another keeps them as a draft.

The app of articles registers who may have a draft made and how; whoever has something to
tell (a published sheet of results) asks here and needs to know nothing of articles.
"""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Drafted", "Drafter", "draft", "may_draft", "register"]


@dataclass(frozen=True)
class Drafted:
    """The draft that was made: where `actor` may go on with it ("" if others will), and a
    sentence that says what happens next."""

    address: str
    sentence: str


@dataclass(frozen=True)
class Drafter:
    """`may(user)` says who may have drafts made; `make(title, lead, body, actor)` makes one."""

    may: Callable[..., bool]
    make: Callable[..., Drafted]


_drafter: Drafter | None = None


def register(drafter: Drafter) -> None:
    """Let `drafter` make the drafts; called from `AppConfig.ready()`."""
    global _drafter
    _drafter = drafter


def may_draft(user) -> bool:
    """Tell whether `user` may have a draft made."""
    return _drafter is not None and _drafter.may(user)


def draft(*, title, lead, body, actor) -> Drafted:
    """Have a draft made of clean rich text `body`; raises `portal.refusals.Refused`."""
    return _drafter.make(title=title, lead=lead, body=body, actor=actor)
