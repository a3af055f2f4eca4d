from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.visitors.conftest import local, seconds
from visitors import rollups
from visitors.counting import Hit
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    Grain,
    HourCount,
    Minute,
    Page,
    PageCount,
    ReferrerCount,
    Salt,
    SearchCount,
    Spool,
    VisitorDay,
)

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 5)
NOON = local("2025-03-05 12:00:00")
ANNA, BINH = b"a" * 16, b"b" * 16


def view(time="08:00:00", *, key=ANNA, day="2025-03-05", path="/", **fields):
    return Hit(at=seconds(f"{day} {time}"), key=key, path=path, kind="home", **fields)


def totals(day=DAY):
    return Day.objects.values_list("views", "visits", "visitors").get(day=day)


def on_days(model, *names):
    """Return the rows of single days, as tuples of the columns named, in order."""
    return sorted(model.objects.filter(grain=Grain.DAY).values_list(*names))


def test_views_become_visits_and_visitors():
    rollups.add_hits(
        [view("08:00:00"), view("08:10:00"), view("09:00:00"), view("08:05:00", key=BINH)],
        now=NOON,
    )
    assert totals() == (4, 3, 2)


def test_a_visit_goes_on_across_flushes():
    rollups.add_hits([view("08:00:00")], now=NOON)
    rollups.add_hits([view("08:29:59")], now=NOON)
    assert totals() == (2, 1, 1)


def test_a_late_view_that_joins_two_visits_makes_the_figure_fall():
    rollups.add_hits([view("08:00:00"), view("08:40:00")], now=NOON)
    assert totals() == (2, 2, 1)
    rollups.add_hits([view("08:20:00")], now=NOON)
    assert totals() == (3, 1, 1)


def test_reloading_two_hundred_times_is_one_visit():
    start = seconds("2025-03-05 08:00:00")
    hits = [Hit(at=start + second, key=ANNA, path="/") for second in range(200)]
    rollups.add_hits(hits, now=NOON)
    assert totals() == (200, 1, 1)


def test_midnight_ends_a_visit():
    rollups.add_hits([view("23:59:59"), view("00:00:00", day="2025-03-06")], now=NOON)
    assert totals(DAY) == (1, 1, 1)
    assert totals(DAY + timedelta(days=1)) == (1, 1, 1)


def test_a_view_without_a_key_is_no_visit():
    rollups.add_hits([view(key=b""), view()], now=NOON)
    assert totals() == (2, 1, 1)
    assert Day.objects.get().keyless_views == 1


def test_excluded_requests_are_kept_by_day_and_reason():
    hits = [
        Hit(at=seconds("2025-03-05 08:00:00"), reason="robot"),
        Hit(at=seconds("2025-03-05 09:00:00"), reason="robot", requests=3),
        Hit(at=seconds("2025-03-06 09:00:00"), reason="staff"),
    ]
    rollups.add_hits(hits, now=NOON)
    rows = set(on_days(ExclusionCount, "start", "reason", "requests"))
    assert rows == {(DAY, "robot", 4), (DAY + timedelta(days=1), "staff", 1)}
    assert not Day.objects.exists()


def test_pages_are_counted_under_their_latest_name():
    rollups.add_hits([view(path="/a/", title="Cũ"), view(path="/b/")], now=NOON)
    rollups.add_hits(
        [view(path="/a/", title="Mới"), view(path="/a/", title="Mới")], now=NOON
    )
    assert Page.objects.get(path="/a/").title == "Mới"
    assert on_days(PageCount, "page__path", "views") == [("/a/", 3), ("/b/", 1)]


def test_a_visit_is_counted_where_when_and_with_what_it_began():
    phone = {"device": "phone", "browser": "Zalo"}
    rollups.add_hits(
        [
            view("08:59:00", path="/a/", referrer="google.com", **phone),
            view("09:01:00", path="/b/", referrer="", **phone),
            view("10:00:00", path="/b/", referrer="zalo.me", **phone),
        ],
        now=NOON,
    )
    assert on_days(PageCount, "page__path", "views", "entries") == [
        ("/a/", 1, 1),
        ("/b/", 2, 1),
    ]
    assert on_days(HourCount, "weekday", "hour", "views", "visits") == [
        (3, 8, 1, 1),
        (3, 9, 1, 0),
        (3, 10, 1, 1),
    ]
    assert on_days(ReferrerCount, "host", "visits") == [("google.com", 1), ("zalo.me", 1)]
    assert on_days(ClientCount, "device", "browser", "views", "visits") == [
        ("phone", "Zalo", 3, 2)
    ]


def test_an_earlier_view_that_comes_late_takes_the_beginning_of_its_visit():
    rollups.add_hits([view("09:05:00", path="/b/", referrer="zalo.me")], now=NOON)
    rollups.add_hits([view("08:55:00", path="/a/", referrer="google.com")], now=NOON)
    assert on_days(PageCount, "page__path", "entries") == [("/a/", 1), ("/b/", 0)]
    assert on_days(HourCount, "hour", "visits") == [(8, 1), (9, 0)]
    assert on_days(ReferrerCount, "host", "visits") == [("google.com", 1), ("zalo.me", 0)]


def test_a_view_without_a_key_has_an_hour_and_a_device_and_begins_nothing():
    rollups.add_hits([view(key=b"", device="phone", referrer="zalo.me")], now=NOON)
    assert on_days(HourCount, "views", "visits") == [(1, 0)]
    assert on_days(ClientCount, "device", "views", "visits") == [("phone", 1, 0)]
    assert not ReferrerCount.objects.exists()


# With the entry that migration 0003 adds, and without, as a process of the version before
# stores it while the tables are changed.
@pytest.mark.parametrize("entry", [[None], []])
def test_a_visit_from_before_entries_were_counted_is_in_no_detail(entry):
    start = seconds("2025-03-05 08:00:00")
    VisitorDay.objects.create(day=DAY, key=ANNA, runs=[[start, start, *entry]])
    Day.objects.create(day=DAY, views=1, visits=1, visitors=1, is_detailed=False)
    rollups.add_hits([view("08:10:00")], now=NOON)
    assert totals() == (2, 1, 1)
    assert on_days(PageCount, "views", "entries") == [(1, 0)]


def test_a_detail_has_a_row_for_its_day_its_month_and_its_year():
    rollups.add_hits([view(), view(day="2025-03-06"), view(day="2025-04-01")], now=NOON)
    rows = PageCount.objects.values_list("grain", "start", "views", "entries")
    assert sorted(rows) == [
        (Grain.DAY, date(2025, 3, 5), 1, 1),
        (Grain.DAY, date(2025, 3, 6), 1, 1),
        (Grain.DAY, date(2025, 4, 1), 1, 1),
        (Grain.MONTH, date(2025, 3, 1), 2, 2),
        (Grain.MONTH, date(2025, 4, 1), 1, 1),
        (Grain.YEAR, date(2025, 1, 1), 3, 3),
    ]


def test_a_download_is_no_view():
    hit = view(path="/tep/1/", is_download=True)
    rollups.add_hits([hit, hit], now=NOON)
    assert on_days(DownloadCount, "page__path", "downloads") == [("/tep/1/", 2)]
    assert not Day.objects.exists()
    assert not PageCount.objects.exists()


def test_a_search_that_found_nothing_is_a_view_and_keeps_its_phrase():
    rollups.add_hits([view(missed="so do"), view(missed="so do"), view()], now=NOON)
    assert on_days(SearchCount, "phrase", "searches") == [("so do", 2)]
    assert totals() == (3, 1, 1)


@pytest.mark.parametrize(
    ("field", "model", "columns", "expected"),
    [
        # visits: who came again with name-2 or name-3 is on the same visit as before
        ("referrer", ReferrerCount, ("host", "visits"), {"name-2": 1, rollups.OTHER: 3}),
        ("missed", SearchCount, ("phrase", "searches"), {"name-2": 2, rollups.OTHER: 4}),
    ],
)
def test_names_that_readers_choose_cannot_make_a_table_grow_for_ever(
    field, model, columns, expected, monkeypatch
):
    monkeypatch.setattr(rollups, "MOST_NAMES", 3)
    for batch in (range(4), range(2, 6)):
        hits = [view(key=b"%016d" % n, **{field: f"name-{n}"}) for n in batch]
        rollups.add_hits(hits, now=NOON)
    assert dict(on_days(model, *columns)) == {"name-0": 1, "name-1": 1} | expected


def test_invented_hosts_cannot_hide_a_service_that_everybody_knows(monkeypatch):
    monkeypatch.setattr(rollups, "MOST_NAMES", 2)
    hosts = ["a.example", "b.example", "c.example", "google.com", "zalo.me"]
    hits = [view(key=b"%016d" % n, referrer=host) for n, host in enumerate(hosts)]
    rollups.add_hits(hits, now=NOON)
    named = {"a.example", "b.example", "google.com", "zalo.me", rollups.OTHER}
    assert dict(on_days(ReferrerCount, "host", "visits")) == dict.fromkeys(named, 1)


def test_recent_minutes_are_counted_for_the_live_view_and_older_ones_are_not():
    rollups.add_hits([view("11:59:59"), view("11:59:01"), view("09:00:00")], now=NOON)
    minute = seconds("2025-03-05 11:59:00") // 60
    assert list(Minute.objects.values_list("minute", "views")) == [(minute, 2)]


@st.composite
def _arrivals(draw):
    """Views of one day, in two different orders, each cut into batches."""
    moment = st.builds(
        Hit,
        at=st.integers(0, 86_399).map(lambda s: s + seconds("2025-03-05 00:00:00")),
        key=st.sampled_from([ANNA, BINH, b""]),
        path=st.sampled_from(["/", "/tin-tuc/"]),
        referrer=st.sampled_from(["", "google.com"]),
        device=st.sampled_from(["phone", "computer"]),
    )
    hits = draw(st.lists(moment, min_size=1, max_size=15))
    return [draw(_cut(draw(st.permutations(hits)))) for _ in range(2)]


def _cut(hits):
    marks = st.lists(st.integers(0, len(hits)), max_size=3).map(sorted)
    return marks.map(
        lambda m: [hits[a:b] for a, b in zip([0, *m], [*m, len(hits)], strict=True)]
    )


_DETAILS = (
    (PageCount, ("page__path",), {"views": "views", "entries": "visits"}),
    (HourCount, ("weekday", "hour"), {"views": "views", "visits": "visits"}),
    (ClientCount, ("device", "browser"), {"views": "views", "visits": "visits"}),
    (ReferrerCount, ("host",), {"visits": "visits"}),
)


def _details():
    """Return the details of days, without rows of nothing."""
    found = []
    for model, names, numbers in _DETAILS:
        rows = on_days(model, *names, *numbers)
        found.append([row for row in rows if any(row[len(names) :])])
    return found


def _sums_that_differ():
    """Return the sums of details, in any grain, that are not those of the day."""
    day = Day.objects.get(day=DAY)
    return [
        (model, grain, number, total)
        for model, _, numbers in _DETAILS
        for grain in Grain
        for number, figure in numbers.items()
        if (total := model.objects.filter(grain=grain).aggregate(n=Sum(number))["n"] or 0)
        != getattr(day, figure)
    ]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=_arrivals())
def test_any_order_of_arrival_gives_the_same_day_and_the_inequality_always_holds(
    db, orders
):
    outcomes = []
    for batches in orders:
        with transaction.atomic():
            for batch in batches:
                rollups.add_hits(batch, now=NOON)
                reached = Day.objects.values_list("views", "visits", "visitors")
                assert all(views >= visits >= people for views, visits, people in reached)
            assert _sums_that_differ() == []
            outcomes.append((totals(), _details()))
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    "figures",
    [
        {"views": 1, "visits": 2, "visitors": 1},
        {"views": 2, "visits": 1, "visitors": 2},
        {"views": 2, "visits": 2, "visitors": 1, "keyless_views": 1},
        {"views": 2, "visits": 2, "visitors": 1, "late_views": 1},
        {"views": 1, "visits": 1, "visitors": -1},
    ],
)
def test_the_database_refuses_figures_that_contradict_each_other(figures):
    with pytest.raises(IntegrityError):
        Day.objects.create(day=DAY, **figures)


# --- Closing a day ---------------------------------------------------------------------


@pytest.fixture
def busy_day():
    Salt.objects.create(day=DAY, secret=b"s" * 32)
    Salt.objects.create(day=DAY + timedelta(days=1), secret=b"t" * 32)
    rollups.add_hits([view("23:50:00"), view("23:55:00", key=BINH)], now=NOON)


def test_closing_a_day_destroys_its_salt_and_keys(busy_day):
    assert rollups.close_days(now=local("2025-03-06 00:06:00")) == [DAY]
    assert list(Salt.objects.values_list("day", flat=True)) == [DAY + timedelta(days=1)]
    assert not VisitorDay.objects.exists()
    assert totals() == (2, 2, 2)
    assert Day.objects.get().closed_at == local("2025-03-06 00:06:00")


def test_a_day_is_not_closed_before_or_right_after_midnight(busy_day):
    assert rollups.close_days(now=local("2025-03-05 23:59:59")) == []
    assert rollups.close_days(now=local("2025-03-06 00:04:59")) == []


@pytest.mark.parametrize("opened_on", [DAY, DAY - timedelta(days=1)])
def test_a_spool_that_may_hold_lines_keeps_the_day_open_for_two_days(busy_day, opened_on):
    Spool.objects.create(name="x", opened_on=opened_on)
    assert DAY not in rollups.close_days(now=local("2025-03-07 23:59:00"))
    assert DAY in rollups.close_days(now=local("2025-03-08 00:06:00"))


def test_a_spool_of_another_day_does_not_keep_the_day_open(busy_day):
    Spool.objects.create(name="x", opened_on=DAY + timedelta(days=1))
    assert rollups.close_days(now=local("2025-03-06 00:06:00")) == [DAY]


def test_what_comes_after_closing_adds_late_views_only(busy_day):
    rollups.close_days(now=local("2025-03-06 00:06:00"))
    rollups.add_hits([view("23:59:00", key=b"c" * 16)], now=local("2025-03-06 00:10:00"))
    assert totals() == (3, 2, 2)
    assert Day.objects.get().late_views == 1
    assert not VisitorDay.objects.exists()


def test_a_line_older_than_two_days_is_late_even_if_nobody_closed_its_day():
    rollups.add_hits([view()], now=local("2025-03-08 00:00:00"))
    assert totals() == (1, 0, 0)
    assert Day.objects.get().late_views == 1


def test_no_table_keeps_anything_of_a_reader_once_the_day_is_closed(busy_day):
    rollups.close_days(now=local("2025-03-06 00:06:00"))
    remaining = [*Day.objects.values(), *PageCount.objects.values(), *Page.objects.values()]
    assert remaining
    assert not any(isinstance(value, bytes) for row in remaining for value in row.values())


def test_backups_leave_out_what_concerns_single_readers():
    tables = {model._meta.db_table for model in (Salt, VisitorDay)}
    assert set(apps.get_app_config("visitors").backup_without_data) == tables
