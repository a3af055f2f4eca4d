"""The opening balance: what an earlier website had counted when this one began."""

from django.db import transaction

from portal import audit
from visitors.models import OpeningBalance

_ONLY = 1


@transaction.atomic
def carry_over(*, actor, figure, dated, note):
    """Set the opening balance to `figure` visits, counted elsewhere until `dated`.

    `note` says where the figure comes from; it is public. Return the balance.
    """
    previous = OpeningBalance.objects.select_for_update().filter(pk=_ONLY).first()
    balance = OpeningBalance(pk=_ONLY, figure=figure, dated=dated, note=note)
    balance.save()
    audit.record(
        f"visitors.openingbalance.{'change' if previous else 'add'}",
        actor=actor,
        target=balance,
        before=previous and _in_words(previous),
        after=_in_words(balance),
    )
    return balance


def _in_words(balance):
    return {"figure": balance.figure, "dated": balance.dated, "note": balance.note}
