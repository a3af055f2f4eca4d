from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Article, Category, Page, Precision, Status, next_moment
from tests.factory import make_article, make_category, make_page, make_picture

pytestmark = pytest.mark.django_db

MOMENT = datetime(2024, 1, 26, 1, 30, 5, tzinfo=UTC)  # 08:30:05 in Viet Nam


def refused_by(constraint):
    """Expect the database to refuse, naming this constraint."""
    return pytest.raises(IntegrityError, match=constraint)


# --- What the database refuses -------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"published_at": None}, "article_published_has_moment"),
        ({"status": "hidden"}, "article_status_known"),
        ({"published_precision": "hour"}, "article_precision_known"),
        ({"title": ""}, "article_has_title_and_slug"),
        ({"slug": ""}, "article_has_title_and_slug"),
        ({"updated_note": "Sửa giờ."}, "article_note_has_moment"),
        ({"revised_at": MOMENT}, "article_note_has_moment"),
    ],
)
def test_the_database_refuses_an_impossible_article(fields, constraint):
    with refused_by(constraint):
        make_article(**fields)


def test_a_draft_needs_no_moment():
    assert make_article(status=Status.DRAFT, published_at=None).pk


def test_two_articles_may_share_a_slug_since_the_address_has_the_number():
    make_article(slug="hop-thon")
    assert make_article(slug="hop-thon").pk


def test_a_category_slug_is_used_once():
    make_category(slug="thong-bao")
    with refused_by("articles_category_slug"):
        make_category(slug="thong-bao")


def test_nothing_lies_below_itself():
    category = make_category()
    with refused_by("category_not_below_itself"), transaction.atomic():
        Category.objects.filter(pk=category.pk).update(parent=category)
    root = make_page()
    page = make_page()
    with refused_by("page_only_root_has_no_path"), transaction.atomic():
        Page.objects.filter(pk=page.pk).update(parent=page)
    assert page.parent == root


def test_a_category_with_articles_cannot_be_deleted():
    article = make_article()
    with pytest.raises(ProtectedError):
        article.category.delete()


def test_there_is_one_root_page():
    make_page()
    with refused_by("page_has_one_root|articles_page_path_key"):
        Page.objects.create(title="Gốc khác", slug="goc-khac")


def test_a_page_slug_is_used_once_below_a_parent():
    root = make_page()
    make_page(slug="cac-thon")
    with refused_by("page_slug_once_per_parent"):
        Page.objects.create(title="Các thôn", slug="cac-thon", parent=root, path="khac")


# --- What readers see -----------------------------------------------------------------


def test_published_holds_what_is_published_up_to_the_moment():
    seen = make_article(published_at=MOMENT)
    make_article(published_at=MOMENT + timedelta(seconds=1))
    make_article(published_at=MOMENT, status=Status.DRAFT)
    assert list(Article.objects.published(MOMENT)) == [seen]


def test_newest_puts_the_later_one_first_and_of_equals_the_later_written():
    old = make_article(published_at=MOMENT - timedelta(days=1))
    first, second = make_article(published_at=MOMENT), make_article(published_at=MOMENT)
    assert list(Article.objects.newest()) == [second, first, old]


def test_featured_holds_the_marked_articles():
    make_article()
    marked = make_article(is_featured=True)
    assert list(Article.objects.featured()) == [marked]


def test_a_category_holds_the_articles_of_those_below_it():
    parent = make_category()
    child = make_category(parent=parent)
    own, below = (
        make_article(category=parent),
        make_article(category=make_category(parent=child)),
    )
    make_article()
    assert set(Article.objects.in_category(parent)) == {own, below}


def test_the_next_moment_is_that_of_the_next_scheduled_article():
    make_article(published_at=MOMENT)
    make_article(published_at=MOMENT + timedelta(days=2))
    make_article(published_at=MOMENT + timedelta(days=1))
    make_article(published_at=MOMENT + timedelta(hours=1), status=Status.DRAFT)
    assert Article.objects.next_moment(MOMENT) == MOMENT + timedelta(days=1)
    assert Article.objects.next_moment(MOMENT + timedelta(days=2)) is None


def test_the_next_moment_is_asked_once_until_content_changes(
    django_assert_max_num_queries, content_committed
):
    content_committed()
    at = timezone.now() + timedelta(days=1)
    make_article(published_at=at)
    content_committed()
    with django_assert_max_num_queries(3):  # the content version and the two moments
        assert {next_moment() for _ in range(5)} == {at}
    sooner = make_article(published_at=at - timedelta(hours=1)).published_at
    content_committed()
    assert next_moment() == sooner


def test_a_list_needs_one_query(django_assert_num_queries):
    for _ in range(3):
        make_article(cover=make_picture())
    with django_assert_num_queries(1):
        for article in Article.objects.for_list():
            assert article.get_absolute_url() and article.cover.url
            assert {"body", "body_text"} <= article.get_deferred_fields()


def test_links_need_one_query(django_assert_num_queries):
    make_article()
    with django_assert_num_queries(1):
        for article in Article.objects.for_links():
            assert (
                article.get_absolute_url() and article.date_line and article.published_iso
            )


# --- What an article says about itself --------------------------------------------------


def test_the_date_line_tells_the_second_in_local_time():
    article = Article(published_at=MOMENT)
    assert article.date_line == "Đăng lúc: 08:30:05 26/01/2024 (GMT+7)"
    assert article.published_iso == "2024-01-26T08:30:05+07:00"


def test_the_date_line_leaves_out_an_unknown_time():
    article = Article(published_at=MOMENT, published_precision=Precision.DATE)
    assert article.date_line == "Đăng ngày: 26/01/2024"
    assert article.published_iso == "2024-01-26"


def test_the_date_line_uses_the_local_day():
    late = datetime(2024, 1, 25, 17, 0, tzinfo=UTC)
    article = Article(published_at=late, published_precision=Precision.DATE)
    assert article.date_line == "Đăng ngày: 26/01/2024"


def test_an_article_without_a_moment_has_no_date_line():
    assert Article().date_line == ""


def test_only_a_change_after_publication_counts_as_revised():
    article = Article(published_at=MOMENT, revised_at=MOMENT - timedelta(hours=1))
    assert not article.is_revised
    article.revised_at = MOMENT + timedelta(hours=1)
    assert article.is_revised
    article.revised_at = None
    assert not article.is_revised


def test_the_description_is_the_lead_or_the_beginning_of_the_text():
    assert Article(lead="Tóm tắt.", body_text="Bài.").description == "Tóm tắt."
    assert Article(body_text="Đoạn đầu.\nĐoạn sau.").description == "Đoạn đầu."
    assert Article(body_text="chữ " * 100).description == " ".join(["chữ"] * 40) + "…"


# --- Pages ----------------------------------------------------------------------------


def test_a_page_is_found_with_the_pages_above_it(django_assert_num_queries):
    root = make_page()
    villages = make_page(slug="cac-thon")
    village = make_page(slug="kiem", parent=villages)
    with django_assert_num_queries(1):
        assert Page.objects.along("cac-thon/kiem") == [root, villages, village]
    assert village.get_absolute_url() == "/gioi-thieu/cac-thon/kiem/"
    assert root.get_absolute_url() == "/gioi-thieu/"


@pytest.mark.parametrize(
    "path", ["khong-co", "cac-thon/khong-co", "/", "cac-thon//kiem", "a" * 501]
)
def test_no_page_is_found_at_a_wrong_path(path):
    make_page()
    make_page(slug="cac-thon")
    assert Page.objects.along(path) == []


def test_a_hidden_page_hides_what_lies_below_it():
    make_page()
    hidden = make_page(slug="cac-thon", is_shown=False)
    make_page(slug="kiem", parent=hidden)
    assert Page.objects.along("cac-thon/kiem") == []
