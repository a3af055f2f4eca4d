"""Words about a file that readers see are changed by those who may approve the text."""

import pytest
from django.urls import reverse

from articles import enclosures
from articles.models import Status
from portal import roles
from portal.attachments import store_attachment
from portal.files import store_picture
from tests.factory import make_article, make_category, make_picture, make_user
from tests.portal.documents import pdf
from tests.portal.test_files import image_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_stores(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"


@pytest.fixture
def document():
    return store_attachment(content=pdf(), name="ke-hoach.pdf", title="Kế hoạch")


def offer(document, **fields):
    article = make_article(**fields)
    enclosures.enclose(article.head, [document])
    return article


def rename(client, document, role):
    client.force_login(make_user(roles=[role]))
    words = {"title": "Tên mới", "number": "", "issuer": "", "issued_on": ""}
    address = reverse("admin:portal_attachment_change", args=[document.pk])
    status = client.post(address, words).status_code
    document.refresh_from_db()
    return status, document.title


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.WITHDRAWN])
def test_an_editor_does_not_rename_a_document_of_an_approved_text(client, document, status):
    offer(document, status=status)
    assert rename(client, document, roles.EDITOR) == (403, "Kế hoạch")
    assert rename(client, document, roles.APPROVER) == (302, "Tên mới")


def test_an_editor_renames_a_document_of_a_draft(client, document):
    offer(document, status=Status.DRAFT)
    assert rename(client, document, roles.EDITOR) == (302, "Tên mới")


def test_the_page_about_many_leaves_out_what_readers_see(client, document):
    offer(document)
    client.force_login(make_user(roles=[roles.EDITOR]))
    address = reverse("admin:portal_attachment_words")
    page = client.get(address, {"id": document.pk}).content.decode()
    assert f"{document.pk}-title" not in page


def test_an_editor_is_told_why_the_words_cannot_be_changed(client):
    picture = make_picture()
    make_article(cover=picture)
    client.force_login(make_user(roles=[roles.EDITOR]))
    page = client.get(reverse("admin:portal_picture_change", args=[picture.pk]))
    assert "chỉ người duyệt bài đó mới sửa được" in page.content.decode()


def test_uploading_a_live_cover_again_adds_no_words_to_it():
    picture = store_picture(content=image_bytes(), name="a.jpg")
    make_article(cover=picture, category=make_category(), cover_alt="Cổng làng")
    editor = make_user(roles=[roles.EDITOR])
    again = store_picture(
        content=image_bytes(), name="a.jpg", credit="Chưa ai duyệt", actor=editor
    )
    assert (again, again.credit) == (picture, "")
