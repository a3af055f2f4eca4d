"""The way of a file into a period: read, look, confirm; undo the whole of it.

    begin → READY (a preview waits for an hour) → confirm → DONE → undo → UNDONE
            FAILED (unreadable)                 → cancel  → CANCELLED

Reading happens in a child process and leaves private columns behind; what waits for the
person's yes are columns that may be published, and `ImportDraft` alone holds them. Confirming
stores the rows of the sheet and the dossiers behind them in one transaction, or nothing. One
import is at work at a time: a lock of the database session says so, and ends with the process
that holds it, however that ends.
"""

import gc
import hashlib
import io
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import PurePath

from django.db import connection, transaction
from django.utils import timezone

from portal.accounts import name_of
from portal.jobs import daily
from portal.personal_data import mask
from portal.refusals import Refused
from portal.text import clean_line
from procedures import workflow
from procedures.counting import Facts
from procedures.figures import STORED, Figures
from procedures.imports import caps, dossiers, report, results_form, sandbox
from procedures.imports.matching import Choices, Names, remember
from procedures.imports.staged import Staged
from procedures.models import (
    DataRequest,
    Dossier,
    Field,
    ImportDraft,
    ImportKind,
    ImportLayout,
    ImportRun,
    ImportState,
    Period,
    PeriodEdition,
    Procedure,
    ResolutionTime,
    Source,
    Stage,
)
from procedures.workflow import SheetRow

__all__ = [
    "Busy",
    "Gone",
    "Unchanged",
    "begin",
    "cancel",
    "choices_of",
    "confirm",
    "expire_drafts",
    "is_unchanged",
    "preview",
    "rehearse",
    "remap",
    "staged_of",
    "undo",
]

PERMISSION = "procedures.import_results"
DRAFT_LIVES = timedelta(hours=1)
_LOCK = 0x54544843  # "TTHC": the one import that is at work
_PROGRESS_EVERY = 0.5  # seconds
_CHUNK = 1 << 20  # bytes
_LINES = 500  # of dossiers that are sent at a time
_INTERPRET = {
    ImportKind.DOSSIERS: dossiers.interpret,
    ImportKind.RESULTS: results_form.interpret,
}
_SOURCE = {ImportKind.DOSSIERS: Source.DOSSIERS, ImportKind.RESULTS: Source.FORM}
_INTERRUPTED = "Việc đọc tệp bị ngắt giữa chừng, chưa có gì được ghi. Hãy tải tệp lên lại."


class Busy(Refused):
    """Another import is at work."""


class Gone(Refused):
    """The period was deleted meanwhile, and what was brought for it with it."""

    def __init__(self):
        super().__init__(
            "Kỳ của tệp này vừa bị xóa nên không còn gì để làm. Hãy lập lại kỳ rồi tải tệp lên."
        )


class Unchanged(Refused):
    """The file says what the period has already; nothing was stored."""

    def __init__(self):
        super().__init__("Không có thay đổi: kỳ này đã có đúng số liệu của tệp này.")


# --- Reading -------------------------------------------------------------------------


def begin(*, period, kind, file, name, actor, on_progress=None):
    """Read `file`, called `name`, for `period`; return its `ImportRun`, READY or FAILED.

    `kind` is an `ImportKind`. `on_progress(step, done, total)` is called while it is read;
    the run shows the same. Raises `Busy` while another import is at work, and `Refused` for
    people without the right. A file that cannot be read gives a FAILED run with `failure`.
    """
    _require_right(actor)
    with _alone():
        # Whoever was reading is dead: the lock that we hold was theirs.
        _give_up()
        expire_drafts(now=timezone.now())
        run = ImportRun.objects.create(
            kind=kind,
            period=period,
            file_name=mask(clean_line(PurePath(name).name))[:255],
            created_by=actor,
            size=_size(file),
            sha256=_sha256(file),
            based_on_number=period.head.number,
            based_on_revision=period.head.revision,
        )
        try:
            staged = _read(period, kind, file, name, _Progress(run, on_progress or _ignore))
        except Refused as refused:
            return _failed(run, " ".join(refused.reasons))
        except Exception:
            _failed(run, "Tệp làm hỏng việc đọc. Hãy lưu lại bằng Excel rồi tải lên lại.")
            raise
        _keep(run, _with_remembered_mapping(staged))
    run.refresh_from_db()
    return run


def rehearse(*, period, kind, file, name, choices=None, on_progress=None):
    """Read `file` and return what it means as `Interpreted`; nothing at all is stored.

    `period` may be unsaved. Raises `Busy`, and `Refused` for a file that cannot be read.
    """
    with _alone():
        staged = _read(period, kind, file, name, on_progress or _ignore)
    return _INTERPRET[kind](
        _with_remembered_mapping(staged), period=period, choices=choices or Choices()
    )


def _read(period, kind, file, name, on_progress):
    file_format = caps.check(file, name, _size(file))
    return sandbox.read(
        file,
        file_format=file_format,
        kind=str(kind),
        known=Names().known(),
        period=(period.starts_on, period.ends_on),
        mapping=None,
        on_progress=on_progress,
    )


def _with_remembered_mapping(staged):
    layout = ImportLayout.objects.filter(
        kind=staged.kind, signature=staged.signature
    ).first()
    if layout is None:
        return staged
    try:
        return staged.remapped(layout.mapping)
    except ValueError:  # the same headings, but other things below them
        return staged


def _keep(run, staged):
    with transaction.atomic():
        if _locked(run).state != ImportState.READING:
            return  # thrown away while it was read
        ImportDraft.objects.create(
            run=run, payload=staged.to_bytes(), expires_at=timezone.now() + DRAFT_LIVES
        )
        run.state, run.progress = ImportState.READY, {}
        run.layout, run.mapping = staged.signature, dict(staged.mapping)
        run.rows_read = staged.rows_read
        run.save()


def _failed(run, failure):
    with transaction.atomic():
        _locked(run)  # raises `Gone`
        run.state, run.failure, run.progress = ImportState.FAILED, failure[:600], {}
        run.finished_at = timezone.now()
        run.save()
    return run


def _size(file):
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    return size


def _sha256(file):
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _ignore(*progress):
    pass


class _Progress:
    """Writes how far reading is where other requests can see it, but not too often."""

    def __init__(self, run, on_progress):
        self._run = run
        self._on_progress = on_progress
        self._written_at = 0

    def __call__(self, step, done, total):
        self._on_progress(step, done, total)
        if time.monotonic() - self._written_at >= _PROGRESS_EVERY:
            self._written_at = time.monotonic()
            ImportRun.objects.filter(pk=self._run.pk).update(
                progress={"step": step, "done": done, "total": total}
            )


# --- Looking -------------------------------------------------------------------------


def staged_of(run):
    """Return what was read of the file; raises `Refused` when it is not there any more."""
    draft = ImportDraft.objects.filter(run=run, expires_at__gt=timezone.now()).first()
    if draft is None:
        raise Refused(
            "Bản xem trước của tệp này không còn: nó chỉ được giữ một giờ. Hãy tải tệp lên lại."
        )
    return Staged.from_bytes(bytes(draft.payload))


def choices_of(run):
    """Return the `Choices` that the clerk has made for this file."""
    return Choices.from_json(run.report.get("choices", {}))


def preview(run):
    """Return as `Interpreted` what confirming `run` would store, and what is in its way."""
    with _uncollected():
        return _INTERPRET[run.kind](
            staged_of(run), period=run.period, choices=choices_of(run)
        )


def remap(*, run, mapping, choices, actor):
    """Use the columns of the file as `mapping` says (key → letter), and `choices` beside it.

    Also what to do after `Stale`: the preview is that of the figures as they are now. Raises
    `Refused` for a column that cannot be what it is chosen for.
    """
    with transaction.atomic():
        stored = _waiting(run, actor)
        try:
            staged = staged_of(stored).remapped(mapping)
        except ValueError:
            raise Refused(
                "Có cột không dùng được vào việc đã chọn, hoặc được chọn hai lần. Hãy chọn lại."
            ) from None
        ImportDraft.objects.filter(run=stored).update(payload=staged.to_bytes())
        head = stored.period.head
        stored.mapping = dict(staged.mapping)
        stored.report = {"choices": choices.to_json()}
        stored.based_on_number, stored.based_on_revision = head.number, head.revision
        stored.save()
    run.refresh_from_db()
    return run


def is_unchanged(run, interpreted):
    """Whether the period in hand has all that the file says.

    Of a form these are its figures, wherever they came from; of a list also its dossiers, so
    it must be the same file, read the same way.
    """
    head = run.period.head
    former = head.run
    if _plain_rows(workflow.rows_of(head)) != _plain_rows(interpreted.rows):
        return False
    return run.kind == ImportKind.RESULTS or (
        former is not None
        and former.sha256 == run.sha256
        and former.mapping == run.mapping
        and {each.procedure_id: each.figures for each in head.procedure_figures.all()}
        == {procedure.pk: figures for procedure, figures in interpreted.procedure_rows}
    )


def _plain_rows(rows):
    return {row.field.pk: row.figures for row in rows}


# --- Answering -----------------------------------------------------------------------


def confirm(*, run, actor, at=None):
    """Store the rows of the sheet and the dossiers behind them, and return the edition.

    All in one transaction. Raises `Refused` as long as something must be corrected, when the
    run was answered before, and `Stale` when somebody saved figures of the period since the
    preview; `Unchanged` when the period has them from the same file already.
    """
    at = at or timezone.now()
    try:
        with _alone(), _uncollected(), transaction.atomic():
            edition = _confirm(run, actor, at)
    except Unchanged:
        _end(run, ImportState.CANCELLED, at)
        run.refresh_from_db()
        raise
    run.refresh_from_db()
    return edition


def _confirm(run, actor, at):
    run = _waiting(run, actor)
    choices = choices_of(run)
    found = preview(run)
    if found.blockers:
        raise Refused(
            f"Tệp còn {len(found.blockers)} chỗ phải sửa nên chưa nhập được. Chưa có gì được ghi."
        )
    if is_unchanged(run, found):
        raise Unchanged
    period = run.period
    replaced = None if period.stage == Stage.APPROVED else _snapshot(period.head)
    details = workflow.details_of(period.head)
    if period.stage == Stage.APPROVED:
        # What a correction corrects is its own; the clerk writes it before submitting.
        details = replace(details, correction_note="")
    notes = {row.field.pk: row.carry_over_note for row in workflow.rows_of(period.head)}
    edition = workflow.save_sheet(
        period=period,
        actor=actor,
        rows=[
            replace(row, carry_over_note=notes.get(row.field.pk, "")) for row in found.rows
        ],
        details=replace(details, as_of=choices.as_of or details.as_of),
        based_on=(run.based_on_number, run.based_on_revision),
        source=_SOURCE[run.kind],
        run=run,
        procedure_rows=found.procedure_rows,
        times=found.times,
        at=at,
    )
    _insert(run, found.records)
    remember(choices)
    ImportLayout.objects.update_or_create(
        kind=run.kind,
        signature=run.layout,
        defaults={"mapping": run.mapping, "updated_by": actor},
    )
    run.state, run.finished_at, run.replaced = ImportState.DONE, at, replaced
    run.report = report.counts(found) | {"choices": choices.to_json()}
    run.rows_counted = found.rows_counted
    run.save()
    ImportDraft.objects.filter(run=run).delete()
    return edition


_COPIED = ("code", "procedure_id", "field_id", "run_id", "outcome", "is_carried_over")


def _insert(run, records):
    """Write the dossiers by COPY, which takes a quarter of the time of INSERT.

    A dossier that was removed on request counts in the figures and has no row any more.
    """
    removed = DataRequest.objects.removed_codes()
    # Once for all dossiers with the same facts.
    rest = {told: _rest(run, told) for told in {record.told for record in records}}
    lines = (
        f"{code.translate(_ESCAPED)}\t{procedure}\t{field}\t{rest[told]}\n"
        for code, procedure, field, told in records
        if code not in removed
    )
    columns = ", ".join([*_COPIED, *Facts._fields])
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"/* imports._insert */ COPY {Dossier._meta.db_table} ({columns}) FROM STDIN",
            _Parts(lines),
        )


class _Parts:
    """A file that gives lines as they are made, so that Postgres stores some meanwhile."""

    def __init__(self, lines):
        self._lines = lines

    def read(self, size):
        return "".join(islice(self._lines, _LINES))


_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _rest(run, told):
    """Return what is stored of a dossier beside its code and procedure, as COPY reads it."""
    place = told.end.place
    facts = "\t".join(r"\N" if fact is None else str(fact) for fact in told.facts)
    return f"{run.pk}\t{place.outcome}\t{place.received == 'carried_over'}\t{facts}"


def cancel(*, run, actor):
    """Throw away what was read; the period stays as it is."""
    _require_right(actor)
    with transaction.atomic():
        stored = _locked(run)
        if stored.state not in (ImportState.READING, ImportState.READY):
            raise Refused("Lần nhập này đã kết thúc nên không có gì để hủy.")
        _end(stored, ImportState.CANCELLED, timezone.now())
    run.refresh_from_db()
    return run


def _end(run, state, at):
    ImportDraft.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(state=state, finished_at=at, progress={})


# --- Taking back ---------------------------------------------------------------------


def undo(*, run, actor, at=None):
    """Take back the whole of an import, and return the edition that is in hand then.

    Figures that readers have not seen become what they were before. Of approved ones a
    correction begins with the figures of the edition before; readers keep what they see
    until it is approved. Raises `Refused` when figures were saved since.
    """
    _require_right(actor)
    at = at or timezone.now()
    with transaction.atomic():
        stored = _locked(run)
        period = stored.period
        if stored.state != ImportState.DONE:
            raise Refused("Lần nhập này không còn hiệu lực nên không có gì để hoàn tác.")
        if period.head.run_id != stored.pk:
            raise Refused(
                "Sau lần nhập này số liệu của kỳ đã được thay đổi. Hãy hoàn tác lần nhập sau "
                "trước, hoặc sửa thẳng trong bảng số liệu."
            )
        if period.stage == Stage.APPROVED:
            _correct_by_edition_before(period, actor, at)
        elif stored.replaced is None:
            workflow.discard(period=period, actor=actor, at=at)
        else:
            _put_back(period, stored, actor, at)
    run.refresh_from_db()
    return run.period.head


def _correct_by_edition_before(period, actor, at):
    before = period.editions.approved().filter(number__lt=period.head.number).first()
    if before is None:
        raise Refused(
            "Số liệu của tệp này là bản đầu tiên đã công khai nên không có bản trước để trở về. "
            "Hãy nhập tệp đúng hoặc sửa bảng số liệu để đính chính; nếu công khai nhầm kỳ, hãy "
            "nhờ người duyệt gỡ kỳ này."
        )
    workflow.save_sheet(
        period=period,
        actor=actor,
        details=replace(
            workflow.details_of(before),
            correction_note=f"Trở về số liệu của bản {before.number}.",
        ),
        at=at,
        # The dossiers behind it went when the next edition was approved.
        **_from_snapshot(_snapshot(before) | {"run": None}),
    )


def _put_back(period, run, actor, at):
    """Make the draft what it was before `run`: rows, their source, what stands around them."""
    head = period.head
    # The link goes first, for figures that are the same by chance would keep it.
    ResolutionTime.objects.filter(sheet__edition=head).delete()
    head.procedure_figures.all().delete()
    PeriodEdition.objects.filter(pk=head.pk).update(source=Source.MANUAL, run=None)
    workflow.save_sheet(
        period=period,
        actor=actor,
        details=replace(workflow.details_of(head), as_of=_day(run.replaced["as_of"])),
        at=at,
        **_from_snapshot(run.replaced),
    )
    run.dossiers.all().delete()
    _end(run, ImportState.UNDONE, at)


def _snapshot(edition):
    """Return the figures of a draft as JSON, for the way back."""
    return {
        "source": edition.source,
        "run": edition.run_id,
        "as_of": edition.as_of and edition.as_of.isoformat(),
        "rows": [
            [row.field.pk, _numbers(row.figures), row.carry_over_note]
            for row in workflow.rows_of(edition)
        ],
        "procedures": [
            [each.procedure_id, _numbers(each)] for each in edition.procedure_figures.all()
        ],
        "times": list(
            ResolutionTime.objects.filter(sheet__edition=edition).values_list(
                "sheet__field", "bucket", "count"
            )
        ),
    }


def _from_snapshot(plain):
    """Return what `_snapshot` kept as arguments of `save_sheet`."""
    fields = Field.objects.in_bulk()
    keys = [key for key, _ in plain["procedures"]]
    procedures = Procedure.objects.select_related("field").in_bulk(keys)
    times = {}
    for field, bucket, count in plain["times"]:
        times.setdefault(field, {})[bucket] = count
    return {
        "source": plain["source"],
        "run": ImportRun.objects.filter(pk=plain["run"]).first(),
        "rows": [
            SheetRow(fields[key], Figures(*numbers), note)
            for key, numbers, note in plain["rows"]
            if key in fields
        ],
        "procedure_rows": [
            (procedures[key], Figures(*numbers))
            for key, numbers in plain["procedures"]
            if key in procedures and not procedures[key].field.totals_only
        ],
        "times": times,
    }


def _numbers(figures):
    return [getattr(figures, key) for key in STORED]


def _day(text):
    return text and date.fromisoformat(text)


@daily
def expire_drafts(*, now):
    """Delete previews whose hour is over, and give up readings that have not ended in one.

    Returns how many runs that were.
    """
    waiting = ImportRun.objects.waiting().exclude(draft__expires_at__gt=now)
    ImportDraft.objects.filter(expires_at__lte=now).delete()
    expired = waiting.update(state=ImportState.CANCELLED, finished_at=now)
    return expired + _give_up(created_at__lte=now - DRAFT_LIVES)


def _give_up(**which):
    """Let runs be failed whose reader did not live to say how reading ended."""
    return ImportRun.objects.filter(state=ImportState.READING, **which).update(
        state=ImportState.FAILED, failure=_INTERRUPTED, finished_at=timezone.now()
    )


# --- Shared --------------------------------------------------------------------------


@contextmanager
def _uncollected():
    """Do not look for cycles while a hundred thousand objects are made that have none.

    Going through all objects of the site again and again doubles the time of interpreting.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _alone():
    """Let one import be at work; raise `Busy` for the second."""
    with connection.cursor() as cursor:
        cursor.execute("/* imports._alone */ SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy(_who_is_at_work())
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("/* imports._alone */ SELECT pg_advisory_unlock(%s)", [_LOCK])


def _who_is_at_work():
    other = ImportRun.objects.filter(state=ImportState.READING).newest().first()
    if other is None:
        return "Một lần nhập khác đang được ghi. Hãy đợi một phút rồi thử lại."
    since = timezone.localtime(other.created_at)
    return (
        f"{name_of(other.created_by)} đang nhập một tệp từ lúc {since:%H:%M:%S}. Mỗi lúc chỉ "
        "nhập được một tệp. Hãy đợi xong rồi thử lại."
    )


def _locked(run):
    """Return the run, locked together with its period, or refuse when both were deleted.

    The period is locked first, as every step of it does. What is joined to it is read after
    the wait for the lock, not with it: it may have changed meanwhile.
    """
    Period.objects.select_for_update().filter(pk=run.period_id).first()
    stored = (
        ImportRun.objects.select_for_update(of=("self", "period"))
        .select_related("period")
        .filter(pk=run.pk)
        .first()
    )
    if stored is None:
        raise Gone
    return stored


def _waiting(run, actor):
    """Return the locked run if its preview waits for an answer of `actor`."""
    _require_right(actor)
    stored = _locked(run)
    if stored.state == ImportState.DONE:
        raise Refused("Tệp này đã được nhập rồi. Không nhập lại lần nữa.")
    if stored.state != ImportState.READY:
        raise Refused("Lần nhập này đã kết thúc. Hãy tải tệp lên lại.")
    if actor is not None and actor.pk != stored.created_by_id:
        raise Refused("Chỉ người tải tệp lên mới xác nhận hoặc sửa được lần nhập này.")
    return stored


def _require_right(actor):
    if actor is not None and not actor.has_perm(PERMISSION):
        raise Refused("Bạn chưa được giao quyền nhập kết quả giải quyết TTHC từ tệp.")
