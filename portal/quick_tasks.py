"""What people come to do ("Tôi muốn…"), in their own words, one tap from the home page."""

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from portal.directory import ShownQuerySet
from portal.menu import ADDRESS, Node, destination, is_external
from portal.targets import known_targets

__all__ = ["MOST_SHOWN", "QuickTask", "shown"]

MOST_SHOWN = 8


class QuickTask(models.Model):
    """One entry of "Tôi muốn…"; `target` names an internal page, `url` any other."""

    label = models.CharField(
        "tôi muốn…",
        max_length=60,
        help_text="Viết tiếp câu “Tôi muốn…”, ví dụ: tra cứu hồ sơ đã nộp.",
    )
    target = models.CharField(
        "trang trong cổng",
        max_length=60,
        blank=True,
        help_text="Mục tự ẩn khi trang chưa có nội dung.",
    )
    url = models.CharField(
        "địa chỉ khác",
        max_length=300,
        blank=True,
        help_text="Chỉ ghi khi không chọn trang trong cổng: https://… hoặc /…",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = ShownQuerySet.as_manager()

    class Meta:
        verbose_name = "việc người dân hay làm"
        verbose_name_plural = "việc người dân hay làm"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target="") & ~Q(url="") | ~Q(target="") & Q(url=""),
                name="quick_task_has_one_destination",
                violation_error_message=(
                    "Chọn một trang trong cổng hoặc ghi một địa chỉ khác, không cả hai."
                ),
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__iregex=ADDRESS),
                name="quick_task_address_is_safe",
                violation_error_message=(
                    "Địa chỉ phải bắt đầu bằng https://, http:// hoặc một dấu / (trang của cổng)."
                ),
            ),
        ]

    def __str__(self):
        return self.label


def shown() -> tuple[Node, ...]:
    """Return the tasks as the home page lists them; those whose page is empty are left out."""
    targets = known_targets()
    tasks = [
        Node(capfirst(task.label), url, is_external(url))
        for task in QuickTask.objects.shown()
        if (url := destination(task, targets))
    ]
    return tuple(tasks[:MOST_SHOWN])
