"""The steps of duties and of their times: who may, what is refused, what is recorded."""

from datetime import UTC, date, datetime

import pytest

from disclosure import workflow
from disclosure.models import Cadence, Duty, Outcome
from portal import roles
from portal.audit import AuditEntry
from portal.models import LegalBasis
from portal.refusals import Refused
from tests import factory

pytestmark = pytest.mark.django_db

AT = datetime(2024, 4, 20, 3, tzinfo=UTC)
TODAY = date(2024, 4, 20)


@pytest.fixture
def editor():
    return factory.make_user(roles=[roles.EDITOR])


@pytest.fixture
def approver():
    return factory.make_user(roles=[roles.APPROVER])


def _new(**fields):
    values = {"title": "Ngân sách xã", "cadence": Cadence.QUARTERLY, "due_days": 15}
    return Duty(**values | fields)


# --- Duties -----------------------------------------------------------------------------


def test_a_new_duty_has_no_periods_before_it_is_confirmed(approver):
    duty = workflow.save_duty(duty=_new(), bases=[], actor=approver, at=AT)
    assert (duty.slug, duty.occurrences.count()) == ("ngan-sach-xa", 0)
    workflow.review(duty=duty, actor=approver, at=AT)
    assert (duty.since, duty.reviewed_by) == (TODAY, approver)
    assert [each.period for each in duty.occurrences.all()] == ["2024-Q2"]
    assert [entry.action for entry in AuditEntry.objects.about(duty)] == [
        "duty.reviewed",
        "duty.created",
    ]


def test_two_duties_of_one_name_have_two_addresses(approver):
    duties = [workflow.save_duty(duty=_new(), bases=[], actor=approver) for _ in range(3)]
    assert [each.slug for each in duties] == [
        "ngan-sach-xa",
        "ngan-sach-xa-2",
        "ngan-sach-xa-3",
    ]


def test_editors_neither_change_nor_confirm_duties(editor):
    duty = factory.make_duty()
    for step in (
        lambda: workflow.save_duty(duty=_new(), bases=[], actor=editor),
        lambda: workflow.save_duty(duty=duty, bases=[], actor=editor),
        lambda: workflow.review(duty=duty, actor=editor),
        lambda: workflow.unreview(duty=duty, actor=editor),
        lambda: workflow.delete_duty(duty=duty, actor=editor),
    ):
        with pytest.raises(Refused, match="chưa được giao"):
            step()


def test_a_duty_without_a_rule_is_refused_in_words(approver):
    with pytest.raises(Refused, match="đúng một cách tính hạn"):
        workflow.save_duty(duty=_new(due_days=None), bases=[], actor=approver)


def test_nothing_is_confirmed_on_a_repealed_document(approver):
    newer = LegalBasis.objects.create(number="9/2024/QH15", title="Luật mới")
    basis = LegalBasis.objects.create(
        number="1/2007/PL", title="Pháp lệnh", repealed_on=TODAY, replaced_by=newer
    )
    duty = workflow.save_duty(duty=_new(), bases=[basis], actor=approver, at=AT)
    with pytest.raises(Refused) as refusal:
        workflow.review(duty=duty, actor=approver, at=AT)
    assert refusal.value.reasons == (
        "Căn cứ 1/2007/PL đã hết hiệu lực từ 20/04/2024, hãy xem lại. Văn bản thay thế: "
        "9/2024/QH15.",
    )


def test_a_changed_rule_lays_periods_out_anew_but_for_those_recorded(approver):
    duty = factory.make_duty(since=date(2023, 12, 1))
    workflow.lay_out(today=TODAY)
    workflow.record_nothing(
        occurrence=duty.occurrences.get(period="2023-Q4"), note="Không có.", actor=None
    )
    duty.cadence = Cadence.MONTHLY
    workflow.save_duty(duty=duty, bases=[], actor=approver, at=AT)
    assert sorted(duty.occurrences.values_list("period", flat=True)) == [
        "2023-Q4",
        "2023-T12",
        *(f"2024-T{month:02}" for month in range(1, 6)),
    ]


def test_other_changes_leave_periods_and_their_reminders(approver):
    duty = factory.make_duty()
    workflow.lay_out(today=TODAY)
    duty.occurrences.update(reminder=3)
    duty.owner = "Kế toán"
    workflow.save_duty(duty=duty, bases=[], actor=approver, at=AT)
    assert set(duty.occurrences.values_list("reminder", flat=True)) == {3}
    (entry,) = AuditEntry.objects.about(duty)
    assert entry.after == {"người phụ trách": "Kế toán"}


def test_only_a_duty_without_history_is_deleted(approver):
    kept = factory.make_occurrence(article=factory.make_article(), published_on=TODAY).duty
    with pytest.raises(Refused, match="Đang áp dụng"):
        workflow.delete_duty(duty=kept, actor=approver)
    workflow.delete_duty(duty=factory.make_occurrence().duty, actor=approver)
    assert list(Duty.objects.all()) == [kept]


def test_the_section_is_a_page_that_readers_may_see(approver):
    article = factory.make_article()
    duty = workflow.save_duty(
        duty=_new(), bases=[], section=article.get_absolute_url(), actor=approver
    )
    assert duty.section == ("article", str(article.pk))
    with pytest.raises(Refused, match="chưa xem được"):
        workflow.save_duty(duty=duty, bases=[], section="/khong-co/", actor=approver)


# --- Periods ----------------------------------------------------------------------------


def test_periods_are_laid_out_once_for_the_duties_in_use():
    duty = factory.make_duty()
    factory.make_duty(reviewed_at=None)
    factory.make_duty(is_shown=False)
    assert workflow.lay_out(today=TODAY) == 2
    assert workflow.lay_out(today=TODAY) == 0
    assert {each.duty_id for each in duty.occurrences.all()} == {duty.pk}


def test_a_merged_unit_gets_no_new_periods():
    factory.make_duty()
    factory.make_identity(
        is_retired=True,
        retired_on=TODAY,
        successor_name="Phường Đông Tiến",
        successor_url="https://dongtien.example/",
    )
    assert workflow.lay_out(today=TODAY) == 0


def test_what_comes_up_is_due_by_the_rule_or_by_its_own_day(editor):
    duty = factory.make_duty(cadence=Cadence.ON_EVENT, due_days=5)
    event = {"duty": duty, "arose_on": TODAY, "actor": editor}
    first = workflow.add_occurrence(title="  Quy hoạch  thôn 1", **event)
    second = workflow.add_occurrence(title="Thôn 2", due_on=date(2024, 6, 1), **event)
    assert (first.title, first.due_on) == ("Quy hoạch thôn 1", date(2024, 4, 25))
    assert second.due_on == date(2024, 6, 1)


def test_what_comes_up_said_twice_is_in_the_calendar_once(editor):
    duty = factory.make_duty(cadence=Cadence.ON_EVENT, due_days=5)
    said = {"duty": duty, "arose_on": TODAY, "actor": editor, "title": "Quy hoạch thôn 1"}
    assert workflow.add_occurrence(**said) == workflow.add_occurrence(**said)
    assert duty.occurrences.count() == 1
    assert AuditEntry.objects.filter(action="occurrence.added").count() == 1


def test_nothing_comes_up_for_a_duty_that_nobody_has_confirmed(editor):
    duty = factory.make_duty(cadence=Cadence.ON_EVENT, reviewed_at=None)
    with pytest.raises(Refused, match="rà soát"):
        workflow.add_occurrence(duty=duty, title="A", arose_on=TODAY, actor=editor)


def test_only_what_came_up_and_was_not_recorded_is_removed(editor):
    period = factory.make_occurrence()
    event = factory.make_occurrence(duty=period.duty, period="", title="Ghi nhầm")
    with pytest.raises(Refused, match="Chỉ xóa được"):
        workflow.remove_occurrence(occurrence=period, actor=editor)
    workflow.remove_occurrence(occurrence=event, actor=editor)
    assert list(period.duty.occurrences.all()) == [period]


# --- What became of it ------------------------------------------------------------------


def test_what_is_recorded_says_when_where_and_by_whom(editor):
    article, occurrence = factory.make_article(), factory.make_occurrence()
    workflow.record(
        occurrence=occurrence,
        page=f"{article.title} [{article.get_absolute_url()}]",
        published_on=date(2024, 4, 16),
        note="Đã niêm yết tại trụ sở.",
        actor=editor,
        at=AT,
    )
    occurrence.refresh_from_db()
    assert occurrence.page == ("article", str(article.pk))
    assert occurrence.outcome == Outcome.PUBLISHED
    assert (occurrence.recorded_by, occurrence.recorded_at) == (editor, AT)
    (entry,) = AuditEntry.objects.about(occurrence)
    assert entry.action == "occurrence.published"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "đúng một nơi đọc"),
        ({"page": "/lien-he/", "published_on": date(2024, 4, 21)}, "không thể sau hôm nay"),
        ({"page": "https://khac.example/"}, "ở trang khác"),
        ({"page": "/tin-tuc/khong-co/a-99999/"}, "chưa xem được"),
        ({"page": "/lien-he/", "note": "Gọi 0912 345 678"}, "số điện thoại"),
    ],
)
def test_what_readers_could_not_open_is_not_recorded(editor, said, sentence):
    occurrence = factory.make_occurrence()
    values = {"published_on": TODAY} | said
    with pytest.raises(Refused, match=sentence):
        workflow.record(occurrence=occurrence, actor=editor, at=AT, **values)
    occurrence.refresh_from_db()
    assert occurrence.outcome == Outcome.WAITING


def test_nothing_needs_a_word_to_the_readers(editor):
    occurrence = factory.make_occurrence()
    with pytest.raises(Refused, match="Hãy ghi một câu"):
        workflow.record_nothing(occurrence=occurrence, note=" ", actor=editor)
    workflow.record_nothing(occurrence=occurrence, note="Không thu.", actor=editor)
    occurrence.refresh_from_db()
    assert (occurrence.outcome, occurrence.note) == (Outcome.NOTHING, "Không thu.")


def test_what_was_recorded_by_mistake_is_taken_back(editor):
    occurrence = factory.make_occurrence(article=factory.make_article(), published_on=TODAY)
    workflow.take_back(occurrence=occurrence, actor=editor)
    occurrence.refresh_from_db()
    assert (occurrence.outcome, occurrence.page) == (Outcome.WAITING, None)
    with pytest.raises(Refused, match="chưa ghi nhận gì"):
        workflow.take_back(occurrence=occurrence, actor=editor)


def test_who_has_no_part_in_it_records_nothing():
    clerk = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    with pytest.raises(Refused, match="chưa được giao"):
        workflow.record_nothing(
            occurrence=factory.make_occurrence(), note="Không.", actor=clerk
        )
