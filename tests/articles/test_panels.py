"""What waits in the newsroom, on the admin's start page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from articles import panels
from articles.models import CategoryDuty, Stage, Status
from tests.factory import make_article, make_category, make_edition, make_page, make_user

pytestmark = pytest.mark.django_db

EDITOR, APPROVER = "Biên tập viên", "Lãnh đạo duyệt"


def shown(client):
    """Return {title of a panel: its rows} of the start page."""
    start_panels = client.get("/quan-tri/").context["start_panels"]
    return {panel.title: panel.rows for panel in start_panels}


def words(rows):
    return [row.text for row in rows]


def signed_in(client, *roles):
    user = make_user(roles=roles)
    client.force_login(user)
    return user


def waiting(**fields):
    return make_article(
        status=Status.DRAFT,
        stage=Stage.SUBMITTED,
        published_at=None,
        **({"submitted_at": datetime.now(UTC)} | fields),
    )


def test_an_approver_sees_what_waits_the_oldest_first_with_a_way_to_decide(client):
    signed_in(client, APPROVER)
    now = datetime.now(UTC)
    late = waiting(title="Gửi sau", submitted_at=now)
    early = waiting(title="Gửi trước", submitted_at=now - timedelta(hours=1))
    page = make_page(title="Trang", status=Status.DRAFT)
    make_edition(page, created_at=now - timedelta(hours=2))
    rows = shown(client)["Chờ bạn duyệt"]
    assert words(rows) == ["Trang", "Gửi trước", "Gửi sau"]
    assert rows[1].url == reverse("admin:articles_article_review", args=[early.pk])
    assert late.pk != early.pk


def test_a_change_of_a_live_article_waits_under_its_new_title(client):
    signed_in(client, APPROVER)
    article = make_article(title="Tên cũ")
    make_edition(article, title="Tên mới")
    assert words(shown(client)["Chờ bạn duyệt"]) == ["Tên mới"]


def test_an_approver_is_told_when_nothing_waits(client):
    signed_in(client, APPROVER)
    assert shown(client)["Chờ bạn duyệt"] == []
    assert "Không có bài nào đang chờ." in client.get("/quan-tri/").content.decode()


def test_what_one_submitted_oneself_or_others_decide_is_left_out(client):
    user = signed_in(client, EDITOR, APPROVER)
    mine = make_category()
    CategoryDuty.objects.create(user=user, category=mine)
    waiting(submitted_by=user, category=mine)
    waiting()
    assert shown(client)["Chờ bạn duyệt"] == []


def test_a_writer_sees_only_ones_own_returned_texts(client):
    user = signed_in(client, EDITOR)
    make_article(
        status=Status.DRAFT,
        stage=Stage.RETURNED,
        remark="Thiếu giờ.",
        title="Của tôi",
        created_by=user,
    )
    make_article(status=Status.DRAFT, stage=Stage.RETURNED, created_by=make_user())
    (row,) = shown(client)["Bị trả lại cho bạn"]
    assert (row.text, row.when) == ("Của tôi", "Thiếu giờ.")


def test_what_comes_goes_or_is_due_is_announced(client):
    signed_in(client, EDITOR)
    now = datetime.now(UTC)
    make_article(title="Sắp", published_at=now + timedelta(days=1))
    make_article(title="Hết", expires_at=now + timedelta(days=1))
    make_article(title="Còn lâu", expires_at=now + timedelta(days=30))
    make_article(title="Xem lại", review_on=now.date() - timedelta(days=1))
    found = shown(client)
    assert words(found["Sắp đăng"]) == ["Sắp"]
    assert words(found["Sắp hết hạn"]) == ["Hết"]
    assert words(found["Đến hạn xem lại"]) == ["Xem lại"]


def test_a_category_is_quiet_when_neither_it_nor_one_below_has_news(client):
    signed_in(client, EDITOR)
    now = datetime.now(UTC)
    quiet = make_category(name="Im ắng", quiet_after_days=30)
    make_article(category=quiet, published_at=now - timedelta(days=31))
    parent = make_category(name="Cha", quiet_after_days=30)
    child = make_category(name="Con", parent=parent, quiet_after_days=30)
    make_article(category=child, published_at=now - timedelta(days=29))
    make_category(name="Không nhắc", quiet_after_days=None)
    make_category(name="Ẩn", is_shown=False)
    rows = shown(client)["Chuyên mục chưa có tin mới"]
    assert words(rows) == ["Im ắng"]
    assert client.get(rows[0].url).context["adminform"].form["category"].value() == str(
        quiet.pk
    )


def test_who_does_not_write_is_led_to_what_the_quiet_category_has(client):
    signed_in(client, APPROVER)
    make_category(quiet_after_days=30)
    (row,) = shown(client)["Chuyên mục chưa có tin mới"]
    assert client.get(row.url).status_code == 200


def test_a_panel_has_few_rows_and_leads_to_all(client):
    signed_in(client, EDITOR)
    for _ in range(panels.MOST_ROWS + 1):
        make_article(published_at=datetime.now(UTC) + timedelta(days=1))
    start_panels = client.get("/quan-tri/").context["start_panels"]
    (panel,) = [each for each in start_panels if each.title == "Sắp đăng"]
    assert len(panel.rows) == panels.MOST_ROWS
    listed = client.get(panel.more_url).context["cl"].result_list
    assert len(listed) == panels.MOST_ROWS + 1


def test_others_have_no_panels(client):
    signed_in(client, "Xem thống kê")
    waiting()
    assert shown(client) == {}


def test_the_start_page_costs_the_same_for_few_and_for_many(
    client, django_assert_max_num_queries
):
    signed_in(client, EDITOR, APPROVER)
    for _ in range(12):
        waiting()
        make_article(published_at=datetime.now(UTC) + timedelta(days=1))
        make_edition(make_page())
    # Session, user, rights (3), content version, and what nothing is kept of inside the
    # transaction of a test: identity (3), the chart (2), the board of duties (3, with when it
    # changes next). Cards: lost files (2), own drafts, results to approve. Panels: news (9
    # and the categories of the reader), results to approve, requests, faults, alerts, weeks
    # without a reception (4, one when there are none), settings of the results (2).
    with django_assert_max_num_queries(36):
        client.get("/quan-tri/")
