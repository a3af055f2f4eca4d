from hypothesis import given
from hypothesis import strategies as st

from portal.typos import LONGEST, SHORTEST, is_one_typo, likeliness, neighbours

WORDS = st.text(alphabet="abchk", min_size=SHORTEST, max_size=6)


@given(WORDS, WORDS)
def test_neighbours_are_the_words_one_error_away(typed, meant):
    assert (meant in neighbours(typed)) == (typed != meant and is_one_typo(typed, meant))


def test_words_too_short_or_too_long_have_no_neighbours():
    assert neighbours("xa") == set()
    assert neighbours("a" * LONGEST)
    assert neighbours("a" * (LONGEST + 1)) == set()


def test_a_swap_is_likelier_than_another_letter_and_that_than_another_first_one():
    meant = ["khoa", "chia", "khai"]
    assert sorted(meant, key=lambda word: likeliness("khia", word)) == [
        "khai",
        "khoa",
        "chia",
    ]
