import pytest
from django.http import HttpResponse

from portal.pages import FILE, HEADER, Page, mark, read


def marker(**facts):
    return mark(HttpResponse(), **facts)[HEADER]


@pytest.mark.parametrize(
    ("facts", "page"),
    [
        (
            {"kind": "article", "object_id": 12, "title": "Lịch; tiếp công dân"},
            Page("article", "12", "Lịch; tiếp công dân"),
        ),
        ({"kind": FILE, "title": "Danh mục (CSV)"}, Page("file", "", "Danh mục (CSV)")),
        (
            {"kind": "search", "title": "Tìm", "missed": "mượn; sân bóng"},
            Page("search", "", "Tìm", "mượn; sân bóng"),
        ),
    ],
)
def test_what_a_view_says_of_its_page_comes_back(facts, page):
    assert marker(**facts).isascii()
    assert read(marker(**facts)) == page


def test_a_marker_of_before_searches_were_told_is_still_read():
    assert read("article;7;L%E1%BB%8Bch") == Page("article", "7", "Lịch")


def test_a_long_title_is_cut_before_it_fills_the_header():
    assert len(read(marker(kind="article", title="ư" * 500)).title) == 200


def test_what_is_no_marker_is_refused():
    with pytest.raises(ValueError, match="unpack"):
        read("nonsense")
