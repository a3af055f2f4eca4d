from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.public_post import HONEYPOT, public_post
from portal.refusals import wait_phrase

pytestmark = pytest.mark.django_db


@public_post(scope="thu", limit=3, per=timedelta(hours=1))
def view(request):
    return HttpResponse("đã nhận")


def post(data=None, **headers):
    return view(RequestFactory().post("/gui/", data or {}, headers=headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Origin": "http://testserver"},
        {"Referer": "http://testserver/tin-tuc/"},
    ],
)
def test_a_form_of_this_site_is_received_without_token_or_cookie(headers):
    response = post(**headers)
    assert response.text == "đã nhận"
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://["},
        {"Origin": "null", "Referer": "http://testserver/"},
        {"Referer": "https://evil.example/?http://testserver/"},
    ],
)
def test_what_comes_from_elsewhere_is_refused(headers):
    assert post(**headers).status_code == 403


def test_only_post_is_answered():
    assert view(RequestFactory().get("/gui/")).status_code == 405


def test_a_filled_hidden_field_is_refused_with_an_explanation():
    response = post({HONEYPOT: "https://spam.example"}, **{"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 400
    assert "ô ẩn phải để trống" in response.text


def test_too_many_posts_get_a_429_that_says_when_to_come_back():
    for _ in range(3):
        post(**{"Sec-Fetch-Site": "same-origin"})
    response = post(**{"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 429
    assert 1195 <= int(response["Retry-After"]) <= 1200
    assert "thử lại sau 20 phút" in response.text


def test_refused_strangers_do_not_use_up_the_limit():
    for _ in range(5):
        post(**{"Sec-Fetch-Site": "cross-site"})
    assert post(**{"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 giây"), (60, "60 giây"), (61, "2 phút"), (900, "15 phút"), (86_400, "24 giờ")],
)
def test_waits_are_said_in_round_words(seconds, words):
    assert wait_phrase(seconds) == words
