"""Geometry of the charts that templates draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200  # units of the drawing; the page stretches it
_GAP = 0.25  # of a column's place
_MISSING_HEIGHT = 24
# What the highest line of a scale may stand for, times a power of ten: its half is whole.
_ROUND = (2, 4, 6, 8, 10)


@dataclass(frozen=True)
class Value:
    """What one column stands for; None is a number that nobody knows.

    `mark` stands below the column and `below` under that, `words` say what it is, `css` is
    the ending of its class.
    """

    number: int | None
    mark: str
    words: str
    below: str = ""
    css: str = ""


@dataclass(frozen=True)
class Column:
    """A column as it is drawn, from its upper left corner."""

    value: Value
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Columns:
    """Columns side by side; the whole height stands for `top`, an even number."""

    columns: list[Column]
    top: int
    highest: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def scale(self):
        """The numbers beside the drawing, from above: top, middle, nothing."""
        return [self.top, self.top // 2, 0]


def columns(values: Sequence[Value]):
    """Return the `Columns` of `values`, of which there is at least one."""
    highest = max(value.number or 0 for value in values)
    top = _round_up(highest)
    place = WIDTH / len(values)
    drawn = []
    for index, value in enumerate(values):
        is_missing = value.number is None
        height = _MISSING_HEIGHT if is_missing else round(HEIGHT * value.number / top)
        drawn.append(
            Column(
                value,
                x=round(place * (index + _GAP / 2)),
                y=HEIGHT - height,
                width=round(place * (1 - _GAP)),
                height=height,
            )
        )
    return Columns(drawn, top, highest)


def _round_up(number):
    power = 1
    while number > 10 * power:
        power *= 10
    return next(each * power for each in _ROUND if each * power >= number)
