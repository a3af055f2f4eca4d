"""The history of a text in the admin."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from articles import workflow
from articles.history_admin import EDITIONS_PER_PAGE
from articles.models import CategoryDuty, Stage, Status
from portal import roles
from portal.audit import AuditEntry
from tests.factory import (
    make_article,
    make_category,
    make_edition,
    make_page,
    make_user,
)

pytestmark = pytest.mark.django_db


def history(content):
    return reverse(f"admin:articles_{content._meta.model_name}_history", args=[content.pk])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def editor(client):
    user = make_user(roles=[roles.EDITOR], last_name="Lê Thị", first_name="Hoa")
    client.force_login(user)
    return user


@pytest.fixture
def article():
    """Live with "họp lúc 8 giờ", and a pending edition that says 9."""
    article = make_article(title="Lịch họp", body="<p>Thôn Kiệm họp lúc 8 giờ.</p>")
    make_edition(article, body="<p>Thôn Kiệm họp lúc 9 giờ.</p>", note="Đổi giờ.")
    return article


# --- What it shows ---------------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_article, make_page])
def test_the_stock_button_leads_here(client, editor, make):
    content = make(title="Tên cũ")
    make_edition(content, title="Tên mới")
    page = client.get(history(content))
    assert page.status_code == 200
    assert "Bản 2 so với bản 1" in text(page)
    form = client.get(
        reverse(f"admin:articles_{content._meta.model_name}_change", args=[content.pk])
    )
    assert f'href="{history(content)}"' in text(form)


def test_the_pending_text_is_compared_with_the_live_one(client, editor, article):
    make_edition(article, body="<p>Thôn Kiệm họp lúc 10 giờ.</p>")
    page = client.get(history(article))
    assert (page.context["old"].number, page.context["new"].number) == (1, 3)
    assert '<del><span class="visually-hidden">bớt: </span>8</del>' in text(page)
    assert '<ins><span class="visually-hidden">thêm: </span>10</ins>' in text(page)


def test_an_approved_text_is_compared_with_the_one_before(client, editor, article):
    workflow.approve(content=article, actor=None, number=2)
    page = client.get(history(article))
    assert (page.context["old"].number, page.context["new"].number) == (1, 2)


def test_any_two_editions_are_compared(client, editor, article):
    make_edition(article, body="<p>Thôn Kiệm họp lúc 10 giờ.</p>")
    page = client.get(history(article), {"cu": 2, "moi": 3})
    assert "</span>9</del>" in text(page)
    same = client.get(history(article), {"cu": 2, "moi": 2})
    assert "Hai bản giống hệt nhau." in text(same)


def test_a_first_edition_has_nothing_to_be_compared_with(client, editor):
    page = client.get(history(make_article()))
    assert "Mới có một bản" in text(page)


def test_each_edition_says_who_wrote_it_why_and_who_approved_it(client, editor):
    article = make_article(status=Status.DRAFT, title="Tên đầu")
    article.title = "Tên sau"
    workflow.save_article(article=article, actor=editor, note="Sửa tên.")
    workflow.submit(content=article, actor=editor)
    boss = make_user(roles=[roles.APPROVER], last_name="Trần Văn", first_name="Bình")
    workflow.approve(content=article, actor=boss, number=2)
    workflow.restore(content=article, actor=editor, number=1)
    page = text(client.get(history(article)))
    assert "Bản 2: Tên sau" in page
    assert "Lê Thị Hoa lưu lúc" in page
    assert "Ghi chú: Sửa tên." in page
    assert "Trần Văn Bình duyệt lúc" in page
    assert "lấy lại từ bản 1" in page
    assert "Duyệt bài viết (Trần Văn Bình)" in page


def test_titles_and_notes_are_shown_as_text(client, editor):
    article = make_article(title="<b>Đậm</b>")
    make_edition(article, title="<i>Nghiêng</i>", body="<p>&lt;script&gt;x</p>", note="<u>")
    page = text(client.get(history(article)))
    for hostile in ("<b>Đậm", "<i>Nghiêng", "<script>x", "<u>"):
        assert hostile not in page


def test_the_record_leads_on_for_those_who_may_read_it(client, editor, article):
    workflow.return_to_author(
        content=article, actor=None, number=2, remark="Ghi rõ nơi họp."
    )
    entry = AuditEntry.objects.about(article).get()
    address = reverse("admin:portal_auditentry_change", args=[entry.pk])
    page = text(client.get(history(article)))
    assert "Trả lại bài viết để sửa (Hệ thống). Ghi rõ nơi họp." in page
    assert address not in page
    client.force_login(make_user(is_superuser=True))
    assert address in text(client.get(history(article)))


def test_the_record_of_another_with_the_same_number_is_not_shown(client, editor):
    article, page = make_article(), make_page()
    page.pk, page.title = article.pk, "Trang khác"
    assert not AuditEntry.objects.about(article).exists()
    AuditEntry.objects.create(
        action="page.changed", target_type="articles.page", target_id=str(article.pk)
    )
    assert "Sửa trang nội dung" not in text(client.get(history(article)))


def test_a_long_history_is_read_page_by_page_in_few_queries(
    client, editor, article, django_assert_max_num_queries
):
    for _ in range(EDITIONS_PER_PAGE):
        make_edition(article)
    # Session, user, permissions (2), duties, the article with its two editions (3), old
    # edition, count, list, cover and documents of both (2), record, header of the admin.
    with django_assert_max_num_queries(20):
        page = client.get(history(article))
    assert "Bản 22: " in text(page)
    assert "Bản 2: " not in text(page)
    assert "Bản 2: " in text(client.get(history(article), {"trang": 2}))


@pytest.mark.parametrize(
    "query",
    [
        {"cu": "99"},
        {"moi": "-1"},
        {"cu": "abc"},
        {"cu": "9" * 30},
        {"cu": "²"},
        {"trang": "99"},
    ],
)
def test_editions_that_never_were_are_not_found(client, editor, article, query):
    assert client.get(history(article), query).status_code == 404


@pytest.mark.parametrize("key", ["0", "9" * 30, "abc"])
def test_articles_that_never_were_are_not_found(client, editor, key):
    assert client.get(f"/quan-tri/articles/article/{key}/history/").status_code == 404


# --- Restoring ------------------------------------------------------------------------------


def test_an_old_edition_is_restored_as_a_new_one_that_waits_for_approval(
    client, editor, article
):
    response = client.post(history(article), {"number": "1"}, follow=True)
    article.refresh_from_db()
    assert (article.head.number, article.head.restored_from.number) == (3, 1)
    assert article.stage == Stage.DRAFT
    assert article.approved.number == 1
    assert "Đã lấy lại bản 1." in text(response)


def test_a_refusal_is_said_on_the_history(client, editor, article):
    response = client.post(history(article), {"number": "2"}, follow=True)
    assert "Bản 2 đang là bản được soạn." in text(response)
    assert response.redirect_chain[0][0] == history(article)


@pytest.mark.parametrize("number", ["", "abc", "9" * 30, "\x00"])
def test_restoring_nonsense_is_not_found(client, editor, article, number):
    assert client.post(history(article), {"number": number}).status_code == 404


# --- Who may --------------------------------------------------------------------------------

READERS = [roles.EDITOR, roles.APPROVER]


@pytest.mark.parametrize("role", sorted(roles.ROLES))
@pytest.mark.parametrize("make", [make_article, make_page])
def test_the_history_is_for_those_who_see_the_text(client, make, role):
    content = make()
    make_edition(content, title="Tên mới")
    client.force_login(make_user(roles=[role]))
    expected = 200 if role in READERS else 403
    assert client.get(history(content)).status_code == expected


@pytest.mark.parametrize("role", sorted(roles.ROLES))
@pytest.mark.parametrize("make", [make_article, make_page])
def test_only_writers_restore(client, make, role):
    content = make()
    make_edition(content, title="Tên mới")
    user = make_user(roles=[role])
    client.force_login(user)
    may = user.has_perm(f"articles.change_{content._meta.model_name}")
    response = client.post(history(content), {"number": "1"})
    content.refresh_from_db()
    assert response.status_code == (302 if may else 403)
    assert content.head.number == (3 if may else 2)


def test_strangers_are_sent_to_sign_in(client, article):
    response = client.get(history(article))
    assert response.status_code == 302
    assert response.url.startswith("/quan-tri/login/")
    client.post(history(article), {"number": "1"})
    article.refresh_from_db()
    assert article.head.number == 2


def test_a_writer_of_other_categories_restores_nothing(client, editor, article):
    CategoryDuty.objects.create(user=editor, category=make_category())
    assert client.post(history(article), {"number": "1"}).status_code == 403
    assert "Lấy lại bản 1</button>" not in text(client.get(history(article)))


def test_restoring_needs_the_token_of_a_form(article):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(roles=[roles.EDITOR]))
    assert client.post(history(article), {"number": "1"}).status_code == 403
