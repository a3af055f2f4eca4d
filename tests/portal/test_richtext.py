import re
import time
import unicodedata
from dataclasses import fields
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Template
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal import content_version
from portal.richtext import (
    ATTRIBUTES,
    CLASSES,
    TAGS,
    PictureSources,
    Report,
    clean,
    clean_with_report,
    plain_text,
    register_picture_sources,
    render,
    render_with_contents,
)
from tests.portal.richtext_attacks import ATTACKS


@pytest.fixture(autouse=True)
def _no_pictures_known(monkeypatch):
    """Cleaning needs no database, so these tests ask none about pictures."""
    monkeypatch.setattr("portal.richtext._read_sources", None)


LINK = re.compile(r"(https?://|mailto:|tel:|/(?!/))[^\s\\]*", re.IGNORECASE)


class Reader(HTMLParser):
    """Collects what a browser would be told to do by a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.others = set(), [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_comment(self, data):
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def problems(html):
    """Return everything in `html` that the allow-list does not know."""
    reader = Reader(html)
    found = [tag for tag in reader.tags if tag not in TAGS] + reader.others
    for tag, name, value in reader.attributes:
        if name == "class":
            ok = set(value.split()) <= set(CLASSES.get(tag, ()))
        elif name == "rel":
            ok = (tag, value) == ("a", "noopener")
        elif name == "href":
            ok = LINK.fullmatch(value) is not None
        elif name == "src":
            ok = value.startswith("/media/") and ".." not in value
        else:
            ok = name in ATTRIBUTES.get(tag, ())
        if not ok:
            found.append((tag, name, value))
    return found


def problems_shown(html):
    """Return the same for a text as the page shows it, with what `render` itself adds."""
    box = [("div", "class", "table-scroll"), ("div", "tabindex", "0")]
    box += [("div", "role", "group"), ("div", "aria-label", "Bảng")]
    added = [*box, ("img", "loading", "lazy"), ("img", "decoding", "async")]
    return [problem for problem in problems(html) if problem not in added]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "around",
    ["{}", "<p>trước {} sau</p>", "<table><tr><td>{}</td></tr></table>", "<ul><li><b>{}"],
)
def test_attack_leaves_only_what_the_allow_list_knows(attack, around):
    attacked = around.replace("{}", attack)
    html = clean(attacked)
    assert problems(html) == []
    assert clean(html) == html
    assert problems_shown(render(attacked)) == []


def test_the_reader_of_these_tests_sees_attacks():
    assert problems('<p onclick="x">a</p>') == [("p", "onclick", "x")]
    assert problems("<script>a</script>") == ["script"]
    assert problems('<a href="javascript:x">a</a>') == [("a", "href", "javascript:x")]
    assert problems('<p class="hero">a</p>') == [("p", "class", "hero")]


MARKUP = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "<i>",
        "<em>",
        "</em>",
        "<a>",
        "<a",
        "href=/x>",
        "</a>",
        "<ul>",
        "</ul>",
        "<ol>",
        "<li>",
        "</li>",
        "<table>",
        "<thead>",
        "<tbody>",
        "<tr>",
        "<td>",
        "<th>",
        "</td>",
        "</tr>",
        "</table>",
        "<caption>",
        "</caption>",
        "<h1>",
        "</h1>",
        "<h2>",
        "</h2>",
        "<blockquote>",
        "<figure>",
        "</figure>",
        "<figcaption>",
        "</figcaption>",
        "<img",
        "src=/media/a.jpg>",
        "<img>",
        "<br>",
        "<hr>",
        "<span",
        "style=font-weight:bold>",
        "</span>",
        "<p",
        "style=text-align:center>",
        "<pre>",
        "</pre>",
        "<div",
        "align=center>",
        "<svg>",
        "<math>",
        "<select>",
        "<form>",
        "</form>",
        "<center>",
        "<dl>",
        "<dt>",
        "<dd>",
        "<!--",
        "-->",
        "&nbsp;",
        "&lt;",
        "&amp;",
        "&#8203;",
        "&#13;",
        "&#xd800;",
        "́",
        "̸",
        "ệ",
        "chữ",
        "xã",
        "\ufeff",
    ]
    + [" ", "\n", "&nbsp; ", "<td colspan=2>", '<p class="align-right MsoNormal">']
    + ["<h3>", "</h3>", "<h6>", "</h6>", "</th>", "</thead>", "</tbody>", "<td rowspan=2>"]
    + [
        "<o:p>",
        "</o:p>",
        '<font color="red">',
        "</font>",
        '<th scope="row">',
        "=",
        "<br />",
    ]
)


def element(tag, contents):
    return f"<{tag}>{contents}</{tag.split()[0]}>"


# What is well-formed as it comes takes another way than what a parser must put in order.
WORDS = st.sampled_from(
    [
        "chữ",
        " ",
        "\n",
        "&nbsp;",
        "x&nbsp;",
        "e",
        "\u0301",
        "&amp;",
        "&#8203;",
        "=",
        "\u0338",
    ]
    + ["<br>", "<br />", '<img src="/media/a.jpg" />', '<img src="file:///a">', "<hr>"]
)
INLINE_TAGS = ["b", "em", "span", 'span style="font-weight:700"', 'a href="/x"', "a", "sup"]
BLOCK_TAGS = [
    "p",
    "div",
    'div align="center"',
    "h1",
    "h2",
    "h3",
    "h6",
    "blockquote",
    "figure",
]
BLOCK_TAGS += [
    "ul",
    "li",
    "figcaption",
    "center",
    "dl",
    "dd",
    "pre",
    "form",
    "td",
    "caption",
]
CELL_TAGS = [
    "td",
    "th",
    'td rowspan="2"',
    'td colspan="3"',
    'th scope="row"',
    'th scope="x"',
]


def with_elements(contents):
    joined = st.lists(contents, max_size=4).map("".join)
    bold = joined.map(lambda inner: element("b", inner))
    cells = st.builds(element, st.sampled_from(CELL_TAGS), joined | bold)
    rows = st.lists(cells, max_size=4).map(lambda row: element("tr", "".join(row)))
    bodies = st.builds(
        element,
        st.sampled_from(["tbody", "thead"]),
        st.lists(rows, max_size=4).map("".join),
    )
    return st.one_of(
        st.builds(element, st.sampled_from(INLINE_TAGS), joined),
        st.builds(element, st.sampled_from(BLOCK_TAGS), joined),
        st.lists(bodies, max_size=2).map(lambda parts: element("table", "".join(parts))),
    )


WELL_FORMED = st.lists(st.recursive(WORDS, with_elements, max_leaves=25), max_size=4)


@settings(deadline=None)
@given(st.lists(MARKUP, max_size=30).map("".join))
@example("<h1><figure><p>chữ")
@example("<ul><form><ul>chữ")
def test_cleaning_twice_changes_nothing(html):
    check_fixed_point(html)


@settings(deadline=None)
@given(WELL_FORMED.map("".join))
@example("<table><thead><tr></tr><tr><th></th></tr></thead></table>")
def test_cleaning_twice_changes_nothing_in_well_formed_text(html):
    check_fixed_point(html)


def check_fixed_point(html):
    once = clean(html)
    assert clean(once) == once
    assert problems(once) == []
    assert unicodedata.is_normalized("NFC", once)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_cleaned(text):
    once = clean(text)
    assert clean(once) == once


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<h1>Mục</h1><h5>Nhỏ</h5>", "<h2>Mục</h2><h3>Nhỏ</h3>"),
        ("<p><b>đậm</b> <i>nghiêng</i></p>", "<p><strong>đậm</strong> <em>nghiêng</em></p>"),
        (
            '<p style="margin:0; text-align: Center;color:red">giữa</p>',
            '<p class="align-center">giữa</p>',
        ),
        ('<td align="right">1</td>', "<p>1</p>"),
        (
            '<table border="1" style="width:500px"><tr><td align="right" colspan="2">1</td></tr></table>',
            '<table><tbody><tr><td colspan="2" class="align-right">1</td></tr></tbody></table>',
        ),
        (
            "<table><thead><tr><th>Tháng</th></tr></thead></table>",
            '<table><thead><tr><th scope="col">Tháng</th></tr></thead></table>',
        ),
        ("<p>&nbsp;</p><p> </p><p><b></b><br></p><p>còn</p>", "<p>còn</p>"),
        ("<br><p>a<br>b<br><br></p><br>\n<p><b><br>c</b></p><br>", "<p>a<br>b</p>\n<p><strong>c</strong></p>"),
        ("<h2>Mục<div>một</div></h2>", "<h2>Mục\nmột\n</h2>"),
        ("<ul><li></li></ul>", ""),
        ("<div>một</div><div>hai</div>", "<p>một</p>\n<p>hai</p>".replace("\n", "")),
        ("<div><p>một</p></div>", "<p>một</p>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<li>lạc</li>", "<p>lạc</p>"),
        ("<figcaption>lạc</figcaption>", "<p>lạc</p>"),
        (
            '<p><img src="/media/anh/2024/03/le-hoi-1a2b3c4d.jpg" style="float:left;width:48%" id="x">',
            '<p><img src="/media/anh/2024/03/le-hoi-1a2b3c4d.jpg" alt="" class="align-left width-50"></p>',
        ),
        (
            '<div class="align-center"><figure class="image"><img alt="Lễ hội" height="300"'
            ' src="/media/a.jpg" width="400"><figcaption>Lễ hội</figcaption></figure></div>',
            '<div class="align-center"><figure class="image"><img src="/media/a.jpg" alt="Lễ hội"'
            ' width="400" height="300"><figcaption>Lễ hội</figcaption></figure></div>',
        ),
        ("<figure><img src=http://x/a.png><figcaption>a</figcaption></figure>", "<p>a</p>"),
        (
            '<a href="/tin-tuc/?a=1&b=2" target="_blank" id="x">tin</a>',
            '<p><a href="/tin-tuc/?a=1&amp;b=2" rel="noopener">tin</a></p>',
        ),
        ('<a href="tel:+842373742289">gọi</a>', '<p><a href="tel:+842373742289" rel="noopener">gọi</a></p>'),
        ('<a href="#_ftn1" name="_ftnref1">[1]</a>', "<p>[1]</p>"),
        ('<ol start="3" type="a"><li>c</li></ol>', '<ol start="3"><li>c</li></ol>'),
        ("<p>m<sup>2</sup>, H<sub>2</sub>O</p>", "<p>m<sup>2</sup>, H<sub>2</sub>O</p>"),
        ("<p>5&nbsp;triệu &nbsp; &nbsp;đồng</p>", "<p>5&nbsp;triệu đồng</p>"),
        ("<p>đã rộng.&nbsp;<b>Mời</b></p>", "<p>đã rộng. <strong>Mời</strong></p>"),
        ("<p>xa\u0303 \u200bĐông</p>", "<p>xã Đông</p>"),
        ("Dòng một\nvẫn đoạn ấy\n\nĐoạn hai", "<p>Dòng một<br>vẫn đoạn ấy</p>\n<p>Đoạn hai</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_habits_of_other_editors_become_our_own_words(html, cleaned):
    assert clean(html) == cleaned


PASTES = Path(__file__).parent / "pastes"
WORD = (PASTES / "word.html").read_text()
GOOGLE = (PASTES / "google-docs.html").read_text()


def test_paste_from_word_leaves_no_rest_of_word():
    html = clean(WORD)
    assert problems(html) == []
    assert not re.search(
        r"mso|style=|<o:|xml|WordDocument|<title|lang=|\[if|shape|file:",
        html,
        re.IGNORECASE,
    )
    assert '<h2 class="align-center">KẾ HOẠCH</h2>' in html
    assert "buổi tổng vệ&nbsp;sinh. Bà con mang theo\nchổi, cuốc, xẻng và bao tải" in html
    assert "<em>Phúc Triền, ngày 12 tháng 3 năm 2024</em>" in html
    assert not re.search(r"<p[^>]*>(\s|&nbsp;)*</p>", html)


def test_table_from_word_keeps_its_spans_and_gets_header_cells():
    head, _, rest = clean(WORD).partition("<th ")
    words = '<p class="align-center"><strong>{}</strong></p></th>'.format
    assert "CỘNG HÒA XÃ HỘI" in head, "the head of a letter is no header of columns"
    assert 'rowspan="2" scope="col">' + words("STT") in rest
    assert '<th colspan="2" scope="col">' + words("Số người") in rest
    assert '<th scope="col">' + words("Hội viên") in rest
    assert '<td><p>Thôn Đông</p></td>\n  <td><p class="align-right">25</p></td>' in rest


def test_paste_from_google_docs_keeps_its_meaning():
    html = clean(GOOGLE)
    assert problems(html) == []
    assert "<h2>Ngày hội đọc sách lần thứ ba</h2>" in html
    assert (
        '<p class="align-justify">Sáng 20/4/2024, hơn <strong>200 em học sinh</strong>'
        in html
    )
    assert "rộng 80&nbsp;m<sup>2</sup>" in html
    assert "<h3>Các góc của ngày hội</h3>" in html
    assert "<ul><li><p>kể chuyện theo tranh,</p></li>" in html
    assert (
        '<th scope="col"><p class="align-center"><strong>Năm 2024</strong></p></th>' in html
    )
    assert '<td colspan="2"><p class="align-center">chưa thống kê</p></td>' in html


class VisibleText(HTMLParser):
    """The words that a person sees, read by another parser than the one under test."""

    HIDDEN = {"style", "script", "title", "xml"}

    def __init__(self, html):
        super().__init__()
        self.hidden, self.found = 0, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag):
        self.hidden -= tag in self.HIDDEN

    def handle_data(self, data):
        if not self.hidden:
            self.found.append(data)

    @property
    def letters(self):
        return unicodedata.normalize("NFC", "".join("".join(self.found).split()))


@pytest.mark.parametrize("html", [WORD, GOOGLE], ids=["word", "google"])
def test_at_least_99_per_cent_of_the_visible_text_is_kept(html):
    before, after = VisibleText(html).letters, VisibleText(clean(html)).letters
    kept = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    assert len(before) > 250
    assert sum(block.size for block in kept) / len(before) >= 0.99


@pytest.mark.parametrize(
    ("levels", "cleaned"),
    [
        ("2 3 4 3 2", "2 3 4 3 2"),
        ("1 2 3 2", "2 3 4 3"),
        ("2 4 4 2", "2 3 3 2"),
        ("3 3 4 2", "2 2 3 2"),
        ("4 3 2", "2 2 2"),
        ("1 3 6 6 5", "2 3 4 4 4"),
        ("2 3 4 5 6", "2 3 4 4 4"),
    ],
)
def test_headings_begin_at_level_2_and_skip_none(levels, cleaned):
    def headings(levels):
        return "".join(f"<h{level}>{level}</h{level}>" for level in levels.split())

    html = clean(headings(levels))
    assert " ".join(re.findall(r"<h(\d)", html)) == cleaned
    assert clean(html) == html


def table(*rows):
    cells = ("".join(row) for row in rows)
    return f"<table><tbody>{''.join(f'<tr>{row}</tr>' for row in cells)}</tbody></table>"


BOLD, THIN = "<td><p><b>Tên</b></p></td>", "<td><p>Lan</p></td>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (table([BOLD, BOLD], [THIN, THIN]), 2),
        (table(["<td></td>", BOLD, BOLD], [THIN, THIN, THIN]), 2),
        (table([BOLD, BOLD], [BOLD, BOLD]), 2),
        (table(["<th>a</th>", "<th>b</th>"], [THIN, THIN]), 2),
        (f"<table><thead><tr>{THIN * 3}</tr></thead><tbody><tr>{THIN * 3}</tr></tbody></table>", 3),
        # Not headers: a row that is not all bold, one row, one column, several lines.
        (table([BOLD, THIN], [THIN, THIN]), 0),
        (table([BOLD, BOLD]), 0),
        (table([BOLD], [THIN]), 0),
        (table([BOLD, "<td></td>"], [THIN, THIN]), 0),
        (table(["<td><p><b>a</b></p><p><b>b</b></p></td>", BOLD], [THIN, THIN]), 0),
        (table(["<td><b>a</b><img src=/media/a.jpg></td>", BOLD], [THIN, THIN]), 0),
        (table([BOLD, "<td><b>Cộng hoà xã hội chủ nghĩa Việt Nam</b></td>"], [THIN, THIN]), 0),
        (table(['<th scope="row">a</th>', '<th scope="row">b</th>'], [THIN, THIN]), 0),
    ],
)  # fmt: skip
def test_the_row_that_names_the_columns_becomes_header_cells(html, expected):
    cleaned = clean(html)
    assert cleaned.count('<th scope="col">') == expected
    assert clean(cleaned) == cleaned


def test_header_cells_of_a_table_within_a_table_are_its_own():
    inner = table([BOLD, BOLD], [THIN, THIN])
    html = clean(table([THIN, f"<td>{inner}</td>"], [THIN, THIN]))
    assert html.count("<th ") == 2
    assert html.startswith(
        "<table><tbody><tr><td><p>Lan</p></td><td><table><tbody><tr><th "
    )


@pytest.mark.parametrize(
    ("html", "losses"),
    [
        ("<p>đủ</p>", {}),
        ('<p class="MsoNormal" style="margin:0;color:black"><span lang=VI style="font-size:14pt">đủ</span><o:p></o:p></p>', {}),
        ("<p><img src='file:///C:/a.jpg'><img src=data:image/png;base64,AA==><img src=cid:1>x</p>", {"not_uploaded": 3}),
        ("<p>x<img src=https://a.example/b.png><img src=/static/b.png></p>", {"foreign_pictures": 2}),
        ("<!--[if gte vml 1]><svg><![endif]--><p>x</p><iframe src=//a.example></iframe>", {"frames": 1}),
        ("<p>x</p><object data=x></object><VIDEO src=x></VIDEO>", {"embedded": 2}),
        ("<p>x</p><svg></svg><math><mi>x</mi></math>", {"drawings": 2}),
        ("<p>x</p><script>y</script>", {"scripts": 1}),
        ("<form><input name=x><textarea></textarea></form><p>x</p>", {"form_fields": 2}),
        ("<a href=javascript:x>x</a> <a href=bai.html>y</a> <a href='#_ftn1'>[1]</a> <a name=z>z</a>", {"links": 2}),
        ("<p style='color:#111;background:white'>a <span style='COLOR: rgb(200, 0, 0)'>b</span> <font color=#f00>c</font></p>", {"colours": 2}),
        ("<p><u>a</u> <s>b</s> <span style='text-decoration:underline'>c</span></p>", {"underlines": 3}),
        ("<a href=/x><span style='color:#15c;text-decoration:underline'>a</span></a><u>b</u>", {"underlines": 1}),
        ("<h1>a</h1><h4>b</h4>", {"headings": 1}),
        ("<p></p><p>a</p><p>&nbsp;</p><p> </p><p>b</p><p></p>", {"empty_paragraphs": 2}),
        ("<table><td>a</td><td><p></p></td></table>", {}),
        ("<blockquote>" * 62 + "a" + "</blockquote>" * 62, {"too_deep": 2}),
    ],
)  # fmt: skip
def test_report_counts_what_the_writer_would_miss(html, losses):
    cleaned, report = clean_with_report(html)
    assert cleaned == clean(html)
    assert report == Report(**losses)


def test_report_speaks_to_the_writer_in_whole_sentences():
    _, report = clean_with_report(
        "<img src='file:///a'>" * 3 + "<p>x</p><script>y</script>"
    )
    assert report.sentences() == [
        "3 ảnh chưa được tải lên: hãy bấm nút Hình ảnh để tải từng ảnh từ máy của bạn.",
        "1 đoạn mã chạy (script) đã bị bỏ để giữ an toàn cho người đọc.",
    ]
    assert Report().sentences() == []


def test_every_count_of_a_report_has_its_sentence():
    report = Report(*range(1, len(fields(Report)) + 1))
    sentences = report.sentences()
    assert len(sentences) == len(fields(Report))
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in sentences)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_report_on_a_paste_from_word_names_what_went():
    _, report = clean_with_report(WORD)
    assert report == Report(not_uploaded=1, colours=1, underlines=2, empty_paragraphs=2)


def test_open_comments_are_no_burden():
    start = time.perf_counter()
    clean_with_report("<p>x</p>" + "<!--<script>" * 100_000)
    # Quadratic searching would take many minutes; the bound tells a hang, not a speed.
    assert time.perf_counter() - start < 60


def test_deep_nesting_loses_its_tags_and_keeps_its_text():
    html = clean("<blockquote>" * 300 + "lõi" + "</blockquote>" * 300)
    assert "lõi" in html
    assert html.count("<blockquote>") < 100


@pytest.mark.parametrize(
    "tag", ["<div>", "<ul><li>", "<b>", "<table><td>", "<a href=/>", "<"]
)
def test_endless_open_tags_are_no_burden(tag):
    start = time.perf_counter()
    html = clean(tag * 30_000 + " lõi")
    # Quadratic parsing would take many minutes; the bound tells a hang, not a speed.
    assert time.perf_counter() - start < 60
    assert "lõi" in html


def test_a_long_table_stays_a_table():
    row = "<tr>" + "<td>1</td>" * 8 + "</tr>"
    assert clean(f"<table><tbody>{row * 800}</tbody></table>").count("<td>") == 6400


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<h2>Tên</h2><p>m<sup>2</sup> &amp; <b>đ</b>ậm</p>", "Tên\nm2 & đậm"),
        ("<ul><li>một</li><li>hai</li></ul>", "một\nhai"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("a<br>b", "a\nb"),
        ("<p title='>'>1 &lt; 2</p><script>x</script>", "1 < 2"),
        ("&lt;b&gt;không phải thẻ&lt;/b&gt;", "<b>không phải thẻ</b>"),
        ("<p>5&nbsp;triệu  đồng</p>", "5 triệu đồng"),
        ("", ""),
    ],
)
def test_plain_text(html, words):
    assert plain_text(html) == words


def shown(html):
    return Template("{% load richtext %}{{ body|richtext }}").render(
        Context({"body": html})
    )


def test_filter_shows_rich_text_as_html_and_cleans_it_again():
    assert (
        shown("<p onclick=x>Chào <b>bà con</b></p>")
        == "<p>Chào <strong>bà con</strong></p>"
    )


def test_filter_shows_nothing_for_nothing():
    assert shown(None) == ""


def test_tables_are_shown_in_a_box_that_scrolls_by_keyboard():
    html = shown("<table><tr><td>1</td></tr></table>")
    assert html.startswith(
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Bảng">'
    )
    assert html.endswith("</table></div>")


def test_words_that_look_like_a_table_stay_words():
    html = shown('<p>&lt;table&gt;</p><img src="/media/a.png" alt="<table>">')
    assert "table-scroll" not in html
    assert (
        '<p>&lt;table&gt;</p><img src="/media/a.png" alt="&lt;table&gt;" decoding="async">'
        in html
    )


def test_a_text_is_parsed_once_for_many_readers():
    body = "<p>Một bài được đọc nhiều lần.</p>"
    assert render(body) is render(str(body.encode(), "utf-8"))


@pytest.fixture
def sources(monkeypatch, db):
    """Let `render` know one picture; return what it was asked for, call by call."""
    asked = []
    known = {
        "/media/a.jpg": PictureSources(
            width=1600,
            height=1200,
            srcsets=(
                ("image/avif", "/media/a-480.avif 480w"),
                ("image/webp", "/media/a-480.webp 480w"),
            ),
            srcset="/media/a-480.jpg 480w, /media/a.jpg 1600w",
        ),
        "/media/nho.png": PictureSources(width=300, height=200),
    }

    def read(addresses):
        asked.append(addresses)
        return {address: known[address] for address in addresses & set(known)}

    monkeypatch.setattr("portal.richtext._read_sources", None)  # put back at the end
    register_picture_sources(read)
    return asked


LONG = "<p>" + "Bà con xem lịch ở dưới. " * 40 + "</p>"
COLUMN = "(min-width: 48rem) 40rem, 100vw"


def test_picture_is_shown_in_every_format_and_width_there_is(sources):
    html = shown(
        f'{LONG}<figure class="image"><img src="/media/a.jpg" alt="Lễ hội"></figure>'
    )
    assert html.endswith(
        '<figure class="image"><picture>'
        f'<source type="image/avif" srcset="/media/a-480.avif 480w" sizes="{COLUMN}">'
        f'<source type="image/webp" srcset="/media/a-480.webp 480w" sizes="{COLUMN}">'
        '<img src="/media/a.jpg" alt="Lễ hội" width="1600" height="1200"'
        f' srcset="/media/a-480.jpg 480w, /media/a.jpg 1600w" sizes="{COLUMN}"'
        ' loading="lazy" decoding="async"></picture></figure>'
    )


def test_unknown_picture_is_shown_as_it_is(sources):
    html = shown('<p><img src="/media/lac.jpg" alt=""></p>')
    assert html == '<p><img src="/media/lac.jpg" alt="" decoding="async"></p>'


def test_picture_without_copies_still_keeps_its_place_free(sources):
    html = shown('<p><img src="/media/nho.png" alt=""></p>')
    assert '<p><img src="/media/nho.png" alt="" width="300" height="200" decoding' in html


@pytest.mark.parametrize(
    ("set_by_editor", "size"),
    [
        ('width="400" height="250"', 'width="400" height="250" srcset'),
        ('width="400"', 'width="400" height="300" srcset'),
        ('height="300"', 'height="300" width="400" srcset'),
        ("", 'width="1600" height="1200" srcset'),
    ],
)
def test_missing_size_follows_from_the_proportion(sources, set_by_editor, size):
    assert size in shown(f'<p><img src="/media/a.jpg" alt="" {set_by_editor}></p>')


@pytest.mark.parametrize(
    ("html", "sizes"),
    [
        ("<p>{}</p>", COLUMN),
        ('<figure class="image width-50">{}</figure>', "(min-width: 48rem) 20rem, max(50vw, 9rem)"),
        ('<figure class="image align-left width-25">{}</figure>', "(min-width: 48rem) 10rem, max(25vw, 9rem)"),
        ('<figure class="image align-right">{}</figure>', "(min-width: 48rem) 24rem, (min-width: 40rem) 60vw, 100vw"),
        ('<figure class="image width-75"><img src="/media/nho.png"></figure><p>{}</p>', COLUMN),
    ],
)  # fmt: skip
def test_sizes_follow_the_class_of_the_figure(sources, html, sizes):
    picture = shown(html.replace("{}", '<img src="/media/a.jpg" alt="">'))
    assert f'1600w" sizes="{sizes}"' in picture


@pytest.mark.parametrize(
    ("attributes", "sizes"),
    [
        ('class="width-75"', "(min-width: 48rem) 30rem, max(75vw, 9rem)"),
        ('width="320"', "(min-width: 320px) 320px, 100vw"),
        ('width="1200"', COLUMN),
    ],
)
def test_sizes_follow_what_the_editor_set(sources, attributes, sizes):
    picture = shown(f'<p><img src="/media/a.jpg" alt="" {attributes}></p>')
    assert f'1600w" sizes="{sizes}"' in picture


def test_only_pictures_below_the_first_screen_load_late(sources):
    html = shown(f'<p><img src="/media/a.jpg"></p>{LONG}<p><img src="/media/nho.png"></p>')
    first, second = re.findall("<img[^>]*>", html)
    assert "loading" not in first
    assert 'loading="lazy"' in second


def test_pictures_of_a_text_are_read_once_until_content_changes(
    sources, content_committed, django_assert_num_queries
):
    body = (
        '<p><img src="/media/a.jpg"><img src="/media/nho.png"><img src="/media/a.jpg"></p>'
    )
    shown(body)
    with django_assert_num_queries(0):
        shown(body)
    assert sources == [{"/media/a.jpg", "/media/nho.png"}]
    content_version.clear()  # as after a commit that made new copies
    shown(body)
    assert len(sources) == 2


def test_text_without_pictures_asks_for_none(sources, django_assert_num_queries):
    with django_assert_num_queries(0):
        shown("<p>Chỉ có chữ.</p>")
    assert sources == []


def test_what_is_known_of_pictures_cannot_leave_its_attribute(monkeypatch, db):
    evil = PictureSources(1, 1, (('"><script>', '"><script>'),), '" onload="x')
    monkeypatch.setattr(
        "portal.richtext._read_sources", lambda addresses: {"/media/a.jpg": evil}
    )
    html = shown('<p><img src="/media/a.jpg"></p>')
    assert "<script>" not in html
    assert '" onload' not in html


# --- The parts of a long page ---------------------------------------------------------


def test_main_headings_get_anchors_of_their_words():
    html = "<h2>Số liệu chính</h2>\n<p>a</p>\n<h3>Hộ</h3>\n<h2>Các <em>thôn</em></h2>"
    shown, contents = render_with_contents(html)
    assert contents == [
        ("muc-so-lieu-chinh", "Số liệu chính"),
        ("muc-cac-thon", "Các thôn"),
    ]
    assert '<h2 id="muc-so-lieu-chinh">Số liệu chính</h2>' in shown
    assert '<h2 id="muc-cac-thon">Các <em>thôn</em></h2>' in shown
    assert "<h3>Hộ</h3>" in shown


def test_headings_of_the_same_words_get_anchors_of_their_own():
    html = "<h2>Giờ</h2><h2>Giờ 2</h2><h2>Giờ</h2><h2>!</h2>"
    _, contents = render_with_contents(html)
    anchors = [anchor for anchor, _ in contents]
    assert anchors == ["muc-gio", "muc-gio-2", "muc-gio-3", "muc-khong-ten"]


@pytest.mark.parametrize(
    "words", ['"><script>alert(1)</script>', "&quot; onclick=&quot;x", "&lt;b&gt;", "<h2>"]
)
def test_no_words_of_a_heading_get_out_of_its_anchor(words):
    shown, contents = render_with_contents(f"<h2>a {words}</h2>")
    assert re.fullmatch(r'<h2 id="[a-z0-9-]+">.*</h2>', shown.strip(), re.DOTALL)
    assert "<script" not in shown
    assert all(re.fullmatch(r"[a-z0-9-]+", anchor) for anchor, _ in contents)


def test_a_text_without_headings_is_shown_as_it_is():
    assert render_with_contents("<p>Xã có tám thôn.</p>") == (
        "<p>Xã có tám thôn.</p>",
        [],
    )
