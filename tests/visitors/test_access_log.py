import gzip
import hashlib
import io
import sys
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit import AuditEntry
from portal.refusals import Refused
from tests.visitors.conftest import BROWSER, local
from visitors import agents, figures, opening, referrers, rollups
from visitors.counting import Hit
from visitors.imports import access_log, log_days, log_lines, old_counter
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    Grain,
    HourCount,
    LogFile,
    OldMonth,
    Page,
    PageCount,
    ReferrerCount,
    Source,
)

NOW = local("2025-03-05 08:00:00")
FIRST, SECOND = date(2024, 10, 10), date(2024, 10, 11)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture(autouse=True)
def today():
    figures.forget()
    with time_machine.travel(NOW, tick=False):
        yield
    figures.forget()


def line(
    at="10/Oct/2024:13:55:36 +0700",
    path="/",
    *,
    address="113.160.0.1",
    method="GET",
    status=200,
    referer="-",
    agent=BROWSER,
):
    request = f"{method} {path} HTTP/1.1"
    return f'{address} - - [{at}] "{request}" {status} 2326 "{referer}" "{agent}"\n'


def at(clock, day="10"):
    return f"{day}/Oct/2024:{clock} +0700"


@pytest.fixture
def log(tmp_path):
    """Return a function that writes a log of lines and returns its path."""

    def write(*lines, name="access.log"):
        data = "".join(lines)
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return str(path)

    return write


def read(*paths, **options):
    return access_log.read(access_log.sources(paths), **options)


def store(*paths, **options):
    return log_days.store(found=read(*paths), now=NOW, **options)


def details(model, *columns, grain=Grain.DAY):
    rows = model.objects.filter(grain=grain).order_by("start", *columns)
    return list(rows.values_list("start", *columns))


# --- A line -----------------------------------------------------------------------------


def test_a_combined_line_is_read():
    found = log_lines.parse(
        r'2001:db8::1 - an [10/Oct/2024:23:59:60 +0700] "GET /a?b=1 HTTP/2.0" 304 0 '
        r'"https://www.google.com/" "Say \x22hi\x22 \"again\""'
    )
    assert found == log_lines.Line(
        day=FIRST,
        second=24 * 3600 - 1,
        address="2001:db8::1",
        method="GET",
        target="/a?b=1",
        status=304,
        referer="https://www.google.com/",
        agent='Say "hi" "again"',
    )


@pytest.mark.parametrize(
    ("stamp", "day", "second"),
    [
        ("10/Oct/2024:17:00:00 +0000", SECOND, 0),
        ("10/Oct/2024:16:59:59 +0000", FIRST, 86_399),
        ("10/Oct/2024:12:00:01 -0500", SECOND, 1),
        ("11/Oct/2024:02:30:00 +0930", SECOND, 0),
    ],
)
def test_stamps_become_days_of_vietnam(stamp, day, second):
    found = log_lines.parse(line(stamp))
    assert (found.day, found.second) == (day, second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "rác",
        line("31/Feb/2024:13:55:36 +0700"),
        line("10/Okt/2024:13:55:36 +0700"),
        line("10/Oct/2024:25:55:36 +0700"),
        line("10/Oct/2024:13:55:99 +0700"),
        line("10/Oct/0001:13:55:36 +0700"),
        line("31/Dec/9999:23:55:36 -0700"),
        line("10/Oct/2024:13:55:36 +9900"),
        line("10/Oct/2024:13:55:36 0700 "),
        line("10/Oct/2024 13:55:36 +0700"),
        line(status="abc"),
        line("١٠/Oct/2024:13:55:36 +0700"),
    ],
)
def test_what_is_no_line_of_a_log_is_told_so(text):
    assert log_lines.parse(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (line(agent="-", referer="-"), ("GET", "/", "", "")),
        (line(agent=""), ("GET", "/", "", "")),
        (line().replace("GET / HTTP/1.1", "-"), ("-", "", "", BROWSER)),
        (
            line().replace("GET / HTTP/1.1", r"\x16\x03\x01"),
            (r"\x16\x03\x01", "", "", BROWSER),
        ),
        ("xa.example.vn:443 " + line(), ("GET", "/", "", BROWSER)),
        (line().rstrip() + ' "10.0.0.1" 0.005\n', ("GET", "/", "", BROWSER)),
        (line().partition(' "-"')[0], ("GET", "/", "", None)),
    ],
)
def test_fields_may_be_empty_and_more_may_follow(text, expected):
    found = log_lines.parse(text)
    assert (found.method, found.target, found.referer, found.agent) == expected
    assert found.address == "113.160.0.1"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", ("page", "/")),
        ("/tin-tuc/a-12/?utm=1#x", ("page", "/tin-tuc/a-12/")),
        ("/Default.aspx?tabid=5", ("page", "/Default.aspx")),
        ("/index.php", ("page", "/index.php")),
        ("/gi%E1%BB%9Bi-thi%E1%BB%87u", ("page", "/giới-thiệu")),
        (r"/gi\xE1\xBB\x9Bi", ("page", "/giới")),
        ("/uploads/Quyet-dinh.PDF", ("file", "/uploads/Quyet-dinh.PDF")),
        ("/wp-content/uploads/a.docx", ("file", "/wp-content/uploads/a.docx")),
        ("/%00", ("page", "")),
        ("/%FF", ("page", "")),
        ("/" + "a" * 5_000, ("page", "")),
        ("/logo.png", ("", "")),
        ("/style.css?v=2", ("", "")),
        ("/app.unknown", ("", "")),
        ("/rss.xml", ("", "")),
        ("/tin-tuc/feed/", ("", "")),
        ("/tin-tuc/feed", ("", "")),
        ("/quan-tri/login/", ("", "")),
        ("/WP-ADMIN/", ("", "")),
        ("/api/truy-cap/", ("", "")),
        ("/wp-content/plugins/x.php", ("", "")),
        ("/.well-known/x", ("", "")),
        ("/a/../.env", ("", "")),
        ("//evil.example/", ("", "")),
        ("http://other.example/", ("", "")),
        ("*", ("", "")),
        ("", ("", "")),
    ],
)
def test_one_rule_tells_pages_and_downloads_by_the_address(target, expected):
    assert log_lines.page_of(target) == expected


@given(st.text(max_size=300))
def test_no_text_breaks_a_line_or_an_address(text):
    assert log_lines.parse(text) is None or log_lines.parse(text).day
    kind, path = log_lines.page_of(text)
    assert kind in ("", "page", "file")
    assert "\0" not in path


def test_a_hostile_line_is_read_in_no_time():
    for text in ("[" * 16_000, '"' * 16_000, f'1 - - [{at("1:1:1")}] "' + "\\" * 16_000):
        assert log_lines.parse(text) is None


# --- What counts ------------------------------------------------------------------------


def test_visits_are_those_of_the_counting_rules(log):
    found = read(
        log(
            line(at("08:00:00")),
            line(at("08:29:59"), "/tin-tuc/a/"),
            line(at("08:59:59")),  # 30 minutes later: another visit
            line(at("08:00:00"), address="113.160.0.2"),
            line(at("08:00:00"), agent=PHONE),
            line(at("23:59:59")),
            line(at("00:00:00", "11")),  # the day ends every visit
        )
    )
    assert found.days == {
        FIRST: access_log.LogDay(views=6, visits=5, visitors=3, keyless_views=0),
        SECOND: access_log.LogDay(views=1, visits=1, visitors=1, keyless_views=0),
    }


def test_the_order_of_lines_and_files_does_not_matter(log):
    lines = [
        line(at(f"{hour:02}:{minute:02}:00"), path, address=address)
        for hour, minute in ((8, 0), (8, 20), (9, 30), (9, 59))
        for path in ("/", "/tin-tuc/a/")
        for address in ("1.1.1.1", "2.2.2.2")
    ]
    whole = read(log(*lines))
    one, two = log(*lines[1::2][::-1], name="b"), log(*lines[::2], name="a")
    for found in (read(one, two), read(two, one)):
        assert found.days == whole.days
        assert found.details == whole.details


def test_what_is_no_view_by_a_person_is_not_counted_and_told_why(log):
    found = read(
        log(
            line(),
            line(status=304),
            line(method="HEAD"),
            line(method="POST"),
            line(status=404),
            line(status=301),
            line(status=500),
            line(path="/logo.png"),
            line(path="/quan-tri/"),
            line(agent=GOOGLEBOT),
            line(agent="-"),
            line(agent=GOOGLEBOT, path="/logo.png"),
            line(agent=GOOGLEBOT, status=404),
            "rác\n",
            "\n",
        )
    )
    assert found.days[FIRST].views == 2
    assert found.robots.total() == 2
    assert found.not_counted == {"method": 2, "status": 4, "address": 3}
    assert (found.lines, found.bad_lines) == (15, 1)
    assert found.bad_places == ["dòng 14 của access.log"]


def test_a_view_without_an_address_belongs_to_no_visitor(log):
    found = read(log(line(address="-"), line(address="-"), line()))
    assert found.days[FIRST] == access_log.LogDay(3, 1, 1, 2)


def test_hostile_lines_are_counted_as_such_and_hurt_nothing(log):
    found = read(
        log(
            line(path="/" + "a" * 1_000_000),
            line(path="/%00\0", agent=BROWSER + "\0"),
            line(agent=BROWSER + r" \x22\x5C\x00"),
            line(referer="http://[::1"),
            "\0\0\0\n",
            "x" * 2_000_000,
        )
    )
    assert found.bad_lines == 3
    assert found.days[FIRST].views == 3
    assert found.details[rollups.PAGE][FIRST, rollups.OTHER] == [1, 1]


def test_bytes_that_are_no_text_are_read(tmp_path):
    path = tmp_path / "access.log"
    path.write_bytes(line().encode().replace(b"Safari", b"\xff\xfe") * 2)
    assert read(str(path)).days[FIRST] == access_log.LogDay(2, 1, 1, 0)


def test_of_one_import_the_most_read_pages_keep_their_name(log, monkeypatch):
    monkeypatch.setattr(access_log, "MOST_PAGES", 2)
    paths = ["/a", "/a", "/b", "/b", "/c", "/d"]
    found = read(log(*(line(path=path) for path in paths)))
    assert found.unnamed_pages == 2
    assert {path: row[0] for (_, path), row in found.details[rollups.PAGE].items()} == {
        "/a": 2,
        "/b": 2,
        rollups.OTHER: 2,
    }


def test_names_that_readers_choose_cannot_fill_memory_or_tables(log, monkeypatch):
    monkeypatch.setattr(access_log, "_MOST_PATHS", 3)
    monkeypatch.setattr(access_log, "_MOST_DETAILS", 4)
    monkeypatch.setattr(rollups, "MOST_NAMES", 2)
    lines = [
        line(path=f"/{n}", referer=f"http://h{n}.example/", address=f"1.1.1.{n}")
        for n in range(10)
    ]
    found = read(log(*lines))
    pages, hosts = found.details[rollups.PAGE], found.details[rollups.REFERRER]
    assert len(pages) == 3
    assert len(hosts) == 3
    for rows in (pages, hosts):
        assert sum(row[-1] for row in rows.values()) == 10


def test_files_may_be_packed_joined_and_come_from_standard_input(
    log, tmp_path, monkeypatch
):
    text = (line(at("08:00:00")) + line(at("10:00:00"))).encode()
    packed = tmp_path / "access.log.2.gz"
    packed.write_bytes(gzip.compress(text[:100]) + gzip.compress(text[100:]))
    plain = read(log(text.decode()))
    assert read(str(packed)).days == plain.days
    for data in (text, gzip.compress(text)):
        source = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)))
        monkeypatch.setattr(sys, "stdin", source)
        found = read("-")
        assert found.days == plain.days
        assert found.files[0].sha256 == plain.files[0].sha256


def test_the_same_content_twice_in_a_set_is_read_once(log, tmp_path):
    text = line()
    packed = tmp_path / "access.log.1.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    found = read(log(text), log(text, name="ban-chep.log"), str(packed))
    assert len(found.files) == 1
    assert found.days[FIRST].views == 1


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (line().partition(' "-"')[0].encode() + b"\n", "dạng “common”"),
        (b"%PDF-1.7\nabc\n", "không có dòng nào đúng dạng"),
        (b"", "không có dòng nào đúng dạng"),
        (gzip.compress(line().encode() * 1000)[:-20], "bị hỏng hoặc chưa chép xong"),
        (b"\x1f\x8b\x08\x00garbage", "bị hỏng"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name(tmp_path, content, part):
    path = tmp_path / "access.log.1"
    path.write_bytes(content)
    with pytest.raises(Refused, match=part) as refusal:
        read(str(path))
    assert "access.log.1" in str(refusal.value)


def test_a_file_that_grows_while_it_is_read_is_refused(log):
    path = log(line())
    files = access_log.sources([path])
    log(line(), line())
    with pytest.raises(Refused, match="đang được ghi thêm"):
        access_log.read(files)


# --- Storing ----------------------------------------------------------------------------

SET = (
    line(at("08:00:00"), referer="https://www.google.com/search?q=bi-mat"),
    line(at("08:10:00"), "/tin-tuc/nong-nghiep/a-1/", referer="https://xa.example.vn/"),
    line(at("09:30:00"), "/", address="113.160.0.2", agent=PHONE),
    line(at("09:31:00"), "/tep/mau.pdf", address="113.160.0.2", agent=PHONE),
    line(at("10:00:00"), agent=GOOGLEBOT),
    line(at("11:00:00", "11"), "/tin-tuc/nong-nghiep/a-1/"),
)


@pytest.mark.django_db
def test_a_day_gets_all_its_details_by_day_month_and_year(log):
    store(log(*SET))
    assert list(
        Day.objects.order_by("day").values_list(
            "day", "views", "visits", "visitors", "keyless_views", "source", "is_detailed"
        )
    ) == [(FIRST, 3, 2, 2, 0, Source.LOG, True), (SECOND, 1, 1, 1, 0, Source.LOG, True)]
    assert {day.closed_at for day in Day.objects.all()} == {NOW}
    assert details(PageCount, "page__path", "views", "entries") == [
        (FIRST, "/", 2, 2),
        (FIRST, "/tin-tuc/nong-nghiep/a-1/", 1, 0),
        (SECOND, "/tin-tuc/nong-nghiep/a-1/", 1, 1),
    ]
    assert details(HourCount, "weekday", "hour", "views", "visits") == [
        (FIRST, 4, 8, 2, 1),
        (FIRST, 4, 9, 1, 1),
        (SECOND, 5, 11, 1, 1),
    ]
    assert details(ReferrerCount, "host", "visits") == [
        (FIRST, "", 1),
        (FIRST, "google.com", 1),
        (SECOND, "", 1),
    ]
    assert details(ClientCount, "device", "browser", "views", "visits") == [
        (FIRST, "computer", "Chrome", 2, 1),
        (FIRST, "phone", "Safari", 1, 1),
        (SECOND, "computer", "Chrome", 1, 1),
    ]
    assert details(DownloadCount, "page__path", "downloads") == [(FIRST, "/tep/mau.pdf", 1)]
    assert details(ExclusionCount, "requests") == [(FIRST, 1)]
    october = [(date(2024, 10, 1), "/", 2, 2)]
    assert (
        details(PageCount, "page__path", "views", "entries", grain=Grain.MONTH)[:1]
        == october
    )
    assert PageCount.objects.filter(grain=Grain.YEAR).aggregate(n=Sum("views"))["n"] == 4
    assert (
        Page.objects.get(path="/tin-tuc/nong-nghiep/a-1/").section
        == "/tin-tuc/nong-nghiep/"
    )


@pytest.mark.django_db
def test_a_page_that_is_known_here_keeps_its_name(log):
    Page.objects.create(path="/", kind="home", title="Trang chủ", section="/")
    store(log(*SET))
    assert Page.objects.get(path="/").title == "Trang chủ"
    assert Page.objects.get(path="/tep/mau.pdf").kind == "file"


@pytest.mark.django_db
def test_nothing_of_a_reader_is_stored(log):
    """No address, no agent, no path or query of a referrer in any column of any table."""
    store(log(*SET))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        dump = ""
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608
            dump += "\n".join(row for (row,) in cursor.fetchall())
    assert "/tin-tuc/nong-nghiep/a-1/" in dump
    for secret in ("113.160", "AppleWebKit", "iPhone OS", "Googlebot", "bi-mat"):
        assert secret not in dump


@pytest.mark.django_db
def test_the_same_content_again_changes_nothing_whatever_it_is_called(log, tmp_path):
    store(log(*SET))
    before = list(PageCount.objects.order_by("pk").values())
    packed = tmp_path / "khac.gz"
    packed.write_bytes(gzip.compress("".join(SET).encode()))
    for options in ({}, {"replace": True}):
        assert store(str(packed), **options).is_nothing
    assert list(PageCount.objects.order_by("pk").values()) == before
    assert LogFile.objects.count() == AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_day_that_was_measured_here_is_left_out(log):
    Day.objects.create(day=FIRST, views=100, visits=50, visitors=40)
    outcome = store(log(*SET))
    assert (outcome.left_out, outcome.stored) == ([FIRST], [SECOND])
    assert Day.objects.get(day=FIRST).views == 100
    assert not PageCount.objects.filter(grain=Grain.DAY, start=FIRST).exists()
    assert PageCount.objects.get(grain=Grain.MONTH).views == 1


@pytest.mark.django_db
@pytest.mark.parametrize("source", [Source.MEASURED, Source.SAMPLE])
def test_a_log_of_measured_days_only_is_refused(log, source):
    for day in (FIRST, SECOND):
        Day.objects.create(day=day, source=source)
    with pytest.raises(Refused, match="đã được đo tại cổng này"):
        store(log(*SET))
    assert not LogFile.objects.exists()


@pytest.mark.django_db
def test_today_and_later_are_never_imported(log):
    today, yesterday = "05/Mar/2025:07:00:00 +0700", "04/Mar/2025:07:00:00 +0700"
    later = "01/Jan/2031:07:00:00 +0700"
    with pytest.raises(Refused, match="chưa kết thúc"):
        store(log(line(today), line(later)))
    outcome = store(log(line(today), line(later), line(yesterday)))
    assert outcome.stored == [date(2025, 3, 4)]


@pytest.mark.django_db
def test_a_day_from_other_content_is_replaced_only_when_asked(log):
    first = log(*SET)
    store(first)
    better = log(*SET, line(at("15:00:00"), "/moi/"), name="day-du.log")
    with pytest.raises(Refused, match="--replace"):
        store(better)
    assert Day.objects.get(day=FIRST).views == 3
    outcome = store(better, replace=True)
    assert outcome.replaced == [FIRST, SECOND]
    assert Day.objects.get(day=FIRST).views == 4
    for grain in Grain:
        views = PageCount.objects.filter(grain=grain).aggregate(n=Sum("views"))
        assert views == {"n": 5}
    assert list(LogFile.objects.values_list("name", flat=True)) == ["day-du.log"]
    store(first, replace=True)  # it can be taken back
    assert PageCount.objects.filter(grain=Grain.YEAR).aggregate(n=Sum("views")) == {"n": 4}
    assert not PageCount.objects.filter(page__path="/moi/").exists()


def _everything():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (
            *(Day, PageCount, HourCount, ReferrerCount, ClientCount, ExclusionCount),
            DownloadCount,
        )
    }


@pytest.mark.django_db
def test_replacing_leaves_what_a_first_import_of_the_new_files_would_have_made(log):
    other = [line(at("15:00:00"), "/x/", referer="https://zalo.me/"), *SET[3:]]
    kept = log(line(at("10:00:00", "12")), name="12.log")
    store(log(*other, name="b.log"))
    store(kept)
    expected = _everything()
    Day.objects.all().delete()
    LogFile.objects.all().delete()
    for model in (
        PageCount,
        HourCount,
        ReferrerCount,
        ClientCount,
        ExclusionCount,
        DownloadCount,
    ):
        model.objects.all().delete()
    store(log(*SET, name="a.log"))
    store(kept)
    store(log(*other, name="b.log"), replace=True)
    assert _everything() == expected


@pytest.mark.django_db
def test_a_day_whose_details_are_gone_is_not_replaced(log):
    store(log(*SET))
    HourCount.objects.filter(grain=Grain.DAY, start=FIRST).delete()
    with pytest.raises(Refused, match="10/10/2024 không còn chi tiết"):
        store(log(*SET, line(), name="b.log"), replace=True)


@pytest.mark.django_db
def test_days_of_an_old_month_are_refused(log):
    OldMonth.objects.create(month=date(2024, 10, 1), visits=5, imported_at=NOW)
    with pytest.raises(
        Refused, match="Tháng 10/2024 đã có ngày 10/10/2024 nhập từ nhật ký"
    ):
        store(log(*SET))
    assert not Day.objects.exists()
    assert not PageCount.objects.exists()


@pytest.mark.django_db
def test_days_up_to_the_balance_only_break_it_down(log):
    opening.carry_over(actor=None, figure=1, dated=FIRST, note="Trang cũ.")
    with pytest.raises(Refused, match="2 lượt truy cập, nhiều hơn số mang sang 1"):
        store(log(*SET))
    opening.carry_over(actor=None, figure=2, dated=FIRST, note="Trang cũ.")
    store(log(*SET))
    assert figures.sidebar(now=NOW).total == 2 + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        (None, 3 + 7 + 9),  # all of it is added
        (date(2024, 9, 30), 1_000 + 3 + 9),
        (date(2024, 10, 10), 1_000 + 1 + 9),
        (date(2024, 12, 31), 1_000),
    ],
)
def test_the_five_figures_hold_history_after_the_balance(log, dated, expected):
    """Two visits on 10/10 and one on 11/10 by log, 7 in September and 9 in November."""
    yesterday = date(2025, 3, 4)
    Day.objects.create(day=yesterday, views=20, visits=11, visitors=10)
    before = figures.sidebar(now=NOW)
    assert before.total == 11
    if dated:
        opening.carry_over(actor=None, figure=1_000, dated=dated, note="Trang cũ.")
    store(log(*SET))
    months = {date(2024, 9, 1): 7, date(2024, 11, 1): 9}
    old_counter.apply(said=old_counter.Said("cu.csv", months), actor=None)
    figures.forget()
    shown = figures.sidebar(now=NOW + timedelta(seconds=1))
    assert shown.total == expected + 11
    assert (shown.today, shown.yesterday, shown.this_month) == (0, 11, 11)


# --- The command ------------------------------------------------------------------------


def run(*arguments):
    output = StringIO()
    call_command("import_access_log", *arguments, stdout=output)
    return output.getvalue()


@pytest.mark.django_db
def test_a_dry_run_says_what_would_be_imported_and_changes_nothing(log):
    path = log(*SET, "rác\n")
    rehearsed = run(path, "--dry-run")
    assert "Chạy thử: chưa ghi gì." in rehearsed
    assert not Day.objects.exists()
    assert not LogFile.objects.exists()
    imported = run(path)
    assert imported == rehearsed.replace("Chạy thử: chưa ghi gì.\n", "")
    assert Day.objects.count() == 2
    for part in (
        "Đã đọc 1 tệp, 7 dòng.",
        "Lượt xem trang: 4",
        "Lượt tải tệp: 1",
        "1 dòng không đọc được, đã bỏ qua: dòng 7 của access.log.",
        "Nhập 2 ngày, từ 10/10/2024 đến 11/10/2024: 4 lượt xem, 3 lượt truy cập.",
        "bắt đầu lúc 08:00 ngày 10/10/2024 và kết thúc lúc 11:00 ngày 11/10/2024",
    ):
        assert part in imported
    assert "đã được nhập trước đây" in run(path)


@pytest.mark.django_db
def test_an_import_can_be_undone_by_its_content(log):
    kept = log(line(at("10:00:00", "12")), name="12.log")
    run(kept)
    expected = _everything()
    path = log(*SET)
    run(path)
    imported = _everything()
    assert "Chạy thử: chưa bỏ gì." in run(path, "--undo", "--dry-run")
    assert _everything() == imported
    assert "Bỏ 2 ngày đã nhập từ nhật ký: 10/10/2024, 11/10/2024." in run(path, "--undo")
    assert _everything() == expected
    with pytest.raises(CommandError, match="chưa từng được nhập"):
        run(path, "--undo")
    run(path)
    assert Day.objects.count() == 3


@pytest.mark.django_db
def test_undoing_leaves_days_that_are_measured_here(log):
    Day.objects.create(day=FIRST, views=9)
    run(log(*SET))
    run(log(*SET), "--undo")
    assert list(Day.objects.values_list("day", "views")) == [(FIRST, 9)]


@pytest.mark.django_db
def test_the_command_names_days_left_out_and_days_without_lines(log):
    Day.objects.create(day=FIRST)
    said = run(log(*SET, line(at("08:00:00", "14"))))
    assert "đo tại cổng này hoặc chưa kết thúc: 10/10/2024." in said
    assert "“Không có số liệu”: 12/10/2024, 13/10/2024." in said


@pytest.mark.django_db
def test_the_command_warns_of_a_proxy_and_of_the_sites_own_name(log):
    path = log(
        *(line(at(f"08:{n % 60:02}:00"), referer="https://cu.example/") for n in range(120))
    )
    said = run(path, "--dry-run")
    assert "Mọi lượt xem đến từ một địa chỉ mạng" in said
    assert "--host cu.example" in said
    assert "dẫn tới" not in run(path, "--host", "www.cu.example")


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["rác\n", line().partition(' "-"')[0] + "\n"])
def test_a_refusal_tells_nothing_of_readers(log, content):
    with pytest.raises(CommandError) as refusal:
        run(log(content))
    assert refusal.value.returncode == 1
    assert "113.160" not in str(refusal.value)


@pytest.mark.django_db
def test_a_missing_file_is_refused():
    with pytest.raises(CommandError, match="Không mở được tệp khong-co.log"):
        run("khong-co.log")


# --- As the counting itself would have counted --------------------------------------------


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    views=st.lists(
        st.tuples(
            st.integers(0, 2 * 86_400 - 1),
            st.sampled_from(["1.1.1.1", "2.2.2.2", "3.3.3.3"]),
            st.sampled_from([BROWSER, PHONE]),
            st.sampled_from(["/", "/a/", "/b/"]),
            st.sampled_from(["", "https://www.google.com/", "https://zalo.me/x"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_a_log_counts_what_the_counter_would_have_counted(tmp_path, views):
    """The same requests as lines of a log and as hits give the same totals and details."""
    begin = local("2024-10-10 00:00:00")
    lines, hits = [], []
    for second, address, agent, path, referer in views:
        moment = begin + timedelta(seconds=second)
        stamp = moment.strftime("%d/%b/%Y:%H:%M:%S %z")
        lines.append(
            line(stamp, path, address=address, agent=agent, referer=referer or "-")
        )
        hits.append(
            Hit(
                at=int(moment.timestamp()),
                key=hashlib.sha256(f"{address} {agent}".encode()).digest(),
                path=path,
                kind="log",
                title=path,
                referrer=referrers.host(referer, ""),
                device=agents.device(agent),
                browser=agents.browser(agent),
            )
        )
    path = tmp_path / "access.log"
    path.write_text("".join(lines), encoding="utf-8")
    found = read(str(path))
    with transaction.atomic():
        rollups.add_hits(hits, now=begin + timedelta(days=2))
        counted = {
            day.day: access_log.LogDay(day.views, day.visits, day.visitors, 0)
            for day in Day.objects.all()
        }
        stored = {
            model.__name__: details(model, *columns)
            for model, columns in (
                (PageCount, ("page__path", "views", "entries")),
                (HourCount, ("weekday", "hour", "views", "visits")),
                (ReferrerCount, ("host", "visits")),
                (ClientCount, ("device", "browser", "views", "visits")),
            )
        }
        transaction.set_rollback(True)
    assert found.days == counted
    for name, rollup in (
        ("PageCount", rollups.PAGE),
        ("HourCount", rollups.HOUR),
        ("ReferrerCount", rollups.REFERRER),
        ("ClientCount", rollups.CLIENT),
    ):
        rows = sorted((*key, *numbers) for key, numbers in found.details[rollup].items())
        assert rows == [row for row in stored[name] if any(row[len(rollup.keys) :])]
