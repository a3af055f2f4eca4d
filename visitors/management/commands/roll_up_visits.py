"""`manage.py roll_up_visits`: what the worker for background jobs does for the counter each day."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from visitors import care


class Command(BaseCommand):
    help = (
        "Cộng nốt lượt truy cập của các tiến trình đã dừng, chốt những ngày đã qua và xóa chi "
        "tiết cũ theo Thiết lập thống kê. Chạy lúc nào cũng được, kể cả khi cổng đang chạy."
    )

    def handle(self, *args, **options):
        for sentence in care.roll_up(now=timezone.now()).sentences():
            self.stdout.write(sentence)
