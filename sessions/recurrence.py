"""The dates of a rhythm: every N weeks, this weekday, this local time, this zone. Pure dates, no Django.

Weeks are counted from the anchor in days of the calendar, never in UTC and never by ISO week numbers, so the
local wall time is kept over changes of the clock and a year with 53 weeks changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_A_WEEK = 7

# The first and the last day on which nothing meets, and why.
type Closed = tuple[date, date, str]


class MissingTimeError(ValueError):
    """A clock never shows this time on this day: it is set forward over it."""

    def __init__(self, local_time: time, zone: str) -> None:
        super().__init__(f"{local_time:%H:%M} does not exist on that day in {zone}")
        self.local_time, self.zone = local_time, zone


@dataclass(frozen=True)
class Rule:
    """Every `every_weeks` weeks on `weekday` (0 is Monday) at `local_time` in the IANA zone `zone`.

    The first date is the first such weekday on or after `anchor`. Raises ValueError for a rule without dates.
    """

    every_weeks: int
    weekday: int
    local_time: time
    minutes: int
    zone: str
    anchor: date

    def __post_init__(self) -> None:
        if self.every_weeks < 1 or self.minutes < 1 or not 0 <= self.weekday < DAYS_A_WEEK:
            raise ValueError("A rule needs at least a week between its dates, a weekday from 0 to 6 and minutes.")


@dataclass(frozen=True)
class Occurrence:
    """One date of a rule: the day on the rule's own calendar, its instants in UTC, why it is skipped or None."""

    day: date
    starts_at: datetime
    ends_at: datetime
    skipped: str | None


def occurrences(rule: Rule, *, start: date, end: date, closed: Sequence[Closed] = ()) -> list[Occurrence]:
    """Returns the dates of `rule` from the day `start` to the day `end`, both included, in order.

    Days are those of the rule's zone. A closed day stays in the list with its reason and moves no other date.
    A local time in a gap moves forward by the gap (`gap_at` says so), one that exists twice is the first.
    Never raises for a date; one whose instants lie beyond the years 1 to 9999 in UTC is left out.
    """
    found = (_occurrence(rule, day, closed) for day in _days(rule, start, end))
    return [occurrence for occurrence in found if occurrence]


def _days(rule: Rule, start: date, end: date) -> Iterator[date]:
    """Steps in numbers of days: those have no edge at the years 1 and 9999."""
    anchor = rule.anchor.toordinal()
    first = anchor + (rule.weekday - rule.anchor.weekday()) % DAYS_A_WEEK
    step = rule.every_weeks * DAYS_A_WEEK
    missed = max(0, start.toordinal() - first)
    first += -(-missed // step) * step
    return map(date.fromordinal, range(first, end.toordinal() + 1, step))


def _occurrence(rule: Rule, day: date, closed: Sequence[Closed]) -> Occurrence | None:
    try:
        starts_at = instant(day, rule.local_time, rule.zone)
        ends_at = starts_at + timedelta(minutes=rule.minutes)
    except OverflowError:
        return None
    reasons = (reason for first, last, reason in closed if first <= day <= last)
    return Occurrence(day, starts_at, ends_at, next(reasons, None))


def instant(day: date, local_time: time, zone: str) -> datetime:
    """Returns in UTC when a clock in `zone` shows `local_time` on `day`.

    A time in a gap is the one later by the gap, a time that exists twice is the first. Raises OverflowError
    where UTC has no such year.
    """
    return _local(day, local_time, zone).astimezone(UTC)


def strict_instant(day: date, local_time: time, zone: str) -> datetime:
    """Returns the same as `instant`; raises MissingTimeError for a time in a gap."""
    if gap_at(day, local_time, zone):
        raise MissingTimeError(local_time, zone)
    return instant(day, local_time, zone)


def gap_at(day: date, local_time: time, zone: str) -> timedelta:
    """Returns by how much a time that does not exist on that day moves forward; zero where it exists."""
    local = _local(day, local_time, zone)
    shown = local.astimezone(UTC).astimezone(local.tzinfo)
    return shown.replace(tzinfo=None, fold=0) - local.replace(tzinfo=None)


def _local(day: date, local_time: time, zone: str) -> datetime:
    """Fold 0 reads a time in a gap by the clock before the change, and a double one as the first (PEP 495)."""
    day = date(day.year, day.month, day.day)
    return datetime.combine(day, local_time.replace(tzinfo=None, fold=0), tzinfo=ZoneInfo(zone))
