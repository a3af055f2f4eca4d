"""The way of a period's figures from the clerk to the readers: one function a step.

    draft → submitted → (returned with a remark) → published → corrected … → removed

Saving changes nothing that readers see; only `approve` does. A published period is corrected
by its next edition, and readers keep the approved one until the next is approved. A step
checks the right and the state, writes in one transaction with an audit entry, and raises
`Refused` with sentences for the person who asked. `actor` is the member of staff who acts;
None means a command of the system itself, which may do everything. `at` is now by default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from django.db import transaction
from django.utils import timezone

from portal import audit
from portal.accounts import name_of
from portal.attachments import Attachment
from portal.personal_data import find as find_personal_data
from portal.refusals import Refused
from portal.text import clean_line
from procedures import carry_over, notices
from procedures.figures import Figures
from procedures.models import (
    Dossier,
    Field,
    ImportRun,
    ImportState,
    OverdueCount,
    Period,
    PeriodEdition,
    PeriodStatus,
    ProcedureFigures,
    ResolutionTime,
    ResultSheet,
    Source,
    Stage,
)

__all__ = [
    "Details",
    "Refused",
    "SheetRow",
    "Stale",
    "allowed_steps",
    "approve",
    "create_period",
    "delete_period",
    "details_of",
    "discard",
    "obstacles",
    "put_back",
    "recall",
    "remove",
    "return_to_clerk",
    "rows_of",
    "save_sheet",
    "submit",
]

ENTER = "procedures.change_period"
PUBLISH = "procedures.publish_period"
_REASON_LENGTH = 300  # characters
_REMARK_LENGTH = 1000  # characters


@dataclass(frozen=True)
class SheetRow:
    """One row of the form: the figures of a lĩnh vực, and why column 6 differs if it does."""

    field: Field
    figures: Figures
    carry_over_note: str = ""


@dataclass(frozen=True)
class Details:
    """What stands around the figures; `overdue` counts late dossiers by `OverdueReason`."""

    note: str = ""
    correction_note: str = ""
    report_number: str = ""
    signer: str = ""
    signer_position: str = ""
    signed_on: date | None = None
    signed_file: Attachment | None = None
    apology_letters: int | None = None
    as_of: date | None = None
    overdue: Mapping[str, int] = field(default_factory=dict)


_TEXTS = ("note", "correction_note", "report_number", "signer", "signer_position")
_COLUMNS = tuple(each.name for each in fields(Details) if each.name != "overdue")


class Stale(Refused):
    """Somebody else saved in the meantime; `edition` is what they saved."""

    def __init__(self, edition):
        self.edition = edition
        local = timezone.localtime(edition.updated_at)
        super().__init__(
            f"{name_of(edition.updated_by)} đã lưu bảng này lúc {local:%H:%M} ngày "
            f"{local:%d/%m/%Y}, sau khi bạn mở. Hãy xem bảng đó trước khi lưu hoặc duyệt."
        )


def rows_of(edition):
    """Return the rows of `edition` as `SheetRow`s, in the order of the form."""
    if edition is None:
        return []
    return [
        SheetRow(sheet.field, sheet.figures, sheet.carry_over_note)
        for sheet in edition.sheets.select_related("field")
    ]


def details_of(edition):
    """Return what stands around the figures of `edition`."""
    if edition is None:
        return Details()
    overdue = {each.reason: each.count for each in edition.overdue_counts.all()}
    return Details(**{name: getattr(edition, name) for name in _COLUMNS}, overdue=overdue)


# --- Entering -----------------------------------------------------------------------


def create_period(*, period, actor, at=None):
    """Store the new `period` with an empty first edition, and return it."""
    at = _now(at)
    _require(actor, "procedures.add_period")
    with transaction.atomic():
        period.save(force_insert=True)
        period.head = _next_edition(period, number=1, actor=actor, at=at)
        period.save(update_fields=["head"])
        _record("period.created", period, actor, after={"code": period.code})
    return period


def save_sheet(
    *,
    period,
    actor,
    rows,
    details,
    based_on=None,
    source=Source.MANUAL,
    run=None,
    procedure_rows=(),
    times=None,
    at=None,
):
    """Replace the figures in hand of `period` by `rows`, and return their edition.

    A draft is replaced in place; of an approved edition the next one begins, a correction.
    `based_on` is the (number, revision) that the person saw; if somebody saved since, nothing
    is stored and `Stale` is raised. `procedure_rows`, pairs of procedure and `Figures`, and
    `times`, {lĩnh vực key: {bucket: dossiers}}, come from a dossier list with its `run`.
    Figures changed by hand are those of no file any more: they lose their `run`. A row of
    zeros changes none.
    """
    at = _now(at)
    _require(actor, ENTER)
    rows, details = list(rows), _tidied(details)
    _refuse_bad_rows(rows)
    with transaction.atomic():
        stored = _locked(period)
        edition = stored.head
        _refuse_stale(edition, based_on)
        before = {row.field.pk: row for row in rows_of(edition)}
        differs = _counted(rows) != _counted(before.values())
        follows = stored.stage == Stage.APPROVED
        kept = edition if source == Source.MANUAL and not differs else None
        if follows:
            edition = _next_edition(stored, number=edition.number + 1, actor=actor, at=at)
        if kept is not None:
            source, run = kept.source, kept.run
            procedure_rows = [
                (each.procedure, each.figures)
                for each in kept.procedure_figures.select_related("procedure")
            ]
            times = _times_of(kept)
        edition.source, edition.run = source, run
        for name in _COLUMNS:
            setattr(edition, name, getattr(details, name))
        edition.revision += 1
        edition.updated_at, edition.updated_by = at, actor
        edition.save()
        _replace_rows(edition, rows, details.overdue, procedure_rows, times or {})
        stored.head, stored.stage = edition, Stage.DRAFT
        stored.remark = "" if follows else stored.remark
        stored.save(update_fields=["head", "stage", "remark"])
        _record(
            "period.saved",
            stored,
            actor,
            before={str(row.field): vars(row.figures) for row in before.values()},
            after={str(row.field): vars(row.figures) for row in rows},
            note=f"Bản {edition.number}. {Source(source).label}.",
        )
    period.refresh_from_db()
    return edition


def discard(*, period, actor, at=None):
    """Drop the correction in hand, so that the approved edition is the head again."""
    _require(actor, ENTER)
    with transaction.atomic():
        stored = _locked(period)
        if stored.approved is None or stored.stage == Stage.APPROVED:
            raise Refused("Kỳ này không có bản đính chính nào đang làm để bỏ.")
        dropped = stored.head
        stored.head, stored.stage, stored.remark = stored.approved, Stage.APPROVED, ""
        stored.save(update_fields=["head", "stage", "remark"])
        _drop(dropped, at=_now(at))
        _record("period.discarded", stored, actor, note=f"Bản {dropped.number}.")
    period.refresh_from_db()
    return period


def delete_period(*, period, actor, at=None):
    """Delete a period that readers never saw, with its figures."""
    _require(actor, "procedures.delete_period")
    with transaction.atomic():
        stored = _locked(period)
        if stored.approved is not None:
            raise Refused(
                "Kỳ này đã từng công khai nên không xóa được. Nếu công khai nhầm, hãy gỡ và "
                "ghi lý do."
            )
        editions = list(stored.editions.all())
        Period.objects.filter(pk=stored.pk).update(head=None)
        for edition in editions:
            _drop(edition, at=_now(at))
        _record("period.deleted", stored, actor, before={"code": stored.code})
        stored.delete()


# --- Approval -----------------------------------------------------------------------


def obstacles(period, *, today=None):
    """Return why the figures in hand cannot be submitted or published now, as sentences."""
    today = timezone.localdate() if today is None else today
    edition = period.head
    rows = rows_of(edition)
    reasons = []
    if not rows:
        reasons.append(
            "Kỳ này chưa có dòng kết quả nào. Hãy nhập ít nhất một lĩnh vực; nếu không phát "
            "sinh hồ sơ thì để các cột bằng 0."
        )
    if period.ends_on is not None and period.ends_on >= today:
        reasons.append(
            f"Kỳ này đến hết ngày {period.ends_on:%d/%m/%Y} mới kết thúc nên chưa công khai được."
        )
    explained = {row.field for row in rows if row.carry_over_note}
    reasons += [
        f"{difference} Hãy sửa, hoặc ghi vì sao khác ở dòng đó."
        for difference in carry_over.differences(period)
        if difference.field not in explained
    ]
    late = sum(row.figures.resolved_late + row.figures.pending_overdue for row in rows)
    named = sum(each.count for each in edition.overdue_counts.all()) if edition else 0
    if named > late:
        reasons.append(
            f"Nguyên nhân quá hạn ghi {named} hồ sơ, nhưng cột 10 và cột 13 cộng lại chỉ có "
            f"{late}. Hãy sửa số hồ sơ theo nguyên nhân."
        )
    if period.approved_id and edition and not edition.correction_note:
        reasons.append(
            "Kỳ này đã công khai. Hãy ghi nội dung đính chính: đã sửa số liệu nào và vì sao."
        )
    return reasons


def submit(*, period, actor, at=None):
    """Send the figures in hand to the approver, and return the period."""
    at = _now(at)
    _require(actor, ENTER)
    with transaction.atomic():
        stored = _locked(period)
        if stored.stage not in (Stage.DRAFT, Stage.RETURNED):
            raise Refused(
                "Bản này đã gửi duyệt rồi."
                if stored.stage == Stage.SUBMITTED
                else "Bản này đã được duyệt, không cần gửi nữa."
            )
        _refuse(obstacles(stored, today=timezone.localdate(at)))
        stored.stage, stored.remark = Stage.SUBMITTED, ""
        stored.submitted_at, stored.submitted_by = at, actor
        stored.save(update_fields=["stage", "remark", "submitted_at", "submitted_by"])
        _record("period.submitted", stored, actor, note=f"Bản {stored.head.number}.")
        notices.ask_approvers(stored)
    period.refresh_from_db()
    return period


def recall(*, period, actor):
    """Take what was submitted back to the clerk, who wants to change something."""
    _require(actor, ENTER)
    with transaction.atomic():
        stored = _locked(period)
        if stored.stage != Stage.SUBMITTED:
            raise Refused("Bản này không đang chờ duyệt nên không có gì để rút về.")
        stored.stage = Stage.DRAFT
        stored.save(update_fields=["stage"])
        _record("period.recalled", stored, actor)
    period.refresh_from_db()
    return period


def return_to_clerk(*, period, actor, number, revision, remark):
    """Give the submitted edition back with `remark`, what is to be changed."""
    _require(actor, PUBLISH)
    remark = remark.strip()
    if not remark:
        raise Refused("Hãy ghi cần sửa gì để người nhập biết.")
    if len(remark) > _REMARK_LENGTH:
        raise Refused(f"Ý kiến trả lại dài nhất {_REMARK_LENGTH} chữ.")
    with transaction.atomic():
        stored = _locked(period)
        _refuse_unless_submitted(stored)
        _refuse_stale(stored.head, (number, revision))
        stored.stage, stored.remark = Stage.RETURNED, remark
        stored.save(update_fields=["stage", "remark"])
        _record("period.returned", stored, actor, note=remark)
        notices.tell_clerks(stored, "returned", actor=actor, words=remark)
    period.refresh_from_db()
    return period


def approve(*, period, actor, number, revision, override_reason="", at=None):
    """Let readers see the submitted edition, and return the period.

    `number` and `revision` are what the approver read. Who entered or submitted the figures
    does not approve them, unless an `override_reason` says why; the audit keeps it. Dossier
    rows of earlier files of this period go, since readers may only see those of one edition.
    """
    at = _now(at)
    _require(actor, PUBLISH)
    override_reason = _reason(override_reason)
    with transaction.atomic():
        stored = _locked(period)
        _refuse_unless_submitted(stored)
        edition = stored.head
        _refuse_stale(edition, (number, revision))
        own = actor is not None and actor.pk in (
            edition.updated_by_id,
            stored.submitted_by_id,
        )
        if own and not override_reason:
            raise Refused(
                "Người nhập hoặc gửi số liệu không tự duyệt. Hãy nhờ người khác duyệt, hoặc "
                "ghi lý do phải tự duyệt."
            )
        _refuse(obstacles(stored, today=timezone.localdate(at)))
        edition.approved_at, edition.approved_by = at, actor
        edition.override_reason = override_reason if own else ""
        edition.save(update_fields=["approved_at", "approved_by", "override_reason"])
        before = {
            "status": stored.status,
            "edition": stored.approved and stored.approved.number,
        }
        stored.status, stored.stage, stored.approved = (
            PeriodStatus.PUBLISHED,
            Stage.APPROVED,
            edition,
        )
        stored.published_at = stored.published_at or at
        stored.removed_at = stored.removed_by = None
        stored.removal_reason = ""
        stored.save()
        Dossier.objects.filter(run__period=stored).exclude(run=edition.run_id).delete()
        _record(
            "period.approved_alone" if own else "period.published",
            stored,
            actor,
            before=before,
            after={"status": stored.status, "edition": edition.number},
            note=override_reason if own else edition.correction_note,
        )
        notices.tell_clerks(stored, "published", actor=actor)
    period.refresh_from_db()
    return period


# --- Removal ------------------------------------------------------------------------


def remove(*, period, actor, reason, at=None):
    """Take `period` off the public pages; readers get 410 with `reason`."""
    _require(actor, PUBLISH)
    reason = _public_reason(reason, "Hãy ghi lý do gỡ kỳ kết quả này; người dân đọc được.")
    with transaction.atomic():
        stored = _locked(period)
        if stored.status != PeriodStatus.PUBLISHED:
            raise Refused("Kỳ này không đang công khai nên không có gì để gỡ.")
        stored.status, stored.removal_reason = PeriodStatus.REMOVED, reason
        stored.removed_at, stored.removed_by = _now(at), actor
        stored.save()
        _record("period.removed", stored, actor, note=reason)
    period.refresh_from_db()
    return period


def put_back(*, period, actor, reason, at=None):
    """Show a removed period again as it was; `reason` is for the audit only."""
    _require(actor, PUBLISH)
    reason = _reason(reason, "Hãy ghi lý do công khai lại kỳ này.")
    with transaction.atomic():
        stored = _locked(period)
        if stored.status != PeriodStatus.REMOVED:
            raise Refused("Kỳ này chưa bị gỡ nên không cần công khai lại.")
        before = {"reason": stored.removal_reason}
        stored.status, stored.removal_reason = PeriodStatus.PUBLISHED, ""
        stored.removed_at = stored.removed_by = None
        stored.save()
        _record("period.put_back", stored, actor, before=before, note=reason)
    period.refresh_from_db()
    return period


# --- What one may do ----------------------------------------------------------------


def allowed_steps(period, user):
    """Return the names of the steps that `user` may take with `period` now.

    "save", "submit", "recall", "return", "approve", "approve_alone", "discard", "remove",
    "put_back", "delete". Whether the figures are fit for a step, `obstacles` tells.
    """
    steps = set()
    enters, publishes = user.has_perm(ENTER), user.has_perm(PUBLISH)
    if enters:
        steps.add("save")
        if period.stage in (Stage.DRAFT, Stage.RETURNED):
            steps.add("submit")
        if period.stage == Stage.SUBMITTED:
            steps.add("recall")
        if period.approved_id and period.stage != Stage.APPROVED:
            steps.add("discard")
    if publishes and period.stage == Stage.SUBMITTED:
        own = user.pk in (period.head.updated_by_id, period.submitted_by_id)
        steps |= {"return", "approve_alone" if own else "approve"}
    if publishes and period.status == PeriodStatus.PUBLISHED:
        steps.add("remove")
    if publishes and period.status == PeriodStatus.REMOVED:
        steps.add("put_back")
    if user.has_perm("procedures.delete_period") and not period.approved_id:
        steps.add("delete")
    return frozenset(steps)


# --- Shared -------------------------------------------------------------------------


def _now(at):
    return timezone.now() if at is None else at


def _locked(period):
    """Return the locked period, or refuse when it has been deleted.

    Its editions are read when they are asked for: joined into this query they would be those
    of before the wait for the lock, so that what somebody saved meanwhile were overwritten.
    """
    stored = Period.objects.select_for_update().filter(pk=period.pk).first()
    if stored is None:
        raise Refused("Kỳ này vừa bị xóa nên không làm được nữa. Hãy mở lại danh sách kỳ.")
    return stored


def _require(actor, permission):
    if actor is not None and not actor.has_perm(permission):
        raise Refused(
            "Bạn chưa được giao quyền công khai hoặc gỡ kết quả giải quyết TTHC."
            if permission == PUBLISH
            else "Bạn chưa được giao quyền nhập kết quả giải quyết TTHC."
        )


def _refuse(reasons):
    if reasons:
        raise Refused(*reasons)


def _refuse_unless_submitted(period):
    if period.stage != Stage.SUBMITTED:
        raise Refused("Kỳ này không có bản nào đang chờ duyệt.")


def _refuse_stale(edition, based_on):
    if based_on is not None and (edition.number, edition.revision) != tuple(based_on):
        raise Stale(edition)


def _counted(rows):
    """Return the figures that are not all 0, by the key of the lĩnh vực.

    A row of zeros counts nothing: a clerk adds one to a list to say where the dossiers went
    that the period before left open.
    """
    return {row.field.pk: row.figures for row in rows if row.figures != Figures()}


def _refuse_bad_rows(rows):
    seen, reasons = set(), []
    for row in rows:
        if row.field.pk in seen:
            reasons.append(f"Lĩnh vực {row.field} có hai dòng. Hãy gộp lại thành một.")
        seen.add(row.field.pk)
        if not row.figures.is_balanced:
            reasons.append(
                f"Lĩnh vực {row.field}: cột 3 (4+5+6 = {row.figures.received}) phải bằng cột 7 "
                f"+ cột 11 (= {row.figures.resolved + row.figures.pending})."
            )
        reasons += _personal_data_in(f"Lĩnh vực {row.field}", row.carry_over_note)
    _refuse(reasons)


def _tidied(details):
    """Return `details` with clean texts; refuse those that hold personal data."""
    texts = {name: clean_line(getattr(details, name)) for name in _TEXTS[1:]}
    texts["note"] = details.note.strip()
    _refuse(
        _personal_data_in("Ghi chú công khai", texts["note"])
        + _personal_data_in("Nội dung đính chính", texts["correction_note"])
    )
    kept = {name: getattr(details, name) for name in _COLUMNS if name not in _TEXTS}
    overdue = {reason: count for reason, count in details.overdue.items() if count}
    return Details(**texts, **kept, overdue=overdue)


def _personal_data_in(place, text):
    kinds = find_personal_data(text)
    if not kinds:
        return []
    return [f"{place} có {', '.join(kinds)}. Hãy bỏ đi: câu này người dân đọc được."]


def _reason(text, missing=""):
    text = clean_line(text)
    if missing and not text:
        raise Refused(missing)
    if len(text) > _REASON_LENGTH:
        raise Refused(f"Lý do dài nhất {_REASON_LENGTH} chữ.")
    return text


def _public_reason(text, missing):
    text = _reason(text, missing)
    _refuse(_personal_data_in("Lý do", text))
    return text


def _next_edition(period, *, number, actor, at):
    return PeriodEdition.objects.create(
        period=period,
        number=number,
        created_at=at,
        created_by=actor,
        updated_at=at,
        updated_by=actor,
    )


def _times_of(edition):
    times = {}
    for each in ResolutionTime.objects.filter(sheet__edition=edition).select_related(
        "sheet"
    ):
        times.setdefault(each.sheet.field_id, {})[each.bucket] = each.count
    return times


def _replace_rows(edition, rows, overdue, procedure_rows, times):
    edition.sheets.all().delete()
    edition.overdue_counts.all().delete()
    edition.procedure_figures.all().delete()
    sheets = ResultSheet.objects.bulk_create(
        ResultSheet(
            edition=edition,
            field=row.field,
            carry_over_note=clean_line(row.carry_over_note),
            **vars(row.figures),
        )
        for row in rows
    )
    ResolutionTime.objects.bulk_create(
        ResolutionTime(sheet=sheet, bucket=bucket, count=count)
        for sheet in sheets
        for bucket, count in times.get(sheet.field_id, {}).items()
        if count
    )
    OverdueCount.objects.bulk_create(
        OverdueCount(edition=edition, reason=reason, count=count)
        for reason, count in overdue.items()
    )
    ProcedureFigures.objects.bulk_create(
        ProcedureFigures(edition=edition, procedure=procedure, **vars(figures))
        for procedure, figures in procedure_rows
    )


def _drop(edition, *, at):
    """Delete an edition that readers never saw, and the dossiers it was counted from."""
    run = edition.run
    edition.delete()
    if run is not None and not run.editions.exists():
        run.dossiers.all().delete()
        ImportRun.objects.filter(pk=run.pk).update(state=ImportState.UNDONE, finished_at=at)


def _record(action, period, actor, *, before=None, after=None, note=""):
    audit.record(action, actor=actor, target=period, before=before, after=after, note=note)
