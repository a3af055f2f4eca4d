"""Eight processes, 40,000 requests of a known script, kill -9: the figures are the script's.

What is expected is computed here, by other means than those of visitors/.
"""

import itertools
import os
import random
import struct
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.conf import settings

from tests.visitors import scripted
from tests.visitors.conftest import database_url, local
from tests.visitors.scripted import DAY_LENGTH, DAYS, START
from visitors import rollups
from visitors.models import (
    ClientCount,
    Day,
    DownloadCount,
    ExclusionCount,
    HourCount,
    PageCount,
    ReferrerCount,
    Salt,
    SearchCount,
    Spool,
    VisitorDay,
)
from visitors.spool import adopt

KILLS = 12
DURATION = 9  # seconds in which the clock of the script passes its three days
LATEST = 400  # seconds after which the test gives up

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


# --- What must come out -------------------------------------------------------------------


def expected(requests):
    """Return what each table must hold after `requests`: {table: {key: numbers}}."""
    tables = defaultdict(lambda: defaultdict(Counter))
    views_of = defaultdict(list)

    def add(table, day, *names, **numbers):
        for grain, start in (
            (1, day),
            (2, day.replace(day=1)),
            (3, day.replace(month=1, day=1)),
        ):
            tables[table][grain, start, *names].update(numbers)

    for request in requests:
        day = request.day
        if request.outcome == "download":
            add("downloads", day, request.path, downloads=1)
        elif request.outcome in ("view", "keyless"):
            tables["days"][day,].update(views=1)
            tables["days"][day,].update(keyless_views=int(request.outcome == "keyless"))
            add("pages", day, request.path, views=1)
            add("hours", day, *request.hour, views=1)
            add("clients", day, request.device, request.browser, views=1)
            if request.missed:
                add("searches", day, request.missed, searches=1)
            if request.outcome == "view":
                views_of[day, request.visitor].append(request)
        elif request.outcome != "nothing":
            add("exclusions", day, request.outcome, requests=1)
    for (day, _), views in views_of.items():
        tables["days"][day,].update(visitors=1)
        views.sort(key=lambda view: (view.at, view.path, view.referrer))
        for before, view in itertools.pairwise([None, *views]):
            if before is None or view.at - before.at >= 1_800:
                tables["days"][day,].update(visits=1)
                add("pages", day, view.path, entries=1)
                add("hours", day, *view.hour, visits=1)
                add("clients", day, view.device, view.browser, visits=1)
                add("referrers", day, view.referrer, visits=1)
    return _without_zeros(tables)


TABLES = {
    "days": (Day, ("day",), ("views", "visits", "visitors", "keyless_views", "late_views")),
    "pages": (PageCount, ("grain", "start", "page__path"), ("views", "entries")),
    "hours": (HourCount, ("grain", "start", "weekday", "hour"), ("views", "visits")),
    "referrers": (ReferrerCount, ("grain", "start", "host"), ("visits",)),
    "clients": (ClientCount, ("grain", "start", "device", "browser"), ("views", "visits")),
    "exclusions": (ExclusionCount, ("grain", "start", "reason"), ("requests",)),
    "downloads": (DownloadCount, ("grain", "start", "page__path"), ("downloads",)),
    "searches": (SearchCount, ("grain", "start", "phrase"), ("searches",)),
}


def stored():
    """Return what the tables hold, in the same form."""
    tables = {
        table: {
            row[: len(keys)]: dict(zip(numbers, row[len(keys) :], strict=True))
            for row in model.objects.values_list(*keys, *numbers)
        }
        for table, (model, keys, numbers) in TABLES.items()
    }
    return _without_zeros(tables)


def different(found, wanted):
    """Return (table, key, numbers found, numbers wanted) of the rows that differ."""
    return [
        (table, key, found[table].get(key), wanted[table].get(key))
        for table in TABLES
        for key in found[table].keys() | wanted[table].keys()
        if found[table].get(key) != wanted[table].get(key)
    ]


def _without_zeros(tables):
    return {
        table: {
            key: kept
            for key, numbers in rows.items()
            if (kept := {name: number for name, number in numbers.items() if number})
        }
        for table, rows in tables.items()
    }


def traces(requests):
    """Return how often each thing that a single request leaves behind is there."""
    kinds = {"view": "pages", "keyless": "pages", "download": "downloads"}
    return Counter(
        (kinds.get(request.outcome, request.outcome), request.day, request.path)
        if request.outcome in kinds
        else (request.outcome, request.day)
        for request in requests
        if request.outcome != "nothing"
    )


def stored_traces(tables):
    found = Counter()
    for table in ("pages", "downloads"):
        name = {"pages": "views", "downloads": "downloads"}[table]
        for (grain, day, path), numbers in tables[table].items():
            found[table, day, path] += numbers.get(name, 0) * (grain == 1)
    for (grain, day, reason), numbers in tables["exclusions"].items():
        found[reason, day] += numbers["requests"] * (grain == 1)
    return +found


# --- The processes --------------------------------------------------------------------------


class Server:
    """A process that plays one part, and is started again whenever it has been killed."""

    def __init__(self, folder, part, requests):
        self._folder, self._part, self.requests = folder, part, requests
        self.acknowledged, self.uncertain = [], []
        self._next = 0
        self._start()

    def _start(self):
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.visitors.scripted"),
                *(str(self._folder), str(self._part), str(self._next)),
            ],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": database_url()},
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
        )
        os.set_blocking(self._process.stdout.fileno(), False)

    def listen(self):
        """Take note of what was acknowledged."""
        data = self._process.stdout.read() or b""
        for (number,) in struct.iter_unpack("i", data):
            assert number == self._next, "requests are acknowledged in their order"
            self.acknowledged.append(self.requests[number])
            self._next = number + 1

    def is_through(self, day):
        """Say whether all requests up to the end of `day` were sent."""
        return self._next >= len(self.requests) or self.requests[self._next].day > day

    def kill(self):
        """Kill it; the one request that was under way may be counted or not."""
        self._process.kill()
        self._process.wait()
        self.listen()
        self._process.stdout.close()
        self.uncertain += self.requests[self._next : self._next + 1]
        self._next += 1

    def restart(self):
        self.kill()
        self._start()


def test_figures_are_exact_with_eight_processes_that_are_killed(tmp_path):
    chance = random.Random(7)  # noqa: S311
    clock = scripted.SharedClock(tmp_path)
    servers = [
        Server(tmp_path, part, requests) for part, requests in enumerate(scripted.script())
    ]
    kill_at = sorted(chance.uniform(0.05, 0.95) for _ in range(KILLS))
    passed, before = 0.0, time.monotonic()
    give_up = before + LATEST
    while not all(server.is_through(DAYS[-1]) for server in servers):
        assert time.monotonic() < give_up
        time.sleep(0.005)
        for server in servers:
            server.listen()
        # A day ends when all that was to be sent on it has been; time goes on meanwhile.
        moment = time.monotonic()
        day = DAYS[int(passed)]
        is_over = all(server.is_through(day) for server in servers)
        passed += (moment - before) / DURATION * len(DAYS)
        before = moment
        limit = min(len(DAYS), DAYS.index(day) + 1)
        if not is_over or limit == len(DAYS):
            passed = min(passed, limit - 1e-5)
        clock.set(START + int(passed * DAY_LENGTH))
        while kill_at and passed / len(DAYS) > kill_at[0]:
            kill_at.pop(0)
            chance.choice(servers).restart()
    for server in servers:
        server.kill()

    now = local("2025-03-05 23:59:59")
    adopt(tmp_path / "visits", now=now)

    acknowledged = [request for server in servers for request in server.acknowledged]
    uncertain = [request for server in servers for request in server.uncertain]
    assert not kill_at
    assert len(acknowledged) + len(uncertain) == 40_000
    assert len(uncertain) == KILLS
    assert list((tmp_path / "visits").iterdir()) == []
    assert not Spool.objects.exists()
    found = stored()
    left_over = stored_traces(found)
    left_over.subtract(traces(acknowledged))
    assert min(left_over.values()) >= 0, "an acknowledged request is missing"
    possible = [
        chosen
        for number in range(len(uncertain) + 1)
        for chosen in itertools.combinations(uncertain, number)
        if traces(chosen) == +left_over
    ]
    assert possible, "something is counted that was not asked for"
    differences = [
        different(found, expected([*acknowledged, *chosen])) for chosen in possible
    ]
    assert [] in differences, "\n".join(map(str, differences[0][:12]))

    # The processes have closed the first day, or two, when nobody could have lines of it.
    rollups.close_days(now=local("2025-03-06 00:06:00"))
    assert not Day.objects.filter(closed_at=None).exists()
    assert stored() == found
    assert list(Salt.objects.values_list("day", flat=True)) == [
        DAYS[-1] + timedelta(days=1)
    ]
    assert not VisitorDay.objects.exists()
