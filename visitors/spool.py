"""The spool: one file a process, one line a view, added to the totals in the background.

A page waits for one `write` to an open file and no more. Once a second a background thread
adds the new lines to the rollups and stores how far it has read, both in one transaction:
whatever is killed when, no line is lost and none is counted twice. While Postgres is away
the spool waits. The spool of a dead process is adopted by any other on its machine.

A process holds a lock (flock) on its file as long as it lives. A file has the lines of one
local day, so that one can tell when all lines of a day have arrived. It is called
`<day>.<random>.spool`, and `….done` while its last lines are being committed.
"""

import errno
import fcntl
import os
import re
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction

from visitors import counting, faults, keys, rollups
from visitors.clock import SteadyClock
from visitors.counting import Hit
from visitors.lines import decode, encode

_FLUSH_EVERY = 1  # seconds
# Flushes between two looks at what is done now and then; the first is that long after the
# start, when it has shown that the clock goes steadily.
_CARE_EVERY = 60
_CHUNK = 2**20  # bytes added in one transaction
_ROTATE_AT = 16 * 2**20  # bytes
_RETRY_AFTER = 1  # seconds without another try to make a file when one was refused
_ADOPTED_AT_ONCE = 100  # files
# Seconds by which the clocks of machines may differ from that of Postgres.
_CLOCK_TOLERANCE = 5 * 60
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)\.[0-9a-z]{1,64}\.(?:spool|done)", re.ASCII)


# --- The file of this process -------------------------------------------------------------


class Spool:
    """The spool file of this process, and the thread that empties it."""

    def __init__(self, folder, *, clock=None):
        self.folder = Path(folder)
        self.clock = clock or SteadyClock()
        self._start_afresh()

    def _start_afresh(self):
        self.salts = keys.Salts()
        self.faults = faults.FaultLog(clock=self.clock.now)
        self._lock = threading.Lock()  # around the file: appending and changing it
        self._file = None
        self._retired = []  # earlier files of this process, until they are added up
        self._refused = None  # (error, until when) of the last try to make a file
        self._unwritten = 0  # views since writing began to fail
        self._unwritten_at = 0
        self._must_wipe = False
        self._flusher = None

    def start(self):
        """Start the background thread of this process, unless it runs already."""
        if self._flusher is None:
            with self._lock:
                if self._flusher is None:
                    flusher = threading.Thread(
                        target=self._flush_for_ever, name="visit-flusher", daemon=True
                    )
                    try:
                        flusher.start()
                    except RuntimeError as error:  # the machine allows no more threads
                        self._note_fault(faults.FLUSH, error)
                    else:
                        self._flusher = flusher

    def leave_to_parent(self):
        """After a fork: the files and the thread are the parent's, begin with none."""
        inherited = [spool for spool in (self._file, *self._retired) if spool]
        self._start_afresh()
        for spool in inherited:
            spool.close()  # the parent still has it open, so its lock stays

    def write(self, hit):
        """Append the line of `hit`. A fault is noted and never reaches the caller."""
        with self._lock:
            if self._append(hit):
                self._write_number_of_unwritten()
            elif not hit.reason:
                self._unwritten += 1
                self._unwritten_at = hit.at

    def _write_number_of_unwritten(self):
        if not self._unwritten:
            return
        lost = Hit(at=self._unwritten_at, reason="unwritten", requests=self._unwritten)
        if self._append(lost):
            self._unwritten = 0

    def _append(self, hit):
        """Append the line of `hit`; False when the disk refuses it."""
        try:
            if self._file is None or not self._file.takes(hit.at):
                self._begin_file(counting.local_day(hit.at))
            line = encode(hit)
            if os.write(self._file.descriptor, line) < len(line):
                self._retire()  # a torn line may only be the last of its file
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            self._note_fault(faults.WRITE, error)
            return False
        self.faults.clear(faults.WRITE)
        return True

    def _begin_file(self, day):
        self._retire()
        # Trying again with every page would slow all of them down.
        if self._refused and time.monotonic() < self._refused[1]:
            raise OSError(*self._refused[0].args)
        try:
            self._file = _SpoolFile.create(self.folder, day)
        except OSError as error:
            self._refused = (error, time.monotonic() + _RETRY_AFTER)
            raise

    def _retire(self):
        if self._file is not None:
            self._retired.append(self._file)
            self._file = None

    def flush(self, *, now):
        """Add all lines to the totals: this process's, and those that dead ones left."""
        with self._lock:
            self._write_number_of_unwritten()
            today = counting.local_day(now.timestamp())
            if self._file is not None and not self._file.is_usable(today):
                self._retire()
            current, retired = self._file, list(self._retired)
        for file in (*retired, current):
            if file is not None:
                file.register()
        if current is not None:
            current.drain(now=now)
        for file in retired:
            file.hand_over(now=now)
            file.close()
            self._retired.remove(file)
        self._adopt(now)

    def _adopt(self, now):
        try:
            adopt(self.folder, now=now)
        except OSError as error:
            self._note_fault(faults.ADOPT, error)
        else:
            self.faults.clear(faults.ADOPT)

    def _flush_for_ever(self):
        flushes = 0
        while True:
            time_to_care = flushes % _CARE_EVERY == _CARE_EVERY - 1
            flushes += 1
            try:
                self.clock.look()
                now = self.clock.now()
                close_old_connections()
                self.salts.keep_ready(counting.local_day(now.timestamp()))
                self.flush(now=now)
                if time_to_care:
                    self._care(now)
            except Exception as error:  # the thread must outlive every fault
                self._note_fault(faults.FLUSH, error)
                with suppress(Exception):
                    connection.close()
            else:
                self.faults.clear(faults.FLUSH)
            with suppress(Exception):  # told when the database is back
                self.faults.store()
            time.sleep(_FLUSH_EVERY)

    def _care(self, now):
        """Do what is due every minute: close days, compare clocks, end old faults."""
        if rollups.close_days(now=now):
            self._must_wipe = True
        if self._must_wipe:
            with suppress(DatabaseError):  # somebody reads the table; in a minute then
                keys.wipe_deleted()
                self._must_wipe = False
        behind = (_database_now() - self.clock.now()).total_seconds()
        if abs(behind) > _CLOCK_TOLERANCE:
            self.faults.note(faults.CLOCK, f"{behind:+.0f} giây")
        else:
            self.faults.clear(faults.CLOCK)
        faults.sweep(now=now)

    # The kind of error only: its text could quote what a reader sent.
    def _note_fault(self, kind, error):
        text = f"{type(error).__name__} {getattr(error, 'strerror', None) or ''}".strip()
        self.faults.note(kind, text)


@cache
def of_this_process():
    """Return the one spool of this process; a forked child gets its own files."""
    spool = Spool(settings.VISIT_SPOOL_DIR)
    os.register_at_fork(after_in_child=spool.leave_to_parent)
    return spool


def _database_now():
    with connection.cursor() as cursor:
        cursor.execute("/* visitors.spool.database_now */ SELECT clock_timestamp()")
        return cursor.fetchone()[0]


# --- Reading ------------------------------------------------------------------------------


class _SpoolFile:
    """A locked spool file: an open descriptor, and its row in the table of spools."""

    def __init__(self, path, descriptor):
        self.path = path
        self.descriptor = descriptor
        self.name = path.stem
        self.opened_on = _day_of(path)
        self._begins = counting.midnight(self.opened_on).timestamp()
        self._ends = counting.midnight(self.opened_on + timedelta(days=1)).timestamp()
        self._is_registered = False
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
            try:
                if _lock(path, descriptor):
                    return cls(path, descriptor)
            except OSError:  # a file system that has no locks
                path.unlink(missing_ok=True)
                os.close(descriptor)
                raise
            os.close(descriptor)  # another process took the new file for an orphan

    @classmethod
    def take_over(cls, path):
        """Lock the file of a dead process; None when its process lives or it is gone."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            if _lock(path, descriptor):
                return cls(path, descriptor)
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def close(self):
        os.close(self.descriptor)

    def takes(self, at):
        """Say whether a line of the moment `at` belongs into this file."""
        return self._begins <= at < self._ends

    def is_usable(self, today):
        """Say whether further lines of `today` belong into this file."""
        size = os.fstat(self.descriptor).st_size
        return self.opened_on == today and size < _ROTATE_AT and self.path.exists()

    def register(self):
        """Keep the day of this file open until all of it has been added.

        All files of a process are registered before any is handed over: while one of them
        keeps an earlier day open, nobody closes the day of another that is not known yet.
        """
        if not self._is_registered:
            with self._claimed():
                self._is_registered = True

    def drain(self, *, now):
        """Add the lines that there are to the totals; return how many.

        Not those that come meanwhile: a busy process must come to an end here.
        """
        size = os.fstat(self.descriptor).st_size
        if size == self._known_size:
            return 0
        lines, position, has_moved = 0, 0, True
        while position < size and has_moved:  # else what is left is no whole line
            added, position, has_moved = self._add_chunk(now)
            lines += added
        self._known_size = size
        return lines

    def _add_chunk(self, now):
        """Add the next lines in one transaction.

        Return how many, the position behind them, and whether that is a new one.
        """
        with self._claimed() as (cursor, position, database_now):
            data = os.pread(self.descriptor, _CHUNK, position)
            end = data.rfind(b"\n") + 1
            if not end and len(data) == _CHUNK:
                end = _CHUNK  # no line is that long
            lines = data[:end].splitlines()
            # A clock that is ahead must neither bring views from the future nor make those
            # of others late.
            latest = int(database_now.timestamp()) + _CLOCK_TOLERANCE
            hits = [hit for hit in map(decode, lines) if hit is not None]
            rollups.add_hits(
                [hit if hit.at <= latest else replace(hit, at=latest) for hit in hits],
                now=min(now, database_now),
            )
            cursor.execute(
                """/* visitors.spool.drain */
                UPDATE visitors_spool SET position = position + %s WHERE name = %s""",
                [end, self.name],
            )
        return len(lines), position + end, end > 0

    def hand_over(self, *, now):
        """Add all that is left, then remove the file and its row; return the lines added.

        The file is renamed inside the transaction that removes the row. So a file called
        `.done` without a row has been added, and one with a row has not.
        """
        lines = self.drain(now=now)
        with self._claimed() as (cursor, *_):
            cursor.execute(
                "/* visitors.spool.hand_over */ DELETE FROM visitors_spool WHERE name = %s",
                [self.name],
            )
            done = self.path.with_suffix(".done")
            with suppress(FileNotFoundError):  # removed by hand; all its lines are added
                self.path.rename(done)
                _sync(done.parent)
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
        """Lock the row of this spool for one transaction.

        Give a cursor, the position, and the time by the clock of Postgres.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """/* visitors.spool.register */
                INSERT INTO visitors_spool (name, opened_on) VALUES (%s, %s)
                ON CONFLICT DO NOTHING""",
                [self.name, self.opened_on],
            )
            cursor.execute(
                """/* visitors.spool.claim */
                SELECT position, clock_timestamp() FROM visitors_spool
                WHERE name = %s FOR UPDATE""",
                [self.name],
            )
            yield cursor, *cursor.fetchone()


def _day_of(path):
    """Return the day of a spool file, or None when its name is not that of one."""
    match = _NAME.fullmatch(path.name)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _lock(path, descriptor):
    """Try to lock the file; False when another process has it or has removed it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except (BlockingIOError, FileNotFoundError):
        return False


def _sync(folder):
    """Have the names in `folder` on the disk before Postgres has what follows from them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def adopt(folder, *, now):
    """Add and remove the spools in `folder` that no living process holds.

    Return the number of lines added. Raises the first `OSError` of a file that could not be
    read or removed, after all others.
    """
    paths = sorted(path for path in Path(folder).glob("*") if _day_of(path))
    lines, errors = 0, []
    for start in range(0, len(paths), _ADOPTED_AT_ONCE):
        lines += _adopt(paths[start : start + _ADOPTED_AT_ONCE], now, errors)
    if errors:
        raise errors[0]
    return lines


def _adopt(paths, now, errors):
    lines, orphans = 0, []
    try:
        for path in paths:
            with _collected(errors):
                if orphan := _take_over(path, now):
                    orphans.append(orphan)
        left = [orphan for orphan in orphans if not orphan.is_added()]
        for orphan in left:
            orphan.register()
        for orphan in orphans:
            with _collected(errors):
                if orphan in left:
                    lines += orphan.hand_over(now=now)
                else:
                    orphan.path.unlink()
    finally:
        for orphan in orphans:
            orphan.close()
    return lines


def _take_over(path, now):
    try:
        return _SpoolFile.take_over(path)
    except PermissionError:
        # A process of another user. It would have begun a new file since, if it lived.
        if counting.must_be_closed(_day_of(path) - timedelta(days=1), now):
            raise
        return None


@contextmanager
def _collected(errors):
    try:
        yield
    except OSError as error:
        errors.append(error)
