"""News and standing pages in the search of the site."""

from itertools import islice

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Left
from django.utils import timezone

from articles.models import Article, Page, category_tree, next_moment
from portal.content_version import cached
from portal.site_search import MOST, Match, Result, Source, Suggestion, Tier
from portal.text_search import (
    READ,
    FewTexts,
    Texts,
    Wanted,
    begins,
    closeness,
    counted,
    fetched,
    marked,
    standing,
)

__all__ = ["NEWS", "PAGES"]

_TITLES, _RANKED = 300, 200  # newest hits that are ranked: in titles, and anywhere
# A word that stands in more articles is first looked for in so many quarters of a year.
_LATELY = ((30_000, 2), (5_000, 6))
_PHRASED = 3_000  # newest articles with the words in which their order is looked at
_BEHIND = (2, 0)  # in the rank of what is found beyond those: by day alone


class _News(Texts):
    kind = "tin-bai"
    table = "articles_articlewords"
    readable = "published_at <= %s AND (expires_at IS NULL OR expires_at > %s)"
    doubts_words = True

    def frequencies(self, words):
        with connection.cursor() as cursor:
            cursor.execute(
                "/* articles.search.frequencies */ "
                "SELECT text, articles FROM articles_word WHERE text = ANY (%s)",
                [list(words)],
            )
            return dict(cursor.fetchall())

    def text_of(self, key):
        texts = Article.objects.values_list("title", "lead", Left("body_text", Value(READ)))
        return "\n".join(texts.get(pk=key))

    def search(self, wanted, narrowing, at):
        marks = _marks(narrowing)
        if marks is None:
            return []
        found = self._hits(wanted, marks, at)
        titled = found["title"] | found["exact title"]
        ranked = dict(islice(found["words"].items(), _RANKED)) | found["exact"]
        texts = [key for key in ranked if key not in titled]
        matches = []
        for key, title, rank, is_exact in self._details(list(titled), texts, wanted):
            if title is None:
                place = Tier.ANYWHERE, closeness(rank), not is_exact
            else:
                place = standing(title, wanted)
            tier, apart, is_unaccented = place
            age = titled.get(key) or ranked[key]
            matches.append(Match(self.kind, key, tier, (is_unaccented, apart, age, -key)))
        matches.sort(key=lambda match: (match.tier, match.rank))
        known = titled.keys() | ranked.keys()
        behind = (
            Match(self.kind, key, Tier.ANYWHERE, (*_BEHIND, age, -key))
            for key, age in found["words"].items()
            if key not in known
        )
        return [*matches, *behind][: MOST + 1]

    def _hits(self, wanted, marks, at):
        """Return {list: {key: age}} of the newest hits, in titles and anywhere."""
        names = ("words", "title", "exact", "exact title")
        lists = [("words", "words", wanted.query(), MOST + 1)]
        lists.append(("title", "title_words", wanted.query(), _TITLES))
        if wanted.accented:
            lists.append(("exact title", "title_words", wanted.exact_query(), _TITLES))
        if wanted.accented and not wanted.phrase_query():
            lists.append(("exact", "words", wanted.exact_query(), _RANKED))
        found = {}
        for within in self._stretches(wanted, marks, at):
            found = {name: {} for name in names}
            looked_at = 0
            for name, key, age, number in self._newest_of(lists, wanted, within, at):
                found[name][key] = age
                looked_at = max(looked_at, number)
            if len(found["words"]) > MOST or looked_at == _PHRASED:
                break
        return found

    def _stretches(self, wanted, marks, at):
        """Yield the marks to search within: for common words a short time first, in the end all."""
        if not wanted.most and not any("#" in mark for mark in marks):
            known = self.frequencies(wanted.words)
            often = min(known.get(word, 0) for word in wanted.words)
            lately = [quarters for least, quarters in _LATELY if often > least]
            if newest := lately and _latest():
                yield from ([*marks, _quarters(newest, quarters)] for quarters in lately)
        yield marks

    def _newest_of(self, lists, wanted, marks, at):
        """Return (list, key, age, number) of the newest articles in each list; one statement.

        An age is the seconds since 1970, negative: the lesser is the newer. The number is how
        many texts were looked at for a phrase.
        """
        parts, params = [], []
        phrases = wanted.phrase_query()
        for name, column, (query, values), limit in lists:
            within = "".join(f" && $${mark}$$::tsquery" for mark in marks)
            select = f"""
                SELECT article_id, published_at, {column if phrases else "NULL"} AS held
                FROM {self.table}
                WHERE {column} @@ ({query}{within}) AND {self.readable}
                ORDER BY published_at DESC, article_id DESC
            """  # noqa: S608 — names of columns, numbers and placeholders
            params += [*values, *self._moments(at)]
            if phrases:
                # Only a look at the text itself tells what stands side by side.
                select = f"""
                    SELECT * FROM (
                        SELECT *, count(*) OVER () AS number
                        FROM ({select} LIMIT {_PHRASED}) AS newest
                    ) AS newest
                    WHERE held @@ {phrases[0]}
                """  # noqa: S608 — as above
                params += phrases[1]
            parts.append(
                f"""
                (SELECT '{name}', article_id, -extract(epoch FROM published_at)::float8,
                    {"number" if phrases else 0}
                FROM ({select} LIMIT {limit}) AS newest)
                """  # noqa: S608 — as above
            )
        return fetched("/* articles.search.newest */ " + " UNION ALL ".join(parts), params)

    @staticmethod
    def _details(titled, texts, wanted):
        """Return (key, title, rank, whether accents are as typed); titles or the rest are None."""
        query, values = wanted.query()
        exact, exact_values = wanted.exact_condition()
        return fetched(
            f"""
            /* articles.search.details */
            SELECT id, title, NULL, NULL FROM articles_article WHERE id = ANY (%s)
            UNION ALL
            SELECT article_id, NULL, ts_rank_cd(words, {query}), {exact}
            FROM articles_articlewords WHERE article_id = ANY (%s)
            """,  # noqa: S608 — placeholders
            [titled, *values, *exact_values, texts],
        )

    def show(self, keys, question):
        articles = (
            Article.objects.published()
            .filter(pk__in=keys)
            .only("title", "slug", "lead", "published_at", "category_id")
            .annotate(beginning=Left("body_text", Value(READ)))
        )
        categories = category_tree()
        return {
            article.pk: self._result(article, categories, question) for article in articles
        }

    @staticmethod
    def _result(article, categories, question):
        article.category = categories.get(article.category_id)
        title, excerpt = marked(article.title, [article.lead, article.beginning], question)
        return Result(
            title_pieces=title,
            excerpt_pieces=excerpt,
            url=article.get_absolute_url(),
            label=article.category.name,
            date_text=f"{timezone.localtime(article.published_at):%d/%m/%Y}",
        )

    def suggest(self, question, limit):
        """Return the newest articles whose titles hold the words, the last one begun."""
        at = timezone.now()
        keys = self._begun(question.words, limit, at, is_whole=False)
        if len(keys) < limit:
            keys = self._begun(question.words, limit, at, is_whole=True)
        articles = Article.objects.for_links().in_bulk(keys)
        return [
            Suggestion(article.title, article.get_absolute_url(), "Tin bài")
            for key in keys
            if (article := articles.get(key))
        ]

    def _begun(self, words, limit, at, *, is_whole):
        """Return the keys of the newest titles with `words`, the last of which may go on.

        Looked for in the last months, and with `is_whole` in all: many words begin with two
        letters, and asking the index for each of them takes long.
        """
        *whole, begun = words
        query, values = Wanted(tuple(whole)).query()
        within = []
        if whole:
            within.append(f"title_words @@ {query}")
        if not is_whole:
            if not (newest := _latest()):
                return []
            within.append(f"title_words @@ $${_quarters(newest, 2)}$$::tsquery")
        last = (
            "ts_match_vq(title_words, %s::tsquery)"
            if within
            else "title_words @@ %s::tsquery"
        )
        rows = fetched(
            f"""
            /* articles.search.begun */
            SELECT article_id FROM articles_articlewords
            WHERE {" AND ".join([*within, last])} AND {self.readable}
            ORDER BY published_at DESC, article_id DESC LIMIT %s
            """,  # noqa: S608 — names of columns and placeholders
            [*(values if whole else []), f"'{begun}':*", *self._moments(at), limit],
        )
        return [key for (key,) in rows]


def _marks(narrowing):
    """Return what `narrowing` adds to a query, as tsqueries; None when nothing can be found."""
    marks = []
    if narrowing.year:
        marks.append(f"'#{narrowing.year:04}'")
    if narrowing.section:
        tree = category_tree()
        keys = [
            key
            for category in tree
            if category.slug == narrowing.section
            for key in tree.branch(category.pk)
        ]
        if not keys:
            return None
        marks.append(" | ".join(f"'/{key}'" for key in keys))
    return marks


@cached(until=next_moment)
def _latest():
    """Return when the newest article that readers see appeared, or None."""
    published = Article.objects.published().newest()
    return published.values_list("published_at", flat=True).first()


def _quarters(last, number):
    """Return the marks of so many quarters of a year, of which `last` is in the last."""
    local = timezone.localtime(last)
    count = local.year * 4 + (local.month - 1) // 3
    return " | ".join(
        f"'#{n // 4:04}q{n % 4 + 1}'" for n in range(count - number + 1, count + 1)
    )


class _Pages(FewTexts):
    kind = "trang"
    table = "articles_page"

    def vocabulary(self):
        return _page_words()

    def known(self, words):
        # There are few pages: what the news know is no error because no page has it.
        return super().known(words) | _news.known(words)

    def readable_among(self, keys, at):
        return _readable_pages().keys() & keys

    def text_of(self, key):
        texts = Page.objects.values_list("title", Left("body_text", Value(READ)))
        return "\n".join(texts.get(pk=key))

    def show(self, keys, question):
        beginnings = dict(
            Page.objects.filter(pk__in=_readable_pages().keys() & set(keys)).values_list(
                "pk", Left("body_text", Value(READ))
            )
        )
        return {
            key: self._result(_readable_pages()[key], beginning, question)
            for key, beginning in beginnings.items()
        }

    @staticmethod
    def _result(page, beginning, question):
        title, excerpt = marked(page.title, [beginning], question)
        return Result(title, page.get_absolute_url(), excerpt)

    def suggest(self, question, limit):
        """Return the pages whose titles hold the words, the last one begun."""
        found = (
            Suggestion(page.title, page.get_absolute_url(), "Trang giới thiệu")
            for page in _readable_pages().values()
            if begins(page.title, question)
        )
        return list(islice(found, limit))


@cached
def _readable_pages():
    """Return {key: page} of the pages that readers see, without their texts, as the tree has them."""
    # From the root downwards: what lies below a hidden page is not reached.
    return {
        page.pk: page for page in Page.objects.shown().defer("body", "body_text").tree()
    }


@cached
def _page_words():
    keys = ", ".join(map(str, [0, *_readable_pages()]))
    return counted(f"SELECT words FROM articles_page WHERE id IN ({keys})")  # noqa: S608


_news, _pages = _News(), _Pages()
NEWS = Source(_news.kind, "Tin bài", 60, _news.find, _news.show, _news.suggest)
PAGES = Source(
    _pages.kind, "Trang giới thiệu", 50, _pages.find, _pages.show, _pages.suggest
)
