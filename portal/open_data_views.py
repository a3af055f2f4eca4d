"""Answers below /api/: JSON for programs, CSV for spreadsheets, one page for people.

Anybody may read from any other site (CORS without credentials). Errors are JSON as well. The
number of requests is limited by the client's address; files count for more than pages.
"""

import hashlib
import json
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from portal import (
    client,
    conditional,
    content_version,
    errors,
    exports,
    identity,
    open_data,
    openapi,
    ratelimit,
)
from portal.open_data import BadValue
from portal.pages import FILE, mark
from portal.paging import PARAMETER, page_of
from portal.refusals import wait_phrase

__all__ = ["csv", "document", "home", "item", "items", "nothing_here", "record"]

TITLE = "Dữ liệu mở"
PER_MINUTE = 120  # pages of JSON for one address
FILES_PER_MINUTE = 10
_MINUTE = timedelta(minutes=1)
_JSON = "application/json; charset=utf-8"
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "noindex",
}

_fingerprints = content_version.Memory(size=500)


def _for_machines(view=None, *, scope="open_data", limit=PER_MINUTE):
    """Decorate a view of the API: limit, CORS, and errors in JSON."""
    if view is None:
        return lambda view: _for_machines(view, scope=scope, limit=limit)

    @csrf_exempt  # or the middleware refuses a POST with a page, before it gets its 405 here
    @wraps(view)
    def answered(request, *args, **kwargs):
        response = _answered(view, request, args, kwargs, scope=scope, limit=limit)
        for name, value in _CORS.items():
            response[name] = value
        return response

    return answered


def _answered(view, request, args, kwargs, *, scope, limit):
    if request.method == "OPTIONS":
        return HttpResponse()
    if request.method not in ("GET", "HEAD"):
        response = _error(405, "Địa chỉ này chỉ đọc được, bằng phương thức GET.")
        response["Allow"] = _CORS["Access-Control-Allow-Methods"]
        return response
    try:
        network = client.network_of_request(request)
        verdict = ratelimit.allow(scope, network, limit=limit, per=_MINUTE)
        if not verdict.allowed:
            wait = verdict.retry_after
            response = _error(
                429, f"Bạn hỏi quá nhanh. Hãy hỏi lại sau {wait_phrase(wait)}."
            )
            response["Retry-After"] = str(wait)
            return response
        return view(request, *args, **kwargs)
    except BadValue as error:
        return _error(
            400, f"Tham số “{error}” có giá trị không hợp lệ; xem {_guide(request)}"
        )
    except Http404:
        return _error(404, f"Không có dữ liệu ở địa chỉ này; xem {_guide(request)}")
    except (OperationalError, InterfaceError):
        return _unavailable("Cơ sở dữ liệu tạm nghỉ. Hãy hỏi lại sau ít phút.")


@require_safe
def home(request):
    """Tell people what data there are, how to get them and on what terms."""
    context = {
        "title": TITLE,
        "crumbs": [("Trang chủ", "/"), (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("open_data:home")),
        "datasets": open_data.all_datasets(),
        "records": open_data.all_records(),
        "paging": openapi.PAGING,
        "per_minute": PER_MINUTE,
        "files_per_minute": FILES_PER_MINUTE,
        "terms": _terms(request),
    }
    return mark(render(request, "portal/open_data.html", context), kind="api", title=TITLE)


@_for_machines
def document(request):
    """Send the OpenAPI document."""

    def make():
        site = request.build_absolute_uri("/").rstrip("/")
        return _text(openapi.document(site=site, unit=identity.current().full_name))

    return _conditional(request, make)


@_for_machines
def items(request, name):
    """Send a page of a dataset."""
    dataset = open_data.dataset(name)
    chosen = dataset.chosen(request.GET)
    size = _size(request)
    number = request.GET.get(PARAMETER) or "1"
    if not number.isascii() or not number.isdecimal() or not number.strip("0"):
        raise BadValue(PARAMETER)

    def make():
        page = page_of(dataset.narrowed(chosen), request, per_page=size)

        def link(to):
            own = {openapi.SIZE: size} if size != openapi.USUAL_SIZE else {}
            query = urlencode(chosen | own | {PARAMETER: to})
            return request.build_absolute_uri(f"{request.path}?{query}")

        return _text(
            _terms(request)
            | {
                "title": dataset.title,
                "total": page.paginator.count,
                "page": page.number,
                "pages": page.paginator.num_pages,
                "next": link(page.next_page_number()) if page.has_next() else None,
                "previous": link(page.previous_page_number())
                if page.has_previous()
                else None,
                "items": [dataset.as_json(each) for each in page],
            }
        )

    variant = (size, number, *chosen.items())
    return _conditional(request, make, until=dataset.until, variant=variant)


@_for_machines(scope="open_data.files", limit=FILES_PER_MINUTE)
def csv(request, name):
    """Send all of a dataset that the filters leave, as one CSV."""
    dataset = open_data.dataset(name)
    chosen = dataset.chosen(request.GET)
    found = dataset.narrowed(chosen)
    etag = _etag_of_file(request, dataset, chosen)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        rows = map(dataset.row, found.iterator(chunk_size=500))
        table = exports.Table(dataset.title, columns=list(dataset.columns), rows=rows)
        response = exports.csv_response(table, f"{dataset.name}.csv")
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    title = f"Dữ liệu mở: {dataset.title} (CSV)"
    return mark(response, kind=FILE, title=title)


@_for_machines
def item(request, name, key):
    """Send all that is public of one item; 410 with the reason if it was taken back."""
    dataset = open_data.dataset(name)

    def make():
        return _text(_terms(request) | {"item": dataset.as_whole_json(dataset.find(key))})

    try:
        return _conditional(request, make, until=dataset.until)
    except Http404:
        if reason := dataset.reason_gone(key):
            return _error(410, reason)
        raise


@_for_machines
def record(request, name):
    """Send the values of this moment."""
    found = open_data.record(name)
    values = found.as_json()
    if values is None:
        return _unavailable("Chưa đọc được số liệu. Hãy hỏi lại sau ít phút.")
    text = _text(_terms(request) | {"title": found.title, "item": values})
    etag = conditional.etag_of(text)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(text, content_type=_JSON)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response


@_for_machines
def nothing_here(request, rest):
    """Answer 404 as the rest of the API does."""
    raise Http404


def _size(request):
    text = request.GET.get(openapi.SIZE) or str(openapi.USUAL_SIZE)
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise BadValue(openapi.SIZE)
    if not 1 <= int(text) <= openapi.LARGEST_SIZE:
        raise BadValue(openapi.SIZE)
    return int(text)


def _conditional(request, make, *, until=None, variant=""):
    return conditional.answer(
        request,
        make,
        content_type=_JSON,
        memory=_fingerprints,
        until=until,
        variant=variant,
    )


def _etag_of_file(request, dataset, chosen):
    """Return what changes with the file: it is streamed, so its bytes are not known before."""
    labels = [column.label for column in dataset.columns]
    moment = dataset.until() if dataset.until else None
    told = (content_version.current(), moment, request.get_host(), *chosen.items(), *labels)
    return f'W/"{hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()}"'


def _terms(request):
    """Return the terms of use, which travel with the data."""
    return {
        "licence": open_data.LICENCE,
        "licence_url": open_data.LICENCE_URL,
        "attribution": open_data.ATTRIBUTION.format(
            unit=identity.current().full_name, site=request.build_absolute_uri("/")
        ),
    }


def _guide(request):
    return request.build_absolute_uri(reverse("open_data:home"))


def _unavailable(message):
    response = _error(503, message)
    response["Retry-After"] = str(errors.RETRY_AFTER)
    return response


def _error(status, message):
    response = HttpResponse(
        _text({"status": status, "message": message}), status=status, content_type=_JSON
    )
    response["Cache-Control"] = "no-store"
    return response


def _text(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)
