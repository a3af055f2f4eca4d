"""Pages of this site that data may point at: the menu today, other links later.

Each app registers a provider in its `AppConfig.ready`, so the ground floor knows no app.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portal import public_pages
from portal.content_version import cached


@dataclass(frozen=True)
class Target:
    """An internal page: a stable key such as "articles:list", its Vietnamese label and address.

    `has_content` is false while the page would be empty; menus then leave it out. For the
    search, `also` are other names of the page, `about` says in one line what it holds, and
    `is_searched` is false for what another source of the search finds (portal/site_search.py).
    """

    key: str
    label: str
    url: str
    has_content: bool = True
    also: tuple[str, ...] = ()
    about: str = ""
    is_searched: bool = True


Provider = Callable[[], Iterable[Target]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let `provider` be asked for targets; registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def all_targets() -> dict[str, Target]:
    """Return every target that exists now by key, in the order of registration."""
    return {target.key: target for provider in _providers for target in provider()}


@cached(until=public_pages.next_moment)
def known_targets() -> dict[str, Target]:
    """Return what `all_targets` does, kept until content changes: for what readers see."""
    return all_targets()
