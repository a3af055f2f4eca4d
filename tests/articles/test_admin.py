from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from articles.enclosures import listed
from articles.models import Article, Category, CategoryDuty, Page, Precision, Stage, Status
from tests.factory import (
    make_article,
    make_category,
    make_edition,
    make_page,
    make_picture,
    make_user,
)
from tests.portal.documents import pdf

pytestmark = pytest.mark.django_db

ADD = "/quan-tri/articles/article/add/"
LIST = "/quan-tri/articles/article/"
MOMENT = datetime(2024, 1, 26, 1, 30, 5, tzinfo=UTC)  # 08:30:05 in Viet Nam


def change(target):
    return reverse(f"admin:articles_{target._meta.model_name}_change", args=[target.pk])


def text(response):
    return response.content.decode()


@pytest.fixture
def editor(client):
    user = make_user(roles=["Biên tập viên"])
    client.force_login(user)
    return user


@pytest.fixture
def approver(client):
    """Somebody of a small office who writes and approves."""
    user = make_user(roles=["Biên tập viên", "Lãnh đạo duyệt"])
    client.force_login(user)
    return user


def filled_in(**fields):
    """Return what the article form sends."""
    values = {
        "title": "Lịch tiêm chủng",
        "lead": "Tiêm tại trạm y tế.",
        "body": "<p>Bà con mang sổ tiêm.</p>",
        "published_on": "",
        "published_time": "",
    } | fields
    if "category" not in values:
        values["category"] = make_category().pk
    return values


def as_filled_in(article, **fields):
    """Return what the form of an existing article sends when nothing else is changed."""
    names = ["title", "lead", "body", "slug", "updated_note"]
    kept = {name: getattr(article.head, name, None) or "" for name in names}
    kept["slug"] = article.slug
    day = {"published_on": "", "published_time": ""}
    if article.published_at:
        local = timezone.localtime(article.published_at)
        day = {"published_on": f"{local:%Y-%m-%d}", "published_time": f"{local:%H:%M:%S}"}
    return {
        **kept,
        **day,
        "category": article.category_id,
        "based_on": article.head.number,
        **fields,
    }


def jpeg(*, colour="red"):
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return SimpleUploadedFile("hop-thon.jpg", file.getvalue(), "image/jpeg")


# --- Writing and sending on ---------------------------------------------------------------


def test_save_draft_keeps_the_text_from_readers(client, editor):
    response = client.post(ADD, filled_in() | {"_save": ""}, follow=True)
    article = Article.objects.get()
    assert (article.status, article.created_by) == (Status.DRAFT, editor)
    assert "Người đọc chưa thấy bài viết này. Bản 1 đang soạn" in text(response)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_save_and_submit_hands_the_text_to_the_approver(client, editor):
    response = client.post(ADD, filled_in() | {"_submit": ""}, follow=True)
    article = Article.objects.get()
    assert (article.stage, article.submitted_by) == (Stage.SUBMITTED, editor)
    assert "Bản 1 đang chờ duyệt" in text(response)
    assert "Rút lại để sửa" in text(response)


def test_what_cannot_be_submitted_is_saved_and_the_reason_said(client, editor):
    response = client.post(ADD, filled_in(body="") | {"_submit": ""}, follow=True)
    assert Article.objects.get().stage == Stage.DRAFT
    assert "Bài chưa có nội dung." in text(response)
    assert "Đã lưu, nhưng chưa gửi đi được." in text(response)
    assert {each.level_tag for each in response.context["messages"]} == {"error", "warning"}


def test_a_change_of_a_live_article_waits_and_readers_see_the_old_text(client, editor):
    article = make_article(published_at=MOMENT, title="Tên cũ")
    sent = as_filled_in(article, title="Tên mới", note="Sửa tên.") | {"_submit": ""}
    response = client.post(change(article), sent, follow=True)
    article.refresh_from_db()
    assert (article.title, article.head.title, article.head.note) == (
        "Tên cũ",
        "Tên mới",
        "Sửa tên.",
    )
    assert "Đang hiện trên trang: bản 1. Bản 2 đang chờ duyệt" in text(response)
    assert "Tên cũ" in text(client.get(article.get_absolute_url()))


def test_the_form_goes_on_with_the_text_in_hand(client, editor):
    article = make_article(title="Tên cũ")
    make_edition(article, title="Tên mới", stage=Stage.DRAFT)
    form = client.get(change(article)).context["adminform"].form
    assert (form["title"].value(), form["based_on"].value()) == ("Tên mới", 2)


def test_saving_over_a_newer_edition_is_refused_and_the_text_stays_in_the_form(
    client, editor
):
    article = make_article(status=Status.DRAFT)
    stale = as_filled_in(article, title="Tên của tôi") | {"_save": ""}
    make_edition(article, title="Tên của đồng nghiệp", stage=Stage.DRAFT)
    response = client.post(change(article), stale)
    assert response.status_code == 409
    form = response.context["adminform"].form
    assert form["title"].value() == "Tên của tôi"
    assert "đã lưu bản 2" in str(form.non_field_errors())
    article.refresh_from_db()
    assert article.head.number == 2


def test_an_approver_of_a_small_office_publishes_alone_with_a_reason(client, approver):
    alone = {"_approve_alone": "", "override_reason": "Chỉ có một cán bộ trực."}
    response = client.post(ADD, filled_in() | alone, follow=True)
    article = Article.objects.get()
    assert article.approved.override_reason == "Chỉ có một cán bộ trực."
    assert f'href="{article.get_absolute_url()}">Xem trên trang</a>' in text(response)
    client.logout()
    assert "Bà con mang sổ tiêm." in text(client.get(article.get_absolute_url()))


def test_nobody_publishes_alone_without_a_reason(client, approver):
    response = client.post(ADD, filled_in() | {"_approve_alone": ""}, follow=True)
    assert "hãy ghi lý do" in text(response)
    assert not Article.objects.published().exists()


def test_a_writer_is_not_offered_to_publish_alone_and_cannot(client, editor):
    assert 'name="_approve_alone"' not in text(client.get(ADD))
    alone = {"_approve_alone": "", "override_reason": "Vì tôi muốn."}
    response = client.post(ADD, filled_in() | alone, follow=True)
    assert "chưa được giao quyền duyệt" in text(response)
    assert not Article.objects.published().exists()


def test_a_later_day_schedules_the_article(client, approver):
    with time_machine.travel(MOMENT, tick=False):
        client.force_login(approver)
        later = filled_in(published_on="2024-02-01", published_time="07:00")
        alone = {"_approve_alone": "", "override_reason": "Trực một mình."}
        response = client.post(ADD, later | alone, follow=True)
        assert "tự hiện lúc 07:00 01/02/2024" in text(response)
        assert "Hủy hẹn đăng" in text(response)
        assert client.get(Article.objects.get().get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("day", "moment", "expected", "precision"),
    [
        ("2024-01-26", "08:30:05", MOMENT, Precision.DATE_TIME),
        ("26/01/2024", "08:30:05", MOMENT, Precision.DATE_TIME),
        ("05/02/2024", "", datetime(2024, 2, 4, 17, tzinfo=UTC), Precision.DATE),
    ],
)
def test_a_clerk_may_know_only_the_day(client, editor, day, moment, expected, precision):
    moments = {"published_on": day, "published_time": moment}
    client.post(ADD, filled_in(**moments) | {"_save": ""})
    article = Article.objects.get()
    assert (article.published_at, article.published_precision) == (expected, precision)


def test_the_form_shows_the_moment_as_it_is_known(client, editor):
    known = make_article(published_at=MOMENT)
    form = client.get(change(known)).context["adminform"].form
    assert 'value="26/01/2024"' in str(form["published_on"])
    assert 'value="08:30:05"' in str(form["published_time"])
    day_only = make_article(published_at=MOMENT, published_precision=Precision.DATE)
    form = client.get(change(day_only)).context["adminform"].form
    assert form["published_on"].value() == date(2024, 1, 26)
    assert form["published_time"].value() is None


def test_a_moment_to_disappear_and_a_day_to_look_again_are_kept(client, editor):
    moments = {"expires_at": "2030-02-01T17:00", "review_on": "01/06/2030"}
    client.post(ADD, filled_in(**moments) | {"_save": ""})
    article = Article.objects.get()
    assert article.expires_at == datetime(2030, 2, 1, 10, tzinfo=UTC)
    assert article.review_on == date(2030, 6, 1)
    form = client.get(change(article)).context["adminform"].form
    assert 'value="2030-02-01T17:00"' in str(form["expires_at"])


def test_the_title_alone_names_the_address(client, editor):
    client.post(ADD, filled_in(title="Họp thôn Kiệm") | {"_save": ""})
    assert Article.objects.get().slug == "hop-thon-kiem"


def test_an_endless_text_is_refused_and_given_back(client, editor):
    body = "<p>" + "a" * 500_000 + "</p>"
    response = client.post(ADD, filled_in(body=body) | {"_save": ""})
    assert not Article.objects.exists()
    assert "500000" in str(response.context["adminform"].form.errors["body"])
    assert response.context["adminform"].form["body"].value() == body


# --- What the form explains -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Ô này không được để trống."),
        ({"category": ""}, "Ô này không được để trống."),
        ({"published_time": "08:00"}, "Hãy chọn cả ngày đăng."),
        ({"published_on": "0001-01-01"}, "Ngày đăng phải từ năm 1990 trở đi."),
        ({"published_on": "9999-12-31"}, "Ngày đăng quá xa."),
        ({"published_on": "31/02/2024"}, "Nhập một ngày hợp lệ."),
        ({"expires_at": "9999-12-31T23:59"}, "Năm này chắc là gõ nhầm."),
        ({"expires_at": "0001-01-01T00:00"}, "Năm này chắc là gõ nhầm."),
        (
            {"published_on": "2024-02-01", "expires_at": "2024-01-01T00:00"},
            "Bài phải hết hạn sau lúc đăng.",
        ),
        ({"category": "999999"}, "Hãy chọn"),
        ({"category": "'; --"}, "Hãy chọn"),
        ({"cover": "'; --"}, "Hãy chọn"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_stored(client, editor, fields, sentence):
    response = client.post(ADD, filled_in(**fields) | {"_submit": ""})
    assert response.status_code == 200
    assert sentence in text(response)
    assert not Article.objects.exists()


def test_a_null_character_is_refused_like_any_mistake(client, editor):
    response = client.post(ADD, filled_in(title="a\x00b") | {"_save": ""})
    assert response.status_code == 200
    assert not Article.objects.exists()


def test_a_draft_may_still_be_empty(client, editor):
    client.post(ADD, filled_in(body="", lead="") | {"_save": ""})
    assert Article.objects.get().status == Status.DRAFT


def test_a_live_article_keeps_a_moment(client, approver):
    article = make_article(published_at=MOMENT)
    gone = as_filled_in(article, published_on="", published_time="")
    response = client.post(change(article), gone | {"_save": ""})
    assert "phải có ngày đăng" in text(response)
    article.refresh_from_db()
    assert article.published_at == MOMENT


# --- Pictures and documents ----------------------------------------------------------------------


def test_a_new_cover_is_stored_with_its_description(client, editor):
    words = {"cover_alt": "Bà con họp thôn", "cover_credit": "Văn phòng UBND"}
    client.post(ADD, filled_in(new_cover=jpeg(), **words) | {"_submit": ""})
    article = Article.objects.get()
    assert (article.cover.alt, article.cover.uploaded_by) == ("Bà con họp thôn", editor)
    assert article.stage == Stage.SUBMITTED


def test_a_cover_without_description_keeps_the_text_a_draft(client, editor):
    sent = filled_in(new_cover=jpeg()) | {"_submit": ""}
    response = client.post(ADD, sent, follow=True)
    assert "Ảnh đại diện chưa có mô tả." in text(response)
    assert Article.objects.get().stage == Stage.DRAFT


def test_a_file_that_is_no_picture_is_refused_by_its_content(client, editor):
    script = SimpleUploadedFile("anh.jpg", b"<script>alert(1)</script>", "image/jpeg")
    response = client.post(
        ADD, filled_in(new_cover=script, cover_alt="Ảnh") | {"_save": ""}
    )
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["new_cover"]
    assert not Article.objects.exists()


def test_a_refusal_asks_for_the_picture_again(client, editor):
    article = make_article(status=Status.DRAFT)
    stale = as_filled_in(article, new_cover=jpeg(), cover_alt="Ảnh", based_on=0)
    response = client.post(change(article), stale | {"_save": ""})
    errors = response.context["adminform"].form.errors
    assert "chọn lại tệp ảnh" in str(errors["new_cover"])


def test_the_form_shows_the_cover_in_use(client, editor):
    article = make_article(cover=make_picture(alt="Nhà văn hóa"))
    page = text(client.get(change(article)))
    assert f'<img src="{article.cover.file.url}" alt="Nhà văn hóa"' in page


def test_a_document_goes_below_the_text_and_a_refused_one_is_named(client, editor):
    files = [
        SimpleUploadedFile("bieu-mau.pdf", pdf(), "application/pdf"),
        SimpleUploadedFile("virus.exe", b"MZ...", "application/octet-stream"),
    ]
    response = client.post(
        ADD, filled_in(**{"attachments-uploads": files}) | {"_save": ""}, follow=True
    )
    article = Article.objects.get()
    assert [each.title for each in listed(article.head)] == ["bieu-mau"]
    assert "irus.exe: Không nhận ra tệp này." in text(response)
    (fieldset,) = [
        each for each in response.context["adminform"] if each.name == "Tệp đính kèm"
    ]
    assert not fieldset.is_collapsible


# --- Who may do what ------------------------------------------------------------------------------


def test_where_a_live_article_stands_is_for_approvers(client, editor):
    article = make_article(published_at=MOMENT, slug="ten-cu")
    form = client.get(change(article)).context["adminform"].form
    assert form.fields["slug"].disabled
    assert not form.fields["title"].disabled
    moved = as_filled_in(article, slug="ten-moi", is_featured="on") | {"_save": ""}
    client.post(change(article), moved)
    article.refresh_from_db()
    assert (article.slug, article.is_featured) == ("ten-cu", False)


def test_an_approver_moves_a_live_article_without_a_new_edition(client, approver):
    article = make_article(published_at=MOMENT)
    client.post(change(article), as_filled_in(article, is_featured="on") | {"_save": ""})
    article.refresh_from_db()
    assert (article.is_featured, article.head.number) == (True, 1)


def test_the_category_is_chosen_among_those_one_works_in(client, editor):
    mine, other = make_category(), make_category()
    below = make_category(parent=mine)
    CategoryDuty.objects.create(user=editor, category=mine)
    form = client.get(ADD).context["adminform"].form
    assert [value for value, _ in form.fields["category"].choices] == [
        "",
        mine.pk,
        below.pk,
    ]
    response = client.post(ADD, filled_in(category=other.pk) | {"_save": ""})
    assert response.context["adminform"].form.errors["category"]


def test_an_article_of_another_category_is_shown_and_cannot_be_changed(client, editor):
    CategoryDuty.objects.create(user=editor, category=make_category())
    article = make_article(body="<p>Bà con <strong>chú ý</strong>.</p>")
    page = text(client.get(change(article)))
    assert "<strong>chú ý</strong>" in page
    assert 'name="_save"' not in page
    response = client.post(change(article), as_filled_in(article) | {"_save": ""})
    assert response.status_code == 403


def test_a_writer_is_told_that_saving_takes_a_submitted_text_back(client, editor):
    article = make_article(
        status=Status.DRAFT, stage=Stage.SUBMITTED, submitted_at=datetime.now(UTC)
    )
    said = "Nếu bạn sửa rồi lưu, bài trở lại thành bản nháp"
    assert said in text(client.get(change(article)))
    client.post(change(article), as_filled_in(article, title="Tên mới") | {"_save": ""})
    article.refresh_from_db()
    assert article.stage == Stage.DRAFT
    assert said not in text(client.get(change(article)))


def test_a_returned_text_shows_the_remark(client, editor):
    article = make_article(
        status=Status.DRAFT, stage=Stage.RETURNED, remark="Thiếu giờ họp."
    )
    page = text(client.get(change(article)))
    assert "Ý kiến của người duyệt" in page
    assert "Thiếu giờ họp." in page


def test_a_draft_can_be_deleted_by_its_writer_and_a_live_article_by_nobody(client, editor):
    draft, live = make_article(status=Status.DRAFT), make_article()
    for article in (draft, live):
        address = reverse("admin:articles_article_delete", args=[article.pk])
        client.post(address, {"post": "yes"})
    assert list(Article.objects.all()) == [live]


# --- Categories and pages ---------------------------------------------------------------------------------


def test_categories_are_listed_as_a_tree(client, approver):
    make_category(name="B")
    parent = make_category(name="A")
    make_category(name="C", parent=parent)
    page = text(client.get("/quan-tri/articles/category/"))
    assert page.index(">A<") < page.index(">— C<") < page.index(">B<")


def test_a_category_is_written_with_the_form(client, approver):
    parent = make_category()
    values = {"name": "Y tế", "parent": parent.pk, "order": 0, "is_shown": "on"}
    client.post("/quan-tri/articles/category/add/", values)
    category = Category.objects.get(name="Y tế")
    assert (category.slug, category.parent) == ("y-te", parent)


def test_a_category_is_not_offered_a_place_below_itself(client, approver):
    parent = make_category()
    child = make_category(parent=parent)
    form = client.get(change(parent)).context["adminform"].form
    assert [value for value, _ in form.fields["parent"].choices] == [""]
    values = {"name": "A", "parent": child.pk, "order": 0, "slug": parent.slug}
    response = client.post(change(parent), values, follow=True)
    assert response.status_code == 200
    assert "không thể" in text(response)
    parent.refresh_from_db()
    assert parent.parent is None


def test_a_category_slug_in_use_is_explained(client, approver):
    make_category(slug="y-te")
    values = {"name": "Y tế", "order": 0, "is_shown": "on"}
    response = client.post("/quan-tri/articles/category/add/", values)
    assert "Đã có chuyên mục khác dùng tên này" in text(response)


def test_a_page_is_written_below_the_root(client, editor):
    root = make_page()
    values = {"title": "Các thôn", "parent": root.pk, "body": "<p>Tám thôn.</p>"}
    sent = values | {"order": 0, "is_shown": "on", "_submit": ""}
    response = client.post("/quan-tri/articles/page/add/", sent, follow=True)
    page = Page.objects.get(title="Các thôn")
    assert (page.path, page.created_by) == ("cac-thon", editor)
    assert page.stage == Stage.SUBMITTED
    assert "Người đọc chưa thấy trang giới thiệu này." in text(response)


@pytest.mark.parametrize(
    ("title", "with_parent", "sentence"),
    [
        ("Gốc khác", False, "Đã có trang gốc."),
        ("Các thôn", True, "Dưới trang này đã có trang khác"),
    ],
)
def test_an_impossible_page_is_explained(client, editor, title, with_parent, sentence):
    root = make_page()
    make_page(slug="cac-thon")
    values = {"title": title, "order": 0, "parent": root.pk if with_parent else ""}
    response = client.post("/quan-tri/articles/page/add/", values)
    assert sentence in text(response)
    assert Page.objects.count() == 2


def test_pages_are_listed_as_a_tree_with_their_address(client, editor):
    make_page(title="Giới thiệu")
    make_page(title="Các thôn", slug="cac-thon")
    page = text(client.get("/quan-tri/articles/page/"))
    assert page.index(">Giới thiệu<") < page.index(">— Các thôn<")
    assert "/gioi-thieu/cac-thon/" in page


# --- Lines that are not what they seem --------------------------------------------------

INVISIBLE = "\u200b"
GROWS = "\u0958"  # two characters in normal form


@pytest.mark.parametrize("title", [INVISIBLE, GROWS * 250], ids=["invisible", "grows"])
@pytest.mark.parametrize("model", ["article", "page", "category"])
def test_a_title_is_judged_as_it_would_be_stored(client, approver, model, title):
    sent = filled_in(title=title, name=title[:80], order=0)
    page = client.post(reverse(f"admin:articles_{model}_add"), sent)
    name = "name" if model == "category" else "title"
    assert name in page.context["adminform"].form.errors
    assert not Article.objects.exists()
    assert not Page.objects.exists()
