"""Why a file as a whole cannot be read, in words; for the site and for its child process."""

from procedures.imports.staged import MAX_ROWS

__all__ = [
    "BROKEN",
    "ENCODING_UNKNOWN",
    "LOCKED",
    "TOO_LARGE",
    "TOO_MANY_ROWS",
    "CannotRead",
]


class CannotRead(Exception):
    """The file cannot be read; the message is a whole Vietnamese sentence that says what to do."""


BROKEN = "Tệp bị hỏng hoặc chưa tải xong. Hãy mở tệp bằng Excel, lưu lại thành .xlsx rồi tải lên lại."
LOCKED = (
    "Tệp được đặt mật khẩu nên cổng không đọc được. Hãy mở tệp bằng Excel, bỏ mật khẩu "
    "(Tệp → Thông tin → Bảo vệ sổ làm việc), lưu lại rồi tải lên lại."
)
TOO_LARGE = (
    "Tệp bung ra quá lớn. Hãy chỉ giữ lại trang tính có bảng, xóa ảnh và các dòng, cột thừa, "
    "lưu lại rồi tải lên lại."
)
ENCODING_UNKNOWN = (
    "Không nhận ra bảng mã chữ của tệp. Hãy mở tệp bằng Excel, chọn Lưu dưới dạng “CSV UTF-8” "
    "hoặc .xlsx rồi tải lên lại."
)
TOO_MANY_ROWS = (
    f"Bảng có hơn {MAX_ROWS:,} dòng".replace(",", ".")
    + ". Hãy chia thành nhiều kỳ hoặc xóa các dòng thừa rồi tải lên lại."
)
