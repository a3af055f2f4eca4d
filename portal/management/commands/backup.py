"""`manage.py backup DIR`: save the database and the uploads."""

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from portal import backup


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và các tệp đã tải lên vào một thư mục mới."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="THUMUC", help="thư mục chưa có")

    def handle(self, *args, folder, **options):
        try:
            summary = backup.backup(folder)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Đã sao lưu vào {folder}: cơ sở dữ liệu và {summary.uploads} tệp, "
            f"tổng cộng {filesizeformat(summary.size)}."
        )
