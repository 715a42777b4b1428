"""A month as a grid of days in the reader's weeks: sessions by the reader's clock, and days on which nothing meets.

Both come from the database in one query, as plain values: a hundred sessions are a hundred tuples.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, DateField, DateTimeField, QuerySet, Value
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cop_portal.lib.addresses import slug_of
from sessions.formats import Format
from sessions.models import Session, SessionQuerySet
from sessions.recurrence import instant
from sessions.series import ClosedDay

A_DAY = timedelta(days=1)
DAYS_A_WEEK = 7
DECEMBER = 12


@dataclass(frozen=True)
class Event:
    """One session in its day."""

    url: str
    title: str
    time: str
    css: str
    format: str
    is_cancelled: bool


@dataclass
class Day:
    """One day; `closed` is the reason why nothing meets on it."""

    day: date
    number: int
    iso: str
    words: str
    is_out: bool
    is_today: bool
    events: list[Event] = field(default_factory=list)
    closed: str = ""

    @property
    def css(self) -> str:
        return " ".join(name for name, is_so in (("out", self.is_out), ("today", self.is_today)) if is_so)

    @property
    def grid_css(self) -> str:
        return f"day {self.css}".strip()

    @property
    def titles(self) -> str:
        """What the link of this day leads to, said from its number on."""
        return f"{self.words}: " + ", ".join(event.title for event in self.events)


@dataclass(frozen=True)
class Month:
    """The days of whole weeks around one month, and the reasons of days that are closed, each range once."""

    first: date
    title: str
    days: list[Day]
    closed: list[tuple[date, date, str]]
    weekdays: list[str]

    @property
    def has_events(self) -> bool:
        """Whether anything takes place in the month itself."""
        return any(day.events for day in self.days if not day.is_out)

    @property
    def previous(self) -> date:
        return (self.first - A_DAY).replace(day=1)

    @property
    def next(self) -> date:
        return _next(self.first)


def month_of(
    sessions: SessionQuerySet, first: date, *, zone: ZoneInfo, now: datetime, week_starts_on: int = 0
) -> Month:
    """Returns the month that begins with `first`, with those of `sessions` that start in its weeks; one query.

    `week_starts_on` is the weekday of the first column, 0 for Monday.

    A date that went by without being planned is left out.
    """
    start = first - timedelta(days=(first.weekday() - week_starts_on) % DAYS_A_WEEK)
    last = _next(first) - A_DAY
    end = last + timedelta(days=(week_starts_on - 1 - last.weekday()) % DAYS_A_WEEK)
    events, closed = _read(sessions, start, end, zone, now)
    today = now.astimezone(zone).date()
    reasons = {day: reason for first_day, last_day, reason in reversed(closed) for day in _days(first_day, last_day)}
    days = [
        Day(
            day,
            day.day,
            day.isoformat(),
            day_in_words(day) if events[day] else "",
            day.month != first.month,
            day == today,
            events[day],
            reasons.get(day, ""),
        )
        for day in _days(start, end)
    ]
    weekdays = [date_format(day.day, "D") for day in days[:DAYS_A_WEEK]]
    return Month(first, date_format(first, "F Y"), days, closed, weekdays)


def day_in_words(day: date) -> str:
    """Returns `26 November`."""
    # Translators: a day without its year, in Django's codes for parts of a date.
    return date_format(day, _("j F"))


def _next(first: date) -> date:
    return date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)


def _days(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _read(
    sessions: SessionQuerySet, start: date, end: date, zone: ZoneInfo, now: datetime
) -> tuple[dict[date, list[Event]], list[tuple[date, date, str]]]:
    base, formats = reverse("sessions:index"), {one.value: (one.css, str(one.label)) for one in Format}
    events: dict[date, list[Event]] = defaultdict(list)
    closed = []
    for pk, title, format_, state, starts_at, first_day, last_day in _entries(sessions, start, end, zone, now):
        if starts_at is None:
            closed.append((max(first_day, start), min(last_day, end), title))
            continue
        local = starts_at.astimezone(zone)
        css, label = formats[format_]
        label = _("Draft") if state == Session.State.DRAFT else label
        shown = title or _("To be planned")
        url = f"{base}{slug_of(pk, title)}/"
        events[local.date()].append(Event(url, shown, f"{local:%H:%M}", css, label, state == Session.State.CANCELLED))
    return events, closed


def _entries(
    sessions: SessionQuerySet, start: date, end: date, zone: ZoneInfo, now: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    """Sessions and closed days as rows of the same seven columns, in one query."""
    first = instant(start, time.min, zone.key)
    shown = sessions.between(first, instant(end + A_DAY, time.min, zone.key)).exclude(
        state=Session.State.DATED, ends_at__lte=now
    )
    no_day = Value(None, output_field=DateField())
    of_sessions = shown.order_by().values_list("pk", "title", "format", "state", "starts_at", no_day, no_day)
    of_closed = ClosedDay.objects.within(start, end).order_by()
    nothing = Value("", output_field=CharField())
    return of_sessions.union(
        of_closed.values_list(
            "pk", "reason", nothing, nothing, Value(None, output_field=DateTimeField()), "first_day", "last_day"
        ),
        all=True,
    ).order_by("starts_at", "pk")
