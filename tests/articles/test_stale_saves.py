import pytest
from django.urls import reverse

from articles import workflow
from articles.models import Article
from portal import roles
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return factory.make_user(roles=[roles.EDITOR])


@pytest.fixture
def article(writer):
    fresh = Article(
        title="Lịch họp", category=factory.make_category(), body="<p>Họp lúc bảy giờ.</p>"
    )
    return workflow.save_article(article=fresh, actor=writer)


@pytest.fixture
def second(article):
    """Somebody else saves edition 2."""
    chief = factory.make_user(
        roles=[roles.EDITOR], last_name="Trần Thị", first_name="Mai", username="mai"
    )
    article.title = "Lịch họp thôn"
    article.body = "<p>Bà con thôn Kiệm họp lúc tám giờ.</p>"
    return workflow.save_article(article=article, actor=chief).head


def send(client, article, writer, **fields):
    client.force_login(writer)
    values = {
        "title": "Lịch họp",
        "category": article.category_id,
        "body": "<p>Bà con thôn Kiệm họp lúc bảy giờ.</p>",
        "based_on": "1",
        "_save": "",
    } | fields
    return client.post(
        reverse("admin:articles_article_change", args=[article.pk]), values, follow=False
    )


def test_a_stale_save_stores_nothing_and_keeps_what_was_typed(
    client, article, second, writer
):
    response = send(client, article, writer)
    assert response.status_code == 409
    article.refresh_from_db()
    assert article.head == second
    form = response.context["adminform"].form
    assert form["body"].value() == "<p>Bà con thôn Kiệm họp lúc bảy giờ.</p>"


def test_both_texts_stand_on_the_page(client, article, second, writer):
    page = send(client, article, writer).content.decode()
    assert "Trần Thị Mai đã lưu bản 2 lúc" in page
    assert "<p>Bà con thôn Kiệm họp lúc tám giờ.</p>" in page
    stale = send(client, article, writer).context["stale"]
    assert stale.lines["Tiêu đề"] == "Lịch họp thôn"
    assert [(line.label, line.runs[-1].text) for line in stale.changes.lines] == [
        ("Tiêu đề", "thôn")
    ]
    (paragraph,) = stale.changes.body.blocks
    assert [(run.kind, run.text) for run in paragraph.runs] == [
        ("same", "Bà con thôn Kiệm họp lúc"),
        ("removed", "tám"),
        ("added", "bảy"),
        ("same", "giờ."),
    ]


def test_what_the_browser_copies_are_their_texts_only(client, article, second, writer):
    values = send(client, article, writer).context["stale"].values
    assert values["title"] == ["Lịch họp thôn"]
    assert values["body"] == ["<p>Bà con thôn Kiệm họp lúc tám giờ.</p>"]
    assert "category" not in values


def test_having_seen_the_other_edition_the_writer_may_go_on(
    client, article, second, writer
):
    # The hidden field first, then the ticked box of the same name, as the browser sends them.
    response = send(client, article, writer, based_on=["1", "2"])
    assert response.status_code == 302
    article.refresh_from_db()
    assert article.head.number == 3
    assert article.head.body == "<p>Bà con thôn Kiệm họp lúc bảy giờ.</p>"
    assert article.editions.get(number=2) == second


def test_a_third_edition_in_between_is_shown_again(client, article, second, writer):
    article.body = "<p>Họp lúc chín giờ.</p>"
    workflow.save_article(article=article, actor=writer)
    response = send(client, article, writer, based_on=["1", "2"])
    assert response.status_code == 409
    assert response.context["stale"].edition.number == 3


def test_a_page_of_the_site_has_the_same_protection(client, writer):
    page = factory.make_page(title="Giới thiệu", slug="gioi-thieu")
    page.load_head()
    page.body = "<p>Xã có chín thôn.</p>"
    workflow.save_page(page=page, actor=None)
    client.force_login(writer)
    response = client.post(
        reverse("admin:articles_page_change", args=[page.pk]),
        {"title": "Giới thiệu", "body": "<p>Bảy thôn.</p>", "order": 0, "based_on": "1"},
    )
    assert response.status_code == 409
    assert "<p>Xã có chín thôn.</p>" in response.content.decode()
