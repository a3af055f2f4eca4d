"""The publication calendar under /quan-tri/: a board of duties, and the steps of each time."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from disclosure import board, workflow
from disclosure.forms import OFFERED, DutyForm, EventForm, NothingForm, RecordForm
from disclosure.models import Cadence, Duty, Occurrence, Outcome
from portal import identity, places
from portal.accounts import name_of
from portal.refusable_admin import RefusableAdmin
from portal.refusals import Refused
from portal.standing import moment

__all__ = ["DutyAdmin"]

_SHOWN_ITEMS = 30  # times that the form of a duty lists


@admin.register(Duty)
class DutyAdmin(RefusableAdmin):
    """Duties as a board; every change is a function of disclosure/workflow.py."""

    form = DutyForm
    add_form_template = change_form_template = "disclosure/admin/duty_form.html"
    filter_horizontal = ["bases"]
    view_on_site = False  # the form has its own link
    fieldsets = [
        (None, {"fields": ["title", "content", "section", "slug"]}),
        ("Theo quy định nào", {"fields": ["provision", "bases", "forms"]}),
        ("Ai làm", {"fields": ["owner", "owner_account"]}),
        (
            "Khi nào phải công khai",
            {
                "description": "Kỳ là tháng, quý, năm dương lịch. Chọn một cách tính hạn: số "
                "ngày; hoặc, với việc hằng năm, một ngày cố định; với việc một lần, một hạn.",
                "fields": [
                    *("cadence", "due_days", ("due_day", "due_month"), "due_on"),
                    *("since", "soon_days", "keep_days"),
                ],
            },
        ),
        ("Hiển thị", {"fields": ["order", "is_shown"]}),
    ]

    def get_urls(self):
        forms = require_http_methods(["GET", "HEAD", "POST"])
        pages = (
            ("<int:pk>/phat-sinh/", forms(self.event_view), "event"),
            ("<int:pk>/ra-soat/", require_POST(self.review_view), "review"),
            ("lan/<int:pk>/", forms(self.record_view), "record"),
            ("lan/<int:pk>/buoc/", require_POST(self.step_view), "step"),
        )
        return [
            *(
                path(
                    route, self.admin_site.admin_view(view), name=f"disclosure_duty_{name}"
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    # --- The board ----------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        """Show the duties in use by how they stand, then those that are not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        groups = board.by_state(board.read(Duty.objects.in_use(), today=today))
        others = board.read(Duty.objects.not_in_use(), today=today)
        may = request.user.has_perm
        return TemplateResponse(
            request,
            "disclosure/admin/board.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Lịch công khai theo luật",
                "groups": list(groups.items()),
                "later": board.State.LATER,
                "on_event": Cadence.ON_EVENT,
                "total": sum(map(len, groups.values())),
                "unreviewed": [each for each in others if each.duty.is_shown],
                "hidden": [each for each in others if not each.duty.is_shown],
                "may_add": self.has_add_permission(request),
                "may_record": may(workflow.RECORD),
                "may_review": may(workflow.REVIEW),
                "is_retired": identity.current().is_retired,
            },
        )

    # --- The form of a duty -------------------------------------------------------------

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None:
            stored = Duty.objects.filter(pk=obj.pk)
            (standing,) = board.read(stored, today=timezone.localdate())
            context |= {
                "standing": standing,
                "items": standing.items[:_SHOWN_ITEMS],
                "reviewed": obj.reviewed_at
                and f"{name_of(obj.reviewed_by)}, {moment(obj.reviewed_at)}",
                "repealed": [
                    workflow.repealed_sentence(basis) for basis in standing.repealed_bases
                ],
                "may_record": request.user.has_perm(workflow.RECORD),
            }
        context |= {
            "may_review": request.user.has_perm(workflow.REVIEW),
            "offered": places.offered(),
            "offered_id": OFFERED,
            "on_event": Cadence.ON_EVENT,
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Leave it to `save_related`: a duty is stored with its documents or not at all."""

    def save_related(self, request, form, formsets, change):
        duty = workflow.save_duty(
            duty=form.instance,
            bases=form.cleaned_data["bases"],
            section=form.cleaned_data["section"],
            actor=request.user,
        )
        if "_review" in request.POST:
            workflow.review(duty=duty, actor=request.user)

    def log_addition(self, request, obj, message):
        """Nothing: the audit has it."""

    log_change = log_addition

    def delete_model(self, request, obj):
        workflow.delete_duty(duty=obj, actor=request.user)

    # --- Steps --------------------------------------------------------------------------

    def review_view(self, request, pk):
        """Confirm a duty, or take the confirmation back."""
        duty = self._found(Duty.objects.all(), pk)
        if not request.user.has_perm(workflow.REVIEW):
            raise PermissionDenied
        try:
            if "unreview" in request.POST:
                workflow.unreview(duty=duty, actor=request.user)
                said = "Đã bỏ xác nhận. Người dân không còn thấy việc này."
            else:
                workflow.review(duty=duty, actor=request.user)
                said = f"Đã xác nhận rà soát. Người dân thấy “{duty}” trên lịch công khai."
        except Refused as refusal:
            self.tell_refusal(request, refusal)
        else:
            self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:disclosure_duty_changelist")

    def event_view(self, request, pk):
        """Take down that something came up, then go on to record it."""
        duty = self._found(Duty.objects.all(), pk)
        if not request.user.has_perm("disclosure.add_occurrence"):
            raise PermissionDenied
        initial = {"arose_on": timezone.localdate()}
        form = EventForm(request.POST or None, initial=initial)
        if form.is_valid():
            try:
                occurrence = workflow.add_occurrence(
                    duty=duty, actor=request.user, **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                due = f"{occurrence.due_on:%d/%m/%Y}"
                said = f"Đã ghi vào lịch, hạn công khai {due}."
                self.message_user(request, said, messages.SUCCESS)
                return redirect("admin:disclosure_duty_record", occurrence.pk)
        context = {"title": "Việc mới phát sinh", "duty": duty, "form": form}
        return self._page(request, "disclosure/admin/event.html", context)

    def record_view(self, request, pk):
        """Ask where one time was published, or why there was nothing to publish."""
        occurrence = self._found(Occurrence.objects.select_related("duty"), pk)
        if not request.user.has_perm(workflow.RECORD):
            raise PermissionDenied
        is_nothing = "nothing" in request.POST
        sent = request.POST if request.method == "POST" else None
        record_form = RecordForm(
            None if is_nothing else sent,
            initial={
                "page": places.line_of(occurrence.page),
                "attachment": occurrence.attachment_id,
                "published_on": occurrence.published_on or timezone.localdate(),
                "note": occurrence.note,
            },
            may_choose_documents=request.user.has_perm("portal.view_attachment"),
        )
        nothing_form = NothingForm(
            sent if is_nothing else None, initial={"note": occurrence.note}, prefix="khong"
        )
        form = nothing_form if is_nothing else record_form
        step = workflow.record_nothing if is_nothing else workflow.record
        if form.is_valid():
            try:
                step(occurrence=occurrence, actor=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                self.message_user(request, f"Đã ghi nhận: {occurrence}.", messages.SUCCESS)
                return redirect("admin:disclosure_duty_changelist")
        (standing,) = board.read(
            Duty.objects.filter(pk=occurrence.duty_id), today=timezone.localdate()
        )
        items = (each for each in standing.items if each.occurrence == occurrence)
        context = {
            "title": "Ghi nhận công khai",
            "duty": occurrence.duty,
            "occurrence": occurrence,
            "item": next(items, None),
            "is_recorded": occurrence.outcome != Outcome.WAITING,
            "form": record_form,
            "nothing_form": nothing_form,
            "offered": places.offered(),
            "offered_id": OFFERED,
            "media": self.media + record_form.media,
        }
        return self._page(request, "disclosure/admin/record.html", context)

    def step_view(self, request, pk):
        """Take back what was recorded, or delete what came up by mistake."""
        occurrence = self._found(Occurrence.objects.select_related("duty"), pk)
        is_removal = "remove" in request.POST
        right = "disclosure.delete_occurrence" if is_removal else workflow.RECORD
        if not request.user.has_perm(right):
            raise PermissionDenied
        step = workflow.remove_occurrence if is_removal else workflow.take_back
        try:
            step(occurrence=occurrence, actor=request.user)
        except Refused as refusal:
            self.tell_refusal(request, refusal)
        else:
            said = "Đã xóa khỏi lịch." if is_removal else "Đã bỏ ghi nhận; lần này lại chờ."
            self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:disclosure_duty_changelist")

    def _found(self, rows, pk):
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def _page(self, request, template, context):
        back = reverse("admin:disclosure_duty_change", args=[context["duty"].pk])
        frame = self.admin_site.each_context(request) | {"media": self.media}
        return TemplateResponse(
            request,
            template,
            {
                **frame,
                "opts": self.opts,
                "content": context["duty"],
                "form_url": back,
                **context,
            },
        )
