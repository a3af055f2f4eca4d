"""What machines may read of this site: the datasets that stand below /api/.

Each app describes its published data once, in `<app>/open_data.py`, and registers it in
`AppConfig.ready`. From that one description come the answers in JSON and CSV
(open_data_views.py), the OpenAPI document (openapi.py) and the page that people read.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Model, QuerySet
from django.http import Http404

from portal.exports import Column, json_value

__all__ = [
    "ATTRIBUTION",
    "LICENCE",
    "LICENCE_URL",
    "BadValue",
    "Dataset",
    "Filter",
    "Key",
    "Part",
    "Record",
    "all_datasets",
    "all_records",
    "dataset",
    "record",
    "register",
    "register_record",
]

# docs/decisions/0017-open-data.md says why this licence.
LICENCE = "Creative Commons Ghi công 4.0 Quốc tế (CC BY 4.0)"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/deed.vi"
ATTRIBUTION = "Nguồn: {unit}, {site}"

_FORMS = {
    "slug": r"[a-z0-9-]{1,80}",
    "code": r"[A-Za-z0-9.-]{1,40}",
    "year": r"(?:19|20|21)[0-9]{2}",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}


class BadValue(ValueError):
    """A parameter that the dataset knows has a value that it cannot have."""


@dataclass(frozen=True)
class Filter:
    """A parameter that narrows a list: `lookup` of the query set is compared with its value."""

    key: str
    label: str
    lookup: str
    kind: Literal["slug", "code", "year", "date", "choice"]
    choices: tuple[str, ...] = ()

    @property
    def pattern(self):
        """What a value looks like, as a regular expression; "" where `choices` say it."""
        return "" if self.choices else _FORMS[self.kind]

    def narrow(self, items, text):
        """Return those of `items` that `text` asks for; raise `BadValue` if it cannot."""
        if (
            text not in self.choices
            if self.choices
            else not re.fullmatch(self.pattern, text)
        ):
            raise BadValue(self.key)
        try:
            value = date.fromisoformat(text) if self.kind == "date" else text
        except ValueError as error:
            raise BadValue(self.key) from error
        return items.filter(**{self.lookup: value})


@dataclass(frozen=True)
class Key:
    """How one item is addressed: by the value of its `column`, found by `lookup`."""

    column: str
    lookup: str
    pattern: str


@dataclass(frozen=True)
class Part:
    """A list inside one item, such as the papers of a procedure; not in lists and CSV."""

    key: str
    label: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Dataset:
    """Published data under one name.

    `items()` is what readers may see now, in an order that does not change by itself; `row`
    and `detail` give the values of an item by column key, `detail` those of `extra` and
    `parts` as well. `until` is the moment from which `items()` changes without a commit (see
    `content_version.Memory`); `reason_gone(key)` says why an item was taken back, "" if it
    was not.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    items: Callable[[], QuerySet]
    row: Callable[[Model], Mapping]
    filters: tuple[Filter, ...] = ()
    key: Key | None = None
    extra: tuple[Column, ...] = ()
    parts: tuple[Part, ...] = ()
    detail: Callable[[Model], Mapping] | None = None
    until: Callable | None = None
    reason_gone: Callable[[str], str] = lambda key: ""

    def chosen(self, query):
        """Return {filter key: text} of the parameters in `query` that narrow this list."""
        return {f.key: query[f.key] for f in self.filters if query.get(f.key)}

    def narrowed(self, chosen):
        """Return the items that `chosen` (see above) asks for; raise `BadValue`."""
        items = self.items()
        for each in self.filters:
            if each.key in chosen:
                items = each.narrow(items, chosen[each.key])
        return items

    def find(self, key):
        """Return the item that `key` addresses; raise `Http404`."""
        if self.key is None or not re.fullmatch(self.key.pattern, key):
            raise Http404
        item = self.items().filter(**{self.key.lookup: key}).first()
        if item is None:
            raise Http404
        return item

    def as_json(self, item):
        """Return what a list says of `item`."""
        return _values(self.columns, self.row(item))

    def as_whole_json(self, item):
        """Return all that is public of `item`."""
        values = self.detail(item) if self.detail else self.row(item)
        return _values(self.columns + self.extra, values) | {
            part.key: [_values(part.columns, row) for row in values[part.key]]
            for part in self.parts
        }


@dataclass(frozen=True)
class Record:
    """Values of this moment under one name: one line, where a dataset has a list.

    `read()` gives them by column key, or None while they cannot be known.
    """

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    read: Callable[[], Mapping | None]

    def as_json(self):
        """Return the values as JSON has them, or None while they cannot be known."""
        values = self.read()
        return None if values is None else _values(self.columns, values)


def _values(columns, row):
    return {column.key: json_value(column, row) for column in columns}


_datasets: dict[str, Dataset] = {}
_records: dict[str, Record] = {}


def register(dataset: Dataset) -> None:
    """Publish `dataset`; registering it again changes nothing."""
    _datasets[dataset.name] = dataset


def all_datasets() -> list[Dataset]:
    """Return the published datasets in the order of registration."""
    return list(_datasets.values())


def dataset(name: str) -> Dataset:
    """Return the dataset of that name; raise `Http404`."""
    if name not in _datasets:
        raise Http404
    return _datasets[name]


def register_record(record: Record) -> None:
    """Publish `record`; registering it again changes nothing."""
    _records[record.name] = record


def all_records() -> list[Record]:
    """Return the published records in the order of registration."""
    return list(_records.values())


def record(name: str) -> Record:
    """Return the record of that name; raise `Http404`."""
    if name not in _records:
        raise Http404
    return _records[name]
