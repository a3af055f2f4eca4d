"""The forms in which staff write; every change itself is made by articles/workflow.py."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import capfirst

from articles import rights
from articles.changes import LINES
from articles.enclosures import listed
from articles.models import (
    BEYOND,
    EARLIEST,
    Article,
    Category,
    Page,
    Precision,
    Status,
    WithdrawalKind,
)
from portal.editor import RichTextWidget
from portal.files import PictureRefused, store_picture
from portal.key_select import KeySelect
from portal.refusable_admin import RefusableForm
from portal.text import clean_line, slugify
from portal.tree_admin import offer_tree
from portal.upload_fields import PICTURES, AttachmentsField

_EARLIEST, _LATEST = EARLIEST.date(), (BEYOND - timedelta(days=1)).date()


class MomentField(forms.DateTimeField):
    """A day and a time in one box, with the picker of the browser or phone."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        )
        super().__init__(required=False, widget=widget, **options)

    def clean(self, value):
        moment = super().clean(value)
        if moment is not None and not _EARLIEST <= moment.date() <= _LATEST:
            raise forms.ValidationError("Năm này chắc là gõ nhầm. Hãy xem lại ngày.")
        return moment


class SlugFromTitleMixin:
    """Makes a slug of whatever was typed, or of the title when nothing was.

    The other lines are tidied first, as the workflow stores them: a title of invisible
    characters is none, and a line is measured in its normal form.
    """

    named_by = "title"

    def clean(self):
        cleaned = super().clean()
        for name in LINES & cleaned.keys():
            cleaned[name] = clean_line(cleaned[name])
        if cleaned.get(self.named_by) == "":
            self.add_error(
                self.named_by, self.fields[self.named_by].error_messages["required"]
            )
        cleaned["slug"] = slugify(cleaned.get("slug") or cleaned.get(self.named_by, ""))
        return cleaned


class SlugField(forms.CharField):
    """Takes words in any spelling; `SlugFromTitleMixin` makes the slug of them."""

    def __init__(self, **options):
        super().__init__(
            **{
                "label": "Tên trên địa chỉ",
                "required": False,
                "max_length": 80,
                "help_text": "Để trống thì hệ thống tự đặt theo tên. Địa chỉ cũ vẫn dẫn tới đúng bài.",
            }
            | options
        )


class TextForm(SlugFromTitleMixin, RefusableForm):
    """What the forms of articles and pages share; `actor` is set by the admin.

    `based_on` is the edition that the writer began with. Once the text was approved, only
    those who may approve it change the fields in `placing`.
    """

    actor = None
    placing = ()

    based_on = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label="Ghi chú cho người duyệt",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Nói ngắn gọn đã sửa gì, cần xem kỹ chỗ nào. Người đọc không thấy ghi chú này.",
    )
    override_reason = forms.CharField(
        label="Lý do tự duyệt",
        required=False,
        max_length=500,
        help_text=(
            "Ghi vào nhật ký khi bạn đăng bài do chính mình viết, hoặc gửi duyệt dù hệ thống "
            "cảnh báo. Ví dụ: Chỉ một cán bộ trực, tin khẩn về bão."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        head = self.instance.head
        self.initial["based_on"] = head.number if head else None
        if not self.may_place:
            for name in self.fields.keys() & set(self.placing):
                self.fields[name].disabled = True

    @property
    def may_place(self):
        """Tell whether this person may change where the text stands and when it shows."""
        if self.instance.pk is None or self.instance.status == Status.DRAFT:
            return True
        return rights.may_approve(self.actor, self.instance)


class ArticleForm(TextForm):
    """The form of an article."""

    placing = (
        "category",
        "slug",
        "published_on",
        "published_time",
        "expires_at",
        "review_on",
        "is_featured",
    )

    documents = refused_files = ()

    slug = SlugField()
    published_on = forms.DateField(
        label="Ngày đăng",
        required=False,
        widget=AdminDateWidget,
        validators=[
            MinValueValidator(_EARLIEST, "Ngày đăng phải từ năm 1990 trở đi."),
            MaxValueValidator(_LATEST, "Ngày đăng quá xa. Hãy xem lại năm."),
        ],
        help_text="Để trống thì lấy đúng lúc được duyệt. Chọn ngày sau này thì đến ngày đó bài mới hiện.",
    )
    published_time = forms.TimeField(
        label="Giờ đăng",
        required=False,
        widget=AdminTimeWidget,
        help_text="Không rõ giờ thì để trống: người đọc sẽ chỉ thấy ngày.",
    )
    expires_at = MomentField(
        label="Tự ẩn lúc",
        help_text="Ví dụ: lịch tiêm đã qua. Để trống thì bài hiện mãi.",
    )
    attachments = AttachmentsField()
    new_cover = forms.FileField(
        label="Tải ảnh mới lên",
        required=False,
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        help_text="Ảnh JPEG, PNG, GIF hoặc WebP trên máy của bạn. Ảnh mới thay cho ảnh đang chọn.",
    )

    class Meta:
        model = Article
        fields = [
            "title",
            "category",
            "lead",
            "body",
            "cover",
            "cover_alt",
            "cover_credit",
            "author_name",
            "source",
            "is_featured",
            "expires_at",
            "review_on",
            "updated_note",
            "slug",
        ]
        labels = {
            "cover": "Hoặc chọn ảnh đã có trong kho",
            "review_on": "Xem lại vào ngày",
            "updated_note": "Cập nhật (người đọc thấy)",
        }
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "lead": forms.Textarea(attrs={"rows": 3}),
            "body": RichTextWidget(),
            "cover": KeySelect(Article._meta.get_field("cover")),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_categories(self, self.actor, now_in=self.instance.category_id)
        self.initial["attachments"] = listed(self.instance.head)
        moment = self.instance.published_at
        if moment is not None:
            local = timezone.localtime(moment)
            self.initial["published_on"] = local.date()
            if self.instance.published_precision == Precision.DATE_TIME:
                self.initial["published_time"] = local.time()

    def clean(self):
        cleaned = super().clean()
        if "published_on" in cleaned and cleaned["published_on"] is None:
            if cleaned.get("published_time"):
                self.add_error(
                    "published_on", "Bạn đã ghi giờ đăng. Hãy chọn cả ngày đăng."
                )
            elif self.instance.status != Status.DRAFT:
                self.add_error("published_on", "Bài đã đăng phải có ngày đăng.")
        if self.refusal is not None and cleaned.get("new_cover"):
            self.add_error("new_cover", "Ảnh chưa được lưu. Hãy chọn lại tệp ảnh này.")
        return cleaned

    def _post_clean(self):
        """Complete the article from the fields that are not columns, then judge the whole.

        Only here is the article filled in. Pictures and files are stored last, so that a
        form with other mistakes leaves none behind. A document that is refused keeps nobody
        from saving: `refused_files` says why, `documents` are the others.
        """
        super()._post_clean()
        if self.errors:
            return
        self._set_moment()
        self._store_new_cover()
        if not self.errors:
            chosen = self.cleaned_data["attachments"]
            self.documents, self.refused_files = chosen.store(actor=self.actor)

    def _set_moment(self):
        day, moment = (
            self.cleaned_data.get("published_on"),
            self.cleaned_data.get("published_time"),
        )
        if day is None:
            self.instance.published_at = None
            self.instance.published_precision = Precision.DATE_TIME
            return
        self.instance.published_at = timezone.make_aware(
            datetime.combine(day, moment or time.min)
        )
        self.instance.published_precision = (
            Precision.DATE if moment is None else Precision.DATE_TIME
        )

    def _store_new_cover(self):
        upload = self.cleaned_data.get("new_cover")
        if upload is None:
            return
        try:
            self.instance.cover = store_picture(
                content=upload,
                name=upload.name,
                alt=self.cleaned_data["cover_alt"],
                credit=self.cleaned_data["cover_credit"],
                actor=self.actor,
            )
        except PictureRefused as refusal:
            self.add_error("new_cover", str(refusal))


class DecisionForm(forms.Form):
    """What an approver says on the approval page; the button pressed is the decision."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    publish_at = MomentField(label="Giờ hẹn đăng")
    remark = forms.CharField(
        label="Ý kiến cho người viết",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Nói rõ cần sửa gì. Người viết nhận ý kiến này qua thư và thấy ở đầu bài.",
    )
    override_reason = forms.CharField(
        label="Lý do vẫn duyệt",
        required=False,
        max_length=500,
        help_text=(
            "Cần ghi vì chính bạn đã viết hoặc gửi bản này, hoặc vì có chỗ hệ thống giữ lại. "
            "Lý do được ghi vào nhật ký."
        ),
    )


class WithdrawalForm(forms.Form):
    """Why an article is taken back, and where its readers are led."""

    kind = forms.ChoiceField(
        label="Kiểu gỡ",
        choices=[(kind.value, capfirst(kind.label)) for kind in WithdrawalKind],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Một câu, người đọc thấy. Ví dụ: Lịch họp đã đổi sang ngày 30/01/2024.",
    )
    merged_into = forms.ModelChoiceField(
        Article.objects.all(),
        label="Bài mà người đọc được chuyển sang",
        required=False,
        widget=KeySelect(Article._meta.get_field("merged_into")),
        help_text="Chỉ cần chọn khi gộp vào bài khác. Gõ vài chữ của tiêu đề để tìm.",
    )


class MoveForm(forms.Form):
    """Where several articles go."""

    category = forms.ModelChoiceField(
        Category.objects.all(), label="Chuyển sang chuyên mục"
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        offer_categories(self, actor)


class ReinstatementForm(forms.Form):
    reason = forms.CharField(
        label="Lý do cho đăng lại",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ghi vào nhật ký, người đọc không thấy.",
    )


class CategoryForm(SlugFromTitleMixin, RefusableForm):
    named_by = "name"
    slug = SlugField(help_text="Để trống thì hệ thống tự đặt theo tên.")

    class Meta:
        model = Category
        fields = [
            "name",
            "parent",
            "description",
            "order",
            "is_shown",
            "is_notice_board",
            "quiet_after_days",
            "slug",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(self, "parent", Category.objects.tree(), without=self.instance.pk)


class PageForm(TextForm):
    placing = ("parent", "slug", "order", "is_shown")

    slug = SlugField(help_text="Để trống thì hệ thống tự đặt theo tiêu đề.")

    class Meta:
        model = Page
        fields = ["title", "parent", "body", "order", "is_shown", "slug"]
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "body": RichTextWidget(),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(
            self,
            "parent",
            Page.objects.defer("body", "body_text").tree(),
            without=self.instance.pk,
        )


def offer_categories(form, actor, *, now_in=None):
    """Let the field `category` offer those that `actor` works in, and the key `now_in`."""
    offered = rights.categories_open_to(actor)
    if offered is not None and "category" in form.fields:
        offered = offered | {now_in} - {None}
        form.fields["category"].queryset = Category.objects.filter(pk__in=offered)
    offer_tree(form, "category", Category.objects.tree(), only=offered)
