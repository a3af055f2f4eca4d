"""Where staff keep the catalogue: procedures, lĩnh vực, TTHC settings."""

from datetime import UTC, datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import exports
from portal.accounts import name_of
from portal.directory import ASSUME_HTTPS
from portal.refusable_admin import RefusableAdmin
from portal.refusals import Refused
from portal.standing import Badge, moment
from portal.text import fold
from portal.uploads import UploadRefused, charge
from procedures import catalogue, catalogue_update
from procedures.catalogue_facts import Parts
from procedures.catalogue_forms import (
    ChannelForm,
    ChannelFormSet,
    EntryForm,
    FieldForm,
    PaperForm,
    PartFormSet,
    SettingsForm,
    StepForm,
    UpdateForm,
)
from procedures.models import (
    Channel,
    Field,
    Procedure,
    ProcedureChannel,
    ProcedureSettings,
    ProcedureStep,
    RequiredPaper,
)

_EXPORTS = {
    "xlsx": exports.xlsx_response,
    "csv": exports.csv_response,
    "json": exports.json_response,
}
_NEVER = datetime.min.replace(tzinfo=UTC)


def badges(procedure):
    """Return where a procedure stands: whether readers can use it, and see it all."""
    found = [
        Badge("ok" if procedure.is_in_force else "late", procedure.get_status_display())
    ]
    if procedure.is_reviewed:
        found.append(Badge("ok", "Đã rà soát"))
    else:
        found.append(Badge("plain", "Chưa rà soát"))
    if procedure.is_common:
        found.append(Badge("info", "Hay dùng"))
    return found


def _shown_badges(found):
    return format_html_join(
        " ",
        '<span class="badge badge--{}">{}</span>',
        ((badge.kind, badge.words) for badge in found),
    )


# --- The list of procedures -------------------------------------------------------------


class ReviewFilter(admin.SimpleListFilter):
    title = "rà soát"
    parameter_name = "ra-soat"

    def lookups(self, request, model_admin):
        return [("chua", "Chưa rà soát"), ("roi", "Đã rà soát")]

    def queryset(self, request, queryset):
        match self.value():
            case "chua":
                return queryset.unreviewed()
            case "roi":
                return queryset.reviewed()
        return queryset


class ChannelFilter(admin.SimpleListFilter):
    title = "cách nộp"
    parameter_name = "cach-nop"

    def lookups(self, request, model_admin):
        return [(str(value), label) for value, label in Channel.choices]

    def queryset(self, request, queryset):
        if self.value() not in {str(value) for value in Channel.values}:
            return queryset
        return queryset.filter(channels__channel=int(self.value()))


# --- What stands below a procedure ------------------------------------------------------


class _PartInline(admin.TabularInline):
    """Rows that belong to the procedure: whoever may change it may change them."""

    formset = PartFormSet
    extra = 2

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("procedures.view_procedure")

    def has_change_permission(self, request, obj=None):
        verb = "add" if obj is None else "change"
        return request.user.has_perm(f"procedures.{verb}_procedure")

    has_add_permission = has_delete_permission = has_change_permission


class ChannelInline(_PartInline):
    model = ProcedureChannel
    form = ChannelForm
    formset = ChannelFormSet
    template = "procedures/admin/channels_inline.html"
    max_num = len(Channel)
    can_delete = False

    def get_extra(self, request, obj=None, **kwargs):
        return len(self.missing(obj))

    @staticmethod
    def missing(procedure):
        """Return the ways in which the procedure is not taken yet."""
        known = set()
        if procedure is not None and procedure.pk:
            known = {each.channel for each in procedure.channels.all()}
        return [each for each in Channel if each not in known]


class PaperInline(_PartInline):
    model = RequiredPaper
    form = PaperForm


class StepInline(_PartInline):
    model = ProcedureStep
    form = StepForm


@admin.register(Procedure)
class ProcedureAdmin(RefusableAdmin):
    """Procedures; each change is a function of procedures/catalogue.py."""

    formfield_overrides = ASSUME_HTTPS
    form = EntryForm
    stale = catalogue.Stale
    inlines = [ChannelInline, PaperInline, StepInline]
    change_list_template = "procedures/admin/procedure_list.html"
    add_form_template = change_form_template = "procedures/admin/procedure_form.html"
    list_display = ["name", "code", "field", "standing"]
    list_filter = [ReviewFilter, "is_common", "status", ChannelFilter, "field"]
    list_select_related = ["field"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name"]  # Django asks for it; `get_search_results` looks in more.
    search_help_text = (
        "Tìm theo tên, mã, cách người dân hay gọi. Gõ có dấu hay không dấu đều được."
    )
    filter_horizontal = ["legal_bases"]
    view_on_site = False  # the form has its own link
    fieldsets = [
        (None, {"fields": ["code", "name", "field", "also_known_as", "is_common"]}),
        (
            "Ai giải quyết, nộp ở đâu, nhận được gì",
            {
                "fields": [
                    *("level", "handled_by", "where_to_submit", "contact_phone"),
                    *("result", "national_url"),
                ]
            },
        ),
        (
            "Hiệu lực",
            {
                "fields": [
                    ("status", "replaced_by"),
                    ("effective_on", "ended_on"),
                    ("decision", "decision_on"),
                ]
            },
        ),
        ("Căn cứ pháp lý", {"classes": ["collapse"], "fields": ["legal_bases"]}),
        ("Mẫu đơn, tờ khai", {"classes": ["collapse"], "fields": ["downloads"]}),
        (
            "Nguồn của thông tin (chỉ cán bộ thấy)",
            {
                "classes": ["collapse"],
                "fields": ["source", "source_via", "confidence", "caveat", "is_core"],
            },
        ),
    ]

    def get_urls(self):
        pages = (
            (
                "cap-nhat/",
                require_http_methods(["GET", "HEAD", "POST"])(self.update_view),
                "update",
            ),
            ("tai-ve/", require_safe(self.export_view), "export"),
            ("<int:object_id>/ra-soat/", require_POST(self.review_view), "review"),
        )
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(view),
                    name=f"procedures_procedure_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    # --- The list -----------------------------------------------------------------------

    def get_search_results(self, request, queryset, search_term):
        """Look in name, code and other names, accents or not: for the phrase, else each word."""
        words = fold(search_term).split()
        if not words:
            return queryset, False
        rows = Procedure.objects.values_list("pk", "code", "name", "also_known_as")
        folded = {pk: fold(" ".join(texts)) for pk, *texts in rows}
        phrase = " ".join(words)
        found = [pk for pk, text in folded.items() if phrase in text] or [
            pk for pk, text in folded.items() if all(word in text for word in words)
        ]
        return queryset.filter(pk__in=found), False

    @admin.display(description="tình trạng", ordering="status")
    def standing(self, procedure):
        return _shown_badges(badges(procedure))

    # --- The form -----------------------------------------------------------------------

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, ChannelInline):
            kwargs["initial"] = [{"channel": int(each)} for each in inline.missing(obj)]
        return kwargs

    def get_fieldsets(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        # Who only reads gets the facts, no box for uploads.
        return [each for each in self.fieldsets if each[1]["fields"] != ["downloads"]]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        refusal = getattr(request, "refusal", None)
        if obj is not None:
            sent = (
                None
                if isinstance(refusal, catalogue.Stale)
                else request.POST.get("based_on")
            )
            context |= {
                "badges": badges(obj),
                "reviewed": obj.reviewed_at
                and f"{name_of(obj.reviewed_by)}, {moment(obj.reviewed_at)}",
                "obstacles": catalogue.review_obstacles(obj),
                "based_on": sent or obj.updated_at.isoformat(),
                "public_address": obj.get_absolute_url(),
            }
        context["may_review"] = request.user.has_perm(catalogue.REVIEW)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Leave it to `save_related`: a procedure is stored with its parts or not at all."""

    def save_related(self, request, form, formsets, change):
        said = form.cleaned_data
        procedure = form.instance
        attachments, refused = said["downloads"].store(actor=request.user)
        was_reviewed = procedure.is_reviewed
        parts = {"legal_bases": list(said["legal_bases"])}
        for formset in formsets:
            formset.save(commit=False)  # notes what changed, for the history
            parts[formset.part] = formset.rows()
        catalogue.save_procedure(
            procedure=procedure,
            actor=request.user,
            parts=Parts(forms=form.form_rows(attachments), **parts),
            based_on=_moment(request.POST.get("based_on")) if change else None,
        )
        if "_review" in request.POST:
            catalogue.review_procedure(procedure=procedure, actor=request.user)
        if was_reviewed and not procedure.is_reviewed:
            refused.append(
                "Thủ tục trở lại “chưa rà soát”: không còn ghi thời hạn hay phí của cách nộp nào, "
                "hoặc bạn chưa được giao quyền xác nhận."
            )
        for sentence in refused:
            self.message_user(request, sentence, messages.WARNING)

    def delete_model(self, request, obj):
        catalogue.delete_procedure(procedure=obj, actor=request.user)

    # --- Confirmation -------------------------------------------------------------------

    def review_view(self, request, object_id):
        """Confirm what is stored, or take the confirmation back; return to the form."""
        procedure = self.get_object(request, str(object_id))
        if procedure is None:
            raise Http404
        if not request.user.has_perm(catalogue.REVIEW):
            raise PermissionDenied
        try:
            if "unreview" in request.POST:
                catalogue.unreview_procedure(procedure=procedure, actor=request.user)
                said = (
                    "Đã bỏ xác nhận. Người dân chỉ còn thấy mã, tên, lĩnh vực và liên kết."
                )
            else:
                catalogue.review_procedure(procedure=procedure, actor=request.user)
                said = "Đã xác nhận rà soát. Người dân thấy đầy đủ thủ tục này kèm ngày rà soát."
        except Refused as refusal:
            self.tell_refusal(request, refusal)
        else:
            self.message_user(request, said, messages.SUCCESS)
        return redirect(_address("change", procedure.pk))

    # --- Files --------------------------------------------------------------------------

    def export_view(self, request):
        """Give the whole catalogue as the file that the update takes back."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind = request.GET.get("dang", "xlsx")
        if kind not in _EXPORTS:
            raise Http404
        return _EXPORTS[kind](catalogue_update.exported(), f"danh-muc-thu-tuc.{kind}")

    def update_view(self, request):
        """Take a file, show what it would change, and store it after a yes."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = UpdateForm()
        context = {"form": form}
        if request.method == "POST" and "token" in request.POST:
            context |= self._confirmed(request)
        elif request.method == "POST":
            form = context["form"] = UpdateForm(request.POST, request.FILES)
            if form.is_valid():
                context |= self._compared(request, form)
        if context.get("is_done"):
            return redirect(_address("changelist"))
        return TemplateResponse(
            request,
            "procedures/admin/catalogue_update.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "Cập nhật danh mục từ tệp",
                **context,
            },
        )

    def _compared(self, request, form):
        file = form.cleaned_data["file"]
        try:
            charge(request.user)
            said = catalogue_update.read(file, name=file.name)
            return self._shown(request, said, catalogue_update.compare(said))
        except UploadRefused as refused:
            form.add_error("file", str(refused))
        except Refused as refused:
            form.add_error("file", list(refused.reasons))
        return {}

    def _confirmed(self, request):
        try:
            said, seen = catalogue_update.from_token(
                request.POST["token"], actor=request.user
            )
        except Refused as refused:
            self.tell_refusal(request, refused)
            return {}
        try:
            found = catalogue_update.apply(
                said=said,
                actor=request.user,
                fingerprint=seen,
                reviewed=request.POST.getlist("reviewed"),
            )
        except Refused as refused:
            self.tell_refusal(request, refused)
            try:
                return self._shown(request, said, catalogue_update.compare(said))
            except Refused:
                return {}  # the same reasons as above
        kept = len(found.reviewed) - len(
            {each.procedure.code for each in found.reviewed}
            & set(request.POST.getlist("reviewed"))
        )
        self.message_user(
            request,
            "Không có thay đổi."
            if found.is_nothing
            else f"Đã thêm {len(found.new)} thủ tục, sửa {len(found.changed) - kept} thủ tục.",
            messages.SUCCESS,
        )
        return {"is_done": True}

    @staticmethod
    def _shown(request, said, found):
        token = catalogue_update.to_token(said, found.fingerprint, actor=request.user)
        return {"found": found, "name": said.name, "token": token}


def _address(page, *arguments):
    return reverse(f"admin:procedures_procedure_{page}", args=arguments)


def _moment(text):
    """Return when the form was opened; what is no moment is long past."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    return at if at.tzinfo else _NEVER


# --- Lĩnh vực, settings -----------------------------------------------------------------


@admin.register(Field)
class FieldAdmin(RefusableAdmin):
    """The lĩnh vực, which the rows of every sheet choose from."""

    form = FieldForm
    list_display = ["name", "order", "totals_only"]
    list_filter = ["totals_only"]
    search_fields = ["name"]
    list_per_page = 100

    def get_fields(self, request, obj=None):
        fields = ["name", "slug", "order", "totals_only"]
        return fields if obj is None or obj.totals_only else [*fields, "drop_rows"]

    def save_model(self, request, obj, form, change):
        catalogue.save_field(
            field=obj,
            actor=request.user,
            drop_rows=form.cleaned_data.get("drop_rows", False),
        )

    def delete_model(self, request, obj):
        catalogue.delete_field(field=obj, actor=request.user)


@admin.register(ProcedureSettings)
class ProcedureSettingsAdmin(RefusableAdmin):
    """The one row of choices: whoever may change it may also enter it."""

    form = SettingsForm
    list_display = ["__str__", "lookup_enabled", "publish_within_days", "dossier_months"]
    fieldsets = [
        (
            "Nơi tiếp nhận hồ sơ",
            {"fields": ["office_name", "office_phone", "office_hours"]},
        ),
        (
            "Liên kết sang Cổng Dịch vụ công quốc gia",
            {"fields": ["procedure_link", "dossier_link"]},
        ),
        ("Tra cứu hồ sơ", {"fields": ["lookup_enabled", "dossier_months"]}),
        (
            "Lịch công khai kết quả",
            {
                "fields": [
                    *("expected_kind", "expected_rule"),
                    *("publish_within_days", "last_day"),
                ]
            },
        ),
    ]

    def has_add_permission(self, request):
        return (
            self.has_change_permission(request) and not ProcedureSettings.objects.exists()
        )

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        catalogue.save_settings(settings=obj, actor=request.user)
