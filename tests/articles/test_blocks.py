"""Rich text read as a flat list of blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.blocks import Fragment, Image, Sign, read
from portal.demo import content
from portal.richtext import clean, plain_text


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("<h2>a</h2><p>b</p><h3>c</h3><h4>d</h4>", ["h2", "p", "h3", "h4"]),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", ["ul", "ol", "ul"]),
        ("<blockquote><p>a</p></blockquote><hr><p>b</p>", ["blockquote", "hr", "p"]),
        (
            "<table><caption>a</caption><tr><th>b</th></tr><tr><td>c</td></tr></table>",
            ["caption", "tr", "tr"],
        ),
        (
            '<figure><img src="/media/a.jpg" alt="a"><figcaption>b</figcaption></figure>',
            ["figure", "figcaption"],
        ),
        ("<p> </p>", []),
    ],
)
def test_every_part_of_a_text_is_a_block_of_its_kind(html, kinds):
    assert [block.kind for block in read(clean(html))] == kinds


def test_a_row_is_one_block_whose_cells_stay_apart():
    [head, row] = read(
        clean(
            "<table><tr><th>Giờ</th><th>Nơi</th></tr>"
            "<tr><td></td><td><p>Thôn Kiệm</p><p>nhà văn hóa</p></td></tr></table>"
        )
    )
    assert head.text == "Giờ | Nơi"
    assert row.text == "| Thôn Kiệm nhà văn hóa"
    assert row.parts.count(Sign.CELL) == 1
    assert row.parts.count(Sign.BREAK) == 1
    assert head.look.count("th") == 2
    assert (head.table, row.table) == (1, 1)


def test_tables_are_counted():
    html = "<table><tr><td>a</td></tr></table><p>b</p><table><tr><td>c</td></tr></table>"
    assert [block.table for block in read(clean(html))] == [1, 0, 2]


def test_words_keep_their_marks_and_links():
    [block] = read(
        clean('<p>a <strong>b <em>c</em></strong> <a href="/x?a=1&amp;b=2">d</a></p>')
    )
    assert block.parts == [
        Fragment("a "),
        Fragment("b ", frozenset({"strong"})),
        Fragment("c", frozenset({"strong", "em"})),
        Fragment(" "),
        Fragment("d", href="/x?a=1&b=2"),
    ]


def test_pictures_are_found_where_they_stand():
    [block] = read(
        clean('<p>a <img src="/media/a.jpg" alt="Ảnh &quot;cưới&quot;" width="9"> b</p>')
    )
    assert block.text == "a b"
    assert block.images == [Image("/media/a.jpg", 'Ảnh "cưới"', "([('width', '9')], [])")]


def test_a_picture_says_whether_it_only_decorates():
    html = '<p><img src="/media/a.jpg" alt="" class="decorative width-50"></p>'
    [[image]] = [block.images for block in read(clean(html))]
    assert image.is_decorative
    assert "width-50" in image.look


@pytest.mark.parametrize("document", content.documents("articles"), ids=lambda d: d.name)
def test_no_word_is_lost(document):
    html = clean(document.body)
    words = " ".join(block.text for block in read(html)).replace(" | ", " ").split()
    assert words == plain_text(html).split()


@given(st.text(alphabet="<>/abphrtdl12 =\"'&;"))
def test_any_text_can_be_read(html):
    for block in [*read(html), *read(clean(html))]:
        assert block.text == " ".join(block.text.split())
