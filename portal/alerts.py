"""The strip above every page: what people must know now, from a moment to a moment."""

from hashlib import blake2b

from django.db import models, transaction
from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.text import capfirst

from portal import audit
from portal.menu import ADDRESS

__all__ = ["Alert", "Grade", "switch_off"]


class Grade(models.TextChoices):
    """How urgent an alert is; the more urgent stands first."""

    EMERGENCY = "khan-cap", "khẩn cấp: nguy hiểm đến người, tài sản"
    WARNING = "canh-bao", "cảnh báo: cần chuẩn bị, tránh thiệt hại"
    NOTICE = "thong-bao", "thông báo: thay đổi trong phục vụ"


_URGENCY = {grade: rank for rank, grade in enumerate(Grade.values)}


class AlertQuerySet(models.QuerySet):
    def in_force(self, at=None):
        """Return what readers see at the moment `at` (now); see `most_urgent_first`."""
        at = timezone.now() if at is None else at
        return self.filter(is_on=True, starts_at__lte=at, ends_at__gt=at)

    def most_urgent_first(self):
        """Return the alerts as the strip shows them: by grade, of one grade the newest first."""
        return sorted(
            self, key=lambda alert: (alert.urgency, -alert.starts_at.timestamp(), -alert.pk)
        )

    def next_moment(self, at=None):
        """Return when the next alert appears or ends after the moment `at` (now), or None."""
        at = timezone.now() if at is None else at
        moments = self.filter(is_on=True).aggregate(
            appears=Min("starts_at", filter=Q(starts_at__gt=at)),
            ends=Min("ends_at", filter=Q(ends_at__gt=at)),
        )
        return min(filter(None, moments.values()), default=None)


class Alert(models.Model):
    """One line of the strip; it always ends, so that none is left standing for years."""

    grade = models.CharField("mức độ", max_length=10, choices=Grade, default=Grade.NOTICE)
    title = models.CharField(
        "nội dung chính",
        max_length=120,
        help_text="Một câu, nói ngay việc gì, ở đâu, khi nào.",
    )
    text = models.CharField(
        "nói thêm",
        max_length=400,
        blank=True,
        help_text="Người dân cần làm gì, gọi số nào.",
    )
    link_label = models.CharField("chữ của đường dẫn", max_length=80, blank=True)
    link_url = models.CharField(
        "đường dẫn",
        max_length=300,
        blank=True,
        help_text="https://… cho trang ngoài, /… cho một trang của cổng.",
    )
    starts_at = models.DateTimeField("hiện từ lúc", default=timezone.now)
    ends_at = models.DateTimeField(
        "hiện đến lúc", help_text="Đến lúc này dải tin tự ẩn, không cần ai nhớ tắt."
    )
    is_on = models.BooleanField(
        "đang bật", default=True, help_text="Bỏ chọn để tắt ngay trước giờ đã hẹn."
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "tin khẩn đầu trang"
        verbose_name_plural = "tin khẩn đầu trang"
        ordering = ["-ends_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__in=Grade.values), name="alert_grade_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="alert_ends_after_it_starts",
                violation_error_message="Giờ tắt phải sau giờ bật.",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="alert_has_title"),
            models.CheckConstraint(
                condition=Q(link_url="", link_label="")
                | ~Q(link_label="") & Q(link_url__iregex=ADDRESS),
                name="alert_link_is_whole_and_safe",
                violation_error_message=(
                    "Đường dẫn phải có cả chữ và địa chỉ; địa chỉ bắt đầu bằng https://, "
                    "http:// hoặc một dấu / (trang của cổng)."
                ),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def version(self):
        """Return a short name of what readers see: put away once, it comes back reworded."""
        words = "\0".join(
            (self.grade, self.title, self.text, self.link_label, self.link_url)
        )
        return f"{self.pk}-{blake2b(words.encode(), digest_size=6).hexdigest()}"

    @property
    def urgency(self):
        """Return the place of the grade: 0 is the most urgent."""
        return _URGENCY[self.grade]

    @property
    def grade_name(self):
        """Return the grade as readers are told it: "Khẩn cấp"."""
        return capfirst(self.get_grade_display().partition(":")[0])

    @property
    def can_be_put_away(self):
        """Tell whether a reader may hide the alert; what is dangerous can only be folded."""
        return self.grade != Grade.EMERGENCY

    def standing(self, at):
        """Return in words whether readers see the alert at the moment `at`."""
        if at >= self.ends_at:
            return "đã hết"
        if not self.is_on:
            return "đã tắt"
        return "đang hiện" if at >= self.starts_at else "hẹn"


@transaction.atomic
def switch_off(*, alert, actor):
    """Take an alert off every page now, whatever its hours say; twice changes nothing."""
    stored = Alert.objects.select_for_update().get(pk=alert.pk)
    if stored.is_on:
        stored.is_on = False
        stored.save(update_fields=["is_on"])
        audit.record("alert.switched_off", actor=actor, target=stored)
