"""The quality checks on stored editions, and the hosts that are known."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.template.loader import render_to_string

from articles.inspection import inspect, remember_links, text_of
from articles.models import EditionAttachment, LinkedHost
from articles.quality import Finding, Level, PictureFacts
from portal.attachments import Attachment
from tests.factory import make_article, make_page, make_picture

pytestmark = pytest.mark.django_db

AT = datetime(2024, 1, 26, 1, 30, tzinfo=UTC)


def _linking(*addresses):
    links = "".join(
        f'<a href="{address}" rel="noopener">trang của tỉnh</a> ' for address in addresses
    )
    return make_article(body=f"<p>Bà con xem thêm trên {links}để biết lịch họp.</p>").head


def _codes(edition):
    return {finding.code for finding in inspect(edition)}


def test_a_sound_article_and_a_sound_page_have_no_findings():
    assert inspect(make_article().head) == []
    assert inspect(make_page().head) == []


def test_all_that_readers_get_is_read():
    cover = make_picture(original_name="hop.jpg", credit="Ảnh: Lê Văn A")
    inner = make_picture(original_name="DSC_01.JPG", alt="", is_decorative=True)
    article = make_article(
        cover=cover,
        author_name="Ban biên tập",
        source="Báo A",
        body=f'<p>a <img src="{inner.url}" alt=""></p>',
    )
    attachment = Attachment.objects.create(
        file="tep/a.pdf",
        title="Kế hoạch",
        kind="pdf",
        original_name="kh.pdf",
        size=1,
        sha256="0" * 64,
    )
    EditionAttachment.objects.create(edition=article.head, attachment=attachment)
    text = text_of(article.head)
    assert text.cover == PictureFacts("hop.jpg")
    assert text.cover_alt == cover.alt
    assert text.pictures == {inner.url: PictureFacts("DSC_01.JPG", is_decorative=True)}
    assert text.attachment_names == ("Kế hoạch", "kh.pdf")
    assert {"Ban biên tập", "Báo A", "Ảnh: Lê Văn A"} <= set(text.other_lines)
    assert text.lead == article.lead


def test_a_page_has_no_lead_to_miss():
    assert text_of(make_page().head).lead is None
    assert "lead_missing" in _codes(make_article(lead="").head)


def test_a_host_is_new_until_a_text_that_links_to_it_is_approved():
    edition = _linking(
        "https://Thanhhoa.example/tin/1", "http://localhost/tin-tuc/", "/tin-tuc/"
    )
    assert _codes(edition) == {"host_never_linked"}
    remember_links(edition=edition, at=AT)
    remember_links(edition=edition, at=AT.replace(year=2025))
    assert list(LinkedHost.objects.values_list("host", "approved_at")) == [
        ("thanhhoa.example", AT)
    ]
    assert _codes(edition) == set()


def test_a_name_that_no_host_can_have_is_not_remembered():
    remember_links(edition=_linking(f"https://{'a' * 300}.vn/"), at=AT)
    assert not LinkedHost.objects.exists()


def test_inspection_takes_few_queries(django_assert_max_num_queries):
    article = make_article(cover=make_picture())
    for number in range(3):
        picture = make_picture()
        article.head.body += f'<p><img src="{picture.url}" alt="Ảnh số {number}"></p>'
    article.head.body += (
        '<p><a href="https://a.vn/">trang A</a><a href="https://b.vn/">trang B</a></p>'
    )
    # Attachments, pictures, hosts; the cover may be loaded already.
    with django_assert_max_num_queries(4):
        inspect(article.head)


def test_existing_texts_make_their_hosts_known():
    _linking("https://Cu.example:8080/1", "https://cu.example/2")
    draft = make_article(
        status="draft", body='<p><a href="https://nhap.example/" rel="noopener">a</a></p>'
    )
    assert draft.approved is None
    migration = import_module("articles.migrations.0010_hosts_linked_so_far")
    for _ in range(2):
        migration.note_hosts(apps, None)
    assert set(LinkedHost.objects.values_list("host", flat=True)) == {"cu.example"}


def test_findings_are_told_with_where_they_are():
    findings = [
        Finding("identity_number", Level.BLOCKER, "Hãy xóa số này.", ("038•••234 <b>",), 2),
        Finding("lead_missing", Level.WARNING, "Hãy viết tóm tắt."),
    ]
    page = render_to_string("admin/articles/_findings.html", {"findings": findings})
    assert page.count("Chưa gửi duyệt được:") == 1
    assert "“038•••234 &lt;b&gt;”" in page
    assert "và 2 chỗ nữa" in page
    assert not render_to_string("admin/articles/_findings.html", {"findings": []}).strip()
