import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal import roles, uploads
from portal.files import Picture, store_picture
from portal.models import AuditEntry
from tests import factory

pytestmark = pytest.mark.django_db
UPLOAD = "/quan-tri/portal/picture/tai-len/"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def editor(client):
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    return client


def image_file(name="Cổng làng.jpg", color="red"):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def upload(client, file=None, **headers):
    return client.post(UPLOAD, {"upload": file or image_file()}, **headers)


def test_editor_uploads_a_picture_and_gets_its_address(editor):
    response = upload(editor)
    answer = response.json()
    picture = Picture.objects.get()
    assert response.status_code == 200
    assert answer["uploaded"] == 1
    assert answer["url"] == picture.url
    assert answer["fileName"].startswith("cong-lang-")
    entry = AuditEntry.objects.get(action="portal.picture.add")
    assert entry.actor == picture.uploaded_by
    assert entry.actor is not None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"<script>alert(1)</script>", "không phải là ảnh"),
        ("a.svg", b"<svg onload='alert(1)'/>", "không phải là ảnh"),
        ("a.png", b"", "rỗng"),
    ],
)
def test_refusal_reaches_the_editor_in_its_own_form(editor, name, content, words):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    answer = upload(editor, file).json()
    assert answer["uploaded"] == 0
    assert words in answer["error"]["message"]
    assert not Picture.objects.exists()


@pytest.mark.parametrize("data", [{}, {"upload": "no file"}, {"other": "x"}])
def test_upload_without_a_file_is_refused(editor, data):
    assert editor.post(UPLOAD, data).json()["uploaded"] == 0


def test_a_second_upload_says_that_the_picture_is_there_already(editor):
    first, second = upload(editor).json(), upload(editor).json()
    assert first["url"] == second["url"]
    assert "đã có" in second["remark"]


def test_upload_needs_a_sign_in(client):
    response = upload(client)
    assert response.status_code == 302
    assert "/quan-tri/login/" in response["Location"]
    assert not Picture.objects.exists()


def test_upload_needs_the_permission(client):
    client.force_login(factory.make_user(roles=[roles.STATISTICS_READER]))
    assert upload(client).status_code == 403
    assert not Picture.objects.exists()


def test_upload_needs_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    assert upload(client).status_code == 403
    page = client.get(reverse("admin:portal_picture_add"))
    token = page.context["csrf_token"]
    assert upload(client, headers={"X-CSRFToken": str(token)}).json()["uploaded"] == 1


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_upload_takes_nothing_but_post(editor, method):
    assert getattr(editor, method)(UPLOAD).status_code == 405


def test_uploads_are_limited(editor, monkeypatch):
    monkeypatch.setattr(uploads, "PER_HOUR", 2)
    answers = [
        upload(editor, image_file(color=color)).json() for color in ("red", "blue", "green")
    ]
    assert [answer["uploaded"] for answer in answers] == [1, 1, 0]
    assert "Hãy thử lại sau" in answers[2]["error"]["message"]


# --- the pages of the admin ----------------------------------------------------------------


def test_picture_is_added_with_its_description(editor):
    data = {"upload": image_file(), "alt": "Cổng làng Phúc Triền", "credit": "Lê Hoa"}
    response = editor.post(reverse("admin:portal_picture_add"), data)
    picture = Picture.objects.get()
    assert response.status_code == 302
    assert (picture.alt, picture.credit, picture.width) == (
        "Cổng làng Phúc Triền",
        "Lê Hoa",
        40,
    )


def test_picture_without_description_must_be_decorative(editor):
    add = reverse("admin:portal_picture_add")
    response = editor.post(add, {"upload": image_file(), "alt": ""})
    assert "Hãy mô tả ảnh" in response.content.decode()
    assert not Picture.objects.exists()
    editor.post(add, {"upload": image_file(), "alt": "", "is_decorative": "on"})
    assert Picture.objects.get().is_decorative


def test_decorative_picture_has_no_description(editor):
    data = {"upload": image_file(), "alt": "Hoa văn", "is_decorative": "on"}
    response = editor.post(reverse("admin:portal_picture_add"), data)
    assert "không có mô tả" in response.content.decode()
    assert not Picture.objects.exists()


def test_form_explains_a_refused_file(editor):
    data = {"upload": SimpleUploadedFile("a.jpg", b"khong phai anh"), "alt": "x"}
    response = editor.post(reverse("admin:portal_picture_add"), data)
    assert "không phải là ảnh" in response.content.decode()


def test_changed_description_is_recorded(editor):
    picture = store_picture(content=image_file(), name="a.jpg", alt="Cũ")
    editor.post(reverse("admin:portal_picture_change", args=[picture.pk]), {"alt": "Mới"})
    entry = AuditEntry.objects.get(action="portal.picture.change")
    assert (entry.before, entry.after) == ({"alt": "Cũ"}, {"alt": "Mới"})


def test_list_shows_thumbnails_with_few_queries(editor, django_assert_max_num_queries):
    for color in ("red", "blue", "green"):
        store_picture(content=image_file(color=color), name="a.jpg", alt=color)
    # Session, user, permissions, count, page of the list, date filter: none per picture.
    with django_assert_max_num_queries(12):
        html = editor.get(reverse("admin:portal_picture_changelist")).content.decode()
    assert html.count('height="72"') == 3


def test_used_picture_is_not_deleted_and_its_places_are_named(client):
    client.force_login(factory.make_user(is_superuser=True))
    picture = store_picture(content=image_file(), name="a.jpg", alt="Cổng làng")
    factory.make_article(
        title="Lễ hội đầu xuân", body=f'<p><img src="{picture.url}" alt="x"></p>'
    )
    address = reverse("admin:portal_picture_delete", args=[picture.pk])
    assert "Lễ hội đầu xuân" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    client.post(
        reverse("admin:portal_picture_changelist"),
        {"action": "delete_selected", "_selected_action": [picture.pk], "post": "yes"},
    )
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_unused_picture_is_deleted(client):
    client.force_login(factory.make_user(is_superuser=True))
    picture = store_picture(content=image_file(), name="a.jpg", alt="Cổng làng")
    client.post(reverse("admin:portal_picture_delete", args=[picture.pk]), {"post": "yes"})
    assert not Picture.objects.exists()
