"""The frame around every page is read once per content version."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import content_version
from tests import factory

pytestmark = pytest.mark.django_db

FRAME_TABLES = (
    "portal_identity",
    "portal_usefulphone",
    "portal_weblink",
    "portal_menuitem",
    "procedures_period",
    "articles_category",
)


@pytest.fixture
def filled_frame():
    """A site whose frame has something in each of its parts."""
    factory.make_identity()
    factory.make_phone()
    factory.make_web_link()
    factory.make_menu_item(label="Tin tức", target="articles:list")
    factory.make_sheet()
    factory.make_article(is_featured=True)


def _statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("name", ["home", "contact", "site_map", "articles:list"])
def test_an_unchanged_frame_costs_a_page_no_query(client, filled_frame, name):
    first = _statements(client, reverse(name))
    # Also once the half second has passed in which the version is not asked for.
    content_version.forget_version()
    again = _statements(client, reverse(name))
    assert any(f'FROM "{table}"' in sql for table in FRAME_TABLES for sql in first)
    assert [
        sql for sql in again for table in FRAME_TABLES if f'FROM "{table}"' in sql
    ] == []


def test_the_home_page_keeps_its_query_budget(client, filled_frame):
    client.get("/")
    content_version.forget_version()
    # The content version, and at most once a second the figures of the counter.
    assert len(_statements(client, "/")) <= 2


def test_a_changed_phone_is_on_the_next_page(client, filled_frame, content_committed):
    client.get("/")
    factory.make_phone(label="Trạm bơm Kiệm")
    content_committed()
    assert "Trạm bơm Kiệm" in client.get("/").content.decode()
