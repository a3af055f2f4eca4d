"""Where staff keep the timetable of receiving citizens."""

from contextlib import suppress
from datetime import date, time, timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from organisation import receptions
from organisation.clock_input import CLOCKS, ClockInput
from organisation.models import Officer, Reception, Weekday
from organisation.reception_entrances import week_words
from portal.plausible_days import DayField
from portal.read_only import retired_on
from portal.refusable_admin import RefusableAdmin, RefusableForm
from portal.refusals import Refused

__all__ = ["ReceptionAdmin"]

_USUAL_WEEKS = 4
_PLACE, _HOST, _NOTE = (
    Reception._meta.get_field(name) for name in ("place", "host", "note")
)


class ReceptionForm(RefusableForm):
    class Meta:
        model = Reception
        fields = [
            "day",
            "starts_at",
            "ends_at",
            "officer",
            "host",
            "place",
            "note",
            "cancelled_reason",
        ]


class WeeksForm(forms.Form):
    """What is the same for all receptions that are laid out at once."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Vào các ngày",
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    first = DayField(label="Từ ngày", widget=AdminDateWidget)
    last = DayField(
        label="Đến hết ngày",
        widget=AdminDateWidget,
        help_text=f"Mỗi lần tối đa {receptions.MOST_WEEKS} tuần.",
    )
    starts_at = forms.TimeField(label="Tiếp từ", widget=ClockInput)
    ends_at = forms.TimeField(label="Đến", widget=ClockInput)
    officer = forms.ModelChoiceField(
        Officer.objects.none(), label="Người tiếp", required=False
    )
    host = forms.CharField(
        label="Hoặc chỉ ghi chức vụ",
        required=False,
        max_length=_HOST.max_length,
        help_text=_HOST.help_text,
    )
    place = forms.CharField(label="Địa điểm", max_length=_PLACE.max_length)
    note = forms.CharField(label="Ghi chú", required=False, max_length=_NOTE.max_length)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = Officer.objects.shown().select_related("body")


class TimeFilter(admin.SimpleListFilter):
    """Begins with what is still to come."""

    title = "thời gian"
    parameter_name = "luc"

    def lookups(self, request, model_admin):
        return [("tuan-nay", "Tuần này"), ("da-qua", "Đã qua"), ("tat-ca", "Tất cả")]

    def choices(self, changelist):
        coming, *others = super().choices(changelist)
        return [coming | {"display": "Từ tuần này trở đi"}, *others]

    def queryset(self, request, queryset):
        monday = receptions.monday_of(timezone.localdate())
        sunday = monday + timedelta(days=6)
        match self.value():
            case "tuan-nay":
                return queryset.filter(day__range=(monday, sunday))
            case "da-qua":
                return queryset.filter(day__lt=monday).order_by("-day", "starts_at")
            case "tat-ca":
                return queryset
        return queryset.filter(day__gte=monday)


@admin.register(Reception)
class ReceptionAdmin(RefusableAdmin):
    """Receptions by week; a form of its own lays out several weeks at once."""

    form = ReceptionForm
    formfield_overrides = CLOCKS
    list_display = ["week", "day_words", "hours_words", "host_words", "place", "standing"]
    list_display_links = ["day_words"]
    list_select_related = ["officer"]
    list_filter = [TimeFilter]
    search_fields = ["host__unaccent", "officer__name__unaccent", "place__unaccent"]
    change_list_template = "organisation/admin/reception_list.html"

    def get_fields(self, request, obj=None):
        fields = list(self.form.Meta.fields)
        if obj is None:
            fields.remove("cancelled_reason")
        return fields

    def get_urls(self):
        view = self.admin_site.admin_view(
            require_http_methods(["GET", "HEAD", "POST"])(self.weeks_view)
        )
        mine = [path("theo-tuan/", view, name="organisation_reception_weeks")]
        return [*mine, *super().get_urls()]

    def save_model(self, request, obj, form, change):
        receptions.save(reception=obj, actor=request.user)

    def delete_model(self, request, obj):
        receptions.delete(reception=obj, today=timezone.localdate(), actor=request.user)

    def changelist_view(self, request, extra_context=None):
        today = timezone.localdate()
        may_tell = self.has_add_permission(request) and not retired_on()
        lacking = receptions.weeks_without(today=today) if may_tell else []
        weeks = [week_words(monday, today=today) for monday in lacking]
        return super().changelist_view(
            request, {"weeks_without": weeks} | (extra_context or {})
        )

    # --- Several weeks at once ---

    def weeks_view(self, request):
        """Show what laying out several weeks would make, and make it after a yes."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form, proposal = WeeksForm(initial=_proposed_values(request.GET.get("tu"))), None
        if request.method == "POST":
            form = WeeksForm(request.POST)
            proposal = self._taken(request, form)
        if proposal and "save" in request.POST:
            return redirect("admin:organisation_reception_changelist")
        return TemplateResponse(
            request,
            "organisation/admin/reception_weeks.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Lập lịch theo tuần",
                "form": form,
                "media": self.media + form.media,
                "proposal": proposal,
            },
        )

    def _taken(self, request, form):
        """Return the proposal for a form, stored if that was asked; None if it is refused."""
        if not form.is_valid():
            return None
        wanted = form.cleaned_data
        try:
            if "save" not in request.POST:
                return receptions.propose(**wanted)
            proposal = receptions.lay_out(actor=request.user, **wanted)
        except Refused as refused:
            form.add_error(None, list(refused.reasons))
            return None
        said = f"Đã thêm {len(proposal.new)} buổi tiếp công dân."
        if proposal.skipped:
            said += f" Bỏ qua {len(proposal.skipped)} ngày nghỉ."
        self.message_user(request, said, messages.SUCCESS)
        return proposal

    # --- The list ---

    @admin.display(description="tuần", ordering="day")
    def week(self, reception):
        monday = receptions.monday_of(reception.day)
        return week_words(monday, today=timezone.localdate())

    @admin.display(description="ngày", ordering="day")
    def day_words(self, reception):
        return f"{reception.weekday} {reception.day:%d/%m/%Y}"

    @admin.display(description="giờ", ordering="starts_at")
    def hours_words(self, reception):
        return reception.hours_words

    @admin.display(description="người tiếp")
    def host_words(self, reception):
        return reception.host_words

    @admin.display(description="tình trạng")
    def standing(self, reception):
        if reception.is_cancelled:
            return format_html(
                '<span class="badge badge--late">Hoãn</span> {}', reception.cancelled_reason
            )
        return "Có tiếp"


def _proposed_values(since):
    """Return what the form begins with: the next weeks, as the last reception was."""
    today = timezone.localdate()
    first = receptions.monday_of(today) + timedelta(days=7)
    with suppress(ValueError):  # no day in the address, or one that is none
        asked = date.fromisoformat(since or "")
        first = max(today, min(asked, today + timedelta(days=365)))
    monday = receptions.monday_of(first)
    values = {
        "first": first,
        "last": monday + timedelta(days=7 * _USUAL_WEEKS - 1),
        "starts_at": time(7, 30),
        "ends_at": time(11, 30),
    }
    latest = Reception.objects.held().order_by("-day").first()
    if latest is None:
        return values
    return values | {
        "weekdays": [latest.day.isoweekday()],
        "starts_at": latest.starts_at,
        "ends_at": latest.ends_at,
        "officer": latest.officer_id,
        "host": latest.host,
        "place": latest.place,
    }
