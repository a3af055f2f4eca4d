"""The register of requests to correct or remove what is published of a dossier.

The law gives 15 days from receipt. Who asked stays on paper: the texts here are refused when
they hold personal data.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from portal import audit, personal_data
from portal.refusals import Refused
from procedures import lookup
from procedures.models import DataRequest, Dossier, RequestKind, RequestState
from procedures.models.requests import DAYS_TO_ANSWER

__all__ = ["amend", "close", "problems", "register"]

_TEXTS = ("paper_number", "subject", "wish", "answer")


def problems(entry, *, today) -> dict[str, str]:
    """Return what stands against keeping `entry`, by the name of the field."""
    found = {}
    for name in _TEXTS:
        if kinds := personal_data.find(getattr(entry, name)):
            found[name] = (
                f"Ô này có {', '.join(kinds)}. Hãy bỏ đi: tên và cách liên hệ của người yêu "
                "cầu để trong hồ sơ giấy."
            )
    if entry.received_on and entry.received_on > today:
        found["received_on"] = "Ngày nhận không thể sau hôm nay."
    if entry.dossier_code:
        try:
            lookup.read_code(entry.dossier_code)
        except lookup.NotRead as error:
            found["dossier_code"] = str(error)
    if not entry.dossier_code and not entry.subject:
        found["subject"] = (
            "Hãy ghi mã hồ sơ, hoặc ghi trang hay số liệu mà yêu cầu nói tới."
        )
    if entry.state == RequestState.OPEN:
        if entry.answer or entry.closed_on:
            found["state"] = "Đã có trả lời thì chọn kết quả: làm theo hay không chấp nhận."
        return found
    if not entry.answer.strip():
        found["answer"] = "Hãy ghi đã trả lời thế nào."
    if entry.closed_on is None:
        found["closed_on"] = "Hãy ghi ngày trả lời."
    elif entry.closed_on > today or (entry.received_on or today) > entry.closed_on:
        found["closed_on"] = "Ngày trả lời phải từ ngày nhận đến hôm nay."
    return found


def register(*, entry, actor, at=None) -> DataRequest:
    """Enter a new request; the 15 days run from its receipt."""
    _require(actor, "procedures.add_datarequest")
    entry.state, entry.answer, entry.closed_on = RequestState.OPEN, "", None
    with transaction.atomic():
        _keep(entry, at)
        entry.created_by = actor
        entry.save()
        audit.record(
            "request.registered", actor=actor, target=entry, after={"due_on": entry.due_on}
        )
    return entry


def amend(*, entry, actor, at=None) -> DataRequest:
    """Change what is written about a request that is still open."""
    _require(actor, "procedures.change_datarequest")
    with transaction.atomic():
        _refuse_closed(entry)
        entry.state = RequestState.OPEN
        _keep(entry, at)
        entry.save()
        audit.record(
            "request.changed", actor=actor, target=entry, after={"due_on": entry.due_on}
        )
    return entry


def close(*, entry, actor, at=None) -> DataRequest:
    """Write down how a request was answered, by its `state`, `answer` and `closed_on`.

    A removal that is granted deletes the rows of the dossier from every list, and no later
    import brings them back (`DataRequest.objects.removed_codes`). The figures stay: they name
    nobody, and they were reported.
    """
    _require(actor, "procedures.change_datarequest")
    if entry.state == RequestState.OPEN:
        raise Refused("Hãy chọn kết quả: đã làm theo yêu cầu hay không chấp nhận.")
    with transaction.atomic():
        _refuse_closed(entry)
        _keep(entry, at)
        entry.closed_by = actor
        entry.save()
        audit.record(
            "request.closed", actor=actor, target=entry, after={"state": entry.state}
        )
        is_removal = (entry.kind, entry.state) == (RequestKind.REMOVAL, RequestState.DONE)
        if is_removal and entry.dossier_code:
            rows, _ = Dossier.objects.filter(code=entry.dossier_code).delete()
            audit.record("dossier.removed", actor=actor, target=entry, after={"rows": rows})
    return entry


def _keep(entry, at):
    """Bring `entry` into the form that is stored; raise `Refused` if it cannot be."""
    today = timezone.localdate(at)
    if found := problems(entry, today=today):
        raise Refused(*found.values())
    if entry.dossier_code:
        entry.dossier_code = lookup.read_code(entry.dossier_code)
    entry.due_on = entry.received_on + timedelta(days=DAYS_TO_ANSWER)


def _refuse_closed(entry):
    stored = DataRequest.objects.select_for_update().get(pk=entry.pk)
    if stored.state != RequestState.OPEN:
        raise Refused("Yêu cầu này đã được trả lời nên không sửa được nữa.")


def _require(actor, permission):
    if actor is not None and not actor.has_perm(permission):
        raise Refused("Bạn chưa được giao giữ sổ yêu cầu đính chính, gỡ bỏ.")
