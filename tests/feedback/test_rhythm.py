"""The rhythm proposal: the examples of its rules, and what must hold for all units."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedback.rhythm import STEPS, Said, drop_of, propose

A, B, C = (0, 1, 4, 3, 2), (0, 0, 6, 3, 1), (0, 1, 6, 3, 0)
D, E = (2, 4, 4, 0, 0), (3, 4, 3, 0, 0)
S, R, Z = (1, 3, 2, 3, 1), (0, 0, 3, 0, 3), (0, 0, 8, 1, 0)
SAME, LOST_20, LOST_10 = ((30, 36), (30, 36)), ((30, 36), (19, 30)), ((30, 36), (22, 30))

UNIT = st.tuples(*[st.integers(0, 12)] * 5)
WEEKS = st.sampled_from(STEPS)
CHANGE = st.sampled_from([None, "LESS", "MORE"])
POOLED = st.integers(0, 36).flatmap(lambda came: st.tuples(st.just(came), st.integers(came, 36)))


@pytest.mark.parametrize(
    ("weeks", "units", "also", "verdict", "to"),
    [
        (2, [A, Z, B], {}, "LESS", 3),
        (2, [Z, C, A], {}, "KEEP", 2),
        (2, [A, B], {}, "NO_DATA", 2),
        (3, [D, C, D], {}, "MORE", 2),
        (3, [D, D, E], {"last_change": "LESS"}, "KEEP", 3),
        (2, [S, Z, S], {}, "SPLIT", 2),
        (2, [A, B, A], {"units_since_stop": 1}, "COOLDOWN", 2),
        (2, [A, B, A], {"units_since_stop": 2}, "LESS", 3),
        # beside the table: the newest may sound the alarm by itself, but not right after a decline
        (2, [R], {}, "LESS", 3),
        (2, [R], {"last_change": "MORE"}, "LESS", 3),
        (2, [Z, Z, R], {"units_since_stop": 1}, "COOLDOWN", 2),
        (2, [R, Z, Z], {}, "KEEP", 2),
        (2, [], {}, "NO_DATA", 2),
        # attendance
        (2, [Z, C, A], {"attendance": LOST_20}, "LESS", 3),
        (2, [Z, C, Z], {"attendance": LOST_20}, "KEEP", 2),
        (3, [D, C, D], {"attendance": SAME}, "MORE", 2),
        (3, [D, C, D], {"attendance": LOST_10}, "KEEP", 3),
        # steadiness
        (2, [A, B, A], {"last_change": "MORE"}, "KEEP", 2),
        (2, [A, A, A], {"last_change": "MORE"}, "LESS", 3),
        (2, [A, A, Z], {"last_change": "MORE", "attendance": LOST_20}, "LESS", 3),
        (3, [E, E, E], {"last_change": "LESS"}, "MORE", 2),
        (3, [D, C, D], {"last_change": "MORE"}, "MORE", 2),
        # the newest has a word
        (2, [A, B, D], {}, "KEEP", 2),
        (3, [D, D, C], {}, "KEEP", 3),
        # only the last three
        (2, [A, B, Z, Z, Z], {}, "KEEP", 2),
        # both ends
        (8, [A, B, A], {}, "AT_END", 8),
        (8, [R], {}, "AT_END", 8),
        (1, [D, D, D], {}, "AT_END", 1),
        (4, [A, B, A], {}, "LESS", 6),
        (6, [A, B, A], {}, "LESS", 8),
        (6, [D, D, D], {}, "MORE", 4),
    ],
)
def test_examples(weeks, units, also, verdict, to):
    found = propose(units, weeks=weeks, **also)
    assert (found.verdict, found.weeks) == (verdict, to)
    assert all(found.reasons)
    assert found.reasons


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        (A, "LESS"), (B, "LESS"), (C, "KEEP"), (D, "MORE"), (E, "MORE"), (S, "SPLIT"), (R, "LESS"), (Z, "KEEP"),
        ((0, 0, 3, 2, 0), "KEEP"),  # 40 %, but two people
        ((0, 2, 1, 0, 0), "KEEP"),
        ((3, 6, 0, 1, 0), "MORE"), ((3, 6, 0, 0, 1), "KEEP"), ((3, 4, 1, 2, 0), "KEEP"),
        ((0, 0, 0, 0, 0), "KEEP"),
    ],
)  # fmt: skip
def test_what_one_unit_says(unit, says):
    assert Said.of(unit).says() == says


@pytest.mark.parametrize("unit", [(1, 2, 3, 4), (0, 0, 0, 0, -1)])
def test_a_unit_has_five_counts(unit):
    with pytest.raises(ValueError, match="five counts"):
        propose([unit], weeks=2)


@pytest.mark.parametrize(
    ("attendance", "points"),
    [(None, 0), (SAME, 0), (LOST_20, 20), (LOST_10, 10), (((0, 0), (1, 2)), 0), (((10, 20), (20, 20)), -50)],
)
def test_points_of_attendance_lost_are_rounded_down(attendance, points):
    assert drop_of(attendance) == points


def test_reasons_are_numbers_in_words():
    assert propose([A, Z, B], weeks=2, attendance=LOST_20).reasons == (
        "5 of 10 said too often.", "1 of 9 said too often.", "4 of 10 said too often.", "Attendance fell by 20 points.",
    )  # fmt: skip


@given(UNIT)
def test_one_more_about_right_never_turns_keep_into_less(unit):
    rare, bit_rare, right, often, much = unit
    if Said.of(unit).says() == "KEEP":
        assert Said.of((rare, bit_rare, right + 1, often, much)).says() != "LESS"


@given(st.lists(UNIT, max_size=5), WEEKS, CHANGE, st.none() | st.integers(0, 3), st.none() | st.tuples(POOLED, POOLED))
def test_never_more_than_one_step_and_never_the_wrong_way(units, weeks, change, since, attendance):
    found = propose(units, weeks=weeks, last_change=change, units_since_stop=since, attendance=attendance)
    here = STEPS.index(weeks)
    steps = {"LESS": 1, "MORE": -1}.get(found.verdict, 0)
    assert found.weeks == STEPS[here + steps]
    assert since not in {0, 1} or found.verdict in {"NO_DATA", "COOLDOWN"}


@given(st.lists(UNIT, min_size=3, max_size=3), WEEKS)
def test_who_wants_the_opposite_gets_the_opposite(units, weeks):
    """Mirrored answers never lead the same way, but for the alarm, which only "much too often" can raise."""
    assume(units[-1][0] < 3 and units[-1][4] < 3)
    found, mirrored = propose(units, weeks=weeks), propose([unit[::-1] for unit in units], weeks=weeks)
    assert found.verdict not in {"LESS", "MORE"} or found.verdict != mirrored.verdict
