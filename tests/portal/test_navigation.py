import pytest

from portal.templatetags.navigation import current_state


@pytest.mark.parametrize(
    ("url", "path", "state"),
    [
        ("/tin-tuc/", "/tin-tuc/", "page"),
        ("/tin-tuc/", "/tin-tuc/nong-nghiep/", "true"),
        ("/thu-tuc/", "/tin-tuc/thu-tuc/", ""),
        ("/", "/", "page"),
        ("/", "/tin-tuc/", ""),
        ("https://example.vn", "/tin-tuc/", ""),
        ("", "/", ""),
    ],
)
def test_a_link_is_current_on_its_page_and_on_pages_below_it(url, path, state):
    assert current_state(url, path) == state
