"""What `manage.py import_dossiers` and `manage.py import_results` have in common."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from portal.models import User
from portal.refusals import Refused
from procedures import periods, workflow
from procedures.imports import report, storing
from procedures.imports.matching import Choices
from procedures.models import ImportState, Period, ProcedureSettings

WRONG_USE = 2


class ImportCommand(BaseCommand):
    """Reads a file into a period as the admin does; `kind` is the `ImportKind`."""

    kind = None

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TEP", type=Path, help="tệp xlsx, xls hoặc csv")
        parser.add_argument(
            "--period",
            required=True,
            metavar="KY",
            help="mã kỳ, ví dụ 2024-T01; kỳ chưa có thì được lập với các ngày theo quy định",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ báo sẽ nhập gì, không ghi gì cả"
        )
        parser.add_argument("--json", action="store_true", help="in báo cáo dạng JSON")
        parser.add_argument(
            "--user",
            metavar="TEN",
            help="tài khoản đứng tên lần nhập; bỏ trống là hệ thống",
        )

    def choices(self, options):
        """Return the `Choices` that the arguments make."""
        return Choices()

    def handle(self, *args, file, dry_run, **options):
        actor = self._actor(options["user"])
        period, is_new = self._period(options["period"])
        show = self._show_json if options["json"] else self._show
        choices = self.choices(options)
        try:
            opened = file.open("rb")
        except OSError:
            reason = f"Không mở được tệp {file}. Hãy xem lại đường dẫn và quyền đọc tệp."
            raise CommandError(reason, returncode=WRONG_USE) from None
        try:
            with opened:
                if dry_run:
                    found = self._rehearse(period, opened, choices, show)
                else:
                    if is_new:
                        self._create(period, actor)
                    found = self._import(period, opened, choices, actor, show)
        except Refused as refused:
            found, reason = None, " ".join(refused.reasons)
            if options["json"]:
                self.stdout.write(json.dumps({"outcome": reason}, ensure_ascii=False))
        if found is None or not found.is_ready:
            if is_new and period.pk:
                # A file that was refused leaves nothing behind, no empty period either.
                workflow.delete_period(period=period, actor=None)
            raise CommandError(
                f"Chưa nhập: còn {len(found.blockers)} chỗ phải sửa, xem báo cáo ở trên."
                if found
                else reason
            )

    def _create(self, period, actor):
        try:
            workflow.create_period(period=period, actor=actor)
        except IntegrityError:
            raise CommandError(
                f"Các ngày của kỳ {period.code} trùng với một kỳ khác. Hãy lập kỳ trong trang "
                "quản trị rồi chạy lại.",
                returncode=WRONG_USE,
            ) from None

    def _rehearse(self, period, file, choices, show):
        found = storing.rehearse(
            period=period,
            kind=self.kind,
            file=file,
            name=Path(file.name).name,
            choices=choices,
        )
        show(found, "Chạy thử: chưa ghi gì.")
        return found

    def _import(self, period, file, choices, actor, show):
        run = storing.begin(
            period=period,
            kind=self.kind,
            file=file,
            name=Path(file.name).name,
            actor=actor,
        )
        if run.state == ImportState.FAILED:
            raise Refused(run.failure)
        if choices != Choices():
            storing.remap(run=run, mapping=run.mapping, choices=choices, actor=actor)
        found = storing.preview(run)
        if not found.is_ready:
            storing.cancel(run=run, actor=actor)
            show(found, "")
            return found
        try:
            edition = storing.confirm(run=run, actor=actor)
        except storing.Unchanged as unchanged:
            show(found, *unchanged.reasons)
        else:
            show(
                found, f"Đã nhập vào bản {edition.number} của kỳ {period}. Chưa gửi duyệt."
            )
        return found

    def _actor(self, username):
        if username is None:
            return None
        try:
            return User.objects.get(username=username, is_active=True)
        except User.DoesNotExist:
            raise CommandError(
                f"Không có tài khoản “{username}” đang dùng.", returncode=WRONG_USE
            ) from None

    def _period(self, text):
        """Return the period with this code, and whether it has still to be created."""
        try:
            code = periods.parse(text)
        except periods.BadCodeError as error:
            raise CommandError(str(error), returncode=WRONG_USE) from None
        period = Period.objects.filter(code=text).first()
        if period is not None:
            return period, False
        rule = (
            periods.Rule.CALENDAR
            if code.is_marked_calendar
            else ProcedureSettings.current().expected_rule
        )
        starts_on, ends_on = periods.proposed_days(code, rule)
        return (
            Period(
                code=text, kind=code.kind, rule=rule, starts_on=starts_on, ends_on=ends_on
            ),
            True,
        )

    def _show(self, found, outcome):
        self.stdout.write(report.as_text(found))
        if outcome:
            self.stdout.write(outcome)

    def _show_json(self, found, outcome):
        shown = report.as_json(found) | {"outcome": outcome}
        self.stdout.write(json.dumps(shown, ensure_ascii=False))
