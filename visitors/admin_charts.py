"""Geometry of the charts of the officials' pages.

A plot is `WIDTH` × `HEIGHT` units with its origin above on the left; the page stretches its
width, so that words are never part of it: ticks and labels say where they stand in percent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, groupby

WIDTH = 1000
HEIGHT = 240
HEAT_STEPS = 5

_GAP = 0.22  # of a column's place
_INNER = 0.5  # of a column's width: the bar within the bar
_MOST_LABELS = 6  # below the axis; more would touch on a phone
# Tops of a scale, those from 10 on times a power of ten.
_LOW_TOPS = (2, 4, 6, 8)
_ROUND_TOPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Value:
    """What a column is drawn from; a number is None when there is none.

    `words` say the figures in full, `label` names the column below the axis. A column that
    `is_ahead` has not begun, so that nothing is missing there.
    """

    label: str
    words: str
    outer: int | None
    inner: int | None = None
    is_ahead: bool = False


@dataclass(frozen=True)
class Column:
    """The column of one value: its whole place, and what is drawn there.

    `outer` and `inner` are bars; where figures are missing a `hole` is drawn instead.
    """

    words: str
    place: Bar
    outer: Bar | None
    inner: Bar | None
    hole: Bar | None


@dataclass(frozen=True)
class Label:
    """Words below the axis, centred at `at` percent of the width."""

    at: float
    words: str


@dataclass(frozen=True)
class Plot:
    """Columns from left to right, and lines of earlier figures above the same places.

    `ticks` are the numbers at the top, the middle and the foot of the scale.
    """

    columns: list[Column]
    lines: list[str]
    ticks: tuple[int, int, int]
    labels: list[Label]
    width: int = WIDTH
    height: int = HEIGHT
    middle: int = HEIGHT // 2


def plot(values: Sequence[Value], before: Sequence[int | None] = ()) -> Plot:
    """Return the `Plot` of `values`; `before` are the numbers that their `outer` follow on.

    The first of `before` stands where the first of `values` does; what is longer is cut off.
    """
    before = list(before)[: len(values)]
    numbers = [*(each.outer for each in values), *(each.inner for each in values), *before]
    highest = max((number for number in numbers if number), default=0)
    top = round_top(highest)
    step = WIDTH / max(len(values), 1)
    return Plot(
        columns=[
            _column(each, index * step, step, top) for index, each in enumerate(values)
        ],
        lines=_lines(before, step, top),
        ticks=(top, top // 2, 0),
        labels=_labels(values),
    )


def round_top(highest: int) -> int:
    """Return the even round number, 2 or more, at which a scale up to `highest` ends."""
    tops = chain(_LOW_TOPS, (top * 10**power for power in count() for top in _ROUND_TOPS))
    return next(top for top in tops if top >= highest and top % 2 == 0)


def _column(value, start, step, top):
    width = step * (1 - _GAP)
    x = start + (step - width) / 2
    inner_width = width * _INNER
    is_missing = value.outer is None and value.inner is None and not value.is_ahead
    return Column(
        words=value.words,
        place=Bar(round(start, 2), 0, round(step, 2), HEIGHT),
        outer=_standing(value.outer, x, width, top),
        inner=_standing(value.inner, x + (width - inner_width) / 2, inner_width, top),
        hole=Bar(round(x, 2), 1, round(width, 2), HEIGHT - 1) if is_missing else None,
    )


def _standing(number, x, width, top):
    """Return the bar of `number` on the axis; a number above 0 is never too low to be seen."""
    if number is None:
        return None
    height = max(HEIGHT * number / top, 1.5 if number else 0)
    return Bar(round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2))


def _lines(numbers, step, top):
    """Return a polyline's points for each stretch of `numbers` without a gap.

    A number between two gaps is a dash as wide as half of its place.
    """
    places = [
        None if number is None else (step * (index + 0.5), HEIGHT - HEIGHT * number / top)
        for index, number in enumerate(numbers)
    ]
    lines = []
    for is_gap, group in groupby(places, lambda place: place is None):
        if is_gap:
            continue
        stretch = list(group)
        if len(stretch) == 1:
            ((x, y),) = stretch
            stretch = [(x - step / 4, y), (x + step / 4, y)]
        lines.append(" ".join(f"{x:.1f},{y:.1f}" for x, y in stretch))
    return lines


def _labels(values):
    stride = -(-len(values) // _MOST_LABELS) or 1
    return [
        Label(round(100 * (index + 0.5) / len(values), 2), values[index].label)
        for index in range(0, len(values), stride)
    ]


def heat_step(number: int, highest: int) -> int:
    """Return the shade of `number`: 0 for none, 1 to `HEAT_STEPS` in equal parts of `highest`."""
    return -(-HEAT_STEPS * number // highest) if number else 0
