"""`python -m docs.pictures`: take the pictures of the guides on TTHC and statistics anew.

They are taken on an example site that lives as long as the run, and written to docs/images.
Needs requirements-dev.txt and Chromium.
"""

import io
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter
from PIL import Image
from playwright.sync_api import sync_playwright

from bench.site import temporary_site
from tests import chromium

_FOLDER = Path(__file__).parent / "images"
_MARGIN = 12  # pixels at the top and the sides; below, half a row of a table could show
_COLOURS = 64
_PERIOD = "2025-T05"  # the first that the example site leaves to be entered
_BEFORE = "2025-T04"

_HEADINGS = (
    *("STT", "Số hồ sơ", "Mã TTHC", "Tên TTHC", "Họ và tên người nộp", "Số điện thoại"),
    *("Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả", "Hình thức nộp"),
)
# Three rows hold a mistake each: a day that no calendar has, a result before its receipt, and
# a procedure that the catalogue does not name so.
_DOSSIERS = (
    ("1.001193", "Đăng ký khai sinh", "16/04/2025", "16/04/2025", "16/04/2025"),
    ("2.000815", "Chứng thực bản sao từ bản chính", "17/04/2025", "31/04/2025", None),
    ("1.000894", "Đăng ký kết hôn", "22/04/2025", "25/04/2025", "21/04/2025"),
    (None, "Sao y giấy tờ tùy thân", "24/04/2025", "24/04/2025", "24/04/2025"),
    ("1.000656", "Đăng ký khai tử", "06/05/2025", "06/05/2025", "06/05/2025"),
)


class _Staff:
    """A member of staff at the admin: walks through its pages and takes pictures of them."""

    def __init__(self, browser, address, username, password):
        # So high that the bar of buttons stands below the form instead of over it.
        view = {"width": 1280, "height": 2600}
        self.page = browser.new_page(viewport=view, locale="vi-VN")
        self._address = address
        self.visit("/quan-tri/")
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.press("Đăng nhập")

    def visit(self, path):
        self.page.goto(self._address + path)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, name):
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def take(self, name, first, last=None):
        """Write the part of the page from the element `first` to the element `last`."""
        boxes = [
            self.page.locator(each).first.bounding_box() for each in (first, last or first)
        ]
        left = min(box["x"] for box in boxes) - _MARGIN
        right = max(box["x"] + box["width"] for box in boxes) + _MARGIN
        top = boxes[0]["y"] - _MARGIN
        height = boxes[1]["y"] + boxes[1]["height"] - top
        clip = {"x": left, "y": top, "width": right - left, "height": height}
        with Image.open(io.BytesIO(self.page.screenshot(clip=clip))) as picture:
            few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(_FOLDER / f"{name}.png", optimize=True)


def main():
    """Walk as the clerk and the approver do, and take each picture on the way."""
    if not chromium.find_chromium():
        sys.exit(chromium.MISSING)
    with temporary_site() as site, sync_playwright() as playwright:
        address = site.serve()
        lines = (site.folder / "demo-accounts.txt").read_text().splitlines()
        accounts = (line.split("\t") for line in lines if line.count("\t") == 2)
        passwords = {username: password for username, password, _ in accounts}
        browser = chromium.launch(playwright)
        clerk, approver, reader = (
            _Staff(browser, address, name, passwords[name])
            for name in ("tthc", "lanh-dao", "thong-ke")
        )
        _take_import(clerk)
        _take_entry(clerk)
        _take_catalogue(clerk)
        _take_approval(approver)
        _take_correction(clerk, approver)
        _take_removal(approver)
        _take_statistics(reader)
        browser.close()


def _take_import(clerk):
    clerk.visit(f"/quan-tri/procedures/period/cong-khai/?ky={_PERIOD}")
    clerk.take("cong-khai-thang-nay", ".due__steps")
    clerk.follow("Nhập từ tệp")
    clerk.page.locator("input[type=file]").set_input_files(
        {"name": "danh-sach-ho-so.xlsx", "mimeType": "", "buffer": _workbook()}
    )
    clerk.press("Gửi và đọc tệp")
    clerk.page.wait_for_url("**/cot/")
    clerk.take("doi-chieu-cot", ".import-columns")
    clerk.press("Xem trước kết quả")
    clerk.take("loi-trong-tep", ".import-note", ".import-group >> nth=2")
    clerk.press("Hủy")


def _workbook():
    """Return a list as the one-stop software exports it, with two columns of private data."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet("Danh sách hồ sơ")
        sheet.write(0, 0, "DANH SÁCH HỒ SƠ TIẾP NHẬN")
        sheet.write_row(2, 0, _HEADINGS)
        for number, (code, name, received, due, finished) in enumerate(_DOSSIERS, 1):
            day = datetime.strptime(received, "%d/%m/%Y").date()
            dossier = f"000.17.22.H56-{day:%y%m%d}-{number:04}"
            person = ("Nguyễn Văn A", "0900 000 000")
            row = (number, dossier, code, name, *person, received, due, finished)
            sheet.write_row(2 + number, 0, (*row, "Trực tiếp"))
    return content.getvalue()


def _take_entry(clerk):
    clerk.visit(f"/quan-tri/procedures/period/cong-khai/?ky={_PERIOD}")
    clerk.follow("Nhập vào bảng")
    rows = clerk.page.locator("[data-row]")
    for row in rows.all()[:-1]:  # the last is empty
        carried_over = row.locator("[data-column=carried_over]").input_value()
        row.locator("[data-column=pending_in_time]").fill(carried_over)
    first, second = rows.nth(0), rows.nth(1)
    first.locator("[data-column=received_direct]").fill("31")
    first.locator("[data-column=resolved_early]").fill("30")
    second.locator("[data-column=carried_over]").fill("1")
    second.locator("[data-column=pending_in_time]").fill("1")
    clerk.take("bang-ket-qua", ".sheet thead", "[data-row] >> nth=3")
    first.locator("[data-column=resolved_early]").fill("31")
    note = second.locator("[name$=carry_over_note]")
    note.fill("Kỳ trước ghi thiếu một hồ sơ nộp chiều ngày 14/4.")
    clerk.press("Lưu và gửi duyệt")


def _take_catalogue(clerk):
    clerk.visit("/quan-tri/procedures/procedure/?q=1.000110")
    clerk.follow("Đăng ký khai sinh")
    clerk.take("thu-tuc-chua-ra-soat", "#content h1", "#content .standing-links")
    clerk.visit("/quan-tri/procedures/procedure/cap-nhat/")
    rows = (
        "Mã thủ tục;Tên thủ tục;Thời hạn: trực tiếp;Phí (đồng): trực tiếp",
        "1.000080;Đăng ký nhận cha, mẹ, con có yếu tố nước ngoài tại khu vực biên giới;7 ngày;0",
        "1.001193;Đăng ký khai sinh;1 ngày;0",
    )
    clerk.page.locator("input[type=file]").set_input_files(
        {"name": "danh-muc.csv", "mimeType": "", "buffer": "\n".join(rows).encode()}
    )
    clerk.press("Đọc tệp và so sánh")
    clerk.take("cap-nhat-danh-muc", ".update h2", ".decision")


def _take_approval(approver):
    approver.visit("/quan-tri/")
    approver.follow("Tháng 05/2025")
    approver.take("duyet-ket-qua", ".review__head", "#chuyen-ky + ul")
    approver.press("Duyệt và công khai")


def _take_correction(clerk, approver):
    clerk.visit("/quan-tri/procedures/period/")
    clerk.follow("Tháng 05/2025")
    row = clerk.page.locator("[data-row]").nth(0)
    row.locator("[data-column=received_direct]").fill("32")
    row.locator("[data-column=resolved_early]").fill("32")
    clerk.page.get_by_label("Nội dung đính chính").fill(
        "Hộ tịch, cột 5 và cột 8: 31 thành 32, vì bỏ sót một hồ sơ."
    )
    clerk.press("Lưu và gửi duyệt")
    approver.visit("/quan-tri/procedures/period/")
    approver.follow("Tháng 05/2025")
    approver.follow("Duyệt…")
    approver.take("dinh-chinh", "#thay-doi", ".sheet tbody tr >> nth=3")


def _take_removal(approver):
    approver.visit("/quan-tri/procedures/period/")
    approver.follow("Tháng 04/2025")
    approver.follow("Gỡ…")
    approver.page.get_by_label("Lý do gỡ").fill("Số liệu nhập nhầm kỳ, đang kiểm tra lại.")
    approver.press("Gỡ kỳ này")
    approver.visit(f"/ket-qua-tthc/{_BEFORE}/")
    approver.take("da-go", "main h1", "main p >> nth=-1")


def _take_statistics(reader):
    this_month = date.today().replace(day=1)
    month = f"{this_month - timedelta(days=1):%Y-%m}"
    reader.visit(f"/quan-tri/visitors/day/?ky=thang&thang={month}")
    reader.take("thong-ke", ".stat-period", ".stat-headline")
    reader.visit(f"/quan-tri/visitors/day/bao-cao/{month}/")
    reader.take("bao-cao-thang", ".report-head", ".report-figure")


if __name__ == "__main__":
    main()
