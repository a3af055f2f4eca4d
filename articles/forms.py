"""The forms in which staff write; every change itself is made by articles/workflow.py."""

from datetime import date, datetime, time

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from articles import workflow
from articles.changes import LINES
from articles.models import Article, Category, Page, Precision, Status
from portal.editor import RichTextWidget
from portal.files import PictureRefused, store_picture
from portal.text import clean_line, slugify

_EARLIEST, _LATEST = date(1990, 1, 1), date(2199, 12, 31)


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


class ArticleForm(SlugFromTitleMixin, forms.ModelForm):
    """The article form; `actor` and `is_publishing` are set by the admin for each request."""

    actor = None
    is_publishing = False

    slug = SlugField()
    published_on = forms.DateField(
        label="Ngày đăng",
        required=False,
        widget=AdminDateWidget,
        validators=[
            MinValueValidator(_EARLIEST, "Ngày đăng phải từ năm 1990 trở đi."),
            MaxValueValidator(_LATEST, "Ngày đăng quá xa. Hãy xem lại năm."),
        ],
        help_text="Để trống thì lấy đúng lúc bấm “Đăng bài”. Chọn ngày sau này thì đến ngày đó bài mới hiện.",
    )
    published_time = forms.TimeField(
        label="Giờ đăng",
        required=False,
        widget=AdminTimeWidget,
        help_text="Không rõ giờ thì để trống: người đọc sẽ chỉ thấy ngày.",
    )
    new_cover = forms.FileField(
        label="Tải ảnh mới lên",
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/gif,image/webp"}
        ),
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
            "updated_note",
            "slug",
        ]
        labels = {"cover": "Hoặc chọn ảnh đã có trong kho"}
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "lead": forms.Textarea(attrs={"rows": 3}),
            "body": RichTextWidget(),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(self, "category", Category.objects.tree())
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
        return cleaned

    def _post_clean(self):
        """Complete the article from the fields that are not columns, then judge the whole.

        Only here is the article filled in. A picture is stored last, so that a form with
        other mistakes leaves none behind.
        """
        super()._post_clean()
        if self.errors:
            return
        self._set_moment()
        self._store_new_cover()
        if self.is_publishing and not self.errors:
            for obstacle in workflow.obstacles_to_publishing(self.instance):
                self.add_error(None, obstacle)

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


class CategoryForm(SlugFromTitleMixin, forms.ModelForm):
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
            "slug",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(self, "parent", Category.objects.tree(), without=self.instance.pk)


class PageForm(SlugFromTitleMixin, forms.ModelForm):
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


def offer_tree(form, name, tree, *, without=None):
    """Let the field `name` offer the nodes in tree order, each with the way to it.

    The node `without` and all below it are not offered. A form for reading only has no fields.
    """
    if name not in form.fields:
        return
    left_out = set() if without is None else set(tree.branch(without))
    form.fields[name].choices = [
        ("", "---------"),
        *(
            (node.pk, " › ".join(map(str, tree.line(node.pk))))
            for node in tree
            if node.pk not in left_out
        ),
    ]
