"""Bars of a result sheet: how the dossiers of each lĩnh vực ended, drawn to one scale."""

from dataclasses import dataclass

WIDTH = 1000  # units of the drawing; the page stretches it

# (name of the colour, words); together they are column 3, since 3 = 7 + 11
SEGMENTS = (
    ("in-time", "Đã giải quyết đúng hạn"),
    ("late", "Đã giải quyết quá hạn"),
    ("open", "Đang giải quyết trong hạn"),
    ("overdue", "Đang quá hạn"),
)


@dataclass(frozen=True)
class Segment:
    """One coloured part of a bar: from `x`, `width` units wide, for `count` dossiers."""

    css: str
    label: str
    count: int
    x: int
    width: int


@dataclass(frozen=True)
class Bar:
    """The bar of one lĩnh vực."""

    label: str
    count: int
    segments: list[Segment]


def bars(rows):
    """Return a bar for each row of a sheet; the longest one fills `WIDTH`."""
    rows = list(rows)
    longest = max((row.received for row in rows), default=0)
    return [
        Bar(str(row.field), row.received, _segments(row, longest=longest)) for row in rows
    ]


def _segments(row, *, longest):
    counts = (
        row.resolved_early + row.resolved_on_time,
        row.resolved_late,
        row.pending_in_time,
        row.pending_overdue,
    )
    segments, before = [], 0
    for (css, label), count in zip(SEGMENTS, counts, strict=True):
        # Edges are rounded, not widths, so that the parts always add up to the bar.
        x = _to_scale(before, longest)
        before += count
        segments.append(Segment(css, label, count, x, _to_scale(before, longest) - x))
    return segments


def _to_scale(count, longest):
    return round(WIDTH * count / longest) if longest else 0
