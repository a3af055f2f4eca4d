"""Who may write and who may approve, by role and by category.

The role gives the permission; a person with category duties has it only in those categories
and below them. Pages belong to no category: for them the role decides alone. "draft_article"
lets a person have new articles made (articles/drafting.py), without the form to write them in.
"""

from django.db import transaction

from articles.models import (
    Article,
    Category,
    CategoryDuty,
    Page,
    Status,
    category_tree,
)
from portal.files import Picture

__all__ = [
    "assign_categories",
    "categories_open_to",
    "has_duty",
    "may_approve",
    "may_reword",
    "may_write",
]


def categories_open_to(user) -> set[int] | None:
    """Return the keys of the categories this person is held to; None when held to none.

    `user` is None for the system itself, which is never held to any.
    """
    if user is None or user.is_superuser:
        return None
    # As Django does with permissions: read once for the user of a request.
    if not hasattr(user, "_category_duties"):
        duties = CategoryDuty.objects.filter(user=user)
        user._category_duties = list(duties.values_list("category", flat=True))
    if not user._category_duties:
        return None
    tree = category_tree()
    return {key for duty in user._category_duties for key in tree.branch(duty)}


def assign_categories(*, user, categories):
    """Hold `user` to these categories and those below them; to none means free in all."""
    with transaction.atomic():
        duties = CategoryDuty.objects.filter(user=user)
        duties.exclude(category__in=categories).delete()
        CategoryDuty.objects.bulk_create(
            [CategoryDuty(user=user, category=category) for category in categories],
            ignore_conflicts=True,
        )


def has_duty(user, category_id) -> bool:
    """Tell whether the person works in this category, whatever the role allows there."""
    held_to = categories_open_to(user)
    return held_to is None or category_id in held_to


def may_write(user, target) -> bool:
    """Tell whether `user` may write `target`: an article, a page, or a category to write in.

    None is the system itself, which may do everything.
    """
    verb = "add" if isinstance(target, Category) or target.pk is None else "change"
    return _may(user, target, verb)


def may_approve(user, target) -> bool:
    """Tell whether `user` may decide what readers see of `target`, as for `may_write`."""
    return _may(user, target, "publish")


def may_reword(user, file) -> bool:
    """Tell whether `user` may change the words about `file`, a picture or a document.

    Where an approved text shows it, readers see them at once: as much as an approval.
    """
    is_cover = isinstance(file, Picture)
    shows = {"cover" if is_cover else "approved__enclosures__attachment": file}
    texts = list(Article.objects.exclude(status=Status.DRAFT).filter(**shows))
    if not is_cover:
        texts += Page.objects.exclude(status=Status.DRAFT).filter(**shows)
    return all(may_approve(user, text) for text in texts)


def _may(user, target, verb):
    if user is None:
        return True
    name = "article" if isinstance(target, Category) else target._meta.model_name
    if not user.has_perm(f"articles.{verb}_{name}") and not (
        verb == "add" and name == "article" and user.has_perm("articles.draft_article")
    ):
        return False
    if isinstance(target, Category):
        return has_duty(user, target.pk)
    return not isinstance(target, Article) or has_duty(user, target.category_id)
