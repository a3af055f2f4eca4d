"""News articles, standing pages such as the introduction, and every version of their texts.

An **edition** is one saved version of a text; it never changes. The `head` of an article or
page is the edition that staff work on, `approved` the one that readers see. The text columns
of an article or page repeat the approved edition, so that a public page is one row; before
the first approval they repeat the head. Where an article stands (category, address, moments)
is no part of an edition.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from portal.content_version import Memory, cached
from portal.trees import TreeQuerySet

_TEXT_FIELDS = (
    "title",
    "lead",
    "body",
    "body_text",
    "cover_id",
    "cover_alt",
    "cover_credit",
    "author_name",
    "source",
    "updated_note",
)
PATH_LENGTH = 500  # characters; longer addresses of pages are neither made nor looked up
# Under /tin-tuc/ these are pages of their own (articles/urls.py), so no category has them.
RESERVED_SLUGS = ("luu-tru",)
# Moments before and after are slips of the hand; the archive's addresses have no such years.
EARLIEST = datetime(1990, 1, 1, tzinfo=timezone.get_default_timezone())
BEYOND = datetime(2200, 1, 1, tzinfo=timezone.get_default_timezone())


class Status(models.TextChoices):
    """What readers get of an article or page."""

    DRAFT = "draft", "chưa đăng"
    PUBLISHED = "published", "đã duyệt đăng"
    WITHDRAWN = "withdrawn", "đã gỡ"


class Stage(models.TextChoices):
    """How far the edition in hand is on its way to the readers."""

    DRAFT = "draft", "đang soạn"
    SUBMITTED = "submitted", "chờ duyệt"
    RETURNED = "returned", "trả lại để sửa"
    APPROVED = "approved", "đã duyệt"


class WithdrawalKind(models.TextChoices):
    """Why an article was taken back, which decides what its address answers."""

    MISTAKE = "mistake", "đăng nhầm: không cho đọc nữa, chỉ nêu lý do"
    MERGED = "merged", "gộp vào bài khác: chuyển người đọc sang bài đó"
    OUTDATED = "outdated", "không còn hiệu lực: vẫn đọc được, có ghi chú ở đầu bài"


class Precision(models.TextChoices):
    """How much of the publishing moment is known; old articles often have only a day."""

    DATE = "date", "chỉ có ngày"
    DATE_TIME = "datetime", "có cả giờ"


class CategoryQuerySet(TreeQuerySet):
    def shown(self):
        """Return the categories that menus and lists offer."""
        return self.filter(is_shown=True)


class Category(models.Model):
    """A section of the news; its page also lists the articles of the sections below it."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="thuộc chuyên mục",
        related_name="children",
        help_text="Để trống nếu đây là chuyên mục lớn.",
    )
    name = models.CharField("tên chuyên mục", max_length=80)
    slug = models.SlugField(
        "tên trên địa chỉ",
        max_length=80,
        unique=True,
        blank=True,
        help_text="Chữ không dấu, nối bằng gạch ngang. Để trống thì hệ thống tự đặt theo tên.",
        error_messages={"unique": "Đã có chuyên mục khác dùng tên này trên địa chỉ."},
    )
    description = models.CharField(
        "giới thiệu ngắn",
        max_length=300,
        blank=True,
        help_text="Một câu cho người đọc biết chuyên mục đăng những gì.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField(
        "hiện trong danh sách",
        default=True,
        help_text=(
            "Bỏ chọn thì chuyên mục không hiện trong menu và danh sách chuyên mục; "
            "bài đã đăng trong chuyên mục vẫn đọc được."
        ),
    )
    is_notice_board = models.BooleanField(
        "là bảng thông báo",
        default=False,
        help_text="Bài mới của chuyên mục này hiện thành danh sách Thông báo trên trang chủ.",
    )
    quiet_after_days = models.PositiveSmallIntegerField(
        "nhắc khi không có tin mới sau",
        null=True,
        blank=True,
        default=60,
        help_text=(
            "Số ngày. Quá số ngày này mà chưa có tin mới, trang bắt đầu nhắc. "
            "Để trống thì không nhắc."
        ),
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "chuyên mục"
        verbose_name_plural = "chuyên mục"
        ordering = ["order", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="category_not_below_itself",
                violation_error_message="Chuyên mục không thể thuộc chính nó.",
            ),
            models.UniqueConstraint(
                fields=["is_notice_board"],
                condition=Q(is_notice_board=True),
                name="category_one_notice_board",
                violation_error_message="Đã có chuyên mục khác làm bảng thông báo.",
            ),
            models.CheckConstraint(
                condition=~Q(slug=""),
                name="category_has_slug",
                violation_error_message="Chuyên mục chưa có tên trên địa chỉ.",
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SLUGS),
                name="category_slug_is_free",
                violation_error_message=(
                    "Địa chỉ này đã dành cho trang lưu trữ tin theo tháng. "
                    "Hãy đặt tên khác trên địa chỉ, ví dụ: ho-so-luu-tru."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("articles:category", kwargs={"slug": self.slug})


@cached
def category_tree():
    """Return the categories as public pages use them: read once per content version."""
    return Category.objects.tree()


class Text(models.Model):
    """A title and a rich text.

    `body` holds HTML cleaned by `portal.richtext.clean`, `body_text` the same words without
    markup. Both are written by `articles.workflow` only.
    """

    title = models.CharField("tiêu đề", max_length=250)
    # A hundred printed pages; parsing as browsers do can be slow beyond any such length.
    body = models.TextField("nội dung", blank=True, max_length=500_000)
    body_text = models.TextField("nội dung không định dạng", blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.title

    @property
    def description(self):
        """Return one or two sentences for search engines and for links to this text."""
        first_line, _, _ = self.body_text.partition("\n")
        return Truncator(first_line).words(40)


class ArticleText(Text):
    """The text of a news article, with what stands around it on the page."""

    lead = models.CharField(
        "tóm tắt",
        max_length=1000,
        blank=True,
        help_text="Hai, ba câu nói điều chính. Hiện in đậm ở đầu bài và trong danh sách tin.",
    )
    cover = models.ForeignKey(
        "portal.Picture",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="ảnh đại diện",
        related_name="+",
    )
    cover_alt = models.CharField(
        "mô tả ảnh",
        max_length=300,
        blank=True,
        help_text="Cho người không nhìn thấy ảnh. Để trống thì dùng mô tả đã lưu cùng ảnh.",
    )
    cover_credit = models.CharField(
        "nguồn ảnh",
        max_length=200,
        blank=True,
        help_text="Để trống thì dùng nguồn đã lưu cùng ảnh.",
    )
    author_name = models.CharField("tác giả", max_length=120, blank=True)
    source = models.CharField(
        "nguồn tin",
        max_length=200,
        blank=True,
        help_text="Nếu lấy lại từ nơi khác, ghi rõ tên báo hoặc cơ quan.",
    )
    updated_note = models.CharField(
        "ghi chú cập nhật cho người đọc",
        max_length=300,
        blank=True,
        help_text=(
            "Ví dụ: Sửa lại giờ họp ở thôn Kiệm. Hiện cuối bài cùng thời điểm cập nhật; "
            "để trống nếu chỉ sửa lỗi chính tả."
        ),
    )

    class Meta:
        abstract = True

    @property
    def description(self):
        return self.lead or super().description

    @property
    def cover_alt_text(self):
        return self.cover_alt or (self.cover.alt if self.cover else "")

    @property
    def cover_credit_text(self):
        return self.cover_credit or (self.cover.credit if self.cover else "")


class ReviewedQuerySet(models.QuerySet):
    def awaiting_approval(self):
        """Return what an approver has to decide about, the longest waiting first."""
        return self.filter(stage=Stage.SUBMITTED).order_by("submitted_at", "pk")

    def drafts(self):
        """Return what is being written and was never approved."""
        return self.filter(status=Status.DRAFT, stage=Stage.DRAFT)

    def returned(self):
        """Return what an approver sent back to its writer."""
        return self.filter(stage=Stage.RETURNED)

    def being_changed(self):
        """Return what was approved and has a newer text in hand."""
        return self.exclude(status=Status.DRAFT).exclude(stage=Stage.APPROVED)


class Reviewed(models.Model):
    """Something with an address whose text readers see once it is approved."""

    slug = models.SlugField(
        "tên trên địa chỉ",
        max_length=80,
        blank=True,
        help_text="Chữ không dấu, nối bằng gạch ngang. Để trống thì hệ thống tự đặt theo tiêu đề.",
    )
    status = models.CharField(
        "trạng thái",
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
        editable=False,
    )
    stage = models.CharField(
        "bước duyệt",
        max_length=10,
        choices=Stage,
        default=Stage.DRAFT,
        editable=False,
    )
    # Editions go only together with their article, in one transaction.
    head = models.ForeignKey(
        "articles.Edition",
        models.DO_NOTHING,
        null=True,
        editable=False,
        verbose_name="bản đang soạn",
        related_name="+",
    )
    approved = models.ForeignKey(
        "articles.Edition",
        models.DO_NOTHING,
        null=True,
        editable=False,
        verbose_name="bản người đọc thấy",
        related_name="+",
    )
    approved_at = models.DateTimeField("duyệt lúc", null=True, editable=False)
    submitted_at = models.DateTimeField("gửi duyệt lúc", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người gửi duyệt",
        related_name="+",
    )
    remark = models.TextField(
        "ý kiến của người duyệt", blank=True, max_length=2000, editable=False
    )
    created_at = models.DateTimeField("tạo lúc", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người tạo",
        related_name="+",
    )
    updated_at = models.DateTimeField("sửa lúc", default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người sửa",
        related_name="+",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, approved=None, approved_at=None)
                | (
                    ~Q(status=Status.DRAFT)
                    & Q(approved__isnull=False, approved_at__isnull=False)
                ),
                name="%(class)s_public_text_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.APPROVED, head=F("approved"))
                | (
                    ~Q(stage=Stage.APPROVED)
                    & (Q(approved=None) | Q(head__isnull=False) & ~Q(head=F("approved")))
                ),
                name="%(class)s_stage_is_of_head",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="%(class)s_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.SUBMITTED) | Q(submitted_at__isnull=False),
                name="%(class)s_submitted_has_moment",
            ),
        ]

    @property
    def is_pending(self):
        """Tell whether the text in hand is another than the one that readers may see."""
        return self.stage != Stage.APPROVED

    def load_head(self):
        """Put the text of the edition in hand on this object, unsaved; return the object.

        For forms and previews: readers go on seeing the approved text.
        """
        if self.head is not None:
            for name in self.text_fields():
                setattr(self, name, getattr(self.head, name))
        return self

    @classmethod
    def text_fields(cls):
        """Return the names of the columns that an edition of this model keeps."""
        texts = {field.attname for field in Edition._meta.concrete_fields}
        own = {field.attname for field in cls._meta.concrete_fields}
        return [name for name in _TEXT_FIELDS if name in texts & own]


class ArticleQuerySet(ReviewedQuerySet):
    def published(self, at=None):
        """Return the articles that readers see at the moment `at` (now by default)."""
        return self._within_its_time(at).filter(status=Status.PUBLISHED)

    def readable(self, at=None):
        """Return what is published, and what was withdrawn as outdated: read under a notice."""
        return self._within_its_time(at).filter(
            Q(status=Status.PUBLISHED)
            | Q(status=Status.WITHDRAWN, withdrawal_kind=WithdrawalKind.OUTDATED)
        )

    def _within_its_time(self, at):
        at = timezone.now() if at is None else at
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), published_at__lte=at)

    def next_moment(self, at=None):
        """Return when the next article appears or expires after the moment `at` (now), or None.

        Until then, and as long as nobody changes an article, `published()` finds the same.
        """
        at = timezone.now() if at is None else at
        approved = self.filter(status=Status.PUBLISHED)
        moments = [
            approved.filter(**{f"{name}__gt": at})
            .order_by(name)
            .values_list(name, flat=True)
            .first()
            for name in ("published_at", "expires_at")
        ]
        return min(filter(None, moments), default=None)

    def scheduled(self, at=None):
        """Return what is approved and will appear by itself, the next first."""
        at = timezone.now() if at is None else at
        return self.filter(status=Status.PUBLISHED, published_at__gt=at).order_by(
            "published_at", "pk"
        )

    def expiring(self, *, before, at=None):
        """Return what readers see now and will not see any more at the moment `before`."""
        return (
            self.published(at).filter(expires_at__lte=before).order_by("expires_at", "pk")
        )

    def expired(self, at=None):
        """Return what readers do not see any more because its time is over."""
        at = timezone.now() if at is None else at
        return self.filter(status=Status.PUBLISHED, expires_at__lte=at)

    def withdrawn(self):
        return self.filter(status=Status.WITHDRAWN)

    def overdue_for_review(self, day):
        """Return what readers see and somebody wanted to look at again by that local day."""
        return self.published().filter(review_on__lte=day).order_by("review_on", "pk")

    def featured(self):
        return self.filter(is_featured=True)

    def newest(self):
        """Put the latest first; of two with the same moment the one written later."""
        return self.order_by("-published_at", "-pk")

    def in_category(self, category, *, tree=None):
        """Return the articles of a category and of all categories below it.

        `tree` saves a query to those who have read the categories already.
        """
        tree = Category.objects.tree() if tree is None else tree
        return self.filter(category__in=tree.branch(category.pk))

    def newest_in_each(self, lengths, *, tree):
        """Return {category: its newest articles}, those of the categories below it included.

        `lengths` maps each category to how many articles it may have. One query, in which
        every category is a short walk along an index.
        """
        parts = [
            self.in_category(category, tree=tree).newest()[:length]
            for category, length in lengths.items()
        ]
        if not parts:
            return {}
        articles = list(parts[0].union(*parts[1:], all=True))
        articles.sort(key=lambda article: (article.published_at, article.pk), reverse=True)
        return {
            category: [a for a in articles if a.category_id in tree.branch(category.pk)]
            for category in lengths
        }

    def for_links(self):
        """Fetch what a bare link shows: title, date and address."""
        return self.select_related("category").only(
            "title", "slug", "published_at", "published_precision", "category__slug"
        )

    def for_list(self):
        """Fetch what a list shows: the words on an article, its category and its cover."""
        return self.select_related("category", "cover").only(
            "title",
            "slug",
            "lead",
            "published_at",
            "published_precision",
            "category",
            "cover",
        )


class Article(Reviewed, ArticleText):
    """A news article at its address; `published()` says whether readers see it."""

    category = models.ForeignKey(
        Category, models.PROTECT, verbose_name="chuyên mục", related_name="articles"
    )
    published_at = models.DateTimeField("đăng lúc", null=True, blank=True)
    published_precision = models.CharField(
        "độ chính xác của giờ đăng",
        max_length=8,
        choices=Precision,
        default=Precision.DATE_TIME,
    )
    is_featured = models.BooleanField(
        "tin nổi bật", default=False, help_text="Tin nổi bật đứng đầu trang chủ."
    )
    expires_at = models.DateTimeField(
        "hết hạn hiển thị lúc",
        null=True,
        blank=True,
        help_text="Đến lúc này bài tự ẩn khỏi trang. Để trống thì bài hiện mãi.",
    )
    review_on = models.DateField(
        "ngày xem lại",
        null=True,
        blank=True,
        help_text="Đến ngày này trang quản trị nhắc bạn xem bài còn đúng không.",
    )
    withdrawn_at = models.DateTimeField("gỡ lúc", null=True, editable=False)
    withdrawal_kind = models.CharField(
        "kiểu gỡ", max_length=10, choices=WithdrawalKind, blank=True, editable=False
    )
    withdrawal_reason = models.CharField(
        "lý do gỡ", max_length=300, blank=True, editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="gộp vào bài",
        related_name="merged",
    )
    revised_at = models.DateTimeField(
        "thời điểm cập nhật cho người đọc", null=True, editable=False
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "bài viết"
        verbose_name_plural = "bài viết"
        permissions = [
            ("publish_article", "Được duyệt, đăng và gỡ bài viết"),
            ("draft_article", "Được lập bản nháp bài viết từ số liệu đã công khai"),
        ]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    ~Q(status=Status.WITHDRAWN),
                    withdrawn_at=None,
                    withdrawal_kind="",
                    withdrawal_reason="",
                )
                | Q(
                    ~Q(withdrawal_reason=""),
                    status=Status.WITHDRAWN,
                    withdrawn_at__isnull=False,
                    withdrawal_kind__in=WithdrawalKind.values,
                ),
                name="article_withdrawal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) & ~Q(withdrawal_kind=WithdrawalKind.MERGED)
                | Q(merged_into__isnull=False, withdrawal_kind=WithdrawalKind.MERGED)
                & ~Q(merged_into=F("pk")),
                name="article_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("published_at")),
                name="article_expires_after_it_appears",
                violation_error_message="Bài phải hết hạn sau lúc đăng.",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT) | Q(published_at__isnull=False),
                name="article_published_has_moment",
                violation_error_message="Bài đã đăng phải có ngày đăng.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="article_status_known"
            ),
            models.CheckConstraint(
                condition=Q(published_precision__in=Precision.values),
                name="article_precision_known",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(slug=""),
                name="article_has_title_and_slug",
                violation_error_message="Bài viết chưa có tiêu đề.",
            ),
            models.CheckConstraint(
                condition=Q(updated_note="", revised_at__isnull=True)
                | ~Q(updated_note="") & Q(revised_at__isnull=False),
                name="article_note_has_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                # What `published()` asks, so that skipping and counting read no rows.
                include=["expires_at"],
                condition=Q(status=Status.PUBLISHED),
                name="article_newest",
            ),
            models.Index(
                fields=["category", "-published_at", "-id"],
                include=["expires_at"],
                condition=Q(status=Status.PUBLISHED),
                name="article_newest_in_category",
            ),
            models.Index(
                fields=["submitted_at"],
                condition=Q(stage=Stage.SUBMITTED),
                name="article_awaiting_approval",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=Status.PUBLISHED, expires_at__isnull=False),
                name="article_expiring",
            ),
            # The order of the admin's list.
            models.Index(fields=["-updated_at", "-id"], name="article_last_changed"),
        ]

    def get_absolute_url(self):
        return reverse(
            "articles:detail",
            kwargs={"category_slug": self.category.slug, "key": (self.slug, self.pk)},
        )

    @property
    def date_line(self):
        """Return when the article was published, in the words readers know; "" if unknown."""
        if self.published_at is None:
            return ""
        local = timezone.localtime(self.published_at)
        if self.published_precision == Precision.DATE:
            return f"Đăng ngày: {local:%d/%m/%Y}"
        return f"Đăng lúc: {local:%H:%M:%S %d/%m/%Y} (GMT+7)"

    @property
    def published_iso(self):
        """Return the value for `<time datetime>`: a day, or a moment with its offset."""
        local = timezone.localtime(self.published_at)
        if self.published_precision == Precision.DATE:
            return local.date().isoformat()
        return local.isoformat(timespec="seconds")

    @property
    def is_revised(self):
        """Tell whether readers were told of a change made since they could first read it."""
        return self.revised_at is not None and self.revised_at > self.published_at

    @property
    def changed_at(self):
        """Return when what readers see last became as it is."""
        return max(self.published_at, self.approved_at)

    @property
    def revised_iso(self):
        return timezone.localtime(self.revised_at).isoformat(timespec="seconds")


_moments = Memory(size=1)


def next_moment():
    """Return `Article.objects.next_moment()`, asked once until content changes or it comes.

    The `until` of whatever is kept and shows articles: a page has many such parts.
    """
    asked = []

    def until():
        asked.append(Article.objects.next_moment())
        return asked[0]

    return _moments.get(
        None, lambda: asked[0] if asked else Article.objects.next_moment(), until=until
    )


class PageQuerySet(TreeQuerySet, ReviewedQuerySet):
    def shown(self):
        return self.filter(is_shown=True, status=Status.PUBLISHED)

    def along(self, path):
        """Return the page at `path` behind its ancestors, the root first.

        The list is empty when the page or one above it does not exist or is hidden: a
        hidden page hides what lies below it.
        """
        if len(path) > PATH_LENGTH:
            return []
        steps = path.split("/") if path else []
        paths = ["/".join(steps[:length]) for length in range(len(steps) + 1)]
        found = {page.path: page for page in self.shown().filter(path__in=paths)}
        return [found[step] for step in paths] if len(found) == len(paths) else []


class Page(Reviewed, Text):
    """A standing page under /gioi-thieu/; the one page without a parent is its root."""

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="nằm dưới trang",
        related_name="children",
        help_text="Chỉ trang gốc (Giới thiệu) để trống ô này.",
    )
    path = models.CharField(
        "đường dẫn",
        max_length=PATH_LENGTH,
        unique=True,
        blank=True,
        editable=False,
        help_text="Các tên trên địa chỉ từ dưới trang gốc, nối bằng /; trang gốc để trống.",
    )
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField(
        "hiển thị",
        default=True,
        help_text="Bỏ chọn thì người đọc không thấy trang này và các trang nằm dưới nó.",
    )

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = "trang giới thiệu"
        verbose_name_plural = "trang giới thiệu"
        ordering = ["order", "title", "pk"]
        permissions = [("publish_page", "Được duyệt và đăng trang giới thiệu")]
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status=Status.WITHDRAWN), name="page_is_hidden_not_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["parent", "slug"],
                name="page_slug_once_per_parent",
                violation_error_message="Dưới trang này đã có trang khác dùng tên đó trên địa chỉ.",
            ),
            models.UniqueConstraint(
                fields=["parent"],
                condition=Q(parent__isnull=True),
                nulls_distinct=False,
                name="page_has_one_root",
                violation_error_message="Đã có trang gốc. Hãy chọn trang mà trang này nằm dưới.",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, path="")
                | Q(parent__isnull=False) & ~Q(path="") & ~Q(parent=F("pk")),
                name="page_only_root_has_no_path",
                violation_error_message="Trang không thể nằm dưới chính nó.",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(slug=""),
                name="page_has_title_and_slug",
                violation_error_message="Trang chưa có tiêu đề.",
            ),
        ]

    def get_absolute_url(self):
        return reverse("articles:page", kwargs={"path": self.path} if self.path else {})


class EditionQuerySet(models.QuerySet):
    def of(self, content):
        """Return the editions of an article or page, the newest first."""
        return self.filter(**{content._meta.model_name: content}).order_by("-number")

    def since_approval(self, content):
        """Return the editions written after the one that readers see."""
        editions = self.of(content)
        if content.approved_id is None:
            return editions
        return editions.filter(number__gt=content.approved.number)

    def for_history(self):
        """Fetch what a list of editions says: who, when, why; the texts not."""
        return (
            self.select_related("created_by", "approved_by")
            .annotate(restored_number=F("restored_from__number"))
            .only(
                "number",
                "title",
                "created_at",
                "created_by",
                "note",
                "approved_at",
                "approved_by",
                "override_reason",
            )
        )


class Edition(ArticleText):
    """One saved version of the text of an article or page. The database lets nobody rewrite it."""

    article = models.ForeignKey(
        Article,
        models.CASCADE,
        null=True,
        verbose_name="bài viết",
        related_name="editions",
    )
    page = models.ForeignKey(
        Page, models.CASCADE, null=True, verbose_name="trang", related_name="editions"
    )
    number = models.PositiveIntegerField("bản số")
    created_at = models.DateTimeField("lưu lúc", default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name="người lưu",
        related_name="+",
    )
    note = models.CharField("ghi chú cho người duyệt", max_length=500, blank=True)
    restored_from = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        verbose_name="lấy lại từ bản",
        related_name="+",
    )
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name="người duyệt",
        related_name="+",
    )
    override_reason = models.CharField("lý do tự duyệt", max_length=500, blank=True)
    attachments = models.ManyToManyField(
        "portal.Attachment",
        through="articles.EditionAttachment",
        verbose_name="tệp đính kèm",
        related_name="+",
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "bản lưu"
        verbose_name_plural = "bản lưu"
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=True) ^ Q(page__isnull=True),
                name="edition_of_one_text",
            ),
            models.UniqueConstraint(
                fields=["article", "number"],
                condition=Q(article__isnull=False),
                name="edition_number_once_per_article",
            ),
            models.UniqueConstraint(
                fields=["page", "number"],
                condition=Q(page__isnull=False),
                name="edition_number_once_per_page",
            ),
        ]

    def __str__(self):
        return f"{self.title} (bản {self.number})"

    @property
    def content(self):
        """Return the article or page whose text this is."""
        return self.article or self.page


class EditionAttachment(models.Model):
    """A document that an edition offers: in the list below the text, or by a link in it.

    Written by `articles.enclosures` together with the edition, and never changed.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="enclosures")
    attachment = models.ForeignKey(
        "portal.Attachment", models.PROTECT, related_name="enclosures"
    )
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_listed = models.BooleanField("hiện trong danh sách tệp", default=True)

    class Meta:
        verbose_name = "tệp đính kèm của bản lưu"
        verbose_name_plural = "tệp đính kèm của bản lưu"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "attachment"], name="edition_attachment_once"
            )
        ]

    def __str__(self):
        return str(self.edition)

    @property
    def content(self):
        """Return the article or page whose edition offers the document."""
        return self.edition.content


class LinkedHostQuerySet(models.QuerySet):
    def among(self, hosts):
        """Return those of `hosts` that an approved text has linked to before; one query."""
        return set(self.filter(host__in=hosts).values_list("host", flat=True))


class LinkedHost(models.Model):
    """A host outside this site that an approved text has linked to.

    Kept when the text goes: it says that somebody here once let readers be led there. Asking
    the texts themselves would read all of them.
    """

    LONGEST = 253  # characters of a host name (RFC 1035)

    host = models.CharField("máy chủ", max_length=LONGEST, primary_key=True)
    approved_at = models.DateTimeField("dẫn tới lần đầu lúc")

    objects = LinkedHostQuerySet.as_manager()

    class Meta:
        verbose_name = "nơi bài viết dẫn tới"
        verbose_name_plural = "nơi bài viết dẫn tới"

    def __str__(self):
        return self.host


class CategoryDuty(models.Model):
    """A member of staff may write and approve in this category and those below it.

    Who has no such row may do so in all categories, as far as the role goes.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name="cán bộ",
        related_name="category_duties",
    )
    category = models.ForeignKey(
        Category, models.CASCADE, verbose_name="chuyên mục", related_name="duties"
    )

    class Meta:
        verbose_name = "chuyên mục được giao"
        verbose_name_plural = "chuyên mục được giao"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "category"], name="category_duty_once_per_person"
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.category}"


class ImportedItem(models.Model):
    """One article of an older site and what it became here, so that importing again changes nothing.

    `old_address` is the host and `portal.redirects.normal()` of the rest; "" where it is
    unknown, then `source_hash` alone tells the item. `article` is empty once staff deleted the
    draft: it is not made again.
    """

    old_address = models.CharField("địa chỉ cũ", max_length=860, blank=True)
    source_hash = models.CharField("mã băm của bài cũ", max_length=64)
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        verbose_name="bài viết",
        related_name="imported_from",
    )
    edition_number = models.PositiveIntegerField("bản số")
    imported_at = models.DateTimeField("chuyển lúc")

    class Meta:
        verbose_name = "bài chuyển từ trang cũ"
        verbose_name_plural = "bài chuyển từ trang cũ"
        constraints = [
            models.UniqueConstraint(
                fields=["old_address"],
                condition=~Q(old_address=""),
                name="imported_item_once_per_address",
            ),
            models.UniqueConstraint(
                fields=["source_hash"],
                condition=Q(old_address=""),
                name="imported_item_once_per_text",
            ),
        ]

    def __str__(self):
        return self.old_address or self.source_hash

    @property
    def old_path(self):
        """Return the old address without its host, as redirects know it; "" if unknown."""
        _, slash, rest = self.old_address.partition("/")
        return slash + rest


class ArticleWords(models.Model):
    """What the search reads of an approved article, in rows so narrow that all hits can be sorted.

    The database keeps it (migration 0013): an article has a row while its status is
    published. Both columns hold what `portal_vector` gives, and besides the year ("#2024"),
    the quarter ("#2024q1") and the category ("/12") as words that nobody can type, so that
    one index finds the words within them.
    """

    article = models.OneToOneField(
        Article,
        models.DO_NOTHING,
        primary_key=True,
        verbose_name="bài viết",
        related_name="+",
    )
    published_at = models.DateTimeField("đăng lúc")
    expires_at = models.DateTimeField("hết hạn hiển thị lúc", null=True)
    title_words = SearchVectorField("chữ của tiêu đề")
    words = SearchVectorField("chữ của cả bài")

    class Meta:
        verbose_name = "chữ của bài viết"
        verbose_name_plural = "chữ của bài viết"
        indexes = [
            GinIndex(fields=["title_words"], name="article_title_words"),
            GinIndex(fields=["words"], name="article_words"),
        ]

    def __str__(self):
        return str(self.article_id)


class Word(models.Model):
    """A word of letters, without accents, and in how many approved articles it stands.

    The database keeps it together with `ArticleWords`: a word that stands in no approved
    article any more is gone.
    """

    LONGEST = 24  # letters

    text = models.CharField("chữ", max_length=LONGEST, primary_key=True)
    articles = models.PositiveIntegerField("số bài")

    class Meta:
        verbose_name = "chữ trong bài viết"
        verbose_name_plural = "chữ trong bài viết"

    def __str__(self):
        return self.text
