"""Public pages of the results of administrative procedures."""

from datetime import timedelta
from functools import wraps
from itertools import groupby
from urllib.parse import urlencode

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import client, identity, ratelimit
from portal.pages import FILE, mark
from portal.paging import links_of, page_of
from portal.phone import tel_uri
from portal.refusals import refusal, too_many
from procedures import charts, counting, downloads
from procedures import overview as figures_of
from procedures.calendar import State, expected_periods
from procedures.dossier_list import MOST, PER_PAGE, DossierList
from procedures.figures import COLUMNS, ENDINGS, FEWEST_FOR_A_RATE, GROUPS, Figures
from procedures.models import (
    Period,
    PeriodStatus,
    Procedure,
    ProcedureFigures,
    ProcedureSettings,
    ResultSheet,
    Source,
)

TITLE = "Công khai kết quả giải quyết thủ tục hành chính"
_HOME = ("Trang chủ", "/")
# A list of a busy year costs a second or more; eight at once would leave nobody served.
FILES_PER_MINUTE = 10  # for one network


@require_safe
def overview(request):
    """Show the newest period beside the one before it, and list all of them by year."""
    published = figures_of.published()
    newest = published[0] if published else None
    late = [each for each in _calendar() if each.state == State.LATE]
    context = {
        "title": TITLE,
        "newest": newest,
        "late": late,
        "years": [
            (year, list(of_year))
            for year, of_year in groupby(published, key=lambda period: period.year)
        ],
        "fewest": FEWEST_FOR_A_RATE,
        "crumbs": [_HOME, (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("procedures:list")),
    }
    if newest:
        before, _ = figures_of.neighbours(newest)
        rows = list(
            ResultSheet.objects.filter(edition=newest.approved_id).select_related("field")
        )
        context |= {
            "updated_on": max(period.approved.approved_at for period in published),
            "before": before,
            "key_figures": figures_of.key_figures(newest.totals, before and before.totals),
            **_by_field(newest, rows),
            **_over_time(
                [
                    (label, each, each and each.totals)
                    for label, each in figures_of.line_to(newest)
                ]
            ),
            **_days(newest.approved_id),
        }
    response = render(request, "procedures/overview.html", context)
    return mark(response, kind="results", title=TITLE)


@require_safe
def calendar(request):
    """Show which periods are published, due and late."""
    title = "Lịch công khai kết quả"
    settings = ProcedureSettings.current()
    expected = _calendar(settings)
    context = {
        "title": title,
        "expected": expected,
        "updated_on": max(
            (each.period.published_at for each in expected if each.period), default=None
        ),
        "within_days": settings.publish_within_days,
        "crumbs": [_HOME, (TITLE, reverse("procedures:list")), (title, "")],
        "canonical": request.build_absolute_uri(reverse("procedures:calendar")),
    }
    response = render(request, "procedures/calendar.html", context)
    return mark(response, kind="results", object_id="lich", title=title)


def _calendar(settings=None):
    settings = settings or ProcedureSettings.current()
    return expected_periods(settings, today=timezone.localdate())


# --- A period -----------------------------------------------------------------------


def _of_period(view):
    """Make `view` one of a published period, which it gets instead of its code.

    What was taken back answers 410 with the reason, and what readers never saw 404, whatever
    the address below the period.
    """

    @require_safe
    @wraps(view)
    def answer(request, code, **rest):
        period = get_object_or_404(
            Period.objects.known_to_readers().select_related("approved__signed_file"),
            code=code,
        )
        if period.status == PeriodStatus.REMOVED:
            return _removed(request, period)
        return view(request, period, **rest)

    return answer


def _removed(request, period):
    phone = ProcedureSettings.current().office_phone or identity.current().phone
    context = {
        "period": period,
        "phone": phone,
        "phone_link": tel_uri(phone),
        "crumbs": [*_crumbs(), ("Kỳ đã gỡ", "")],
    }
    return render(request, "procedures/period_removed.html", context, status=410)


@_of_period
def period(request, period):
    """Show a published period: key figures, charts, the official table, what explains them."""
    title = f"Kết quả giải quyết thủ tục hành chính {_in_sentence(period.label)}"
    before, after = figures_of.neighbours(period)
    context = {
        **_sheet(period, period.approved),
        "title": title,
        "updated_on": period.approved.approved_at,
        "before": before,
        "after": after,
        "formats": list(downloads.RESPONSES),
        "has_dossiers": period.approved.source == Source.DOSSIERS,
        "crumbs": _crumbs((period.label, "")),
        "canonical": request.build_absolute_uri(period.get_absolute_url()),
        **_days(period.approved_id),
    }
    context["key_figures"] = figures_of.key_figures(
        context["totals"], before and before.totals
    )
    return mark(
        render(request, "procedures/period_detail.html", context),
        kind="result",
        object_id=period.code,
        title=title,
    )


@_of_period
def edition(request, period, number):
    """Show an earlier version of a period's table, marked as one that no longer holds."""
    if number == period.approved.number:
        return HttpResponseRedirect(period.get_absolute_url())
    edition = get_object_or_404(
        period.editions.approved().select_related("signed_file"), number=number
    )
    title = f"Bản {number}, kết quả {_in_sentence(period.label)}"
    context = {
        **_sheet(period, edition),
        "title": title,
        "updated_on": edition.approved_at,
        "crumbs": _crumbs((period.label, period.get_absolute_url()), (f"Bản {number}", "")),
        "canonical": request.build_absolute_uri(period.get_absolute_url()),
    }
    return mark(
        render(request, "procedures/edition.html", context),
        kind="result",
        object_id=f"{period.code}.{number}",
        title=title,
    )


@_of_period
def field(request, period, slug):
    """Show a lĩnh vực: its figures in this period and the ones before, its procedures."""
    series = ResultSheet.objects.published().filter(
        field__slug=slug,
        edition__period__kind=period.kind,
        edition__period__rule=period.rule,
    )
    sheets = {sheet.edition.period_id: sheet for sheet in series.select_related("field")}
    own = sheets.get(period.pk)
    if own is None:
        raise Http404
    line = [
        (label, each, sheets.get(each.pk) if each else None)
        for label, each in figures_of.line_to(period)
    ]
    before, _ = figures_of.neighbours(period)
    procedures = ProcedureFigures.objects.filter(
        edition=period.approved, procedure__field=own.field
    ).select_related("procedure")
    name = own.field.name
    title = f"{name}: kết quả {_in_sentence(period.label)}"
    context = {
        "title": title,
        "period": period,
        "updated_on": period.approved.approved_at,
        "field": own.field,
        "before": before,
        "key_figures": figures_of.key_figures(own, before and sheets.get(before.pk)),
        "sheet": own,
        "procedures": [] if own.field.totals_only else procedures,
        "has_dossiers": period.approved.source == Source.DOSSIERS
        and not own.field.totals_only,
        "fewest": FEWEST_FOR_A_RATE,
        "crumbs": _crumbs((period.label, period.get_absolute_url()), (name, "")),
        "canonical": request.build_absolute_uri(request.path),
        **_over_time(line),
        **({} if own.field.totals_only else _days(period.approved_id, own.field)),
    }
    return mark(
        render(request, "procedures/field.html", context),
        kind="result",
        object_id=f"{period.code}.{slug}",
        title=title,
    )


@_of_period
def download(request, period, file_format):
    """Send a published period's table as a file."""
    if file_format not in downloads.RESPONSES:
        raise Http404
    response = downloads.sheet_response(period, file_format=file_format)
    title = f"Kết quả giải quyết thủ tục hành chính {_in_sentence(period.label)}"
    return mark(response, kind=FILE, title=f"{title} ({file_format.upper()})")


# --- Dossiers -----------------------------------------------------------------------


@_of_period
def dossiers(request, period):
    """List the dossiers behind the figures, as far as the address filters them."""
    listing = _listing(request, period)
    page = page_of(listing, request, per_page=PER_PAGE)
    address = reverse("procedures:dossiers", args=[period.code])
    title = f"Danh sách hồ sơ {_in_sentence(period.label)}"
    filters = listing.filters()
    context = {
        "title": title,
        "period": period,
        "updated_on": period.approved.approved_at,
        "listing": listing,
        "filters": filters,
        "is_filtered": any(each.is_active for each in filters) or listing.is_unknown,
        "page": page,
        "links": links_of(page, request, address, keep=listing.keep),
        "formats": downloads.formats_of(listing),
        "most": MOST,
        "months": ProcedureSettings.current().dossier_months,
        "crumbs": _crumbs((period.label, period.get_absolute_url()), ("Hồ sơ", "")),
    }
    return mark(
        render(request, "procedures/dossiers.html", context),
        kind="dossiers",
        object_id=period.code,
        title=title,
    )


@_of_period
def download_dossiers(request, period, file_format):
    """Send all dossiers that the address filters as a file."""
    listing = _listing(request, period)
    if file_format not in downloads.RESPONSES:
        raise Http404
    if file_format not in downloads.formats_of(listing):
        return refusal(
            status=400,
            title="Danh sách quá dài cho một tệp Excel",
            advice="Mời bạn lọc bớt rồi tải lại, hoặc tải tệp CSV hay JSON, không giới hạn số dòng.",
        )
    network = client.network_of_request(request)
    verdict = ratelimit.allow(
        "dossiers.files", network, limit=FILES_PER_MINUTE, per=timedelta(minutes=1)
    )
    if not verdict.allowed:
        return too_many(retry_after=verdict.retry_after)
    response = downloads.dossiers_response(period, listing, file_format=file_format)
    # Filtered or not, it is counted as one file: the address has no other name for it.
    title = f"Danh sách hồ sơ {_in_sentence(period.label)}"
    return mark(response, kind=FILE, title=f"{title} ({file_format.upper()})")


def _listing(request, period):
    if period.approved.source != Source.DOSSIERS:
        raise Http404
    return DossierList(period.approved, request.GET)


# --- A procedure --------------------------------------------------------------------


@require_safe
def procedure(request, code):
    """Show the published figures of a procedure over the periods."""
    procedure = get_object_or_404(
        Procedure.objects.filter(field__totals_only=False).select_related("field"),
        code=code,
    )
    rows = list(ProcedureFigures.objects.published().filter(procedure=procedure))
    title = f"Kết quả của thủ tục {procedure.name}"
    line = [(row.edition.period.name, row.edition.period, row) for row in rows[::-1]]
    context = {
        "title": title,
        "procedure": procedure,
        "updated_on": max((row.edition.approved_at for row in rows), default=None),
        "newest_list": _list_of(procedure, rows[0].edition) if rows else "",
        "fewest": FEWEST_FOR_A_RATE,
        "crumbs": _crumbs((procedure.code, "")),
        "canonical": request.build_absolute_uri(request.path),
        **_over_time(line[-figures_of.MOST_IN_LINE :]),
    }
    return mark(
        render(request, "procedures/procedure_results.html", context),
        kind="result",
        object_id=code,
        title=title,
    )


def _list_of(procedure, edition):
    """Return the address of the dossiers of `procedure` behind `edition`."""
    address = reverse("procedures:dossiers", args=[edition.period.code])
    return f"{address}?{urlencode({'thu-tuc': procedure.code})}"


# --- What pages are made of ---------------------------------------------------------


def _crumbs(*below):
    return [_HOME, (TITLE, reverse("procedures:list")), *below]


def _in_sentence(label):
    return label[0].lower() + label[1:]


def _sheet(period, edition):
    """Return what shows an edition: its table and all that explains its figures."""
    rows = list(edition.sheets.select_related("field"))
    return {
        "period": period,
        "edition": edition,
        "rows": rows,
        "totals": Figures.total(rows),
        "columns": COLUMNS,
        "groups": [
            (group, sum(column.group == group for column in COLUMNS)) for group in GROUPS
        ],
        "carry_over_notes": [row for row in rows if row.carry_over_note],
        "overdue_counts": list(edition.overdue_counts.all()),
        "rules": counting.RULES if edition.source == Source.DOSSIERS else (),
        "editions": list(period.editions.approved()),
        "fewest": FEWEST_FOR_A_RATE,
        **_by_field(period, rows),
    }


def _by_field(period, rows):
    """Return the chart of the lĩnh vực of a period."""
    links = [
        reverse("procedures:field", args=[period.code, row.field.slug]) for row in rows
    ]
    return {
        "bars": charts.bars(
            [(row.field.name, row, link) for row, link in zip(rows, links, strict=True)]
        ),
        "legend": ENDINGS,
        "chart_width": charts.WIDTH,
    }


def _over_time(line):
    """Return the chart and table of [(label, period or None, figures or None)]."""
    return {
        "line": line[::-1],
        "columns_chart": charts.columns([figures for _, _, figures in line]),
        "endings": ENDINGS,
    }


def _days(edition, field=None):
    """Return the chart of how many working days resolving took."""
    legend = figures_of.DAYS_LEGEND
    rows = figures_of.days_of_resolution(edition, field)
    return {
        "days": charts.bars(rows, legend),
        "days_legend": legend,
        "chart_width": charts.WIDTH,
    }
