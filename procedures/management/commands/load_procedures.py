"""`manage.py load_procedures`: the procedures that come with the software, to begin with."""

from django.core.management.base import BaseCommand

from procedures.catalogue_update import load_shipped


class Command(BaseCommand):
    help = (
        "Nạp danh mục thủ tục hành chính cấp xã đi kèm phần mềm, ở tình trạng chưa rà soát. "
        "Chạy lại chỉ thêm thủ tục còn thiếu, không sửa thủ tục và lĩnh vực đã có."
    )

    def handle(self, *args, **options):
        made = load_shipped()
        self.stdout.write(
            f"Đã nạp {len(made)} thủ tục, tất cả chưa rà soát."
            if made
            else "Không có thay đổi: các thủ tục đi kèm đều đã có."
        )
