"""Public pages of the bodies and their officers."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from organisation.chart import chart
from organisation.linked_data import body_graph, chart_graph
from organisation.models import Reception
from portal import identity
from portal.pages import mark

__all__ = ["TITLE", "body", "chart_page"]

TITLE = "Cơ cấu tổ chức"
_HOME = ("Trang chủ", "/")


@require_safe
def chart_page(request):
    """Show all bodies below one another, each with who leads it."""
    found = chart()
    address = request.build_absolute_uri(reverse("organisation:chart"))
    context = {
        "title": TITLE,
        "chart": found,
        "crumbs": [_HOME, (TITLE, "")],
        "canonical": address,
        "graph": chart_graph(found, address=address, identity=identity.current()),
    }
    return mark(
        render(request, "organisation/chart.html", context), kind="chart", title=TITLE
    )


@require_safe
def body(request, slug):
    """Show what a body does for people, how to reach it, and who works there."""
    found = chart()
    body = found.named(slug)
    if body is None:
        raise Http404
    now = timezone.localtime()
    officers = found.officers(body)
    receptions = Reception.objects.of_unit().next_of(officers, now)
    above = found.tree.ancestors(body.pk)
    crumbs = [
        _HOME,
        (TITLE, reverse("organisation:chart")),
        *((str(each), each.get_absolute_url()) for each in above),
        (body.name, ""),
    ]
    context = {
        "body": body,
        "description": _description(body, found.head(body)),
        "officers": [
            (officer, officer.term_on(now.date()), receptions.get(officer.pk))
            for officer in officers
        ],
        "parent": above[-1] if above else None,
        "groups": found.groups(body),
        "crumbs": crumbs,
        "canonical": request.build_absolute_uri(body.get_absolute_url()),
        "graph": body_graph(
            body,
            found,
            crumbs=[
                (label, request.build_absolute_uri(address or body.get_absolute_url()))
                for label, address in crumbs
            ],
        ),
    }
    return mark(
        render(request, "organisation/body.html", context),
        kind="body",
        object_id=body.pk,
        title=body.name,
    )


def _description(body, head):
    """Return the page in one sentence, for search engines and whoever passes it on."""
    parts = [str(head)] if head else []
    parts += body.duty_list[:2]
    return Truncator(f"{body.name}: {'; '.join(parts)}." if parts else body.name).chars(200)
