"""Every change of the officers; raises `Refused` with sentences for the person who asked."""

from django.db import transaction

from organisation.models import Officer
from organisation.official_contact import require_official
from portal import audit
from portal.refusals import Refused, refuse_invalid, require
from portal.text import clean_line

__all__ = ["delete_officer", "save_officer"]

_LINES = ("name", "position", "term", "responsibilities", "photo_alt")


def save_officer(*, officer, actor, is_contact_confirmed=False):
    """Store an officer and return them; see `organisation.bodies.save_body`."""
    verb = "add" if officer.pk is None else "change"
    require(
        actor,
        f"organisation.{verb}_officer",
        "Bạn chưa được giao quyền lập hoặc sửa cán bộ.",
    )
    with transaction.atomic():
        stored = Officer.objects.select_for_update().filter(pk=officer.pk).first()
        for name in _LINES:
            setattr(officer, name, clean_line(getattr(officer, name)))
        refuse_invalid(officer)
        note = require_official(officer, stored, is_confirmed=is_contact_confirmed)
        officer.save()
        audit.record_difference(
            f"organisation.officer.{verb}",
            actor=actor,
            stored=stored,
            target=officer,
            note=note,
        )
    return officer


def delete_officer(*, officer, actor):
    """Delete an officer who stands in no reception; others are hidden instead."""
    require(actor, "organisation.delete_officer", "Bạn chưa được giao quyền xóa cán bộ.")
    with transaction.atomic():
        if receptions := officer.receptions.count():
            raise Refused(
                f"Cán bộ này còn {receptions} buổi trong lịch tiếp công dân. Hãy bỏ chọn "
                "“Hiển thị” thay cho xóa, hoặc giao các buổi ấy cho người khác trước."
            )
        audit.record(
            "organisation.officer.delete",
            actor=actor,
            target=officer,
            before=audit.columns(officer),
        )
        officer.delete()
