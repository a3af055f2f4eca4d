"""News and standing pages in the search of the site."""

from itertools import islice

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Left
from django.utils import timezone

from articles.models import Article, Page, category_tree
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
# Words that stand in more articles than this are looked for in the last year first.
_OFTEN = 5_000
# Newest articles with the words in which their order is looked at: in the last year, in all.
_PHRASED_LATELY, _PHRASED = 2_000, 10_000
_ZONE = timezone.get_default_timezone()
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
        if not found["words"]:
            return []
        titled = found["title"] | found["exact title"]
        ranked = dict(list(found["words"].items())[:_RANKED]) | found["exact"]
        texts = [key for key in ranked if key not in titled]
        titles, ranks = self._details(list(titled), texts, wanted)
        exact = found["exact"] if wanted.accented else ranked
        matches = [
            self._match(key, titled[key], *standing(title, wanted))
            for key, title in titles.items()
        ]
        matches += [
            self._match(key, ranked[key], Tier.ANYWHERE, rank, key not in exact)
            for key, rank in ranks.items()
        ]
        matches.sort(key=lambda match: (match.tier, match.rank))
        known = titles.keys() | ranks.keys()
        behind = (
            Match(self.kind, key, Tier.ANYWHERE, (*_BEHIND, *_newest(key, day)), _day(day))
            for key, day in found["words"].items()
            if key not in known
        )
        return [*matches, *behind][: MOST + 1]

    def _match(self, key, moment, tier, apart, is_unaccented):
        rank = (int(is_unaccented), int(apart), *_newest(key, moment))
        return Match(self.kind, key, tier, rank, _day(moment))

    def _hits(self, wanted, marks, at):
        """Return {list: {key: moment}} of the newest hits, in titles and anywhere."""
        lists = [("words", "words", wanted.query(), MOST + 1)]
        lists.append(("title", "title_words", wanted.query(), _TITLES))
        if wanted.accented:
            lists.append(("exact", "words", wanted.exact_query(), _RANKED))
            lists.append(("exact title", "title_words", wanted.exact_query(), _TITLES))
        found = {}
        for within, looked_at in self._stretches(wanted, marks, at):
            found = {name: {} for name in ("words", "title", "exact", "exact title")}
            for name, key, moment in self._newest_of(lists, wanted, within, looked_at, at):
                found[name][key] = moment
            if len(found["words"]) > MOST:
                break
        return found

    def _stretches(self, wanted, marks, at):
        """Yield (marks to search within, how many texts are read for a phrase).

        First those of the last year, where the words stand in so many that it may be enough.
        """
        if not wanted.most and not any("#" in mark for mark in marks):
            known = self.frequencies(wanted.words)
            if min(known.get(word, 0) for word in wanted.words) > _OFTEN and (
                newest := _latest(at)
            ):
                yield [*marks, _quarters(newest, 4)], _PHRASED_LATELY
        yield marks, _PHRASED

    def _newest_of(self, lists, wanted, marks, looked_at, at):
        """Yield (list, key, moment) of the newest articles in each of `lists`; one statement."""
        parts, params = [], []
        phrases = wanted.phrase_query()
        for name, column, (query, values), limit in lists:
            within = "".join(f" && $${mark}$$::tsquery" for mark in marks)
            select = f"""
                SELECT article_id, published_at, {column} FROM {self.table}
                WHERE {column} @@ ({query}{within}) AND {self.readable}
                ORDER BY published_at DESC, article_id DESC
            """  # noqa: S608 — names of columns, numbers and placeholders
            params += [*values, *self._moments(at)]
            if phrases:
                # Only a look at the text itself tells what stands side by side.
                select = f"""
                    SELECT * FROM ({select} LIMIT {looked_at}) AS held
                    WHERE {column} @@ {phrases[0]}
                """  # noqa: S608 — as above
                params += phrases[1]
            parts.append(
                f"(SELECT '{name}', article_id, published_at FROM ({select} LIMIT {limit}) "  # noqa: S608
                "AS newest)"
            )
        return fetched("/* articles.search.newest */ " + " UNION ALL ".join(parts), params)

    @staticmethod
    def _details(titled, texts, wanted):
        """Return {key: title} and {key: closeness of the words}; one statement."""
        query, values = wanted.query()
        rows = fetched(
            f"""
            /* articles.search.details */
            SELECT id, title, NULL FROM articles_article WHERE id = ANY (%s)
            UNION ALL
            SELECT article_id, NULL, ts_rank_cd(words, {query}) FROM articles_articlewords
            WHERE article_id = ANY (%s)
            """,  # noqa: S608 — placeholders
            [titled, *values, texts],
        )
        titles = {key: title for key, title, _ in rows if title is not None}
        return titles, {key: closeness(rank) for key, title, rank in rows if title is None}

    def show(self, keys, question):
        articles = (
            Article.objects.published()
            .filter(pk__in=keys)
            .for_list()
            .annotate(beginning=Left("body_text", Value(READ)))
        )
        return {article.pk: self._result(article, question) for article in articles}

    @staticmethod
    def _result(article, question):
        title, excerpt = marked(article.title, [article.lead, article.beginning], question)
        return Result(
            title_pieces=title,
            excerpt_pieces=excerpt,
            url=article.get_absolute_url(),
            label=article.category.name,
            date_text=f"{_day(article.published_at):%d/%m/%Y}",
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
        newest = (
            Article.objects.published(at).newest().values_list("published_at", flat=True)
        )
        within = []
        if whole:
            within.append(f"title_words @@ {query}")
        if not is_whole:
            if not (newest := _latest(at)):
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


def _latest(at):
    """Return when the newest article that readers see appeared, or None."""
    published = Article.objects.published(at).newest()
    return published.values_list("published_at", flat=True).first()


def _quarters(last, number):
    """Return the marks of so many quarters of a year, of which `last` is in the last."""
    local = timezone.localtime(last)
    count = local.year * 4 + (local.month - 1) // 3
    return " | ".join(
        f"'#{n // 4:04}q{n % 4 + 1}'" for n in range(count - number + 1, count + 1)
    )


def _newest(key, moment):
    return -moment.timestamp(), -key


def _day(moment):
    # A thousand times a search: `localdate` would look up the zone each time.
    return moment.astimezone(_ZONE).date()


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
