from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.audit import AuditEntry
from procedures import expiry
from procedures.models import Dossier, PeriodStatus, ProcedureSettings, ResultSheet
from tests import factory

pytestmark = pytest.mark.django_db

TODAY = date(2025, 1, 15)


@pytest.fixture
def lists():
    """Two months of two and three dossiers; the first ended on 14/01/2024."""
    for code, rows in (("2024-T01", 2), ("2024-T02", 3)):
        period = factory.make_period(code=code)
        factory.make_sheet(period=period)
        run = factory.make_run(period=period)
        for _ in range(rows):
            factory.make_dossier(run=run)


def _left():
    return sorted(Dossier.objects.values_list("run__period__code", flat=True))


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2025, 1, 15), 12, date(2024, 1, 15)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 31), 2, date(2023, 11, 30)),
        (date(2024, 12, 1), 12, date(2023, 12, 1)),
        (date(2024, 5, 5), 60, date(2019, 5, 5)),
    ],
)
def test_months_are_counted_back_by_the_calendar(day, months, earlier):
    assert expiry.months_before(day, months) == earlier


def test_rows_go_with_their_period_and_figures_stay(lists):
    sheets = ResultSheet.objects.count()
    expired = expiry.expire(today=TODAY)
    assert [(each.period.code, each.rows) for each in expired] == [("2024-T01", 2)]
    assert _left() == ["2024-T02"] * 3
    assert ResultSheet.objects.count() == sheets
    assert expiry.expire(today=TODAY) == []


def test_a_list_is_kept_to_the_last_day_of_its_time(lists):
    assert expiry.expire(today=date(2025, 1, 14)) == []


def test_the_audit_keeps_how_many_went(lists):
    expiry.expire(today=TODAY)
    entry = AuditEntry.objects.get(action="dossiers.expired")
    assert (entry.after, entry.actor) == ({"rows": 2}, None)
    assert "2024" in entry.target_label


def test_lists_of_periods_that_were_never_public_expire_too():
    period = factory.make_period(status=PeriodStatus.DRAFT)
    factory.make_dossier(run=factory.make_run(period=period))
    assert len(expiry.expire(today=TODAY)) == 1
    assert _left() == []


def test_the_commune_s_own_time_holds(lists):
    ProcedureSettings.objects.update_or_create(pk=1, defaults={"dossier_months": 24})
    assert expiry.expire(today=TODAY) == []
    assert len(expiry.expire(today=TODAY, months=1)) == 2


def test_the_daily_job_deletes_what_has_expired(lists):
    expiry.expire_daily(now=datetime(2025, 1, 14, 17, 30, tzinfo=UTC))  # the 15th here
    assert _left() == ["2024-T02"] * 3


def test_readers_no_longer_see_expired_rows(lists, content_committed, client):
    from portal import content_version

    before = content_version.current()
    expiry.expire(today=TODAY)
    content_committed()
    assert content_version.current() > before


@time_machine.travel("2025-01-15T03:00:00Z", tick=False)
def test_the_command_says_first_what_it_would_do(lists, capsys):
    call_command("expire_dossiers", "--dry-run")
    assert "Sẽ xóa 2 hồ sơ của kỳ Tháng 01/2024" in capsys.readouterr().out
    assert len(_left()) == 5
    call_command("expire_dossiers")
    assert "Đã xóa 2 hồ sơ" in capsys.readouterr().out
    call_command("expire_dossiers")
    assert "Không có danh sách hồ sơ nào" in capsys.readouterr().out
    call_command("expire_dossiers", "--months=10")
    assert _left() == []


@pytest.mark.parametrize("months", ["0", "-1", "x", "9" * 30])
def test_the_command_refuses_a_number_of_months_that_is_none(months):
    with pytest.raises(CommandError):
        call_command("expire_dossiers", f"--months={months}")
