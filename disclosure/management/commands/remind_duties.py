"""`manage.py remind_duties [--dry-run]`: mail about what is soon due or overdue."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from disclosure import workflow
from disclosure.reminders import remind
from portal.accounts import name_of


class Command(BaseCommand):
    help = (
        "Gửi thư nhắc những việc sắp đến hạn hoặc quá hạn công khai. Việc này tự chạy mỗi ngày; "
        "một lời nhắc không gửi hai lần."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--dry-run", action="store_true", help="chỉ cho biết sẽ nhắc ai, không gửi"
        )

    def handle(self, *args, dry_run, **options):
        today = timezone.localdate()
        if not dry_run:
            workflow.lay_out(today=today)
        reminders = remind(today=today, dry_run=dry_run)
        verb = "Sẽ nhắc" if dry_run else "Đã nhắc"
        for reminder in reminders:
            names = "; ".join(str(item.occurrence) for item in reminder.items)
            self.stdout.write(f"{verb} {name_of(reminder.user)}: {names}.")
        if not reminders:
            self.stdout.write("Hôm nay không phải nhắc ai.")
