"""The measurement of state sites (EMC): off, or exactly one script from one origin."""

import pytest
from django.core.checks import run_checks

from articles import previews
from articles.models import Status
from tests import factory
from tests.portal.test_settings import PRODUCTION, loaded

pytestmark = pytest.mark.django_db

SCRIPT = "https://emc.example.vn:8443/m.js?v=1"
ON = {"EMC_SCRIPT_URL": SCRIPT, "EMC_SITE_CODE": "XA-1"}


@pytest.fixture
def measured(settings):
    """Switch the measurement on, with a code that has to be escaped."""
    settings.EMC_SCRIPT_URL = SCRIPT
    settings.EMC_SITE_CODE = 'XA-"1"'
    settings.EMC_CODE_ATTRIBUTE = "data-don-vi"
    settings.EMC_ORIGIN = "https://emc.example.vn:8443"


def policy(**variables):
    settings = loaded(**PRODUCTION, **variables)["settings"]
    return settings["CONTENT_SECURITY_POLICY"]["DIRECTIVES"], settings["STRICT_POLICY"]


def test_the_policy_of_public_pages_takes_in_exactly_the_origin_of_the_script():
    public, strict = policy(**ON)
    origin = "https://emc.example.vn:8443"
    changed = {name for name in public if public[name] != strict.get(name)}
    assert changed == {"script-src", "connect-src", "img-src"}
    assert public["script-src"] == public["connect-src"] == ["'self'", origin]
    assert public["img-src"] == ["'self'", "data:", origin]


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"EMC_SCRIPT_URL": SCRIPT},
        {"EMC_SITE_CODE": "XA-1"},
        ON | {"EMC_SCRIPT_URL": "http://emc.example.vn/m.js"},
        ON | {"EMC_SCRIPT_URL": "https://*/m.js"},
        ON | {"EMC_SCRIPT_URL": "https://a.vn; script-src *"},
        ON | {"EMC_SCRIPT_URL": "//emc.example.vn/m.js"},
    ],
)
def test_what_is_not_whole_opens_nothing(variables):
    public, strict = policy(**variables)
    assert public == strict


def test_public_pages_carry_the_script_and_say_so(measured, client):
    factory.make_identity()
    tag = f'<script src="{SCRIPT}" data-don-vi="XA-&quot;1&quot;" async></script>'
    for address in ("/", "/tin-tuc/", factory.make_article().get_absolute_url()):
        assert client.get(address).content.decode().count(tag) == 1, address
    assert "EMC" in client.get("/quyen-rieng-tu/").content.decode()


def test_without_the_setting_no_page_speaks_of_it(client):
    factory.make_identity()
    html = client.get("/quyen-rieng-tu/").content.decode()
    assert "EMC" not in html
    assert "không tải gì từ máy chủ khác" in html


def test_previews_errors_and_staff_pages_are_not_measured(measured, client):
    factory.make_identity()
    article = factory.make_article(status=Status.DRAFT)
    client.force_login(factory.make_user(is_superuser=True))
    preview = previews.link(article.head)
    for address in ("/khong-co/", "/phong-cach/", "/quan-tri/", preview):
        assert "emc.example.vn" not in client.get(address).text, address


def test_a_sample_is_not_measured(measured, client):
    factory.make_identity(is_demo=True)
    assert "emc.example.vn" not in client.get("/").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"EMC_SITE_CODE": ""},
        {"EMC_ORIGIN": ""},
        {"EMC_CODE_ATTRIBUTE": "onload"},
        {"EMC_CODE_ATTRIBUTE": 'data-x="" onload'},
    ],
)
def test_half_of_it_is_found_by_a_check(measured, settings, wrong):
    for name, value in wrong.items():
        setattr(settings, name, value)
    assert "portal.E009" in {message.id for message in run_checks()}
