"""Forms in which staff keep the catalogue; every change is made by procedures/catalogue.py."""

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst

from portal.key_select import KeySelect
from portal.refusable_admin import RefusableForm
from portal.text import slugify
from portal.upload_fields import AttachmentsField
from procedures.catalogue_facts import time_of
from procedures.models import (
    Channel,
    Field,
    Procedure,
    ProcedureChannel,
    ProcedureForm,
    ProcedureSettings,
    ProcedureStep,
    RequiredPaper,
)

__all__ = [
    "ChannelFormSet",
    "EntryForm",
    "FieldForm",
    "PaperForm",
    "PartFormSet",
    "SettingsForm",
    "StepForm",
    "UpdateForm",
]

_LAST = 10_000  # in the order of rows, for those without a number
_WORKBOOKS = ".xlsx,.xls,.csv,.json"


class EntryForm(RefusableForm):
    """A procedure without its parts; `downloads` are the forms that readers fill in."""

    downloads = AttachmentsField(
        label="Tệp mẫu",
        help_text=(
            "Người dân tải về từ trang của thủ tục. Tên hiện ra là tên của tệp trong kho. PDF, "
            "Word, Excel, OpenDocument; mỗi tệp không quá 50 MB."
        ),
    )

    # The admin names the model and its fields.
    class Meta:
        widgets = {
            "name": forms.Textarea(attrs={"rows": 2}),
            "also_known_as": forms.Textarea(attrs={"rows": 4}),
            "caveat": forms.Textarea(attrs={"rows": 3}),
            "replaced_by": KeySelect(Procedure._meta.get_field("replaced_by")),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["downloads"] = [
                each.attachment for each in self.instance.forms.select_related("attachment")
            ]

    def form_rows(self, attachments):
        """Return `attachments` as rows of the procedure; one that was there keeps its title."""
        titles = (
            dict(self.instance.forms.values_list("attachment_id", "title"))
            if self.instance.pk
            else {}
        )
        return [
            ProcedureForm(attachment=each, title=titles.get(each.pk, each.title))
            for each in attachments
        ]


# --- What stands below a procedure ------------------------------------------------------


class ChannelForm(forms.ModelForm):
    """One way of handing in; without the tick the commune does not take dossiers this way."""

    offered = forms.BooleanField(label="Có nhận", required=False)

    class Meta:
        model = ProcedureChannel
        fields = ["channel", "amount", "unit", "time_note", "fee", "fee_note"]
        widgets = {"channel": forms.HiddenInput}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["offered"] = self.instance.pk is not None
        known = self.instance.channel or self.initial.get("channel")
        self.label_of_channel = Channel(known).label if known in Channel.values else ""
        for name, words in (
            ("offered", "có nhận"),
            ("amount", "thời hạn"),
            ("unit", "đơn vị của thời hạn"),
            ("time_note", "ghi chú thời hạn"),
            ("fee", "phí"),
            ("fee_note", "ghi chú phí"),
        ):
            field = self.fields[name]
            field.widget.attrs["aria-label"] = f"{self.label_of_channel}: {words}"
            field.help_text = ""
        self.fields["fee"].widget.attrs |= {"min": 0, "inputmode": "numeric"}

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("offered") and set(self.changed_data) - {"offered"}:
            self.add_error(
                "offered",
                "Đã ghi thời hạn hoặc phí thì hãy đánh dấu “Có nhận”, hoặc xóa các ô đó.",
            )
        return cleaned

    @property
    def known_time(self):
        return time_of(self.instance)


class ChannelFormSet(BaseInlineFormSet):
    """A row for each way of handing in, whether the procedure is taken this way or not."""

    part = "channels"

    @cached_property
    def by_channel(self):
        order = {label: place for place, label in enumerate(Channel.labels)}
        return sorted(self.forms, key=lambda form: order.get(form.label_of_channel, 9))

    def rows(self):
        """Return the rows that the form asks for."""
        offered = (form for form in self.forms if form.cleaned_data.get("offered"))
        return sorted((form.instance for form in offered), key=lambda row: row.channel)


class _RowForm(forms.ModelForm):
    """A row among others; a number says where it stands, no number means at the end."""

    order = forms.IntegerField(
        label="Thứ tự",
        required=False,
        min_value=1,
        max_value=_LAST,
        widget=forms.NumberInput(attrs={"class": "procedure-order"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["order"] = None


class PaperForm(_RowForm):
    class Meta:
        model = RequiredPaper
        fields = ["order", "name", "case", "originals", "copies", "note"]
        widgets = {"name": forms.Textarea(attrs={"rows": 2, "cols": 40})}


class StepForm(_RowForm):
    class Meta:
        model = ProcedureStep
        fields = ["order", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 2, "cols": 80})}


class PartFormSet(BaseInlineFormSet):
    """Rows in the order that their numbers say."""

    @property
    def part(self):
        return self.model._meta.get_field("procedure").remote_field.related_name

    def add_fields(self, form, index):
        """Name each box by its column and row: only those who see find it by its place."""
        super().add_fields(form, index)
        row = "mới" if index is None else index + 1
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = f"{capfirst(field.label or '')}, dòng {row}"

    def rows(self):
        """Return the rows that the form asks for, without those ticked for deletion."""
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        kept.sort(key=lambda form: form.cleaned_data.get("order") or _LAST)
        return [form.instance for form in kept]


# --- Lĩnh vực, settings, update ---------------------------------------------------------


class FieldForm(RefusableForm):
    """A lĩnh vực; its part of the address follows from the name unless given."""

    drop_rows = forms.BooleanField(
        label="Tôi đồng ý xóa hẳn hồ sơ và số liệu theo thủ tục của lĩnh vực này",
        required=False,
        help_text="Chỉ cần khi chuyển sang “chỉ số tổng” một lĩnh vực đã có các dòng ấy.",
    )

    class Meta:
        model = Field
        fields = ["name", "slug", "order", "totals_only"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("name") and not cleaned.get("slug"):
            cleaned["slug"] = slugify(cleaned["name"])
        return cleaned


class SettingsForm(RefusableForm):
    class Meta:
        model = ProcedureSettings
        exclude = []  # the fieldsets of the admin name them


class UpdateForm(forms.Form):
    file = forms.FileField(
        label="Tệp danh mục",
        widget=forms.FileInput(attrs={"accept": _WORKBOOKS}),
        error_messages={
            "required": "Chưa chọn tệp nào. Hãy chọn tệp danh mục.",
            "empty": "Tệp rỗng. Hãy chọn lại tệp.",
        },
        help_text="Excel (.xlsx, .xls), CSV hoặc JSON. Tệp chỉ được đọc, không được giữ lại.",
    )
