"""Sources of the search whose things are few: found in memory, by their titles.

An app names its things as `Titled` and keeps that list under the content version; matching,
ranking, highlighting and suggesting are the same for all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from portal.search_question import Question, highlighted, spelled, stands_in, words_of
from portal.site_search import Match, Matches, Result, Source, Suggestion, Tier
from portal.text import fold
from portal.typos import is_one_typo

__all__ = ["Titled", "source_of"]

_LONGEST_EXCERPT = 200  # characters
_SHORTEST_MISTYPED = 3  # letters; shorter words have too many neighbours
_ENOUGH = 0.6  # of the words, for something that does not have them all


@dataclass(frozen=True)
class Titled:
    """A thing with a page of its own, as the search knows it.

    `also` is what people call it besides, each a name of its own; `text` is what else can be
    searched, and stands under the title. `label` says what it is, or to what it belongs.
    `date_text` is `day` as readers write it.
    """

    key: str
    title: str
    url: str
    also: tuple[str, ...] = ()
    text: str = ""
    label: str = ""
    day: date | None = None
    date_text: str = ""

    @cached_property
    def names(self):
        """Return the title and the other names, each in words."""
        return (words_of(self.title), *map(words_of, self.also))

    @cached_property
    def known(self):
        """Return every word of the names."""
        return frozenset(word for name in self.names for word in name)

    @cached_property
    def text_words(self):
        return words_of(self.text)

    @cached_property
    def accented(self):
        return frozenset(spelled(self.title))

    @cached_property
    def spelling(self):
        """Return {word: as the names spell it}."""
        return {
            fold(word): word for name in (*self.also, self.title) for word in spelled(name)
        }


def source_of(
    *,
    kind: str,
    label: str,
    order: int,
    read: Callable[[], Sequence[Titled]],
    is_suggested: bool = True,
) -> Source:
    """Return a `Source` of what `read()` gives, those that matter most first.

    `read` is called for each search: let it keep what it read (`content_version.cached`).
    """

    def find(question, narrowing, *, at):
        if narrowing.section:
            return Matches()
        found = []
        for place, each in enumerate(read()):
            if narrowing.year and (each.day is None or each.day.year != narrowing.year):
                continue
            if tier := _tier(each, question):
                rank = (*_closeness(each, question), place)
                found.append((Match(kind, each.key, tier, rank, each.day), each))
        found.sort(key=lambda pair: (pair[0].tier, pair[0].rank))
        if found and found[0][0].tier < Tier.SOME_WORDS:
            found = [pair for pair in found if pair[0].tier < Tier.SOME_WORDS]
        is_corrected = found and found[0][0].tier == Tier.MISTYPED
        return Matches(
            matches=[match for match, _ in found],
            count=len(found),
            corrected=_corrected(found[0][1], question) if is_corrected else (),
        )

    def show(keys, question):
        wanted = set(keys)
        return {each.key: _result(each, question) for each in read() if each.key in wanted}

    def suggest(question, limit):
        found = [
            ((tier, *_closeness(each, question), place), each)
            for place, each in enumerate(read())
            if (tier := _begun(each, question))
        ]
        found.sort(key=lambda pair: pair[0])
        return [
            Suggestion(each.title, each.url, each.label or label, rank[0])
            for rank, each in found[:limit]
        ]

    return Source(kind, label, order, find, show, suggest if is_suggested else None)


def _tier(each: Titled, question: Question) -> Tier | None:
    words = question.words
    everything = (*each.names, each.text_words)
    if not all(
        any(stands_in(name, phrase) for name in everything) for phrase in question.phrases
    ):
        return None
    title, *others = each.names
    if title[: len(words)] == words or words in others:
        return Tier.TITLE
    if set(words) <= set(title):
        return Tier.TITLE_WORDS
    missing = [word for word in words if word not in each.known]
    if all(word in each.text_words for word in missing):
        return Tier.ANYWHERE
    if all(_meant(word, each, question) for word in missing):
        return Tier.MISTYPED
    has_number = any(word.isdecimal() for word in missing)  # another month is no match
    part = 1 - len(missing) / len(words)
    return Tier.SOME_WORDS if part >= _ENOUGH and not has_number else None


def _closeness(each, question):
    """Return what sets two of one tier apart: side by side first, then as typed."""
    is_apart = not any(stands_in(name, question.words) for name in each.names)
    return is_apart, -len(each.accented.intersection(question.accented))


def _meant(word, each, question):
    """Return the word of the names that `word` mistypes, "" when there is none.

    The last word of a question may be half of one.
    """
    if word.isdecimal() or len(word) < _SHORTEST_MISTYPED:
        return ""
    is_last = word == question.words[-1]
    begun = (known for known in each.known if is_last and known.startswith(word))
    mistyped = (known for known in each.known if is_one_typo(word, known))
    return next(begun, "") or next(mistyped, "")


def _begun(each, question):
    """Return the tier of a name that has the words, of which the last may be unfinished."""
    if any(" ".join(name).startswith(" ".join(question.words)) for name in each.names):
        return Tier.TITLE
    *whole, last = question.words
    has_all = any(
        all(word in name for word in whole) and any(word.startswith(last) for word in name)
        for name in each.names
    )
    return Tier.TITLE_WORDS if has_all else None


def _corrected(each, question):
    return tuple(
        each.spelling.get(
            word if word in each.known else _meant(word, each, question), typed
        )
        for word, typed in zip(question.words, question.accented, strict=True)
    )


def _result(each, question):
    words = {
        word if word in each.known else _meant(word, each, question) or word
        for word in question.words
    }
    excerpt = each.text
    if len(excerpt) > _LONGEST_EXCERPT:
        excerpt = excerpt[:_LONGEST_EXCERPT].rsplit(" ", 1)[0] + "…"
    return Result(
        title_pieces=highlighted(each.title, words),
        excerpt_pieces=highlighted(excerpt, words),
        url=each.url,
        label=each.label,
        date_text=each.date_text,
    )
