"""Four hundred invented days of visits for a site that shows how it looks when filled.

The visitors are invented, the counting is not: their views are made into visits by the same
rules and stored by the same statements as real ones. The days are marked as samples.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from django.db import connection, transaction

from visitors import counting, rollups
from visitors.counting import Hit
from visitors.models import Day, Source

DAYS = 400
_SEED = 16_663
_VISITORS = 26  # of an ordinary working day
_WEEKEND = 0.6
# People look procedures up before the school year; around Tết hardly anybody does.
_SEASON = {1: 0.9, 2: 0.55, 6: 1.1, 7: 1.2, 8: 1.35, 9: 1.15}
# A day on which the server was off, as happens: days before today.
_SERVER_WAS_OFF = 143

_CLIENTS = {
    ("phone", "Chrome"): 34,
    ("phone", "Zalo"): 17,
    ("phone", "Safari"): 13,
    ("phone", "Facebook"): 9,
    ("phone", "Cốc Cốc"): 5,
    ("phone", "Samsung Internet"): 4,
    ("computer", "Chrome"): 10,
    ("computer", "Cốc Cốc"): 7,
    ("computer", "Edge"): 6,
    ("tablet", "Safari"): 2,
}
_REFERRERS = {
    "": 46,
    "google.com": 28,
    "zalo.me": 10,
    "facebook.com": 9,
    "coccoc.com": 4,
    "dichvucong.gov.vn": 2,
    "thanhhoa.gov.vn": 1,
}
# Percent of a day's visits that begin in each hour from 0 to 23.
_HOURS = (1, 0, 0, 0, 1, 2, 4, 7, 10, 9, 8, 6, 4, 4, 7, 7, 6, 4, 3, 5, 6, 4, 2, 1)
_EXCLUDED = {"robot": 55, "robot-library": 9, "robot-empty": 3, "staff": 12, "prefetch": 4}
_MISSED = ("giay phep xay dung nha tam", "lich cat dien", "tuyen dung", "xe buyt", "ban do")


@dataclass(frozen=True)
class SamplePage:
    """A page that invented visitors read, `weight` times as often as one of weight 1."""

    path: str
    kind: str
    object_id: str
    title: str
    weight: float


@transaction.atomic
def load_demo_visits(*, pages, files=(), today: date):
    """Store the invented visits of `DAYS` days up to yesterday.

    `pages` and `files` are `SamplePage`s; days that are known already are left alone.
    """
    chance = random.Random(_SEED)  # noqa: S311 (invented visitors need no secrecy)
    known = set(Day.objects.values_list("day", flat=True))
    sample = _Sample(chance, _Choice(chance, {page: page.weight for page in pages}), files)
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        if back != _SERVER_WAS_OFF and day not in known:
            sample.add(day)
    sample.store()


class _Choice:
    """Draws one of the keys of `weights`, each as often as its weight says."""

    def __init__(self, chance, weights):
        self._chance = chance
        self._values = list(weights)
        self._sums = list(accumulate(weights.values()))

    def __call__(self):
        return self._chance.choices(self._values, cum_weights=self._sums)[0]


class _Sample:
    """The invented days so far: what is to be stored of them."""

    def __init__(self, chance, page, files):
        self._chance = chance
        self._page = page
        self._files = list(files)
        self._client = _Choice(chance, _CLIENTS)
        self._referrer = _Choice(chance, _REFERRERS)
        self._hour = _Choice(chance, dict(enumerate(_HOURS)))
        self._hits = []  # one for each page and file, to name it
        self._seen = set()
        self._totals = rollups.Totals()
        self._days = []

    def add(self, day):
        """Invent one day."""
        weekday = 1 if day.weekday() < 5 else _WEEKEND
        expected = _VISITORS * weekday * _SEASON.get(day.month, 1)
        number = max(3, round(self._chance.gauss(expected, expected / 6)))
        row = Day(day=day, source=Source.SAMPLE)
        visits = [self._visitor(day) for _ in range(number)]
        for views in visits:
            self._count(row, views)
        row.visitors = number
        row.closed_at = counting.midnight(day + timedelta(days=1)) + timedelta(minutes=6)
        self._days.append(row)
        self._add_uncounted(day)

    def _visitor(self, day):
        """Return the views of one invented visitor, oldest first."""
        device, browser = self._client()
        views = []
        for _ in range(1 + (self._chance.random() < 0.12)):
            seconds = self._hour() * 3600 + self._chance.randrange(3600)
            at = int(counting.midnight(day).timestamp()) + seconds
            referrer = self._referrer()
            is_on = True
            while is_on:
                page = self._page()
                views.append(
                    Hit(
                        at=at,
                        path=page.path,
                        kind=page.kind,
                        object_id=page.object_id,
                        title=page.title,
                        referrer=referrer,
                        device=device,
                        browser=browser,
                    )
                )
                at += self._chance.randrange(15, 400)
                is_on = self._chance.random() > 0.42 and counting.local_day(at) == day
        return views

    def _count(self, row, views):
        for hit in views:
            rollups.add_view(self._totals, row.day, hit, is_late=False)
            self._name(hit)
        runs = counting.merge([], [(hit.at, hit.entry) for hit in views])
        changes = defaultdict(int)
        for start, _, entry in runs:
            changes[row.day, counting.hour_of(start), entry] += 1
        rollups.add_visits(self._totals, changes)
        row.visits += len(runs)
        row.views += len(views)

    def _name(self, hit):
        if hit.path not in self._seen:
            self._seen.add(hit.path)
            self._hits.append(hit)

    def _add_uncounted(self, day):
        for reason, mean in _EXCLUDED.items():
            number = max(0, round(self._chance.gauss(mean, mean / 4)))
            self._totals.add(rollups.EXCLUSION, (day, reason), requests=number)
        for file in self._files:
            if self._chance.random() < 0.3:
                self._totals.add(rollups.DOWNLOAD, (day, file.path), downloads=1)
                self._name(Hit(at=0, path=file.path, kind=file.kind, title=file.title))
        if self._chance.random() < 0.25:
            phrase = self._chance.choice(_MISSED)
            self._totals.add(rollups.SEARCH, (day, phrase), searches=1)

    def store(self):
        """Write everything at once."""
        Day.objects.bulk_create(self._days)
        self._totals.pop(rollups.DAY, None)  # their rows are complete
        with connection.cursor() as cursor:
            rollups.name_pages(cursor, self._hits)
            self._totals.number_pages(cursor)
            self._totals.store(cursor)
