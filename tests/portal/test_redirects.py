import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.audit import AuditEntry
from portal.redirects import Redirect, normal, remember, target_of
from portal.refusals import Refused
from portal.roles import ADMINISTRATOR, EDITOR
from tests.factory import make_article, make_category, make_user

pytestmark = pytest.mark.django_db


def pairs():
    return dict(Redirect.objects.values_list("old", "new"))


# --- What is remembered -----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/portal/Pages/2024-1-26/Đại-hội.aspx?id=12",
        "/portal/pages/2024-1-26/%C4%90%E1%BA%A1i-h%E1%BB%99i.aspx?ID=12",
        "https://xa.example.vn/portal/Pages/2024-1-26/Đại-hội.aspx?id=12#binh-luan",
        "/portal/Pages/2024-1-26/Đại-hội.aspx/?fbclid=abc&id=12&utm_source=zalo",
        "  /portal/Pages/2024-1-26/Đại-hội.aspx?id=12 ",
    ],
)
def test_an_old_address_is_known_however_it_is_written(address):
    assert normal(address) == "/portal/pages/2024-1-26/đại-hội.aspx?id=12"


@pytest.mark.parametrize(
    "address",
    ["", "/", "khong-co-dau", "//ke-la.example", "/%5Cx", "http://[x/", "/" + "a" * 700],
)
def test_what_is_no_address_of_a_page_is_not_remembered(address):
    with pytest.raises(Refused):
        remember(old=address, new="/lien-he/")
    assert pairs() == {}


@pytest.mark.parametrize(
    "address",
    ["", "lien-he", "//ke-la.example/", "/\\ke-la", "https://ke-la.example/", "/a\r\nX: y"],
)
def test_nothing_leads_away_from_this_site(address):
    with pytest.raises(Refused):
        remember(old="/cu/", new=address)
    assert pairs() == {}


def test_what_led_to_an_address_follows_it_when_it_moves():
    remember(old="/a/", new="/b/")
    remember(old="/b/", new="/c/")
    assert pairs() == {"/a": "/c/", "/b": "/c/"}


def test_moving_back_leaves_no_circle():
    remember(old="/a/", new="/b/")
    remember(old="/b/", new="/a/")
    assert pairs() == {"/b": "/a/"}
    assert remember(old="/A", new="/a/") is None
    assert pairs() == {"/b": "/a/"}


NAMES = st.sampled_from(["/a/", "/b/", "/c/", "/d/", "/d/?x=1"])


@given(moves=st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_whatever_moves_nobody_is_sent_on_twice(moves):
    with transaction.atomic():
        for old, new in moves:
            remember(old=old, new=new)
        known = pairs()
        transaction.set_rollback(True)
    assert not {normal(new) for new in known.values()} & set(known)


def test_the_database_itself_refuses_a_circle_and_another_site():
    for old, new in (("/a", "/a/"), ("/a", "//b"), ("a", "/b")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Redirect.objects.create(old=old, new=new, new_key=new.rstrip("/"))


# --- What readers get -------------------------------------------------------------------


def test_a_gone_address_leads_to_the_new_one(client):
    remember(old="/portal/Pages/Tin.aspx?id=12", new="/lien-he/")
    response = client.get("/portal/pages/tin.aspx?ID=12&fbclid=x")
    assert (response.status_code, response["Location"]) == (301, "/lien-he/")
    # A browser that kept it for ever could never come back to a page that has moved back.
    assert response["Cache-Control"] == "no-cache"
    assert "X-Portal-Page" not in response
    assert client.get("/portal/pages/tin.aspx?id=13").status_code == 404


def test_a_redirect_of_the_path_alone_hands_the_query_on(client):
    remember(old="/tin-tuc/ten-cu/", new="/tin-tuc/ten-moi/")
    remember(old="/tin-tuc/ten-cu/?trang=3", new="/lien-he/")
    for query, target in (
        ("", "/tin-tuc/ten-moi/"),
        ("?trang=2", "/tin-tuc/ten-moi/?trang=2"),
        ("?trang=3", "/lien-he/"),
        (f"?x={'y' * 3000}", "/tin-tuc/ten-moi/"),
    ):
        assert client.get(f"/tin-tuc/ten-cu/{query}")["Location"] == target


def test_a_page_that_answers_is_never_redirected(client):
    article = make_article()
    remember(old=article.get_absolute_url(), new="/lien-he/")
    assert client.get(article.get_absolute_url()).status_code == 200


def test_an_article_keeps_its_number_through_every_change_of_address(client):
    article = make_article()
    first = article.get_absolute_url()
    article.slug = "ten-moi"
    article.category = make_category()
    article.save()
    response = client.get(first)
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_only_reading_is_redirected(client):
    remember(old="/cu/", new="/lien-he/")
    assert client.head("/cu/").status_code == 301
    assert client.post("/cu/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/x/?" + "&" * 3000,
        "/" + "đ" * 660 + "/",
        "/%F0%9F%98%80/?%F0%9F%98%80=%00"[:-3],
    ],
)
def test_a_hostile_address_is_still_only_unknown(client, address):
    remember(old="/cu/", new="/lien-he/")
    assert client.get(address).status_code == 404


def test_without_a_database_there_is_no_redirect_but_an_answer(client, monkeypatch):
    def away(request):
        raise OperationalError("connection refused")

    monkeypatch.setattr("portal.redirects.target_of", away)
    assert client.get("/khong-co/").status_code == 503


def test_looking_up_costs_one_query(rf, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert target_of(rf.get("/khong-co/?a=b")) == ""


# --- The admin --------------------------------------------------------------------------


@pytest.fixture
def admin(client):
    client.force_login(make_user(roles=[ADMINISTRATOR]))
    return client


def add(client, *, old, new):
    address = reverse("admin:portal_redirect_add")
    return client.post(address, {"old": old, "new": new}, follow=True)


def test_an_administrator_adds_changes_and_deletes_a_redirect(admin):
    page = add(admin, old="https://cu.example.vn/Portal/Tin.aspx?Id=1", new="/lien-he/")
    assert "đang có một trang" not in page.text
    redirect = Redirect.objects.get()
    assert (redirect.old, redirect.new) == ("/portal/tin.aspx?id=1", "/lien-he/")
    assert redirect.created_by is not None
    change = reverse("admin:portal_redirect_change", args=[redirect.pk])
    admin.post(change, {"old": "/khac/", "new": "/so-do-trang/"})
    assert pairs() == {"/portal/tin.aspx?id=1": "/so-do-trang/"}
    admin.post(reverse("admin:portal_redirect_delete", args=[redirect.pk]), {"post": "yes"})
    assert pairs() == {}
    actions = AuditEntry.objects.filter(action__startswith="portal.redirect.")
    assert [entry.action.rpartition(".")[2] for entry in actions.order_by("pk")] == [
        "add",
        "change",
        "delete",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("khong-phai", "/lien-he/", "bắt đầu bằng đúng một dấu /"),
        ("/cu/", "https://ke-la.example/", "một địa chỉ trên cổng này"),
        ("/cu/", "/CU", "là một"),
        ("/cu/", "/da-chuyen/", "Hãy ghi thẳng địa chỉ đó"),
        ("/da-chuyen/", "/lien-he/", "đã có trong danh sách"),
    ],
)
def test_the_form_says_what_is_wrong(admin, old, new, sentence):
    remember(old="/da-chuyen/", new="/so-do-trang/")
    assert sentence in add(admin, old=old, new=new).text
    assert pairs() == {"/da-chuyen": "/so-do-trang/"}


def test_a_warning_says_that_a_page_still_stands_at_the_old_address(admin):
    category = make_category(slug="y-te")
    assert "đang có một trang" in add(admin, old="/tin-tuc/y-te", new="/lien-he/").text
    category.delete()
    assert "đang có một trang" not in add(admin, old="/tin-tuc/x/", new="/lien-he/").text


def test_a_warning_says_that_nothing_stands_at_the_new_address(admin):
    assert "chưa có trang nào" in add(admin, old="/cu/", new="/khong-co/").text
    assert "chưa có trang nào" not in add(admin, old="/cu-2/", new="/lien-he/").text


def test_who_writes_the_news_does_not_see_the_list(client):
    client.force_login(make_user(roles=[EDITOR]))
    assert client.get(reverse("admin:portal_redirect_changelist")).status_code == 403
