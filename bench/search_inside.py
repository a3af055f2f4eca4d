"""Fills a site with articles of likely words, and searches it; run by `Site.inside`."""

import io
import re
from random import Random
from time import perf_counter

from bench.inside import (
    SENTENCE,
    ask_for_nothing,
    copies,
    database_milliseconds,
    main,
    median_milliseconds,
    spread,
)

KINDS = 25  # questions of each kind
QUIETEST_OF = 5  # turns: other work on the machine can only add to one
SENTENCES = 6_000
RARE = 3_000
_COMMON = ("xã", "thông báo", "thôn", "thủ tục hành chính", "hồ sơ", "ủy ban nhân dân")
_NOTHING = ("zzqqx", "blockchain metaverse", "qwrtp xã", "xyzzy", "wwwww qqqqq", "jjjjjj")


class _Writer:
    """Writes titles and texts in which word follows word as in the texts of the demo."""

    def __init__(self):
        from articles.models import Article, Page
        from procedures.models import Procedure

        self.chance = Random(6)
        texts = [Procedure.objects.values_list("name")]
        texts += [
            each.objects.values_list("title", "body_text") for each in (Article, Page)
        ]
        self._next = {}
        for line in (line for rows in texts for row in rows for line in row):
            words = re.findall(r"\w+", line)
            for word, following in zip([None, *words], words, strict=False):
                self._next.setdefault(word, []).append(following)
        self._words = [word for words in self._next.values() for word in words]
        self._sentences = [self.line(8, 24) + "." for _ in range(SENTENCES)]
        self.rare = [self._rare() for _ in range(RARE)]

    def line(self, least, most):
        """Return a line of some words."""
        words = [self.chance.choice(self._next[None])]
        for _ in range(self.chance.randint(least, most)):
            known = self._next.get(words[-1], ()) if self.chance.random() < 0.85 else ()
            words.append(self.chance.choice(known or self._words))
        return " ".join(words)

    def body(self):
        """Return some 400 words, two of them seldom."""
        lines = self.chance.choices(self._sentences, k=self.chance.randint(10, 40))
        return " ".join([*lines, *self.chance.choices(self.rare, k=2)])

    def _rare(self):
        first = ("ngh", "tr", "kh", "l", "m", "b", "th", "q")
        last = ("uôn", "iêng", "ăm", "ướt", "ẫm", "oằn")
        return "".join(self.chance.choice(part) for part in (first, last, first, last))


def _fill(writer, articles):
    """Let the site have so many articles of the last ten years."""
    from django.db import connection

    from articles.models import Article, Category

    article = Article.objects.published().newest().last()
    have = Article.objects.count()
    rows = io.StringIO()
    for n in range(have, articles):
        line = writer.line(6, 15), writer.line(10, 30), writer.body()
        rows.write("\t".join([str(n), *line]) + "\n")
    rows.seek(0)
    keys = ", ".join(str(key) for key in Category.objects.values_list("pk", flat=True))
    text = "(SELECT {} FROM bench_text WHERE bench_text.n = n.n)".format
    with connection.cursor() as cursor:
        cursor.execute(
            """
            /* bench.search_inside */
            CREATE TEMPORARY TABLE bench_text (n int PRIMARY KEY, title text, lead text, body text);
            ALTER TABLE articles_article DISABLE TRIGGER articles_article_keeps_words
            """
        )
        cursor.copy_expert("/* bench.search_inside */ COPY bench_text FROM STDIN", rows)
        copies(
            Article,
            article.pk,
            first=have,
            last=articles - 1,
            id="1000000 + n",
            slug="'bai-so-' || n",
            title=text("title"),
            lead=text("lead"),
            body=text("body"),
            body_text=text("body"),
            published_at="now() - mod(n * 7919::bigint, 100003) * interval '52 minutes 7 seconds'",
            category_id=f"(ARRAY[{keys}])[1 + mod(n, cardinality(ARRAY[{keys}]))]",
        )
        cursor.execute(
            """
            /* bench.search_inside */
            ALTER TABLE articles_article ENABLE TRIGGER articles_article_keeps_words;
            SELECT articles_write_all_words()
            """
        )
        # As autovacuum does soon after so many rows.
        for table in ("articles_article", "articles_articlewords", "articles_word"):
            cursor.execute(f"/* bench.search_inside */ VACUUM (ANALYZE) {table}")


def _questions(writer):
    """Return {kind: [(question, narrowing)]} about things that titles and texts hold."""
    from articles.models import Article, Category
    from portal.site_search import Narrowing
    from portal.text import fold

    chance = writer.chance
    keys = list(Article.objects.values_list("pk", flat=True).order_by("pk"))
    titles = dict(Article.objects.values_list("pk", "title").filter(pk__in=keys[-5_000:]))
    slugs = list(Category.objects.values_list("slug", flat=True))

    def words():
        title = titles[chance.choice(keys[-5_000:])].lower().split()
        first = chance.randrange(max(1, len(title) - 3))
        return " ".join(title[first : first + chance.randint(2, 4)])

    def mistyped():
        typed = words().split()
        at = max(range(len(typed)), key=lambda at: len(typed[at]))
        word = fold(typed[at])
        typed[at] = word[:-2] + word[-1] + word[-2]
        return fold(" ".join(typed))

    none = Narrowing()
    kinds = {
        "with accents": lambda: (words(), none),
        "without accents": lambda: (fold(words()), none),
        "a typing error": lambda: (mistyped(), none),
        "a phrase in quotes": lambda: (f'"{words()}"', none),
        "a rare word": lambda: (chance.choice(writer.rare), none),
        "very common words": lambda: (chance.choice(_COMMON), none),
        "in a section": lambda: (words(), Narrowing(section=chance.choice(slugs))),
        "in a year": lambda: (words(), Narrowing(year=2018 + chance.randrange(7))),
        "nothing to find": lambda: (chance.choice(_NOTHING), none),
    }
    return {name: [make() for _ in range(KINDS)] for name, make in kinds.items()}


def _measured(articles):
    from django.db import connection
    from django.utils import timezone

    from portal import site_search
    from portal.search_question import parse

    writer = _Writer()
    _fill(writer, articles)
    kinds = _questions(writer)

    def quietest(function, *arguments):
        return min(function(*arguments) for _ in range(QUIETEST_OF))

    def milliseconds(text, narrowing):
        start = perf_counter()
        question = parse(text)
        found = site_search.search(question, narrowing, at=timezone.now())
        site_search.show(found.matches[:10], question)
        duration = 1000 * (perf_counter() - start)
        unasked.extend(found.silent)
        return duration

    def suggesting(text):
        start = perf_counter()
        site_search.suggestions(parse(text), 8)
        return 1000 * (perf_counter() - start)

    unasked = []
    for questions in kinds.values():
        milliseconds(*questions[0])
    unasked.clear()  # first answers also read what is then kept in memory
    durations = {
        name: [quietest(milliseconds, *each) for each in questions]
        for name, questions in kinds.items()
    }
    if unasked:
        raise RuntimeError(f"Not answered within the time of a search: {unasked}")
    begun = [text[: 2 + n % 9] for n, (text, _) in enumerate(kinds["with accents"])]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            /* bench.search_inside */
            SELECT pg_total_relation_size('articles_articlewords') / 1e6,
                pg_total_relation_size('articles_word') / 1e3
            """
        )
        words, vocabulary = map(float, cursor.fetchone())
    return {
        "all": spread([each for kind in durations.values() for each in kind]),
        "kinds": {name: spread(each) for name, each in durations.items()},
        "nothing": spread(
            [quietest(database_milliseconds, ask_for_nothing) for _ in begun]
        )[1],
        "suggest": spread([quietest(suggesting, text) for text in begun])[1],
        "words": words,
        "vocabulary": vocabulary,
    }


def search_1_000():
    """Return what searching a thousand articles costs."""
    return _measured(1_000)


def search_10_000():
    """Return what searching ten thousand articles costs."""
    return _measured(10_000)


def search_100_000():
    """Return what searching 100,000 articles costs."""
    return _measured(100_000)


def publishing():
    """Return milliseconds of storing another text of a published article, words kept or not."""
    from django.db import connection

    from articles.models import Article

    article = Article.objects.published().newest().first()
    paragraph = SENTENCE * 4

    def store():
        article.body_text = (
            f"{paragraph * (50_000 // len(paragraph.encode()))} {perf_counter()}"
        )
        article.save()

    found = {"kept": median_milliseconds(store)}
    with connection.cursor() as cursor:
        cursor.execute(
            "/* bench.search_inside */ "
            "ALTER TABLE articles_article DISABLE TRIGGER articles_article_keeps_words"
        )
    return found | {"plain": median_milliseconds(store)}


if __name__ == "__main__":
    main(search_1_000, search_10_000, search_100_000, publishing)
