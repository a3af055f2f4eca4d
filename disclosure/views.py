"""Public pages: what the commune must publish, what is there to read and what is missing."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from disclosure.board import State, by_state, public_board
from disclosure.entrances import TITLE
from disclosure.open_data import OCCURRENCES
from portal.pages import mark
from portal.paging import page_of

_HOME = ("Trang chủ", "/")
_LONGEST_CRUMB = 60  # characters


@require_safe
def board(request):
    """Show every duty by how it stands, the most urgent first.

    Query key: `tinh-trang`, a value of `board.State`; another one narrows nothing.
    """
    standings = public_board()
    groups = by_state(standings)
    asked = request.GET.get("tinh-trang")
    chosen = next((state for state in groups if state.value == asked), None)
    address = reverse("disclosure:board")
    context = {
        "title": TITLE,
        "crumbs": [_HOME, (TITLE, "")],
        "canonical": request.build_absolute_uri(address),
        "total": len(standings),
        "counts": [(state, len(found)) for state, found in groups.items()],
        "chosen": chosen,
        "groups": [
            (state, found) for state, found in groups.items() if chosen in (None, state)
        ],
        "dataset": OCCURRENCES.name,
        "later": State.LATER,
        "missing": len(groups.get(State.OVERDUE, [])),
    }
    return mark(
        render(request, "disclosure/board.html", context), kind="board", title=TITLE
    )


@require_safe
def duty(request, slug):
    """Show one duty: what, by which law, by whom, and each time that it was due."""
    standing = next((each for each in public_board() if each.duty.slug == slug), None)
    if standing is None:
        raise Http404
    title = standing.duty.title
    address = standing.duty.get_absolute_url()
    crumb = title if len(title) <= _LONGEST_CRUMB else f"{title[:_LONGEST_CRUMB]}…"
    context = {
        "title": title,
        "standing": standing,
        "duty": standing.duty,
        "page": page_of(standing.items, request),
        "crumbs": [_HOME, (TITLE, reverse("disclosure:board")), (crumb, "")],
        "canonical": request.build_absolute_uri(address),
    }
    return mark(
        render(request, "disclosure/duty.html", context),
        kind="duty",
        object_id=slug,
        title=title,
    )
