"""`manage.py load_duties`: the duties to publish that come with the software."""

from django.core.management.base import BaseCommand

from disclosure.shipped import load_shipped


class Command(BaseCommand):
    help = (
        "Nạp các việc phải công khai theo Luật Thực hiện dân chủ ở cơ sở, ở tình trạng chưa rà "
        "soát. Chạy lại chỉ thêm việc còn thiếu, không sửa việc đã có."
    )

    def handle(self, *args, **options):
        made = load_shipped()
        self.stdout.write(
            f"Đã nạp {len(made)} việc, tất cả chưa rà soát: xã cần đối chiếu văn bản rồi xác "
            "nhận từng việc."
            if made
            else "Không có thay đổi: các việc đi kèm đều đã có."
        )
