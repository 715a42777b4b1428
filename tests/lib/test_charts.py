from hypothesis import given
from hypothesis import strategies as st

from cop_portal.lib.charts import BarRow, TrendDot, TrendPoint, bar_rows, trend

counts = st.lists(st.integers(min_value=0, max_value=10**9), max_size=12)
answers = st.lists(
    st.builds(
        TrendPoint,
        label=st.just("a day"),
        middle=st.none() | st.floats(min_value=-10, max_value=10),
        low=st.floats(min_value=-10, max_value=10),
        high=st.floats(min_value=-10, max_value=10),
        version=st.integers(min_value=1, max_value=3),
    ),
    max_size=12,
)


def test_bars_are_in_proportion_to_the_total():
    assert bar_rows([("yes", 6), ("no", 4), ("rather not", 0)], total=12) == [
        BarRow("yes", 6, "50"),
        BarRow("no", 4, "33.3"),
        BarRow("rather not", 0, "0"),
    ]


def test_without_a_total_the_largest_fills_the_row():
    assert [row.width for row in bar_rows([("a", 1), ("b", 4)])] == ["25", "100"]


def test_nothing_to_draw():
    assert bar_rows([]) == []
    assert bar_rows([("a", 0), ("b", 0)]) == [BarRow("a", 0, "0"), BarRow("b", 0, "0")]
    assert bar_rows([("a", 5)], total=0) == [BarRow("a", 5, "0")]


def test_odd_counts_stay_inside_the_picture():
    assert [row.width for row in bar_rows([("less than nothing", -3), ("more than all", 9)], total=4)] == ["0", "100"]


@given(counts, st.none() | st.integers(min_value=-5, max_value=10**9))
def test_every_width_is_between_none_and_all(numbers, total):
    widths = [float(row.width) for row in bar_rows([("x", number) for number in numbers], total=total)]
    assert [0 <= width <= 100 for width in widths] == [True] * len(numbers)


@given(counts, st.none() | st.integers(min_value=1, max_value=10**9))
def test_more_is_never_drawn_shorter(numbers, total):
    numbers = sorted(numbers)
    widths = [float(row.width) for row in bar_rows([("x", number) for number in numbers], total=total)]
    assert widths == sorted(widths)


def test_a_trend_runs_from_left_to_right_and_up():
    picture = trend([TrendPoint("one", 1, low=1, high=2), TrendPoint("two", 5, low=3, high=5)])
    assert picture.dots == [TrendDot("one", "6", "94", "94", "72"), TrendDot("two", "94", "6", "50", "6")]
    assert picture.joins == [("6", "94", "94", "6")]
    assert picture.heights == ["94", "72", "50", "28", "6"]


def test_other_words_are_not_joined():
    assert trend([TrendPoint("old", 3, version=1), TrendPoint("new", 4, version=2)]).joins == []


def test_a_session_with_too_few_answers_leaves_a_gap():
    picture = trend([TrendPoint("one", 3), TrendPoint("too few", None), TrendPoint("three", 3)])
    assert [dot.label for dot in picture.dots] == ["one", "three"]
    assert [dot.x for dot in picture.dots] == ["6", "94"]
    assert picture.joins == []


def test_the_same_answer_twice_is_two_dots():
    assert [dot.x for dot in trend([TrendPoint("a", 3), TrendPoint("a", 3)]).dots] == ["6", "94"]


def test_a_single_session_is_one_dot():
    assert trend([TrendPoint("only", 3)]).dots == [TrendDot("only", "6", "50", "50", "50")]


@given(answers)
def test_every_dot_is_inside_the_picture(points):
    picture = trend(points)
    measures = [float(value) for dot in picture.dots for value in (dot.x, dot.y, dot.low, dot.high)]
    assert [6 <= value <= 94 for value in measures] == [True] * len(measures)
    assert len(picture.dots) == len([point for point in points if point.middle is not None])
