"""Drawings of results: bars beside the rows of a table, and columns over time.

Edges are rounded, not widths, so that the parts of a bar always add up to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from procedures.figures import ENDINGS, Ending

WIDTH = 1000  # units of the drawing; the page stretches it
HEIGHT = 260  # units of the columns' drawing
_GAP = 0.25  # of a column's place


@dataclass(frozen=True)
class Segment:
    """One coloured part of a bar: from `start`, `length` units long, for `count` dossiers."""

    css: str
    label: str
    count: int
    start: int
    length: int


@dataclass(frozen=True)
class Bar:
    """The bar of one row; `url` is the page of what it names, or ""."""

    label: str
    count: int
    segments: list[Segment]
    url: str = ""


@dataclass(frozen=True)
class Column:
    """The column of one period at `x`; without figures there is only its place."""

    x: int
    width: int
    segments: list[Segment]
    is_missing: bool


@dataclass(frozen=True)
class Columns:
    """Columns of `HEIGHT` units, of which the highest stands for `highest` dossiers."""

    columns: list[Column]
    highest: int
    width: int = WIDTH
    height: int = HEIGHT


def bars(rows: Sequence[tuple], legend: Sequence[Ending] = ENDINGS):
    """Return a bar for each (label, figures, address); the longest one fills `WIDTH`."""
    longest = max((_total(figures, legend) for _, figures, _ in rows), default=0)
    return [
        Bar(
            label,
            _total(figures, legend),
            _segments(figures, legend, longest=longest, length=WIDTH),
            url,
        )
        for label, figures, url in rows
    ]


def columns(line: Sequence):
    """Return the `Columns` of figures that follow one another; None is a missing one."""
    highest = max((_total(each, ENDINGS) for each in line if each), default=0)
    place = WIDTH / max(len(line), 1)
    return Columns(
        [
            Column(
                x=round(place * (index + _GAP / 2)),
                width=round(place * (1 - _GAP)),
                segments=_segments(each, ENDINGS, longest=highest, length=HEIGHT)
                if each
                else [],
                is_missing=each is None,
            )
            for index, each in enumerate(line)
        ],
        highest,
    )


def _total(figures, legend):
    return sum(each.count(figures) for each in legend)


def _segments(figures, legend, *, longest, length):
    segments, before = [], 0
    for each in legend:
        count = each.count(figures)
        start = _to_scale(before, longest, length)
        before += count
        end = _to_scale(before, longest, length)
        segments.append(Segment(each.slug, each.label, count, start, end - start))
    return segments


def _to_scale(count, longest, length):
    return round(length * count / longest) if longest else 0
