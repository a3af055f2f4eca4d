"""The pages of the admin on which a text is decided about: approval, withdrawal, preview.

Each shows on GET and decides on POST. A refusal of the workflow is shown on the same page,
with everything that was typed.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import edition_changes, previews, states, workflow
from articles.enclosures import listed
from articles.forms import DecisionForm, ReinstatementForm, WithdrawalForm
from articles.inspection import inspect
from articles.models import Article, Status
from articles.quality import blockers
from articles.rights import may_approve
from portal.accounts import name_of

__all__ = ["ReviewAdminMixin", "WithdrawalAdminMixin", "admin_url"]

# Steps that need no more than the press of a button, with what is said afterwards.
_STEPS = {
    "recall": (
        lambda content, actor: workflow.recall(content=content, actor=actor),
        "Đã rút lại để sửa tiếp.",
    ),
    "discard": (
        lambda content, actor: workflow.discard(content=content, actor=actor),
        "Đã bỏ bản sửa. Bản đó vẫn còn trong lịch sử.",
    ),
    "unschedule": (
        lambda content, actor: workflow.unschedule(article=content, actor=actor),
        "Đã hủy hẹn đăng.",
    ),
}


def admin_url(content, page):
    """Return the address of one of the admin's pages about `content`, such as "review"."""
    return reverse(f"admin:articles_{content._meta.model_name}_{page}", args=[content.pk])


class ReviewAdminMixin:
    """For a ModelAdmin of something `Reviewed`: its approval page, preview and plain steps."""

    def get_urls(self):
        return [
            self._page("duyet", self.review_view, "review"),
            self._page("xem-truoc", require_safe(self.preview_view), "preview"),
            self._page("buoc", require_POST(self.step_view), "step"),
            *super().get_urls(),
        ]

    def _page(self, words, view, name):
        return path(
            f"<int:object_id>/{words}/",
            self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view)),
            name=f"articles_{self.opts.model_name}_{name}",
        )

    def _content(self, request, object_id, *, may):
        """Return the article or page; 404 without one, 403 when `may` does not hold."""
        content = self.get_object(request, str(object_id))
        if content is None:
            raise Http404
        if not may(request, content):
            raise PermissionDenied
        return content

    def _render(self, request, template, content, *, status=200, **context):
        return TemplateResponse(
            request,
            f"admin/articles/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "content": content,
                "form_url": admin_url(content, "change"),
                **context,
            },
            status=status,
        )

    def tell_standing(self, request, content, sentence, level=messages.SUCCESS):
        """Say what was done and what readers see now, with a link if they see it."""
        address = self.public_address(content)
        self.message_user(
            request,
            format_html(
                '{} {} <a href="{}">Xem trên trang</a>',
                sentence,
                states.sentence(content),
                address,
            )
            if address
            else f"{sentence} {states.sentence(content)}",
            level,
        )

    # --- Approval -----------------------------------------------------------------------

    def review_view(self, request, object_id):
        """Show what waits for approval and take the decision about it."""
        content = self._content(
            request, object_id, may=lambda request, found: may_approve(request.user, found)
        )
        form = DecisionForm(
            request.POST or None, initial={"publish_at": _proposed_moment(content)}
        )
        status = 200
        if request.method == "POST" and form.is_valid():
            try:
                sentence = _decide(content, request.user, request.POST, form.cleaned_data)
            except workflow.Refused as refusal:
                form.add_error(None, list(refusal.reasons))
                status = 409 if isinstance(refusal, workflow.Stale) else 200
                content = self.get_object(request, str(object_id))
            else:
                self.tell_standing(request, content, sentence)
                return redirect("admin:index")
        edition = content.head
        findings = inspect(edition)
        steps = workflow.allowed_steps(content, request.user)
        return self._render(
            request,
            "review",
            content,
            status=status,
            title=f"Duyệt {content._meta.verbose_name}",
            edition=edition,
            written_by=name_of(edition.created_by),
            attachments=listed(edition),
            findings=findings,
            is_live=bool(self.public_address(content)),
            needs_reason="approve_alone" in steps or bool(blockers(findings)),
            comparison=content.is_pending
            and content.approved
            and edition_changes.between(content.approved, edition),
            form=form,
            media=form.media,
            standing=states.sentence(content),
            badges=states.badges(content),
            steps=steps,
            may_schedule=isinstance(content, Article) and content.status == Status.DRAFT,
            proposed_at=_proposed_moment(content),
            preview_url=previews.link(edition),
        )

    # --- Preview ------------------------------------------------------------------------

    def preview_view(self, request, object_id):
        """Show the edition in hand as readers will, on a phone and on a desk."""
        content = self._content(request, object_id, may=self.has_view_permission)
        address = previews.link(content.head)
        return self._render(
            request,
            "preview",
            content,
            title="Xem trước",
            edition=content.head,
            address=address,
            full_address=request.build_absolute_uri(address),
            open_until=previews.open_until(timezone.now()),
            standing=states.sentence(content),
        )

    # --- Plain steps --------------------------------------------------------------------

    def step_view(self, request, object_id):
        """Take a step that needs no words, and return to the form."""
        content = self._content(request, object_id, may=self.has_view_permission)
        step, sentence = _STEPS.get(request.POST.get("step"), (None, ""))
        if step is None:
            raise Http404
        try:
            step(content, request.user)
        except workflow.Refused as refusal:
            for reason in refusal.reasons:
                self.message_user(request, reason, messages.ERROR)
        else:
            self.tell_standing(request, content, sentence)
        return redirect(admin_url(content, "change"))


class WithdrawalAdminMixin:
    """For the ModelAdmin of articles: taking them back, and letting them be read again."""

    def get_urls(self):
        return [self._page("go", self.withdrawal_view, "withdraw"), *super().get_urls()]

    def withdrawal_view(self, request, object_id):
        """Withdraw an article with kind and reason, or reinstate one with a reason."""
        article = self._content(
            request, object_id, may=lambda request, found: may_approve(request.user, found)
        )
        is_back = "reinstate" in request.POST
        sent = request.POST or None
        kept = {"kind": article.withdrawal_kind, "reason": article.withdrawal_reason}
        withdrawal = WithdrawalForm(
            None if is_back else sent, initial=kept | {"merged_into": article.merged_into}
        )
        reinstatement = ReinstatementForm(sent if is_back else None, prefix="back")
        form = reinstatement if is_back else withdrawal
        if request.method == "POST" and form.is_valid():
            try:
                sentence = _withdraw_or_reinstate(article, request.user, form, is_back)
            except workflow.Refused as refusal:
                form.add_error(None, list(refusal.reasons))
                article = self.get_object(request, str(object_id))
            else:
                self.tell_standing(request, article, sentence)
                return redirect(admin_url(article, "change"))
        return self._render(
            request,
            "withdraw",
            article,
            title="Gỡ bài",
            form=withdrawal,
            reinstatement=reinstatement,
            media=withdrawal.media,
            standing=states.sentence(article),
            badges=states.badges(article),
            steps=workflow.allowed_steps(article, request.user),
        )


def _decide(content, actor, pressed, said):
    """Take the decision of the button that was `pressed`; return what to say of it."""
    if "return" in pressed:
        workflow.return_to_author(
            content=content, actor=actor, number=said["number"], remark=said["remark"]
        )
        return f"Đã trả lại “{content.head.title}” kèm ý kiến của bạn."
    publish_at = None
    if "schedule" in pressed:
        publish_at = said["publish_at"]
        if publish_at is None or publish_at <= timezone.now():
            raise workflow.Refused("Hãy chọn giờ hẹn đăng ở sau lúc này.")
    elif "approve" not in pressed:
        raise workflow.Refused("Hãy bấm một trong các nút quyết định ở cuối trang.")
    elif _proposed_moment(content) is not None:
        publish_at = timezone.now()
    workflow.approve(
        content=content,
        actor=actor,
        number=said["number"],
        publish_at=publish_at,
        override_reason=said["override_reason"],
    )
    return f"Đã duyệt “{content.title}”."


def _proposed_moment(content):
    """Return when the writer of something unpublished wants it to appear, if that is ahead."""
    moment = getattr(content, "published_at", None)
    is_ahead = moment is not None and moment > timezone.now()
    return moment if is_ahead and content.status == Status.DRAFT else None


def _withdraw_or_reinstate(article, actor, form, is_back):
    said = form.cleaned_data
    if is_back:
        workflow.reinstate(article=article, actor=actor, reason=said["reason"])
        return f"Đã cho đăng lại “{article.title}”."
    workflow.withdraw(article=article, actor=actor, **said)
    return f"Đã gỡ “{article.title}”."
