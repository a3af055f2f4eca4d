"""The course of a period as the officials' pages draw and tabulate it."""

from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from visitors import admin_charts, statistics
from visitors.admin_charts import Plot, Value
from visitors.headlines import number
from visitors.statistics import Point


@dataclass(frozen=True)
class Row:
    """One line of the table: a day or month, what to know of it, its numbers in words."""

    name: str
    remark: str
    cells: list[str]


@dataclass(frozen=True)
class Course:
    """A chart and its table: the same figures, oldest first.

    `visits_label` says what the inner bars are; `of_page` is for those of one page, of which
    no visitors are counted.
    """

    plot: Plot
    words: str
    rows: list[Row]
    visits_label: str
    is_by_day: bool
    of_page: bool

    @property
    def has_holes(self):
        return any(column.hole for column in self.plot.columns)

    @property
    def is_compared(self):
        """Whether the period before has any figures to draw."""
        return bool(self.plot.lines)


def course(
    points: list[Point], before: list[Point], *, today: date, of_page=False
) -> Course:
    """Return the `Course` of `points`, above which those of the period `before` are drawn."""
    before = before[: len(points)]
    label = "Lượt truy cập bắt đầu ở đây" if of_page else "Lượt truy cập"
    is_by_day = all(each.first == each.last for each in points)
    plot = admin_charts.plot(
        [_value(each, label, today) for each in points], [each.views for each in before]
    )
    return Course(
        plot=plot,
        words=_words(points, is_by_day),
        rows=[
            _row(point, earlier, of_page=of_page, is_compared=bool(plot.lines))
            for point, earlier in zip_longest(points, before)
        ],
        visits_label=label,
        is_by_day=is_by_day,
        of_page=of_page,
    )


def _value(point, label, today):
    if point.views is None and point.visits is None:
        said = "không có số liệu"
    elif point.views is None:
        said = f"{number(point.visits)} lượt truy cập"
    else:
        said = f"{number(point.views)} lượt xem, {number(point.visits)} {label.lower()}"
    parts = [said, _remark(point)] if point.visits is not None else [said]
    return Value(
        point.label,
        f"{_name(point)}: {'; '.join(filter(None, parts))}",
        point.views,
        point.visits,
        is_ahead=point.last >= today and not point.known_days,
    )


def _row(point, earlier, *, of_page, is_compared):
    numbers = [point.views, point.visits]
    if not of_page:
        numbers.append(point.visitors)
    if is_compared:
        numbers.append(earlier and earlier.views)
    cells = ["–" if each is None else number(each) for each in numbers]
    return Row(_name(point), _remark(point), cells)


def _name(point):
    if point.first == point.last:
        return f"{point.first:%d/%m/%Y}"
    return f"Tháng {point.label}"


def _remark(point):
    """Return what to know of a point: whose figures these are, or that days have none."""
    days = (point.last - point.first).days + 1
    if point.is_old:
        return statistics.OLD_COUNTER
    if not point.known_days:
        return "không có số liệu"
    if point.known_days < days:
        return f"số liệu của {point.known_days} trên {days} ngày"
    return ""


def _words(points, is_by_day):
    """Return what the chart says in one sentence."""
    unit = "ngày" if is_by_day else "tháng"
    seen = [each for each in points if each.views]
    if not seen:
        return f"Kỳ này chưa có {unit} nào có lượt xem. Bảng bên dưới có cùng số liệu."
    highest = max(seen, key=lambda each: each.views)
    return (
        f"Lượt xem và lượt truy cập của từng {unit}; nhiều nhất là "
        f"{_name(highest).lower()} với {number(highest.views)} lượt xem. Bảng bên dưới có cùng "
        "số liệu."
    )
