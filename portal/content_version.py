"""One number that changes whenever something that readers see has changed.

Database triggers (`TrackContent` in a migration) raise it at commit, so bulk writes and
raw SQL count too. Whatever is derived from published content is kept under this number.
"""

import threading
import time
import weakref
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import wraps

from django.db import connection, models
from django.db.migrations.operations.base import Operation
from django.utils import timezone

__all__ = [
    "ContentVersion",
    "Memory",
    "OneVersionMiddleware",
    "TrackContent",
    "cached",
    "clear",
    "current",
    "forget_version",
    "next_midnight",
]

_REMEMBERED_FOR = 0.5  # seconds; a page may be this much older than the last commit

_remembered = None  # (number, time.monotonic() before it was read); replaced as a whole
_memories = weakref.WeakSet()
# The version of the request at hand, once read, in a list; None outside requests.
_of_request = ContextVar("content version of the request", default=None)


class ContentVersion(models.Model):
    """A single row (id 1) whose `number` grows with each committed change of content.

    The number is the microsecond of the change (or one more than the last number), so it
    does not come back for other content after a restore: equal numbers, equal content.
    """

    number = models.BigIntegerField(default=1)

    class Meta:
        verbose_name = "phiên bản nội dung"
        verbose_name_plural = "phiên bản nội dung"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="content_version_is_single"
            )
        ]

    def __str__(self):
        return str(self.number)


def current():
    """Return the content version, at most 0.5 seconds old; 0 before any content exists.

    It is read by the connection that renders: what that connection reads afterwards is at
    least as new as the number says. Within one request it does not change.
    """
    of_request = _of_request.get()
    if of_request:
        return of_request[0]
    number = _remembered_or_read()
    if of_request is not None:
        of_request.append(number)
    return number


def _remembered_or_read():
    global _remembered
    remembered, now = _remembered, time.monotonic()
    if remembered and now - remembered[1] < _REMEMBERED_FOR:
        return remembered[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "/* content_version.current */ SELECT number FROM portal_contentversion"
        )
        row = cursor.fetchone()
    number = row[0] if row else 0
    _remembered = (number, now)
    return number


class OneVersionMiddleware:
    """Holds each request to the content version that it met first.

    A view reads its objects before templates draw them. Were the version read again in
    between, a drawing of old objects could be kept under the number of newer content, and
    stay until the next change.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _of_request.set([])
        try:
            return self.get_response(request)
        finally:
            _of_request.reset(token)


class Memory:
    """Values of this process by key, each kept until content changes.

    At most `size` of them: a new one takes the place of the one made longest ago. Inside a
    transaction nothing is kept or found: what a transaction has written but not committed
    must not reach other requests. Callers share the values: do not change them.
    """

    def __init__(self, *, size):
        self._size = size
        self._kept = {}  # key -> (version, moment until which it holds or None, value)
        self._making = threading.Lock()
        _memories.add(self)

    def get(self, key, make, *, until=None):
        """Return the value of `key`, by calling `make()` unless it is kept.

        What changes without a commit, such as an article at its publishing moment, needs
        `until`: called before `make()`, it returns the moment from which the value no longer
        holds, or None. One thread makes values while the others wait for it.
        """
        if _in_transaction():
            return make()
        # Read before the value: a value is never kept under a newer version than its own.
        version = current()
        if _holds(found := self._kept.get(key), version):
            return found[2]
        with self._making:
            if _holds(found := self._kept.get(key), version):
                return found[2]
            end = until() if until else None
            value = make()
            self._kept.pop(key, None)
            if len(self._kept) >= self._size:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (version, end, value)
        return value

    def clear(self):
        """Forget every value."""
        self._kept.clear()


def cached(function=None, *, until=None):
    """Memoise the zero-argument reader `function` until content changes; see `Memory`.

    Use as `@cached` or `@cached(until=…)`.
    """
    if function is None:
        return lambda function: cached(function, until=until)
    memory = Memory(size=1)

    @wraps(function)
    def read():
        return memory.get(None, function, until=until)

    read.clear = memory.clear
    return read


def next_midnight():
    """Return the next local midnight: the `until` of what is true of today."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))


def forget_version():
    """Read the version anew at the next `current()`; for what has just committed."""
    global _remembered
    _remembered = None


def clear():
    """Forget the remembered version and every cached value of this process."""
    forget_version()
    for memory in _memories:
        memory.clear()


def _holds(kept, version):
    return (
        kept is not None
        and kept[0] == version
        and (kept[1] is None or timezone.now() < kept[1])
    )


def _in_transaction():
    # The transaction that a test is wrapped in stands for the database itself.
    return any(
        not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks
    )


class TrackContent(Operation):
    """Migration operation: a committed change of these tables raises the content version.

    A deferred constraint trigger fires after everything else of its transaction, so the
    version row is locked only for the moment of the commit. Depends on the migration
    ("portal", "0003_content_version"). TRUNCATE is not tracked.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *tables):
        self.tables = tables

    def deconstruct(self):
        return self.__class__.__name__, list(self.tables), {}

    def state_forwards(self, app_label, state):
        """Change nothing: triggers are no part of the models."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.tables:
            schema_editor.execute(
                f"CREATE CONSTRAINT TRIGGER {self._trigger(schema_editor, table)} "
                f"AFTER INSERT OR UPDATE OR DELETE ON {schema_editor.quote_name(table)} "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                "EXECUTE FUNCTION portal_raise_content_version()"
            )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.tables:
            schema_editor.execute(
                f"DROP TRIGGER {self._trigger(schema_editor, table)} "
                f"ON {schema_editor.quote_name(table)}"
            )

    def describe(self):
        return f"Raise the content version when {', '.join(self.tables)} change"

    @property
    def migration_name_fragment(self):
        return "track_" + "_".join(self.tables)

    @staticmethod
    def _trigger(schema_editor, table):
        return schema_editor.quote_name(f"{table}_is_content")
