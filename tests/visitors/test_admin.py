from datetime import date

import pytest
from django.urls import reverse

from portal.roles import APPROVER, EDITOR, STATISTICS_READER
from visitors import counting
from visitors.models import Day, ExclusionCount, Grain

pytestmark = pytest.mark.django_db

DAY = date(2025, 3, 5)


@pytest.mark.parametrize("role", [STATISTICS_READER, APPROVER])
def test_officials_read_the_daily_figures_and_cannot_change_them(sign_in, role):
    Day.objects.create(day=DAY, views=1234, visits=3, visitors=2)
    ExclusionCount.objects.create(grain=Grain.DAY, start=DAY, reason="robot", requests=4321)
    client = sign_in(role)
    listed = client.get(reverse("admin:visitors_days")).content.decode()
    assert "4.321" in listed
    assert "1.234" in listed
    assert "đo tại cổng này" in listed
    address = reverse("admin:visitors_day_change", args=[DAY])
    shown = client.get(address).content.decode()
    assert f"<ul><li>{counting.EXCLUSIONS['robot']}: 4.321</li></ul>" in shown
    assert "?ky=tu-chon&amp;tu=2025-03-05&amp;den=2025-03-05" in shown
    assert client.post(address, {"views": 99}).status_code == 403
    assert Day.objects.get().views == 1234


def test_an_editor_does_not_see_the_statistics(sign_in):
    assert sign_in(EDITOR).get(reverse("admin:visitors_day_changelist")).status_code == 403


def test_the_start_page_shows_figures_to_those_who_may_see_them(sign_in):
    start = reverse("admin:index")
    assert "Xem thống kê truy cập" in sign_in(STATISTICS_READER).get(start).content.decode()
    assert "Xem thống kê truy cập" not in sign_in(EDITOR).get(start).content.decode()
