"""Every table of statistics adds up to the totals, on the page and in its files."""

from datetime import date

import pytest

from tests.visitors import builders
from visitors import statistics, tables
from visitors.periods import chosen

pytestmark = pytest.mark.django_db

TODAY = date(2025, 3, 20)
COUNTED = {
    "theo-ngay": {"views": "views", "visits": "visits"},
    "theo-thang": {"views": "views", "visits": "visits"},
    "trang": {"views": "views", "entries": "visits"},
    "phan": {"views": "views", "entries": "visits"},
    "trang-dau": {"entries": "visits"},
    "nguon": {"visits": "visits"},
    "thiet-bi": {"visits": "visits", "views": "views"},
    "trinh-duyet": {"visits": "visits", "views": "views"},
    "gio-thu": {"visits": "visits", "views": "views"},
    "khong-dem": {"requests": "excluded"},
}


def period(first, last, *, today=TODAY):
    return chosen({"ky": "tu-chon", "tu": first, "den": last}, today=today)


@pytest.fixture
def month(db):
    builders.count_days(date(2025, 2, 10), date(2025, 3, 20))
    return period("2025-02-15", "2025-03-18")


@pytest.mark.parametrize("key", COUNTED)
def test_the_total_of_a_table_is_that_of_the_period(key, month):
    found = statistics.totals(month)
    total = tables.total(key, month)
    assert {name: total[name] for name in COUNTED[key]} == {
        name: getattr(found, figure) for name, figure in COUNTED[key].items()
    }


@pytest.mark.parametrize("limit", [None, 2])
@pytest.mark.parametrize("key", tables.TABLES)
def test_rows_and_the_rest_add_up_to_the_total(key, limit, month):
    table = tables.table(key, month, today=TODAY, limit=limit)
    *rows, last = table.rows
    assert last["is_total"]
    total = tables.total(key, month)
    assert {name: last[name] for name in total} == total
    assert {name: sum(row[name] or 0 for row in rows) for name in total} == total
