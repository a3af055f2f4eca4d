"""What the menu, public lists and the admin's start page may lead to in this app."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from articles.models import Article, Category, Page, next_moment
from portal.admin_start import StartCard
from portal.public_pages import Shelf, Shown
from portal.targets import Target


def targets():
    """Yield the news, each shown category and each shown page; three queries in all."""
    published = Article.objects.published()
    has_news = published.exists()
    # Asked category by category, which is a step along an index each, not a walk over all.
    of_category = published.filter(category=OuterRef("pk"))
    categories = Category.objects.shown().annotate(is_filled=Exists(of_category)).tree()
    yield Target(
        key="articles:list",
        label="Tin tức",
        url=reverse("articles:list"),
        has_content=has_news,
    )
    yield Target(
        key="articles:archive",
        label="Tin tức theo tháng",
        url=reverse("articles:archive"),
        has_content=has_news,
    )
    for category in categories:
        yield Target(
            key=f"articles:category:{category.pk}",
            label=category.name,
            url=category.get_absolute_url(),
            has_content=any(
                categories.get(pk).is_filled for pk in categories.branch(category.pk)
            ),
        )
    pages = (
        Page.objects.shown()
        .defer("body", "body_text")
        .annotate(has_text=~Q(body=""))
        .tree()
    )
    for page in pages:
        yield Target(
            key=f"articles:page:{page.pk}",
            label=page.title,
            url=page.get_absolute_url(),
            has_content=page.has_text or bool(pages.children(page.pk)),
            is_searched=False,
        )


def _readable_articles(object_ids):
    found = Article.objects.readable().for_links().filter(pk__in=object_ids)
    return {
        str(article.pk): Shown(article.title, article.get_absolute_url())
        for article in found
    }


def _newest_articles(limit):
    found = Article.objects.published().for_links().newest()[:limit]
    return {
        str(article.pk): Shown(article.title, article.get_absolute_url())
        for article in found
    }


SHELF = Shelf(
    "article",
    _readable_articles,
    until=next_moment,
    addresses={"articles:detail": lambda kwargs: str(kwargs["key"][1])},
    newest=_newest_articles,
)


def admin_address(object_id, user):
    """Return where the admin shows `user` the article of that key, "" where it does not."""
    if not user.has_perm("articles.view_article") or not object_id.isdecimal():
        return ""
    if not Article.objects.filter(pk=object_id).exists():
        return ""
    return reverse("admin:articles_article_change", args=[object_id])


def start_cards(request):
    """Yield the next steps of those who write."""
    yield StartCard(
        title="Viết bài mới",
        text="Soạn tin hoặc thông báo rồi gửi lãnh đạo duyệt.",
        url=reverse("admin:articles_article_add"),
        permission="articles.add_article",
        order=10,
    )
    own = Article.objects.drafts().filter(created_by=request.user)
    if request.user.has_perm("articles.change_article") and (drafts := own.count()):
        yield StartCard(
            title="Viết tiếp bản nháp",
            text=f"Bạn còn {drafts} bản nháp chưa gửi duyệt.",
            url=reverse(
                "admin:articles_article_changelist",
                query={"tinh-trang": "nhap", "nguoi-tao": request.user.pk},
            ),
            permission="articles.change_article",
            order=11,
        )
