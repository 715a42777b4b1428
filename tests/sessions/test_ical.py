"""Calendar files, read back by icalendar and by a reader of recurring events, and byte by byte."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from sessions.ical import CANCEL, CANCELLED, REQUEST, TENTATIVE, Entry, Party, feed, invitation, plain, single

ENTRY = Entry(
    uid="6f0d2b6e-1111-4222-8333-444455556666",
    starts_at=datetime(2026, 10, 21, 12, 0, tzinfo=UTC),
    ends_at=datetime(2026, 10, 21, 13, 15, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Saying no, kindly",
    changed_at=datetime(2026, 10, 1, 9, 30, tzinfo=UTC),
    sequence=2,
)
ORGANIZER, ATTENDEE = Party("Ours", "portal@example.org"), Party('Lea "L" Lead', "lea@example.org")
CLOCK_CHANGES = re.compile(r"(COMMENT:[^\r]*|BEGIN:(STANDARD|DAYLIGHT)\r\n.*?END:\2)\r\n", re.DOTALL)


def lines(body):
    """The lines, unfolded as RFC 5545 says, without the changes of clocks in zones."""
    return CLOCK_CHANGES.sub("", body.decode().replace("\r\n ", "")).split("\r\n")


def value(body, name):
    (found,) = (line for line in lines(body) if re.split("[;:]", line)[0] == name)
    return found.partition(":")[2]


def unescaped(text):
    """RFC 5545, 3.3.11, by no library."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


def test_a_session_line_by_line():
    entry = replace(
        ENTRY, description="One; two\nC:\\new", location="Room 3", url="https://x.example/1", category="Talk"
    )
    assert lines(feed([entry], name="Ours")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Leadership Commons//Sessions//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Ours",
        "X-WR-CALNAME:Ours",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Berlin",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "SUMMARY:Saying no\\, kindly",
        "DTSTART;TZID=Europe/Berlin:20261021T140000",
        "DTEND;TZID=Europe/Berlin:20261021T151500",
        "DTSTAMP:20261001T093000Z",
        "UID:6f0d2b6e-1111-4222-8333-444455556666",
        "SEQUENCE:2",
        "CATEGORIES:Talk",
        "DESCRIPTION:One\\; two\\nC:\\\\new",
        "LAST-MODIFIED:20261001T093000Z",
        "LOCATION:Room 3",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "URL:https://x.example/1",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize("status", [TENTATIVE, CANCELLED])
def test_what_may_not_take_place_leaves_the_time_free(status):
    body = single(replace(ENTRY, status=status))
    assert (value(body, "STATUS"), value(body, "TRANSP")) == (status, "TRANSPARENT")


def test_each_zone_that_is_used_is_told_once_by_its_own_name():
    entries = [replace(ENTRY, uid=str(n), zone=zone) for n, zone in enumerate(["Europe/Berlin", "Asia/Kolkata"] * 2)]
    found = [line for line in lines(feed(entries, name="x")) if line.startswith("TZID:")]
    assert sorted(found) == ["TZID:Asia/Kolkata", "TZID:Europe/Berlin"]


def test_a_reader_sees_the_same_instants_on_both_sides_of_a_change_of_the_clock():
    starts = [datetime(2026, 10, 20, 7, 30, tzinfo=UTC), datetime(2026, 11, 3, 8, 30, tzinfo=UTC)]
    entries = [replace(ENTRY, uid=str(s), starts_at=s, ends_at=s + timedelta(hours=1)) for s in starts]
    found = recurring_ical_events.of(Calendar.from_ical(feed(entries, name="x"))).between(
        date(2026, 10, 1), date(2026, 12, 1)
    )
    assert [event.start.astimezone(UTC) for event in found] == starts
    assert [f"{event.start:%H:%M}" for event in found] == ["09:30", "09:30"]


def test_a_time_that_a_clock_shows_twice_is_told_in_utc_the_second_time():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    body = single(replace(ENTRY, starts_at=first, ends_at=first + timedelta(hours=1)))
    assert (value(body, "DTSTART"), value(body, "DTEND")) == ("20261025T023000", "20261025T013000Z")


def test_a_calendar_without_sessions_is_one_all_the_same():
    assert Calendar.from_ical(feed([], name="x")).events == []


@pytest.mark.parametrize("method", [REQUEST, CANCEL])
def test_an_invitation_has_one_method_an_organizer_and_one_attendee(method):
    body = invitation(ENTRY, method=method, organizer=ORGANIZER, attendee=ATTENDEE)
    assert value(body, "METHOD") == method
    (event,) = Calendar.from_ical(body).events
    assert (event["ORGANIZER"], event["ORGANIZER"].params["CN"]) == ("mailto:portal@example.org", "Ours")
    assert (event["ATTENDEE"], event["ATTENDEE"].params["CN"]) == ("mailto:lea@example.org", "Lea 'L' Lead")


TEXT = st.text() | st.text(alphabet='a\\nN,;:"\n\r\t ä👩‍🔧', max_size=400)


@given(summary=TEXT, description=TEXT, location=TEXT, name=TEXT)
def test_all_text_comes_back_in_lines_of_at_most_75_octets(summary, description, location, name):
    entry = replace(ENTRY, summary=summary, description=description, location=location)
    body = feed([entry], name=name)
    assert body == feed([entry], name=name)
    assert "\n" not in body.decode().replace("\r\n", "")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut in two
    (event,) = Calendar.from_ical(body).events
    for field, text in (("SUMMARY", summary), ("DESCRIPTION", description), ("LOCATION", location)):
        if plain(text):
            assert unescaped(value(body, field)) == plain(text)
            assert str(event[field]) == plain(text)
        else:
            assert field not in event


@given(TEXT, TEXT)
def test_names_in_invitations_add_no_line(organizer, attendee):
    body = invitation(
        ENTRY, method=REQUEST, organizer=Party(organizer, "o@example.org"), attendee=Party(attendee, "a@example.org")
    )
    (event,) = Calendar.from_ical(body).events
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:o@example.org", "mailto:a@example.org")


@given(
    st.integers(0, 7_000_000_000),
    st.sampled_from(["Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe"]),
)
def test_instants_come_back_in_every_zone(seconds, zone):
    start = datetime.fromtimestamp(seconds, UTC)
    entry = replace(ENTRY, starts_at=start, ends_at=start + timedelta(minutes=75), zone=zone)
    (event,) = Calendar.from_ical(single(entry)).events
    assert (event.start.astimezone(UTC), event.end.astimezone(UTC)) == (entry.starts_at, entry.ends_at)
