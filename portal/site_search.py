"""The search of the whole site: each app registers what of its own can be found.

A source says which of its objects match and how well (`find`), and shows those that stand
on the page at hand (`show`). Here their answers become one list: the best tier first, then
the sources in their order, within a source as it ranks itself.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from operator import attrgetter

from django.db import connection

from portal.search_question import Question

__all__ = [
    "MOST",
    "Answer",
    "Match",
    "Matches",
    "Narrowing",
    "Result",
    "Source",
    "Suggestion",
    "Tier",
    "register",
    "search",
    "show",
    "sources",
    "suggestions",
]

logger = logging.getLogger(__name__)

MOST = 1_000  # results that are counted, and that can be paged to
_SECONDS = 2  # for all statements of one search together

Pieces = Sequence[tuple[str, bool]]  # of the original text, each with whether it is a hit


class Tier(IntEnum):
    """How well something answers a question; the lesser is better."""

    TITLE = 1  # its title is the question or begins with it
    TITLE_WORDS = 2  # all words stand in the title; with accents as typed first
    ANYWHERE = 3  # all words stand somewhere
    MISTYPED = 4  # all words, with a typing error forgiven
    SOME_WORDS = 5  # most of the words; only where the source has nothing better


@dataclass(frozen=True, slots=True)
class Match:
    """One thing of `kind` that was found; the lesser `rank` stands first in its tier.

    All ranks of one source can be compared. `day` is what its year is taken from.
    """

    kind: str
    key: object
    tier: Tier
    rank: tuple = ()
    day: date | None = None


@dataclass(frozen=True)
class Matches:
    """What one source found.

    `matches`, the best first, are at most `MOST` + 1; `count` is min(all, `MOST` + 1).
    `corrected` are the words that were searched for in place of mistyped ones, the whole
    question as the source spells it. `nearest` are single words of the source, in its own
    spelling, that look like what it does not know.
    """

    matches: Sequence[Match] = ()
    count: int = 0
    corrected: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """How a match is shown. `label` is its section or the words for its kind, `date_text`
    its day as readers write it, `note` a warning such as "Hết hiệu lực"."""

    title_pieces: Pieces
    url: str
    excerpt_pieces: Pieces = ()
    label: str = ""
    date_text: str = ""
    note: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A page that the reader may mean while still typing; `label` says its kind.

    The last word counts as there when something begins with it.
    """

    text: str
    url: str
    label: str
    tier: Tier = Tier.TITLE_WORDS


@dataclass(frozen=True)
class Narrowing:
    """What the reader narrowed the search to; empty values narrow nothing.

    `section` is the slug of a category (`?muc=`), `year` of the objects' days (`?nam=`). A
    source whose objects have no section, or no day, finds nothing under one.
    """

    kind: str = ""
    section: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Source:
    """One kind of things that can be found.

    `kind` is what stands in `?loai=`, `label` what readers call the kind. `order` places the
    source among others in a tier: procedures 10, the site's own pages 20, officers and bodies
    30, receptions 35, results 40, pages of text 50, news 60, publication duties 65, files 70.

        find(question, narrowing, *, at) -> Matches       (`narrowing.kind` is dealt with here)
        show(keys, question) -> {key: Result}             (of the results of one page)
        suggest(question, limit) -> [Suggestion]
    """

    kind: str
    label: str
    order: int
    find: Callable[..., Matches]
    show: Callable[[Collection, Question], Mapping[object, Result]]
    suggest: Callable[[Question, int], Sequence[Suggestion]] | None = None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let `source` be searched; registering it again changes nothing."""
    _sources[source.kind] = source


def sources() -> list[Source]:
    """Return the sources in their order."""
    return sorted(_sources.values(), key=lambda source: source.order)


@dataclass
class Answer:
    """What a search gives, before anything is drawn.

    `matches` are of the kind asked for, the best first, at most `MOST`. `counts` are per
    kind, whatever kind was asked for. `silent` are the labels of sources that failed.
    """

    matches: list[Match] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    count: int = 0
    corrected: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    silent: list[str] = field(default_factory=list)


def search(question: Question, narrowing: Narrowing, *, at: datetime) -> Answer:
    """Ask every source what it has for `question` at the moment `at`."""
    answer = Answer()
    found = []
    with _bounded():
        for source in sources():
            with _kept_apart(source, answer.silent):
                mine = source.find(question, narrowing, at=at)
                answer.counts[source.kind] = mine.count
                if narrowing.kind in ("", source.kind):
                    found.append((source, mine))
    corrected = {source.kind: mine.corrected for source, mine in found}
    merged = [
        ((match.tier, source.order, match.rank), match)
        for source, mine in found
        for match in mine.matches
    ]
    merged.sort(key=lambda pair: pair[0])
    answer.matches = [match for _, match in merged[:MOST]]
    answer.count = min(sum(mine.count for _, mine in found), MOST + 1)
    if answer.matches and answer.matches[0].tier == Tier.MISTYPED:
        answer.corrected = corrected[answer.matches[0].kind]
    answer.nearest = tuple(
        dict.fromkeys(word for _, mine in found for word in mine.nearest)
    )
    return answer


def show(matches: Sequence[Match], question: Question) -> list[tuple[Source, Result]]:
    """Return (source, `Result`) of those of `matches` that can still be shown, in order."""
    keys: dict[str, list] = {}
    for match in matches:
        keys.setdefault(match.kind, []).append(match.key)
    shown = {}
    with _bounded():
        for kind, mine in keys.items():
            with _kept_apart(_sources[kind], []):
                shown[kind] = _sources[kind].show(mine, question)
    return [
        (_sources[match.kind], result)
        for match in matches
        if (result := shown.get(match.kind, {}).get(match.key))
    ]


def suggestions(question: Question, limit: int) -> list[Suggestion]:
    """Return at most `limit` pages, the best tier first, each address once.

    No source takes more than half of the places while others have something, and typing
    errors are forgiven only where nothing fits as typed.
    """
    first, more = [], []
    with _bounded():
        for source in sources():
            if source.suggest:
                with _kept_apart(source, []):
                    found = source.suggest(question, limit)
                    first += found[: limit // 2]
                    more += found[limit // 2 :]
    by_tier = attrgetter("tier")
    ranked = [*sorted(first, key=by_tier), *sorted(more, key=by_tier)]
    fits = [each for each in ranked if each.tier < Tier.MISTYPED]
    by_url: dict[str, Suggestion] = {}
    for suggestion in fits or ranked:
        by_url.setdefault(suggestion.url, suggestion)
    return list(by_url.values())[:limit]


@contextmanager
def _kept_apart(source, silent):
    """Let one source fail without the others: log it, and add its label to `silent`."""
    try:
        yield
    except Exception:
        logger.exception("The search could not ask the source %s.", source.kind)
        silent.append(source.label)


@contextmanager
def _bounded():
    """Give all statements of the block `_SECONDS` together.

    `SET LOCAL` before a statement, in one message with it, holds for this message only: it
    costs no round trip and nothing has to be put back. The driver gives the result of the
    last statement of a message. Server-side cursors (`iterator()`) cannot be bounded so.
    """
    ends_at = time.monotonic() + _SECONDS

    def in_time(execute, sql, params, many, context):
        milliseconds = max(1, int((ends_at - time.monotonic()) * 1000))
        bounded = f"SET LOCAL statement_timeout = {milliseconds};\n{sql}"
        return execute(bounded, params, many, context)

    with connection.execute_wrapper(in_time):
        yield
