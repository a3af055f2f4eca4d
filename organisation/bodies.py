"""Every change of the bodies; raises `Refused` with sentences for the person who asked."""

from django.db import transaction

from organisation.models import Body
from organisation.official_contact import require_official
from portal import audit, redirects
from portal.refusals import Refused, refuse_invalid, require
from portal.text import clean_line, slugify
from portal.trees import is_below_itself, locked_tree

__all__ = ["delete_body", "save_body"]


def save_body(*, body, actor, is_contact_confirmed=False):
    """Store a body and return it; refuse a place below itself.

    `actor` is the member of staff who acts; None means the system itself.
    `is_contact_confirmed`: they say that a phone or mailbox which looks private is official.
    The old address of a renamed body leads to the new one.
    """
    verb = "add" if body.pk is None else "change"
    require(
        actor,
        f"organisation.{verb}_body",
        "Bạn chưa được giao quyền lập hoặc sửa cơ quan, bộ phận.",
    )
    with transaction.atomic():
        tree = locked_tree(Body)
        stored = tree.get(body.pk)
        if is_below_itself(body, tree):
            raise Refused(
                "Một cơ quan không thể trực thuộc chính nó hoặc trực thuộc bộ phận nằm dưới nó."
            )
        for name in ("name", "address"):
            setattr(body, name, clean_line(getattr(body, name)))
        body.slug = slugify(body.slug or body.name)
        refuse_invalid(body)
        note = require_official(body, stored, is_confirmed=is_contact_confirmed)
        body.save()
        if stored and stored.slug != body.slug:
            redirects.remember(
                old=stored.get_absolute_url(), new=body.get_absolute_url(), actor=actor
            )
        audit.record_difference(
            f"organisation.body.{verb}", actor=actor, stored=stored, target=body, note=note
        )
    return body


def delete_body(*, body, actor):
    """Delete a body on which nothing stands: no body below it, no officer."""
    require(
        actor, "organisation.delete_body", "Bạn chưa được giao quyền xóa cơ quan, bộ phận."
    )
    with transaction.atomic():
        if locked_tree(Body).children(body.pk):
            raise Refused(
                "Dưới cơ quan này còn bộ phận trực thuộc. Hãy chuyển chúng đi trước khi xóa."
            )
        if body.officers.exists():
            raise Refused(
                "Cơ quan này còn cán bộ. Hãy chuyển cán bộ sang cơ quan khác trước khi xóa."
            )
        audit.record(
            "organisation.body.delete",
            actor=actor,
            target=body,
            before=audit.columns(body),
        )
        body.delete()
