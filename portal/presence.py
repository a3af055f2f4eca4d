"""Who has what open for writing: the line "đang được … mở" on the editor's pages.

A browser with an editor open reports every 25 seconds (static/editor/heartbeat.js). Whoever
has not been heard of for `GONE_AFTER` counts as gone. The table is unlogged, stays out of
backups and of the audit, and is no content: it says what is true for a minute and a half.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.formats import date_format

from portal.jobs import daily

__all__ = ["GONE_AFTER", "Presence", "forget_old", "leave", "others", "sentence", "touch"]

GONE_AFTER = timedelta(seconds=90)
_KEPT_FOR = timedelta(days=1)

# Somebody who comes back after having been gone opens the object anew.
_TOUCH = """/* presence.touch */
INSERT INTO portal_presence AS held (target_type, target_id, user_id, opened_at, seen_at)
VALUES (%(type)s, %(id)s, %(user)s, %(at)s, %(at)s)
ON CONFLICT ON CONSTRAINT presence_once_a_person DO UPDATE SET
    opened_at = CASE
        WHEN held.seen_at < %(gone)s THEN excluded.opened_at ELSE held.opened_at
    END,
    seen_at = greatest(held.seen_at, excluded.seen_at)
"""


class PresenceQuerySet(models.QuerySet):
    def of(self, target):
        """Return the rows of one object, whoever's they are."""
        return self.filter(target_type=target._meta.label_lower, target_id=target.pk)

    def open_at(self, at):
        """Return the rows of people who were heard of shortly before the moment `at`."""
        return self.filter(seen_at__gte=at - GONE_AFTER)


class Presence(models.Model):
    """One person who has one object open: since when, and when last heard of."""

    target_type = models.CharField("loại đối tượng", max_length=60)
    target_id = models.BigIntegerField("mã đối tượng")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="người mở", related_name="+"
    )
    opened_at = models.DateTimeField("mở từ")
    seen_at = models.DateTimeField("còn mở lúc", db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "người đang mở"
        verbose_name_plural = "người đang mở"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["target_type", "target_id", "user"], name="presence_once_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(seen_at__gte=models.F("opened_at")),
                name="presence_seen_after_opening",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.target_type} {self.target_id}"


def touch(*, target, user, at=None):
    """Note that `user` has `target` open at the moment `at` (now); one statement."""
    at = timezone.now() if at is None else at
    with connection.cursor() as cursor:
        cursor.execute(
            _TOUCH,
            {
                "type": target._meta.label_lower,
                "id": target.pk,
                "user": user.pk,
                "at": at,
                "gone": at - GONE_AFTER,
            },
        )


def leave(*, target, user):
    """Note that `user` has closed `target`."""
    Presence.objects.of(target).filter(user=user).delete()


def others(target, user, at=None):
    """Return the rows of the other people who have `target` open, the first comer first."""
    at = timezone.now() if at is None else at
    present = Presence.objects.of(target).open_at(at).exclude(user=user)
    return list(present.select_related("user").order_by("opened_at", "pk"))


def sentence(present):
    """Return who has it open in one sentence ("" for nobody); `present` comes from `others`."""
    if not present:
        return ""
    names = " và ".join(
        f"{each.user.get_full_name() or each.user.get_username()} mở "
        f"(từ {date_format(timezone.localtime(each.opened_at), 'H:i')})"
        for each in present
    )
    return f"Đang được {names}. Hãy hỏi nhau trước khi cùng sửa."


@daily
def forget_old(*, now):
    """Delete the rows of people who were last heard of a day ago."""
    Presence.objects.filter(seen_at__lt=now - _KEPT_FOR).delete()
