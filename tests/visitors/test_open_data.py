import csv
import json
from datetime import date

import pytest
import time_machine

from portal import open_data
from tests.portal import open_data_schema
from tests.visitors.conftest import local
from visitors import figures
from visitors.models import Day, Source, VisitSettings

pytestmark = pytest.mark.django_db

NOW = local("2025-03-05 10:00:00")
FIGURES = "/api/truy-cap/"
DAYS = "/api/truy-cap-theo-ngay.json"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def days():
    """Three days: yesterday is a sample, the day before without a visit, and today."""
    Day.objects.create(day=date(2025, 3, 3), closed_at=local("2025-03-04 00:06:00"))
    Day.objects.create(
        day=date(2025, 3, 4), views=9, visits=4, visitors=3, source=Source.SAMPLE
    )
    Day.objects.create(day=date(2025, 3, 5), views=2, visits=1, visitors=1)


def read(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def test_the_five_figures_come_with_stamp_unit_and_terms(client, days):
    answer = read(client, FIGURES)
    assert answer["item"] == {
        "unit": "lượt truy cập",
        "as_of": "2025-03-05T10:00:00+07:00",
        "today": 1,
        "yesterday": 4,
        "this_week": 5,
        "this_month": 5,
        "total": 5,
        "online": None,
        "definitions": "/thong-ke-truy-cap/cach-tinh/",
    }
    assert answer["licence_url"] == open_data.LICENCE_URL
    assert answer["attribution"].startswith("Nguồn: ")


def test_the_api_agrees_with_the_page_at_one_stamp(client, days):
    item = read(client, FIGURES)["item"]
    text = " ".join(client.get("/thong-ke-truy-cap/").content.decode().split())
    assert "10:00:00 05/03/2025" in text
    for label, key in zip(
        figures.LABELS,
        ("today", "yesterday", "this_week", "this_month", "total"),
        strict=True,
    ):
        assert text.count(f"<dt>{label}</dt><dd>{item[key]}</dd>") == 2, label


def test_who_is_present_is_told_only_where_the_administrator_says_so(client):
    VisitSettings.objects.create(pk=1, show_online=True)
    assert read(client, FIGURES)["item"]["online"] == 0


def test_the_figures_of_one_moment_are_sent_once(client, days, clock):
    first = client.get(FIGURES)
    again = client.get(FIGURES, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    figures.forget()
    clock.move_to(local("2025-03-05 10:00:01"))
    later = client.get(FIGURES, headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert json.loads(later.content)["item"]["as_of"] == "2025-03-05T10:00:01+07:00"


def test_any_other_site_may_read_the_figures(client):
    response = client.get(FIGURES, headers={"Origin": "https://bao.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-cache"
    assert not response.cookies
    assert client.post(FIGURES).status_code == 405


def test_figures_that_cannot_be_read_are_no_zeros(client, monkeypatch):
    monkeypatch.setattr("visitors.figures._current", lambda now: None)
    response = client.get(FIGURES)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert json.loads(response.content)["message"].startswith("Chưa đọc được số liệu.")


def test_an_unknown_record_is_not_found_in_json(client):
    response = client.get("/api/khong-co/")
    assert response.status_code == 404
    assert json.loads(response.content)["status"] == 404


def test_the_answers_are_as_the_openapi_document_describes_them(client, days):
    document = read(client, "/api/openapi.json")
    for address in (FIGURES, DAYS):
        content = document["paths"][address]["get"]["responses"]["200"]["content"]
        schema = content["application/json"]["schema"]
        wrong = open_data_schema.errors(read(client, address), schema, document)
        assert list(wrong) == [], address
    assert "503" in document["paths"][FIGURES]["get"]["responses"]


def test_the_page_for_people_leads_to_the_figures_and_the_days(client):
    html = client.get("/api/").content.decode()
    assert f'href="{FIGURES}"' in html
    assert f'href="{DAYS}"' in html


def test_the_days_are_those_that_are_over_the_newest_first(client, days):
    items = read(client, DAYS)["items"]
    assert [(each["day"], each["visits"]) for each in items] == [
        ("2025-03-04", 4),
        ("2025-03-03", 0),
    ]
    assert (items[0]["source"], items[0]["closed_at"]) == ("số liệu mẫu", None)
    assert items[1]["closed_at"] == "2025-03-04T00:06:00+07:00"


def test_days_can_be_chosen_by_date(client, days):
    answer = read(client, f"{DAYS}?tu-ngay=2025-03-04&den-ngay=2025-03-04")
    assert [each["day"] for each in answer["items"]] == ["2025-03-04"]
    assert read(client, f"{DAYS}?nam=2024")["items"] == []
    assert client.get(f"{DAYS}?tu-ngay=2025-02-31").status_code == 400


def test_all_days_come_as_one_file(client, days):
    response = client.get("/api/truy-cap-theo-ngay.csv")
    head, *rows = csv.reader(response.getvalue().decode("utf-8-sig").splitlines())
    assert head[:3] == ["Ngày, theo giờ Việt Nam", "Lượt xem", "Lượt truy cập"]
    assert [row[:3] for row in rows] == [["2025-03-04", "9", "4"], ["2025-03-03", "0", "0"]]


@pytest.mark.parametrize("address", [DAYS, "/api/truy-cap-theo-ngay.csv"])
def test_an_answer_about_days_is_kept_for_a_minute_without_a_commit(
    client, days, clock, address
):
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    Day.objects.filter(day=date(2025, 3, 4)).update(views=10)
    clock.move_to(local("2025-03-05 10:01:00"))
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
