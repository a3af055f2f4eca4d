from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from articles.models import Article, Category, Page, Precision, Status
from tests.factory import make_article, make_category, make_page, make_picture, make_user

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
def writer(client):
    """Someone who writes, yet may not publish."""
    user = make_user(roles=["Biên tập viên"])
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="publish_article"))
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
    kept = {name: getattr(article, name) for name in names}
    day = {"published_on": "2024-01-26", "published_time": "08:30:05"}
    return {**kept, **day, "category": article.category_id, **fields}


def jpeg(*, colour="red"):
    file = BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "JPEG")
    return SimpleUploadedFile("hop-thon.jpg", file.getvalue(), "image/jpeg")


# --- Writing and publishing ---------------------------------------------------------------


def test_save_draft_keeps_the_text_from_readers(client, editor):
    response = client.post(ADD, filled_in() | {"_save": ""}, follow=True)
    article = Article.objects.get()
    assert (article.status, article.created_by) == (Status.DRAFT, editor)
    assert "Đã lưu bản nháp" in text(response)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_publish_shows_the_text_to_readers_at_once(client, editor):
    response = client.post(ADD, filled_in() | {"_publish": ""}, follow=True)
    article = Article.objects.get()
    assert f'href="{article.get_absolute_url()}">Xem trên trang</a>' in text(response)
    client.logout()
    assert "Bà con mang sổ tiêm." in text(client.get(article.get_absolute_url()))


def test_a_published_article_is_changed_in_place(client, editor):
    article = make_article(published_at=MOMENT)
    client.post(change(article), as_filled_in(article, title="Tên đã sửa") | {"_save": ""})
    article.refresh_from_db()
    assert (article.title, article.status) == ("Tên đã sửa", Status.PUBLISHED)
    assert (article.published_at, article.updated_by) == (MOMENT, editor)


def test_a_note_for_readers_appears_under_the_article(client, editor):
    article = make_article(published_at=MOMENT)
    note = {"updated_note": "Sửa giờ họp.", "_save": ""}
    client.post(change(article), as_filled_in(article) | note)
    assert "Sửa giờ họp." in text(client.get(article.get_absolute_url()))


def test_take_down_makes_it_a_draft_again_and_keeps_the_changes(client, editor):
    article = make_article(published_at=MOMENT)
    client.post(change(article), as_filled_in(article, body="") | {"_unpublish": ""})
    article.refresh_from_db()
    assert (article.status, article.body, article.published_at) == (
        Status.DRAFT,
        "",
        MOMENT,
    )


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
    client.post(ADD, filled_in(**moments) | {"_publish": ""})
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


def test_a_later_day_schedules_the_article(client, editor):
    with time_machine.travel(MOMENT, tick=False):
        client.force_login(editor)
        later = filled_in(published_on="2024-02-01", published_time="07:00")
        response = client.post(ADD, later | {"_publish": ""}, follow=True)
        assert "Đã hẹn đăng bài" in text(response)
        assert "Hẹn đăng" in text(response)
        assert client.get(Article.objects.get().get_absolute_url()).status_code == 404


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
        ({"body": ""}, "Bài chưa có nội dung."),
        ({"title": ""}, "Trường này là bắt buộc."),
        ({"category": ""}, "Trường này là bắt buộc."),
        ({"published_time": "08:00"}, "Hãy chọn cả ngày đăng."),
        ({"published_on": "0001-01-01"}, "Ngày đăng phải từ năm 1990 trở đi."),
        ({"published_on": "9999-12-31"}, "Ngày đăng quá xa."),
        ({"published_on": "31/02/2024"}, "Nhập một ngày hợp lệ."),
        ({"category": "999999"}, "Hãy chọn"),
        ({"category": "'; --"}, "Hãy chọn"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_stored(client, editor, fields, sentence):
    response = client.post(ADD, filled_in(**fields) | {"_publish": ""})
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


def test_a_live_article_cannot_be_emptied(client, editor):
    article = make_article(published_at=MOMENT)
    response = client.post(change(article), as_filled_in(article, body="") | {"_save": ""})
    assert "Bài chưa có nội dung." in text(response)
    article.refresh_from_db()
    assert article.body


def test_a_live_article_keeps_a_moment(client, editor):
    article = make_article(published_at=MOMENT)
    gone = as_filled_in(article, published_on="", published_time="")
    response = client.post(change(article), gone | {"_save": ""})
    assert "phải có ngày đăng" in text(response)
    article.refresh_from_db()
    assert article.published_at == MOMENT


def test_publishing_what_a_colleague_has_just_published_is_explained(client, editor):
    article = make_article(published_at=MOMENT)
    again = as_filled_in(article) | {"_publish": ""}
    response = client.post(change(article), again, follow=True)
    assert response.status_code == 200
    assert "Bài này đã được đăng rồi." in text(response)


def test_taking_down_what_a_colleague_has_just_taken_down_is_explained(client, editor):
    article = make_article(status=Status.DRAFT, published_at=MOMENT)
    response = client.post(
        change(article), as_filled_in(article) | {"_unpublish": ""}, follow=True
    )
    assert "chưa đăng nên không cần gỡ" in text(response)


# --- Pictures -----------------------------------------------------------------------------------


def test_a_new_cover_is_stored_with_its_description(client, editor):
    words = {"cover_alt": "Bà con họp thôn", "cover_credit": "Văn phòng UBND"}
    client.post(ADD, filled_in(new_cover=jpeg(), **words) | {"_publish": ""})
    article = Article.objects.get()
    assert (article.cover.alt, article.cover.uploaded_by) == ("Bà con họp thôn", editor)
    assert article.status == Status.PUBLISHED


def test_a_cover_without_description_is_explained(client, editor):
    response = client.post(ADD, filled_in(new_cover=jpeg()) | {"_publish": ""})
    assert "Ảnh đại diện chưa có mô tả." in text(response)
    assert not Article.objects.exists()


def test_a_file_that_is_no_picture_is_refused_by_its_content(client, editor):
    script = SimpleUploadedFile("anh.jpg", b"<script>alert(1)</script>", "image/jpeg")
    response = client.post(
        ADD, filled_in(new_cover=script, cover_alt="Ảnh") | {"_save": ""}
    )
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["new_cover"]
    assert not Article.objects.exists()


def test_the_form_shows_the_cover_in_use(client, editor):
    article = make_article(cover=make_picture(alt="Nhà văn hóa"))
    page = text(client.get(change(article)))
    assert f'<img src="{article.cover.file.url}" alt="Nhà văn hóa"' in page


# --- Who may do what ------------------------------------------------------------------------------


def test_a_writer_sees_no_publish_button_and_cannot_publish(client, writer):
    assert 'name="_publish"' not in text(client.get(ADD))
    response = client.post(ADD, filled_in() | {"_publish": ""}, follow=True)
    assert "chưa được giao quyền đăng bài" in text(response)
    assert not Article.objects.published().exists()


def test_a_writer_reads_but_does_not_change_what_is_published(client, writer):
    article = make_article(published_at=MOMENT)
    assert client.get(change(article)).status_code == 200
    response = client.post(
        change(article), as_filled_in(article, title="Khác") | {"_save": ""}
    )
    assert response.status_code == 403
    article.refresh_from_db()
    assert article.title != "Khác"


@pytest.mark.parametrize("role", ["Phụ trách TTHC", "Xem thống kê", "Quản trị hệ thống"])
def test_other_roles_do_not_write_articles(client, role):
    client.force_login(make_user(roles=[role]))
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, filled_in() | {"_save": ""}).status_code == 403
    assert not Article.objects.exists()


def test_visitors_are_asked_to_sign_in(client):
    for address in (LIST, ADD, change(make_article())):
        assert client.get(address).status_code == 302


def test_what_readers_see_cannot_be_deleted(client):
    client.force_login(make_user(is_superuser=True))
    article = make_article()
    address = reverse("admin:articles_article_delete", args=[article.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Article.objects.exists()


def test_a_draft_can_be_deleted(client):
    client.force_login(make_user(is_superuser=True))
    article = make_article(status=Status.DRAFT)
    client.post(
        reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}
    )
    assert not Article.objects.exists()


# --- The list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["hop thon", "Họp thôn", "HOP THON", "dong"])
def test_the_list_is_searched_without_accents(client, editor, words):
    found = make_article(title="Họp thôn ở Đông Thanh")
    other = make_article(title="Lịch tiêm chủng", lead="")
    page = text(client.get(LIST, {"q": words}))
    assert found.title in page
    assert other.title not in page


def test_the_list_tells_the_state_in_words(client, editor):
    make_article()
    make_article(status=Status.DRAFT, published_at=None)
    make_article(published_at=datetime.now(UTC) + timedelta(days=1))
    page = text(client.get(LIST))
    for words in ("Đã đăng", "Bản nháp", "Hẹn đăng"):
        assert words in page


@pytest.mark.parametrize(
    "query", ["?status__exact=draft", "?is_featured__exact=1", "?published_at__year=2024"]
)
def test_the_list_can_be_filtered(client, editor, query):
    make_article()
    assert client.get(LIST + query).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["?p=99999", "?p=x", "?q=%00", "?status__exact=%FF", "?o=9.9", "?published_at__year=0"],
)
def test_a_hostile_query_gives_a_page_or_a_refusal(client, editor, query):
    make_article()
    assert client.get(LIST + query).status_code < 500


def test_the_list_needs_the_same_queries_for_few_and_for_many(
    client, editor, django_assert_max_num_queries
):
    for _ in range(30):
        make_article()
    # Session, user, rights (2), count, rows, first and last day for the date line, categories.
    with django_assert_max_num_queries(15):
        client.get(LIST)


def test_a_published_article_links_to_its_page(client, editor):
    article = make_article()
    assert f'href="{article.get_absolute_url()}"' in text(client.get(change(article)))
    draft = make_article(status=Status.DRAFT)
    assert f'href="{draft.get_absolute_url()}"' not in text(client.get(change(draft)))


# --- Categories and pages ---------------------------------------------------------------------------------


def test_categories_are_listed_as_a_tree(client, editor):
    make_category(name="B")
    parent = make_category(name="A")
    make_category(name="C", parent=parent)
    page = text(client.get("/quan-tri/articles/category/"))
    assert page.index(">A<") < page.index(">— C<") < page.index(">B<")


def test_a_category_is_written_with_the_form(client, editor):
    parent = make_category()
    values = {"name": "Y tế", "parent": parent.pk, "order": 0, "is_shown": "on"}
    client.post("/quan-tri/articles/category/add/", values)
    category = Category.objects.get(name="Y tế")
    assert (category.slug, category.parent) == ("y-te", parent)


def test_a_category_is_not_offered_a_place_below_itself(client, editor):
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


def test_a_category_slug_in_use_is_explained(client, editor):
    make_category(slug="y-te")
    values = {"name": "Y tế", "order": 0, "is_shown": "on"}
    response = client.post("/quan-tri/articles/category/add/", values)
    assert "Đã có chuyên mục khác dùng tên này" in text(response)


def test_a_page_is_written_below_the_root(client, editor):
    root = make_page()
    values = {"title": "Các thôn", "parent": root.pk, "body": "<p>Tám thôn.</p>"}
    client.post("/quan-tri/articles/page/add/", values | {"order": 0, "is_shown": "on"})
    page = Page.objects.get(title="Các thôn")
    assert (page.path, page.created_by) == ("cac-thon", editor)
    assert "Tám thôn." in text(client.get(page.get_absolute_url()))


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
def test_a_title_is_judged_as_it_would_be_stored(client, editor, model, title):
    sent = filled_in(title=title, name=title[:80], order=0)
    page = client.post(reverse(f"admin:articles_{model}_add"), sent)
    name = "name" if model == "category" else "title"
    assert name in page.context["adminform"].form.errors
    assert not Article.objects.exists()
    assert not Page.objects.exists()
