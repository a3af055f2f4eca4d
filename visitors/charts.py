"""Geometry of the charts that templates draw as SVG."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class BarChart:
    """One bar a day, in the units of the picture's view box."""

    bars: list[Bar]
    first: date
    last: date
    highest: int
    width: int = 600
    height: int = 180
    baseline: int = 176


def bars_by_day(values, *, top=8, gap=4):
    """Return the `BarChart` of `values`: (day, number or None) of every day, at least one."""
    chart = BarChart(
        bars=[],
        first=values[0][0],
        last=values[-1][0],
        highest=max(number or 0 for _, number in values),
    )
    step = chart.width // len(values)
    room = chart.baseline - top
    for position, (_, number) in enumerate(values):
        height = round(room * (number or 0) / (chart.highest or 1))
        chart.bars.append(Bar(position * step, chart.baseline - height, step - gap, height))
    return chart
