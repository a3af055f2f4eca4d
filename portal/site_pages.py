"""Pages about the site itself: its map, how accessible it is, what it keeps of its readers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import next_moment
from portal import menu
from portal.content_version import cached
from portal.pages import mark
from portal.targets import Target, known_targets

__all__ = ["accessibility", "privacy", "site_map"]

# When the words of the page about privacy last changed.
PRIVACY_ON = date(2026, 11, 24)

# What was last tested, as the page of accessibility says it; change all three together.
CHECKED_ON = date(2026, 11, 24)
CHECKS = (
    "Phần mềm kiểm tra axe-core đọc mọi kiểu trang công khai có nội dung mẫu, ở màn hình rộng "
    "360, 768 và 1280 điểm ảnh, với nền sáng, nền tối và tương phản cao: không còn lỗi nào mà nó "
    "nhận ra được. Mã trang được bộ kiểm tra của W3C xem là đúng chuẩn HTML.",
    "Đi hết menu, tìm kiếm, chọn cỡ chữ và các bảng chỉ bằng bàn phím: chỗ nào cũng tới được, "
    "luôn thấy rõ đang đứng ở đâu, và không bị kẹt lại.",
    "Tắt JavaScript và tắt cookie: vẫn đọc được mọi trang, vẫn dùng được menu, tìm kiếm và biểu mẫu.",
    "Phóng to trang đến 400% (màn hình hẹp còn 320 điểm ảnh): chữ xuống dòng, không phải kéo "
    "ngang để đọc; chỉ bảng số liệu nhiều cột cuộn trong khung riêng.",
)
LIMITS = (
    "Văn bản đính kèm (PDF, Word, Excel) do nhiều nơi lập ra. Bản chụp từ giấy là hình ảnh nên "
    "phần mềm đọc màn hình không đọc được. Cần bản khác, mời bạn hỏi theo cách ghi ở dưới.",
    "Bài chuyển từ trang cũ có thể còn ảnh thiếu lời mô tả, hoặc đầu mục viết bằng chữ đậm.",
    "Bảng kết quả giải quyết thủ tục hành chính có nhiều cột theo mẫu của nhà nước. Trên điện "
    "thoại phải cuộn trong khung; số liệu chính được viết lại thành lời ở đầu trang.",
    "Phần mềm chưa được người khiếm thị, khiếm thính dùng thử có ghi chép, và chưa có tổ chức "
    "độc lập nào đánh giá. Kiểm tra bằng máy chỉ thấy được một phần trở ngại.",
    "Trang của nơi khác mà cổng dẫn tới, như Cổng Dịch vụ công quốc gia, nằm ngoài phần kiểm tra này.",
)

# Where a target stands in the map, by the beginning of its key; what no line names comes last.
_GROUPS = (
    ("Giới thiệu", ("articles:page:",)),
    ("Cơ quan, cán bộ và lịch làm việc", ("organisation:", "contact")),
    ("Tin tức, thông báo", ("articles:",)),
    ("Thủ tục hành chính", ("catalogue:", "procedures:", "lookup:")),
    ("Thông tin công khai", ("disclosure:",)),
)
_REST = "Về trang này"


@dataclass(frozen=True)
class Group:
    """Some pages of the site under one heading."""

    title: str
    targets: tuple[Target, ...]


@cached(until=next_moment)
def _other_groups():
    """Return what no entry of the menu leads to, in groups."""
    in_menu = {
        node.url
        for top in menu.tree(known_targets())
        for node in (top, *top.children)
        if node.url
    }
    return tuple(
        _groups(
            target
            for target in known_targets().values()
            if target.has_content
            and target.url not in in_menu
            and target.key not in ("home", "site_map")
        )
    )


def _groups(targets: Iterable[Target]):
    titles = [title for title, _ in _GROUPS] + [_REST]
    members = {title: [] for title in titles}
    for target in targets:
        found = (title for title, keys in _GROUPS if target.key.startswith(keys))
        members[next(found, _REST)].append(target)
    for title in titles:
        if members[title]:
            yield Group(title, tuple(members[title]))


@require_safe
def site_map(request):
    """Show every page that can be reached by name: the menu, what else there is, the feeds."""
    return _page(
        request,
        "portal/site_map.html",
        kind="site_map",
        title="Sơ đồ trang",
        groups=_other_groups(),
    )


@require_safe
def accessibility(request):
    """Say how accessible the site is, what is known to be lacking, and whom to tell."""
    return _page(
        request,
        "portal/accessibility.html",
        kind="accessibility",
        title="Trợ năng",
        updated_on=CHECKED_ON,
        checks=CHECKS,
        limits=LIMITS,
    )


@require_safe
def privacy(request):
    """Say what the site keeps of those who read it, send something, or work on it."""
    return _page(
        request,
        "portal/privacy.html",
        kind="privacy",
        title="Quyền riêng tư",
        updated_on=PRIVACY_ON,
    )


def _page(request, template, *, kind, title, **context):
    context |= {
        "title": title,
        "crumbs": [("Trang chủ", reverse("home")), (title, "")],
        "canonical": request.build_absolute_uri(reverse(kind)),
    }
    return mark(render(request, template, context), kind=kind, title=title)
