"""A clerk brings a list from the one-stop system: named mistakes, a corrected file, a sheet."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from procedures import periods
from tests.procedures.imports.workbooks import dossier_list, many_dossiers

pytestmark = pytest.mark.browser

COPIES = ("Chứng thực bản sao từ bản chính", "Chứng thực")
FILE = "danh-sach-ho-so.xlsx"


def _choose(page, content, name=FILE):
    page.get_by_label("Tệp:").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def _days_proposed(page):
    code = page.get_by_label("Kỳ kết quả").input_value()
    return periods.proposed_days(periods.parse(code), periods.Rule.REPORTING)


def _list(days, *, bad=False):
    rows = list(many_dossiers(40, [COPIES], days=days))
    if bad:
        rows[3]["received_on"] = "31/02/2024"
        rows[7]["status"] = "Đang đợi"
        rows[9]["finished_on"] = date(2001, 1, 1)
    return dossier_list(rows, days=days)


def test_a_list_with_three_bad_rows_is_corrected_and_becomes_a_sheet(sign_in):
    page = sign_in("tthc")
    page.get_by_role("link", name="Công khai tháng này").click()
    page.get_by_role("link", name="Nhập từ tệp").click()
    days = _days_proposed(page)

    # A file that is none: a sentence, and everything stays as it was chosen.
    _choose(page, b"PK\x03\x04 nonsense")
    page.get_by_role("button", name="Gửi và đọc tệp").click()
    page.get_by_text("Tệp bị hỏng").wait_for()
    assert _days_proposed(page) == days

    _choose(page, _list(days, bad=True))
    page.get_by_role("button", name="Gửi và đọc tệp").click()
    page.get_by_text("Riêng tư: đã bỏ, không lưu").first.wait_for()
    _answer_names(page)
    page.get_by_role("button", name="Xem trước kết quả").click()
    page.get_by_text("Còn 3 chỗ phải sửa").wait_for()
    shown = page.locator(".import-group--blocker tbody tr td:first-child").all_inner_texts()
    assert sorted(map(int, shown)) == [11, 15, 17]
    # Preloading would have axe write styles of its own into the page, against its policy.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert found == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp Excel các lỗi").click()
    assert download.value.suggested_filename == f"loi-{FILE}"

    page.get_by_role("link", name="Tải lên tệp đã sửa").click()
    assert _days_proposed(page) == days
    _choose(page, _list(days))
    page.get_by_role("button", name="Gửi và đọc tệp").click()
    page.get_by_text("Riêng tư: đã bỏ, không lưu").first.wait_for()
    _answer_names(page)
    page.get_by_role("button", name="Xem trước kết quả").click()
    page.get_by_role("button", name="Xác nhận, ghi vào").dblclick()
    page.get_by_text("Đã nhập 40 hồ sơ").wait_for()
    assert "/quan-tri/procedures/period/" in page.url


def _answer_names(page):
    """Say what the name in the list stands for, where the catalogue has it written otherwise."""
    for choice in page.locator(".import-names select").all():
        choice.select_option(index=1)
