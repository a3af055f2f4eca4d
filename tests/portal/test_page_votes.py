import re
from datetime import date

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from portal.context import Site
from portal.page_votes import PageVote, cast, signed_page
from tests.factory import make_user

pytestmark = pytest.mark.django_db

FROM_HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def client():
    """A client that insists on CSRF tokens, as browsers meet the site."""
    return Client(enforce_csrf_checks=True)


def drawn(**page):
    template = (
        "{% load page_votes %}{% page_vote kind=kind title=title object_id=object_id %}"
    )
    site = Site(is_official_host=False)
    return Template(template).render(Context({"site": site} | page))


def send(client, *, answer="co", page=None, **data):
    page = (
        signed_page(kind="article", object_id=7, title="Lịch tiếp")
        if page is None
        else page
    )
    return client.post(
        "/phan-hoi/", {"trang": page, "tra_loi": answer} | data, headers=FROM_HERE
    )


def test_pressing_a_button_counts_an_answer_and_thanks(client):
    html = drawn(kind="article", title="Lịch tiếp", object_id=7)
    page = re.search(r'name="trang" value="([^"]+)"', html)[1]
    response = send(client, page=page, dia_chi_trang_web="")
    assert (response.status_code, response["Location"]) == (303, "/phan-hoi/cam-on/")
    thanks = client.get(response["Location"])
    assert "Cảm ơn ý kiến của bạn" in thanks.text
    assert not response.cookies
    assert not thanks.cookies
    vote = PageVote.objects.get()
    assert (vote.kind, vote.object_id, vote.title) == ("article", "7", "Lịch tiếp")
    assert (vote.helpful, vote.unhelpful) == (1, 0)


def test_the_form_of_a_page_is_the_same_for_every_reader_and_holds_no_token():
    first = drawn(kind="article", title="Lịch tiếp", object_id=7)
    assert first == drawn(kind="article", title="Lịch tiếp", object_id=7)
    assert "csrf" not in first


@pytest.mark.time_machine("2025-03-10 17:30:00+00:00")
def test_answers_are_added_up_by_page_and_local_day(client):
    send(client, answer="co")
    send(client, answer="khong")
    send(client, page=signed_page(kind="period", object_id=7, title="Kỳ"))
    rows = PageVote.objects.order_by("kind").values_list(
        "kind", "day", "helpful", "unhelpful"
    )
    day = date(2025, 3, 11)  # 00:30 in Việt Nam
    assert list(rows) == [("article", day, 1, 1), ("period", day, 1, 0)]


@pytest.mark.parametrize("page", ["", "nonsense", "article:7:x", "WyJhIl0:abc"])
def test_only_pages_of_this_site_can_be_voted_on(client, page):
    assert send(client, page=page).status_code == 400
    assert not PageVote.objects.exists()


@pytest.mark.parametrize("answer", ["", "1", "có", "co "])
def test_an_unknown_answer_is_refused(client, answer):
    assert send(client, answer=answer).status_code == 400
    assert not PageVote.objects.exists()


def test_one_address_counts_at_most_five_times_a_day_for_a_page(client):
    responses = [send(client).status_code for _ in range(8)]
    assert set(responses) == {303}
    assert PageVote.objects.get().helpful == 5


def test_reading_the_address_of_the_form_is_not_possible(client):
    assert client.get("/phan-hoi/").status_code == 405


def test_staff_read_the_counts_and_cannot_change_them(client):
    cast(
        kind="article", object_id="7", title="Lịch tiếp", helpful=True, day=date(2025, 3, 1)
    )
    client.force_login(make_user(is_superuser=True))
    listing = client.get(reverse("admin:portal_pagevote_changelist"))
    assert "Lịch tiếp" in listing.text
    assert client.get(reverse("admin:portal_pagevote_add")).status_code == 403
