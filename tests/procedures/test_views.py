"""The public pages of the results and their files."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from portal.pages import HEADER, read
from procedures.demo import load_demo_periods
from procedures.figures import COLUMNS
from procedures.models import Period, PeriodStatus
from tests import factory

pytestmark = pytest.mark.django_db

LIST = reverse("procedures:list")
FORMATS = ("xlsx", "csv", "json")


def _file(code, file_format):
    return reverse("procedures:download", kwargs={"code": code, "file_format": file_format})


def _body(response):
    # Reading a stream to its end also closes it.
    return b"".join(response.streaming_content) if response.streaming else response.content


class _Tables(HTMLParser):
    """Reads every table of a page as rows of (tag, attributes, text)."""

    def __init__(self):
        super().__init__()
        self.tables, self._cell = [], None

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self._cell = [tag, dict(attributes), ""]
            self.tables[-1][-1].append(self._cell)

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell[2] = f"{self._cell[2]}{data}".strip()


def _tables(response):
    reader = _Tables()
    reader.feed(response.content.decode())
    return reader.tables


def _official_table(response):
    """Return the rows of the official table: the only one with a totals row."""
    (table,) = [
        rows
        for rows in _tables(response)
        if any(cell[2] == "Tổng cộng" for cell in rows[-1])
    ]
    return table


def _number(text):
    return int(text.replace(".", ""))


@pytest.fixture
def period():
    """A public month of three rows, one figure of four digits among them."""
    period = factory.make_period()
    factory.make_sheet(period=period, field=factory.make_field(name="Hộ tịch", order=1))
    factory.make_sheet(period=period, field=factory.make_field(name="=1+1", order=2))
    factory.make_sheet(
        period=period,
        field=factory.make_field(name="Chứng thực", order=3),
        received_direct=1234,
        resolved_early=1234,
    )
    return period


# --- The list -----------------------------------------------------------------------


def test_the_list_shows_years_and_periods_newest_first(client):
    for code in ("2023-T11", "2024-T01", "2023-T12", "2024-Q1"):
        factory.make_sheet(period=factory.make_period(code=code))
    html = client.get(LIST).content.decode()
    assert re.findall(r'<h2 id="nam-(\d+)"', html) == ["2024", "2023"]
    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r'<th scope="row"><a href="/ket-qua-tthc/([^/]+)/"', main) == [
        "2024-Q1",
        "2024-T01",
        "2023-T12",
        "2023-T11",
    ]


def test_the_list_shows_the_key_figures(client, period):
    (table,) = [rows for rows in _tables(client.get(LIST)) if len(rows[0]) == 6]
    assert [cell[2] for cell in table[1]] == [
        "Tháng 01/2024 (15/12/2023–14/01/2024)",
        "1.258",  # 12 + 12 + 1234
        "1.254",
        "99,8%",  # 1252 of 1254
        "4",
        "0",
    ]


def test_an_empty_list_says_so(client):
    assert "Chưa có kỳ nào được công khai." in client.get(LIST).content.decode()


# --- A period -----------------------------------------------------------------------


def test_the_page_shows_the_key_figures_with_their_definitions(client, period):
    html = client.get(period.get_absolute_url()).content.decode()
    figures = re.findall(r'<div class="figure"><dt>(.*?)</dt><dd>(.*?)</dd>', html, re.S)
    assert {label: value.strip() for label, value in figures} == {
        "Hồ sơ nhận giải quyết": "1.258",
        "Đã giải quyết": "1.254",
        "Giải quyết đúng hạn": "99,8%",
        "Nhận trực tuyến": "0,6%",
        "Đang giải quyết": "4",
        "Đang quá hạn": "0",
    }
    assert "(cột 8 + cột 9) : cột 7" in html
    assert "(cột 8 + cột 9 + cột 12) : cột 3" in html


def test_few_dossiers_have_no_rate(client):
    period = factory.make_sheet(received_direct=9, resolved_late=9).period
    html = client.get(period.get_absolute_url()).content.decode()
    assert "chưa tính (dưới 10 hồ sơ)" in html
    assert not re.search(r"\d%<", html)


def test_a_period_without_dossiers_says_so_and_shows_the_zeros(client):
    period = factory.make_sheet(received_direct=0).period
    response = client.get(period.get_absolute_url())
    assert "Không phát sinh hồ sơ" in response.content.decode()
    assert "Không phát sinh hồ sơ" in client.get(LIST).content.decode()
    assert {cell[2] for cell in _official_table(response)[-1][2:]} == {"0"}


def test_every_header_of_the_official_table_is_known_to_its_cells(client, period):
    rows = _official_table(client.get(period.get_absolute_url()))
    groups, labels, numbers = rows[:3]
    headers = [cell for cell in groups + labels if cell[0] == "th"]
    assert {cell[1]["scope"] for cell in headers} == {"col", "colgroup"}
    assert [int(cell[1].get("colspan", 1)) for cell in groups] == [1, 1, 4, 4, 3]
    assert [cell[2] for cell in labels] == [column.label for column in COLUMNS]
    assert [cell[2] for cell in numbers] == [f"({number})" for number in range(1, 14)]
    ids = [cell[1]["id"] for row in rows for cell in row if "id" in cell[1]]
    assert len(ids) == len(set(ids))
    for row in rows[3:]:
        assert row[1][0] == "th" and row[1][1]["scope"] == "row"
        assert len(row) == 13
        for cell in (row[0], *row[2:]):
            assert set(cell[1]["headers"].split()) <= set(ids)
    for column, cell in zip(COLUMNS, rows[3][2:], strict=True):
        row_header, group, own = cell[1]["headers"].split()
        assert (row_header, own) == ("r1", f"c{column.number}")
        assert [each[2] for each in groups if each[1].get("id") == group] == [column.group]


def test_the_chart_has_a_table_with_the_same_dossiers(client, period):
    response = client.get(period.get_absolute_url())
    (rows,) = [rows for rows in _tables(response) if rows[0][0][2] == "Lĩnh vực"]
    assert [cell[2] for cell in rows[1]] == ["Hộ tịch", "9", "1", "2", "0"]
    html = response.content.decode()
    widths = [
        int(width)
        for width in re.findall(r'<rect class="bar[^>]*width="(\d+)" height', html)
    ]
    assert max(widths) == 1000


def test_neighbours_are_public_periods_of_the_same_series(client):
    for code in ("2024-T01", "2024-T02", "2024-Q1"):
        factory.make_sheet(period=factory.make_period(code=code))
    factory.make_sheet(
        period=factory.make_period(code="2024-T03", status=PeriodStatus.DRAFT)
    )
    html = client.get(reverse("procedures:period", args=["2024-T02"])).content.decode()
    assert 'rel="prev" href="/ket-qua-tthc/2024-T01/"' in html
    assert 'rel="next"' not in html


def test_the_pages_are_named_for_the_counter(client, period):
    page = read(client.get(period.get_absolute_url())[HEADER])
    assert (page.kind, page.object_id) == ("result", "2024-T01")
    assert "tháng 01/2024" in page.title
    assert read(client.get(LIST)[HEADER]).kind == "results"


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (LIST, 1),  # the periods with their sums
        (f"{LIST}2024-T01/", 4),  # the period, its rows, its two neighbours
    ],
)
def test_pages_need_few_queries(client, address, queries, django_assert_max_num_queries):
    load_demo_periods(actor=None)
    client.get(address)  # the frame is kept until content changes
    # Two more: the content version, and the visit figures once a second.
    with django_assert_max_num_queries(queries + 2):
        assert client.get(address).status_code == 200


# --- Files --------------------------------------------------------------------------


def _from_csv(body):
    head, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    return [row[1:] for row in rows], [row[0] for row in rows], head


def _from_json(body):
    document = json.loads(body)
    keys = [column["key"] for column in document["columns"]]
    rows = [[row[key] for key in keys] for row in document["rows"]]
    return [row[1:] for row in rows], [row[0] for row in rows], keys


def _from_xlsx(body):
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        root = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not root.findall(".//x:f", space), "a formula"
    rows = []
    for row in root.findall(".//x:row", space):
        rows.append(["".join(cell.itertext()) for cell in row.findall("x:c", space)])
    head, *body_rows = rows
    return [row[1:] for row in body_rows], [row[0] for row in body_rows], head


READERS = {"csv": _from_csv, "json": _from_json, "xlsx": _from_xlsx}


@pytest.mark.parametrize("file_format", FORMATS)
def test_page_and_files_hold_the_same_rows_and_figures(client, period, file_format):
    shown = _official_table(client.get(period.get_absolute_url()))[3:]
    response = client.get(_file(period.code, file_format))
    figures, names, head = READERS[file_format](_body(response))
    assert len(head) == 12
    assert [[int(each) for each in row] for row in figures] == [
        [_number(cell[2]) for cell in row[2:]] for row in shown
    ]
    assert [name.lstrip("'") for name in names] == [row[1][2] for row in shown]
    assert f"ket-qua-tthc-2024-T01.{file_format}" in response["Content-Disposition"]


# --- What is not public -------------------------------------------------------------


SECRET = "Lĩnh vực chưa công khai"


@pytest.fixture
def draft():
    period = factory.make_period(
        code="2024-T02", status=PeriodStatus.DRAFT, note="Số liệu tạm 987654."
    )
    factory.make_sheet(
        period=period,
        field=factory.make_field(name=SECRET),
        received_direct=98_765,
        resolved_early=98_765,
    )
    return period


def test_a_draft_has_no_page_and_no_file_and_looks_like_none(client, draft):
    unknown = client.get(reverse("procedures:period", args=["2024-T03"]))
    page = client.get(draft.get_absolute_url())
    assert (page.status_code, unknown.status_code) == (404, 404)
    assert page.content.decode().replace("T02", "T03") == unknown.content.decode()
    for file_format in FORMATS:
        assert client.get(_file(draft.code, file_format)).status_code == 404


def test_a_draft_is_found_nowhere(client, draft, period):
    addresses = [LIST, period.get_absolute_url()]
    addresses += [_file(period.code, file_format) for file_format in FORMATS]
    addresses += [reverse("home"), reverse("site_map"), draft.get_absolute_url()]
    for address in addresses:
        response = client.get(address)
        body = _body(response)
        for secret in (SECRET, "98.765", "98765", "987654", "Tháng 02/2024"):
            assert secret.encode() not in body, (address, secret)


def test_what_is_taken_back_is_gone_at_once(client, period):
    assert client.get(period.get_absolute_url()).status_code == 200
    Period.objects.update(status=PeriodStatus.DRAFT, published_at=None)
    assert client.get(period.get_absolute_url()).status_code == 404
    assert "Chưa có kỳ nào được công khai." in client.get(LIST).content.decode()


# --- Bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["2024", "2024-T1", "2024-T13", "2024-t01", "٢٠٢٤-T01", "2024-T01%00", "..", "%2e%2e"]
    + [
        "2024-T01'--",
        "2024-T01%0A",
        "2024-T01/x",
        "a" * 5000,
        "2024-T02",
        "9999-N",
        "0000-N",
    ],
)
def test_any_other_code_is_not_found(client, period, path):
    assert client.get(f"{LIST}{path}/").status_code in (301, 400, 404)


@pytest.mark.parametrize("name", ["exe", "CSV", "csv.bak", "json/", "%00", "", "x" * 300])
def test_any_other_format_is_not_found(client, period, name):
    response = client.get(f"{period.get_absolute_url()}ket-qua.{name}")
    assert response.status_code in (301, 400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_pages_and_files_are_for_reading_only(client, period, method):
    for address in (LIST, period.get_absolute_url(), _file(period.code, "csv")):
        assert client.generic(method, address).status_code in (403, 405)


@pytest.mark.parametrize(
    "query", ["?trang=-1", "?nam=x&nam=y", "?%00", "?a[]=1", "?" + "q" * 3000]
)
def test_unknown_queries_are_ignored(client, period, query):
    for address in (LIST, period.get_absolute_url(), _file(period.code, "json")):
        response = client.get(address + query)
        assert response.status_code in (200, 400)
        assert _body(response)
