"""Bars and columns: their parts add up and are drawn to one scale."""

from hypothesis import given
from hypothesis import strategies as st

from procedures import charts
from procedures.figures import ENDINGS, STORED, Figures

FIGURES = st.builds(Figures, **{key: st.integers(0, 9999) for key in STORED})


def test_bars_are_drawn_to_one_scale():
    long, short = charts.bars(
        [
            ("Chứng thực", Figures(resolved_early=60, resolved_on_time=20), "/a/"),
            ("Đất đai", Figures(resolved_late=10, pending_overdue=10), ""),
        ]
    )
    assert (long.count, short.count) == (80, 20)
    assert [(each.css, each.start, each.length) for each in long.segments] == [
        ("dung-han", 0, 1000),
        ("qua-han", 1000, 0),
        ("dang-giai-quyet", 1000, 0),
        ("dang-qua-han", 1000, 0),
    ]
    assert [(each.start, each.length) for each in short.segments] == [
        (0, 0),
        (0, 125),
        (125, 0),
        (125, 125),
    ]
    assert (long.url, short.url) == ("/a/", "")


@given(st.lists(FIGURES, max_size=12))
def test_the_parts_of_a_bar_are_its_dossiers_and_touch_each_other(sheets):
    for bar, figures in zip(
        charts.bars([("", each, "") for each in sheets]), sheets, strict=True
    ):
        assert bar.count == sum(segment.count for segment in bar.segments)
        assert bar.count == sum(getattr(figures, key) for key in STORED[3:])
        edge = 0
        for segment in bar.segments:
            assert segment.start == edge
            assert segment.length >= 0
            edge += segment.length
        assert edge <= charts.WIDTH


@given(st.lists(st.none() | FIGURES, max_size=24))
def test_columns_stand_inside_the_drawing_without_touching(line):
    drawing = charts.columns(line)
    edges = [(column.x, column.x + column.width) for column in drawing.columns]
    assert all(0 <= start < end <= charts.WIDTH for start, end in edges)
    assert all(one[1] < other[0] for one, other in zip(edges, edges[1:], strict=False))
    for column, figures in zip(drawing.columns, line, strict=True):
        assert column.is_missing == (figures is None)
        assert sum(each.length for each in column.segments) <= charts.HEIGHT


def test_the_highest_column_fills_the_drawing():
    low, gap, high = charts.columns(
        [Figures(resolved_late=5), None, Figures(pending_in_time=10)]
    ).columns
    assert sum(each.length for each in high.segments) == charts.HEIGHT
    assert sum(each.length for each in low.segments) == charts.HEIGHT / 2
    assert gap.segments == []


def test_nothing_to_draw_is_no_error():
    assert charts.bars([]) == []
    assert charts.columns([]).columns == []
    (bar,) = charts.bars([("", Figures(), "")])
    assert [each.length for each in bar.segments] == [0, 0, 0, 0]


def test_endings_are_the_dossiers_that_became_something():
    keys = [key for ending in ENDINGS for key in ending.keys]
    assert sorted(keys) == sorted(
        set(STORED) - {"received_online", "received_direct", "carried_over"}
    )
