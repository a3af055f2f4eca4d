"""The visitor key: what makes two views of one reader on one day belong together.

A key is an HMAC of address and agent under the random salt of the day. The salt is shared
by all processes through the database and deleted when the day closes; from then on nobody
can make the key again. A process that has no salt writes views without a key.
"""

import hmac
from datetime import date, timedelta
from threading import Event

from django.db import connection

KEY_SIZE = 16  # bytes
# How long the first view of a fresh process waits for its salt, at most, in seconds.
_FIRST_WAIT = 0.25


class Salts:
    """The salts that this process knows: today's, and tomorrow's from the day before."""

    def __init__(self):
        self._secrets: dict[date, bytes] = {}
        self._first_try = Event()

    def key(self, day: date, address: str, agent: str) -> bytes:
        """Return the visitor key on `day`, or b"" when no salt is at hand."""
        secret = self._secrets.get(day)
        if secret is None and not self._first_try.is_set():
            self._first_try.wait(_FIRST_WAIT)
            self._first_try.set()
            secret = self._secrets.get(day)
        if secret is None:
            return b""
        return hmac.digest(secret, f"{address}\n{agent}".encode(), "sha256")[:KEY_SIZE]

    def keep_ready(self, today: date) -> None:
        """Have the salts of `today` and the day after, and forget all others.

        Those of earlier days are forgotten even while no database can give new ones.
        """
        days = {today, today + timedelta(days=1)}
        self._secrets = {day: known for day, known in self._secrets.items() if day in days}
        try:
            if days != self._secrets.keys():
                self._secrets = _shared_secrets(sorted(days), today)
        finally:
            self._first_try.set()


def _shared_secrets(days, today):
    """Return the salts of `days` that all processes share; the first to ask makes them.

    That a process is ready to count on `today` also makes it a measured day.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """/* visitors.keys.measured_day */
            INSERT INTO visitors_day (day) VALUES (%s) ON CONFLICT DO NOTHING""",
            [today],
        )
        # A clock that jumps back must not give a closed day a second salt. Postgres draws
        # the 244 random bits itself: what it logs of a statement then holds no salt.
        cursor.execute(
            """/* visitors.keys.make_salts */
            INSERT INTO visitors_salt (day, secret)
            SELECT day, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
            FROM unnest(%s::date[]) AS fresh (day)
            WHERE NOT EXISTS (
                SELECT FROM visitors_day
                WHERE visitors_day.day = fresh.day AND closed_at IS NOT NULL
            )
            ON CONFLICT DO NOTHING""",
            [days],
        )
        cursor.execute(
            """/* visitors.keys.salts */
            SELECT day, secret FROM visitors_salt WHERE day = ANY(%s)""",
            [days],
        )
        return {day: bytes(secret) for day, secret in cursor.fetchall()}


def wipe_deleted() -> None:
    """Have Postgres write the table of salts anew, so that its file holds no deleted one.

    Deleting alone leaves the bytes in the file until they are overwritten. Not inside a
    transaction. Raises `OperationalError` when others keep the table locked for a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("/* visitors.keys.wipe_deleted */ SET lock_timeout = '1s'")
        try:
            cursor.execute("/* visitors.keys.wipe_deleted */ VACUUM FULL visitors_salt")
        finally:
            cursor.execute("/* visitors.keys.wipe_deleted */ RESET lock_timeout")
