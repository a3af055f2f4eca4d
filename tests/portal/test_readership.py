"""How often texts were read: the registry, its source, and what the newsroom shows."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from articles.models import Status
from portal import readership
from tests.factory import (
    make_article,
    make_category,
    make_page,
    make_page_views,
    make_user,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{TODAY}T09:00:00+07:00", tick=False):
        yield


def seen(kind, object_id, views, *, day=TODAY, path=""):
    return make_page_views(kind=kind, object_id=object_id, views=views, day=day, path=path)


def html(client, address):
    return client.get(address).content.decode()


def test_views_of_all_addresses_and_years_belong_to_the_object():
    seen("article", 7, 2, day=date(2024, 12, 31), path="/tin-tuc/cu/a-7/")
    seen("article", 7, 3, path="/tin-tuc/moi/a-7/")
    seen("article", 8, 10)
    seen("page", 7, 100)
    assert readership.views_of("article", [7, 8, 9]) == {7: 5, 8: 10, 9: 0}
    assert readership.views_of("page", [7]) == {7: 100}
    assert readership.views_of("article", []) == {}


def test_recent_views_are_those_of_thirty_days_with_today():
    seen("article", 7, 1)
    seen("article", 7, 10, day=TODAY - timedelta(days=29))
    seen("article", 7, 100, day=TODAY - timedelta(days=30))
    seen("article", 8, 1000)
    assert readership.recent_views_of("article", 7) == 11
    assert readership.recent_views_of("article", 9) == 0


def test_who_may_see_statistics_is_led_to_the_newest_address():
    seen("article", 7, 1, path="/tin-tuc/cu/a-7/")
    newest = seen("article", 7, 1, path="/tin-tuc/moi/a-7/")
    approver, editor = (
        make_user(roles=["Lãnh đạo duyệt"]),
        make_user(roles=["Biên tập viên"]),
    )
    address = reverse("admin:visitors_page", args=[newest.pk])
    assert readership.address_of("article", 7, approver) == address
    assert readership.address_of("article", 8, approver) == ""
    assert readership.address_of("article", 7, editor) == ""


def test_without_a_counter_nothing_was_read(monkeypatch):
    monkeypatch.setattr(readership, "_source", None)
    assert readership.views_of("article", [7]) == {7: 0}
    assert readership.recent_views_of("article", 7) == 0
    assert readership.address_of("article", 7, make_user()) == ""


# --- In the newsroom ----------------------------------------------------------------------


@pytest.fixture
def approver(client):
    user = make_user(roles=["Lãnh đạo duyệt"])
    client.force_login(user)
    return user


def test_the_list_of_articles_shows_the_views_of_each(client, approver):
    read, unread = make_article(), make_article()
    draft = make_article(status=Status.DRAFT)
    seen("article", read.pk, 1234)
    admin = client.get(reverse("admin:articles_article_changelist"))
    shown = {row.pk: row.views for row in admin.context["cl"].result_list}
    assert shown == {read.pk: 1234, unread.pk: 0, draft.pk: 0}
    cells = admin.content.decode().split('<td class="field-views">')[1:]
    assert sorted(cell.partition("<")[0] for cell in cells) == ["0", "1.234", "—"]


def test_the_views_of_a_list_are_one_query_however_long(client, approver):
    def asked():
        with connection.execute_wrapper(_counting(statements := [])):
            client.get(reverse("admin:articles_article_changelist"))
        return sum("visitors_pagecount" in each for each in statements)

    category = make_category()
    articles = [make_article(category=category) for _ in range(3)]
    assert asked() == 1
    for article in articles:
        seen("article", article.pk, 1)
    assert asked() == 1


def _counting(statements):
    def note(execute, sql, *rest):
        statements.append(sql)
        return execute(sql, *rest)

    return note


def test_an_article_tells_its_views_and_leads_to_more(client, approver):
    article = make_article()
    seen("article", article.pk, 1114, day=TODAY - timedelta(days=200))
    page = seen("article", article.pk, 120)
    form = html(client, reverse("admin:articles_article_change", args=[article.pk]))
    assert "Lượt xem: 1.234, trong đó 30 ngày qua 120." in form
    assert f'href="{reverse("admin:visitors_page", args=[page.pk])}"' in form


def test_who_may_not_see_statistics_sees_the_figure_without_a_link(client):
    client.force_login(make_user(roles=["Biên tập viên"]))
    article = make_article()
    seen("article", article.pk, 5)
    form = html(client, reverse("admin:articles_article_change", args=[article.pk]))
    assert "Lượt xem: 5, trong đó 30 ngày qua 5." in form
    assert "Xem chi tiết lượt xem" not in form


def test_a_draft_that_nobody_could_read_tells_no_views(client, approver):
    article = make_article(status=Status.DRAFT)
    form = html(client, reverse("admin:articles_article_change", args=[article.pk]))
    assert "Lượt xem" not in form


def test_pages_of_the_introduction_tell_their_views_too(client, approver):
    client.force_login(make_user(is_superuser=True))
    page = make_page()
    seen("page", page.pk, 3)
    form = html(client, reverse("admin:articles_page_change", args=[page.pk]))
    assert "Lượt xem: 3, trong đó 30 ngày qua 3." in form
    listing = html(client, reverse("admin:articles_page_changelist"))
    assert '<td class="field-views">3</td>' in listing
