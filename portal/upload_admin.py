"""What the admins of pictures and attachments share: uploads, words about many, deletion."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST

from portal import audit
from portal.files import FileInUse, may_reword, uses_of
from portal.upload_fields import FilesField
from portal.uploads import MAX_AT_ONCE, UploadRefused, charge

__all__ = ["UploadAdmin"]


class UploadAdmin(admin.ModelAdmin):
    """A store of uploaded files: one at a time, several at once, or from the editor.

    A subclass says how a file is stored (`store`), how one goes (`delete`), the form for the
    words about one among many (`words_form`, `words_help`), and its texts.
    """

    change_list_template = "admin/uploads/change_list.html"
    list_per_page = 50
    show_full_result_count = False
    words_form = forms.ModelForm
    words_help = ""
    accept = ""
    upload_help = ""

    def store(self, upload, *, actor, **words):
        """Store an uploaded file and return its object. Raises `UploadRefused`."""
        raise NotImplementedError

    def delete(self, target, *, actor):
        """Delete an object with its file. Raises `FileInUse`."""
        raise NotImplementedError

    def answer_for(self, target):
        """Return what the editor has to know about a file that it sent."""
        raise NotImplementedError

    # --- uploads ---------------------------------------------------------------------

    def get_urls(self):
        views = (
            ("tai-len/", require_POST(self.upload_view), "upload"),
            ("tai-nhieu/", _form_view(self.several_view), "several"),
            ("ghi-ten/", _form_view(self.words_view), "words"),
        )
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=self._name(name))
                for route, view, name in views
            ),
            *super().get_urls(),
        ]

    def upload_view(self, request):
        """Take a file from the editor and answer in the form that CKEditor reads.

        A refusal is answered with 200, since CKEditor shows its message only then.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload = request.FILES.get("upload")
        try:
            if upload is None:
                raise UploadRefused("Không thấy tệp nào. Hãy chọn một tệp.")
            target = self._store(request, upload)
        except UploadRefused as refusal:
            return JsonResponse({"uploaded": 0, "error": {"message": str(refusal)}})
        return JsonResponse(
            {"uploaded": 1, "remark": target.remark} | self.answer_for(target)
        )

    def several_view(self, request):
        """Take several files, each for itself; then ask for the words about them."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = _SeveralForm(
            *((request.POST, request.FILES) if request.method == "POST" else ()),
            accept=self.accept,
            help_text=f"{self.upload_help} Mỗi lần tối đa {MAX_AT_ONCE} tệp, 200 MB.",
        )
        if not form.is_valid():
            title = f"Tải nhiều {self.opts.verbose_name} lên"
            return self._page(request, "several.html", title=title, form=form)
        stored = []
        for upload in form.cleaned_data["uploads"]:
            try:
                target = self._store(request, upload)
            except UploadRefused as refusal:
                messages.error(request, f"Tệp {upload.name}: {refusal}")
                continue
            stored.append(target)
            if target.remark:
                messages.warning(request, f"Tệp {upload.name}: {target.remark}")
        if not stored:
            return redirect(self._reverse("several"))
        messages.success(request, f"Đã nhận {len(stored)} {self.opts.verbose_name}.")
        if not self.has_change_permission(request):
            return redirect(self._reverse("changelist"))
        keys = urlencode({"id": [target.pk for target in stored]}, doseq=True)
        return redirect(f"{self._reverse('words')}?{keys}")

    def words_view(self, request):
        """Take the words about several files at once; what is left blank stays as it was."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        keys = [
            key for key in request.GET.getlist("id") if key.isdecimal() and len(key) < 19
        ]
        queryset = self.get_queryset(request).filter(pk__in=keys[:MAX_AT_ONCE])
        word_forms = [
            self.words_form(request.POST or None, instance=target, prefix=str(target.pk))
            for target in queryset.order_by("pk")
            if self.has_change_permission(request, target)
        ]
        if word_forms and all(form.is_valid() for form in word_forms):
            with transaction.atomic():
                for form in word_forms:
                    if form.has_changed():
                        form.save()
                        self._record_change(request, form)
            messages.success(request, "Đã lưu.")
            return redirect(self._reverse("changelist"))
        title = f"Ghi thông tin cho {self.opts.verbose_name} vừa tải lên"
        for form in word_forms:
            form.shown = self.shown_beside(form.instance)
        return self._page(
            request,
            "words.html",
            title=title,
            word_forms=word_forms,
            has_errors=any(form.errors for form in word_forms),
        )

    def shown_beside(self, target):
        """Return what tells an editor which file a form is about."""
        return str(target)

    def _store(self, request, upload, **words):
        charge(request.user)
        return self.store(upload, actor=request.user, **words)

    # --- changes ------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_reword(request.user, obj))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        is_kept = obj is not None and not self.has_change_permission(request, obj)
        if is_kept and super().has_change_permission(request, obj):
            messages.info(
                request,
                "Bài đã duyệt đang dùng tệp này, nên chỉ người duyệt bài đó mới sửa được "
                "các chữ dưới đây.",
            )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Save new words about a file; a new one was stored by its form."""
        if not change:
            if obj.remark:
                messages.warning(request, obj.remark)
            return
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self._record_change(request, form)

    def _record_change(self, request, form):
        names = form.changed_data
        audit.record(
            f"{self.opts.label_lower}.change",
            actor=request.user,
            target=form.instance,
            before={name: form.initial.get(name) for name in names},
            after={name: form.cleaned_data[name] for name in names},
        )

    def get_deleted_objects(self, objs, request):
        """Show where a file is used; Django then offers no button to delete it."""
        to_delete, counts, perms_needed, protected = super().get_deleted_objects(
            objs, request
        )
        used = [f"{target}: {use}" for target in objs for use in uses_of(target)]
        return to_delete, counts, perms_needed, used or protected

    def delete_model(self, request, obj):
        self.delete(obj, actor=request.user)

    def delete_queryset(self, request, queryset):
        for target in queryset:
            try:
                self.delete(target, actor=request.user)
            except FileInUse as refusal:
                messages.error(request, f"{target}: {refusal}.")

    @admin.display(description="đang dùng ở")
    def where_used(self, target):
        return "; ".join(uses_of(target)) or "Chưa dùng ở đâu."

    # --- pages ---------------------------------------------------------------------------

    def _name(self, page):
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _reverse(self, page):
        return reverse(f"admin:{self._name(page)}")

    def changelist_view(self, request, extra_context=None):
        several = self._reverse("several") if self.has_add_permission(request) else ""
        return super().changelist_view(
            request, {"several_url": several} | (extra_context or {})
        )

    def _page(self, request, template, **context):
        context |= self.admin_site.each_context(request) | {
            "opts": self.opts,
            "list_title": capfirst(self.opts.verbose_name_plural),
            "list_url": self._reverse("changelist"),
            "words_help": self.words_help,
        }
        return TemplateResponse(request, f"admin/uploads/{template}", context)


class LostFilter(admin.SimpleListFilter):
    """Picks out the rows whose file was not there at the last look."""

    title = "tệp"
    parameter_name = "tep"

    def lookups(self, request, model_admin):
        return [("mat", "Bị mất tệp")]

    def queryset(self, request, queryset):
        return queryset.missing() if self.value() == "mat" else queryset


class _SeveralForm(forms.Form):
    def __init__(self, *args, accept, help_text):
        super().__init__(*args)
        self.fields["uploads"] = FilesField(
            label="Chọn tệp", accept=accept, help_text=help_text
        )


def _form_view(view):
    return require_http_methods(["GET", "HEAD", "POST"])(view)
