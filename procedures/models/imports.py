"""Imports: who brought which file, what became of it, and what is remembered of layouts.

The file itself is never kept. While a person looks at the preview, `ImportDraft` holds the
columns that may be published, for an hour at most and outside every backup.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from procedures.models.catalogue import Procedure
from procedures.models.fields import Field


class ImportKind(models.TextChoices):
    DOSSIERS = "ho-so", "Danh sách hồ sơ"
    RESULTS = "bieu", "Biểu II.06a"


class ImportState(models.TextChoices):
    READING = "dang-doc", "Đang đọc tệp"
    READY = "cho-xac-nhan", "Chờ xác nhận"
    DONE = "da-nhap", "Đã nhập"
    UNDONE = "da-hoan-tac", "Đã hoàn tác"
    CANCELLED = "da-huy", "Đã hủy"
    FAILED = "khong-doc-duoc", "Không nhập được"


class ImportRunQuerySet(models.QuerySet):
    def newest(self):
        """Put the latest first."""
        return self.order_by("-created_at", "-pk")

    def waiting(self):
        """Return the runs whose preview nobody has answered."""
        return self.filter(state=ImportState.READY)


class ImportRun(models.Model):
    """One file that somebody brought: its name and fingerprint, and what came of it."""

    kind = models.CharField("loại tệp", max_length=10, choices=ImportKind)
    period = models.ForeignKey(
        "procedures.Period", models.CASCADE, verbose_name="kỳ", related_name="runs"
    )
    state = models.CharField(
        "tình trạng", max_length=16, choices=ImportState, default=ImportState.READING
    )
    file_name = models.CharField("tên tệp", max_length=255)
    sha256 = models.CharField("mã băm SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("cỡ tệp (byte)")
    created_at = models.DateTimeField("bắt đầu lúc", default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name="người nhập",
        related_name="+",
    )
    finished_at = models.DateTimeField("xong lúc", null=True)
    progress = models.JSONField("tiến độ", default=dict)
    layout = models.CharField("dấu của bố cục", max_length=64, blank=True)
    mapping = models.JSONField("cột đã chọn", default=dict)
    report = models.JSONField("báo cáo", default=dict)
    rows_read = models.PositiveIntegerField("số dòng đọc được", default=0)
    rows_counted = models.PositiveIntegerField("số hồ sơ được tính", default=0)
    based_on_number = models.PositiveSmallIntegerField("dựa trên bản số", null=True)
    based_on_revision = models.PositiveIntegerField("dựa trên lần lưu", null=True)
    failure = models.CharField("vì sao không nhập được", max_length=600, blank=True)
    replaced = models.JSONField("số liệu trước đó của bản nháp", null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "lần nhập tệp"
        verbose_name_plural = "các lần nhập tệp"
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("import_results", "Nhập danh sách hồ sơ và Biểu II.06a từ tệp")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ImportKind.values), name="import_kind_known"
            ),
        ]

    def __str__(self):
        return f"{self.file_name} ({self.created_at:%d/%m/%Y})"


class ImportDraft(models.Model):
    """What was read of a file, waiting for a person's yes: allow-listed columns only."""

    run = models.OneToOneField(
        ImportRun, models.CASCADE, primary_key=True, related_name="draft"
    )
    payload = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return str(self.run_id)


class ImportLayout(models.Model):
    """Which column means what in files of one layout, as somebody chose it."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = "bố cục tệp đã nhớ"
        verbose_name_plural = "bố cục tệp đã nhớ"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "signature"], name="layout_once")
        ]

    def __str__(self):
        return self.signature[:12]


class NameMatch(models.Model):
    """What a name in exported files stands for here: a procedure or a lĩnh vực."""

    folded = models.CharField("tên trong tệp, không dấu", max_length=1200)
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, null=True, verbose_name="thủ tục", related_name="+"
    )
    field = models.ForeignKey(
        Field, models.CASCADE, null=True, verbose_name="lĩnh vực", related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "cách gọi đã nhớ"
        verbose_name_plural = "cách gọi đã nhớ"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["folded"],
                condition=Q(procedure__isnull=False),
                name="name_match_one_procedure",
            ),
            models.UniqueConstraint(
                fields=["folded"],
                condition=Q(field__isnull=False),
                name="name_match_one_field",
            ),
            models.CheckConstraint(
                condition=Q(procedure__isnull=False, field=None)
                | Q(procedure=None, field__isnull=False),
                name="name_match_has_one_meaning",
            ),
        ]

    def __str__(self):
        return self.folded
