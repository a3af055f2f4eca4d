"""What cleaning took out of a text, told to its writer."""

import re
from dataclasses import dataclass, fields

__all__ = ["Report"]

# What the parser drops with all that it contains, so that only the raw text still shows it.
_DROPPED = {
    "scripts": ("script",),
    "frames": ("iframe", "frame"),
    "embedded": ("object", "embed", "applet", "video", "audio"),
    "drawings": ("svg", "math", "canvas"),
    "form_fields": ("input", "textarea", "select"),
}
_FIELD_OF = {tag: name for name, tags in _DROPPED.items() for tag in tags}
_DROPPED_TAG = re.compile(rf"<({'|'.join(_FIELD_OF)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """How many pieces of each kind a text lost when it was cleaned.

    Only what its writer would miss is counted. What Word and web pages wrap around every
    line (classes, fonts, sizes, spans, comments) is no loss.
    """

    not_uploaded: int = 0  # pictures on the writer's own machine: file:, data:, cid:, blob:
    foreign_pictures: int = 0  # shown from other sites, or from elsewhere than the library
    frames: int = 0
    embedded: int = 0
    drawings: int = 0  # vector drawings and formulas
    scripts: int = 0
    form_fields: int = 0
    links: int = 0  # whose address is unsafe or incomplete; their words stay
    colours: int = 0
    underlines: int = 0  # and words struck through
    headings: int = 0  # moved to another level
    empty_paragraphs: int = 0  # between others; those at the ends are nobody's intention
    too_deep: int = 0  # elements nested deeper than any article is
    words_only: int = 0  # 1 if the markup was so crossed that just its words were kept

    @classmethod
    def of(cls, html, losses):
        """Return the report on `html`, given what the rewriter counted by field name."""
        found = {name: count for name, count in losses.items() if count}
        # Word repeats its drawings in comments. A pattern would be quadratic on open ones.
        first, *others = html.split("<!--")
        html = first + "".join(part.partition("-->")[2] for part in others)
        for tag in _DROPPED_TAG.findall(html):
            name = _FIELD_OF[tag.lower()]
            found[name] = found.get(name, 0) + 1
        return cls(**found)

    def sentences(self) -> list[str]:
        """Return one whole sentence for each kind of loss, the gravest first."""
        return [
            _SENTENCES[field.name].format(getattr(self, field.name))
            for field in fields(self)
            if getattr(self, field.name)
        ]


_SENTENCES = {
    "not_uploaded": "{} ảnh chưa được tải lên: hãy bấm nút Hình ảnh để tải từng ảnh từ máy của bạn.",
    "foreign_pictures": (
        "{} ảnh lấy từ trang khác đã bị bỏ: hãy lưu ảnh về máy của bạn, rồi bấm nút Hình ảnh để "
        "tải lên."
    ),
    "frames": (
        "{} khung nhúng trang khác (video, bản đồ…) đã bị bỏ: hãy thay bằng liên kết đến "
        "trang đó."
    ),
    "embedded": (
        "{} tệp nhúng (video, âm thanh, đối tượng…) đã bị bỏ: hãy thay bằng liên kết hoặc "
        "tệp đính kèm."
    ),
    "drawings": (
        "{} hình vẽ hoặc công thức không giữ được: hãy chụp lại thành ảnh, rồi bấm nút Hình ảnh "
        "để tải lên."
    ),
    "scripts": "{} đoạn mã chạy (script) đã bị bỏ để giữ an toàn cho người đọc.",
    "form_fields": (
        "{} ô nhập liệu đã bị bỏ vì bài viết không nhận dữ liệu: nếu cần mẫu đơn, hãy đính "
        "kèm tệp mẫu."
    ),
    "links": (
        "{} liên kết đã trở thành chữ thường vì địa chỉ không dùng được: hãy đặt lại liên "
        "kết với địa chỉ đầy đủ, bắt đầu bằng https://."
    ),
    "colours": (
        "Màu chữ hoặc màu nền ở {} chỗ đã được bỏ để chữ dễ đọc trên mọi màn hình: hãy dùng "
        "chữ đậm để nhấn mạnh."
    ),
    "underlines": (
        "Gạch chân hoặc gạch ngang ở {} chỗ đã được bỏ vì dễ nhầm với liên kết: hãy dùng chữ "
        "đậm để nhấn mạnh, và xóa hẳn chữ không còn đúng."
    ),
    "headings": (
        "{} đề mục đã được đổi cấp để các cấp nối tiếp nhau: hãy xem lại thứ tự các đề mục."
    ),
    "empty_paragraphs": (
        "{} đoạn trống đã được bỏ: trang tự đặt khoảng cách giữa các đoạn."
    ),
    "too_deep": (
        "{} phần lồng nhau quá sâu chỉ còn giữ lại chữ: hãy xem lại bài trước khi gửi."
    ),
    "words_only": (
        "Định dạng của bài quá rối nên chỉ giữ lại được chữ: hãy đặt lại đề mục, danh sách "
        "và bảng."
    ),
}
