"""Stores the days that access logs hold: none that was measured here, none twice.

Everything is stored or nothing, and the same content again changes nothing, whatever its
files are called and whether they are packed.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.formats import number_format

from portal import audit, pages
from portal.refusals import Refused
from visitors import counting, opening, rollups
from visitors.imports.access_log import Found
from visitors.models import Day, Grain, HourCount, LogFile, Page, Source

__all__ = ["Outcome", "are_known", "rehearse", "store", "take_out"]

_KIND = "log"  # of a page that only a log names
_DAYS_NAMED = 5


@dataclass(frozen=True)
class Outcome:
    """What became of the days of a set of files: stored, left out, stored anew.

    `left_out` are days that were measured here or have not ended.
    """

    stored: list[date]
    left_out: list[date]
    replaced: list[date]
    views: int = 0
    visits: int = 0

    @property
    def is_nothing(self):
        return not self.stored


def are_known(files) -> bool:
    """Say whether every one of `files` was imported before, by its content."""
    hashes = {source.sha256 for source in files}
    return LogFile.objects.filter(sha256__in=hashes).count() == len(hashes)


def rehearse(*, found: Found, now, replace=False) -> Outcome:
    """Return what `store` would do, and do nothing. Raises `Refused` as it does."""
    with transaction.atomic():
        outcome = store(found=found, now=now, replace=replace)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def store(*, found: Found, now, replace=False) -> Outcome:
    """Store the days of `found` and return the `Outcome`.

    Raises `Refused` when all days were measured here, when days were imported from other
    content before (unless `replace`), and when history would contradict itself
    (`opening.refuse_contradiction`).
    """
    opening.hold_history()
    if are_known(found.files):
        return Outcome([], [], [])
    sources = dict(
        Day.objects.filter(day__in=list(found.days)).values_list("day", "source")
    )
    today = counting.local_day(now.timestamp())
    left_out = [
        day
        for day in found.days
        if day >= today or sources.get(day) not in (None, Source.LOG)
    ]
    stored = sorted(found.days.keys() - set(left_out))
    if not stored:
        raise Refused(
            "Mọi ngày trong nhật ký đều đã được đo tại cổng này hoặc chưa kết thúc, nên không có "
            "ngày nào để nhập."
        )
    replaced = [day for day in stored if day in sources]
    if replaced:
        _refuse_replacing(replaced, replace=replace)
    _store_details(found, stored, replaced)
    Day.objects.filter(day__in=replaced).delete()
    Day.objects.bulk_create(
        Day(
            day=day,
            views=totals.views,
            visits=totals.visits,
            visitors=totals.visitors,
            keyless_views=totals.keyless_views,
            closed_at=now,
            source=Source.LOG,
        )
        for day, totals in sorted(found.days.items())
        if day in set(stored)
    )
    opening.refuse_contradiction()
    _note_files(found, replaced, now)
    outcome = Outcome(
        stored,
        left_out,
        replaced,
        views=sum(found.days[day].views for day in stored),
        visits=sum(found.days[day].visits for day in stored),
    )
    audit.record("log.imported", actor=None, target=None, after=_in_words(found, outcome))
    return outcome


def _refuse_replacing(days, *, replace):
    if not replace:
        raise Refused(
            f"{_named(days)} đã được nhập từ nhật ký khác. Muốn thay, hãy chạy lại với --replace và "
            "đưa đủ mọi tệp nhật ký của những ngày ấy: số liệu cũ của chúng sẽ bị bỏ."
        )
    _refuse_without_details(days)


def _refuse_without_details(days):
    """Refuse what months and years could not give back: days without details of their own."""
    views = HourCount.objects.filter(grain=Grain.DAY, start__in=days).values("start")
    detailed = dict(views.annotate(sum=Sum("views")).values_list("start", "sum"))
    known = Day.objects.filter(day__in=days).values_list("day", "views")
    if gone := [day for day, number in known if detailed.get(day, 0) != number]:
        raise Refused(
            f"{_named(gone)} không còn chi tiết từng ngày (đã quá thời gian giữ), nên không "
            "thay hay bỏ được nữa."
        )


def _named(days):
    named = ", ".join(f"{day:%d/%m/%Y}" for day in days[:_DAYS_NAMED])
    more = f" và {len(days) - _DAYS_NAMED} ngày khác" if len(days) > _DAYS_NAMED else ""
    return f"Ngày {named}{more}"


def _store_details(found, stored, replaced):
    days = set(stored)
    totals = rollups.Totals(
        {
            rollup: {key: numbers for key, numbers in rows.items() if key[0] in days}
            for rollup, rows in found.details.items()
        }
    )
    of_pages, of_files = (
        {path for _, path in totals.get(rollup, ())}
        for rollup in (rollups.PAGE, rollups.DOWNLOAD)
    )
    # What is known of a page here is more than what a log says.
    Page.objects.bulk_create(
        [
            Page(
                path=path,
                kind=_KIND if path in of_pages else pages.FILE,
                title=path[:200],
                section=counting.section_of(path),
            )
            for path in sorted(of_pages | of_files)
        ],
        ignore_conflicts=True,
    )
    with connection.cursor() as cursor:
        totals.number_pages(cursor)
        totals.replace(cursor, replaced)


def _note_files(found, replaced, now):
    """Remember the files; those of which a day was replaced are not imported any more."""
    LogFile.objects.filter(sha256__in=[each.sha256 for each in found.files]).delete()
    _forget_files(replaced)
    LogFile.objects.bulk_create(
        LogFile(
            sha256=source.sha256,
            name=source.name,
            first_day=source.first_day,
            last_day=source.last_day,
            lines=source.lines,
            imported_at=now,
        )
        for source in found.files
    )


def _forget_files(days):
    """Forget the files that hold one of `days`, which are not theirs any more."""
    for file in LogFile.objects.all():
        if any(file.first_day <= day <= file.last_day for day in days):
            file.delete()


@transaction.atomic
def take_out(files) -> list[date]:
    """Take every day between the first and the last of `files` out that came from a log.

    Return these days. Raises `Refused` when one of the files was not imported.
    """
    opening.hold_history()
    if not are_known(files):
        raise Refused(
            "Có tệp chưa từng được nhập, nên không biết bỏ những ngày nào. Hãy đưa đúng các tệp đã "
            "nhập, tên gì cũng được."
        )
    days = []
    for file in LogFile.objects.filter(sha256__in=[each.sha256 for each in files]):
        found = Day.objects.between(file.first_day, file.last_day).filter(source=Source.LOG)
        days += found.values_list("day", flat=True)
    days = sorted(set(days))
    _refuse_without_details(days)
    with connection.cursor() as cursor:
        rollups.Totals().replace(cursor, days)
    Day.objects.filter(day__in=days).delete()
    _forget_files(days)
    named = [source.name for source in files]
    audit.record(
        "log.removed", actor=None, target=None, before={"tệp": named, "số ngày": len(days)}
    )
    return days


def _in_words(found, outcome):
    return {
        "tệp": [source.name for source in found.files],
        "từ ngày": outcome.stored[0],
        "đến ngày": outcome.stored[-1],
        "số ngày": len(outcome.stored),
        "ngày được thay": len(outcome.replaced),
        "lượt xem": number_format(outcome.views, force_grouping=True),
        "lượt truy cập": number_format(outcome.visits, force_grouping=True),
    }
