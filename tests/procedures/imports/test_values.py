from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.imports import values
from procedures.imports.staged import DOSSIERS, RESULTS, Kind
from procedures.imports.values import Bad
from tests.procedures.imports.tables import (
    HEADINGS,
    KNOWN,
    PERIOD,
    code,
    dossier,
    found,
    patched,
    read,
    text,
    xlsx,
)


def parsed(raw, kind):
    value = values.parser(kind, KNOWN)(raw)
    return value.code if isinstance(value, Bad) else value


DAY = date(2024, 1, 5)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "5/1/2024",
            "05/01/2024",
            "05-01-2024",
            "5.1.2024",
            " 05 / 01 / 2024 ",
            "05–01–2024",
        ),
        *(
            "05/01/2024 08:30",
            "05/01/2024 08:30:15",
            "08:30 05/01/2024",
            "8h30, 05/01/2024",
        ),
        *(
            "05/01/2024 8:30:00 SA",
            "2024-01-05",
            "2024-01-05T08:30:00",
            "2024-01-05 08:30:15.5",
        ),
        *(
            "ngày 5 tháng 1 năm 2024",
            "'05/01/2024",
            "05/01/2024\u00a0",
            "45296",
            "45296,35",
        ),
        *(45296, 45296.0, 45296.99, DAY, datetime(2024, 1, 5, 23, 59)),
    ],
)
def test_a_date_is_read_in_every_way_that_means_one_day(raw):
    assert parsed(raw, Kind.DATE) == DAY


@pytest.mark.parametrize("raw", ["", " ", "\u00a0", "-", "–", "..."])
def test_a_cell_without_a_date_is_none(raw):
    assert parsed(raw, Kind.DATE) is None


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("05/13/2024", "date-impossible"),
        ("31/02/2024", "date-impossible"),
        ("00/01/2024", "date-impossible"),
        ("5/1/24", "date-two-digit-year"),
        ("05/01-2024", "date-unclear"),
        ("2024/01/05", "date-unclear"),
        ("01/2024", "date-unclear"),
        ("Nguyễn Văn A", "date-unclear"),
        ("05/01/2024 và 06/01/2024", "date-unclear"),
        ("05/01/2024 ký nhận", "date-unclear"),
        ("٠٥/٠١/٢٠٢٤", "date-unclear"),
        (True, "date-unclear"),
        (-3.0, "date-unclear"),
        (time(6), "date-unclear"),
        (timedelta(days=1), "date-unclear"),
        ("05/01/1998", "date-out-of-range"),
        (date(1900, 1, 5), "date-out-of-range"),
        (5.0, "date-out-of-range"),
        (1e300, "date-out-of-range"),
        (float("nan"), "date-unclear"),
        (float("inf"), "date-out-of-range"),
        ("9" * 5_000, "date-unclear"),
    ],
)
def test_a_date_is_never_guessed(raw, problem):
    assert parsed(raw, Kind.DATE) == problem


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from("/-."))
def test_each_day_is_read_back_from_text_and_serial(day, sign):
    assert parsed(f"{day.day}{sign}{day.month}{sign}{day.year}", Kind.DATE) == day
    assert parsed((day - date(1899, 12, 30)).days, Kind.DATE) == day


def test_dates_that_excel_read_the_american_way_round_are_a_problem(tmp_path):
    texts = [f"{day}/01/2024" for day in (13, 20, 31)]
    swapped = [date(2024, month, 1) for month in (2, 5, 12)]  # were 2/1, 5/1, 12/1
    rows = [HEADINGS, *(dossier(n, G=day) for n, day in enumerate(texts + swapped, 1))]

    assert found(read(xlsx(rows), tmp_path)) == [("dates-swapped", None, "G")]


def test_real_dates_and_texts_of_all_days_may_stand_together(tmp_path):
    texts = [f"{day}/01/2024" for day in (3, 20, 31)]
    real = [date(2024, 1, day) for day in (2, 5, 28)]
    rows = [HEADINGS, *(dossier(n, G=day) for n, day in enumerate(texts + real, 1))]

    assert read(xlsx(rows), tmp_path).problems == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("H56.17.22-240102-0001", "H56.17.22-240102-0001"),
        ("000.17.22.H56-210531-0001", "000.17.22.H56-210531-0001"),
        (" h56.17.22 – 240102-\n0001\u200b", "H56.17.22-240102-0001"),
        ("'H56.17.22-240102-0001", "H56.17.22-240102-0001"),
        ("", None),
        ("H56.17.22-240102", "code-malformed"),
        ("038199000123", "code-malformed"),
        (12.0, "code-malformed"),
    ],
)
def test_dossier_codes_are_text_in_one_form(raw, expected):
    assert parsed(raw, Kind.DOSSIER_CODE) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1.004616", "1.004616"),
        ("1.004616.000.00.00.h56", "1.004616.000.00.00.H56"),
        ("2.000815.02", "2.000815.02"),
        (1.00462, "1.004620"),  # Excel dropped the last zero of the text
        ("", None),
        ("1,004616", "procedure-code-malformed"),
        ("038199000123", "procedure-code-malformed"),
        (2.0, "procedure-code-malformed"),
    ],
)
def test_procedure_codes_keep_their_zeros(raw, expected):
    assert parsed(raw, Kind.PROCEDURE_CODE) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Hộ tịch", "Hộ tịch"),
        ("Ho\u0302\u0323  ti\u0323ch\n", "Hộ tịch"),
        ("II. Lĩnh vực Hộ tịch", "Hộ tịch"),
        ("LĨNH VỰC: ĐẤT ĐAI", "ĐẤT ĐAI"),
        ("Lĩnh vực", "Lĩnh vực"),
        ("", None),
        ("x" * 1201, "name-too-long"),
        ("Ông Lò Văn Kín 0912345678", "name-looks-personal"),
    ],
)
def test_names_of_fields_lose_what_stands_before_them(raw, expected):
    assert parsed(raw, Kind.FIELD_NAME) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *[
            ("Trực tiếp", 1),
            ("TRỰC TUYẾN", 2),
            ("Bưu chính công ích", 3),
            ("2", 2),
            (3.0, 3),
        ],
        *[
            ("Qua dịch vụ BCCI", "channel-unknown"),
            ("", None),
            ("Tại nhà", "channel-unknown"),
        ],
    ],
)
def test_channels_have_the_numbers_of_the_national_portal(raw, expected):
    assert parsed(raw, Kind.CHANNEL) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *[("Mới đăng ký", 1), ("Được tiếp nhận", 2), ("Không được tiếp nhận", 3)],
        *[("Đang xử lý", 4), ("Yêu cầu bổ sung giấy tờ", 5)],
        *[("Yêu cầu thực hiện nghĩa vụ tài chính", 6), ("Công dân yêu cầu rút hồ sơ", 7)],
        *[("Dừng xử lý", 8), ("Đã xử lý xong", 9), ("Đã trả kết quả", 10), (10.0, 10)],
        *[("Đang giải quyết (quá hạn)", 4), ("Đã giải quyết trước hạn", 9), ("", None)],
        *[
            ("Từ chối", "status-unknown"),
            ("11", "status-unknown"),
            (True, "status-unknown"),
        ],
    ],
)
def test_statuses_have_the_numbers_of_the_national_portal(raw, expected):
    assert parsed(raw, Kind.STATUS) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        *[
            ("", 0),
            ("-", 0),
            ("–", 0),
            (" ", 0),
            (0.0, 0),
            (12.0, 12),
            ("12", 12),
            ("12.0", 12),
        ],
        *[
            ("12,00", 12),
            ("1.234", 1234),
            ("12.345.678", "figure-too-large"),
            ("1 234", 1234),
        ],
        *[("0012", 12), ("1.000.000", 1_000_000), (1e6, 1_000_000)],
        *[(12.5, "figure-decimal"), (1.234, "figure-decimal"), ("12,5", "figure-decimal")],
        *[
            ("1,234", "figure-decimal"),
            ("12,000", "figure-decimal"),
            (float("nan"), "figure-decimal"),
        ],
        *[(-1.0, "figure-negative"), ("-1", "figure-negative"), ("(5)", "figure-negative")],
        *[("12 hồ sơ", "figure-not-a-number"), ("1.23.4", "figure-not-a-number")],
        *[
            (True, "figure-not-a-number"),
            (DAY, "figure-not-a-number"),
            ("٣", "figure-not-a-number"),
        ],
        *[(2e6, "figure-too-large"), ("9" * 5_000, "figure-too-large")],
        *[(float("inf"), "figure-too-large")],
    ],
)
def test_figures_are_whole_numbers_or_a_problem(raw, expected):
    value = parsed(raw, Kind.FIGURE)

    assert value == expected
    assert type(value) in (int, str)


@given(st.integers(0, 1_000_000))
def test_each_figure_is_read_back_from_every_form(number):
    with_points = f"{number:,}".replace(",", ".")

    assert {
        parsed(raw, Kind.FIGURE)
        for raw in (number, float(number), str(number), with_points)
    } == {number}


cells = st.one_of(
    *(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none()),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas()),
    st.text("0123456789./- hHđĐ,:()", max_size=24),
)


@given(cells, st.sampled_from(Kind), st.booleans())
def test_no_cell_breaks_a_parser(cell, kind, is_strict):
    parse = (
        values.strict_parser(kind, KNOWN, PERIOD)
        if is_strict
        else values.parser(kind, KNOWN)
    )
    value = parse(cell)

    assert value is None or isinstance(value, (int, str, date, Bad))
    assert len(values.shown(cell, kind)) <= 60


# --- Whole columns --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        (["05/01/2024", "", "6/1/2024"], Kind.DATE),
        ([DAY, DAY], Kind.DATE),
        (["05/01/1984", "06/02/1990"], None),
        (["45296", "45297"], None),
        ([1.0, 2.0, 3.0], None),
        ([code(1), code(2)], Kind.DOSSIER_CODE),
        (["1.004616"], Kind.PROCEDURE_CODE),
        (["Hộ tịch", "1. Đất đai"], Kind.FIELD_NAME),
        (["Chứng thực bản sao"], Kind.PROCEDURE_NAME),
        (["Trực tiếp", "Trực tuyến"], Kind.CHANNEL),
        (["Đang xử lý"], Kind.STATUS),
        (["1", "2"], None),
        (["Lò Thị Kín", "Hộ tịch"], None),
        (["038199000123"], None),
        (["", ""], None),
    ],
)
def test_a_column_of_a_list_is_recognised_by_its_cells(sample, kind):
    assert values.guess(sample, kind=DOSSIERS, known=KNOWN, period=PERIOD) == kind


@pytest.mark.parametrize(
    ("sample", "kind"),
    [([5.0, 0.0, ""], Kind.FIGURE), ([1.0, 2.0], None), (["0912345678"], None)],
)
def test_a_column_of_a_form_is_recognised_by_its_cells(sample, kind):
    assert values.guess(sample, kind=RESULTS, known=KNOWN, period=PERIOD) == kind


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        ("05/13/2024", Kind.DATE, "05/13/2024"),
        ("Nguyễn Văn A", Kind.DATE, "•••"),
        ("0912345678", Kind.DATE, "•••"),
        ("H56.17.22-2401", Kind.DOSSIER_CODE, "H56.17.22-2401"),
        ("Nguyễn Văn A", Kind.DOSSIER_CODE, "•••"),
        ("038.199.000.123", Kind.DOSSIER_CODE, "•••"),
        ("B1234567", Kind.PROCEDURE_CODE, "•••"),
        ("1.00461", Kind.PROCEDURE_CODE, "1.00461"),
        ("12 hồ sơ", Kind.FIGURE, "•••"),
        ("12,5", Kind.FIGURE, "12,5"),
        ("Tại nhà", Kind.CHANNEL, "Tại nhà"),
        ("bà Lò Thị Kín nộp", Kind.CHANNEL, "••• nộp"),
        ("tốt " * 50, Kind.STATUS, f"{'tốt ' * 14}tốt…"),
    ],
)
def test_what_a_problem_repeats_is_short_and_masked(raw, kind, words):
    assert values.shown(raw, kind) == words


def test_each_bad_cell_is_named_by_row_and_column(tmp_path):
    rows = [
        ["DANH SÁCH"],
        [*HEADINGS, "Hình thức nộp", "Trạng thái"],
        [*dossier(1), "Trực tuyến", "Đã trả kết quả"],
        [*dossier(2, F="05/13/2024"), "Tại nhà", "Đang xử lý"],
        [*dossier(3, H="5/1/24"), "Trực tiếp", "chưa rõ"],
    ]

    problems = read(xlsx(rows), tmp_path).problems

    assert [(p.code, p.row, p.column, p.heading, p.value) for p in problems] == [
        ("date-impossible", 4, "F", "Nhận hồ sơ", "05/13/2024"),
        ("date-two-digit-year", 5, "H", "Trả kết quả", "5/1/24"),
        ("channel-unknown", 4, "I", "Hình thức nộp", "Tại nhà"),
        ("status-unknown", 5, "J", "Trạng thái", "chưa rõ"),
    ]
    assert {p.sheet for p in problems} == {"Sheet1"}


BROKEN_FORMULA = (
    b'<c r="D2"><f>1/0</f><v>0</v>',
    b'<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v>',
)


def test_cells_that_show_an_error_are_no_zeros(tmp_path):
    headings = ["TT", "Lĩnh vực", "Trực tuyến", "Trực tiếp", "Từ kỳ trước chuyển sang"]
    rows = [headings, ["1", "Hộ tịch", 5, "=1/0", 2]]

    content = patched(xlsx(rows), "sheet1.xml", *BROKEN_FORMULA)
    staged = read(content, tmp_path, kind=RESULTS)

    assert ("cell-error", 2, "D") in found(staged)


@pytest.mark.parametrize("value", [b"", b"<v/>", b"<v />", b"<v></v>"])
def test_formulas_that_were_never_computed_are_no_zeros(tmp_path, value):
    headings = ["TT", "Lĩnh vực", "Trực tuyến", "Trực tiếp", "Từ kỳ trước chuyển sang"]
    rows = [headings, ["1", "Hộ tịch", 5, "=C2+1", 2]]

    content = patched(xlsx(rows), "sheet1.xml", b"</f><v>0</v>", b"</f>" + value)
    staged = read(content, tmp_path, kind=RESULTS)

    assert ("formula-not-computed", 2, "D") in found(staged)


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell(tmp_path):
    rows = [HEADINGS, dossier(1), dossier(2, G='=""')]

    before, after = b'r="G3"><f>""</f><v>0</v>', b'r="G3" t="str"><f>""</f><v></v>'
    content = patched(xlsx(rows), "sheet1.xml", before, after)

    assert found(read(content, tmp_path)) == []


def test_the_longest_lists_of_problems_are_cut_and_counted(tmp_path):
    rows = [HEADINGS, *(dossier(n, F="x") for n in range(1, 2_103))]

    problems = read(text(rows).encode(), tmp_path).problems

    assert len(problems) == 2_001
    assert (problems[-1].code, problems[-1].params) == ("more-problems", {"count": 102})
