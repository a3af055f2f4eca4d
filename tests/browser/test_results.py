"""The clerk enters a period of results in the real admin, and a citizen reads it."""

import csv
import io

import pytest

pytestmark = pytest.mark.browser


def _row(page, number):
    """Return the grid's cells of the row `number` (from 0) by official column."""
    names = {
        4: "received_online",
        5: "received_direct",
        6: "carried_over",
        8: "resolved_early",
        9: "resolved_on_time",
        10: "resolved_late",
        12: "pending_in_time",
        13: "pending_overdue",
    }
    return {
        column: page.locator(f"[name=sheets-{number}-{name}]")
        for column, name in names.items()
    }


def test_a_clerk_enters_a_period_and_a_citizen_reads_and_downloads_it(sign_in, open_page):
    page = sign_in("tthc")
    page.get_by_role("link", name="Nhập kết quả TTHC").click()
    code = page.get_by_label("Mã kỳ").input_value()
    assert code == "2024-T07"  # the one after the newest demo period

    # Column 6 is prefilled with what the last period left open, so each row needs column 12.
    rows = page.locator("select[name^=sheets-][name$=-field]").count() - 2
    for number in range(rows):
        cells = _row(page, number)
        cells[12].fill(cells[6].input_value())
    first = _row(page, 0)
    first[5].fill("1200")
    first[9].fill("1199")
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_load_state()
    error = page.get_by_text("phải bằng").first
    assert error.is_visible()
    assert "Chứng thực" in error.inner_text()

    first = _row(page, 0)
    assert first[5].input_value() == "1200"  # nothing that was typed is lost
    first[9].fill("1200")
    page.get_by_role("button", name="Lưu và sửa tiếp").click()
    page.wait_for_load_state()

    reader = open_page("/ket-qua-tthc/")
    assert reader.get_by_role("link", name="Tháng 07/2024").count() == 0
    page.get_by_role("button", name="Công khai").click()
    page.wait_for_load_state()
    reader.reload()
    reader.get_by_role("main").get_by_role("link", name="Tháng 07/2024").click()
    reader.wait_for_load_state()
    table = reader.get_by_role("table").last
    row = table.get_by_role("row").filter(has_text="Chứng thực")
    assert row.get_by_text("1.200").count() == 4  # columns 3, 5, 7 and 9
    with reader.expect_download() as download:
        reader.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    cells = next(row for row in csv.reader(io.StringIO(text)) if "Chứng thực" in row)
    assert cells.count("1200") == 4
    block = reader.get_by_role("region", name="Công khai kết quả giải quyết TTHC")
    assert "Tháng 07/2024" in block.get_by_role("link").first.inner_text()
