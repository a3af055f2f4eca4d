"""Where the rest of the site meets bodies and officers."""

from datetime import UTC, datetime

import pytest
import time_machine

from organisation import entrances
from organisation.models import BodyKind
from portal import admin_start, public_pages, roles, site_search, subjects, targets
from portal.search_question import parse
from portal.site_search import Narrowing, Tier
from tests.factory import make_body, make_officer, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_the_menu_leaves_an_empty_chart_out():
    assert not targets.all_targets()["organisation:chart"].has_content


def test_the_menu_can_lead_to_the_chart_and_to_shown_bodies():
    body = make_body()
    make_body(parent=make_body(is_shown=False))
    found = {
        key: each for key, each in targets.all_targets().items() if "organisation" in key
    }
    assert found["organisation:chart"].has_content
    bodies = [key for key in found if key.startswith("organisation:body")]
    assert bodies == [f"organisation:body:{body.pk}"]


def test_public_lists_name_a_body_as_it_is_now():
    body, hidden = make_body(name="Một cửa"), make_body(is_shown=False)
    shown = public_pages.shown("body", [str(body.pk), str(hidden.pk), "x", "999"])
    assert {key: each.title for key, each in shown.items()} == {str(body.pk): "Một cửa"}


def test_whoever_may_is_led_from_a_body_to_the_admin():
    body = make_body()
    keeper = make_user(roles=[roles.APPROVER])
    address = subjects.admin_address("body", str(body.pk), keeper)
    assert address == f"/quan-tri/organisation/body/{body.pk}/change/"
    assert subjects.admin_address("body", "999999", keeper) == ""
    assert subjects.admin_address("body", "x", keeper) == ""
    assert subjects.admin_address("body", str(body.pk), make_user()) == ""


@time_machine.travel(AT)
def test_the_start_page_names_officers_whose_term_is_over(rf):
    ended = make_officer(term="2020–2025", position="Bí thư", name="Mai Lam")
    make_officer(term="2021–2026")
    make_officer(term="")
    make_officer(term="2016–2021", is_shown=False)
    request = rf.get("/")
    request.user = make_user(roles=[roles.APPROVER])
    (panel,) = (
        each for each in admin_start.panels_for(request) if "nhiệm kỳ" in each.title
    )
    (row,) = panel.rows
    assert (row.text, row.when) == (
        "Bí thư Mai Lam",
        "Nhiệm kỳ 2020–2025 đã hết, hãy xem lại.",
    )
    assert row.url == f"/quan-tri/organisation/officer/{ended.pk}/change/"
    request.user = make_user(roles=[roles.STATISTICS_READER])
    assert list(entrances.start_panels(request)) == []


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("chu tich ubnd", "Chủ tịch Ủy ban nhân dân Đàm Thiên Vĩ"),
        ("UBND xã", "Uỷ ban nhân dân xã"),
        ("hđnd xã", "Hội đồng nhân dân xã"),
        ("chủ tịch", "Chủ tịch Ủy ban nhân dân Đàm Thiên Vĩ"),
    ],
)
def test_offices_are_found_by_their_usual_abbreviations(asked, title):
    make_body(name="Hội đồng nhân dân xã")
    committee = make_body(name="Uỷ ban nhân dân xã")
    position = "Chủ tịch Ủy ban nhân dân"
    make_officer(body=committee, position=position, name="Đàm Thiên Vĩ")
    question = parse(asked)
    found = site_search.search(question, Narrowing(kind="to-chuc"), at=AT)
    assert found.matches[0].tier == Tier.TITLE
    _, best = site_search.show(found.matches, question)[0]
    assert "".join(text for text, _ in best.title_pieces) == title


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("chu tich uy ban", "Chủ tịch Ủy ban nhân dân Đàm Thiên Vĩ"),
        ("Đàm Thiên Vĩ", "Chủ tịch Ủy ban nhân dân Đàm Thiên Vĩ"),
        ("thien vi", "Chủ tịch Ủy ban nhân dân Đàm Thiên Vĩ"),
        ("tu phap", "Tư pháp – Hộ tịch"),
        ("chung thuc", "Tư pháp – Hộ tịch"),
    ],
)
def test_the_search_finds_officers_and_bodies(asked, title):
    make_officer(
        body=make_body(name="Ủy ban", slug="uy-ban", kind=BodyKind.COMMITTEE),
        name="Đàm Thiên Vĩ",
        position="Chủ tịch Ủy ban nhân dân",
    )
    make_body(name="Tư pháp – Hộ tịch", duties="Khai sinh\nChứng thực bản sao")
    make_body(name="Tư pháp cũ", duties="Chứng thực", is_shown=False)
    question = parse(asked)
    found = site_search.search(question, Narrowing(kind="to-chuc"), at=AT)
    shown = [result for _, result in site_search.show(found.matches, question)]
    assert "".join(piece for piece, _ in shown[0].title_pieces) == title
    assert all("cũ" not in str(result.title_pieces) for result in shown)


def test_the_chart_is_open_data_without_what_is_hidden(client):
    above = make_body(slug="ubnd", kind=BodyKind.COMMITTEE)
    body = make_body(
        slug="tu-phap", name="Tư pháp", parent=above, duties="Khai sinh", phone="113"
    )
    make_body(slug="an", parent=make_body(slug="tren", is_shown=False))
    make_officer(body=body, name="Mai Lam", position="Công chức", term="2021–2026", order=7)
    bodies = client.get("/api/co-cau-to-chuc.json?khoi=chuyen-mon").json()
    (item,) = bodies["items"]
    assert item == {
        "slug": "tu-phap",
        "name": "Tư pháp",
        "kind": "Bộ phận chuyên môn",
        "parent": "ubnd",
        "duties": "Khai sinh",
        "address": None,
        "phone": "113",
        "email": None,
        "path": "/co-cau-to-chuc/tu-phap/",
    }
    (officer,) = client.get("/api/can-bo.json?co-quan=tu-phap").json()["items"]
    assert officer.keys() == {
        *("name", "position", "body", "body_slug", "phone", "email", "path")
    }
    assert client.get("/api/co-cau-to-chuc/an.json").status_code == 404


def test_an_empty_chart_is_not_in_the_sitemap(client):
    assert "/co-cau-to-chuc/" not in client.get("/sitemap-to-chuc.xml").content.decode()


def test_the_sitemap_lists_shown_bodies(client):
    make_body(slug="tu-phap")
    make_body(slug="an", is_shown=False)
    text = client.get("/sitemap-to-chuc.xml").content.decode()
    assert "/co-cau-to-chuc/tu-phap/" in text
    assert "/co-cau-to-chuc/an/" not in text
