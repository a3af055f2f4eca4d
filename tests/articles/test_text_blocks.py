from hypothesis import given
from hypothesis import strategies as st

from articles.text_blocks import Block, blocks
from portal.richtext import clean


def kinds(html):
    return [(block.kind, block.text) for block in blocks(html)]


def test_headings_paragraphs_and_items_come_in_reading_order():
    html = (
        "<p>Một <strong>hai</strong><br>ba</p><h2>Mục</h2><blockquote><p>Lời</p></blockquote>"
        "<ul><li><p>Việc một</p><ul><li>việc con</li></ul></li><li>Việc hai</li></ul><p>Cuối</p>"
    )
    assert kinds(html) == [
        ("paragraph", "Một hai ba"),
        ("heading", "Mục"),
        ("paragraph", "Lời"),
        ("item", "Việc một"),
        ("item", "việc con"),
        ("item", "Việc hai"),
        ("paragraph", "Cuối"),
    ]


def test_pictures_go_and_their_captions_stay():
    html = '<figure><img src="/media/a.jpg" alt="Họp"><figcaption>Bà con họp</figcaption></figure>'
    assert kinds(html) == [("paragraph", "Bà con họp")]


def test_a_spanning_cell_stands_in_every_place_it_covers():
    html = (
        "<table><caption>Lịch</caption><thead><tr><th>Thôn</th><th>Giờ</th></tr></thead>"
        '<tbody><tr><td rowspan="2">A</td><td><p>7h</p><p>8h</p></td></tr><tr><td>9h</td></tr>'
        '<tr><td colspan="2">Hết</td></tr><tr><td>Lẻ</td></tr></tbody></table>'
    )
    caption, table = blocks(html)
    assert caption == Block("paragraph", "Lịch")
    assert table.has_header
    assert table.rows == (
        ("Thôn", "Giờ"),
        ("A", "7h 8h"),
        ("A", "9h"),
        ("Hết", "Hết"),
        ("Lẻ", ""),
    )


def test_a_table_whose_first_row_is_not_all_headers_has_no_header():
    (table,) = blocks("<table><tr><th>Thôn</th><td>A</td></tr></table>")
    assert not table.has_header


def test_a_hostile_span_reaches_no_further_than_fifty():
    html = '<table><tr><td colspan="999" rowspan="999">x</td><td>y</td></tr></table>'
    (table,) = blocks(html)
    assert len(table.rows) == 1
    assert len(table.rows[0]) <= 51


MARKUP = st.lists(
    st.sampled_from(
        [*("<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<h2>", "</h2>", "<table>"),
         *("</table>", "<tr>", "</tr>", "<td>", "</td>", "<th colspan=3>", "</th>", "chữ ")]
    ),
    max_size=30,
)  # fmt: skip


@given(MARKUP)
def test_no_word_of_a_clean_text_is_lost(parts):
    html = clean("".join(parts))
    said = " ".join(
        block.text + " ".join(map(" ".join, block.rows)) for block in blocks(html)
    )
    assert ("chữ" in html) == ("chữ" in said)
    assert said.count("chữ") >= html.count("chữ")


@given(
    st.lists(
        st.sampled_from(["<td>", "</td>", "<table>", "</table>", "<tr>", "</li>", "x"])
    )
)
def test_what_is_not_clean_is_read_all_the_same(parts):
    blocks("".join(parts))
