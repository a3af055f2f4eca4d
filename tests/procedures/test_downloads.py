"""Files hold the same rows and figures as the page they are offered on."""

import csv
import io
import json
from contextlib import contextmanager
from datetime import date

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures import views
from procedures.figures import COLUMNS
from procedures.models import Channel, DossierStatus, Outcome
from tests import factory
from tests.procedures.reading import (
    READERS,
    body_of,
    number,
    official_table,
    tables_of,
)

pytestmark = pytest.mark.django_db

FORMATS = ("xlsx", "csv", "json")


def _file(code, file_format):
    return reverse("procedures:download", kwargs={"code": code, "file_format": file_format})


@st.composite
def _sheets(draw):
    """A balanced row of the form: what was received is split among what became of it."""
    received = draw(st.lists(st.integers(0, 5000), min_size=3, max_size=3))
    cuts = sorted(draw(st.lists(st.integers(0, sum(received)), min_size=4, max_size=4)))
    ends = [b - a for a, b in zip([0, *cuts], [*cuts, sum(received)], strict=True)]
    keys = ("received_online", "received_direct", "carried_over")
    keys += tuple(Outcome.values)
    return dict(zip(keys, received + ends, strict=True))


def _plain(name):
    """Return a name as it was before the apostrophe that keeps it from being a formula."""
    return name[1:] if name[:1] == "'" and name[1:2] in tuple("=+-@") else name


# What a spreadsheet could take for a formula, and what HTML, CSV and JSON have to quote. An
# apostrophe of the name's own before such a sign could not be told from the one in files.
_NAMES = st.text(
    alphabet=st.sampled_from("=+-@<>&\"',;{}ĐđỄễ ab1"), min_size=1, max_size=20
).filter(lambda name: name.strip() == name == _plain(name) and "  " not in name)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(_NAMES, _sheets()), min_size=1, max_size=6, unique_by=lambda row: row[0]
    )
)
def test_page_csv_json_and_workbook_hold_the_same_rows_and_figures(sheets):
    with _rolled_back():
        client, period = Client(), factory.make_period()
        for order, (name, figures) in enumerate(sheets):
            factory.make_sheet(
                period=period, field=factory.make_field(name=name, order=order), **figures
            )
        shown = official_table(client.get(period.get_absolute_url()))[3:]
        names = [row[1][2] for row in shown]
        figures = [[number(cell[2]) for cell in row[2:]] for row in shown]
        assert names == [name for name, _ in sheets] + ["Tổng cộng"]
        for file_format, reader in READERS.items():
            response = client.get(_file(period.code, file_format))
            read, read_names, head = reader(body_of(response))
            assert len(head) == 1 + len(COLUMNS)
            assert [[int(each) for each in row] for row in read] == figures, file_format
            assert [_plain(name) for name in read_names] == names, file_format
            name = f"ket-qua-tthc-2024-T01.{file_format}"
            assert name in response["Content-Disposition"]


@contextmanager
def _rolled_back():
    """Forget what an example made, since the next one begins in the same test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", ["exe", "CSV", "csv.bak", "json/", "%00", "", "x" * 300])
@pytest.mark.parametrize("file", ["ket-qua", "ho-so"])
def test_any_other_format_is_not_found(client, file, name):
    period = factory.make_listed_period()
    response = client.get(f"{period.get_absolute_url()}{file}.{name}")
    assert response.status_code in (301, 400, 404)


# --- Dossiers -----------------------------------------------------------------------


def _dossiers(file_format, query=""):
    address = reverse("procedures:download_dossiers", args=["2024-T01", file_format])
    return f"{address}?{query}"


@pytest.fixture
def listed():
    """A period of forty dossiers: thirty of one procedure, ten of another, one late."""
    period = factory.make_listed_period()
    copies = factory.make_procedure(name="=Chứng thực bản sao")
    land = factory.make_procedure(name="Đăng ký đất đai")
    for number_of in range(30):
        factory.make_dossier(
            run=period.head.run,
            procedure=copies,
            channel=Channel.ONLINE,
            received_on=date(2023, 12, 16 + number_of % 15),
            finished_on=None,
            status=DossierStatus.IN_PROGRESS,
            outcome=Outcome.PENDING_IN_TIME,
        )
    for number_of in range(10):
        factory.make_dossier(
            run=period.head.run,
            procedure=land,
            outcome=Outcome.RESOLVED_ON_TIME if number_of else Outcome.RESOLVED_LATE,
        )
    return period


def _rows(response, file_format):
    body = body_of(response)
    if file_format == "json":
        document = json.loads(body)
        keys = [column["key"] for column in document["columns"]]
        return [[row[key] or "" for key in keys] for row in document["rows"]]
    if file_format == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:]
    _, names, _ = READERS["xlsx"](body)
    return [[name] for name in names]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 40),
        ("kenh=truc-tuyen", 30),
        ("tinh-trang=dung-han", 9),
        ("tinh-trang=qua-han&kenh=truc-tiep", 1),
        ("tinh-trang=qua-han&kenh=truc-tuyen", 0),
        ("linh-vuc=khong-co", 0),
        ("trang=2", 40),  # a file has no pages
    ],
)
@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_holds_exactly_what_is_filtered(client, listed, file_format, query, count):
    response = client.get(_dossiers(file_format, query))
    rows = _rows(response, file_format)
    assert len({row[0] for row in rows}) == len(rows) == count
    assert f"ho-so-tthc-2024-T01.{file_format}" in response["Content-Disposition"]


def test_csv_json_and_page_hold_the_same_dossiers(client, listed):
    query = "tinh-trang=dung-han"
    in_csv = _rows(client.get(_dossiers("csv", query)), "csv")
    assert in_csv == _rows(client.get(_dossiers("json", query)), "json")
    page = client.get(reverse("procedures:dossiers", args=["2024-T01"]) + f"?{query}")
    (table,) = tables_of(page)
    assert [row[0][2] for row in table[1:]] == [row[0] for row in in_csv]


def test_no_cell_of_a_file_is_a_live_formula(client, listed):
    rows = _rows(client.get(_dossiers("csv", "kenh=truc-tuyen")), "csv")
    assert {row[2] for row in rows} == {"'=Chứng thực bản sao"}
    READERS["xlsx"](body_of(client.get(_dossiers("xlsx"))))  # refuses a formula


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_of_any_length_needs_the_same_queries(
    client, listed, file_format, django_assert_num_queries
):
    # The period, the content version, the counts with the names of procedures and lĩnh vực,
    # the limit, the rows.
    with django_assert_num_queries(7):
        body_of(client.get(_dossiers(file_format)))


def test_too_many_rows_for_a_workbook_are_refused_with_advice(client, listed, monkeypatch):
    monkeypatch.setattr("procedures.downloads.MOST_IN_XLSX", 20)
    response = client.get(_dossiers("xlsx"))
    assert response.status_code == 400
    assert "tải tệp CSV hay JSON" in response.content.decode()
    assert len(_rows(client.get(_dossiers("csv")), "csv")) == 40
    short = client.get(_dossiers("xlsx", "tinh-trang=dung-han"))
    assert len(_rows(short, "xlsx")) == 9
    page = client.get(reverse("procedures:dossiers", args=["2024-T01"])).content.decode()
    assert "ho-so.csv" in page
    assert "ho-so.xlsx" not in page


def test_who_takes_lists_too_fast_is_told_when_to_come_back(client, listed):
    with time_machine.travel("2024-01-26T05:00:00Z", tick=False):
        for _ in range(views.FILES_PER_MINUTE):
            assert client.get(_dossiers("csv")).status_code == 200
        refused = client.get(_dossiers("xlsx"))
        assert refused.status_code == 429
        assert refused["Retry-After"] == "6"
        assert client.get(_dossiers("csv"), REMOTE_ADDR="203.0.113.9").status_code == 200
