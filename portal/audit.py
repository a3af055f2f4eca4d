"""The append-only record of who changed what."""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One state change: a dotted action code, who did it, to what, before and after."""

    at = models.DateTimeField("lúc", auto_now_add=True, db_index=True)
    action = models.CharField("việc", max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="người làm",
        related_name="+",
    )
    target_type = models.CharField("loại đối tượng", max_length=60)
    target_id = models.CharField("mã đối tượng", max_length=40)
    target_label = models.CharField("đối tượng", max_length=300)
    before = models.JSONField("trước", null=True, blank=True)
    after = models.JSONField("sau", null=True, blank=True)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        verbose_name = "nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]

    def __str__(self):
        return f"{self.action} {self.target_label}"
