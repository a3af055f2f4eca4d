from datetime import date

import pytest
import time_machine
from django.urls import reverse

from portal.audit import AuditEntry
from portal.refusals import Refused
from portal.roles import APPROVER, EDITOR, PROCEDURES_CLERK
from procedures import requests
from procedures.models import DataRequest, Dossier, RequestKind, RequestState, ResultSheet
from tests import factory

pytestmark = [pytest.mark.django_db]

CODE = "000.17.22.H56-231218-0001"
LIST = reverse("admin:procedures_datarequest_changelist")
ADD = reverse("admin:procedures_datarequest_add")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2024-02-05T03:00:00Z", tick=False):
        yield


@pytest.fixture
def clerk():
    return factory.make_user(roles=[PROCEDURES_CLERK])


def _entry(**fields):
    values = {
        "kind": RequestKind.REMOVAL,
        "received_on": date(2024, 2, 1),
        "dossier_code": CODE,
        "wish": "Gỡ dòng của hồ sơ này.",
    }
    return DataRequest(**values | fields)


def _answered(entry, state=RequestState.DONE, **fields):
    entry.state, entry.answer, entry.closed_on = state, "Đã làm.", date(2024, 2, 5)
    for name, value in fields.items():
        setattr(entry, name, value)
    return entry


# --- The clock ----------------------------------------------------------------------


def test_a_request_is_due_after_fifteen_days(clerk):
    entry = requests.register(entry=_entry(), actor=clerk)
    assert entry.due_on == date(2024, 2, 16)
    assert entry.created_by == clerk
    assert AuditEntry.objects.get(action="request.registered").actor == clerk


def test_a_corrected_day_of_receipt_moves_the_last_day(clerk):
    entry = requests.register(entry=_entry(), actor=clerk)
    entry.received_on = date(2024, 1, 20)
    assert requests.amend(entry=entry, actor=clerk).due_on == date(2024, 2, 4)


def test_overdue_requests_are_those_whose_days_have_passed(clerk):
    late = requests.register(entry=_entry(received_on=date(2024, 1, 20)), actor=clerk)
    requests.register(entry=_entry(), actor=clerk)
    assert list(DataRequest.objects.overdue(today=date(2024, 2, 5))) == [late]
    assert list(DataRequest.objects.overdue(today=date(2024, 2, 4))) == []


# --- What is refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"wish": "Gọi lại 0912 345 678."}, "wish"),
        ({"subject": "CCCD 038085001234"}, "subject"),
        ({"paper_number": "a@b.vn"}, "paper_number"),
        ({"received_on": date(2024, 2, 6)}, "received_on"),
        ({"dossier_code": "hồ sơ số 5"}, "dossier_code"),
        ({"dossier_code": ""}, "subject"),
        ({"answer": "Đã làm."}, "state"),
        ({"state": RequestState.DONE, "closed_on": date(2024, 2, 5)}, "answer"),
        ({"state": RequestState.DONE, "answer": "Xong."}, "closed_on"),
        (
            {"state": "da-lam", "answer": "Xong.", "closed_on": date(2024, 2, 6)},
            "closed_on",
        ),
        (
            {"state": "da-lam", "answer": "Xong.", "closed_on": date(2024, 1, 31)},
            "closed_on",
        ),
        (
            {"state": "da-lam", "answer": "sinh năm 1980", "closed_on": date(2024, 2, 5)},
            "answer",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_field(fields, name):
    assert list(requests.problems(_entry(**fields), today=date(2024, 2, 5))) == [name]


def test_a_request_with_personal_data_is_not_kept(clerk):
    with pytest.raises(Refused, match="số điện thoại"):
        requests.register(entry=_entry(wish="Gọi 0912345678."), actor=clerk)
    assert not DataRequest.objects.exists()


def test_who_does_not_keep_the_register_changes_nothing():
    editor = factory.make_user(roles=[EDITOR])
    with pytest.raises(Refused, match="chưa được giao"):
        requests.register(entry=_entry(), actor=editor)


def test_an_answered_request_stays_as_it_was_answered(clerk):
    entry = requests.register(entry=_entry(), actor=clerk)
    requests.close(entry=_answered(entry), actor=clerk)
    for step in (requests.amend, requests.close):
        with pytest.raises(Refused, match="đã được trả lời"):
            step(entry=_answered(entry, answer="Khác."), actor=clerk)
    entry.refresh_from_db()
    assert (entry.answer, entry.closed_by) == ("Đã làm.", clerk)


def test_closing_needs_a_result(clerk):
    entry = requests.register(entry=_entry(), actor=clerk)
    with pytest.raises(Refused, match="chọn kết quả"):
        requests.close(entry=entry, actor=clerk)


# --- Removal ------------------------------------------------------------------------


@pytest.fixture
def dossiers():
    """The same dossier in two months, another one beside it, and figures."""
    for code in ("2024-T01", "2024-T02"):
        period = factory.make_period(code=code)
        factory.make_sheet(period=period)
        run = factory.make_run(period=period)
        factory.make_dossier(run=run, code=CODE)
        factory.make_dossier(run=run)


def test_a_granted_removal_takes_the_dossier_off_every_list(clerk, dossiers):
    entry = requests.register(entry=_entry(dossier_code=CODE.lower()), actor=clerk)
    figures = list(ResultSheet.objects.values())
    requests.close(entry=_answered(entry), actor=clerk)
    assert not Dossier.objects.filter(code=CODE).exists()
    assert Dossier.objects.count() == 2
    assert list(ResultSheet.objects.values()) == figures
    assert DataRequest.objects.removed_codes() == {CODE}
    assert AuditEntry.objects.get(action="dossier.removed").after == {"rows": 2}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (RequestKind.REMOVAL, RequestState.REFUSED),
        (RequestKind.CORRECTION, RequestState.DONE),
    ],
)
def test_nothing_else_takes_a_dossier_off(clerk, dossiers, kind, state):
    entry = requests.register(entry=_entry(kind=kind), actor=clerk)
    requests.close(entry=_answered(entry, state), actor=clerk)
    assert Dossier.objects.filter(code=CODE).count() == 2
    assert DataRequest.objects.removed_codes() == set()


# --- The admin ----------------------------------------------------------------------

FORM = {
    "kind": "go-bo",
    "received_on": "01/02/2024",
    "way": "truc-tiep",
    "paper_number": "12/VB",
    "dossier_code": CODE,
    "subject": "",
    "wish": "Gỡ dòng của hồ sơ này.",
}


def test_the_clerk_enters_and_answers_a_request(client, clerk, dossiers):
    client.force_login(clerk)
    assert client.post(ADD, FORM).status_code == 302
    entry = DataRequest.objects.get()
    assert entry.due_on == date(2024, 2, 16)
    change = reverse("admin:procedures_datarequest_change", args=[entry.pk])
    assert "còn 11 ngày" in client.get(LIST).content.decode()
    answer = {"state": "da-lam", "answer": "Đã gỡ.", "closed_on": "05/02/2024"}
    assert client.post(change, FORM | answer).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.closed_by) == (RequestState.DONE, clerk)
    assert not Dossier.objects.filter(code=CODE).exists()
    assert client.post(change, FORM | answer).status_code == 403


def test_an_open_request_can_be_amended(client, clerk):
    client.force_login(clerk)
    entry = requests.register(entry=_entry(), actor=clerk)
    change = reverse("admin:procedures_datarequest_change", args=[entry.pk])
    blank = {"state": "dang-xu-ly", "answer": "", "closed_on": ""}
    assert client.post(change, FORM | blank | {"wish": "Sửa ngày."}).status_code == 302
    entry.refresh_from_db()
    assert entry.wish == "Sửa ngày."


def test_mistakes_are_shown_at_their_field(client, clerk):
    client.force_login(clerk)
    response = client.post(ADD, FORM | {"wish": "Gọi 0912345678", "dossier_code": "5"})
    html = response.content.decode()
    assert "Ô này có số điện thoại" in html
    assert "Mã hồ sơ chưa đúng" in html
    assert not DataRequest.objects.exists()


def test_a_refusal_after_the_form_is_told(client, clerk, monkeypatch):
    client.force_login(clerk)

    def refuse(**_):
        raise Refused("Yêu cầu này đã được trả lời.")

    monkeypatch.setattr(requests, "register", refuse)
    response = client.post(ADD, FORM, follow=True)
    assert "Yêu cầu này đã được trả lời." in response.content.decode()


def test_the_start_page_names_open_requests_with_the_overdue_first(client, clerk):
    requests.register(entry=_entry(), actor=clerk)
    late = _entry(received_on=date(2024, 1, 16), dossier_code="", subject="Trang lịch")
    requests.register(entry=late, actor=clerk)
    client.force_login(clerk)
    html = client.get(reverse("admin:index")).content.decode()
    assert "Yêu cầu đính chính, gỡ bỏ chờ trả lời" in html
    assert html.index("Trang lịch") < html.index(CODE)
    assert "quá hạn 5 ngày" in html


def test_only_who_may_see_the_register_has_its_panel(client, clerk):
    requests.register(entry=_entry(), actor=clerk)
    for role, is_shown in ((APPROVER, True), (EDITOR, False)):
        client.force_login(factory.make_user(roles=[role]))
        html = client.get(reverse("admin:index")).content.decode()
        assert ("chờ trả lời" in html) == is_shown
