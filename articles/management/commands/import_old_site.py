"""`manage.py import_old_site SOURCE --category SLUG`: drafts from the unit's former site."""

import json
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from articles.imports.importing import Outcome, import_old_site
from articles.models import Category

WRONG_USE = 2


class Command(BaseCommand):
    help = (
        "Chuyển bài của trang cũ thành bản nháp: từ tệp RSS/Atom, hoặc từ thư mục trang web "
        "lưu bằng trình duyệt. Chạy lại không tạo bài trùng. Mã thoát: 0 xong, 1 có mục lỗi, "
        "2 gõ sai lệnh."
    )

    def add_arguments(self, parser):
        parser.add_argument("source", metavar="NGUON", type=Path, help="tệp hoặc thư mục")
        parser.add_argument(
            "--category", required=True, metavar="TEN", help="tên chuyên mục trên địa chỉ"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ báo sẽ làm gì, không ghi gì cả"
        )
        parser.add_argument(
            "--json", action="store_true", help="mỗi mục một dòng JSON, dòng cuối là tổng"
        )
        parser.add_argument(
            "--base-url",
            default="",
            metavar="URL",
            help="địa chỉ cũ của thư mục, cho những trang không tự ghi địa chỉ của mình",
        )

    def handle(self, *args, source, category, dry_run, base_url, **options):
        if not source.exists():
            raise CommandError(f"Không có {source}.", returncode=WRONG_USE)
        if base_url and not _is_site(base_url):
            raise CommandError(
                "--base-url phải có dạng http://ten-mien/.", returncode=WRONG_USE
            )
        try:
            target = Category.objects.get(slug=category)
        except Category.DoesNotExist:
            known = ", ".join(Category.objects.values_list("slug", flat=True))
            raise CommandError(
                f"Không có chuyên mục “{category}”. Các chuyên mục đang có: {known}.",
                returncode=WRONG_USE,
            ) from None
        show = self._show_json if options["json"] else self._show
        totals = Counter()
        reports = import_old_site(
            source=source, category=target, dry_run=dry_run, base_url=base_url
        )
        for report in reports:
            totals[report.outcome] += 1
            show(report)
        if options["json"]:
            counts = {outcome.value: totals[outcome] for outcome in Outcome}
            self.stdout.write(json.dumps({"totals": counts, "dry_run": dry_run}))
        else:
            self._show_totals(totals, dry_run=dry_run)
        if totals[Outcome.FAILED]:
            raise CommandError(f"Có {totals[Outcome.FAILED]} mục lỗi, xem báo cáo ở trên.")

    def _show(self, report):
        number = f" (bài {report.article})" if report.article else ""
        title = f": {report.title}" if report.title else ""
        self.stdout.write(f"[{report.outcome.label}] {report.origin}{title}{number}")
        for sentence in filter(None, [report.reason, *report.remarks]):
            self.stdout.write(f"    - {sentence}")

    def _show_json(self, report):
        self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))

    def _show_totals(self, totals, *, dry_run):
        counted = [f"{totals[o]} {o.label}" for o in Outcome if totals[o]]
        self.stdout.write(f"Tổng cộng: {', '.join(counted) or 'không có trang nào'}.")
        if dry_run:
            self.stdout.write("Chạy thử: chưa ghi gì.")
        elif not totals[Outcome.CREATED] and not totals[Outcome.UPDATED]:
            self.stdout.write("So với lần trước không có thay đổi.")


def _is_site(url):
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
