"""Text typed for the fonts of TCVN3 and VNI: recognised, converted, and never suspected wrongly."""

import unicodedata
from functools import cache

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal import roles
from portal.demo import content
from portal.legacy_fonts import TCVN3, VNI, recognise, to_unicode, to_unicode_html
from portal.richtext import clean, plain_text
from tests.factory import make_user

TONES = ["", *"\u0300\u0309\u0303\u0301\u0323"]
SMALL = [unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in TONES] + ["đ"]
WESTERN = [chr(code) for code in range(0xA1, 0x100)]

SENTENCES = [
    "Thông báo về việc họp thôn",
    "Từ thứ Hai tuần sau, trạm bơm Kim Bôi mở nước đổ ải cho vụ lúa chiêm xuân.",
    "Mỗi hộ cử một người đi nạo vét kênh mương, mang theo cuốc, xẻng, quang gánh.",
    "Bà con kiểm tra kỹ bờ vùng, bờ thửa để giữ nước, tránh thất thoát sang ruộng khác.",
    "Nhà văn hóa mở cửa suốt buổi tối; trẻ nhỏ dưới sáu tuổi có người lớn đi cùng.",
    "Nguyễn Thị Ngoãn quỳ gối, thuở ấy khuỷu tay còn đau, bỗng nghe tiếng kẻng ngoài đình.",
    "Hợp đồng điện tử được ký bằng chữ ký số, có giá trị như văn bản giấy (xem trang 2).",
]


@cache
def _codes(encoding):
    """Return {letter: code}, read backwards from the conversion itself."""
    singles = {to_unicode(code, encoding): code for code in WESTERN}
    pairs = {
        to_unicode(base + sign, encoding): base + sign
        for base in "aeouyôöAEOUYÔÖ"
        for sign in "ùøûõïâáàåãäêéèúüë"
        if encoding == VNI
    }
    return {letter: code for letter, code in (singles | pairs).items() if len(letter) == 1}


def _encoded(text, encoding):
    return "".join(_codes(encoding).get(letter, letter) for letter in text)


@pytest.mark.parametrize(
    ("typed", "encoding", "meant"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", TCVN3, "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", TCVN3, "Độc lập - Tự do - Hạnh phúc"),
        ("ñy ban nh©n d©n x· th«ng b¸o", TCVN3, "ủy ban nhân dân xã thông báo"),
        (
            "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
            VNI,
            "Cộng hòa xã hội chủ nghĩa Việt Nam",
        ),
        ("ÑOÄC LAÄP - TÖÏ DO - HAÏNH PHUÙC", VNI, "ĐỘC LẬP - TỰ DO - HẠNH PHÚC"),
        ("UÛy ban nhaân daân xaõ thoâng baùo", VNI, "Ủy ban nhân dân xã thông báo"),
    ],
)
def test_what_people_paste_is_recognised_and_converted(typed, encoding, meant):
    assert recognise(typed) == encoding
    assert to_unicode(typed, encoding) == meant


@pytest.mark.parametrize("letter", SMALL)
@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_every_small_letter_comes_back(encoding, letter):
    assert to_unicode(_encoded(letter, encoding), encoding) == letter


@pytest.mark.parametrize("letter", [letter.upper() for letter in SMALL])
def test_every_capital_of_vni_comes_back(letter):
    assert to_unicode(_encoded(letter, VNI), VNI) == letter


@pytest.mark.parametrize("capital", "ĂÂÊÔƠƯĐ")
def test_tcvn3_has_capitals_without_tones(capital):
    assert to_unicode(_encoded(capital, TCVN3), TCVN3) == capital


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_sentences_go_there_and_back(encoding, sentence):
    typed = _encoded(sentence, encoding)
    assert typed != sentence
    assert recognise(typed) == encoding
    assert to_unicode(typed, encoding) == sentence


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_a_text_that_was_stored_is_still_recognised(encoding):
    # Cleaning takes the soft hyphens, which are the ư of TCVN3.
    stored = plain_text(clean(f"<p>{_encoded(SENTENCES[1], encoding)}</p>"))
    assert recognise(stored) == encoding


@pytest.mark.parametrize("folder", ["articles", "pages"])
def test_no_line_of_the_demo_texts_is_suspected(folder):
    documents = content.documents(folder)
    assert documents
    for document in documents:
        lines = plain_text(document.body).splitlines() + list(document.head.values())
        assert {recognise(line) for line in lines} == {""}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Không có gì ở đây",
        "Cá, gà, bò, lá, hòa, và, là, thì, có, đã",
        "THÔNG BÁO: LỊCH CẮT ĐIỆN",
        "UBND xã ký QĐ số 12/QĐ-UBND ngày 02/01/2024",
        "Elle a été très fâchée, déjà l’été précédent à l’hôtel près du café",
        "Né à Orléans, le père de Zoë prit le thé à côté",
        "Größe, Straße, Übung, Mädchen, für, Häuser, schön",
        "På fjället är det så fint när snön ligger; vi åker till Malmö på fredag",
        "Mañana el niño irá a la montaña con su mamá y su papá",
        "São João não está à mão, irmã",
        "x·y + m·n − a·t = 5 µm × 3 µs ÷ 2; ½ ± ¼ § 5 ® ©",
        "«Ai» và «ông» trong ngoặc kép kiểu Pháp",
        "\xad\xad\xad ­",
    ],
)
def test_correct_texts_and_foreign_words_are_not_suspected(text):
    assert recognise(text) == ""


def test_a_unicode_text_that_quotes_a_few_old_words_is_not_suspected():
    quoting = (
        "Chữ “Céng hoµ x· héi” hiện ra khi máy thiếu phông, bà con đừng lo; hãy gửi lại."
    )
    assert recognise(quoting) == ""


@given(st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=40))
def test_no_mixture_of_correct_words_is_suspected(words):
    assert recognise(" ".join(words)) == ""


@given(st.text())
def test_any_text_can_be_asked_about_and_converted(text):
    assert recognise(text) in {"", TCVN3, VNI}
    assert isinstance(to_unicode(text, TCVN3) + to_unicode(text, VNI), str)


def test_html_is_converted_passage_by_passage():
    old, new, note = SENTENCES[1], SENTENCES[2], SENTENCES[3]
    html = (
        f'<p class="align-center">{{}}</p><p>{new} <a href="/a·b">Café</a></p>'
        "<ul><li><strong>{}</strong></li></ul>"
    )
    typed = html.format(_encoded(old, TCVN3), _encoded(note, VNI))
    assert to_unicode_html(typed) == html.format(old, note)
    assert to_unicode_html(html) == html


def test_an_unknown_encoding_is_an_error():
    with pytest.raises(KeyError):
        to_unicode("Thoâng baùo", "VISCII")


@pytest.mark.django_db
def test_pasted_text_is_converted_before_cleaning_loses_a_letter_and_its_writer_is_told(
    client,
):
    client.force_login(make_user(roles=[roles.EDITOR]))
    address = reverse("admin:articles_article_paste")
    typed = f'<p style="font-family:.VnTime">{_encoded(SENTENCES[1], TCVN3)}</p>'
    answer = client.post(address, {"html": typed}).json()
    assert answer["html"] == f"<p>{SENTENCES[1]}</p>"
    assert "bảng mã cũ" in answer["report"][0]
    modern = client.post(address, {"html": f"<p>{SENTENCES[1]}</p>"}).json()
    assert modern == {"html": f"<p>{SENTENCES[1]}</p>", "report": []}
