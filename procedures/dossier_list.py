"""The public list of the dossiers behind a period's figures: filters, counts, pages.

One small table of counts by lĩnh vực, procedure, ending and channel, kept per content
version, gives the number of every filter and of every page, whatever is chosen. Only the rows
that are shown are read besides.
"""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count

from portal.content_version import Memory
from portal.text import slugify
from procedures import privacy
from procedures.figures import ENDINGS, ending_of
from procedures.models import Channel, Dossier, Field, Procedure

PER_PAGE = 25
MOST = 2_500  # rows that pages lead to; whoever wants more filters or takes a file

_NOTHING = object()  # chosen, but no dossier has it
_kept = Memory(size=12)  # editions


class _Cell(NamedTuple):
    """What dossiers have in common that are counted together."""

    field: int
    procedure: int
    ending: str
    channel: int


@dataclass(frozen=True)
class _Counts:
    """The counts of an edition, and the objects they name by key."""

    cells: dict[_Cell, int]
    fields: dict[int, Field]
    procedures: dict[int, Procedure]


@dataclass(frozen=True)
class Option:
    """A value that a filter may take: how many dossiers it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter as the form shows it; `parameter` is its key in the address."""

    parameter: str
    label: str
    options: list[Option]

    @property
    def is_active(self):
        return any(option.is_chosen for option in self.options)


_FILTERS = {
    "linh-vuc": ("field", "Lĩnh vực"),
    "thu-tuc": ("procedure", "Thủ tục"),
    "tinh-trang": ("ending", "Tình trạng cuối kỳ"),
    "kenh": ("channel", "Cách nộp"),
}


class DossierList:
    """The dossiers of `edition` that `query` (as of an address) asks for, the newest first.

    It has the shape that a `Paginator` takes. A value that no dossier has leaves none.
    """

    def __init__(self, edition, query):
        self._edition = edition
        self._counts = _kept.get(edition.pk, lambda: _read(edition))
        self._values = {
            "field": {each.slug: key for key, each in self._counts.fields.items()},
            "procedure": {each.code: key for key, each in self._counts.procedures.items()},
            "ending": {each.slug: each.slug for each in ENDINGS},
            "channel": {slugify(each.label): each.value for each in Channel},
        }
        asked = {name: query.get(name, "").strip() for name in _FILTERS}
        self._asked = {name: value for name, value in asked.items() if value}
        self._chosen = {
            _FILTERS[name][0]: self._values[_FILTERS[name][0]].get(value, _NOTHING)
            for name, value in self._asked.items()
        }
        self.total = sum(self._matching().values())

    def __len__(self):
        return self.count()

    def count(self):
        """Return the number of dossiers that pages lead to."""
        return min(self.total, MOST)

    def __getitem__(self, part):
        return [privacy.dossier(self._named(row)) for row in self._rows()[part]]

    def stream(self):
        """Yield every row, however many, as `privacy.dossier` lets it out; one query."""
        for row in self._rows().iterator(chunk_size=2000):
            yield privacy.dossier(self._named(row))

    @property
    def is_empty(self):
        """Whether the edition has no dossiers at all, filtered or not."""
        return not self._counts.cells

    @property
    def is_cut(self):
        """Whether pages do not lead to all that was found."""
        return self.total > MOST

    @property
    def is_unknown(self):
        """Whether something was asked for that no dossier of this period has."""
        return _NOTHING in self._chosen.values()

    @property
    def keep(self):
        """The filters as an encoded query; what is unknown is not repeated."""
        return urlencode(
            {
                name: value
                for name, value in self._asked.items()
                if self._chosen[_FILTERS[name][0]] is not _NOTHING
            }
        )

    @property
    def words(self):
        """The labels of what is chosen."""
        return [
            option.label
            for each in self.filters()
            for option in each.options
            if option.is_chosen
        ]

    def filters(self):
        """Return the `Filter`s; each counts under what the others leave."""
        return [
            Filter(parameter, label, self._options(part))
            for parameter, (part, label) in _FILTERS.items()
        ]

    def _options(self, part):
        found = Counter()
        for cell, count in self._matching(besides=part).items():
            found[getattr(cell, part)] += count
        chosen = self._chosen.get(part)
        options = [
            Option(value, self._label(part, key), found[key], key == chosen)
            for value, key in self._values[part].items()
            if found[key] or key == chosen
        ]
        if part in ("field", "procedure"):
            options.sort(key=lambda option: option.label)
        return options

    def _label(self, part, key):
        match part:
            case "field":
                return self._counts.fields[key].name
            case "procedure":
                return self._counts.procedures[key].name
            case "ending":
                return next(each.label for each in ENDINGS if each.slug == key)
        return Channel(key).label

    def _matching(self, besides=None):
        wanted = [(part, key) for part, key in self._chosen.items() if part != besides]
        return {
            cell: count
            for cell, count in self._counts.cells.items()
            if all(getattr(cell, part) == key for part, key in wanted)
        }

    def _rows(self):
        if self.is_unknown:
            return Dossier.objects.none()
        conditions = dict(self._chosen)
        if slug := conditions.pop("ending", None):
            ending = next(each for each in ENDINGS if each.slug == slug)
            conditions["outcome__in"] = ending.keys
        return Dossier.objects.of(self._edition).filter(**conditions).defer("due_on")

    def _named(self, row):
        """Give `row` its procedure and lĩnh vực without asking the database."""
        row.procedure = self._counts.procedures[row.procedure_id]
        row.field = self._counts.fields[row.field_id]
        return row


def _read(edition):
    rows = (
        Dossier.objects.of(edition)
        .order_by()
        .values_list("field", "procedure", "outcome", "channel")
        .annotate(number=Count("*"))
    )
    cells = Counter()
    for field, procedure, outcome, channel, number in rows:
        cells[_Cell(field, procedure, ending_of(outcome).slug, channel)] += number
    procedures = Procedure.objects.only("code", "name", "field").in_bulk(
        {cell.procedure for cell in cells}
    )
    fields = Field.objects.in_bulk({cell.field for cell in cells})
    return _Counts(dict(cells), fields, procedures)
