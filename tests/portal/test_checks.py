from pathlib import Path

import pytest
from django.core.checks import run_checks

from portal import checks


def found():
    messages = run_checks(include_deployment_checks=True)
    return {message.id for message in messages if message.id.startswith("portal.")}


def unwrapped(environ, start_response):
    """A WSGI application that counts nothing."""


def test_a_well_set_up_site_has_no_findings():
    assert found() == set()


def test_a_folder_that_cannot_be_written_is_found(settings, monkeypatch):
    settings.VAR_DIR = Path("/no/such/folder")
    monkeypatch.setattr(checks.os, "access", lambda folder, mode: folder != Path("/"))
    assert found() == {"portal.E001"}


@pytest.mark.parametrize(
    "name", ["MEDIA_ROOT", "ATTACHMENT_ROOT", "VISIT_SPOOL_DIR", "VAR_DIR"]
)
def test_private_files_among_static_ones_are_found(settings, name):
    setattr(settings, name, Path(settings.STATICFILES_DIRS[0]) / "var")
    assert found() == {"portal.E002"}


@pytest.mark.parametrize("listed", ["proxy.example", "10.0.0.0/99", "10.0.0.1/24", ""])
def test_a_proxy_that_is_no_address_is_found(settings, listed):
    settings.TRUSTED_PROXIES = ["10.0.0.1", listed]
    assert found() == {"portal.E003"}


def test_an_official_host_that_is_not_answered_is_found(settings):
    settings.ALLOWED_HOSTS = ["dongthanh.example.vn", ".thanhhoa.example.vn"]
    settings.OFFICIAL_HOSTS = ["dongthanh.example.vn", "www.thanhhoa.example.vn"]
    assert found() == set()
    settings.OFFICIAL_HOSTS = ["dongthanh.example"]
    assert found() == {"portal.E004"}


def test_an_application_without_the_counter_is_found(settings):
    settings.WSGI_APPLICATION = "tests.portal.test_checks.unwrapped"
    assert found() == {"portal.E005"}


def test_psycopg_3_beside_psycopg2_is_found(monkeypatch):
    monkeypatch.setattr(checks.importlib.util, "find_spec", lambda name: object())
    assert found() == {"portal.E006"}


@pytest.mark.parametrize(
    "url",
    ["", "dongthanh.example", "ftp://a.example", "https://a.example/cong", "https://"],
)
def test_an_address_of_the_site_that_is_none_is_found(settings, url):
    settings.SITE_URL = url
    assert found() == {"portal.E007"}


@pytest.mark.parametrize("days", [-1, 0, 31, 10**10])
def test_links_to_drafts_that_never_work_or_never_close_are_found(settings, days):
    settings.PREVIEW_DAYS = days
    assert found() == {"portal.E008"}
