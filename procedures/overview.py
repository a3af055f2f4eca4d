"""Key figures of a period beside the one before, and the line of periods it stands in.

The published periods with their sums are read once per content version: there are a dozen or
so a year, and every page of results needs some of them.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.formats import number_format

from portal.content_version import cached
from procedures import periods
from procedures.durations import Bucket
from procedures.figures import FEWEST_FOR_A_RATE, DerivedFigures
from procedures.models import Period, ResolutionTime

MOST_IN_LINE = 24  # months, or as many longer periods


@cached
def published():
    """Return the published periods with their totals, the newest first."""
    return list(Period.objects.published().with_totals().newest())


def neighbours(period):
    """Return the published periods of the same series before and after `period`, or None."""
    before, _, after = _around(period)
    return (before[0] if before else None), (after[-1] if after else None)


def _around(period):
    series = [
        each for each in published() if (each.kind, each.rule) == (period.kind, period.rule)
    ]
    return (
        [each for each in series if each.ends_on < period.starts_on],
        [each for each in series if each.pk == period.pk],
        [each for each in series if each.starts_on > period.ends_on],
    )


def line_to(period):
    """Return [(label, published period or None)] of the series up to `period`, oldest first.

    At most `MOST_IN_LINE`; None is a period that was left out, so that the gap is seen.
    """
    before, own, _ = _around(period)
    known = {_part_of_year(each): each for each in [*own, *before]}
    last = periods.parse(period.code)
    code = periods.parse(before[-1].code) if before else last
    line = []
    while (code.year, code.last_month) <= (last.year, last.last_month):
        found = known.get((code.year, code.last_month))
        line.append((found.name if found else code.name, found))
        code = periods.following(code)
    return line[-MOST_IN_LINE:]


def _part_of_year(period):
    code = periods.parse(period.code)
    return code.year, code.last_month


# --- Key figures ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    key: str
    label: str
    definition: str
    is_rate: bool = False


_FEW = f"Chỉ tính khi có từ {FEWEST_FOR_A_RATE} hồ sơ trở lên."
_KINDS = (
    _Kind(
        "received",
        "Hồ sơ nhận giải quyết",
        "Cột 3: hồ sơ nhận trực tuyến, trực tiếp và qua bưu chính trong kỳ, cộng hồ sơ chưa "
        "xong của kỳ trước chuyển sang.",
    ),
    _Kind(
        "resolved",
        "Đã giải quyết",
        "Cột 7: hồ sơ đã có kết quả trong kỳ, dù trước hạn, đúng hạn hay quá hạn, và hồ sơ "
        "người nộp xin rút.",
    ),
    _Kind(
        "on_time_rate",
        "Giải quyết đúng hạn",
        "(Cột 8 + cột 9) : cột 7, tức số hồ sơ xong trước hạn hoặc đúng hạn trong số đã giải "
        f"quyết. {_FEW}",
        is_rate=True,
    ),
    _Kind(
        "online_rate",
        "Nhận trực tuyến",
        "Cột 4 : (cột 4 + cột 5), tức số hồ sơ nộp qua mạng trong số nhận trong kỳ, không kể "
        f"hồ sơ kỳ trước chuyển sang. {_FEW}",
        is_rate=True,
    ),
    _Kind(
        "pending",
        "Đang giải quyết",
        "Cột 11: hồ sơ chưa xong vào ngày cuối kỳ, còn hạn hay đã quá hạn. Số này chuyển sang "
        "kỳ sau.",
    ),
    _Kind(
        "pending_overdue",
        "Đang quá hạn",
        "Cột 13: hồ sơ chưa xong vào ngày cuối kỳ mà ngày hẹn trả kết quả đã qua.",
    ),
)


@dataclass(frozen=True)
class KeyFigure:
    """A key figure: dossiers, or percent when `is_rate`; None is a rate of too few dossiers.

    `change` says in words how it differs from the period before, "" when there is none.
    """

    key: str
    label: str
    definition: str
    is_rate: bool
    value: int | Decimal | None
    change: str


def key_figures(figures: DerivedFigures, before: DerivedFigures | None):
    """Return the `KeyFigure`s of `figures` beside those of the period `before`."""
    return [
        KeyFigure(
            **vars(kind),
            value=getattr(figures, kind.key),
            change="" if before is None else _change(kind, figures, before),
        )
        for kind in _KINDS
    ]


def _change(kind, figures, before):
    now, then = getattr(figures, kind.key), getattr(before, kind.key)
    if now is None:
        return ""
    if then is None:
        return "kỳ trước chưa tính tỷ lệ"
    if now == then:
        return "bằng kỳ trước"
    word = "tăng" if now > then else "giảm"
    unit = "điểm phần trăm" if kind.is_rate else "hồ sơ"
    amount = number_format(abs(now - then), use_l10n=True, force_grouping=True)
    return f"{word} {amount} {unit} so với kỳ trước"


# --- How long resolving took ----------------------------------------------------------


@dataclass(frozen=True)
class _Count:
    """A single number in the shape that `charts.bars` takes."""

    slug: str = "info"
    label: str = "Số hồ sơ đã giải quyết"

    def count(self, number):
        return number


DAYS_LEGEND = (_Count(),)


def days_of_resolution(edition, field=None):
    """Return [(words, dossiers, "")] by working days it took; [] if unknown or too few.

    `field` limits it to one lĩnh vực. So few that no rate is shown may point at a person.
    """
    times = ResolutionTime.objects.filter(sheet__edition=edition)
    if field is not None:
        times = times.filter(sheet__field=field)
    counts = dict(times.order_by().values_list("bucket").annotate(Sum("count")))
    if sum(counts.values()) < FEWEST_FOR_A_RATE:
        return []
    return [(bucket.label, counts.get(bucket, 0), "") for bucket in Bucket]
