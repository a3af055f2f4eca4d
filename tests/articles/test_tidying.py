import pytest

from articles.tidying import drop_doubled_title

TITLE = "Chuyển đổi số ở xã: làm từ đâu?"


@pytest.mark.parametrize(
    "opening",
    [
        f"<p>{TITLE}</p>",
        f"<h2>{TITLE}</h2>\n<p>{TITLE}</p>\n",
        "<p><strong>CHUYỂN ĐỔI SỐ Ở XÃ: LÀM TỪ ĐÂU?</strong></p>",
        '<p class="align-center"> Chuyển đổi số ở xã – làm từ đâu </p>',
    ],
)
def test_opening_lines_that_repeat_the_title_go(opening):
    assert (
        drop_doubled_title(opening + "<p>Bài bắt đầu.</p>", TITLE) == "<p>Bài bắt đầu.</p>"
    )


def test_headings_below_a_doubled_title_move_up():
    html = f"<h2>{TITLE}</h2><h3>Việc đầu tiên</h3><p>Bài bắt đầu.</p>"
    expected = "<h2>Việc đầu tiên</h2><p>Bài bắt đầu.</p>"
    assert drop_doubled_title(html, TITLE) == expected


def test_an_opening_line_that_stands_twice_is_kept_once():
    html = "<p>Một tên bài khác</p><p>Một tên bài khác</p><p>Bài bắt đầu.</p>"
    expected = "<p>Một tên bài khác</p><p>Bài bắt đầu.</p>"
    assert drop_doubled_title(html, TITLE) == expected


@pytest.mark.parametrize(
    "html",
    [
        "",
        "không có thẻ nào",
        f"<p>Bài bắt đầu.</p><p>{TITLE}</p>",
        f"<p>{TITLE} Câu đầu của bài.</p>",
        f"<blockquote><p>{TITLE}</p></blockquote>",
        f'<p><img src="/media/a.jpg" alt="">{TITLE}</p>',
        "<p>***</p><p>***</p>",
        '<p title="a>b">x</p><p>y</p>',
    ],
)
def test_everything_else_stays(html):
    assert drop_doubled_title(html, TITLE) == html
