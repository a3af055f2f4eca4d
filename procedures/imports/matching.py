"""Which procedure and which lĩnh vực of the catalogue a row of an import means.

A code decides before a name. A name is compared without accents and capitals, as exports
write them differently: with the names of the catalogue, with the words people call a
procedure by, and with the names that a clerk has once matched by hand (`NameMatch`). A name
that means two things here means nothing: it is asked for.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from procedures.imports.staged import Known, folded
from procedures.models import Channel, Field, NameMatch, Procedure

__all__ = ["Choices", "Names", "Unmatched"]

PROCEDURE, FIELD = "thu-tuc", "linh-vuc"  # what a name may be of

_NATIONAL_CODE = re.compile(r"[1-9]\.[0-9]{6}")
# "1.004616 - Chứng thực bản sao…": some exports write both into one cell.
_CODE_BEFORE_NAME = re.compile(r"\s*([1-9]\.[0-9]{6}[.\w]*)\s*[-–:.]*\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Choices:
    """What the file does not say and the clerk was asked for.

    `procedures` and `fields` lead from folded names to primary keys, `default_channel` is
    that of dossiers without one, `as_of` the day of "Số liệu tính đến".
    """

    default_channel: Channel | None = None
    procedures: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    as_of: date | None = None

    def to_json(self):
        """Return the choices as what JSON can hold."""
        return asdict(self) | {"as_of": self.as_of and self.as_of.isoformat()}

    @classmethod
    def from_json(cls, plain):
        """Return what `to_json` gave."""
        channel, as_of = plain.get("default_channel"), plain.get("as_of")
        return cls(
            default_channel=channel and Channel(channel),
            procedures=plain.get("procedures", {}),
            fields=plain.get("fields", {}),
            as_of=as_of and date.fromisoformat(as_of),
        )


@dataclass(frozen=True)
class Unmatched:
    """A name or code that means nothing here, or two things; how many rows have it.

    `suggestions` are what it could mean: procedures or lĩnh vực.
    """

    kind: str
    folded: str
    text: str
    rows: int
    suggestions: tuple = ()


class Names:
    """The catalogue as it was read once, for finding what rows mean."""

    def __init__(self, choices=None):
        choices = choices or Choices()
        self._fields = {each.pk: each for each in Field.objects.all()}
        self._procedures = {}
        self._by_code = {}
        self._by_national_code = defaultdict(set)
        self._by_name = {PROCEDURE: defaultdict(set), FIELD: defaultdict(set)}
        self._matched = {PROCEDURE: {}, FIELD: {}}
        for each in self._fields.values():
            self._by_name[FIELD][folded(each.name)].add(each.pk)
        for each in Procedure.objects.only("code", "name", "also_known_as", "field_id"):
            self._add(each)
        for match in NameMatch.objects.all():
            if match.procedure_id:
                self._matched[PROCEDURE][match.folded] = match.procedure_id
            else:
                self._matched[FIELD][match.folded] = match.field_id
        self._matched[PROCEDURE] |= choices.procedures
        self._matched[FIELD] |= choices.fields

    def _add(self, procedure):
        self._procedures[procedure.pk] = procedure
        # Read with the lĩnh vực, of which there are few, instead of a join a row.
        procedure.field = self._fields[procedure.field_id]
        self._by_code[procedure.code.upper()] = procedure.pk
        if national := _NATIONAL_CODE.match(procedure.code):
            self._by_national_code[national[0]].add(procedure.pk)
        for name in [procedure.name, *procedure.also_known_as.splitlines()]:
            if name := folded(name):
                self._by_name[PROCEDURE][name].add(procedure.pk)

    def known(self):
        """Return what columns of a file are recognised by."""
        return Known(
            procedure_codes=frozenset(self._by_code) | frozenset(self._by_national_code),
            procedure_names=frozenset(self._by_name[PROCEDURE])
            | frozenset(self._matched[PROCEDURE]),
            field_names=frozenset(self._by_name[FIELD]) | frozenset(self._matched[FIELD]),
        )

    def field(self, name):
        """Return the `Field` called `name`, or None."""
        found = self._named(FIELD, folded(name or ""))
        return self._fields[found.pop()] if len(found) == 1 else None

    def procedures(self, code, name):
        """Return the procedures that a row with this code and name may mean.

        Exactly one: that is the one. Two can be meant when code and name disagree.
        """
        code, name = split_code(code, name)
        by_code = self._coded(code)
        by_name = self._named(PROCEDURE, folded(name or code or ""))
        if by_code and by_name and not by_code & by_name:
            found = by_code | by_name
        elif by_code:
            found = by_code & by_name or by_code
        else:
            found = by_name or self._named(PROCEDURE, folded(code or ""))
        return [self._procedures[key] for key in sorted(found)]

    def _coded(self, code):
        """A code of the commune's own system is the national one with a suffix."""
        if not code:
            return set()
        code = code.upper()
        if code in self._by_code:
            return {self._by_code[code]}
        national = _NATIONAL_CODE.match(code)
        return set(self._by_national_code.get(national[0], ())) if national else set()

    def _named(self, kind, name):
        if not name:
            return set()
        known = self._fields if kind == FIELD else self._procedures
        if (chosen := self._matched[kind].get(name)) in known:
            return {chosen}
        return set(self._by_name[kind].get(name, ()))


def split_code(code, name):
    """Return code and name, also where one cell holds both."""
    if not code and name and (both := _CODE_BEFORE_NAME.fullmatch(name)):
        return both[1], both[2]
    return code, name


def remember(choices):
    """Keep the matches that a clerk made by hand for the imports to come."""
    for name, key in choices.procedures.items():
        NameMatch.objects.update_or_create(
            folded=name, procedure__isnull=False, defaults={"procedure_id": key}
        )
    for name, key in choices.fields.items():
        NameMatch.objects.update_or_create(
            folded=name, field__isnull=False, defaults={"field_id": key}
        )
