"""The dates of a rhythm: the examples of the rules, and an independent count for any rule."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sessions.recurrence import MissingTimeError, Occurrence, Rule, gap_at, instant, occurrences, strict_instant

BERLIN = "Europe/Berlin"
ZONES = [BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "UTC"]


def rule(**changes):
    made = {"every_weeks": 2, "weekday": 1, "local_time": time(9, 30), "minutes": 75, "zone": BERLIN}
    return Rule(**{**made, "anchor": date(2026, 10, 6), **changes})


def starts(found):
    return [f"{one.starts_at:%m-%d %H:%M}" for one in found]


def test_the_local_time_is_kept_when_the_clocks_change():
    found = occurrences(rule(), start=date(2026, 10, 6), end=date(2026, 11, 17))
    assert starts(found) == ["10-06 07:30", "10-20 07:30", "11-03 08:30", "11-17 08:30"]
    assert {one.starts_at.tzinfo for one in found} == {UTC}


def test_both_ends_of_the_window_are_included():
    found = occurrences(rule(), start=date(2026, 10, 20), end=date(2026, 11, 3))
    assert [one.day for one in found] == [date(2026, 10, 20), date(2026, 11, 3)]
    assert occurrences(rule(), start=date(2026, 10, 21), end=date(2026, 11, 2)) == []


def test_the_first_date_is_the_first_such_weekday_from_the_anchor_on():
    found = occurrences(rule(anchor=date(2026, 10, 7)), start=date(2026, 1, 1), end=date(2026, 10, 27))
    assert [one.day for one in found] == [date(2026, 10, 13), date(2026, 10, 27)]


def test_a_year_with_53_weeks_changes_nothing():
    found = occurrences(rule(anchor=date(2026, 12, 15)), start=date(2026, 12, 1), end=date(2027, 1, 31))
    assert [one.day for one in found] == [date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 12), date(2027, 1, 26)]


def test_a_time_that_does_not_exist_moves_forward_by_the_gap_in_a_series():
    sundays = rule(weekday=6, local_time=time(2, 30), anchor=date(2027, 3, 14))
    found = occurrences(sundays, start=date(2027, 3, 14), end=date(2027, 4, 11))
    berlin = [f"{one.starts_at.astimezone(ZoneInfo(BERLIN)):%m-%d %H:%M}" for one in found]
    assert berlin == ["03-14 02:30", "03-28 03:30", "04-11 02:30"]
    assert [gap_at(one.day, time(2, 30), BERLIN) for one in found] == [timedelta(0), timedelta(hours=1), timedelta(0)]


def test_a_single_session_at_a_time_that_does_not_exist_is_an_error():
    with pytest.raises(MissingTimeError, match=r"^02:30 does not exist on that day in Europe/Berlin$"):
        strict_instant(date(2027, 3, 28), time(2, 30), BERLIN)
    assert strict_instant(date(2027, 3, 28), time(3, 0), BERLIN) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_a_time_that_exists_twice_is_the_first():
    assert instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant(date(2026, 10, 25), time(2, 30, fold=1), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert strict_instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_day_that_was_left_out_moves_forward_by_the_day():
    assert gap_at(date(2011, 12, 30), time(9), "Pacific/Apia") == timedelta(days=1)


def test_a_gap_of_half_an_hour():
    assert gap_at(date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe") == timedelta(minutes=30)


def test_the_end_is_the_start_plus_real_minutes():
    night = rule(weekday=5, local_time=time(23, 0), minutes=300, anchor=date(2026, 10, 24))
    (found,) = occurrences(night, start=date(2026, 10, 24), end=date(2026, 10, 24))
    assert found.ends_at.astimezone(ZoneInfo(BERLIN)).isoformat() == "2026-10-25T03:00:00+01:00"


def test_closed_days_are_skipped_with_their_reason_and_move_no_date():
    closed = [(date(2026, 10, 19), date(2026, 10, 21), "Autumn break"), (date(2026, 11, 3), date(2026, 11, 3), "Away")]
    found = occurrences(rule(), start=date(2026, 10, 6), end=date(2026, 11, 17), closed=closed)
    assert [(one.day.day, one.skipped) for one in found] == [(6, None), (20, "Autumn break"), (3, "Away"), (17, None)]


def test_a_window_back_to_front_is_empty():
    assert occurrences(rule(), start=date(2026, 12, 1), end=date(2026, 1, 1)) == []


@pytest.mark.parametrize("wrong", [{"every_weeks": 0}, {"weekday": 7}, {"weekday": -1}, {"minutes": 0}])
def test_a_rule_without_dates_is_refused(wrong):
    with pytest.raises(ValueError, match="A rule needs"):
        rule(**wrong)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("local_time", [time(0, 0), time(23, 59)])
def test_the_edges_of_the_calendar_raise_nothing(zone, local_time):
    for anchor in (date.min, date.max, date(9999, 12, 26)):
        daily = rule(zone=zone, local_time=local_time, anchor=anchor, every_weeks=1)
        for start, end in ((date.min, date(1, 2, 1)), (date(9999, 12, 1), date.max), (date.max, date.max)):
            found = occurrences(daily, start=start, end=end)
            assert all(one.ends_at - one.starts_at == timedelta(minutes=75) for one in found)


RULES = st.builds(
    Rule,
    every_weeks=st.sampled_from([1, 2, 3, 4, 6, 8]),
    weekday=st.integers(0, 6),
    local_time=st.times(),
    minutes=st.integers(1, 24 * 60),
    zone=st.sampled_from(ZONES),
    anchor=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def is_a_date_of(one: Rule, day: date) -> bool:
    """Another way to say it: the weekday fits, and so does the number of whole weeks since the first one."""
    first = next(d for d in (one.anchor + timedelta(days=n) for n in range(7)) if d.weekday() == one.weekday)
    return day >= first and day.weekday() == one.weekday and ((day - first).days // 7) % one.every_weeks == 0


def first_instant_showing(day: date, local_time: time, zone: str) -> datetime | None:
    """Looks at every clock of the world: the earliest instant at which the one of `zone` shows that time."""
    naive = datetime.combine(day, local_time.replace(tzinfo=None))
    candidates = (naive.replace(tzinfo=UTC) - timedelta(minutes=shift) for shift in range(15 * 60, -15 * 60, -15))
    shown = (moment for moment in candidates if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == naive)
    return next(shown, None)


@given(RULES, DAYS, st.integers(0, 400))
def test_the_days_are_those_of_a_count_by_hand(one, start, length):
    window = [start + timedelta(days=n) for n in range(length + 1)]
    found = occurrences(one, start=window[0], end=window[-1])
    assert [occurrence.day for occurrence in found] == [day for day in window if is_a_date_of(one, day)]


@settings(deadline=None)
@given(RULES, st.integers(0, 200))
def test_the_instants_are_those_the_clocks_show(one, weeks):
    start = one.anchor + timedelta(weeks=weeks)
    for found in occurrences(one, start=start, end=start + timedelta(weeks=8)):
        expected = first_instant_showing(found.day, one.local_time, one.zone)
        gap = gap_at(found.day, one.local_time, one.zone)
        if expected is None:
            moved = datetime.combine(found.day, one.local_time) + gap
            assert gap > timedelta(0)
            assert found.starts_at.astimezone(ZoneInfo(one.zone)).replace(tzinfo=None) == moved
        else:
            assert (found.starts_at, gap) == (expected, timedelta(0))
        assert found.ends_at == found.starts_at + timedelta(minutes=one.minutes)


@given(RULES, st.dates(), st.dates())
def test_no_date_raises(one, start, end):
    assume((end - start).days < 5_000)
    found = occurrences(one, start=start, end=end)
    assert all(start <= occurrence.day <= end for occurrence in found)


@given(RULES, DAYS, st.integers(0, 100), st.integers(0, 100))
def test_closed_days_change_only_their_own_mark(one, start, offset, length):
    first = start + timedelta(days=offset)
    last = first + timedelta(days=length)
    open_ = occurrences(one, start=start, end=start + timedelta(days=300))
    marked = occurrences(one, start=start, end=start + timedelta(days=300), closed=[(first, last, "Away")])
    assert marked == [
        Occurrence(o.day, o.starts_at, o.ends_at, "Away" if first <= o.day <= last else None) for o in open_
    ]
