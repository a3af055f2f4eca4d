"""`manage.py send_visit_report [--month YYYY-MM] [--to ADDRESS …] [--dry-run]`: the monthly report."""

import argparse
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from portal.refusals import Refused
from portal.standing import moment
from visitors import monthly_report, report_mail, report_schedule
from visitors.counting import month_start
from visitors.models import SentReport, VisitSettings


def _month(text):
    month = monthly_report.month_of(text)
    if month is None:
        raise argparse.ArgumentTypeError("tháng phải viết như 2026-10")
    if month > timezone.localdate():
        raise argparse.ArgumentTypeError("tháng này chưa đến")
    return month


def _address(text):
    try:
        validate_email(text)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"“{text}” không phải là địa chỉ thư") from None
    return text


class Command(BaseCommand):
    help = (
        "Gửi báo cáo thống kê truy cập của một tháng. Không có --to thì gửi cho những người "
        "nhận ghi trong Thiết lập thống kê, mỗi tháng một lần."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--month",
            type=_month,
            metavar="YYYY-MM",
            help="tháng của báo cáo (mặc định: tháng trước)",
        )
        parser.add_argument(
            "--to",
            type=_address,
            nargs="+",
            metavar="ADDRESS",
            help="gửi ngay cho các địa chỉ này, dù báo cáo đã được gửi hay chưa",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="in thư và người nhận, không gửi gì"
        )

    def handle(self, *args, month, to, dry_run, **options):
        month = month or _last_month()
        recipients = to or VisitSettings.current().recipient_list
        if dry_run:
            self._show(month, recipients)
        elif not recipients:
            raise CommandError(
                "Chưa có người nhận. Hãy ghi địa chỉ ở Thiết lập thống kê, hoặc thêm --to."
            )
        elif to:
            self._send_now(month, to)
        else:
            self._send_once(month, recipients)

    def _show(self, month, recipients):
        mail = report_mail.compose(monthly_report.build(month), "")
        self.stdout.write(f"Người nhận: {', '.join(recipients) or 'chưa có ai'}")
        self.stdout.write(f"Tiêu đề: {mail.subject}")
        for name, content, _ in mail.attachments:
            self.stdout.write(f"Đính kèm: {name} ({len(content)} byte)")
        self.stdout.write(f"\n{mail.body}")
        self.stdout.write("Chạy thử: không gửi thư nào.")

    def _send_now(self, month, addresses):
        report = monthly_report.build(month)
        failed = 0
        for address in addresses:
            try:
                report_mail.compose(report, address).send()
            except (SMTPException, OSError) as error:
                failed += 1
                self.stderr.write(f"Không gửi được tới {address}: {_in_words(error)}")
            else:
                self.stdout.write(f"Đã gửi {report.name.lower()} tới {address}.")
        if failed:
            raise CommandError(f"{failed} trên {len(addresses)} thư không gửi được.")

    def _send_once(self, month, recipients):
        name = f"báo cáo tháng {month:%m/%Y}"
        try:
            is_new = report_schedule.send(
                month=month, recipients=recipients, now=timezone.now()
            )
        except Refused as refused:
            raise CommandError("\n".join(refused.reasons)) from None
        if is_new:
            self.stdout.write(
                f"Đã giao {name} tới {len(recipients)} địa chỉ cho việc nền gửi (portal-jobs)."
            )
            return
        sent_at = SentReport.objects.get(month=month).sent_at
        self.stdout.write(
            f"Không gửi lại: {name} đã được gửi lúc {moment(sent_at)}. Muốn gửi thêm cho ai, "
            "hãy dùng --to."
        )


def _last_month():
    return month_start(month_start(timezone.localdate()) - timedelta(days=1))


def _in_words(error):
    """Return what went wrong with a mail and what to look at, in a Vietnamese sentence."""
    if isinstance(error, SMTPRecipientsRefused):
        return "máy chủ thư không nhận địa chỉ này. Hãy kiểm tra lại địa chỉ."
    if isinstance(error, SMTPException):
        return f"máy chủ thư từ chối ({type(error).__name__}). Hãy kiểm tra EMAIL_URL."
    return (
        f"không kết nối được máy chủ thư ({type(error).__name__}). Hãy kiểm tra EMAIL_URL và "
        "kết nối mạng."
    )
