"""The registry and the answers, over a dataset of the tests' own."""

import csv
import io
import json
from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import open_data, open_data_views
from portal.exports import Column
from portal.open_data import Dataset, Filter, Key, Part
from procedures.models import Field
from tests.factory import make_field, make_identity
from tests.portal import open_data_schema

pytestmark = pytest.mark.django_db

LIST = "/api/thu-nghiem.json"


@pytest.fixture(autouse=True)
def fields(monkeypatch):
    """A dataset "thu-nghiem" of three lĩnh vực, each with one part."""
    dataset = Dataset(
        name="thu-nghiem",
        title="Lĩnh vực",
        description="Để thử.",
        columns=(
            Column("slug", "Mã"),
            Column("name", "Tên"),
            Column("order", "Thứ tự", "integer"),
        ),
        items=lambda: Field.objects.exclude(slug="an").order_by("order"),
        row=lambda field: {"slug": field.slug, "name": field.name, "order": field.order},
        detail=lambda field: {
            "slug": field.slug,
            "name": field.name,
            "order": field.order,
            "checked_on": None,
            "papers": [{"title": "Tờ khai"}],
        },
        extra=(Column("checked_on", "Rà soát ngày", "date"),),
        parts=(Part("papers", "Giấy tờ", (Column("title", "Tên"),)),),
        key=Key("slug", "slug", r"[a-z-]{1,20}"),
        filters=(
            Filter("ten", "tên", "slug", "slug"),
            Filter("chi-so-tong", "có hay không", "totals_only", "choice", ("0", "1")),
            Filter("nam", "năm", "order", "year"),
            Filter("tu-ngay", "từ ngày", "name__gte", "date"),
        ),
        reason_gone=lambda key: "Gỡ vì nhầm." if key == "da-go" else "",
    )
    monkeypatch.setitem(open_data._datasets, "thu-nghiem", dataset)
    for number, slug in enumerate(("mot", "hai", "ba"), start=1):
        make_field(
            slug=slug, name=f"=Lĩnh vực {slug}", order=number, totals_only=number == 3
        )
    make_field(slug="an", name="Chưa công khai", order=9)


def read(client, address, status=200, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == status, (address, response.content)
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(response.content)


def slugs(answer):
    return [item["slug"] for item in answer["items"]]


def test_a_list_comes_in_pages_that_lead_to_one_another(client):
    first = read(client, f"{LIST}?so-dong=2")
    assert slugs(first) == ["mot", "hai"]
    assert (first["total"], first["page"], first["pages"]) == (3, 1, 2)
    assert first["previous"] is None
    second = read(client, first["next"].removeprefix("http://testserver"))
    assert slugs(second) == ["ba"]
    assert second["next"] is None
    assert read(client, second["previous"].removeprefix("http://testserver")) == first


def test_the_links_keep_the_filters(client):
    answer = read(client, f"{LIST}?chi-so-tong=0&so-dong=1&la=1")
    assert answer["next"] == f"http://testserver{LIST}?chi-so-tong=0&so-dong=1&trang=2"


def test_a_filter_that_fits_nothing_finds_nothing(client):
    assert read(client, f"{LIST}?ten=khong-co")["items"] == []
    assert slugs(read(client, f"{LIST}?ten=hai")) == ["hai"]
    assert slugs(read(client, f"{LIST}?chi-so-tong=1")) == ["ba"]


@pytest.mark.parametrize(
    "query",
    ["trang=0", "trang=-1", "trang=abc", "trang=٣", "so-dong=0", "so-dong=501", "so-dong=x"]
    + ["so-dong=99999999999999999999", "ten=Đông", "chi-so-tong=2", "tu-ngay=2024-02-31"]
    + ["tu-ngay=31/01/2024", "nam=20", "ten=%27%20or%201=1"],
)
def test_a_value_that_cannot_be_is_refused_by_name(client, query):
    error = read(client, f"{LIST}?{query}", status=400)
    assert query.partition("=")[0] in error["message"]


def test_unknown_parameters_are_ignored(client):
    assert slugs(read(client, f"{LIST}?utm_source=x")) == ["mot", "hai", "ba"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/khong-co.json",
        "/api/khong-co.csv",
        f"{LIST}?trang=2",
        "/api/thu-nghiem/an.json",
    ]
    + [
        "/api/thu-nghiem/XYZ.json",
        "/api/thu-nghiem",
        "/api/a/b/c",
        f"{LIST}?trang=9999999999",
    ],
)
def test_what_is_not_there_is_said_in_json(client, address):
    assert read(client, address, status=404)["status"] == 404


def test_one_item_has_all_its_parts(client):
    item = read(client, "/api/thu-nghiem/hai.json")["item"]
    assert item["papers"] == [{"title": "Tờ khai"}]
    assert item["checked_on"] is None


def test_what_was_taken_back_is_gone_with_its_reason(client):
    error = read(client, "/api/thu-nghiem/da-go.json", status=410)
    assert error["message"] == "Gỡ vì nhầm."


def test_a_file_holds_all_that_the_filters_leave(client):
    response = client.get("/api/thu-nghiem.csv?chi-so-tong=0")
    text = response.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Mã", "Tên", "Thứ tự"],
        ["mot", "'=Lĩnh vực mot", "1"],
        ["hai", "'=Lĩnh vực hai", "2"],
    ]


@pytest.mark.parametrize("address", [LIST, "/api/thu-nghiem.csv", "/api/openapi.json"])
def test_who_has_the_data_gets_a_304_until_they_change(client, address, content_committed):
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("address", [LIST, "/api/thu-nghiem.csv"])
def test_changed_data_have_another_tag(client, address, content_committed):
    tag = client.get(address)["ETag"]
    Field.objects.filter(slug="mot").update(name="Tên mới")
    content_committed()
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_pages_of_one_list_have_tags_of_their_own(client):
    first = client.get(f"{LIST}?so-dong=1")["ETag"]
    second = client.get(f"{LIST}?so-dong=1&trang=2", headers={"If-None-Match": first})
    assert second.status_code == 200


@pytest.mark.parametrize("address", [LIST, "/api/thu-nghiem.csv", "/api/khong-co.json"])
def test_any_other_site_may_read_it_without_credentials(client, address):
    response = client.get(address, headers={"Origin": "https://bao.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Robots-Tag"] == "noindex"
    preflight = client.options(address)
    assert preflight.status_code == 200
    assert "If-None-Match" in preflight["Access-Control-Allow-Headers"]


def test_nothing_can_be_written():
    client = Client(
        enforce_csrf_checks=True
    )  # as outside tests, where it says no by a page
    response = client.post(LIST, {"name": "x"})
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert json.loads(response.content)["status"] == 405


def test_who_asks_too_fast_is_told_when_to_come_back(client):
    with time_machine.travel("2024-01-26T05:00:00Z", tick=False) as clock:
        for _ in range(open_data_views.FILES_PER_MINUTE):
            assert client.get("/api/thu-nghiem.csv").status_code == 200
        response = client.get("/api/thu-nghiem.csv")
        assert response.status_code == 429
        assert json.loads(response.content)["status"] == 429
        assert response["Access-Control-Allow-Origin"] == "*"
        assert client.get(LIST).status_code == 200
        clock.shift(timedelta(seconds=int(response["Retry-After"])))
        assert client.get("/api/thu-nghiem.csv").status_code == 200


def test_a_database_that_is_away_is_said_in_json(client):
    away = OperationalError("away")
    with mock.patch.object(open_data_views.ratelimit, "allow", side_effect=away):
        response = client.get(LIST)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert json.loads(response.content)["status"] == 503


def test_a_page_of_a_list_costs_six_queries_at_most(client):
    # The limit, the content version, the count, the rows, the unit's name.
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert len(queries) <= 6


def test_terms_of_use_travel_with_the_data(client):
    make_identity()
    answer = read(client, LIST)
    assert answer["licence_url"] == open_data.LICENCE_URL
    assert answer["attribution"] == "Nguồn: Xã Đông Thanh, http://testserver/"


def test_the_page_for_people_explains_every_dataset(client):
    html = client.get("/api/").content.decode()
    for dataset in open_data.all_datasets():
        assert dataset.title in html
        assert f"/api/{dataset.name}.csv" in html
    assert open_data.LICENCE in html


def test_every_documented_address_answers_as_documented(client):
    document = read(client, "/api/openapi.json")
    assert document["openapi"].startswith("3.1")
    own = {path: each for path, each in document["paths"].items() if "thu-nghiem" in path}
    assert len(own) == 3
    for path, operations in own.items():
        ((media_type, described),) = operations["get"]["responses"]["200"][
            "content"
        ].items()
        response = client.get(path.replace("{slug}", "hai"))
        assert response.status_code == 200, path
        assert response["Content-Type"].partition(";")[0] == media_type
        wrong = open_data_schema.errors(
            open_data_schema.body(response), described["schema"], document
        )
        assert list(wrong) == [], path


def test_the_check_of_answers_sees_what_is_wrong():
    document = {"components": {"schemas": {}}}
    schema = {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"], "format": "date"}},
        "required": ["a"],
    }
    for wrong in ({}, {"a": 1}, {"a": "31/01/2024"}, {"a": None, "b": 1}, []):
        assert list(open_data_schema.errors(wrong, schema, document)), wrong
    assert not list(open_data_schema.errors({"a": "2024-01-31"}, schema, document))
