"""The page that says where to look for a dossier, and answers itself if the commune wants.

Code and day come by POST, so that they stand in no address, no log and no history; the answer
is stored nowhere and counted nowhere.
"""

from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from portal.pages import mark
from portal.phone import tel_uri
from portal.public_post import public_post
from procedures import lookup
from procedures.models import ProcedureSettings

TITLE = "Tra cứu hồ sơ"
_PER_ADDRESS = 10  # questions at once, then one a minute: a family, not a machine
_PER = timedelta(minutes=10)
_LONGEST = 60  # characters given back to be corrected


@csrf_exempt
def search(request):
    """Say where to look; answer a POST of code and day."""
    return _answer(request) if request.method == "POST" else _ask(request)


@require_safe
def _ask(request):
    response = render(request, "procedures/lookup/search.html", _context(request))
    return mark(response, kind="lookup", title=TITLE)


@public_post(scope="dossier_lookup", limit=_PER_ADDRESS, per=_PER)
def _answer(request):
    context = _context(request)
    enabled = context["choices"].lookup_enabled
    texts = {key: request.POST.get(key, "") for key in ("ma", "ngay")}
    read, errors = {}, {}
    for key, reader in (("ma", lookup.read_code), ("ngay", lookup.read_day)):
        if key == "ngay" and not enabled:
            continue
        try:
            read[key] = reader(texts[key])
        except lookup.NotRead as error:
            errors[key] = str(error)
    context |= {
        "is_answer": True,
        "errors": errors,
        "texts": {key: text[:_LONGEST] for key, text in texts.items()},
    }
    if not errors:
        context["code"] = read["ma"]
        context["portal_url"] = context["choices"].dossier_url(read["ma"])
        context["finding"] = enabled and lookup.find(
            code=read["ma"], due_on=read["ngay"], today=timezone.localdate()
        )
    response = render(request, "procedures/lookup/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _context(request):
    choices = ProcedureSettings.current()
    return {
        "title": TITLE,
        "crumbs": [("Trang chủ", "/"), (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("lookup:search")),
        "choices": choices,
        "takes_code": choices.lookup_enabled or "{code}" in choices.dossier_link,
        "portal_url": choices.dossier_url(),
        "office_phone_link": tel_uri(choices.office_phone),
    }
