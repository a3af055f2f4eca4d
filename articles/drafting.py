"""Drafts that other parts of the site ask for, made as if their asker had written them.

Whoever holds only `articles.draft_article` may have such a draft made and no more: somebody of
the newsroom finishes it, and it goes the way of every text. The category is that of the last
article of this kind, else the first one open to the asker; the newsroom may change it.
"""

from django.urls import reverse

from articles import rights, workflow
from articles.models import Article, Category
from portal.drafting import Drafted
from portal.refusals import Refused

__all__ = ["make", "may"]

_ALIKE = 12  # characters with which the titles of one kind begin


def may(user):
    """Tell whether `user` may have a draft made."""
    return user.has_perm("articles.add_article") or user.has_perm("articles.draft_article")


def make(*, title, lead, body, actor):
    """Store a draft by `actor`; refused when there is such an article or no category for it."""
    if Article.objects.filter(title=title).exists():
        raise Refused(
            f"Đã có bài “{title}”. Hãy mở bài đó trong mục Tin bài để sửa, hoặc nhờ người viết tin."
        )
    category = _category_for(title, actor)
    if category is None:
        raise Refused("Chưa có chuyên mục nào để đặt bài. Hãy nhờ quản trị lập chuyên mục.")
    article = workflow.save_article(
        article=Article(title=title, lead=lead, body=body, category=category), actor=actor
    )
    if rights.may_write(actor, article):
        return Drafted(
            reverse("admin:articles_article_change", args=[article.pk]),
            f"Đã lập bản nháp trong chuyên mục {category}. Hãy xem lại rồi gửi duyệt.",
        )
    return Drafted(
        "",
        f"Đã lập bản nháp “{title}” trong chuyên mục {category}. Người viết tin bài sẽ xem lại "
        "và gửi duyệt.",
    )


def _category_for(title, actor):
    open_to = rights.categories_open_to(actor)
    alike = Article.objects.filter(title__startswith=title[:_ALIKE])
    if open_to is not None:
        alike = alike.filter(category__in=open_to)
    last = alike.order_by("-pk").select_related("category").first()
    if last is not None:
        return last.category
    tree = Category.objects.tree()
    return next((node for node in tree if open_to is None or node.pk in open_to), None)
