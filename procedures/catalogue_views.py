"""Public pages of the catalogue: what people can ask the commune for, and what it takes."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from portal import exports, identity, linked_data
from portal.conditional import answer
from portal.content_version import Memory, cached
from portal.pages import FILE, mark
from portal.paging import page_of
from portal.phone import tel_uri
from portal.search_phrases import countable
from portal.text import clean_line, sort_key
from procedures import downloads, privacy
from procedures.catalogue_search import index, search
from procedures.models import (
    Channel,
    Field,
    Procedure,
    ProcedureFigures,
    ProcedureSettings,
)
from procedures.open_data import PROCEDURES

TITLE = "Thủ tục hành chính"
_HOME = ("Trang chủ", "/")
_PER_PAGE = 20
_LONGEST_CRUMB = 60  # characters; names run to several lines
_ONLINE = "truc-tuyen"  # the value of `kenh`

_facts = Memory(size=500)
_fingerprints = Memory(size=500)


@dataclass(frozen=True)
class Office:
    """Where people hand in a dossier and whom they ask; what is unknown is ""."""

    name: str
    address: str
    phone: str
    hours: str

    @property
    def tel(self):
        return tel_uri(self.phone)


_unit = cached(identity.current)
_settings = cached(ProcedureSettings.current)


def _office():
    unit, chosen = _unit(), _settings()
    return Office(
        name=chosen.office_name,
        address=unit.address,
        phone=chosen.office_phone or unit.phone,
        hours=chosen.office_hours or unit.working_hours,
    )


# --- Lists ------------------------------------------------------------------------------


@require_safe
def catalogue(request):
    """Offer the search, what is often used and the lĩnh vực; or what a search finds.

    Query keys: `q` what to look for, `linh-vuc` a slug, `kenh=truc-tuyen` for what can be
    handed in online, `trang`. Other values of them narrow nothing.
    """
    text = clean_line(request.GET.get("q", ""))
    fields = _fields()
    slug = request.GET.get("linh-vuc", "")
    chosen = next((field for field, _ in fields if field.slug == slug), None)
    is_online = request.GET.get("kenh") == _ONLINE
    context = {
        "title": TITLE,
        "crumbs": [_HOME, (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("catalogue:list")),
        "fields": fields,
        "office": _office(),
    }
    missed = ""
    if text or chosen or is_online:
        context |= _results(request, text, chosen, is_online)
        # What the lĩnh vực or the way of handing in hides is not missing.
        if not (chosen or is_online or context["found"].hits):
            missed = countable(text)
        template = "procedures/catalogue/results.html"
    else:
        context |= {
            "common": index().common,
            "total": len(index().in_force),
            "updated_on": _newest(index().in_force),
            "formats": list(downloads.RESPONSES),
        }
        template = "procedures/catalogue/list.html"
    return mark(
        render(request, template, context),
        kind="procedures",
        title=context["title"],
        missed=missed,
    )


def _results(request, text, field, is_online):
    """Return what the page of a search shows; its title never repeats what was typed."""
    found = search(
        text,
        field=field.slug if field else None,
        channel=Channel.ONLINE if is_online else None,
    )
    title = "Tìm thủ tục hành chính"
    asked = {
        "q": text,
        "linh-vuc": field.slug if field else "",
        "kenh": _ONLINE if is_online else "",
    }
    return {
        "title": title,
        "crumbs": [_HOME, (TITLE, reverse("catalogue:list")), (title, "")],
        "text": text,
        "chosen": field,
        "is_online": is_online,
        "found": found,
        "page": page_of(found.hits, request, per_page=_PER_PAGE),
        "keep": urlencode({key: value for key, value in asked.items() if value}),
        "without_filters": urlencode({"q": text}),
        "common": index().common,
    }


def _newest(entries):
    """Return when what is said of one of `entries` last changed, or None of none."""
    return max((entry.updated_at for entry in entries), default=None)


def _fields():
    """Return (lĩnh vực, number of procedures in force) of those that have any."""
    counts = Counter(entry.field_slug for entry in index().in_force)
    return [(field, counts[field.slug]) for field in _all_fields() if counts[field.slug]]


@cached
def _all_fields():
    # The database knows no Vietnamese order (portal/text.py).
    return sorted(Field.objects.all(), key=lambda each: (each.order, sort_key(each.name)))


@require_safe
def field(request, slug):
    """List the procedures in force of a lĩnh vực."""
    found = next((each for each in _all_fields() if each.slug == slug), None)
    if found is None:
        raise Http404
    title = f"Thủ tục lĩnh vực {found.name}"
    context = {
        "title": title,
        "crumbs": [_HOME, (TITLE, reverse("catalogue:list")), (found.name, "")],
        "canonical": request.build_absolute_uri(reverse("catalogue:field", args=[slug])),
        "entries": index().in_field(slug),
        "updated_on": _newest(index().in_field(slug)),
        "office": _office(),
    }
    return mark(
        render(request, "procedures/catalogue/field.html", context),
        kind="procedures",
        object_id=slug[:40],
        title=title,
    )


@require_safe
def alphabet(request):
    """List the procedures in force in the order of the alphabet."""
    title = "Thủ tục hành chính từ A đến Y"
    context = {
        "title": title,
        "crumbs": [_HOME, (TITLE, reverse("catalogue:list")), ("Từ A đến Y", "")],
        "canonical": request.build_absolute_uri(reverse("catalogue:alphabet")),
        "letters": index().by_letter,
        "updated_on": _newest(index().in_force),
    }
    return mark(
        render(request, "procedures/catalogue/alphabet.html", context),
        kind="procedures",
        object_id="a-z",
        title=title,
    )


@require_safe
def download(request, file_format):
    """Send the whole catalogue as a file, with what may be read of each procedure."""
    if file_format not in downloads.RESPONSES:
        raise Http404
    table = exports.Table(
        PROCEDURES.title,
        columns=list(PROCEDURES.columns),
        rows=map(PROCEDURES.row, PROCEDURES.items()),
    )
    response = downloads.RESPONSES[file_format](table, f"danh-muc-thu-tuc.{file_format}")
    title = f"Danh mục thủ tục hành chính ({file_format.upper()})"
    return mark(response, kind=FILE, title=title)


# --- One procedure ------------------------------------------------------------------------


@require_safe
def procedure(request, code):
    """Show a procedure; a code with another local suffix leads to the one it means.

    What is no longer in force stays readable, under a notice of what replaced it.
    """
    entry = _named(code)
    if entry.code != code:
        return redirect(entry.address)
    facts = _facts.get(entry.pk, lambda: _read(entry.pk))
    crumbs = [
        _HOME,
        (TITLE, reverse("catalogue:list")),
        (entry.field, reverse("catalogue:field", args=[entry.field_slug])),
        (Truncator(entry.name).chars(_LONGEST_CRUMB), ""),
    ]
    canonical = request.build_absolute_uri(entry.address)
    context = {
        "title": entry.name,
        "entry": entry,
        "updated_on": entry.updated_at,
        "facts": facts,
        "successors": index().successors(entry),
        "office": _office(),
        "crumbs": crumbs,
        "canonical": canonical,
        "graph": _graph(entry, crumbs, canonical, request),
    }
    return mark(
        render(request, "procedures/catalogue/procedure.html", context),
        kind="procedure",
        object_id=entry.code,
        title=entry.name,
    )


@require_safe
def procedure_json(request, code):
    """Give what is public of a procedure to machines."""
    entry = _named(code)
    if entry.code != code:
        return redirect("catalogue:procedure_json", entry.code)

    def make():
        whole = PROCEDURES.as_whole_json(PROCEDURES.find(code))
        return json.dumps(whole, ensure_ascii=False, indent=1)

    return answer(request, make, content_type="application/json", memory=_fingerprints)


def _named(code):
    entry = index().named(code)
    if entry is None:
        raise Http404
    return entry


def _read(pk):
    """Return what may be read of a procedure, and of its parts once it is reviewed."""
    found = Procedure.objects.select_related("field", "replaced_by")
    row = get_object_or_404(found.prefetch_related("forms__attachment"), pk=pk)
    facts = privacy.procedure(row) | privacy.procedure_parts(row)
    facts["national_url"] = _settings().procedure_url(row)
    facts["papers"] = _by_case(facts["papers"])
    figures = ProcedureFigures.objects.published().filter(
        procedure=row, procedure__field__totals_only=False
    )
    facts["has_results"] = figures.exists()
    facts["tel"] = tel_uri(facts.get("contact_phone", ""))
    return facts


def _by_case(papers):
    """Return [(case, its papers)]; what everybody brings comes first, under ""."""
    groups = defaultdict(list, {"": []})
    for paper in papers:
        groups[paper["case"]].append(paper)
    return [(case, papers) for case, papers in groups.items() if papers]


def _graph(entry, crumbs, canonical, request):
    """Return what search engines are told, by schema.org."""
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "GovernmentService",
                "name": entry.name,
                "identifier": entry.code,
                "serviceType": entry.field,
                "url": canonical,
                "provider": linked_data.organization(_unit()),
            },
            linked_data.breadcrumb_list(
                (label, request.build_absolute_uri(address) if address else canonical)
                for label, address in crumbs
            ),
        ],
    }
