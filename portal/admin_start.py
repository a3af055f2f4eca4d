"""What the admin's start page offers: each app registers the cards of its own work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class StartCard:
    """One next step on the start page.

    `title` says what to do, `text` what waits (with the count that matters), `permission` is
    the "app.codename" without which the card is not shown ("" means every member of staff).
    """

    title: str
    text: str
    url: str
    permission: str = ""
    order: int = 0


Provider = Callable[[HttpRequest], Iterable[StartCard]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let `provider` be asked for cards; registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def cards_for(request: HttpRequest) -> list[StartCard]:
    """Return the cards that this request's user may act on, in order."""
    cards = [card for provider in _providers for card in provider(request)]
    return sorted(
        (
            card
            for card in cards
            if not card.permission or request.user.has_perm(card.permission)
        ),
        key=lambda card: card.order,
    )
