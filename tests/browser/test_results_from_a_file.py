"""From the clerk's workbook to the citizen's phone: import, approval, download, correction."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from portal.working_days import add_working_days
from procedures import periods
from tests.procedures.imports.workbooks import SECRETS, dossier_list

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COPIES, ONLINE_COPIES = 30, 12  # dossiers of Chứng thực, and how many of them came online


@pytest.fixture(scope="module")
def story():
    """What the steps of the story hand on: the period, its days, the rows of the list."""
    return {}


def _csv(page, path):
    """Return the rows of the CSV file at `path`, as dicts by their headings."""
    answer = page.request.get(
        page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path
    )
    assert answer.status == 200, path
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))


def _in_file(name):
    """Return the column of a downloaded sheet whose heading ends like `name`."""
    return lambda row: next(int(value) for key, value in row.items() if key.endswith(name))


def _names_by_field():
    path = Path(settings.BASE_DIR) / "procedures" / "data" / "procedures.json"
    names = {}
    for row in json.loads(path.read_text())["rows"]:
        names.setdefault(row["field"], row["name"])
    return names


def _rows(story, open_before):
    """Return the dossiers of a period that continues what the one before left open."""
    names, starts_on, ends_on = _names_by_field(), story["starts_on"], story["ends_on"]
    rows = []
    for field, number in open_before.items():
        rows += [
            {
                "procedure_name": names[field],
                "field_name": field,
                "received_on": starts_on - timedelta(days=9),
                "due_on": add_working_days(starts_on, 5),
                "finished_on": add_working_days(starts_on, 4),
                "channel": "Trực tiếp",
                "status": "Đã trả kết quả",
            }
            for _ in range(number)
        ]
    received_on = add_working_days(starts_on, 3)
    rows += [
        {
            "procedure_name": names["Chứng thực"],
            "field_name": "Chứng thực",
            "received_on": received_on,
            "due_on": received_on,
            "finished_on": received_on,
            "channel": "Trực tuyến" if number < ONLINE_COPIES else "Trực tiếp",
            "status": "Đã trả kết quả",
        }
        for number in range(COPIES)
    ]
    rows += [
        {
            "procedure_name": names["Đất đai"],
            "field_name": "Đất đai",
            "received_on": add_working_days(starts_on, 6),
            "due_on": ends_on + timedelta(days=7),
            "finished_on": None,
            "channel": "Trực tiếp",
            "status": "Đang xử lý",
        }
        for _ in range(3)
    ]
    return [
        row | {"code": f"000.17.22.H56-{row['received_on']:%y%m%d}-{number:04}"}
        for number, row in enumerate(rows, start=1)
    ]


def _upload(page, story, rows, name):
    page.get_by_label("Kỳ kết quả").select_option(story["code"])
    page.get_by_label("Danh sách hồ sơ").check()
    workbook = dossier_list(rows, days=(story["starts_on"], story["ends_on"]))
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": workbook}
    )
    with page.expect_navigation(timeout=60_000):
        page.get_by_role("button", name="Gửi và đọc tệp").click()
    page.get_by_text("Riêng tư: đã bỏ, không lưu").first.wait_for()
    with page.expect_navigation():
        page.get_by_role("button", name="Xem trước kết quả").click()


def _press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_three_bad_rows_are_named_and_the_corrected_file_is_imported(sign_in, story):
    page = sign_in("tthc")
    newest = _csv(page, "/api/ky-ket-qua.csv")[0]
    before = periods.parse(newest["Mã kỳ"])
    code = periods.following(before)
    story["before"], story["code"] = str(before), str(code)
    story["starts_on"], story["ends_on"] = periods.proposed_days(
        code, periods.Rule.REPORTING
    )
    sheet = _csv(page, f"/ket-qua-tthc/{before}/ket-qua.csv")
    open_before = {
        row["Lĩnh vực"]: _in_file("(11)")(row)
        for row in sheet
        if row["Lĩnh vực"] != "Tổng cộng" and _in_file("(11)")(row)
    }
    story["rows"] = _rows(story, open_before)

    page.get_by_role("link", name="Công khai tháng này").click()
    page.get_by_role("link", name="Nhập từ tệp").click()
    # A file that is none: a sentence, and everything stays as it was chosen.
    page.locator("input[type=file]").set_input_files(
        {"name": "hong.xlsx", "mimeType": XLSX, "buffer": b"PK\x03\x04 nonsense"}
    )
    page.get_by_role("button", name="Gửi và đọc tệp").click()
    page.get_by_text("Tệp bị hỏng").wait_for()

    bad = [dict(row) for row in story["rows"]]
    bad[0]["code"] = "hồ sơ số 1"
    bad[1]["received_on"] = "31/02/2024"
    bad[2]["due_on"] = bad[2]["received_on"] - timedelta(days=3)
    _upload(page, story, bad, "danh sach thang.xlsx")
    main = page.get_by_role("main")
    assert main.get_by_text("Còn 3 chỗ phải sửa").is_visible()
    shown = main.inner_text()
    # Four rows of title, three of header: the first dossier stands in row 8.
    named = page.locator(".import-group--blocker tbody tr td:first-child")
    assert sorted(named.all_inner_texts()) == ["10", "8", "9"]
    assert not [secret for secret in SECRETS.values() if secret in shown]
    assert page.get_by_role("button", name="Xác nhận").count() == 0
    # Preloading would have axe write styles of its own into the page, against its policy.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert found == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp Excel các lỗi").click()
    assert download.value.path().read_bytes()[:2] == b"PK"

    page.get_by_role("link", name="Tải lên tệp đã sửa").click()
    _upload(page, story, story["rows"], "danh sach thang, da sua.xlsx")
    assert page.get_by_text("Tệp dùng được.").is_visible()
    page.get_by_role("button", name="Xác nhận, ghi vào").dblclick()
    page.get_by_text(f"Đã nhập {len(story['rows'])} hồ sơ").wait_for()
    page.get_by_role("link", name="Gửi duyệt…").click()
    _press(page, "Gửi duyệt")
    story["admin"] = page.url


def test_nobody_sees_it_before_the_approver_says_yes_on_a_phone(sign_in, open_page, story):
    reader = open_page("/ket-qua-tthc/")
    for path in ("", "ket-qua.csv", "ho-so/", "ho-so.csv"):
        answer = reader.request.get(f"{reader.url}{story['code']}/{path}")
        assert answer.status == 404
    page = sign_in("lanh-dao", width=360, height=740)
    label = periods.parse(story["code"]).name
    page.get_by_role("link", name=label).first.click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    _press(page, "Duyệt và công khai")
    reader.goto(f"{reader.url}{story['code']}/")
    assert label.lower() in reader.get_by_role("heading", level=1).inner_text()


def test_a_citizen_filters_by_field_on_a_phone_and_downloads_what_the_page_shows(
    open_page, story
):
    page = open_page(f"/ket-qua-tthc/{story['code']}/ho-so/", width=360, height=740)
    page.get_by_text("Lọc danh sách").click()
    field = page.get_by_label("Lĩnh vực")
    value = field.locator("option", has_text="Chứng thực").get_attribute("value")
    field.select_option(value)
    _press(page, "Lọc")
    assert "linh-vuc=" in page.url
    assert page.get_by_text(f"{COPIES} hồ sơ").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == COPIES
    shown = page.get_by_role("rowheader").all_inner_texts()
    assert set(shown) <= {row["Mã hồ sơ"] for row in rows}
    assert not [secret for secret in SECRETS.values() if secret in text + page.content()]

    page.goto(page.url.split("ho-so/")[0])
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    in_file = {
        row["Lĩnh vực"]: [value for key, value in row.items() if key.endswith(")")]
        for row in csv.DictReader(io.StringIO(text))
    }
    in_page = {
        row.locator("th").inner_text(): [
            cell.replace(".", "") for cell in row.locator("td.num").all_inner_texts()
        ]
        for row in page.locator("table.sheet tbody tr, table.sheet tfoot tr").all()
    }
    assert in_page == in_file
    assert in_file["Chứng thực"][:3] == [str(COPIES), str(ONLINE_COPIES), "18"]


def test_the_period_is_corrected_and_the_note_is_public(sign_in, open_page, story):
    note = "Thêm một hồ sơ chứng thực nộp trực tiếp ngày cuối kỳ."
    page = sign_in("tthc")
    page.goto(story["admin"])
    chosen = page.locator("option:checked", has_text="Chứng thực")
    row = page.locator("table.sheet tbody tr").filter(has=chosen)
    for key, value in (("received_direct", "19"), ("resolved_on_time", str(COPIES + 1))):
        row.locator(f"input[name$={key}]").fill(value)
    page.get_by_label("Nội dung đính chính").fill(note)
    _press(page, "Lưu và gửi duyệt")
    reader = open_page(f"/ket-qua-tthc/{story['code']}/")
    assert note not in reader.content()

    page = sign_in("lanh-dao")
    page.goto(story["admin"])
    page.get_by_role("link", name="Duyệt…").click()
    assert note in page.get_by_role("main").inner_text()
    _press(page, "Duyệt bản đính chính")
    reader.reload()
    assert reader.get_by_text(note).first.is_visible()
    table = reader.get_by_role("table").filter(has_text="Biểu II.06a")
    assert (
        str(COPIES + 1)
        in table.get_by_role("row").filter(has_text="Chứng thực").inner_text()
    )
    reader.get_by_role("link", name="bản 1").first.click()
    old = reader.locator("table.sheet tbody tr").filter(has_text="Chứng thực")
    assert f"{COPIES}\t{ONLINE_COPIES}\t18" in old.inner_text()
