"""`manage.py import_dossiers FILE --period CODE`: a list of dossiers, and its figures."""

from procedures.imports.command import ImportCommand
from procedures.imports.matching import Choices
from procedures.models import Channel, ImportKind

_CHANNELS = {
    "truc-tiep": Channel.DIRECT,
    "truc-tuyen": Channel.ONLINE,
    "buu-chinh": Channel.POST,
}


class Command(ImportCommand):
    help = (
        "Nhập danh sách hồ sơ vào một kỳ và tính số liệu của kỳ từ đó. Cột họ tên, địa chỉ, điện "
        "thoại bị bỏ trước khi ghi. Mã thoát: 0 xong hoặc không có thay đổi, 1 bị từ chối kèm lý "
        "do, 2 gõ sai lệnh."
    )
    kind = ImportKind.DOSSIERS

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--channel",
            choices=_CHANNELS,
            help="cách nộp của những hồ sơ mà tệp không ghi cách nộp",
        )

    def choices(self, options):
        return Choices(default_channel=_CHANNELS.get(options["channel"]))
