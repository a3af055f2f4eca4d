"""The page of the admin on which a period is set up and its sheet is typed in.

Everything is one form: the period when it is new, the grid, and what stands around it. Nothing
typed is lost: mistakes, a refusal of the workflow and a newer save by somebody else all show
the page again as it was sent.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from portal import drafting
from portal.attachments import AttachmentRefused
from procedures import carry_over, comparison, states, workflow
from procedures.figures import COLUMNS, SPANS, Figures
from procedures.forms import PeriodForm, new_period
from procedures.models import Field, PeriodStatus, Source, Stage
from procedures.sheet_forms import (
    DetailsForm,
    SheetFormSet,
    initial_details,
    initial_rows,
)

__all__ = ["HEADINGS", "SheetAdminMixin", "admin_url"]

# The two heading rows of the official form.
HEADINGS = {"columns": COLUMNS, "groups": SPANS}
_PREFIX = "rows"


def admin_url(period, page):
    """Return the address of one of the admin's pages about `period`, such as "review"."""
    return reverse(f"admin:procedures_period_{page}", args=[period.pk])


@dataclass
class Entry:
    """The forms of one sheet page, empty or as they were sent, and what is wrong with them."""

    rows: SheetFormSet
    details: DetailsForm
    period: PeriodForm | None = None
    refused: tuple[str, ...] = ()
    stale: comparison.Comparison | None = None
    is_judged: bool = False
    are_rows_judged: bool = False

    @classmethod
    def offered(cls, period, *, period_form=None):
        """Return the forms as they are first shown, prefilled from what is there."""
        edition = period.head
        rows = initial_rows(workflow.rows_of(edition)) or carry_over.prefilled_rows(period)
        details = workflow.details_of(edition)
        begins_correction = period.stage == Stage.APPROVED
        return cls(
            rows=SheetFormSet(prefix=_PREFIX, initial=rows),
            details=DetailsForm(
                is_correction=bool(period.approved_id),
                initial=initial_details(details, edition=edition)
                | ({"correction_note": ""} if begins_correction else {}),
            ),
            period=period_form,
        )

    @classmethod
    def sent(cls, period, request, *, period_form=None):
        """Return the forms as they were sent."""
        data = request.POST
        if "_add_row" in data:
            # Without JavaScript: the same page with one row more.
            data = data.copy()
            shown = SheetFormSet(data, prefix=_PREFIX).total_form_count()
            data[f"{_PREFIX}-TOTAL_FORMS"] = str(shown + 1)
        return cls(
            rows=SheetFormSet(data, prefix=_PREFIX),
            details=DetailsForm(
                data, request.FILES, is_correction=bool(period.approved_id)
            ),
            period=period_form,
        )

    def is_valid(self, *, with_rows):
        self.is_judged, self.are_rows_judged = True, with_rows
        judged = [form for form in (self.period, self.details) if form is not None]
        if with_rows:
            judged.append(self.rows)
        # Each is asked, so that all mistakes are named at once.
        valid = [form.is_valid() for form in judged]
        return all(valid)

    @property
    def mistakes(self):
        """What is wrong, as pairs of the id of an input ("" for none) and a sentence."""
        if not self.is_judged:
            return []
        of_period = self.period.mistakes() if self.period is not None else []
        refused = [("", sentence) for sentence in self.refused]
        of_rows = self.rows.mistakes() if self.are_rows_judged else []
        return of_period + of_rows + self.details.mistakes() + refused


class SheetAdminMixin:
    """For the ModelAdmin of periods: adding one, and entering or correcting its figures."""

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        if sent is not None and "_refill" in sent:
            asked = {name: sent.get(name, "") for name in ("code", "rule")}
            return redirect(f"{reverse('admin:procedures_period_add')}?{urlencode(asked)}")
        offered = new_period(request.GET)
        form = PeriodForm(sent, initial={"code": offered.code, "rule": offered.rule})
        form.propose(offered)
        if sent is None:
            return self._sheet_page(
                request, offered, Entry.offered(offered, period_form=form)
            )
        return self._save_sent(
            request, form.instance, Entry.sent(form.instance, request, period_form=form)
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        period = self.get_object(request, unquote(object_id))
        if period is None:
            raise Http404
        if not self.has_view_or_change_permission(request, period):
            raise PermissionDenied
        if request.method != "POST":
            return self._sheet_page(request, period, Entry.offered(period))
        if not self.has_change_permission(request, period):
            raise PermissionDenied
        return self._save_sent(request, period, Entry.sent(period, request))

    def _save_sent(self, request, period, entry):
        """Store what was sent; show the page again with everything typed if that fails."""
        if "_add_row" in request.POST:
            return self._sheet_page(request, period, entry)
        is_nothing = "_nothing" in request.POST
        if not entry.is_valid(with_rows=not is_nothing):
            return self._sheet_page(request, period, entry)
        status = 200
        try:
            rows = _rows_of_nothing(period, entry.rows) if is_nothing else entry.rows.rows()
            details = entry.details.details(actor=request.user)
            with transaction.atomic():
                self._store(request, period, rows, details, based_on=entry.details.based_on)
        except workflow.Stale as stale:
            entry.refused, status = stale.reasons, 409
            entry.stale = comparison.compare(
                workflow.rows_of(stale.edition),
                workflow.details_of(stale.edition),
                rows,
                details,
            )
            entry.details.go_on_from(stale.edition)
        except workflow.Refused as refusal:
            entry.refused = refusal.reasons
        except AttachmentRefused as refusal:
            entry.refused = (str(refusal),)
        else:
            return self._after_saving(request, period)
        if entry.period is not None:
            # The period was not stored after all.
            period.pk = period.head = period.head_id = None
            period._state.adding = True
        return self._sheet_page(request, period, entry, status=status)

    def _store(self, request, period, rows, details, *, based_on):
        actor = request.user
        if period.pk is None:
            workflow.create_period(period=period, actor=actor)
            workflow.save_sheet(period=period, actor=actor, rows=rows, details=details)
            return
        head = period.head
        if period.stage == Stage.APPROVED and _is_the_same(head, rows, details):
            raise workflow.Refused(
                "Bạn chưa sửa gì so với bản đã duyệt nên không có bản đính chính nào được lập."
            )
        source = head.source if head else Source.MANUAL
        edition = workflow.save_sheet(
            period=period, actor=actor, rows=rows, details=details, based_on=based_on
        )
        if edition.source != source:
            self.message_user(
                request,
                "Bạn đã sửa số liệu bằng tay: từ nay kỳ này ghi là nhập tay và không còn gắn "
                "với tệp đã nhập.",
                messages.WARNING,
            )

    def _after_saving(self, request, period):
        is_held_back = False
        if "_submit" in request.POST:
            try:
                workflow.submit(period=period, actor=request.user)
            except workflow.Refused as refusal:
                is_held_back = True
                self.tell_refusal(request, refusal)
        if is_held_back:
            said, level = "Đã lưu, nhưng chưa gửi duyệt được.", messages.WARNING
        else:
            said, level = "Đã lưu.", messages.SUCCESS
        self.message_user(request, f"{said} {states.sentence(period)}", level)
        return redirect(admin_url(period, "change"))

    def tell_refusal(self, request, refusal):
        for reason in refusal.reasons:
            self.message_user(request, reason, messages.ERROR)

    def _sheet_page(self, request, period, entry, *, status=200):
        steps = workflow.allowed_steps(period, request.user) if period.pk else {"save"}
        edition = period.head
        expected = carry_over.left_open(period)
        by_key = {str(field.pk): count for field, count in (expected or {}).items()}
        entry.rows.expect(None if expected is None else by_key)
        open_to_typing = "save" in steps
        return TemplateResponse(
            request,
            "procedures/admin/sheet.html",
            {
                **self.admin_site.each_context(request),
                **HEADINGS,
                "opts": self.opts,
                "title": str(period) if period.pk else "Nhập kết quả một kỳ",
                "content": period if period.pk else None,
                "form_url": period.pk and admin_url(period, "change"),
                "period": period,
                "edition": edition,
                "entry": entry,
                "media": self.media + entry.details.media,
                "open_to_typing": open_to_typing,
                "expected": None if expected is None else by_key,
                "unnamed": _left_out(expected, entry.rows),
                "offers_nothing": not any(by_key.values())
                and not workflow.rows_of(edition),
                "figures": not open_to_typing and comparison.between(edition, edition),
                "obstacles": workflow.obstacles(period)
                if {"submit", "approve", "approve_alone"} & steps and edition.revision
                else [],
                "may_draft_article": period.status == PeriodStatus.PUBLISHED
                and drafting.may_draft(request.user),
                "steps": steps,
                "standing": period.pk and states.sentence(period),
                "badges": states.badges(period) if period.pk else [],
                "public_address": period.is_published and period.get_absolute_url(),
            },
            status=status,
        )


def _rows_of_nothing(period, formset):
    """Return rows of zeros for the lĩnh vực of `formset`, for a period in which nothing came."""
    waiting = sum((carry_over.left_open(period) or {}).values())
    if waiting:
        raise workflow.Refused(
            f"Kỳ trước còn {waiting} hồ sơ đang giải quyết chuyển sang nên kỳ này không phải là "
            "không phát sinh hồ sơ. Hãy nhập kết quả của các hồ sơ đó."
        )
    if formset.has_figures:
        raise workflow.Refused(
            "Bảng đang có số liệu nên chưa ghi được “Không phát sinh hồ sơ”. Hãy xóa các số "
            "đã gõ rồi bấm lại, hoặc bấm Lưu."
        )
    fields = formset.chosen_fields() or list(Field.objects.all())
    if not fields:
        raise workflow.Refused("Chưa có lĩnh vực nào. Hãy thêm lĩnh vực trước.")
    return [workflow.SheetRow(field, Figures()) for field in fields]


def _is_the_same(head, rows, details):
    """Tell whether a correction would change nothing that readers see."""
    kept = workflow.details_of(head)
    details = replace(details, correction_note=kept.correction_note)
    return comparison.compare(workflow.rows_of(head), kept, rows, details).is_empty


def _left_out(expected, formset):
    """Return the lĩnh vực with dossiers left open by the period before that have no row here."""
    chosen = set(formset.chosen_fields())
    return [
        (field, pending)
        for field, pending in (expected or {}).items()
        if pending and field not in chosen
    ]
