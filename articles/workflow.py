"""The way of a text from its writer to the readers: one function a step.

    draft → submitted → (returned with a remark) → scheduled or published → withdrawn

Saving makes an edition and changes nothing that readers see; only `approve` does. A step
checks the right and the state, writes in one transaction with an audit entry, and raises
`Refused` with sentences for the person who asked. `content` is an article or a page. `actor`
is the member of staff who acts; None means a command of the system itself, which may do
everything. `at` is the moment of the step, now by default.
"""

import re

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles import enclosures, inspection, notices, quality
from articles.changes import (
    facts,
    record_deletion,
    record_saving,
    refuse_if,
    tidy_lines,
)
from articles.models import (
    BEYOND,
    EARLIEST,
    PATH_LENGTH,
    Article,
    Edition,
    Page,
    Precision,
    Stage,
    Status,
    WithdrawalKind,
)
from articles.rights import may_approve, may_write
from articles.tidying import drop_doubled_title
from portal import audit, redirects
from portal.accounts import name_of
from portal.refusals import Refused
from portal.richtext import clean, plain_text
from portal.text import clean_line, slugify
from portal.trees import is_below_itself, locked_tree

__all__ = [
    "Refused",
    "Stale",
    "allowed_steps",
    "approve",
    "delete_article",
    "delete_page",
    "discard",
    "move_article",
    "obstacles_to_publishing",
    "recall",
    "reinstate",
    "restore",
    "return_to_author",
    "save_article",
    "save_page",
    "submit",
    "unschedule",
    "withdraw",
]

# Where a text stands and when it shows. No part of an edition: stored at once.
_PLACING = {
    Article: (
        "category_id",
        "slug",
        "published_at",
        "published_precision",
        "expires_at",
        "review_on",
        "is_featured",
    ),
    Page: ("parent_id", "slug", "path", "order", "is_shown"),
}
_BETWEEN_TAGS = re.compile(r">\s+<")


class Stale(Refused):
    """Somebody else saved in the meantime; `edition` is what they saved."""

    def __init__(self, edition):
        self.edition = edition
        who = name_of(edition.created_by)
        local = timezone.localtime(edition.created_at)
        super().__init__(
            f"{who} đã lưu bản {edition.number} lúc {local:%H:%M} ngày {local:%d/%m/%Y}, "
            "sau khi bạn mở bản này. Hãy xem bản đó trước khi lưu hoặc duyệt."
        )


# --- Saving -----------------------------------------------------------------------


def save_article(*, article, actor, attachments=None, based_on=None, note="", at=None):
    """Store what `article` holds, and return it as it is stored now.

    A text that differs from the one in hand becomes an edition and a draft; of a live
    article readers go on seeing the approved one. Placing (category, address, moments) is
    stored at once, and needs the right to publish once the article was approved.
    `attachments` is the list of documents below the text; None leaves it as it is.
    `based_on` is the number of the edition that the writer began with: if there is a newer
    one, nothing is stored and `Stale` is raised. `note` is for the approver.
    """
    with transaction.atomic():
        stored = _locked(article)
        _require_right_to_write(actor, article, stored)
        _settle_moments(article)
        _save(
            article,
            stored,
            attachments=attachments,
            actor=actor,
            based_on=based_on,
            note=note,
            at=_now(at),
        )
    article.refresh_from_db()
    return article


def save_page(*, page, actor, based_on=None, note="", at=None):
    """Store a page as `save_article` does an article, and give it and all below it their paths."""
    with transaction.atomic():
        tree = locked_tree(Page)
        stored = _locked(page)
        old_path = stored and stored.path
        _require_right_to_write(actor, page, stored)
        if is_below_itself(page, tree):
            raise Refused("Trang không thể nằm dưới chính nó.")
        if page.parent_id is None and any(root.pk != page.pk for root in tree.roots):
            raise Refused("Đã có trang gốc. Hãy chọn trang mà trang này nằm dưới.")
        page.slug = slugify(page.slug or page.title)
        siblings = tree.children(page.parent_id)
        if any(each.slug == page.slug for each in siblings if each.pk != page.pk):
            # The form looked before the others were locked.
            raise Refused("Dưới trang này đã có trang khác dùng tên đó trên địa chỉ.")
        page.path = _path_below(tree.get(page.parent_id), page)
        _save(page, stored, actor=actor, based_on=based_on, note=note, at=_now(at))
        # Nobody knew the address of a draft, and a redirect would tell its new one.
        is_known = all(node.status == Status.PUBLISHED for node in tree.line(page.pk))
        if stored is not None and is_known and page.path != old_path:
            _lead_on(old_path, page.path, actor)
        _move_descendants(page, tree, actor, is_known=is_known)
    page.refresh_from_db()
    return page


def _save(content, stored, *, actor, based_on, note, at, attachments=None):
    """Write what differs of `content` from the row `stored` (None for a new one)."""
    if stored and based_on is not None and based_on != _number(stored):
        raise Stale(stored.head)
    tidy_lines(content)
    content.slug = slugify(content.slug or content.title)
    content.body = drop_doubled_title(clean(content.body), content.title)
    content.body_text = plain_text(content.body)
    before = facts(stored, text=stored.head) if stored else {}
    text = _text_of(content, like=content)
    if stored is None:
        content.status, content.stage = Status.DRAFT, Stage.DRAFT
        content.head = content.approved = content.approved_at = None
        content.created_at, content.created_by = at, actor
        content.updated_at, content.updated_by = at, actor
        _date_note(content, text, at)
        content.save()
        stored = content
    else:
        _place(stored, content, actor, at)
    if attachments is None:
        attachments = enclosures.listed(stored.head)
    if (
        stored.head is None
        or _differs(text, _text_of(stored.head, like=stored))
        or enclosures.differ(stored.head, attachments)
    ):
        edition = _new_edition(
            stored, text, attachments=attachments, actor=actor, at=at, note=note
        )
        _take_up(stored, edition, at)
        stored.updated_at, stored.updated_by = at, actor
    stored.save()
    record_saving(
        _kind(content),
        stored,
        before=before,
        after=facts(stored, text=stored.head),
        actor=actor,
        note=note,
    )


def _place(stored, content, actor, at):
    """Put `stored` where `content` says.

    What readers have had is not put off to a later moment: it would be gone without a reason,
    and, as something that nobody has read yet, could be deleted.
    """
    names = _PLACING[type(stored)]
    changed = [name for name in names if getattr(stored, name) != getattr(content, name)]
    if not changed:
        return
    if stored.status != Status.DRAFT:
        for target in (stored, content):
            if not may_approve(actor, target):
                raise Refused(
                    "Chuyên mục, địa chỉ, ngày giờ và cách hiển thị của bài đã duyệt chỉ "
                    "người duyệt mới đổi được. Phần chữ bạn vẫn sửa và gửi duyệt được."
                )
        if not getattr(content, "published_at", True):
            raise Refused("Bài đã đăng phải có ngày đăng.")
        if getattr(stored, "published_at", at) <= at < getattr(content, "published_at", at):
            raise Refused(
                "Người đọc đã thấy bài này nên không dời ngày đăng ra sau lúc này được. "
                "Muốn ẩn bài, hãy gỡ bài và ghi lý do."
            )
    for name in names:
        setattr(stored, name, getattr(content, name))
    _take_from_approver(stored, actor)


def _take_from_approver(content, actor):
    """Make a draft again of what waits, as its writer has just put it somewhere else.

    The approver would decide about another place or moment than the page showed.
    """
    if content.stage == Stage.SUBMITTED and not may_approve(actor, content):
        content.stage = Stage.DRAFT
        content.submitted_at = content.submitted_by = None


def _new_edition(content, text, *, attachments, actor, at, note="", restored_from=None):
    newest = Edition.objects.of(content).values_list("number", flat=True).first()
    edition = Edition.objects.create(
        **{_kind(content): content},
        **text,
        number=(newest or 0) + 1,
        created_at=at,
        created_by=actor,
        note=clean_line(note)[:500],
        restored_from=restored_from,
    )
    enclosures.enclose(edition, attachments)
    return edition


def _take_up(content, edition, at):
    """Make `edition` the one that staff work on; unread as yet by any approver."""
    content.head = edition
    content.stage = Stage.DRAFT
    content.submitted_at = content.submitted_by = None
    if content.status == Status.DRAFT:
        _show(content, edition, at)


def _show(content, edition, at):
    """Copy the text of `edition` to the columns of `content`."""
    text = _text_of(edition, like=content)
    _date_note(content, text, at)
    for name, value in text.items():
        setattr(content, name, value)


# --- From the writer to the approver --------------------------------------------------


def submit(*, content, actor, override_reason="", at=None):
    """Ask for approval of the edition in hand.

    What the quality checks hold back passes only with a reason from somebody who may
    approve; the audit keeps it.
    """
    with transaction.atomic():
        row = _locked(content)
        if not may_write(actor, row):
            raise Refused("Bạn chưa được giao quyền gửi duyệt bài này.")
        if row.stage not in (Stage.DRAFT, Stage.RETURNED):
            raise Refused(_STANDING[row.stage])
        refuse_if(obstacles_to_publishing(row.head))
        reason = clean_line(override_reason)[:500]
        _refuse_if_held_back(row.head, reason if may_approve(actor, row) else "")
        row.stage = Stage.SUBMITTED
        row.submitted_at, row.submitted_by = _now(at), actor
        _finish(content, row, "submitted", actor, note=reason)
        notices.ask_approvers(row)
    return content


def recall(*, content, actor):
    """Take a submitted text back to go on writing."""
    with transaction.atomic():
        row = _locked(content)
        if not may_write(actor, row):
            raise Refused("Bạn chưa được giao quyền rút lại bài này.")
        _require_submitted(row)
        row.stage, row.submitted_at, row.submitted_by = Stage.DRAFT, None, None
        _finish(content, row, "recalled", actor)
    return content


def return_to_author(*, content, actor, number, remark):
    """Send edition `number` back with a remark that says what to change."""
    remark = remark.strip()
    with transaction.atomic():
        row = _locked(content)
        _require_right_to_approve(actor, row)
        _require_submitted(row)
        _require_read(row, number)
        if not remark:
            raise Refused("Hãy ghi điều cần sửa để người viết biết.")
        writers = notices.writers_of(row)
        row.stage, row.remark = Stage.RETURNED, remark[:2000]
        row.submitted_at = row.submitted_by = None
        _finish(content, row, "returned", actor, note=row.remark)
        notices.tell_writers(
            row, "returned", actor=actor, writers=writers, words=row.remark
        )
    return content


def approve(*, content, actor, number, publish_at=None, override_reason="", at=None):
    """Let readers see edition `number`, which is the one that the approver has read.

    What the quality checks hold back needs a reason too. An article appears at `publish_at`, else at the moment it has, else now; a live one
    keeps its moment. Who wrote or submitted any of the text since the last approval approves
    only with an `override_reason`, which the edition and the audit keep.
    """
    at = _now(at)
    with transaction.atomic():
        row = _locked(content)
        _require_right_to_approve(actor, row)
        _require_submitted(row)
        _require_read(row, number)
        edition, reason = row.head, clean_line(override_reason)[:500]
        refuse_if(obstacles_to_publishing(edition))
        is_own, writers = has_written(actor, row), notices.writers_of(row)
        if is_own and not reason:
            raise Refused(
                "Bạn đã viết hoặc gửi bản này nên cần một người khác duyệt. "
                "Nếu buộc phải tự duyệt, hãy ghi lý do."
            )
        _refuse_if_held_back(edition, reason)
        if isinstance(row, Article):
            _set_moment(row, publish_at, at)
        _show(row, edition, at)
        row.approved, row.approved_at = edition, at
        row.stage, row.remark = Stage.APPROVED, ""
        row.submitted_at = row.submitted_by = None
        if row.status == Status.DRAFT:
            row.status = Status.PUBLISHED
            if isinstance(row, Article):
                _lead_from_old_site(row, at)
        edition.approved_at, edition.approved_by = at, actor
        edition.override_reason = reason
        edition.save(update_fields=["approved_at", "approved_by", "override_reason"])
        inspection.remember_links(edition=edition, at=at)
        _finish(
            content,
            row,
            "approved_alone" if is_own else "approved",
            actor,
            note=reason,
            after={
                "edition": edition.number,
                "published_at": getattr(row, "published_at", at),
            },
        )
        notices.tell_writers(row, "approved", actor=actor, writers=writers)
    return content


def _lead_from_old_site(article, at):
    """Lead readers on from where an older site had the article.

    Not before approval: a draft answers nobody, and browsers remember a redirect for good.
    To one that is still to come by its number alone, since the address has words of its title.
    """
    new = article.get_absolute_url()
    if article.published_at > at:
        new = reverse("articles:detail", args=["bai", ("", article.pk)])
    for item in article.imported_from.exclude(old_address=""):
        redirects.remember(old=item.old_path, new=new)


def _set_moment(article, publish_at, at):
    if article.status == Status.DRAFT and publish_at is not None:
        article.published_at, article.published_precision = publish_at, Precision.DATE_TIME
    if article.published_at is None:
        article.published_at, article.published_precision = at, Precision.DATE_TIME
    _settle_moments(article)


def has_written(actor, content):
    """Tell whether `actor` had a part in the text that waits: a saved edition, or sending it."""
    if actor is None:
        return False
    pending = Edition.objects.since_approval(content).filter(created_by=actor)
    return content.submitted_by_id == actor.pk or pending.exists()


# --- What readers may no longer see, or see again ---------------------------------------


def unschedule(*, article, actor, at=None):
    """Take back the approval of an article that no reader has seen yet."""
    with transaction.atomic():
        row = _locked(article)
        _require_right_to_approve(actor, row)
        if row.status != Status.PUBLISHED or row.published_at <= _now(at):
            raise Refused("Bài này không còn chờ đến giờ đăng.")
        row.status, row.approved, row.approved_at = Status.DRAFT, None, None
        row.published_at = None  # else the next approval would schedule it again unasked
        row.stage = Stage.DRAFT if row.stage == Stage.APPROVED else row.stage
        _show(row, row.head, _now(at))
        _finish(article, row, "unscheduled", actor)
    return article


def withdraw(*, article, actor, kind, reason, merged_into=None, at=None):
    """Take an article back, for a reason that its address tells the readers.

    `kind` (of `WithdrawalKind`) decides what the address answers; `merged_into` is the
    article that readers are led to. Withdrawing again changes kind and reason.
    """
    at, reason = _now(at), clean_line(reason)[:300]
    with transaction.atomic():
        target = _merge_target(article, kind, merged_into, at)
        row = _locked(article)
        _require_right_to_approve(actor, row)
        if row.status == Status.DRAFT:
            raise Refused("Bài này chưa đăng nên không cần gỡ.")
        if row.status == Status.PUBLISHED and row.published_at > at:
            raise Refused("Bài này chưa đến giờ đăng. Hãy hủy hẹn đăng.")
        if kind not in WithdrawalKind.values:
            raise Refused("Hãy chọn một kiểu gỡ bài.")
        if not reason:
            raise Refused("Hãy ghi lý do gỡ bài; người đọc sẽ thấy lý do này.")
        row.status, row.withdrawn_at = Status.WITHDRAWN, at
        row.withdrawal_kind, row.withdrawal_reason = kind, reason
        row.merged_into = target
        _finish(
            article,
            row,
            "withdrawn",
            actor,
            note=reason,
            after={"withdrawal_kind": kind, "merged_into": target and target.pk},
        )
        notices.tell_writers(
            row, "withdrawn", actor=actor, writers=notices.writers_of(row), words=reason
        )
    return article


def _merge_target(article, kind, merged_into, at):
    """Return the locked article that readers will be led to; None but for a merger.

    Both rows are locked in one order, so that two articles cannot be merged into each other.
    """
    if kind != WithdrawalKind.MERGED:
        return None
    if merged_into is None or merged_into.pk == article.pk:
        raise Refused("Hãy chọn bài khác mà bài này được gộp vào.")
    keys = sorted([article.pk, merged_into.pk])
    list(Article.objects.select_for_update(of=["self"]).filter(pk__in=keys).order_by("pk"))
    target = Article.objects.published(at).filter(pk=merged_into.pk).first()
    if target is None:
        raise Refused(
            "Bài được chọn không đang hiện trên trang. Hãy chọn một bài đang đăng."
        )
    return target


def reinstate(*, article, actor, reason, at=None):
    """Let readers see a withdrawn article again, with the text that was approved last."""
    reason = clean_line(reason)[:300]
    with transaction.atomic():
        row = _locked(article)
        _require_right_to_approve(actor, row)
        if row.status != Status.WITHDRAWN:
            raise Refused("Bài này chưa bị gỡ.")
        if not reason:
            raise Refused("Hãy ghi lý do cho đăng lại.")
        row.status, row.withdrawn_at, row.merged_into = Status.PUBLISHED, None, None
        row.withdrawal_kind = row.withdrawal_reason = ""
        _finish(article, row, "reinstated", actor, note=reason)
    return article


# --- Older texts ----------------------------------------------------------------------


def restore(*, content, actor, number, at=None):
    """Make a new edition of an older one's text, and the one in hand of it."""
    at = _now(at)
    with transaction.atomic():
        row = _locked(content)
        if not may_write(actor, row):
            raise Refused("Bạn chưa được giao quyền sửa bài này.")
        old = Edition.objects.of(row).filter(number=number).first()
        if old is None:
            raise Refused(f"Không có bản {number}.")
        if old == row.head:
            raise Refused(f"Bản {number} đang là bản được soạn.")
        edition = _new_edition(
            row,
            _text_of(old, like=row),
            attachments=enclosures.listed(old),
            actor=actor,
            at=at,
            restored_from=old,
        )
        _take_up(row, edition, at)
        row.updated_at, row.updated_by = at, actor
        _finish(content, row, "restored", actor, after={"edition": number})
    return content


def discard(*, content, actor):
    """Give up the pending text of something live: the approved edition is in hand again.

    The editions given up stay in the history.
    """
    with transaction.atomic():
        row = _locked(content)
        if not may_write(actor, row):
            raise Refused("Bạn chưa được giao quyền sửa bài này.")
        if row.status == Status.DRAFT or not row.is_pending:
            raise Refused("Không có bản sửa nào đang chờ.")
        given_up = row.head
        row.head, row.stage, row.remark = row.approved, Stage.APPROVED, ""
        row.submitted_at = row.submitted_by = None
        _finish(content, row, "discarded", actor, after={"edition": given_up.number})
    return content


# --- Place and end ----------------------------------------------------------------------


def move_article(*, article, actor, category):
    """Put an article in another category; its old address leads to the new one."""
    with transaction.atomic():
        row = _locked(article)
        before = row.category
        if before == category:
            return article
        may = may_write if row.status == Status.DRAFT else may_approve
        is_allowed = may(actor, row)
        row.category = category
        if not (is_allowed and may(actor, row)):
            raise Refused("Bạn chưa được giao quyền chuyển bài này sang chuyên mục đó.")
        _take_from_approver(row, actor)
        _finish(
            article,
            row,
            "moved",
            actor,
            before={"category": str(before)},
            after={"category": str(category)},
        )
    return article


def delete_article(*, article, actor):
    """Delete a draft with all its editions; what was approved is withdrawn instead."""
    _delete(
        article,
        actor,
        "Bài này đã được duyệt. Hãy gỡ bài thay vì xóa, để còn lưu lại bài đã đăng.",
    )


def delete_page(*, page, actor):
    """Delete a page that readers never saw or that is hidden, with nothing below it."""
    with transaction.atomic():
        if locked_tree(Page).children(page.pk):
            raise Refused(
                "Dưới trang này còn trang khác. Hãy chuyển chúng đi trước khi xóa."
            )
        _delete(
            page,
            actor,
            "Trang này đang hiện. Hãy bỏ chọn “hiển thị” và lưu lại trước khi xóa.",
        )


def _delete(content, actor, sentence_for_public):
    with transaction.atomic():
        row = _locked(content)
        name = row._meta.model_name
        if actor is not None and not (
            actor.has_perm(f"articles.delete_{name}") and may_write(actor, row)
        ):
            raise Refused(f"Bạn chưa được giao quyền xóa {row._meta.verbose_name} này.")
        if row.status != Status.DRAFT and getattr(row, "is_shown", True):
            raise Refused(sentence_for_public)
        record_deletion(name, row, actor)
        content.delete()


# --- What a person may do now ---------------------------------------------------------------


def allowed_steps(content, user, at=None) -> frozenset[str]:
    """Return the names of the steps that `user` may take with `content` now.

    "approve_alone" instead of "approve" means: only with a reason, being a writer of it.
    """
    at = _now(at)
    steps = set()
    is_draft = content.status == Status.DRAFT
    if may_write(user, content):
        steps |= {"save", "restore"}
        if content.stage in (Stage.DRAFT, Stage.RETURNED):
            steps.add("submit")
        if content.stage == Stage.SUBMITTED:
            steps.add("recall")
        if not is_draft and content.is_pending:
            steps.add("discard")
        name = content._meta.model_name
        may_delete = user is None or user.has_perm(f"articles.delete_{name}")
        if may_delete and (is_draft or not getattr(content, "is_shown", True)):
            steps.add("delete")
    if may_approve(user, content):
        if content.stage == Stage.SUBMITTED:
            steps |= {
                "return_to_author",
                "approve_alone" if has_written(user, content) else "approve",
            }
        if isinstance(content, Article):
            steps |= _steps_of_public(content, at)
    return frozenset(steps)


def _steps_of_public(article, at):
    if article.status == Status.WITHDRAWN:
        return {"withdraw", "reinstate"}
    if article.status == Status.PUBLISHED:
        return {"unschedule"} if article.published_at > at else {"withdraw"}
    return set()


def obstacles_to_publishing(text) -> list[str]:
    """Return what keeps a text from being read, as sentences that say what to do."""
    obstacles = []
    if not plain_text(text.body) and "<img" not in text.body:
        obstacles.append("Bài chưa có nội dung. Hãy viết nội dung trước khi gửi duyệt.")
    cover = text.cover
    if cover and not (cover.is_decorative or text.cover_alt_text):
        obstacles.append(
            "Ảnh đại diện chưa có mô tả. Hãy viết một câu cho người không nhìn thấy ảnh."
        )
    return obstacles


def _refuse_if_held_back(edition, reason):
    """Refuse what a quality check blocks, unless an approver gives a reason."""
    blockers = quality.blockers(inspection.inspect(edition))
    if blockers and not reason:
        raise Refused(
            *(finding.message for finding in blockers),
            "Nếu đúng là phải đăng như vậy, người duyệt ghi lý do rồi gửi hoặc duyệt lại.",
        )


# --- What the steps share --------------------------------------------------------------------

_STANDING = {
    Stage.SUBMITTED: "Bài này đã được gửi và đang chờ duyệt.",
    Stage.APPROVED: "Bản này đã được duyệt rồi.",
    Stage.DRAFT: "Bài này đang được soạn, chưa gửi duyệt.",
    Stage.RETURNED: "Bài này đã được trả lại cho người viết.",
}


def _now(at):
    return timezone.now() if at is None else at


def _kind(content):
    return content._meta.model_name


def _number(content):
    return content.head.number if content.head else 0


def _locked(content):
    """Return the row as the database has it, locked until the transaction ends; None if new."""
    if content.pk is None:
        return None
    # Its editions are read afterwards: joined to a row that had to be waited for, they would
    # be those of the moment before the waiting.
    rows = type(content).objects.select_for_update()
    row = rows.filter(pk=content.pk).first()
    if row is None:
        raise Refused("Bài này vừa bị người khác xóa.")
    return row


def _require_right_to_write(actor, content, stored):
    if not all(may_write(actor, each) for each in (content, stored) if each is not None):
        raise Refused(
            f"Bạn chưa được giao quyền viết hoặc sửa {content._meta.verbose_name} ở đây."
        )


def _require_right_to_approve(actor, content):
    if not may_approve(actor, content):
        raise Refused("Bạn chưa được giao quyền duyệt hoặc gỡ bài này.")


def _require_submitted(content):
    if content.stage != Stage.SUBMITTED:
        raise Refused(_STANDING[content.stage])


def _require_read(content, number):
    if content.head.number != number:
        raise Stale(content.head)


def _finish(content, row, step, actor, **entry):
    """Store the row with an audit entry, and let the caller's object say the same."""
    row.save()
    audit.record(f"{_kind(row)}.{step}", actor=actor, target=row, **entry)
    content.refresh_from_db()


def _text_of(source, *, like):
    """Return the text columns of `source`, as far as the model of `like` has them."""
    return {name: getattr(source, name) for name in like.text_fields()}


def _differs(text, other):
    # Editors write line breaks between blocks as they like.
    def meant(texts):
        return texts | {"body": _BETWEEN_TAGS.sub("><", texts["body"])}

    return meant(text) != meant(other)


def _date_note(content, text, at):
    """Date what readers are told of a change when it first differs from what they were told."""
    note = text.get("updated_note", "")
    if not note:
        content.revised_at = None
    elif note != content.updated_note or content.revised_at is None:
        content.revised_at = at


def _settle_moments(article):
    """Keep whole seconds, or the day's first moment when only the day is known."""
    for moment in filter(None, (article.published_at, article.expires_at)):
        if not EARLIEST <= moment < BEYOND:
            raise Refused(f"Năm {moment.year} chắc là gõ nhầm. Hãy xem lại ngày.")
    if article.published_at is None:
        return
    local = timezone.localtime(article.published_at).replace(microsecond=0)
    if article.published_precision == Precision.DATE:
        local = local.replace(hour=0, minute=0, second=0)
    article.published_at = local
    if article.expires_at is not None and article.expires_at <= local:
        raise Refused("Bài phải hết hạn sau lúc đăng. Hãy xem lại ngày hết hạn.")


def _path_below(parent, page):
    path = "/".join(filter(None, [parent.path, page.slug])) if parent else ""
    if len(path) > PATH_LENGTH:
        raise Refused("Trang nằm dưới quá nhiều tầng nên địa chỉ quá dài.")
    return path


def _move_descendants(page, tree, actor, *, is_known):
    moved = []
    for child in tree.children(page.pk):
        old_path, child.path = child.path, _path_below(page, child)
        if child.path != old_path:
            is_child_known = is_known and child.status == Status.PUBLISHED
            if is_child_known:
                _lead_on(old_path, child.path, actor)
            moved.append(child)
            _move_descendants(child, tree, actor, is_known=is_child_known)
    Page.objects.bulk_update(moved, ["path"])


def _lead_on(old_path, path, actor):
    """Let the old address of a page lead to the new one."""
    old, new = (
        reverse("articles:page", kwargs={"path": each} if each else {})
        for each in (old_path, path)
    )
    redirects.remember(old=old, new=new, actor=actor)
