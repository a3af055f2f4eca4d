"""Where the rest of the site meets this app: menu targets and cards of the start page."""

from django.urls import reverse

from portal.admin_start import StartCard
from portal.targets import Target
from procedures.models import Period, Stage


def targets():
    """Offer the public list of results and the look-up of dossiers to the menu."""
    return [
        Target(
            "procedures:list",
            "Công khai kết quả giải quyết TTHC",
            reverse("procedures:list"),
            has_content=Period.objects.published().exists(),
        ),
        Target("lookup:search", "Tra cứu hồ sơ", reverse("lookup:search")),
    ]


def start_cards(request):
    """Offer entering a new period, and publishing what waits."""
    waiting = Period.objects.awaiting_approval().count()
    yield StartCard(
        title="Nhập kết quả TTHC",
        text="Thêm một kỳ và điền bảng số liệu theo Biểu II.06a; kỳ trước được chép sẵn.",
        url=reverse("admin:procedures_period_add"),
        permission="procedures.add_period",
        order=20,
    )
    if waiting:
        yield StartCard(
            title="Công khai kết quả TTHC",
            text=f"{waiting} kỳ đã nhập xong, chờ bạn duyệt.",
            url=reverse("admin:procedures_period_changelist")
            + f"?stage__exact={Stage.SUBMITTED}",
            permission="procedures.publish_period",
            order=21,
        )
