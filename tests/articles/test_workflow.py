from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from articles import workflow
from articles.models import (
    Article,
    CategoryDuty,
    Edition,
    Page,
    Precision,
    Stage,
    Status,
    WithdrawalKind,
)
from portal import roles
from portal.audit import AuditEntry
from tests.factory import (
    make_article,
    make_category,
    make_edition,
    make_page,
    make_picture,
    make_user,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 2, 0, 7, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def editor():
    return make_user(roles=[roles.EDITOR])


@pytest.fixture
def approver():
    return make_user(roles=[roles.APPROVER])


@pytest.fixture
def both():
    """The only clerk of a small office."""
    return make_user(roles=[roles.EDITOR, roles.APPROVER])


def new_article(**fields):
    values = {"title": "Lịch tiêm chủng", "body": "<p>Tiêm tại trạm.</p>"} | fields
    return Article(category=make_category(), **values)


def draft(**fields):
    return make_article(**{"status": Status.DRAFT, "published_at": None} | fields)


def submitted(**fields):
    article = draft(**fields)
    return workflow.submit(content=article, actor=None, at=NOW)


def approve(content, actor, **how):
    how.setdefault("number", content.head.number)
    return workflow.approve(content=content, actor=actor, at=NOW, **how)


def numbers(content):
    return [edition.number for edition in Edition.objects.of(content)]


def stored(content):
    return type(content).objects.get(pk=content.pk)


# --- Saving ---------------------------------------------------------------------------


def test_a_new_article_becomes_a_draft_with_author_and_moment(editor):
    article = workflow.save_article(article=new_article(), actor=editor, at=NOW)
    article.refresh_from_db()
    assert (article.status, article.stage) == (Status.DRAFT, Stage.DRAFT)
    assert (article.created_by, article.updated_by) == (editor, editor)
    assert article.created_at == article.updated_at == NOW


def test_saving_never_lets_readers_see(editor):
    article = new_article(
        status=Status.PUBLISHED, stage=Stage.APPROVED, approved_at=NOW, published_at=NOW
    )
    workflow.save_article(article=article, actor=editor)
    assert (article.status, article.stage) == (Status.DRAFT, Stage.DRAFT)
    assert not Article.objects.readable().exists()


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


def test_every_saved_text_is_kept_with_who_and_when_and_why(editor):
    article = workflow.save_article(article=new_article(), actor=editor, at=NOW)
    article.body = "<p>Tiêm tại nhà văn hóa.</p>"
    workflow.save_article(article=article, actor=editor, note="Đổi chỗ  tiêm", at=LATER)
    newest, first = Edition.objects.of(article)
    assert (first.number, first.body_text) == (1, "Tiêm tại trạm.")
    assert (newest.number, newest.body_text) == (2, "Tiêm tại nhà văn hóa.")
    assert (newest.created_by, newest.created_at, newest.note) == (
        editor,
        LATER,
        "Đổi chỗ tiêm",
    )


def test_saving_the_same_text_again_makes_no_edition_and_no_entry(editor):
    article = workflow.save_article(article=new_article(), actor=editor)
    entries = AuditEntry.objects.count()
    article.body = "<p>Tiêm tại trạm.</p>\n"
    workflow.save_article(article=article, actor=editor)
    assert numbers(article) == [1]
    assert AuditEntry.objects.count() == entries


def test_no_edition_can_be_rewritten():
    edition = make_article().head
    edition.body = "<p>Khác.</p>"
    with pytest.raises(IntegrityError, match="keeps the text"), transaction.atomic():
        edition.save()


def test_a_text_based_on_an_older_edition_is_refused_and_nothing_is_stored(editor):
    article = workflow.save_article(article=new_article(), actor=editor)
    article.title = "Lịch tiêm chủng tháng Ba"
    workflow.save_article(article=article, actor=editor, based_on=1, at=NOW)
    article.title = "Lịch tiêm chủng tháng Tư"
    with pytest.raises(workflow.Stale, match="bản 2 lúc 09:00 ngày 01/03/2024") as refusal:
        workflow.save_article(article=article, actor=editor, based_on=1)
    assert refusal.value.edition.title == "Lịch tiêm chủng tháng Ba"
    assert numbers(article) == [2, 1]


def test_editing_a_live_article_leaves_the_text_that_readers_see(editor):
    article = make_article(title="Tên cũ", body="<p>Chữ cũ.</p>")
    article.title, article.body = "Tên mới", "<p>Chữ mới.</p>"
    workflow.save_article(article=article, actor=editor)
    live = Article.objects.published().get()
    assert (live.title, live.body, live.body_text) == (
        "Tên cũ",
        "<p>Chữ cũ.</p>",
        "Chữ cũ.",
    )
    assert (live.stage, live.head.title) == (Stage.DRAFT, "Tên mới")
    assert stored(article).load_head().title == "Tên mới"


def test_the_place_of_a_live_article_is_changed_by_those_who_approve(editor, approver):
    article = make_article()
    article.is_featured = True
    with pytest.raises(workflow.Refused, match="chỉ người duyệt"):
        workflow.save_article(article=article, actor=editor)
    assert not stored(article).is_featured
    workflow.save_article(article=article, actor=approver)
    assert stored(article).is_featured
    assert numbers(article) == [1]


def test_a_live_article_keeps_a_moment(approver):
    article = make_article()
    article.published_at = None
    with pytest.raises(workflow.Refused, match="phải có ngày đăng"):
        workflow.save_article(article=article, actor=approver)


@pytest.mark.parametrize("name", ["published_at", "expires_at"])
@pytest.mark.parametrize("year", [1, 24, 202, 1989, 2200, 9999])
def test_a_mistyped_year_is_refused(editor, name, year):
    """The archive has no address for it, and would count the months since."""
    article = new_article(**{name: NOW.replace(year=year)})
    with pytest.raises(workflow.Refused, match="gõ nhầm"):
        workflow.save_article(article=article, actor=editor)


def test_the_first_and_the_last_moment_that_the_form_takes_are_stored(editor):
    first = datetime(1989, 12, 31, 17, tzinfo=UTC)  # 01/01/1990 in Viet Nam
    last = datetime(2199, 12, 31, 16, 59, 59, tzinfo=UTC)
    article = new_article(published_at=first, expires_at=last)
    workflow.save_article(article=article, actor=editor)
    assert (article.published_at, article.expires_at) == (first, last)


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.WITHDRAWN])
def test_what_readers_have_had_is_not_put_off(approver, status):
    """Put off it could be unscheduled, and then deleted as if nobody had ever read it."""
    article = make_article(status=status)
    article.published_at = LATER
    with pytest.raises(workflow.Refused, match="hãy gỡ bài"):
        workflow.save_article(article=article, actor=approver, at=NOW)
    assert stored(article).published_at < NOW
    article.published_at = NOW
    workflow.save_article(article=article, actor=approver, at=NOW)
    assert stored(article).published_at == NOW.replace(microsecond=0)


def test_what_waits_goes_back_to_its_writer_who_puts_it_elsewhere(editor, approver):
    article = submitted()
    article.published_at = LATER
    workflow.save_article(article=article, actor=approver)
    assert article.stage == Stage.SUBMITTED
    article.published_at = LATER + timedelta(days=1)
    workflow.save_article(article=article, actor=editor)
    assert (article.stage, article.submitted_at) == (Stage.DRAFT, None)
    moved = submitted()
    workflow.move_article(article=moved, actor=editor, category=make_category())
    assert moved.stage == Stage.DRAFT


def test_an_article_does_not_expire_before_it_appears(editor):
    article = new_article(published_at=LATER, expires_at=NOW)
    with pytest.raises(workflow.Refused, match="hết hạn sau lúc đăng"):
        workflow.save_article(article=article, actor=editor)


def test_saving_a_submitted_text_makes_it_a_draft_again(editor):
    article = submitted()
    article.title = "Tên khác"
    workflow.save_article(article=article, actor=editor)
    assert (article.stage, article.submitted_at) == (Stage.DRAFT, None)


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


def test_who_has_duties_writes_in_those_categories_only(editor):
    health, culture = make_category(), make_category()
    below = make_category(parent=health)
    CategoryDuty.objects.create(user=editor, category=health)
    article = new_article()
    article.category = below
    workflow.save_article(article=article, actor=editor)
    article.category = culture
    with pytest.raises(workflow.Refused, match="chưa được giao quyền"):
        workflow.save_article(article=article, actor=editor)
    elsewhere = draft(category=culture)
    elsewhere.category = health
    with pytest.raises(workflow.Refused, match="chưa được giao quyền"):
        workflow.save_article(article=elsewhere, actor=editor)


def test_a_command_of_the_system_needs_no_right():
    assert workflow.save_article(article=new_article(), actor=None).pk


# --- Submitting, returning, recalling -----------------------------------------------------


def test_submitting_puts_the_text_before_the_approvers(editor):
    article = draft()
    workflow.submit(content=article, actor=editor, at=NOW)
    assert (article.stage, article.submitted_by, article.submitted_at) == (
        Stage.SUBMITTED,
        editor,
        NOW,
    )
    assert list(Article.objects.awaiting_approval()) == [article]
    assert AuditEntry.objects.get(action="article.submitted").actor == editor


def test_an_empty_text_is_not_submitted(editor):
    with pytest.raises(workflow.Refused, match="chưa có nội dung"):
        workflow.submit(content=draft(body=""), actor=editor)


def test_a_text_of_pictures_only_may_be_submitted(editor):
    article = draft(body='<p><img src="/media/anh/so-do.png" alt="Sơ đồ"></p>')
    workflow.submit(content=article, actor=editor)
    assert article.stage == Stage.SUBMITTED


def test_a_cover_without_description_is_not_submitted(editor):
    article = draft(cover=make_picture(alt=""))
    with pytest.raises(workflow.Refused, match="chưa có mô tả"):
        workflow.submit(content=article, actor=editor)
    article.cover_alt = "Bà con họp ở nhà văn hóa"
    workflow.save_article(article=article, actor=editor)
    workflow.submit(content=article, actor=editor)
    assert article.stage == Stage.SUBMITTED


@pytest.mark.parametrize(
    ("article", "sentence"),
    [(submitted, "đang chờ duyệt"), (make_article, "đã được duyệt rồi")],
)
def test_what_waits_or_is_approved_is_not_submitted_again(editor, article, sentence):
    with pytest.raises(workflow.Refused, match=sentence):
        workflow.submit(content=article(), actor=editor)


def test_a_returned_text_carries_the_remark_until_it_is_approved(editor, approver):
    article = submitted()
    workflow.return_to_author(
        content=article, actor=approver, number=1, remark="Ghi rõ giờ tiêm."
    )
    assert (article.stage, article.remark) == (Stage.RETURNED, "Ghi rõ giờ tiêm.")
    assert AuditEntry.objects.get(action="article.returned").note == "Ghi rõ giờ tiêm."
    workflow.submit(content=article, actor=editor)
    assert article.remark == "Ghi rõ giờ tiêm."
    approve(article, approver)
    assert article.remark == ""


def test_a_text_is_not_returned_without_a_remark(approver):
    with pytest.raises(workflow.Refused, match="Hãy ghi điều cần sửa"):
        workflow.return_to_author(content=submitted(), actor=approver, number=1, remark=" ")


def test_a_submitted_text_can_be_taken_back(editor):
    article = submitted()
    workflow.recall(content=article, actor=editor)
    assert (article.stage, article.submitted_at) == (Stage.DRAFT, None)
    with pytest.raises(workflow.Refused, match="chưa gửi duyệt"):
        workflow.recall(content=article, actor=editor)


WITH_IDENTITY_NUMBER = "<p>Ông Hòa, CCCD 038095001234, đã nộp hồ sơ.</p>"


def test_an_identity_number_holds_a_text_back(editor, approver):
    article = draft(body=WITH_IDENTITY_NUMBER)
    for reason in ("", "Tôi thấy cần."):
        with pytest.raises(workflow.Refused, match="người duyệt ghi lý do"):
            workflow.submit(content=article, actor=editor, override_reason=reason)
    workflow.submit(content=article, actor=approver, override_reason="Tin truy nã.")
    assert AuditEntry.objects.get(action="article.submitted").note == "Tin truy nã."


def test_an_approver_lets_an_identity_number_pass_only_with_a_reason(approver):
    article = draft()
    make_edition(article, body=WITH_IDENTITY_NUMBER)
    with pytest.raises(workflow.Refused, match="người duyệt ghi lý do"):
        approve(article, approver)
    assert not Article.objects.readable().exists()
    approve(article, approver, override_reason="Tin truy nã.")
    assert article.approved.override_reason == "Tin truy nã."
    assert AuditEntry.objects.get(action="article.approved").note == "Tin truy nã."


# --- Approving ------------------------------------------------------------------------


def test_approval_shows_the_text_from_now_on(approver):
    article = approve(submitted(), approver)
    assert list(Article.objects.published(NOW)) == [article]
    assert (article.published_at, article.published_precision) == (
        NOW.replace(microsecond=0),
        Precision.DATE_TIME,
    )
    assert (article.approved, article.approved.approved_by) == (article.head, approver)
    assert AuditEntry.objects.get(action="article.approved").actor == approver


def test_an_approved_article_appears_at_its_second_and_goes_at_its_second(approver):
    article = submitted(expires_at=LATER + timedelta(hours=1))
    approve(article, approver, publish_at=LATER)
    second = timedelta(seconds=1)
    moment, end = article.published_at, article.expires_at
    seen = [moment - second, moment, end - second, end]
    assert [Article.objects.published(at).exists() for at in seen] == [
        False,
        True,
        True,
        False,
    ]
    assert Article.objects.next_moment(NOW) == moment
    assert Article.objects.next_moment(moment) == end
    assert Article.objects.next_moment(end) is None


def test_approval_keeps_a_moment_that_the_writer_chose(approver):
    article = approve(
        submitted(published_at=LATER, published_precision=Precision.DATE), approver
    )
    assert article.published_at == datetime(2024, 3, 2, 17, tzinfo=UTC)
    assert not Article.objects.published(NOW).exists()


def test_a_draft_and_a_returned_text_are_not_approved(approver):
    article = draft()
    with pytest.raises(workflow.Refused, match="chưa gửi duyệt"):
        approve(article, approver)
    make_edition(article, stage=Stage.RETURNED)
    with pytest.raises(workflow.Refused, match="đã được trả lại"):
        approve(article, approver)
    assert not Article.objects.readable().exists()


def test_approval_needs_the_right(editor):
    with pytest.raises(workflow.Refused, match="chưa được giao quyền duyệt"):
        approve(submitted(), editor)


def test_approval_is_held_to_the_categories_of_duty(approver):
    CategoryDuty.objects.create(user=approver, category=make_category())
    with pytest.raises(workflow.Refused, match="chưa được giao quyền duyệt"):
        approve(submitted(), approver)


def test_what_was_saved_after_the_approver_read_is_not_approved(approver):
    article = submitted()
    make_edition(article, title="Chưa ai đọc")
    with pytest.raises(workflow.Stale):
        approve(article, approver, number=1)
    assert not Article.objects.readable().exists()


def test_nobody_approves_own_words_without_a_reason(both):
    article = workflow.save_article(article=new_article(), actor=both)
    workflow.submit(content=article, actor=None)
    with pytest.raises(workflow.Refused, match="cần một người khác duyệt"):
        approve(article, both, override_reason="  ")
    approve(article, both, override_reason="Chỉ có một cán bộ trực.")
    entry = AuditEntry.objects.get(action="article.approved_alone")
    assert (entry.actor, entry.note) == (both, "Chỉ có một cán bộ trực.")
    assert article.approved.override_reason == "Chỉ có một cán bộ trực."


def test_who_sends_a_text_does_not_approve_it(both):
    article = draft()
    workflow.submit(content=article, actor=both)
    with pytest.raises(workflow.Refused, match="cần một người khác duyệt"):
        approve(article, both)


def test_words_that_were_approved_before_are_nobodys_own(both, editor, approver):
    article = workflow.save_article(article=new_article(), actor=both)
    workflow.submit(content=article, actor=both)
    approve(article, approver)
    article.title = "Tên mới"
    workflow.save_article(article=article, actor=editor)
    workflow.submit(content=article, actor=editor)
    assert approve(article, both).title == "Tên mới"


def test_a_new_text_of_a_live_article_keeps_its_moment(approver):
    article = make_article()
    moment = article.published_at
    make_edition(article, title="Tên mới")
    approve(article, approver, publish_at=LATER)
    assert (article.title, article.published_at) == ("Tên mới", moment)


def test_a_note_for_readers_is_dated_by_the_approval_that_brings_it(approver):
    article = make_article()
    make_edition(article, updated_note="Sửa giờ họp.")
    assert stored(article).revised_at is None
    approve(article, approver)
    assert (article.updated_note, article.revised_at) == ("Sửa giờ họp.", NOW)
    make_edition(article, title="Chỉ sửa tên")
    workflow.approve(content=article, actor=approver, number=3, at=LATER)
    assert article.revised_at == NOW
    make_edition(article, updated_note="")
    approve(article, approver)
    assert article.revised_at is None


# --- Scheduled, withdrawn, reinstated ---------------------------------------------------


def test_a_scheduled_article_can_be_taken_back_to_a_draft(approver):
    article = approve(submitted(), approver, publish_at=LATER)
    workflow.unschedule(article=article, actor=approver, at=NOW)
    assert (article.status, article.stage, article.approved, article.published_at) == (
        Status.DRAFT,
        Stage.DRAFT,
        None,
        None,
    )
    assert not Article.objects.readable(LATER + timedelta(days=1)).exists()


def test_what_readers_have_seen_is_not_unscheduled(approver):
    with pytest.raises(workflow.Refused, match="không còn chờ"):
        workflow.unschedule(article=make_article(), actor=approver, at=NOW)


@pytest.mark.parametrize(
    ("kind", "is_readable"),
    [(WithdrawalKind.MISTAKE, False), (WithdrawalKind.OUTDATED, True)],
)
def test_a_withdrawn_article_leaves_the_lists_with_a_reason(approver, kind, is_readable):
    article = make_article()
    workflow.withdraw(
        article=article, actor=approver, kind=kind, reason="Nhầm số liệu.", at=NOW
    )
    assert not Article.objects.published(NOW).exists()
    assert Article.objects.readable(NOW).exists() == is_readable
    assert (article.withdrawn_at, article.withdrawal_reason) == (NOW, "Nhầm số liệu.")
    assert AuditEntry.objects.get(action="article.withdrawn").note == "Nhầm số liệu."


def test_a_merged_article_leads_to_one_that_readers_see(approver):
    article, target = make_article(), make_article()
    how = {"actor": approver, "kind": WithdrawalKind.MERGED, "reason": "Trùng.", "at": NOW}
    for wrong in (None, article, draft(), make_article(status=Status.WITHDRAWN)):
        with pytest.raises(workflow.Refused, match="Hãy chọn"):
            workflow.withdraw(article=article, merged_into=wrong, **how)
    workflow.withdraw(article=article, merged_into=target, **how)
    assert article.merged_into == target
    with pytest.raises(workflow.Refused, match="Hãy chọn một bài đang đăng"):
        workflow.withdraw(article=target, merged_into=article, **how)


def test_withdrawing_needs_right_state_kind_and_reason(editor, approver):
    how = {"kind": WithdrawalKind.MISTAKE, "reason": "Nhầm.", "at": NOW}
    refusals = [
        (make_article(), {"actor": editor}, "chưa được giao quyền"),
        (draft(), {"actor": approver}, "chưa đăng"),
        (make_article(published_at=LATER), {"actor": approver}, "hủy hẹn đăng"),
        (make_article(), {"actor": approver, "reason": " "}, "ghi lý do"),
        (make_article(), {"actor": approver, "kind": "khac"}, "chọn một kiểu"),
    ]
    for article, special, sentence in refusals:
        with pytest.raises(workflow.Refused, match=sentence):
            workflow.withdraw(article=article, **how | special)
    assert not Article.objects.filter(status=Status.WITHDRAWN).exists()


def test_a_withdrawn_article_can_come_back_with_a_reason(approver):
    article = make_article(status=Status.WITHDRAWN)
    with pytest.raises(workflow.Refused, match="ghi lý do"):
        workflow.reinstate(article=article, actor=approver, reason="")
    workflow.reinstate(article=article, actor=approver, reason="Số liệu đúng.")
    assert list(Article.objects.published()) == [article]
    assert (article.withdrawn_at, article.withdrawal_reason) == (None, "")
    with pytest.raises(workflow.Refused, match="chưa bị gỡ"):
        workflow.reinstate(article=article, actor=approver, reason="Lần nữa.")


# --- Older texts ------------------------------------------------------------------------


def test_an_older_text_comes_back_as_a_new_edition_that_waits_for_approval(editor):
    article = make_article(title="Bản đầu")
    make_edition(article, title="Bản hai")
    workflow.restore(content=article, actor=editor, number=1, at=NOW)
    assert numbers(article) == [3, 2, 1]
    assert (article.head.title, article.head.restored_from.number) == ("Bản đầu", 1)
    assert (article.stage, article.approved.number) == (Stage.DRAFT, 1)


@pytest.mark.parametrize(
    ("number", "sentence"), [(9, "Không có bản 9"), (1, "đang là bản")]
)
def test_an_edition_that_is_unknown_or_in_hand_is_not_restored(editor, number, sentence):
    with pytest.raises(workflow.Refused, match=sentence):
        workflow.restore(content=draft(), actor=editor, number=number)


def test_a_pending_text_can_be_given_up_and_stays_in_the_history(editor):
    article = make_article()
    make_edition(article)
    workflow.discard(content=article, actor=editor)
    assert (article.head, article.stage) == (article.approved, Stage.APPROVED)
    assert numbers(article) == [2, 1]
    article.title = "Lại sửa"
    workflow.save_article(article=article, actor=editor)
    assert article.head.number == 3
    with pytest.raises(workflow.Refused, match="Không có bản sửa"):
        workflow.discard(content=draft(), actor=editor)


# --- Place and end --------------------------------------------------------------------------


def test_an_article_is_moved_by_those_who_may_approve_it_there(editor, approver):
    article, category = make_article(), make_category()
    with pytest.raises(workflow.Refused, match="chưa được giao quyền chuyển"):
        workflow.move_article(article=article, actor=editor, category=category)
    workflow.move_article(article=article, actor=approver, category=category)
    assert stored(article).category == category
    CategoryDuty.objects.create(user=approver, category=category)
    held = type(approver).objects.get(pk=approver.pk)
    with pytest.raises(workflow.Refused, match="chưa được giao quyền chuyển"):
        workflow.move_article(article=article, actor=held, category=make_category())


def test_a_draft_can_be_deleted_and_leaves_an_entry(editor):
    article = draft(title="Bài thử")
    make_edition(article)
    workflow.delete_article(article=article, actor=editor)
    connection.check_constraints()
    assert not Article.objects.exists() and not Edition.objects.exists()
    entry = AuditEntry.objects.get(action="article.deleted")
    assert (entry.target_label, entry.before["title"]) == ("Bài thử", "Bài thử")


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.WITHDRAWN])
def test_what_was_approved_is_withdrawn_instead_of_deleted(editor, status):
    with pytest.raises(workflow.Refused, match="gỡ bài thay vì xóa"):
        workflow.delete_article(article=make_article(status=status), actor=editor)
    assert Article.objects.exists()


# --- What a person may do now -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "role", "steps"),
    [
        (draft, roles.EDITOR, {"save", "restore", "submit", "delete"}),
        (draft, roles.APPROVER, {"save", "restore", "submit"}),
        (submitted, roles.EDITOR, {"save", "restore", "recall", "delete"}),
        (
            submitted,
            roles.APPROVER,
            {"save", "restore", "recall", "approve", "return_to_author"},
        ),
        (make_article, roles.EDITOR, {"save", "restore"}),
        (make_article, roles.APPROVER, {"save", "restore", "withdraw"}),
        (make_article, roles.STATISTICS_READER, set()),
        (
            lambda: make_article(published_at=LATER),
            roles.APPROVER,
            {"save", "restore", "unschedule"},
        ),
        (
            lambda: make_article(status=Status.WITHDRAWN),
            roles.APPROVER,
            {"save", "restore", "withdraw", "reinstate"},
        ),
        (
            lambda: make_edition(make_page(), stage=Stage.DRAFT).content,
            roles.EDITOR,
            {"save", "restore", "submit", "discard"},
        ),
    ],
)
def test_each_is_offered_what_the_role_and_the_state_allow(make, role, steps):
    content = make()
    assert workflow.allowed_steps(content, make_user(roles=[role]), at=NOW) == steps


def test_a_writer_is_offered_to_approve_alone(both):
    article = draft()
    workflow.submit(content=article, actor=both)
    steps = workflow.allowed_steps(article, both, at=NOW)
    assert "approve_alone" in steps
    assert "approve" not in steps


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


def test_a_renamed_page_takes_everything_below_along(approver):
    make_page()
    villages = make_page(slug="cac-thon")
    village = make_page(slug="kiem", parent=villages)
    landmark = make_page(slug="dinh", parent=village)
    villages.slug = "Thôn xóm"
    workflow.save_page(page=villages, actor=approver)
    village.refresh_from_db()
    landmark.refresh_from_db()
    assert (village.path, landmark.path) == ("thon-xom/kiem", "thon-xom/kiem/dinh")


def test_the_old_addresses_of_moved_pages_lead_to_the_new_ones(client, approver):
    make_page()
    villages = make_page(slug="cac-thon")
    make_page(slug="kiem", parent=villages)
    villages.slug = "thon-xom"
    workflow.save_page(page=villages, actor=approver)
    for name in ("", "kiem/"):
        response = client.get(f"/gioi-thieu/cac-thon/{name}")
        assert (response.status_code, response["Location"]) == (
            301,
            f"/gioi-thieu/thon-xom/{name}",
        )


def test_a_renamed_draft_tells_nobody_its_new_address(client, editor):
    make_page()
    draft = make_page(slug="cu", status=Status.DRAFT)
    make_page(slug="duoi", parent=draft)
    draft.slug = "sap-nhap-xa"
    workflow.save_page(page=draft, actor=editor)
    for path in ("cu/", "cu/duoi/"):
        assert client.get(f"/gioi-thieu/{path}").status_code == 404


def test_a_page_name_taken_since_the_form_was_checked_is_refused(editor):
    make_page(slug="thon-xom", parent=make_page())
    page = Page(title="Thôn xóm", parent=Page.objects.get(parent=None))
    with pytest.raises(workflow.Refused, match="đã có trang khác"):
        workflow.save_page(page=page, actor=editor)


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


def test_editing_a_page_leaves_what_readers_see(editor, approver):
    page = make_page(body="<p>Chữ cũ.</p>")
    page.body = "<p>Chữ mới.</p>"
    workflow.save_page(page=page, actor=editor)
    assert Page.objects.shown().get().body == "<p>Chữ cũ.</p>"
    workflow.submit(content=page, actor=editor)
    approve(page, approver)
    assert Page.objects.shown().get().body == "<p>Chữ mới.</p>"


def test_a_new_page_is_hidden_until_it_is_approved(editor, approver):
    page = workflow.save_page(
        page=Page(title="Giới thiệu", body="<p>Xã có tám thôn.</p>"), actor=editor
    )
    assert not Page.objects.shown().exists()
    workflow.submit(content=page, actor=editor)
    approve(page, approver)
    assert Page.objects.shown().get() == page


def test_a_page_with_pages_below_and_a_page_in_sight_are_not_deleted(editor):
    root, page = make_page(), make_page()
    with pytest.raises(workflow.Refused, match="còn trang khác"):
        workflow.delete_page(page=root, actor=editor)
    with pytest.raises(workflow.Refused, match="bỏ chọn “hiển thị”"):
        workflow.delete_page(page=page, actor=editor)
    Page.objects.filter(pk=page.pk).update(is_shown=False)
    workflow.delete_page(page=page, actor=editor)
    assert list(Page.objects.all()) == [root]


@pytest.mark.parametrize("change", [workflow.save_page, workflow.delete_page])
def test_pages_are_kept_by_those_who_may(change):
    page = make_page(is_shown=False)
    with pytest.raises(workflow.Refused, match="chưa được giao quyền"):
        change(page=page, actor=make_user())
    assert Page.objects.filter(pk=page.pk).exists()
