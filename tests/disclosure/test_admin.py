"""The board for staff, the forms behind it, and what waits on the start page."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from disclosure.models import Cadence, Duty, Occurrence, Outcome
from portal import roles
from portal.models import LegalBasis
from tests import factory

pytestmark = pytest.mark.django_db

BOARD = "/quan-tri/disclosure/duty/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel("2024-04-20T03:00:00Z", tick=False):
        yield


@pytest.fixture
def editor(client):
    user = factory.make_user(roles=[roles.EDITOR])
    client.force_login(user)
    return user


@pytest.fixture
def approver(client):
    user = factory.make_user(roles=[roles.APPROVER])
    client.force_login(user)
    return user


def _address(page, row):
    return reverse(f"admin:disclosure_duty_{page}", args=[row.pk])


def _messages(response):
    return [str(message) for message in response.context["messages"]]


def test_the_board_shows_what_is_missing_with_its_next_step(client, editor):
    occurrence = factory.make_occurrence(duty=factory.make_duty(owner="Kế toán xã"))
    factory.make_duty(title="Chưa ai xem", reviewed_at=None)
    html = client.get(BOARD).content.decode()
    assert "Quá hạn 5 ngày" in html
    assert "Kế toán xã" in html
    assert _address("record", occurrence) in html
    assert html.index("Chưa rà soát (1)") < html.index("Chưa ai xem")
    assert "Đã rà soát căn cứ" not in html  # an editor does not confirm


def test_the_board_names_repealed_documents(client, editor):
    duty = factory.make_duty()
    duty.bases.add(
        LegalBasis.objects.create(number="1/NĐ", title="A", repealed_on=date(2024, 1, 1))
    )
    html = client.get(BOARD).content.decode()
    assert "Căn cứ 1/NĐ đã hết hiệu lực từ 01/01/2024, hãy xem lại." in html


def test_an_approver_confirms_and_takes_back_in_one_tap(client, approver):
    duty = factory.make_duty(reviewed_at=None, since=None)
    assert "Đã rà soát căn cứ" in client.get(BOARD).content.decode()
    response = client.post(_address("review", duty), follow=True)
    assert "Đã xác nhận rà soát" in _messages(response)[0]
    duty.refresh_from_db()
    assert duty.is_public
    client.post(_address("review", duty), {"unreview": "1"})
    duty.refresh_from_db()
    assert not duty.is_public


def test_a_duty_is_entered_with_its_documents_and_confirmed(client, approver):
    basis = LegalBasis.objects.create(number="10/2022/QH15", title="Luật")
    sent = {
        "title": "Quyết toán ngân sách",
        "bases": [basis.pk],
        "section": "/lien-he/",
        "cadence": Cadence.YEARLY,
        "due_day": "30",
        "due_month": "6",
        "soon_days": "20",
        "order": "1",
        "is_shown": "on",
        "_review": "1",
    }
    response = client.post(f"{BOARD}add/", sent, follow=True)
    assert response.status_code == 200
    duty = Duty.objects.get()
    assert (duty.slug, duty.section) == ("quyet-toan-ngan-sach", ("target", "contact"))
    assert (list(duty.bases.all()), duty.reviewed_by) == ([basis], approver)
    assert duty.occurrences.get().due_on == date(2024, 6, 30)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"due_days": ""}, "đúng một cách tính hạn"),
        ({"due_days": "500"}, "366"),
        ({"section": "https://khac.example/"}, "ở trang khác"),
        ({"owner_account": "x"}, "hợp lệ"),
    ],
)
def test_what_is_wrong_stands_in_the_form(client, approver, wrong, sentence):
    sent = {
        "title": "Ngân sách",
        "cadence": Cadence.QUARTERLY,
        "due_days": "15",
        "soon_days": "14",
        "order": "1",
        "is_shown": "on",
    }
    response = client.post(f"{BOARD}add/", sent | wrong)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Duty.objects.exists()


def test_recording_by_the_words_of_a_title(client, editor):
    article, occurrence = factory.make_article(), factory.make_occurrence()
    address = _address("record", occurrence)
    line = f"{article.title} [{article.get_absolute_url()}]"
    assert line in client.get(address).content.decode()
    sent = {"page": line, "published_on": "16/04/2024", "note": "Cả ở trụ sở."}
    response = client.post(address, sent, follow=True)
    assert _messages(response) == [f"Đã ghi nhận: {occurrence}."]
    occurrence.refresh_from_db()
    assert occurrence.page == ("article", str(article.pk))


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"page": "/khong-co/", "published_on": "16/04/2024"},
        {"page": "x" * 600, "published_on": "16/04/2024"},
        {"page": "http://[", "published_on": "16/04/2024"},
        {"page": "\x00", "published_on": "16/04/2024"},
        {"page": "/lien-he/", "published_on": "99/99/9999"},
        {"attachment": "99999999999999999999", "published_on": "16/04/2024"},
        {"nothing": "1"},
        {"nothing": "1", "khong-note": "Gọi ông A 0912 345 678"},
    ],
)
def test_what_cannot_be_recorded_is_said_beside_the_form(client, editor, sent):
    occurrence = factory.make_occurrence()
    response = client.post(_address("record", occurrence), sent)
    assert response.status_code == 200
    assert "errorlist" in (html := response.content.decode()) or "errornote" in html
    occurrence.refresh_from_db()
    assert occurrence.outcome == Outcome.WAITING


def test_nothing_in_the_period_and_taking_it_back(client, editor):
    occurrence = factory.make_occurrence()
    sent = {"nothing": "1", "khong-note": "Trong quý không thu."}
    client.post(_address("record", occurrence), sent)
    occurrence.refresh_from_db()
    assert occurrence.outcome == Outcome.NOTHING
    client.post(_address("step", occurrence), {"take_back": "1"})
    occurrence.refresh_from_db()
    assert occurrence.outcome == Outcome.WAITING


def test_what_came_up_is_taken_down_and_leads_on_to_recording(client, editor):
    duty = factory.make_duty(cadence=Cadence.ON_EVENT, due_days=5)
    sent = {"title": "Quy hoạch thôn 1", "arose_on": "18/04/2024"}
    response = client.post(_address("event", duty), sent)
    occurrence = Occurrence.objects.get()
    assert response.url == _address("record", occurrence)
    assert occurrence.due_on == date(2024, 4, 23)
    client.post(_address("step", occurrence), {"remove": "1"})
    assert not Occurrence.objects.exists()


def test_a_duty_with_history_is_not_deleted(client, approver):
    duty = factory.make_occurrence(
        article=factory.make_article(), published_on=date(2024, 4, 12)
    ).duty
    response = client.post(_address("delete", duty), {"post": "yes"}, follow=True)
    assert "Đang áp dụng" in _messages(response)[0]
    assert Duty.objects.exists()


@pytest.mark.parametrize(
    ("role", "sees"), [(roles.EDITOR, True), (roles.STATISTICS_READER, False)]
)
def test_the_start_page_lists_what_is_missing(client, role, sees):
    client.force_login(factory.make_user(roles=[role]))
    factory.make_occurrence()
    factory.make_occurrence(due_on=date(2024, 4, 25))
    html = client.get("/quan-tri/").content.decode()
    assert ("Quá hạn công khai" in html, "Sắp đến hạn công khai" in html) == (sees, sees)
