"""`manage.py import_results FILE --period CODE`: the figures of a Biểu II.06a file."""

from procedures.imports.command import ImportCommand
from procedures.models import ImportKind


class Command(ImportCommand):
    help = (
        "Nhập số liệu từ một tệp Biểu II.06a vào một kỳ. Mã thoát: 0 xong hoặc không có thay "
        "đổi, 1 bị từ chối kèm lý do, 2 gõ sai lệnh."
    )
    kind = ImportKind.RESULTS
