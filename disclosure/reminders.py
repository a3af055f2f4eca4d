"""Mail to those who have to publish: a week before, on the day, then weekly while overdue.

Each time keeps the number of the last reminder that was sent: 1 before the day, 2 on it or
in the week after it, 3 in the second week … A number is sent once, in the transaction that
keeps it. Who was away gets one mail for the newest number, none for those between.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from disclosure import board, workflow
from disclosure.models import Duty, Occurrence
from portal import identity, roles
from portal.accounts import User
from portal.jobs import daily
from portal.staff_mail import post

__all__ = ["Reminder", "due_number", "remind"]

_BEFORE = 7  # days
_WEEK = 7  # days


@dataclass(frozen=True)
class Reminder:
    """What one person is reminded of; `items` are `board.Standing`s, the most urgent first."""

    user: User
    items: tuple[board.Standing, ...]


def due_number(due_on, *, today) -> int:
    """Return the number of the reminder that is due on `today`, 0 before the first."""
    days = (today - due_on).days
    if days < -_BEFORE:
        return 0
    return 1 if days < 0 else 2 + days // _WEEK


def remind(*, today, dry_run=False) -> list[Reminder]:
    """Send what is due on `today`, one mail a person; return it.

    The owner's account gets it, without one every Biên tập viên. A dry run sends and keeps
    nothing. A unit that has been merged reminds nobody.
    """
    if identity.current().is_retired:
        return []
    with transaction.atomic():
        rows = Occurrence.objects.in_use().select_for_update(skip_locked=True)
        last = dict(rows.values_list("pk", "reminder"))
        due = [
            item
            for each in board.read(Duty.objects.in_use(), today=today)
            for item in each.missing
            if due_number(item.occurrence.due_on, today=today)
            > last.get(item.occurrence.pk, _NEVER)
        ]
        reminders = _by_person(sorted(due, key=lambda item: item.occurrence.due_on))
        if not dry_run:
            for item in due:
                item.occurrence.reminder = due_number(item.occurrence.due_on, today=today)
            Occurrence.objects.bulk_update([item.occurrence for item in due], ["reminder"])
            for reminder in reminders:
                _post(reminder)
    return reminders


@daily
def keep_up(*, now):
    """Lay out what has come up, then remind of what is due."""
    today = timezone.localdate(now)
    workflow.lay_out(today=today)
    remind(today=today)


# More than any number: who is not locked here is another worker's.
_NEVER = 1_000_000


def _by_person(items):
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(email="")
    editors = list(staff.filter(groups__name=roles.EDITOR).order_by("pk"))
    mine = defaultdict(list)
    for item in items:
        owner = item.occurrence.duty.owner_account
        is_reachable = owner and owner.is_active and owner.email
        for user in [owner] if is_reachable else editors:
            mine[user].append(item)
    return [Reminder(user, tuple(items)) for user, items in mine.items()]


def _post(reminder):
    number = len(reminder.items)
    post(
        reminder.user,
        matter="Nhắc công khai theo luật",
        title=f"{number} việc sắp đến hạn hoặc quá hạn"
        if number > 1
        else str(reminder.items[0].occurrence),
        template="disclosure/mail_reminder.txt",
        path=reverse("admin:disclosure_duty_changelist"),
        lines=[
            f"{item.occurrence}: {item.badge.words.lower()} ({item.sentence})"
            for item in reminder.items
        ],
    )
