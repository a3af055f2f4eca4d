"""`manage.py expire_dossiers [--months N] [--dry-run]`: delete lists of dossiers that are old."""

import argparse

from django.core.management.base import BaseCommand
from django.utils import timezone

from procedures.expiry import expire


def _months(text):
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:4]) <= 600:
        raise argparse.ArgumentTypeError("số tháng phải từ 1 đến 600")
    return int(text)


class Command(BaseCommand):
    help = (
        "Xóa danh sách hồ sơ của các kỳ đã kết thúc quá lâu; số liệu của kỳ vẫn còn. "
        "Việc này tự chạy mỗi ngày theo số tháng ghi trong Cài đặt TTHC."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--months",
            type=_months,
            metavar="N",
            help="giữ danh sách N tháng sau khi kỳ kết thúc (mặc định theo Cài đặt TTHC)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ cho biết sẽ xóa gì, không xóa"
        )

    def handle(self, *args, months, dry_run, **options):
        expired = expire(today=timezone.localdate(), months=months, dry_run=dry_run)
        verb = "Sẽ xóa" if dry_run else "Đã xóa"
        for each in expired:
            self.stdout.write(f"{verb} {each.rows} hồ sơ của kỳ {each.period}.")
        if not expired:
            self.stdout.write("Không có danh sách hồ sơ nào hết thời gian lưu.")
