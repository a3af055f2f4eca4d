"""The monthly report as a mail: the figures of the printed page, and the days as a workbook.

No picture or style is fetched from anywhere, and nothing in it concerns a reader of the site.
"""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from portal.exports import XLSX, xlsx_bytes
from portal.jobs import job
from visitors import monthly_report

__all__ = ["compose", "deliver"]

_ATTEMPTS = 30  # the waits between them grow to an hour: about a day


def compose(report, address):
    """Return the mail with `report` (a `MonthlyReport`) to `address`."""
    context = {
        "report": report,
        "tables": [(table, list(_lines(table))) for table in report.tables],
        "url": settings.SITE_URL + reverse("admin:visitors_report", args=[report.slug]),
        "explanation": settings.SITE_URL + reverse("visitors:method"),
    }
    mail = EmailMultiAlternatives(
        report.subject,
        render_to_string("visitors/report_mail.txt", context),
        to=[address],
    )
    mail.attach_alternative(
        render_to_string("visitors/report_mail.html", context), "text/html"
    )
    mail.attach(
        f"truy-cap-theo-ngay-{report.slug}.xlsx",
        xlsx_bytes(report.days_table),
        XLSX,
    )
    return mail


def _lines(table):
    """Yield each row of a table as a line of words and numbers."""
    for row in table.rows:
        cells = zip(table.headings, row.cells, strict=True)
        told = "; ".join(f"{heading.text} {cell.text}" for heading, cell in cells)
        yield f"{row.name}: {told}"


@job(attempts=_ATTEMPTS)
def deliver(month, address):
    """Send the report of `month` (its first day, ISO) to one address.

    Asked for one address at a time, so that one that fails stops and repeats no other's.
    """
    report = monthly_report.build(date.fromisoformat(month))
    compose(report, address).send()
