"""The search page, what it suggests while one types, and how browsers learn of it.

A search page that repeats what was typed in its title or headings is abused to plant words in
the results of search engines. So the question stands in the box and in links, nowhere else.
"""

import re
from datetime import timedelta

from django.http import JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from articles.archive import calendar, filled_categories
from portal import client, ratelimit, site_search
from portal.conditional import answer, etag_of
from portal.content_version import Memory
from portal.pages import mark
from portal.paging import page_of
from portal.refusals import refusal, wait_phrase
from portal.search_phrases import countable
from portal.search_question import parse
from portal.site_search import MOST, Narrowing, Tier
from portal.text import xml_safe
from procedures.catalogue_search import index

__all__ = ["description", "search", "suggestions"]

_PER_PAGE = 10
_SUGGESTED = 8
_SHORTEST_SUGGESTED = 2  # letters
# A whole commune may stand behind one address; these stop programs, not people.
_SEARCHES, _SUGGESTIONS = 600, 3_000
_PER = timedelta(minutes=10)
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")

_descriptions = Memory(size=10)


@require_safe
def search(request):
    """Show what is found of the whole site, or how to ask.

    Query keys: `q` the question, `loai` a kind of source, `muc` the slug of a section, `nam`
    a year, `trang`. Other values of them narrow nothing.
    """
    question = parse(request.GET.get("q", ""))
    narrowing = _narrowing(request)
    context = {
        "crumbs": [("Trang chủ", reverse("home")), ("Tìm kiếm", "")],
        "canonical": request.build_absolute_uri(reverse("search")),
        "question": question,
        "narrowing": narrowing,
        "sections": filled_categories(),
        "years": _years(narrowing.year),
    }
    missed = ""
    if question:
        verdict = _charge(request, "search", _SEARCHES)
        if not verdict.allowed:
            return _too_many(verdict.retry_after)
        found = site_search.search(question, narrowing, at=timezone.now())
        context |= _found(request, question, narrowing, found)
        # What a filter hides, or a source that failed would have had, is not missing.
        if narrowing == Narrowing() and not (found.count or found.silent):
            missed = countable(question.text)
    if not context.get("results"):
        context["common"] = index().common
    return mark(
        render(request, "portal/search.html", context),
        kind="search",
        title="Tìm kiếm",
        missed=missed,
    )


@require_safe
def suggestions(request):
    """Give pages that `q` may mean, for the list under the box; never the question itself."""
    question = parse(request.GET.get("q", ""))
    found = []
    if (
        len("".join(question.words)) >= _SHORTEST_SUGGESTED
        and _charge(request, "search_suggestions", _SUGGESTIONS).allowed
    ):
        found = site_search.suggestions(question, _SUGGESTED)
    response = JsonResponse(
        {
            "suggestions": [
                {"text": each.text, "url": each.url, "label": each.label} for each in found
            ]
        },
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex"
    etag = response["ETag"] = etag_of(response.content.decode())
    return get_conditional_response(request, etag=etag, response=response)


@require_safe
def description(request):
    """Tell browsers how to search here from their address bar (OpenSearch 1.1)."""

    def make():
        context = {"address": request.build_absolute_uri(reverse("search"))}
        return xml_safe(render_to_string("portal/opensearch.xml", context, request))

    content_type = "application/opensearchdescription+xml; charset=utf-8"
    return answer(request, make, content_type=content_type, memory=_descriptions)


def _narrowing(request):
    kind = request.GET.get("loai", "")
    section = request.GET.get("muc", "")
    year = request.GET.get("nam", "")
    return Narrowing(
        kind=kind if kind in {source.kind for source in site_search.sources()} else "",
        section=section if section in {each.slug for each in filled_categories()} else "",
        year=int(year) if _YEAR.fullmatch(year) else None,
    )


def _years(chosen):
    """Return the years that can be chosen, the latest first, and the one that is `chosen`."""
    years = {month.year for month in calendar().months()}
    return sorted(years | {chosen} - {None}, reverse=True)


def _charge(request, scope, limit):
    network = client.network_of_request(request)
    return ratelimit.allow(scope, network, limit=limit, per=_PER)


def _too_many(retry_after):
    response = refusal(
        status=429,
        title="Có quá nhiều lượt tìm kiếm cùng lúc",
        advice=(
            "Cổng vừa nhận rất nhiều lượt tìm kiếm từ nơi bạn truy cập. Mời bạn thử lại sau "
            f"{wait_phrase(retry_after)}, hoặc chọn mục cần xem ở menu của trang."
        ),
    )
    response["Retry-After"] = str(retry_after)
    return response


def _found(request, question, narrowing, found):
    page = page_of(found.matches, request, per_page=_PER_PAGE)
    asked = {
        "q": question.text,
        "loai": narrowing.kind,
        "muc": narrowing.section,
        "nam": narrowing.year,
    }
    asked = {key: value for key, value in asked.items() if value}
    return {
        "found": found,
        "page": page,
        "results": site_search.show(page.object_list, question),
        "is_more": found.count > MOST,
        "is_close": bool(found.matches) and found.matches[0].tier == Tier.SOME_WORDS,
        "keep": urlencode(asked),
        "without_filters": urlencode({"q": question.text}),
        "tabs": _tabs(found.counts, narrowing, asked),
        "order": [source.label for source in site_search.sources()],
    }


def _tabs(counts, narrowing, asked):
    """Return the kinds that have something, as (label, count or None, query, is chosen).

    A count of None stands for more than `MOST`.
    """
    every = {key: value for key, value in asked.items() if key != "loai"}
    tabs = [("Tất cả", sum(counts.values()), every, not narrowing.kind)]
    for source in site_search.sources():
        count, is_chosen = counts.get(source.kind, 0), source.kind == narrowing.kind
        if count or is_chosen:
            tabs.append((source.label, count, every | {"loai": source.kind}, is_chosen))
    return [
        (label, count if count <= MOST else None, urlencode(query), is_chosen)
        for label, count, query, is_chosen in tabs
    ]
