"""`manage.py import_access_log FILE...`: visits of the time before, from web server logs."""

from itertools import islice
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from portal.refusals import Refused
from visitors import counting
from visitors.headlines import number
from visitors.imports import access_log, log_days

_WHY_NOT = {
    "address": "ảnh, tệp giao diện, bản tin RSS, trang quản trị, chương trình",
    "status": "lỗi, chuyển hướng",
    "method": "không phải GET (HEAD, POST …)",
    "agent": "dòng không ghi tên trình duyệt",
}
_DAYS_NAMED = 10


class Command(BaseCommand):
    help = (
        "Đếm lượt truy cập của những ngày trước từ nhật ký máy chủ web (nginx, Apache dạng "
        "“combined”; cả tệp .gz; “-” là đầu vào chuẩn). Nhiều tệp được đọc như một, thứ tự tùy ý. "
        "Mã thoát: 0 xong hoặc không có thay đổi, 1 bị từ chối kèm lý do, 2 gõ sai lệnh."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", metavar="TEP", nargs="+")
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ báo sẽ nhập gì, không ghi gì cả"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="thay những ngày đã nhập từ nhật ký khác",
        )
        parser.add_argument(
            "--undo",
            action="store_true",
            help="bỏ những ngày đã nhập từ các tệp này, nhận ra theo nội dung",
        )
        parser.add_argument(
            "--host",
            action="append",
            default=[],
            metavar="TEN_MIEN",
            help="tên miền của chính trang cũ, không tính là nơi giới thiệu; ghi được nhiều lần",
        )

    def handle(self, *args, files, dry_run, replace, undo, host, **options):
        own_hosts = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS, *host}
        step = log_days.rehearse if dry_run else log_days.store
        try:
            sources = access_log.sources(files)
            if undo:
                self._undo(sources, dry_run=dry_run)
                return
            if log_days.are_known(sources):
                self._say("Không có thay đổi: các tệp này đã được nhập trước đây.")
                return
            found = access_log.read(sources, own_hosts=own_hosts)
            self._show_lines(found)
            outcome = step(found=found, now=timezone.now(), replace=replace)
        except Refused as refused:
            raise CommandError("\n".join(refused.reasons)) from None
        self._show_days(found, outcome)
        if dry_run:
            self._say("Chạy thử: chưa ghi gì.")

    def _undo(self, sources, *, dry_run):
        with transaction.atomic():
            days = log_days.take_out(sources)
            transaction.set_rollback(dry_run)
        named = f": {_days(days)}" if days else ""
        self._say(f"Bỏ {number(len(days))} ngày đã nhập từ nhật ký{named}.")
        if dry_run:
            self._say("Chạy thử: chưa bỏ gì.")

    def _say(self, sentence):
        self.stdout.write(sentence)

    def _show_lines(self, found):
        self._say(f"Đã đọc {len(found.files)} tệp, {number(found.lines)} dòng.")
        views = sum(each.views for each in found.days.values())
        self._say(f"  Lượt xem trang: {number(views)}")
        self._say(f"  Lượt tải tệp: {number(found.downloads)}")
        for reason, count in found.robots.most_common():
            words = counting.EXCLUSIONS.get(reason, reason)
            self._say(f"  Không đếm, robot – {words}: {number(count)}")
        for reason, count in found.not_counted.most_common():
            self._say(
                f"  Không đếm, không phải mở trang – {_WHY_NOT[reason]}: {number(count)}"
            )
        if found.bad_lines:
            self._warn(
                f"{number(found.bad_lines)} dòng không đọc được, đã bỏ qua: "
                f"{', '.join(found.bad_places)}{' …' * (found.bad_lines > len(found.bad_places))}."
            )
        if found.unnamed_pages:
            self._warn(
                f"Chỉ {number(access_log.MOST_PAGES)} trang xem nhiều nhất giữ địa chỉ riêng; "
                f"{number(found.unnamed_pages)} trang còn lại được đếm chung là “(khác)”."
            )
        if found.has_one_address:
            self._warn(
                "Mọi lượt xem đến từ một địa chỉ mạng: nhật ký có lẽ ghi địa chỉ của máy chủ trung "
                "gian chứ không phải của người xem, nên lượt truy cập và số người sẽ thấp hơn thật."
            )
        if found.likely_own_host:
            self._warn(
                f"Phần lớn lượt xem do {found.likely_own_host} dẫn tới. Nếu đó là tên miền của "
                f"chính trang cũ, hãy chạy với --host {found.likely_own_host}."
            )

    def _show_days(self, found, outcome):
        if outcome.is_nothing:
            self._say("Không có thay đổi: các tệp này đã được nhập trước đây.")
            return
        first, last = outcome.stored[0], outcome.stored[-1]
        self._say(
            f"Nhập {number(len(outcome.stored))} ngày, từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}: "
            f"{number(outcome.views)} lượt xem, {number(outcome.visits)} lượt truy cập."
        )
        if outcome.replaced:
            self._say(f"Trong đó {number(len(outcome.replaced))} ngày thay cho số đã nhập.")
        if outcome.left_out:
            self._warn(
                "Không nhập những ngày đã được đo tại cổng này hoặc chưa kết thúc: "
                f"{_days(outcome.left_out)}."
            )
        if missing := access_log.days_without_lines(found):
            self._warn(f"Không có dòng nào, ghi là “Không có số liệu”: {_days(missing)}.")
        self._warn(
            f"Nhật ký bắt đầu lúc {_moment(found.first)} và kết thúc lúc {_moment(found.last)}: "
            "ngày đầu và ngày cuối có thể chưa đủ. Nếu có tệp chứa phần còn lại, hãy chạy với mọi "
            "tệp và --replace."
        )

    def _warn(self, sentence):
        self._say(f"Lưu ý: {sentence}")


def _moment(at):
    day, second = at
    return f"{second // 3600:02}:{second // 60 % 60:02} ngày {day:%d/%m/%Y}"


def _days(days):
    named = ", ".join(f"{day:%d/%m/%Y}" for day in islice(sorted(days), _DAYS_NAMED))
    return (
        f"{named} và {len(days) - _DAYS_NAMED} ngày khác"
        if len(days) > _DAYS_NAMED
        else named
    )
