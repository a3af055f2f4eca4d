"""“Công khai tháng này”: one page from what is owed to what readers see, with the next step."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.accounts import name_of
from portal.standing import moment
from procedures import publishing, workflow
from procedures.models import PeriodStatus, Stage
from procedures.sheet_admin import admin_url

__all__ = ["DuePeriodMixin"]


@dataclass(frozen=True)
class Step:
    """One of the steps to a published period; `state` is "done", "now" or "later"."""

    title: str
    text: str
    state: str
    links: tuple = ()  # (address, words), the likelier first
    lacking: tuple = ()  # sentences


class DuePeriodMixin:
    """For the ModelAdmin of periods: the page of the period that is to be published next."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.due_view))
        return [path("cong-khai/", view, name="procedures_period_due"), *super().get_urls()]

    def due_view(self, request):
        """Show how far the period is that is owed first, or the one of the code `?ky=`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        duties = publishing.duties(today)
        owed = [each for each in duties if each.is_owed]
        asked = request.GET.get("ky")
        chosen = next(
            (each for each in duties if each.code == asked),
            publishing.next_owed(duties) or next(iter(duties), None),
        )
        return TemplateResponse(
            request,
            "procedures/admin/period_due.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Công khai tháng này",
                "duty": chosen,
                "steps": _steps(chosen, request.user, today) if chosen else [],
                "others": [each for each in owed if each is not chosen],
            },
        )


def _steps(duty, user, today):
    period = duty.period
    rows = workflow.rows_of(period.head) if period else []
    obstacles = workflow.obstacles(period, today=today) if rows else []
    is_public = period is not None and period.status != PeriodStatus.DRAFT
    is_sent = period is not None and period.stage in (Stage.SUBMITTED, Stage.APPROVED)
    return [
        _entering(duty, rows, user, is_closed=is_sent or is_public),
        _checking(period, rows, obstacles, is_closed=is_sent),
        _submitting(period, user, is_ready=bool(rows) and not obstacles, is_sent=is_sent),
        _publishing(period, user, is_public=is_public),
    ]


def _entering(duty, rows, user, *, is_closed):
    period, code = duty.period, duty.code
    links = []
    if user.has_perm("procedures.import_results"):
        links.append(
            (f"{reverse('admin:procedures_importrun_add')}?ky={code}", "Nhập từ tệp")
        )
    if period is not None:
        words = "Sửa bảng số liệu" if rows else "Nhập vào bảng"
        links.append((admin_url(period, "change"), words))
    elif user.has_perm("procedures.add_period"):
        series = f"code={code}&rule={duty.rule}"
        address = reverse("admin:procedures_period_add")
        links.append((f"{address}?{series}", "Nhập tay, cột 6 lấy từ kỳ trước"))
    if not rows:
        text = (
            "Kỳ này chưa có số liệu. Nhanh nhất là tải lên danh sách hồ sơ hoặc Biểu II.06a xuất "
            "từ hệ thống một cửa; không có tệp thì nhập tay vào bảng."
        )
        return Step("Nhập số liệu", text, "now", tuple(links))
    source = period.head.get_source_display()
    received = sum(row.figures.received for row in rows)
    text = f"Đã có {len(rows)} lĩnh vực, {received} hồ sơ ({source})."
    return Step("Nhập số liệu", text, "done", () if is_closed else tuple(links))


def _checking(period, rows, obstacles, *, is_closed):
    title = "Kiểm tra"
    if not rows:
        text = "Cổng đối chiếu tổng các cột và số chuyển từ kỳ trước, rồi nói còn thiếu gì."
        return Step(title, text, "later")
    if period.stage == Stage.RETURNED:
        text = f"Người duyệt đã trả lại: {period.remark}"
        links = ((admin_url(period, "change"), "Mở bảng để sửa"),)
        return Step(title, text, "now", links, tuple(obstacles))
    if obstacles and not is_closed:
        text = "Trước khi gửi duyệt còn phải làm:"
        links = ((admin_url(period, "change"), "Mở bảng để sửa"),)
        return Step(title, text, "now", links, tuple(obstacles))
    return Step(title, "Các số khớp nhau, không còn thiếu gì.", "done")


def _submitting(period, user, *, is_ready, is_sent):
    title = "Gửi duyệt"
    if is_sent and period.submitted_at:
        text = f"{name_of(period.submitted_by)} đã gửi lúc {moment(period.submitted_at)}."
        return Step(title, text, "done")
    if is_sent:
        return Step(title, "Đã gửi.", "done")
    may = period is not None and "submit" in workflow.allowed_steps(period, user)
    if is_ready and may:
        text = "Bảng đã đủ. Hãy xem lại lần cuối rồi gửi cho người duyệt."
        links = (
            (admin_url(period, "submit"), "Gửi duyệt"),
            (admin_url(period, "change"), "Xem lại bảng"),
        )
        return Step(title, text, "now", links)
    return Step(
        title, "Người nhập gửi bảng cho người duyệt.", "now" if is_ready else "later"
    )


def _publishing(period, user, *, is_public):
    title = "Duyệt và công khai"
    if is_public:
        if period.status == PeriodStatus.REMOVED:
            text = f"Kỳ này đã bị gỡ khỏi trang công khai. Lý do: {period.removal_reason}"
            return Step(title, text, "done", ((admin_url(period, "change"), "Xem kỳ này"),))
        text = f"Người dân thấy kỳ này từ {moment(period.published_at)}."
        return Step(
            title, text, "done", ((period.get_absolute_url(), "Xem trang công khai"),)
        )
    if period is None or period.stage != Stage.SUBMITTED:
        text = "Người duyệt xem bảng; duyệt xong là người dân thấy ngay."
        return Step(title, text, "later")
    if user.has_perm(workflow.PUBLISH):
        links = ((admin_url(period, "review"), "Xem và duyệt"),)
        return Step(title, "Kỳ này đang chờ bạn duyệt.", "now", links)
    return Step(title, "Đang chờ người duyệt. Bạn không cần làm gì thêm.", "now")
