"""Where the rest of the site meets the bodies and officers: menu, public lists, start page."""

from django.urls import reverse
from django.utils import timezone

from organisation.body_views import TITLE
from organisation.chart import chart
from organisation.models import Body
from portal.admin_start import PanelRow, StartPanel
from portal.public_pages import Shelf, Shown
from portal.targets import Target

__all__ = ["SHELF", "admin_address", "start_panels", "targets"]

_MOST_ROWS = 10


def targets():
    """Yield the chart and each public body."""
    found = chart()
    yield Target(
        "organisation:chart",
        TITLE,
        reverse("organisation:chart"),
        has_content=bool(found.roots),
        also=("Bộ máy", "Sơ đồ tổ chức", "Danh sách cán bộ"),
        about="Các cơ quan, bộ phận của xã, ai đứng đầu và liên hệ thế nào.",
    )
    for body in found.tree:
        yield Target(
            f"organisation:body:{body.pk}",
            body.name,
            body.get_absolute_url(),
            is_searched=False,  # found with its officers (organisation/search.py)
        )


def _public_bodies(object_ids):
    return {
        str(body.pk): Shown(body.name, body.get_absolute_url())
        for body in chart().tree
        if str(body.pk) in object_ids
    }


SHELF = Shelf("body", _public_bodies)


def admin_address(object_id, user):
    """Return where the admin shows `user` the body of that key, "" where it does not."""
    if not user.has_perm("organisation.view_body") or not object_id.isdecimal():
        return ""
    if not Body.objects.filter(pk=object_id).exists():
        return ""
    return reverse("admin:organisation_body_change", args=[object_id])


def start_panels(request):
    """Yield the officers whose term is over, to whoever keeps them."""
    if not request.user.has_perm("organisation.change_officer"):
        return
    today = timezone.localdate()
    shown = chart()
    ended = [
        officer
        for body in shown.tree
        for officer in shown.officers(body)
        if officer.term and not officer.term_on(today)
    ]
    yield StartPanel(
        title="Cán bộ hết nhiệm kỳ",
        rows=[
            PanelRow(
                text=str(officer),
                url=reverse("admin:organisation_officer_change", args=[officer.pk]),
                when=f"Nhiệm kỳ {officer.term} đã hết, hãy xem lại.",
            )
            for officer in ended[:_MOST_ROWS]
        ],
        more_url=reverse("admin:organisation_officer_changelist")
        if len(ended) > _MOST_ROWS
        else "",
        order=60,
    )
