"""What a process of the site does and measures for the benchmarks of visits."""

import random
import resource
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from io import StringIO
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter

from bench import visit_history
from bench.inside import database_milliseconds, main, spread

LINES = 100_000  # of a spool that one process adds
AT_ONCE, LINES_AT_ONCE = 4, 50_000
VIEWS_A_SECOND = 20  # on a very busy site
SECONDS_FLUSHED = 60
LOG_LINES = 1_000_000
TURNS = 15
FIGURES_ASKED = 300


def fill_history():
    """Fill the tables with the invented history; return the seconds that it takes."""
    from django.utils import timezone

    from visitors.models import OpeningBalance

    start = perf_counter()
    OpeningBalance.objects.all().delete()
    # Of yesterday real lines are counted.
    visit_history.fill(last=timezone.localdate() - timedelta(days=2))
    return perf_counter() - start


def check_history():
    """Add every total up again; return the seconds. Raises when one is wrong."""
    from django.core.management import call_command

    start = perf_counter()
    call_command("check_visits", stdout=StringIO())
    return perf_counter() - start


def five_figures():
    """Return [median, 95th percentile] of the milliseconds in which the figures are added up."""
    from django.utils import timezone

    from visitors import figures
    from visitors.models import Snapshot

    Snapshot.objects.all().delete()
    now = timezone.now() - timedelta(seconds=FIGURES_ASKED)
    durations = []
    for second in range(FIGURES_ASKED):
        figures.forget()
        start = perf_counter()
        figures.sidebar(now=now + timedelta(seconds=second))
        durations.append(1000 * (perf_counter() - start))
    return spread(durations)


def dashboard():
    """Return [median, least] of the officials' page's milliseconds in the database.

    By period, in turns, since the machine's speed changes from second to second.
    """
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from portal.roles import STATISTICS_READER
    from tests.factory import make_user

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(make_user(roles=[STATISTICS_READER]))
    today = timezone.localdate()
    days = {
        "five years": visit_history.DAYS,
        "one year": 365,
        "30 days": 30,
        "five days": 5,
    }
    periods = {name: (today - timedelta(days=count), today) for name, count in days.items()}
    # Of its first and its last month all but a day has to be read day by day.
    periods["almost four years, cut inside months"] = (
        today.replace(year=today.year - 3, month=1, day=2),
        today.replace(day=1) - timedelta(days=2),
    )
    address = reverse("admin:visitors_day_changelist")

    def ask(first, last):
        response = client.get(address, {"ky": "tu-chon", "tu": first, "den": last})
        if response.status_code != 200:
            raise RuntimeError(f"The dashboard answers {response.status_code}")

    durations = {name: [] for name in periods}
    for _ in range(TURNS):
        for name, limits in periods.items():
            durations[name].append(database_milliseconds(ask, *limits))
    return {name: [median(found), min(found)] for name, found in durations.items()}


def flush():
    """Add a spool of one process, then those of four at once; then a second's views at a time.

    Return views per second and milliseconds, and the bytes by which the tables grow.
    """
    from django.utils import timezone

    yesterday = timezone.localdate() - timedelta(days=1)
    size, keys = _bytes()
    [folder] = _spools(1, LINES, yesterday)
    start = perf_counter()
    _adopt(folder)
    alone = LINES / (perf_counter() - start)
    grown, keys_grown = _bytes()
    return {
        "alone": alone,
        "at once": _flush_at_once(_spools(AT_ONCE, LINES_AT_ONCE, yesterday)),
        "second": spread(_flush_seconds()),
        "bytes": grown - size,
        "bytes of keys": keys_grown - keys,
    }


def _spools(number, lines, day):
    """Return `number` folders with a spool of invented lines of `day` each."""
    from django.conf import settings

    from visitors.lines import encode

    folders = [Path(settings.VISIT_SPOOL_DIR) / f"bench-{lines}-{n}" for n in range(number)]
    for chance, folder in enumerate(folders):
        folder.mkdir(parents=True)
        with (folder / f"{day}.bench{chance}.spool").open("wb") as file:
            file.writelines(map(encode, _hits(lines, day, chance)))
    return folders


def _hits(number, day, seed):
    """Yield invented hits of the readers of `day`, oldest first."""
    from visitors import counting
    from visitors.counting import Hit
    from visitors.models import Page

    chance = random.Random(seed)
    pages = list(Page.objects.exclude(kind="file").order_by("pk"))
    ranks = list(accumulate(1 / rank for rank in range(1, len(pages) + 1)))
    midnight = int(counting.midnight(day).timestamp())
    readers = [chance.randbytes(16) for _ in range(number // 4)]
    for count in range(number):
        at = midnight + 86_400 * count // number
        if chance.random() < 0.15:
            yield Hit(at=at, reason=chance.choice(["robot", "robot-search", "staff"]))
            continue
        [page] = chance.choices(pages, cum_weights=ranks)
        # Who reads at some time of the day is one of those who come around then.
        reader = (count + chance.randrange(200)) // 4 % len(readers)
        yield Hit(
            at=at,
            key=readers[reader] if chance.random() < 0.98 else b"",
            path=page.path,
            kind=page.kind,
            object_id=page.object_id,
            title=page.title,
            referrer=chance.choice(["", "", "google.com", "zalo.me", "facebook.com"]),
            device=chance.choice(["phone", "phone", "computer", "tablet"]),
            browser=chance.choice(["Chrome", "Safari", "Zalo", "Cốc Cốc"]),
            missed="họp thôn" if chance.random() < 0.005 else "",
        )


def _adopt(folder):
    from django.utils import timezone

    from visitors import spool

    return spool.adopt(folder, now=timezone.now())


def _flush_at_once(folders):
    """Add the spools in `folders` by a process each; return the lines per second."""
    from django.db import connections

    connections.close_all()
    with ProcessPoolExecutor(len(folders), get_context("fork")) as processes:
        start = perf_counter()
        lines = sum(processes.map(_adopt, folders))
        return lines / (perf_counter() - start)


def _flush_seconds():
    """Return the milliseconds of each flush that adds `VIEWS_A_SECOND` views."""
    from dataclasses import replace

    from django.conf import settings
    from django.utils import timezone

    from visitors.spool import Spool

    today = timezone.localdate()
    spool = Spool(Path(settings.VISIT_SPOOL_DIR) / "bench-seconds")
    hits = _hits(SECONDS_FLUSHED * VIEWS_A_SECOND, today, 0)
    durations = []
    for _ in range(SECONDS_FLUSHED):
        now = timezone.now()
        for _ in range(VIEWS_A_SECOND):
            spool.write(replace(next(hits), at=int(now.timestamp())))
        start = perf_counter()
        spool.flush(now=now)
        durations.append(1000 * (perf_counter() - start))
    return durations


def close_days():
    """Close yesterday, which deletes the keys of its visitors; return the seconds."""
    from django.utils import timezone

    from visitors import rollups

    start = perf_counter()
    rollups.close_days(now=timezone.now())
    return perf_counter() - start


def size():
    """Return the bytes of all tables of visits but the keys of visitors, after VACUUM."""
    return _bytes()[0]


def _bytes():
    """Return the bytes of the tables with their indexes after VACUUM, and of the keys' table."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("/* bench.visits_inside */ VACUUM (ANALYZE)")
        cursor.execute(
            r"""/* bench.visits_inside */
            SELECT sum(bytes) FILTER (WHERE relname <> 'visitors_visitorday')::bigint,
                sum(bytes) FILTER (WHERE relname = 'visitors_visitorday')::bigint
            FROM (
                SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
                WHERE relname LIKE 'visitors\_%' AND relkind = 'r'
            ) AS tables"""
        )
        return cursor.fetchone()


def import_log():
    """Import an access log; return the seconds and the most megabytes of the process."""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from visitors.models import OpeningBalance

    OpeningBalance.objects.all().delete()
    path = Path(settings.VISIT_SPOOL_DIR).parent / "access.log"
    with path.open("w") as file:
        file.writelines(_log_lines(timezone.localdate() - timedelta(days=3000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = perf_counter()
    call_command("import_access_log", str(path), stdout=StringIO())
    return {
        "seconds": perf_counter() - start,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "megabytes before": before,
    }


def _log_lines(first):
    """Yield lines of thirty days: of six requests one is for a page, one by a robot."""
    chance = random.Random(5)
    agents = [
        f"Mozilla/5.0 (Linux; Android {n % 9 + 6}; SM-A{n}5F) AppleWebKit/537.36 (KHTML, like "
        f"Gecko) Chrome/{60 + n % 60}.0.{n}.0 Mobile Safari/537.36"
        for n in range(500)
    ]
    robot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    for count in range(LOG_LINES):
        second = 30 * 86_400 * count // LOG_LINES
        day, clock = first + timedelta(days=second // 86_400), second % 86_400
        kind = chance.randrange(6)
        path = (
            f"/tin-tuc/bai-{int(3000 * chance.random() ** 3)}"
            if kind < 2
            else f"/static/anh-{kind}.png"
        )
        agent = robot if kind == 1 else chance.choice(agents)
        reader = int(200_000 * count / LOG_LINES) + chance.randrange(300)
        yield (
            f"10.{reader >> 16}.{reader >> 8 & 255}.{reader & 255} - - [{day:%d/%b/%Y}:"
            f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02} +0700] "
            f'"GET {path} HTTP/1.1" 200 5120 "https://www.google.com/" "{agent}"\n'
        )


if __name__ == "__main__":
    functions = (fill_history, check_history, five_figures, dashboard, flush)
    main(*functions, close_days, size, import_log)
