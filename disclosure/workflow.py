"""What may happen to the duties and to each time that they are due: one function a step.

A step checks the right and the state, writes in one transaction with an audit entry, and
raises `Refused` with sentences for the person who asked. `actor` is the member of staff who
acts; None means a command of the system itself, which may do everything.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from disclosure import calendar
from disclosure.models import Duty, Occurrence, Outcome
from portal import audit, identity, places
from portal.personal_data import find as find_personal_data
from portal.refusals import Refused, refuse_invalid
from portal.text import clean_line, slugify

__all__ = [
    "EDIT",
    "RECORD",
    "REVIEW",
    "add_occurrence",
    "delete_duty",
    "lay_out",
    "record",
    "record_nothing",
    "remove_occurrence",
    "review",
    "save_duty",
    "take_back",
    "unreview",
]

EDIT = "disclosure.change_duty"
RECORD = "disclosure.change_occurrence"
REVIEW = "disclosure.review_duty"
_LINES = ("title", "provision", "forms", "owner")
# What decides which periods there are.
_RULE = ("cadence", "due_days", "due_day", "due_month", "due_on", "since")


# --- Duties -----------------------------------------------------------------------------


def save_duty(*, duty, bases, actor, section="", at=None) -> Duty:
    """Store a new or changed `duty` with its legal documents.

    `section` is where it usually stands, an address or a line of `portal.places.offered`.

    A changed rule lays the periods out anew; those of which something was recorded stay.
    """
    at = at or timezone.now()
    _require(actor, EDIT if duty.pk else "disclosure.add_duty")
    for name in _LINES:
        setattr(duty, name, clean_line(getattr(duty, name)))
    duty.slug = duty.slug or _free_slug(duty.title)
    place = _place(section) if section.strip() else None
    duty.section_kind, duty.section_key = place or ("", "")
    refuse_invalid(duty)
    with transaction.atomic():
        stored = Duty.objects.select_for_update().filter(pk=duty.pk).first()
        before = _facts(stored) if stored else {}
        duty.save()
        duty.bases.set(bases)
        after = _facts(duty)
        if before != after:
            changed = [name for name in after if before.get(name) != after[name]]
            audit.record(
                "duty.changed" if stored else "duty.created",
                actor=actor,
                target=duty,
                before={name: before[name] for name in changed} if stored else None,
                after={name: after[name] for name in changed},
            )
        if stored and any(getattr(stored, x) != getattr(duty, x) for x in _RULE):
            duty.occurrences.waiting().exclude(period="").delete()
        _lay_out_now(duty, today=timezone.localdate(at))
    return duty


def delete_duty(*, duty, actor):
    """Delete a duty of which nothing was ever recorded; others are taken out of use."""
    _require(actor, "disclosure.delete_duty")
    if duty.occurrences.recorded().exists():
        raise Refused(
            "Việc này đã có lần công khai được ghi nhận nên không xóa được. Hãy bỏ đánh dấu "
            "“Đang áp dụng” để thôi dùng."
        )
    with transaction.atomic():
        audit.record("duty.deleted", actor=actor, target=duty, before=_facts(duty))
        duty.delete()


def review(*, duty, actor, at=None) -> Duty:
    """Confirm that `duty` was compared with the law: readers see it, periods begin to count.

    Confirmed again it gets the new day. Refused while it stands on a repealed document.
    """
    at = at or timezone.now()
    today = timezone.localdate(at)
    _require(actor, REVIEW)
    if repealed := list(duty.bases.repealed(today=today)):
        raise Refused(*(repealed_sentence(basis) for basis in repealed))
    with transaction.atomic():
        duty.reviewed_at, duty.reviewed_by = at, actor
        duty.since = duty.since or today
        duty.save(update_fields=["reviewed_at", "reviewed_by", "since"])
        audit.record("duty.reviewed", actor=actor, target=duty)
        _lay_out_now(duty, today=today)
    return duty


def unreview(*, duty, actor) -> Duty:
    """Take the confirmation back: readers no longer see the duty; what was recorded stays."""
    _require(actor, REVIEW)
    with transaction.atomic():
        duty.reviewed_at = duty.reviewed_by = None
        duty.save(update_fields=["reviewed_at", "reviewed_by"])
        audit.record("duty.unreviewed", actor=actor, target=duty)
    return duty


def repealed_sentence(basis):
    """Return what staff are told of a legal document that is no longer in force."""
    successor = (
        f" Văn bản thay thế: {basis.replaced_by.number}." if basis.replaced_by else ""
    )
    return (
        f"Căn cứ {basis.number} đã hết hiệu lực từ {basis.repealed_on:%d/%m/%Y}, hãy xem "
        f"lại.{successor}"
    )


# --- Periods ----------------------------------------------------------------------------


def lay_out(*, today) -> int:
    """Store the periods that have come up for the duties in use, each once; return how many.

    A unit that has been merged gets no new ones.
    """
    if identity.current().is_retired:
        return 0
    return sum(_lay_out(duty, today=today) for duty in Duty.objects.in_use())


def _lay_out_now(duty, *, today):
    if duty.is_public and not identity.current().is_retired:
        _lay_out(duty, today=today)


def _lay_out(duty, *, today):
    known = set(duty.occurrences.exclude(period="").values_list("period", flat=True))
    missing = [x for x in calendar.turns(duty, today=today) if x.period not in known]
    Occurrence.objects.bulk_create(
        [Occurrence(duty=duty, period=x.period, due_on=x.due_on) for x in missing],
        ignore_conflicts=True,  # another worker may be at it
    )
    return len(missing)


def add_occurrence(*, duty, title, arose_on, actor, due_on=None) -> Occurrence:
    """Note that something came up on `arose_on` which `duty` has the commune publish.

    It is due as the duty says, or by `due_on`. Said again, it is the occurrence that is there.
    """
    _require(actor, "disclosure.add_occurrence")
    if not duty.is_public:
        raise Refused("Hãy xác nhận đã rà soát việc này trước, rồi mới ghi từng lần.")
    if due_on is None:
        due_on = arose_on + timedelta(days=duty.due_days or 0)
    occurrence = Occurrence(duty=duty, title=clean_line(title), due_on=due_on)
    _refuse_personal(occurrence.title)
    refuse_invalid(occurrence)
    with transaction.atomic():
        Duty.objects.select_for_update().get(pk=duty.pk)  # of two clicks, the second waits
        same = duty.occurrences.filter(title=occurrence.title, due_on=due_on).first()
        if same is not None:
            return same
        occurrence.save()
        audit.record(
            "occurrence.added", actor=actor, target=occurrence, after={"hạn": due_on}
        )
    return occurrence


def remove_occurrence(*, occurrence, actor):
    """Delete something that came up by mistake; periods and what was recorded stay."""
    _require(actor, "disclosure.delete_occurrence")
    with transaction.atomic():
        stored = _locked(occurrence)
        if stored.period or stored.outcome != Outcome.WAITING:
            raise Refused(
                "Chỉ xóa được một lần phát sinh chưa ghi nhận. Đã ghi nhận thì hãy bỏ ghi nhận "
                "trước."
            )
        audit.record("occurrence.removed", actor=actor, target=stored)
        stored.delete()


# --- What became of it ------------------------------------------------------------------


def record(
    *, occurrence, published_on: date, actor, page="", attachment=None, note="", at=None
) -> Occurrence:
    """Record that `occurrence` was published on a page or as a document of this site.

    `page` is an address or a line of `portal.places.offered`; readers must be able to open
    it now. Recording again replaces what was recorded.
    """
    at = at or timezone.now()
    _require(actor, RECORD)
    if bool(page.strip()) == bool(attachment):
        raise Refused("Hãy ghi đúng một nơi đọc: một trang trên cổng, hoặc một tài liệu.")
    if published_on > timezone.localdate(at):
        raise Refused("Ngày công khai không thể sau hôm nay.")
    return _end(
        occurrence,
        "occurrence.published",
        actor=actor,
        at=at,
        outcome=Outcome.PUBLISHED,
        published_on=published_on,
        place=_place(page) if page.strip() else None,
        attachment=attachment,
        note=note,
    )


def record_nothing(*, occurrence, note, actor, at=None) -> Occurrence:
    """Record that there was nothing to publish in the period; `note` says so to readers."""
    _require(actor, RECORD)
    if not clean_line(note):
        raise Refused("Hãy ghi một câu cho người dân biết vì sao không có gì để công khai.")
    return _end(
        occurrence,
        "occurrence.nothing",
        actor=actor,
        at=at or timezone.now(),
        outcome=Outcome.NOTHING,
        note=note,
    )


def take_back(*, occurrence, actor) -> Occurrence:
    """Undo what was recorded: the occurrence waits again."""
    _require(actor, RECORD)
    with transaction.atomic():
        stored = _locked(occurrence)
        if stored.outcome == Outcome.WAITING:
            raise Refused("Lần này chưa ghi nhận gì nên không có gì để bỏ.")
        before = _said(stored)
        _set(stored, outcome=Outcome.WAITING)
        stored.recorded_at = stored.recorded_by = None
        stored.save()
        audit.record("occurrence.taken_back", actor=actor, target=stored, before=before)
    return stored


def _end(occurrence, action, *, actor, at, **said):
    said["note"] = clean_line(said["note"])
    _refuse_personal(said["note"])
    with transaction.atomic():
        stored = _locked(occurrence)
        before = _said(stored) if stored.outcome != Outcome.WAITING else None
        _set(stored, **said)
        stored.recorded_at, stored.recorded_by = at, actor
        refuse_invalid(stored)
        stored.save()
        audit.record(action, actor=actor, target=stored, before=before, after=_said(stored))
    return stored


def _set(occurrence, *, outcome, published_on=None, place=None, attachment=None, note=""):
    occurrence.outcome = outcome
    occurrence.published_on = published_on
    occurrence.page_kind, occurrence.page_key = place or ("", "")
    occurrence.attachment = attachment
    occurrence.note = note


def _said(occurrence):
    return {
        "kết quả": occurrence.get_outcome_display(),
        "công khai ngày": occurrence.published_on,
        "trang": f"{occurrence.page_kind} {occurrence.page_key}".strip(),
        "tài liệu": str(occurrence.attachment or ""),
        "ghi chú": occurrence.note,
    }


def _locked(occurrence):
    # Of the row alone: Postgres locks no outer join.
    rows = Occurrence.objects.select_for_update(of=("self",)).select_related("duty")
    stored = rows.filter(pk=occurrence.pk).first()
    if stored is None:
        raise Refused("Lần công khai này vừa bị xóa.")
    return stored


def _facts(duty):
    facts = audit.columns(duty)
    facts["căn cứ pháp lý"] = sorted(basis.number for basis in duty.bases.all())
    return facts


def _free_slug(title):
    """Return a slug of `title` that no duty has."""
    slug = slugify(title)
    taken = set(
        Duty.objects.filter(slug__startswith=slug[:70]).values_list("slug", flat=True)
    )
    if slug not in taken:
        return slug
    return next(
        numbered
        for number in range(2, len(taken) + 3)
        if (numbered := f"{slug[:70].rstrip('-')}-{number}") not in taken
    )


def _place(text):
    try:
        return places.find(text)
    except places.NoPlace as problem:
        raise Refused(str(problem)) from None


def _refuse_personal(text):
    if kinds := find_personal_data(text):
        raise Refused(
            f"Nội dung ghi có {', '.join(kinds)}. Hãy bỏ đi: người dân đọc được dòng này."
        )


def _require(actor, permission):
    if actor is not None and not actor.has_perm(permission):
        raise Refused("Bạn chưa được giao việc này trong lịch công khai.")
