"""Finds procedures by what people type: without accents, half a word, one letter wrong.

Some 450 names are a few thousand words, so the whole index lives in the memory of the process,
one content version long, and a search costs the database nothing. Typing errors are found by
edit distance: syllables are too short for trigrams, of which "khia" and "khai" share two in
eight.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from django.urls import reverse
from django.utils.text import capfirst

from portal.content_version import cached
from portal.search_question import highlighted, same_word, stands_in
from portal.text import fold, sort_key
from portal.typos import SHORTEST, is_one_typo
from procedures.models import Procedure, ProcedureStatus
from procedures.models.catalogue import CODE_REGEX, IN_FORCE

__all__ = ["Closeness", "Entry", "Found", "Hit", "Index", "index", "search"]

_WORD = re.compile(r"\w+")
_PART_OF_CODE = re.compile(r"[0-9][0-9.]{2,}[0-9A-Z.]*")
_NATIONAL_CODE = 8  # characters, as in 1.001193
# What people put around the thing they ask for; compared as `_words` writes it.
_AROUND = re.compile(
    r"^(?:(?:toi muon|muon|xin|lam thu tuc|thu tuc) )+"
    r"|(?: (?:o dau|can (?:nhung )?(?:giay to )?gi|(?:nhu|lam) the nao|(?:mat )?bao lau"
    r"|(?:het )?bao nhieu(?: tien)?))+$"
)
_LONGEST = 200  # characters of a question
_LONG_NAME = 60  # characters; some official names have a thousand
_MOST_WORDS = 16
_MOST_CLOSE = 20  # hits without all the words
# What a match is worth that is not the word itself; fewer mistype the first letter.
_PREFIX, _MISTYPED, _OTHER_INITIAL = 0.8, 0.6, 0.4


# --- The index ------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A procedure as lists and searches know it.

    `called` is what people call it first of all, "" where nobody has written that down;
    `phrases` are its name and what people call it, in words as the search compares them.
    """

    pk: int
    code: str
    name: str
    called: str
    field: str
    field_slug: str
    status: str
    successor: int | None
    is_common: bool
    is_reviewed: bool
    updated_at: datetime
    channels: frozenset[int]
    phrases: tuple[tuple[str, ...], ...]

    @property
    def is_in_force(self):
        return self.status in IN_FORCE

    @property
    def short_name(self):
        """Return the name, or what people call it where the official name fills lines."""
        if len(self.name) <= _LONG_NAME or not self.called:
            return self.name
        return capfirst(self.called)

    @property
    def status_words(self):
        return ProcedureStatus(self.status).label

    @property
    def address(self):
        return reverse("catalogue:procedure", args=[self.code])

    @cached_property
    def words(self):
        return frozenset(word for phrase in self.phrases for word in phrase)

    @cached_property
    def written(self):
        """Return the words of the name with their accents."""
        return frozenset(_WORD.findall(self.name.lower()))

    @cached_property
    def pairs(self):
        return frozenset(pair for phrase in self.phrases for pair in pairwise(phrase))

    def holds(self, text):
        """Tell whether the words of `text` stand side by side in one of its names."""
        words = _words(text)
        return any(stands_in(phrase, words) for phrase in self.phrases)


class Index:
    """The catalogue in the Vietnamese order of names; made anew when content changes."""

    def __init__(self, entries):
        self.all = sorted(entries, key=lambda entry: (sort_key(entry.name), entry.code))
        self.in_force = [entry for entry in self.all if entry.is_in_force]
        self.by_pk = {entry.pk: entry for entry in self.all}
        self.holders = defaultdict(set)  # word -> keys of entries
        spellings = defaultdict(Counter)
        for entry in self.in_force:
            for word in entry.words:
                self.holders[word].add(entry.pk)
            for written in _WORD.findall(entry.name.lower()):
                spellings[same_word(written)][written] += 1
        self.spelling = {
            word: ways.most_common(1)[0][0] for word, ways in spellings.items()
        }

    @property
    def common(self):
        """Return the procedures in force that the commune calls "hay dùng"."""
        return [entry for entry in self.in_force if entry.is_common]

    def in_field(self, slug):
        """Return the procedures in force of a lĩnh vực."""
        return [entry for entry in self.in_force if entry.field_slug == slug]

    @cached_property
    def by_letter(self):
        """Return [(letter, entries)] of the procedures in force, as the alphabet has them."""
        groups = defaultdict(list)
        for entry in self.in_force:
            groups[_initial(entry.name)].append(entry)
        return sorted(groups.items(), key=lambda group: sort_key(group[0]))

    def named(self, code):
        """Return the procedure that `code` means, with or without a local suffix, or None.

        A province appends its own suffix to the national code: the other form is taken where
        only one procedure can be meant.
        """
        national = code[:_NATIONAL_CODE]
        by_code = {entry.code: entry for entry in self.all}
        if found := by_code.get(code) or by_code.get(national):
            return found
        local = [entry for entry in self.all if entry.code.startswith(f"{code}.")]
        return local[0] if len(local) == 1 else None

    def successors(self, entry):
        """Return what replaced `entry`, what replaced that, and so on, each once."""
        line = []
        while (entry := self.by_pk.get(entry.successor)) and entry not in line:
            line.append(entry)
        return line

    def weight(self, word):
        """Return how much `word` tells: the fewer procedures have it, the more."""
        return math.log(1 + len(self.in_force) / max(1, len(self.holders.get(word, ()))))

    def readings(self, word):
        """Return {word of the catalogue: worth between 0 and 1} of what `word` may mean."""
        if word in self.holders:
            return {word: 1.0}
        begun = {each: _PREFIX for each in self.holders if each.startswith(word)}
        if begun or len(word) < SHORTEST:
            return begun
        return {
            each: _MISTYPED if each[0] == word[0] else _OTHER_INITIAL
            for each in self.holders
            if is_one_typo(word, each)
        }

    def nearest(self, words):
        """Return words of the catalogue that look like those of `words` it does not have."""
        near = (
            get_close_matches(word, self.spelling, n=3, cutoff=0.6)
            for word in words
            if word not in self.holders
        )
        return list(dict.fromkeys(self.spelling[each] for found in near for each in found))


@cached
def index():
    """Return the `Index` of the catalogue as it is now."""
    procedures = Procedure.objects.select_related("field").prefetch_related("channels")
    return Index(_entry(procedure) for procedure in procedures)


def _entry(procedure):
    others = procedure.also_known_as.splitlines()
    names = [procedure.name, *others]
    return Entry(
        pk=procedure.pk,
        code=procedure.code,
        name=procedure.name,
        called=others[0].strip() if others else "",
        field=procedure.field.name,
        field_slug=procedure.field.slug,
        status=procedure.status,
        successor=procedure.replaced_by_id,
        is_common=procedure.is_common,
        is_reviewed=procedure.is_reviewed,
        updated_at=procedure.updated_at,
        # In which ways it is taken is public once an officer has confirmed it.
        channels=frozenset(
            channel.channel for channel in procedure.channels.all() if procedure.is_reviewed
        ),
        phrases=tuple(filter(None, map(_words, names))),
    )


def _initial(name):
    first = _WORD.search(name)
    return _without_tone(first[0][0]).upper() if first else "#"


def _without_tone(letter):
    """Return the letter of the alphabet that `letter` is listed under: "Ấ" under "Â"."""
    return next(
        (base for base in "ăâđêôơư" if sort_key(base)[0] == sort_key(letter)[0]),
        fold(letter),
    )


def _words(text):
    return tuple(map(same_word, _WORD.findall(text)))


# --- A search ---------------------------------------------------------------------------


class Closeness(IntEnum):
    """How a name answers a question; the lesser is better."""

    SAME = 0
    BEGINS = 1
    WITHIN = 2  # all words side by side, or a whole name within the question
    ALL = 3
    MOST = 4  # not all words


@dataclass(frozen=True)
class Hit:
    """A procedure that was found, and for each word of the question the word it has, if any.

    The lesser `rank` stands first; `part` is how much of the question it answers, up to 1.
    `is_as_typed` is false where a word had to be completed or corrected, `is_begun` where one
    had to be corrected.
    """

    entry: Entry
    means: tuple[str | None, ...] = ()
    rank: tuple = (Closeness.SAME,)
    part: float = 1.0
    is_as_typed: bool = True
    is_begun: bool = True

    @property
    def closeness(self):
        return self.rank[0]

    @property
    def pieces(self):
        """Return the name in pieces, as (text, whether it was asked for)."""
        return highlighted(self.entry.name, self.means, fold=same_word)


@dataclass(frozen=True)
class Found:
    """What a search gives: hits, the best first.

    `is_close`: none has all the words, these have those that tell most. `nearest`: words to
    try where nothing was found.
    """

    hits: list[Hit]
    is_close: bool = False
    nearest: tuple[str, ...] = ()


def search(text, *, field=None, channel=None, codes=None):
    """Return what `text` finds among the procedures in force.

    `field` (slug of a lĩnh vực), `channel` (`Channel`) and `codes` (a set) narrow it. An
    empty `text` finds all. A code, or a part of one, also finds procedures that are no longer
    in force.
    """
    catalogue = index()

    def is_wanted(entry):
        return (
            (field is None or entry.field_slug == field)
            and (channel is None or channel in entry.channels)
            and (codes is None or entry.code in codes)
        )

    text = text[:_LONGEST]
    if by_code := [entry for entry in _with_code(text, catalogue) if is_wanted(entry)]:
        return Found([Hit(entry) for entry in by_code])
    wanted = filter(is_wanted, catalogue.in_force)
    if not _words(text):
        return Found([Hit(entry) for entry in wanted])
    words = _words(_AROUND.sub("", " ".join(_words(text))))[:_MOST_WORDS] or _words(text)
    question = _Question(words, text, catalogue)
    best = sorted(filter(None, map(question.hit, wanted)), key=lambda hit: hit.rank)
    if not best:
        return Found([], nearest=tuple(catalogue.nearest(words)))
    if best[0].closeness == Closeness.MOST:
        return Found(best[:_MOST_CLOSE], is_close=True)
    return Found(
        [hit for hit in best if hit.closeness < Closeness.MOST or hit.part >= _NEAR]
    )


_NEAR, _FAR = 0.75, 0.4  # of the worth of all words: beside better hits, and at all


class _Question:
    def __init__(self, words, text, catalogue):
        self.words = words
        self.readings = [catalogue.readings(word) for word in words]
        self.written = set(_WORD.findall(text.lower()))
        self.catalogue = catalogue
        # What a procedure with all the words would be worth.
        self.weight = sum(
            max(
                (worth * catalogue.weight(each) for each, worth in readings.items()),
                default=_OTHER_INITIAL * catalogue.weight(word),
            )
            for word, readings in zip(words, self.readings, strict=True)
        )

    def hit(self, entry):
        """Return the `Hit` that `entry` is for this question, or None."""
        means = [self._best(readings, entry) for readings in self.readings]
        if not any(means):
            return None
        worth = sum(
            readings[word] * self.catalogue.weight(word)
            for readings, word in zip(self.readings, means, strict=True)
            if word
        )
        part = worth / self.weight
        closeness = self._closeness(entry, means)
        if closeness == Closeness.MOST and part < _FAR:
            return None
        rank = (
            closeness,
            -len(entry.pairs.intersection(pairwise(means))),
            -round(worth, 6),
            not entry.is_common,
            -len(self.written & entry.written),  # with accents
            len(entry.name),
            entry.code,
        )
        is_begun = all(
            word and word.startswith(typed)
            for word, typed in zip(means, self.words, strict=True)
        )
        return Hit(entry, tuple(means), rank, part, means == list(self.words), is_begun)

    @staticmethod
    def _best(readings, entry):
        held = [word for word in readings if word in entry.words]
        return max(held, key=lambda word: (readings[word], len(word)), default=None)

    def _closeness(self, entry, means):
        asked = tuple(word or typed for word, typed in zip(means, self.words, strict=True))
        if asked in entry.phrases:
            return Closeness.SAME
        if entry.phrases[0][: len(asked)] == asked:
            return Closeness.BEGINS
        if any(stands_in(phrase, asked) for phrase in entry.phrases) or any(
            len(phrase) > 1 and stands_in(asked, phrase) for phrase in entry.phrases
        ):
            return Closeness.WITHIN
        return Closeness.ALL if all(means) else Closeness.MOST


def _with_code(text, catalogue):
    """Return the procedures with such a code: the very one, then those that share it."""
    compact = "".join(text.split()).upper()
    match = re.search(CODE_REGEX, text.upper()) or _PART_OF_CODE.fullmatch(compact)
    if not match:
        return []
    code = match[0]
    if len(compact) == _NATIONAL_CODE - 1 and compact.isdecimal():
        code = f"{compact[0]}.{compact[1:]}"  # the dot was left out
    national = code[:_NATIONAL_CODE]
    return sorted(
        (
            entry
            for entry in catalogue.all
            if code in entry.code
            or (len(code) > _NATIONAL_CODE and entry.code.startswith(national))
        ),
        key=lambda entry: (entry.code != code, not entry.is_in_force, entry.code),
    )
