"""Menu target, start cards, sidebar block, content version."""

import pytest
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


def test_the_start_page_offers_entering_and_what_waits():
    clerk = factory.make_user(roles=[roles.PROCEDURES_CLERK])
    assert "Nhập kết quả TTHC" in _cards(clerk)
    assert "Công khai kết quả TTHC" not in _cards(clerk)
    approver = factory.make_user(roles=[roles.APPROVER])
    period = factory.make_period(status=PeriodStatus.DRAFT)
    assert "Công khai kết quả TTHC" not in _cards(approver)
    Period.objects.filter(pk=period.pk).update(
        stage=Stage.SUBMITTED, submitted_at=timezone.now()
    )
    assert _cards(approver)["Công khai kết quả TTHC"].text.startswith("1 kỳ đã nhập")
    assert "Công khai kết quả TTHC" not in _cards(clerk)
    assert not _cards(factory.make_user(roles=[roles.EDITOR])).keys() & {
        "Nhập kết quả TTHC",
        "Công khai kết quả TTHC",
    }


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
