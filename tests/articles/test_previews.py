"""Links to texts that are not public yet."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from articles import previews
from articles.models import Stage, Status, WithdrawalKind
from tests.factory import make_article, make_edition, make_page, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 1, 26, 1, 30, tzinfo=UTC)


def text(response):
    return response.content.decode()


def draft(**fields):
    return make_article(status=Status.DRAFT, published_at=None, **fields)


def test_a_stranger_with_the_link_reads_the_text_under_a_banner(client):
    article = draft(title="Lịch tiêm", body="<p>Mang sổ tiêm.</p>")
    with time_machine.travel(NOW, tick=False):
        page = text(client.get(previews.link(article.head)))
    for words in (
        "<h1>Lịch tiêm</h1>",
        "Mang sổ tiêm.",
        "Bản xem trước",
        "08:30 29/01/2024",
    ):
        assert words in page
    assert client.get(article.get_absolute_url()).status_code == 404


def test_the_pending_text_is_shown_and_not_the_approved_one(client):
    article = make_article(title="Tên cũ")
    edition = make_edition(article, title="Tên mới", stage=Stage.DRAFT)
    assert "<h1>Tên mới</h1>" in text(client.get(previews.link(edition)))
    assert "<h1>Tên cũ</h1>" in text(client.get(article.get_absolute_url()))


def test_a_preview_is_drawn_like_the_public_page(client):
    article = make_article()
    public = text(client.get(article.get_absolute_url()))
    preview = text(client.get(previews.link(article.head)))
    start, end = "<article>", '<div class="prose">'
    assert start in public
    assert (
        public[public.index(start) : public.index(end)]
        == preview[preview.index(start) : preview.index(end)]
    )


def test_a_page_is_previewed_with_the_way_to_it(client):
    make_page(title="Giới thiệu")
    page = make_page(title="Các thôn", status=Status.DRAFT)
    preview = text(client.get(previews.link(page.head)))
    assert "<h1>Các thôn</h1>" in preview
    assert ">Giới thiệu</a>" in preview


def test_a_preview_is_neither_kept_nor_indexed_nor_counted_nor_voted_on(client):
    response = client.get(previews.link(draft().head))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "X-Portal-Page" not in response
    assert not response.cookies
    page = text(response)
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert reverse("page_vote") not in page
    assert "zalo" not in page.lower()


def test_a_preview_may_be_framed_by_this_site_only(client):
    response = client.get(previews.link(draft().head))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_a_link_closes_after_some_days(client, settings):
    settings.PREVIEW_DAYS = 3
    with time_machine.travel(NOW, tick=False) as clock:
        link = previews.link(draft().head)
        clock.move_to(NOW + timedelta(days=3) - timedelta(seconds=2))
        assert client.get(link).status_code == 200
        clock.move_to(NOW + timedelta(days=3, seconds=2))
        gone = client.get(link)
    assert gone.status_code == 410
    assert "đã hết hạn" in text(gone)


def test_a_link_dies_with_its_article(client):
    article = draft()
    link = previews.link(article.head)
    article.delete()
    assert client.get(link).status_code == 410


def test_a_link_dies_when_the_article_is_withdrawn_and_a_new_one_works(client):
    with time_machine.travel(NOW, tick=False) as clock:
        article = make_article()
        link = previews.link(article.head)
        clock.shift(timedelta(minutes=5))
        article.withdrawal_kind, article.withdrawal_reason = WithdrawalKind.MISTAKE, "Sai."
        article.status, article.withdrawn_at = Status.WITHDRAWN, NOW + timedelta(minutes=4)
        article.save()
        assert client.get(link).status_code == 410
        assert client.get(previews.link(article.head)).status_code == 200


@pytest.mark.parametrize("token", ["x", "1:2:3", ":", "1", "%F0%9F%98%80", "a" * 1500])
def test_a_token_that_was_not_signed_here_opens_nothing(client, token):
    response = client.get(f"/xem-truoc/{token}/")
    assert response.status_code == 404
    assert "chép thiếu" in text(response)


def test_a_link_of_one_text_cannot_be_bent_to_another(client):
    first, second = draft(), draft()
    bent = previews.link(first.head).replace(f"/{first.head.pk}:", f"/{second.head.pk}:")
    assert client.get(bent).status_code == 404


def test_a_preview_stays_within_the_budget_of_a_public_page(
    client, django_assert_max_num_queries
):
    article = draft()
    link = previews.link(article.head)
    client.get(link)  # reads what every page has around it
    # Content version, the edition with all it stands on, and its documents.
    with django_assert_max_num_queries(3):
        client.get(link)


def test_staff_see_phone_and_desk_side_by_side_with_the_link(client):
    client.force_login(make_user(roles=["Biên tập viên"]))
    article = draft()
    page = text(client.get(reverse("admin:articles_article_preview", args=[article.pk])))
    assert page.count("<iframe") == 2
    assert 'value="http://testserver/xem-truoc/' in page
    assert "mở được đến" in page
