"""The chart and the page of a body, as readers see them."""

import json
import re
from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organisation.models import BodyKind, Reception
from tests.factory import make_body, make_identity, make_officer, make_picture

pytestmark = pytest.mark.django_db

CHART = "/co-cau-to-chuc/"


@pytest.fixture
def office():
    """A committee with an office of two officers below it."""
    make_identity()
    committee = make_body(
        name="Ủy ban nhân dân xã", slug="ubnd", kind=BodyKind.COMMITTEE, order=1
    )
    make_officer(body=committee, name="Đàm Thiên Vĩ", position="Chủ tịch")
    office = make_body(
        name="Tư pháp – Hộ tịch",
        slug="tu-phap",
        parent=committee,
        duties="Đăng ký khai sinh\nChứng thực",
        address="Phòng 3",
        phone="0237.000.0007",
        email="tuphap@dongthanh.example",
    )
    make_officer(body=office, name="Kiều Vân Sơn", position="Công chức", order=2)
    make_officer(
        body=office,
        name="Lục Ngân Giang",
        position="Phụ trách",
        order=1,
        term="2021–2026",
        responsibilities="hộ tịch, chứng thực",
        phone="0237.000.0008",
        email="giang@dongthanh.example",
    )
    return office


def text_of(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def graph_of(html):
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(script)["@graph"]


def test_the_chart_is_a_nested_list_with_the_head_of_each_body(client, office):
    html = client.get(CHART).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert re.search(
        r'<ul class="chart">.*ubnd/.*<ul class="chart__groups">.*Bộ phận chuyên môn'
        r'.*<ul class="chart__branch">.*tu-phap/.*</ul>.*</ul>.*</ul>',
        main,
        re.DOTALL,
    )
    words = text_of(main)
    assert "Ủy ban nhân dân xã Chủ tịch: Đàm Thiên Vĩ" in words
    assert "Tư pháp – Hộ tịch Phụ trách: Lục Ngân Giang" in words
    assert "Kiều Vân Sơn" not in words


def test_an_empty_chart_leads_to_the_contact_page(client):
    assert "Sơ đồ tổ chức đang được cập nhật" in client.get(CHART).content.decode()


def test_bodies_of_any_depth_stand_in_the_chart(client):
    body = None
    for number in range(12):
        body = make_body(parent=body, name=f"Cấp {number}")
    assert "Cấp 11" in client.get(CHART).content.decode()


@time_machine.travel("2026-03-02 01:00Z")
def test_a_body_tells_what_it_does_and_how_to_reach_it(client, office):
    html = client.get("/co-cau-to-chuc/tu-phap/").content.decode()
    assert "<li>Đăng ký khai sinh</li>" in html
    assert 'href="tel:+842370000007"' in html
    assert 'href="mailto:tuphap@dongthanh.example"' in html
    words = text_of(html)
    assert "Trực thuộc Ủy ban nhân dân xã" in words
    first = words.index("Lục Ngân Giang Phụ trách Nhiệm kỳ 2021–2026")
    assert first < words.index("Kiều Vân Sơn Công chức")
    assert "Phụ trách: hộ tịch, chứng thực" in words
    assert 'href="tel:+842370000008"' in html


@time_machine.travel("2027-03-02 01:00Z")
def test_a_term_that_is_over_is_left_out(client, office):
    assert "Nhiệm kỳ" not in text_of(
        client.get("/co-cau-to-chuc/tu-phap/").content.decode()
    )


def test_a_photo_has_words_and_who_has_none_a_neutral_mark(client, office):
    make_officer(body=office, name="Mai Lam", position="Phó", photo=make_picture(alt=""))
    html = client.get("/co-cau-to-chuc/tu-phap/").content.decode()
    assert 'alt="Ảnh Phó Mai Lam"' in html
    assert (
        '<span class="officer__photo officer__initials" aria-hidden="true">LG</span>'
        in (html)
    )


@time_machine.travel("2026-03-02 01:00Z")
def test_an_officer_who_receives_citizens_leads_to_the_timetable(client, office):
    officer = office.officers.get(order=1)
    for day in (1, 5, 12):
        Reception.objects.create(
            day=date(2026, 3, day),
            starts_at=time(8),
            ends_at=time(11),
            officer=officer,
            place="Phòng tiếp công dân",
            cancelled_reason="Họp" if day == 5 else "",
        )
    html = client.get("/co-cau-to-chuc/tu-phap/").content.decode()
    assert re.search(
        r'Tiếp công dân: <a href="/lich-tiep-cong-dan/">Thứ Năm 12/03/2026, 8 giờ', html
    )


@pytest.mark.parametrize("hidden", ["ubnd", "tu-phap"])
def test_a_hidden_body_hides_what_lies_below_it(client, office, hidden):
    body = office if hidden == "tu-phap" else office.parent
    body.is_shown = False
    body.save()
    assert client.get("/co-cau-to-chuc/tu-phap/").status_code == 404
    html = client.get(CHART).content.decode()
    assert "Tư pháp – Hộ tịch" not in html
    assert "Lục Ngân Giang" not in html


def test_a_hidden_officer_is_nowhere(client, office):
    office.officers.filter(order=1).update(is_shown=False)
    for address in (CHART, "/co-cau-to-chuc/tu-phap/", "/api/can-bo.json"):
        html = client.get(address).content.decode()
        assert "Kiều Vân Sơn" in html
        assert "Lục Ngân Giang" not in html


@pytest.mark.parametrize(
    "slug", ["khong-co", "-", "__", "0", "9" * 30, "a" * 3000, "TU-PHAP", "%00", "%ff"]
)
def test_no_address_but_that_of_a_body_is_answered(client, office, slug):
    assert client.get(f"/co-cau-to-chuc/{slug}/").status_code in (400, 404)


def test_search_engines_are_told_the_members_and_the_body_above(client, office):
    body, crumbs = graph_of(client.get("/co-cau-to-chuc/tu-phap/").content.decode())
    assert body["@type"] == "GovernmentOrganization"
    assert (body["name"], body["telephone"]) == ("Tư pháp – Hộ tịch", "+842370000007")
    assert body["parentOrganization"]["url"] == "http://testserver/co-cau-to-chuc/ubnd/"
    assert body["member"][0] == {
        "@type": "Person",
        "name": "Lục Ngân Giang",
        "jobTitle": "Phụ trách",
        "telephone": "+842370000008",
        "email": "giang@dongthanh.example",
    }
    assert [each["name"] for each in crumbs["itemListElement"]] == [
        "Trang chủ",
        "Cơ cấu tổ chức",
        "Ủy ban nhân dân xã",
        "Tư pháp – Hộ tịch",
    ]


def test_search_engines_are_told_the_heads_of_the_unit(client, office):
    (unit,) = graph_of(client.get(CHART).content.decode())
    assert unit["name"] == "Xã Đông Thanh"
    assert [each["name"] for each in unit["subOrganization"]] == ["Ủy ban nhân dân xã"]


@pytest.mark.parametrize("address", [CHART, "/co-cau-to-chuc/tu-phap/"])
def test_a_name_cannot_end_the_script_of_search_engines(client, office, address):
    office.parent.name = "</script><script>alert(1)</script>"
    office.parent.save()
    assert "<script>alert" not in client.get(address).content.decode()


@pytest.mark.parametrize("address", [CHART, "/co-cau-to-chuc/tu-phap/"])
def test_a_page_costs_few_queries_however_large_the_chart(client, office, address):
    for _ in range(20):
        make_officer(body=make_body(parent=office))
    client.get("/lien-he/")  # what every page has around it is remembered
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= 8
    of_chart = [each for each in queries.captured_queries if "_body" in each["sql"]]
    assert len(of_chart) <= 2  # bodies, officers; receptions name no body
