from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.audit import AuditEntry
from portal.refusals import Refused
from portal.roles import ADMINISTRATOR
from tests.factory import make_user
from visitors import opening
from visitors.models import Day, OldMonth, OpeningBalance, Source

pytestmark = pytest.mark.django_db

AT = "2026-11-23T10:00:00+07:00"
BALANCE = {"figure": "293386", "dated": "31/12/2024", "note": "Bộ đếm của trang cũ."}
ADD = "admin:visitors_openingbalance_add"


@pytest.fixture
def administrator(sign_in):
    return sign_in(ADMINISTRATOR)


def old_month(month, visits):
    return OldMonth.objects.create(month=month, visits=visits, imported_at=AT)


def log_day(day, visits):
    return Day.objects.create(day=day, views=visits, visits=visits, source=Source.LOG)


def carry_over(figure, dated=date(2024, 12, 31)):
    return opening.carry_over(actor=make_user(), figure=figure, dated=dated, note="Cũ.")


def text(response):
    return response.content.decode()


def test_an_administrator_carries_the_old_figure_over_once_and_corrects_it(administrator):
    assert administrator.post(reverse(ADD), BALANCE).status_code == 302
    assert administrator.get(reverse(ADD)).status_code == 403
    change = reverse("admin:visitors_openingbalance_change", args=[1])
    administrator.post(change, BALANCE | {"figure": "293387"})
    assert OpeningBalance.objects.values_list("pk", "figure").get() == (1, 293_387)
    entries = AuditEntry.objects.filter(action__startswith="visitors.openingbalance")
    assert [entry.action.rpartition(".")[2] for entry in entries] == ["change", "add"]
    assert entries[0].before["figure"] == 293_386


@pytest.mark.parametrize("figure", ["-1", "x", "9" * 30])
def test_an_impossible_balance_is_refused(administrator, figure):
    response = administrator.post(reverse(ADD), BALANCE | {"figure": figure})
    assert response.status_code == 200
    assert not OpeningBalance.objects.exists()


def test_a_balance_is_of_a_day_that_has_come():
    with pytest.raises(Refused, match="chưa đến"):
        carry_over(5, dated=timezone.localdate() + timedelta(days=1))
    assert carry_over(5, dated=timezone.localdate()).figure == 5
    assert str(carry_over(293386)) == "293.386 (31/12/2024)"


def test_a_balance_contains_what_was_imported_up_to_its_day():
    old_month(date(2024, 11, 1), 700)
    log_day(date(2024, 12, 30), 20)
    assert carry_over(720).figure == 720
    with pytest.raises(Refused):
        carry_over(719)
    assert OpeningBalance.objects.get().figure == 720


def test_what_was_imported_after_its_day_adds_to_the_balance_instead():
    old_month(date(2025, 1, 1), 700)
    log_day(date(2025, 2, 1), 20)
    Day.objects.create(day=date(2024, 6, 1), views=50, visits=50)  # measured here
    assert carry_over(1).figure == 1


def test_a_later_day_of_the_balance_takes_more_history_in():
    old_month(date(2025, 1, 1), 700)
    carry_over(100)
    with pytest.raises(Refused):
        carry_over(100, dated=date(2025, 1, 31))
    assert OpeningBalance.objects.get().dated == date(2024, 12, 31)


def test_the_refusal_stands_in_the_form_and_names_the_sum(administrator):
    old_month(date(2024, 10, 1), 200_000)
    old_month(date(2024, 11, 1), 100_000)
    response = administrator.post(reverse(ADD), BALANCE)
    assert response.status_code == 200
    assert "tính đến ngày 31/12/2024 cộng lại là 300.000 lượt truy cập" in text(response)
    assert "293.386" in text(response)
    assert "Bộ đếm của trang cũ." in text(response)  # nothing typed is lost
    assert not OpeningBalance.objects.exists()
    assert not AuditEntry.objects.filter(action__contains="openingbalance").exists()


def test_the_form_shows_what_was_imported(administrator):
    assert "Chưa nhập gì." in text(administrator.get(reverse(ADD)))
    old_month(date(2024, 10, 1), 1_500)
    old_month(date(2024, 11, 1), 500)
    log_day(date(2024, 12, 30), 20)
    shown = text(administrator.get(reverse(ADD)))
    assert "2 tháng của bộ đếm cũ (từ 10/2024 đến 11/2024): 2.000 lượt truy cập." in shown
    assert "1 ngày từ nhật ký máy chủ web (từ 30/12/2024 đến 30/12/2024): 20" in shown


def test_the_list_of_the_one_balance_leads_to_its_form(administrator):
    page = reverse("admin:visitors_openingbalance_changelist")
    assert administrator.get(page)["Location"] == reverse(ADD)
    carry_over(5)
    assert administrator.get(page)["Location"].endswith("/1/change/")
