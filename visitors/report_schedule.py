"""Which monthly reports are due, and that each is sent once.

The row of `SentReport` and the jobs of the mails are written in one transaction: a crash
neither loses a report nor sends it twice. A server that was off on the day catches up.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from portal.jobs import daily, enqueue
from portal.refusals import Refused
from visitors import report_mail, spans
from visitors.counting import month_start
from visitors.models import SentReport, VisitSettings
from visitors.spans import Grain

__all__ = ["announcement", "due_months", "next_month", "send", "send_due", "sending_day"]


def sending_day(month, settings):
    """Return the day from which the report of `month` (its first day) is sent."""
    return spans.next_start(month, Grain.MONTH).replace(day=settings.report_day)


def next_month(settings):
    """Return the first month whose report is to be sent next; None when none is sent."""
    return next(_unsent(settings), None)


def due_months(settings, *, today):
    """Return the months whose report is due on `today` and was not sent, oldest first."""
    due = []
    for month in _unsent(settings):
        if sending_day(month, settings) > today:
            break
        due.append(month)
    return due


def _unsent(settings):
    if not settings.sends_report:
        return
    sent = SentReport.objects.filter(month__gte=settings.reports_since)
    sent = set(sent.values_list("month", flat=True))
    month = settings.reports_since
    while month.year < date.max.year:
        if month not in sent:
            yield month
        month = spans.next_start(month, Grain.MONTH)


@transaction.atomic
def send(*, month, recipients, now):
    """Leave a mail with the report of `month` to each of `recipients`, unless it was sent.

    Return whether it was left now. Of two that ask at once the second waits for the first.
    Raises `Refused` while the month is not over: a part of it would stand for its report.
    """
    if spans.next_start(month, Grain.MONTH) > timezone.localdate(now):
        raise Refused(
            f"Tháng {month:%m/%Y} chưa kết thúc, nên báo cáo chưa được gửi cho những người nhận. "
            "Muốn gửi số liệu đến nay cho ai, hãy dùng --to."
        )
    _, is_new = SentReport.objects.get_or_create(
        month=month_start(month), defaults={"sent_at": now}
    )
    if is_new:
        for address in recipients:
            enqueue(report_mail.deliver, month.isoformat(), address)
    return is_new


@daily
def send_due(*, now):
    """Send every report that is due, by the administrator's choice."""
    settings = VisitSettings.current()
    for month in due_months(settings, today=timezone.localdate(now)):
        send(month=month, recipients=settings.recipient_list, now=now)


def announcement(settings, *, today):
    """Return a sentence that says which report is sent next, when, and to how many."""
    month = next_month(settings)
    if month is None:
        return "Không có báo cáo tháng nào được gửi qua thư điện tử."
    day = sending_day(month, settings)
    when = f"ngày {day:%d/%m/%Y}" if day > today else "trong vòng 24 giờ"
    count = len(settings.recipient_list)
    return f"Báo cáo tháng {month.month} sẽ được gửi {when} tới {count} địa chỉ."
