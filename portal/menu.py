"""The main menu: a two-level tree of internal targets and outside addresses."""

from django.db import models


class MenuItem(models.Model):
    """An entry of the menu; `target` names an internal page, `url` any other."""

    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="nằm dưới mục",
        related_name="children",
    )
    label = models.CharField("tên mục", max_length=60)
    target = models.CharField("trang trong cổng", max_length=60, blank=True)
    url = models.CharField("địa chỉ khác", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_shown = models.BooleanField("hiển thị", default=True)

    class Meta:
        verbose_name = "mục menu"
        verbose_name_plural = "menu"
        ordering = ["order", "pk"]

    def __str__(self):
        return self.label
