"""Where staff keep the hours of the office and the days that are not as usual."""

from itertools import pairwise

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join

from organisation.clock import span_words
from organisation.clock_input import CLOCKS
from organisation.hours import OfficeDay, Timetable
from organisation.models import Hours, HoursPlan, SpecialDay, Weekday
from portal.audit_admin import AuditedAdminMixin

__all__ = ["HoursPlanAdmin", "SpecialDayAdmin"]

# Where no plan has been entered yet: the hours that offices usually keep, to be changed.
_USUAL = (("07:30", "11:30"), ("13:30", "17:00"))
_MOST_ROWS = 40


class HoursFormSet(forms.BaseInlineFormSet):
    """Names spans of one weekday that overlap, before the database refuses them."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        row = "dòng mới" if index is None else f"dòng {index + 1}"
        # The boxes of a table have no labels of their own.
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}, {row}"

    def clean(self):
        super().clean()
        spans = {}
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if said.get("DELETE") or not {"weekday", "opens_at", "closes_at"} <= set(said):
                continue
            span = (said["opens_at"], said["closes_at"])
            spans.setdefault(said["weekday"], []).append(span)
        for weekday, of_day in sorted(spans.items()):
            for first, second in pairwise(sorted(of_day)):
                if second[0] < first[1]:
                    raise forms.ValidationError(
                        f"{Weekday(weekday).label}: buổi {span_words(*first)} và buổi "
                        f"{span_words(*second)} chồng giờ nhau. Hãy sửa giờ hoặc bỏ một buổi."
                    )


class HoursInline(admin.TabularInline):
    model = Hours
    formset = HoursFormSet
    formfield_overrides = CLOCKS
    extra = 1
    max_num = _MOST_ROWS

    def get_extra(self, request, obj=None, **kwargs):
        return self.extra if obj else len(_first_rows())


def _first_rows():
    """Return the rows that a new plan begins with: those of the latest, or the usual ones."""
    latest = HoursPlan.objects.prefetch_related("spans").first()
    if latest is None:
        return [
            {"weekday": weekday.value, "opens_at": opens_at, "closes_at": closes_at}
            for weekday in list(Weekday)[:5]
            for opens_at, closes_at in _USUAL
        ]
    return list(latest.spans.values("weekday", "opens_at", "closes_at"))


@admin.register(HoursPlan)
class HoursPlanAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """Plans with their week as people read it; a new one begins with the rows of the latest."""

    inlines = [HoursInline]
    fields = ["name", "starts_on", "in_words"]
    readonly_fields = ["in_words"]
    list_display = ["name", "starts_on", "in_words"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("spans")

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        # Not on POST: rows that were left as they were proposed are to be stored, too.
        if obj.pk is None and request.method == "GET":
            kwargs["initial"] = _first_rows()
        return kwargs

    @admin.display(description="người dân đọc được")
    def in_words(self, plan):
        if plan.pk is None:
            return (
                "Các buổi bên dưới chép từ lịch gần nhất (hoặc giờ hành chính thường dùng). "
                "Hãy sửa cho đúng, lưu, rồi đọc lại ở đây."
            )
        timetable = Timetable(plans=((plan.starts_on, plan.by_weekday()),), special={})
        usual = timetable.usual(plan.starts_on)
        return (
            format_html_join("", "<div>{}: {}</div>", usual)
            or "Không mở cửa ngày nào. Hãy ghi các buổi làm việc bên dưới."
        )


@admin.register(SpecialDay)
class SpecialDayAdmin(AuditedAdminMixin, admin.ModelAdmin):
    formfield_overrides = CLOCKS
    list_display = ["day", "weekday", "in_words", "reason"]
    fields = ["day", "reason", "opens_at", "closes_at"]
    date_hierarchy = "day"
    search_fields = ["reason__unaccent"]
    actions = None

    @admin.display(description="thứ", ordering="day")
    def weekday(self, row):
        return Weekday(row.day.isoweekday()).label

    @admin.display(description="giờ mở cửa")
    def in_words(self, row):
        spans = ((row.opens_at, row.closes_at),) if row.opens_at else ()
        return OfficeDay(row.day, spans).words
