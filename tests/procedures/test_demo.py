"""The demo months: a chain that adds up."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from procedures import carry_over
from procedures.catalogue_update import load_shipped
from procedures.demo import demo_months, load_demo_periods
from procedures.models import (
    Dossier,
    ImportRun,
    ImportState,
    Period,
    ProcedureSettings,
    ResultSheet,
    Source,
)
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def months():
    load_shipped()
    load_demo_periods(clerk=None, approver=None)
    return list(Period.objects.published().order_by("starts_on"))


def test_the_months_follow_one_another_before_the_merger(months):
    assert len(months) == 22
    assert (months[0].code, months[-1].code) == ("2023-T07", "2025-T04")
    for earlier, later in pairwise(months):
        assert earlier.ends_on + timedelta(days=1) == later.starts_on
    assert months[-1].published_at.date() < date(2025, 7, 1)


def test_every_month_carries_over_what_the_last_left_open(months):
    assert [carry_over.differences(month) for month in months] == [[]] * 22


def test_the_figures_are_balanced_and_plausible_for_a_commune(months):
    assert all(sheet.is_balanced for sheet in ResultSheet.objects.all())
    totals = [period.totals for period in Period.objects.with_totals()]
    assert all(100 <= each.received <= 300 for each in totals)
    assert all(90 <= each.on_time_rate < 100 for each in totals)
    assert any(each.pending_overdue for each in totals)


def test_loading_again_changes_nothing_and_the_figures_never_differ(months):
    before = list(ResultSheet.objects.order_by("pk").values())
    assert load_demo_periods(clerk=None, approver=None) == []
    assert list(ResultSheet.objects.order_by("pk").values()) == before
    assert list(demo_months()) == list(demo_months())


def test_the_last_three_months_come_from_lists_through_the_import(months):
    by_hand, from_lists = months[:19], months[19:]
    assert {month.approved.source for month in by_hand} == {Source.MANUAL}
    assert {month.approved.source for month in from_lists} == {Source.DOSSIERS}
    for month in from_lists:
        rows = Dossier.objects.of(month.approved)
        public = ResultSheet.objects.filter(
            edition=month.approved, field__totals_only=False
        ).select_related("field")
        assert rows.count() == sum(sheet.received for sheet in public) > 100
        assert not rows.filter(field__totals_only=True).exists()
    assert ImportRun.objects.filter(state=ImportState.DONE).count() == 3
    assert ProcedureSettings.current().dossier_months == 60


def test_a_site_with_a_period_of_its_own_is_left_as_it_is():
    factory.make_period(code="2023-T09")
    assert load_demo_periods(clerk=None, approver=None) == []
    assert Period.objects.count() == 1
