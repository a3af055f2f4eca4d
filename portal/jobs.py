"""Background work: mail, pictures, imports, reports.

A job is a row in Postgres (django-tasks with its database backend). `enqueue` writes the row
in the caller's own transaction, so a rolled back change leaves no job and a committed one
never loses its job. `manage.py run_jobs` works the rows off.

A job runs at least once: it must come to the same result when it runs again. It runs again
when it failed (after 10 seconds, then 40, then 160 …, at most an hour, up to its number of
attempts) and when its worker died. Each worker holds a lock in Postgres that ends with its
connection; a running row whose worker holds no lock has none any more.
"""

import logging
import math
import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
    transaction,
)
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import TaskResultStatus, task
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

__all__ = ["GiveUp", "daily", "enqueue", "job", "prune", "work"]

_ATTEMPTS = 6
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_CARE_EVERY = 10  # seconds between two looks at failed and abandoned jobs
_DAY = 24 * 3600  # seconds
_DONE_KEPT_FOR = timedelta(days=14)
_FAILED_KEPT_FOR = timedelta(days=90)
_RECONNECT_AFTER = 2  # seconds
_LOCK_SPACE = 20_701  # our half of the key of Postgres' advisory locks

logger = logging.getLogger(__name__)

_daily_functions = []


class GiveUp(Exception):
    """Raised by a job: trying again is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Task):
    """A task that knows how often it may be tried."""

    attempts: int = _ATTEMPTS


class DatabaseJobs(DatabaseBackend):
    """Keeps jobs in Postgres for the worker."""

    task_class = Job


class ImmediateJobs(ImmediateBackend):
    """For tests: runs a job at once, in the caller's transaction; a failure is raised."""

    task_class = Job

    def enqueue(self, task, args, kwargs):
        result = super().enqueue(task, args, kwargs)
        if result.errors:
            raise AssertionError(
                f"The job {task.name} failed.\n{result.errors[0].traceback}"
            )
        return result


def job(function=None, *, attempts=_ATTEMPTS):
    """Decorate a module-level function as a job with JSON arguments; see `enqueue`."""
    decorate = partial(task, attempts=attempts)
    return decorate()(function) if function else decorate()


def enqueue(job, *args, **kwargs):
    """Have `job` run in the background once the current transaction, if any, commits."""
    return job.enqueue(*args, **kwargs)


def daily(function):
    """Have the worker call `function(now=…)` when it starts and every 24 hours."""
    _daily_functions.append(function)
    return function


@daily
def prune(*, now):
    """Delete the rows of jobs that were done 14 days ago, or failed for good 90 days ago."""
    rows = DBTaskResult.objects
    rows.successful().filter(finished_at__lt=now - _DONE_KEPT_FOR).delete()
    rows.failed().filter(finished_at__lt=now - _FAILED_KEPT_FOR).delete()


def work(*, until_idle=False, interval=1.0):
    """Work off jobs until SIGTERM or SIGINT; the job at hand is finished first.

    `until_idle` returns when nothing is ready. `interval` is the pause in seconds when there is
    no job. A lost database is waited for, under a new identity: the old one's lock is gone.
    """
    with _Stop() as stop:
        while not stop.asked:
            worker = _Worker(stop=stop, until_idle=until_idle, interval=interval)
            try:
                worker.run()
                return
            except (OperationalError, InterfaceError) as error:
                logger.warning("The database is away (%s).", type(error).__name__)
                connections.close_all()
                stop.sleep(_RECONNECT_AFTER)
            finally:
                worker.leave()


def retry_failed():
    """Make failed jobs ready again that have attempts left, each after its wait."""
    given_up = f"{GiveUp.__module__}.{GiveUp.__qualname__}"
    for row in DBTaskResult.objects.failed().exclude(exception_class_path=given_up):
        made = len(row.worker_ids)
        if made < _attempts_of(row):
            wait = min(_FIRST_WAIT * 4 ** (made - 1), _LONGEST_WAIT)
            logger.info("Job %s failed; attempt %d follows.", row.task_path, made + 1)
            _unchanged(row).update(
                status=TaskResultStatus.READY, run_after=row.finished_at + wait
            )


def take_up_abandoned(*, now):
    """Make running jobs ready again whose worker is dead.

    A job that has used its attempts is failed instead: it may be what kills the workers.
    """
    for row in DBTaskResult.objects.running():
        if _is_alive(row.worker_ids[-1]):
            continue
        logger.warning("The worker of job %s is gone.", row.task_path)
        if len(row.worker_ids) < _attempts_of(row):
            _unchanged(row).update(status=TaskResultStatus.READY, run_after=now)
        else:
            _unchanged(row).update(
                status=TaskResultStatus.FAILED,
                finished_at=now,
                traceback="The worker died during the last attempt.",
            )


class _Stop:
    """Knows whether somebody asked this process to stop."""

    _SIGNALS = (signal.SIGTERM, signal.SIGINT)

    def __enter__(self):
        self.asked = False
        self._before = {
            number: signal.signal(number, self._ask) for number in self._SIGNALS
        }
        return self

    def __exit__(self, *exception):
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number, frame):
        self.asked = True

    def sleep(self, seconds):
        """Sleep, but not longer than until somebody asks."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))


class _Worker(Worker):
    """Runs jobs as the library does, in a loop that also cares for the lost ones."""

    def __init__(self, *, stop, until_idle, interval):
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=until_idle,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._stop = stop
        self._cared_at = self._day_began_at = -math.inf
        # A connection of its own, since jobs may close the usual one.
        self._lock = connections[DEFAULT_DB_ALIAS].copy()

    def run(self):
        with self._lock.cursor() as cursor:
            cursor.execute(
                "/* jobs.run */ SELECT pg_advisory_lock(%s, hashtext(%s))",
                [_LOCK_SPACE, self.worker_id],
            )
        logger.info("The worker for jobs is ready.")
        while not self._stop.asked:
            close_old_connections()
            self._care()
            row = self._claim()
            if row:
                self.run_task(row)
                row.refresh_from_db(fields=["status"])
                if row.status == TaskResultStatus.FAILED:
                    retry_failed()
            elif self.batch:
                return
            else:
                self._stop.sleep(self.interval)

    def leave(self):
        """Give up the lock."""
        self._lock.close()

    def _claim(self):
        with transaction.atomic():
            row = DBTaskResult.objects.ready().get_locked()
            if row:
                row.claim(self.worker_id)
            return row

    def _care(self):
        now = time.monotonic()
        if now - self._cared_at >= _CARE_EVERY:
            self._cared_at = now
            with self._lock.cursor() as cursor:  # raises when the lock is lost
                cursor.execute("/* jobs._care */ SELECT 1")
            take_up_abandoned(now=timezone.now())
            retry_failed()
        if now - self._day_began_at >= _DAY:
            self._day_began_at = now
            for function in _daily_functions:
                _run_daily(function)


def _run_daily(function):
    try:
        function(now=timezone.now())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("The daily %s failed.", function.__qualname__)


def _attempts_of(row):
    try:
        return row.task.attempts
    except ImportError:  # the job's code is gone
        return 0


def _unchanged(row):
    """Return the row as a query that finds nothing when another worker has taken it."""
    return DBTaskResult.objects.filter(
        pk=row.pk, status=row.status, worker_ids=row.worker_ids
    )


def _is_alive(worker_id):
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "/* jobs._is_alive */ SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))",
            [_LOCK_SPACE, worker_id],
        )
        return not cursor.fetchone()[0]
