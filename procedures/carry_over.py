"""What one period hands on to the next: column 11 becomes column 6."""

from dataclasses import dataclass
from datetime import timedelta

from procedures.models import Field, Period, ResultSheet


@dataclass(frozen=True)
class Difference:
    """A lĩnh vực whose column 6 is not what the period before left open."""

    field: Field
    expected: int
    entered: int

    def __str__(self):
        return (
            f"Lĩnh vực {self.field}: cột 6 (từ kỳ trước chuyển sang) là {self.entered}, nhưng "
            f"cột 11 của kỳ trước là {self.expected}."
        )


def prefilled_rows(period):
    """Return one row for each lĩnh vực of the period before `period`, with column 6 filled.

    After a gap column 6 stays 0: what the missing period left open is not known. `period` may
    be unsaved. Rows are dicts of the sheet's fields, in the order of the form.
    """
    before = Period.objects.before(period).first()
    if before is None:
        return []
    return [
        {
            "field": sheet.field_id,
            "carried_over": sheet.pending if _follows(period, before) else 0,
        }
        for sheet in _sheets(before.approved_id or before.head_id)
    ]


def left_open(period):
    """Return column 11 of the period before `period` by lĩnh vực.

    What readers see of the period before counts, or what is in hand of an unpublished one.
    None for a period that does not follow another day by day: there is nothing to compare with.
    """
    before = Period.objects.before(period).first()
    if before is None or not _follows(period, before):
        return None
    return {
        sheet.field: sheet.pending
        for sheet in _sheets(before.approved_id or before.head_id)
    }


def differences(period):
    """Return where column 6 in hand of `period` differs from what `left_open` says."""
    expected = left_open(period)
    if expected is None:
        return []
    entered = {sheet.field: sheet.carried_over for sheet in _sheets(period.head_id)}
    fields = sorted(
        expected.keys() | entered.keys(), key=lambda field: (field.order, field.name)
    )
    return [
        Difference(field, expected.get(field, 0), entered.get(field, 0))
        for field in fields
        if expected.get(field, 0) != entered.get(field, 0)
    ]


def _follows(period, before):
    return before.ends_on + timedelta(days=1) == period.starts_on


def _sheets(edition):
    return ResultSheet.objects.filter(edition=edition).select_related("field")
