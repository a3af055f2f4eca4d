"""What only a process of the site itself can do or measure; run by `Site.inside`.

`python -m bench.inside NAME` prints what the function NAME returns, as JSON.
"""

import json
import os
import resource
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import django

TURNS = 15
ARTICLES = 100_000
DOSSIERS = 50_000
SENTENCE = "Bà con đến trụ sở Ủy ban nhân dân xã, mang theo giấy tờ tùy thân. "


def fill():
    """Add `ARTICLES` published articles of the last ten years; return lists of them.

    They are copies of one article of the demo with a tenth in each of ten categories, of
    which the first holds the next four. The lists are {name: [address, its last page]}.
    """
    from django.db import connection, transaction

    from articles.archive import Listing
    from articles.models import Article, Category, Edition, category_tree

    with transaction.atomic():
        roots = [
            Category.objects.create(name=f"Mục {n}", slug=f"muc-{n}") for n in range(6)
        ]
        below = [
            Category.objects.create(
                name=f"Mục con {n}", slug=f"muc-con-{n}", parent=roots[0]
            )
            for n in range(4)
        ]
        keys = ", ".join(str(category.pk) for category in [*roots, *below])
        article = Article.objects.published().newest().first()
        _copy(
            Article,
            article.pk,
            id="1000000 + n",
            slug="'bai-so-' || n",
            title="'Bài số ' || n",
            published_at="now() - n * interval '52 minutes 7 seconds'",
            approved_at="now()",
            category_id=f"(ARRAY[{keys}])[1 + mod(n, 10)]",
            head_id="1000000 + n",
            approved_id="1000000 + n",
        )
        _copy(Edition, article.approved_id, id="1000000 + n", article_id="1000000 + n")
    with connection.cursor() as cursor:
        # As autovacuum does soon after so many rows.
        cursor.execute("/* bench.inside */ VACUUM (ANALYZE) articles_article")
    branch = category_tree().branch(roots[0].pk)
    lists = {
        "all news": ("/tin-tuc/", Listing()),
        "a category with four below": (roots[0].get_absolute_url(), Listing(branch)),
        "one category": (roots[1].get_absolute_url(), Listing([roots[1].pk])),
    }
    return {name: (address, listing.count()) for name, (address, listing) in lists.items()}


def _copy(model, pk, **columns):
    """Insert `ARTICLES` copies of a row; `columns` are SQL in which n counts them."""
    from django.db import connection

    names = [field.column for field in model._meta.concrete_fields if not field.generated]
    values = [columns.get(name, f"pattern.{name}") for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            /* bench.inside */
            INSERT INTO {model._meta.db_table} ({", ".join(names)})
            SELECT {", ".join(values)}
            FROM {model._meta.db_table} AS pattern, generate_series(1, {ARTICLES}) AS n
            WHERE pattern.id = %s
            """,  # noqa: S608 — nothing in it comes from outside this file
            [pk],
        )


def reading():
    """Return milliseconds of reading a list's page 1 and page 5,000, kept counts and after a change."""
    from articles.archive import Listing
    from portal import content_version
    from portal.paging import PER_PAGE

    def read(page):
        return Listing()[(page - 1) * PER_PAGE : page * PER_PAGE]

    def read_after_change(page):
        content_version.clear()
        read(page)

    return {
        name: {page: _median(function, page) for page in (1, 5000)}
        for name, function in (("kept", read), ("changed", read_after_change))
    }


def saving():
    """Return milliseconds of saving an article of 50 KB: a new one, and another text of it."""
    from articles.models import Article, Category
    from articles.workflow import save_article

    category = Category.objects.first()
    paragraph = f"<p>{SENTENCE * 4}<strong>Đúng giờ.</strong></p>\n"
    body = paragraph * (50_000 // len(paragraph.encode()))
    made = []

    def create():
        article = Article(title="Lịch họp", category=category, body=body)
        made.append(save_article(article=article, actor=None))

    def change():
        article = made[-1]
        article.body = f"{article.body}<p>Thêm một dòng.</p>"
        save_article(article=article, actor=None)

    return {"new": _median(create), "changed": _median(change)}


def write_list():
    """Write a list of `DOSSIERS` dossiers, and the catalogue that they are about."""
    from procedures.models import Field, Procedure
    from tests.procedures.imports.workbooks import dossier_list, many_dossiers

    _, days = _list_period()

    for n in range(10):
        field = Field.objects.create(
            name=f"Lĩnh vực đo {n}", slug=f"do-{n}", totals_only=n < 2
        )
        Procedure.objects.bulk_create(
            Procedure(code=f"9.{n:03}{m:03}", name=f"Việc {m} của {field}", field=field)
            for m in range(20)
        )
    named = Procedure.objects.filter(code__startswith="9.")
    names = list(named.values_list("name", "field__name"))
    rows = many_dossiers(DOSSIERS, names, days=days)
    _list_file().write_bytes(dossier_list(rows, days=days))


def read_list():
    """Return the seconds of merely reading that workbook with python-calamine."""
    from python_calamine import CalamineWorkbook

    start = perf_counter()
    CalamineWorkbook.from_path(str(_list_file())).get_sheet_by_index(0).to_python()
    return perf_counter() - start


def import_list():
    """Import that workbook; return the seconds of each step and the most megabytes at once.

    Afterwards the period is gone again, so that every turn begins alike.
    """
    from procedures import workflow
    from procedures.imports import storing
    from procedures.models import ImportKind, Period

    code, (starts_on, ends_on) = _list_period()
    period = workflow.create_period(
        period=Period(code=str(code), starts_on=starts_on, ends_on=ends_on), actor=None
    )
    moments = [perf_counter()]
    with _list_file().open("rb") as file:
        run = storing.begin(
            period=period, kind=ImportKind.DOSSIERS, file=file, name="ds.xlsx", actor=None
        )
    moments.append(perf_counter())
    found = storing.preview(run)
    moments.append(perf_counter())
    if found.rows_read != DOSSIERS or found.problems or len(found.records) < DOSSIERS / 2:
        raise RuntimeError(f"The list was not read as it is meant: {found.problems[:3]}")
    del found  # as between two requests
    storing.confirm(run=run, actor=None)
    moments.append(perf_counter())
    workflow.delete_period(period=period, actor=None)
    steps = zip(("reading", "preview", "storing"), moments, moments[1:], strict=False)
    return {name: end - start for name, start, end in steps} | {
        "site": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def _list_period():
    """Return a month that the demo has not, and its days."""
    from procedures import periods

    code = periods.parse("2016-T01")
    return code, periods.proposed_days(code, periods.Rule.REPORTING)


def _list_file():
    return Path(os.environ["PORTAL_VAR"]) / "dossiers.xlsx"


def _median(function, *arguments):
    durations = []
    for _ in range(TURNS):
        start = perf_counter()
        function(*arguments)
        durations.append(perf_counter() - start)
    return 1000 * median(durations)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    functions = (fill, reading, saving, write_list, read_list, import_list)
    print(json.dumps({f.__name__: f for f in functions}[sys.argv[1]]()))
