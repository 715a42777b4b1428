"""Words for times: how far away, on which clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from sessions.times import when
from tests.factories import SessionFactory

BERLIN = ZoneInfo("Europe/Berlin")


def words(starts_at, now, zone=BERLIN, **fields):
    session = SessionFactory.build(starts_at=starts_at, **fields)
    session.ends_at = starts_at + timedelta(minutes=session.minutes)
    return when(session, zone=zone, now=now)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-365, ""), (-63, ""), (-62, "8 weeks ago"), (-14, "2 weeks ago"), (-13, "13 days ago"), (-2, "2 days ago"),
        (-1, "yesterday"), (0, "today"), (1, "tomorrow"), (2, "in 2 days"), (13, "in 13 days"), (14, "in 2 weeks"),
        (62, "in 8 weeks"), (63, ""),
    ],
)  # fmt: skip
def test_how_far_away(now, days, said):
    assert words(now + timedelta(days=days, hours=2), now).distance == said


def test_counted_by_the_readers_calendar(now):
    late = now.replace(hour=22, minute=30)
    starts_at = late + timedelta(hours=1)  # half past midnight in Berlin
    assert words(starts_at, late).distance == "tomorrow"
    assert words(starts_at, late, zone=ZoneInfo("America/New_York")).distance == "today"


def test_while_it_runs(now):
    assert words(now - timedelta(minutes=5), now, minutes=60).distance == "now"
    assert words(now, now).distance == "now"
    assert words(now - timedelta(minutes=60), now, minutes=60).distance == "today"


def test_the_year_is_said_where_it_could_be_another(now):
    assert words(now + timedelta(days=60), now).month == "Jan"
    assert words(now + timedelta(days=400), now).month == "Dec 2027"
    assert words(now + timedelta(days=60), now).date == "Saturday 23 January 2027"


def test_a_session_through_the_night_of_a_change_of_clocks(now):
    shown = words(datetime(2026, 10, 24, 21, 0, tzinfo=UTC), now, minutes=300)
    assert (shown.times, shown.iso) == ("23:00 – 03:00", "2026-10-24T23:00+02:00")


@pytest.mark.parametrize(
    ("zone", "there"),
    [
        ("Europe/Oslo", ""),
        ("Europe/Lisbon", "15:00 – 16:00 Berlin"),
        ("Asia/Tokyo", "15:00 – 16:00 Berlin"),
        ("Pacific/Kiritimati", "Thursday 15:00 – 16:00 Berlin"),
    ],
)
def test_the_clock_of_the_place_where_it_differs(now, zone, there):
    assert words(datetime(2026, 11, 26, 14, 0, tzinfo=UTC), now, zone=ZoneInfo(zone), minutes=60).there == there


def test_in_the_readers_language(now):
    with translation.override("de"):
        assert words(now + timedelta(days=2), now).weekday == "Do"
