"""What keeps a process from counting, told to the staff, who cannot see its log.

A page is never broken by a fault of counting, so nobody would notice one. A process keeps its
faults in memory (`FaultLog`) and stores them whenever the database can be reached, so those
of a database that was away are told afterwards. Only the kind of an error is kept: its text
could quote what a reader sent.
"""

import logging
import os
import socket
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from visitors.models import Fault

logger = logging.getLogger(__name__)

_SEEN_EVERY = timedelta(minutes=1)
# What went well for so long is over; what fails every other second is one fault.
_CALM = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=90)
_RECENT = timedelta(days=7)

WRITE, FLUSH, ADOPT, CLOCK = "write", "flush", "adopt", "clock"

# What happened, and what to do, by kind.
_WORDS = {
    WRITE: (
        "Không ghi được lượt xem vào tệp. Trang vẫn chạy bình thường; các lượt xem trong lúc "
        "này không được đếm, số lượng của chúng được ghi ở lý do “Không ghi lại được do sự cố”.",
        "Hãy kiểm tra ổ đĩa của máy chủ web: còn chỗ trống không, thư mục “visits” trong thư mục "
        "dữ liệu của cổng có còn không, cổng có quyền ghi vào đó không, ổ đĩa có cho khóa tệp "
        "không (ổ đĩa mạng thường không cho).",
    ),
    FLUSH: (
        "Không cộng được lượt xem vào cơ sở dữ liệu. Không lượt nào mất: chúng nằm trong tệp và "
        "được cộng vào đúng ngày khi cơ sở dữ liệu trở lại.",
        "Hãy kiểm tra cơ sở dữ liệu đang chạy và máy chủ web kết nối được tới đó. Sau 48 giờ, "
        "lượt xem cộng thêm chỉ còn được tính là “xem muộn”.",
    ),
    ADOPT: (
        "Có tệp lượt xem của tiến trình đã dừng mà tiến trình này không đọc được. Các lượt xem "
        "trong tệp chưa được cộng.",
        "Hãy kiểm tra ai là chủ các tệp trong thư mục “visits”. Nếu cổng từng được chạy bằng "
        "tài khoản khác, hãy đổi chủ các tệp đó cho tài khoản đang chạy cổng.",
    ),
    CLOCK: (
        "Đồng hồ của máy chủ web lệch với đồng hồ của cơ sở dữ liệu. Lượt xem có thể được ghi "
        "vào giờ hoặc ngày khác; không ngày nào bị chốt sớm vì việc này.",
        "Hãy bật tự chỉnh giờ qua mạng (NTP) trên cả hai máy rồi so lại giờ.",
    ),
}


_UNKNOWN = (
    "Việc đếm truy cập đang gặp lỗi.",
    "Hãy báo người phụ trách máy chủ, kèm dòng lỗi.",
)


def words_of(fault):
    """Return what a `Fault` means and what to do about it, as two Vietnamese texts."""
    return _WORDS.get(fault.kind, _UNKNOWN)


def current(*, now=None):
    """Return the `Fault`s of processes that live and cannot count properly now."""
    return Fault.objects.open_at(now or timezone.now())


def recent(*, now=None):
    """Return the `Fault`s that lasted within the last 7 days, newest first."""
    return Fault.objects.since((now or timezone.now()) - _RECENT)


@transaction.atomic
def record(*, process, kind, text, began_at, seen_at, ended_at=None):
    """Store that `process` has, or had until `ended_at`, a fault of `kind`."""
    text = text[: Fault._meta.get_field("text").max_length]
    state = {"text": text, "seen_at": seen_at, "ended_at": ended_at}
    row = Fault.objects.filter(process=process, kind=kind, ended_at=None)
    if not row.update(**state):
        Fault.objects.create(process=process, kind=kind, began_at=began_at, **state)


def sweep(*, now):
    """End the faults of processes that are gone, and delete those of 90 days ago."""
    Fault.objects.of_gone_processes(now).end_when_last_seen()
    Fault.objects.filter(ended_at__lt=now - _KEPT_FOR).delete()


@dataclass
class _Lasting:
    text: str
    began_at: object
    stored_at: object = None  # None when there is something new to store
    good_since: object = None


class FaultLog:
    """The faults of this process; threads may note them at the same time.

    `clock` is called for the present moment.
    """

    def __init__(self, *, clock):
        self._clock = clock
        self._process = f"{socket.gethostname()[:100]}:{os.getpid()}"
        self._lock = threading.Lock()
        self._lasting: dict[str, _Lasting] = {}

    @property
    def kinds(self) -> set[str]:
        """The kinds of faults that last at this moment."""
        return {kind for kind, each in self._lasting.items() if each.good_since is None}

    def note(self, kind, text):
        """Say that what `kind` names has failed, with `text`; logged once."""
        with self._lock:
            fault = self._lasting.get(kind)
            if fault is None:
                fault = self._lasting[kind] = _Lasting(text="", began_at=self._clock())
            if fault.text != text or fault.good_since:
                fault.text, fault.good_since, fault.stored_at = text, None, None
                logger.error("visits: %s fails: %s", kind, text)

    def clear(self, kind):
        """Say that what `kind` names works."""
        if kind not in self._lasting:
            return
        with self._lock:
            fault = self._lasting[kind]
            if fault.good_since is None:
                fault.good_since = self._clock()
                logger.warning("visits: %s works again", kind)

    def store(self):
        """Tell the database what it does not know yet. Raises `DatabaseError`."""
        now = self._clock()
        with self._lock:
            faults = list(self._lasting.items())
        for kind, fault in faults:
            is_over = fault.good_since is not None and now - fault.good_since >= _CALM
            is_due = fault.stored_at is None or now - fault.stored_at >= _SEEN_EVERY
            if not (is_over or is_due):
                continue
            record(
                process=self._process,
                kind=kind,
                text=fault.text,
                began_at=fault.began_at,
                seen_at=now,
                ended_at=fault.good_since if is_over else None,
            )
            with self._lock:
                fault.stored_at = now
                if is_over and fault.good_since is not None:
                    del self._lasting[kind]
