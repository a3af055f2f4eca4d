from hypothesis import given
from hypothesis import strategies as st

from articles.board_notice import sheet
from articles.text_blocks import Block

TITLE = "Lịch tiếp công dân"


def paragraphs(count, *, length=300):
    return [Block("paragraph", "a" * length) for _ in range(count)]


def test_a_short_text_stands_in_large_type_and_whole():
    fitted = sheet(title=TITLE, lead="", blocks=paragraphs(1))
    assert (fitted.size, fitted.is_cut) == ("large", False)


def test_the_longer_the_text_the_smaller_the_type_until_it_is_cut():
    sizes = [
        (fitted.size, fitted.is_cut)
        for fitted in (
            sheet(title=TITLE, lead="", blocks=paragraphs(n)) for n in range(1, 12)
        )
    ]
    assert list(dict.fromkeys(sizes)) == [
        ("large", False),
        ("medium", False),
        ("small", False),
        ("small", True),
    ]


def test_a_cut_text_ends_with_no_heading():
    blocks = [*paragraphs(6, length=290), Block("heading", "Mục hai"), *paragraphs(4)]
    fitted = sheet(title=TITLE, lead="", blocks=blocks)
    assert fitted.is_cut
    assert fitted.blocks[-1].kind == "paragraph"


def test_one_endless_paragraph_is_cut_inside():
    fitted = sheet(title=TITLE, lead="", blocks=paragraphs(1, length=9000))
    assert fitted.is_cut
    assert 500 < len(fitted.blocks[0].text) < 3000


def test_a_table_too_wide_for_a_board_is_left_to_the_telephone():
    wide = Block("table", rows=(tuple("abcdefg"),))
    fitted = sheet(title=TITLE, lead="", blocks=[*paragraphs(1), wide, *paragraphs(1)])
    assert fitted.is_cut
    assert fitted.blocks == paragraphs(1)


def test_an_article_without_a_text_has_a_sheet():
    assert not sheet(title=TITLE, lead="Tóm tắt.", blocks=[]).is_cut


@given(
    title=st.text(min_size=1, max_size=250),
    lead=st.text(max_size=1000),
    lengths=st.lists(st.integers(1, 2000), max_size=30),
)
def test_whatever_is_written_what_stands_is_the_beginning(title, lead, lengths):
    blocks = [Block("paragraph", "a" * length) for length in lengths]
    fitted = sheet(title=title, lead=lead, blocks=blocks)
    assert fitted.is_cut == (fitted.blocks != blocks)
    assert len(fitted.blocks) <= len(blocks)
