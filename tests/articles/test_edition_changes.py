"""What changed from one edition to another beyond the words of the body."""

import pytest
from django.template.loader import render_to_string

from articles.comparison import Kind, Run
from articles.edition_changes import between
from articles.models import EditionAttachment
from portal.attachments import Attachment
from tests.factory import make_article, make_edition, make_picture

pytestmark = pytest.mark.django_db


def _changed(**fields):
    """Return what changes when `fields` of the first edition become other ones."""
    article = make_article(title="Lịch họp thôn", lead="Họp tối thứ Bảy.", source="Báo A")
    return between(article.head, make_edition(article, **fields))


def _attachment(title):
    return Attachment.objects.create(
        file=f"tep/{title}.pdf",
        title=title,
        kind="pdf",
        size=1,
        sha256=title.ljust(64, "0"),
    )


def test_an_edition_of_the_same_text_changes_nothing():
    changes = _changed()
    assert not changes.has_changes
    assert "Hai bản giống hệt nhau." in render_to_string(
        "articles/_comparison.html", {"comparison": changes}
    )


def test_each_line_that_differs_is_named_and_compared():
    changes = _changed(title="Lịch họp xã", source="")
    assert [line.label for line in changes.lines] == ["Tiêu đề", "Nguồn tin"]
    assert changes.lines[0].runs[-2:] == (Run(Kind.REMOVED, "thôn"), Run(Kind.ADDED, "xã"))
    assert changes.has_changes
    assert not changes.body.has_changes


def test_another_cover_is_named_even_under_the_same_words():
    old, new = make_picture(alt="Nhà văn hóa"), make_picture(alt="Nhà văn hóa")
    article = make_article(cover=old)
    [line] = between(article.head, make_edition(article, cover_id=new.pk)).lines
    assert line.label == "Ảnh đại diện"
    assert [run.kind for run in line.runs] == [Kind.REMOVED, Kind.ADDED]


def test_documents_come_go_and_change_places():
    one, two, three = map(_attachment, ("Một", "Hai", "Ba"))
    article = make_article()
    editions = [article.head, make_edition(article), make_edition(article)]
    for edition, attachments in zip(
        editions, ([one, two], [two, three], [three, two]), strict=True
    ):
        for order, attachment in enumerate(attachments):
            EditionAttachment.objects.create(
                edition=edition, attachment=attachment, order=order
            )
    [line] = between(editions[0], editions[1]).lines
    assert {(run.kind, run.text) for run in line.runs} == {
        (Kind.REMOVED, str(one)),
        (Kind.SAME, str(two)),
        (Kind.ADDED, str(three)),
    }
    [line] = between(editions[1], editions[2]).lines
    assert [(run.kind, run.note) for run in line.runs] == [(Kind.SAME, "đổi thứ tự")]


def test_the_template_tells_every_kind_of_change_in_words():
    article = make_article(
        body="<p>Một hai ba bốn.</p>" + "<p>Giữ nguyên.</p>" * 6 + "<p>Bỏ đi.</p>"
    )
    new = make_edition(
        article,
        title="Tên mới",
        body="<p>Một hai năm <strong>bốn.</strong></p>"
        + "<p>Giữ nguyên.</p>" * 6
        + '<h2>Thêm vào</h2><p><img src="/media/a.jpg" alt="Cờ"></p>',
    )
    page = render_to_string(
        "articles/_comparison.html", {"comparison": between(article.approved, new)}
    )
    assert '<del><span class="visually-hidden">bớt: </span>ba</del>' in page
    assert '<ins><span class="visually-hidden">thêm: </span>năm</ins>' in page
    assert "(nay in đậm)" in page
    assert "4 đoạn không đổi" in page
    assert "Đoạn văn, đã bỏ" in page
    assert "Mục lớn, thêm mới" in page
    assert "[Ảnh: Cờ]" in page
