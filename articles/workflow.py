"""Every change of an article, a category or a page: one function each.

A function checks the right and the state, tidies the texts, writes in one transaction with
an audit entry, and raises `Refused` with sentences for the person who asked. `actor` is the
member of staff who acts; None means a command of the system itself, which may do everything.
"""

import hashlib

from django.db import transaction
from django.utils import timezone

from articles.models import PATH_LENGTH, Article, Category, Page, Precision, Status
from articles.tidying import drop_doubled_title
from portal import audit
from portal.refusals import Refused
from portal.richtext import clean, plain_text
from portal.text import clean_line, slugify

# Texts of one line, of whatever has them.
LINES = {
    "title",
    "lead",
    "cover_alt",
    "cover_credit",
    "author_name",
    "source",
    "updated_note",
    "name",
    "description",
}

_NOT_AUDITED = {"id", "body_text", "created_at", "created_by", "updated_at", "updated_by"}


# --- Articles ---------------------------------------------------------------------


def save_article(*, article, actor, at=None):
    """Store what `article` holds, and return it; its status stays as it was.

    A new article becomes a draft. Changing one that readers see needs the right to publish,
    and leaves it fit to be read. A changed `updated_note` is dated `at` (now by default).
    """
    at = timezone.now() if at is None else at
    with transaction.atomic():
        stored = _stored(article)
        _require_right_to_save(actor, article)
        article.status = stored.status if stored else Status.DRAFT
        _tidy_lines(article)
        article.slug = slugify(article.slug or article.title)
        _set_body(article, drop_doubled_title(clean(article.body), article.title))
        _round_moment(article)
        _date_note(article, stored, at)
        if article.status == Status.PUBLISHED:
            _require(
                actor,
                "articles.publish_article",
                "Bài này đã đăng. Bạn chưa được giao quyền sửa bài đã đăng.",
            )
            _refuse_if(obstacles_to_publishing(article))
            _refuse_if([] if article.published_at else ["Bài đã đăng phải có ngày đăng."])
        _stamp(article, actor, at)
        article.save()
        _record("article", article, stored, actor)
    return article


def publish(*, article, actor, at=None):
    """Let readers see a draft: from its publishing moment, which is `at` (now) if it has none."""
    at = timezone.now() if at is None else at
    _require(actor, "articles.publish_article", "Bạn chưa được giao quyền đăng bài.")
    with transaction.atomic():
        stored = _stored(article)
        if stored.status == Status.PUBLISHED:
            raise Refused("Bài này đã được đăng rồi.")
        _refuse_if(obstacles_to_publishing(stored))
        if stored.published_at is None:
            stored.published_at = at.replace(microsecond=0)
            stored.published_precision = Precision.DATE_TIME
        stored.status = Status.PUBLISHED
        stored.save(update_fields=["status", "published_at", "published_precision"])
        audit.record(
            "article.published",
            actor=actor,
            target=stored,
            after={"published_at": stored.published_at},
        )
    article.status = stored.status
    article.published_at = stored.published_at
    article.published_precision = stored.published_precision
    return article


def unpublish(*, article, actor, note=""):
    """Take an article from the public pages; it becomes a draft that keeps its moment."""
    _require(actor, "articles.publish_article", "Bạn chưa được giao quyền gỡ bài.")
    with transaction.atomic():
        stored = _stored(article)
        if stored.status != Status.PUBLISHED:
            raise Refused("Bài này chưa đăng nên không cần gỡ.")
        stored.status = Status.DRAFT
        stored.save(update_fields=["status"])
        audit.record("article.unpublished", actor=actor, target=stored, note=note)
    article.status = stored.status
    return article


def delete_article(*, article, actor):
    """Delete a draft for good; what readers see has to be unpublished first."""
    _require(actor, "articles.delete_article", "Bạn chưa được giao quyền xóa bài.")
    with transaction.atomic():
        stored = _stored(article)
        if stored.status == Status.PUBLISHED:
            raise Refused("Bài này đang đăng. Hãy gỡ bài xuống trước khi xóa.")
        _record_deletion("article", stored, actor)
        article.delete()


def obstacles_to_publishing(article) -> list[str]:
    """Return what keeps the article from being read, as sentences that say what to do."""
    obstacles = []
    if not plain_text(article.body) and "<img" not in article.body:
        obstacles.append("Bài chưa có nội dung. Hãy viết nội dung trước khi đăng.")
    cover = article.cover
    if cover and not (cover.is_decorative or article.cover_alt_text):
        obstacles.append(
            "Ảnh đại diện chưa có mô tả. Hãy viết một câu cho người không nhìn thấy ảnh."
        )
    return obstacles


def _date_note(article, stored, at):
    if not article.updated_note:
        article.revised_at = None
    elif stored is None or stored.updated_note != article.updated_note:
        article.revised_at = at


def _round_moment(article):
    """Keep whole seconds, or the day's first moment when only the day is known."""
    if article.published_at is None:
        return
    local = timezone.localtime(article.published_at).replace(microsecond=0)
    if article.published_precision == Precision.DATE:
        local = local.replace(hour=0, minute=0, second=0)
    article.published_at = local


# --- Categories -------------------------------------------------------------------


def save_category(*, category, actor):
    """Store a category; refuse a place below itself."""
    _require_right_to_save(actor, category)
    with transaction.atomic():
        tree = _locked_tree(Category)
        stored = tree.get(category.pk)
        if _is_below_itself(category, tree):
            raise Refused("Chuyên mục không thể nằm dưới chính nó.")
        _tidy_lines(category)
        category.slug = slugify(category.slug or category.name)
        category.save()
        _record("category", category, stored, actor)
    return category


def delete_category(*, category, actor):
    """Delete a category that holds nothing."""
    _require(actor, "articles.delete_category", "Bạn chưa được giao quyền xóa chuyên mục.")
    with transaction.atomic():
        tree = _locked_tree(Category)
        if tree.children(category.pk):
            raise Refused(
                "Chuyên mục này còn chuyên mục con. Hãy chuyển chúng đi trước khi xóa."
            )
        if Article.objects.filter(category=category).exists():
            raise Refused("Chuyên mục này còn bài viết. Hãy chuyển bài đi trước khi xóa.")
        _record_deletion("category", category, actor)
        category.delete()


# --- Pages ------------------------------------------------------------------------


def save_page(*, page, actor, at=None):
    """Store a page, and give it and everything below it the addresses of its place."""
    at = timezone.now() if at is None else at
    _require_right_to_save(actor, page)
    with transaction.atomic():
        tree = _locked_tree(Page)
        stored = tree.get(page.pk)
        if _is_below_itself(page, tree):
            raise Refused("Trang không thể nằm dưới chính nó.")
        if page.parent_id is None and any(root.pk != page.pk for root in tree.roots):
            raise Refused("Đã có trang gốc. Hãy chọn trang mà trang này nằm dưới.")
        _tidy_lines(page)
        page.slug = slugify(page.slug or page.title)
        page.path = _path_below(tree.get(page.parent_id), page)
        _set_body(page, drop_doubled_title(clean(page.body), page.title))
        _stamp(page, actor, at)
        page.save()
        _record("page", page, stored, actor)
        _move_descendants(page, tree)
    return page


def delete_page(*, page, actor):
    """Delete a page that has no pages below it."""
    _require(actor, "articles.delete_page", "Bạn chưa được giao quyền xóa trang.")
    with transaction.atomic():
        if _locked_tree(Page).children(page.pk):
            raise Refused(
                "Dưới trang này còn trang khác. Hãy chuyển chúng đi trước khi xóa."
            )
        _record_deletion("page", page, actor)
        page.delete()


def _path_below(parent, page):
    path = "/".join(filter(None, [parent.path, page.slug])) if parent else ""
    if len(path) > PATH_LENGTH:
        raise Refused("Trang nằm dưới quá nhiều tầng nên địa chỉ quá dài.")
    return path


def _move_descendants(page, tree):
    moved = []
    for child in tree.children(page.pk):
        child.path = _path_below(page, child)
        moved.append(child)
        _move_descendants(child, tree)
    Page.objects.bulk_update(moved, ["path"])


# --- What they share --------------------------------------------------------------


def _require(actor, permission, sentence):
    if actor is not None and not actor.has_perm(permission):
        raise Refused(sentence)


def _require_right_to_save(actor, target):
    verb = "add" if target.pk is None else "change"
    _require(
        actor,
        f"articles.{verb}_{target._meta.model_name}",
        f"Bạn chưa được giao quyền viết hoặc sửa {target._meta.verbose_name}.",
    )


def _refuse_if(reasons):
    if reasons:
        raise Refused(*reasons)


def _stored(article):
    """Return the row as the database has it, locked until the transaction ends."""
    if article.pk is None:
        return None
    return Article.objects.select_for_update().get(pk=article.pk)


def _locked_tree(model):
    """Return the whole tree, locked, so that two moves at once cannot close a circle."""
    list(model.objects.select_for_update().order_by("pk"))
    return model.objects.tree()


def _is_below_itself(node, tree):
    return node.pk is not None and node.parent_id in tree.branch(node.pk)


def _tidy_lines(target):
    for field in target._meta.concrete_fields:
        if field.name in LINES:
            setattr(target, field.name, clean_line(getattr(target, field.name)))


def _set_body(content, html):
    content.body = html
    content.body_text = plain_text(html)


def _stamp(content, actor, at):
    if content.pk is None:
        content.created_at, content.created_by = at, actor
    content.updated_at, content.updated_by = at, actor


def _record(kind, target, stored, actor):
    """Note who saved what, with the facts that differ."""
    before, after = _facts(stored), _facts(target)
    differing = [name for name in after if not stored or before[name] != after[name]]
    audit.record(
        f"{kind}.changed" if stored else f"{kind}.created",
        actor=actor,
        target=target,
        before={name: before[name] for name in differing} if stored else None,
        after={name: after[name] for name in differing},
    )


def _record_deletion(kind, target, actor):
    audit.record(f"{kind}.deleted", actor=actor, target=target, before=_facts(target))


def _facts(target):
    """Return the columns of a row for the audit; of a long text its size and fingerprint."""
    if target is None:
        return {}
    facts = {
        field.name: field.value_from_object(target)
        for field in target._meta.concrete_fields
        if field.name not in _NOT_AUDITED
    }
    if "body" in facts:
        fingerprint = hashlib.sha256(facts["body"].encode()).hexdigest()[:12]
        facts["body"] = f"{len(facts['body'])} ký tự ({fingerprint})"
    return facts
