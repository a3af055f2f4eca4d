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
LISTED = 200_000
LISTED_PERIOD = "2025-T06"
REQUESTS = 100
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
        copies(
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
        copies(Edition, article.approved_id, id="1000000 + n", article_id="1000000 + n")
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


def copies(model, pk, *, first=1, last=ARTICLES, **columns):
    """Insert copies of a row; `columns` are SQL in which n counts them."""
    from django.db import connection

    names = [field.column for field in model._meta.concrete_fields if not field.generated]
    values = [columns.get(name, f"pattern.{name}") for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            /* bench.inside */
            INSERT INTO {model._meta.db_table} ({", ".join(names)})
            SELECT {", ".join(values)}
            FROM {model._meta.db_table} AS pattern, generate_series({first}, {last}) AS n
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
        name: {page: median_milliseconds(function, page) for page in (1, 5000)}
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

    return {"new": median_milliseconds(create), "changed": median_milliseconds(change)}


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


def fill_results():
    """Publish a month of `LISTED` dossiers: 200 procedures in ten lĩnh vực, half in one of them.

    The rows are made by the database; figures are counted from them, as an import would.
    """
    from django.db import connection
    from django.db.models import Count

    from procedures import periods, workflow
    from procedures.figures import Figures
    from procedures.models import (
        Dossier,
        Field,
        ImportKind,
        ImportRun,
        ImportState,
        Period,
        Procedure,
        Source,
    )

    code = periods.parse(LISTED_PERIOD)
    starts_on, ends_on = periods.proposed_days(code, periods.Rule.REPORTING)
    period = workflow.create_period(
        period=Period(code=str(code), starts_on=starts_on, ends_on=ends_on), actor=None
    )
    run = ImportRun.objects.create(
        kind=ImportKind.DOSSIERS, period=period, state=ImportState.DONE, size=0
    )
    fields = [
        Field.objects.create(name=f"Lĩnh vực liệt kê {n}", slug=f"liet-ke-{n}")
        for n in range(10)
    ]
    procedures = Procedure.objects.bulk_create(
        Procedure(code=f"8.{n:06}", name=f"Thủ tục liệt kê {n}", field=fields[n % 10])
        for n in range(200)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            /* bench.inside */
            INSERT INTO procedures_dossier (run_id, code, procedure_id, field_id, channel,
                received_on, due_on, finished_on, status, outcome, is_carried_over)
            SELECT %s, 'H56.17.22-240101-' || lpad(n::text, 6, '0'), procedure.id,
                procedure.field_id, (ARRAY[1, 1, 1, 2, 2, 3])[1 + mod(chance / 7, 6)], day,
                day + 5, CASE WHEN is_open THEN NULL ELSE day + 3 END,
                CASE WHEN is_open THEN 4 ELSE 10 END,
                CASE
                    WHEN is_open AND mod(chance / 13, 50) = 0 THEN 'pending_overdue'
                    WHEN is_open THEN 'pending_in_time'
                    WHEN mod(chance / 13, 50) = 0 THEN 'resolved_late'
                    ELSE 'resolved_early'
                END,
                false
            FROM generate_series(1, %s) AS n
            CROSS JOIN LATERAL (SELECT hashint4(n) & 1073741823 AS chance) AS drawn
            CROSS JOIN LATERAL (
                SELECT %s::date + mod(n, 30) AS day, mod(chance / 3, 20) > 16 AS is_open
            ) AS known
            JOIN procedures_procedure AS procedure ON procedure.id = (%s::bigint[])[
                CASE mod(n, 2)
                    WHEN 0 THEN 1 + 10 * mod(chance, 20)
                    ELSE 1 + mod(chance, 200)
                END
            ]
            """,
            [run.pk, LISTED, starts_on, [each.pk for each in procedures]],
        )
        # As autovacuum does soon after so many rows.
        cursor.execute("/* bench.inside */ VACUUM (ANALYZE) procedures_dossier")

    def figures(part):
        counts = {}
        rows = Dossier.objects.filter(run=run).order_by()
        for key, outcome, number in rows.values_list(part, "outcome").annotate(Count("pk")):
            counts.setdefault(key, {})[outcome] = number
        return {
            key: Figures(received_direct=sum(each.values()), **each)
            for key, each in counts.items()
        }

    by_field, by_procedure = figures("field"), figures("procedure")
    edition = workflow.save_sheet(
        period=period,
        actor=None,
        rows=[
            workflow.SheetRow(field, by_field[field.pk])
            for field in fields
            if field.pk in by_field
        ],
        details=workflow.Details(),
        source=Source.DOSSIERS,
        run=run,
        procedure_rows=[
            (procedure, by_procedure[procedure.pk])
            for procedure in procedures
            if procedure.pk in by_procedure
        ],
        times={field.pk: {5: 1000, 10: 500} for field in fields if field.pk in by_field},
    )
    workflow.submit(period=period, actor=None)
    workflow.approve(
        period=period, actor=None, number=edition.number, revision=edition.revision
    )


def results_pages():
    """Return {page: [median, 95th percentile]} of its milliseconds in the database.

    A list is asked for with other filters and other pages each time. "counting again" is what
    the first reader after any change of content waits for besides.
    """
    from random import Random

    from django.test import Client

    from portal import content_version
    from procedures.dossier_list import MOST, PER_PAGE, DossierList
    from procedures.figures import ENDINGS
    from procedures.models import Period

    chance = Random(8)
    root = f"/ket-qua-tthc/{LISTED_PERIOD}/"
    values = {
        "linh-vuc": [f"liet-ke-{n}" for n in range(10)],
        "thu-tuc": [f"8.{n:06}" for n in range(200)],
        "tinh-trang": [ending.slug for ending in ENDINGS],
        "kenh": ["truc-tiep", "truc-tuyen", "buu-chinh-cong-ich"],
    }

    def filtered():
        names = chance.sample(list(values), chance.randint(1, 3))
        return (
            root
            + "ho-so/?"
            + "&".join(f"{name}={chance.choice(values[name])}" for name in names)
        )

    addresses = {
        "overview": lambda: "/ket-qua-tthc/",
        "calendar": lambda: "/ket-qua-tthc/lich/",
        "period": lambda: root,
        "lĩnh vực": lambda: f"{root}linh-vuc/{chance.choice(values['linh-vuc'])}/",
        "procedure": lambda: f"/ket-qua-tthc/thu-tuc/{chance.choice(values['thu-tuc'])}/",
        "dossiers, any page": lambda: (
            f"{root}ho-so/?trang={chance.randint(1, MOST // PER_PAGE)}"
        ),
        "dossiers, filtered": filtered,
    }
    client = Client(headers={"host": "127.0.0.1"})
    found = {}
    for name, address in addresses.items():
        client.get(address())
        found[name] = spread([_in_database(client, address()) for _ in range(REQUESTS)])
    edition = Period.objects.get(code=LISTED_PERIOD).approved

    def count_again():
        content_version.clear()
        return database_milliseconds(lambda: DossierList(edition, {}))

    found["dossiers, counting again"] = spread([count_again() for _ in range(TURNS)])
    asking = spread([database_milliseconds(ask_for_nothing) for _ in range(REQUESTS)])
    return {"a query for nothing, to compare with": asking} | found


def ask_for_nothing():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("/* bench.inside */ SELECT 1")


def _in_database(client, address):
    """Return the milliseconds that a page spends in the database; raises for an error page."""

    def ask():
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")

    return database_milliseconds(ask)


def database_milliseconds(function, *arguments):
    """Return the milliseconds that `function` spends in the database."""
    from django.db import connection

    spent = 0

    def timed(execute, *query):
        nonlocal spent
        start = perf_counter()
        try:
            return execute(*query)
        finally:
            spent += perf_counter() - start

    with connection.execute_wrapper(timed):
        function(*arguments)
    return 1000 * spent


def spread(durations):
    """Return [median, 95th percentile] of `durations`."""
    return [median(durations), sorted(durations)[int(0.95 * len(durations))]]


def _list_period():
    """Return a month that the demo has not, and its days."""
    from procedures import periods

    code = periods.parse("2016-T01")
    return code, periods.proposed_days(code, periods.Rule.REPORTING)


def _list_file():
    return Path(os.environ["PORTAL_VAR"]) / "dossiers.xlsx"


def lift_demo():
    """Let the example pass for a real site, as search engines are to find it."""
    from portal.identity import Identity

    Identity.objects.update(is_demo=False)


def median_milliseconds(function, *arguments):
    durations = []
    for _ in range(TURNS):
        start = perf_counter()
        function(*arguments)
        durations.append(perf_counter() - start)
    return 1000 * median(durations)


def main(*functions):
    """Call the one of `functions` that the command line names; print what it returns."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    print(json.dumps({f.__name__: f for f in functions}[sys.argv[1]]()))


if __name__ == "__main__":
    functions = (fill, reading, saving, write_list, read_list, import_list)
    main(*functions, fill_results, results_pages, lift_demo)
