"""The spool: one file a process, one line a view, added to the totals in the background.

A page waits for one `write` to an open file and no more. Once a second a background thread
adds the new lines to the rollups and stores how far it has read, both in one transaction:
whatever is killed when, no line is lost and none is counted twice. While Postgres is away
the spool waits. The spool of a dead process is adopted by any other on its machine.

A process holds a lock (flock) on its file as long as it lives, and opens a new file every
local day, so that one can tell when all lines of a day have arrived. A file is called
`<day opened>.<random>.spool`, and `….done` while its last lines are being committed.
"""

import fcntl
import json
import logging
import os
import threading
import time
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from visitors import counting, rollups
from visitors.counting import Hit
from visitors.keys import Salts

logger = logging.getLogger(__name__)

_FLUSH_EVERY = 1  # seconds
_CLOSE_DAYS_EVERY = 60  # flushes
_CHUNK = 2**20  # bytes added in one transaction
_ROTATE_AT = 16 * 2**20  # bytes
_LONGEST_TEXT = 500  # characters of a path, title …


def encode(hit):
    """Return the line of `hit`, with its line end."""
    fields = [hit.at, hit.key.hex(), hit.path, hit.kind, hit.object_id, hit.title]
    line = json.dumps([*fields, hit.reason, hit.requests], separators=(",", ":"))
    return line.encode() + b"\n"


def decode(line):
    """Return the `Hit` of a line, or None when the line is torn.

    Whatever the line holds, Postgres can store what comes back: one bad line must not
    keep all later ones waiting.
    """
    try:
        at, key, path, kind, object_id, title, reason, requests = json.loads(line)
        datetime.fromtimestamp(at, counting.ZONE)
        return Hit(
            at=int(at),
            key=bytes.fromhex(key),
            path=_storable(path, _LONGEST_TEXT),
            kind=_storable(kind, 40),
            object_id=_storable(object_id, 40),
            title=_storable(title, 200),
            reason=_storable(reason, 40),
            requests=int(requests),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        return None


def _storable(text, length):
    return text.encode(errors="replace").decode().replace("\0", "")[:length]


# --- The file of this process -------------------------------------------------------------


class Spool:
    """The spool file of this process, and the thread that empties it."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._start_afresh()

    def _start_afresh(self):
        self.salts = Salts()
        self.faults = {}  # what keeps lines from being written or added, in words
        self._lock = threading.Lock()  # around the file: appending and changing it
        self._file = None
        self._retired = []  # earlier files of this process, until they are added up
        self._is_torn = False
        self._unwritten = 0
        self._flusher = None

    def start(self):
        """Start the background thread of this process, unless it runs already."""
        if self._flusher is None:
            with self._lock:
                if self._flusher is None:
                    self._flusher = threading.Thread(
                        target=self._flush_for_ever, name="visit-flusher", daemon=True
                    )
                    self._flusher.start()

    def leave_to_parent(self):
        """After a fork: the files and the thread are the parent's, begin with none."""
        inherited = [spool for spool in (self._file, *self._retired) if spool]
        self._start_afresh()
        for spool in inherited:
            spool.close()  # the parent still has it open, so its lock stays

    def write(self, hit):
        """Append the line of `hit`. A fault is logged once and never reaches the caller."""
        with self._lock:
            try:
                if self._file is None:
                    self._file = _SpoolFile.create(self.folder, counting.local_day(hit.at))
                self._append(hit)
                if self._unwritten:
                    lost = Hit(at=hit.at, reason="unwritten", requests=self._unwritten)
                    self._append(lost)
                    self._unwritten = 0
            except OSError as error:
                self._unwritten += not hit.reason
                self._note_fault("write", error)
            else:
                self._clear_fault("write")

    def _append(self, hit):
        line = encode(hit)
        if self._is_torn:  # keep this line apart from the half line before it
            line = b"\n" + line
        written = os.write(self._file.descriptor, line)
        self._is_torn = written < len(line)
        if self._is_torn:
            raise OSError("short write")

    def flush(self, *, now):
        """Add all lines to the totals: this process's, and those that dead ones left."""
        self._rotate(counting.local_day(now.timestamp()))
        for retired in list(self._retired):
            retired.hand_over(now=now)
            retired.close()
            self._retired.remove(retired)
        if self._file is not None:
            while self._file.drain(now=now):
                pass
        adopt(self.folder, now=now)

    def _rotate(self, today):
        """Begin a new file when the present one is of another day, too long or removed."""
        with self._lock:
            if self._file is not None and not self._file.is_usable(today):
                self._retired.append(self._file)
                self._file = None
                self._is_torn = False

    def _flush_for_ever(self):
        flushes = 0
        while True:
            try:
                now = timezone.now()
                close_old_connections()
                self.salts.keep_ready(counting.local_day(now.timestamp()))
                self.flush(now=now)
                if flushes % _CLOSE_DAYS_EVERY == 0:
                    rollups.close_days(now=now)
                flushes += 1
            except Exception as error:  # the thread must outlive every fault
                self._note_fault("flush", error)
                connection.close()
            else:
                self._clear_fault("flush")
            time.sleep(_FLUSH_EVERY)

    # The kind of error only: its text could quote what a reader sent.
    def _note_fault(self, where, error):
        fault = f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".strip()
        if self.faults.get(where) != fault:
            self.faults[where] = fault
            logger.error("visits: %s fails: %s", where, fault)

    def _clear_fault(self, where):
        if self.faults.pop(where, None):
            logger.warning("visits: %s works again", where)


@cache
def of_this_process():
    """Return the one spool of this process; a forked child gets its own files."""
    spool = Spool(settings.VISIT_SPOOL_DIR)
    os.register_at_fork(after_in_child=spool.leave_to_parent)
    return spool


# --- Reading ------------------------------------------------------------------------------


class _SpoolFile:
    """A locked spool file: an open descriptor, and its row in the table of spools."""

    def __init__(self, path, descriptor):
        self.path = path
        self.descriptor = descriptor
        self.name = path.stem
        self.opened_on = date.fromisoformat(path.name[:10])
        self._known_size = 0  # at the last drain that left nothing

    @classmethod
    def create(cls, folder, day):
        """Make and lock a new file in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{day.isoformat()}.{uuid4().hex}.spool"
            descriptor = os.open(
                path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600
            )
            if _lock(path, descriptor):
                return cls(path, descriptor)
            os.close(descriptor)  # another process took the new file for an orphan

    @classmethod
    def take_over(cls, path):
        """Lock the file of a dead process; None when its process lives or it is gone."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        if _lock(path, descriptor):
            return cls(path, descriptor)
        os.close(descriptor)
        return None

    def close(self):
        os.close(self.descriptor)

    def is_usable(self, today):
        """Say whether further lines of `today` belong into this file."""
        size = os.fstat(self.descriptor).st_size
        return self.opened_on == today and size < _ROTATE_AT and self.path.exists()

    def drain(self, *, now):
        """Add the next lines to the totals in one transaction; return how many."""
        size = os.fstat(self.descriptor).st_size
        if size == self._known_size:
            return 0
        with self._claimed() as (cursor, position):
            data = os.pread(self.descriptor, _CHUNK, position)
            data = data[: data.rfind(b"\n") + 1]
            lines = data.splitlines()
            hits = [hit for hit in map(decode, lines) if hit is not None]
            rollups.add_hits(hits, now=now)
            cursor.execute(
                """/* visitors.spool.drain */
                UPDATE visitors_spool SET position = position + %s WHERE name = %s""",
                [len(data), self.name],
            )
        if not data:
            self._known_size = size
        return len(lines)

    def hand_over(self, *, now):
        """Add all that is left, then remove the file and its row; return the lines added.

        The file is renamed inside the transaction that removes the row. So a file called
        `.done` without a row has been added, and one with a row has not.
        """
        lines = 0
        while added := self.drain(now=now):
            lines += added
        with self._claimed() as (cursor, _):
            cursor.execute(
                "/* visitors.spool.hand_over */ DELETE FROM visitors_spool WHERE name = %s",
                [self.name],
            )
            done = self.path.with_suffix(".done")
            with suppress(FileNotFoundError):  # removed by hand; all its lines are added
                self.path.rename(done)
        done.unlink(missing_ok=True)
        return lines

    def is_added(self):
        """Say whether a file called `.done` has been added to the end."""
        if self.path.suffix != ".done":
            return False
        with connection.cursor() as cursor:
            cursor.execute(
                """/* visitors.spool.is_added */
                SELECT NOT EXISTS (SELECT FROM visitors_spool WHERE name = %s)""",
                [self.name],
            )
            return cursor.fetchone()[0]

    @contextmanager
    def _claimed(self):
        """Lock the row of this spool for one transaction; give a cursor and the position."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """/* visitors.spool.register */
                INSERT INTO visitors_spool (name, opened_on) VALUES (%s, %s)
                ON CONFLICT DO NOTHING""",
                [self.name, self.opened_on],
            )
            cursor.execute(
                """/* visitors.spool.claim */
                SELECT position FROM visitors_spool WHERE name = %s FOR UPDATE""",
                [self.name],
            )
            yield cursor, cursor.fetchone()[0]


def _lock(path, descriptor):
    """Try to lock the file; False when another process has it or has removed it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except (BlockingIOError, FileNotFoundError):
        return False


def adopt(folder, *, now):
    """Add and remove the spools in `folder` that no living process holds.

    Return the number of lines added.
    """
    lines = 0
    for path in sorted([*Path(folder).glob("*.spool"), *Path(folder).glob("*.done")]):
        orphan = _SpoolFile.take_over(path)
        if orphan is None:
            continue
        try:
            if orphan.is_added():
                path.unlink()
            else:
                lines += orphan.hand_over(now=now)
        finally:
            orphan.close()
    return lines
