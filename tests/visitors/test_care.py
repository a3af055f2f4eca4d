"""Care of the tables: what is closed, what is forgotten, and that no total ever changes."""

import logging
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum

from portal import jobs
from tests.visitors.conftest import local, seconds
from visitors import care, checking, faults, rollups, spans
from visitors.counting import Hit
from visitors.models import (
    Day,
    ExclusionCount,
    Grain,
    HourCount,
    Minute,
    Page,
    PageCount,
    SearchCount,
    VisitSettings,
)

pytestmark = pytest.mark.django_db

NOW = local("2026-10-05 09:00:00")
TODAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VISIT_SPOOL_DIR = tmp_path / "visits"


@pytest.fixture(autouse=True)
def _keeps_little():
    VisitSettings.objects.create(pk=1, daily_detail_months=2, monthly_detail_years=2)


def read(day, *, views=1, path="/", **fields):
    """Let somebody open a page on `day`, once that day."""
    at = seconds(f"{day} 10:00:00")
    hits = [Hit(at=at, key=b"k" * 16, path=path, kind="page", **fields)] * views
    rollups.add_hits(hits, now=local(f"{day} 12:00:00"))


def starts(model, grain):
    found = model.objects.filter(grain=grain).values_list("start", flat=True)
    return sorted({f"{start:%Y-%m-%d}" for start in found})


def phrases(grain, **span):
    found = SearchCount.objects.filter(grain=grain, **span)
    return dict(found.values_list("phrase").annotate(Sum("searches")).order_by())


# --- What was left --------------------------------------------------------------------------


def test_lines_that_stopped_processes_left_are_added(spool, settings):
    settings.VISIT_SPOOL_DIR = spool.folder
    spool.write(Hit(at=int(NOW.timestamp()), path="/", kind="home"))
    spool.leave_to_parent()  # closes the file, as the end of the process would
    done = care.roll_up(now=NOW)
    assert done.lines == 1
    assert Day.objects.get(day=TODAY).views == 1


def test_past_days_are_closed():
    read("2026-10-03")
    assert care.roll_up(now=NOW).closed == [date(2026, 10, 3)]
    assert Day.objects.get().closed_at is not None


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing_else(monkeypatch):
    def refuse(folder, *, now):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(care.spool, "adopt", refuse)
    read("2026-10-03")
    done = care.roll_up(now=NOW)
    assert done.closed == [date(2026, 10, 3)]
    assert "Permission denied" in " ".join(done.sentences())


def test_old_minutes_and_faults_go():
    minute = int(NOW.timestamp()) // 60
    for back in (0, rollups.MINUTES_KEPT, rollups.MINUTES_KEPT + 1):
        Minute.objects.create(minute=minute - back, views=1)
    long_ago = NOW - timedelta(days=200)
    faults.record(
        process="a",
        kind="write",
        text="x",
        began_at=long_ago,
        seen_at=long_ago,
        ended_at=long_ago,
    )
    care.roll_up(now=NOW)
    assert Minute.objects.count() == 2
    assert not faults.recent(now=long_ago)


# --- Details ----------------------------------------------------------------------------


def test_details_by_day_are_kept_for_whole_months():
    for day in ("2026-07-31", "2026-08-01", "2026-10-05"):
        read(day, referrer="zalo.me")
    done = care.roll_up(now=NOW)
    # Page, hour, referrer and client of one day.
    assert (done.days, done.months) == (4, 0)
    assert starts(PageCount, Grain.DAY) == ["2026-08-01", "2026-10-05"]
    assert starts(HourCount, Grain.DAY) == ["2026-08-01", "2026-10-05"]
    assert "2026-07-01" in starts(PageCount, Grain.MONTH)
    assert Day.objects.count() == 3


def test_details_by_month_are_kept_for_whole_years():
    for day in ("2022-03-05", "2023-12-31", "2024-01-01"):
        read(day)
    care.roll_up(now=NOW)
    assert starts(PageCount, Grain.DAY) == []
    assert starts(PageCount, Grain.MONTH) == ["2024-01-01"]
    assert starts(PageCount, Grain.YEAR) == ["2022-01-01", "2023-01-01", "2024-01-01"]


def test_what_is_kept_by_the_years_adds_up_as_before():
    for day in ("2022-03-05", "2023-12-31", "2026-07-31", "2026-10-05"):
        read(day, views=3)
        rollups.add_hits([Hit(at=seconds(f"{day} 11:00:00"), reason="robot")], now=NOW)

    def totals():
        year = (date(2022, 1, 1), date(2026, 12, 31))
        return (
            PageCount.objects.over(*year).aggregate(Sum("views"), Sum("entries")),
            ExclusionCount.objects.over(*year).aggregate(Sum("requests")),
            Day.objects.aggregate(Sum("views"), Sum("visits")),
        )

    before = totals()
    care.roll_up(now=NOW)
    assert totals() == before
    assert checking.check(now=NOW) == []


@pytest.mark.parametrize("harm", ["delete", "lower"])
def test_details_stay_that_their_month_does_not_hold(harm):
    read("2026-06-10", views=5)
    read("2026-07-10")
    june = PageCount.objects.filter(grain=Grain.MONTH, start="2026-06-01")
    june.delete() if harm == "delete" else june.update(views=4)
    done = care.roll_up(now=NOW)
    assert done.refused == ["tháng 06/2026"]
    assert "check_visits --repair" in " ".join(done.sentences())
    assert starts(PageCount, Grain.DAY) == ["2026-06-10"]
    assert starts(HourCount, Grain.DAY) == ["2026-06-10"]
    checking.repair(differences=_as_if_kept(checking.check))
    assert care.roll_up(now=NOW).refused == []
    assert starts(PageCount, Grain.DAY) == []


def _as_if_kept(check):
    VisitSettings.objects.update(daily_detail_months=24)
    try:
        return check(now=NOW)
    finally:
        VisitSettings.objects.update(daily_detail_months=2)


def test_the_settings_say_how_long():
    assert care.kept_from(spans.Grain.DAY, today=TODAY) == date(2026, 8, 1)
    assert care.kept_from(spans.Grain.MONTH, today=TODAY) == date(2024, 1, 1)
    VisitSettings.objects.update(daily_detail_months=25, monthly_detail_years=10)
    assert care.kept_from(spans.Grain.DAY, today=TODAY) == date(2024, 9, 1)
    assert care.kept_from(spans.Grain.MONTH, today=TODAY) == date(2016, 1, 1)


def test_a_late_view_of_a_month_without_days_is_counted_and_forgotten_again():
    read("2026-06-10")
    care.roll_up(now=NOW)
    read("2026-06-10", path="/a/")
    assert starts(PageCount, Grain.DAY) == ["2026-06-10"]
    care.roll_up(now=NOW)
    assert starts(PageCount, Grain.DAY) == []
    june = PageCount.objects.get(grain=Grain.MONTH, start="2026-06-01", page__path="/a/")
    assert june.views == 1


# --- Phrases and pages --------------------------------------------------------------------


def test_what_was_searched_for_once_in_an_ended_month_loses_its_words():
    for day, phrase in (
        ("2026-08-31", "một lần"),
        ("2026-09-01", "một lần"),
        ("2026-09-02", "hai lần"),
        ("2026-09-03", "hai lần"),
        ("2026-10-01", "tháng này"),
    ):
        read(day, missed=phrase)
    done = care.roll_up(now=NOW)
    assert done.phrases == 2
    september = {"start": "2026-09-01"}
    assert phrases(Grain.MONTH, **september) == {"hai lần": 2, rollups.OTHER: 1}
    assert phrases(Grain.DAY) == {"hai lần": 2, "tháng này": 1, rollups.OTHER: 2}
    assert phrases(Grain.YEAR) == {"hai lần": 2, "tháng này": 1, rollups.OTHER: 2}
    assert checking.check(now=NOW) == []


def test_phrases_go_in_batches_and_once(monkeypatch):
    monkeypatch.setattr(care, "_BATCH", 2)
    for number in range(5):
        read("2026-09-10", missed=f"cụm từ {number}")
    assert care.roll_up(now=NOW).phrases == 5
    assert phrases(Grain.MONTH) == {rollups.OTHER: 5}
    assert care.roll_up(now=NOW).phrases == 0


def test_pages_that_nothing_counts_go():
    read("2026-10-01", path="/a/")
    Page.objects.create(path="/b/", kind="article", title="Không ai đọc")
    file = Page.objects.create(path="/c.pdf", kind="file")
    with transaction.atomic(), connection.cursor() as cursor:
        rollups.DOWNLOAD.add(cursor, {(TODAY, file.pk): (1,)})
    assert care.roll_up(now=NOW).pages == 1
    assert set(Page.objects.values_list("path", flat=True)) == {"/a/", "/c.pdf"}


# --- How it is run ----------------------------------------------------------------------


def test_the_command_says_what_was_done(capsys):
    Page.objects.create(path="/b/", kind="article")
    call_command("roll_up_visits")
    out = capsys.readouterr().out
    assert "Đã cộng 0 dòng lượt truy cập" in out
    assert "Đã chốt: không có ngày nào." in out
    assert "Đã xóa 1 trang không còn số liệu nào." in out


def test_what_was_forgotten_is_logged_once_and_nothing_is_not(caplog):
    Page.objects.create(path="/b/", kind="article")
    with caplog.at_level(logging.INFO, logger="visitors.care"):
        care.roll_up(now=NOW)
        care.roll_up(now=NOW)
    assert len(caplog.records) == 1


def test_the_worker_for_jobs_does_it_every_day():
    assert care.roll_up in jobs._daily_functions
