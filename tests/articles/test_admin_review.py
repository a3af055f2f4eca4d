"""The pages of the admin on which a text is decided about."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from articles.models import Article, CategoryDuty, Stage, Status, WithdrawalKind
from tests.factory import make_article, make_category, make_edition, make_page, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 26, 5, tzinfo=UTC)  # 12:00 in Viet Nam


@pytest.fixture
def approver(client):
    user = make_user(roles=["Lãnh đạo duyệt"])
    client.force_login(user)
    return user


def page_of(content, name):
    return reverse(f"admin:articles_{content._meta.model_name}_{name}", args=[content.pk])


def submitted(**fields):
    """Make an article whose first edition waits for approval."""
    return make_article(
        status=Status.DRAFT,
        stage=Stage.SUBMITTED,
        submitted_at=NOON,
        **({"published_at": None} | fields),
    )


def decide(client, content, button, **fields):
    sent = {"number": content.head.number, button: "1"} | fields
    return client.post(page_of(content, "review"), sent, follow=True)


def text(response):
    return response.content.decode()


# --- Approval ---------------------------------------------------------------------------


def test_the_approver_reads_the_whole_of_a_first_edition(client, approver):
    author = make_user(last_name="Trần Thị", first_name="Mai")
    article = submitted(created_by=author, body="<h2>Giờ họp</h2><p>Tám giờ tối.</p>")
    page = text(client.get(page_of(article, "review")))
    for words in ("<h2>Giờ họp</h2>", "Trần Thị Mai viết", "Duyệt và đăng ngay"):
        assert words in page


def test_the_approver_of_a_change_sees_what_changed(client, approver):
    article = make_article(body="<p>Họp lúc bảy giờ.</p>")
    make_edition(article, body="<p>Họp lúc tám giờ.</p>", note="Đổi giờ.")
    page = text(client.get(page_of(article, "review")))
    for words in ("Những chỗ sửa so với bản 1", "Đổi giờ.", "Duyệt, thay bản đang hiện"):
        assert words in page


def test_approval_shows_the_text_to_readers_at_once(client, approver):
    article = submitted()
    page = text(decide(client, article, "approve"))
    article.refresh_from_db()
    assert article.approved.approved_by == approver
    assert f'href="{article.get_absolute_url()}">Xem trên trang</a>' in page
    assert client.get(article.get_absolute_url()).status_code == 200


def test_an_approver_may_schedule_the_article(client, approver):
    article = submitted()
    with time_machine.travel(NOON, tick=False):
        client.force_login(approver)
        page = text(decide(client, article, "schedule", publish_at="2024-01-27T07:00"))
    article.refresh_from_db()
    assert article.published_at == datetime(2024, 1, 27, tzinfo=UTC)
    assert "tự hiện lúc 07:00 27/01/2024" in page


@pytest.mark.parametrize(
    "moment", ["", "2024-01-25T07:00", "x", "9999-12-31T23:59", "0001-01-01T00:00"]
)
def test_a_schedule_needs_a_moment_ahead(client, approver, moment):
    article = submitted()
    response = decide(client, article, "schedule", publish_at=moment, remark="Giữ lại.")
    assert response.status_code == 200
    assert "Giữ lại." in text(response)
    article.refresh_from_db()
    assert article.stage == Stage.SUBMITTED


@pytest.mark.parametrize(
    ("decision", "field"), [("schedule", "publish_at"), ("return", "remark")]
)
def test_a_refused_decision_shows_again_what_it_lacks(client, approver, decision, field):
    article = submitted()
    response = client.post(page_of(article, "review"), {"number": 1, decision: "1"})
    opened = text(response).split("<details open>")[1].split("</details>")[0]
    assert f'name="{field}"' in opened


def test_now_means_now_even_if_the_writer_proposed_a_later_moment(client, approver):
    article = submitted(published_at=datetime.now(UTC) + timedelta(days=3))
    assert "Người viết đề nghị đăng lúc" in text(client.get(page_of(article, "review")))
    decide(client, article, "approve")
    assert Article.objects.published().filter(pk=article.pk).exists()


def test_an_old_article_keeps_the_day_that_its_writer_gave(client, approver):
    article = submitted(published_at=datetime(2019, 5, 1, tzinfo=UTC))
    decide(client, article, "approve")
    article.refresh_from_db()
    assert article.published_at.year == 2019


def test_a_text_goes_back_with_a_remark(client, approver):
    article = submitted()
    refused = decide(client, article, "return", remark=" ")
    assert "Hãy ghi điều cần sửa" in text(refused)
    decide(client, article, "return", remark="Thiếu giờ họp.")
    article.refresh_from_db()
    assert (article.stage, article.remark) == (Stage.RETURNED, "Thiếu giờ họp.")


def test_nobody_approves_what_was_changed_after_reading(client, approver):
    article = submitted()
    stale = {"number": 1, "approve": "1"}
    make_edition(article, title="Bản khác")
    response = client.post(page_of(article, "review"), stale)
    assert response.status_code == 409
    assert "đã lưu bản 2" in text(response)
    assert 'name="number" value="2"' in text(response)
    assert not Article.objects.published().exists()


def test_ones_own_text_needs_a_reason(client):
    both = make_user(roles=["Biên tập viên", "Lãnh đạo duyệt"])
    client.force_login(both)
    article = submitted(created_by=both)
    assert "Lý do vẫn duyệt" in text(client.get(page_of(article, "review")))
    assert "cần một người khác duyệt" in text(decide(client, article, "approve"))
    decide(client, article, "approve", override_reason="Chỉ có một cán bộ trực.")
    article.refresh_from_db()
    assert article.approved.override_reason == "Chỉ có một cán bộ trực."


def test_what_the_checks_hold_back_needs_a_reason_too(client, approver):
    article = submitted(body="<p>Số căn cước: 038095001234.</p>")
    page = text(client.get(page_of(article, "review")))
    assert "số căn cước" in page
    assert 'name="override_reason"' in page
    assert "ghi lý do" in text(decide(client, article, "approve"))
    decide(client, article, "approve", override_reason="Số mẫu trong hướng dẫn.")
    assert Article.objects.published().exists()


def test_a_text_that_does_not_wait_offers_no_decision(client, approver):
    article = make_article()
    page = text(client.get(page_of(article, "review")))
    assert 'name="approve"' not in page
    assert "không có bản nào chờ bạn duyệt" in page
    assert "đã được duyệt rồi" in text(decide(client, article, "approve"))


def test_without_a_button_nothing_is_decided(client, approver):
    article = submitted()
    response = client.post(page_of(article, "review"), {"number": 1})
    assert "Hãy bấm một trong các nút" in text(response)
    garbage = client.post(page_of(article, "review"), {"number": "x", "approve": "1"})
    assert garbage.status_code == 200
    assert not Article.objects.published().exists()


def test_a_page_is_approved_like_an_article(client, approver):
    page = make_page(status=Status.DRAFT, stage=Stage.SUBMITTED, submitted_at=NOON)
    decide(client, page, "approve")
    assert client.get(page.get_absolute_url()).status_code == 200


def test_only_the_approvers_of_a_category_see_its_approval_page(client, approver):
    CategoryDuty.objects.create(user=approver, category=make_category())
    article = submitted()
    assert client.get(page_of(article, "review")).status_code == 403
    assert decide(client, article, "approve").status_code == 403


@pytest.mark.parametrize("name", ["review", "withdraw", "preview"])
def test_an_article_that_is_not_there_is_not_found(client, approver, name):
    for number in (0, 10**17, 10**30):
        address = f"/quan-tri/articles/article/{number}/"
        words = {"review": "duyet", "withdraw": "go", "preview": "xem-truoc"}[name]
        assert client.get(f"{address}{words}/").status_code == 404


# --- Withdrawal ---------------------------------------------------------------------------


def test_a_mistake_is_withdrawn_and_its_address_says_why(client, approver):
    article = make_article()
    sent = {"withdraw": "1", "kind": "mistake", "reason": "Sai tên."}
    page = text(client.post(page_of(article, "withdraw"), sent, follow=True))
    assert "Cho đăng lại…" in page
    gone = client.get(article.get_absolute_url())
    assert gone.status_code == 410


def test_a_merger_needs_the_article_that_readers_are_led_to(client, approver):
    article, target = make_article(), make_article()
    sent = {"withdraw": "1", "kind": "merged", "reason": "Trùng bài."}
    response = client.post(page_of(article, "withdraw"), sent)
    assert "Hãy chọn bài khác" in text(response)
    assert "Trùng bài." in text(response)
    sent["merged_into"] = target.pk
    client.post(page_of(article, "withdraw"), sent)
    article.refresh_from_db()
    assert article.merged_into == target


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "", "reason": "Sai."},
        {"kind": "mistake", "reason": ""},
        {"kind": "x", "reason": "Sai."},
        {"kind": "merged", "reason": "Sai.", "merged_into": "x"},
        {"kind": "mistake", "reason": "a\x00b"},
    ],
)
def test_a_withdrawal_without_kind_or_reason_is_explained(client, approver, fields):
    article = make_article()
    response = client.post(page_of(article, "withdraw"), fields | {"withdraw": "1"})
    assert response.status_code == 200
    article.refresh_from_db()
    assert article.status == Status.PUBLISHED


def test_a_withdrawn_article_is_reinstated_with_a_reason(client, approver):
    article = make_article(status=Status.WITHDRAWN, withdrawal_kind=WithdrawalKind.MISTAKE)
    address = page_of(article, "withdraw")
    client.post(address, {"reinstate": "1", "back-reason": ""})
    assert not Article.objects.published().exists()
    client.post(address, {"reinstate": "1", "back-reason": "Đã sửa tên."})
    assert Article.objects.published().exists()


# --- Plain steps ----------------------------------------------------------------------------


def step(client, content, name):
    return client.post(page_of(content, "step"), {"step": name}, follow=True)


def test_a_writer_takes_a_submitted_text_back(client):
    editor = make_user(roles=["Biên tập viên"])
    client.force_login(editor)
    article = submitted(created_by=editor)
    assert "Đã rút lại để sửa tiếp." in text(step(client, article, "recall"))
    article.refresh_from_db()
    assert article.stage == Stage.DRAFT


def test_a_change_is_given_up_and_the_public_text_stays(client, approver):
    article = make_article()
    make_edition(article, title="Sửa dở", stage=Stage.DRAFT)
    assert "Đã bỏ bản sửa." in text(step(client, article, "discard"))
    article.refresh_from_db()
    assert article.head == article.approved


def test_a_schedule_is_cancelled(client, approver):
    article = make_article(published_at=datetime.now(UTC) + timedelta(days=1))
    assert "Đã hủy hẹn đăng." in text(step(client, article, "unschedule"))
    article.refresh_from_db()
    assert article.status == Status.DRAFT


def test_a_step_that_is_refused_or_unknown_changes_nothing(client):
    client.force_login(make_user(roles=["Biên tập viên"]))
    article = make_article(published_at=datetime.now(UTC) + timedelta(days=1))
    assert "chưa được giao quyền" in text(step(client, article, "unschedule"))
    assert step(client, article, "xoa").status_code == 404
    assert client.get(page_of(article, "step")).status_code == 405
    article.refresh_from_db()
    assert article.status == Status.PUBLISHED
