import csv
import io
from datetime import date

import pytest

from procedures.figures import COLUMNS
from procedures.imports import layout
from procedures.imports.staged import DOSSIERS, KIND_OF_KEY, RESULTS, Kind, Level
from procedures.imports.unreadable import CannotRead
from tests.procedures.imports import workbooks
from tests.procedures.imports.tables import (
    HEADINGS,
    code,
    dossier,
    found,
    read,
    text,
    xlsx,
)

LETTERS = {"code": "B", "procedure_name": "C", "received_on": "F", "due_on": "G"} | {
    "finished_on": "H"
}
TITLES = [
    ["UBND XÃ ĐÔNG THANH", "", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    [],
    ["SỔ THEO DÕI HỒ SƠ"],
]
NUMBERS = [str(number) for number in range(1, 9)]


# --- Dossier lists --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "above",
    [
        [HEADINGS],
        [*TITLES, HEADINGS],
        [*TITLES, HEADINGS, NUMBERS],
        [*TITLES, HEADINGS, [f"({number})" for number in NUMBERS]],
        [*TITLES, HEADINGS, ["A", "B", *NUMBERS[:6]]],
        [HEADINGS, [], []],
        [
            [*HEADINGS[:5], "Thời gian", "", ""],
            ["", "", "", "", "", *HEADINGS[5:]],
        ],
        [["x"] * 8, *[[]] * 20, HEADINGS],
    ],
    ids=["bare", "titles", "numbers", "(1)", "A B 1", "blank rows", "two rows", "far down"],
)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_headings_are_found_wherever_they_stand(above, form, tmp_path):
    rows = [*above, dossier(1), dossier(2)]
    content = xlsx(rows) if form == "xlsx" else text(rows, separator="\t").encode()

    staged = read(content, tmp_path)

    assert staged.mapping == LETTERS
    assert staged.columns["code"] == [code(1), code(2)]
    assert staged.row_numbers == [len(above) + 1, len(above) + 2]
    assert staged.problems == []


def test_a_list_with_everything_is_read_exactly(tmp_path):
    rows = list(workbooks.many_dossiers(40, [("Chứng thực bản sao", "Chứng thực")]))

    staged = read(workbooks.dossier_list(rows), tmp_path)

    assert staged.header_row == 6
    assert staged.row_numbers == list(range(8, 48))
    assert staged.columns["code"] == [row["code"] for row in rows]
    assert staged.columns["due_on"] == [row["due_on"] for row in rows]
    assert staged.columns["finished_on"] == [row["finished_on"] for row in rows]
    assert set(staged.columns["channel"]) == {1, 2, 3}
    assert set(staged.columns["status"]) == {4, 10}
    assert staged.stated_period == workbooks.PERIOD
    assert staged.problems == []


def test_columns_may_stand_in_any_order_among_others(tmp_path):
    headings = ["Trả kết quả", "Mã HS", "Ghi chú", "Nhận hồ sơ", "Xếp loại", "Mã thủ tục"]
    row = ["03/01/2024", code(1), "gọi 0912345678", "02/01/2024", "tốt", "1.004616"]

    staged = read(xlsx([[*headings, "Hẹn trả"], [*row, "04/01/2024"]]), tmp_path)

    assert staged.mapping == {
        "finished_on": "A",
        "code": "B",
        "received_on": "D",
        "procedure_code": "F",
        "due_on": "G",
    }
    assert {h.letter: h.dropped for h in staged.headings if not h.key} == {
        "C": "riêng tư",
        "E": "không nhận ra",
    }


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Mã hồ sơ", "code"),
        ("SỐ HỒ SƠ", "code"),
        ("Số biên nhận", "code"),
        ("Mã thủ tục hành chính", "procedure_code"),
        ("Mã TTHC", "procedure_code"),
        ("Thủ tục hành chính", "procedure_name"),
        ("Tên dịch vụ công", "procedure_name"),
        ("Lĩnh vực", "field_name"),
        ("Hình thức tiếp nhận", "channel"),
        ("Phương thức nộp hồ sơ", "channel"),
        ("Kênh tiếp nhận", "channel"),
        ("Ngày tiếp nhận (dd/mm/yyyy)", "received_on"),
        ("Thời gian tiếp nhận", "received_on"),
        ("Ngày hẹn trả KQ", "due_on"),
        ("Hạn giải quyết", "due_on"),
        ("Ngày có kết quả", "finished_on"),
        ("Ngày kết thúc xử lý", "finished_on"),
        ("Tình trạng hồ sơ", "status"),
        ("Trạng thái", "status"),
        # What only looks alike.
        ("Phương thức nhận kết quả", None),
        ("Thời gian giải quyết", None),
        ("Cơ quan chủ trì giải quyết", None),
        ("Nội dung hồ sơ", None),
    ],
)
def test_headings_of_lists_are_known_by_their_synonyms(heading, key):
    rows = [["Mã số hồ sơ phụ", heading, "x"]]

    columns = layout._layout(rows, 0, 0, DOSSIERS, has_merges=True).columns

    assert columns[1].key == key


@pytest.mark.parametrize(
    "heading",
    [
        *("Họ và tên", "Tên cá nhân, tổ chức", "Người nộp hồ sơ", "Chủ hồ sơ", "Địa chỉ"),
        *("Số điện thoại", "SĐT", "Số CCCD/CMND", "Mã định danh", "Ngày sinh", "Email"),
        *("Ghi chú", "Ký nhận", "Nơi cấp", "Ngày cấp", "Người tiếp nhận hồ sơ", "Lý do"),
        *("Mã hồ sơ người nộp", "Ngày nhận, ký nhận"),
    ],
)
@pytest.mark.parametrize("kind", [DOSSIERS, RESULTS])
def test_a_private_heading_wins_over_everything(heading, kind):
    (column,) = layout._layout([[heading]], 0, 0, kind, has_merges=True).columns

    assert column.is_private
    assert column.key is None


def test_a_group_about_persons_makes_all_its_columns_private(tmp_path):
    rows = [
        ["Mã hồ sơ", "Tên TTHC", "Người nộp", "", "Nhận hồ sơ", "Hẹn trả", "Trả kết quả"],
        ["", "", "Tên", "Mã hồ sơ", "", "", ""],
        [code(1), "Đăng ký khai sinh", "Lò Thị Kín", code(9), *["02/01/2024"] * 3],
    ]

    staged = read(xlsx(rows, merges=["C1:D1", "A1:A2"]), tmp_path)

    assert staged.columns["code"] == [code(1)]
    assert [h.letter for h in staged.headings if h.dropped == "riêng tư"] == ["C", "D"]


def test_the_first_dossier_is_never_taken_for_a_heading(tmp_path):
    headings = [*HEADINGS, "Khác", "Xử lý"]
    rows = [headings, [*dossier(1), "Chủ hộ: Lò Thị Kín, liên hệ 0912345678", "Lĩnh vực"]]

    staged = read(xlsx(rows), tmp_path)

    assert staged.columns["code"] == [code(1)]
    assert [h.text for h in staged.headings] == headings


def test_of_two_columns_with_one_meaning_the_better_is_taken_and_the_other_named(tmp_path):
    rows = [[*HEADINGS, "Ngày có kết quả"], [*dossier(1), "02/01/2024"]]

    staged = read(xlsx(rows), tmp_path)

    assert staged.mapping["finished_on"] == "I"
    assert staged.candidates == {"H": [date(2024, 1, 3)]}
    # A column that is not used has no problems either; the warning is about the table.
    assert [p.code for p in staged.all_problems] == ["column-twice"]


def test_columns_without_a_known_heading_are_candidates_by_their_content(tmp_path):
    extra = ["Ngày hẹn lại", "Kiểu", "Ô 1", "Ô 2", "Ô 3", "Ô 4"]
    cells = [
        "05/01/2024",
        "Trực tuyến",
        "Đăng ký khai sinh",
        "Lò Thị Kín",
        "45296",
        "Hộ tịch",
    ]
    rows = [[*HEADINGS, *extra], *([*dossier(n), *cells] for n in range(1, 6))]

    staged = read(xlsx(rows), tmp_path)

    kinds = {h.text: h.kinds for h in staged.headings if h.text in extra}
    assert kinds == {
        "Ngày hẹn lại": (Kind.DATE,),
        "Kiểu": (Kind.CHANNEL,),
        "Ô 1": (Kind.PROCEDURE_NAME,),
        "Ô 2": (),
        "Ô 3": (),
        "Ô 4": (Kind.FIELD_NAME,),
    }
    assert set(staged.candidates) == {"I", "J", "K", "N"}
    remapped = staged.remapped(staged.mapping | {"due_on": "I", "channel": "J"})
    assert remapped.columns["due_on"] == [date(2024, 1, 5)] * 5
    assert remapped.columns["channel"] == [2] * 5
    assert remapped.candidates["G"] == [date(2024, 1, 4)] * 5


@pytest.mark.parametrize(
    "mapping",
    [{"code": "C"}, {"code": "D"}, {"due_on": "Z"}, {"due_on": "F", "received_on": "F"}],
)
def test_a_mapping_to_what_a_column_cannot_be_is_refused(mapping, tmp_path):
    staged = read(xlsx([HEADINGS, dossier(1)]), tmp_path)

    with pytest.raises(ValueError, match="."):
        staged.remapped(mapping)


def test_birthdays_are_no_candidates_for_dates(tmp_path):
    days = [f"0{n}/02/19{n}0" for n in range(5, 10)]
    rows = [[*HEADINGS, "Khác"], *([*dossier(n), day] for n, day in enumerate(days, 1))]

    staged = read(xlsx(rows), tmp_path)

    assert staged.candidates == {}
    assert staged.headings[-1].dropped == "không nhận ra"


def test_a_missing_column_is_a_problem_until_another_is_mapped(tmp_path):
    headings = ["Xem", *HEADINGS[1:]]
    headings[6] = "Mốc"
    staged = read(xlsx([headings, dossier(1)]), tmp_path)

    (missing,) = staged.problems
    assert (missing.code, missing.level, missing.params) == (
        *("column-missing", Level.BLOCKER),
        {"keys": ["due_on"]},
    )
    assert staged.remapped(staged.mapping | {"due_on": "G"}).problems == []


# --- What stands between and below ---------------------------------------------------------


def test_totals_signatures_groups_blanks_and_repeated_headings_are_no_dossiers(tmp_path):
    rows = [
        HEADINGS,
        ["I", "Lĩnh vực Chứng thực"],
        dossier(1),
        ["2"],
        HEADINGS,
        NUMBERS,
        dossier(2),
        [],
        ["", "Tổng cộng: 2 hồ sơ"],
        ["", "", "", "", "", "Hà Trung, ngày 15 tháng 01 năm 2024"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "CHỦ TỊCH"],
        ["", "Lê Thị Ký", "", "", "", "Lê Văn Tên"],
    ]

    staged = read(xlsx(rows), tmp_path)

    assert staged.columns["code"] == [code(1), code(2)]
    assert staged.row_numbers == [3, 7]
    assert staged.ended_by == "chữ ký"
    assert [(p.code, p.params) for p in staged.problems] == [
        ("rows-without-dossier", {"rows": [2]})
    ]


def test_subtotals_do_not_end_the_list(tmp_path):
    rows = [HEADINGS, dossier(1), ["", "Tổng cộng", "1"], dossier(2), ["", "Tổng số"]]

    staged = read(xlsx(rows), tmp_path)

    assert staged.columns["code"] == [code(1), code(2)]
    assert staged.ended_by == "tổng cộng"


def test_dossiers_below_the_signatures_are_counted_and_not_read(tmp_path):
    rows = [
        HEADINGS,
        dossier(1),
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "CHỦ TỊCH"],
        dossier(2),
    ]

    staged = read(xlsx(rows), tmp_path)

    assert staged.columns["code"] == [code(1)]
    assert [(p.code, p.params) for p in staged.problems] == [("after-end", {"count": 1})]


def test_a_row_with_a_broken_code_is_a_problem_and_never_a_signature(tmp_path):
    rows = [
        HEADINGS,
        dossier(1, B="", C="Chủ tịch UBND cấp"),
        dossier(2, B="mất mã"),
        dossier(3),
    ]

    staged = read(xlsx(rows), tmp_path)

    assert found(staged) == [("code-malformed", 3, "B"), ("code-missing", 2, "B")]
    assert staged.rows_read == 3


def test_hidden_rows_are_read_and_said(tmp_path):
    rows = [HEADINGS, dossier(1), dossier(2)]

    staged = read(xlsx(rows, hidden=[3]), tmp_path)

    assert staged.rows_read == 2
    assert [(p.code, p.params) for p in staged.problems] == [("hidden-rows", {"count": 1})]


def test_headings_without_a_row_below_are_a_problem(tmp_path):
    assert found(read(xlsx([HEADINGS]), tmp_path)) == [("no-rows", 1, "")]


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Từ ngày 15/12/2023 đến ngày 14/01/2024", []),
        ("(từ 15/12/2023 - 14/1/2024)", []),
        ("Từ ngày 15 tháng 12 năm 2023 đến ngày 14 tháng 01 năm 2024", []),
        ("Từ ngày 15/01/2024 đến ngày 14/02/2024", ["period-differs"]),
        ("Từ ngày 45/01/2024 đến ngày 14/02/2024", []),
    ],
)
def test_a_title_that_names_another_period_is_said(title, codes, tmp_path):
    staged = read(xlsx([[title], HEADINGS, dossier(1)]), tmp_path)

    assert [each.code for each in staged.problems] == codes


# --- Sheets ---------------------------------------------------------------------------------


def test_the_sheet_with_the_headings_is_chosen_and_others_are_named(tmp_path):
    sheets = {
        "Bìa": [["UBND XÃ"], ["Năm 2024"]],
        "Lò Thị Kín": [HEADINGS, dossier(7)],
        "T1": [HEADINGS, dossier(1), dossier(2)],
        "Trống": [],
    }

    staged = read(xlsx([], sheets=sheets), tmp_path)

    assert staged.sheet == "T1"
    assert staged.columns["code"] == [code(1), code(2)]
    assert [(p.code, p.params) for p in staged.problems] == [
        ("other-sheets", {"names": ["•••"]})
    ]


@pytest.mark.parametrize("rows", [[], [["a", "b"], [1, 2]], [["Mã hồ sơ"], [code(1)]]])
def test_a_file_without_such_a_table_is_refused_in_words(rows, tmp_path):
    with pytest.raises(CannotRead, match="Không tìm thấy dòng tiêu đề"):
        read(xlsx(rows), tmp_path)


def test_the_other_kind_of_file_is_named(tmp_path):
    form = workbooks.form([{"field_name": "Hộ tịch"}])

    with pytest.raises(CannotRead, match="Tệp này là Biểu II.06a"):
        read(form, tmp_path)
    with pytest.raises(CannotRead, match="Tệp này là danh sách hồ sơ"):
        read(xlsx([HEADINGS, dossier(1)]), tmp_path, kind=RESULTS)


def test_the_same_layout_has_the_same_signature(tmp_path):
    one = read(xlsx([*TITLES, HEADINGS, dossier(1)]), tmp_path)
    same = read(xlsx([HEADINGS, dossier(2), dossier(3)]), tmp_path)
    other = read(xlsx([[*HEADINGS, "Ghi chú"], dossier(1)]), tmp_path)

    assert one.signature == same.signature != other.signature


# --- Biểu II.06a ----------------------------------------------------------------------------

FIGURE_KEYS = [column.key for column in COLUMNS]
OFFICIAL = [
    [
        *("STT", "Lĩnh vực", "Số hồ sơ nhận giải quyết", "", "", ""),
        *("Số hồ sơ đã giải quyết", "", "", "", "Số hồ sơ đang giải quyết", "", ""),
    ],
    [
        *("", "", "Tổng số", "Trong kỳ", "", "Từ kỳ trước", "Tổng số", "Trước hạn"),
        *("Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn"),
    ],
    ["", "", "", "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", *[""] * 8],
    [
        *("(1)", "(2)", "(3)=(4)+(5)+(6)", "(4)", "(5)", "(6)", "(7)=(8)+(9)+(10)", "(8)"),
        *("(9)", "(10)", "(11)=(12)+(13)", "(12)", "(13)"),
    ],
]
MERGES = ["A1:A3", "B1:B3", "C1:F1", "G1:J1", "K1:M1", "C2:C3", "D2:E2", "F2:F3"]
FLAT = [
    ["TT", "Lĩnh vực", *(column.full_label for column in COLUMNS)],
]
FORM_ROWS = [
    ["1", "Lĩnh vực Hộ tịch", 12, 5, 6, 1, 11, 4, 6, 1, 1, 1, 0],
    ["2", "Chứng thực", "", "", "", "", "", "", "", "", "", "", ""],
    ["", "TỔNG SỐ", 12, 5, 6, 1, 11, 4, 6, 1, 1, 1, 0],
    ["", "Người lập biểu", "", "", "", "", "", "", "Chủ tịch"],
]


@pytest.mark.parametrize(
    ("above", "merges"),
    [(OFFICIAL, MERGES), (OFFICIAL, []), (OFFICIAL[:3], MERGES), (FLAT, [])],
    ids=["official", "official, not merged", "without numbers", "in one row"],
)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_form_is_read_with_its_groups(above, merges, form, tmp_path):
    rows = [*above, *FORM_ROWS]
    if form == "xlsx":
        content = xlsx(rows, merges=merges)
    else:
        file = io.StringIO()
        csv.writer(file).writerows(rows)
        content = file.getvalue().encode("utf-8-sig")

    staged = read(content, tmp_path, kind=RESULTS)

    assert list(staged.mapping) == ["field_name", *FIGURE_KEYS]
    assert staged.columns["field_name"] == ["Hộ tịch", "Chứng thực"]
    assert [staged.columns[key][0] for key in FIGURE_KEYS] == FORM_ROWS[0][2:]
    assert [staged.columns[key][1] for key in FIGURE_KEYS] == [0] * 11
    assert staged.totals == dict(zip(FIGURE_KEYS, FORM_ROWS[2][2:], strict=True))
    assert staged.ended_by == "chữ ký"
    assert staged.problems == []


def test_totals_may_stand_above_the_rows(tmp_path):
    rows = [*OFFICIAL, FORM_ROWS[2], FORM_ROWS[0], FORM_ROWS[3]]

    staged = read(xlsx(rows, merges=MERGES), tmp_path, kind=RESULTS)

    assert staged.columns["field_name"] == ["Hộ tịch"]
    assert staged.totals["received"] == 12


def test_figures_without_a_field_are_a_problem(tmp_path):
    rows = [*OFFICIAL, FORM_ROWS[0], ["2", "", *FORM_ROWS[0][2:]]]

    staged = read(xlsx(rows, merges=MERGES), tmp_path, kind=RESULTS)

    assert found(staged) == [("field-missing", 6, "B")]


def test_a_field_that_is_unknown_here_is_handed_on(tmp_path):
    rows = [*OFFICIAL, ["1", "Hàng hải", *FORM_ROWS[0][2:]]]

    staged = read(xlsx(rows, merges=MERGES), tmp_path, kind=RESULTS)

    assert staged.columns["field_name"] == ["Hàng hải"]


def test_a_form_that_joins_early_and_on_time_lacks_both(tmp_path):
    headings = [*FLAT[0]]
    headings[7:9] = ["Số hồ sơ đã giải quyết: trước hạn, đúng hạn", "Khác"]

    staged = read(xlsx([headings, FORM_ROWS[0]]), tmp_path, kind=RESULTS)

    assert [p.params["keys"] for p in staged.problems] == [
        ["resolved_early"],
        ["resolved_on_time"],
    ]


def test_every_figure_has_its_kind():
    assert {key for key, kind in KIND_OF_KEY.items() if kind == Kind.FIGURE} == set(
        FIGURE_KEYS
    )


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")]
)
def test_columns_are_called_as_excel_does(index, name):
    assert layout.letter(index) == name
