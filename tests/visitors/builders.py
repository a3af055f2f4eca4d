"""Makes days of visits through the counting itself, so that all tables agree."""

import itertools
import random
from datetime import timedelta

from django.db import transaction

from tests.visitors.conftest import local
from visitors import agents, counting, rollups
from visitors.counting import Hit
from visitors.models import Day

_number = itertools.count(1)

PAGES = [
    ("/", "home", "", "Trang chủ"),
    ("/tin-tuc/nong-nghiep/", "category", "3", "Nông nghiệp"),
    ("/tin-tuc/nong-nghiep/lua-xuan-12/", "article", "12", "Lúa xuân"),
    ("/tin-tuc/nong-nghiep/cay-vu-dong-13/", "article", "13", "Cây vụ đông"),
    ("/thu-tuc/khai-sinh/", "procedure", "1.001", "Đăng ký khai sinh"),
    ("/lien-he/", "contact", "", "Liên hệ"),
]
REFERRERS = ("", "google.com", "zalo.me", "baothanhhoa.example")
FILES = ("/tai-ve/1/mau-don.pdf", "/tai-ve/2/ke-hoach.pdf")
PHRASES = ("le thi hoa", "giấy phép xây dựng", "hộ nghèo")


def key():
    """Return the key of a visitor nobody has seen yet."""
    return next(_number).to_bytes(16, "big")


def view(at, *, page=PAGES[0], **fields):
    """Make a view of `page`, (path, kind, object_id, title), at a local time or moment."""
    moment = local(at) if isinstance(at, str) else at
    path, kind, object_id, title = page
    values = {
        "key": key(),
        "path": path,
        "kind": kind,
        "object_id": object_id,
        "title": title,
        "device": "phone",
        "browser": "Chrome",
    } | fields
    return Hit(at=int(moment.timestamp()), **values)


def count(*hits, now=None):
    """Add `hits` to all totals, at the end of the day of the last of them."""
    now = now or counting.midnight(
        counting.local_day(max(hit.at for hit in hits)) + timedelta(days=1)
    )
    with transaction.atomic():
        rollups.add_hits(list(hits), now=now)


def count_days(first, last, *, seed=0, views=12, skip=()):
    """Count random readers, robots, downloads and searches of each day, but of those in `skip`.

    Each day is counted while it is open, so that its visits and visitors are known.
    """
    chance = random.Random(seed)  # noqa: S311  (the same figures each time)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day not in skip:
            count(*_hits(day, chance, views))


def know_days(first, last):
    """Make the days from `first` to `last` known, with 0 where nothing was counted."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    Day.objects.bulk_create(map(Day, days), ignore_conflicts=True)


def _hits(day, chance, views):
    moments = sorted(chance.randrange(24 * 3600) for _ in range(views))
    readers = [key() for _ in range(max(views // 3, 1))]
    for second in moments:
        at = counting.midnight(day) + timedelta(seconds=second)
        yield view(
            at,
            page=chance.choice(PAGES),
            key=chance.choice([*readers, b""]),
            referrer=chance.choice(REFERRERS),
            device=chance.choice(list(agents.DEVICES)),
            browser=chance.choice(agents.BROWSERS),
            missed=chance.choice(["", *PHRASES]),
        )
    noon = int((counting.midnight(day) + timedelta(hours=12)).timestamp())
    for reason in chance.sample(list(counting.EXCLUSIONS), 3):
        yield Hit(at=noon, reason=reason, requests=chance.randrange(1, 9))
    yield Hit(
        at=noon,
        path=chance.choice(FILES),
        kind="file",
        title="Mẫu đơn",
        is_download=True,
    )
