"""The clock of counting: the machine's, without its jumps.

Somebody sets the machine's clock by hand, or it is put right over the network: then views of
minutes would land on another day, and a day would be closed that has not ended. So time goes
on from where it was, and follows a jump only when that has lasted.
"""

import time
from datetime import UTC, datetime

_BELIEVED_AFTER = 10 * 60  # seconds for which a jump must last
_JUMP = 60  # seconds; smaller steps are what keeping a clock right looks like
# Goes on while the machine sleeps, where there is such a clock.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def _uptime():
    return time.clock_gettime(_UPTIME)


class SteadyClock:
    """Seconds since 1970; `look()` must be called every second or so.

    `wall` is the machine's clock, `uptime` one that nobody can set.
    """

    def __init__(self, *, wall=time.time, uptime=_uptime):
        self._wall, self._uptime = wall, uptime
        self._offset = wall() - uptime()
        self._jump = None  # (offset after it, uptime at which it was first seen)

    def time(self) -> float:
        """Return the seconds since 1970, whatever the machine's clock did last."""
        return self._uptime() + self._offset

    def now(self) -> datetime:
        """Return `time()` as an aware moment."""
        return datetime.fromtimestamp(self.time(), UTC)

    def look(self) -> None:
        """Follow the machine's clock: small steps at once, a jump when it has lasted."""
        uptime = self._uptime()
        offset = self._wall() - uptime
        if abs(offset - self._offset) < _JUMP:
            self._offset, self._jump = offset, None
        elif self._jump is None or abs(offset - self._jump[0]) >= _JUMP:
            self._jump = (offset, uptime)
        elif uptime - self._jump[1] >= _BELIEVED_AFTER:
            self._offset, self._jump = offset, None
