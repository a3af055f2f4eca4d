import io
import re
import tracemalloc
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.template.loader import render_to_string
from django.utils import timezone

from articles import enclosures, previews, workflow
from articles.models import Article, EditionAttachment, Status, WithdrawalKind
from portal import attachments
from portal.attachments import (
    Attachment,
    AttachmentRefused,
    delete_attachment,
    linked_ids,
    store_attachment,
)
from portal.files import FileInUse, uses_of
from portal.models import AuditEntry
from portal.pages import FILE, HEADER, read
from tests import factory
from tests.portal.documents import SOUND, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"


def stored(content=None, name="Kế hoạch.pdf", **fields):
    return store_attachment(content=content or pdf(), name=name, **fields)


def offering_article(*listed, **fields):
    """Make a readable article whose approved edition lists these documents."""
    article = factory.make_article(**fields)
    enclosures.enclose(article.approved, listed)
    return article


def status(client, address, **options):
    response = client.get(address, **options)
    b"".join(response)  # a file is closed when it was read
    return response.status_code


def etag_of(client, attachment):
    response = client.get(attachment.get_absolute_url())
    b"".join(response)
    return response["ETag"]


# --- storing -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "content"), SOUND.items())
def test_a_document_is_stored_under_a_name_of_ours(kind, content, settings):
    attachment = stored(content, "../../Kế hoạch số 1.exe")
    assert (attachment.kind, attachment.size) == (kind, len(content))
    folder, _, name = attachment.file.name.rpartition("/")
    assert name == f"{attachment.sha256[:32]}.{kind}"
    assert folder.startswith("tep/20")
    path = Path(settings.ATTACHMENT_ROOT) / attachment.file.name
    assert path.read_bytes() == content
    assert not path.is_relative_to(settings.MEDIA_ROOT)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Kế hoạch tiêm phòng.pdf", "Kế hoạch tiêm phòng"),
        ("C:\\Văn bản\\bieu_mau_01.pdf", "bieu mau 01"),
        ("../../etc/passwd", "passwd"),
        ("bao\u202ecao\x00.pdf", "baocao"),
        ("", "Tệp đính kèm"),
        ("\u200b.pdf", "Tệp đính kèm"),
        ("Nghị quyết 12.NQ-HĐND", "Nghị quyết 12.NQ-HĐND"),
        ("x" * 500 + ".pdf", "x" * 200),
    ],
)
def test_the_title_comes_from_the_name_unless_one_is_given(name, title):
    assert stored(name=name).title == title
    assert stored(pdf(b"2"), name=name, title=" Quyết\u200b định ").title == "Quyết định"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp rỗng"),
        (b"khong phai tai lieu", "Không nhận ra"),
        (bytes(attachments.MAX_BYTES + 1), "50 MB"),
    ],
)
def test_a_refused_file_leaves_nothing_behind(content, words, settings):
    with pytest.raises(AttachmentRefused, match=words):
        store_attachment(content=content, name="a.pdf")
    assert not Attachment.objects.exists()
    assert not list(Path(settings.ATTACHMENT_ROOT).rglob("*"))


def test_archives_are_taken_only_when_the_setting_says_so(settings):
    from tests.portal.documents import zipped

    content = zipped(("a.txt", "x"))
    with pytest.raises(AttachmentRefused, match="ZIP"):
        stored(content)
    settings.ATTACHMENT_ZIP_ALLOWED = True
    assert stored(content).kind == "zip"


def test_the_same_file_twice_is_one_attachment():
    user = factory.make_user()
    first = stored(title="Kế hoạch", actor=user)
    second = stored(name="ban sao.pdf", title="Tên khác")
    assert second == first
    assert "“Kế hoạch”" in second.remark
    assert Attachment.objects.get().title == "Kế hoạch"
    entry = AuditEntry.objects.get(action="portal.attachment.add")
    assert (entry.actor, entry.target_label) == (user, "Kế hoạch")


def test_a_large_file_never_lies_in_memory_whole(tmp_path):
    upload = TemporaryUploadedFile("a.pdf", "application/pdf", 0, None)
    upload.write(b"%PDF-1.4\n")
    for _ in range(30):
        upload.write(b"x" * 2**20)
    upload.write(b"startxref\n9\n%%EOF\n")
    upload.size = upload.tell()
    tracemalloc.start()
    store_attachment(content=upload, name=upload.name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    upload.close()
    assert peak < 10 * 2**20  # bytes
    assert Attachment.objects.get().size > 30 * 2**20


def test_what_is_said_about_official_documents_is_kept():
    attachment = stored(
        number=" 15/KH-UBND ", issuer="Ủy ban nhân dân xã", issued_on=date(2024, 3, 1)
    )
    assert (attachment.number, attachment.is_official) == ("15/KH-UBND", True)
    assert not stored(pdf(b"2")).is_official


# --- names and addresses ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kế hoạch số 15/KH-UBND", "Kế hoạch số 15-KH-UBND.pdf"),
        ('a<b>c:"d|e?*', "a-b-c-d-e.pdf"),
        ("...", "khong-ten.pdf"),
        ("CON" * 90, "CON" * 40 + ".pdf"),
    ],
)
def test_the_download_has_a_readable_name(title, name):
    assert Attachment(title=title, kind="pdf", pk=1).download_name == name


def test_links_in_a_text_are_found_whatever_the_title_was(settings):
    settings.ALLOWED_HOSTS = ["xa.example.vn"]
    html = (
        '<p><a href="/tai-ve/12/ke-hoach.pdf">a</a> <a href="/tai-ve/7/x.docx">b</a>'
        '<a href="https://xa.example.vn/tai-ve/12/cu.pdf">c</a>'
        '<a href="https://XA.example.vn:443/tai-ve/8/cu.pdf">d</a>'
        '<a href="/tai-ve/99999999999999999999/">e</a></p>'
    )
    assert linked_ids(html) == [12, 7, 8]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://xa-ben-canh.example/tai-ve/5/x.pdf">Tải ở xã bên cạnh</a>',
        '<a href="https://example.com/?to=https://xa.example.vn/tai-ve/5/x.pdf">a</a>',
        '<a href="/tin-tuc/?x=/tai-ve/5/x.pdf">a</a>',
        '<img src="/media/a.jpg" alt="/tai-ve/5/">',
        "/tai-ve/5/ke-hoach.pdf",
    ],
)
@pytest.mark.parametrize("hosts", [["xa.example.vn"], ["*"]])
def test_only_a_link_to_this_site_offers_a_document_of_this_site(settings, html, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert linked_ids(f"<p>{html}</p>") == []


# --- who may have it ----------------------------------------------------------------------


def test_a_document_that_no_page_offers_is_not_given(client):
    attachment = stored()
    assert status(client, attachment.get_absolute_url()) == 404


def test_a_document_below_an_article_is_a_download(client):
    content = pdf(b"noi dung")
    attachment = stored(content, title="Kế hoạch số 15/KH-UBND")
    offering_article(attachment)
    assert attachment.get_absolute_url() == (
        f"/tai-ve/{attachment.pk}/ke-hoach-so-15-kh-ubnd.pdf"
    )
    response = client.get(attachment.get_absolute_url())
    assert response.status_code == 200
    assert response.getvalue() == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''K%E1%BA%BF%20ho%E1%BA%A1ch%20s%E1%BB%91%2015-KH-UBND.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert not response.cookies


def test_a_document_linked_in_the_text_is_given_too(client):
    attachment = stored()
    link = f'<p><a href="{attachment.get_absolute_url()}">Tải kế hoạch</a></p>'
    offering_article(body=link)
    assert status(client, attachment.get_absolute_url()) == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"published_at": timezone.now() + timedelta(days=1)},
        {
            "status": Status.WITHDRAWN,
            "withdrawal_kind": WithdrawalKind.MISTAKE,
            "withdrawal_reason": "Đăng nhầm.",
        },
    ],
)
def test_what_readers_do_not_see_gives_no_document(client, fields):
    attachment = stored()
    article = factory.make_article(**fields)
    enclosures.enclose(article.head, [attachment])
    assert status(client, attachment.get_absolute_url()) == 404


def test_a_pending_edition_gives_no_document_and_a_former_one_no_longer(client):
    old, new = stored(), stored(pdf(b"2"), name="moi.pdf")
    article = offering_article(old)
    workflow.save_article(article=article, attachments=[new], actor=None)
    statuses = [status(client, each.get_absolute_url()) for each in (old, new)]
    assert statuses == [200, 404]
    workflow.submit(content=article, actor=None)
    workflow.approve(content=article, number=article.head.number, actor=None)
    statuses = [status(client, each.get_absolute_url()) for each in (old, new)]
    assert statuses == [404, 200]


def test_a_page_below_a_hidden_page_gives_no_document(client):
    attachment = stored()
    root = factory.make_page()
    page = factory.make_page(parent=root)
    enclosures.enclose(page.approved, [attachment])
    assert status(client, attachment.get_absolute_url()) == 200
    type(root).objects.filter(pk=root.pk).update(is_shown=False)
    assert status(client, attachment.get_absolute_url()) == 404


def test_an_old_name_leads_to_the_document(client):
    attachment = stored()
    offering_article(attachment)
    response = client.get(f"/tai-ve/{attachment.pk}/ten-cu.exe")
    assert response.status_code == 301
    assert response["Location"] == attachment.get_absolute_url()


@pytest.mark.parametrize(
    "path",
    ["/tai-ve/99999999999999999999/a.pdf", "/tai-ve/0/a", "/tai-ve/-1/a", "/tai-ve/"],
)
def test_an_address_of_nothing_is_not_found(client, path):
    assert status(client, path) == 404


def test_a_preview_gives_the_document_as_long_as_the_text(client, settings):
    attachment, other = stored(), stored(pdf(b"2"))
    address = attachment.preview_url
    seal = address.partition("?")[2]
    assert status(client, address) == 200
    assert status(client, f"{other.get_absolute_url()}?{seal}") == 404
    assert status(client, address[:-1]) == 404
    assert status(client, f"{attachment.get_absolute_url()}?xem-truoc=%00:x:") in (
        400,
        404,
    )
    settings.PREVIEW_DAYS = 2
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=-1)):
        assert status(client, address) == 200
    with time_machine.travel(timezone.now() + timedelta(days=2, minutes=1)):
        assert status(client, address) == 404


def test_the_preview_of_an_article_leads_to_its_documents(client):
    article = Article(title="Kế hoạch", category=factory.make_category(), body="<p>a</p>")
    document = stored()
    workflow.save_article(article=article, attachments=[document], actor=None)
    html = client.get(previews.link(article.head)).content.decode()
    (address,) = re.findall(r'href="(/tai-ve/[^"]+)"', html)
    assert status(client, address) == 200


def test_a_lost_file_is_not_found_and_no_error(client, settings):
    attachment = stored()
    offering_article(attachment)
    (Path(settings.ATTACHMENT_ROOT) / attachment.file.name).unlink()
    assert status(client, attachment.get_absolute_url()) == 404


def test_an_interrupted_download_goes_on_where_it_stopped(client):
    content = pdf(b"noi dung")
    attachment = stored(content)
    offering_article(attachment)
    address = attachment.get_absolute_url()
    etag = etag_of(client, attachment)
    response = client.get(address, headers={"Range": "bytes=5-", "If-Range": etag})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes 5-{len(content) - 1}/{len(content)}"
    assert int(response["Content-Length"]) == len(content) - 5
    assert response.getvalue() == content[5:]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=99999-"},
        {"Range": "bytes=-5"},
        {"Range": "bytes=0-3, 5-9"},
        {"Range": "x"},
        {"Range": "bytes=5-", "If-Range": '"khac"'},
    ],
)
def test_other_ranges_are_answered_with_the_whole(client, headers):
    attachment = stored()
    offering_article(attachment)
    response = client.get(attachment.get_absolute_url(), headers=headers)
    assert (response.status_code, len(response.getvalue())) == (200, attachment.size)


def test_what_a_browser_has_is_not_sent_again(client):
    attachment = stored()
    offering_article(attachment)
    etag = etag_of(client, attachment)
    response = client.get(attachment.get_absolute_url(), headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


def test_a_download_is_marked_as_a_file_also_when_the_browser_has_it(client):
    attachment = stored(title="Kế hoạch tiêm phòng")
    offering_article(attachment)
    address = attachment.get_absolute_url()
    etag = etag_of(client, attachment)
    for headers in ({}, {"If-None-Match": etag}):
        response = client.get(address, headers=headers)
        b"".join(response)
        marked = read(response[HEADER])
        assert (marked.kind, marked.object_id) == (FILE, str(attachment.pk))
        assert marked.title == "Kế hoạch tiêm phòng (PDF)"


def test_what_a_preview_gives_counts_as_no_download(client):
    attachment = stored()
    offering_article(attachment)
    response = client.get(attachment.preview_url)
    b"".join(response)
    assert HEADER not in response


def test_a_download_asks_the_database_little(client, django_assert_max_num_queries):
    attachment = stored()
    offering_article(attachment)
    # The document, and whether an article offers it.
    with django_assert_max_num_queries(2):
        assert status(client, attachment.get_absolute_url()) == 200


# --- with the editions ------------------------------------------------------------------------


def test_saving_keeps_the_list_unless_another_is_given():
    first, second = stored(), stored(pdf(b"2"))
    article = Article(title="Kế hoạch", category=factory.make_category(), body="<p>a</p>")
    workflow.save_article(article=article, attachments=[second, first], actor=None)
    assert enclosures.listed(article.head) == [second, first]
    article.body = "<p>b</p>"
    workflow.save_article(article=article, actor=None)
    assert enclosures.listed(article.head) == [second, first]
    workflow.save_article(article=article, attachments=[first], actor=None)
    assert (article.head.number, enclosures.listed(article.head)) == (3, [first])
    workflow.save_article(article=article, attachments=[first], actor=None)
    assert article.head.number == 3


def test_an_older_edition_comes_back_with_its_documents():
    document = stored()
    article = Article(title="Kế hoạch", category=factory.make_category(), body="<p>a</p>")
    workflow.save_article(article=article, attachments=[document], actor=None)
    workflow.save_article(article=article, attachments=[], actor=None)
    workflow.restore(content=article, number=1, actor=None)
    assert enclosures.listed(article.head) == [document]


def test_a_linked_document_is_kept_once_and_not_listed():
    listed, linked = stored(), stored(pdf(b"2"))
    body = "".join(
        f'<p><a href="{each.get_absolute_url()}">x</a></p>' for each in (listed, linked)
    )
    article = Article(title="Kế hoạch", category=factory.make_category(), body=body)
    workflow.save_article(article=article, attachments=[listed], actor=None)
    assert enclosures.listed(article.head) == [listed]
    assert EditionAttachment.objects.filter(edition=article.head).count() == 2


def test_a_document_of_any_edition_cannot_be_deleted():
    attachment = stored()
    article = offering_article(attachment, title="Bài có tệp")
    workflow.save_article(article=article, attachments=[], actor=None)
    assert uses_of(attachment) == ["bài viết: Bài có tệp"]
    with pytest.raises(FileInUse, match="Bài có tệp"):
        delete_attachment(attachment=attachment, actor=None)


def test_an_unused_document_goes_with_its_file(
    django_capture_on_commit_callbacks, settings
):
    attachment = stored()
    with django_capture_on_commit_callbacks(execute=True):
        delete_attachment(attachment=attachment, actor=factory.make_user())
    assert not [
        path for path in Path(settings.ATTACHMENT_ROOT).rglob("*") if path.is_file()
    ]
    assert AuditEntry.objects.filter(action="portal.attachment.delete").exists()


# --- below the text -----------------------------------------------------------------------------


def shown(*documents, **context):
    identity = factory.make_identity()
    return render_to_string(
        "includes/_attachments.html",
        {"attachments": documents, "site": {"identity": identity}, **context},
    )


def test_the_list_says_kind_size_and_what_a_document_is():
    html = shown(
        stored(
            title="Kế hoạch",
            number="15/KH-UBND",
            issuer="Ủy ban nhân dân xã",
            issued_on=date(2024, 3, 1),
        ),
        stored(SOUND["docx"], name="Mẫu đơn.docx"),
    )
    assert "(PDF, " in html
    assert "(Word (DOCX), " in html
    assert "Số: 15/KH-UBND, ngày 01/03/2024, Ủy ban nhân dân xã" in html
    # Beside the PDF, and only there.
    assert html.count("Cần bản chữ đọc được") == 1
    assert '<a href="tel:' in html


def test_nothing_is_drawn_for_no_documents():
    assert shown() == ""


def test_a_preview_links_to_what_it_may_give():
    assert "?xem-truoc=" in shown(stored(), is_preview=True)


def test_a_file_object_that_is_no_upload_is_stored_too():
    attachment = store_attachment(content=io.BytesIO(pdf()), name="a.pdf")
    assert attachment.file.size == attachment.size
    upload = SimpleUploadedFile("b.pdf", pdf(b"2"))
    assert store_attachment(content=upload, name=upload.name).title == "b"
