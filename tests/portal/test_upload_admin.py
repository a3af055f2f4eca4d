"""Several pictures or documents at once, the words about them, and documents one by one."""

from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from articles import enclosures
from portal import roles, upload_fields, uploads
from portal.attachments import Attachment, store_attachment
from portal.files import Picture, store_picture
from portal.models import AuditEntry
from portal.upload_fields import AttachmentsField
from tests import factory
from tests.portal.documents import SOUND, office, pdf
from tests.portal.test_files import image_bytes

pytestmark = pytest.mark.django_db
UPLOAD = "/quan-tri/portal/attachment/tai-len/"


@pytest.fixture(autouse=True)
def _own_stores(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.ATTACHMENT_ROOT = tmp_path / "attachments"


@pytest.fixture
def editor(client):
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    return client


def picture_file(name="Cổng làng.jpg", color="red"):
    return SimpleUploadedFile(name, image_bytes(color=color))


def document_file(name="Kế hoạch.pdf", content=None):
    return SimpleUploadedFile(name, content or pdf())


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


# --- several at once ------------------------------------------------------------------------


def test_several_pictures_are_taken_each_for_itself(editor):
    files = [
        picture_file("a.jpg"),
        SimpleUploadedFile("b.svg", b"<svg/>"),
        SimpleUploadedFile("c.jpg", b""),
        picture_file("d.jpg", "blue"),
        picture_file("e.jpg", "blue"),
    ]
    several = reverse("admin:portal_picture_several")
    response = editor.post(several, {"uploads": files}, follow=True)
    said = messages_of(response)
    assert [message.split(":")[0] for message in said[:-1]] == [
        "Tệp b.svg",
        "Tệp c.jpg",
        "Tệp e.jpg",
    ]
    assert "không phải là ảnh" in said[0]
    assert "đã có trong kho (“d.jpg”)" in said[2]
    assert Picture.objects.count() == 2
    assert {
        entry.actor for entry in AuditEntry.objects.filter(action="portal.picture.add")
    } == {response.context["user"]}
    assert len(response.context["word_forms"]) == 2


def test_words_about_several_pictures_are_written_on_one_page(editor):
    first, second, third = (
        store_picture(content=image_bytes(color=color), name=f"{color}.jpg")
        for color in ("red", "blue", "green")
    )
    address = f"{reverse('admin:portal_picture_words')}?id={first.pk}&id={second.pk}"
    data = {
        f"{first.pk}-alt": "Cổng làng",
        f"{first.pk}-credit": "Lê Hoa",
        f"{second.pk}-alt": "",
    }
    response = editor.post(address, data)
    assert response.status_code == 302
    first.refresh_from_db()
    assert (first.alt, first.credit) == ("Cổng làng", "Lê Hoa")
    entry = AuditEntry.objects.get(action="portal.picture.change")
    assert entry.after == {"alt": "Cổng làng", "credit": "Lê Hoa"}
    undescribed = editor.get(reverse("admin:portal_picture_changelist"), {"mo-ta": "thieu"})
    assert set(undescribed.context["cl"].queryset) == {second, third}


def test_a_mistake_about_one_picture_shows_all_words_again(editor):
    picture = store_picture(content=image_bytes(), name="a.jpg")
    address = f"{reverse('admin:portal_picture_words')}?id={picture.pk}"
    data = {f"{picture.pk}-alt": "Hoa văn", f"{picture.pk}-is_decorative": "on"}
    html = editor.post(address, data).content.decode()
    assert "không có mô tả" in html
    assert 'value="Hoa văn"' in html


def test_words_cannot_be_written_about_rows_that_were_not_asked_for(editor):
    mine, other = (
        store_picture(content=image_bytes(color=color), name="a.jpg")
        for color in ("red", "blue")
    )
    address = f"{reverse('admin:portal_picture_words')}?id={mine.pk}"
    assert editor.post(address, {f"{other.pk}-alt": "Khác"}).status_code == 302
    other.refresh_from_db()
    assert other.alt == ""


@pytest.mark.parametrize("value", ["", "x", "-1", "a\x00b", "9" * 5000])
def test_forged_words_about_pictures_are_no_error(editor, value):
    picture = store_picture(content=image_bytes(), name="a.jpg")
    address = f"{reverse('admin:portal_picture_words')}?id={picture.pk}"
    names = ["form-TOTAL_FORMS", "form-INITIAL_FORMS", "form-0-id", f"{picture.pk}-id"]
    response = editor.post(address, dict.fromkeys(names, value))
    assert response.status_code == 302
    assert Picture.objects.get() == picture


@pytest.mark.parametrize(
    "query", ["", "id=x", "id=-1", "id=99999999999999999999", "id=%C2%B2"]
)
def test_words_about_nothing_is_a_page(editor, query):
    response = editor.get(f"{reverse('admin:portal_picture_words')}?{query}")
    assert response.status_code == 200
    assert "Không còn tệp nào" in response.content.decode()


@pytest.mark.parametrize("model", ["picture", "attachment"])
def test_no_file_and_too_many_files_are_explained(editor, model, monkeypatch):
    address = reverse(f"admin:portal_{model}_several")
    assert "Chưa chọn tệp nào" in editor.post(address, {}).content.decode()
    monkeypatch.setattr(upload_fields, "MAX_AT_ONCE", 1)
    files = [picture_file("a.jpg"), picture_file("b.jpg")]
    html = editor.post(address, {"uploads": files}).content.decode()
    assert "chia làm nhiều lần" in html
    assert not Picture.objects.exists()


def test_several_uploads_count_towards_the_limit(editor, monkeypatch):
    monkeypatch.setattr(uploads, "PER_HOUR", 1)
    files = [document_file("a.pdf", pdf(b"1")), document_file("b.pdf", pdf(b"2"))]
    response = editor.post(
        reverse("admin:portal_attachment_several"), {"uploads": files}, follow=True
    )
    assert "rất nhiều tệp" in messages_of(response)[0]
    assert Attachment.objects.count() == 1


# --- documents --------------------------------------------------------------------------------


def test_a_document_is_added_with_what_is_known_of_it(editor):
    data = {
        "upload": document_file(),
        "title": "",
        "number": "15/KH-UBND",
        "issuer": "Ủy ban nhân dân xã",
        "issued_on": "01/03/2024",
    }
    response = editor.post(reverse("admin:portal_attachment_add"), data)
    assert response.status_code == 302
    attachment = Attachment.objects.get()
    assert (attachment.title, attachment.number) == ("Kế hoạch", "15/KH-UBND")
    assert f"{attachment.issued_on:%d/%m/%Y}" == "01/03/2024"
    assert attachment.uploaded_by is not None


def test_the_form_explains_a_refused_document(editor):
    macros = office("spreadsheetml.sheet", ("xl/vbaProject.bin", b"x"))
    data = {"upload": document_file("a.xlsx", macros), "title": "Biểu"}
    html = editor.post(reverse("admin:portal_attachment_add"), data).content.decode()
    assert "Tệp có macro" in html
    assert not Attachment.objects.exists()


def test_the_words_change_and_the_file_never(editor):
    attachment = store_attachment(content=pdf(), name="a.pdf")
    address = reverse("admin:portal_attachment_change", args=[attachment.pk])
    assert 'type="file"' not in editor.get(address).content.decode()
    editor.post(address, {"title": "Tên mới", "upload": document_file()})
    attachment.refresh_from_db()
    assert attachment.title == "Tên mới"
    assert Attachment.objects.count() == 1
    assert (
        "không được để trống" in editor.post(address, {"title": "\u200b"}).content.decode()
    )


def test_the_list_is_searched_without_accents_in_few_queries(
    editor, django_assert_max_num_queries
):
    for number in range(3):
        store_attachment(content=pdf(b"%d" % number), name="a.pdf", title=f"Đề án {number}")
    store_attachment(content=SOUND["docx"], name="a", title="Mẫu đơn")
    changelist = reverse("admin:portal_attachment_changelist")
    # Session, user, permissions, count, page of the list, filters: none per document.
    with django_assert_max_num_queries(12):
        found = editor.get(changelist, {"q": "de an"}).context["cl"].result_count
    assert found == 3
    assert editor.get(changelist, {"kind__exact": "docx"}).context["cl"].result_count == 1


def test_a_document_is_found_where_it_is_used_and_not_deleted(client):
    client.force_login(factory.make_user(is_superuser=True))
    attachment = store_attachment(content=pdf(), name="a.pdf")
    article = factory.make_article(title="Bài có tệp")
    enclosures.enclose(article.approved, [attachment])
    address = reverse("admin:portal_attachment_delete", args=[attachment.pk])
    assert "Bài có tệp" in client.get(address).content.decode()
    client.post(address, {"post": "yes"})
    client.post(
        reverse("admin:portal_attachment_changelist"),
        {"action": "delete_selected", "_selected_action": [attachment.pk], "post": "yes"},
    )
    assert Attachment.objects.exists()


def test_an_unused_document_is_deleted(client):
    client.force_login(factory.make_user(is_superuser=True))
    attachment = store_attachment(content=pdf(), name="a.pdf")
    path = Path(attachment.file.path)
    address = reverse("admin:portal_attachment_delete", args=[attachment.pk])
    client.post(address, {"post": "yes"})
    assert not Attachment.objects.exists()
    assert path.exists()  # it goes when the transaction commits, which tests never do


def test_the_editor_uploads_a_document_to_link_to(editor):
    answer = editor.post(UPLOAD, {"upload": document_file()}).json()
    attachment = Attachment.objects.get()
    assert answer == {
        "uploaded": 1,
        "fileName": "Kế hoạch",
        "url": attachment.get_absolute_url(),
        "remark": "",
    }
    refusal = editor.post(UPLOAD, {"upload": document_file("a.pdf", b"x")}).json()
    assert refusal["uploaded"] == 0
    assert "Không nhận ra" in refusal["error"]["message"]
    assert editor.post(UPLOAD, {}).json()["uploaded"] == 0


# --- who may ---------------------------------------------------------------------------------

# Forms of procedures and signed reports are documents too.
EDITS = {roles.EDITOR, roles.APPROVER, roles.PROCEDURES_CLERK}
DELETES = {roles.EDITOR}


@pytest.mark.parametrize("role", roles.ROLES)
@pytest.mark.parametrize(
    ("page", "method", "allowed"),
    [
        ("upload", "post", EDITS),
        ("several", "get", EDITS),
        ("words", "get", EDITS),
        ("add", "get", EDITS),
        ("changelist", "get", EDITS),
        ("change", "get", EDITS),
        ("download", "get", EDITS),
        ("delete", "get", DELETES),
    ],
)
def test_each_page_about_documents_is_for_some_roles(client, role, page, method, allowed):
    attachment = store_attachment(content=pdf(), name="a.pdf")
    client.force_login(factory.make_user(roles=[role]))
    keys = [attachment.pk] if page in ("change", "download", "delete") else []
    response = getattr(client, method)(
        reverse(f"admin:portal_attachment_{page}", args=keys)
    )
    assert (b"".join(response) != b"", response.status_code) == (
        True,
        200 if role in allowed else 403,
    )


@pytest.mark.parametrize("page", ["upload", "several", "words", "download"])
def test_pages_about_documents_need_a_sign_in(client, page):
    attachment = store_attachment(content=pdf(), name="a.pdf")
    keys = [attachment.pk] if page == "download" else []
    response = client.post(reverse(f"admin:portal_attachment_{page}", args=keys))
    assert response.status_code == 302
    assert "/quan-tri/login/" in response["Location"]


def test_uploads_need_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    for address in (UPLOAD, reverse("admin:portal_attachment_several")):
        assert client.post(address, {"upload": document_file()}).status_code == 403
    assert not Attachment.objects.exists()


# --- how much ----------------------------------------------------------------------------------


def test_a_huge_body_is_turned_away_before_it_is_read(editor):
    for client, path, size, status, words in (
        (editor, UPLOAD, 201, 413, "tối đa 200 MB"),
        (Client(), UPLOAD, 6, 403, "đăng nhập"),
        (Client(), "/phan-hoi/", 6, 413, "tối đa 5 MB"),
        (editor, "/phan-hoi/", 1_000, 413, "tối đa 5 MB"),
    ):
        # The body is shorter than announced: reading it would fail.
        response = client.post(
            path,
            b"x",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(size * 2**20),
        )
        assert response.status_code == status
        assert words in response.content.decode()


@pytest.mark.parametrize("length", ["", "x", "-1", "1e9"])
def test_an_announcement_that_is_no_number_is_no_error(length):
    response = Client().post(UPLOAD, b"", content_type="text/plain", CONTENT_LENGTH=length)
    assert response.status_code in (302, 400)


def test_a_body_within_the_limit_is_read(editor):
    content = pdf(b"x" * (6 * 2**20))
    answer = editor.post(UPLOAD, {"upload": document_file("a.pdf", content)}).json()
    assert answer["uploaded"] == 1


# --- the field below a text ------------------------------------------------------------------


class ArticleLikeForm(forms.Form):
    title = forms.CharField()
    attachments = AttachmentsField()


def bound(data, files=(), initial=()):
    query = MultiValueDict({"title": ["x"], **data})
    return ArticleLikeForm(
        query,
        MultiValueDict({"attachments-uploads": list(files)}),
        initial={"attachments": list(initial)},
    )


def three_documents():
    return [
        store_attachment(content=pdf(b"%d" % number), name="a.pdf", title=f"Tệp {number}")
        for number in range(3)
    ]


def test_documents_are_kept_ordered_chosen_and_added():
    first, second, third = three_documents()
    form = bound(
        {
            "attachments-kept": [str(first.pk), str(second.pk)],
            f"attachments-order-{first.pk}": ["2"],
            f"attachments-order-{second.pk}": ["1"],
            "attachments-chosen": [f"Tệp 2 (pdf) [{third.pk}]", "", " "],
        },
        [document_file("Mới.pdf", pdf(b"moi")), document_file("hong.pdf", b"x")],
        initial=[first, second],
    )
    assert form.is_valid()
    assert form.has_changed()
    stored, refusals = form.cleaned_data["attachments"].store(actor=None)
    assert [each.title for each in stored] == ["Tệp 1", "Tệp 0", "Tệp 2", "Mới"]
    assert len(refusals) == 1
    assert refusals[0].startswith("Tệp hong.pdf: Không nhận ra")


def test_an_untouched_form_has_not_changed():
    first, second, _ = three_documents()
    data = {
        "attachments-kept": [str(first.pk), str(second.pk)],
        f"attachments-order-{first.pk}": ["1"],
        f"attachments-order-{second.pk}": ["2"],
    }
    assert (
        not bound(data, initial=[first, second])
        .fields["attachments"]
        .has_changed(
            [first, second],
            bound(data)
            .fields["attachments"]
            .widget.value_from_datadict(
                MultiValueDict(data), MultiValueDict(), "attachments"
            ),
        )
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"attachments-chosen": ["Kế hoạch nào đó"]}, "là tệp nào"),
        ({"attachments-chosen": ["[999999]"]}, "vừa bị xóa"),
        ({"attachments-kept": ["999999"]}, "vừa bị xóa"),
        ({"attachments-kept": ["x"]}, "là tệp nào"),
        ({"attachments-kept": ["99999999999999999999"]}, "là tệp nào"),
        ({"attachments-kept": ["²"]}, "là tệp nào"),
    ],
)
def test_a_document_that_is_not_there_is_explained(data, words):
    form = bound(data)
    assert not form.is_valid()
    assert words in form.errors["attachments"][0]
    assert "Tải tệp mới lên" in str(form["attachments"])


def test_a_form_with_mistakes_shows_the_choice_again():
    first, second, third = three_documents()
    form = bound(
        {
            "title": [""],
            "attachments-kept": [str(third.pk)],
            "attachments-chosen": [f"[{first.pk}]"],
        },
        initial=[second],
    )
    assert not form.is_valid()
    html = str(form["attachments"])
    assert html.index("Giữ tệp Tệp 2") < html.index("Giữ tệp Tệp 0")
    assert "Giữ tệp Tệp 1" not in html
