import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal import jobs
from portal.directory import WebLink
from portal.jobs import GiveUp, enqueue, job

NOW = datetime(2025, 3, 10, 8, 0, tzinfo=UTC)


@job
def add_link(label):
    WebLink.objects.create(label=label, url="https://example.vn/")


@job(attempts=3)
def fail():
    raise ValueError("không được")


@job
def give_up():
    raise GiveUp("tệp không còn")


@job(attempts=2)
def hold(folder, seconds):
    """Leave a mark, hold on, leave another: what a slow job looks like from outside."""
    begun = len(list(Path(folder).glob("begun-*")))
    Path(folder, f"begun-{begun}").touch()
    time.sleep(seconds if begun == 0 else 0)
    Path(folder, "done").touch()


@pytest.fixture
def queued(settings, transactional_db):
    """Jobs wait in Postgres for a worker, as they do in production."""
    settings.TASKS = {"default": {"BACKEND": "portal.jobs.DatabaseJobs"}}


@pytest.fixture
def start_worker(queued):
    """Start `manage.py run_jobs` on the test database."""
    started = []

    def start():
        database = connection.settings_dict
        password = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
        port = f":{database['PORT']}" if database["PORT"] else ""
        url = (
            f"postgres://{database['USER']}{password}@{quote(database['HOST'], safe='')}{port}"
            f"/{database['NAME']}"
        )
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_jobs"],
            env=os.environ | {"DATABASE_URL": url, "PORTAL_MODE": "local"},
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def only_row():
    return DBTaskResult.objects.get()


def statuses():
    return list(DBTaskResult.objects.values_list("status", flat=True))


def test_under_tests_a_job_runs_at_once(db):
    enqueue(add_link, "Cổng tỉnh")
    assert WebLink.objects.get().label == "Cổng tỉnh"


def test_under_tests_a_failing_job_is_noticed(db):
    with pytest.raises(AssertionError, match="không được"):
        enqueue(fail)


def test_a_job_waits_for_the_worker(queued):
    enqueue(add_link, "Cổng tỉnh")
    assert not WebLink.objects.exists()
    jobs.work(until_idle=True)
    assert WebLink.objects.get().label == "Cổng tỉnh"
    assert only_row().status == TaskResultStatus.SUCCESSFUL


def test_a_rolled_back_change_leaves_no_job(queued):
    with transaction.atomic():
        enqueue(add_link, "Cổng tỉnh")
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


def test_a_failed_job_is_tried_again_later_and_later_until_it_is_failed_for_good(
    queued, time_machine
):
    time_machine.move_to(NOW, tick=False)
    enqueue(fail)
    waits = []
    for _ in range(2):
        jobs.work(until_idle=True)
        assert only_row().status == TaskResultStatus.READY
        waits.append((only_row().run_after - datetime.now(UTC)).total_seconds())
        time_machine.move_to(only_row().run_after, tick=False)
    jobs.work(until_idle=True)
    assert waits == [10, 40]
    assert (only_row().status, len(only_row().worker_ids)) == (TaskResultStatus.FAILED, 3)
    assert "không được" in only_row().traceback


def test_waits_never_exceed_an_hour(queued):
    enqueue(add_link, "x")
    DBTaskResult.objects.update(
        status=TaskResultStatus.FAILED, finished_at=NOW, worker_ids=["a"] * 5
    )
    jobs.retry_failed()
    assert only_row().run_after == NOW + timedelta(seconds=2560)


def test_a_job_that_gives_up_is_not_tried_again(queued):
    enqueue(give_up)
    jobs.work(until_idle=True)
    jobs.retry_failed()
    assert only_row().status == TaskResultStatus.FAILED


def test_a_failure_that_was_not_looked_at_before_a_crash_is_still_tried_again(queued):
    enqueue(fail)
    DBTaskResult.objects.update(
        status=TaskResultStatus.FAILED, finished_at=NOW, worker_ids=["gone"]
    )
    jobs.work(until_idle=True)
    assert len(only_row().worker_ids) == 2


def test_a_job_whose_code_is_gone_stays_failed(queued):
    enqueue(add_link, "x")
    DBTaskResult.objects.update(
        status=TaskResultStatus.FAILED,
        finished_at=NOW,
        worker_ids=["gone"],
        task_path="portal.nowhere.nothing",
    )
    jobs.retry_failed()
    assert only_row().status == TaskResultStatus.FAILED


def test_a_job_that_kills_its_workers_is_failed_in_the_end(queued):
    enqueue(fail)
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, started_at=NOW, worker_ids=["a", "b", "c"]
    )
    jobs.take_up_abandoned(now=NOW)
    assert only_row().status == TaskResultStatus.FAILED


def test_old_rows_are_pruned_failures_later(queued):
    for _ in range(3):
        enqueue(add_link, "x")
    ages = [(TaskResultStatus.SUCCESSFUL, 15), (TaskResultStatus.FAILED, 15)]
    rows = list(DBTaskResult.objects.all())
    for row, (status, days) in zip(rows, ages, strict=False):
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=status, finished_at=NOW - timedelta(days=days)
        )
    jobs.prune(now=NOW)
    assert sorted(statuses()) == [TaskResultStatus.FAILED, TaskResultStatus.READY]
    jobs.prune(now=NOW + timedelta(days=90))
    assert statuses() == [TaskResultStatus.READY]


def test_a_daily_function_that_fails_does_not_stop_the_worker(queued, monkeypatch, caplog):
    def broken(*, now):
        raise ValueError("hỏng")

    monkeypatch.setattr(jobs, "_daily_functions", [broken])
    enqueue(add_link, "Cổng tỉnh")
    jobs.work(until_idle=True)
    assert WebLink.objects.exists()
    assert "broken failed" in caplog.text


def test_the_command_works_off_what_is_ready(queued):
    enqueue(add_link, "Cổng tỉnh")
    call_command("run_jobs", "--until-idle")
    assert WebLink.objects.exists()


@pytest.mark.slow
def test_a_killed_worker_loses_no_job(start_worker, tmp_path):
    enqueue(hold, str(tmp_path), 60)
    first = start_worker()
    wait_for((tmp_path / "begun-0").exists)
    second = start_worker()
    time.sleep(1)
    assert only_row().status == TaskResultStatus.RUNNING  # not taken from a living worker
    first.kill()
    first.wait()
    second.kill()  # the next worker looks at abandoned jobs first
    second.wait()
    start_worker()
    wait_for((tmp_path / "done").exists)
    wait_for(lambda: statuses() == [TaskResultStatus.SUCCESSFUL])
    assert len(only_row().worker_ids) == 2


@pytest.mark.slow
def test_sigterm_lets_the_job_at_hand_finish(start_worker, tmp_path):
    enqueue(hold, str(tmp_path), 1)
    worker = start_worker()
    wait_for((tmp_path / "begun-0").exists)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert (tmp_path / "done").exists()
    assert statuses() == [TaskResultStatus.SUCCESSFUL]


@pytest.mark.slow
def test_an_idle_worker_stops_at_once_and_cleanly(start_worker):
    enqueue(add_link, "Cổng tỉnh")
    worker = start_worker()
    wait_for(WebLink.objects.exists)
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert time.monotonic() - began < 2


@pytest.mark.slow
def test_a_worker_outlives_a_lost_database(start_worker):
    enqueue(add_link, "Một")
    start_worker()
    wait_for(lambda: WebLink.objects.count() == 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 2
    enqueue(add_link, "Hai")
    wait_for(lambda: WebLink.objects.count() == 2)
