import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from portal import pages, search_views, site_search
from portal.site_search import Match, Matches, Result, Source, Suggestion, Tier
from tests import factory

pytestmark = pytest.mark.django_db

SPAM = "nhà cái lô đề uy tín casino"


@pytest.fixture
def ask(client):
    def ask(text="", **query):
        return client.get(reverse("search"), {"q": text} | query)

    return ask


@pytest.fixture
def suggest(client):
    def suggest(text):
        response = client.get(reverse("search_suggestions"), {"q": text})
        return json.loads(response.content)["suggestions"]

    return suggest


@pytest.fixture
def birth():
    return factory.make_procedure(name="Đăng ký khai sinh", code="1.001193", is_common=True)


@pytest.fixture
def crowd(monkeypatch):
    """A source of the given number of results, the only one."""

    def crowd(number, tier=Tier.ANYWHERE, **values):
        listed = min(number, site_search.MOST + 1)
        matches = [Match("dong", place, tier, (place,)) for place in range(listed)]
        source = Source(
            "dong",
            "Đông",
            10,
            lambda question, narrowing, *, at: Matches(matches, listed, **values),
            lambda keys, question: {
                key: Result([(f"Trang {key}", False)], f"/dong/{key}/") for key in keys
            },
        )
        monkeypatch.setattr(site_search, "_sources", {"dong": source})

    return crowd


def html_of(response):
    assert response.status_code == 200
    return response.content.decode()


def missed(response):
    return pages.read(response[pages.HEADER]).missed


def test_a_procedure_asked_for_without_accents_stands_first_and_is_marked(ask, birth):
    factory.make_procedure(name="Đăng ký lại khai sinh")
    html = html_of(ask("dang ky khai sinh"))
    first = re.search(r'<li class="search-result">(.*?)</li>', html, re.DOTALL)[1]
    assert "<mark>Đăng ký khai sinh</mark>" in first
    assert birth.get_absolute_url() in first


def test_a_published_period_is_found_by_the_words_people_use(ask):
    period = factory.make_period(code="2025-T04")
    for asked in ("kết quả tháng 4 2025", "ty le dung han thang 4", "tthc tháng 04/2025"):
        assert period.get_absolute_url() in html_of(ask(asked)), asked
    assert period.get_absolute_url() not in html_of(ask("kết quả tháng 7 2025"))


def test_a_standing_page_is_found_by_what_people_call_it(ask):
    assert (
        f'href="{reverse("contact")}"'
        in html_of(ask("so dien thoai")).split("search-results")[1]
    )


def test_the_question_stands_in_the_box_and_nowhere_else_that_is_read(ask):
    html = html_of(ask(SPAM))
    assert f'value="{SPAM}"' in html
    without_box = re.sub(r"<input[^>]*>", "", html)
    assert SPAM not in without_box
    assert "casino" not in re.sub(r'href="[^"]*"', "", without_box)
    head = html.partition("</head>")[0]
    assert "casino" not in head
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == ["Tìm kiếm"]


def test_the_page_is_kept_out_of_search_engines(ask):
    html = html_of(ask("khai sinh", trang="1"))
    assert '<meta name="robots" content="noindex">' in html
    assert f'<link rel="canonical" href="http://testserver{reverse("search")}">' in html


def test_markup_in_a_question_is_text(ask):
    assert "<script>alert" not in html_of(ask('"><script>alert(1)</script>'))


def test_what_nobody_finds_reaches_the_statistics(ask):
    response = ask("  Chợ  phiên ")
    assert missed(response) == "chợ phiên"
    assert "Không tìm thấy kết quả nào cho những từ này." in html_of(response)


def test_what_a_filter_hides_a_person_or_a_found_word_is_not_missed(ask, birth):
    assert missed(ask("khai sinh")) == ""
    assert missed(ask("chợ phiên", nam="2024")) == ""
    assert missed(ask("chợ phiên", loai="thu-tuc")) == ""
    assert missed(ask("0912345678")) == ""
    assert missed(ask("Nguyễn Thị Lành")) == ""


def test_what_a_broken_source_would_have_had_is_not_missed(ask, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError

    source = Source("tin", "Tin tức", 10, broken, broken, broken)
    monkeypatch.setattr(site_search, "_sources", {"tin": source})
    response = ask("chợ phiên")
    assert missed(response) == ""
    assert "Lần này chưa tìm được trong: Tin tức." in html_of(response)


def test_an_empty_result_offers_words_procedures_phones_and_the_contact_page(ask, birth):
    factory.make_phone(number="0237.000.0009")
    html = html_of(ask("khbai"))
    assert "0237.000.0009" in html
    assert birth.get_absolute_url() in html
    assert reverse("contact") in html
    near = html_of(ask("khaisn"))
    assert f'{reverse("search")}?q=khai">khai</a>' in near


def test_an_empty_question_offers_what_is_really_there(ask, birth):
    article = factory.make_article()
    empty = factory.make_category(name="Chuyên mục chưa có bài")
    html = html_of(ask("")).partition("<main")[2].partition("</main>")[0]
    assert birth.get_absolute_url() in html
    assert article.category.get_absolute_url() in html
    assert empty.get_absolute_url() not in html
    assert "kết quả</h2>" not in html


def test_a_correction_is_said_in_the_words_of_the_site(ask, birth):
    html = html_of(ask("dang ky khia sinh"))
    assert "đây là kết quả cho “<strong>đăng ký khai sinh</strong>”" in html
    assert "Không thấy" not in html_of(ask("dang ky khai sinh"))


def test_results_without_all_the_words_are_announced(ask, crowd):
    crowd(3, Tier.SOME_WORDS)
    assert "Không có trang nào có đủ các từ đã gõ" in html_of(ask("x"))


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "Có 1 kết quả"), (1000, "Có 1.000 kết quả"), (5000, "Có hơn 1.000 kết quả")],
)
def test_results_are_counted_up_to_a_thousand(ask, crowd, number, said):
    crowd(number)
    assert said in html_of(ask("x"))


def test_ten_stand_on_a_page_up_to_the_hundredth(ask, crowd):
    crowd(5000)
    second = html_of(ask("x", trang="2"))
    assert re.findall(r'href="/dong/(\d+)/"', second) == [str(n) for n in range(10, 20)]
    assert '<ol class="search-results list-plain" start="11">' in second
    assert "?q=x&amp;trang=3" in second
    assert "chỉ cho xem 1.000 kết quả đầu" in html_of(ask("x", trang="100"))
    assert ask("x", trang="101").status_code == 404


def test_filters_are_kept_from_page_to_page_and_can_be_dropped(ask, birth):
    article = factory.make_article(published_at=datetime(2024, 5, 6, 3, tzinfo=UTC))
    html = html_of(ask("khai sinh", muc=article.category.slug, nam="2024", loai="thu-tuc"))
    assert f'<option value="{article.category.slug}" selected>' in html
    assert '<option value="2024" selected>' in html
    assert '<input type="hidden" name="loai" value="thu-tuc">' in html
    assert f'{reverse("search")}?q=khai+sinh">Tìm lại ở mọi loại' in html


def test_a_year_without_news_is_still_shown_as_the_one_that_is_chosen(ask, birth):
    assert '<option value="2019" selected>' in html_of(ask("khai sinh", nam="2019"))


@pytest.mark.parametrize(
    "query", [{"loai": "x"}, {"muc": "x"}, {"nam": "x"}, {"nam": "9999"}, {"la": "x"}]
)
def test_values_that_mean_nothing_narrow_nothing(ask, birth, query):
    assert birth.get_absolute_url() in html_of(ask("khai sinh", **query))


def test_kinds_are_offered_with_their_counts(ask, birth):
    factory.make_period(code="2025-T04")
    html = html_of(ask("kết quả"))
    assert "Thủ tục hành chính <span" not in html
    both = html_of(ask("thu tuc hanh chinh"))
    assert 'aria-current="true">Tất cả' in both
    kinds = re.findall(r'<a href="\?q=thu\+tuc\+hanh\+chinh&amp;loai=([\w-]+)"', both)
    assert kinds == ["muc", "ket-qua"]


def test_too_many_searches_of_one_network_have_to_wait(ask, monkeypatch):
    monkeypatch.setattr(search_views, "_SEARCHES", 1)
    ask("khai sinh")
    refused = ask("khai sinh")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert ask("").status_code == 200  # the empty form costs nothing


# --- Suggestions ------------------------------------------------------------------------


def test_a_suggestion_leads_to_the_page_itself(suggest, birth):
    assert suggest("dang ky kh") == [
        {
            "text": birth.name,
            "url": birth.get_absolute_url(),
            "label": "Thủ tục hành chính",
        }
    ]


@pytest.mark.parametrize("text", ["", "a", "?", SPAM])
def test_without_suggestions_the_list_is_empty(suggest, birth, text):
    assert suggest(text) == []


def test_suggestions_are_asked_for_again_cheaply_and_are_no_view(client, birth):
    address = f"{reverse('search_suggestions')}?q=khai"
    first = client.get(address)
    assert first["Cache-Control"] == "no-cache"
    assert pages.HEADER not in first
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_too_many_suggestions_of_one_network_are_quietly_none(suggest, birth, monkeypatch):
    monkeypatch.setattr(search_views, "_SUGGESTIONS", 1)
    assert suggest("khai") != []
    assert suggest("khai") == []


def test_suggestions_are_bounded(suggest, monkeypatch):
    many = [Suggestion(str(number), f"/{number}/", "x") for number in range(50)]
    source = Source("x", "x", 1, None, None, lambda question, limit: many)
    monkeypatch.setattr(site_search, "_sources", {"x": source})
    assert len(suggest("khai")) == 8


# --- What it costs ----------------------------------------------------------------------


def test_a_search_is_bounded_in_queries(ask, birth, django_assert_max_num_queries):
    factory.make_article()
    ask("khai sinh")
    # The limit, what news, pages and files find, and what is shown of each.
    with django_assert_max_num_queries(8):
        ask("khai sinh")


def test_suggestions_are_bounded_in_queries(suggest, birth, django_assert_max_num_queries):
    suggest("khai")
    # The content version, the limit, and what articles begin so.
    with django_assert_max_num_queries(3):
        suggest("khai")


# --- The browser's own search box -------------------------------------------------------


def test_browsers_learn_how_to_search_here(client):
    factory.make_identity(name="Đông & Thanh")
    response = client.get(reverse("search_description"))
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = ElementTree.fromstring(response.content)
    assert root.find(f"{space}ShortName").text == "Đông & Thanh"
    template = root.find(f"{space}Url").get("template")
    assert template == f"http://testserver{reverse('search')}?q={{searchTerms}}"
    home = client.get("/").content.decode()
    assert f'href="{reverse("search_description")}"' in home
