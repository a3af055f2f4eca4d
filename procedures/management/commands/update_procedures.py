"""`manage.py update_procedures FILE`: the catalogue from a workbook, CSV or JSON."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.refusals import Refused
from procedures import catalogue_update

WRONG_USE = 2


class Command(BaseCommand):
    help = (
        "Cập nhật danh mục thủ tục từ tệp Excel, CSV hoặc JSON. Thủ tục đã rà soát chỉ đổi khi "
        "có --reviewed, và trở lại chưa rà soát. Mã thoát: 0 xong, 1 tệp có chỗ phải sửa, 2 gõ "
        "sai lệnh."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TEP", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ báo sẽ đổi gì, không ghi gì cả"
        )
        parser.add_argument("--json", action="store_true", help="in báo cáo dạng JSON")
        parser.add_argument(
            "--reviewed", action="store_true", help="đổi cả thủ tục đã rà soát"
        )

    def handle(self, *args, file, dry_run, reviewed, **options):
        try:
            opened = file.open("rb")
        except OSError:
            reason = f"Không mở được tệp {file}. Hãy xem lại đường dẫn và quyền đọc tệp."
            raise CommandError(reason, returncode=WRONG_USE) from None
        try:
            with opened:
                said = catalogue_update.read(opened, name=file.name)
            found = catalogue_update.compare(said)
            chosen = {each.procedure.code for each in found.reviewed} if reviewed else ()
            if not dry_run:
                found = catalogue_update.apply(
                    said=said, actor=None, fingerprint=found.fingerprint, reviewed=chosen
                )
        except Refused as refused:
            raise CommandError("\n".join(refused.reasons)) from None
        kept = {each.procedure.code for each in found.reviewed} - set(chosen)
        if options["json"]:
            self._show_json(found, kept, dry_run=dry_run)
        else:
            self._show(found, kept, dry_run=dry_run)

    def _show(self, found, kept, *, dry_run):
        for procedure in found.new:
            self.stdout.write(f"[mới] {procedure}")
        for change in found.changed:
            left = " (đã rà soát, giữ nguyên)" if change.procedure.code in kept else ""
            self.stdout.write(f"[đổi] {change.procedure}{left}")
            for fact in change.facts:
                self.stdout.write(
                    f"    - {fact.label}: {fact.old or '–'} → {fact.new or '–'}"
                )
        for procedure in found.missing:
            self.stdout.write(f"[không có trong tệp, giữ nguyên] {procedure}")
        self.stdout.write(
            "Không có thay đổi."
            if found.is_nothing
            else f"{len(found.new)} thủ tục mới, {len(found.changed) - len(kept)} thủ tục đổi, "
            f"{found.unchanged} thủ tục như cũ."
        )
        if dry_run:
            self.stdout.write("Chạy thử: chưa ghi gì.")

    def _show_json(self, found, kept, *, dry_run):
        report = {
            "new": [each.code for each in found.new],
            "changed": {
                change.procedure.code: {
                    fact.label: [fact.old, fact.new] for fact in change.facts
                }
                for change in found.changed
            },
            "kept_as_reviewed": sorted(kept),
            "missing": [each.code for each in found.missing],
            "unchanged": found.unchanged,
            "dry_run": dry_run,
        }
        self.stdout.write(json.dumps(report, ensure_ascii=False))
