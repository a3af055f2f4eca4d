"""The list of periods, and every step from entering to removal through the pages of the admin."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from articles.models import Article, Status
from portal import roles
from portal.richtext import clean
from procedures import results_article, workflow
from procedures.figures import Figures
from procedures.models import Field, Period, PeriodStatus, Stage
from procedures.workflow import Details, SheetRow
from tests import factory

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 2, 20, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
STEPS = ("submit", "recall", "discard", "remove", "put_back", "delete")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk():
    return factory.make_user(roles=[roles.PROCEDURES_CLERK], first_name="Sáu")


@pytest.fixture
def leader():
    return factory.make_user(roles=[roles.APPROVER], first_name="Bảy")


def _url(period, page):
    return reverse(f"admin:procedures_period_{page}", args=[period.pk])


def _said(page):
    return [str(message) for message in page.context["messages"]]


def _entered(clerk, *, code="2024-T01", field=None, **figures):
    """Return a period that `clerk` has entered: 12 dossiers received and resolved on time."""
    figures = figures or {"received_direct": 12, "resolved_on_time": 12}
    period = factory.make_period(code=code, status=PeriodStatus.DRAFT)
    row = SheetRow(field or factory.make_field(name="Chứng thực"), Figures(**figures))
    workflow.save_sheet(period=period, actor=clerk, rows=[row], details=Details())
    return period


def _submitted(clerk, **options):
    return workflow.submit(period=_entered(clerk, **options), actor=clerk)


def _published(clerk, leader, **options):
    period = _submitted(clerk, **options)
    return workflow.approve(
        period=period,
        actor=leader,
        number=period.head.number,
        revision=period.head.revision,
    )


def _corrected(period, clerk, *, figure, note="Cột 5 thiếu hồ sơ."):
    row = workflow.rows_of(period.head)[0]
    figures = Figures(received_direct=figure, resolved_on_time=figure)
    workflow.save_sheet(
        period=period,
        actor=clerk,
        rows=[SheetRow(row.field, figures)],
        details=Details(correction_note=note),
    )
    return period


def _read(period):
    return {"number": period.head.number, "revision": period.head.revision}


# --- The list -------------------------------------------------------------------------------


def test_the_list_shows_totals_in_hand_without_a_query_a_row(
    client, clerk, django_assert_max_num_queries
):
    for month in range(1, 8):
        factory.make_sheet(period=factory.make_period(code=f"2023-T{month:02}"))
    waiting = _entered(clerk)
    client.force_login(clerk)
    address = reverse("admin:procedures_period_changelist")
    client.get(address)
    # Session, user, two for permissions, two counts, the rows, the settings, three of the date
    # hierarchy, and what the frame of the page asks.
    with django_assert_max_num_queries(17):
        page = client.get(address)
    html = page.content.decode()
    assert "Đang nhập" in html
    assert "24/01/2024" in html  # until when the only one that is not public is to be
    totals = {each.code: each.totals.received for each in page.context["cl"].result_list}
    assert totals[waiting.code] == 12


def test_the_list_narrows_to_what_waits_for_approval(client, clerk, leader):
    _published(clerk, leader, code="2023-T12")
    waiting = _submitted(clerk, field=Field.objects.get())
    client.force_login(leader)
    address = reverse("admin:procedures_period_changelist")
    page = client.get(address, {"stage__exact": Stage.SUBMITTED})
    assert list(page.context["cl"].result_list) == [waiting]


# --- Who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_who_lacks_the_right_gets_403(client, clerk, step):
    period = _submitted(clerk)
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    assert client.get(_url(period, step)).status_code == 403
    assert client.post(_url(period, step), {"reason": "Thử."}).status_code == 403
    period.refresh_from_db()
    assert period.stage == Stage.SUBMITTED


@pytest.mark.parametrize("page", ["review", "remove", "put_back"])
def test_the_clerk_does_not_decide_what_readers_see(client, clerk, leader, page):
    period = _submitted(clerk)
    client.force_login(clerk)
    sent = _read(period) | {"approve": "1", "reason": "Thử.", "override_reason": "Thử."}
    assert client.get(_url(period, page)).status_code == 403
    assert client.post(_url(period, page), sent).status_code == 403
    period.refresh_from_db()
    assert period.status == PeriodStatus.DRAFT


@pytest.mark.parametrize("page", ["submit", "recall", "discard"])
def test_the_approver_does_not_enter(client, clerk, leader, page):
    period = _entered(clerk)
    client.force_login(leader)
    assert client.post(_url(period, page)).status_code == 403


def test_only_buttons_of_allowed_steps_are_shown(client, clerk, leader):
    period = _submitted(clerk)
    client.force_login(clerk)
    mine = client.get(_url(period, "change")).content.decode()
    client.force_login(leader)
    theirs = client.get(_url(period, "change")).content.decode()
    assert _url(period, "recall") in mine
    assert _url(period, "review") not in mine
    assert _url(period, "review") in theirs
    assert _url(period, "recall") not in theirs


@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_comes_too_late_is_told_so(client, clerk, leader, step):
    too_late = {"submit": _submitted, "recall": _entered, "discard": _entered}
    make = too_late.get(step, lambda clerk: _published(clerk, leader))
    period = make(clerk)
    if step == "remove":
        workflow.remove(period=period, actor=leader, reason="Nhập nhầm kỳ.")
    user = leader if step in ("remove", "put_back") else clerk
    client.force_login(user)
    before = (period.status, period.stage)
    shown = client.get(_url(period, step))
    assert "hiện không làm được" in shown.content.decode()
    answer = client.post(_url(period, step), {"reason": "Thử."})
    assert answer.status_code == 200
    assert answer.context["refused"]
    period.refresh_from_db()
    assert (period.status, period.stage) == before


def test_a_period_that_is_not_there_is_404(client, clerk):
    client.force_login(clerk)
    for page in ("change", "history", "delete"):
        for key in ("999", "x", "99999999999999999999"):
            address = reverse(f"admin:procedures_period_{page}", args=[key])
            assert client.get(address).status_code == 404


# --- Steps --------------------------------------------------------------------------------------


def test_submitting_and_recalling(client, clerk):
    period = _entered(clerk)
    client.force_login(clerk)
    page = client.post(_url(period, "submit"), follow=True)
    assert "đang chờ duyệt" in _said(page)[0]
    page = client.post(_url(period, "recall"), follow=True)
    assert "Đã rút về." in _said(page)[0]
    period.refresh_from_db()
    assert period.stage == Stage.DRAFT


def test_what_stands_in_the_way_of_submitting_is_shown_instead_of_the_button(client, clerk):
    period = factory.make_period(status=PeriodStatus.DRAFT)
    client.force_login(clerk)
    html = client.get(_url(period, "submit")).content.decode()
    assert "chưa có dòng kết quả nào" in html
    assert "decision__main" not in html


def test_removal_asks_for_a_reason_and_tells_readers(client, clerk, leader):
    period = _published(clerk, leader)
    client.force_login(leader)
    assert "410" in client.get(_url(period, "remove")).content.decode()
    page = client.post(_url(period, "remove"), {"reason": "  "})
    assert "reason" in page.context["form"].errors
    page = client.post(_url(period, "remove"), {"reason": "Gọi ông An 0912 345 678."})
    assert "số điện thoại" in " ".join(page.context["refused"])
    assert "Gọi ông An" in page.content.decode()  # nothing typed is lost
    client.post(_url(period, "remove"), {"reason": "Số liệu nhập nhầm kỳ."})
    period.refresh_from_db()
    assert (period.status, period.removal_reason) == (
        PeriodStatus.REMOVED,
        "Số liệu nhập nhầm kỳ.",
    )
    client.post(_url(period, "put_back"), {"reason": "Đã đối chiếu, số đúng."})
    period.refresh_from_db()
    assert period.is_published


def test_a_period_that_was_never_public_is_deleted_for_good(client, clerk):
    period = _entered(clerk)
    client.force_login(clerk)
    assert "Xóa hẳn" in client.get(_url(period, "delete")).content.decode()
    page = client.post(_url(period, "delete"), follow=True)
    assert _said(page) == ["Đã xóa “Tháng 01/2024 (15/12/2023–14/01/2024)”."]
    assert not Period.objects.exists()


def test_a_correction_in_hand_is_dropped(client, clerk, leader):
    period = _corrected(_published(clerk, leader), clerk, figure=13)
    client.force_login(clerk)
    client.post(_url(period, "discard"))
    period.refresh_from_db()
    assert period.head == period.approved
    assert period.editions.count() == 1


# --- Approval -------------------------------------------------------------------------------


def test_the_approver_reads_totals_and_publishes(client, clerk, leader):
    field = factory.make_field(name="Đất đai")
    _published(clerk, leader, code="2023-T12", field=field)
    period = _submitted(clerk, field=field, received_direct=15, resolved_on_time=15)
    client.force_login(leader)
    page = client.get(_url(period, "review"))
    assert "tăng 3, kỳ trước 12" in page.content.decode()
    page = client.post(
        _url(period, "review"), _read(period) | {"approve": "1"}, follow=True
    )
    assert "Đã duyệt và công khai" in _said(page)[0]
    period.refresh_from_db()
    assert period.is_published


def test_the_approver_sees_what_a_correction_changes(client, clerk, leader):
    period = _corrected(_published(clerk, leader), clerk, figure=13)
    workflow.submit(period=period, actor=clerk)
    client.force_login(leader)
    html = client.get(_url(period, "review")).content.decode()
    assert "cột 5: 12 → 13" in html
    assert "Cột 5 thiếu hồ sơ." in html


def test_the_approver_sees_why_column_6_differs(client, clerk, leader):
    field = factory.make_field(name="Đất đai")
    _published(clerk, leader, code="2023-T12", field=field)
    period = factory.make_period(code="2024-T01", status=PeriodStatus.DRAFT)
    row = SheetRow(field, Figures(carried_over=1, resolved_early=1), "Kỳ trước đếm thiếu.")
    workflow.save_sheet(period=period, actor=clerk, rows=[row], details=Details())
    workflow.submit(period=period, actor=clerk)
    client.force_login(leader)
    html = client.get(_url(period, "review")).content.decode()
    assert "là 1, nhưng cột 11 của kỳ trước là 0." in html
    assert "Kỳ trước đếm thiếu." in html


def test_returning_needs_a_remark_which_the_clerk_reads(client, clerk, leader):
    period = _submitted(clerk)
    client.force_login(leader)
    page = client.post(_url(period, "review"), _read(period) | {"return": "1"})
    assert page.context["refused"] == ("Hãy ghi cần sửa gì để người nhập biết.",)
    sent = _read(period) | {"return": "1", "remark": "Xem lại cột 8."}
    client.post(_url(period, "review"), sent)
    client.force_login(clerk)
    assert "Xem lại cột 8." in client.get(_url(period, "change")).content.decode()


def test_what_was_saved_after_the_approver_looked_is_not_approved(client, clerk, leader):
    period = _submitted(clerk)
    read = _read(period)
    _corrected(period, clerk, figure=13)
    workflow.submit(period=period, actor=clerk)
    client.force_login(leader)
    page = client.post(_url(period, "review"), read | {"approve": "1"})
    assert page.status_code == 409
    period.refresh_from_db()
    assert not period.is_published


def test_the_enter_key_and_hostile_numbers_decide_nothing(client, clerk, leader):
    period = _submitted(clerk)
    client.force_login(leader)
    for sent in (
        _read(period),
        {"approve": "1"},
        {"approve": "1", "number": "x", "revision": "-1"},
        {"approve": "1", "number": "9" * 30, "revision": "9" * 30},
    ):
        page = client.post(_url(period, "review"), sent)
        assert page.status_code in (200, 409)
    period.refresh_from_db()
    assert period.stage == Stage.SUBMITTED


def test_approving_ones_own_figures_needs_a_reason(client):
    both = factory.make_user(roles=[roles.APPROVER, roles.PROCEDURES_CLERK])
    period = _submitted(both)
    client.force_login(both)
    address = _url(period, "review")
    assert "Tự duyệt và công khai" in client.get(address).content.decode()
    page = client.post(address, _read(period) | {"approve": "1"})
    assert "không tự duyệt" in page.context["refused"][0]
    sent = _read(period) | {"approve": "1", "override_reason": "Chỉ một cán bộ trực."}
    client.post(address, sent)
    period.refresh_from_db()
    assert period.approved.override_reason == "Chỉ một cán bộ trực."


def test_nothing_to_approve_is_said(client, clerk, leader):
    period = _entered(clerk)
    client.force_login(leader)
    html = client.get(_url(period, "review")).content.decode()
    assert "không có bản nào" in html
    assert 'name="approve"' not in html


# --- History ----------------------------------------------------------------------------------


def test_the_history_compares_editions_cell_by_cell(client, clerk, leader):
    period = _corrected(_published(clerk, leader), clerk, figure=13)
    client.force_login(clerk)
    page = client.get(_url(period, "history"))
    html = page.content.decode()
    assert (page.context["old"].number, page.context["new"].number) == (1, 2)
    assert "cột 5: 12 → 13" in html
    assert "Sáu lưu lần cuối" in html
    assert "Bảy duyệt lúc" in html
    first = client.get(_url(period, "history"), {"moi": "1"})
    assert first.context["old"] is None
    assert first.context["figures"].is_empty


@pytest.mark.parametrize(
    "query", [{"moi": "9"}, {"cu": "x"}, {"moi": "-1"}, {"cu": "1" * 20}]
)
def test_an_edition_that_never_was_is_404(client, clerk, query):
    period = _entered(clerk)
    client.force_login(clerk)
    assert client.get(_url(period, "history"), query).status_code == 404


# --- An article ---------------------------------------------------------------------------------


def test_the_clerk_has_an_article_drafted_in_one_click_and_no_more(client, clerk, leader):
    category = factory.make_category()
    factory.make_article(category=category)
    period = _published(clerk, leader)
    client.force_login(clerk)
    page = client.post(_url(period, "article"), follow=True)
    assert "Đã lập bản nháp" in _said(page)[0]
    article = Article.objects.get(status=Status.DRAFT)
    assert article.title == "Công khai kết quả giải quyết thủ tục hành chính tháng 01/2024"
    assert article.created_by == clerk
    assert "<caption>" in article.body
    assert period.get_absolute_url() in article.body
    for name in ("changelist", "add"):
        address = reverse(f"admin:articles_article_{name}")
        assert client.get(address).status_code == 403
    change = reverse("admin:articles_article_change", args=[article.pk])
    assert client.get(change).status_code == 403


def test_the_drafted_text_is_clean_as_it_comes(client, clerk, leader, monkeypatch):
    period = _published(
        clerk, leader, field=factory.make_field(name="Đất đai & <xây dựng>")
    )
    kept = {}
    monkeypatch.setattr("portal.drafting.draft", lambda **said: kept.update(said))
    results_article.draft(period, actor=clerk)
    assert clean(kept["body"]) == kept["body"]
    assert kept["body"].count("<td") == 22  # eleven figures of the row, and of the totals


def test_whoever_writes_articles_goes_on_with_the_draft(client, clerk, leader):
    factory.make_category()
    period = _published(clerk, leader)
    both = factory.make_user(roles=[roles.EDITOR, roles.PROCEDURES_CLERK])
    client.force_login(both)
    answer = client.post(_url(period, "article"))
    article = Article.objects.get()
    assert answer["Location"] == reverse("admin:articles_article_change", args=[article.pk])


def test_a_second_draft_of_the_same_period_is_refused(client, clerk, leader):
    factory.make_category()
    period = _published(clerk, leader)
    client.force_login(clerk)
    client.post(_url(period, "article"))
    page = client.post(_url(period, "article"), follow=True)
    assert "Đã có bài" in _said(page)[-1]
    assert Article.objects.count() == 1


def test_no_article_of_what_readers_do_not_see_and_none_without_a_category(
    client, clerk, leader
):
    draft = _entered(clerk, code="2023-T12")
    client.force_login(clerk)
    page = client.post(_url(draft, "article"), follow=True)
    assert "chưa công khai" in _said(page)[0]
    assert _url(draft, "article") not in page.content.decode()
    public = _published(clerk, leader, field=Field.objects.get())
    page = client.post(_url(public, "article"), follow=True)
    assert "Chưa có chuyên mục nào" in _said(page)[-1]
    assert not Article.objects.exists()


def test_who_may_not_have_drafts_made_gets_403(client, clerk, leader):
    period = _published(clerk, leader)
    client.force_login(leader)
    assert client.post(_url(period, "article")).status_code == 403


# --- Lĩnh vực -----------------------------------------------------------------------------------


def test_a_new_lĩnh_vực_gets_its_part_of_the_address_from_its_name(client, clerk):
    client.force_login(clerk)
    address = reverse("admin:procedures_field_add")
    client.post(address, {"name": "  Đất   đai ", "order": 1})
    field = Field.objects.get()
    assert (field.name, field.slug) == ("Đất đai", "dat-dai")
    page = client.post(address, {"name": "Đất-đai", "order": 2})
    assert "slug" in page.context["adminform"].form.errors
