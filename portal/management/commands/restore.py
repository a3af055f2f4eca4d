"""`manage.py restore DIR`: bring back what `backup` has saved."""

from django.core.management.base import BaseCommand, CommandError

from portal import backup


class Command(BaseCommand):
    help = "Phục hồi cơ sở dữ liệu và các tệp đã tải lên từ một bản sao lưu."
    # The database may be empty, so it must not be asked whether it is migrated.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="THUMUC", help="thư mục của bản sao lưu")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="thay thế toàn bộ dữ liệu đang có; không lấy lại được",
        )

    def handle(self, *args, folder, overwrite, **options):
        try:
            summary = backup.restore(folder, overwrite=overwrite)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Đã phục hồi cơ sở dữ liệu và {summary.uploads} tệp. "
            "Hãy chạy lệnh migrate, rồi khởi động lại trang."
        )
