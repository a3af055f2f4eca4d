"""`manage.py check_files`: name the rows without a file, and the files without a row."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal import lost_files


class Command(BaseCommand):
    help = "Đối chiếu ảnh và tệp đính kèm với tệp trên đĩa; không thay đổi gì."

    def handle(self, *args, **options):
        missing = 0
        for found in lost_files.look(now=timezone.now()):
            name = found.model._meta.verbose_name
            for row in found.missing:
                self.stdout.write(f"Mất tệp của {name} {row.pk} ({row}): {row.file.name}")
            if found.left_over:
                self.stdout.write(
                    f"{len(found.left_over)} tệp thừa trong kho {name}; việc hằng ngày sẽ dọn."
                )
            missing += len(found.missing)
        if missing:
            raise CommandError(
                f"{missing} tệp bị mất. Hãy chép lại từ bản sao lưu gần nhất, đúng đường dẫn đã nêu."
            )
        self.stdout.write("Mọi ảnh và tệp đính kèm đều còn tệp.")
