"""Changes of the officers, and what of them is official."""

from datetime import date, time

import pytest
from django.contrib.auth.models import Permission

from organisation.bodies import save_body
from organisation.models import Officer, Reception
from organisation.officers import delete_officer, save_officer
from portal.audit import AuditEntry
from portal.refusals import Refused
from tests.factory import make_body, make_officer, make_picture, make_user

pytestmark = pytest.mark.django_db

PRIVATE_PHONES = [
    "0912.345.678",
    "+84 912 345 678",
    "0325 345 678",
    "0777345678",
    "058 234 5678",
    "0862-345-678",
]
PRIVATE_MAILBOXES = [
    "ubnd.dongthanh@gmail.com",
    "vanphong@YAHOO.com.vn",
    "a@outlook.com",
    "a@mail.ru",
    "a@icloud.com",
]


@pytest.fixture
def keeper():
    user = make_user()
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="organisation")
    )
    return user


def new_officer(**fields):
    values = {"body": make_body(), "name": "Tống  Khải Nguyên", "position": "Chủ tịch"}
    return Officer(**(values | fields))


def test_an_officer_is_kept_in_tidy_lines_and_recorded(keeper):
    officer = save_officer(officer=new_officer(phone="0237.000.0001"), actor=keeper)
    assert officer.name == "Tống Khải Nguyên"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note) == ("organisation.officer.add", "")
    assert entry.target_label == "Chủ tịch Tống Khải Nguyên"


@pytest.mark.parametrize("phone", PRIVATE_PHONES)
def test_a_number_that_looks_private_is_refused(keeper, phone):
    with pytest.raises(Refused, match="giống số riêng"):
        save_officer(officer=new_officer(phone=phone), actor=keeper)
    assert not Officer.objects.exists()


@pytest.mark.parametrize("email", PRIVATE_MAILBOXES)
def test_a_mailbox_at_a_free_provider_is_refused(keeper, email):
    with pytest.raises(Refused, match="giống hộp thư riêng"):
        save_officer(officer=new_officer(email=email), actor=keeper)


@pytest.mark.parametrize(
    ("phone", "email"),
    [
        ("0237.3742.289", "chutich@dongthanh.thanhhoa.gov.vn"),
        ("1900 1234", "live@mail.thanhhoa.gov.vn"),
        ("113", "tramyte@benhvien.vn"),
        ("", ""),
    ],
)
def test_what_is_official_is_kept_without_a_question(keeper, phone, email):
    officer = new_officer(phone=phone, email=email)
    assert save_officer(officer=officer, actor=keeper).pk


def test_a_confirmed_number_is_kept_and_the_confirmation_is_recorded(keeper):
    officer = new_officer(phone="0912.345.678")
    save_officer(officer=officer, actor=keeper, is_contact_confirmed=True)
    assert AuditEntry.objects.get().note.startswith("Người ghi xác nhận")


def test_what_was_confirmed_is_not_asked_about_again(keeper):
    officer = make_officer(phone="0912.345.678")
    officer.order = 5
    save_officer(officer=officer, actor=keeper)
    assert AuditEntry.objects.get().after == {"thứ tự": 5}
    officer.phone = "0912.345.679"
    with pytest.raises(Refused, match="giống số riêng"):
        save_officer(officer=officer, actor=keeper)


def test_bodies_are_held_to_the_same_rule(keeper):
    body = make_body()
    body.email = "xa@gmail.com"
    with pytest.raises(Refused, match="giống hộp thư riêng"):
        save_body(body=body, actor=keeper)


def test_an_officer_in_the_timetable_is_hidden_instead_of_deleted(keeper):
    officer = make_officer()
    Reception.objects.create(
        day=date(2025, 1, 6),
        starts_at=time(8),
        ends_at=time(11),
        officer=officer,
        place="Phòng tiếp công dân",
    )
    with pytest.raises(Refused, match="còn 1 buổi trong lịch tiếp công dân"):
        delete_officer(officer=officer, actor=keeper)
    delete_officer(officer=make_officer(), actor=keeper)
    assert Officer.objects.get() == officer


@pytest.mark.parametrize("change", [save_officer, delete_officer])
def test_officers_are_kept_by_those_who_may(change):
    officer = make_officer()
    with pytest.raises(Refused, match="chưa được giao quyền"):
        change(officer=officer, actor=make_user())
    assert Officer.objects.filter(pk=officer.pk).exists()


def test_a_photo_never_goes_without_words():
    officer = make_officer(photo=make_picture(alt=""), position="Bí thư", name="Mai Lam")
    assert officer.photo_alt_text == "Ảnh Bí thư Mai Lam"
    officer.photo.alt = "Ông Lam trong phòng họp"
    assert officer.photo_alt_text == "Ông Lam trong phòng họp"
    officer.photo_alt = "Chân dung"
    assert officer.photo_alt_text == "Chân dung"


@pytest.mark.parametrize(
    ("name", "initials"), [("Đàm Quốc Thiên Vĩ", "ĐV"), ("Ê Ban", "ÊB"), ("Y", "Y")]
)
def test_initials_are_those_of_family_and_given_name(name, initials):
    assert Officer(name=name).initials == initials


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 12, 31), "2021–2026"), (date(2027, 1, 1), "")]
)
def test_a_term_that_is_over_is_not_told(day, words):
    assert Officer(term="2021–2026").term_on(day) == words
