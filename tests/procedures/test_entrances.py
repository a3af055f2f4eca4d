"""Menu target, start cards, sidebar block, content version."""

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from portal import admin_start, content_version, roles, targets
from procedures.models import Period, PeriodStatus, Stage
from tests import factory

pytestmark = pytest.mark.django_db


def _cards(user):
    request = RequestFactory().get("/")
    request.user = user
    return {card.title: card for card in admin_start.cards_for(request)}


def test_the_menu_target_has_content_once_a_period_is_public():
    factory.make_period(status=PeriodStatus.DRAFT)
    assert not targets.all_targets()["procedures:list"].has_content
    factory.make_period(code="2024-T02")
    assert targets.all_targets()["procedures:list"].has_content


@time_machine.travel("2024-02-20 09:00 +0700")
def test_the_start_page_says_what_is_to_be_published_next():
    clerk = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    card = _cards(clerk)["Công khai tháng này"]
    assert card.text == "Tháng 02/2024: chưa lập, hạn 24/02/2024."
    factory.make_period(status=PeriodStatus.DRAFT)
    assert _cards(clerk)["Công khai tháng này"].text.endswith("Còn 1 kỳ khác.")
    factory.make_period(code="2024-T02")
    factory.publish_head(Period.objects.get(code="2024-T01"))
    text = _cards(clerk)["Công khai tháng này"].text
    assert text == "Đã công khai đủ. Tháng 03/2024: hạn 24/03/2024."
    assert (
        not {"Công khai tháng này", "Duyệt kết quả TTHC"}
        & _cards(factory.make_user(roles=[roles.EDITOR])).keys()
    )


def test_the_start_page_offers_the_approver_what_waits():
    approver = factory.make_user(roles=[roles.APPROVER])
    assert "Duyệt kết quả TTHC" not in _cards(approver)
    period = factory.make_period(status=PeriodStatus.DRAFT)
    period.stage, period.submitted_at = Stage.SUBMITTED, timezone.now()
    period.save()
    assert (
        _cards(approver)["Duyệt kết quả TTHC"].text == "1 kỳ đã nhập xong, chờ bạn duyệt."
    )
    clerk = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    assert "Duyệt kết quả TTHC" not in _cards(clerk)


def test_the_block_lists_the_newest_periods_or_says_that_there_are_none():
    def block():
        newest = Period.objects.newest_published(5)
        return render_to_string(
            "procedures/_sidebar_results.html", {"site": {"newest_results": newest}}
        )

    assert "Chưa có kỳ nào được công khai." in block()
    for month in range(1, 8):
        factory.make_period(code=f"2024-T{month:02}")
    html = block()
    assert html.count("<li>") == 5
    assert html.index("Tháng 07/2024") < html.index("Tháng 03/2024")
    assert "Tháng 02/2024" not in html


@pytest.mark.django_db(transaction=True)
def test_a_change_of_a_row_is_a_change_of_content():
    draft = factory.make_period(status=PeriodStatus.DRAFT)
    sheet = factory.make_sheet(period=draft, received_direct=1, resolved_early=1)
    content_version.clear()
    before = content_version.current()
    type(sheet).objects.update(resolved_early=0, resolved_on_time=1)
    content_version.clear()
    assert content_version.current() > before
