"""Importing a file under /quan-tri/: choose, match the columns, look, confirm; the list of imports.

Each step is a page of the run, so it can be left and returned to for an hour. What a file
holds is shown only to the one who brought it.
"""

from collections import defaultdict
from itertools import islice

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts import name_of
from portal.refusals import Refused
from portal.standing import moment
from portal.uploads import UploadRefused, charge, kept_in_memory
from procedures import comparison, publishing, workflow
from procedures.import_forms import ColumnsForm, UploadForm
from procedures.imports import error_workbook, report, storing
from procedures.imports.staged import Level
from procedures.models import (
    DossierStatus,
    ImportKind,
    ImportRun,
    ImportState,
    Period,
    Stage,
)
from procedures.sheet_admin import HEADINGS, admin_url

__all__ = ["ImportRunAdmin"]

MOST_PERIODS = 60  # offered for an import
MOST_IN_GROUP = 20  # problems of one kind on the page; the workbook has the rest
MOST_IN_WORKBOOK = 100_000  # rows; a worksheet ends at 1,048,576
_HASH_SHOWN = 8  # characters of a fingerprint


class ImportRunAdmin(admin.ModelAdmin):
    """The imports: a list of all, and the steps of one."""

    list_display = [
        "file_name",
        "state_shown",
        "period_name",
        "by",
        "created_at",
        "fingerprint",
        "next_step",
    ]
    list_select_related = ["period__head", "created_by"]
    list_per_page = 50
    show_full_result_count = False
    actions = None
    change_list_template = "procedures/admin/import_list.html"

    # --- Rights -----------------------------------------------------------------------

    def has_add_permission(self, request):
        return request.user.has_perm(storing.PERMISSION)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            self._path("tien-do/", require_safe(self.progress_view), "progress"),
            self._path("<int:run_id>/cot/", self.columns_view, "columns"),
            self._path("<int:run_id>/loi/", require_safe(self.problems_view), "problems"),
            self._path("<int:run_id>/buoc/", require_POST(self.step_view), "step"),
            *super().get_urls(),
        ]

    def _path(self, route, view, name):
        view = require_http_methods(["GET", "HEAD", "POST"])(view)
        return path(route, self.admin_site.admin_view(view), name=_name(name))

    def _run(self, request, run_id):
        run = (
            ImportRun.objects.select_related("period__head", "created_by")
            .filter(pk=run_id)
            .first()
        )
        if run is None:
            raise Http404
        return run

    def _own_run(self, request, run_id):
        """Return a run of this person; 403 for those of others, whose files are theirs."""
        run = self._run(request, run_id)
        if not self.has_add_permission(request) or run.created_by_id != request.user.pk:
            raise PermissionDenied
        return run

    # --- The list -----------------------------------------------------------------------

    @admin.display(description="tình trạng", ordering="state")
    def state_shown(self, run):
        return format_html(
            '<span class="badge badge--{}">{}</span>',
            _TONES.get(run.state, "plain"),
            run.get_state_display(),
        )

    @admin.display(description="người nhập")
    def by(self, run):
        return name_of(run.created_by)

    @admin.display(description="kỳ", ordering="period__ends_on")
    def period_name(self, run):
        return run.period.name

    @admin.display(description="SHA-256")
    def fingerprint(self, run):
        return format_html("<code>{}</code>", run.sha256[:_HASH_SHOWN])

    @admin.display(description="việc tiếp")
    def next_step(self, run):
        if run.state == ImportState.READY:
            return format_html('<a href="{}">Xem trước</a>', _url("change", run))
        if _is_in_hand(run):
            return format_html('<a href="{}#hoan-tac">Hoàn tác</a>', _url("change", run))
        return ""

    # --- 1. The file --------------------------------------------------------------------

    @kept_in_memory
    def add_view(self, request, form_url="", extra_context=None):
        """Take a file and read it; a script gets the answer as JSON, others a page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        duties = publishing.duties(timezone.localdate())
        offered = _offered_periods(duties)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(
            *sent, periods=offered, initial=_initial(request, offered, duties)
        )
        status = 200
        if sent and form.is_valid():
            try:
                run = self._begin(request, form.cleaned_data)
            except storing.Busy as refusal:
                form.add_error(None, list(refusal.reasons))
                status = 409
            except (Refused, UploadRefused) as refusal:
                form.add_error(None, list(getattr(refusal, "reasons", [str(refusal)])))
            else:
                if run.state != ImportState.FAILED:
                    return _answer(request, _url("columns", run))
                form.add_error("file", run.failure)
        if sent and _is_script(request):
            errors = [text for texts in form.errors.values() for text in texts]
            return JsonResponse({"errors": errors}, status=status if status > 200 else 422)
        return self._page(
            request,
            "upload",
            title="Nhập kết quả từ tệp",
            step=1,
            form=form,
            progress_url=_url("progress"),
            busy=_other_import(request.user),
            status=status,
        )

    def _begin(self, request, said):
        charge(request.user)
        period = said["period"]
        is_new = period.pk is None
        if is_new:
            try:
                workflow.create_period(period=period, actor=request.user)
            except IntegrityError:
                raise Refused("Kỳ này vừa được lập. Hãy bấm gửi lại lần nữa.") from None
        run = None
        try:
            run = storing.begin(
                period=period,
                kind=ImportKind(said["kind"]),
                file=said["file"],
                name=said["file"].name,
                actor=request.user,
            )
        finally:
            # A file that was refused leaves nothing behind, no empty period either.
            if is_new and (run is None or run.state == ImportState.FAILED):
                workflow.delete_period(period=period, actor=None)
        return run

    def progress_view(self, request):
        """Say how far the reading of this person's file is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        run = (
            ImportRun.objects.filter(created_by=request.user, state=ImportState.READING)
            .newest()
            .first()
        )
        progress = run.progress if run else {}
        return JsonResponse(
            {
                "sentence": progress.get("step") or "Đang đọc tệp",
                "done": progress.get("done"),
                "total": progress.get("total"),
            }
        )

    # --- 2. The columns -----------------------------------------------------------------

    def columns_view(self, request, run_id):
        """Show what each column is taken for, and take what the clerk says instead."""
        run = self._own_run(request, run_id)
        if run.state != ImportState.READY:
            return redirect(_url("change", run))
        try:
            found, choices = storing.preview(run), storing.choices_of(run)
        except Refused as refusal:
            return self._tell(request, refusal, _url("change", run))
        form = ColumnsForm(
            request.POST if request.method == "POST" else None,
            run=run,
            interpreted=found,
            choices=choices,
        )
        if form.is_bound and form.is_valid():
            try:
                storing.remap(
                    run=run, mapping=form.mapping, choices=form.choices, actor=request.user
                )
            except Refused as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                return redirect(_url("change", run))
        return self._page(
            request,
            "columns",
            title="Đối chiếu cột",
            step=2,
            run=run,
            form=form,
            found=found,
            missing=[
                report.wrong(each)
                for each in found.blockers
                if each.code == "column-missing"
            ],
        )

    # --- 3. What confirming would store ---------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show a run: its preview while it waits for the one who brought it, or what it was."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied  # nothing of a run is ever edited
        if not str(object_id).isdecimal() or len(str(object_id)) > 18:
            raise Http404
        run = self._run(request, object_id)
        is_own = run.created_by_id == request.user.pk and self.has_add_permission(request)
        refusal = ""
        if run.state == ImportState.READY and is_own:
            try:
                return self._preview(request, run, storing.preview(run))
            except Refused as refused:
                refusal = str(refused)
        return self._page(
            request,
            "run",
            title=f"Lần nhập tệp “{run.file_name}”",
            step=4 if run.state == ImportState.DONE else 0,
            run=run,
            refusal=refusal,
            facts=_facts(run),
            may_import=self.has_add_permission(request),
            is_in_hand=_is_in_hand(run),
            may_cancel=self.has_add_permission(request)
            and run.state in (ImportState.READING, ImportState.READY),
            period_url=admin_url(run.period, "change"),
        )

    def _preview(self, request, run, found):
        return self._page(
            request,
            "preview",
            title="Xem trước",
            step=3,
            run=run,
            found=found,
            dropped=[
                heading.text or f"cột {heading.letter}"
                for heading in found.staged.headings
                if heading.dropped == report.PRIVATE
            ],
            problem_groups=_grouped(found.problems),
            is_unchanged=found.is_ready and storing.is_unchanged(run, found),
            **HEADINGS,
            figures=_compared(run.period.head, found.rows),
            has_former=run.period.head.sheets.exists(),
            statuses=[
                (DossierStatus(status).label, count)
                for status, count in sorted(found.by_status.items())
            ],
            not_counted=[
                (report.NOT_COUNTED[reason], count)
                for reason, count in sorted(found.not_counted.items())
            ],
            stage=run.period.stage,
            stages=Stage,
            is_of_dossiers=run.kind == ImportKind.DOSSIERS,
        )

    def problems_view(self, request, run_id):
        """Give the one who brought the file a workbook of what is wrong with it."""
        run = self._own_run(request, run_id)
        try:
            problems = storing.preview(run).problems
        except Refused as refusal:
            return self._tell(request, refusal, _url("change", run))
        problems = islice(_in_order(problems), MOST_IN_WORKBOOK)
        return error_workbook.response(problems=problems, file_name=run.file_name)

    # --- 4. The answer ------------------------------------------------------------------

    def step_view(self, request, run_id):
        """Confirm, cancel or undo a run; pressing twice does no more than pressing once."""
        run = self._run(request, run_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        step = request.POST.get("step")
        steps = {"confirm": self._confirm, "cancel": self._cancel, "undo": self._undo}
        if step not in steps:
            raise Http404
        try:
            return steps[step](request, run)
        except storing.Gone as gone:
            return self._tell(request, gone, _url("changelist"))
        except Refused as refusal:
            return self._tell(request, refusal, _url("change", run))

    def _confirm(self, request, run):
        is_again = run.state == ImportState.DONE and run.created_by_id == request.user.pk
        if not is_again:
            try:
                storing.confirm(run=run, actor=request.user)
            except storing.Unchanged as unchanged:
                return self._tell(
                    request, unchanged, admin_url(run.period, "change"), messages.INFO
                )
            except workflow.Stale as stale:
                return self._tell(request, stale, _url("columns", run))
        self.message_user(
            request,
            f"Đã nhập {_grouped_digits(run.rows_counted)} hồ sơ của tệp “{run.file_name}” vào "
            f"{run.period.name}. Hãy xem lại bảng rồi gửi duyệt.",
            messages.SUCCESS,
        )
        return redirect(admin_url(run.period, "change"))

    def _cancel(self, request, run):
        storing.cancel(run=run, actor=request.user)
        self.message_user(
            request,
            "Đã hủy. Số liệu của kỳ vẫn như trước khi tải tệp lên.",
            messages.SUCCESS,
        )
        return redirect(_url("changelist"))

    def _undo(self, request, run):
        storing.undo(run=run, actor=request.user)
        self.message_user(
            request,
            f"Đã hoàn tác lần nhập tệp “{run.file_name}”. {run.period.name} có lại số liệu "
            "trước đó.",
            messages.SUCCESS,
        )
        return redirect(_url("change", run))

    # --- Shared -------------------------------------------------------------------------

    def _tell(self, request, refusal, address, level=messages.ERROR):
        for reason in refusal.reasons:
            self.message_user(request, reason, level)
        return redirect(address)

    def _page(self, request, template, *, status=200, **context):
        return TemplateResponse(
            request,
            f"procedures/admin/import_{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "steps": ("Chọn tệp", "Đối chiếu cột", "Xem trước", "Xong"),
                **context,
            },
            status=status,
        )


_TONES = {
    ImportState.DONE: "ok",
    ImportState.READY: "info",
    ImportState.READING: "info",
    ImportState.FAILED: "late",
}


def _is_in_hand(run):
    """Whether the figures that staff work on are those of `run`, so that it can be undone.

    There is nothing to go back to from the first edition that readers saw.
    """
    period = run.period
    is_first_published = period.stage == Stage.APPROVED and period.head.number == 1
    return (
        run.state == ImportState.DONE
        and period.head.run_id == run.pk
        and not is_first_published
    )


def _name(page):
    return f"procedures_importrun_{page}"


def _url(page, run=None):
    return reverse(f"admin:{_name(page)}", args=[run.pk] if run else [])


def _is_script(request):
    return request.headers.get("Accept", "").startswith("application/json")


def _answer(request, address):
    return JsonResponse({"url": address}) if _is_script(request) else redirect(address)


def _offered_periods(duties):
    """Return the periods that a file may be for: those expected and not made yet, then all."""
    new = [each.new_period() for each in duties if each.period is None]
    return [*new, *Period.objects.newest()[:MOST_PERIODS]]


def _initial(request, offered, duties):
    """Return what the form begins with: what the address names, else the period that is due."""
    asked, kind = request.GET.get("ky"), request.GET.get("loai")
    due = publishing.next_owed(duties)
    return {
        "period": asked
        if asked in {period.code for period in offered}
        else due and due.code,
        "kind": kind if kind in ImportKind.values else ImportKind.DOSSIERS,
    }


def _other_import(user):
    """Return who else has a file read right now, and since when, as a sentence; "" for nobody."""
    other = (
        ImportRun.objects.filter(state=ImportState.READING)
        .exclude(created_by=user)
        .newest()
        .first()
    )
    if other is None:
        return ""
    since = timezone.localtime(other.created_at)
    return f"{name_of(other.created_by)} đang nhập một tệp từ lúc {since:%H:%M}."


def _in_order(problems):
    """Return what must be corrected first, then warnings, each by row."""
    return sorted(
        problems, key=lambda each: (each.level != Level.BLOCKER, each.code, each.row or 0)
    )


class _Ellipses(dict):
    def __missing__(self, key):
        return "…"


def _grouped(problems):
    """Return the problems by kind for the page: a title, how many, the first of them.

    The title is the sentence of the only one, or what the sentences have in common.
    """
    groups = defaultdict(list)
    for problem in _in_order(problems):
        groups[problem.level, problem.code].append(problem)
    return [
        {
            "is_blocker": level == Level.BLOCKER,
            "title": report.wrong(found[0])
            if len(found) == 1
            else report.WORDING[code][0].format_map(_Ellipses()),
            "advice": report.advice(found[0]),
            "count": len(found),
            "more": max(0, len(found) - MOST_IN_GROUP),
            "rows": [(each, report.wrong(each)) for each in found[:MOST_IN_GROUP]],
        }
        for (level, code), found in groups.items()
    ]


def _compared(head, rows):
    """Return `rows` beside what is in hand now; with nothing in hand, as they are."""
    details = workflow.details_of(head)
    former = workflow.rows_of(head)
    return comparison.compare(former or rows, details, rows, details)


def _facts(run):
    """Return what is kept of a run, as pairs of words."""
    facts = [
        ("Kỳ", run.period.label),
        ("Loại tệp", run.get_kind_display()),
        ("Người nhập", name_of(run.created_by)),
        ("Lúc", moment(run.created_at)),
        ("Cỡ tệp", f"{_grouped_digits(-(-run.size // 1024))} KB"),
        ("SHA-256", run.sha256),
        ("Số dòng đọc được", _grouped_digits(run.rows_read)),
    ]
    if run.rows_counted:
        facts.append(("Số hồ sơ được tính", _grouped_digits(run.rows_counted)))
    return facts


def _grouped_digits(number):
    return number_format(number, force_grouping=True)
