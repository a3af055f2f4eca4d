"""Public pages of the catalogue of administrative procedures."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.pages import mark
from procedures.models import Field, Procedure

TITLE = "Thủ tục hành chính"


def _page(request, title, procedures):
    return mark(
        render(
            request,
            "procedures/catalogue/list.html",
            {
                "title": title,
                "procedures": procedures,
                "crumbs": [("Trang chủ", "/"), (title, "")],
            },
        ),
        kind="procedures",
        title=title,
    )


@require_safe
def catalogue(request):
    """List the procedures in force."""
    return _page(request, TITLE, Procedure.objects.in_force())


@require_safe
def alphabet(request):
    """List the procedures in force by name."""
    return _page(request, TITLE, Procedure.objects.in_force().order_by("name"))


@require_safe
def field(request, slug):
    """List the procedures in force of a lĩnh vực."""
    field = get_object_or_404(Field, slug=slug)
    return _page(request, field.name, field.procedures.in_force())


@require_safe
def procedure(request, code):
    """Show a procedure."""
    procedure = get_object_or_404(Procedure, code=code)
    return _page(request, procedure.name, [procedure])
