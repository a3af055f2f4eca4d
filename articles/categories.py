"""Every change of the categories; raises `Refused` with sentences for the person who asked."""

from django.db import transaction
from django.urls import reverse

from articles.changes import facts, record_deletion, record_saving, tidy_lines
from articles.models import RESERVED_SLUGS, Article, Category, CategoryDuty
from articles.rights import categories_open_to
from portal import redirects
from portal.accounts import name_of
from portal.refusals import Refused, require
from portal.text import slugify
from portal.trees import is_below_itself, locked_tree


def save_category(*, category, actor):
    """Store a category and return it; refuse a place below itself.

    `actor` is the member of staff who acts; None means the system itself. Who works only in
    some categories keeps those: taking others below them would be taking them over.
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
        _require_duty(actor, category, stored)
        if is_below_itself(category, tree):
            raise Refused("Chuyên mục không thể nằm dưới chính nó.")
        tidy_lines(category)
        category.slug = slugify(category.slug or category.name)
        if category.slug in RESERVED_SLUGS:
            raise Refused(
                f"Tên “{category.slug}” trên địa chỉ đã dành cho trang khác của cổng. "
                "Hãy đặt tên khác."
            )
        siblings = (node for node in tree if node.pk != category.pk)
        if any(node.slug == category.slug for node in siblings):
            # The form looked before the others were locked.
            raise Refused("Đã có chuyên mục khác dùng tên này trên địa chỉ.")
        category.save()
        _lead_on(stored, category, actor)
        record_saving(
            "category", category, before=facts(stored), after=facts(category), actor=actor
        )
    return category


def delete_category(*, category, actor):
    """Delete a category that holds nothing."""
    require(actor, "articles.delete_category", "Bạn chưa được giao quyền xóa chuyên mục.")
    with transaction.atomic():
        tree = locked_tree(Category)
        _require_duty(actor, category, category)
        if tree.children(category.pk):
            raise Refused(
                "Chuyên mục này còn chuyên mục con. Hãy chuyển chúng đi trước khi xóa."
            )
        if Article.objects.filter(category=category).exists():
            raise Refused("Chuyên mục này còn bài viết. Hãy chuyển bài đi trước khi xóa.")
        # Who is left without any duty would be free in all categories.
        if duties := CategoryDuty.objects.filter(category=category).select_related("user"):
            names = ", ".join(name_of(duty.user) for duty in duties)
            raise Refused(
                f"Chuyên mục này đang được giao cho: {names}. Hãy giao chuyên mục khác cho "
                "người đó trước khi xóa."
            )
        record_deletion("category", category, actor)
        category.delete()


def _require_duty(actor, category, stored):
    """Refuse who is held to other categories than `category` is, or will lie below."""
    held_to = categories_open_to(actor)
    if held_to is None:
        return
    is_moved = stored is None or stored.parent_id != category.parent_id
    touched = {stored and stored.pk, category.parent_id if is_moved else None} - {None}
    if not touched or not touched <= held_to:
        raise Refused("Bạn chỉ lập, sửa và xóa được các chuyên mục mà bạn được giao.")


def _lead_on(stored, category, actor):
    """Let the old addresses of a renamed category lead to the new ones.

    Its articles need none: their number alone finds them.
    """
    if stored is None or stored.slug == category.slug:
        return
    for view in ("category", "category_rss", "category_json_feed"):
        old, new = (
            reverse(f"articles:{view}", kwargs={"slug": each.slug})
            for each in (stored, category)
        )
        redirects.remember(old=old, new=new, actor=actor)
