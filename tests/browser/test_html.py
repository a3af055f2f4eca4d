"""Every kind of public page, filled with the demo content, is valid HTML."""

import os
import urllib.error
import urllib.request

import pytest

from tests import html_validator
from tests.browser.test_accessibility import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _validator():
    if not html_validator.find_validator():
        if os.environ.get("CI"):
            pytest.fail(html_validator.MISSING)
        pytest.skip(html_validator.MISSING)


def _html(url):
    request = urllib.request.Request(url, headers={"Accept": "text/html"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.read()
    except urllib.error.HTTPError as answer:
        return answer.read()


def test_every_kind_of_public_page_is_valid_html(site, tmp_path):
    names = {}
    for number, path in enumerate(PAGES):
        names[f"{number}.html"] = path
        (tmp_path / f"{number}.html").write_bytes(_html(site.url + path))
    found = html_validator.problems(tmp_path)
    assert {names[name]: problems for name, problems in found.items()} == {}


def test_the_validator_sees_what_is_wrong(tmp_path):
    (tmp_path / "bad.html").write_text("<!doctype html><title>a</title><p><div></div></p>")
    assert set(html_validator.problems(tmp_path)) == {"bad.html"}
