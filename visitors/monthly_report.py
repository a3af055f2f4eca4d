"""The monthly report: one object that the printed page and the mail show.

Everything in it is read at the moment of the stamp `as_of`, so that it agrees to the digit
with every other place that shows this stamp.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

from portal.exports import Table
from portal.identity import Identity
from portal.identity import current as current_identity
from visitors import (
    admin_charts,
    admin_tables,
    fault_notes,
    figures,
    headlines,
    periods,
    statistics,
    tables,
)
from visitors.admin_charts import Plot, Value
from visitors.admin_tables import ShownTable
from visitors.figures import Figures
from visitors.headlines import Headline
from visitors.models import Day, OpeningBalance, Source
from visitors.periods import Period
from visitors.statistics import Point, Totals

__all__ = ["MonthlyReport", "build", "month_of", "months"]

_DAYS = "theo-ngay"
# The tables after the days, each with how many rows are shown; None is all.
_TABLES = (
    *(("trang", 10), ("tin-bai", 10), ("phan", 10), ("nguon", 10), ("thiet-bi", 10)),
    *(("gio-thu", None), ("tai-ve", 10), ("tim-khong-thay", 10), ("khong-dem", 20)),
)
_ISO_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class MonthlyReport:
    """The figures of one month as of `as_of`.

    `notices` are sentences that the reader must know first: that the month is not over,
    days that are not closed, days without figures. `current` are the five figures of the
    block "Truy cập" at the same moment, None while the database cannot say. Each change of
    `headline` is against the month before, then the same month of the year before; `gaps`
    say of which of these some days have no figures. `days_table` is the table by day with
    all of its columns, as files have it.
    """

    month: date
    period: Period
    identity: Identity
    as_of: datetime
    current: Figures | None
    notices: list[str]
    totals: Totals
    headline: list[Headline]
    gaps: list[str]
    days: list[Point]
    chart: Plot
    days_table: Table
    tables: list[ShownTable]
    balance: OpeningBalance | None

    @property
    def name(self):
        """The report in words: "Báo cáo thống kê truy cập tháng 10/2026"."""
        return f"Báo cáo thống kê truy cập tháng {self.month:%m/%Y}"

    @property
    def subject(self):
        """The subject of the mail."""
        return f"{self.name} – {self.identity.full_name}"

    @property
    def slug(self):
        """The month as addresses have it: "2026-10"."""
        return f"{self.month:%Y-%m}"


def month_of(text):
    """Return the first day of the month that `text` ("2026-10") names, or None."""
    match = _ISO_MONTH.fullmatch(text)
    return date(int(match[1]), int(match[2]), 1) if match else None


def months(*, today):
    """Return the first days of the months with figures up to `today`, newest first."""
    known = Day.objects.filter(day__lte=today).order_by()
    return list(known.dates("day", "month", order="DESC"))


def build(month):
    """Return the `MonthlyReport` of the month that begins on `month`, which has begun."""
    with figures.at_one_moment() as current:
        as_of = current.as_of if current else timezone.now()
        period = periods.month(month, today=timezone.localdate(as_of))
        return _read(month, period, current, as_of)


def _read(month, period, current, as_of):
    today = timezone.localdate(as_of)
    found = [
        statistics.totals(each) for each in (period, period.before(), period.last_year())
    ]
    totals, *earlier = found
    days, reading = statistics.by_day(period), tables.Reading()
    return MonthlyReport(
        month=month,
        period=period,
        identity=current_identity(),
        as_of=as_of,
        current=current,
        notices=list(_notices(totals, as_of)),
        totals=totals,
        headline=headlines.headlines(totals, earlier),
        gaps=headlines.gaps(earlier),
        days=days,
        chart=admin_charts.plot([_value(point) for point in days]),
        days_table=tables.table(_DAYS, period, today=today, as_of=as_of, reading=reading),
        tables=[
            admin_tables.shown(
                key,
                tables.table(key, period, today=today, limit=most, reading=reading),
                period,
                is_brief=False,
            )
            for key, most in _TABLES
        ],
        balance=OpeningBalance.objects.first(),
    )


def _notices(totals, as_of):
    period = totals.period
    until = f"{timezone.localtime(as_of):%H:%M:%S ngày %d/%m/%Y}"
    if period.is_unfinished:
        yield (
            f"Tháng chưa kết thúc. Báo cáo này gồm các ngày đến {until}, và được so sánh với "
            "cùng số ngày của tháng trước, của cùng tháng năm trước."
        )
    elif period.last == timezone.localdate(as_of):
        yield f"Tháng chưa kết thúc. Số liệu của ngày cuối tháng chỉ tính đến {until}."
    if open_days := _open_days(period, timezone.localdate(as_of)):
        yield (
            f"Chưa chốt số liệu {open_days}: lượt truy cập của những ngày này còn có thể "
            "thay đổi."
        )
    if notice := statistics.detail_notice(period):
        yield notice
    if Source.LOG in totals.sources:
        yield "Một phần số liệu được nhập từ nhật ký máy chủ web, không phải do cổng này đo."
    if Source.SAMPLE in totals.sources:
        yield "Số liệu mẫu để giới thiệu phần mềm, không phải số liệu thật."
    if lacking := fault_notes.unwritten(period.first, period.last):
        days = ", ".join(f"{each.day:%d/%m}" for each in lacking)
        views = headlines.number(sum(each.views for each in lacking))
        yield (
            f"Do sự cố, ít nhất {views} lượt xem không ghi lại được (ngày {days}); số của các "
            "ngày này thấp hơn thực tế."
        )


def _open_days(period, today):
    """Return the measured days before `today` that are not closed, in words."""
    days = [
        row.day
        for row in Day.objects.between(period.first, period.last)
        if row.closed_at is None and row.source == Source.MEASURED and row.day < today
    ]
    if not days:
        return ""
    if len(days) == 1:
        return f"ngày {days[0]:%d/%m/%Y}"
    return f"{len(days)} ngày, từ {days[0]:%d/%m} đến {days[-1]:%d/%m/%Y}"


def _value(point):
    name = date_format(point.first, "d/m/Y")
    if point.views is None:
        words = f"{name}: không có số liệu"
    else:
        views, visits = (headlines.number(each) for each in (point.views, point.visits))
        words = f"{name}: {views} lượt xem, {visits} lượt truy cập"
    return Value(point.label, words, point.views, point.visits)
