"""Every change of the categories; raises `Refused` with sentences for the person who asked."""

from django.db import transaction

from articles.changes import (
    facts,
    is_below_itself,
    locked_tree,
    record_deletion,
    record_saving,
    require,
    tidy_lines,
)
from articles.models import Article, Category
from portal.refusals import Refused
from portal.text import slugify


def save_category(*, category, actor):
    """Store a category and return it; refuse a place below itself.

    `actor` is the member of staff who acts; None means the system itself.
    """
    verb = "add" if category.pk is None else "change"
    require(
        actor,
        f"articles.{verb}_category",
        "Bạn chưa được giao quyền lập hoặc sửa chuyên mục.",
    )
    with transaction.atomic():
        tree = locked_tree(Category)
        stored = tree.get(category.pk)
        if is_below_itself(category, tree):
            raise Refused("Chuyên mục không thể nằm dưới chính nó.")
        tidy_lines(category)
        category.slug = slugify(category.slug or category.name)
        category.save()
        record_saving(
            "category", category, before=facts(stored), after=facts(category), actor=actor
        )
    return category


def delete_category(*, category, actor):
    """Delete a category that holds nothing."""
    require(actor, "articles.delete_category", "Bạn chưa được giao quyền xóa chuyên mục.")
    with transaction.atomic():
        tree = locked_tree(Category)
        if tree.children(category.pk):
            raise Refused(
                "Chuyên mục này còn chuyên mục con. Hãy chuyển chúng đi trước khi xóa."
            )
        if Article.objects.filter(category=category).exists():
            raise Refused("Chuyên mục này còn bài viết. Hãy chuyển bài đi trước khi xóa.")
        record_deletion("category", category, actor)
        category.delete()
