"""Requests to correct or remove what is published of a dossier.

Who asked is on paper at the office and never here: this table answers only what was asked,
by when it must be answered, and what was done.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

DAYS_TO_ANSWER = 15


class RequestKind(models.TextChoices):
    CORRECTION = "dinh-chinh", "Đính chính"
    REMOVAL = "go-bo", "Gỡ bỏ"


class RequestState(models.TextChoices):
    OPEN = "dang-xu-ly", "Đang xử lý"
    DONE = "da-lam", "Đã làm theo yêu cầu"
    REFUSED = "khong-chap-nhan", "Không chấp nhận"


class RequestWay(models.TextChoices):
    OFFICE = "truc-tiep", "Tại bộ phận một cửa"
    LETTER = "don-thu", "Đơn, thư"
    PHONE = "dien-thoai", "Điện thoại"
    EMAIL = "thu-dien-tu", "Thư điện tử"


class DataRequestQuerySet(models.QuerySet):
    def open(self):
        """Return the requests without an answer, the most urgent first."""
        return self.filter(state=RequestState.OPEN).order_by("due_on", "pk")

    def overdue(self, *, today):
        """Return the open requests whose 15 days have passed."""
        return self.open().filter(due_on__lt=today)

    def removed_codes(self):
        """Return the codes of dossiers whose rows were removed and may not come back."""
        granted = self.filter(kind=RequestKind.REMOVAL, state=RequestState.DONE)
        return set(granted.exclude(dossier_code="").values_list("dossier_code", flat=True))


class DataRequest(models.Model):
    """One request, with 15 days to answer it."""

    kind = models.CharField("yêu cầu", max_length=10, choices=RequestKind)
    received_on = models.DateField("ngày nhận")
    due_on = models.DateField("hạn trả lời", editable=False)
    way = models.CharField(
        "nhận qua", max_length=12, choices=RequestWay, default=RequestWay.OFFICE
    )
    paper_number = models.CharField(
        "số văn bản đến",
        max_length=60,
        blank=True,
        help_text="Tên, địa chỉ người yêu cầu để trong hồ sơ giấy, không ghi vào đây.",
    )
    dossier_code = models.CharField("mã hồ sơ", max_length=40, blank=True)
    subject = models.CharField("trang hoặc số liệu liên quan", max_length=300, blank=True)
    wish = models.TextField(
        "nội dung yêu cầu",
        max_length=1000,
        help_text="Không ghi tên, số điện thoại, số giấy tờ của ai.",
    )
    state = models.CharField(
        "tình trạng", max_length=16, choices=RequestState, default=RequestState.OPEN
    )
    answer = models.TextField("đã trả lời thế nào", max_length=1000, blank=True)
    closed_on = models.DateField("ngày trả lời", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "yêu cầu đính chính, gỡ bỏ"
        verbose_name_plural = "sổ yêu cầu đính chính, gỡ bỏ"
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on=F("received_on") + timedelta(days=DAYS_TO_ANSWER)),
                name="request_due_after_15_days",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.OPEN, closed_on=None)
                | (
                    ~Q(state=RequestState.OPEN) & Q(closed_on__isnull=False) & ~Q(answer="")
                ),
                name="request_closed_has_answer",
                violation_error_message="Hãy ghi đã trả lời thế nào và ngày trả lời.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="request_state_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.received_on:%d/%m/%Y})"
