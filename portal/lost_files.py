"""Files and rows that have lost each other: what is gone is reported, what is left over goes.

A row whose file is missing comes from a restored backup or a broken disk; readers see a
neutral picture, and staff are told. A file that no row knows comes from an upload whose
transaction was rolled back.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.storage import Storage, default_storage

from portal.attachments import Attachment
from portal.attachments import storage as attachment_storage
from portal.files import Picture
from portal.jobs import daily

__all__ = ["Findings", "look", "tidy"]

# An upload is a file first and a row a moment later.
_YOUNG = timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Findings:
    """Of one store: the rows without their file, and the names of old files without a row."""

    model: type
    storage: Storage
    missing: list
    left_over: list[str]
    known: int  # files there that belong to a row


def look(*, now) -> list[Findings]:
    """Compare rows and files, of pictures and of attachments; change nothing."""
    return [
        _compare(Picture, default_storage, "anh", now, Picture.file_names),
        _compare(
            Attachment, attachment_storage(), "tep", now, lambda each: {each.file.name}
        ),
    ]


@daily
def tidy(*, now):
    """Mark the rows whose file is missing, and remove old files that no row knows."""
    for found in look(now=now):
        missing = [row.pk for row in found.missing]
        rows = found.model.objects
        rows.filter(pk__in=missing, missing_since=None).update(missing_since=now)
        rows.missing().exclude(pk__in=missing).update(missing_since=None)
        if missing:
            logger.error(
                "%d files of %s are missing; manage.py check_files names them.",
                len(missing),
                found.model._meta.label,
            )
        if len(found.left_over) > found.known:
            # More rubbish than files in use: this is the wrong database, not rubbish.
            logger.error(
                "%d files belong to no %s; none was removed.",
                len(found.left_over),
                found.model._meta.label,
            )
            continue
        for name in found.left_over:
            found.storage.delete(name)


def _compare(model, storage, folder, now, names_of):
    # The rows first: whatever they name was there before them.
    rows = list(model.objects.order_by("pk"))
    there = set(_walk(storage, folder))
    mine = set().union(*map(names_of, rows)) if rows else set()
    return Findings(
        model=model,
        storage=storage,
        missing=[row for row in rows if row.file.name not in there],
        left_over=sorted(
            name for name in there - mine if now - storage.get_modified_time(name) > _YOUNG
        ),
        known=len(there & mine),
    )


def _walk(storage, folder) -> Iterator[str]:
    """Yield the names of all files below `folder`."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from _walk(storage, f"{folder}/{name}")
