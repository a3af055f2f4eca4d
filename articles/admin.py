"""Where staff write articles and pages and keep the categories."""

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from articles import states, workflow
from articles.categories import delete_category, save_category
from articles.enclosures import listed
from articles.forms import ArticleForm, CategoryForm, PageForm
from articles.history_admin import EditionHistoryMixin
from articles.inspection import inspect
from articles.list_admin import ArticleListMixin
from articles.models import Article, Category, Page, Precision, Stage, Status
from articles.readership_admin import ReadershipAdminMixin, ReadershipChangeList
from articles.review_admin import ReviewAdminMixin, WithdrawalAdminMixin, admin_url
from articles.rights import may_approve, may_write
from articles.stale_saves import StaleSaveMixin
from portal.accounts import name_of
from portal.editor import EditorAdminMixin
from portal.refusable_admin import RefusableAdmin
from portal.richtext import clean_with_report, render
from portal.tree_admin import TreeAdmin, TreeChangeList


class WorkflowAdmin(RefusableAdmin):
    """A form of the newsroom; what the workflow refuses is shown in it."""

    stale = workflow.Stale


class TextAdmin(
    ReadershipAdminMixin,
    StaleSaveMixin,
    EditorAdminMixin,
    EditionHistoryMixin,
    ReviewAdminMixin,
    WorkflowAdmin,
):
    """The form in which a text is written, with the steps that its writer may take."""

    add_form_template = change_form_template = "admin/articles/text_form.html"
    readonly_fields = ["rendered_body", "created", "updated"]

    @staticmethod
    def address_fields(content):
        """Return the fields of the last group; what is new has no history yet."""
        return ["slug"] if content is None else ["slug", "created", "updated"]

    def save(self, content, form, **options):
        """Store the text by the function of the workflow for this model."""
        raise NotImplementedError

    def get_object(self, request, object_id, from_field=None):
        """Return the article or page with the text in hand, not the one that readers see."""
        content = super().get_object(request, object_id, from_field)
        return content if content is None else content.load_head()

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002  (Django's signature)
        form = super().get_form(request, obj, change, **kwargs)
        form.actor = request.user
        return form

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return super().has_change_permission(request)
        return may_write(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        if obj is None:
            return super().has_delete_permission(request)
        return "delete" in workflow.allowed_steps(obj, request.user)

    def public_address(self, content):
        """Return where readers find `content`, "" if they do not."""
        return content.get_absolute_url() if self.is_public(content) else ""

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        user = request.user
        publish = f"articles.publish_{self.opts.model_name}"
        context["may_approve_alone"] = user.has_perm(publish)
        if obj is not None:
            context |= {
                "content": obj,
                "badges": states.badges(obj),
                "standing": states.sentence(obj),
                "findings": inspect(obj.head) if obj.is_pending else [],
                "steps": workflow.allowed_steps(obj, user),
                "public_address": self.public_address(obj),
                "readership": self.readership(obj, user),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        said = form.cleaned_data
        _, report = clean_with_report(said["body"])
        for sentence in report.sentences():
            self.message_user(request, sentence, messages.WARNING)
        self.save(
            obj,
            form,
            actor=request.user,
            based_on=said["based_on"] if change else None,
            note=said["note"],
        )
        try:
            self._pass_on(request, obj, reason=said["override_reason"])
        except workflow.Refused as refusal:
            # The text is stored all the same; what keeps it from going on is said.
            request.is_held_back = True
            self.tell_refusal(request, refusal)

    def _pass_on(self, request, content, *, reason):
        """Take the step that the pressed button asks for beyond saving."""
        alone = "_approve_alone" in request.POST
        if not alone and "_submit" not in request.POST:
            return
        if content.stage in (Stage.DRAFT, Stage.RETURNED):
            workflow.submit(content=content, actor=request.user, override_reason=reason)
        if alone:
            workflow.approve(
                content=content,
                actor=request.user,
                number=content.head.number,
                override_reason=reason,
            )

    def response_add(self, request, obj, post_url_continue=None):
        return self._after_saving(request, obj)

    def response_change(self, request, obj):
        return self._after_saving(request, obj)

    def _after_saving(self, request, content):
        """Say what readers see now, and keep the text open for further writing."""
        if _is_held_back(request):
            said, level = "Đã lưu, nhưng chưa gửi đi được.", messages.WARNING
        else:
            said, level = "Đã lưu.", messages.SUCCESS
        self.tell_standing(request, content, said, level)
        return redirect(admin_url(content, "change"))

    @admin.display(description="nội dung")
    def rendered_body(self, content):
        return render(content.body)

    @admin.display(description="tạo")
    def created(self, content):
        return _who_and_when(content.created_by, content.created_at)

    @admin.display(description="sửa lần cuối")
    def updated(self, content):
        return _who_and_when(content.updated_by, content.updated_at)

    @admin.display(description="trạng thái", ordering="status")
    def state(self, content):
        return format_html_join(
            " ",
            '<span class="badge badge--{}">{}</span>',
            ((badge.kind, badge.words) for badge in states.badges(content)),
        )


@admin.register(Article)
class ArticleAdmin(ArticleListMixin, WithdrawalAdminMixin, TextAdmin):
    form = ArticleForm
    readonly_fields = [*TextAdmin.readonly_fields, "cover_now"]

    def get_fieldsets(self, request, article=None):
        if article is not None and not self.has_change_permission(request, article):
            return [(None, {"fields": ["title", "category", "lead", "rendered_body"]})]
        is_live = article is not None and article.status != Status.DRAFT
        placing_needs_right = is_live and not may_approve(request.user, article)
        return [
            (
                None,
                {
                    "fields": [
                        "title",
                        "category",
                        "lead",
                        "body",
                        "cover_now",
                        "new_cover",
                        "cover_alt",
                    ]
                },
            ),
            *(
                [("Cập nhật cho người đọc", {"fields": ["updated_note"]})]
                if is_live
                else []
            ),
            ("Ghi chú cho người duyệt", {"classes": ["collapse"], "fields": ["note"]}),
            (
                "Tệp đính kèm",
                {
                    # What is there is not hidden: it would look as if it were lost.
                    "classes": [] if article and listed(article.head) else ["collapse"],
                    "fields": ["attachments"],
                },
            ),
            (
                "Ảnh trong kho và nguồn ảnh",
                {"classes": ["collapse"], "fields": ["cover", "cover_credit"]},
            ),
            (
                "Tác giả và nguồn tin",
                {"classes": ["collapse"], "fields": ["author_name", "source"]},
            ),
            (
                "Ngày giờ đăng, tin nổi bật",
                {
                    "classes": ["collapse"],
                    "fields": [
                        "published_on",
                        "published_time",
                        "is_featured",
                        "expires_at",
                        "review_on",
                    ],
                    "description": _ONLY_APPROVERS if placing_needs_right else "",
                },
            ),
            (
                "Địa chỉ và lịch sử",
                {"classes": ["collapse"], "fields": self.address_fields(article)},
            ),
        ]

    def save(self, content, form, **options):
        workflow.save_article(article=content, attachments=form.documents, **options)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for sentence in form.refused_files:
            self.message_user(request, sentence, messages.WARNING)

    def is_public(self, article):
        return Article.objects.readable().filter(pk=article.pk).exists()

    def delete_model(self, request, obj):
        workflow.delete_article(article=obj, actor=request.user)

    @admin.display(description="đăng lúc", ordering="published_at", empty_value="—")
    def moment(self, article):
        if article.published_at is None:
            return None
        is_day = article.published_precision == Precision.DATE
        local = timezone.localtime(article.published_at)
        return date_format(local, "DATE_FORMAT" if is_day else "DATETIME_FORMAT")

    @admin.display(description="Ảnh đại diện đang dùng")
    def cover_now(self, article):
        if article.cover is None:
            return "Chưa có ảnh."
        return format_html(
            '<img src="{}" alt="{}" width="240">',
            article.cover.smallest_url,
            article.cover_alt_text,
        )


@admin.register(Category)
class CategoryAdmin(TreeAdmin):
    form = CategoryForm
    list_display = ["name_in_tree", "slug", "published", "order", "is_shown"]
    view_on_site = staticmethod(lambda category: category.get_absolute_url())

    def get_queryset(self, request):
        published = Count("articles", filter=Q(articles__status=Status.PUBLISHED))
        return super().get_queryset(request).annotate(published=published)

    @admin.display(description="số bài đã đăng")
    def published(self, category):
        return category.published

    def save_model(self, request, obj, form, change):
        save_category(category=obj, actor=request.user)

    def delete_model(self, request, obj):
        delete_category(category=obj, actor=request.user)


class PageChangeList(ReadershipChangeList, TreeChangeList):
    pass


@admin.register(Page)
class PageAdmin(TextAdmin, TreeAdmin):
    form = PageForm
    list_display = [
        "name_in_tree",
        "state",
        "address",
        "views",
        "order",
        "updated_at",
        "updated_by",
    ]
    list_select_related = ["updated_by"]

    def get_changelist(self, request, **kwargs):
        return PageChangeList

    def get_fieldsets(self, request, page=None):
        if page is not None and not self.has_change_permission(request, page):
            return [(None, {"fields": ["title", "parent", "rendered_body"]})]
        is_live = page is not None and page.status != Status.DRAFT
        placing_needs_right = is_live and not may_approve(request.user, page)
        return [
            (None, {"fields": ["title", "parent", "body"]}),
            ("Ghi chú cho người duyệt", {"classes": ["collapse"], "fields": ["note"]}),
            (
                "Vị trí, địa chỉ và lịch sử",
                {
                    "classes": ["collapse"],
                    "fields": ["order", "is_shown", *self.address_fields(page)],
                    "description": _ONLY_APPROVERS if placing_needs_right else "",
                },
            ),
        ]

    @admin.display(description="địa chỉ")
    def address(self, page):
        return page.get_absolute_url()

    def save(self, content, form, **options):
        workflow.save_page(page=content, **options)

    def is_public(self, page):
        return bool(Page.objects.along(page.path))

    def delete_model(self, request, obj):
        workflow.delete_page(page=obj, actor=request.user)


_ONLY_APPROVERS = "Bài đã duyệt: phần này chỉ người duyệt mới đổi được. Phần chữ bạn vẫn sửa và gửi duyệt."


def _is_held_back(request):
    return getattr(request, "is_held_back", False)


def _who_and_when(person, at):
    if at is None:
        return "—"
    return f"{name_of(person)}, {states.moment(at)}"
