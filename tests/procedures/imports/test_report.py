"""What people are told of an import."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import procedures
from procedures.imports import dossiers, report
from procedures.imports.matching import Choices
from procedures.imports.staged import CODES, KIND_OF_KEY, Heading, Level, Problem
from procedures.models import Channel, DossierStatus, Period
from tests import factory
from tests.procedures.imports.staging import staged

PARAMS = {
    "first": 2020,
    "last": 2025,
    "most": 300,
    "keys": ["procedure_code", "procedure_name"],
    "key": "received_on",
    "other": "F",
    "count": 3,
    "rows": 3,
    "names": ["Trang 2"],
    "starts_on": "2023-12-15",
    "ends_on": "2024-01-14",
    "procedure": "2.000815",
    "field": "Chứng thực",
    "column": 3,
    "parts": "4 + 5 + 6",
    "sum": 12,
    "resolved": 10,
    "pending": 2,
}


@pytest.mark.parametrize("code", sorted(report.WORDING))
def test_each_problem_says_in_whole_sentences_what_is_wrong_and_what_to_do(code):
    problem = Problem(code, Level.BLOCKER, value="31/02/2024", params=PARAMS)
    for sentence in (report.wrong(problem), report.advice(problem)):
        assert sentence.endswith(".")
        assert sentence[0] == "“" or sentence[0].isupper()
        assert "{" not in sentence


def test_every_code_that_reading_or_meaning_gives_has_words():
    given = set(CODES)
    for name in ("counting.py", "imports/dossiers.py", "imports/results_form.py"):
        source = (Path(procedures.__file__).parent / name).read_text()
        given |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert given - {"not-accepted"} == set(report.WORDING)


def test_every_key_of_a_mapping_has_a_label():
    assert set(report.KEY_LABELS) == set(KIND_OF_KEY)


def test_a_place_names_sheet_row_and_column():
    problem = Problem("code-missing", Level.BLOCKER, "DS", 12, "B", "Mã hồ sơ")
    assert report.place(problem) == "Trang “DS”, dòng 12, cột B (Mã hồ sơ)"
    assert report.place(Problem("no-rows", Level.BLOCKER)) == "Cả tệp"


@pytest.fixture
def found(db):
    procedure = factory.make_procedure(field=factory.make_field(name="Chứng thực"))
    row = {
        "code": "000.17.22.H56-231218-0001",
        "procedure_code": procedure.code,
        "channel": Channel.DIRECT,
        "received_on": date(2023, 12, 18),
        "due_on": date(2023, 12, 21),
        "finished_on": date(2023, 12, 20),
        "status": DossierStatus.RETURNED,
    }
    wrong = row | {"code": "000.17.22.H56-231218-0002", "finished_on": date(2023, 12, 1)}
    file = staged([row, wrong])
    private = Heading("Z", "Họ và tên", None, "riêng tư")
    return dossiers.interpret(
        replace(file, headings=[*file.headings, private]),
        period=Period(starts_on=date(2023, 12, 15), ends_on=date(2024, 1, 14)),
        choices=Choices(),
        today=date(2024, 1, 20),
    )


def test_the_text_tells_counts_dropped_columns_and_each_problem(found):
    text = report.as_text(found)
    assert "Đã đọc 2 dòng của trang “Trang 1”; tính 1 hồ sơ." in text
    assert "Đã bỏ các cột riêng tư, không lưu: Họ và tên." in text
    assert "Chứng thực: nhận 1, đã giải quyết 1 (quá hạn 0), đang giải quyết 0" in text
    assert "[Phải sửa] Trang “Trang 1”, dòng 11, cột F" in text
    assert "Ngày trả kết quả 01/12/2023 trước ngày nhận hồ sơ." in text


def test_the_json_form_names_each_problem(found):
    (problem,) = json.loads(json.dumps(report.as_json(found)))["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (11, "F", "01/12/2023")
    assert problem["wrong"] == "Ngày trả kết quả 01/12/2023 trước ngày nhận hồ sơ."


def test_what_the_site_keeps_holds_counts_and_no_value_of_a_cell(found):
    kept = report.counts(found)
    assert kept["problems"] == [
        {"level": "chan", "code": "finished-before-received", "count": 1}
    ]
    assert kept["columns_dropped"] == {"riêng tư": 1}
    assert (kept["rows_read"], kept["rows_counted"], kept["rows_stored"]) == (2, 1, 1)
    assert kept["fields"][0]["received"] == 1
    assert "01/12/2023" not in json.dumps(kept)
    assert "Họ và tên" not in json.dumps(kept, ensure_ascii=False)
