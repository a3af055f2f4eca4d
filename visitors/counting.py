"""What counts, and what the figures mean: rules without a database or a clock.

docs/counting.md says the same in plain Vietnamese; change both together.
Times are whole seconds since 1970; days are those of Asia/Ho_Chi_Minh.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VISIT_GAP = 30 * 60  # seconds without a view that end a visit
CLOSES_AT_LATEST = timedelta(hours=48)  # after the end of the day

# Codes of `bots.bot_reason()`, then all codes of `exclusion()`, in words for officials.
ROBOT_EXCLUSIONS = {
    "robot": "Máy tìm kiếm và chương trình tự động đã biết",
    "robot-empty": "Không xưng tên chương trình",
    "robot-library": "Thư viện lập trình, công cụ dòng lệnh",
    "robot-headless": "Trình duyệt chạy tự động",
    "robot-headers": "Tự nhận là chương trình tự động",
}
EXCLUSIONS = ROBOT_EXCLUSIONS | {
    "prefetch": "Trình duyệt tải trước, chưa ai xem",
    "not-a-page": "Tải kèm trong trang khác, không phải mở trang",
    "staff": "Cán bộ đã đăng nhập",
    "unwritten": "Không ghi lại được do sự cố (đĩa đầy, mất thư mục)",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a spool: a view by a person, or requests that were not counted.

    `key` is empty when the view cannot be tied to a visitor. `reason` is empty for a view.
    """

    at: int
    key: bytes = b""
    path: str = ""
    kind: str = ""
    object_id: str = ""
    title: str = ""
    reason: str = ""
    requests: int = 1


def is_countable(method: str, status: int) -> bool:
    """Say whether a marked page answered `status` to `method` can be a view at all."""
    return method == "GET" and status in (200, 304)


def exclusion(headers: Mapping[str, str], *, is_staff: bool, robot: str) -> str:
    """Return why a request for a page is not counted, or "" for a view by a person.

    `headers` has lower-case names; `robot` is what `bots.bot_reason` answered.
    """
    for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"):
        value = headers.get(name, "").lower()
        if "prefetch" in value or "prerender" in value or "preview" in value:
            return "prefetch"
    if headers.get("sec-fetch-dest", "document") != "document":
        return "not-a-page"
    if is_staff:
        return "staff"
    return robot


def wants_no_key(headers: Mapping[str, str]) -> bool:
    """Say whether the reader asks not to be tracked (Global Privacy Control)."""
    return headers.get("sec-gpc") == "1"


def local_day(at: float) -> date:
    """Return the local day of a moment in seconds since 1970."""
    return datetime.fromtimestamp(at, ZONE).date()


def midnight(day: date) -> datetime:
    """Return the moment at which `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def must_be_closed(day: date, now: datetime) -> bool:
    """Say whether `day` ended so long ago that it takes late views only."""
    return now >= midnight(day + timedelta(days=1)) + CLOSES_AT_LATEST


def merge(runs: Iterable[Iterable[int]], views: Iterable[int]) -> list[list[int]]:
    """Return the visits that `runs` (first view, last view) and further `views` make up.

    Views of one visitor on one day belong to the same visit when less than `VISIT_GAP`
    lies between neighbours. The order in which they became known does not matter.
    """
    merged: list[list[int]] = []
    for start, end in sorted([*map(tuple, runs), *((at, at) for at in views)]):
        if merged and start - merged[-1][1] < VISIT_GAP:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def week_start(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)
