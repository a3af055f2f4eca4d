"""One number that changes whenever something that readers see has changed.

Database triggers (`TrackContent` in a migration) raise it at commit, so bulk writes and
raw SQL count too. Whatever is derived from published content is kept under this number.
"""

from django.db import models


class ContentVersion(models.Model):
    """A single row (id 1) whose `number` grows with each committed change of content."""

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
