import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from portal import errors, likely_pages
from tests.factory import make_procedure

# Tests without the django_db mark may not touch the database: pytest-django refuses it.

BARE = [
    (errors.bad_request, 400, "Yêu cầu không đọc được"),
    (errors.permission_denied, 403, "Bạn không có quyền xem trang này"),
    (errors.csrf_failure, 403, "Biểu mẫu đã hết hiệu lực"),
    (errors.server_error, 500, "Trang gặp sự cố"),
    (errors.unavailable, 503, "Trang tạm thời chưa phục vụ được"),
]


@pytest.fixture
def request_(rf: RequestFactory):
    return rf.get("/bi-mat-cua-toi/")


@pytest.mark.parametrize(("handler", "status", "heading"), BARE)
def test_a_bare_error_page_needs_no_database(handler, status, heading, request_):
    response = handler(request_)
    html = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in html
    assert html.count("<h1") == 1
    assert 'href="/"' in html
    assert "bi-mat-cua-toi" not in html


@pytest.mark.parametrize(("handler", "status", "heading"), BARE)
def test_an_error_page_that_cannot_be_drawn_is_still_an_answer(
    handler, status, heading, request_, monkeypatch
):
    def broken(template):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = handler(request_)
    assert response.status_code == status
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "thử lại" in response.content.decode()


def test_unavailable_says_when_to_come_back(request_):
    assert errors.unavailable(request_)["Retry-After"] == str(errors.RETRY_AFTER)


def test_not_found_without_a_database_asks_to_come_back(request_, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(errors.redirects, "target_of", away)
    response = errors.not_found(request_)
    assert response.status_code == 503
    assert "Retry-After" in response


@pytest.mark.django_db
def test_not_found_offers_pages_and_never_repeats_the_address(client):
    response = client.get("/khong-co/%3Cb%3Elo-de%3C/b%3E/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "lo-de" not in html
    assert html.count("<h1") == 1
    assert 'href="/so-do-trang/"' in html
    assert 'content="noindex"' in html


def test_a_foreign_host_is_a_bad_request(client):
    response = client.get("/", headers={"host": "ke-la.example"})
    assert response.status_code == 400
    assert "Yêu cầu không đọc được" in response.content.decode()
    assert "ke-la.example" not in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_token_is_refused_in_vietnamese():
    response = Client(enforce_csrf_checks=True).post("/quan-tri/login/", {"username": "a"})
    assert response.status_code == 403
    assert "Biểu mẫu đã hết hiệu lực" in response.content.decode()


# --- Pages that an address may mean ----------------------------------------------------


@pytest.fixture
def procedure():
    return make_procedure(name="Đăng ký khai sinh")


def lost(client, address):
    response = client.get(address)
    assert response.status_code == 404
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/dang-ky-khai-sinh/", "/tin-tuc/x/dang-ky-khai-sinh-123.html", "/a/khai_sinh.aspx"],
)
def test_not_found_offers_pages_that_the_words_of_the_address_mean(
    client, procedure, address
):
    html = lost(client, address)
    assert procedure.get_absolute_url() in html
    assert 'role="search"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/khai/", "/wp-login.php", "/.env", "/1-2-3/"])
def test_an_address_without_words_of_ours_offers_none(client, procedure, address):
    assert procedure.get_absolute_url() not in lost(client, address)


@pytest.mark.django_db
def test_programs_that_try_addresses_cost_no_more_searches(client, procedure, monkeypatch):
    monkeypatch.setattr(likely_pages, "_LIMIT", 1)
    assert procedure.get_absolute_url() in lost(client, "/dang-ky-khai-sinh/")
    assert procedure.get_absolute_url() not in lost(client, "/dang-ky-khai-sinh/")
