import pytest

from organisation.terms import last_year


@pytest.mark.parametrize(
    ("term", "year"),
    [
        ("2021–2026", 2026),
        ("2021 - 2026", 2026),
        ("Nhiệm kỳ XX (2020-2025)", 2025),
        ("2021–26", 2026),
        ("từ tháng 6/2021 đến tháng 6/2026", 2026),
        ("đến hết năm 2025", 2025),
        ("từ tháng 6/2021 đến nay", None),
        ("2021", None),
        ("từ 15/6/2021", None),
        ("khóa XX", None),
        ("99999999", None),
        ("", None),
    ],
)
def test_the_last_year_of_a_term_is_read_from_its_words(term, year):
    assert last_year(term) == year
