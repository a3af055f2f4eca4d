"""`manage.py check_visits [--repair]`: adds every total of the visits up again."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visitors import checking
from visitors.headlines import number

_MOST_SHOWN = 200  # differences


class Command(BaseCommand):
    help = (
        "Cộng lại mọi con số thống kê truy cập và báo từng chỗ không khớp. Mã thoát: 0 khớp hết, "
        "1 có chỗ không khớp. Chạy lúc nào cũng được, kể cả khi cổng đang chạy."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair",
            action="store_true",
            help="tính lại số theo tháng và theo năm từ số theo ngày ở những chỗ không khớp",
        )

    def handle(self, *args, repair, **options):
        differences = checking.check(now=timezone.now())
        if repair:
            repaired = checking.repair(differences=differences)
            self.stdout.write(
                f"Đã tính lại {number(repaired)} dòng theo tháng và theo năm."
            )
            differences = checking.check(now=timezone.now())
        for difference in differences[:_MOST_SHOWN]:
            self.stdout.write(difference.sentence)
        if len(differences) > _MOST_SHOWN:
            more = number(len(differences) - _MOST_SHOWN)
            self.stdout.write(f"… và {more} chỗ khác.")
        if differences:
            raise CommandError(f"Có {number(len(differences))} chỗ không khớp.")
        self.stdout.write("Mọi con số đều khớp.")
