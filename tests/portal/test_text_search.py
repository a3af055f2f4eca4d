"""How Postgres reads Vietnamese, and how hits are shown."""

import unicodedata
from importlib import import_module

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from portal.search_question import parse
from portal.text import fold
from portal.text_search import marked

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
# 67 small letters that are no ASCII, and their capitals; with the vowels 146 in all.
LETTERS = sorted(
    {
        unicodedata.normalize("NFC", case(vowel) + tone)
        for vowel in "aăâeêioôơuưyđ"
        for tone in (TONES if vowel != "đ" else ("",))
        for case in (str.lower, str.upper)
    }
)


def lexemes(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(f"/* test */ SELECT tsvector_to_array({sql})", params)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_configuration_folds_every_letter_composed_or_not():
    assert len(LETTERS) == 146
    for form in ("NFC", "NFD"):
        for letter in LETTERS:
            word = unicodedata.normalize(form, f"b{letter}n")
            assert lexemes("to_tsvector('vi', %s)", word) == [f"b{fold(letter)}n"], letter


@pytest.mark.django_db
def test_a_vector_has_plain_words_with_places_and_accented_ones_without():
    with connection.cursor() as cursor:
        cursor.execute(
            "/* test */ SELECT portal_vector('Đê 15/KH-UBND', 'a_b', 'Đê, đe')::text"
        )
        assert cursor.fetchone()[0] == (
            "'15':2A 'a':5B 'b':6B 'de':1A,7C,8C 'kh':3A 'ubnd':4A 'đe' 'đê'"
        )


@pytest.mark.django_db
def test_the_migrations_can_be_taken_back_and_done_again():
    portal = import_module("portal.migrations.0012_search")
    articles = import_module("articles.migrations.0013_search")
    back = [articles._REMOVE_WORDS, articles._DROP, portal.REMOVE_WORDS, portal.DROP]
    again = [portal.CREATE, portal.ADD_WORDS, articles._KEEP, articles._ADD_WORDS]
    with connection.cursor() as cursor:
        for statement in (*back, *again):
            cursor.execute(f"/* test */ {statement}")


TEXT = st.text(alphabet="khai sinháđ.,\n", max_size=300)


@given(TEXT.filter(bool), TEXT)
def test_pieces_are_the_text_itself(text, asked):
    title, _ = marked(text, [], parse(asked))
    assert "".join(piece for piece, _ in title) == text


@given(TEXT, TEXT)
def test_an_excerpt_is_short_and_has_no_empty_pieces(text, asked):
    _, pieces = marked("Tin", [text], parse(asked))
    assert len("".join(piece for piece, _ in pieces)) <= 224
    assert all(piece for piece, _ in pieces)


def test_an_excerpt_is_where_most_words_stand_together():
    text = f"Khai mạc. {'chữ ' * 200}giấy khai sinh của trẻ. {'chữ ' * 200}"
    _, pieces = marked("Tin", ["Tóm tắt về sinh vật.", text], parse("khai sinh"))
    line = "".join(piece for piece, _ in pieces)
    assert ("khai sinh", True) in pieces
    assert line.startswith("… ") and line.endswith(" …")


def test_without_any_word_an_excerpt_is_the_beginning():
    _, pieces = marked("Tin", ["Một dòng.", "Hai."], parse("xyz"))
    assert list(pieces) == [("Một dòng.", False)]
    _, pieces = marked("Tin", [], parse("xyz"))
    assert list(pieces) == []
