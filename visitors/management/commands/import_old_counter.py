"""`manage.py import_old_counter FILE`: the months of an earlier website's counter."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.refusals import Refused
from visitors.headlines import number
from visitors.imports import old_counter

WRONG_USE = 2


class Command(BaseCommand):
    help = (
        "Nhập số lượt truy cập từng tháng của bộ đếm trên trang cũ từ tệp CSV có hai cột tháng "
        "và lượt truy cập. Mã thoát: 0 xong hoặc không có thay đổi, 1 bị từ chối kèm lý do, 2 gõ "
        "sai lệnh."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TEP", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ báo sẽ đổi gì, không ghi gì cả"
        )

    def handle(self, *args, file, dry_run, **options):
        try:
            data = file.read_bytes()
        except OSError:
            reason = f"Không mở được tệp {file}. Hãy xem lại đường dẫn và quyền đọc tệp."
            raise CommandError(reason, returncode=WRONG_USE) from None
        try:
            said = old_counter.read(data, name=file.name, today=timezone.localdate())
            if dry_run:
                found = old_counter.compare(said)
            else:
                found = old_counter.apply(said=said, actor=None)
        except Refused as refused:
            raise CommandError("\n".join(refused.reasons)) from None
        for month, old, new in found.changed:
            self.stdout.write(f"[đổi] {month:%m/%Y}: {number(old)} → {number(new)}")
        for month, visits in found.new:
            self.stdout.write(f"[mới] {month:%m/%Y}: {number(visits)}")
        self.stdout.write(
            f"Tệp có {len(said.visits)} tháng, {number(said.total)} lượt truy cập."
        )
        self.stdout.write(found.sentence)
        if dry_run:
            self.stdout.write("Chạy thử: chưa ghi gì.")
