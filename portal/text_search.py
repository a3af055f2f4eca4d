"""Finds texts whose words the database keeps (`portal_vector`), for sources of the search.

Each kind of text is a `Texts`: it says where its words lie and who may read what. How a
question becomes a query, how a typing error is forgiven and how a hit is shown is the same
for all of them.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations, groupby, pairwise

from django.db import connection

from portal.search_question import FINAL_I, highlighted, same_word, words_of
from portal.site_search import MOST, Match, Matches, Tier
from portal.text import fold, nfc
from portal.typos import SHORTEST, is_one_typo, likeliness, neighbours

__all__ = [
    "READ",
    "FewTexts",
    "Texts",
    "Wanted",
    "begins",
    "closeness",
    "counted",
    "fetched",
    "marked",
    "standing",
]

_WORD = re.compile(r"[^\W_]+")
_CANDIDATES = 8  # words that a mistyped one may stand for
_MOST_SLOTS = 6  # words of a question that are tried as mistyped, though each is a word
_JOINT = 50  # texts in which a correction is counted
_NEAREST = 2
_FEW = 5_000  # newest hits that are looked at where texts are few
_EXCERPT = 220  # characters
READ = 20_000  # characters of a text in which its excerpt is looked for


@dataclass(frozen=True)
class Wanted:
    """What a text has to hold: folded words, phrases of them; `accented` as typed.

    With `most`, one of the words may be missing.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    accented: tuple[str, ...] = ()
    most: bool = False

    @classmethod
    def of(cls, question):
        accented = tuple(word for word in question.accented if not word.isascii())
        return cls(question.words, question.phrases, accented)

    def without(self, places):
        """Return the words alone, those at `places` left out."""
        words = (word for at, word in enumerate(self.words) if at not in places)
        return Wanted(tuple(words))

    def corrected(self, words):
        """Return the same with `words` instead of those that were typed."""
        meant = dict(zip(self.words, words, strict=True))
        return replace(
            self,
            words=tuple(words),
            phrases=tuple(
                tuple(meant.get(word, word) for word in phrase) for phrase in self.phrases
            ),
            accented=tuple(word for word in self.accented if fold(word) in words),
        )

    def query(self):
        """Return the words as (SQL of a tsquery, parameters); it needs nothing but an index."""
        words = [_any_of(_spellings(word)) for word in dict.fromkeys(self.words)]
        if self.most:
            left_out = combinations(words, len(words) - 1)
            return _joined(" || ", [_joined(" && ", part) for part in left_out])
        return _joined(" && ", words or [("''::tsquery", [])])

    def phrase_query(self):
        """Return the phrases as such a query, which has to look at each text; None without."""
        phrases = [phrase for phrase in self.phrases if len(phrase) > 1]
        return phrases and _joined(
            " && ",
            [("phraseto_tsquery('public.vi', %s)", [" ".join(each)]) for each in phrases],
        )

    def exact_query(self):
        """Return a query for all words, those typed with accents as they were typed."""
        accented = ("plainto_tsquery('pg_catalog.simple', %s)", [" ".join(self.accented)])
        return _joined(" && ", [self.query(), accented])

    def exact_condition(self):
        """Return SQL that tells whether `words` hold the accents as typed; true without any."""
        if not self.accented:
            return "true", []
        query, values = self.exact_query()
        return f"words @@ {query}", values


def _spellings(word):
    other = FINAL_I.sub(lambda end: "i" if end[0] == "y" else "y", word)
    return (word,) if other == word else (word, other)


def _any_of(words):
    return _joined(" || ", [("plainto_tsquery('public.vi', %s)", [word]) for word in words])


def _joined(operator, parts):
    return (
        f"({operator.join(sql for sql, _ in parts)})",
        [value for _, values in parts for value in values],
    )


def fetched(sql, params):
    """Return the rows of a statement that must not read a table from end to end.

    The planner takes a look at one text for as cheap as a look at a number; where a word is
    in most texts it would unpack all of them rather than ask the index.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0;\n"
            + sql,
            params,
        )
        return cursor.fetchall()


def counted(select):
    """Return {word: in how many texts it stands} of all the vectors that `select` gives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "/* text_search.counted */ SELECT word, ndoc FROM ts_stat(%s) "
            "WHERE word ~ '^[a-z]{1,24}$'",
            [select],
        )
        return dict(cursor.fetchall())


# --- How well a text answers ------------------------------------------------------------


def standing(title, wanted):
    """Return (tier, whether the words stand apart, whether accents differ) of a title.

    The tier is `Tier.ANYWHERE` for a title that does not hold all words.
    """
    written = _WORD.findall(nfc(title).lower())
    words = list(map(same_word, written))
    asked = list(map(same_word, wanted.words))
    if words[: len(asked)] == asked:
        tier = Tier.TITLE
    elif set(asked) <= set(words):
        tier = Tier.TITLE_WORDS
    else:
        return Tier.ANYWHERE, True, True
    is_apart = f" {' '.join(asked)} " not in f" {' '.join(words)} "
    return tier, is_apart, not set(written).issuperset(wanted.accented)


def begins(title, question):
    """Tell whether `title` holds the words of `question`, of which the last may go on."""
    *whole, begun = map(same_word, question.words)
    words = list(map(same_word, words_of(title)))
    return set(whole) <= set(words) and any(
        word.startswith(begun) for word in words if word not in whole
    )


def closeness(rank):
    """Return a whole number, the lesser the better, for what `ts_rank_cd` gives."""
    return -round(math.log2(rank)) if rank > 0 else 99


# --- A search ---------------------------------------------------------------------------


class Texts:
    """One kind of text. Subclasses say where it is and answer `search` and the rest.

    `table` has the column `words`; `readable` is SQL that tells of a row, at the moment
    %s, whether its words may be counted.
    """

    kind = ""
    table = ""
    readable = "%s IS NOT NULL"
    # Whether a word that there is may have been meant for another: "khia" in "khía cạnh".
    doubts_words = False

    def search(self, wanted, narrowing, at):
        """Return the `Match`es of what readers see at the moment `at`, the best first."""
        raise NotImplementedError

    def frequencies(self, words):
        """Return {word: number of texts that hold it} of those of `words` that there are."""
        raise NotImplementedError

    def known(self, words):
        """Return those of `words` that are no typing errors, as far as texts tell."""
        return self.frequencies(words).keys()

    def text_of(self, key):
        """Return a text that was found, for looking up how it spells words."""
        raise NotImplementedError

    def find(self, question, narrowing, *, at):
        """Return the `Matches` for `question`; see `portal.site_search.Source`."""
        wanted = Wanted.of(question)
        known = self.known({s for word in wanted.words for s in _spellings(word)})
        unknown = [
            place
            for place, word in enumerate(wanted.words)
            if _is_letters(word) and known.isdisjoint(_spellings(word))
        ]
        if not unknown and (found := self.search(wanted, narrowing, at)):
            return Matches(found, len(found))
        return (
            self._corrected(wanted, unknown, narrowing, at)
            or self._most(wanted, unknown, narrowing, at)
            or Matches(nearest=self._nearest(wanted, unknown, narrowing, at))
        )

    def _corrected(self, wanted, unknown, narrowing, at):
        """Return what is found with a typing error forgiven, or None.

        Each of the words that no text holds may be mistyped, though not most of them.
        """
        slots = [unknown] if 2 * len(unknown) <= len(wanted.words) + 1 else []
        if not unknown:
            slots = [[place] for place in range(len(wanted.words)) if self.doubts_words]
        for places in slots[:_MOST_SLOTS]:
            words = list(wanted.words)
            others = wanted.without(places)
            for place in places:
                words[place] = self._meant(words[place], others, at)
                if words[place] is None:
                    break
                others = replace(others, words=(*others.words, words[place]))
            else:
                found = self.search(wanted.corrected(words), narrowing, at)
                if found:
                    return Matches(
                        [replace(match, tier=Tier.MISTYPED) for match in found],
                        len(found),
                        corrected=self._spelled(words, found[0].key),
                    )
        return None

    def _meant(self, typed, others, at):
        """Return the word that `typed` most likely stands for beside `others`, or None."""
        candidates = self._candidates(typed)
        for _, likely in groupby(candidates, key=lambda word: likeliness(typed, word)):
            joint = self._joint(list(likely), others, at)
            best = max(joint, key=joint.get)
            if joint[best]:
                return best
        return None

    def _candidates(self, typed):
        """Return the words that `typed` may stand for, the likeliest and commonest first."""
        if len(typed) < SHORTEST or not _is_letters(typed):
            return []
        known = self.frequencies(neighbours(typed))
        likely = sorted(
            known, key=lambda word: (likeliness(typed, word), -known[word], word)
        )
        return likely[:_CANDIDATES]

    def _joint(self, candidates, others, at):
        """Return {candidate: number of texts, up to a few, that also hold all `others`}."""
        sql, params = others.query()
        beside = f" && {sql}" if others.words else ""
        return dict(
            fetched(
                f"""
                /* text_search.joint */
                SELECT candidate, (
                    SELECT count(*) FROM (
                        SELECT 1 FROM {self.table}
                        WHERE words @@ (plainto_tsquery('public.vi', candidate){beside})
                        AND {self.readable}
                        LIMIT {_JOINT}
                    ) AS held
                )
                FROM unnest(%s::text[]) AS candidate
                """,  # noqa: S608 — names of columns and placeholders
                [*(params if others.words else []), *self._moments(at), candidates],
            )
        )

    def _moments(self, at):
        return [at] * self.readable.count("%s")

    def _most(self, wanted, unknown, narrowing, at):
        """Return what holds all words but one, or None."""
        words = wanted.without(unknown).words
        if len(wanted.words) < 3 or len(unknown) > 1 or wanted.phrases:
            return None
        found = self.search(Wanted(words, most=not unknown), narrowing, at)
        matches = [replace(match, tier=Tier.SOME_WORDS) for match in found]
        return Matches(matches, len(found)) if found else None

    def _nearest(self, wanted, unknown, narrowing, at):
        """Return words that readers can find, near to those that no text holds."""
        near = []
        for typed in [wanted.words[place] for place in unknown][:_NEAREST]:
            for word in self._candidates(typed)[:_NEAREST]:
                if found := self.search(Wanted((word,)), narrowing, at):
                    near += self._spelled([word], found[0].key)
        return tuple(dict.fromkeys(near))

    def _spelled(self, words, key):
        """Return `words` as the text `key` writes them, with accents."""
        written = _WORD.findall(nfc(self.text_of(key)).lower())
        folded = list(map(same_word, written))
        asked = [same_word(word) for word in words]
        ways = {word: Counter() for word in asked}
        for at, word in enumerate(folded):
            if word in ways:
                # A word beside another one of the question is the word that is meant.
                beside = set(folded[max(0, at - 1) : at + 2]) & (ways.keys() - {word})
                ways[word][written[at]] += 1 + 100 * len(beside)
        return tuple(
            ways[same].most_common(1)[0][0] if ways[same] else word
            for same, word in zip(asked, words, strict=True)
        )


class FewTexts(Texts):
    """Texts of a table with a title, so few that every hit can be ranked.

    `day` is SQL of the day that their years are taken from.
    """

    day = "NULL::date"

    def vocabulary(self):
        """Return {word: number} of the texts that readers see; kept by the subclass."""
        raise NotImplementedError

    def readable_among(self, keys, at):
        """Return those of `keys` whose texts readers see at the moment `at`."""
        raise NotImplementedError

    def frequencies(self, words):
        known = self.vocabulary()
        return {word: known[word] for word in words if word in known}

    def search(self, wanted, narrowing, at):
        if narrowing.section:
            return []
        asked = [wanted.query(), wanted.phrase_query()]
        query, values = _joined(" && ", [part for part in asked if part])
        exact, exact_values = wanted.exact_condition()
        year = narrowing.year or 0
        rows = fetched(
            f"""
            /* text_search.search */
            SELECT id, title, {self.day}, {exact}, ts_rank_cd(words, {query})
            FROM {self.table}
            WHERE words @@ {query} AND (%s = 0 OR extract(year FROM {self.day}) = %s)
            ORDER BY id DESC LIMIT {_FEW}
            """,  # noqa: S608 — names of columns and placeholders
            [*exact_values, *values, *values, year, year],
        )
        readable = self.readable_among([row[0] for row in rows], at)
        matches = [self._match(wanted, *row) for row in rows if row[0] in readable]
        matches.sort(key=lambda match: (match.tier, match.rank))
        return matches[: MOST + 1]

    def _match(self, wanted, key, title, day, is_exact, rank):
        tier, apart, is_unaccented = standing(title, wanted)
        if tier == Tier.ANYWHERE:
            apart, is_unaccented = closeness(rank), not is_exact
        newest = -day.toordinal() if day else 0
        return Match(self.kind, key, tier, (is_unaccented, apart, newest, key), day)


def _is_letters(word):
    return word.isascii() and word.isalpha()


# --- How a hit is shown -----------------------------------------------------------------


class _Marker:
    """Tells which words of some texts are those that a question asks for.

    A word that was typed with accents means only itself where the texts have it so. A word
    that the texts do not hold means those that it is mistyped for.
    """

    def __init__(self, question, texts):
        self.texts = [nfc(text) for text in texts if text]
        written = {word for text in self.texts for word in _WORD.findall(text)}
        folded = dict(zip(written, map(same_word, written), strict=True))
        held = set(folded.values())
        words = set(map(same_word, question.words))
        for word in words - held:
            if len(word) >= SHORTEST:
                words |= _likeliest(word, held)
        asked = {word: same for word, same in folded.items() if same in words}
        small = {word.lower() for word in asked}
        as_typed = {
            same_word(word): word
            for word in question.accented
            if not word.isascii() and word in small
        }
        self._asked = {
            word: same
            for word, same in asked.items()
            if as_typed.get(same, word.lower()) == word.lower()
        }

    def pieces(self, text):
        return highlighted(text, self._asked, fold=str)

    def hits(self, text):
        """Return [(where it begins, where it ends, word)] of the words asked for in `text`."""
        return [
            (*match.span(), self._asked[match[0]])
            for match in _WORD.finditer(text)
            if match[0] in self._asked
        ]


def _likeliest(typed, held):
    meant = [word for word in held if is_one_typo(typed, word)]
    best = min((likeliness(typed, word) for word in meant), default=None)
    return {word for word in meant if likeliness(typed, word) == best}


def marked(title, texts, question):
    """Return pieces of `title` and of an excerpt of `texts` (`highlighted`), hits marked.

    The excerpt is that part, of at most 220 characters, in which most words of `question`
    stand together; of equal ones the first. Without any of the words it is the beginning.
    """
    marker = _Marker(question, [title, *texts])
    best, chosen = (0, 0, 0), ("".join(marker.texts[1:2]), 0)
    for text in marker.texts[1:]:
        hits = marker.hits(text)
        for at, (start, _, _) in enumerate(hits):
            near = [each for each in hits[at : at + 30] if each[0] < start + _EXCERPT // 2]
            joined = sum(after[0] - before[1] == 1 for before, after in pairwise(near))
            score = len({word for _, _, word in near}), joined, len(near)
            if score > best:
                best, chosen = score, (text, start)
    return marker.pieces(marker.texts[0]), marker.pieces(_cut(*chosen))


def _cut(text, start):
    """Return the part of `text` around `start`, from word to word, with "…" where it is cut."""
    first = max(0, start - _EXCERPT // 4)
    if first:
        line = text.rfind("\n", first, start)
        blank = text.find(" ", first)
        first = line + 1 if line >= 0 else blank + 1 if 0 <= blank < start else start
    part = text[first : first + _EXCERPT]
    rest = first + _EXCERPT < len(text)
    if rest and (blank := part.rfind(" ")) > _EXCERPT // 2:
        part = part[:blank]
    line = " ".join(part.split())
    return f"{'… ' if first else ''}{line}{' …' if rest else ''}"
