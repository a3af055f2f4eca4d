import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Status
from portal import content_version
from tests.factory import make_article, make_category, make_page, make_picture

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 1, 26, 1, 30, 5, tzinfo=UTC)  # 08:30:05 in Viet Nam


def text(response):
    return response.content.decode()


# --- Addresses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "/tin-tuc/muc-khac/{slug}-{pk}/",
        "/tin-tuc/{muc}/ten-cu-{pk}/",
        "/tin-tuc/Mục/-{pk}/",
        "/tin-tuc/{muc}/{slug}-000{pk}/?a=b",
    ],
)
def test_an_outdated_or_mistyped_address_leads_to_the_right_one(client, wrong):
    article = make_article()
    names = {"muc": article.category.slug, "slug": article.slug, "pk": article.pk}
    response = client.get(wrong.format(**names))
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"status": Status.DRAFT, "published_at": None},
        {"published_at": MOMENT + timedelta(days=365 * 100)},
    ],
)
def test_what_is_not_published_does_not_exist_for_readers(client, fields):
    article = make_article(**fields)
    right = article.get_absolute_url()
    wrong = f"/tin-tuc/x/x-{article.pk}/"
    for address in (right, wrong):
        response = client.get(address)
        assert response.status_code == 404
        assert article.title not in text(response)
    assert article.title not in text(client.get("/tin-tuc/"))
    assert article.title not in text(client.get(article.category.get_absolute_url()))


def test_a_scheduled_article_appears_at_its_second(client):
    article = make_article(published_at=MOMENT)
    with time_machine.travel(MOMENT - timedelta(seconds=1), tick=False):
        assert client.get(article.get_absolute_url()).status_code == 404
    with time_machine.travel(MOMENT, tick=False):
        assert client.get(article.get_absolute_url()).status_code == 200


def test_a_changed_title_is_shown_wherever_the_article_is_named(client, content_committed):
    article = make_article(title="Tên cũ")
    other = make_article(category=article.category)
    for title in ("Tên cũ", "Tên mới"):
        Article.objects.filter(pk=article.pk).update(title=title)
        content_committed()
        for address in ("/", "/tin-tuc/", other.get_absolute_url()):
            page = text(client.get(address))
            assert [name for name in ("Tên cũ", "Tên mới") if name in page] == [title]


def test_a_scheduled_article_appears_at_its_second_beside_others(client):
    article = make_article(published_at=MOMENT - timedelta(days=1))
    with time_machine.travel(MOMENT - timedelta(seconds=1), tick=False) as clock:
        later = make_article(category=article.category, published_at=MOMENT)
        for address in ("/", article.get_absolute_url()):
            content_version.clear()  # no clock goes back
            clock.move_to(MOMENT - timedelta(seconds=1))
            assert later.title not in text(client.get(address))
            clock.move_to(MOMENT)
            assert later.title in text(client.get(address))


@pytest.mark.parametrize(
    "address",
    [
        "/tin-tuc/khong-co/",
        "/tin-tuc/khong-co/bai-999999/",
        "/tin-tuc/khong-co/bai-999999999999999999/",
        "/tin-tuc/khong-co/bai-9999999999999999999999/",
        "/tin-tuc/khong-co/bai-0/",
        "/tin-tuc/khong-co/bai/",
        "/tin-tuc/khong-co/bai-%D9%A1/",
        "/tin-tuc/tin/bai/1/",
        "/tin-tuc/2024/05/",
        "/tin-tuc/?trang=99",
        "/gioi-thieu/khong-co/",
    ],
)
def test_an_address_of_nothing_is_not_found(client, address):
    make_page()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/tin-tuc/%00/",
        "/tin-tuc/%00/bai-%00-1/",
        "/tin-tuc/?trang=%FF",
        "/gioi-thieu/%00/",
        "/gioi-thieu/" + "a/" * 4000,
    ],
)
def test_a_hostile_address_is_refused(client, address):
    make_page()
    assert 400 <= client.get(address).status_code < 500


@pytest.mark.parametrize("query", ["?trang=abc", "?trang=-1", "?trang=", "?khac=1&trang=0"])
def test_nonsense_behind_a_list_address_shows_the_list(client, query):
    article = make_article()
    for address in ("/tin-tuc/", article.category.get_absolute_url()):
        assert article.title in text(client.get(address + query))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_pages_can_only_be_read(client, method):
    article = make_article()
    make_page()
    addresses = [
        "/tin-tuc/",
        article.category.get_absolute_url(),
        article.get_absolute_url(),
        "/gioi-thieu/",
    ]
    for address in addresses:
        assert getattr(client, method)(address).status_code == 405


# --- Lists ------------------------------------------------------------------------------


def test_the_news_lists_all_published_articles_newest_first(client):
    old = make_article(published_at=MOMENT - timedelta(days=1))
    new = make_article(published_at=MOMENT)
    response = client.get("/tin-tuc/")
    assert list(response.context["page"]) == [new, old]
    assert response["X-Portal-Page"].startswith("news;;")


def test_a_category_lists_itself_and_those_below(client):
    parent = make_category(name="Đời sống", description="Chuyện trong xã.")
    child = make_category(name="Y tế", parent=parent)
    make_category(name="Ẩn", parent=parent, is_shown=False)
    article, other = make_article(category=child), make_article()
    page = text(client.get(parent.get_absolute_url()))
    assert article.title in page
    assert other.title not in page
    assert "Chuyện trong xã." in page
    assert f'href="{child.get_absolute_url()}">Y tế</a>' in page
    assert ">Ẩn</a>" not in page


def test_a_hidden_category_still_opens_for_those_who_have_its_address(client):
    article = make_article(category=make_category(is_shown=False))
    assert article.title in text(client.get(article.category.get_absolute_url()))


def test_a_long_list_is_split_and_its_pages_have_their_own_address(client):
    category = make_category()
    for _ in range(16):
        make_article(category=category)
    first, second = (
        client.get(f"{category.get_absolute_url()}{q}") for q in ("", "?trang=2")
    )
    assert len(first.context["page"]) == 15
    assert len(second.context["page"]) == 1
    assert 'href="?trang=2"' in text(first)
    canonical = (
        f'<link rel="canonical" href="http://testserver{category.get_absolute_url()}'
    )
    assert f'{canonical}">' in text(first)
    assert f'{canonical}?trang=2">' in text(second)


def test_an_empty_list_says_so(client):
    assert "Chưa có bài nào" in text(client.get("/tin-tuc/"))


def test_a_list_needs_the_same_queries_for_one_article_as_for_many(client):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/tin-tuc/")
        # The content version is read again after half a second, whatever is shown.
        return sum("content_version.current" not in each["sql"] for each in queries)

    make_article(cover=make_picture())
    client.get("/tin-tuc/")  # fills what is kept per content version
    few = count()
    for _ in range(9):
        make_article(cover=make_picture())
    # The count and the articles with category and cover; the rest is the frame's.
    assert count() == few <= 8


# --- The introduction ---------------------------------------------------------------------


def test_the_root_page_shows_its_text_and_the_pages_below(client):
    make_page(title="Giới thiệu", body="<p>Xã có tám thôn.</p>")
    child = make_page(title="Các thôn", body="<p>Tám thôn của xã.</p>")
    make_page(title="Trang ẩn", is_shown=False)
    page = text(client.get("/gioi-thieu/"))
    assert "<h1>Giới thiệu</h1>" in page
    assert "<p>Xã có tám thôn.</p>" in page
    assert f'href="{child.get_absolute_url()}">Các thôn</a>' in page
    assert "Trang ẩn" not in page


def test_a_page_below_leads_back_up(client):
    root = make_page(title="Giới thiệu")
    page = make_page(title="Các thôn", slug="cac-thon")
    response = client.get("/gioi-thieu/cac-thon/")
    assert response.context["crumbs"] == [
        ("Trang chủ", "/"),
        (root.title, "/gioi-thieu/"),
        ("Các thôn", ""),
    ]
    assert response["X-Portal-Page"].startswith(f"page;{page.pk};")


def test_without_pages_there_is_no_introduction(client):
    assert client.get("/gioi-thieu/").status_code == 404


# --- The way through standing pages -----------------------------------------------------


def test_a_long_page_lists_its_parts_and_a_short_one_does_not(client):
    long = make_page(body="".join(f"<h2>Phần {n}</h2><p>a</p>" for n in "abc"))
    short = make_page(body="<h2>Một</h2><p>a</p><h2>Hai</h2><p>b</p>")
    html = client.get(long.get_absolute_url()).content.decode()
    assert "Trong trang này" in html
    assert '<a href="#muc-phan-a">Phần a</a>' in html
    assert '<h2 id="muc-phan-a">Phần a</h2>' in html
    assert "Trong trang này" not in client.get(short.get_absolute_url()).content.decode()


def test_a_page_leads_to_those_beside_it(client):
    root = make_page(title="Gốc")
    first = make_page(title="Trang đầu", order=1, parent=root)
    make_page(title="Trang ẩn", order=2, parent=root, is_shown=False)
    last = make_page(title="Trang cuối", order=3, parent=root)
    make_page(title="Trang con", parent=last)

    def neighbours(page):
        html = client.get(page.get_absolute_url()).content.decode()
        return re.findall(r'<a[^>]*rel="(prev|next)" href="([^"]*)"', html)

    assert neighbours(root) == []
    assert neighbours(first) == [("next", last.get_absolute_url())]
    assert neighbours(last) == [("prev", first.get_absolute_url())]


def test_a_page_costs_few_queries_however_many_lie_beside_and_below_it(client):
    root = make_page()
    page = make_page(parent=root)
    for _ in range(15):
        make_page(parent=root)
        make_page(parent=page)
    client.get("/lien-he/")  # what every page has around it is remembered
    with CaptureQueriesContext(connection) as queries:
        client.get(page.get_absolute_url())
    assert len(queries) <= 8
