import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from PIL import Image

from tests.factory import make_identity, make_picture

pytestmark = pytest.mark.django_db

SECURITY = "/.well-known/security.txt"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def fields(response):
    """Return the (name, value) pairs of a security.txt."""
    return [tuple(line.split(": ", 1)) for line in response.content.decode().splitlines()]


@time_machine.travel(NOW, tick=False)
def test_security_txt_names_the_unit_and_ends_within_a_year(client):
    make_identity(email="ubnd@example.vn", phone="0237.000.0001")
    response = client.get(SECURITY)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    found = fields(response)
    assert [value for name, value in found if name == "Contact"] == [
        "mailto:ubnd@example.vn",
        "tel:+842370000001",
    ]
    assert dict(found)["Preferred-Languages"] == "vi"
    assert dict(found)["Canonical"] == f"http://testserver{SECURITY}"
    ends = datetime.strptime(dict(found)["Expires"], "%Y-%m-%dT%H:%M:%S%z")
    assert timedelta(days=90) < ends - NOW < timedelta(days=365)


@pytest.mark.parametrize(
    ("contact", "names"),
    [({"email": "", "phone": "113"}, ["tel:113"]), ({"phone": ""}, ["mailto:a@b.vn"])],
)
def test_security_txt_names_only_what_is_known(client, contact, names):
    make_identity(**{"email": "a@b.vn"} | contact)
    contacts = [value for name, value in fields(client.get(SECURITY)) if name == "Contact"]
    assert contacts == names


def test_without_anybody_to_tell_there_is_no_security_txt(client):
    assert client.get(SECURITY).status_code == 404
    make_identity(email="", phone="")
    assert client.get(SECURITY).status_code == 404


def test_the_old_place_of_security_txt_leads_to_the_new_one(client):
    response = client.get("/security.txt")
    assert (response.status_code, response["Location"]) == (301, SECURITY)


def test_robots_may_read_whatever_says_itself_that_it_must_not_be_listed(client):
    response = client.get("/robots.txt")
    rules = re.findall(r"^Disallow: (.*)$", response.content.decode(), re.MULTILINE)
    assert rules == ["/quan-tri/"]
    assert "max-age" in response["Cache-Control"]


def test_the_manifest_carries_the_unit_and_icons_of_the_sizes_it_says(client, settings):
    make_identity(emblem=make_picture())
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert manifest["name"] == "Trang thông tin điện tử Xã Đông Thanh"
    assert manifest["display"] == "browser"
    assert [icon["purpose"] for icon in manifest["icons"]] == ["any", "any", "maskable"]
    for icon in manifest["icons"]:
        # The unit's emblem is never made an icon: all of them come from our own folder.
        file = settings.BASE_DIR / icon["src"].removeprefix("/")
        with Image.open(file) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]


def test_a_site_without_a_name_has_a_manifest_too(client):
    assert json.loads(client.get("/site.webmanifest").content)["short_name"]


def test_the_icon_is_a_real_one_in_three_sizes(client):
    response = client.get("/favicon.ico")
    assert response["Content-Type"] == "image/x-icon"
    assert "max-age" in response["Cache-Control"]
    with Image.open(io.BytesIO(response.content)) as icon:
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_every_page_leads_to_the_manifest(client):
    assert (
        '<link rel="manifest" href="/site.webmanifest">' in client.get("/").content.decode()
    )
