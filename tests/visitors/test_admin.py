from datetime import date

import pytest
from django.urls import reverse

from portal.audit import AuditEntry
from portal.roles import ADMINISTRATOR, APPROVER, EDITOR, STATISTICS_READER
from tests.factory import make_user
from visitors import counting
from visitors.models import Day, ExclusionCount, Grain, OpeningBalance

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 5)
BALANCE = {"figure": "293386", "dated": "31/12/2024", "note": "Bộ đếm của trang cũ."}


@pytest.fixture
def sign_in(client):
    def as_role(role):
        client.force_login(
            make_user(roles=[role]), "django.contrib.auth.backends.ModelBackend"
        )
        return client

    return as_role


@pytest.mark.parametrize("role", [STATISTICS_READER, APPROVER])
def test_officials_read_the_daily_figures_and_cannot_change_them(sign_in, role):
    Day.objects.create(day=DAY, views=9, visits=3, visitors=2)
    ExclusionCount.objects.create(grain=Grain.DAY, start=DAY, reason="robot", requests=4321)
    client = sign_in(role)
    listed = client.get(reverse("admin:visitors_days")).content.decode()
    assert "4321" in listed
    assert "đo tại cổng này" in listed
    address = reverse("admin:visitors_day_change", args=[DAY])
    shown = client.get(address).content.decode()
    assert f"{counting.EXCLUSIONS['robot']}: 4.321" in shown
    assert "?ky=tu-chon&amp;tu=2025-03-05&amp;den=2025-03-05" in shown
    assert client.post(address, {"views": 99}).status_code == 403
    assert Day.objects.get().views == 9


def test_an_editor_does_not_see_the_statistics(sign_in):
    assert sign_in(EDITOR).get(reverse("admin:visitors_day_changelist")).status_code == 403


def test_an_administrator_carries_the_old_figure_over_once_and_corrects_it(sign_in):
    client = sign_in(ADMINISTRATOR)
    add = reverse("admin:visitors_openingbalance_add")
    assert client.post(add, BALANCE).status_code == 302
    assert client.get(add).status_code == 403
    change = reverse("admin:visitors_openingbalance_change", args=[1])
    client.post(change, BALANCE | {"figure": "293387"})
    assert OpeningBalance.objects.values_list("pk", "figure").get() == (1, 293_387)
    entries = AuditEntry.objects.filter(action__startswith="visitors.openingbalance")
    assert [entry.action.rpartition(".")[2] for entry in entries] == ["change", "add"]
    assert entries[0].before["figure"] == 293_386


@pytest.mark.parametrize("figure", ["-1", "x", "9" * 30])
def test_an_impossible_balance_is_refused(sign_in, figure):
    client = sign_in(ADMINISTRATOR)
    response = client.post(
        reverse("admin:visitors_openingbalance_add"), BALANCE | {"figure": figure}
    )
    assert response.status_code == 200
    assert not OpeningBalance.objects.exists()


def test_the_start_page_shows_figures_to_those_who_may_see_them(sign_in):
    start = reverse("admin:index")
    assert "Xem thống kê truy cập" in sign_in(STATISTICS_READER).get(start).content.decode()
    assert "Xem thống kê truy cập" not in sign_in(EDITOR).get(start).content.decode()
