from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission

from articles import workflow
from articles.models import Article, Category, Page, Precision, Status
from portal.audit import AuditEntry
from tests.factory import make_article, make_category, make_page, make_picture, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 2, 0, 7, 123456, tzinfo=UTC)


def staff_who_may(*codenames):
    user = make_user()
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="articles", codename__in=codenames
        )
    )
    return user


@pytest.fixture
def editor():
    """Someone who may do everything in this app."""
    actions = ["add", "change", "delete"]
    codenames = [
        f"{a}_{model}" for a in actions for model in ("article", "category", "page")
    ]
    return staff_who_may("publish_article", *codenames)


@pytest.fixture
def writer():
    return staff_who_may("add_article", "change_article", "delete_article")


def draft(**fields):
    return make_article(**{"status": Status.DRAFT, "published_at": None} | fields)


def new_article(**fields):
    values = {"title": "Lịch tiêm chủng", "body": "<p>Tiêm tại trạm.</p>"} | fields
    return Article(category=make_category(), **values)


# --- Saving ---------------------------------------------------------------------------


def test_a_new_article_becomes_a_draft_with_author_and_moment(editor):
    article = workflow.save_article(article=new_article(), actor=editor, at=NOW)
    article.refresh_from_db()
    assert article.status == Status.DRAFT
    assert (article.created_by, article.updated_by) == (editor, editor)
    assert article.created_at == article.updated_at == NOW


def test_saving_never_publishes(editor):
    article = new_article(status=Status.PUBLISHED, published_at=NOW)
    assert workflow.save_article(article=article, actor=editor).status == Status.DRAFT


def test_saving_cleans_the_body_and_keeps_its_words(editor):
    body = '<p onclick="x()">Tiêm <b>lúc</b> 7 giờ<script>alert(1)</script></p>'
    article = workflow.save_article(article=new_article(body=body), actor=editor)
    assert article.body == "<p>Tiêm <strong>lúc</strong> 7 giờ</p>"
    assert article.body_text == "Tiêm lúc 7 giờ"


def test_saving_drops_a_doubled_title(editor):
    body = "<h1>Lịch tiêm chủng</h1><p>LỊCH TIÊM CHỦNG</p><p>Tiêm tại trạm.</p>"
    article = workflow.save_article(article=new_article(body=body), actor=editor)
    assert article.body == "<p>Tiêm tại trạm.</p>"


def test_saving_brings_lines_to_normal_form(editor):
    decomposed = "Lịch  tie\u0302m\u200b chủng\n"
    article = workflow.save_article(article=new_article(title=decomposed), actor=editor)
    assert article.title == "Lịch tiêm chủng"


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("", "lich-tiem-chung"), ("Tiêm ở Đông Thanh!", "tiem-o-dong-thanh")],
)
def test_the_slug_has_no_accents_and_follows_the_title_if_none_is_given(
    editor, slug, expected
):
    article = workflow.save_article(article=new_article(slug=slug), actor=editor)
    assert article.slug == expected


def test_a_moment_of_which_only_the_day_is_known_is_its_local_midnight(editor):
    article = new_article(published_at=NOW, published_precision=Precision.DATE)
    workflow.save_article(article=article, actor=editor)
    assert article.published_at == datetime(2024, 2, 29, 17, 0, tzinfo=UTC)


def test_a_moment_has_whole_seconds(editor):
    article = workflow.save_article(article=new_article(published_at=NOW), actor=editor)
    assert article.published_at == NOW.replace(microsecond=0)


def test_a_note_for_readers_is_dated_when_it_is_written(editor):
    article = make_article()
    article.updated_note = "Sửa giờ họp."
    workflow.save_article(article=article, actor=editor, at=NOW)
    workflow.save_article(article=article, actor=editor, at=NOW + timedelta(days=1))
    assert article.revised_at == NOW
    article.updated_note = ""
    workflow.save_article(article=article, actor=editor, at=NOW)
    assert article.revised_at is None


def test_saving_leaves_an_audit_entry_with_the_facts_that_changed(editor):
    article = make_article(title="Tên cũ")
    article.title = "Tên mới"
    workflow.save_article(article=article, actor=editor)
    entry = AuditEntry.objects.get(action="article.changed")
    assert entry.actor == editor
    assert (entry.before, entry.after) == ({"title": "Tên cũ"}, {"title": "Tên mới"})


def test_a_changed_body_leaves_its_size_and_fingerprint_in_the_audit(editor):
    article = make_article()
    article.body = "<p>Lời mới.</p>"
    workflow.save_article(article=article, actor=editor)
    entry = AuditEntry.objects.get(action="article.changed")
    assert list(entry.after) == ["body"]
    assert entry.before["body"] != entry.after["body"]
    assert entry.after["body"].startswith("15 ký tự")


def test_saving_without_the_right_is_refused():
    with pytest.raises(workflow.Refused, match="chưa được giao quyền"):
        workflow.save_article(article=new_article(), actor=make_user())
    assert not Article.objects.exists()


def test_changing_what_readers_see_needs_the_right_to_publish(writer):
    article = make_article(title="Tên cũ")
    article.title = "Tên mới"
    with pytest.raises(workflow.Refused, match="Bài này đã đăng"):
        workflow.save_article(article=article, actor=writer)
    assert Article.objects.get().title == "Tên cũ"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"body": "<p></p>"}, "chưa có nội dung"),
        ({"published_at": None}, "phải có ngày đăng"),
    ],
)
def test_what_readers_see_stays_fit_to_be_read(editor, fields, sentence):
    article = make_article()
    for name, value in fields.items():
        setattr(article, name, value)
    with pytest.raises(workflow.Refused, match=sentence):
        workflow.save_article(article=article, actor=editor)


def test_a_command_of_the_system_needs_no_right():
    assert workflow.save_article(article=new_article(), actor=None).pk


# --- Publishing -----------------------------------------------------------------------


def test_publishing_shows_the_article_from_now_on(editor):
    article = draft()
    workflow.publish(article=article, actor=editor, at=NOW)
    assert list(Article.objects.published(NOW)) == [article]
    assert article.published_precision == Precision.DATE_TIME
    assert AuditEntry.objects.get(action="article.published").actor == editor


def test_publishing_keeps_a_moment_that_was_chosen(editor):
    later = NOW + timedelta(days=2)
    article = draft(published_at=later, published_precision=Precision.DATE)
    workflow.publish(article=article, actor=editor, at=NOW)
    article.refresh_from_db()
    assert (article.published_at, article.published_precision) == (later, Precision.DATE)
    assert not Article.objects.published(NOW).exists()


def test_publishing_without_the_right_is_refused(writer):
    article = draft()
    with pytest.raises(workflow.Refused, match="chưa được giao quyền đăng bài"):
        workflow.publish(article=article, actor=writer)
    article.refresh_from_db()
    assert article.status == Status.DRAFT


def test_publishing_twice_is_refused(editor):
    with pytest.raises(workflow.Refused, match="đã được đăng rồi"):
        workflow.publish(article=make_article(), actor=editor)


def test_publishing_an_empty_text_is_refused(editor):
    with pytest.raises(workflow.Refused, match="chưa có nội dung"):
        workflow.publish(article=draft(body=""), actor=editor)


def test_a_text_of_pictures_only_may_be_published(editor):
    article = draft(body='<p><img src="/media/anh/so-do.png" alt="Sơ đồ"></p>')
    assert workflow.publish(article=article, actor=editor).status == Status.PUBLISHED


def test_publishing_a_cover_without_description_is_refused(editor):
    article = draft(cover=make_picture(alt=""))
    with pytest.raises(workflow.Refused, match="chưa có mô tả"):
        workflow.publish(article=article, actor=editor)
    article.cover_alt = "Bà con họp ở nhà văn hóa"
    workflow.save_article(article=article, actor=editor)
    assert workflow.publish(article=article, actor=editor).status == Status.PUBLISHED


def test_unpublishing_hides_the_article_and_keeps_its_moment(editor):
    article = make_article()
    moment = article.published_at
    workflow.unpublish(article=article, actor=editor, note="Nhầm số liệu.")
    article.refresh_from_db()
    assert (article.status, article.published_at) == (Status.DRAFT, moment)
    assert AuditEntry.objects.get(action="article.unpublished").note == "Nhầm số liệu."


def test_unpublishing_needs_the_right_and_a_published_article(editor, writer):
    with pytest.raises(workflow.Refused, match="chưa được giao quyền gỡ bài"):
        workflow.unpublish(article=make_article(), actor=writer)
    with pytest.raises(workflow.Refused, match="chưa đăng"):
        workflow.unpublish(article=draft(), actor=editor)


def test_a_draft_can_be_deleted_and_leaves_an_entry(editor):
    article = draft(title="Bài thử")
    workflow.delete_article(article=article, actor=editor)
    assert not Article.objects.exists()
    entry = AuditEntry.objects.get(action="article.deleted")
    assert (entry.target_label, entry.before["title"]) == ("Bài thử", "Bài thử")


def test_deleting_what_readers_see_is_refused(editor):
    with pytest.raises(workflow.Refused, match="gỡ bài xuống"):
        workflow.delete_article(article=make_article(), actor=editor)
    assert Article.objects.exists()


# --- Categories -----------------------------------------------------------------------


def test_a_category_gets_a_slug_of_its_name(editor):
    category = workflow.save_category(
        category=Category(name="Y tế –  Giáo dục"), actor=editor
    )
    assert (category.name, category.slug) == ("Y tế – Giáo dục", "y-te-giao-duc")
    assert AuditEntry.objects.get().action == "category.created"


def test_a_category_is_not_moved_below_itself(editor):
    top = make_category()
    below = make_category(parent=make_category(parent=top))
    top.parent = below
    with pytest.raises(workflow.Refused, match="dưới chính nó"):
        workflow.save_category(category=top, actor=editor)


def test_a_category_that_holds_something_is_not_deleted(editor):
    parent = make_category()
    child = make_category(parent=parent)
    make_article(category=child)
    with pytest.raises(workflow.Refused, match="còn chuyên mục con"):
        workflow.delete_category(category=parent, actor=editor)
    with pytest.raises(workflow.Refused, match="còn bài viết"):
        workflow.delete_category(category=child, actor=editor)
    empty = make_category()
    workflow.delete_category(category=empty, actor=editor)
    assert set(Category.objects.all()) == {parent, child}


# --- Pages ----------------------------------------------------------------------------


def test_the_first_page_is_the_root_and_others_lie_below(editor):
    root = workflow.save_page(page=Page(title="Giới thiệu"), actor=editor, at=NOW)
    page = workflow.save_page(
        page=Page(title="Các thôn", parent=root), actor=editor, at=NOW
    )
    assert (root.path, page.path) == ("", "cac-thon")
    assert (page.created_by, page.updated_at) == (editor, NOW)


def test_a_second_root_is_refused(editor):
    make_page()
    with pytest.raises(workflow.Refused, match="Đã có trang gốc"):
        workflow.save_page(page=Page(title="Gốc khác"), actor=editor)


def test_a_renamed_page_takes_everything_below_along(editor):
    make_page()
    villages = make_page(slug="cac-thon")
    village = make_page(slug="kiem", parent=villages)
    landmark = make_page(slug="dinh", parent=village)
    villages.slug = "Thôn xóm"
    workflow.save_page(page=villages, actor=editor)
    village.refresh_from_db()
    landmark.refresh_from_db()
    assert (village.path, landmark.path) == ("thon-xom/kiem", "thon-xom/kiem/dinh")


def test_a_page_is_not_moved_below_itself(editor):
    make_page()
    page = make_page()
    page.parent = make_page(parent=page)
    with pytest.raises(workflow.Refused, match="dưới chính nó"):
        workflow.save_page(page=page, actor=editor)


def test_an_address_that_grows_too_long_is_refused(editor):
    page = make_page()
    for _ in range(6):
        page = Page(title="a" * 80, parent=page)
        workflow.save_page(page=page, actor=editor)
    with pytest.raises(workflow.Refused, match="quá dài"):
        workflow.save_page(page=Page(title="a" * 80, parent=page), actor=editor)


def test_a_page_with_pages_below_is_not_deleted(editor):
    root, page = make_page(), make_page()
    with pytest.raises(workflow.Refused, match="còn trang khác"):
        workflow.delete_page(page=root, actor=editor)
    workflow.delete_page(page=page, actor=editor)
    assert list(Page.objects.all()) == [root]


@pytest.mark.parametrize(
    ("change", "make"),
    [
        (
            lambda target, actor: workflow.save_category(category=target, actor=actor),
            make_category,
        ),
        (
            lambda target, actor: workflow.delete_category(category=target, actor=actor),
            make_category,
        ),
        (lambda target, actor: workflow.save_page(page=target, actor=actor), make_page),
        (lambda target, actor: workflow.delete_page(page=target, actor=actor), make_page),
    ],
)
def test_categories_and_pages_are_kept_by_those_who_may(change, make):
    target = make()
    with pytest.raises(workflow.Refused, match="chưa được giao quyền"):
        change(target, make_user())
    assert type(target).objects.filter(pk=target.pk).exists()
