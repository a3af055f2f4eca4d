"""The parts of the home page: which there are, and in which order the office shows them."""

from dataclasses import dataclass

from django.db import models

from portal.content_version import cached

__all__ = ["BLOCKS", "Block", "HomeBlock", "arranged", "make_rows"]


@dataclass(frozen=True)
class Block:
    """One part: its key, what staff call it and read about it, and what draws it.

    What it shows is read in portal/home.py.
    """

    key: str
    title: str
    explanation: str
    template: str


# In the order of a new site: who is there and what can be done, then what is new.
BLOCKS = {
    block.key: block
    for block in (
        Block(
            "today",
            "Hôm nay ở xã",
            "Trụ sở đang mở hay nghỉ, ai tiếp công dân, số điện thoại trực. Lấy từ giờ làm "
            "việc, lịch tiếp công dân và thông tin đơn vị.",
            "portal/home/today.html",
        ),
        Block(
            "tasks",
            "Tôi muốn…",
            "Tám mục đầu của danh sách “Việc người dân hay làm”.",
            "portal/home/tasks.html",
        ),
        Block(
            "leads",
            "Tin nổi bật",
            "Bốn bài mới nhất được đánh dấu nổi bật; chưa đủ thì lấy thêm bài mới.",
            "portal/home/leads.html",
        ),
        Block(
            "procedures",
            "Thủ tục hay dùng",
            "Trong các thủ tục được đánh dấu “hay dùng”, sáu thủ tục được mở xem nhiều nhất.",
            "portal/home/procedures.html",
        ),
        Block(
            "notices",
            "Thông báo",
            "Năm bài mới nhất của các chuyên mục là bảng thông báo.",
            "portal/home/notices.html",
        ),
        Block(
            "results",
            "Kết quả giải quyết TTHC",
            "Số liệu chính của kỳ mới công khai.",
            "portal/home/results.html",
        ),
        Block(
            "sections",
            "Tin theo chuyên mục",
            "Bốn bài mới nhất của mỗi chuyên mục chính.",
            "portal/home/sections.html",
        ),
        Block(
            "phones",
            "Điện thoại hữu ích",
            "Danh sách điện thoại hữu ích.",
            "includes/_sidebar_phones.html",
        ),
        Block(
            "counter",
            "Truy cập",
            "Năm con số của bộ đếm.",
            "portal/home/counter.html",
        ),
        Block(
            "links",
            "Liên kết trang",
            "Danh sách liên kết trang.",
            "includes/_sidebar_links.html",
        ),
    )
}


class HomeBlock(models.Model):
    """One part of the home page; a part without a row stands last, where the table has it."""

    key = models.CharField("phần", max_length=30, primary_key=True)
    order = models.PositiveSmallIntegerField(
        "thứ tự", default=0, help_text="Số nhỏ đứng trước."
    )
    is_shown = models.BooleanField(
        "hiển thị",
        default=True,
        help_text="Phần không có nội dung tự ẩn, không cần bỏ chọn ở đây.",
    )

    class Meta:
        verbose_name = "phần của trang chủ"
        verbose_name_plural = "phần của trang chủ"
        ordering = ["order", "key"]

    def __str__(self):
        return BLOCKS[self.key].title if self.key in BLOCKS else self.key


def make_rows():
    """Give every part that has none a row at its usual place; safe to repeat."""
    HomeBlock.objects.bulk_create(
        (HomeBlock(key=key, order=10 * place) for place, key in enumerate(BLOCKS, start=1)),
        ignore_conflicts=True,
    )


@cached
def arranged():
    """Return the parts that the office wants to show, in its order."""
    rows = {row.key: row for row in HomeBlock.objects.all()}
    arranged = [BLOCKS[key] for key, row in rows.items() if key in BLOCKS and row.is_shown]
    return (*arranged, *(block for key, block in BLOCKS.items() if key not in rows))
