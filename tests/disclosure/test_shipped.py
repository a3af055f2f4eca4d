"""What comes with the software is a proposal: complete, unreviewed, loaded once."""

from datetime import date

import pytest
import time_machine
from django.core.management import call_command

from disclosure.board import State, public_board
from disclosure.demo import load_demo_duties
from disclosure.models import Duty
from disclosure.shipped import load_shipped
from portal import roles
from portal.models import LegalBasis
from tests import factory

pytestmark = pytest.mark.django_db


def test_the_kinds_of_information_of_the_law_come_unreviewed(capsys):
    call_command("load_duties")
    assert "14 việc, tất cả chưa rà soát" in capsys.readouterr().out
    assert not Duty.objects.in_use().exists()
    assert LegalBasis.objects.get().duties.count() == 14


def test_loading_again_leaves_what_staff_have_changed():
    load_shipped()
    Duty.objects.filter(slug="ngan-sach-xa").update(title="Ngân sách của xã ta")
    Duty.objects.filter(slug="noi-dung-khac").delete()
    assert [each.slug for each in load_shipped()] == ["noi-dung-khac"]
    assert Duty.objects.get(slug="ngan-sach-xa").title == "Ngân sách của xã ta"


@pytest.mark.parametrize(
    "today", [date(2024, 2, 29), date(2025, 1, 1), date(2026, 11, 24)], ids=str
)
def test_the_example_has_what_is_done_what_is_soon_due_and_a_gap(today):
    for title in (
        "Hội nghị lấy ý kiến nhân dân",
        "Vay vốn chính sách",
        "Đăng ký nghĩa vụ quân sự",
        "Bộ phận một cửa",
        "Tạm ngừng cấp nước",
        "Thông báo lịch tiếp công dân",
    ):
        factory.make_article(title=title)
    factory.make_listed_period()
    with_roles = {
        "editor": factory.make_user(roles=[roles.EDITOR]),
        "approver": factory.make_user(roles=[roles.APPROVER]),
    }
    with time_machine.travel(f"{today}T03:00:00Z", tick=False):
        load_demo_duties(today=today, **with_roles)
        states = [each.state for each in public_board()]
    assert {State.OVERDUE, State.SOON, State.PUBLISHED} <= set(states)
    assert states.count(State.OVERDUE) == 1
