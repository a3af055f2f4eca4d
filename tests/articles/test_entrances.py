import pytest

from articles.entrances import start_cards, targets
from articles.models import Status
from portal.roles import EDITOR
from tests.factory import make_article, make_category, make_page, make_user

pytestmark = pytest.mark.django_db


def offered():
    return {target.key: target for target in targets()}


def test_an_empty_site_offers_empty_news_only():
    assert [(t.key, t.label, t.has_content) for t in targets()] == [
        ("articles:list", "Tin tức", False),
        ("articles:archive", "Tin tức theo tháng", False),
    ]


def test_a_category_has_content_when_it_or_one_below_has_an_article():
    parent = make_category()
    child = make_category(parent=parent)
    empty = make_category()
    make_article(category=child)
    make_article(category=empty, status=Status.DRAFT)
    found = offered()
    assert found["articles:list"].has_content
    assert found[f"articles:category:{parent.pk}"].has_content
    assert found[f"articles:category:{child.pk}"].url == child.get_absolute_url()
    assert not found[f"articles:category:{empty.pk}"].has_content


def test_hidden_categories_and_pages_are_not_offered():
    category = make_category(is_shown=False)
    make_page()
    hidden = make_page(is_shown=False)
    below = make_page(parent=hidden)
    assert (
        offered()
        .keys()
        .isdisjoint(
            {
                f"articles:category:{category.pk}",
                f"articles:page:{hidden.pk}",
                f"articles:page:{below.pk}",
            }
        )
    )


def test_a_page_has_content_when_it_has_a_text_or_pages_below():
    root = make_page(body="", title="Giới thiệu")
    assert not offered()[f"articles:page:{root.pk}"].has_content
    page = make_page()
    found = offered()
    assert found[f"articles:page:{root.pk}"].has_content
    assert found[f"articles:page:{root.pk}"].label == "Giới thiệu"
    assert found[f"articles:page:{page.pk}"].has_content


def test_all_targets_need_three_queries(django_assert_num_queries):
    for _ in range(3):
        make_article()
        make_page()
    with django_assert_num_queries(3):
        offered()


def test_the_start_page_counts_ones_own_drafts(rf):
    request = rf.get("/")
    request.user = make_user(roles=[EDITOR])
    make_article(status=Status.DRAFT)
    assert [card.title for card in start_cards(request)] == ["Viết bài mới"]
    make_article(status=Status.DRAFT, created_by=request.user)
    cards = list(start_cards(request))
    assert [card.title for card in cards] == ["Viết bài mới", "Viết tiếp bản nháp"]
    assert "còn 1 bản nháp" in cards[1].text
