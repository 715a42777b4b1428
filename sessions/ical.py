"""Sessions as calendar files (RFC 5545). Pure: no Django, no clock; the same entries always give the same bytes.

What icalendar writes in a way that calendars misread is said differently here: REFRESH-INTERVAL and X-PUBLISHED-TTL,
a backslash before an N, and a local time that a clock shows twice.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Leadership Commons//Sessions//EN"
REFRESH = "PT6H"
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
REQUEST, CANCEL = "REQUEST", "CANCEL"
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_UNQUOTED = str.maketrans({"\\": None, "^": None, '"': "'", "\n": " ", "\t": " "})
_SHOWN = {"\n", "\t"}
_HIDDEN = {"Cc", "Cs", "Co", "Cn"}


@dataclass(frozen=True)
class Entry:
    """One session as a calendar shows it; instants are aware, `zone` is an IANA name."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    summary: str
    changed_at: datetime
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    category: str = ""
    status: str = CONFIRMED

    @property
    def takes_time(self) -> bool:
        """Whether it keeps its time from being planned otherwise."""
        return self.status == CONFIRMED


@dataclass(frozen=True)
class Party:
    """A name with an address of mail."""

    name: str
    email: str


class _Text(vText):
    """Text, escaped as RFC 5545 says in 3.3.11 and no further: icalendar takes a typed `\\N` for a line break."""

    def to_ical(self) -> bytes:
        return str(self).translate(_ESCAPED).encode()


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """Returns a calendar to subscribe to, called `name`; it has no METHOD."""
    calendar = _calendar(entries)
    for title in ("name", "x-wr-calname"):
        calendar.add(title, _Text(plain(name)), encode=False)
    refresh = vText(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh, encode=False)
    calendar.add("x-published-ttl", vText(REFRESH), encode=False)
    return calendar.to_ical()


def single(entry: Entry) -> bytes:
    """Returns a file with one session in it, to be kept or opened."""
    return _calendar([entry]).to_ical()


def invitation(entry: Entry, *, method: str, organizer: Party, attendee: Party) -> bytes:
    """Returns what a mail carries: METHOD:REQUEST puts `entry` into a calendar, CANCEL takes it out."""
    calendar = _calendar([entry])
    calendar.add("method", method)
    event = calendar.events[0]
    event.add("organizer", _address(organizer), encode=False)
    invited = _address(attendee)
    invited.params |= {"PARTSTAT": "ACCEPTED", "ROLE": "REQ-PARTICIPANT", "RSVP": "FALSE"}
    event.add("attendee", invited, encode=False)
    return calendar.to_ical()


def revised(entry: Entry, *, sequence: int, status: str, changed_at: datetime) -> Entry:
    """Returns the entry as one member is told of it now."""
    return replace(entry, sequence=sequence, status=status, changed_at=changed_at)


def plain(text: str) -> str:
    """Returns `text` with `\\n` as its only line break and without characters that no calendar shows."""
    if text.isprintable():  # as nearly all text is; letter by letter takes ten times as long
        return text
    lines = "\n".join(text.splitlines())
    return "".join(char for char in lines if char in _SHOWN or unicodedata.category(char) not in _HIDDEN)


def _calendar(entries: Iterable[Entry]) -> Calendar:
    calendar = Calendar()  # type: ignore[no-untyped-call]
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    days: list[date] = []
    for entry in entries:
        calendar.add_component(_event(entry))
        days += [entry.starts_at.date(), entry.ends_at.date()]
    if days:  # whole years, so that the clocks of a zone are told the same way from day to day
        calendar.add_missing_timezones(date(min(days).year, 1, 1), date(min(max(days).year + 1, date.max.year), 12, 31))
    return calendar


def _event(entry: Entry) -> Event:
    """DTSTAMP is the time of the last change, never that of reading: or no two reads would be equal."""
    event = Event()  # type: ignore[no-untyped-call]
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", _moment(entry.starts_at, entry.zone))
    event.add("dtend", _moment(entry.ends_at, entry.zone))
    event.add("status", entry.status)
    event.add("transp", "OPAQUE" if entry.takes_time else "TRANSPARENT")
    for name in ("summary", "description", "location"):
        if value := plain(getattr(entry, name)):
            event.add(name, _Text(value), encode=False)
    if entry.url:
        event.add("url", entry.url)
    if category := plain(entry.category):
        event.add("categories", [category])
    return event


def _moment(instant: datetime, zone: str) -> datetime:
    """Returns the local time in `zone`; the second of two equal ones can only be told in UTC."""
    local = instant.astimezone(ZoneInfo(zone))
    return instant.astimezone(UTC) if local.fold else local


def _address(party: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{party.email}")
    address.params["CN"] = plain(party.name).translate(_UNQUOTED)
    return address
