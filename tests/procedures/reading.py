"""Reads what pages and files of results say, as a reader's own programs would."""

import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree


def body_of(response):
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


def tables_of(response):
    reader = _Tables()
    reader.feed(response.content.decode())
    return reader.tables


def official_table(response):
    """Return the rows of the official table: the only one with a totals row."""
    (table,) = [
        rows
        for rows in tables_of(response)
        if any(cell[2] == "Tổng cộng" for cell in rows[-1])
    ]
    return table


def number(text):
    return int(text.replace(".", ""))


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
