import pytest
from django.http import Http404
from django.test import RequestFactory

from portal.paging import links_of, page_of


def ask(query, *, items=45):
    return page_of(range(items), RequestFactory().get(f"/{query}"), per_page=20)


def test_pages_are_addressed_by_their_number():
    assert list(ask("?trang=3")) == [40, 41, 42, 43, 44]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?trang=",
        "?trang=0",
        "?trang=-1",
        "?trang=1e9",
        "?trang=a",
        "?trang=%00",
        "?trang=%D9%A2",
        "?trang=+2",
        "?page=2",
    ],
)
def test_nonsense_means_the_first_page(query):
    assert ask(query).number == 1


def test_leading_zeros_do_no_harm():
    assert ask("?trang=002").number == 2


@pytest.mark.parametrize("number", ["4", "999999999", "99999999999999999999", "9" * 5000])
def test_a_page_beyond_the_last_does_not_exist(number):
    with pytest.raises(Http404):
        ask(f"?trang={number}")


def test_an_empty_list_has_an_empty_first_page():
    assert list(ask("", items=0)) == []


@pytest.mark.parametrize(
    ("query", "keep", "expected"),
    [
        ("", "", ("/tin/", "", "/tin/?trang=2")),
        ("?trang=2&khac=1", "", ("/tin/?trang=2", "/tin/", "/tin/?trang=3")),
        ("?trang=3", "muc=a", ("/tin/?muc=a&trang=3", "/tin/?muc=a&trang=2", "")),
    ],
)
def test_search_engines_learn_the_address_of_a_page_and_of_its_neighbours(
    query, keep, expected
):
    request = RequestFactory().get(f"/tin/{query}")
    page = page_of(range(45), request, per_page=20)
    links = links_of(page, request, "/tin/", keep=keep)
    found = [links[name].removeprefix("http://testserver") for name in links]
    assert found == list(expected)


def test_a_list_without_pages_has_just_its_own_address():
    links = links_of(None, RequestFactory().get("/"), "/tin/")
    assert links == {"canonical": "http://testserver/tin/", "prev": "", "next": ""}
