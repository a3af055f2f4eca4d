"""Where staff write articles and pages and keep the categories."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from articles import workflow
from articles.categories import delete_category, save_category
from articles.forms import ArticleForm, CategoryForm, PageForm
from articles.models import Article, Category, Page, Precision, Status
from portal.editor import EditorAdminMixin


class WorkflowAdmin(admin.ModelAdmin):
    """Shows a refusal of the workflow as a message instead of an error page.

    Forms check beforehand; a refusal reaches this far when somebody else was quicker.
    """

    actions = None
    view_on_site = staticmethod(lambda target: target.get_absolute_url())

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except workflow.Refused as refusal:
            return self._tell(request, refusal)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except workflow.Refused as refusal:
            return self._tell(request, refusal)

    def _tell(self, request, refusal):
        for reason in refusal.reasons:
            self.message_user(request, reason, messages.ERROR)
        return redirect(request.path)


class TreeChangeList(ChangeList):
    def get_ordering(self, request, queryset):
        return ["place"]


class TreeAdmin(WorkflowAdmin):
    """Lists the rows as a tree: children below their parents, indented."""

    sortable_by = ()
    list_per_page = 500
    show_full_result_count = False

    def get_queryset(self, request):
        tree = self.model.objects.tree()

        def per_node(number_of):
            cases = [When(pk=node.pk, then=number_of[node.pk]) for node in tree]
            return Case(*cases, default=Value(len(cases)), output_field=IntegerField())

        return self.model.objects.annotate(
            place=per_node({node.pk: place for place, node in enumerate(tree)}),
            depth=per_node({node.pk: len(tree.ancestors(node.pk)) for node in tree}),
        )

    def get_changelist(self, request, **kwargs):
        return TreeChangeList

    @admin.display(description="tên")
    def name_in_tree(self, node):
        return f"{'— ' * node.depth}{node}"


@admin.register(Article)
class ArticleAdmin(EditorAdminMixin, WorkflowAdmin):
    form = ArticleForm
    list_display = ["title", "state", "category", "moment", "updated_at"]
    list_filter = ["status", "category", "is_featured"]
    list_select_related = ["category"]
    list_per_page = 50
    show_full_result_count = False
    date_hierarchy = "published_at"
    ordering = ["-updated_at", "-pk"]
    search_fields = ["title__unaccent", "lead__unaccent", "author_name__unaccent"]
    search_help_text = (
        "Tìm theo tiêu đề, tóm tắt, tác giả. Gõ có dấu hay không dấu đều được."
    )
    readonly_fields = [
        "state",
        "cover_now",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ]
    autocomplete_fields = ["cover"]

    def get_fieldsets(self, request, article=None):
        return [
            (None, {"fields": ["state", "title", "category", "lead", "body"]}),
            (
                "Ảnh đại diện",
                {
                    "fields": [
                        "cover_now",
                        "new_cover",
                        "cover",
                        "cover_alt",
                        "cover_credit",
                    ],
                    "description": "Ảnh đứng đầu bài và đi cùng bài trong danh sách tin.",
                },
            ),
            ("Tác giả và nguồn", {"fields": ["author_name", "source"]}),
            (
                "Đăng bài",
                {"fields": ["published_on", "published_time", "is_featured"]},
            ),
            *(
                [("Báo cho người đọc", {"fields": ["updated_note"]})]
                if article and article.status == Status.PUBLISHED
                else []
            ),
            (
                "Địa chỉ và lịch sử",
                {
                    "classes": ["collapse"],
                    "fields": [
                        "slug",
                        "created_at",
                        "created_by",
                        "updated_at",
                        "updated_by",
                    ],
                },
            ),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002  (Django's signature)
        form = super().get_form(request, obj, change, **kwargs)
        is_live = obj is not None and obj.status == Status.PUBLISHED
        form.actor = request.user
        form.is_publishing = "_publish" in request.POST or (
            is_live and "_unpublish" not in request.POST
        )
        return form

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        if obj is not None and obj.status == Status.PUBLISHED:
            return allowed and _may_publish(request)
        return allowed

    def has_delete_permission(self, request, obj=None):
        is_live = obj is not None and obj.status == Status.PUBLISHED
        return not is_live and super().has_delete_permission(request, obj)

    def render_change_form(self, request, context, *args, **kwargs):
        context["may_publish"] = _may_publish(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        workflow.save_article(article=obj, actor=request.user)
        if "_publish" in request.POST:
            workflow.submit(content=obj, actor=request.user)

    def delete_model(self, request, obj):
        workflow.delete_article(article=obj, actor=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        return self._after_saving(request, obj)

    def response_change(self, request, obj):
        return self._after_saving(request, obj)

    def _after_saving(self, request, article):
        """Say what readers see now, and keep a draft open for further writing."""
        if article.status == Status.DRAFT:
            sentence = format_html(
                "Đã lưu bản nháp “{}”. Người đọc chưa thấy bài này.", article.title
            )
        elif article.published_at > timezone.now():
            sentence = format_html(
                "Đã hẹn đăng bài “{}”. {}: từ lúc đó người đọc sẽ thấy bài.",
                article.title,
                article.date_line,
            )
        else:
            sentence = format_html(
                'Bài “{}” đang hiện trên trang. <a href="{}">Xem trên trang</a>',
                article.title,
                article.get_absolute_url(),
            )
        self.message_user(request, sentence, messages.SUCCESS)
        if article.status == Status.DRAFT:
            return redirect("admin:articles_article_change", article.pk)
        return redirect("admin:articles_article_changelist")

    def view_on_site(self, article):
        is_visible = Article.objects.published().filter(pk=article.pk).exists()
        return article.get_absolute_url() if is_visible else None

    @admin.display(description="trạng thái", ordering="status")
    def state(self, article):
        if article.pk is None or article.status == Status.DRAFT:
            css, words = "info", "Bản nháp"
        elif article.published_at > timezone.now():
            css, words = "info", "Hẹn đăng"
        else:
            css, words = "ok", "Đã đăng"
        return format_html('<span class="badge badge--{}">{}</span>', css, words)

    @admin.display(description="thời điểm đăng", ordering="published_at", empty_value="—")
    def moment(self, article):
        if article.published_at is None:
            return None
        is_day = article.published_precision == Precision.DATE
        local = timezone.localtime(article.published_at)
        return date_format(local, "DATE_FORMAT" if is_day else "DATETIME_FORMAT")

    @admin.display(description="Ảnh đang dùng")
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


@admin.register(Page)
class PageAdmin(EditorAdminMixin, TreeAdmin):
    form = PageForm
    list_display = [
        "name_in_tree",
        "address",
        "order",
        "is_shown",
        "updated_at",
        "updated_by",
    ]
    list_select_related = ["updated_by"]
    fields = ["title", "parent", "body", "order", "is_shown", "slug"]

    @admin.display(description="địa chỉ")
    def address(self, page):
        return page.get_absolute_url()

    def save_model(self, request, obj, form, change):
        workflow.save_page(page=obj, actor=request.user)

    def delete_model(self, request, obj):
        workflow.delete_page(page=obj, actor=request.user)


def _may_publish(request):
    return request.user.has_perm("articles.publish_article")
