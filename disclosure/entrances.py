"""Where the rest of the site meets this app: menu, public lists, documents, the start page."""

from operator import itemgetter

from django.urls import reverse

from disclosure import board, workflow
from disclosure.models import Duty, Occurrence
from portal.admin_start import PanelRow, StartPanel
from portal.attachments import Offer
from portal.public_pages import Shelf, Shown
from portal.targets import Target

__all__ = ["SHELF", "TITLE", "offers", "start_panels", "targets"]

TITLE = "Công khai theo luật"
_MOST_ROWS = 10


def targets():
    """Offer the board to the menu; one query."""
    return [
        Target(
            "disclosure:board",
            TITLE,
            reverse("disclosure:board"),
            has_content=Duty.objects.in_use().exists(),
        )
    ]


def _duties(slugs):
    found = Duty.objects.in_use().filter(slug__in=slugs)
    return {each.slug: Shown(each.title, each.get_absolute_url()) for each in found}


SHELF = Shelf("duty", _duties, addresses={"disclosure:duty": itemgetter("slug")})


def offers(keys):
    """Return {key: `Offer`} of the attachments of `keys` on the page of a duty now."""
    found = Occurrence.objects.in_use().filter(attachment__in=keys).select_related("duty")
    return {
        each.attachment_id: Offer(each.duty.title, each.duty.get_absolute_url())
        for each in found
    }


def start_panels(request):
    """Yield what is overdue, then what is soon due, for those who record it."""
    if not request.user.has_perm(workflow.RECORD):
        return
    missing = [item for each in board.public_board() for item in each.missing]
    missing.sort(key=lambda item: item.occurrence.due_on)
    for state, title, order in (
        (board.State.OVERDUE, "Quá hạn công khai", 30),
        (board.State.SOON, "Sắp đến hạn công khai", 31),
    ):
        items = [item for item in missing if item.state == state]
        yield StartPanel(
            title=title,
            rows=[
                PanelRow(
                    str(item.occurrence),
                    reverse("admin:disclosure_duty_record", args=[item.occurrence.pk]),
                    when=item.sentence,
                )
                for item in items[:_MOST_ROWS]
            ],
            more_url=reverse("admin:disclosure_duty_changelist")
            if len(items) > _MOST_ROWS
            else "",
            order=order,
        )
