"""A known script of visitors, and the process that plays a part of it.

`python -m tests.visitors.scripted FOLDER PART FIRST` sends the requests of one part, from
number FIRST on, through the counter, each when the clock in FOLDER has reached its time, and
acknowledges each by four bytes on its output once the answer has left.
"""

import mmap
import os
import random
import struct
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PARTS = 8
REQUESTS_OF_A_PART = 5_000
DAYS = [date(2025, 3, day) for day in (3, 4, 5)]
ZONE_OFFSET = 7 * 3600  # seconds; Vietnam has no summer time
START = int(datetime(2025, 3, 3, tzinfo=UTC).timestamp()) - ZONE_OFFSET
DAY_LENGTH = 24 * 3600
SECRET_OF_STAFF = {"HTTP_COOKIE": "sessionid=abc"}

# Agent, class of device, family of browsers.
BROWSERS = [
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/139.0.0.0 Safari/537.36",
        "computer",
        "Chrome",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "coc_coc_browser/123.0.0 Chrome/117.0.0.0 Safari/537.36",
        "computer",
        "Cốc Cốc",
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "phone",
        "Safari",
    ),
]
# Referer, and the host that is kept of it.
REFERERS = [
    ("", ""),
    ("https://www.google.com/search?q=x", "google.com"),
    ("https://bao.example.vn/tin/1?a=b", "bao.example.vn"),
    ("http://xa.example.vn/tin-tuc/", ""),
]
# Seconds from one view of a visitor to the next: around what ends a visit, and reloads.
GAPS = [0, 0, 1, 7, 60, 600, 1_799, 1_800, 1_801, 3_000, 9_000]


@dataclass(frozen=True)
class Request:
    """One request of the script, and what is known of it without looking at the counter."""

    at: int  # seconds since 1970
    visitor: int
    path: str
    kind: str = "article"
    method: str = "GET"
    status: int = 200
    outcome: str = "view"  # or "keyless", "download", "nothing", or a reason
    missed: str = ""
    device: str = ""
    browser: str = ""
    referrer: str = ""
    headers: dict = field(default_factory=dict, compare=False, hash=False)

    @property
    def day(self):
        return DAYS[0] + timedelta(days=(self.at - START) // DAY_LENGTH)

    @property
    def hour(self):
        """(weekday, hour), local time."""
        return self.day.isoweekday(), (self.at - START) % DAY_LENGTH // 3600


def script():
    """Return the requests of each part, in the order of their times."""
    chance = random.Random(5)  # noqa: S311
    requests = []
    for visitor in range(2_000):
        requests += _of_visitor(visitor, chance)
    chance.shuffle(requests)
    size = REQUESTS_OF_A_PART
    if len(requests) < PARTS * size:
        raise ValueError("the script is too short")
    return [
        sorted(requests[part * size : (part + 1) * size], key=lambda request: request.at)
        for part in range(PARTS)
    ]


def _of_visitor(visitor, chance):
    agent, device, browser = chance.choice(BROWSERS)
    headers = {
        "REMOTE_ADDR": f"203.0.{visitor // 250}.{visitor % 250}",
        "HTTP_USER_AGENT": agent,
        "HTTP_ACCEPT_LANGUAGE": "vi",
        "HTTP_HOST": "xa.example.vn",
    }
    outcome, more = chance.choices(
        [
            ("view", {}),
            ("keyless", {"HTTP_SEC_GPC": "1"}),
            ("staff", SECRET_OF_STAFF),
            ("robot-library", {"HTTP_USER_AGENT": "curl/8.5.0"}),
            ("prefetch", {"HTTP_SEC_PURPOSE": "prefetch"}),
        ],
        weights=[85, 5, 4, 4, 2],
    )[0]
    headers |= more
    at = START + chance.randrange(len(DAYS) * DAY_LENGTH)
    while at < START + len(DAYS) * DAY_LENGTH and chance.random() > 0.03:
        referer, referrer = chance.choice(REFERERS)
        request = {
            "at": at,
            "visitor": visitor,
            "path": f"/tin-tuc/nong-nghiep/{chance.randrange(400)}/",
            "outcome": outcome,
            "device": device,
            "browser": browser,
            "referrer": referrer,
            "headers": headers | {"HTTP_REFERER": referer},
        }
        request |= chance.choices(
            [
                {},
                {"method": "HEAD", "outcome": "nothing"},
                {"status": 404, "outcome": "nothing"},
                {"status": 304},
                {
                    "path": f"/tep/{chance.randrange(9)}/",
                    "kind": "file",
                    "outcome": "download" if outcome in ("view", "keyless") else "nothing",
                },
                {"path": "/tim-kiem/", "missed": f"từ {chance.randrange(9)}"},
            ],
            weights=[80, 4, 4, 4, 4, 4],
        )[0]
        yield Request(**request)
        at += chance.choice(GAPS)


# --- The process --------------------------------------------------------------------------


class SharedClock:
    """The clock of the script, which the test sets and all processes read."""

    def __init__(self, folder):
        self._path = Path(folder) / "clock"
        if not self._path.exists():
            self._path.write_bytes(struct.pack("q", START))
        with self._path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    def set(self, at):
        self._memory[:] = struct.pack("q", at)

    def time(self):
        return struct.unpack("q", self._memory[:])[0]

    def now(self):
        return datetime.fromtimestamp(self.time(), UTC)

    def look(self):
        """Nobody sets this clock back."""


def play(folder, part, first):
    import django

    django.setup()

    from django.http import HttpResponse

    from portal import pages
    from visitors import spool as spool_module
    from visitors.counter import Counter

    spool_module._FLUSH_EVERY = 0.25
    clock = SharedClock(folder)
    spool = spool_module.Spool(Path(folder) / "visits", clock=clock)
    at = START

    def application(environ, start_response):
        request = environ["test.request"]
        response = pages.mark(
            HttpResponse(), kind=request.kind, title=request.path, missed=request.missed
        )
        start_response(f"{request.status} x", [(pages.HEADER, response[pages.HEADER])])
        return []

    counter = Counter(application, spool=spool, clock=lambda: at)
    spool.start()
    day = None
    for number, request in enumerate(script()[part][first:], first):
        at = request.at
        while clock.time() < at:
            time.sleep(0.002)
        while request.day != day:  # a server is up before it is asked
            day = request.day if spool.salts.key(request.day, "x", "x") else None
            time.sleep(0.01)
        environ = {"REQUEST_METHOD": request.method, "PATH_INFO": request.path}
        counter(environ | request.headers | {"test.request": request}, lambda *answer: None)
        os.write(1, struct.pack("i", number))
    while True:
        time.sleep(1)


if __name__ == "__main__":
    play(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
