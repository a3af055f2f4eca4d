"""What the admin's start page offers: each app registers the cards of its own work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from portal.read_only import retired_on


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


@dataclass(frozen=True)
class PanelRow:
    """One thing that waits: what it is called, where it is dealt with, and since or until when."""

    text: str
    url: str
    when: str = ""


@dataclass(frozen=True)
class StartPanel:
    """A short list of what waits for the reader of the start page.

    `more_url` leads to all of it when the rows are not all. Without rows the panel says
    `empty`, or is left out when there is nothing to say.
    """

    title: str
    rows: list[PanelRow]
    more_url: str = ""
    empty: str = ""
    order: int = 0


Provider = Callable[[HttpRequest], Iterable[StartCard]]
PanelProvider = Callable[[HttpRequest], Iterable[StartPanel]]

_providers: list[Provider] = []
_panel_providers: list[PanelProvider] = []


def register(provider: Provider) -> None:
    """Let `provider` be asked for cards; registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def register_panels(provider: PanelProvider) -> None:
    """Let `provider` be asked for panels; registering it again changes nothing."""
    if provider not in _panel_providers:
        _panel_providers.append(provider)


def panels_for(request: HttpRequest) -> list[StartPanel]:
    """Return the panels that have something to say to this request's user, in order.

    A site that takes no changes any more has nothing that waits, nor a next step.
    """
    if retired_on():
        return []
    panels = [panel for provider in _panel_providers for panel in provider(request)]
    return sorted(
        (panel for panel in panels if panel.rows or panel.empty),
        key=lambda panel: panel.order,
    )


def cards_for(request: HttpRequest) -> list[StartCard]:
    """Return the cards that this request's user may act on, in order."""
    if retired_on():
        return []
    cards = [card for provider in _providers for card in provider(request)]
    return sorted(
        (
            card
            for card in cards
            if not card.permission or request.user.has_perm(card.permission)
        ),
        key=lambda card: card.order,
    )
