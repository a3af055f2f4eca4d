"""Every harm to a total is found and told in words; nothing is told of totals that are right."""

import threading
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tests.visitors.conftest import local, seconds
from visitors import care, checking, rollups
from visitors.counting import Hit
from visitors.models import (
    ClientCount,
    Day,
    ExclusionCount,
    Grain,
    HourCount,
    OldMonth,
    OpeningBalance,
    PageCount,
    ReferrerCount,
    Salt,
    SearchCount,
    Snapshot,
    Source,
    VisitorDay,
    VisitSettings,
)

pytestmark = pytest.mark.django_db

NOW = local("2026-10-05 09:00:00")
YESTERDAY = date(2026, 10, 4)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def counted():
    """Views of two days by two visitors, downloads, searches and robots."""
    for day in ("2026-09-30", "2026-10-04"):
        hits = [
            Hit(at=seconds(f"{day} {time}"), key=key, path=path, kind="page", **fields)
            for time, key, path, fields in (
                ("08:00:00", b"a" * 16, "/a/", {"referrer": "zalo.me", "device": "phone"}),
                ("08:10:00", b"a" * 16, "/b/", {}),
                ("09:00:00", b"a" * 16, "/b/", {"missed": "sân bóng"}),
                ("08:00:00", b"b" * 16, "/a/", {"browser": "Chrome"}),
                ("08:05:00", b"", "/a/", {}),
            )
        ]
        at = seconds(f"{day} 10:00:00")
        hits += [
            Hit(at=at, reason="robot", requests=7),
            Hit(at=at, path="/c.pdf", kind="file", is_download=True),
        ]
        rollups.add_hits(hits, now=local(f"{day} 12:00:00"))


def sentences():
    return [each.sentence for each in checking.check(now=NOW)]


def test_an_empty_site_and_a_counted_one_are_right(counted):
    assert sentences() == []
    for model in (Day, VisitorDay, Snapshot):
        model.objects.all().delete()
    for rollup in rollups.ROLLUPS:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {rollup.table}")  # noqa: S608
    assert sentences() == []


# --- Days -------------------------------------------------------------------------------


def without_constraints(table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def test_a_day_against_the_rules_is_told(counted):
    without_constraints("visitors_day")
    Day.objects.filter(day=YESTERDAY).update(visitors=99)
    (rule, open_day) = sentences()
    assert "04/10/2026" in rule
    assert "99" in rule
    assert "chưa chốt" in open_day


def test_a_day_that_has_not_come_is_told():
    Day.objects.create(day=NOW.date() + timedelta(days=1))
    assert sentences() == [
        "Ngày 06/10/2026 chưa đến mà đã có số liệu. Hãy kiểm tra đồng hồ của máy chủ."
    ]


def test_an_open_day_has_the_visits_of_its_visitors(counted):
    VisitorDay.objects.filter(day=YESTERDAY, key=b"a" * 16).delete()
    (told,) = sentences()
    assert "ghi 3 lượt truy cập của 2 người" in told
    assert "cộng từng người được 1 lượt của 1 người" in told


def test_a_closed_day_has_neither_keys_nor_salt(counted):
    Salt.objects.create(day=YESTERDAY, secret=b"x")
    assert sentences() == []
    Day.objects.filter(day=YESTERDAY).update(closed_at=NOW)
    assert sentences() == [
        "Ngày 04/10/2026 đã chốt mà vẫn còn mã của người xem.",
        "Ngày 04/10/2026 đã chốt mà vẫn còn khóa.",
    ]


# --- Details ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "counter", "words"),
    [
        (PageCount, "views", "lượt xem theo trang"),
        (PageCount, "entries", "lượt truy cập bắt đầu theo trang"),
        (HourCount, "views", "lượt xem theo giờ trong ngày"),
        (HourCount, "visits", "lượt truy cập theo giờ trong ngày"),
        (ClientCount, "views", "lượt xem theo thiết bị và trình duyệt"),
        (ClientCount, "visits", "lượt truy cập theo thiết bị và trình duyệt"),
        (ReferrerCount, "visits", "lượt truy cập theo trang giới thiệu"),
    ],
)
def test_details_of_a_day_add_up_to_its_totals(counted, model, counter, words):
    row = model.objects.by_day(YESTERDAY, YESTERDAY).first()
    model.objects.filter(pk=row.pk).update(**{counter: getattr(row, counter) + 5})
    told = sentences()
    assert told[0].startswith(f"Ngày 04/10/2026: cộng số {words} được ")
    # The month and the year of that row lack as much as the day has too much.
    assert [each.partition(",")[0] for each in told[1:]] == ["Tháng 10/2026", "Năm 2026"]


def test_a_day_whose_details_are_gone_is_told_and_never_repaired_away(counted):
    for model in (PageCount, HourCount, ClientCount, ReferrerCount):
        model.objects.by_day(YESTERDAY, YESTERDAY).delete()
    ExclusionCount.objects.filter(grain=Grain.DAY, start=YESTERDAY).update(requests=8)
    differences = checking.check(now=NOW)
    assert len(differences) == 7
    assert checking.repair(differences=differences) == 0
    october = PageCount.objects.filter(grain=Grain.MONTH, start="2026-10-01")
    assert sum(october.values_list("views", flat=True)) == 5


def test_days_before_details_were_counted_are_not_held_against_them(counted):
    HourCount.objects.all().delete()
    assert sentences() != []
    Day.objects.update(is_detailed=False)
    assert sentences() == []


@pytest.mark.parametrize("grain", [Grain.MONTH, Grain.YEAR])
@pytest.mark.parametrize(
    ("model", "counter"),
    [
        (PageCount, "views"),
        (HourCount, "visits"),
        (ReferrerCount, "visits"),
        (ClientCount, "views"),
        (ExclusionCount, "requests"),
        (SearchCount, "searches"),
    ],
)
@pytest.mark.parametrize("harm", ["more", "gone", "foreign"])
def test_months_and_years_are_told_once_and_repaired(counted, grain, model, counter, harm):
    rows = model.objects.filter(grain=grain).order_by("-start")
    before = sorted(map(tuple, model.objects.values_list()))
    row = rows.first()
    if harm == "more":
        model.objects.filter(pk=row.pk).update(**{counter: getattr(row, counter) + 1000})
    elif harm == "gone":
        model.objects.filter(pk=row.pk).delete()
    else:
        name = model._meta.pk.fields[-1]
        values = {
            field.attname: getattr(row, field.attname)
            for field in model._meta.concrete_fields
        }
        other = {
            "browser": "Lạ",
            "host": "la.vn",
            "hour": 23,
            "reason": "lạ",
            "phrase": "lạ",
        }
        if name.attname in other:
            model.objects.create(**values | {name.attname: other[name.attname]})
        else:
            model.objects.filter(pk=row.pk).update(**{counter: 0})
    differences = checking.check(now=NOW)
    span = "Tháng 10/2026, số theo" if grain == Grain.MONTH else "Năm 2026, số theo"
    (of_row,) = [each for each in differences if each.rollup]
    assert of_row.sentence.startswith(span)
    assert checking.repair(differences=differences) == 1
    assert sentences() == []
    kept = [each for each in map(tuple, model.objects.values_list()) if each[-1]]
    assert sorted(kept) == [each for each in before if each[-1]]


def test_views_that_come_between_check_and_repair_are_kept(counted):
    PageCount.objects.filter(grain=Grain.MONTH, start="2026-10-01").update(views=0)
    differences = checking.check(now=NOW)
    rollups.add_hits(
        [Hit(at=seconds("2026-10-04 20:00:00"), key=b"c" * 16, path="/a/", kind="page")],
        now=NOW,
    )
    checking.repair(differences=differences)
    Snapshot.objects.all().delete()  # its second is not over in this test
    assert sentences() == []
    row = PageCount.objects.get(grain=Grain.MONTH, start="2026-10-01", page__path="/a/")
    assert row.views == 4


def test_numbers_below_nothing_are_told(counted):
    day = ExclusionCount.objects.by_day(YESTERDAY, YESTERDAY).get()
    ExclusionCount.objects.filter(pk=day.pk).update(requests=-1)
    told = sentences()
    assert told[-1].startswith("Số theo yêu cầu không đếm có 1 dòng âm")


# --- Figures and history ----------------------------------------------------------------


def test_the_figures_that_pages_show_are_those_of_the_days(counted):
    OpeningBalance.objects.create(pk=1, figure=1000, dated=date(2025, 1, 31), note="cũ")
    OldMonth.objects.create(month=date(2024, 12, 1), visits=900, imported_at=NOW)
    OldMonth.objects.create(month=date(2025, 3, 1), visits=50, imported_at=NOW)
    Day.objects.create(
        day=date(2025, 1, 5),
        views=9,
        visits=9,
        source=Source.LOG,
        is_detailed=False,
        closed_at=NOW,
    )
    assert sentences() == []
    assert Snapshot.objects.get().total == 1056
    Snapshot.objects.update(today=7, total=1)
    assert sentences() == [
        "Mục Truy cập, dòng “Hôm nay”: ghi 7, cộng lại được 0 lượt truy cập.",
        "Mục Truy cập, dòng “Tất cả”: ghi 1, cộng lại được 1.056 lượt truy cập.",
    ]


def test_history_that_says_more_than_the_balance_is_told():
    OpeningBalance.objects.create(pk=1, figure=1000, dated=date(2025, 1, 31), note="cũ")
    OldMonth.objects.create(month=date(2024, 12, 1), visits=1001, imported_at=NOW)
    (told,) = sentences()
    assert "1.001" in told


# --- The command ------------------------------------------------------------------------


def test_the_command_is_content_with_right_totals(counted, capsys):
    call_command("check_visits")
    assert capsys.readouterr().out == "Mọi con số đều khớp.\n"


def test_the_command_tells_each_difference_and_fails_until_repaired(counted, capsys):
    PageCount.objects.filter(grain=Grain.YEAR).update(views=1)
    with pytest.raises(CommandError, match="chỗ không khớp") as failure:
        call_command("check_visits")
    assert failure.value.returncode == 1
    assert "Năm 2026, số theo trang “/a/”" in capsys.readouterr().out
    call_command("check_visits", repair=True)
    out = capsys.readouterr().out
    assert out == "Đã tính lại 2 dòng theo tháng và theo năm.\nMọi con số đều khớp.\n"


def test_a_long_list_is_cut(counted, capsys, monkeypatch):
    monkeypatch.setattr("visitors.management.commands.check_visits._MOST_SHOWN", 1)
    PageCount.objects.filter(grain=Grain.YEAR).update(views=1)
    with pytest.raises(CommandError):
        call_command("check_visits")
    assert "… và " in capsys.readouterr().out


def test_what_retention_deleted_is_not_missed(counted):
    VisitSettings.objects.create(pk=1, daily_detail_months=2, monthly_detail_years=2)
    later = local("2027-03-05 09:00:00")
    care.roll_up(now=later)
    assert not PageCount.objects.filter(grain=Grain.DAY).exists()
    assert [each.sentence for each in checking.check(now=later)] == []
    much_later = local("2030-03-05 09:00:00")
    care.roll_up(now=much_later)
    assert not PageCount.objects.filter(grain=Grain.MONTH).exists()
    assert [each.sentence for each in checking.check(now=much_later)] == []
    PageCount.objects.filter(grain=Grain.YEAR).update(views=0)
    told = [each.sentence for each in checking.check(now=much_later)]
    assert told == [
        "Năm 2026: cộng số lượt xem theo trang được 0, còn số tổng ghi 10 lượt xem."
    ]


@pytest.mark.django_db(transaction=True)
def test_nothing_differs_beside_a_worker_that_adds_views(time_machine):
    time_machine.move_to(NOW, tick=True)  # each check waits for a second of its own
    is_over = threading.Event()

    def add_views():
        number = 0
        while not is_over.is_set():
            number += 1
            hit = Hit(
                at=seconds("2026-10-05 08:00:00") + number,
                key=b"a" * 16,
                path=f"/{number % 9}/",
            )
            with transaction.atomic():
                rollups.add_hits([hit], now=NOW)
        connection.close()

    worker = threading.Thread(target=add_views)
    worker.start()
    try:
        differences = [checking.check(now=NOW) for _ in range(3)]
    finally:
        is_over.set()
        worker.join()
    assert differences == [[], [], []]
    assert Day.objects.get().views > 0
