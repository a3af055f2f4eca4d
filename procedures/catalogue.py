"""Every change of the catalogue, of the lĩnh vực and of the TTHC settings: one function each.

A change checks the right, is made in one transaction with its audit entry, and raises
`Refused` with sentences for the person who asked. `actor` is the member of staff who acts;
None means a command of the system itself. `at` is now by default.

Readers see the time, fee, papers and steps of a procedure only after an officer has confirmed
them ("rà soát"). Whoever may confirm does so again by changing such a fact; a change by
anybody else, by a file, or one that leaves nothing known takes the confirmation back.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from portal import audit
from portal.accounts import name_of
from portal.audit import AuditEntry
from portal.refusals import Refused, refuse_invalid
from portal.text import clean_line, slugify
from procedures.catalogue_facts import LABELS, Parts, facts_of, prefetched
from procedures.imports.staged import folded
from procedures.models import Dossier, Field, Procedure, ProcedureFigures, ProcedureStatus

__all__ = [
    "Stale",
    "add_procedures",
    "delete_field",
    "delete_procedure",
    "review_obstacles",
    "review_procedure",
    "save_field",
    "save_procedure",
    "save_settings",
    "successor_obstacle",
    "unreview_procedure",
]

REVIEW = "procedures.review_procedure"

# What an officer confirms; the rest tells where an entry comes from and how to find it.
_NOT_CONFIRMED = frozenset(
    (
        "also_known_as",
        "is_common",
        "is_core",
        "source",
        "source_via",
        "confidence",
        "caveat",
    )
)
_AS_THEY_ARE = Parts()
_LINES = (
    *("name", "level", "decision", "handled_by", "result", "where_to_submit"),
    *("contact_phone", "source", "source_via", "confidence"),
)
_PART_FIELDS = {
    "channels": ("channel", "amount", "unit", "time_note", "fee", "fee_note"),
    "papers": ("name", "case", "originals", "copies", "note"),
    "steps": ("text",),
    "forms": ("title", "attachment_id"),
}
_AUDIT_LABELS = LABELS | {"forms": "Mẫu đơn, tờ khai"}


class Stale(Refused):
    """Somebody else saved the procedure since the person who asked opened it."""

    def __init__(self, procedure):
        entry = AuditEntry.objects.about(procedure).first()
        who = name_of(entry.actor) if entry else "Hệ thống"
        at = timezone.localtime(procedure.updated_at)
        super().__init__(
            f"{who} đã lưu thủ tục này lúc {at:%H:%M} ngày {at:%d/%m/%Y}, sau khi bạn mở. Hãy mở "
            "thủ tục trong thẻ khác để xem. Nếu bấm Lưu lần nữa, nội dung bạn đang thấy ở đây "
            "sẽ thay nội dung đó."
        )


# --- Procedures -------------------------------------------------------------------------


def save_procedure(
    *, procedure, actor, parts=_AS_THEY_ARE, based_on=None, lift_review=False, at=None
):
    """Store a procedure with what stands below it, and return it.

    `based_on` is the `updated_at` that the person saw; if somebody saved since, nothing is
    stored and `Stale` is raised. `lift_review` takes the confirmation back in any case.
    A procedure that joins a lĩnh vực with totals only loses its dossiers and figures.
    """
    verb = "add" if procedure.pk is None else "change"
    _require(actor, f"procedures.{verb}_procedure")
    with transaction.atomic():
        stored = _locked(procedure) if procedure.pk else None
        if stored and based_on is not None and stored.updated_at != based_on:
            raise Stale(stored)
        _tidy(procedure)
        procedure.reviewed_at = stored and stored.reviewed_at
        procedure.reviewed_by = stored and stored.reviewed_by
        refuse_invalid(procedure)
        _refuse_bad_successor(procedure)
        before = facts_of(stored) if stored else {}
        note = ""
        if stored and stored.field_id != procedure.field_id and procedure.field.totals_only:
            note = _drop_rows(
                Dossier.objects.filter(procedure=procedure),
                ProcedureFigures.objects.filter(procedure=procedure),
            )
        procedure.save()
        _replace_parts(procedure, parts)
        saved = prefetched(Procedure.objects).get(pk=procedure.pk)
        after = facts_of(saved)
        changed = [key for key in after if after[key] != before.get(key)]
        if stored and not changed:
            return procedure
        if stored and stored.is_reviewed and set(changed) - _NOT_CONFIRMED:
            _renew_or_lift(saved, actor, lift=lift_review, at=at)
            procedure.reviewed_at, procedure.reviewed_by = (
                saved.reviewed_at,
                saved.reviewed_by,
            )
        ends = stored and stored.is_in_force and not procedure.is_in_force
        audit.record(
            ("procedure.ended" if ends else "procedure.changed")
            if stored
            else "procedure.created",
            actor=actor,
            target=procedure,
            before={_AUDIT_LABELS[key]: before[key] for key in changed} if stored else None,
            after={_AUDIT_LABELS[key]: after[key] for key in changed},
            note=note,
        )
    return procedure


def add_procedures(*, entries, actor, note=""):
    """Store many new procedures at once, each not yet confirmed; return them.

    `entries` are pairs of an unsaved procedure and its `Parts`; a successor may be another
    one of them. `note` says where they come from.
    """
    _require(actor, "procedures.add_procedure")
    entries = list(entries)
    with transaction.atomic():
        successors = {}
        for procedure, _ in entries:
            _tidy(procedure)
            if procedure.replaced_by is not None:
                successors[procedure.code] = procedure.replaced_by
                procedure.replaced_by = None
        made = Procedure.objects.bulk_create([procedure for procedure, _ in entries])
        for procedure in made:
            if procedure.code in successors:
                procedure.replaced_by = successors[procedure.code]
                _refuse_bad_successor(procedure)
        Procedure.objects.bulk_update(
            [each for each in made if each.code in successors], ["replaced_by"]
        )
        for name in _PART_FIELDS:
            rows = [
                row
                for procedure, parts in entries
                for row in _placed(procedure, getattr(parts, name) or ())
            ]
            _model_of(name).objects.bulk_create(rows)
        for procedure, parts in entries:
            if parts.legal_bases:
                procedure.legal_bases.set(parts.legal_bases)
        audit.record(
            "procedure.loaded",
            actor=actor,
            target=None,
            after={"Mã thủ tục": [procedure.code for procedure in made]},
            note=note,
        )
    return made


def delete_procedure(*, procedure, actor):
    """Delete a procedure on which nothing stands."""
    _require(actor, "procedures.delete_procedure")
    with transaction.atomic():
        stored = _locked(procedure)
        reasons = []
        if stored.figures.exists() or stored.dossiers.exists():
            reasons.append("Thủ tục này đã có hồ sơ hoặc số liệu trong kết quả công khai.")
        if stored.predecessors.exists():
            codes = ", ".join(stored.predecessors.values_list("code", flat=True))
            reasons.append(f"Thủ tục này đang thay cho {codes}.")
        if reasons:
            advice = (
                "Không xóa được; hãy ghi tình trạng “Bị bãi bỏ” để người dân vẫn tra được."
            )
            raise Refused(*reasons, advice)
        facts = facts_of(stored)
        audit.record(
            "procedure.deleted",
            actor=actor,
            target=stored,
            before={_AUDIT_LABELS[key]: fact for key, fact in facts.items() if fact},
        )
        stored.delete()


def successor_obstacle(procedure):
    """Return why the procedure cannot have the successor that it has or lacks; "" if it can."""
    successor = procedure.replaced_by
    if procedure.status == ProcedureStatus.REPLACED and successor is None:
        return (
            "chưa ghi được thay bằng thủ tục nào. Hãy chọn thủ tục thay thế, hoặc đổi tình trạng "
            "thành “Bị bãi bỏ”."
        )
    if successor is not None and procedure.is_in_force:
        return "còn hiệu lực thì không có thủ tục thay thế. Hãy xem lại tình trạng."
    seen = {procedure.code}
    while successor is not None:
        if successor.code in seen:
            return f"không thể thay bằng {successor.code}, vì sẽ thành thay vòng."
        seen.add(successor.code)
        successor = successor.replaced_by
    return ""


# --- Confirmation -----------------------------------------------------------------------


def review_obstacles(procedure):
    """Return why an officer cannot confirm the procedure yet, as sentences."""
    rows = list(procedure.channels.all())
    if not rows:
        return ["Chưa ghi cách nộp nào. Hãy đánh dấu ít nhất một cách nộp."]
    if any(row.amount is not None or row.fee is not None or row.time_note for row in rows):
        return []
    return [
        "Chưa ghi thời hạn hay phí của cách nộp nào, nên chưa có gì để xác nhận với người dân. "
        "Hãy ghi điều đã biết; thời hạn không phải con số thì ghi vào ô ghi chú."
    ]


def review_procedure(*, procedure, actor, at=None):
    """Confirm what is stored of the procedure, so that readers see it with the day."""
    _require(actor, REVIEW)
    with transaction.atomic():
        stored = _locked(procedure)
        _confirm(stored, actor, at)
        audit.record("procedure.reviewed", actor=actor, target=stored)
    procedure.refresh_from_db()
    return procedure


def unreview_procedure(*, procedure, actor):
    """Take the confirmation back: readers see only code, name, lĩnh vực and where to look."""
    _require(actor, REVIEW)
    with transaction.atomic():
        stored = _locked(procedure)
        if not stored.is_reviewed:
            raise Refused("Thủ tục này chưa được xác nhận rà soát.")
        _mark(stored, None, None)
        audit.record("procedure.unreviewed", actor=actor, target=stored)
    procedure.refresh_from_db()
    return procedure


def _renew_or_lift(procedure, actor, *, lift, at):
    may_confirm = actor is None or actor.has_perm(REVIEW)
    if lift or not may_confirm or review_obstacles(procedure):
        _mark(procedure, None, None)
    else:
        _confirm(procedure, actor, at)


def _confirm(procedure, actor, at):
    if reasons := review_obstacles(procedure):
        raise Refused(*reasons)
    _mark(procedure, timezone.now() if at is None else at, actor)


def _mark(procedure, at, actor):
    procedure.reviewed_at, procedure.reviewed_by = at, actor
    # `updated_at` stays: nothing was written that somebody could overwrite.
    Procedure.objects.filter(pk=procedure.pk).update(reviewed_at=at, reviewed_by=actor)


# --- Lĩnh vực and settings --------------------------------------------------------------


def save_field(*, field, actor, drop_rows=False):
    """Store a lĩnh vực and return it.

    One that becomes "chỉ số tổng" loses its dossiers and the figures of its procedures in
    every period, also published ones; they go only with `drop_rows`.
    """
    verb = "add" if field.pk is None else "change"
    _require(actor, f"procedures.{verb}_field")
    field.name = clean_line(field.name)
    field.slug = slugify(field.slug or field.name)
    with transaction.atomic():
        others = Field.objects.select_for_update().order_by("pk")
        stored = next((each for each in others if each.pk == field.pk), None)
        for other in others:
            if other.pk != field.pk and folded(other.name) == folded(field.name):
                raise Refused(f"Đã có lĩnh vực “{other}”. Hãy dùng lĩnh vực đó.")
        note = ""
        if stored and field.totals_only and not stored.totals_only:
            note = _drop_rows(
                Dossier.objects.filter(Q(field=field) | Q(procedure__field=field)),
                ProcedureFigures.objects.filter(procedure__field=field),
                is_agreed=drop_rows,
            )
        refuse_invalid(field)
        field.save()
        _record_row("field", stored, field, actor, note=note)
    return field


def delete_field(*, field, actor):
    """Delete a lĩnh vực that no procedure and no figures name."""
    _require(actor, "procedures.delete_field")
    with transaction.atomic():
        if field.procedures.exists() or field.sheets.exists() or field.dossiers.exists():
            raise Refused("Lĩnh vực này đã có thủ tục hoặc số liệu nên không xóa được.")
        audit.record(
            "field.deleted", actor=actor, target=field, before=audit.columns(field)
        )
        field.delete()


def save_settings(*, settings, actor):
    """Store the commune's choices about its TTHC pages, and return them."""
    _require(actor, "procedures.change_proceduresettings")
    with transaction.atomic():
        stored = type(settings).objects.select_for_update().first()
        refuse_invalid(settings)
        settings.save()
        _record_row("procedure_settings", stored or type(settings)(), settings, actor)
    return settings


# --- Shared -----------------------------------------------------------------------------


def _require(actor, permission):
    if actor is not None and not actor.has_perm(permission):
        raise Refused(
            "Bạn chưa được giao quyền xác nhận rà soát thủ tục."
            if permission == REVIEW
            else "Bạn chưa được giao quyền sửa danh mục thủ tục hành chính."
        )


def _locked(procedure):
    # Read afterwards: what is joined to a row that had to be waited for is that of before.
    locked = Procedure.objects.select_for_update().filter(pk=procedure.pk)
    if locked.order_by("pk").first() is None:  # in the usual order the lĩnh vực is joined
        raise Refused("Thủ tục này vừa bị xóa. Hãy mở lại danh mục.")
    return prefetched(Procedure.objects).get(pk=procedure.pk)


def _tidy(procedure):
    for name in _LINES:
        setattr(procedure, name, clean_line(getattr(procedure, name)))
    lines = map(clean_line, procedure.also_known_as.splitlines())
    procedure.also_known_as = "\n".join(line for line in lines if line)
    procedure.caveat = procedure.caveat.strip()


def _refuse_bad_successor(procedure):
    if reason := successor_obstacle(procedure):
        raise Refused(f"Thủ tục {procedure.code}: {reason}")


def _replace_parts(procedure, parts):
    """Put the rows of `parts` in the place of those that are stored, where they differ."""
    for name, columns in _PART_FIELDS.items():
        rows = getattr(parts, name)
        if rows is None:
            continue
        stored = getattr(procedure, name).all()
        if _values(stored, columns) == _values(rows, columns):
            continue
        stored.delete()
        _model_of(name).objects.bulk_create(_placed(procedure, rows))
    if parts.legal_bases is not None:
        procedure.legal_bases.set(parts.legal_bases)


def _values(rows, columns):
    return [tuple(getattr(row, column) for column in columns) for row in rows]


def _placed(procedure, rows):
    """Return `rows` as new ones of `procedure`, numbered from 1."""
    for order, row in enumerate(rows, 1):
        row.pk, row.procedure = None, procedure
        row._state.adding = True
        if hasattr(row, "order"):
            row.order = order
    return list(rows)


def _model_of(name):
    return Procedure._meta.get_field(name).related_model


def _drop_rows(dossiers, figures, *, is_agreed=True):
    """Delete rows that only totals may be kept of; return what went, in words."""
    counts = dossiers.count(), figures.count()
    if not any(counts):
        return ""
    said = f"{counts[0]} hồ sơ và {counts[1]} dòng số liệu theo thủ tục"
    if not is_agreed:
        raise Refused(
            f"Lĩnh vực này đang có {said}, kể cả ở các kỳ đã công khai. Giữ “chỉ số tổng” nghĩa "
            "là xóa hẳn chúng, số tổng của lĩnh vực vẫn còn. Nếu đồng ý, hãy đánh dấu vào ô xác "
            "nhận rồi lưu lại."
        )
    dossiers.delete()
    figures.delete()
    return f"Đã xóa {said}."


def _record_row(kind, stored, target, actor, *, note=""):
    action = f"{kind}.changed" if stored else f"{kind}.created"
    audit.record_difference(action, actor=actor, stored=stored, target=target, note=note)
