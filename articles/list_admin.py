"""The list of articles in the admin: search, filters, and steps for many articles at once."""

import re
from functools import cached_property

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.paginator import Paginator
from django.db.models import Exists, F, Func, OuterRef, TextField
from django.template.response import TemplateResponse
from django.utils import timezone

from articles import states, workflow
from articles.forms import MoveForm, WithdrawalForm
from articles.models import Article, Category
from articles.panels import SOON
from articles.readership_admin import ReadershipChangeList
from portal.accounts import User, name_of
from portal.text import fold

__all__ = ["ArticleListMixin", "CategoryFilter", "StateFilter"]


MOST_COUNTED = 10_000  # rows; beyond that nobody turns pages
MOST_AT_ONCE = 200  # articles of one action
_REASONS_SHOWN = 10
_NO_TEXTS = ("body", "body_text", "lead", "cover_alt", "cover_credit", "source")


class Folded(Func):
    """What the search looks in, as the index `article_folded` has it."""

    template = "articles_fold(%(expressions)s)"
    arg_joiner = " || ' ' || "
    output_field = TextField()

    def __init__(self):
        super().__init__("title", "lead", "author_name")


class BoundedPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:MOST_COUNTED].count()


class ArticleChangeList(ReadershipChangeList):
    def get_queryset(self, request, *args, **kwargs):
        found = super().get_queryset(request, *args, **kwargs)
        return found.annotate(edition=F("head__number")).defer(*_NO_TEXTS)


# --- Filters ------------------------------------------------------------------------------


class StateFilter(admin.SimpleListFilter):
    title = "tình trạng"
    parameter_name = "tinh-trang"

    _STATES = {
        "nhap": ("Bản nháp", lambda found, at: found.drafts()),
        "cho-duyet": ("Chờ duyệt", lambda found, at: found.awaiting_approval()),
        "tra-lai": ("Trả lại để sửa", lambda found, at: found.returned()),
        "hen-dang": ("Hẹn đăng", lambda found, at: found.scheduled(at)),
        "dang-hien": ("Đang hiện", lambda found, at: found.published(at)),
        "co-ban-sua": ("Đã đăng, có bản sửa", lambda found, at: found.being_changed()),
        "sap-het-han": (
            "Sắp hết hạn",
            lambda found, at: found.expiring(before=at + SOON, at=at),
        ),
        "het-han": ("Đã hết hạn", lambda found, at: found.expired(at)),
        "can-xem-lai": (
            "Đến ngày xem lại",
            lambda found, at: found.overdue_for_review(timezone.localdate(at)),
        ),
        "da-go": ("Đã gỡ", lambda found, at: found.withdrawn()),
    }

    def lookups(self, request, model_admin):
        return [(key, words) for key, (words, _) in self._STATES.items()]

    def queryset(self, request, queryset):
        if self.value() not in self._STATES:
            return queryset
        _, narrow = self._STATES[self.value()]
        return narrow(queryset, timezone.now())


class CategoryFilter(admin.SimpleListFilter):
    """Offers the categories as a tree; each stands for those below it, too."""

    title = "chuyên mục"
    parameter_name = "chuyen-muc"

    @cached_property
    def _tree(self):
        return Category.objects.tree()

    def lookups(self, request, model_admin):
        return [
            (str(node.pk), f"{'— ' * len(self._tree.ancestors(node.pk))}{node}")
            for node in self._tree
        ]

    def queryset(self, request, queryset):
        chosen = [node for node in self._tree if str(node.pk) == self.value()]
        return queryset.in_category(chosen[0], tree=self._tree) if chosen else queryset


class AuthorFilter(admin.SimpleListFilter):
    title = "người tạo"
    parameter_name = "nguoi-tao"

    def lookups(self, request, model_admin):
        authors = User.objects.filter(
            Exists(Article.objects.filter(created_by=OuterRef("pk")))
        )
        return [
            (str(user.pk), name_of(user)) for user in authors.order_by("first_name", "pk")
        ]

    def queryset(self, request, queryset):
        offered = {key for key, _ in self.lookup_choices}
        return (
            queryset.filter(created_by=self.value())
            if self.value() in offered
            else queryset
        )


# --- The list and what can be done in it ------------------------------------------------------


class ArticleListMixin:
    list_display = ["title", "state", "category", "moment", "views", "author", "edition"]
    list_filter = [StateFilter, CategoryFilter, AuthorFilter, "is_featured"]
    list_select_related = ["category", "created_by"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    paginator = BoundedPaginator
    ordering = ["-updated_at", "-pk"]
    search_fields = ["title"]  # Django asks for it; `get_search_results` looks in more.
    search_help_text = (
        "Tìm theo tiêu đề, tóm tắt, tác giả. Gõ có dấu hay không dấu đều được."
    )
    actions = ["submit_chosen", "approve_chosen", "withdraw_chosen", "move_chosen"]

    def get_changelist(self, request, **kwargs):
        return ArticleChangeList

    def get_search_results(self, request, queryset, search_term):
        queryset = queryset.alias(folded=Folded())
        for word in fold(search_term).split():
            queryset = queryset.filter(folded__contains=word)
        return queryset, False

    def get_actions(self, request):
        # Articles are deleted one by one: what readers have seen is withdrawn instead.
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if name != "delete_selected"
        }

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    @admin.display(description="người tạo", ordering="created_by__first_name")
    def author(self, article):
        return name_of(article.created_by)

    @admin.display(description="bản", ordering="head__number")
    def edition(self, article):
        return article.edition

    @admin.action(description="Gửi duyệt", permissions=["change"])
    def submit_chosen(self, request, queryset):
        def submit(article):
            workflow.submit(content=article, actor=request.user)

        self._do_with_each(request, queryset[:MOST_AT_ONCE], submit, "gửi duyệt")

    @admin.action(description="Duyệt và đăng…", permissions=["publish"])
    def approve_chosen(self, request, queryset):
        def approve(article):
            read = re.fullmatch(r"[0-9]{1,9}", request.POST.get(f"number-{article.pk}", ""))
            workflow.approve(
                content=article,
                actor=request.user,
                number=int(read[0]) if read else None,
            )

        return self._confirm(request, queryset, approve, "duyệt", action="approve_chosen")

    @admin.action(description="Gỡ bài…", permissions=["publish"])
    def withdraw_chosen(self, request, queryset):
        form = WithdrawalForm(request.POST if "confirm" in request.POST else None)

        def withdraw(article):
            workflow.withdraw(article=article, actor=request.user, **form.cleaned_data)

        return self._confirm(
            request, queryset, withdraw, "gỡ", action="withdraw_chosen", form=form
        )

    @admin.action(description="Chuyển chuyên mục…", permissions=["change"])
    def move_chosen(self, request, queryset):
        form = MoveForm(
            request.POST if "confirm" in request.POST else None, actor=request.user
        )

        def move(article):
            workflow.move_article(
                article=article, actor=request.user, category=form.cleaned_data["category"]
            )

        return self._confirm(
            request, queryset, move, "chuyển", action="move_chosen", form=form
        )

    def _confirm(self, request, queryset, step, verb, *, action, form=None):
        """Show what would be done to which articles; do it when that page is sent."""
        articles = list(queryset.select_related("head")[:MOST_AT_ONCE])
        if "confirm" in request.POST and (form is None or form.is_valid()):
            return self._do_with_each(request, articles, step, verb)
        return TemplateResponse(
            request,
            "admin/articles/bulk.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"{verb.capitalize()} {len(articles)} bài",
                "articles": [(each, states.badges(each)) for each in articles],
                "action": action,
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "form": form,
                "media": form.media if form else "",
                "verb": verb,
                "most": MOST_AT_ONCE,
                "is_cut": len(articles) == MOST_AT_ONCE,
            },
        )

    def _do_with_each(self, request, articles, step, verb):
        """Take a step of the workflow with each article; say once how it went."""
        done, reasons = 0, []
        for article in articles:
            try:
                step(article)
            except workflow.Refused as refusal:
                reasons.append(f"“{article.title}”: {refusal}")
            else:
                done += 1
        sentence = f"Đã {verb} {done} bài."
        if reasons:
            shown = " ".join(reasons[:_REASONS_SHOWN])
            sentence += f" {len(reasons)} bài không {verb} được: {shown}"
            if len(reasons) > _REASONS_SHOWN:
                sentence += f" … và {len(reasons) - _REASONS_SHOWN} bài nữa."
        self.message_user(
            request, sentence, messages.WARNING if reasons else messages.SUCCESS
        )
