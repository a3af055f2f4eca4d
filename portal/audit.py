"""The append-only record of who changed what.

`record()` is called inside the transaction of the change, so that neither exists without the
other. The database refuses to change or delete an entry. What an action is called on screen
stands in one table, `WORDING`; entries keep the code.
"""

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from portal import read_only

__all__ = [
    "WORDING",
    "AuditEntry",
    "UnknownAction",
    "columns",
    "phrase",
    "record",
    "record_difference",
]

WORDING = {
    "account.password_changed": "Đặt mật khẩu cho tài khoản",
    "alert.switched_off": "Tắt ngay tin khẩn đầu trang",
    "article.approved": "Duyệt bài viết",
    "article.approved_alone": "Tự duyệt bài viết của mình",
    "article.changed": "Sửa bài viết",
    "article.created": "Tạo bài viết",
    "article.deleted": "Xóa bài viết",
    "article.discarded": "Bỏ bản sửa của bài viết",
    "article.moved": "Chuyển bài viết sang chuyên mục khác",
    "article.published": "Đăng bài viết",
    "article.recalled": "Rút bài viết đã gửi duyệt",
    "article.reinstated": "Cho đăng lại bài viết đã gỡ",
    "article.restored": "Lấy lại bản cũ của bài viết",
    "article.returned": "Trả lại bài viết để sửa",
    "article.submitted": "Gửi duyệt bài viết",
    "article.unpublished": "Bỏ đăng bài viết",
    "article.unscheduled": "Hủy hẹn đăng bài viết",
    "article.withdrawn": "Gỡ bài viết",
    "category.changed": "Sửa chuyên mục",
    "category.created": "Tạo chuyên mục",
    "category.deleted": "Xóa chuyên mục",
    "dossier.removed": "Gỡ hồ sơ khỏi các danh sách theo yêu cầu",
    "dossiers.expired": "Xóa danh sách hồ sơ hết thời gian lưu",
    "duty.changed": "Sửa việc phải công khai",
    "duty.created": "Thêm việc phải công khai",
    "duty.deleted": "Xóa việc phải công khai",
    "duty.reviewed": "Xác nhận đã rà soát việc phải công khai",
    "duty.unreviewed": "Bỏ xác nhận rà soát việc phải công khai",
    "field.changed": "Sửa lĩnh vực TTHC",
    "field.created": "Lập lĩnh vực TTHC",
    "field.deleted": "Xóa lĩnh vực TTHC",
    "log.imported": "Nhập nhật ký máy chủ web vào thống kê truy cập",
    "log.removed": "Bỏ nhật ký máy chủ web khỏi thống kê truy cập",
    "occurrence.added": "Ghi việc phát sinh phải công khai",
    "occurrence.nothing": "Ghi nhận không phát sinh trong kỳ công khai",
    "occurrence.published": "Ghi nhận đã công khai theo luật",
    "occurrence.removed": "Xóa việc phát sinh phải công khai",
    "occurrence.taken_back": "Bỏ ghi nhận đã công khai theo luật",
    "old_month.removed": "Bỏ số liệu tháng của trang cũ",
    "old_months.imported": "Nhập số liệu tháng của trang cũ",
    "page.approved": "Duyệt trang nội dung",
    "page.approved_alone": "Tự duyệt trang nội dung của mình",
    "page.changed": "Sửa trang nội dung",
    "page.created": "Tạo trang nội dung",
    "page.deleted": "Xóa trang nội dung",
    "page.discarded": "Bỏ bản sửa của trang nội dung",
    "page.recalled": "Rút trang nội dung đã gửi duyệt",
    "page.restored": "Lấy lại bản cũ của trang nội dung",
    "page.returned": "Trả lại trang nội dung để sửa",
    "page.submitted": "Gửi duyệt trang nội dung",
    "period.approved_alone": "Tự duyệt kỳ kết quả TTHC của mình",
    "period.created": "Lập kỳ kết quả TTHC",
    "period.deleted": "Xóa kỳ kết quả TTHC",
    "period.discarded": "Bỏ bản đính chính của kỳ kết quả TTHC",
    "period.published": "Công khai kỳ kết quả TTHC",
    "period.put_back": "Công khai lại kỳ kết quả TTHC đã gỡ",
    "period.recalled": "Rút kỳ kết quả TTHC đã gửi duyệt",
    "period.removed": "Gỡ kỳ kết quả TTHC",
    "period.returned": "Trả lại kỳ kết quả TTHC để sửa",
    "period.saved": "Lưu số liệu kỳ kết quả TTHC",
    "period.submitted": "Gửi duyệt kỳ kết quả TTHC",
    "period.unpublished": "Đưa kỳ kết quả TTHC về bản nháp",
    "procedure.changed": "Sửa thủ tục hành chính trong danh mục",
    "procedure.created": "Thêm thủ tục hành chính vào danh mục",
    "procedure.deleted": "Xóa thủ tục hành chính khỏi danh mục",
    "procedure.ended": "Ghi thủ tục hành chính hết hiệu lực",
    "procedure.loaded": "Nạp nhiều thủ tục hành chính vào danh mục",
    "procedure.reviewed": "Xác nhận đã rà soát thủ tục hành chính",
    "procedure.unreviewed": "Bỏ xác nhận rà soát thủ tục hành chính",
    "procedure_settings.changed": "Sửa lựa chọn về TTHC",
    # Of the time when only procedures had legal bases.
    "procedures.legalbasis.add": "Thêm căn cứ pháp lý",
    "procedures.legalbasis.change": "Sửa căn cứ pháp lý",
    "procedures.legalbasis.delete": "Xóa căn cứ pháp lý",
    "reception.cancelled": "Hoãn buổi tiếp công dân",
    "reception.changed": "Sửa buổi tiếp công dân",
    "reception.created": "Thêm buổi tiếp công dân",
    "reception.deleted": "Xóa buổi tiếp công dân",
    "reception.resumed": "Bỏ hoãn buổi tiếp công dân",
    "receptions.laid_out": "Lập lịch tiếp công dân theo tuần",
    "request.changed": "Sửa yêu cầu đính chính, gỡ bỏ",
    "request.closed": "Trả lời yêu cầu đính chính, gỡ bỏ",
    "request.registered": "Nhận yêu cầu đính chính, gỡ bỏ",
    "session.refused": "Đăng nhập không thành công",
    "session.started": "Đăng nhập",
    "session.throttled": "Tạm khóa đăng nhập",
    "site.resumed": "Mở lại cổng đã ngừng cập nhật",
    "site.retired": "Chuyển cổng sang chế độ chỉ đọc",
    "visit_settings.changed": "Sửa thiết lập thống kê truy cập",
}

# What stock admin forms do is named by the model: "portal.weblink.add" → "Thêm liên kết trang".
_ADMIN_VERBS = {"add": "Thêm", "change": "Sửa", "delete": "Xóa"}


class UnknownAction(LookupError):
    """The action code has no wording."""


class AuditEntryQuerySet(models.QuerySet):
    def about(self, target):
        """Return what was done with `target`, the latest first."""
        return self.filter(
            target_type=target._meta.label_lower, target_id=str(target.pk)
        ).select_related("actor")


class AuditEntry(models.Model):
    """One state change: a dotted action code, who did it, to what, before and after."""

    at = models.DateTimeField("lúc", auto_now_add=True, db_index=True)
    action = models.CharField("việc", max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="người làm",
        related_name="+",
    )
    target_type = models.CharField("loại đối tượng", max_length=60, blank=True)
    target_id = models.CharField("mã đối tượng", max_length=40, blank=True)
    target_label = models.CharField("đối tượng", max_length=300, blank=True)
    before = models.JSONField("trước", null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("sau", null=True, blank=True, encoder=DjangoJSONEncoder)
    note = models.TextField("ghi chú", blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "mục nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]

    def __str__(self):
        return f"{phrase(self.action)}: {self.target_label}".rstrip(": ")


def record(action, *, actor, target, before=None, after=None, note=""):
    """Append one entry and return it.

    `actor` is a user, or None for the system and for people who are not signed in. `target` is
    the object concerned, or None. `before` and `after` are dictionaries of what changed; dates
    and decimals may stand in them. Raises `UnknownAction` for a code without wording, and
    `read_only.ReadOnly`, which undoes the change, when the site takes none any more.
    """
    phrase(action)
    read_only.refuse(action)
    return AuditEntry.objects.create(
        action=action,
        actor=actor if actor is not None and actor.is_authenticated else None,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:300] if target is not None else "",
        before=before,
        after=after,
        note=note,
    )


def record_difference(action, *, actor, stored, target, note=""):
    """Append an entry with the columns of `target` that differ from those of `stored`.

    `stored` is the row as it was, or None when `target` is new. Nothing is recorded when
    nothing differs.
    """
    before, after = columns(stored) if stored else {}, columns(target)
    changed = [name for name in after if after[name] != before.get(name)]
    if stored and not changed:
        return
    record(
        action,
        actor=actor,
        target=target,
        before={name: before[name] for name in changed} if stored else None,
        after={name: after[name] for name in changed},
        note=note,
    )


def columns(target):
    """Return what a row holds, by the names that staff read, without its key."""
    return {
        str(field.verbose_name): field.value_from_object(target)
        for field in target._meta.concrete_fields
        if not field.primary_key
    }


def phrase(action):
    """Return the Vietnamese phrase for an action code; raises `UnknownAction`."""
    if action in WORDING:
        return WORDING[action]
    model_label, _, verb = action.rpartition(".")
    try:
        return f"{_ADMIN_VERBS[verb]} {apps.get_model(model_label)._meta.verbose_name}"
    except (LookupError, ValueError):
        raise UnknownAction(f"{action!r} has no wording in portal/audit.py") from None
