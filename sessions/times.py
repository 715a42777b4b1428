"""When a session is, in words: on the reader's clock, on the clock of the place, and how far away."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import Session

A_WEEK = 7
NEAR_DAYS = 300
DAYS_IN_WORDS, WEEKS_IN_WORDS = 13, 8  # further away the date itself says more


@dataclass(frozen=True)
class When:
    """The start and end of a session for one reader; `there` is empty where the clocks agree."""

    iso: str
    weekday: str
    day: int
    month: str
    date: str
    time: str
    times: str
    city: str
    there: str
    distance: str


def when(session: Session, *, zone: ZoneInfo, now: datetime) -> When:
    """Returns the words for `session` on the clock of `zone`."""
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    return When(
        iso=start.isoformat(timespec="minutes"),
        weekday=weekday_word(start),
        day=start.day,
        month=month_word(start, now=now.astimezone(zone)),
        date=full_date(start, now=now.astimezone(zone)),
        time=f"{start:%H:%M}",
        times=f"{start:%H:%M} – {end:%H:%M}",
        city=city_of(zone.key),
        there=_there(session, start),
        distance=distance(session, zone=zone, now=now),
    )


def weekday_word(day: date) -> str:
    """Returns `Thu`."""
    return str(WEEKDAYS_ABBR[day.weekday()])


def month_word(day: date, *, now: date) -> str:
    """Returns `Nov`, with the year where it could be another than the nearest one."""
    name = str(MONTHS_3[day.month]).title()
    is_near = abs(day.toordinal() - now.toordinal()) < NEAR_DAYS
    return name if is_near else f"{name} {day.year}"


def full_date(day: date, *, now: date) -> str:
    """Returns `Thursday 26 November`, with the year unless it is the present one."""
    # Translators: a date with and without its year, in Django's codes for parts of a date.
    return date_format(day, _("l j F") if day.year == now.year else _("l j F Y"))


def city_of(zone: str) -> str:
    """Returns the place in a zone's name, as people say it: `Lisbon` for `Europe/Lisbon`."""
    return zone.rpartition("/")[2].replace("_", " ")


def distance(session: Session, *, zone: ZoneInfo, now: datetime) -> str:
    """Returns `in 2 days`, counted by the reader's calendar; "" where the date itself says more."""
    if session.starts_at <= now < session.ends_at:
        return _("now")
    days = (session.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    return _ahead(days) if days > 0 else _ago(-days)


def _ahead(days: int) -> str:
    weeks = days // A_WEEK
    if days <= DAYS_IN_WORDS:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    if weeks <= WEEKS_IN_WORDS:
        return ngettext("in %(n)d week", "in %(n)d weeks", weeks) % {"n": weeks}
    return ""


def _ago(days: int) -> str:
    weeks = days // A_WEEK
    if days <= DAYS_IN_WORDS:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if weeks <= WEEKS_IN_WORDS:
        return ngettext("%(n)d week ago", "%(n)d weeks ago", weeks) % {"n": weeks}
    return ""


def _there(session: Session, start: datetime) -> str:
    """The same on the clock of the place, where that shows something else."""
    zone = ZoneInfo(session.zone)
    local, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    if local.utcoffset() == start.utcoffset():
        return ""
    times = f"{local:%H:%M} – {end:%H:%M} {city_of(session.zone)}"
    return times if local.date() == start.date() else f"{WEEKDAYS[local.weekday()]} {times}"


def block_times(session: Session, minutes: list[int], *, zone: ZoneInfo) -> list[str]:
    """Returns the time of day at which each block starts; they follow the session when it moves."""
    times, passed = [], 0
    for length in minutes:
        times.append(f"{(session.starts_at + timedelta(minutes=passed)).astimezone(zone):%H:%M}")
        passed += length
    return times
