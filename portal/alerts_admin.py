"""The strip above every page, in the admin."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone

from portal.alerts import Alert, Grade, switch_off
from portal.audit_admin import AuditedAdminMixin

__all__ = ["AlertAdmin"]

SUGGESTED = timedelta(hours=24)
# How long an alert may stand at once, in days: what is always there is read by nobody.
LONGEST = {Grade.EMERGENCY: 7, Grade.WARNING: 14, Grade.NOTICE: 60}
READABLE = 3  # alerts at the same time
SAMPLES = (
    Alert(
        grade=Grade.EMERGENCY,
        title="Bão số 3 đổ bộ đêm nay, các hộ ven sông sơ tán trước 17 giờ.",
        text="Nơi sơ tán: nhà văn hóa thôn. Cần giúp thì gọi số trực của xã.",
    ),
    Alert(
        grade=Grade.WARNING,
        title="Từ ngày mai trời rét hại, bà con che chắn chuồng trại và mạ non.",
    ),
    Alert(
        grade=Grade.NOTICE,
        title="Chiều thứ Sáu Bộ phận một cửa nghỉ để chuyển phòng làm việc.",
    ),
)


class AlertForm(forms.ModelForm):
    """Suggests an end, and refuses one that is past or too far away."""

    class Meta:
        widgets = {
            "grade": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at"} & set(self.fields):
            field = self.fields[name]
            for box, words in zip(field.widget.widgets, ("ngày", "giờ"), strict=True):
                box.attrs["aria-label"] = f"{field.label}: {words}"

    def clean(self):
        cleaned = super().clean()
        ends_at, starts_at = cleaned.get("ends_at"), cleaned.get("starts_at")
        if ends_at and starts_at and "ends_at" in self.changed_data:
            now = timezone.now()
            if ends_at <= now:
                raise ValidationError(
                    {"ends_at": "Giờ tắt đã qua, người đọc sẽ không thấy."}
                )
            most = LONGEST.get(cleaned.get("grade"), min(LONGEST.values()))
            if ends_at - max(starts_at, now) > timedelta(days=most):
                raise ValidationError(
                    {
                        "ends_at": f"Mức này hiện tối đa {most} ngày mỗi lần, để tin trên đầu "
                        "trang luôn là tin đang cần. Còn cần thì sau này gia hạn thêm."
                    }
                )
        return cleaned


class StandingFilter(admin.SimpleListFilter):
    title = "tình trạng"
    parameter_name = "tinh-trang"

    def lookups(self, request, model_admin):
        return [("hien", "đang hiện"), ("khac", "không hiện")]

    def queryset(self, request, queryset):
        shown = Alert.objects.in_force().values("pk")
        if self.value() == "hien":
            return queryset.filter(pk__in=shown)
        return queryset.exclude(pk__in=shown) if self.value() == "khac" else queryset


@admin.register(Alert)
class AlertAdmin(AuditedAdminMixin, admin.ModelAdmin):
    """The alerts, the last to end first."""

    form = AlertForm
    list_display = ["title", "grade_name", "standing", "starts_at", "ends_at"]
    list_filter = [StandingFilter, "grade"]
    search_fields = ["title", "text"]
    actions = ["switch_off_chosen"]
    readonly_fields = ["preview"]
    fieldsets = (
        (
            None,
            {
                "fields": ("grade", "title", "text", ("link_label", "link_url")),
                "description": "Tin hiện trên đầu mọi trang của cổng, ngay khi lưu hoặc từ "
                "giờ đã hẹn.",
            },
        ),
        ("Thời gian", {"fields": ("starts_at", "ends_at", "is_on")}),
        ("Người đọc thấy", {"fields": ("preview",)}),
    )

    class Media:
        css = {"all": ["css/alerts.css", "admin-theme/newsroom.css"]}

    def get_changeform_initial_data(self, request):
        now = timezone.now().replace(second=0, microsecond=0)
        suggested = {"starts_at": now, "ends_at": now + SUGGESTED}
        return suggested | super().get_changeform_initial_data(request)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        shown = Alert.objects.in_force().count()
        if shown > READABLE:
            messages.warning(
                request,
                f"Đang có {shown} tin cùng hiện trên đầu trang, người đọc khó đọc hết. Hãy "
                "tắt bớt tin không còn cần.",
            )

    @admin.action(description="Tắt ngay", permissions=["change"])
    def switch_off_chosen(self, request, queryset):
        for alert in queryset:
            switch_off(alert=alert, actor=request.user)
        messages.success(request, "Đã tắt. Người đọc không còn thấy các tin đã chọn.")

    @admin.display(description="mức độ", ordering="grade")
    def grade_name(self, alert):
        return alert.grade_name

    @admin.display(description="tình trạng")
    def standing(self, alert):
        return alert.standing(timezone.now())

    @admin.display(description="xem trước")
    def preview(self, alert):
        alerts = [alert] if alert.pk else SAMPLES
        return render_to_string("admin/alert_samples.html", {"alerts": alerts})
