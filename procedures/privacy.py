"""What of a dossier and of a procedure anybody may read: the allow-lists.

Public pages, files and data show what these functions return and nothing else of a row, so a
new column is private until somebody writes it here. Names, addresses, telephone and identity
numbers, birthdays and remarks of applicants have no column at all (models/dossiers.py).

Not public of a dossier: the day for which its result was promised. It is the second factor of
the look-up, and whether the result came in time is told in words that do not tell a result on
the very day from an earlier one.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from procedures.figures import ending_of
from procedures.models import Channel, Dossier, DossierStatus, Period, Procedure

__all__ = [
    "DOSSIER_COLUMNS",
    "PROCEDURE_PARTS",
    "PUBLIC_DOSSIER",
    "REVIEWED_PROCEDURE",
    "UNREVIEWED_PROCEDURE",
    "dossier",
    "procedure",
    "procedure_parts",
    "public_dossiers",
]

AllowList = Mapping[str, Callable]

# All that may ever be stored of a dossier; a test holds the table to it.
DOSSIER_COLUMNS = frozenset(
    ("id", "run", "code", "procedure", "field", "channel", "received_on", "due_on")
    + ("finished_on", "status", "outcome", "is_carried_over")
)

PUBLIC_DOSSIER: AllowList = MappingProxyType(
    {
        "code": lambda row: row.code,
        "procedure_code": lambda row: row.procedure.code,
        "procedure": lambda row: row.procedure.name,
        "field": lambda row: row.field.name,
        "channel": lambda row: Channel(row.channel).label,
        "received_on": lambda row: row.received_on,
        "finished_on": lambda row: row.finished_on,
        "status": lambda row: DossierStatus(row.status).label,
        "timeliness": lambda row: ending_of(row.outcome).label,
    }
)

# Enough to know that a procedure exists and where the national portal explains it.
UNREVIEWED_PROCEDURE: AllowList = MappingProxyType(
    {
        "code": lambda row: row.code,
        "name": lambda row: row.name,
        "field": lambda row: row.field.name,
        "field_slug": lambda row: row.field.slug,
        "status": lambda row: row.get_status_display(),
        "replaced_by": lambda row: row.replaced_by and row.replaced_by.code,
        "national_url": lambda row: row.national_url,
    }
)

# What an officer has confirmed. Source, caveat and trust in the source stay with staff.
REVIEWED_PROCEDURE: AllowList = MappingProxyType(
    {
        **UNREVIEWED_PROCEDURE,
        "also_known_as": lambda row: row.also_known_as.splitlines(),
        "level": lambda row: row.level,
        "effective_on": lambda row: row.effective_on,
        "ended_on": lambda row: row.ended_on,
        "decision": lambda row: row.decision,
        "decision_on": lambda row: row.decision_on,
        "handled_by": lambda row: row.handled_by,
        "result": lambda row: row.result,
        "where_to_submit": lambda row: row.where_to_submit,
        "contact_phone": lambda row: row.contact_phone,
        "is_common": lambda row: row.is_common,
        "reviewed_at": lambda row: row.reviewed_at,
    }
)

# The lists below a reviewed procedure, each by its related name.
PROCEDURE_PARTS: Mapping[str, AllowList] = MappingProxyType(
    {
        "channels": {
            "channel": lambda row: row.get_channel_display(),
            "amount": lambda row: row.amount,
            "unit": lambda row: row.get_unit_display(),
            "time_note": lambda row: row.time_note,
            "fee": lambda row: row.fee,
            "fee_note": lambda row: row.fee_note,
        },
        "papers": {
            "case": lambda row: row.case,
            "name": lambda row: row.name,
            "originals": lambda row: row.originals,
            "copies": lambda row: row.copies,
            "note": lambda row: row.note,
        },
        "steps": {"text": lambda row: row.text},
        "forms": {
            "title": lambda row: row.title,
            "path": lambda row: row.attachment.get_absolute_url(),
            "file": lambda row: row.attachment.summary,
        },
        "legal_bases": {
            "number": lambda row: row.number,
            "title": lambda row: row.title,
            "issuer": lambda row: row.issuer,
            "issued_on": lambda row: row.issued_on,
            "url": lambda row: row.url,
        },
    }
)


def public_dossiers():
    """Return the dossiers behind figures that readers see now, of every published period."""
    shown = Period.objects.published().filter(approved__run__isnull=False)
    return Dossier.objects.filter(run__in=shown.values("approved__run"))


def dossier(row):
    """Return {key: value}: what is public of a dossier."""
    return _projected(row, PUBLIC_DOSSIER)


def procedure(row):
    """Return {key: value}: what is public of a procedure, which is less before its review."""
    return _projected(row, REVIEWED_PROCEDURE if row.is_reviewed else UNREVIEWED_PROCEDURE)


def procedure_parts(row: Procedure):
    """Return {part: [{key: value}]}; every part is empty before the review."""
    return {
        part: [_projected(each, allowed) for each in getattr(row, part).all()]
        if row.is_reviewed
        else []
        for part, allowed in PROCEDURE_PARTS.items()
    }


def _projected(row, allowed):
    return {key: read(row) for key, read in allowed.items()}
