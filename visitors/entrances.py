"""Where the rest of the site meets this app: a menu target and cards of the start page."""

from django.urls import reverse
from django.utils.formats import number_format

from portal.admin_start import StartCard
from portal.targets import Target
from visitors import figures
from visitors.models import OpeningBalance


def targets():
    """Offer the public statistics to the menu."""
    return [
        Target(
            key="visitors:summary",
            label="Thống kê truy cập",
            url=reverse("visitors:summary"),
            has_content=True,
        ),
        Target(
            key="visitors:method",
            label="Cách tính lượt truy cập",
            url=reverse("visitors:method"),
        ),
    ]


def start_cards(request):
    """Yield the latest figures for officials, and what is missing for administrators."""
    current = figures.sidebar()
    if current:
        today, yesterday = (
            number_format(number, force_grouping=True)
            for number in (current.today, current.yesterday)
        )
        yield StartCard(
            title="Xem thống kê truy cập",
            text=f"Hôm nay {today} lượt truy cập, hôm qua {yesterday} lượt.",
            url=reverse("admin:visitors_day_changelist"),
            permission="visitors.view_day",
            order=60,
        )
    may = request.user.has_perm("visitors.change_openingbalance")
    if may and not OpeningBalance.objects.exists():
        yield StartCard(
            title="Mang số lượt truy cập của trang cũ sang",
            text="Nếu trang cũ có bộ đếm, nhập con số cuối cùng để dòng “Tất cả” đếm tiếp.",
            url=reverse("admin:visitors_openingbalance_add"),
            permission="visitors.change_openingbalance",
            order=90,
        )
