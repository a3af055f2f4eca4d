"""Public pages of the results of administrative procedures."""

from itertools import groupby

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.pages import mark
from procedures import charts, downloads
from procedures.figures import COLUMNS, FEWEST_FOR_A_RATE, GROUPS, Figures
from procedures.models import Period

TITLE = "Công khai kết quả giải quyết thủ tục hành chính"
_HOME = ("Trang chủ", "/")


@require_safe
def period_list(request):
    """List the published periods by year, the newest first, with their key figures."""
    periods = Period.objects.published().with_totals().newest()
    context = {
        "title": TITLE,
        "years": [
            (year, list(of_year))
            for year, of_year in groupby(periods, key=lambda period: period.year)
        ],
        "fewest": FEWEST_FOR_A_RATE,
        "crumbs": [_HOME, (TITLE, "")],
        "canonical": request.build_absolute_uri(reverse("procedures:list")),
    }
    return mark(
        render(request, "procedures/period_list.html", context), kind="results", title=TITLE
    )


@require_safe
def period(request, code):
    """Show a published period: key figures, chart, the official table."""
    period = get_object_or_404(
        Period.objects.published().select_related("approved"), code=code
    )
    rows = list(period.approved.sheets.select_related("field"))
    title = f"Kết quả giải quyết thủ tục hành chính {_in_sentence(period.label)}"
    published = Period.objects.published()
    context = {
        "title": title,
        "period": period,
        "rows": rows,
        "totals": Figures.total(rows),
        "bars": charts.bars(rows),
        "segments": charts.SEGMENTS,
        "chart_width": charts.WIDTH,
        "columns": COLUMNS,
        "groups": [
            (group, sum(column.group == group for column in COLUMNS)) for group in GROUPS
        ],
        "fewest": FEWEST_FOR_A_RATE,
        "formats": list(downloads.RESPONSES),
        "previous": published.before(period).first(),
        "next": published.after(period).first(),
        "crumbs": [_HOME, (TITLE, reverse("procedures:list")), (period.label, "")],
        "canonical": request.build_absolute_uri(period.get_absolute_url()),
    }
    return mark(
        render(request, "procedures/period_detail.html", context),
        kind="result",
        object_id=period.code,
        title=title,
    )


@require_safe
def download(request, code, file_format):
    """Send a published period's table as a file."""
    if file_format not in downloads.RESPONSES:
        raise Http404
    period = get_object_or_404(Period.objects.published(), code=code)
    return downloads.response(period, file_format=file_format)


def _in_sentence(label):
    return label[0].lower() + label[1:]
