import unicodedata
from html import escape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import SLUG_MAX, clean_line, fold, nfc, slugify, sort_key, xml_safe


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường sắt", "duong sat"),
        ("THỦ TỤC HÀNH CHÍNH", "thu tuc hanh chinh"),
        ("Nguyễn Thị Ước", "nguyen thi uoc"),
        (unicodedata.normalize("NFD", "Xã Đông Thanh"), "xa dong thanh"),
        ("Nghị định 63/2010/NĐ-CP", "nghi dinh 63/2010/nd-cp"),
        ("", ""),
    ],
)
def test_fold_takes_accents_and_case_off(text, folded):
    assert fold(text) == folded


def test_fold_covers_every_accented_vietnamese_letter():
    vowels = "aăâeêioôơuưy"
    tones = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
    letters = {nfc(v + t) for v in vowels for t in tones} | {"đ"}
    assert {fold(letter) for letter in letters} == set("aeiouyd")
    assert {fold(letter.upper()) for letter in letters} == set("aeiouyd")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "in_order",
    [
        ["an", "ăn", "ân", "ba"],
        ["Dân", "Dũng", "Đào", "Đông", "Em"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["on", "ôn", "ơn", "pa"],
        ["un", "ưn", "va"],
        ["Ba Vì", "Bác", "Bảng"],
        ["Thôn 2", "Thôn 10", "Thôn 100"],
        ["Thôn 02", "Thôn 3"],
        ["thu", "Thu", "thú"],
        ["Bạch", "Bảng"],
        ["an", "zebra", "日本"],
    ],
)
def test_vietnamese_order(in_order):
    backwards = in_order[::-1]
    assert sorted(backwards, key=sort_key) == in_order


def test_order_is_the_same_for_both_normal_forms():
    names = ["Đông", "Đồng", "Dong", "Ân", "An"]
    apart = [unicodedata.normalize("NFD", name) for name in names]
    assert [nfc(name) for name in sorted(apart, key=sort_key)] == sorted(
        names, key=sort_key
    )


@given(st.lists(st.text()))
def test_any_texts_can_be_sorted(texts):
    assert len(sorted(texts, key=sort_key)) == len(texts)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Đông Thanh đạt chuẩn nông thôn mới", "dong-thanh-dat-chuan-nong-thon-moi"),
        ("  Lịch tiếp công dân – tháng 3/2024 ", "lich-tiep-cong-dan-thang-3-2024"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "khong-ten"),
        ("", "khong-ten"),
        ("日本語", "khong-ten"),
        ("Quyết định số 12/QĐ-UBND", "quyet-dinh-so-12-qd-ubnd"),
    ],
)
def test_slug(text, slug):
    assert slugify(text) == slug


def test_long_slug_is_cut_at_a_word():
    slug = slugify("tuyên truyền " * 20)
    assert slug == "-".join(["tuyen", "truyen"] * 6)
    assert len(slug) <= SLUG_MAX


def test_word_that_is_exactly_at_the_limit_is_kept():
    assert slugify("a" * 39 + " " + "b" * 40 + " c") == "a" * 39 + "-" + "b" * 40


def test_slug_of_one_endless_word_is_cut_inside_it():
    assert slugify("a" * 500) == "a" * SLUG_MAX


@given(st.text())
def test_slug_is_always_a_safe_part_of_an_address(text):
    slug = slugify(text)
    assert 0 < len(slug) <= SLUG_MAX
    assert slug.isascii()
    assert slug == slug.strip("-").lower()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Thông   báo\n\tmới  ", "Thông báo mới"),
        ("Thông\u00a0báo", "Thông báo"),
        ("Thông\u200b\ufeff báo\u202e", "Thông báo"),
        ("Thông\x00báo", "Thông báo"),
        (unicodedata.normalize("NFD", "Xã"), "Xã"),
        ("a\u2028b\u2029c", "a b c"),
        ("\ud800x", "x"),
        ("\n", ""),
    ],
)
def test_clean_line(text, line):
    assert clean_line(text) == line


@given(st.text())
def test_cleaning_a_line_twice_changes_nothing(text):
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text(max_size=30))
def test_what_is_xml_safe_can_stand_in_a_document(text):
    document = f"<a>{escape(xml_safe(f'Xã{text}'))}</a>"
    assert ElementTree.fromstring(document).text.startswith("Xã")


def test_xml_safe_keeps_every_visible_character():
    assert xml_safe("Đông\tThanh\n\x0b\ufffe\x00😀") == "Đông\tThanh\n😀"
