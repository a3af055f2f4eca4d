"""`manage.py run_jobs`: the worker for background jobs."""

from django.core.management.base import BaseCommand

from portal import jobs


class Command(BaseCommand):
    help = "Làm các việc chạy nền cho đến khi nhận SIGTERM hoặc Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument(
            "--until-idle", action="store_true", help="dừng khi không còn việc nào đến lượt"
        )

    def handle(self, *args, until_idle, **options):
        jobs.work(until_idle=until_idle)
