"""The clerk enters a period of results in the real admin, and a citizen reads it."""

import csv
import io

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

NAMES = {
    4: "received_online",
    5: "received_direct",
    6: "carried_over",
    8: "resolved_early",
    9: "resolved_on_time",
    10: "resolved_late",
    12: "pending_in_time",
    13: "pending_overdue",
}


def _row(page, number):
    """Return the grid's cells of the row `number` (from 0) by official column."""
    return {
        column: page.locator(f"[name=rows-{number}-{name}]")
        for column, name in NAMES.items()
    }


def _derived(page, number, key):
    row = page.locator("[data-row]").nth(number)
    return row.locator(f"[data-derived={key}]").inner_text()


def _paste(page, cell, text):
    """Paste `text` into `cell` as a spreadsheet gives it."""
    cell.evaluate(
        """(cell, text) => {
            const data = new DataTransfer()
            data.setData("text/plain", text)
            const about = {clipboardData: data, bubbles: true, cancelable: true}
            cell.dispatchEvent(new ClipboardEvent("paste", about))
        }""",
        text,
    )


def _fill_in_what_waits(page):
    """Put what the last period left open into column 12, so that every row adds up."""
    rows = page.locator("[data-row]").count() - 1  # the last is empty
    for number in range(rows):
        cells = _row(page, number)
        cells[12].fill(cells[6].input_value())


def _press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def _violations(page):
    # Its preloading of imported style sheets would itself be against the policy of the page.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


def test_the_grid_adds_up_and_warns_while_typing(sign_in, site):
    page = sign_in("tthc")
    page.goto(f"{site.url}/quan-tri/procedures/period/add/")
    cells = _row(page, 0)
    cells[6].fill("0")
    cells[5].fill("1200")
    cells[9].fill("1.199")
    assert _derived(page, 0, "received") == "1.200"
    assert page.locator("[data-total=received_direct]").inner_text() == "1.200"
    warning = page.locator("[data-row]").first.locator("[data-broken]")
    assert "thiếu 1 hồ sơ" in warning.inner_text()
    cells[9].fill("1200")
    assert warning.is_hidden()
    cells[8].fill("x")
    assert cells[8].get_attribute("aria-invalid") == "true"
    assert _derived(page, 0, "resolved") == "–"


def test_column_6_asks_why_when_it_differs(sign_in, site):
    page = sign_in("tthc")
    page.goto(f"{site.url}/quan-tri/procedures/period/add/")
    note = page.locator("[name=rows-0-carry_over_note]")
    assert note.is_hidden()
    cell = _row(page, 0)[6]
    offered = cell.input_value()
    cell.fill(str(int(offered) + 1))
    assert note.is_visible()
    cell.fill(offered)
    assert note.is_hidden()


def test_the_keyboard_walks_the_grid_as_in_a_spreadsheet(sign_in, site):
    page = sign_in("tthc")
    page.goto(f"{site.url}/quan-tri/procedures/period/add/")

    def here():
        return page.evaluate("document.activeElement.name")

    _row(page, 0)[4].focus()
    walk = {
        "Enter": "rows-1-received_online",
        "ArrowDown": "rows-2-received_online",
        "ArrowRight": "rows-2-received_direct",
        "Shift+Enter": "rows-1-received_direct",
        "ArrowLeft": "rows-1-received_online",
        "ArrowUp": "rows-0-received_online",
    }
    for key, name in walk.items():
        page.keyboard.press(key)
        assert here() == name
    page.get_by_role("button", name="Thêm dòng").click()
    assert here().endswith("-field")


def test_a_block_of_cells_is_pasted_from_a_spreadsheet(sign_in, site):
    page = sign_in("tthc")
    page.goto(f"{site.url}/quan-tri/procedures/period/add/")
    _paste(page, _row(page, 0)[4], "5\t7\n1\t2")
    assert [_row(page, line)[5].input_value() for line in (0, 1)] == ["7", "2"]
    # Whole rows of the form find their lĩnh vực wherever they stand.
    rows = [
        "2\tĐất đai\t15\t3\t2\t10\t5\t1\t4\t0\t10\t9\t1",
        "9\tKhông có trong danh mục\t1\t1\t0\t0\t1\t1\t0\t0\t0\t0\t0",
    ]
    _paste(page, _row(page, 0)[4], "\r\n".join(rows) + "\r\n")
    lines = page.locator("[data-row]").filter(
        has=page.locator("select option:checked", has_text="Đất đai")
    )
    assert lines.locator("[data-column=pending_overdue]").input_value() == "1"
    assert lines.locator("[data-column=resolved_on_time]").input_value() == "4"
    missed = page.locator("[data-missed]").inner_text()
    assert "Không có trong danh mục" in missed


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_a_period_have_no_violation(sign_in, site, width, scheme):
    found = {}
    page = sign_in("tthc", width=width, scheme=scheme)
    for path in ("", "add/", "1/change/", "1/history/", "1/gui-duyet/"):
        page.goto(f"{site.url}/quan-tri/procedures/period/{path}")
        found[path] = _violations(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found[path].append("too wide")
    page = sign_in("lanh-dao", width=width, scheme=scheme)
    for path in ("1/change/", "1/go/", "1/duyet/"):
        page.goto(f"{site.url}/quan-tri/procedures/period/{path}")
        found[f"{path} for the approver"] = _violations(page)
    assert {path: violations for path, violations in found.items() if violations} == {}


def test_a_clerk_enters_a_leader_publishes_and_a_citizen_reads(sign_in, open_page, site):
    page = sign_in("tthc")
    page.goto(f"{site.url}/quan-tri/procedures/period/add/")
    code = page.get_by_label("Mã kỳ").input_value()
    name = f"Tháng {code[-2:]}/{code[:4]}"
    _fill_in_what_waits(page)
    first = _row(page, 0)
    left = int(first[6].input_value())
    field = page.locator("[name=rows-0-field] option:checked").inner_text()
    figures = [1200 + left, 0, 1200, left, 1200, 0, 1200, 0, left, left, 0]
    first[5].fill("1200")
    first[9].fill("1199")
    _press(page, "Lưu")
    assert field in page.get_by_role("alert").inner_text()

    first = _row(page, 0)
    assert first[5].input_value() == "1200"  # nothing that was typed is lost
    first[9].fill("1200")
    _press(page, "Lưu và gửi duyệt")
    assert page.get_by_text("đang chờ duyệt").first.is_visible()

    reader = open_page("/ket-qua-tthc/")
    assert reader.get_by_role("link", name=name).count() == 0
    leader = sign_in("lanh-dao", width=360)
    leader.goto(page.url)
    leader.get_by_role("link", name="Duyệt…").click()
    _press(leader, "Duyệt và công khai")
    reader.goto(f"{site.url}/ket-qua-tthc/{code}/")
    table = reader.get_by_role("table").last
    row = table.get_by_role("row").filter(has_text=field)
    shown = row.get_by_role("cell").all_inner_texts()[-len(figures) :]
    assert [int(each.replace(".", "")) for each in shown] == figures
    with reader.expect_download() as download:
        reader.get_by_role("link", name="CSV").first.click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    cells = next(row for row in csv.reader(io.StringIO(text)) if field in row)
    assert cells.count("1200") == figures.count(1200)
    # What stands around every page follows on each worker within a second.
    reader.wait_for_timeout(1000)
    reader.reload()
    block = reader.get_by_role("region", name="Công khai kết quả giải quyết TTHC")
    assert name in block.get_by_role("link").first.inner_text()

    page.reload()
    _press(page, "Lập bài viết công khai")
    assert page.get_by_text("Đã lập bản nháp").is_visible()
