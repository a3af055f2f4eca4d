"""The three headline figures of a period, each in words beside an earlier period."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format

from visitors import statistics
from visitors.statistics import Totals

_KINDS = (
    ("views", "Lượt xem", ""),
    ("visits", "Lượt truy cập", ""),
    ("visitors_per_day", "Người truy cập trong ngày (ước tính)", "trung bình mỗi ngày"),
)


@dataclass(frozen=True)
class Change:
    """How a figure differs from that of an earlier period.

    `direction` is "up", "down" or "same", or "" when no percentage can be told. `sign` is
    for the eye ("▲ 12,5 %"), `words` say the same aloud; `sentence` names the earlier
    period and its figure.
    """

    direction: str
    sign: str
    words: str
    sentence: str


@dataclass(frozen=True)
class Headline:
    """One figure; `value` is None when there is none, `unit` is "" for a plain sum."""

    label: str
    unit: str
    value: int | Decimal | None
    changes: list[Change]

    @property
    def text(self):
        """The figure in words."""
        return "Không có số liệu" if self.value is None else number(self.value)


def headlines(now: Totals, earlier: list[Totals]) -> list[Headline]:
    """Return the three headline figures of `now`, each with its change against `earlier`."""
    is_average = now.days > 1
    return [
        Headline(
            label,
            unit if is_average else "",
            _figure(now, name),
            [_change_of(name, now, each) for each in earlier],
        )
        for name, label, unit in _KINDS
    ]


def _change_of(name, now, earlier):
    found = change(_figure(now, name), _figure(earlier, name), earlier.period.label)
    is_sum = name != "visitors_per_day"
    if (
        not found.direction
        or not is_sum
        or (now.is_nearly_whole and earlier.is_nearly_whole)
    ):
        return found
    sentence = f"{found.sentence}; không tính phần trăm vì nhiều ngày không có số liệu"
    return Change("", "", "", sentence[0].upper() + sentence[1:] + ".")


def _figure(totals, name):
    """Return the figure `name`; the visitors of one day are whole people, and no average."""
    figure = getattr(totals, name)
    return int(figure) if figure is not None and totals.days == 1 else figure


def gaps(periods: list[Totals]) -> list[str]:
    """Return a sentence for each of `periods` of which only some days have figures."""
    return [
        f"{each.period.label}: chỉ {number(each.known_days)} trên {number(each.days)} ngày "
        "có số liệu."
        for each in periods
        if 0 < each.known_days < each.days
    ]


def change(now: int | Decimal | None, before: int | Decimal | None, label: str) -> Change:
    """Return how `now` differs from `before`, the figure of the period called `label`."""
    label = label[0].lower() + label[1:]
    if label.startswith("từ "):
        label = f"kỳ {label}"
    if before is None:
        return Change("", "", "", f"Chưa có số liệu để so sánh với {label}.")
    percent = statistics.change(now, before)
    if percent is None:
        return Change("", "", "", f"So với {label}: {number(before)}.")
    direction, sign, words = difference(percent)
    return Change(direction, sign, words, f"so với {label}: {number(before)}")


def difference(percent: Decimal) -> tuple[str, str, str]:
    """Return direction, sign and words of a change by `percent`; see `Change`."""
    amount = number(abs(percent))
    if percent > 0:
        return "up", f"▲ {amount} %", f"Tăng {amount} phần trăm"
    if percent < 0:
        return "down", f"▼ {amount} %", f"Giảm {amount} phần trăm"
    return "same", "= 0 %", "Không đổi"


def number(value: int | Decimal) -> str:
    """Return a number as people here write it: "1.234", "12,5"."""
    return number_format(value, force_grouping=True)
