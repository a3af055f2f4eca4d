"""News and pages are found by the words that readers may read, and by no others."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles import search
from articles.models import ArticleWords, Status, WithdrawalKind, Word
from articles.search import NEWS, PAGES
from portal import content_version
from portal.search_question import parse, words_of
from portal.site_search import Narrowing, Tier
from portal.text import fold
from tests.factory import FIRST_READ, make_article, make_category, make_page

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 2, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel(AT, tick=False):
        yield


def find(text, source=NEWS, at=AT, **narrowing):
    return source.find(parse(text), Narrowing(**narrowing), at=at)


def keys(text, source=NEWS, **options):
    return [match.key for match in find(text, source, **options).matches]


def shown(text, source=NEWS):
    question = parse(text)
    return source.show(keys(text, source), question)


def in_brackets(pieces):
    return "".join(f"[{text}]" if is_hit else text for text, is_hit in pieces)


# --- What is found ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "tiêm phòng",
        "tiem phong",
        "TIÊM  PHÒNG",
        "tiem, phòng?",
        unicodedata.normalize("NFD", "tiêm phòng"),
    ],
)
def test_accents_and_capitals_may_be_left_out(typed):
    article = make_article(title="Lịch tiêm phòng", lead="", body="<p>Ở trạm.</p>")
    assert keys(typed) == [article.pk]


@pytest.mark.parametrize(
    ("fields", "typed"),
    [
        ({"title": "Đường Đê Sông Hoàng"}, "duong de song hoang"),
        ({"lead": "Nộp ở bộ phận một cửa."}, "mot cua"),
        ({"body": "<p>Theo Kế hoạch 15/KH-UBND.</p>"}, "15/kh-ubnd"),
        ({"body": "<p>Lãi 1,5 %/tháng.</p>"}, "1,5 %"),
        ({"body": "<p>Người ký.</p>"}, "người kí"),
        ({"body": "<p>Xem tại https://xa.example/lich</p>"}, "xa.example"),
        ({"title": unicodedata.normalize("NFD", "Tiền thưởng")}, "tiền thưởng"),
    ],
)
def test_words_are_found_wherever_they_stand_in_the_text(fields, typed):
    make_article()
    article = make_article(**fields)
    assert keys(typed) == [article.pk]


def test_title_stands_before_text_and_accents_as_typed_before_others():
    in_text = make_article(title="Tin", body="<p>Thu hồi đất ở thôn.</p>")
    late = make_article(title="Việc thụ hỏi", published_at=AT - timedelta(days=1))
    begins = make_article(title="Thủ hơi", published_at=AT - timedelta(days=2))
    exact = make_article(title="Về việc thu hồi")
    found = find("thu hồi").matches
    assert [(match.key, match.tier) for match in found] == [
        (begins.pk, Tier.TITLE),
        (exact.pk, Tier.TITLE_WORDS),
        (late.pk, Tier.TITLE_WORDS),
        (in_text.pk, Tier.ANYWHERE),
    ]
    assert keys("thu hoi") == [begins.pk, late.pk, exact.pk, in_text.pk]


def test_accents_as_typed_come_first_in_texts_too():
    other = make_article(body="<p>Bán mã não.</p>", published_at=AT - timedelta(days=1))
    exact = make_article(body="<p>Mua má nào.</p>")
    assert keys("má nào") == [exact.pk, other.pk]
    assert keys("ma nao") == [other.pk, exact.pk]


def test_of_equal_ones_the_newest_stands_first_and_close_words_before_distant_ones():
    apart = make_article(
        body=f"<p>Khai mạc. {'Tin trong xã. ' * 60} Học sinh.</p>",
        published_at=AT - timedelta(days=1),
    )
    older = make_article(body="<p>Khai sinh.</p>")
    newer = make_article(body="<p>Khai sinh.</p>", published_at=AT - timedelta(days=2))
    assert keys("khai sinh") == [newer.pk, older.pk, apart.pk]


def test_words_in_quotes_stand_side_by_side():
    make_article(title="Sinh viên khai giảng", body="<p>Khai giảng, sinh hoạt.</p>")
    title = make_article(title="Khai sinh cho trẻ")
    text = make_article(body="<p>Giấy khai\n\nsinh.</p>")
    assert keys('"khai sinh"') == [title.pk, text.pk]
    assert keys('giấy "khai sinh"') == [text.pk]
    assert keys('"sinh khai"') == []


def test_a_long_text_is_found_by_its_last_words():
    article = make_article(body=f"<p>{'chữ ' * 40_000}cuối cùng</p>")
    assert keys("cuoi cung") == [article.pk]


@pytest.mark.parametrize("letters", ["一二三", "ạảãàáâậầấẩẫ", "abcdefghijk", "𠀀𠀁𠀂"])
def test_a_text_of_nothing_but_different_words_can_be_published(letters):
    base = ord(letters[0])
    words = (f"{chr(base + n % 150)}{chr(base + n // 150)}" for n in range(22_000))
    article = make_article(title="Bảng chữ", body=" ".join(words)[:500_000])
    assert keys("bang chu") == [article.pk]


# --- Who may be found -------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"status": Status.WITHDRAWN},
        {"status": Status.WITHDRAWN, "withdrawal_kind": WithdrawalKind.MISTAKE},
        {"published_at": AT + timedelta(minutes=1)},
        {"expires_at": AT},
    ],
)
def test_what_readers_do_not_see_is_neither_found_nor_a_correction(fields):
    article = make_article(title="Kẻ trộm nghêu", **fields)
    make_article(title="Kẻ xấu")
    for typed in ("nghêu", "ke nghue", "nghe", '"kẻ trộm"', "tromm"):
        assert (found := find(typed)).matches == [] or article.pk not in [
            match.key for match in found.matches
        ]
        assert "nghêu" not in (*found.nearest, *found.corrected)
    assert NEWS.suggest(parse("trom ngh"), 5) == []


def test_a_withdrawn_article_takes_its_words_along():
    article = make_article(title="Nghêu", body="<p>Sò.</p>", lead="")
    kept = make_article(title="Sò", body="", lead="")
    assert Word.objects.get(text="so").articles == 2
    article.status = Status.WITHDRAWN
    article.withdrawn_at, article.withdrawal_reason = AT, "Nhầm."
    article.withdrawal_kind = WithdrawalKind.MISTAKE
    article.save()
    assert list(Word.objects.values_list("text", "articles")) == [("so", 1)]
    assert [row.article_id for row in ArticleWords.objects.all()] == [kept.pk]


def test_an_article_is_found_at_its_moment_and_not_after_it_expires():
    article = make_article(
        title="Họp", published_at=AT, expires_at=AT + timedelta(days=1), lead=""
    )
    moments = [AT - timedelta(seconds=1), AT, AT + timedelta(days=1)]
    assert [keys("hop", at=at) for at in moments] == [[], [article.pk], []]
    article.expires_at = None
    article.save()
    assert keys("hop", at=moments[-1]) == [article.pk]


def test_changed_texts_moved_articles_and_deleted_ones_are_followed():
    below = make_category(parent=make_category(slug="tren"))
    article = make_article(title="Cây lúa", lead="", body="")
    article.title, article.category = "Cây ngô", below
    article.published_at = datetime(2023, 1, 1, tzinfo=UTC)
    article.save()
    assert (keys("lúa"), keys("ngô", section="tren", year=2023)) == ([], [article.pk])
    assert set(Word.objects.values_list("text", flat=True)) == {"cay", "ngo"}
    with connection.cursor() as cursor:
        cursor.execute("/* test */ UPDATE articles_article SET title = 'Khoai lang'")
    assert keys("khoai") == [article.pk]
    article.editions.all().delete()
    article.delete()
    assert not ArticleWords.objects.exists() and not Word.objects.exists()


def test_writing_all_words_anew_gives_what_was_kept():
    make_article(title="Một"), make_article(title="Hai"), make_article(status=Status.DRAFT)

    def kept():
        return [
            sorted(model.objects.values_list(*fields))
            for model, fields in (
                (ArticleWords, ("pk", "title_words", "words", "published_at")),
                (Word, ("text", "articles")),
            )
        ]

    before = kept()
    with connection.cursor() as cursor:
        cursor.execute("/* test */ SELECT articles_write_all_words()")
    assert kept() == before


# --- Narrowing and long answers ---------------------------------------------------------


def test_section_and_year_narrow_before_anything_is_cut():
    over = make_category(slug="tren")
    below = make_category(slug="duoi", parent=over)
    old = make_article(category=over, published_at=datetime(2021, 12, 31, 16, tzinfo=UTC))
    # New Year in Viet Nam, though not yet in London.
    young = make_article(
        category=below, published_at=datetime(2021, 12, 31, 18, tzinfo=UTC)
    )
    make_article()
    assert keys("thôn", section="tren") == [young.pk, old.pk]
    assert keys("thôn", section="duoi") == [young.pk]
    assert keys("thôn", year=2022) == [young.pk]
    assert keys("thôn", year=2021, section="duoi") == []
    assert keys("thôn", section="khong-co") == []


def test_of_more_than_a_thousand_the_newest_are_given_and_all_are_told(monkeypatch):
    monkeypatch.setattr(search, "_TITLES", 3)
    monkeypatch.setattr(search, "_RANKED", 4)
    monkeypatch.setattr(search, "MOST", 10)
    monkeypatch.setattr(search, "_LATELY", ((8, 2), (5, 6)))
    made = [make_article(published_at=AT - timedelta(days=40 * n)) for n in range(14)]
    found = find("thôn")
    assert (found.count, len(found.matches)) == (11, 11)
    assert [match.key for match in found.matches] == [each.pk for each in made[:11]]
    assert len(set(found.matches)) == 11


# --- Typing errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tiem phogn", ("tiêm", "phòng")),
        ("tiêm phonng", ("tiêm", "phòng")),
        ("tim phong cho dan lon", ("tiêm", "phòng", "cho", "đàn", "lợn")),
        ("tiwm phong", ("tiêm", "phòng")),
        ("teim", ("tiêm",)),
    ],
)
def test_one_error_in_a_word_is_forgiven(typed, meant):
    article = make_article(title="Tiêm phòng cho đàn lợn", lead="", body="")
    make_article(title="Họp")
    found = find(typed)
    assert [(match.key, match.tier) for match in found.matches] == [
        (article.pk, Tier.MISTYPED)
    ]
    assert found.corrected == meant


def test_a_word_that_there_is_may_be_meant_for_another():
    article = make_article(title="Khai sinh", lead="", body="")
    make_article(title="Khía cạnh", lead="", body="")
    found = find("khia sinh")
    assert ([match.key for match in found.matches], found.corrected) == (
        [article.pk],
        ("khai", "sinh"),
    )


def test_what_is_found_as_typed_is_not_corrected():
    make_article(title="Khai sinh", lead="", body="")
    article = make_article(title="Khía cạnh", lead="", body="")
    found = find("khia")
    assert ([match.key for match in found.matches], found.corrected) == ([article.pk], ())


def test_all_words_but_one_are_better_than_nothing():
    article = make_article(title="Giá vật tư nông nghiệp", lead="", body="")
    make_article(title="Xăng tăng", lead="", body="")
    for typed in ("gia vat tu xang", "gia vat tu qqqqqq"):
        assert [(match.key, match.tier) for match in find(typed).matches] == [
            (article.pk, Tier.SOME_WORDS)
        ]


def test_an_empty_answer_offers_the_nearest_words_of_the_site():
    make_article(title="Đường thôn", lead="", body="")
    found = find("duongg qqqqqq")
    assert (found.matches, found.nearest) == ((), ("đường",))


# --- What is shown ----------------------------------------------------------------------


def test_hits_are_marked_in_the_original_text():
    category = make_category(name="Thông báo")
    article = make_article(
        title="Lịch Tiêm phòng",
        lead="Bà con đưa trẻ đến trạm.",
        body=f"<p>{'Mở đầu. ' * 100}Đợt tiêm phòng cho đàn trâu bò.{' Hết.' * 100}</p>",
        category=category,
    )
    result = shown("tiem phong trau")[article.pk]
    assert in_brackets(result.title_pieces) == "Lịch [Tiêm phòng]"
    assert "Đợt [tiêm phòng] cho đàn [trâu] bò." in in_brackets(result.excerpt_pieces)
    assert len("".join(text for text, _ in result.excerpt_pieces)) < 230
    assert (result.url, result.label) == (article.get_absolute_url(), "Thông báo")
    assert result.date_text == "26/01/2024"


def test_words_typed_with_accents_mark_themselves_and_without_all_alike():
    article = make_article(title="Cửa của nhà", lead="", body="")
    assert in_brackets(shown("cửa")[article.pk].title_pieces) == "[Cửa] của nhà"
    assert in_brackets(shown("cua")[article.pk].title_pieces) == "[Cửa của] nhà"


def test_a_mistyped_word_marks_what_it_stands_for():
    article = make_article(title="Khi nào khai sinh", lead="", body="")
    assert in_brackets(shown("khia sinh")[article.pk].title_pieces) == "Khi nào [khai sinh]"


def test_text_that_comes_decomposed_is_shown_composed():
    article = make_article(title=unicodedata.normalize("NFD", "Tiền thưởng"), lead="")
    assert in_brackets(shown("thuong")[article.pk].title_pieces) == "Tiền [thưởng]"


def test_what_was_taken_back_since_is_not_shown():
    article = make_article(title="Họp")
    article.status = Status.WITHDRAWN
    article.withdrawn_at, article.withdrawal_reason = AT, "Nhầm."
    article.withdrawal_kind = WithdrawalKind.MISTAKE
    article.save()
    assert NEWS.show([article.pk], parse("họp")) == {}


def test_a_search_asks_the_database_little(django_assert_num_queries):
    category = make_category()
    for n in range(12):
        make_article(title=f"Tiêm phòng {n}", category=category)
    question = parse("tiêm phòng")
    # Which words there are, whether they are common, the hits, their titles and places.
    with django_assert_num_queries(4):
        found = NEWS.find(question, Narrowing(), at=AT).matches
    # The articles; and, once per content version, that version and the categories.
    with django_assert_num_queries(3):
        NEWS.show([match.key for match in found[:10]], question)


# --- Suggestions ------------------------------------------------------------------------


def test_suggestions_are_the_newest_titles_whose_words_begin_so():
    make_article(title="Kết quả đăng ký", published_at=AT - timedelta(days=900))
    make_article(title="Đăng ký khai sinh", published_at=AT - timedelta(days=2))
    make_article(title="Đăng ký kết hôn", published_at=AT - timedelta(days=1))
    make_article(title="Đăng nhập", body="<p>đăng ký khác</p>")

    def suggested(text, limit=5):
        return [each.text for each in NEWS.suggest(parse(text), limit)]

    assert suggested("dang ky k") == [
        "Đăng ký kết hôn",
        "Đăng ký khai sinh",
        "Kết quả đăng ký",
    ]
    assert suggested("đăng ký kh") == ["Đăng ký khai sinh"]
    assert suggested("dang", 2) == ["Đăng ký kết hôn", "Đăng ký khai sinh"]
    assert suggested("ky xyz") == []


# --- Pages ------------------------------------------------------------------------------


def test_pages_are_found_by_title_and_text_and_never_below_a_hidden_one():
    root = make_page(title="Giới thiệu", body="<p>Xã có tám thôn.</p>")
    villages = make_page(title="Các thôn", body="<p>Kim Bôi.</p>")
    hidden = make_page(title="Thôn cũ", is_shown=False)
    make_page(title="Thôn nghêu", parent=hidden)
    make_page(title="Thôn nháp", status=Status.DRAFT)
    assert keys("thon", PAGES) == [villages.pk, root.pk]
    assert keys("kim bôi", PAGES) == [villages.pk]
    assert keys("nghêu", PAGES) == keys("thon", PAGES, year=2024) == []
    assert [each.text for each in PAGES.suggest(parse("cac th"), 5)] == ["Các thôn"]
    result = shown("kim boi", PAGES)[villages.pk]
    assert (in_brackets(result.excerpt_pieces), result.url) == (
        "[Kim Bôi].",
        villages.get_absolute_url(),
    )
    assert PAGES.show([hidden.pk], parse("thon")) == {}


def test_a_page_forgives_an_error_but_doubts_no_word_that_the_news_know():
    page = make_page(title="Di tích", body="<p>Đình làng và nghè.</p>")
    assert find("dinh lagn", PAGES).corrected == ("đình", "làng")
    assert keys("dinh lagn", PAGES) == [page.pk]
    make_article(title="Lạc đình", body="<p>Lagn.</p>")
    assert keys("dinh lagn", PAGES) == []


def test_words_of_a_hidden_page_are_never_offered():
    make_page(title="Giới thiệu", body="")
    make_page(title="Nghêu", is_shown=False)
    found = find("nghue", PAGES)
    assert (found.matches, found.nearest, found.corrected) == ((), (), ())


# --- Whatever is asked ------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="&|!():*'\\\"“”<>-/%_ \x00\u202eaáẽđ0", max_size=60),
    st.sampled_from(
        [
            "a" * 10_000,
            "'; DROP TABLE articles_article; --",
            "%s %d %(a)s {0}",
            "$$ #2024 /1",
            '""""',
            "🙂 🇻🇳",
            "\u202eabc",
            "'khai':* | !'sinh'",
            "\udcff",
            "² ㎡ ﷺ ß ı İ",
        ]
    ),
)


_WORDS = ("đăng", "ký", "khai", "sinh", "ở", "xã", "họp", "Thôn", "sổ", "đỏ")
_BODY = "Bà con xem lịch ở nhà văn hóa thôn."


class Whatever(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.article = make_article(title="Đăng ký khai sinh ở xã", published_at=FIRST_READ)
        make_page(title="Giới thiệu xã")

    @given(HOSTILE)
    def test_no_question_raises(self, text):
        content_version.clear()
        question = parse(text)
        # Nobody is asked about nothing.
        for source in (NEWS, PAGES) if question else ():
            with transaction.atomic():
                found = source.find(question, Narrowing(), at=AT)
                source.show([match.key for match in found.matches], question)
                source.suggest(question, 5)

    @given(st.lists(st.sampled_from(_WORDS), min_size=1))
    def test_a_hit_as_typed_holds_all_words_whatever_their_accents(self, words):
        text = " ".join(words)
        held = set(words_of(f"{self.article.title} {self.article.lead} {_BODY}"))
        for typed in (text, fold(text)):
            question = parse(typed)
            found = NEWS.find(question, Narrowing(), at=AT).matches
            is_found = any(match.tier <= Tier.ANYWHERE for match in found)
            assert is_found == (set(question.words) <= held)
