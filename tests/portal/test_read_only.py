"""A site whose unit was merged: everything is read, nothing is changed."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles.models import Article
from portal import admin_start, audit, read_only, roles, successor
from portal.models import AuditEntry, Identity, PageVote
from portal.refusals import Refused
from portal.staff_mail import post
from procedures.calendar import expected_periods
from procedures.models import ProcedureSettings
from tests import factory
from tests.organisation.office import make_plan
from tests.portal.test_admin_access import OTHERS, STOCK, _address, rows  # noqa: F401
from tests.portal.test_public_pages import addresses, html_pages  # noqa: F401
from tests.visitors.pages import words

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 2)
SUCCESSOR = {
    "successor_name": "phường Đông Tiến, tỉnh Thanh Hóa",
    "successor_url": "https://dongtien.example.vn",
}
# What may be sent to the admin of a retired site.
OPEN = {
    *("login", "logout", "password_change", "auth_user_password_change"),
    *("portal_user_add", "portal_user_change", "portal_user_changelist"),
    *("axes_accessattempt_changelist", "axes_accessattempt_delete"),
    "portal_identity_successor",
}


def retire(actor=None, **changes):
    """Retire the unit since 1 July 2025, and forget what was remembered of it."""
    if not Identity.objects.exists():
        factory.make_identity()
    values = {"on": date(2025, 7, 1), "today": TODAY} | SUCCESSOR | changes
    unit = successor.retire(actor=actor, **values)
    read_only.retired_on.clear()
    return unit


# --- The switch -------------------------------------------------------------------------


def test_the_switch_is_recorded_and_can_be_undone():
    actor = factory.make_user(roles=[roles.ADMINISTRATOR])
    retire(actor)
    unit = Identity.objects.get()
    assert (unit.is_retired, unit.retired_on) == (True, date(2025, 7, 1))
    successor.resume(actor=actor)
    unit.refresh_from_db()
    assert (unit.is_retired, unit.retired_on) == (False, None)
    assert unit.successor_name == SUCCESSOR["successor_name"]
    entries = AuditEntry.objects.filter(actor=actor).order_by("pk")
    assert [each.action for each in entries] == ["site.retired", "site.resumed"]
    assert entries[0].after["tên đơn vị kế tục"] == SUCCESSOR["successor_name"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"on": date(2025, 7, 3)},
        {"successor_name": " "},
        {"successor_url": ""},
        {"successor_url": "javascript:alert(1)"},
    ],
)
def test_a_site_is_not_retired_without_a_past_day_and_a_successor(wrong):
    with pytest.raises(Refused):
        retire(**wrong)
    assert not Identity.objects.get().is_retired


def test_the_switch_does_nothing_twice():
    with pytest.raises(Refused):
        successor.resume(actor=None)
    retire()
    with pytest.raises(Refused):
        retire()


def test_an_administrator_closes_the_site_on_a_page_that_says_what_will_happen(client):
    factory.make_identity()
    client.force_login(factory.make_user(roles=[roles.ADMINISTRATOR]))
    address = reverse("admin:portal_identity_successor")
    assert address in client.get(reverse("admin:portal_identity_change", args=[1])).text
    page = client.get(address).text
    assert "Mọi bài, văn bản, số liệu và địa chỉ cũ vẫn đọc được" in page
    wrong = client.post(address, {"retire": "1", "on": "32/7/2025"})
    assert wrong.status_code == 200
    assert not Identity.objects.get().is_retired
    client.post(address, {"retire": "1", "on": "01/07/2025"} | SUCCESSOR)
    assert Identity.objects.get().is_retired
    read_only.retired_on.clear()
    assert "Mở lại cổng" in client.get(address).text
    client.post(address, {"resume": "1"})
    assert not Identity.objects.get().is_retired


def test_the_page_of_the_switch_says_what_stands_against_it(client):
    factory.make_identity()
    client.force_login(factory.make_user(roles=[roles.ADMINISTRATOR]))
    address = reverse("admin:portal_identity_successor")
    late = client.post(address, {"retire": "1", "on": "01/01/2199"} | SUCCESSOR)
    assert "không thể sau hôm nay" in late.text
    assert "đang cập nhật bình thường" in client.post(address, {"resume": "1"}).text


def test_without_a_unit_there_is_nothing_to_close(client):
    client.force_login(factory.make_user(roles=[roles.ADMINISTRATOR]))
    assert client.get(reverse("admin:portal_identity_successor")).status_code == 404


# --- Nothing is changed -----------------------------------------------------------------


def test_the_admin_takes_nothing_but_accounts_and_the_switch(client, rows):  # noqa: F811
    user = factory.make_user(is_superuser=True)
    retire(on=date(2025, 7, 1))
    names = {f"{model}_{page}" for model in STOCK for page in ("add", "change", "delete")}
    names |= {f"{model}_changelist" for model in STOCK} | set(OTHERS)
    refused = set()
    for name in names:
        client.force_login(user)
        response = client.post(_address(name, rows), {"step": "recall"})
        if "chế độ chỉ đọc" in response.text and response.status_code == 403:
            refused.add(name)
    assert names - refused == OPEN


def test_staff_still_read_the_admin_under_a_notice(client, rows):  # noqa: F811
    retire()
    client.force_login(factory.make_user(is_superuser=True))
    for model in STOCK:
        response = client.get(_address(f"{model}_changelist", rows), follow=True)
        assert response.status_code == 200, model
        assert "Cổng đang ở chế độ chỉ đọc" in response.text, model


def test_staff_still_sign_in_and_change_their_password(client):
    retire()
    user = factory.make_user(roles=[roles.EDITOR])
    sent = {"username": user.username, "password": factory.PASSWORD}
    assert client.post(reverse("admin:login"), sent)["Location"]
    new = "mot-mat-khau-khac-han"
    sent = {"old_password": factory.PASSWORD, "new_password1": new, "new_password2": new}
    client.post(reverse("admin:password_change"), sent)
    user.refresh_from_db()
    assert user.check_password(new)


@pytest.mark.parametrize("address", ["/phan-hoi/", "/phan-hoi/gop-y/", "/tra-cuu-ho-so/"])
def test_readers_who_send_something_are_led_to_the_successor(client, address):
    retire()
    response = client.post(address, {}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 403
    assert "Từ ngày 01/07/2025" in response.text
    assert SUCCESSOR["successor_url"] in response.text
    assert not PageVote.objects.exists()


def test_commands_and_jobs_are_held_by_the_same_gate():
    retire()
    with pytest.raises(CommandError, match="ngừng cập nhật"):
        call_command("load_procedures")
    article = factory.make_article()
    with pytest.raises(read_only.ReadOnly):
        audit.record("article.published", actor=None, target=article)
    assert not AuditEntry.objects.filter(action="article.published").exists()


@pytest.mark.parametrize(
    "action", ["session.started", "account.password_changed", "dossiers.expired"]
)
def test_what_has_to_go_on_is_recorded(action):
    retire()
    assert audit.record(action, actor=None, target=None).action == action


# --- Nobody is reminded -----------------------------------------------------------------


def test_staff_are_not_reminded_of_anything(rf, mailoutbox):
    retire()
    user = factory.make_user(is_superuser=True, email="hoa@example.vn")
    request = rf.get("/")
    request.user = user
    assert admin_start.cards_for(request) == admin_start.panels_for(request) == []
    post(user, matter="Chờ bạn duyệt", title="Bài", template="articles/none.txt", path="/")
    assert mailoutbox == []


def test_no_period_is_owed_that_ends_after_the_last_day():
    factory.make_period(code="2025-T05")
    settings = ProcedureSettings.current()
    assert len(expected_periods(settings, today=date(2025, 12, 1))) > 2
    retire()
    codes = [str(each.code) for each in expected_periods(settings, today=date(2025, 12, 1))]
    assert codes == ["2025-T06", "2025-T05"]


# --- Everything is read -----------------------------------------------------------------


@pytest.fixture
def retired():
    return retire()


def test_every_page_names_the_day_and_the_successor(retired, html_pages):  # noqa: F811
    for name, page in html_pages.items():
        (notice,) = page.findall(".//section[@aria-label='Trang đã ngừng cập nhật']")
        assert "01/07/2025" in words(notice), name
        links = [link.get("href") for link in notice.iter("a")]
        assert SUCCESSOR["successor_url"] in links, name
    home = words(
        html_pages["home"].find(".//section[@aria-label='Trang đã ngừng cập nhật']")
    )
    assert "được giữ nguyên để tra cứu" in home
    assert html_pages["home"].find(".//*[@id='hom-nay']") is None
    votes = [page.find(".//form[@action='/phan-hoi/']") for page in html_pages.values()]
    assert not any(form is not None for form in votes)


def test_nobody_is_sent_to_an_office_that_is_closed_for_good(client):
    make_plan()
    factory.make_identity(working_hours="Giờ hành chính")
    officer = factory.make_officer()
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        factory.make_reception(day=day, officer=officer, host="", place=f"Phòng {day.day}")
    retire()
    with time_machine.travel(datetime(2025, 6, 20, 2, tzinfo=UTC)):
        calendar = client.get("/lich-tiep-cong-dan.ics").text
        rows = client.get("/api/lich-tiep-cong-dan.json").text
    assert "Phòng 30" in calendar
    assert "Phòng 30" in rows
    assert "Phòng 1" not in calendar + rows
    with time_machine.travel(datetime(2025, 7, 1, 2, tzinfo=UTC)):
        contact = client.get("/lien-he/").text
        pages = [
            client.get(address).text
            for address in ("/lich-tiep-cong-dan/", officer.body.get_absolute_url())
        ]
    assert "Giờ làm việc" not in contact
    assert "Giờ hành chính" not in contact
    assert "Mở cửa" not in contact
    assert "Đóng cửa" not in contact
    assert "openingHours" not in contact
    assert not any("Phòng 1" in page or "Buổi gần nhất" in page for page in pages)


def test_old_addresses_feeds_and_files_go_on(retired, addresses, client):  # noqa: F811
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code == 200, name
        response.getvalue()
    article = Article.objects.get()
    html = client.get(article.get_absolute_url()).text
    assert f'rel="canonical" href="http://testserver{article.get_absolute_url()}"' in html


def test_a_site_that_goes_on_has_no_such_notice(client):
    factory.make_identity(**SUCCESSOR)
    assert "ngừng cập nhật" not in client.get("/").text
