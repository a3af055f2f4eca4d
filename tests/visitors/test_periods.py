from datetime import date, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from visitors import periods
from visitors.periods import FIRST_YEAR, Choice, Kind, chosen

TODAY = date(2026, 11, 23)


def days(period):
    return f"{period.first:%Y-%m-%d}", f"{period.last:%Y-%m-%d}"


def ask(query="", today=TODAY):
    return chosen(QueryDict(query), today=today)


@pytest.mark.parametrize(
    ("query", "first", "last", "label"),
    [
        ("", "2026-10-25", "2026-11-23", "30 ngày qua (từ 25/10 đến 23/11/2026)"),
        ("ky=hom-nay", "2026-11-23", "2026-11-23", "Hôm nay (23/11/2026)"),
        ("ky=7-ngay", "2026-11-17", "2026-11-23", "7 ngày qua (từ 17/11 đến 23/11/2026)"),
        ("ky=90-ngay", "2026-08-26", "2026-11-23", "90 ngày qua (từ 26/08 đến 23/11/2026)"),
        ("ky=thang&thang=2026-10", "2026-10-01", "2026-10-31", "Tháng 10/2026"),
        (
            "ky=thang&thang=2026-11",
            "2026-11-01",
            "2026-11-23",
            "Tháng 11/2026 (từ 01/11 đến 23/11/2026)",
        ),
        ("ky=quy&quy=2026-q3", "2026-07-01", "2026-09-30", "Quý III/2026"),
        ("ky=quy&quy=2026-Q1", "2026-01-01", "2026-03-31", "Quý I/2026"),
        ("ky=nam&nam=2025", "2025-01-01", "2025-12-31", "Năm 2025"),
        (
            "ky=tu-chon&tu=2026-10-05&den=2026-10-09",
            "2026-10-05",
            "2026-10-09",
            "Từ 05/10 đến 09/10/2026",
        ),
        (
            "ky=tu-chon&tu=25/12/2025&den=5/1/2026",
            "2025-12-25",
            "2026-01-05",
            "Từ 25/12/2025 đến 05/01/2026",
        ),
        (
            "ky=tu-chon&tu=2026-10-05&den=05/10/2026",
            "2026-10-05",
            "2026-10-05",
            "Ngày 05/10/2026",
        ),
    ],
)
def test_a_period_is_the_days_asked_for_and_says_so(query, first, last, label):
    period = ask(query)
    assert (*days(period), period.label, period.problem) == (first, last, label, "")


@pytest.mark.parametrize(
    ("query", "first"),
    [("ky=thang", "2026-11-01"), ("ky=quy", "2026-10-01"), ("ky=nam&nam=", "2026-01-01")],
)
def test_without_a_number_the_current_one_is_meant(query, first):
    assert days(ask(query)) == (first, "2026-11-23")


def test_days_to_come_are_cut_off():
    assert days(ask("ky=tu-chon&tu=2026-11-20&den=2026-12-31")) == (
        "2026-11-20",
        "2026-11-23",
    )
    assert days(ask("ky=tu-chon&tu=2026-11-20")) == ("2026-11-20", "2026-11-23")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ky=tuan", "Địa chỉ này ghi một loại kỳ không có."),
        ("ky=thang&thang=2026-13", "Tháng phải viết như 2026-10"),
        ("ky=thang&thang=٢٠٢٦-10", "Tháng phải viết như 2026-10"),
        ("ky=thang&thang=2026-10%00", "Tháng phải viết như 2026-10"),
        ("ky=thang&thang=2026-12", "Tháng 12/2026 chưa đến."),
        ("ky=thang&thang=1999-12", "Chỉ xem được từ năm 2000."),
        ("ky=quy&quy=2026-q5", "Quý phải viết như 2026-q3"),
        ("ky=quy&quy=2027-q1", "Quý I/2027 chưa đến."),
        ("ky=nam&nam=99999", "Năm phải gồm bốn chữ số"),
        ("ky=nam&nam=0000", "Chỉ xem được từ năm 2000."),
        ("ky=tu-chon", "Hãy chọn ngày bắt đầu."),
        ("ky=tu-chon&tu=2026-02-30", "Ngày bắt đầu phải là một ngày có thật"),
        ("ky=tu-chon&tu=2026-10-01&den=x", "Ngày kết thúc phải là một ngày có thật"),
        ("ky=tu-chon&tu=0000-01-01", "Chỉ xem được từ năm 2000."),
        ("ky=tu-chon&tu=2026-12-01&den=2026-12-31", "Ngày bắt đầu chưa đến."),
        ("ky=tu-chon&tu=2026-10-09&den=2026-10-05", "Ngày bắt đầu phải trước"),
    ],
)
def test_what_is_no_period_gives_thirty_days_and_says_why(query, said):
    period = ask(query)
    assert (period.kind, days(period)) == (Kind.DAYS_30, ("2026-10-25", "2026-11-23"))
    assert period.problem.startswith(said)
    assert period.problem.endswith("Trang đang hiện 30 ngày qua.")


@pytest.mark.parametrize(
    ("query", "before", "last_year"),
    [
        # whole months, quarters and years are compared with whole ones
        ("ky=thang&thang=2026-03", "Tháng 02/2026", "Tháng 03/2025"),
        ("ky=thang&thang=2026-01", "Tháng 12/2025", "Tháng 01/2025"),
        ("ky=thang&thang=2024-02", "Tháng 01/2024", "Tháng 02/2023"),
        ("ky=thang&thang=2025-02", "Tháng 01/2025", "Tháng 02/2024"),
        ("ky=quy&quy=2026-q1", "Quý IV/2025", "Quý I/2025"),
        ("ky=nam&nam=2025", "Năm 2024", "Năm 2024"),
        # unfinished ones with as many days
        (
            "ky=thang",
            "Tháng 10/2026 (từ 01/10 đến 23/10/2026)",
            "Tháng 11/2025 (từ 01/11 đến 23/11/2025)",
        ),
        (
            "ky=quy",
            "Quý III/2026 (từ 01/07 đến 23/08/2026)",
            "Quý IV/2025 (từ 01/10 đến 23/11/2025)",
        ),
        (
            "ky=nam",
            "Năm 2025 (từ 01/01 đến 23/11/2025)",
            "Năm 2025 (từ 01/01 đến 23/11/2025)",
        ),
        # days with the days before
        ("ky=hom-nay", "Cả ngày 22/11/2026", "Cả ngày 23/11/2025"),
        ("ky=tu-chon&tu=2026-10-05&den=2026-10-05", "Ngày 04/10/2026", "Ngày 05/10/2025"),
        (
            "ky=30-ngay",
            "30 ngày trước đó (từ 25/09 đến 24/10/2026)",
            "Từ 25/10 đến 23/11/2025",
        ),
        (
            "ky=tu-chon&tu=2024-02-28&den=2024-02-29",
            "2 ngày trước đó (từ 26/02 đến 27/02/2024)",
            "Ngày 28/02/2023",
        ),
    ],
)
def test_a_period_is_compared_with_one_of_its_kind(query, before, last_year):
    period = ask(query)
    assert (period.before().label, period.last_year().label) == (before, last_year)


def test_an_unfinished_month_never_reaches_beyond_a_shorter_one_before():
    period = ask("ky=thang", today=date(2026, 3, 30))
    assert period.before().label == "Tháng 02/2026"


def test_a_year_up_to_february_29_is_compared_with_its_28_days():
    period = ask("ky=nam", today=date(2024, 2, 29))
    assert days(period.before()) == ("2023-01-01", "2023-02-28")


def test_choices_go_back_to_the_first_known_day():
    since = date(2026, 3, 5)
    months = periods.choices(Kind.MONTH, since=since, today=TODAY)
    assert (months[0], months[-1], len(months)) == (
        Choice("2026-11", "Tháng 11/2026"),
        Choice("2026-03", "Tháng 03/2026"),
        9,
    )
    assert [
        each.value for each in periods.choices(Kind.QUARTER, since=since, today=TODAY)
    ] == [
        "2026-q4",
        "2026-q3",
        "2026-q2",
        "2026-q1",
    ]
    years = periods.choices(Kind.YEAR, since=date(1998, 5, 1), today=TODAY)
    assert (years[-1].value, len(years)) == (str(FIRST_YEAR), 27)


def test_the_code_names_the_file_of_a_period():
    assert ask("ky=thang&thang=2026-10").code == "2026-10"
    assert ask("ky=thang").code == "2026-11-01-den-2026-11-23"
    assert ask("ky=quy&quy=2026-q3").code == "2026-q3"
    assert ask("ky=hom-nay").code == "2026-11-23"


some_day = st.dates(date(FIRST_YEAR, 1, 1), TODAY)
asked = st.one_of(
    st.sampled_from([f"ky={kind}" for kind in Kind]),
    some_day.map(lambda day: f"ky=thang&thang={day:%Y-%m}"),
    some_day.map(lambda day: f"ky=quy&quy={day.year}-q{day.month // 4 + 1}"),
    some_day.map(lambda day: f"ky=nam&nam={day.year}"),
    st.tuples(some_day, some_day).map(
        lambda both: f"ky=tu-chon&tu={min(both)}&den={max(both)}"
    ),
)


@given(asked, some_day)
def test_every_period_can_be_asked_for_again(query, today):
    period = ask(query, today)
    assert period.first <= period.last <= today
    for each in (period, period.before(), period.last_year()):
        again = ask(each.query, today)
        assert days(again) == days(each) or each.first.year < FIRST_YEAR


@given(asked, some_day)
def test_an_earlier_period_lies_before_and_has_as_many_days_or_a_whole_unit(query, today):
    period = ask(query, today)
    for earlier in (period.before(), period.last_year()):
        assert earlier.first < period.first
        assert earlier.last < period.last
        longest = {Kind.MONTH: 3, Kind.QUARTER: 2}.get(period.kind, 1)
        assert abs(earlier.days - period.days) <= longest
    assert period.before().last < period.first


@given(
    st.dictionaries(st.sampled_from(["ky", "thang", "quy", "nam", "tu", "den"]), st.text())
)
def test_any_query_gives_a_period(query):
    period = chosen(query, today=TODAY)
    assert period.first <= period.last <= TODAY
    assert period.days == (period.last - period.first) // timedelta(days=1) + 1
