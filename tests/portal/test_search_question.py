import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search_question import LONGEST, highlighted, parse, spelled, words_of


def test_words_are_folded_and_kept_as_typed_side_by_side():
    question = parse("  Đăng ký   KHAI sinh, ở đâu? ")
    assert question.text == "Đăng ký KHAI sinh, ở đâu?"
    assert question.words == ("dang", "ky", "khai", "sinh", "o", "dau")
    assert question.accented == ("đăng", "ký", "khai", "sinh", "ở", "đâu")


def test_letters_and_their_accents_sent_apart_are_one_word():
    typed = unicodedata.normalize("NFD", "Hộ tịch")
    assert parse(typed) == parse("Hộ tịch")


@pytest.mark.parametrize("nothing", ["", "   ", "?!…", "\u200b", "“”", "_"])
def test_nothing_to_search_for_is_false(nothing):
    assert not parse(nothing)


@pytest.mark.parametrize(
    ("typed", "phrases"),
    [
        ('"khai sinh" lưu động', (("khai", "sinh"),)),
        ("“Khai sinh” và «hộ tịch»", (("khai", "sinh"), ("ho", "tich"))),
        ('"khai sinh', ()),
        ('"" sinh', ()),
    ],
)
def test_quotes_of_every_keyboard_make_phrases(typed, phrases):
    assert parse(typed).phrases == phrases


def test_a_pasted_text_is_read_in_part():
    question = parse("khai sinh " * 1000)
    assert len(question.text) <= LONGEST
    assert len(question.words) == 16
    assert parse('"' + "khai sinh " * 1000).words == question.words


def test_numbers_and_codes_are_words():
    assert words_of("01/2020/TT-BTP") == ("01", "2020", "tt", "btp")
    assert spelled("Nghị định 45") == ("nghị", "định", "45")


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text):
    question = parse(text)
    assert len(question.words) == len(question.accented)
    assert bool(question) == bool(question.words)
    assert "".join(piece for piece, _ in highlighted(text, question.words)) == text


def test_what_was_asked_for_is_marked_on_the_original_text():
    assert highlighted("Đăng ký khai sinh", {"khai", "sinh"}) == [
        ("Đăng ký ", False),
        ("khai sinh", True),
    ]
    assert highlighted("Hộ tịch", {"dat"}) == [("Hộ tịch", False)]
    assert highlighted("", {"dat"}) == []
