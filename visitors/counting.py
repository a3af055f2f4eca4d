"""What counts, and what the figures mean: rules without a database or a clock.

docs/counting.md says the same in plain Vietnamese; change both together.
Times are whole seconds since 1970; days are those of Asia/Ho_Chi_Minh.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VISIT_GAP = 30 * 60  # seconds without a view that end a visit
CLOSES_AT_LATEST = timedelta(hours=48)  # after the end of the day
ONLINE_FOR = 5 * 60  # seconds after a view in which its reader counts as present

# What a visit began with: the address of its first page, the website that led there, the
# class of device and the family of browsers. None when it began before these were counted.
Entry = tuple[str, str, str, str]

_FROM_START = re.compile(r"bytes=0+-", re.ASCII)
_SECTION = re.compile(r"/(?:tin-tuc/[^/]+|[^/]*)/?")

# Codes of `bots.bot_reason()`, then all codes of `exclusion()`, in words for officials.
ROBOT_EXCLUSIONS = {
    "robot-search": "Máy tìm kiếm (Google, Bing, Cốc Cốc…)",
    "robot-preview": "Xem trước liên kết (Zalo, Facebook, Telegram…)",
    "robot-ai": "Thu thập nội dung cho trí tuệ nhân tạo",
    "robot-monitor": "Theo dõi trang web có hoạt động không",
    "robot-scanner": "Dò quét lỗ hổng bảo mật",
    "robot": "Chương trình tự động khác",
    "robot-empty": "Không xưng tên chương trình",
    "robot-library": "Thư viện lập trình, công cụ dòng lệnh, phần mềm văn phòng",
    "robot-headless": "Trình duyệt chạy tự động",
    "robot-headers": "Tự nhận là chương trình tự động",
    "robot-missing": "Xưng là trình duyệt nhưng không gửi gì mà trình duyệt luôn gửi",
    "robot-form": "Tên không có dạng tên của trình duyệt",
}
EXCLUSIONS = ROBOT_EXCLUSIONS | {
    "prefetch": "Trình duyệt tải trước, chưa ai xem",
    "not-a-page": "Tải kèm trong trang khác, không phải mở trang",
    "staff": "Cán bộ đã đăng nhập",
    "unwritten": "Không ghi lại được do sự cố (đĩa đầy, mất thư mục)",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a spool: a view by a person, a download, or requests not counted.

    `key` is empty when the view cannot be tied to a visitor. `reason` is empty unless the
    requests were not counted. `missed` is the phrase of a search that found nothing.
    """

    at: int
    key: bytes = b""
    path: str = ""
    kind: str = ""
    object_id: str = ""
    title: str = ""
    reason: str = ""
    requests: int = 1
    referrer: str = ""
    device: str = ""
    browser: str = ""
    missed: str = ""
    is_download: bool = False

    @property
    def entry(self) -> Entry:
        """What a visit that begins with this view began with."""
        return (self.path, self.referrer, self.device, self.browser)


def is_countable(method: str, status: int) -> bool:
    """Say whether a marked page answered `status` to `method` can be a view at all."""
    return method == "GET" and status in (200, 304)


def is_download(method: str, status: int, wanted: str) -> bool:
    """Say whether a marked file answered `status` to `method` can be a download at all.

    `wanted` is the Range header: who goes on where a download stopped began it before.
    """
    return (
        method == "GET"
        and status == 200
        and (not wanted or _FROM_START.match(wanted) is not None)
    )


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


def merge(runs: Iterable[Iterable], views: Iterable[tuple[int, Entry]]) -> list[list]:
    """Return the visits that `runs` and further `views`, (time, entry), make up.

    A run is [first view, last view, entry]. Views of one visitor on one day belong to the
    same visit when less than `VISIT_GAP` lies between neighbours; its entry is that of the
    first view, of several in one second the one that sorts first. So the order in which
    views became known does not matter.
    """
    merged: list[list] = []
    new = ((at, at, entry) for at, entry in views)
    for start, end, entry in sorted([*map(_comparable, runs), *new], key=_by_beginning):
        if merged and start - merged[-1][1] < VISIT_GAP:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end, entry])
    return merged


def _comparable(run):
    start, end, entry = run
    return start, end, entry and tuple(entry)


def _by_beginning(run):
    start, end, entry = run
    return start, entry or (), end


def section_of(path: str) -> str:
    """Return the address of the part of the site that `path` belongs to.

    That is the category of an article, "/tin-tuc/nong-nghiep/", else the first part.
    """
    match = _SECTION.match(path)
    return match[0][:200] if match else ""


def hour_of(at: int) -> tuple[int, int]:
    """Return (weekday from 1 for Monday, hour) of a moment, local time."""
    local = datetime.fromtimestamp(at, ZONE)
    return local.isoweekday(), local.hour


def week_start(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)
