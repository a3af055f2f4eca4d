"""Adds the visits that stopped processes left in their spools; used when the site stops."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visitors import spool


class Command(BaseCommand):
    help = "Cộng vào số liệu những lượt truy cập mà các tiến trình đã dừng để lại."

    def handle(self, *args, **options):
        try:
            lines = spool.adopt(settings.VISIT_SPOOL_DIR, now=timezone.now())
        except OSError as error:
            raise CommandError(
                f"Có tệp lượt truy cập không đọc hoặc không xóa được: {error}. Các tệp khác đã "
                "được cộng."
            ) from error
        self.stdout.write(f"Đã cộng {lines} dòng lượt truy cập.")
