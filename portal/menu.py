"""The main menu: a two-level tree of internal targets and outside addresses."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from portal.directory import ShownQuerySet
from portal.targets import Target, all_targets

# A web address, or a path of this site ("//host" would leave it).
ADDRESS = r"^(https?://[^/\s]\S*|/|/[^/\\\s]\S*)$"


@dataclass(frozen=True)
class Node:
    """A menu entry as templates draw it; a mere heading has the address ""."""

    label: str
    url: str
    is_external: bool = False
    children: tuple["Node", ...] = ()


class MenuItem(models.Model):
    """An entry of the menu; `target` names an internal page, `url` any other.

    An entry with neither is a heading, shown only above entries of its own.
    """

    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="nằm dưới mục",
        related_name="children",
        help_text="Để trống nếu là mục chính. Menu có hai cấp.",
    )
    label = models.CharField("tên mục", max_length=60)
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
        help_text=(
            "Chỉ ghi khi không chọn trang trong cổng: https://… cho trang ngoài, /… cho một "
            "trang của cổng. Để trống cả hai thì mục chỉ là tiêu đề của các mục con."
        ),
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField("hiển thị", default=True)

    objects = ShownQuerySet.as_manager()

    class Meta:
        verbose_name = "mục menu"
        verbose_name_plural = "menu"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target="") | Q(url=""),
                name="menu_item_has_one_destination",
                violation_error_message=(
                    "Chỉ chọn một: trang trong cổng hoặc địa chỉ khác, không ghi cả hai."
                ),
            ),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__iregex=ADDRESS),
                name="menu_item_address_is_safe",
                violation_error_message=(
                    "Địa chỉ phải bắt đầu bằng https://, http:// hoặc một dấu / (trang của cổng)."
                ),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="menu_item_not_below_itself",
                violation_error_message="Một mục không thể nằm dưới chính nó.",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        """Keep the menu at two levels."""
        if self.parent_id is None:
            return
        if self.parent.parent_id is not None:
            raise ValidationError(
                {"parent": "Menu chỉ có hai cấp. Hãy chọn một mục chính."}, code="too_deep"
            )
        if self.pk and self.children.exists():
            raise ValidationError(
                {"parent": "Mục này đang có mục con nên phải là mục chính."},
                code="too_deep",
            )


def tree(targets: dict[str, Target] | None = None) -> list[Node]:
    """Return the menu as readers see it; one query and what the target providers ask.

    An entry whose page is empty or gone is left out, or, with entries below it, stays as
    their heading.
    """
    if targets is None:
        targets = all_targets()
    children: dict[int | None, list[MenuItem]] = {}
    for item in MenuItem.objects.shown():
        children.setdefault(item.parent_id, []).append(item)
    nodes = [
        _node(
            item,
            targets,
            children=tuple(
                node
                for node in (_node(child, targets) for child in children.get(item.pk, []))
                if node.url
            ),
        )
        for item in children.get(None, [])
    ]
    return [node for node in nodes if node.url or node.children]


def _node(item: MenuItem, targets: dict[str, Target], *, children=()) -> Node:
    url = destination(item, targets)
    return Node(
        label=item.label,
        url=url,
        is_external=is_external(url),
        children=children,
    )


def destination(row, targets: dict[str, Target]) -> str:
    """Return where a row leads that names a `target` or a `url`; "" while its page is empty."""
    target = targets.get(row.target)
    return target.url if target and target.has_content else row.url


def is_external(url: str) -> bool:
    """Tell whether an address leaves this site."""
    return url.lower().startswith(("http://", "https://"))
