import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitors import admin_charts
from visitors.admin_charts import HEIGHT, WIDTH, Value, plot

_NUMBERS = st.lists(st.none() | st.integers(0, 10**9), max_size=400)


def _values(*pairs):
    return [
        Value(f"{i}", f"cột {i}", outer, inner) for i, (outer, inner) in enumerate(pairs)
    ]


def test_a_column_is_as_high_as_its_number_and_holds_the_smaller_one_inside():
    drawn = plot(_values((100, 25), (50, 50)))
    first, second = drawn.columns
    assert drawn.ticks == (100, 50, 0)
    assert (first.outer.y, first.outer.height) == (0, HEIGHT)
    assert (first.inner.y, first.inner.height) == (HEIGHT * 0.75, HEIGHT * 0.25)
    assert first.outer.x < first.inner.x
    assert first.inner.x + first.inner.width < first.outer.x + first.outer.width
    assert second.outer.height == second.inner.height == HEIGHT / 2


def test_a_day_without_figures_is_a_hole_and_a_day_of_nothing_is_not():
    missing, nothing = plot(_values((None, None), (0, 0))).columns
    assert (missing.outer, missing.inner) == (None, None)
    assert missing.hole.height > 0
    assert nothing.hole is None
    assert nothing.outer.height == 0


def test_what_only_has_the_smaller_number_is_drawn_from_it():
    (old,) = plot(_values((None, 30))).columns
    assert (old.outer, old.hole) == (None, None)
    assert old.inner.height == HEIGHT


def test_a_day_that_has_not_come_is_neither_a_hole_nor_a_bar():
    (ahead,) = plot([Value("5/3", "chưa đến", None, is_ahead=True)]).columns
    assert (ahead.hole, ahead.outer) == (None, None)


def test_one_view_among_thousands_is_seen():
    _, small = plot(_values((100_000, 0), (1, 1))).columns
    assert small.outer.height == 1.5


def test_earlier_figures_are_drawn_over_the_same_places_and_break_where_they_are_missing():
    drawn = plot(_values((10, 1), (10, 1), (10, 1), (10, 1)), [20, 20, None, 0, 99_999])
    assert drawn.ticks[0] == 20
    assert drawn.lines == ["125.0,0.0 375.0,0.0", "812.5,240.0 937.5,240.0"]


def test_a_plot_of_nothing_has_a_scale_and_no_columns():
    drawn = plot([])
    assert (drawn.columns, drawn.labels, drawn.ticks) == ([], [], (2, 1, 0))


@pytest.mark.parametrize(
    ("highest", "top"),
    [
        (0, 2),
        (1, 2),
        (3, 4),
        (5, 6),
        (7, 8),
        (9, 10),
        (11, 12),
        (13, 20),
        (130, 150),
        (1234, 1500),
        (4321, 5000),
    ],
)
def test_a_scale_ends_at_a_round_number_whose_half_is_whole(highest, top):
    assert admin_charts.round_top(highest) == top


@given(st.integers(0, 10**12))
def test_no_number_stands_above_its_scale(highest):
    top = admin_charts.round_top(highest)
    assert highest <= top <= max(2 * highest, 2)
    assert top % 2 == 0


@pytest.mark.parametrize("count", [1, 6, 7, 31, 92, 400])
def test_few_labels_name_the_columns_below_which_they_stand(count):
    labels = plot(_values(*[(1, 1)] * count)).labels
    assert labels[0].words == "0"
    assert len(labels) <= 6
    assert all(0 < label.at < 100 for label in labels)


@given(_NUMBERS, _NUMBERS)
def test_whatever_the_figures_everything_is_drawn_inside_the_picture(outer, before):
    drawn = plot(_values(*[(number, number) for number in outer]), before)
    assert len(drawn.columns) == len(outer)
    for column in drawn.columns:
        for bar in (column.place, column.outer or column.hole, column.inner or column.hole):
            assert 0 <= bar.x <= bar.x + bar.width <= WIDTH + 0.1
            assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.1
    points = [point.split(",") for line in drawn.lines for point in line.split()]
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)


@pytest.mark.parametrize(("number", "step"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5)])
def test_shades_go_by_fifths_and_only_nothing_has_none(number, step):
    assert admin_charts.heat_step(number, 100) == step
