"""Which session gets which date of a new rule: the examples of the rules, and what holds for any dates."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sessions.changes import Standing, pair, reach_of
from sessions.recurrence import Occurrence, Rule, occurrences

BERLIN = "Europe/Berlin"
START, END = date(2026, 12, 1), date(2027, 2, 28)


def dates(every_weeks=2, weekday=1, hour=9, anchor=START, closed=()):
    rule = Rule(every_weeks, weekday, time(hour, 30), 75, BERLIN, anchor)
    return occurrences(rule, start=START, end=END, closed=closed)


def sessions(of, **marks):
    """A session on each of the dates; `marks` maps the number of one to what is special about it."""
    return [Standing(number, one.day, one.starts_at, **marks.get(f"n{number}", {})) for number, one in enumerate(of)]


def days(found):
    return {key: f"{one.day:%m-%d}" for key, one in found.items()}


def test_the_same_rule_changes_nothing():
    found = pair(sessions(dates()), dates(), reach=13)
    assert found.is_empty
    assert len(found.kept) == 7


def test_twice_as_rare_keeps_every_other_one():
    found = pair(sessions(dates()), dates(every_weeks=4), reach=reach_of(4, before=2))
    assert days(found.kept) == {0: "12-01", 2: "12-29", 4: "01-26", 6: "02-23"}
    assert (found.gone, found.moved, found.new) == ([1, 3, 5], {}, [])


def test_three_instead_of_two_keeps_what_still_fits_and_adds_the_rest():
    found = pair(sessions(dates()), dates(every_weeks=3), reach=reach_of(3, before=2))
    assert days(found.kept) == {0: "12-01", 3: "01-12", 6: "02-23"}
    assert (found.gone, [f"{one.day:%m-%d}" for one in found.new]) == ([1, 2, 4, 5], ["12-22", "02-02"])


def test_another_weekday_moves_each_within_its_week():
    found = pair(sessions(dates()), dates(weekday=3, anchor=date(2026, 12, 3)), reach=reach_of(2, before=2))
    assert list(days(found.moved).values())[:2] == ["12-03", "12-17"]
    assert (len(found.moved), found.gone, found.new, found.kept) == (7, [], [], {})


def test_another_time_of_day_moves_on_the_same_day():
    found = pair(sessions(dates()), dates(hour=14), reach=13)
    assert (days(found.moved)[0], len(found.moved), found.kept) == ("12-01", 7, {})


def test_a_week_later_moves_each_by_a_week():
    found = pair(sessions(dates()), dates(anchor=date(2026, 12, 8)), reach=reach_of(2, before=2))
    assert days(found.moved) | {} == {0: "12-08", 1: "12-22", 2: "01-05", 3: "01-19", 4: "02-02", 5: "02-16"}
    assert found.gone == [6]  # the window ends before its turn


def test_what_was_changed_by_itself_holds_its_date_and_stays():
    standing = sessions(dates(), n1={"stays": True})
    found = pair(standing, dates(every_weeks=4), reach=6)
    assert (found.gone, days(found.held)) == ([3, 5], {})
    found = pair(standing, dates(weekday=3, anchor=date(2026, 12, 3)), reach=13)
    assert (days(found.held), found.new, 1 in found.moved) == ({1: "12-17"}, [], False)


def test_what_gave_way_comes_back_to_its_day_only():
    standing = sessions(dates(), n1={"away": True})
    assert days(pair(standing, dates(), reach=13).back) == {1: "12-15"}
    moved = pair(standing, dates(weekday=3, anchor=date(2026, 12, 3)), reach=13)
    assert (moved.back, [f"{one.day:%m-%d}" for one in moved.new]) == ({}, ["12-17"])


def test_a_closed_date_keeps_what_is_planned_on_it_and_takes_nothing_else():
    closed = [(date(2026, 12, 14), date(2026, 12, 18), "Away")]
    found = pair(sessions(dates()), dates(closed=closed), reach=13)
    assert (len(found.kept), found.is_empty) == (7, True)
    found = pair([], dates(closed=closed), reach=13)
    assert date(2026, 12, 15) not in [one.day for one in found.new]
    away = pair(sessions(dates(), n1={"away": True}), dates(closed=closed), reach=13)
    assert (away.back, away.new) == ({}, [])


DAYS = st.lists(st.dates(START, END), unique=True, max_size=12)


def at(day):
    start = datetime.combine(day, time(9), tzinfo=UTC)
    return start, start + timedelta(hours=1)


@given(DAYS, DAYS, st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)), st.integers(0, 30))
def test_each_session_and_each_date_is_spoken_of_once(old, new, stays, away, reach):
    standing = [
        Standing(n, day, at(day)[0], stays=n in stays, away=n in away and n not in stays) for n, day in enumerate(old)
    ]
    wanted = [Occurrence(day, *at(day), None) for day in new]
    found = pair(standing, wanted, reach=reach)
    placed = {**found.kept, **found.moved, **found.back, **found.held}
    assert len(placed) == sum(map(len, (found.kept, found.moved, found.back, found.held)))
    assert sorted([*(one.day for one in placed.values()), *(one.day for one in found.new)]) == sorted(new)
    left_alone = {one.key for one in standing if one.stays or one.away} - placed.keys()
    assert placed.keys() | set(found.gone) | left_alone == set(range(len(old)))
    assert set(found.gone).isdisjoint(placed.keys() | stays)
    for key, one in placed.items():
        assert abs((one.day - old[key]).days) <= (0 if key in found.kept or key in found.back else reach)
