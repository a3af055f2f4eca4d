from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from articles.archive import Listing, Month, calendar
from articles.forms import CategoryForm
from articles.models import RESERVED_SLUGS, Article, Category, Status, category_tree
from tests.factory import make_article, make_category, make_picture

pytestmark = pytest.mark.django_db

# 00:30 on 1 January 2024 in Viet Nam, while it is still 2023 in London.
NEW_YEAR = datetime(2023, 12, 31, 17, 30, tzinfo=UTC)


def text(response):
    return response.content.decode()


def make_in(year, month, **fields):
    return make_article(published_at=datetime(year, month, 15, 3, 0, tzinfo=UTC), **fields)


# --- Months -----------------------------------------------------------------------------


def test_a_month_begins_and_ends_at_midnight_in_viet_nam():
    month = Month(2024, 12)
    assert month.begins_at.astimezone(UTC) == datetime(2024, 11, 30, 17, tzinfo=UTC)
    assert month.ends_at.astimezone(UTC) == datetime(2024, 12, 31, 17, tzinfo=UTC)
    assert month.following == (2025, 1)


def test_an_article_belongs_to_the_month_that_its_readers_have():
    make_article(published_at=NEW_YEAR - timedelta(hours=1))
    make_article(published_at=NEW_YEAR)
    assert calendar().months() == {(2024, 1): 1, (2023, 12): 1}


def test_months_are_listed_newest_first_without_empty_ones():
    for year, month in ((2023, 11), (2024, 2), (2023, 11)):
        make_in(year, month)
    assert list(calendar().months().items()) == [((2024, 2), 1), ((2023, 11), 2)]


def test_months_of_categories_count_their_articles_alone():
    one, two, three = make_category(), make_category(), make_category()
    for category, month in ((one, 1), (two, 1), (three, 2)):
        make_in(2024, month, category=category)
    assert calendar().months([one.pk, two.pk]) == {(2024, 1): 2}
    assert calendar().months([]) == {}


def test_without_articles_there_are_no_months():
    assert calendar().months() == {}


def test_only_what_readers_see_is_counted():
    make_article(status=Status.DRAFT)
    make_article(status=Status.WITHDRAWN)
    make_article(published_at=datetime(2124, 1, 1, tzinfo=UTC))
    make_article(expires_at=datetime(2024, 2, 1, tzinfo=UTC))
    assert calendar().months() == {}


def test_months_follow_what_appears_and_expires_by_itself():
    make_article(published_at=NEW_YEAR, expires_at=NEW_YEAR + timedelta(hours=1))
    with time_machine.travel(NEW_YEAR - timedelta(seconds=1), tick=False) as clock:
        found = []
        for moment in (timedelta(seconds=-1), timedelta(0), timedelta(hours=1)):
            clock.move_to(NEW_YEAR + moment)
            found.append(list(calendar().months()))
    assert found == [[], [(2024, 1)], []]


# --- Long lists -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 4, 15])
def test_every_cut_of_a_list_is_what_stands_there(size):
    categories = [make_category() for _ in range(3)]
    for number in range(30):
        # Months of very different length, and equal moments.
        make_in(2024, 1 + number**2 % 5, category=categories[number % 3])
    for chosen in (None, [categories[0].pk], [categories[1].pk, categories[2].pk]):
        expected = Article.objects.published().newest()
        if chosen is not None:
            expected = expected.filter(category__in=chosen)
        listing = Listing(chosen)
        assert listing.count() == len(expected)
        for start in range(len(expected)):
            assert listing[start : start + size] == list(expected[start : start + size])


def test_behind_its_end_a_list_is_empty():
    make_article()
    assert Listing()[1:5] == []


def test_a_part_of_a_list_ends_with_its_time():
    make_in(2023, 12)
    january, february = make_in(2024, 1), make_in(2024, 2)
    make_in(2025, 1)
    year, month = Listing().within(2024), Listing().within(2024, 1)
    assert (year.count(), year[0:5]) == (2, [february, january])
    assert (month.count(), month[0:5]) == (1, [january])


def test_a_cut_reads_neither_what_stands_before_it_nor_any_long_text():
    for number in range(20):
        make_in(2024, 1 + number % 10, cover=make_picture())
    Listing().count()  # counts once per content version
    with CaptureQueriesContext(connection) as queries:
        articles = Listing()[15:20]
        drawn = [(a.title, a.lead, a.category.name, a.cover.url) for a in articles]
    assert len(drawn) == 5
    # One query, which skips only within the month where the cut begins.
    assert len(queries) == 1
    assert '"body"' not in queries[0]["sql"]
    assert "OFFSET 1)" in queries[0]["sql"]


# --- Pages of the archive ---------------------------------------------------------------


def test_the_archive_shows_months_with_their_numbers(client):
    make_in(2024, 1)
    make_in(2024, 1)
    make_in(2023, 12)
    page = text(client.get("/tin-tuc/luu-tru/"))
    assert '<a href="/tin-tuc/luu-tru/2024/01/">Tháng 01</a> (2 bài)' in page
    assert '<a href="/tin-tuc/luu-tru/2023/12/">Tháng 12</a> (1 bài)' in page
    assert page.index("Năm 2024") < page.index("Năm 2023")
    assert "/2023/11/" not in page


def test_a_month_lists_its_articles_and_leads_to_its_neighbours(client):
    make_in(2023, 11)
    article = make_in(2024, 1)
    make_in(2024, 3)
    response = client.get("/tin-tuc/luu-tru/2024/01/")
    page = text(response)
    assert list(response.context["page"]) == [article]
    assert '<a href="/tin-tuc/luu-tru/2023/11/">Trước đó: tháng 11/2023</a>' in page
    assert '<a href="/tin-tuc/luu-tru/2024/03/">Sau đó: tháng 03/2024</a>' in page
    assert "<h1>Tin tức tháng 01/2024</h1>" in page
    assert response["X-Portal-Page"].startswith("archive;;Tin")


def test_a_year_lists_its_articles_and_its_months(client):
    articles = [make_in(2024, 3), make_in(2024, 1)]
    make_in(2022, 5)
    response = client.get("/tin-tuc/luu-tru/2024/")
    page = text(response)
    assert list(response.context["page"]) == articles
    assert "/tin-tuc/luu-tru/2024/03/" in page
    assert '<a href="/tin-tuc/luu-tru/2022/">Trước đó: năm 2022</a>' in page
    assert "Sau đó" not in page


def test_the_archive_of_a_category_has_its_articles_and_those_below(client):
    parent = make_category(name="Đời sống", slug="doi-song")
    article = make_in(2024, 1, category=make_category(parent=parent))
    make_in(2024, 1)
    make_in(2024, 2)
    response = client.get("/tin-tuc/luu-tru/2024/01/?muc=doi-song")
    assert list(response.context["page"]) == [article]
    assert response.context["crumbs"] == [
        ("Trang chủ", "/"),
        ("Tin tức", "/tin-tuc/"),
        ("Đời sống", "/tin-tuc/doi-song/"),
        ("Theo tháng", "/tin-tuc/luu-tru/?muc=doi-song"),
        ("Năm 2024", "/tin-tuc/luu-tru/2024/?muc=doi-song"),
        ("Tháng 01", ""),
    ]
    months = text(client.get("/tin-tuc/luu-tru/?muc=doi-song"))
    assert 'href="/tin-tuc/luu-tru/2024/01/?muc=doi-song"' in months
    assert "/2024/02/" not in months


def test_pages_of_a_month_keep_the_category_and_nothing_else(client):
    category = make_category(slug="doi-song")
    for _ in range(31):
        make_in(2024, 1, category=category)
    page = text(client.get("/tin-tuc/luu-tru/2024/01/?muc=doi-song&trang=2&khac=1"))
    address = "http://testserver/tin-tuc/luu-tru/2024/01/?muc=doi-song"
    assert f'<link rel="canonical" href="{address}&amp;trang=2">' in page
    assert f'<link rel="prev" href="{address}">' in page
    assert f'<link rel="next" href="{address}&amp;trang=3">' in page
    assert 'href="?muc=doi-song&amp;trang=3"' in page
    assert "tháng 01/2024 (trang 2)" in page
    assert "khac" not in page


@pytest.mark.parametrize(
    "address",
    [
        "2024/02/",  # no article
        "2023/",
        "2024/13/",
        "2024/00/",
        "2024/1/",
        "0000/",
        "9999/",
        "24/",
        "2024/01/?muc=khong-co",
        "?muc=khong-co",
        "2024/01/?trang=2",
    ],
)
def test_a_time_without_articles_is_not_found(client, address):
    make_in(2024, 1)
    assert client.get(f"/tin-tuc/luu-tru/{address}").status_code == 404


def test_an_empty_archive_says_so(client):
    assert "Chưa có bài nào" in text(client.get("/tin-tuc/luu-tru/"))


@pytest.mark.parametrize("slug", RESERVED_SLUGS)
def test_no_category_takes_the_address_of_the_archive(slug):
    with pytest.raises(IntegrityError, match="category_slug_is_free"), transaction.atomic():
        make_category(slug=slug)
    assert not Category.objects.exists()
    form = CategoryForm({"name": "Lưu trữ", "order": "0"})
    assert "đã dành cho trang lưu trữ" in str(form.errors)


def test_archive_pages_need_few_queries(client):
    for number in range(12):
        make_in(2024, 1 + number, cover=make_picture())
    for address in ("/tin-tuc/luu-tru/", "/tin-tuc/luu-tru/2024/"):
        client.get(address)  # fills what is kept per content version
        category_tree()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        # The articles; all else is the frame's.
        own = [query["sql"] for query in queries if "articles_" in query["sql"]]
        assert len(own) <= 1, own
        assert len(queries) <= 4
