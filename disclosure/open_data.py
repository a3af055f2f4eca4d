"""The times that duties were due, as open data."""

from django.utils import timezone

from disclosure.board import changes_at, public_standings
from disclosure.calendar import HISTORY
from disclosure.models import Cadence, Occurrence, Outcome
from portal.exports import Column
from portal.open_data import Dataset, Filter

__all__ = ["OCCURRENCES"]


def _items():
    recent = timezone.localdate() - HISTORY
    found = Occurrence.objects.in_use().filter(due_on__gte=recent).select_related("duty")
    return found.order_by("duty__order", "duty__title", "duty", "-due_on", "-pk")


def _row(occurrence):
    duty = occurrence.duty
    standing = public_standings().get(occurrence.pk)
    where = standing and standing.where
    return {
        "duty": duty.title,
        "duty_slug": duty.slug,
        "provision": duty.provision or None,
        "cadence": Cadence(duty.cadence).label,
        "owner": duty.owner or None,
        "occurrence": occurrence.name,
        "due_on": occurrence.due_on,
        "state": standing and standing.badge.words,
        "published_on": occurrence.published_on,
        "note": occurrence.note or None,
        "read_at": where and where.url,
        "path": duty.get_absolute_url(),
    }


OCCURRENCES = Dataset(
    name="cong-khai",
    title="Lịch công khai theo luật",
    description=(
        "Mỗi lần phải công khai trong 5 năm gần nhất một dòng: hạn, tình trạng hôm nay và nơi "
        "đọc. Chỉ gồm những việc mà cán bộ đã rà soát."
    ),
    columns=(
        Column("duty", "Việc phải công khai"),
        Column("duty_slug", "Việc, như trong địa chỉ"),
        Column("provision", "Điều khoản"),
        Column("cadence", "Bao lâu một lần"),
        Column("owner", "Người phụ trách"),
        Column("occurrence", "Kỳ hoặc nội dung phát sinh"),
        Column("due_on", "Hạn công khai", "date"),
        Column("state", "Tình trạng"),
        Column("published_on", "Công khai ngày", "date"),
        Column("note", "Ghi chú"),
        Column("read_at", "Địa chỉ để đọc trên cổng này; trống là chưa có"),
        Column("path", "Địa chỉ của việc này trên cổng"),
    ),
    items=_items,
    row=_row,
    filters=(
        Filter("viec", "việc, như trong địa chỉ", "duty__slug", "slug"),
        Filter(
            "ket-qua",
            "kết quả đã ghi nhận",
            "outcome",
            "choice",
            tuple(Outcome.values),
        ),
        Filter("nam", "năm của hạn công khai", "due_on__year", "year"),
    ),
    until=changes_at,
)
