"""Brings the catalogue up to date from a file: what differs is shown, and stored after a yes.

A file may leave out columns and procedures: what it does not speak of stays as it is, and what
it leaves out is only named. Of the file itself nothing is kept; the facts it says, which are
about procedures and no person, travel signed through the browser of the one who confirms.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core import signing
from django.db import transaction

from portal.exports import Column, Table
from portal.models import LegalBasis
from portal.refusals import Refused
from portal.text import slugify
from procedures import catalogue
from procedures.catalogue_facts import (
    KEYS,
    LABELS,
    facts_of,
    parse,
    parts_of,
    prefetched,
    problems_of,
    procedure_from,
    shown,
    with_facts,
)
from procedures.imports import caps, sandbox
from procedures.imports.catalogue_rows import MAX_ENTRIES
from procedures.imports.staged import folded
from procedures.models import Field, Procedure

__all__ = [
    "SHIPPED",
    "Change",
    "Difference",
    "FactChange",
    "Said",
    "apply",
    "compare",
    "exported",
    "from_token",
    "load_shipped",
    "read",
    "to_token",
]

SHIPPED = Path(__file__).parent / "data" / "procedures.json"
CONFIRM_WITHIN = 60 * 60  # seconds
_MAX_JSON = 10 * 2**20  # bytes
_SALT = "procedures.catalogue_update"
_REASONS_SHOWN = 20


@dataclass(frozen=True)
class Said:
    """What a file says: for each code its facts; `unread` are headings that mean nothing here."""

    name: str
    facts: Mapping[str, Mapping]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """A procedure of which the file says something else than the catalogue."""

    procedure: Procedure
    facts: list[FactChange]


@dataclass(frozen=True)
class Difference:
    """What a file would change. `fingerprint` stands for the catalogue it was compared with."""

    new: list[Procedure]
    changed: list[Change]
    unchanged: int
    missing: list[Procedure]
    new_fields: list[str]
    unread: tuple[str, ...]
    fingerprint: str
    plan: list = field(
        repr=False, default_factory=list
    )  # (procedure, parts), new ones first

    @property
    def is_nothing(self):
        return not self.new and not self.changed

    @property
    def reviewed(self):
        """The changes that would take an officer's confirmation back."""
        return [each for each in self.changed if each.procedure.is_reviewed]

    @property
    def unreviewed(self):
        return [each for each in self.changed if not each.procedure.is_reviewed]


# --- Reading ----------------------------------------------------------------------------


def read(file, *, name):
    """Return what a file says: a workbook, CSV, or JSON as we export it.

    Raises `Refused` with all mistakes, each with its row and column.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if file.read(1_024).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        file.seek(0)
        if size > _MAX_JSON:
            raise Refused("Tệp JSON lớn hơn 10 MB. Hãy chia thành nhiều tệp.")
        rows, unread = _rows_of_json(file.read()), ()
    else:
        file_format = caps.check(file, name, size)
        answer = sandbox.read_catalogue(file, file_format=file_format)
        rows = [(f"Dòng {each['row']}", each["cells"]) for each in answer["rows"]]
        unread = tuple(answer["unread"])
    return Said(name=Path(name).name[:120], facts=_facts(rows), unread=unread)


def _rows_of_json(data):
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(
            "Tệp JSON hỏng hoặc không phải JSON. Hãy tải lại tệp từ nơi xuất ra nó."
        ) from None
    rows = content.get("rows") if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(
            "Tệp JSON không có danh sách “rows” gồm các thủ tục. Hãy theo đúng dạng của tệp JSON "
            "tải về từ danh mục."
        )
    if len(rows) > MAX_ENTRIES:
        raise Refused(f"Danh mục có hơn {MAX_ENTRIES} thủ tục. Hãy chia thành nhiều tệp.")
    return [
        (f"Mục {number}", {key: row[key] for key in KEYS if key in row})
        for number, row in enumerate(rows, 1)
    ]


def _facts(rows):
    """Return {code: {key: fact}}; refuse the file as a whole for any mistake in it."""
    facts, mistakes = {}, []
    for place, cells in rows:
        said = {}
        for key, cell in cells.items():
            try:
                said[key] = parse(key, cell)
            except ValueError as error:
                mistakes.append(f"{place}, cột “{LABELS[key]}”: {error}")
                said[key] = None
        code = said.get("code")
        if code is None:
            if not any(each.startswith(f"{place},") for each in mistakes):
                mistakes.append(f"{place}: chưa có mã thủ tục.")
        elif code in facts:
            mistakes.append(f"{place}: mã {code} đã có ở trên. Hãy giữ lại một dòng.")
        else:
            facts[code] = said
    if not rows:
        mistakes.append("Tệp không có thủ tục nào dưới dòng tiêu đề.")
    _refuse(mistakes)
    return facts


def _refuse(mistakes):
    if len(mistakes) > _REASONS_SHOWN:
        rest = len(mistakes) - _REASONS_SHOWN
        mistakes = [*mistakes[:_REASONS_SHOWN], f"… và {rest} chỗ khác phải sửa."]
    if mistakes:
        raise Refused(*mistakes)


def exported():
    """Return the whole catalogue as the table that `read` takes back unchanged."""
    columns = [
        Column(key, LABELS[key], "integer" if key.endswith("_fee") else "text")
        for key in KEYS
    ]
    rows = (
        {
            key: None if shown(key, fact) == "" else shown(key, fact)
            for key, fact in facts.items()
        }
        for facts in map(facts_of, prefetched(Procedure.objects))
    )
    return Table("Danh mục thủ tục hành chính", columns, rows)


# --- Comparing --------------------------------------------------------------------------


def compare(said):
    """Return how a file differs from the catalogue as it is now.

    Raises `Refused` for what could not be stored: a new procedure without a name, a successor
    or a legal basis that nobody has entered …
    """
    stored = {each.code: each for each in prefetched(Procedure.objects)}
    context = _Context(said, stored)
    known = {code: facts_of(stored[code]) for code in said.facts if code in stored}
    new, changed, mistakes = [], [], []
    for code, facts in said.facts.items():
        before = known.get(code, {})
        after = with_facts(before, context.in_our_words(facts))
        differing = [key for key in KEYS if after.get(key) != before.get(key)]
        if before and not differing:
            continue
        entry, sentences = context.entry(code, after, stored.get(code))
        mistakes += [f"Thủ tục {code}: {sentence}" for sentence in sentences]
        if not before:
            new.append(entry)
            continue
        lines = [
            FactChange(
                LABELS[key], str(shown(key, before[key])), str(shown(key, after.get(key)))
            )
            for key in differing
        ]
        changed.append((Change(entry[0], lines), entry))
    _refuse(mistakes)
    return Difference(
        new=[procedure for procedure, _ in new],
        changed=[change for change, _ in changed],
        unchanged=len(said.facts) - len(new) - len(changed),
        missing=[each for code, each in stored.items() if code not in said.facts],
        new_fields=[each.name for each in context.new_fields.values()],
        unread=said.unread,
        fingerprint=_fingerprint(known, stored, said),
        plan=[*new, *(entry for _, entry in changed)],
    )


class _Context:
    """What the entries of a file name: lĩnh vực, successors, legal bases."""

    def __init__(self, said, stored):
        self._fields = {folded(each.name): each for each in Field.objects.all()}
        self._legal_bases = {each.number: each for each in LegalBasis.objects.all()}
        self._procedures = dict(stored)
        self.new_fields = {}
        for code in said.facts:
            self._procedures.setdefault(code, Procedure(code=code))

    def in_our_words(self, facts):
        """Return the facts with the lĩnh vực spelled as it is here."""
        known = self._fields.get(folded(facts.get("field") or ""))
        return facts if known is None else {**facts, "field": known.name}

    def entry(self, code, facts, stored):
        """Return the procedure with its parts as the facts say, and what keeps them out."""
        mistakes = []
        if not facts.get("name"):
            mistakes.append("chưa có tên.")
        area = self._field(facts.get("field"), mistakes)
        successor = facts.get("replaced_by")
        if successor and successor not in self._procedures:
            mistakes.append(f"thủ tục thay thế {successor} chưa có trong danh mục.")
        for number in (facts.get("legal_bases") or "").splitlines():
            if number not in self._legal_bases:
                mistakes.append(
                    f"căn cứ “{number[:80]}” chưa có. Hãy thêm văn bản này vào mục Căn cứ pháp lý "
                    "rồi tải tệp lên lại."
                )
        if mistakes:
            return (stored, None), mistakes
        procedure = procedure_from(
            facts,
            field=area,
            replaced_by=self._procedures.get(successor),
            procedure=self._procedures[code],
        )
        parts = parts_of(facts, legal_bases=self._legal_bases)
        mistakes = problems_of(procedure, parts)
        if reason := catalogue.successor_obstacle(procedure):
            mistakes.append(reason)
        return (procedure, parts), mistakes

    def _field(self, name, mistakes):
        if not name:
            mistakes.append("chưa có lĩnh vực.")
            return None
        if len(name) > Field._meta.get_field("name").max_length:
            mistakes.append("tên lĩnh vực quá dài.")
        known = self._fields.get(folded(name))
        if known is None:
            known = self._fields[folded(name)] = self.new_fields[folded(name)] = Field(
                name=name, slug=slugify(name)
            )
        return known


def _fingerprint(known, stored, said):
    """Return what changes when any procedure that the file speaks of is changed."""
    state = {code: [facts, stored[code].is_reviewed] for code, facts in known.items()}
    text = json.dumps([state, sorted(said.facts)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# --- Storing ----------------------------------------------------------------------------


def apply(*, said, actor, fingerprint=None, reviewed=()):
    """Store what the file says and return the `Difference`, in one transaction.

    Of procedures that an officer has confirmed only those change whose codes are in
    `reviewed`; they are unconfirmed afterwards. With the `fingerprint` of an earlier
    comparison the change is refused when somebody changed the catalogue since.
    """
    with transaction.atomic():
        # Whoever else updates waits here, and then finds the catalogue changed.
        list(Procedure.objects.select_for_update().order_by("pk").values_list("pk"))
        difference = compare(said)
        if fingerprint is not None and difference.fingerprint != fingerprint:
            raise Refused(
                "Danh mục đã được sửa sau khi bạn xem bản so sánh, nên chưa lưu gì. Hãy xem lại "
                "bản so sánh mới dưới đây rồi xác nhận lần nữa."
            )
        if difference.is_nothing:
            return difference
        note = f"Từ tệp {said.name}."
        order = Field.objects.count()
        chosen = set(reviewed)
        for procedure, _ in difference.plan:
            if procedure.field.pk is None:
                order += 1
                procedure.field.order = order
                catalogue.save_field(field=procedure.field, actor=actor)
            procedure.field = procedure.field  # takes over the key it has now
        count = len(difference.new)
        if count:
            catalogue.add_procedures(
                entries=difference.plan[:count], actor=actor, note=note
            )
        for procedure, parts in difference.plan[count:]:
            if procedure.is_reviewed and procedure.code not in chosen:
                continue
            procedure.replaced_by = procedure.replaced_by  # which may be a new one
            catalogue.save_procedure(
                procedure=procedure, actor=actor, parts=parts, lift_review=True
            )
    return difference


def load_shipped(*, actor=None):
    """Add the procedures that come with the software and are not there yet; return them.

    What is there stays as it is, also the lĩnh vực: they are the commune's.
    """
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    with transaction.atomic():
        known = {folded(each.name) for each in Field.objects.all()}
        for each in content["fields"]:
            if folded(each["name"]) not in known:
                catalogue.save_field(field=Field(**each), actor=actor)
        with SHIPPED.open("rb") as file:
            said = read(file, name=SHIPPED.name)
        there = set(Procedure.objects.values_list("code", flat=True))
        missing = {code: facts for code, facts in said.facts.items() if code not in there}
        return apply(said=Said(said.name, missing), actor=actor).new


# --- Between the comparison and the yes -------------------------------------------------


def to_token(said, fingerprint, *, actor):
    """Return the facts signed and packed, for the form in which `actor` confirms."""
    content = {"name": said.name, "facts": said.facts, "seen": fingerprint, "by": actor.pk}
    return signing.dumps(content, salt=_SALT, compress=True)


def from_token(token, *, actor):
    """Return (`Said`, fingerprint) of `to_token`. Raises `Refused` when it is too old."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=CONFIRM_WITHIN)
    except signing.BadSignature:
        content = None
    if content is None or content["by"] != actor.pk:
        raise Refused("Bản so sánh này không còn dùng được. Hãy tải tệp lên lại.")
    return Said(content["name"], content["facts"]), content["seen"]
