"""How many articles each month has, and long lists that start anywhere equally fast.

One count of the published articles by month and category, kept per content version, tells
the archive its months, a list its number of pages, and a late page of a list where to begin:
in its own month, instead of behind everything newer.
"""

from copy import copy
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from articles.models import Article, Category, category_tree, next_moment
from portal.content_version import cached

__all__ = ["Calendar", "Listing", "Month", "calendar", "filled_categories"]


class Month(NamedTuple):
    """A month as readers in Viet Nam have it."""

    year: int
    number: int

    @classmethod
    def of(cls, moment):
        local = timezone.localtime(moment)
        return cls(local.year, local.month)

    @property
    def following(self):
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def begins_at(self):
        return datetime(self.year, self.number, 1, tzinfo=timezone.get_default_timezone())

    @property
    def ends_at(self):
        """The first moment that no longer belongs to it."""
        return self.following.begins_at


class Calendar:
    """The numbers of published articles; `counts` is {month: {category key: number}}."""

    def __init__(self, counts):
        self._counts = dict(sorted(counts.items(), reverse=True))

    def months(self, categories=None):
        """Return {month: number of articles}, the newest first, without empty months.

        `categories` are keys; None means all.
        """
        sums = {
            month: sum(
                numbers.values()
                if categories is None
                else (numbers.get(key, 0) for key in categories)
            )
            for month, numbers in self._counts.items()
        }
        return {month: number for month, number in sums.items() if number}


@cached(until=next_moment)
def calendar():
    """Return the `Calendar` of what readers see now."""
    published = Article.objects.published()
    span = published.aggregate(first=Min("published_at"), last=Max("published_at"))
    if span["first"] is None:
        return Calendar({})
    months = [Month.of(span["first"])]
    while months[-1] < Month.of(span["last"]):
        months.append(months[-1].following)
    counts = {month: {} for month in months}
    for position, category, number in _counts_between(
        [month.begins_at for month in [*months, months[-1].following]],
        published.values("category_id", "published_at"),
    ):
        counts[months[position - 1]][category] = number
    return Calendar(counts)


@cached(until=next_moment)
def filled_categories():
    """Return the categories that readers reach and that have articles, in themselves or below."""
    tree = category_tree()
    return tuple(
        category
        for category in tree
        if all(node.is_shown for node in tree.line(category.pk))
        and calendar().months(tree.branch(category.pk))
    )


def _counts_between(bounds, articles):
    """Yield (position of the bound before them, category key, number of articles).

    A count for each stretch of an index costs a quarter of grouping by a computed month.
    """
    sql, params = articles.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            /* archive.calendar */
            SELECT stretch.position, category.id, counted.number
            FROM unnest(%s::timestamptz[], %s::timestamptz[])
                 WITH ORDINALITY AS stretch (first, beyond, position)
            CROSS JOIN {connection.ops.quote_name(Category._meta.db_table)} AS category
            CROSS JOIN LATERAL (
                SELECT count(*) AS number
                FROM ({sql}) AS article
                WHERE article.category_id = category.id
                AND article.published_at >= stretch.first
                AND article.published_at < stretch.beyond
            ) AS counted
            WHERE counted.number > 0
            """,  # noqa: S608 — Django wrote what is put in
            [bounds[:-1], bounds[1:], *params],
        )
        yield from cursor.fetchall()


class Listing:
    """Published articles, the newest first, in the shape that a `Paginator` takes.

    `categories` are keys; None means all. `months` is {month: number of articles}.
    """

    def __init__(self, categories=None):
        self._categories = categories
        self.months = calendar().months(categories)

    def within(self, year, month=None):
        """Return the part of this list that was published in a year, or in a month of it."""
        part = copy(self)
        part.months = {
            each: number
            for each, number in self.months.items()
            if each.year == year and month in (None, each.number)
        }
        return part

    def count(self):
        return sum(self.months.values())

    def __getitem__(self, cut):
        """Return the articles from `cut.start` up to `cut.stop` as a list; one query."""
        newer, first = 0, None
        for month, number in self.months.items():
            if newer + number > cut.start:
                first = month
                break
            newer += number
        if first is None:
            return []
        articles = Article.objects.published().filter(
            published_at__lt=first.ends_at, published_at__gte=min(self.months).begins_at
        )
        if self._categories is not None:
            articles = articles.filter(category__in=self._categories)
        # The keys alone come from an index, so what is passed over costs no reading of rows.
        keys = articles.newest().values("pk")[cut.start - newer : cut.stop - newer]
        return list(Article.objects.filter(pk__in=keys).for_list().newest())
