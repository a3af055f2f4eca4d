import pytest

from portal.menu import Node
from portal.templatetags.navigation import current_state, mark_of, marks


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


def test_pages_of_a_section_share_the_marks_of_the_menu():
    news = Node(
        label="Tin tức", url="/tin-tuc/", children=(Node("Y tế", "/tin-tuc/y-te/"),)
    )
    menu = [Node(label="Trang chủ", url="/"), news, Node(label="Công khai", url="")]
    in_section = marks(menu, "/tin-tuc/y-te/bai-1/")
    assert in_section == (("/tin-tuc/", "true"), ("/tin-tuc/y-te/", "true"))
    assert in_section == marks(menu, "/tin-tuc/y-te/bai-2/")
    assert marks(menu, "/tin-tuc/") == (("/tin-tuc/", "page"),)
    assert marks(menu, "/lien-he/") == ()


def test_a_link_finds_its_own_mark():
    found = (("/tin-tuc/", "true"),)
    assert mark_of(found, "/tin-tuc/") == "true"
    assert mark_of(found, "/tin-tuc") == ""
