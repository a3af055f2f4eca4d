"""The list of articles in the admin: finding them, and steps for many at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection

from articles import list_admin
from articles.models import Article, CategoryDuty, Stage, Status
from tests.factory import make_article, make_category, make_edition, make_user

pytestmark = pytest.mark.django_db

LIST = "/quan-tri/articles/article/"


@pytest.fixture
def editor(client):
    user = make_user(roles=["Biên tập viên"])
    client.force_login(user)
    return user


@pytest.fixture
def approver(client):
    user = make_user(roles=["Lãnh đạo duyệt"])
    client.force_login(user)
    return user


def text(response):
    return response.content.decode()


def found(client, **query):
    return set(client.get(LIST, query).context["cl"].result_list)


def act(client, action, articles, **fields):
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [each.pk for each in articles]}
    return client.post(LIST, chosen | fields, follow=True)


def numbers(articles):
    return {f"number-{each.pk}": each.head.number for each in articles} | {"confirm": "1"}


# --- Finding -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["hop thon", "Họp thôn", "HOP THON", "dong", "thon hop", "p t%", "kiem_"]
)
def test_the_list_is_searched_without_accents_in_any_order(client, editor, words):
    article = make_article(title="Họp thôn ở Đông Thanh", lead="Họp t% và Kiệm_")
    make_article(title="Lịch tiêm chủng", lead="")
    assert found(client, q=words) == {article}


def test_an_index_serves_the_search():
    make_article(title="Họp thôn")
    query = Article.objects.alias(folded=list_admin.Folded()).filter(
        folded__contains="thon"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "article_folded" in query.explain()


STATES = {
    "nhap": {"status": Status.DRAFT},
    "cho-duyet": {
        "status": Status.DRAFT,
        "stage": Stage.SUBMITTED,
        "submitted_at": datetime.now(UTC),
    },
    "tra-lai": {"status": Status.DRAFT, "stage": Stage.RETURNED},
    "hen-dang": {"published_at": datetime.now(UTC) + timedelta(days=9)},
    "het-han": {"expires_at": datetime.now(UTC) - timedelta(days=1)},
    "da-go": {"status": Status.WITHDRAWN},
}


def test_each_state_is_a_filter_and_a_badge(client, editor):
    articles = {state: make_article(**fields) for state, fields in STATES.items()}
    for state, article in articles.items():
        assert found(client, **{"tinh-trang": state}) == {article}, state
    page = text(client.get(LIST))
    for words in ("Bản nháp", "Chờ duyệt", "Trả lại", "Hẹn đăng", "Đã hết hạn", "Đã gỡ"):
        assert f">{words}</span>" in page


def test_live_articles_are_filtered_by_what_they_need(client, editor):
    now = datetime.now(UTC)
    plain = make_article()
    changed = make_article()
    make_edition(changed, stage=Stage.DRAFT)
    expiring = make_article(expires_at=now + timedelta(days=2))
    overdue = make_article(review_on=now.date() - timedelta(days=1))
    assert found(client, **{"tinh-trang": "dang-hien"}) == {
        plain,
        changed,
        expiring,
        overdue,
    }
    assert found(client, **{"tinh-trang": "co-ban-sua"}) == {changed}
    assert found(client, **{"tinh-trang": "sap-het-han"}) == {expiring}
    assert found(client, **{"tinh-trang": "can-xem-lai"}) == {overdue}


def test_a_category_stands_for_those_below_it(client, editor):
    parent = make_category()
    inside = make_article(category=make_category(parent=parent))
    make_article()
    assert found(client, **{"chuyen-muc": parent.pk}) == {inside}


def test_articles_are_found_by_who_made_them(client, editor):
    mine = make_article(created_by=editor)
    make_article(created_by=make_user())
    assert found(client, **{"nguoi-tao": editor.pk}) == {mine}


@pytest.mark.parametrize(
    "query",
    [
        "?p=99999",
        "?p=x",
        "?q=%00",
        "?q=%25_%5C",
        "?tinh-trang=%FF",
        "?tinh-trang=x",
        "?chuyen-muc=x",
        "?nguoi-tao=99999999999999999999",
        "?o=9.9",
        "?o=-5.1",
        "?status__exact=draft",
        "?is_featured__exact=1",
    ],
)
def test_a_hostile_query_gives_a_page_or_a_refusal(client, editor, query):
    make_article()
    assert client.get(LIST + query).status_code < 500


def test_the_list_needs_the_same_queries_for_few_and_for_many(
    client, editor, django_assert_num_queries
):
    for _ in range(100):
        make_edition(make_article(created_by=make_user()))
    # Session, user, rights (2), categories and authors for the filters (2), count, rows,
    # their views, then what the frame shows: content version and identity.
    with django_assert_num_queries(11):
        page = client.get(LIST)
    assert len(page.context["cl"].result_list) == list_admin.ArticleListMixin.list_per_page


def test_the_count_ends_where_nobody_turns_pages(client, editor, monkeypatch):
    monkeypatch.setattr(list_admin, "MOST_COUNTED", 2)
    for _ in range(3):
        make_article()
    assert client.get(LIST).context["cl"].result_count == 2


# --- Many at once ------------------------------------------------------------------------


def offered(client):
    return [
        name for name, _ in client.get(LIST).context["action_form"].fields["action"].choices
    ]


def test_a_writer_may_submit_and_move_many_and_no_more(client, editor):
    article = make_article()
    assert offered(client) == ["", "submit_chosen", "move_chosen"]
    act(client, "withdraw_chosen", [article], kind="mistake", reason="Sai.", confirm="1")
    act(client, "approve_chosen", [article], **numbers([article]))
    article.refresh_from_db()
    assert article.status == Status.PUBLISHED


def test_several_drafts_are_submitted_and_the_others_named(client, editor):
    good = [make_article(status=Status.DRAFT) for _ in range(2)]
    empty = make_article(status=Status.DRAFT, title="Bài rỗng", body="")
    page = text(act(client, "submit_chosen", [*good, empty]))
    assert "Đã gửi duyệt 2 bài. 1 bài không gửi duyệt được: “Bài rỗng”: Bài chưa có" in page
    assert Article.objects.awaiting_approval().count() == 2


def submitted(**fields):
    return make_article(
        status=Status.DRAFT,
        stage=Stage.SUBMITTED,
        submitted_at=datetime.now(UTC),
        published_at=None,
        **fields,
    )


def test_several_articles_are_approved_after_a_look_at_the_list(client, approver):
    articles = [submitted(title="Bài một"), submitted(title="Bài hai")]
    page = text(act(client, "approve_chosen", articles))
    assert "Duyệt 2 bài" in page
    assert "Bài hai" in page
    assert not Article.objects.published().exists()
    page = text(act(client, "approve_chosen", articles, **numbers(articles)))
    assert "Đã duyệt 2 bài." in page
    assert Article.objects.published().count() == 2


def test_ones_own_and_changed_articles_are_not_approved_in_passing(client, approver):
    own, changed = submitted(created_by=approver), submitted()
    sent = numbers([own, changed])
    make_edition(changed, title="Bản khác")
    page = text(act(client, "approve_chosen", [own, changed], **sent))
    assert "Đã duyệt 0 bài. 2 bài không duyệt được" in page
    assert "người khác duyệt" in page
    assert "đã lưu bản 2" in page
    page = text(act(client, "approve_chosen", [changed], confirm="1"))
    assert "1 bài không duyệt được" in page
    assert not Article.objects.published().exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "1.0", "²", "9" * 5000, "9" * 20])
def test_a_forged_number_approves_nothing(client, approver, number):
    article = submitted()
    sent = {"confirm": "1", f"number-{article.pk}": number}
    assert "Đã duyệt 0 bài." in text(act(client, "approve_chosen", [article], **sent))


def test_several_articles_are_withdrawn_with_one_reason(client, approver):
    articles = [make_article(), make_article()]
    page = text(act(client, "withdraw_chosen", articles, confirm="1", kind="outdated"))
    assert "Ô này không được để trống." in page
    sent = {"confirm": "1", "kind": "outdated", "reason": "Đã hết đợt."}
    act(client, "withdraw_chosen", articles, **sent)
    assert Article.objects.withdrawn().count() == 2


def test_several_articles_move_as_far_as_one_may_move_them(client, editor):
    draft, live, target = make_article(status=Status.DRAFT), make_article(), make_category()
    sent = {"confirm": "1", "category": target.pk}
    page = text(act(client, "move_chosen", [draft, live], **sent))
    assert "Đã chuyển 1 bài. 1 bài không chuyển được" in page
    draft.refresh_from_db()
    assert draft.category == target


def test_one_moves_articles_only_into_categories_one_works_in(client, editor):
    mine, other = make_category(), make_category()
    CategoryDuty.objects.create(user=editor, category=mine)
    article = make_article(status=Status.DRAFT, category=mine)
    sent = {"confirm": "1", "category": other.pk}
    page = act(client, "move_chosen", [article], **sent)
    assert page.context["form"].errors["category"]


def test_an_action_takes_no_more_than_its_measure(client, editor, monkeypatch):
    monkeypatch.setattr(list_admin, "MOST_AT_ONCE", 2)
    articles = [make_article(status=Status.DRAFT) for _ in range(3)]
    act(client, "submit_chosen", articles)
    assert Article.objects.awaiting_approval().count() == 2
