"""The pages of the admin on which it is decided about a period, and its history.

Each shows on GET what the step does and takes it on POST. A refusal of the workflow is shown on
the same page, with everything that was typed. Who lacks the right gets 403; who comes too late
is told what stands in the way.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from portal import drafting
from portal.accounts import name_of
from portal.audit import AuditEntry, phrase
from procedures import carry_over, comparison, results_article, states, workflow
from procedures.models import Period
from procedures.sheet_admin import HEADINGS, admin_url

__all__ = ["ReviewAdminMixin"]

_MOST_ENTRIES = 30  # of the audit; its own list has all of them
_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_KEY = re.compile(r"[0-9]{1,18}", re.ASCII)
OLD, NEW = "cu", "moi"  # in the query: the numbers of the editions to compare


class ReasonForm(forms.Form):
    """Why a step is taken; the label says who reads it."""

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class DecisionForm(forms.Form):
    """What an approver says; the button pressed is the decision."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    remark = forms.CharField(
        label="Ý kiến cho người nhập",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nói rõ cần sửa số nào. Người nhập thấy ý kiến này ở đầu trang của kỳ.",
    )
    override_reason = forms.CharField(
        label="Lý do tự duyệt",
        required=False,
        max_length=300,
        help_text="Cần ghi vì chính bạn đã nhập hoặc gửi bản này. Lý do được ghi vào nhật ký.",
    )


@dataclass(frozen=True)
class Step:
    """A step with a page of its own: who may take it, what its page says, what it does.

    `take(period, actor, reason)` takes it and `done` is said afterwards. With `reason_label`
    the page asks for a reason.
    """

    permission: str
    title: str
    explanation: str
    button: str
    take: Callable
    done: str
    reason_label: str = ""
    reason_help: str = ""


STEPS = {
    "submit": Step(
        workflow.ENTER,
        "Gửi duyệt",
        "Người duyệt sẽ xem số liệu đã lưu. Người dân chưa thấy gì cho đến khi được duyệt.",
        "Gửi duyệt",
        lambda period, actor, reason: workflow.submit(period=period, actor=actor),
        "Đã gửi duyệt.",
    ),
    "recall": Step(
        workflow.ENTER,
        "Rút về để sửa",
        "Bản đang chờ duyệt trở lại thành bản đang nhập. Sửa xong hãy gửi duyệt lại.",
        "Rút về",
        lambda period, actor, reason: workflow.recall(period=period, actor=actor),
        "Đã rút về.",
    ),
    "discard": Step(
        workflow.ENTER,
        "Bỏ bản đính chính",
        "Số liệu của bản đính chính đang làm bị bỏ hẳn. Người dân vẫn xem bản đã duyệt.",
        "Bỏ bản đính chính",
        lambda period, actor, reason: workflow.discard(period=period, actor=actor),
        "Đã bỏ bản đính chính.",
    ),
    "remove": Step(
        workflow.PUBLISH,
        "Gỡ khỏi trang công khai",
        "Ai mở địa chỉ của kỳ này sẽ nhận thông báo “đã gỡ” (mã 410) kèm lý do bạn ghi. Số "
        "liệu và mọi bản cũ vẫn được giữ trong hệ thống.",
        "Gỡ kỳ này",
        lambda period, actor, reason: workflow.remove(
            period=period, actor=actor, reason=reason
        ),
        "Đã gỡ khỏi trang công khai.",
        reason_label="Lý do gỡ",
        reason_help="Một câu, người dân đọc được. Không ghi tên ai. Ví dụ: Số liệu nhập nhầm kỳ.",
    ),
    "put_back": Step(
        workflow.PUBLISH,
        "Công khai lại",
        "Người dân lại xem được bản đã duyệt như trước khi gỡ, ở đúng địa chỉ cũ.",
        "Công khai lại",
        lambda period, actor, reason: workflow.put_back(
            period=period, actor=actor, reason=reason
        ),
        "Đã công khai lại.",
        reason_label="Lý do công khai lại",
        reason_help="Ghi vào nhật ký, người dân không thấy.",
    ),
    "delete": Step(
        "procedures.delete_period",
        "Xóa kỳ này",
        "Kỳ này chưa từng công khai. Toàn bộ số liệu đã nhập của kỳ bị xóa hẳn, không lấy lại "
        "được.",
        "Xóa hẳn",
        lambda period, actor, reason: workflow.delete_period(period=period, actor=actor),
        "Đã xóa.",
    ),
}
_ADDRESSES = {
    "submit": "gui-duyet",
    "recall": "rut-ve",
    "discard": "bo-dinh-chinh",
    "remove": "go",
    "put_back": "cong-khai-lai",
}


class ReviewAdminMixin:
    """For the ModelAdmin of periods: its steps, its approval page, its history, its article."""

    def get_urls(self):
        steps = [
            self._page(words, self.step_view, name, step=name)
            for name, words in _ADDRESSES.items()
        ]
        return [
            *steps,
            self._page("duyet", self.review_view, "review"),
            self._page("lap-bai-viet", require_POST(self.article_view), "article"),
            *super().get_urls(),
        ]

    def _page(self, words, view, name, **fixed):
        return path(
            f"<int:object_id>/{words}/",
            self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view)),
            fixed,
            name=f"procedures_period_{name}",
        )

    def _period(self, request, object_id, permission):
        """Return the period; 404 without one, 403 without `permission`."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        period = self.get_object(request, str(object_id))
        if period is None:
            raise Http404
        return period

    def _render(self, request, template, period, *, status=200, **context):
        return TemplateResponse(
            request,
            f"procedures/admin/{template}.html",
            {
                **self.admin_site.each_context(request),
                **HEADINGS,
                "opts": self.opts,
                "content": period,
                "period": period,
                "form_url": admin_url(period, "change"),
                "standing": states.sentence(period),
                "badges": states.badges(period),
                "steps": workflow.allowed_steps(period, request.user),
                **context,
            },
            status=status,
        )

    # --- Steps with a page of their own ---------------------------------------------------

    def step_view(self, request, object_id, step):
        """Say what a step does, ask for its reason, and take it."""
        said = STEPS[step]
        period = self._period(request, object_id, said.permission)
        form = None
        if said.reason_label:
            form = ReasonForm(request.POST or None)
            form.fields["reason"].label = said.reason_label
            form.fields["reason"].help_text = said.reason_help
        refused = ()
        if request.method == "POST" and (form is None or form.is_valid()):
            reason = form.cleaned_data["reason"] if form else ""
            try:
                said.take(period, request.user, reason)
            except workflow.Refused as refusal:
                refused = refusal.reasons
                period = self._period(request, object_id, said.permission)
            else:
                return self._after(request, period, step, said)
        return self._render(
            request,
            "step",
            period,
            title=said.title,
            step=said,
            form=form,
            refused=refused,
            may_take=step in workflow.allowed_steps(period, request.user),
            obstacles=workflow.obstacles(period)
            if step == "submit" and not refused
            else [],
        )

    def _after(self, request, period, step, said):
        if step == "delete":
            self.message_user(request, f"Đã xóa “{period}”.")
            return redirect("admin:procedures_period_changelist")
        self.message_user(request, f"{said.done} {states.sentence(period)}")
        return redirect(admin_url(period, "change"))

    def delete_view(self, request, object_id, extra_context=None):
        if not _KEY.fullmatch(object_id):
            raise Http404
        return self.step_view(request, int(object_id), "delete")

    # --- Approval ---------------------------------------------------------------------------

    def review_view(self, request, object_id):
        """Show what waits for approval and take the decision about it."""
        period = self._period(request, object_id, workflow.PUBLISH)
        form = DecisionForm(request.POST or None)
        status, refused = 200, ()
        if request.method == "POST" and form.is_valid():
            try:
                sentence = _decide(period, request.user, request.POST, form.cleaned_data)
            except workflow.Refused as refusal:
                refused = refusal.reasons
                status = 409 if isinstance(refusal, workflow.Stale) else 200
                period = self._period(request, object_id, workflow.PUBLISH)
            else:
                self.message_user(request, f"{sentence} {states.sentence(period)}")
                return redirect("admin:index")
        edition = period.head
        shown = comparison.between(period.approved or edition, edition)
        before = Period.objects.before(period).select_related("approved", "head").first()
        rows = workflow.rows_of(edition)
        rows_before = workflow.rows_of(before and (before.approved or before.head))
        return self._render(
            request,
            "review",
            period,
            status=status,
            title="Duyệt kết quả TTHC",
            edition=edition,
            details=workflow.details_of(edition),
            entered_by=name_of(edition.updated_by),
            figures=shown,
            is_correction=bool(period.approved_id) and period.approved_id != edition.pk,
            before=before,
            headline=comparison.headline(rows, rows_before),
            explained=[row for row in rows if row.carry_over_note],
            differences=carry_over.differences(period),
            obstacles=workflow.obstacles(period),
            form=form,
            refused=refused,
        )

    # --- History ----------------------------------------------------------------------------

    def history_view(self, request, object_id, extra_context=None):
        """Show the editions, and one of them against another, cell by cell."""
        if not _KEY.fullmatch(object_id):
            raise Http404
        period = self._period(request, int(object_id), "procedures.view_period")
        editions = list(
            period.editions.select_related(
                "created_by", "updated_by", "approved_by", "run", "signed_file"
            ).order_by("-number")
        )
        new = _chosen(editions, request.GET.get(NEW)) or period.head
        earlier = [each for each in editions if new and each.number < new.number]
        old = _chosen(editions, request.GET.get(OLD)) or (earlier[0] if earlier else None)
        return self._render(
            request,
            "history",
            period,
            title="Lịch sử các bản",
            new=new,
            old=old,
            figures=comparison.between(old or new, new),
            editions=[
                (each, name_of(each.updated_by), name_of(each.approved_by))
                for each in editions
            ],
            entries=[
                (entry, phrase(entry.action), name_of(entry.actor))
                for entry in AuditEntry.objects.about(period)[:_MOST_ENTRIES]
            ],
            may_open_entries=request.user.has_perm("portal.view_auditentry"),
        )

    # --- An article about it ----------------------------------------------------------------

    def article_view(self, request, object_id):
        """Have an article with the table drafted, for the newsroom to finish."""
        if not drafting.may_draft(request.user):
            raise PermissionDenied
        period = self._period(request, object_id, "procedures.view_period")
        try:
            drafted = results_article.draft(period, actor=request.user)
        except workflow.Refused as refusal:
            self.tell_refusal(request, refusal)
            return redirect(admin_url(period, "change"))
        self.message_user(request, drafted.sentence)
        return redirect(drafted.address or admin_url(period, "change"))


def _chosen(editions, asked):
    """Return the edition of that number, None without a number; 404 for one that never was."""
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked):
        raise Http404
    for edition in editions:
        if edition.number == int(asked):
            return edition
    raise Http404


def _decide(period, actor, pressed, said):
    """Take the decision of the button that was `pressed`; return what to say of it."""
    read = {"number": said["number"], "revision": said["revision"]}
    if "return" in pressed:
        workflow.return_to_clerk(period=period, actor=actor, remark=said["remark"], **read)
        return f"Đã trả lại “{period}” kèm ý kiến của bạn."
    if "approve" not in pressed:
        raise workflow.Refused("Hãy bấm một trong các nút quyết định ở cuối trang.")
    workflow.approve(
        period=period, actor=actor, override_reason=said["override_reason"], **read
    )
    return f"Đã duyệt và công khai “{period}”."
