"""What every change in this app shares: rights, tidied lines, the record of what differs."""

import hashlib

from portal import audit
from portal.refusals import Refused
from portal.text import clean_line

# Texts of one line, of whatever has them.
LINES = {
    "title",
    "lead",
    "cover_alt",
    "cover_credit",
    "author_name",
    "source",
    "updated_note",
    "name",
    "description",
}

_NOT_AUDITED = {
    *("id", "body_text", "created_at", "created_by", "updated_at", "updated_by"),
    # Steps of the workflow have entries of their own.
    *("head", "approved", "approved_at", "submitted_at", "submitted_by", "stage"),
}


def refuse_if(reasons):
    """Refuse with all `reasons`, if there are any."""
    if reasons:
        raise Refused(*reasons)


def tidy_lines(target):
    """Bring the one-line texts of `target` to their normal form, in place."""
    for field in target._meta.concrete_fields:
        if field.name in LINES:
            setattr(target, field.name, clean_line(getattr(target, field.name)))


def facts(target, *, text=None):
    """Return the columns of a row for the audit; of a long text its size and fingerprint.

    `text` is the edition whose text stands for that of `target`.
    """
    if target is None:
        return {}
    in_edition = set() if text is None else set(target.text_fields())
    found = {
        field.name: field.value_from_object(text if field.attname in in_edition else target)
        for field in target._meta.concrete_fields
        if field.name not in _NOT_AUDITED
    }
    if "body" in found:
        fingerprint = hashlib.sha256(found["body"].encode()).hexdigest()[:12]
        found["body"] = f"{len(found['body'])} ký tự ({fingerprint})"
    return found


def record_saving(kind, target, *, before, after, actor, note=""):
    """Note who saved what: of a new object all facts, of an old one those that differ."""
    differing = [name for name in after if not before or before[name] != after[name]]
    if before and not differing:
        return
    audit.record(
        f"{kind}.changed" if before else f"{kind}.created",
        actor=actor,
        target=target,
        before={name: before[name] for name in differing} if before else None,
        after={name: after[name] for name in differing},
        note=note,
    )


def record_deletion(kind, target, actor):
    audit.record(f"{kind}.deleted", actor=actor, target=target, before=facts(target))
