"""Forms of the publication calendar in the admin."""

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from disclosure.models import Duty, Occurrence
from portal import places
from portal.accounts import name_of
from portal.key_select import KeySelect
from portal.models import Attachment, User
from portal.plausible_days import DayField
from portal.refusable_admin import RefusableForm

__all__ = ["DutyForm", "EventForm", "NothingForm", "RecordForm"]

OFFERED = "trang-goi-y"  # the id of the list that the template draws


def _page_field(label, help_text):
    return forms.CharField(
        label=label,
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.TextInput(
            attrs={"class": "vLargeTextField", "list": OFFERED, "autocomplete": "off"}
        ),
    )


class DutyForm(RefusableForm):
    section = _page_field(
        "Chuyên trang",
        "Nơi thường đăng nội dung này, để người dân tìm. Gõ vài chữ trong tên trang rồi chọn, "
        "hoặc dán địa chỉ.",
    )

    class Meta:
        model = Duty
        fields = [
            *("title", "slug", "content", "provision", "bases", "forms"),
            *("owner", "owner_account", "cadence", "due_days", "due_day", "due_month"),
            *("due_on", "since", "soon_days", "keep_days", "order", "is_shown"),
        ]

        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"})
            for name in ("title", "provision", "forms", "owner")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "Để trống thì lấy theo tên việc."
        if "owner_account" in self.fields:
            field = self.fields["owner_account"]
            field.queryset = User.objects.filter(is_staff=True, is_active=True)
            field.label_from_instance = name_of
        if "section" in self.fields:
            self.fields["section"].initial = places.line_of(self.instance.section)


class EventForm(forms.Form):
    """Something that came up, which is to be published."""

    title = forms.CharField(
        label="Nội dung phát sinh",
        max_length=200,
        help_text="Ví dụ: Quy hoạch khu dân cư thôn Phúc Triền 1. Người dân đọc được dòng này.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )
    arose_on = DayField(label="Phát sinh ngày", widget=AdminDateWidget)
    due_on = DayField(
        label="Hạn công khai",
        required=False,
        widget=AdminDateWidget,
        help_text="Để trống thì tính theo quy tắc của việc này.",
    )


class RecordForm(forms.Form):
    """That something was published, when, and where it can be read."""

    page = _page_field(
        "Trang đã đăng",
        "Gõ vài chữ trong tên bài rồi chọn, hoặc dán địa chỉ. Người đọc phải xem được trang này.",
    )
    attachment = forms.ModelChoiceField(
        Attachment.objects.all(),
        label="Hoặc tài liệu",
        required=False,
        help_text="Chỉ chọn khi nội dung là một tệp không nằm trong bài nào.",
        widget=KeySelect(Occurrence._meta.get_field("attachment")),
    )
    published_on = DayField(label="Công khai ngày", widget=AdminDateWidget)
    note = forms.CharField(
        label="Ghi chú",
        required=False,
        max_length=300,
        help_text="Ví dụ: đã niêm yết tại trụ sở từ ngày 05/01. Người dân đọc được dòng này.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, *args, may_choose_documents, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_choose_documents:
            del self.fields["attachment"]


class NothingForm(forms.Form):
    """That there was nothing to publish."""

    note = forms.CharField(
        label="Nói rõ với người dân",
        max_length=300,
        help_text="Ví dụ: Trong quý xã không lấy ý kiến Nhân dân về việc nào.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
    )
