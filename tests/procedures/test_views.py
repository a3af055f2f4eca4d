"""The public pages of the results."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from portal.attachments import store_attachment
from portal.pages import HEADER, read
from procedures import workflow
from procedures.figures import COLUMNS, Figures
from procedures.models import (
    OverdueCount,
    OverdueReason,
    PeriodEdition,
    PeriodStatus,
    ProcedureSettings,
    ResolutionTime,
    Source,
)
from tests import factory
from tests.portal.documents import pdf
from tests.procedures.reading import body_of, official_table, tables_of

pytestmark = pytest.mark.django_db

LIST = reverse("procedures:list")
CALENDAR = reverse("procedures:calendar")
FORMATS = ("xlsx", "csv", "json")
SECRET = "Lĩnh vực chưa công khai"


def _file(code, file_format):
    return reverse("procedures:download", kwargs={"code": code, "file_format": file_format})


def _html(client, address):
    response = client.get(address)
    assert response.status_code == 200
    html = response.content.decode()
    # What stands beside every page is not what these tests are about.
    return html[html.index("<main") : html.index("</main>")]


def _key_figures(html):
    found = re.findall(
        r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>\s*"
        r'(?:<dd class="figure__change">(.*?)</dd>)?\s*<dd class="figure__definition">',
        html,
        re.S,
    )
    return {label: (value.strip(), change) for label, value, change in found}


@pytest.fixture
def period():
    """A public month of three rows, one figure of four digits among them."""
    period = factory.make_period()
    factory.make_sheet(period=period, field=factory.make_field(name="Hộ tịch", order=1))
    factory.make_sheet(period=period, field=factory.make_field(name="=1+1", order=2))
    factory.make_sheet(
        period=period,
        field=factory.make_field(name="Chứng thực", slug="chung-thuc", order=3),
        received_direct=1234,
        resolved_early=1234,
    )
    return period


@pytest.fixture
def draft():
    period = factory.make_period(
        code="2024-T02", status=PeriodStatus.DRAFT, note="Số liệu tạm 987654."
    )
    factory.make_sheet(
        period=period,
        field=factory.make_field(name=SECRET, slug="mat"),
        received_direct=98_765,
        resolved_early=98_765,
    )
    return period


def _corrected(period):
    """Publish a second edition of `period` with one more dossier; return the period."""
    rows = workflow.rows_of(period.head)
    rows[-1] = workflow.SheetRow(
        rows[-1].field, Figures(received_direct=1235, resolved_early=1235)
    )
    workflow.save_sheet(
        period=period,
        actor=None,
        rows=rows,
        details=workflow.Details(correction_note="Thêm một hồ sơ bị bỏ sót."),
    )
    workflow.submit(period=period, actor=None)
    head = period.head
    at = datetime(2024, 2, 5, 14, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    workflow.approve(
        period=period, actor=None, number=head.number, revision=head.revision, at=at
    )
    return period


# --- The overview -------------------------------------------------------------------


def test_the_list_shows_years_and_periods_newest_first(client):
    for code in ("2023-T11", "2024-T01", "2023-T12", "2024-Q1"):
        factory.make_sheet(period=factory.make_period(code=code))
    html = _html(client, LIST)
    listed = html[html.index('id="cac-ky"') :]
    assert re.findall(r'<h3 id="nam-(\d+)"', listed) == ["2024", "2023"]
    assert re.findall(r'<th scope="row"><a href="/ket-qua-tthc/([^/]+)/"', listed) == [
        "2024-Q1",
        "2024-T01",
        "2023-T12",
        "2023-T11",
    ]


def test_the_list_shows_the_key_figures(client, period):
    assert [cell[2] for cell in tables_of(client.get(LIST))[-1][1]] == [
        "Tháng 01/2024 (15/12/2023–14/01/2024)",
        "1.258",  # 12 + 12 + 1234
        "1.254",
        "99,8%",  # 1252 of 1254
        "4",
        "0",
    ]


def test_the_overview_compares_the_newest_period_with_the_one_before(client, period):
    factory.make_sheet(
        period=factory.make_period(code="2023-T12"),
        received_direct=1260,
        resolved_on_time=1000,
        resolved_late=250,
        pending_in_time=4,
        pending_overdue=6,
    )
    html = _html(client, LIST)
    assert _key_figures(html) == {
        "Hồ sơ nhận giải quyết": ("1.258", "giảm 2 hồ sơ so với kỳ trước"),
        "Đã giải quyết": ("1.254", "tăng 4 hồ sơ so với kỳ trước"),
        "Giải quyết đúng hạn": ("99,8%", "tăng 19,8 điểm phần trăm so với kỳ trước"),
        "Nhận trực tuyến": ("0,6%", "tăng 0,6 điểm phần trăm so với kỳ trước"),
        "Đang giải quyết": ("4", "giảm 6 hồ sơ so với kỳ trước"),
        "Đang quá hạn": ("0", "giảm 6 hồ sơ so với kỳ trước"),
    }
    assert "Kỳ trước là" in html
    assert html.count("<summary>Cách tính") == 6


def test_equal_figures_and_rates_of_too_few_are_told_as_such(client, period):
    factory.make_sheet(
        period=factory.make_period(code="2023-T12"), received_direct=4, pending_in_time=4
    )
    changes = _key_figures(_html(client, LIST))
    assert changes["Đang giải quyết"][1] == "bằng kỳ trước"
    assert changes["Giải quyết đúng hạn"][1] == "kỳ trước chưa tính tỷ lệ"


def test_the_time_line_shows_the_month_that_was_left_out(client):
    for code in ("2023-T11", "2024-T01"):
        factory.make_sheet(period=factory.make_period(code=code))
    factory.make_period(code="2023-T12", status=PeriodStatus.DRAFT)
    html = _html(client, LIST)
    (line,) = [rows for rows in tables_of(client.get(LIST)) if len(rows[0]) == 7]
    assert [(row[0][2], row[1][2]) for row in line[1:]] == [
        ("Tháng 01/2024", "12"),
        ("Tháng 12/2023", "Không công khai."),
        ("Tháng 11/2023", "12"),
    ]
    assert html.count('class="bar--missing"') == 1


def test_the_time_line_has_at_most_two_years(client):
    for year in (2021, 2022, 2023):
        for month in range(1, 13):
            factory.make_period(code=f"{year}-T{month:02}")
    factory.make_sheet(period=factory.make_period(code="2024-T01"))
    (line,) = [rows for rows in tables_of(client.get(LIST)) if len(rows[0]) == 7]
    labels = [row[0][2] for row in line[1:]]
    assert (len(labels), labels[0], labels[-1]) == (24, "Tháng 01/2024", "Tháng 02/2022")


def test_an_empty_list_says_so(client):
    assert "Chưa có kỳ nào được công khai." in _html(client, LIST)


@time_machine.travel("2024-03-01 09:00 +0700")
def test_the_overview_tells_how_many_periods_are_late(client, period):
    assert "1 kỳ chưa công khai và đã quá hạn" in _html(client, LIST)


@time_machine.travel("2024-03-01 09:00 +0700")
def test_the_calendar_shows_what_is_published_due_and_late(client, period, draft):
    rows = tables_of(client.get(CALENDAR))[0][1:]
    assert [" ".join(cell[2] for cell in row[:1]) for row in rows] == [
        "Tháng 03/2024 (15/02/2024–14/03/2024)",
        "Tháng 02/2024 (15/01/2024–14/02/2024)",
        "Tháng 01/2024 (15/12/2023–14/01/2024)",
    ]
    texts = [re.sub(r"\s+", " ", row[1][2]) for row in rows]
    assert "Kỳ chưa kết thúc" in texts[0]
    assert "Chậm 6 ngày" in texts[1]  # due on 24/02
    assert "Đã công khai ngày 16/01/2024" in texts[2]
    assert draft.get_absolute_url() not in _html(client, CALENDAR)


def test_a_calendar_of_nothing_says_so(client):
    assert "chưa có lịch" in _html(client, CALENDAR)


# --- A period -----------------------------------------------------------------------


def test_the_page_shows_the_key_figures_with_their_definitions(client, period):
    html = _html(client, period.get_absolute_url())
    assert {label: value for label, (value, _) in _key_figures(html).items()} == {
        "Hồ sơ nhận giải quyết": "1.258",
        "Đã giải quyết": "1.254",
        "Giải quyết đúng hạn": "99,8%",
        "Nhận trực tuyến": "0,6%",
        "Đang giải quyết": "4",
        "Đang quá hạn": "0",
    }
    assert "(cột 8 + cột 9) : cột 7" in html
    assert "(cột 8 + cột 9 + cột 12) : cột 3" in html


def test_few_dossiers_have_no_rate(client):
    period = factory.make_period()
    factory.make_sheet(period=period, received_direct=9, resolved_late=9)
    html = _html(client, period.get_absolute_url())
    assert "chưa tính (dưới 10 hồ sơ)" in html
    assert not re.search(r"\d%<", html)


def test_a_period_without_dossiers_says_so_and_shows_the_zeros(client):
    period = factory.make_period()
    factory.make_sheet(period=period, received_direct=0)
    response = client.get(period.get_absolute_url())
    assert "Không phát sinh hồ sơ" in response.content.decode()
    assert "Không phát sinh hồ sơ" in _html(client, LIST)
    assert {cell[2] for cell in official_table(response)[-1][2:]} == {"0"}


def test_every_header_of_the_official_table_is_known_to_its_cells(client, period):
    rows = official_table(client.get(period.get_absolute_url()))
    groups, labels, numbers = rows[:3]
    headers = [cell for cell in groups + labels if cell[0] == "th"]
    assert {cell[1]["scope"] for cell in headers} == {"col", "colgroup"}
    assert [int(cell[1].get("colspan", 1)) for cell in groups] == [1, 1, 4, 4, 3]
    assert [cell[2] for cell in labels] == [column.label for column in COLUMNS]
    assert [cell[2] for cell in numbers] == [f"({number})" for number in range(1, 14)]
    ids = [cell[1]["id"] for row in rows for cell in row if "id" in cell[1]]
    assert len(ids) == len(set(ids))
    for row in rows[3:]:
        assert row[1][0] == "th" and row[1][1]["scope"] == "row"
        assert len(row) == 13
        for cell in (row[0], *row[2:]):
            assert set(cell[1]["headers"].split()) <= set(ids)
    for column, cell in zip(COLUMNS, rows[3][2:], strict=True):
        row_header, group, own = cell[1]["headers"].split()
        assert (row_header, own) == ("r1", f"c{column.number}")
        assert [each[2] for each in groups if each[1].get("id") == group] == [column.group]


def test_the_chart_has_a_table_with_the_same_dossiers(client, period):
    response = client.get(period.get_absolute_url())
    (rows,) = [rows for rows in tables_of(response) if rows[0][0][2] == "Lĩnh vực"]
    assert [cell[2] for cell in rows[1]] == ["Hộ tịch", "9", "1", "2", "0"]
    widths = re.findall(
        r'<rect class="bar bar--[\w-]+" x="\d+" width="(\d+)"', response.content.decode()
    )
    assert max(map(int, widths)) == 1000


def test_how_long_it_took_is_shown_of_ten_dossiers_or_more(client, period):
    times = {0: 4, 5: 5}
    first, *_ = period.head.sheets.all()
    for bucket, count in times.items():
        ResolutionTime.objects.create(sheet=first, bucket=bucket, count=count)
    assert "Thời gian giải quyết" not in _html(client, period.get_absolute_url())
    ResolutionTime.objects.create(sheet=first, bucket=999, count=1)
    response = client.get(period.get_absolute_url())
    (rows,) = [
        rows for rows in tables_of(response) if rows[0][0][2].startswith("Từ ngày nhận")
    ]
    counts = {row[0][2]: row[1][2] for row in rows[1:]}
    assert counts["Trong ngày"] == "4"
    assert counts["3–5 ngày làm việc"] == "5"
    assert counts["1–2 ngày làm việc"] == "0"
    assert counts["Trên 30 ngày làm việc"] == "1"


def test_neighbours_are_public_periods_of_the_same_series(client):
    for code in ("2024-T01", "2024-T02", "2024-Q1"):
        factory.make_sheet(period=factory.make_period(code=code))
    factory.make_sheet(
        period=factory.make_period(code="2024-T03", status=PeriodStatus.DRAFT)
    )
    html = _html(client, reverse("procedures:period", args=["2024-T02"]))
    assert 'rel="prev" href="/ket-qua-tthc/2024-T01/"' in html
    assert 'rel="next"' not in html


def _tell(period, **fields):
    """Say more about what readers see of `period`, as if it had been approved so."""
    with factory.open_again(period.head):
        PeriodEdition.objects.filter(pk=period.head.pk).update(**fields)
    return period


def test_the_page_says_where_the_figures_come_from_and_who_signed_them(
    client, period, settings, tmp_path
):
    settings.ATTACHMENT_ROOT = tmp_path
    signed = store_attachment(content=pdf(), name="bao-cao.pdf", title="Báo cáo tháng 01")
    html = _html(client, period.get_absolute_url())
    assert "Nhập tay theo Biểu II.06a." in html
    assert "Bản có chữ ký" not in html
    _tell(
        period,
        source=Source.FORM,
        as_of=date(2024, 1, 15),
        report_number="12/BC-UBND",
        signer="Lê Văn Mẫu",
        signer_position="Chủ tịch",
        signed_on=date(2024, 1, 16),
        signed_file=signed,
    )
    html = _html(client, period.get_absolute_url())
    assert "Nhập từ tệp Biểu II.06a." in html
    assert 'Số liệu tính đến ngày <time datetime="2024-01-15">15/01/2024</time>' in html
    assert "Báo cáo số 12/BC-UBND ngày 16/01/2024, người ký: Lê Văn Mẫu, Chủ tịch." in html
    assert f'href="{signed.get_absolute_url()}" download' in html
    assert signed.summary in html


def test_the_rules_of_counting_stand_below_figures_of_a_list_only(client, period):
    rule = "Hồ sơ mới đăng ký hoặc không được tiếp nhận thì không tính."
    assert rule not in _html(client, period.get_absolute_url())
    listed = factory.make_listed_period(code="2024-T02")
    factory.make_sheet(period=listed)
    html = _html(client, listed.get_absolute_url())
    assert rule in html
    assert reverse("procedures:dossiers", args=["2024-T02"]) in html


def test_late_dossiers_and_carry_over_are_explained(client, period):
    factory.make_sheet(period=period, carry_over_note="Thêm hồ sơ bưu chính.")
    with factory.open_again(period.head):
        OverdueCount.objects.create(
            edition=period.head, reason=OverdueReason.COORDINATION, count=2
        )
    _tell(period, apology_letters=0)
    html = _html(client, period.get_absolute_url())
    assert "Chờ ý kiến, phối hợp của cơ quan khác: 2 hồ sơ" in html
    assert "Số văn bản xin lỗi và đề nghị gia hạn đã gửi: 0." in html
    assert ": Thêm hồ sơ bưu chính.</li>" in html


def test_the_printed_form_has_the_motto_and_a_place_to_sign(client, period):
    html = _html(client, period.get_absolute_url())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in html
    assert "Biểu số II.06a/VPCP/KSTT" in html
    assert "THỦ TRƯỞNG ĐƠN VỊ" in html
    assert "results-print.css" in client.get(period.get_absolute_url()).content.decode()
    assert "results-print.css" not in client.get(LIST).content.decode()


def test_the_pages_are_named_for_the_counter(client, period):
    page = read(client.get(period.get_absolute_url())[HEADER])
    assert (page.kind, page.object_id) == ("result", "2024-T01")
    assert "tháng 01/2024" in page.title
    assert read(client.get(LIST)[HEADER]).kind == "results"


# --- Corrections --------------------------------------------------------------------


def test_a_correction_is_told_and_the_earlier_version_stays(client, period):
    address = period.get_absolute_url()
    assert "Bản 1" not in _html(client, address)
    _corrected(period)
    html = _html(client, address)
    assert "Bản 2, đính chính lúc 14:00 05/02/2024." in html
    assert "Thêm một hồ sơ bị bỏ sót." in html
    assert f'href="{address}ban-1/"' in html
    earlier = client.get(f"{address}ban-1/")
    assert "Bản cũ, không còn giá trị." in earlier.content.decode()
    assert official_table(earlier)[-1][2][2] == "1.258"
    assert official_table(client.get(address))[-1][2][2] == "1.259"


def test_the_version_that_holds_has_one_address(client, period):
    _corrected(period)
    response = client.get(reverse("procedures:edition", args=["2024-T01", 2]))
    assert (response.status_code, response["Location"]) == (302, "/ket-qua-tthc/2024-T01/")


@pytest.mark.parametrize("number", ["2", "0", "9" * 30, "9" * 5000, "-1", "x"])
def test_a_version_that_nobody_approved_is_not_found(client, period, number):
    workflow.save_sheet(
        period=period,
        actor=None,
        rows=workflow.rows_of(period.head),
        details=workflow.Details(note="Đang sửa."),
    )
    address = f"{period.get_absolute_url()}ban-{number}/"
    assert client.get(address).status_code in (400, 404)
    assert "Đang sửa." not in _html(client, period.get_absolute_url())


# --- A lĩnh vực, a procedure --------------------------------------------------------


def test_a_field_shows_its_figures_over_the_periods(client, period):
    field = period.head.sheets.get(field__slug="chung-thuc").field
    factory.make_sheet(
        period=factory.make_period(code="2023-T12"),
        field=field,
        received_direct=1000,
        resolved_late=1000,
    )
    address = reverse("procedures:field", args=["2024-T01", "chung-thuc"])
    html = _html(client, address)
    assert _key_figures(html)["Hồ sơ nhận giải quyết"] == (
        "1.234",
        "tăng 234 hồ sơ so với kỳ trước",
    )
    (line,) = tables_of(client.get(address))
    assert [cell[2] for cell in line[2]] == [
        "Tháng 12/2023",
        "1.000",
        "0",
        "1.000",
        "0",
        "0",
        "0,0%",
    ]


def test_a_field_names_its_procedures_unless_only_totals_are_public(client):
    period = factory.make_listed_period()
    procedure = factory.make_procedure(name="Chứng thực bản sao")
    factory.make_sheet(period=period, field=procedure.field)
    factory.make_procedure_figures(
        period=period, procedure=procedure, received_online=11, resolved_late=11
    )
    hidden = factory.make_procedure(
        name="Đăng ký khai sinh", field=factory.make_field(totals_only=True)
    )
    factory.make_sheet(period=period, field=hidden.field)
    html = _html(
        client, reverse("procedures:field", args=["2024-T01", procedure.field.slug])
    )
    assert "Chứng thực bản sao" in html
    assert reverse("procedures:procedure", args=[procedure.code]) in html
    assert f"?linh-vuc={procedure.field.slug}" in html
    html = _html(client, reverse("procedures:field", args=["2024-T01", hidden.field.slug]))
    assert "chỉ công khai số tổng" in html
    assert "Đăng ký khai sinh" not in html
    assert "?linh-vuc=" not in html


@pytest.mark.parametrize("slug", ["khong-co", "mat", "x" * 300])
def test_a_field_without_a_row_in_the_period_is_not_found(client, period, draft, slug):
    assert client.get(f"{period.get_absolute_url()}linh-vuc/{slug}/").status_code == 404


def test_a_procedure_shows_its_figures_over_the_periods(client):
    procedure = factory.make_procedure()
    address = reverse("procedures:procedure", args=[procedure.code])
    assert "Chưa có kỳ nào công khai số liệu riêng" in _html(client, address)
    for code, count in (("2023-T12", 20), ("2024-T01", 30)):
        factory.make_procedure_figures(
            period=factory.make_listed_period(code=code),
            procedure=procedure,
            received_online=count,
            resolved_on_time=count,
        )
    hidden = factory.make_period(code="2024-T02", status=PeriodStatus.DRAFT)
    factory.make_procedure_figures(
        period=hidden, procedure=procedure, received_online=77, resolved_late=77
    )
    (line,) = tables_of(client.get(address))
    assert [[cell[2] for cell in row[:2]] for row in line[1:]] == [
        ["Tháng 01/2024", "30"],
        ["Tháng 12/2023", "20"],
    ]
    assert f"2024-T01/ho-so/?thu-tuc={procedure.code}" in _html(client, address)


def test_a_procedure_of_which_only_totals_are_public_has_no_page(client):
    hidden = factory.make_procedure(field=factory.make_field(totals_only=True))
    for code in (hidden.code, "1.999999"):
        assert client.get(reverse("procedures:procedure", args=[code])).status_code == 404


# --- What pages cost ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The periods with their sums, the settings, the series, rows and days of the newest.
        (LIST, 5),
        (CALENDAR, 2),  # the settings, the series
        # The period, its rows, reasons, versions, days; all periods for the neighbours.
        (f"{LIST}2024-T01/", 6),
        # The period, the rows of the series, all periods, its procedures, its days.
        (f"{LIST}2024-T01/linh-vuc/chung-thuc/", 5),
    ],
)
def test_pages_need_few_queries(client, address, queries, django_assert_max_num_queries):
    procedure = factory.make_procedure(field=factory.make_field(slug="chung-thuc"))
    for year, month in [(2022, m) for m in range(1, 13)] + [
        (2023, m) for m in range(1, 13)
    ]:
        factory.make_sheet(
            period=factory.make_period(code=f"{year}-T{month:02}"), field=procedure.field
        )
    newest = factory.make_listed_period()
    for field in (procedure.field, factory.make_field()):
        factory.make_sheet(period=newest, field=field)
    factory.make_procedure_figures(period=newest, procedure=procedure)
    client.get(address)  # the frame is kept until content changes
    # Two more: the content version, and the visit figures once a second.
    with django_assert_max_num_queries(queries + 2):
        assert client.get(address).status_code == 200


# --- What is not public -------------------------------------------------------------


def test_a_draft_has_no_page_and_no_file_and_looks_like_none(client, draft):
    below = ["", "ban-1/", "linh-vuc/mat/", "ho-so/", "ho-so.csv"]
    below += [f"ket-qua.{file_format}" for file_format in FORMATS]
    for path in below:
        page = client.get(f"{LIST}2024-T02/{path}")
        unknown = client.get(f"{LIST}2024-T03/{path}")
        assert (page.status_code, unknown.status_code) == (404, 404)
        assert (
            page.content.decode().replace("2024-T02", "2024-T03")
            == unknown.content.decode()
        )


def test_a_draft_is_found_nowhere(client, draft, period):
    addresses = [LIST, CALENDAR, period.get_absolute_url()]
    addresses += [_file(period.code, file_format) for file_format in FORMATS]
    addresses += [reverse("home"), reverse("site_map"), draft.get_absolute_url()]
    addresses += [reverse("sitemap_section", args=["ket-qua-tthc"])]
    for address in addresses:
        body = body_of(client.get(address))
        for secret in (SECRET, "98.765", "98765", "987654"):
            assert secret.encode() not in body, (address, secret)


def test_a_removed_period_says_why_at_each_of_its_addresses(client):
    ProcedureSettings.objects.create(pk=1, office_phone="0237 555 0101")
    removed = factory.make_period(status=PeriodStatus.REMOVED)
    factory.make_sheet(period=removed, field=factory.make_field(name=SECRET, slug="mat"))
    below = ["", "ban-1/", "linh-vuc/mat/", "ho-so/", "ho-so.csv", "ket-qua.bak"]
    below += [f"ket-qua.{file_format}" for file_format in FORMATS]
    for path in below:
        response = client.get(f"{removed.get_absolute_url()}{path}")
        html = response.content.decode()
        assert response.status_code == 410, path
        assert "Số liệu nhập nhầm kỳ." in html
        assert "16/01/2024" in html
        assert 'href="tel:+842375550101"' in html
        assert SECRET not in html
    assert removed.get_absolute_url() not in _html(client, LIST)


def test_what_is_taken_back_is_gone_at_once(client, period, content_committed):
    assert client.get(period.get_absolute_url()).status_code == 200
    workflow.remove(period=period, actor=None, reason="Nhập nhầm kỳ.")
    assert client.get(period.get_absolute_url()).status_code == 410
    content_committed()
    assert "Chưa có kỳ nào được công khai." in _html(client, LIST)


# --- Bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["2024", "2024-T1", "2024-T13", "2024-t01", "٢٠٢٤-T01", "2024-T01%00", "..", "%2e%2e"]
    + [
        "2024-T01'--",
        "2024-T01%0A",
        "2024-T01/x",
        "a" * 5000,
        "2024-T02",
        "9999-N",
        "0000-N",
        "thu-tuc/1.00119",
        "thu-tuc/1.001193%00",
        "thu-tuc",
    ],
)
def test_any_other_code_is_not_found(client, period, path):
    assert client.get(f"{LIST}{path}/").status_code in (301, 400, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_pages_and_files_are_for_reading_only(client, period, method):
    for address in (LIST, CALENDAR, period.get_absolute_url(), _file(period.code, "csv")):
        assert client.generic(method, address).status_code in (403, 405)


@pytest.mark.parametrize(
    "query", ["?trang=-1", "?nam=x&nam=y", "?%00", "?a[]=1", "?" + "q" * 3000]
)
def test_unknown_queries_are_ignored(client, period, query):
    for address in (LIST, CALENDAR, period.get_absolute_url(), _file(period.code, "json")):
        response = client.get(address + query)
        assert response.status_code in (200, 400)
        assert body_of(response)
