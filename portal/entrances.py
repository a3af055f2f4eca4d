"""The site's own pages that a menu may lead to, and what a new site still lacks."""

from django.urls import reverse

from portal.admin_start import PanelRow, StartCard, StartPanel
from portal.alerts import Alert
from portal.models import Attachment, Identity, MenuItem, Picture, UsefulPhone
from portal.standing import moment
from portal.targets import Target


def targets():
    """Offer the pages that exist on every site."""
    return [
        Target("home", "Trang chủ", reverse("home")),
        Target(
            "contact",
            "Liên hệ",
            reverse("contact"),
            also=(
                "số điện thoại",
                "đường dây nóng",
                "địa chỉ Ủy ban nhân dân xã",
                "giờ làm việc",
                "mấy giờ mở cửa",
                "đường đến trụ sở, bản đồ",
                "thư điện tử email",
            ),
            about="Địa chỉ, đường đến trụ sở, số điện thoại, thư điện tử và giờ làm việc.",
        ),
        Target(
            "open_data:home",
            "Dữ liệu mở",
            reverse("open_data:home"),
            also=("tải dữ liệu", "API"),
            about="Tải dữ liệu của trang về máy, hoặc đọc bằng phần mềm.",
        ),
        Target(
            "site_map",
            "Sơ đồ trang",
            reverse("site_map"),
            about="Mọi mục của trang trên một trang.",
        ),
        Target(
            "accessibility",
            "Trợ năng",
            reverse("accessibility"),
            also=("người khuyết tật", "cỡ chữ", "phóng to chữ", "tương phản cao"),
            about="Trang này dễ dùng đến đâu với mọi người, và báo trở ngại cho ai.",
        ),
        Target(
            "privacy",
            "Quyền riêng tư",
            reverse("privacy"),
            also=("bảo vệ dữ liệu cá nhân", "cookie", "gỡ thông tin cá nhân"),
            about="Cổng giữ gì của người đọc, bao lâu, và yêu cầu sửa, xóa ở đâu.",
        ),
    ]


def start_cards(request):
    """Yield what is missing, to those who can enter it; nothing is asked for the others."""
    may = request.user.has_perm
    lacking = (
        (
            Identity,
            "Khai báo thông tin đơn vị",
            "Cổng chưa biết tên, địa chỉ và số điện thoại của đơn vị.",
        ),
        (MenuItem, "Lập menu", "Cổng chưa có mục menu nào."),
        (
            UsefulPhone,
            "Ghi điện thoại hữu ích",
            "Người dân chưa thấy số điện thoại nào ở bên lề trang.",
        ),
    )
    for model, title, text in lacking:
        name = model._meta.model_name
        if may(f"portal.add_{name}") and not model.objects.exists():
            yield StartCard(
                title=title,
                text=text,
                url=reverse(f"admin:portal_{name}_add"),
                permission=f"portal.add_{name}",
                order=1,
            )
    for model in (Picture, Attachment):
        name = model._meta.model_name
        if may(f"portal.change_{name}") and (number := model.objects.missing().count()):
            yield StartCard(
                title=f"Tìm lại {model._meta.verbose_name} bị mất tệp",
                text=f"{number} tệp không còn trên máy chủ. Hãy tải lại lên, hoặc nhờ người "
                "quản trị lấy từ bản sao lưu.",
                url=f"{reverse(f'admin:portal_{name}_changelist')}?tep=mat",
                permission=f"portal.change_{name}",
                order=2,
            )


def start_panels(request):
    """Yield what stands above every page now, so that nobody forgets it; one query."""
    if request.user.has_perm("portal.change_alert"):
        yield StartPanel(
            title="Tin khẩn đang hiện",
            rows=[
                PanelRow(
                    text=f"{alert.grade_name}: {alert.title}",
                    url=reverse("admin:portal_alert_change", args=[alert.pk]),
                    when=f"đến {moment(alert.ends_at)}",
                )
                for alert in Alert.objects.in_force().most_urgent_first()
            ],
            more_url=reverse("admin:portal_alert_changelist"),
            order=5,
        )
