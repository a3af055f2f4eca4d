"""The opening balance: what an earlier website had counted when this one began.

History that was imported (months of an old counter, days from web server logs) and is dated
up to the balance only breaks it down, so it can never be more than the balance.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.formats import date_format, number_format

from portal import audit
from portal.refusals import Refused
from visitors import counting
from visitors.models import Day, OldMonth, OpeningBalance, Source

_ONLY = 1
_LOCK = 0x56495348  # "VISH": the advisory lock of whoever changes history


@dataclass(frozen=True)
class Imported:
    """Imported history of one kind: visits, how many months or days, the first and last."""

    visits: int
    count: int
    first: date | None
    last: date | None


def old_months(*, until=date.max):
    """Return what was imported of an old counter's months that began up to `until`."""
    return _summed(OldMonth.objects.filter(month__lte=until), "month")


def log_days(*, until=date.max):
    """Return what was imported from web server logs for days up to `until`."""
    return _summed(Day.objects.filter(source=Source.LOG, day__lte=until), "day")


def imported_until(day):
    """Return the visits of imported history that a balance dated `day` has to contain."""
    return old_months(until=day).visits + log_days(until=day).visits


@transaction.atomic
def carry_over(*, actor, figure, dated, note):
    """Set the opening balance to `figure` visits, counted elsewhere until `dated`.

    `note` says where the figure comes from; it is public. Return the balance. Raises
    `Refused` when that day has not come, more visits were imported up to it, or a month that
    was imported lies on both sides of it.
    """
    if dated > timezone.localdate():
        raise Refused(
            f"Ngày {dated:%d/%m/%Y} chưa đến. Hãy ghi ngày mà bộ đếm của trang cũ có con số này."
        )
    hold_history()
    previous = OpeningBalance.objects.select_for_update().filter(pk=_ONLY).first()
    balance = OpeningBalance(pk=_ONLY, figure=figure, dated=dated, note=note)
    balance.save()
    refuse_contradiction()
    audit.record(
        f"visitors.openingbalance.{'change' if previous else 'add'}",
        actor=actor,
        target=balance,
        before=previous and _in_words(previous),
        after=_in_words(balance),
    )
    return balance


def hold_history():
    """Let nobody else change the balance or imported history until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "/* visitors.opening.hold_history */ SELECT pg_advisory_xact_lock(%s)", [_LOCK]
        )


def refuse_contradiction():
    """Raise `Refused` when history, as it now is, counts something twice or too much.

    Call it after the change, in its transaction and under `hold_history`.
    """
    reasons = [_counted_twice(*found) for found in _months_with_days()]
    balance = OpeningBalance.objects.filter(pk=_ONLY).first()
    if balance is not None:
        reasons += [_on_both_sides(each, balance.dated) for each in _months_around(balance)]
        if (imported := imported_until(balance.dated)) > balance.figure:
            reasons.append(_too_small(imported, balance.figure, balance.dated))
    if reasons:
        raise Refused(*reasons)


def _months_with_days():
    """Return (old month, a day of it that has figures of its own, their source)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """/* visitors.opening.months_with_days */
            SELECT DISTINCT ON (month) month, day, source
            FROM visitors_oldmonth JOIN visitors_day
                ON day >= month AND day < month + interval '1 month'
            ORDER BY month, day"""
        )
        return cursor.fetchall()


def _months_around(balance):
    """Return the old months that began up to the balance's day and ended after it."""
    month = counting.month_start(balance.dated)
    is_last_day = counting.month_start(balance.dated + timedelta(days=1)) != month
    return OldMonth.objects.filter(month=month) if not is_last_day else []


def _counted_twice(month, day, source):
    return (
        f"Tháng {month:%m/%Y} đã có ngày {day:%d/%m/%Y} {Source(source).label}, nên không dùng "
        "thêm số tháng này của bộ đếm cũ: lượt truy cập sẽ bị tính hai lần."
    )


def _on_both_sides(old_month, dated):
    return (
        f"Số mang sang tính đến ngày {dated:%d/%m/%Y}, giữa tháng {old_month.month:%m/%Y}, nên "
        "không biết số của tháng này đã nằm trong số mang sang hay chưa. Hãy bỏ tháng này, "
        "hoặc sửa ngày của số mang sang."
    )


def _summed(rows, day):
    return Imported(
        **rows.aggregate(
            visits=Sum("visits", default=0),
            count=Count("pk"),
            first=Min(day),
            last=Max(day),
        )
    )


def _too_small(imported, figure, dated):
    sum_, balance = (
        number_format(number, force_grouping=True) for number in (imported, figure)
    )
    return (
        f"Số liệu cũ đã nhập tính đến ngày {date_format(dated, 'd/m/Y')} cộng lại là {sum_} "
        f"lượt truy cập, nhiều hơn số mang sang {balance}. Số mang sang phải gồm cả phần đã "
        "nhập: hãy kiểm tra lại con số và ngày của nó, hoặc hủy phần nhập sai rồi lưu lại."
    )


def _in_words(balance):
    return {"figure": balance.figure, "dated": balance.dated, "note": balance.note}
